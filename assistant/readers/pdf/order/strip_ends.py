"""Where the columns on the sides of a strip begin and end, if not with the strip."""

import statistics
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import inf

from assistant.readers.pdf.geometry.baselines import SAME_WORD_BASELINE
from assistant.readers.pdf.order.gutters import Row, Strip, height_of
from assistant.readers.pdf.order.row_kinds import is_prose
from assistant.readers.pdf.order.row_measures import (
    distances_of,
    has_height,
    heights_of,
    items_of,
    line_space_of,
    size_of,
    starts_of,
)

_LARGE_SPACE = 1.8  # times the usual distance of lines: between authors and their paper
_NEARER = 1.25  # times: so much further a heading stands from what is above it than from what it heads
_MIN_LINES_OF_BLOCK, _MAX_LINES_OF_BLOCK = 2, 8  # of short texts above columns
_LARGER = 1.1  # times the largest type of a column: a heading so large is no part of it
_MAX_PARTS = 2  # of a text that ends before what is below it, such as an address and its date
_OUTSIDE = 0.5  # type sizes outside a column's edges: what stands so far out is no part of it

Sides = tuple[Sequence[Row], Sequence[Row]]
"""The rows on the side of a strip that is read first, and those on the other."""


def first_block(strip: Strip, rows: Sequence[Row], sides: Sides) -> Strip:
    """The short texts at the top of a strip, such as the names of authors, if columns of prose follow."""
    for end in (_end_of_centred(sides), _first_space(strip, rows, sides)):
        tops, rests = zip(*(_split_at(side, end) for side in sides), strict=True)
        if all(map(_is_short_text, tops)) and all(map(is_prose, rests)) and _begin_elsewhere(tops, rests):
            return _between(strip, rows, -inf, end)
    return strip


def _end_of_centred(sides: Sides) -> float:
    """The height down to which lines on both sides begin and end inside their columns; minus infinity if none do."""
    heights: list[list[float]] = []
    for side in sides:
        size = size_of(side)
        x0, x1 = min(row[0].x0 for row in side) + size, max(row[-1].x1 for row in side) - size
        end = next((number for number, row in enumerate(side) if row[0].x0 <= x0 or row[-1].x1 >= x1), 0)
        heights.append(heights_of(side[: min(end, _MAX_LINES_OF_BLOCK)]))
    tolerance = SAME_WORD_BASELINE * size_of(sides[0])
    shared = [height for height in heights[0] if has_height(heights[1], height, tolerance)]
    return shared[-1] + tolerance if shared else -inf


def _first_space(strip: Strip, rows: Sequence[Row], sides: Sides) -> float:
    """The height of the middle of the first large space; minus infinity if there is none."""
    heights = heights_of(rows[strip.first_row : strip.end_row][: _MAX_LINES_OF_BLOCK + 1])
    space = _LARGE_SPACE * min(statistics.median_low(distances_of(side) or [inf]) for side in sides)
    return next(((above + below) / 2 for above, below in pairwise(heights) if below - above > space), -inf)


def without_tail(strip: Strip, rows: Sequence[Row], sides: Sides) -> Strip:
    """A strip between columns without what stands below the shorter one and is no part of the longer one.

    It begins with a larger heading than there are in the column, or outside the column's edges.
    """
    bottom = min(map(_bottom, sides))
    longer = max(sides, key=_bottom)
    column, tail = _split_at(longer, bottom)
    if not column:
        return strip
    size, edge = max(item.size for item in items_of(column)), _OUTSIDE * size_of(column)
    x0, x1 = min(row[0].x0 for row in column) - edge, max(item.x1 for item in items_of(column)) + edge
    starts = {start.height for start in starts_of(longer, line_space_of(longer))}
    for row in tail:
        is_outside = row[0].x0 < x0 or max(item.x1 for item in row) > x1
        if row[0].size > _LARGER * size or (is_outside and height_of(row[0]) in starts):
            return _between(strip, rows, -inf, height_of(row[0]) - SAME_WORD_BASELINE * row[0].size)
    return strip._replace(end_row=strip.end_row - 1) if tail and _heads_what_follows(strip, rows, longer) else strip


def _heads_what_follows(strip: Strip, rows: Sequence[Row], longer: Sequence[Row]) -> bool:
    """Whether the last row of the longer column heads what stands below both: it is much nearer to that."""
    if strip.end_row == len(rows) or len(longer) < 2:
        return False
    above, last, below = heights_of([*longer[-2:], rows[strip.end_row]])
    return last - above > _NEARER * (below - last)


def trimmed(strip: Strip, rows: Sequence[Row], sides: Sides) -> Strip:
    """A strip between short texts, without what stands above or below only one of them, behind a space.

    What is below stays if its side is in several parts anyway: then it is one more.
    """
    side_starts = [[start.height for start in starts_of(side, line_space_of(side))] for side in sides]
    top = max(height_of(side[0][0]) for side in sides)
    bottom = min(map(_bottom, sides))
    tolerance = SAME_WORD_BASELINE * size_of(sides[0])
    begin = min(max((start for start in starts if start <= top + tolerance), default=top) for starts in side_starts)
    ends = [
        starts[index]
        for starts in side_starts
        if (index := bisect_left(starts, bottom + tolerance)) < len(starts) and index <= _MAX_PARTS
    ]
    return _between(strip, rows, begin - tolerance, min(ends, default=inf) - tolerance)


def _is_short_text(rows: Sequence[Row]) -> bool:
    """Whether rows are lines, though none of prose."""
    return len(rows) >= _MIN_LINES_OF_BLOCK and all(item.size for item in items_of(rows)) and not is_prose(rows)


def _begin_elsewhere(tops: Iterable[Sequence[Row]], rests: Iterable[Sequence[Row]]) -> bool:
    """Whether texts begin further left or right than the columns below them."""
    return any(
        abs(min(row[0].x0 for row in top) - min(row[0].x0 for row in rest)) > size_of(rest)
        for top, rest in zip(tops, rests, strict=True)
    )


def _between(strip: Strip, rows: Sequence[Row], begin: float, end: float) -> Strip:
    """The part of a strip between two heights; all of it if no row stands there."""
    inside = [number for number in range(strip.first_row, strip.end_row) if begin <= height_of(rows[number][0]) < end]
    return strip._replace(first_row=inside[0], end_row=inside[-1] + 1) if inside else strip


def _split_at(rows: Sequence[Row], height: float) -> tuple[Sequence[Row], Sequence[Row]]:
    """The rows above a height, and the others."""
    index = bisect_left(heights_of(rows), height)
    return rows[:index], rows[index:]


def _bottom(rows: Sequence[Row]) -> float:
    return max(item.y1 for item in items_of(rows))
