"""The grid of a table: cells that stretch over rows and columns are at each place that they cover."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from assistant.readers.elements import Content, TableCell
from assistant.readers.inline_joining import InlineText

MAX_SPAN = 1_000  # rows or columns that one cell stretches over; a damaged file may name any number
_MAX_GRID_CELLS = 4_000_000  # of a table with its spans filled
_MAX_REPEATED_CHARS = 5_000_000  # of cells over several rows and columns, in all places but their first

_NOTHING = InlineText()


class GridCell(NamedTuple):  # of which large tables have many
    """What stands at a place of the grid."""

    content: Content = ""
    inlines: InlineText = _NOTHING
    is_header: bool = False
    is_repeated: bool = False  # it belongs to a cell that begins above it or to its left
    span: tuple[int, int] = (1, 1)  # rows and columns, where the cell begins

    @property
    def text(self) -> str:
        """Its words."""
        return self.inlines.text


Grid = list[list[GridCell]]
EMPTY_CELL = GridCell()


def fill_spans(rows: Sequence[Sequence[TableCell]], join: Callable[[Content], InlineText]) -> Grid:
    """The cells at their places, each repeated over the rows and columns that it covers."""
    filler, grid, size = _SpanFiller(join), [], 0
    for row in rows:
        filled = filler.fill(row)
        size += len(filled)
        if size > _MAX_GRID_CELLS:
            break
        grid.append(filled)
    return grid


class _SpanFiller:
    """Puts the cells of one row after the other at their places."""

    def __init__(self, join: Callable[[Content], InlineText]) -> None:
        self._join = join
        self._hanging: dict[int, tuple[GridCell, int]] = {}  # by column: a cell from above, and its rows to come
        self._repeated_chars = 0

    def fill(self, row: Sequence[TableCell]) -> list[GridCell]:
        """The next row, with the cells from above that reach into it."""
        last_hanging = max(self._hanging, default=-1)
        filled: list[GridCell] = []
        cells = iter(row)
        cell = next(cells, None)
        while cell is not None or len(filled) <= last_hanging:
            column = len(filled)
            if column in self._hanging:
                filled.append(self._next_below(column))
            elif cell is None:
                filled.append(EMPTY_CELL)
            else:
                filled += self._own_cells(cell, column)
                cell = next(cells, None)
        return filled

    def _own_cells(self, cell: TableCell, column: int) -> list[GridCell]:
        """A cell that begins in this row, at each of its columns."""
        inlines = self._join(cell.content)
        if cell.rows <= 1 and cell.columns <= 1:
            says_something = inlines.text or cell.is_header
            return [GridCell(cell.content, inlines, cell.is_header) if says_something else EMPTY_CELL]
        span = (min(max(cell.rows, 1), MAX_SPAN), min(max(cell.columns, 1), MAX_SPAN))
        self._repeated_chars += len(inlines.text) * (span[0] * span[1] - 1)
        shown = inlines if self._repeated_chars <= _MAX_REPEATED_CHARS else _NOTHING
        repeated = GridCell(cell.content, shown, cell.is_header, is_repeated=True)
        for place in range(column, column + span[1]):
            if place in self._hanging:  # a cell from above overlaps this one
                self._next_below(place)
            if span[0] > 1:
                self._hanging[place] = (repeated, span[0] - 1)
        return [GridCell(cell.content, inlines, cell.is_header, span=span), *[repeated] * (span[1] - 1)]

    def _next_below(self, column: int) -> GridCell:
        """The cell from above that reaches into this row at a column."""
        above, rows_left = self._hanging.pop(column)
        if rows_left > 1:
            self._hanging[column] = (above, rows_left - 1)
        return above
