"""Iterators whose items are made in a thread, while earlier ones are used."""

import queue
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from threading import Event
from types import TracebackType
from typing import Self, TypeVar

_T = TypeVar("_T")
_POLL_SECONDS = 0.1  # between two looks of a thread that waits for room at whether anybody still wants its items


@dataclass(frozen=True, slots=True)
class _End:
    """Comes behind the last item, with the error that ended the iterator, if one did."""

    error: BaseException | None = None


class BackgroundThread:
    """One thread that goes through iterators, one after the other; a context manager.

    Leaving the context ends it at its next item: what nobody has used by then is lost.
    """

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(1)
        self._is_over = Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over.set()
        self._executor.shutdown(cancel_futures=True)

    def start(self, items: Iterable[_T], most: int) -> Iterator[_T]:
        """Has the thread go through some items, once it has finished those of earlier calls.

        Args:
            items: what the thread is to make.
            most: how many of them may wait to be used.

        Returns:
            The items; an error that ended them is raised behind the last one.
        """
        waiting: queue.Queue[_T | _End] = queue.Queue(most)
        self._executor.submit(copy_context().run, self._make, items, waiting)
        return _items_from(waiting)

    def _make(self, items: "Iterable[_T]", waiting: "queue.Queue[_T | _End]") -> None:
        end = _End()
        try:
            for item in items:
                if not self._put(item, waiting):
                    return
        except BaseException as error:  # noqa: BLE001 — it is raised where the items are used
            end = _End(error)
        self._put(end, waiting)

    def _put(self, item: "_T | _End", waiting: "queue.Queue[_T | _End]") -> bool:
        """Waits until there is room; False if nobody wants the item any more."""
        while not self._is_over.is_set():
            try:
                waiting.put(item, timeout=_POLL_SECONDS)
            except queue.Full:
                continue
            return True
        return False


def _items_from(waiting: "queue.Queue[_T | _End]") -> Iterator[_T]:
    while not isinstance(item := waiting.get(), _End):
        yield item
    if item.error is not None:
        raise item.error
