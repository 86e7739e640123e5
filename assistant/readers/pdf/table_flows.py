"""Where a page's text flows in columns beside each other, which no table goes across."""

import statistics
from collections.abc import Iterator, Sequence

from assistant.readers.pdf.gutters import Item, Row, Strip, phrase_item, rows_of, ruling_item, strips_of
from assistant.readers.pdf.page import Phrase, Ruling

_MAX_DEPTH = 8  # of columns within columns
_MAX_STRIPS = 24  # that are looked at in one area
_LEAST_LINES = 3  # of a column
_PROSE_FILL, _PROSE_WIDTH = 0.7, 8.0  # how much of a column its lines of prose fill; its width, in type sizes
_MARK_WIDTH = 3.0  # type sizes: the marks and numbers of a list stand in no wider a column


def flows_of(phrases: Sequence[Phrase], rulings: Sequence[Ruling]) -> Iterator[list[Phrase]]:
    """The phrases of a page by the columns in which they flow; most pages are one.

    A ruling goes across no column: it ends one, as a line of text across the page does.

    Args:
        phrases: of one page.
        rulings: the horizontal ones.
    """
    size = statistics.median_low([phrase.size for phrase in phrases])
    items = [*map(phrase_item, phrases), *(ruling_item(ruling, size) for ruling in rulings)]
    yield from _flows(items, 0)


def _flows(items: Sequence[Item], depth: int) -> Iterator[list[Phrase]]:
    rows = rows_of(items)
    gutter = next(_gutters(rows), None) if depth < _MAX_DEPTH else None
    if gutter is None:
        phrases = [item.content for item in items if isinstance(item.content, Phrase)]
        if phrases:
            yield phrases
        return
    yield from _flows(_items(rows[: gutter.first_row]), depth + 1)
    for side in _sides(gutter, rows):
        yield from _flows(side, depth + 1)
    yield from _flows(_items(rows[gutter.end_row :]), depth + 1)


def _items(rows: Sequence[Row]) -> list[Item]:
    return [item for row in rows for item in row]


def _gutters(rows: Sequence[Row]) -> Iterator[Strip]:
    return (strip for strip in strips_of(rows)[:_MAX_STRIPS] if _parts_flows(strip, rows))


def _sides(strip: Strip, rows: Sequence[Row]) -> tuple[list[Item], list[Item]]:
    items = _items(rows[strip.first_row : strip.end_row])
    return [item for item in items if item.x0 < strip.x0], [item for item in items if item.x0 >= strip.x0]


def _parts_flows(strip: Strip, rows: Sequence[Row]) -> bool:
    """Whether text flows on both sides of a strip, each by itself."""
    left, right = (rows_of([item for item in side if item.content]) for side in _sides(strip, rows))
    if min(len(left), len(right)) < _LEAST_LINES or _width(left) < _MARK_WIDTH * left[0][0].size:
        return False
    if _has_prose(left) and _has_prose(right):
        return True
    common = len(left) + len(right) - len(rows_of(_items([*left, *right])))
    return common < 0.5 * min(len(left), len(right))


def _has_prose(rows: Sequence[Row]) -> bool:
    """Whether three lines in a row fill the width of their column, as text does and cells do not."""
    width = _width(rows)
    if width < _PROSE_WIDTH * rows[0][0].size:
        return False
    full = [max(item.x1 - item.x0 for item in row) > _PROSE_FILL * width for row in rows]
    return any(map(all, zip(full, full[1:], full[2:], strict=False)))


def _width(rows: Sequence[Row]) -> float:
    return max(max(item.x1 for item in row) for row in rows) - min(row[0].x0 for row in rows)
