"""Gutters: strips of a page without print that have text on both sides."""

import statistics
from collections.abc import Iterator, Sequence
from math import inf
from typing import NamedTuple

from assistant.readers.pdf.geometry.baselines import SAME_BASELINE
from assistant.readers.pdf.geometry.frames import Rectangle
from assistant.readers.pdf.page import Phrase, Ruling, TableArea

_ASCENT, _DESCENT = 0.8, 0.2  # of the type size
_MIN_WIDTH = 0.35  # of a gutter, in type sizes
_LOOSE_END = 1.5  # type sizes: how far a ruling may reach into a gutter
HEADING_SIZE = 1.12  # of the usual type size, at least
HEADING_SPACE = 1.2  # of its own type size: from baseline to baseline
_MAX_OPEN_STRIPS = 8  # in one gap of a row; the ones that reach highest are kept


class Item(NamedTuple):
    """Something on a page, with the place that it takes up."""

    x0: float
    y0: float
    x1: float
    y1: float
    size: float  # of its type; of anything but a phrase 0
    content: Phrase | TableArea | None  # nothing where a ruling goes across


Row = Sequence[Item]
"""Items on one baseline, from left to right."""


class Strip(NamedTuple):
    """A strip of a page without print, over some rows."""

    x0: float  # left edge; minus infinity at the page's edge
    x1: float  # right edge
    first_row: int
    end_row: int  # the row after its last one
    left_y0: float = inf  # top of the text on its left
    left_y1: float = -inf  # bottom of that text
    right_y0: float = inf
    right_y1: float = -inf

    @property
    def reach(self) -> float:
        """The height over which it has text on both sides, in points."""
        return min(self.left_y1, self.right_y1) - max(self.left_y0, self.right_y0)


def item_of(content: Phrase | TableArea) -> Item:
    """A phrase with the height of its letters, or a table, with the place that it takes up."""
    if isinstance(content, TableArea):
        return Item(content.x0, content.y0, content.x1, content.y1, 0.0, content)
    top, bottom = content.baseline - _ASCENT * content.size, content.baseline + _DESCENT * content.size
    return Item(content.x0, top, content.x1, bottom, content.size, content)


def ruling_item(ruling: Ruling, size: float) -> Item:
    """A horizontal ruling, through which no gutter goes.

    Args:
        ruling: the ruling.
        size: of the type around it: its ends may stand in a gutter.
    """
    x0, x1 = ruling.x0 + _LOOSE_END * size, ruling.x1 - _LOOSE_END * size
    return Item(x0, ruling.y0, max(x0, x1), ruling.y1, 0.0, None)


def rows_of(items: Sequence[Item]) -> list[Row]:
    """Items by rows, from top to bottom. A table is a row of its own, at its top."""
    rows: list[list[Item]] = []
    for item in sorted(items, key=height_of):
        if rows and item.size and rows[-1][-1].size and _is_beside(item, rows[-1][0]):
            rows[-1].append(item)
        else:
            rows.append([item])
    return [sorted(row, key=_from_left) for row in rows]


def height_of(item: Item) -> float:
    """Where an item stands in the order from top to bottom: a phrase by its baseline, anything else by its top."""
    return item.y1 - _DESCENT * item.size if item.size else item.y0


def _is_beside(item: Item, first: Item) -> bool:
    return height_of(item) - height_of(first) <= SAME_BASELINE * item.size


def _from_left(item: Item) -> tuple[float, float]:
    return item.x0, item.x1


