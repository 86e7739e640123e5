"""Tables of Rich Text: rows of cells that end at positions on the page, with marks for merged ones."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from assistant.readers.cell_content import cell_content
from assistant.readers.elements import Element, TableCell, TableContent
from assistant.readers.sheets.table_limits import MAX_COLUMNS, MAX_ROWS


@dataclass(frozen=True, slots=True)
class RtfCell:
    """How a row defines a cell.

    Attributes:
        right: where it ends.
        is_merged_left: whether it goes on from the cell to its left.
        begins_down: whether it goes on in the rows below.
        is_merged_up: whether it goes on from the cell above.
    """

    right: int
    is_merged_left: bool = False
    begins_down: bool = False
    is_merged_up: bool = False


@dataclass(slots=True)
class RtfRowDefinition:
    """How the cells of rows are, until the file defines others.

    Attributes:
        cells: from left to right.
        is_header: whether the rows are header rows.
        next_cell: the cell whose end hasn't come.
    """

    cells: list[RtfCell] = field(default_factory=list)
    is_header: bool = False
    next_cell: RtfCell = RtfCell(0)


@dataclass(frozen=True, slots=True)
class RtfRow:
    """A row that has ended."""

    contents: Sequence[Sequence[Element]]
    cells: Sequence[RtfCell]
    is_header: bool = False


@dataclass(slots=True)
class OpenTable:
    """A table whose end hasn't come.

    Attributes:
        rows: that have ended.
        contents: of the cells of the row that has not.
        current: what stands in the cell that hasn't ended.
    """

    rows: list[RtfRow] = field(default_factory=list)
    contents: list[list[Element]] = field(default_factory=list)
    current: list[Element] = field(default_factory=list)

    def end_cell(self) -> None:
        """Ends a cell."""
        if len(self.contents) < MAX_COLUMNS:
            self.contents.append(self.current)
        self.current = []

    def end_row(self, definition: RtfRowDefinition) -> None:
        """Ends a row."""
        if self.contents and len(self.rows) < MAX_ROWS:
            self.rows.append(RtfRow(self.contents, tuple(definition.cells), definition.is_header))
        self.contents = []

    def finish(self, definition: RtfRowDefinition) -> Iterator[Element]:
        """The table as an element, and what has to stand behind it; of one with one column, what is in its cells."""
        if self.current:
            self.end_cell()
        self.end_row(definition)
        if all(len(row.contents) == 1 for row in self.rows):
            for row in self.rows:
                yield from row.contents[0]
            return
        behind: list[Element] = []
        yield Element("table", table=TableContent(_grid(self.rows, behind), _count_header_rows(self.rows)))
        yield from behind


@dataclass(slots=True)
class _Placed:
    """A cell with the columns that it covers."""

    start: int
    columns: int
    content: Sequence[Element]
    definition: RtfCell
    rows: int = 1
    is_covered: bool = False


def _grid(rows: Sequence[RtfRow], behind: list[Element]) -> list[list[TableCell]]:
    placed_rows = _placed_rows(rows)
    above: dict[int, _Placed] = {}  # by column: the cell that cells below may go on from
    for placed_row in placed_rows:
        for cell in placed_row:
            upper = above.get(cell.start)
            if cell.definition.is_merged_up and upper is not None:
                upper.rows += 1
                cell.is_covered = True
            else:
                above.pop(cell.start, None)
        for cell in placed_row:
            if cell.definition.begins_down and not cell.is_covered:
                above[cell.start] = cell
    grid: list[list[TableCell]] = []
    for placed_row in placed_rows:
        cells: list[TableCell] = []
        for cell in placed_row:
            if cell.is_covered:
                continue
            inlines, more = cell_content(cell.content)
            behind += more
            cells.append(TableCell(inlines, cell.rows, cell.columns))
        grid.append(cells)
    return grid


def _placed_rows(rows: Sequence[RtfRow]) -> list[list[_Placed]]:
    """The cells with their columns: those of the row with the most cells are the table's."""
    widest = max(rows, key=lambda row: len(row.contents))
    borders = sorted({cell.right for cell in widest.cells[: len(widest.contents)]})
    return [_placed_row(row, borders, len(widest.contents)) for row in rows]


def _placed_row(row: RtfRow, borders: Sequence[int], width: int) -> list[_Placed]:
    placed: list[_Placed] = []
    start = 0
    is_narrow = len(row.contents) < width and len(borders) == width and len(row.cells) >= len(row.contents)
    for number, content in enumerate(row.contents):
        definition = row.cells[number] if number < len(row.cells) else RtfCell(0)
        end = start + 1
        if is_narrow:  # each cell ends at the border that is nearest
            left_over = len(row.contents) - number - 1
            end = max(end, min(_nearest(borders, definition.right) + 1, width - left_over))
        if definition.is_merged_left and placed:
            placed[-1].columns += end - start
            placed[-1].content = [*placed[-1].content, *content]
        else:
            placed.append(_Placed(start, end - start, content, definition))
        start = end
    return placed


def _nearest(borders: Sequence[int], position: int) -> int:
    place = bisect_left(borders, position)
    if place == len(borders):
        return place - 1
    return place - 1 if place and position - borders[place - 1] < borders[place] - position else place


def _count_header_rows(rows: Sequence[RtfRow]) -> int | None:
    count = 0
    while count < len(rows) and rows[count].is_header:
        count += 1
    return count or None
