"""Whether a function takes time that is linear in the length of its text."""

import gc
import sys
import time
from collections.abc import Callable
from functools import cache

from assistant.nlp.caching import TextCache

_FIRST_CHARS = 1_250  # of the first text that is measured
_FAST_CHARS = 20_000  # in less than the least time they are linear enough
_MIN_SECONDS = 0.01  # less can't be measured
_TIMES_LONGER = 4
_MAX_GROWTH = 8.0  # of the time: linear gives 4, quadratic 16
_TRIES = 4  # where something else on the machine gets in between


def assert_linear(parse: Callable[[str], object], text_of: Callable[[int], str]) -> None:
    """Fails where a text that is repeated four times as often takes more than eight times as long.

    Args:
        parse: what is measured, a function of a text.
        text_of: gives a text that repeats itself so many times.
    """
    unit_chars = max(1, len(text_of(2)) - len(text_of(1)))
    growths = []
    for _ in range(_TRIES):
        count = max(1, _FIRST_CHARS // unit_chars)
        while (seconds := _seconds(parse, text_of(count))) < _MIN_SECONDS:
            if count * unit_chars > _FAST_CHARS:
                return
            count *= 2 if seconds > _MIN_SECONDS / 8 else 4
        seconds = min(seconds, _seconds(parse, text_of(count)))
        growths.append(_seconds(parse, text_of(_TIMES_LONGER * count)) / seconds)
        if growths[-1] <= _MAX_GROWTH:
            return
    raise AssertionError(
        f"A text {_TIMES_LONGER} times as long as {count * unit_chars:,} characters takes {min(growths):.1f} times as "
        f"long: {text_of(3)[:60]!r} …"
    )


def _seconds(parse: Callable[[str], object], text: str) -> float:
    """The processor's time that a text takes when nothing of it is remembered."""
    for cache_of_texts in _caches():
        cache_of_texts.clear()
    gc.disable()
    try:
        begun = time.thread_time()
        parse(text)
        return time.thread_time() - begun
    finally:
        gc.enable()


@cache
def _caches() -> list[TextCache[object]]:
    """The caches of the package that hold what was read of texts."""
    modules = [module for name, module in sys.modules.items() if name.startswith("assistant.")]
    return [value for module in modules for value in vars(module).values() if isinstance(value, TextCache)]
