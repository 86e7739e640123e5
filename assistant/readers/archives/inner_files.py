"""Files in files: an archive is a folder of them, and a mail carries some."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InnerFile:
    """A file in another one.

    Attributes:
        name: its path there, as the other file gives it: nothing about it is trusted.
        load: unpacks it, so many bytes at most. Raises ReadingError.
        skip_reason: why it can be no document whatever its name is; empty for most.
    """

    name: str
    load: Callable[[int], bytes]
    skip_reason: str = ""
