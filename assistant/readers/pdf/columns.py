"""The reading order of a page: columns, boxes, lines across columns, and tables in their places.

A page is cut, again and again, at its gutters: strips without print that have columns on both sides. What stands above
a gutter is read first, then its columns one after the other, then what stands below.
"""

import statistics
from collections.abc import Iterator, Sequence

from assistant.readers.pdf.gutters import Item, Row, Strip, item_of, rows_of, strips_of
from assistant.readers.pdf.page import Column, PageContent, PageLayout, Phrase, TableArea
from assistant.readers.pdf.word_order import reads_right_to_left

_MAX_DEPTH = 12  # of cuts within cuts
_MAX_STRIPS = 40  # that are looked at in one area
_PROSE_FILL, _PROSE_WIDTH = 0.6, 10.0  # how much of a column of prose its lines fill; its width, in type sizes
_LEAST_LINES = 2  # of a column
_MARK_WIDTH = 3.0  # type sizes: the marks and numbers of a list stand in no wider a column


def lay_out(page: PageContent, phrases: Sequence[Phrase], tables: Sequence[TableArea]) -> PageLayout:
    """Everything on a page in reading order.

    Args:
        page: its measures.
        phrases: those that stand in no table.
        tables: those that were found on the page.
    """
    contents: list[Phrase | TableArea] = [*phrases, *tables]
    items = [item_of(content) for content in contents]
    is_right_to_left = reads_right_to_left([word for phrase in phrases for word in phrase.words])
    areas = _areas(items, 0, is_right_to_left=is_right_to_left) if items else ()
    in_order = tuple(content for area in areas for content in _contents(area, is_right_to_left=is_right_to_left))
    return PageLayout(page.number, page.width, page.height, in_order, page.is_recognised)


def _areas(items: Sequence[Item], depth: int, *, is_right_to_left: bool) -> Iterator[list[Row]]:
    """Areas without columns, in reading order, as rows."""
    rows = rows_of(items)
    start = 0
    for gutter in sorted(_gutters(rows), key=lambda gutter: gutter.first_row) if depth < _MAX_DEPTH else ():
        if start < gutter.first_row:
            yield from _areas(_items(rows[start : gutter.first_row]), depth + 1, is_right_to_left=is_right_to_left)
        sides = _sides(gutter, rows)
        for side in reversed(sides) if is_right_to_left else sides:
            yield from _areas(side, depth + 1, is_right_to_left=is_right_to_left)
        start = gutter.end_row
    if start < len(rows):
        if start:
            yield from _areas(_items(rows[start:]), depth + 1, is_right_to_left=is_right_to_left)
        else:
            yield rows


def _items(rows: Sequence[Row]) -> list[Item]:
    return [item for row in rows for item in row]


def _gutters(rows: Sequence[Row]) -> list[Strip]:
    """The gutters of an area, of which no two stand beside each other."""
    gutters: list[Strip] = []
    for strip in strips_of(rows)[:_MAX_STRIPS]:
        is_free = all(strip.end_row <= other.first_row or strip.first_row >= other.end_row for other in gutters)
        if is_free and _parts_columns(strip, rows):
            gutters.append(strip)
    return gutters


def _sides(strip: Strip, rows: Sequence[Row]) -> tuple[list[Item], list[Item]]:
    """What stands left and right of a strip."""
    items = _items(rows[strip.first_row : strip.end_row])
    return [item for item in items if item.x0 < strip.x0], [item for item in items if item.x0 >= strip.x0]


def _parts_columns(strip: Strip, rows: Sequence[Row]) -> bool:
    """Whether columns stand on both sides of a strip, to be read one after the other, rather than cells or marks."""
    left, right = (rows_of(side) for side in _sides(strip, rows))
    if min(len(left), len(right)) < _LEAST_LINES:
        return False
    if _width(left) < _MARK_WIDTH * _size(left):
        return False
    if _is_prose(left) and _is_prose(right):
        return True
    rows_with_both = len(left) + len(right) - (strip.end_row - strip.first_row)
    return rows_with_both < 0.5 * min(len(left), len(right))


def _is_prose(rows: Sequence[Row]) -> bool:
    """Whether rows fill the width of their column, as text does and cells do not."""
    width = _width(rows)
    fill = statistics.median(sum(item.x1 - item.x0 for item in row) / width for row in rows)
    return fill > _PROSE_FILL and width > _PROSE_WIDTH * _size(rows)


def _width(rows: Sequence[Row]) -> float:
    return max(max(item.x1 for item in row) for row in rows) - min(row[0].x0 for row in rows) or 1.0


def _size(rows: Sequence[Row]) -> float:
    return statistics.median_low([item.size for row in rows for item in row])


def _contents(rows: Sequence[Row], *, is_right_to_left: bool) -> Iterator[Column | TableArea]:
    """The lines of an area as columns, with the tables between them."""
    lines: list[Phrase] = []
    for row in rows:
        for item in reversed(row) if is_right_to_left else row:
            if isinstance(item.content, Phrase):
                lines.append(item.content)
                continue
            if lines:
                yield Column(tuple(lines))
                lines = []
            yield item.content
    if lines:
        yield Column(tuple(lines))
