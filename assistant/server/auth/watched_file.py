"""A JSON file in the index folder that several processes may change: it is read again whenever it is another."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, TypeVar

from assistant.errors import UsersError

_T = TypeVar("_T")


class WatchedFile(Generic[_T]):
    """The value of a JSON file as it is now, from memory while the file is the same. May be used by threads."""

    def __init__(self, path: Path, parse: Callable[[Any], _T], *, missing: _T, damaged: str) -> None:
        """Reads nothing yet.

        Args:
            path: the file.
            parse: makes the value of what `json.loads` gives; may raise any error of a lookup or conversion.
            missing: the value while there is no file.
            damaged: the message of the error, for whoever may see the path.
        """
        self._path, self._parse, self._missing, self._damaged = path, parse, missing, damaged
        self._cache: tuple[tuple[int, int, int], _T] | None = None  # the file's stamp; its value

    def read(self) -> _T:
        """The value.

        Raises:
            UsersError: the file is damaged or can't be read.
        """
        try:
            status = self._path.stat()
            stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
            cache = self._cache
            if cache is None or cache[0] != stamp:
                cache = self._cache = stamp, self._parse(json.loads(self._path.read_text("utf-8")))
        except FileNotFoundError:
            if not os.path.lexists(self._path):
                return self._missing
            raise self.damage() from None  # a link that leads nowhere: what stands there isn't known
        except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
            raise self.damage() from None
        return cache[1]

    def damage(self) -> UsersError:
        """The error that says that the file is damaged."""
        return UsersError(self._damaged)
