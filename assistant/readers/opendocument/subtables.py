"""Cells that OpenDocument divides into rows and columns of their own: the table around them gets those."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.readers.elements import TableCell


@dataclass(frozen=True, slots=True)
class DividedCell:
    """A cell that is divided, with its rows."""

    rows: Sequence[Sequence[TableCell]]
    columns: int = 1  # of the table around it

    @property
    def width(self) -> int:
        """How many columns its widest row has."""
        return max((_width(row) for row in self.rows), default=1)


def undivided(rows: Sequence[tuple[bool, Sequence[TableCell | DividedCell]]]) -> list[tuple[bool, list[TableCell]]]:
    """The rows of a table in which each row of a divided cell is a row, and each of its columns a column.

    Args:
        rows: each with whether it is a header row.
    """
    if not any(isinstance(cell, DividedCell) for _, row in rows for cell in row):
        return [(is_header, [cell for cell in row if isinstance(cell, TableCell)]) for is_header, row in rows]
    widths: dict[int, int] = {}  # of the columns, from 0
    for _, row in rows:
        column = 0
        for cell in row:
            if isinstance(cell, DividedCell) and cell.columns == 1:
                widths[column] = max(widths.get(column, 1), cell.width)
            column += cell.columns
    return [(is_header, line) for is_header, row in rows for line in _divided_row(row, widths)]


def _divided_row(row: Sequence[TableCell | DividedCell], widths: dict[int, int]) -> list[list[TableCell]]:
    """The rows that one row becomes."""
    height = max((len(cell.rows) for cell in row if isinstance(cell, DividedCell)), default=1)
    lines: list[list[TableCell]] = [[] for _ in range(max(height, 1))]
    column = 0
    for cell in row:
        width = sum(widths.get(column + place, 1) for place in range(cell.columns))
        column += cell.columns
        if isinstance(cell, TableCell):
            lines[0].append(replace(cell, rows=max(cell.rows, len(lines)), columns=width))
            continue
        for number, inner in enumerate(cell.rows):
            is_last = number == len(cell.rows) - 1
            rows = len(lines) - number if is_last else 1
            missing = width - _width(inner)
            widened = [*inner[:-1], replace(inner[-1], columns=inner[-1].columns + missing)] if inner else []
            lines[number] += [replace(inner_cell, rows=max(inner_cell.rows, rows)) for inner_cell in widened]
    return lines


def _width(row: Sequence[TableCell]) -> int:
    return sum(cell.columns for cell in row)
