"""The columns of a table as a reader of the page sees them: signs join their figures, columns that only space go."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from assistant.readers.composition import inline_text
from assistant.readers.elements import Content, Inline, TableCell, inlines_of

_SIGN_BEFORE = re.compile(r"[A-Z]{0,3}[$€£¥₹₩]")
_SIGN_BEHIND = re.compile(r"\)?\s?%?\)?")
_FIGURE = re.compile(r"\(?\s?[-−–+]?\s?[\d.,]|[—–-]$")
_MAX_SPREAD = 20  # places of the grid to a cell, on average, in a table of any size; spans that cover more are no spans
_SMALL_GRID = 200_000  # places, in which cells may stretch as they like

_Placed = list[tuple[int, TableCell, bool]]
"""The cells of a row: the first column of each, the cell, and whether it has text."""


def shown_columns(rows: Sequence[Sequence[TableCell]]) -> list[list[TableCell]]:
    """A table in which every column says something.

    Pages set a currency sign, a closing bracket and the space between figures in cells of their own, so that figures
    stand below each other. ``$`` | ``(2,208`` | ``)`` becomes one cell.
    """
    joined = [_join_signs(row) for row in rows]
    placed = _place(joined)
    if placed is None:
        return [[replace(cell, rows=1, columns=1) for cell in row] for row in joined]
    kept = sorted(_kept_columns(placed))
    return [list(_kept_cells(row, kept)) for row in placed]


def _join_signs(row: Sequence[TableCell]) -> list[TableCell]:
    """A row with each sign in the cell of its figure; the sign's own cell stays, empty."""
    cells = list(row)
    if not any(_is_sign(cell) for cell in cells):
        return cells
    texts = [inline_text(cell.content) for cell in cells]
    for place, text in enumerate(texts):
        if not text:
            continue
        if place + 1 < len(cells) and _SIGN_BEFORE.fullmatch(text) and _FIGURE.match(texts[place + 1]):
            cells[place + 1] = _joined(cells[place + 1], cells[place], cells[place + 1])
            cells[place] = replace(cells[place], content="")
        elif place and texts[place - 1] and _SIGN_BEHIND.fullmatch(text) and any(map(str.isdigit, texts[place - 1])):
            cells[place - 1] = _joined(cells[place - 1], cells[place - 1], cells[place])
            cells[place] = replace(cells[place], content="")
    return cells


def _is_sign(cell: TableCell) -> bool:
    text = inline_text(cell.content) if len(cell.content) <= 5 else ""
    return bool(text) and bool(_SIGN_BEFORE.fullmatch(text) or _SIGN_BEHIND.fullmatch(text))


def _joined(cell: TableCell, first: TableCell, second: TableCell) -> TableCell:
    return replace(cell, content=[*_stripped(first.content), *_stripped(second.content)])


def _stripped(content: Content) -> Iterator[Inline]:
    for inline in inlines_of(content):
        if inline.text.strip():
            yield replace(inline, text=inline.text.strip())


def _place(rows: Sequence[Sequence[TableCell]]) -> list[_Placed] | None:
    """The rows with the columns of their cells; None where cells stretch farther than in any real table."""
    most = _SMALL_GRID + _MAX_SPREAD * sum(map(len, rows))
    placed: list[_Placed] = []
    hanging: dict[int, int] = {}  # for how many rows a cell from above goes on in a column
    size = 0
    for row in rows:
        place, cells = 0, []
        left = {column: count - 1 for column, count in hanging.items() if count > 1}
        for cell in row:
            while place in hanging:
                place += 1
            cells.append((place, cell, bool(inline_text(cell.content))))
            if cell.rows > 1:
                left |= dict.fromkeys(range(place, place + cell.columns), cell.rows - 1)
            place += cell.columns
            size += cell.columns
        hanging = left
        size += len(hanging)
        if size > most:
            return None
        placed.append(cells)
    return placed


def _kept_columns(placed: Iterable[_Placed]) -> set[int]:
    """The columns that have text of their own, and one for each wide cell over none of these."""
    with_text = [(cell.columns, column) for row in placed for column, cell, has_text in row if has_text]
    kept: set[int] = set()
    for width, column in sorted(with_text):
        if not any(covered in kept for covered in range(column, column + width)):
            kept.add(column)
    return kept


def _kept_cells(row: _Placed, kept: Sequence[int]) -> Iterator[TableCell]:
    """The cells of a row as wide as the columns that are kept below them."""
    for column, cell, _ in row:
        width = bisect_left(kept, column + cell.columns) - bisect_left(kept, column)
        if width:
            yield replace(cell, columns=width)
