"""How the two sides of a strip without print are read: as columns, as rows of cells, or line by line."""

import statistics
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from math import inf
from typing import NamedTuple

from assistant.readers.pdf.gutters import Item, Row, Strip, height_of, rows_of
from assistant.readers.pdf.page import Phrase, TableArea

_LEAST_LINES, _LEAST_LINES_OF_PROSE = 2, 3
_PROSE_FILL = 0.6  # how much of the width of a column of prose its lines fill
_LEAST_PROSE_WIDTH = 10.0  # type sizes
_MARK_WIDTH = 3.0  # type sizes: the marks and numbers of a list, or of lines, take up no more
_TIGHT_DISTANCE = 1.6  # type sizes: from baseline to baseline inside a text
_BREAK = 1.3  # how many times the usual distance of lines parts paragraphs
_ROWS_ABOVE = 3  # of a text in several columns, among which the line above is looked for
_SAME_HEIGHT = 0.4  # type sizes: baselines that differ by less count as one
_MOST, _FEW = 0.8, 0.2  # shares


class Cut(NamedTuple):
    """Rows of an area that are read in parts."""

    first_row: int
    end_row: int  # the row after the last one
    parts: Sequence[Sequence[Item]]  # as they are read


def cut_at(strip: Strip, rows: Sequence[Row], *, is_right_to_left: bool) -> Cut | None:
    """How the rows of a strip are read one side after the other; None if they are read line by line across it."""
    left, right = _sides(strip, rows)
    if min(len(left), len(right)) < _LEAST_LINES:
        return None
    are_aligned = _shared_heights(left, right) >= 0.5 * min(len(left), len(right))
    if are_aligned and (_are_marks(left) or _are_marks(right)):
        return None
    groups = _row_groups(right, left) if is_right_to_left else _row_groups(left, right)
    if groups:
        return Cut(strip.first_row, strip.end_row, groups) if len(groups) > 1 else None
    if not (_is_prose(left) and _is_prose(right)):
        if _are_cells(left, right) if are_aligned else len(left) + len(right) < 2 * _LEAST_LINES_OF_PROSE:
            return None
        strip = _trimmed(strip, rows, left, right)
        left, right = _sides(strip, rows)
        if not (left and right):
            return None
    sides = [_items(left), _items(right)]
    return Cut(strip.first_row, strip.end_row, sides[::-1] if is_right_to_left else sides)


