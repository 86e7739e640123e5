"""Boxes of text beside each other, each with a border of its own, such as cards: they are read one after the other.

The cells of a table share their borders; between boxes there is space.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from operator import itemgetter
from typing import NamedTuple

from assistant.readers.pdf.page import Column, Phrase, Ruling, TableArea

_TOLERANCE = 2.0  # points by which the ends of a box's borders may differ
_MIN_SPACE = 3.0  # points between boxes
_MIN_LINES, _LINES_OF_PROSE = 2, 3  # of each box, and of one of them
_MAX_RULINGS = 400  # of a page: one with more is a drawing
_MAX_LINES = 2000  # of a page that are looked for in boxes
_THIN = 2.5  # points


class TextBox(NamedTuple):
    """The rectangle of a box of text."""

    x0: float
    y0: float
    x1: float
    y1: float

    def holds(self, phrase: Phrase) -> bool:
        """Whether the middle of a phrase is inside."""
        x, y = (phrase.x0 + phrase.x1) / 2, (phrase.y0 + phrase.y1) / 2
        return self.x0 < x < self.x1 and self.y0 < y < self.y1


def split_at_boxes(contents: Sequence[Column | TableArea], rulings: Sequence[Ruling]) -> list[Column | TableArea]:
    """What stands on a page, columns split where a box begins or ends; those inside know how far their lines may run.

    Args:
        contents: columns and tables.
        rulings: borders, and the edges of filled boxes.
    """
    boxes = sorted(_bordered(rulings), key=_area) if 0 < len(rulings) <= _MAX_RULINGS else []
    line_count = sum(len(content.lines) for content in contents if isinstance(content, Column))
    if not boxes or line_count > _MAX_LINES:
        return list(contents)
    return [part for content in contents for part in _split_at(content, boxes)]


def _split_at(content: Column | TableArea, boxes: Sequence[TextBox]) -> Iterator[Column | TableArea]:
    if not isinstance(content, Column):
        yield content
        return
    around = [next((box for box in boxes if box.holds(line)), None) for line in content.lines]
    pairs = zip(pairwise(around), pairwise(content.lines), strict=True)
    if any(box != other and line.y0 < below.y1 and below.y0 < line.y1 for (box, other), (line, below) in pairs):
        yield content  # a label beside a field that is filled in
        return
    for box, group in groupby(zip(around, content.lines, strict=True), itemgetter(0)):
        part = Column(tuple(line for _, line in group))
        yield replace(part, right=_right_edge(part, box)) if box else part


def _right_edge(column: Column, box: TextBox) -> float:
    """How far the lines of a column inside a box may run: as near to the border as they begin at the other one."""
    left, end = min(line.x0 for line in column.lines), max(line.x1 for line in column.lines)
    return max(end, box.x1 - max(0.0, left - box.x0))


def _area(box: TextBox) -> float:
    return (box.x1 - box.x0) * (box.y1 - box.y0)


def boxes_of(rulings: Sequence[Ruling], phrases: Sequence[Phrase]) -> list[list[TextBox]]:
    """The rows of boxes of text that begin at one height, each from left to right.

    Args:
        rulings: of a page.
        phrases: of the page.
    """
    if len(rulings) > _MAX_RULINGS:
        return []
    boxes = sorted(_bordered(rulings), key=lambda box: (box.y0, box.x0))
    return [row for row in _rows(boxes) if _hold_text(row, phrases)]


def _bordered(rulings: Sequence[Ruling]) -> Iterator[TextBox]:
    """The rectangles between two vertical rulings of one height whose ends a horizontal one joins, and no longer."""
    horizontal = sorted(ruling for ruling in rulings if ruling.y1 - ruling.y0 <= _THIN < ruling.x1 - ruling.x0)
    lefts = [ruling.x0 for ruling in horizontal]
    vertical = [ruling for ruling in rulings if ruling.x1 - ruling.x0 <= _THIN < ruling.y1 - ruling.y0]
    for left, right in pairwise(sorted(vertical, key=lambda ruling: (round(ruling.y0 / _TOLERANCE), ruling.x0))):
        box = TextBox(left.x0, min(left.y0, right.y0), right.x1, max(left.y1, right.y1))
        is_even = abs(left.y0 - right.y0) <= _TOLERANCE and abs(left.y1 - right.y1) <= _TOLERANCE
        if not is_even:
            continue
        first, end = bisect_left(lefts, box.x0 - 2 * _TOLERANCE), bisect_right(lefts, box.x0 + 2 * _TOLERANCE)
        if any(_closes(ruling, box) for ruling in horizontal[first:end]):
            yield box


def _closes(ruling: Ruling, box: TextBox) -> bool:
    is_as_wide = abs(ruling.x0 - box.x0) <= _TOLERANCE and abs(ruling.x1 - box.x1) <= _TOLERANCE
    return is_as_wide and min(abs(ruling.y0 - box.y0), abs(ruling.y1 - box.y1)) <= _TOLERANCE


def _rows(boxes: Sequence[TextBox]) -> Iterator[list[TextBox]]:
    """Boxes that begin at one height, with space between each and the next."""
    row: list[TextBox] = []
    for box in boxes:
        if row and (box.y0 - row[-1].y0 > _TOLERANCE or box.x0 - row[-1].x1 < _MIN_SPACE):
            yield row
            row = []
        row.append(box)
    if row:
        yield row


def _hold_text(row: Sequence[TextBox], phrases: Sequence[Phrase]) -> bool:
    """Whether there are several boxes, each with some lines; a table of cells with space between them has fewer."""
    if len(row) < 2:
        return False
    counts = [len({round(phrase.baseline) for phrase in phrases if box.holds(phrase)}) for box in row]
    return min(counts) >= _MIN_LINES and max(counts) >= _LINES_OF_PROSE
