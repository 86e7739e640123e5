"""How the two sides of a strip without print are read: as columns, as rows of cells, or line by line."""

import statistics
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from math import inf
from typing import NamedTuple

from assistant.readers.pdf.gutters import Item, Row, Strip, height_of, rows_of
from assistant.readers.pdf.page import Phrase, TableArea
from assistant.readers.pdf.row_groups import row_groups
from assistant.readers.pdf.row_measures import (
    distances_of,
    has_height,
    heights_of,
    items_of,
    line_space_of,
    size_of,
    spaces_of,
    starts_of,
    width_of,
)

_LEAST_LINES, _LEAST_LINES_OF_PROSE = 2, 3
_PROSE_FILL = 0.6  # how much of the width of a column of prose its lines fill
_LEAST_PROSE_WIDTH = 12.0  # type sizes, of its lines
_MARK_WIDTH = 3.0  # type sizes: the marks and numbers of a list, or of lines, take up no more
_WIDE_SPACE = 0.6  # type sizes: more than between the lines of a text
_LARGE_SPACE = 1.8  # times the usual distance of lines: between authors and their paper
_MOST_LINES_OF_BLOCK = 8  # of short texts above columns
_SAME_BASELINE = 0.2  # type sizes: by how much the baselines of one line may differ
_LARGER = 1.1  # times the largest type of a column is that of a heading which is no part of it
_LEAST_RULINGS = 2  # of a box
_NEARLY_ALL, _MOST, _FEW = 0.9, 0.8, 0.2  # shares


class Cut(NamedTuple):
    """Rows of an area that are read in parts."""

    first_row: int
    end_row: int  # the row after the last one
    parts: Sequence[Sequence[Item]]  # as they are read


def cut_at(strip: Strip, rows: Sequence[Row], *, is_right_to_left: bool) -> Cut | None:
    """How the rows of a strip are read one side after the other; None if they are read line by line across it."""
    left, right = _sides(strip, rows)
    if not (_has_lines(left) and _has_lines(right)):
        return None
    if _shared_rows(left, right) >= 0.5 and (_are_marks(left) or _are_marks(right)):
        return None
    groups = row_groups(right, left) if is_right_to_left else row_groups(left, right)
    if groups:
        return Cut(strip.first_row, strip.end_row, groups) if len(groups) > 1 else None
    strip = _first_block(strip, rows, left, right)
    left, right = _sides(strip, rows)
    are_prose = _is_prose(left) and _is_prose(right)
    strip = _without_tail(strip, rows, left, right)
    left, right = _sides(strip, rows)
    if not are_prose:
        strip = _trimmed(strip, rows, left, right)
        left, right = _sides(strip, rows)
        if not (_has_lines(left) and _has_lines(right)):
            return None
        if not _are_ruled_apart(strip, rows) and _are_cells(*((right, left) if is_right_to_left else (left, right))):
            return None
    sides = [items_of(left), items_of(right)]
    return Cut(strip.first_row, strip.end_row, sides[::-1] if is_right_to_left else sides)


