"""A sheet of a workbook as people see it, whatever kind of file it comes from."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from assistant.readers.elements import Content

CellKind = Literal["text", "number", "date", "boolean", "error"]

_MAX_COVERED_CELLS = 500_000  # that the merged cells of a sheet hide; a damaged file may merge all that there are


class SheetCell(NamedTuple):
    """What a cell shows.

    Attributes:
        content: its text, never empty.
        kind: of its value.
        is_bold: whether all of it is bold.
        indent: how far it is set in.
        rows: that it stretches over, hidden and empty ones not counted.
        columns: likewise.
        is_covered: whether it is hidden behind a merged cell that begins above it or to its left.
    """

    content: Content
    kind: CellKind = "text"
    is_bold: bool = False
    indent: int = 0
    rows: int = 1
    columns: int = 1
    is_covered: bool = False

    @property
    def text(self) -> str:
        """Its characters, without their styles."""
        return self.content if isinstance(self.content, str) else "".join(inline.text for inline in self.content)


COVERED = SheetCell("", is_covered=True)


class CellRange(NamedTuple):
    """A rectangle of cells; rows and columns count from 1, and the last ones belong to it."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


class NamedRange(NamedTuple):
    """A range that the file itself calls a table."""

    cells: CellRange
    header_rows: int
    total_rows: int = 0


class CellComment(NamedTuple):
    """What somebody noted on a cell."""

    row: int
    column: int
    text: str


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row with text, its cells by column."""

    number: int
    cells: Mapping[int, SheetCell]

    def own_cells(self) -> list[SheetCell]:
        """The cells that begin in this row, from left to right."""
        return [self.cells[column] for column in sorted(self.cells) if not self.cells[column].is_covered]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as its file has it.

    Attributes:
        name: as its tab shows it.
        rows: the cells that show something, by row and column.
        merged: ranges of cells that are one.
        hidden_rows: the numbers of hidden rows.
        hidden_columns: likewise.
        tables: what the file itself calls tables.
        filter_row: the row with the buttons of a filter, which names the columns; 0 where there is none.
        frozen_rows: how many rows stay in sight while the others scroll.
        comments: on cells.
    """

    name: str
    rows: Mapping[int, Mapping[int, SheetCell]]
    merged: Sequence[CellRange] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    tables: Sequence[NamedRange] = ()
    filter_row: int = 0
    frozen_rows: int = 0
    comments: Sequence[CellComment] = ()


@dataclass(frozen=True, slots=True)
class VisibleSheet:
    """The rows of a sheet that people see, with merged cells laid out.

    Attributes:
        rows: with text, from top to bottom.
        row_places: of each such row among the visible ones; where two are not next to each other, a gap is seen.
        column_places: of each column with text, likewise.
        hidden_row_count: how many rows with text are hidden.
        hidden_column_count: how many columns with text are hidden.
    """

    rows: Sequence[SheetRow]
    row_places: Mapping[int, int] = field(default_factory=dict)
    column_places: Mapping[int, int] = field(default_factory=dict)
    hidden_row_count: int = 0
    hidden_column_count: int = 0


def lay_out(sheet: Sheet) -> VisibleSheet:
    """What people see of a sheet: without hidden rows and columns, and with merged cells stretched."""
    filled_columns = {column for cells in sheet.rows.values() for column in cells}
    hidden_rows = sum(bool(sheet.rows.get(row)) for row in sheet.hidden_rows)
    cells_by_row: dict[int, dict[int, SheetCell]] = {}
    for row, cells in sheet.rows.items():
        seen = {column: cell for column, cell in cells.items() if column not in sheet.hidden_columns}
        if seen and row not in sheet.hidden_rows:
            cells_by_row[row] = seen
    merged = _uncover(sheet, cells_by_row)
    rows = sorted(row for row, cells in cells_by_row.items() if cells)
    columns = sorted({column for row in rows for column in cells_by_row[row]})
    _stretch(cells_by_row, merged, rows, columns)
    return VisibleSheet(
        [SheetRow(row, cells_by_row[row]) for row in rows],
        _places(rows, sheet.hidden_rows),
        _places(columns, sheet.hidden_columns),
        hidden_rows,
        len(filled_columns & sheet.hidden_columns),
    )