def _sides(strip: Strip, rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """The rows left and right of a strip."""
    items = [item for item in _items(rows[strip.first_row : strip.end_row]) if item.content]
    left, right = [item for item in items if item.x0 < strip.x0], [item for item in items if item.x0 >= strip.x0]
    return rows_of(left), rows_of(right)


def _items(rows: Sequence[Row]) -> list[Item]:
    return [item for row in rows for item in row]


def _shared_heights(left: Sequence[Row], right: Sequence[Row]) -> int:
    """How many rows stand at the height of one on the other side."""
    heights = [height_of(row[0]) for row in right]
    return sum(_has_height(heights, height_of(row[0]), _SAME_HEIGHT * row[0].size) for row in left)


def _has_height(heights: Sequence[float], height: float, tolerance: float) -> bool:
    """Whether one of some heights, which are in order, is about a given one."""
    place = bisect_left(heights, height - tolerance)
    return place < len(heights) and heights[place] <= height + tolerance


def _row_groups(first: Sequence[Row], second: Sequence[Row]) -> list[list[Item]]:
    """The cells of a table, row by row, or texts with their side heads; empty if the sides go on by themselves.

    In a table, whatever begins on one side after a space begins at the height of something on the other. A cell of one
    line stays with the first line of the one beside it.
    """
    starts, other_starts = _starts(first), _starts(second)
    if min(len(starts), len(other_starts)) <= _LEAST_LINES:
        return []
    tolerance = _SAME_HEIGHT * _size(first)
    shared = [start for start in starts if _has_height(other_starts, start, tolerance)]
    if len(shared) < _MOST * max(len(starts), len(other_starts)):
        return []
    ends = [*(start - tolerance for start in shared[1:]), inf]
    groups: list[list[Item]] = []
    was_whole = False
    for begin, end in zip([-inf, *ends], ends, strict=False):
        cell, other_cell = _rows_between(first, begin, end), _rows_between(second, begin, end)
        is_whole = len(cell) == 1 and len(other_cell) > 0
        if is_whole and was_whole:
            groups[-1] += _items([*cell, *other_cell])
        else:
            groups += [_items([*cell, *other_cell])] if is_whole else [_items(cell), _items(other_cell)]
        was_whole = is_whole
    return groups


def _rows_between(rows: Sequence[Row], begin: float, end: float) -> Sequence[Row]:
    heights = [height_of(row[0]) for row in rows]
    return rows[bisect_left(heights, begin) : bisect_left(heights, end)]


def _starts(rows: Sequence[Row]) -> list[float]:
    """The heights at which something begins after a space: the first row, and those with nothing close above."""
    heights = [height_of(row[0]) for row in rows]
    distances = sorted(below - above for above, below in pairwise(heights))
    if not distances:
        return heights
    close = _BREAK * max(distances[len(distances) // 4], _size(rows))
    return [heights[number] for number in range(len(rows)) if not _goes_on(rows, heights, number, close)]


def _goes_on(rows: Sequence[Row], heights: Sequence[float], number: int, close: float) -> bool:
    """Whether a row holds something that stands close below something else."""
    for above in range(number - 1, max(-1, number - 1 - _ROWS_ABOVE), -1):
        if heights[number] - heights[above] > close:
            return False
        if any(upper.x0 < item.x1 and item.x0 < upper.x1 for upper in rows[above] for item in rows[number]):
            return True
    return False


def _are_marks(rows: Sequence[Row]) -> bool:
    """Whether rows hold the marks or numbers of lists or lines."""
    return _width(rows) < _MARK_WIDTH * _size(rows)


def _is_prose(rows: Sequence[Row]) -> bool:
    """Whether rows fill the width of their column, as text does and cells do not."""
    width = _width(rows)
    if len(rows) < _LEAST_LINES_OF_PROSE or width < _LEAST_PROSE_WIDTH * _size(rows):
        return False
    return statistics.median(sum(item.x1 - item.x0 for item in row) / width for row in rows) > _PROSE_FILL


def _are_cells(left: Sequence[Row], right: Sequence[Row]) -> bool:
    """Whether short lines at the same heights are cells: figures, labels and what they label, or set wide apart."""
    if any(isinstance(item.content, TableArea) for item in _items([*left, *right])):
        return False
    if any(_distance(rows) > _TIGHT_DISTANCE * _size(rows) or _share(rows, _is_figure) > 0.5 for rows in (left, right)):
        return True
    if max(_share(left, _is_label), _share(right, _is_label)) > 0.5:
        return True
    left_bold, right_bold = _share(left, _is_bold), _share(right, _is_bold)
    return max(left_bold, right_bold) >= _MOST and min(left_bold, right_bold) <= _FEW


def _share(rows: Sequence[Row], is_such: Callable[[Phrase], bool]) -> float:
    """The share of phrases that are such."""
    phrases = [item.content for item in _items(rows) if isinstance(item.content, Phrase)]
    return sum(map(is_such, phrases)) / max(1, len(phrases))


def _is_figure(phrase: Phrase) -> bool:
    text = phrase.text
    return sum(character.isalpha() for character in text) < sum(character.isdigit() for character in text)


def _is_label(phrase: Phrase) -> bool:
    return phrase.words[-1].text.endswith((":", "\uff1a"))


def _is_bold(phrase: Phrase) -> bool:
    return all(word.font.is_bold for word in phrase.words)


def _distance(rows: Sequence[Row]) -> float:
    """The usual distance from row to row, in points."""
    return statistics.median(height_of(below[0]) - height_of(above[0]) for above, below in pairwise(rows))


def _width(rows: Sequence[Row]) -> float:
    return max(max(item.x1 for item in row) for row in rows) - min(row[0].x0 for row in rows) or 1.0


def _size(rows: Sequence[Row]) -> float:
    return statistics.median_low([item.size for row in rows for item in row])


def _trimmed(strip: Strip, rows: Sequence[Row], left: Sequence[Row], right: Sequence[Row]) -> Strip:
    """A strip between short texts, without what is above or below one of them alone after a space."""
    starts = sorted([*_starts(left), *_starts(right)])
    top = max(height_of(left[0][0]), height_of(right[0][0]))
    bottom = min(height_of(left[-1][0]), height_of(right[-1][0]))
    tolerance = _SAME_HEIGHT * _size(left)
    begin = max((start for start in starts if start <= top + tolerance), default=top) - tolerance
    end = min((start for start in starts if start > bottom + tolerance), default=inf) - tolerance
    inside = [number for number in range(strip.first_row, strip.end_row) if begin <= height_of(rows[number][0]) < end]
    return replace(strip, first_row=inside[0], end_row=inside[-1] + 1) if inside else strip