def _sides(strip: Strip, rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """The rows left and right of a strip."""
    items = [item for item in items_of(rows[strip.first_row : strip.end_row]) if item.content]
    left, right = [item for item in items if item.x0 < strip.x0], [item for item in items if item.x0 >= strip.x0]
    return rows_of(left), rows_of(right)


def _has_lines(rows: Sequence[Row]) -> bool:
    """Whether rows are enough to be a column: some lines, or a table."""
    return len(rows) >= _LEAST_LINES or any(not item.size for item in items_of(rows))


def _shared_rows(left: Sequence[Row], right: Sequence[Row]) -> float:
    """The share of the rows of the shorter side that stand on the baseline of one on the other side."""
    heights = heights_of(right)
    shared = sum(has_height(heights, height_of(row[0]), _SAME_BASELINE * row[0].size) for row in left)
    return shared / min(len(left), len(right))


def _are_ruled_apart(strip: Strip, rows: Sequence[Row]) -> bool:
    """Whether long rulings end on both sides of a strip, as those of boxes beside each other do."""
    rulings = [item for item in items_of(rows[strip.first_row : strip.end_row]) if not item.content]
    left = sum(ruling.x1 <= strip.x1 for ruling in rulings)
    return min(left, len(rulings) - left) >= _LEAST_RULINGS


def _are_marks(rows: Sequence[Row]) -> bool:
    """Whether rows hold the marks or numbers of lists or lines."""
    return width_of(rows) < _MARK_WIDTH * size_of(rows)


def _is_prose(rows: Sequence[Row]) -> bool:
    """Whether rows are long and fill the width of their column, as text does and cells do not."""
    if len(rows) < _LEAST_LINES_OF_PROSE:
        return False
    if statistics.median(item.x1 - item.x0 for item in items_of(rows)) < _LEAST_PROSE_WIDTH * size_of(rows):
        return False
    return statistics.median(sum(item.x1 - item.x0 for item in row) for row in rows) > _PROSE_FILL * width_of(rows)


def _are_cells(first: Sequence[Row], second: Sequence[Row]) -> bool:
    """Whether short lines are cells: on one baseline figures, labels and what they label, or lines set wide apart.

    Args:
        first: the side that is read first.
        second: the other.
    """
    if any(isinstance(item.content, TableArea) for item in items_of([*first, *second])):
        return False
    is_beside_prose = _is_prose(first) or _is_prose(second)
    if _shared_rows(first, second) < (_NEARLY_ALL if is_beside_prose else 0.5):
        return len(first) + len(second) < 2 * _LEAST_LINES_OF_PROSE
    if _share(second, _is_figure) > 0.5:
        return True
    if _is_prose(first):
        return False
    if any(statistics.median(spaces_of(rows)) > _WIDE_SPACE * size_of(rows) for rows in (first, second)):
        return True
    if max(_share(first, _is_figure), _share(first, _is_label), _share(second, _is_label)) > 0.5:
        return True
    first_bold, second_bold = _share(first, _is_bold), _share(second, _is_bold)
    return max(first_bold, second_bold) >= _MOST and min(first_bold, second_bold) <= _FEW


def _share(rows: Sequence[Row], is_such: Callable[[Phrase], bool]) -> float:
    """The share of phrases that are such."""
    phrases = [item.content for item in items_of(rows) if isinstance(item.content, Phrase)]
    return sum(map(is_such, phrases)) / max(1, len(phrases))


def _is_figure(phrase: Phrase) -> bool:
    text = phrase.text
    return sum(character.isalpha() for character in text) < sum(character.isdigit() for character in text)


def _is_label(phrase: Phrase) -> bool:
    return sum(not word.is_glued for word in phrase.words) == 1 or phrase.words[-1].text.endswith((":", "\uff1a"))


def _is_bold(phrase: Phrase) -> bool:
    return all(word.font.is_bold for word in phrase.words)


def _first_block(strip: Strip, rows: Sequence[Row], left: Sequence[Row], right: Sequence[Row]) -> Strip:
    """The short texts at the top of a strip, such as the names of authors, if columns of prose follow after a space."""
    heights = [height_of(row[0]) for row in rows[strip.first_row : strip.end_row]]
    space = _LARGE_SPACE * min(statistics.median_low(distances_of(side) or [inf]) for side in (left, right))
    for number, (above, below) in enumerate(pairwise(heights[: _MOST_LINES_OF_BLOCK + 1]), 1):
        if below - above > space:
            tops, rests = zip(*(_parted(side, (above + below) / 2) for side in (left, right)), strict=True)
            is_block = all(map(_is_short_text, tops)) and all(map(_is_prose, rests)) and _begin_elsewhere(tops, rests)
            return strip._replace(end_row=strip.first_row + number) if is_block else strip
    return strip


def _is_short_text(rows: Sequence[Row]) -> bool:
    """Whether rows are lines, though none of prose."""
    return len(rows) >= _LEAST_LINES and all(item.size for item in items_of(rows)) and not _is_prose(rows)


def _begin_elsewhere(tops: Iterable[Sequence[Row]], rests: Iterable[Sequence[Row]]) -> bool:
    """Whether texts begin further left or right than the columns below them."""
    return any(
        abs(min(row[0].x0 for row in top) - min(row[0].x0 for row in rest)) > size_of(rest)
        for top, rest in zip(tops, rests, strict=True)
    )


def _parted(rows: Sequence[Row], height: float) -> tuple[Sequence[Row], Sequence[Row]]:
    """The rows above a height, and the others."""
    place = bisect_left(heights_of(rows), height)
    return rows[:place], rows[place:]


def _without_tail(strip: Strip, rows: Sequence[Row], left: Sequence[Row], right: Sequence[Row]) -> Strip:
    """A strip between columns without what stands below the shorter one and is no part of the longer one.

    It begins with a larger heading than there are in the column, or outside the column's edges.
    """
    bottom = min(_bottom(left), _bottom(right))
    longer = left if _bottom(left) > _bottom(right) else right
    column, tail = _parted(longer, bottom)
    if not column:
        return strip
    size, edge = max(item.size for item in items_of(column)), 0.5 * size_of(column)
    x0, x1 = min(row[0].x0 for row in column) - edge, max(item.x1 for item in items_of(column)) + edge
    starts = {start.height for start in starts_of(longer, line_space_of(longer))}
    for row in tail:
        is_outside = row[0].x0 < x0 or max(item.x1 for item in row) > x1
        if row[0].size > _LARGER * size or (is_outside and height_of(row[0]) in starts):
            return _between(strip, rows, -inf, height_of(row[0]) - _SAME_BASELINE * row[0].size)
    return strip


def _between(strip: Strip, rows: Sequence[Row], begin: float, end: float) -> Strip:
    """The part of a strip between two heights; all of it if no row stands there."""
    inside = [number for number in range(strip.first_row, strip.end_row) if begin <= height_of(rows[number][0]) < end]
    return strip._replace(first_row=inside[0], end_row=inside[-1] + 1) if inside else strip


def _bottom(rows: Sequence[Row]) -> float:
    return max(item.y1 for item in items_of(rows))


def _trimmed(strip: Strip, rows: Sequence[Row], left: Sequence[Row], right: Sequence[Row]) -> Strip:
    """A strip between short texts, without what is above or below one of them alone after a space."""
    side_starts = [[start.height for start in starts_of(side, line_space_of(side))] for side in (left, right)]
    top = max(height_of(left[0][0]), height_of(right[0][0]))
    bottom = min(_bottom(left), _bottom(right))
    tolerance = _SAME_BASELINE * size_of(left)
    begin = min(max((start for start in starts if start <= top + tolerance), default=top) for starts in side_starts)
    end = min((start for starts in side_starts for start in starts if start > bottom + tolerance), default=inf)
    return _between(strip, rows, begin - tolerance, end - tolerance)
