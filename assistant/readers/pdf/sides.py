"""How the two sides of a strip without print are read: as columns, as rows of cells, or line by line."""

import statistics
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from math import inf
from typing import NamedTuple

from assistant.readers.pdf.gutters import Item, Row, Strip, height_of, rows_of
from assistant.readers.pdf.page import Phrase, TableArea

_LEAST_LINES, _LEAST_LINES_OF_PROSE = 2, 3
_PROSE_FILL = 0.6  # how much of the width of a column of prose its lines fill
_LEAST_PROSE_WIDTH = 12.0  # type sizes, of its lines
_MARK_WIDTH = 3.0  # type sizes: the marks and numbers of a list, or of lines, take up no more
_TIGHT_DISTANCE = 1.6  # type sizes: from baseline to baseline inside a text
_BREAK = 1.3  # how many times the usual distance of lines parts paragraphs
_LARGE_SPACE = 1.8  # times the usual distance of lines: between authors and their paper
_MOST_LINES_OF_BLOCK = 8  # of short texts above columns
_ROWS_ABOVE = 3  # of a text in several columns, among which the line above is looked for
_SAME_HEIGHT = 0.4  # type sizes: baselines that differ by less count as one
_SAME_START = 0.6  # type sizes: what begins on both sides of a table may differ by as much
_SAME_SPACE = 0.6  # of the largest space between the rows of a table: a smaller one is inside a row
_MOST, _FEW = 0.8, 0.2  # shares


class Cut(NamedTuple):
    """Rows of an area that are read in parts."""

    first_row: int
    end_row: int  # the row after the last one
    parts: Sequence[Sequence[Item]]  # as they are read


class _Start(NamedTuple):
    """Where something begins after a space."""

    height: float
    space: float  # from what is above it on its side, in points


def cut_at(strip: Strip, rows: Sequence[Row], *, is_right_to_left: bool) -> Cut | None:
    """How the rows of a strip are read one side after the other; None if they are read line by line across it."""
    left, right = _sides(strip, rows)
    if min(len(left), len(right)) < _LEAST_LINES:
        return None
    if _are_aligned(left, right) and (_are_marks(left) or _are_marks(right)):
        return None
    groups = _row_groups(right, left) if is_right_to_left else _row_groups(left, right)
    if groups:
        return Cut(strip.first_row, strip.end_row, groups) if len(groups) > 1 else None
    strip = _first_block(strip, rows, left, right)
    left, right = _sides(strip, rows)
    if not (_is_prose(left) and _is_prose(right)):
        strip = _trimmed(strip, rows, left, right)
        left, right = _sides(strip, rows)
        if min(len(left), len(right)) < _LEAST_LINES or _are_cells(left, right):
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


def _are_aligned(left: Sequence[Row], right: Sequence[Row]) -> bool:
    """Whether most rows of the shorter side stand at the height of one on the other side."""
    heights = [height_of(row[0]) for row in right]
    shared = sum(_has_height(heights, height_of(row[0]), _SAME_HEIGHT * row[0].size) for row in left)
    return shared >= 0.5 * min(len(left), len(right))


def _has_height(heights: Sequence[float], height: float, tolerance: float) -> bool:
    """Whether one of some heights, which are in order, is about a given one."""
    place = bisect_left(heights, height - tolerance)
    return place < len(heights) and heights[place] <= height + tolerance


def _row_groups(first: Sequence[Row], second: Sequence[Row]) -> list[list[Item]]:
    """The cells of a table, row by row, or texts with their side heads; empty if the sides go on by themselves.

    A cell of one line stays with the first line of the one beside it.
    """
    groups: list[list[Item]] = []
    was_whole = False
    for begin, end in pairwise(_shared_starts(first, second)):
        cell, other_cell = _rows_between(first, begin, end), _rows_between(second, begin, end)
        is_whole = len(cell) == 1 and len(other_cell) > 0
        if is_whole and was_whole:
            groups[-1] += _items([*cell, *other_cell])
        else:
            groups += [_items([*cell, *other_cell])] if is_whole else [_items(cell), _items(other_cell)]
        was_whole = is_whole
    return groups


def _shared_starts(first: Sequence[Row], second: Sequence[Row]) -> list[float]:
    """The heights at which the rows of a table begin, with the ends of the page; empty if the sides are no table.

    In a table, whatever begins on one side after a space begins at the height of something on the other. Side heads
    begin so, too, and have more and longer lines beside them than they have.
    """
    line_distance = _line_distance(first, second)
    few, many = sorted((_starts(first, line_distance), _starts(second, line_distance)), key=len)
    tolerance = _SAME_START * max(_size(first), _size(second))
    shared = list(_pairs(few, many, tolerance))
    largest_space = max((start.space for start in shared), default=0.0)
    begins = [start.height - tolerance for start in shared if start.space > _SAME_SPACE * largest_space]
    if len(begins) < _LEAST_LINES or len(shared) < _MOST * (len(few) - 1):
        return []
    is_table = len(shared) >= _MOST * (len(many) - 1)
    return [-inf, *begins, inf] if is_table or _are_side_heads(first, second) else []