def strips_of(rows: Sequence[Row]) -> list[Strip]:
    """The strips without print between two texts, the one that reaches furthest first."""
    items = [item for row in rows for item in row if item.content]
    if not items:
        return []
    size = statistics.median_low([item.size for item in items if item.size] or [1.0])
    least_width = _MIN_WIDTH * size
    if max(item.x0 for item in items) - min(item.x1 for item in items) < least_width:
        return []  # nothing is wholly right of anything
    ended: list[Strip] = []
    strips: list[Strip] = []
    standing: list[Item] = []  # tables that reach down to the row
    for number, row in enumerate(_with_walls(rows, size)):
        standing = [table for table in standing if table.y1 > row[0].y0]
        gaps = list(_gaps_of(sorted([*row, *standing], key=_from_left) if standing else row, least_width))
        standing += [item for item in row if not item.size]
        text = _text_of(row)
        passing = [strip for gap in gaps for strip in _passing_strips(strips, gap, text, number, least_width)]
        kept = {strip[:3] for strip in passing}  # their edges and first rows
        ended += [strip for strip in strips if strip[:3] not in kept]
        strips = passing
    with_text = {strip for strip in (*ended, *strips) if strip.reach > 0}
    return sorted(with_text, key=lambda strip: (-strip.reach, strip.first_row - strip.end_row, strip.x0, strip.x1))


def _with_walls(rows: Sequence[Row], size: float) -> Iterator[Row]:
    """The rows, with walls in place of headings that stand over all columns."""
    left, right = min(row[0].x0 for row in rows), max(row[-1].x1 for row in rows)
    for number, row in enumerate(rows):
        if _is_heading_across(rows, number, size):
            yield [Item(left, row[0].y0, right, row[0].y0, 0.0, None)]
        else:
            yield row


def _is_heading_across(rows: Sequence[Row], number: int, size: float) -> bool:
    """Whether a row holds a heading with nothing beside it, under which texts stand beside each other."""
    if len(rows[number]) > 1 or number + 1 == len(rows) or len(rows[number + 1]) == 1:
        return False
    heading, below = rows[number][0], rows[number + 1][0]
    space = HEADING_SPACE * heading.size
    has_space_above = number == 0 or height_of(heading) - height_of(rows[number - 1][0]) > space
    return heading.size > HEADING_SIZE * size and has_space_above and height_of(below) - height_of(heading) > space


def _gaps_of(row: Row, least_width: float) -> Iterator[tuple[float, float]]:
    """The gaps of a row, the margins among them."""
    right_edge = -inf
    for item in row:
        if item.x0 - right_edge >= least_width:
            yield right_edge, item.x0
        right_edge = max(right_edge, item.x1)
    yield right_edge, inf


def _text_of(row: Row) -> Rectangle:
    """The place that the text of a row takes up; a row of rulings has none."""
    left, right = (row[0].x0, row[-1].x1) if row[0].content else (inf, -inf)
    return left, row[0].y0, right, max([item.y1 for item in row])


def _passing_strips(
    strips: Sequence[Strip], gap: tuple[float, float], text: Rectangle, number: int, least_width: float
) -> Iterator[Strip]:
    """The strips that go on through a gap of a row, and the one that begins in it."""
    gap_x0, gap_x1 = gap
    new = tuple.__new__  # spares a call for each of thousands of strips
    passing = {gap: new(Strip, (gap_x0, gap_x1, number, number, inf, -inf, inf, -inf))}
    for strip in strips:
        x0, x1, *_ = strip
        if x1 - gap_x0 < least_width or gap_x1 - x0 < least_width:
            continue
        x0, x1 = max(gap_x0, x0), min(gap_x1, x1)
        if x1 - x0 >= least_width and ((x0, x1) not in passing or passing[x0, x1].first_row > strip.first_row):
            passing[x0, x1] = strip
    longest = sorted(passing.items(), key=_first_row)[:_MAX_OPEN_STRIPS] if len(passing) > 1 else passing.items()
    left_edge, y0, right_edge, y1 = text
    for (x0, x1), strip in longest:
        left, right = strip[4:6], strip[6:]
        if left_edge < x0:
            left = min(left[0], y0), max(left[1], y1)
        if right_edge > x1:
            right = min(right[0], y0), max(right[1], y1)
        yield new(Strip, (x0, x1, strip.first_row, number + 1, *left, *right))


def _first_row(entry: tuple[tuple[float, float], Strip]) -> int:
    return entry[1].first_row
