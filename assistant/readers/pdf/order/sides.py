"""How the two sides of a strip without print are read: as columns, as rows of cells, or line by line."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from assistant.readers.pdf.order.gutters import HEADING_SIZE, HEADING_SPACE, Item, Row, Strip, height_of, rows_of
from assistant.readers.pdf.order.row_groups import row_groups
from assistant.readers.pdf.order.row_kinds import are_cells, are_marks, are_notes_of_prose, is_prose
from assistant.readers.pdf.order.row_measures import heights_of, items_of, size_of, width_of
from assistant.readers.pdf.order.strip_ends import Sides, first_block, trimmed, without_tail

_NARROW = 0.6  # of the width of the text beside it: a box of facts, or a picture with its caption
_MIN_LINES = 2  # of a column
_MIN_RULINGS = 2  # of a box


class Cut(NamedTuple):
    """Rows of an area that are read in parts."""

    first_row: int
    end_row: int  # the row after the last one
    parts: Sequence[Sequence[Item]]  # as they are read


def cut_at(strip: Strip, rows: Sequence[Row], *, is_right_to_left: bool) -> Cut | None:
    """How the rows of a strip are read one side after the other; None if they are read line by line across it."""
    sides = _sides(strip, rows, is_right_to_left=is_right_to_left)
    if not all(map(_has_lines, sides)) or (are_marks(*sides) and not are_notes_of_prose(*sides)):
        return None
    groups = row_groups(*sides)
    if groups:
        return Cut(strip.first_row, strip.end_row, groups) if len(groups) > 1 else None
    for shortened in (first_block, without_tail, _trimmed_unless_prose):
        strip = shortened(strip, rows, sides)
        sides = _sides(strip, rows, is_right_to_left=is_right_to_left)
    if not all(map(is_prose, sides)) and not _are_columns(strip, rows, sides):
        return None
    return Cut(strip.first_row, strip.end_row, list(map(items_of, _within_sections(*sides))))


def _within_sections(first: Sequence[Row], second: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """Two sides as they are read: a narrow one stands in the section of the wide one beside which it begins.

    A box of facts, or a picture with what is below it, has headings of its own; the next section is no part of them.
    """
    end = len(first)
    if width_of(second) < _NARROW * width_of(first) and is_prose(first):
        begin, size = bisect_left(heights_of(first), height_of(second[0][0])), size_of(first)
        sections = (index for index in range(max(begin, 1), end) if _begins_section(first, index, size))
        end = next(sections, end)
    yield from filter(None, (first[:end], second, first[end:]))


def _begins_section(rows: Sequence[Row], index: int, size: float) -> bool:
    """Whether a row of a text, of some usual type size, is a heading with space above it."""
    heading, above = rows[index][0], rows[index - 1][0]
    is_large = len(rows[index]) == 1 and heading.size > HEADING_SIZE * size
    return is_large and height_of(heading) - height_of(above) > HEADING_SPACE * heading.size


def _sides(strip: Strip, rows: Sequence[Row], *, is_right_to_left: bool) -> Sides:
    items = [item for item in items_of(rows[strip.first_row : strip.end_row]) if item.content]
    left, right = [item for item in items if item.x0 < strip.x0], [item for item in items if item.x0 >= strip.x0]
    first, second = (right, left) if is_right_to_left else (left, right)
    return rows_of(first), rows_of(second)


def _trimmed_unless_prose(strip: Strip, rows: Sequence[Row], sides: Sides) -> Strip:
    return strip if all(map(is_prose, sides)) else trimmed(strip, rows, sides)


def _are_columns(strip: Strip, rows: Sequence[Row], sides: Sides) -> bool:
    """Whether short lines on the sides of a strip are columns."""
    return all(map(_has_lines, sides)) and (_are_ruled_apart(strip, rows) or not are_cells(*sides))


def _has_lines(rows: Sequence[Row]) -> bool:
    """Whether rows are enough to be a column: some lines, or a table."""
    return len(rows) >= _MIN_LINES or any(not item.size for item in items_of(rows))


def _are_ruled_apart(strip: Strip, rows: Sequence[Row]) -> bool:
    """Whether long rulings end on both sides of a strip, as those of boxes beside each other do."""
    rulings = [item for item in items_of(rows[strip.first_row : strip.end_row]) if not item.content]
    left = sum(ruling.x1 <= strip.x1 for ruling in rulings)
    return min(left, len(rulings) - left) >= _MIN_RULINGS