def _pairs(few: Sequence[_Start], many: Sequence[_Start], tolerance: float) -> Iterator[_Start]:
    """What begins on both sides, but for the first."""
    heights = [start.height for start in many]
    for start in few[1:]:
        place = bisect_left(heights, start.height - tolerance)
        if 0 < place < len(many) and heights[place] <= start.height + tolerance:
            yield _Start(min(start.height, heights[place]), min(start.space, many[place].space))


def _are_side_heads(first: Sequence[Row], second: Sequence[Row]) -> bool:
    """Whether the texts on one side have more and longer ones beside them."""
    narrow, wide = sorted((first, second), key=_width)
    return 2 * len(narrow) < len(wide) and 2 * _width(narrow) < _width(wide)


def _rows_between(rows: Sequence[Row], begin: float, end: float) -> Sequence[Row]:
    heights = [height_of(row[0]) for row in rows]
    return rows[bisect_left(heights, begin) : bisect_left(heights, end)]


def _starts(rows: Sequence[Row], line_distance: float) -> list[_Start]:
    """Where something begins after a space: the first row, and those with nothing close above.

    Args:
        rows: at least one.
        line_distance: from baseline to baseline inside a text.
    """
    heights = [height_of(row[0]) for row in rows]
    spaces = [inf, *(below - above for above, below in pairwise(heights))]
    return [
        _Start(height, space)
        for number, (height, space) in enumerate(zip(heights, spaces, strict=True))
        if not _goes_on(rows, heights, number, _BREAK * line_distance)
    ]


def _line_distance(*sides: Sequence[Row]) -> float:
    """The distance from baseline to baseline inside the texts of some sides."""
    return min(max(sorted(_distances(rows) or [inf])[(len(rows) - 1) // 4], _size(rows)) for rows in sides)


def _distances(rows: Sequence[Row]) -> list[float]:
    return [height_of(below[0]) - height_of(above[0]) for above, below in pairwise(rows)]


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
    """Whether rows are long and fill the width of their column, as text does and cells do not."""
    if len(rows) < _LEAST_LINES_OF_PROSE:
        return False
    if statistics.median(item.x1 - item.x0 for item in _items(rows)) < _LEAST_PROSE_WIDTH * _size(rows):
        return False
    return statistics.median(sum(item.x1 - item.x0 for item in row) for row in rows) > _PROSE_FILL * _width(rows)


def _are_cells(left: Sequence[Row], right: Sequence[Row]) -> bool:
    """Whether short lines are cells: at the same heights figures, labels and what they label, or set wide apart."""
    if not _are_aligned(left, right):
        return len(left) + len(right) < 2 * _LEAST_LINES_OF_PROSE
    if any(isinstance(item.content, TableArea) for item in _items([*left, *right])):
        return False
    if any(
        statistics.median(_distances(rows)) > _TIGHT_DISTANCE * _size(rows) or _share(rows, _is_figure) > 0.5
        for rows in (left, right)
    ):
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
    return len(phrase.words) == 1 or phrase.words[-1].text.endswith((":", "\uff1a"))


def _is_bold(phrase: Phrase) -> bool:
    return all(word.font.is_bold for word in phrase.words)


def _width(rows: Sequence[Row]) -> float:
    return max(max(item.x1 for item in row) for row in rows) - min(row[0].x0 for row in rows) or 1.0


def _size(rows: Sequence[Row]) -> float:
    return statistics.median_low([item.size for row in rows for item in row])


def _first_block(strip: Strip, rows: Sequence[Row], left: Sequence[Row], right: Sequence[Row]) -> Strip:
    """The short texts at the top of a strip, such as the names of authors, if columns of prose follow after a space."""
    heights = [height_of(row[0]) for row in rows[strip.first_row : strip.end_row]]
    space = _LARGE_SPACE * _line_distance(left, right)
    for number, (above, below) in enumerate(pairwise(heights[: _MOST_LINES_OF_BLOCK + 1]), 1):
        if below - above > space:
            tops, rests = zip(*(_parted(side, (above + below) / 2) for side in (left, right)), strict=True)
            is_block = all(tops) and not any(map(_is_prose, tops)) and all(map(_is_prose, rests))
            return strip._replace(end_row=strip.first_row + number) if is_block else strip
    return strip


def _parted(rows: Sequence[Row], height: float) -> tuple[Sequence[Row], Sequence[Row]]:
    """The rows above a height, and the others."""
    place = bisect_left([height_of(row[0]) for row in rows], height)
    return rows[:place], rows[place:]


def _trimmed(strip: Strip, rows: Sequence[Row], left: Sequence[Row], right: Sequence[Row]) -> Strip:
    """A strip between short texts, without what is above or below one of them alone after a space."""
    side_starts = [[start.height for start in _starts(side, _line_distance(side))] for side in (left, right)]
    top = max(height_of(left[0][0]), height_of(right[0][0]))
    bottom = min(height_of(left[-1][0]), height_of(right[-1][0]))
    tolerance = _SAME_HEIGHT * _size(left)
    begin = min(max((start for start in starts if start <= top + tolerance), default=top) for starts in side_starts)
    end = min((start for starts in side_starts for start in starts if start > bottom + tolerance), default=inf)
    inside = [
        number
        for number in range(strip.first_row, strip.end_row)
        if begin - tolerance <= height_of(rows[number][0]) < end - tolerance
    ]
    return strip._replace(first_row=inside[0], end_row=inside[-1] + 1) if inside else strip
