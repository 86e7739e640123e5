"""Caches of what was read of texts, which stay small however long the texts are that strangers send."""

from collections.abc import Callable
from functools import lru_cache, update_wrapper
from typing import Generic, TypeVar

_LONG_TEXTS = 4  # that are remembered: enough for what is read several times in a row

_T = TypeVar("_T")


class TextCache(Generic[_T]):
    """A function of a text that remembers its results for the last texts: for many short ones and a few long ones."""

    def __init__(self, function: Callable[[str], _T], entries: int, short_chars: int) -> None:
        self._short, self._long = lru_cache(entries)(function), lru_cache(_LONG_TEXTS)(function)
        self._short_chars = short_chars
        update_wrapper(self, function)

    def __call__(self, text: str) -> _T:
        """The function's result for a text."""
        return (self._short if len(text) <= self._short_chars else self._long)(text)

    def clear(self) -> None:
        """Forgets all results."""
        self._short.cache_clear()
        self._long.cache_clear()


def cached_by_text(entries: int, short_chars: int) -> Callable[[Callable[[str], _T]], TextCache[_T]]:
    """Makes a function of a text remember its results.

    Args:
        entries: short texts that are remembered.
        short_chars: the length up to which a text is short.
    """
    return lambda function: TextCache(function, entries, short_chars)
