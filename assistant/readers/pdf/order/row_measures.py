"""Measures of rows that stand below each other: their width, type size and spaces, and where something begins."""

import statistics
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from math import inf
from typing import NamedTuple

from assistant.readers.pdf.order.gutters import Item, Row, height_of

_BREAK = 0.3  # type sizes beyond the usual space between lines: what follows begins anew
_ROWS_ABOVE = 3  # of a text in several columns, among which the line above is looked for


class Start(NamedTuple):
    """Where something begins after a space."""

    height: float
    space: float  # from the row above, in points


def items_of(rows: Sequence[Row]) -> list[Item]:
    """The items of some rows."""
    return [item for row in rows for item in row]


def heights_of(rows: Sequence[Row]) -> list[float]:
    """The heights of some rows, as they count for their order."""
    return [height_of(row[0]) for row in rows]


def has_height(heights: Sequence[float], height: float, tolerance: float) -> bool:
    """Whether one of some heights, which are in order, is about a given one."""
    index = bisect_left(heights, height - tolerance)
    return index < len(heights) and heights[index] <= height + tolerance


def width_of(rows: Sequence[Row]) -> float:
    """From the left edge of the rows to their right edge, in points; never 0."""
    return max(max(item.x1 for item in row) for row in rows) - min(row[0].x0 for row in rows) or 1.0


def size_of(rows: Sequence[Row]) -> float:
    """The usual type size, in points."""
    return statistics.median_low([item.size for row in rows for item in row])


def distances_of(rows: Sequence[Row]) -> list[float]:
    """From each row to the next, in points."""
    return [below - above for above, below in pairwise(heights_of(rows))]


def spaces_of(rows: Sequence[Row]) -> list[float]:
    """The white space between each row and the next, in points; less than 0 where they reach into each other."""
    return [_space(above, below) for above, below in pairwise(rows)]


def line_space_of(rows: Sequence[Row]) -> float:
    """The space between two lines of the texts in some rows, in points."""
    spaces = sorted(spaces_of(rows))
    return max(0.0, spaces[len(spaces) // 4]) if spaces else 0.0


def starts_of(rows: Sequence[Row], line_space: float) -> list[Start]:
    """Where something begins after a space: the first row, and those with nothing close above.

    Args:
        rows: at least one.
        line_space: between two lines of a text, in points.
    """
    spaces = [inf, *spaces_of(rows)]
    return [
        Start(height_of(row[0]), space)
        for number, (row, space) in enumerate(zip(rows, spaces, strict=True))
        if not any(_goes_on(upper, row, line_space) for upper in rows[max(0, number - _ROWS_ABOVE) : number])
    ]


def _goes_on(above: Row, below: Row, line_space: float) -> bool:
    """Whether a row holds something that stands close below something else."""
    upper_place = lower_place = 0
    while upper_place < len(above) and lower_place < len(below):
        upper, lower = above[upper_place], below[lower_place]
        overlap = upper.x0 < lower.x1 and lower.x0 < upper.x1
        if overlap and lower.y0 - upper.y1 < line_space + _BREAK * max(lower.size, upper.size):
            return True
        if upper.x1 < lower.x1:
            upper_place += 1
        else:
            lower_place += 1
    return False


def _space(above: Row, below: Row) -> float:
    return min(item.y0 for item in below) - max(item.y1 for item in above)