def has_gap(places: Mapping[int, int], first: int, second: int) -> bool:
    """Whether something empty is seen between two rows, or two columns."""
    return places[second] - places[first] > 1


def column_letter(column: int) -> str:
    """The letters of a column: 1 is "A", 28 is "AB"."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _content_of(sheet: Sheet, merged: CellRange) -> SheetCell | None:
    return sheet.rows.get(merged.first_row, {}).get(merged.first_column)


def _first_seen(sheet: Sheet, merged: CellRange) -> tuple[int, int] | None:
    """The first row and column of a merged cell that are not hidden."""
    row, column = merged.first_row, merged.first_column
    while row in sheet.hidden_rows:
        row += 1
    while column in sheet.hidden_columns:
        column += 1
    return (row, column) if row <= merged.last_row and column <= merged.last_column else None


def _uncover(sheet: Sheet, cells_by_row: dict[int, dict[int, SheetCell]]) -> list[tuple[int, int, CellRange]]:
    """Takes away what lies behind merged cells, which nobody sees.

    Returns:
        The row and column where the words of each merged cell are seen, and its range.
    """
    rows = sorted(cells_by_row)
    ranges: list[tuple[int, int, CellRange]] = []
    left = _MAX_COVERED_CELLS
    for merged in sheet.merged:
        place = _first_seen(sheet, merged)
        within = rows[bisect_left(rows, merged.first_row) : bisect_right(rows, merged.last_row)]
        left -= len(within)
        if left < 0:
            break
        cell = _content_of(sheet, merged)
        if place is None or cell is None:
            continue
        row, column = place
        is_moved = place != (merged.first_row, merged.first_column)
        if not is_moved and column not in cells_by_row.get(row, ()):
            continue  # it lies behind another one: in a damaged file they overlap
        for number in within:
            cells = cells_by_row[number]
            for covered in [other for other in cells if merged.first_column <= other <= merged.last_column]:
                del cells[covered]
        cells_by_row.setdefault(row, {})[column] = cell
        ranges.append((row, column, merged))
    return ranges


def _stretch(
    cells_by_row: dict[int, dict[int, SheetCell]],
    merged_cells: Iterable[tuple[int, int, CellRange]],
    rows: Sequence[int],
    columns: Sequence[int],
) -> None:
    """Gives merged cells their spans in rows and columns with text, and covers what lies behind them."""
    left = _MAX_COVERED_CELLS
    for row, column, merged in merged_cells:
        span_rows = rows[bisect_left(rows, row) : bisect_right(rows, merged.last_row)]
        span_columns = columns[bisect_left(columns, column) : bisect_right(columns, merged.last_column)]
        places = [(span_row, span_column) for span_row in span_rows for span_column in span_columns]
        left -= len(places)
        if left < 0:
            break
        behind = [cells_by_row[span_row].get(span_column) for span_row, span_column in places]
        if sum(cell is not None for cell in behind) != 1 or behind[0] is None or behind[0].is_covered:
            continue  # in a damaged file they overlap
        for span_row, span_column in places:
            cells_by_row[span_row][span_column] = COVERED
        cells_by_row[row][column] = behind[0]._replace(rows=len(span_rows), columns=len(span_columns))


def _places(numbers: Sequence[int], hidden: frozenset[int]) -> dict[int, int]:
    """The place of each number when the hidden ones are not counted."""
    places: dict[int, int] = {}
    hidden_numbers = sorted(hidden)
    for number in numbers:
        places[number] = number - bisect_left(hidden_numbers, number)
    return places
