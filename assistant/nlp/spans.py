"""Half-open spans, and whether they meet."""

from bisect import bisect_right
from collections.abc import Callable, Iterable

Span = tuple[int, int]


def overlapping(spans: Iterable[Span]) -> Callable[[int, int], bool]:
    """A test whether a span meets one of these."""
    merged: list[list[int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    starts, ends = [start for start, _ in merged], [end for _, end in merged]

    def meets(start: int, end: int) -> bool:
        at = bisect_right(ends, start)
        return at < len(starts) and starts[at] < end

    return meets
