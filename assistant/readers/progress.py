"""What a reader tells whoever waits for it: that it gets on, so that its time starts anew."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_listener: ContextVar[Callable[[], None] | None] = ContextVar("listener", default=None)


def report_progress() -> None:
    """Says that a step is done that takes seconds, such as the recognition of a page."""
    if listener := _listener.get():
        listener()


@contextmanager
def progress_reported_to(listener: Callable[[], None]) -> Iterator[None]:
    """Has ``listener`` called at each report in the block."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)
