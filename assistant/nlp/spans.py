"""Half-open spans of a text, and whether they overlap."""

from bisect import bisect_right
from collections.abc import Callable, Iterable

Span = tuple[int, int]


def overlap_test(spans: Iterable[Span]) -> Callable[[int, int], bool]:
    """A function ``overlaps(start, end)`` that says whether a span overlaps any of these; O(log n) a call."""
    merged: list[list[int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    starts, ends = [start for start, _ in merged], [end for _, end in merged]

    def overlaps(start: int, end: int) -> bool:
        position = bisect_right(ends, start)
        return position < len(starts) and starts[position] < end

    return overlaps
