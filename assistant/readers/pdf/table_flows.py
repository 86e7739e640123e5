"""Where a page's text flows in columns beside each other, which no table goes across."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from math import inf
from typing import NamedTuple

from assistant.readers.pdf.page import Phrase, Ruling

_MAX_DEPTH = 8  # of columns within columns
_MAX_STRIPS = 24  # that are looked at in one area
_MAX_RULINGS = 1_000
_LEAST_ROWS = 3  # of a column
_HALF_GUTTER = 0.2  # of the type size: half the width of the narrowest gutter
_LOOSE_END = 1.5  # type sizes: so far a ruling may reach into a gutter
_SAME_BASELINE = 0.25  # of the type size
_PROSE_FILL, _PROSE_WIDTH = 0.7, 8.0  # how much of a column its lines of prose fill; its width, in type sizes
_MARK_WIDTH = 3.0  # type sizes: the marks and numbers of a list stand in no wider a column


class _Item(NamedTuple):
    """A phrase or a ruling."""

    height: float  # its baseline
    x0: float
    x1: float
    size: float  # of its type; of a ruling 0
    phrase: Phrase | None


class _Strip(NamedTuple):
    """A strip without print, over some rows."""

    row_count: int
    first_row: int
    x: float


_Row = Sequence[_Item]


def flows_of(phrases: Sequence[Phrase], rulings: Sequence[Ruling]) -> Iterator[list[Phrase]]:
    """The phrases of a page by the columns in which they flow; on most pages that is one.

    A ruling goes across no gutter: it ends one, as a line of text across the page does.

    Args:
        phrases: of one page.
        rulings: the horizontal ones.
    """
    items = [_Item(phrase.baseline, phrase.x0, phrase.x1, phrase.size, phrase) for phrase in phrases]
    margin = _LOOSE_END * min(phrase.size for phrase in phrases)
    obstacles = [
        _Item(ruling.y0, ruling.x0 + margin, ruling.x1 - margin, 0.0, None)
        for ruling in rulings[:_MAX_RULINGS]
        if ruling.x1 - ruling.x0 > 4 * margin
    ]
    yield from _flows([*items, *obstacles], 0)


def _flows(items: Sequence[_Item], depth: int) -> Iterator[list[Phrase]]:
    rows = _rows(items)
    strips = sorted(set(_strips(rows)), reverse=True)[:_MAX_STRIPS] if depth < _MAX_DEPTH else []
    gutter = next((strip for strip in strips if _parts_flows(strip, rows)), None)
    if gutter is None:
        phrases = [item.phrase for item in items if item.phrase]
        if phrases:
            yield phrases
        return
    end = gutter.first_row + gutter.row_count
    for part in (_items(rows[: gutter.first_row]), *_sides(gutter, rows), _items(rows[end:])):
        yield from _flows(part, depth + 1)


def _rows(items: Sequence[_Item]) -> list[_Row]:
    """Items by rows, from top to bottom. A ruling is a row of its own."""
    rows: list[list[_Item]] = []
    for item in sorted(items, key=lambda item: item.height):
        if (
            rows
            and item.phrase
            and rows[-1][0].phrase
            and item.height - rows[-1][0].height <= _SAME_BASELINE * item.size
        ):
            rows[-1].append(item)
        else:
            rows.append([item])
    return [sorted(row, key=lambda item: item.x0) for row in rows]


def _items(rows: Sequence[_Row]) -> list[_Item]:
    return [item for row in rows for item in row]


def _strips(rows: Sequence[_Row]) -> Iterator[_Strip]:
    """For the places on the x-axis the rows in succession that leave them free."""
    starts, first_rows = [-inf], [0]  # from each start on, the first row since which it is free
    for number, row in enumerate(rows):
        for item in row:
            x0, x1 = item.x0 - _HALF_GUTTER * item.size, item.x1 + _HALF_GUTTER * item.size
            if x1 <= x0:
                continue
            first, end = bisect_right(starts, x0) - 1, bisect_left(starts, x1)
            lefts, rights = [x0, *starts[first + 1 : end]], [*starts[first + 1 : end], x1]
            for left, right, first_row in zip(lefts, rights, first_rows[first:end], strict=True):
                if number - first_row >= _LEAST_ROWS:
                    yield _Strip(number - first_row, first_row, (left + right) / 2)
            kept = [starts[first]] if starts[first] < x0 else []
            starts[first:end] = [*kept, x0, x1]
            first_rows[first:end] = [*first_rows[first : first + len(kept)], number + 1, first_rows[end - 1]]
            if starts[first + len(kept) + 2 : first + len(kept) + 3] == [x1]:
                del starts[first + len(kept) + 1], first_rows[first + len(kept) + 1]
    for left, right, first_row in zip(starts[1:-1], starts[2:], first_rows[1:-1], strict=True):
        if len(rows) - first_row >= _LEAST_ROWS:
            yield _Strip(len(rows) - first_row, first_row, (left + right) / 2)


def _sides(strip: _Strip, rows: Sequence[_Row]) -> tuple[list[_Item], list[_Item]]:
    items = _items(rows[strip.first_row : strip.first_row + strip.row_count])
    return [item for item in items if item.x0 < strip.x], [item for item in items if item.x0 >= strip.x]


def _parts_flows(strip: _Strip, rows: Sequence[_Row]) -> bool:
    """Whether text flows on both sides of a strip, each by itself."""
    cut = [
        ([item for item in row if item.x0 < strip.x], [item for item in row if item.x0 >= strip.x])
        for row in rows[strip.first_row : strip.first_row + strip.row_count]
        if row[0].phrase
    ]
    left, right = [row for row, _ in cut if row], [row for _, row in cut if row]
    if min(len(left), len(right)) < _LEAST_ROWS or _width(left) < _MARK_WIDTH * left[0][0].size:
        return False
    common = sum(bool(row and other) for row, other in cut)
    return common < 0.5 * min(len(left), len(right)) or (_has_prose(left) and _has_prose(right))


def _has_prose(rows: Sequence[_Row]) -> bool:
    """Whether three lines in a row fill the width of their column, as text does and cells do not."""
    width = _width(rows)
    if width < _PROSE_WIDTH * rows[0][0].size:
        return False
    full = [max(item.x1 - item.x0 for item in row) > _PROSE_FILL * width for row in rows]
    return any(map(all, zip(full, full[1:], full[2:], strict=False)))


def _width(rows: Sequence[_Row]) -> float:
    return max(max(item.x1 for item in row) for row in rows) - min(row[0].x0 for row in rows)
