"""Tables whose cells have several lines, and texts with side heads: they are read row by row, and cell by cell."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import inf

from assistant.readers.pdf.geometry.baselines import SAME_WORD_BASELINE
from assistant.readers.pdf.order.gutters import Item, Row, height_of
from assistant.readers.pdf.order.row_kinds import is_mostly_digits
from assistant.readers.pdf.order.row_measures import (
    Start,
    has_height,
    heights_of,
    items_of,
    line_space_of,
    size_of,
    starts_of,
    width_of,
)
from assistant.readers.pdf.page import Phrase

_MIN_BREAKS = 2  # between the rows of a table
_SAME_START = 0.6  # type sizes: how much lower one side of a row may begin than the other
_SAME_SPACE = 0.6  # of the largest space between the rows of a table: a smaller one is inside a row
_SHARED_SHARE = 0.8  # of what begins on one side after a space, and on the other, too


def row_groups(first: Sequence[Row], second: Sequence[Row]) -> list[list[Item]]:
    """The cells of a table, row by row, or texts with their side heads; empty if each side is read by itself.

    A cell of one line stays with the first line of the one beside it.

    Args:
        first: the side that is read first.
        second: the other.
    """
    groups: list[list[Item]] = []
    was_whole = False
    for begin, end in pairwise(_boundaries(first, second) or _dates(first, second)):
        cell, other_cell = _rows_between(first, begin, end), _rows_between(second, begin, end)
        is_whole = len(cell) == 1 and len(other_cell) > 0
        if is_whole and was_whole:
            groups[-1] += items_of([*cell, *other_cell])
        else:
            groups += [items_of([*cell, *other_cell])] if is_whole else [items_of(cell), items_of(other_cell)]
        was_whole = is_whole
    return groups


def _boundaries(first: Sequence[Row], second: Sequence[Row]) -> list[float]:
    """The heights at which the rows of a table begin, with the ends of the page; empty if the sides are no table.

    In a table, whatever begins after a space on one side has something beside it that begins at the same height. So do
    side heads, which have more and longer lines beside them than their own.
    """
    line_space = min(line_space_of(first), line_space_of(second))
    few, many = sorted((starts_of(first, line_space), starts_of(second, line_space)), key=len)
    tolerance = _SAME_START * max(size_of(first), size_of(second))
    shared = list(_pairs(few, many, tolerance))
    largest_space = max((start.space for start in shared), default=0.0)
    begins = [start.height - tolerance for start in shared if start.space > _SAME_SPACE * largest_space]
    if len(begins) < _MIN_BREAKS or len(shared) < _SHARED_SHARE * (len(few) - 1):
        return []
    is_table = (
        len(shared) >= _SHARED_SHARE * (len(many) - 1) and _space_alone(few, many, shared, tolerance) < largest_space
    )
    return [-inf, *begins, inf] if is_table or _are_side_heads(first, second) else []


def _dates(first: Sequence[Row], second: Sequence[Row]) -> list[float]:
    """The heights at which the rows of a list with its dates in the first column begin, with the ends of the page.

    Each date or time stands beside the first line of a text, which may have more; the headings between them have
    nothing beside them. Empty where the first column isn't one of dates.
    """
    tolerance = SAME_WORD_BASELINE * max(size_of(first), size_of(second))
    heights = heights_of(second)
    beside = [row for row in first if has_height(heights, height_of(row[0]), tolerance)]
    contents = [item.content for item in items_of(beside)]
    are_figures = all(isinstance(content, Phrase) and is_mostly_digits(content) for content in contents)
    are_dates = are_figures and len(beside) >= _MIN_BREAKS
    if not are_dates or len(first) > 2 * len(beside) or len(second) <= len(beside):
        return []
    return [-inf, *(height - tolerance for height in heights_of(first)), inf] if _is_narrower(beside, second) else []


def _is_narrower(rows: Sequence[Row], others: Sequence[Row]) -> bool:
    return 2 * width_of(rows) < width_of(others)


def _space_alone(few: Sequence[Start], many: Sequence[Start], shared: Sequence[Start], tolerance: float) -> float:
    """The largest space after which something begins on one side alone."""
    heights = [start.height for start in shared]
    alone = [start.space for start in (*few[1:], *many[1:]) if not has_height(heights, start.height, 2 * tolerance)]
    return max(alone, default=0.0)


def _pairs(few: Sequence[Start], many: Sequence[Start], tolerance: float) -> Iterator[Start]:
    """What begins on both sides, but for the first."""
    heights = [start.height for start in many]
    for start in few[1:]:
        index = bisect_left(heights, start.height - tolerance)
        if 0 < index < len(many) and heights[index] <= start.height + tolerance:
            yield Start(min(start.height, heights[index]), min(start.space, many[index].space))


def _are_side_heads(first: Sequence[Row], second: Sequence[Row]) -> bool:
    """Whether the texts on one side have more and longer ones beside them."""
    narrow, wide = sorted((first, second), key=width_of)
    return 2 * len(narrow) < len(wide) and _is_narrower(narrow, wide)


def _rows_between(rows: Sequence[Row], begin: float, end: float) -> Sequence[Row]:
    heights = heights_of(rows)
    return rows[bisect_left(heights, begin) : bisect_left(heights, end)]
