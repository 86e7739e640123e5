"""A table as the file has it becomes rows of the canonical text: spans are filled, header rows joined, groups named."""

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from assistant.readers.elements import Content, TableContent
from assistant.readers.extract import remove_invisible
from assistant.readers.header_rows import is_header_row
from assistant.readers.inline_joining import InlineText
from assistant.readers.table_grid import EMPTY_CELL, Grid, GridCell, fill_spans
from assistant.structure import Column, MergedCells, Table, TableRow, escape_cell

_MAX_HEADER_ROWS = 6
# How a last row begins that sums up the whole table, not only its last group.
_TOTAL = re.compile(
    r"(grand |all )?totale?s?\b|sum(me|a)?\b|(ins)?gesamt|ensemble\b|somme\b|totaal\b|合計", re.IGNORECASE
)
_BAR = re.compile(r"\|")
_HEADER_JOINT = " / "
_CELL_JOINT = " | "


class PlacedCell(NamedTuple):
    """A cell whose text stands in that of its table, with runs in it, notes that it refers to, or places on a page."""

    start: int
    inlines: InlineText
    bars: Sequence[int]  # the offsets in the cell of what would be borders, and is escaped

    def place(self, offset: int) -> int:
        """Where a character of the cell stands in the table's text."""
        return self.start + offset + bisect_left(self.bars, offset)


@dataclass(frozen=True, slots=True)
class ComposedTable:
    """A table as it stands in the canonical text.

    Attributes:
        titles: leading rows that hold one cell only.
        text: a line for each row.
        table: with offsets in that text; None where nothing but titles is in it.
        cells: with offsets in that text.
    """

    titles: Sequence[Content] = ()
    text: str = ""
    table: Table | None = None
    cells: Sequence[PlacedCell] = ()


def compose_table(content: TableContent, join: Callable[[Content], InlineText]) -> ComposedTable:
    """Composes a table.

    Args:
        content: the table.
        join: joins a cell's content.
    """
    grid = fill_spans(content.rows, join)
    kept_rows = [number for number, row in enumerate(grid) if any(cell.text for cell in row)]
    title_count = _count_title_rows(grid, kept_rows, content.header_rows)
    title_cells = _title_cells([grid[number] for number in kept_rows[:title_count]])
    above = [line for line in (content.title, content.unit_line) if line]
    titles = [*above, *(cell.content for cell in title_cells)]
    kept_rows = kept_rows[title_count:]
    if not kept_rows:
        return ComposedTable(titles)
    width = max(len(grid[number]) for number in kept_rows)
    rows = [[*grid[number], *[EMPTY_CELL] * (width - len(grid[number]))] for number in kept_rows]
    kept_columns = [column for column in range(width) if any(row[column].text for row in rows)]
    rows = [[row[column] for column in kept_columns] for row in rows]
    header_rows = _count_header_rows(rows, content.header_rows, title_count)
    header = _header_cells(rows[:header_rows], len(kept_columns))
    names = [_HEADER_JOINT.join(cell.text for cell in cells) for cells in header]
    letters = [content.letters[column] if column < len(content.letters) else "" for column in kept_columns]
    numbers = [content.numbers[row] if row < len(content.numbers) else 0 for row in kept_rows[header_rows:]]
    text, table_rows, placed = _compose_lines(header, rows[header_rows:], numbers)
    if len(content.groups) == len(content.rows):
        groups = [remove_invisible(content.groups[row]) for row in kept_rows[header_rows:]]
        table_rows = tuple(row._replace(group=group) for row, group in zip(table_rows, groups, strict=True))
    table = Table(
        columns=tuple(Column(name, remove_invisible(letter)) for name, letter in zip(names, letters, strict=True)),
        rows=table_rows,
        title=title_cells[-1].text if title_cells else join(content.title).text,
        unit=remove_invisible(content.unit),
        sheet=remove_invisible(content.sheet),
        header_rows=header_rows,
        merged=_merged_cells(rows[header_rows:]),
    )
    return ComposedTable(titles, text, table, placed)


def _title_cells(rows: Sequence[Sequence[GridCell]]) -> list[GridCell]:
    """The cells of the title rows; one that goes on in the next row counts once."""
    cells = [next(cell for cell in row if cell.text) for row in rows]
    return [cell for place, cell in enumerate(cells) if not place or not _goes_on(cell, cells[place - 1])]


def _compose_lines(
    header: Sequence[Sequence[InlineText]], rows: Grid, numbers: Sequence[int]
) -> tuple[str, tuple[TableRow, ...], list[PlacedCell]]:
    """The text of a table, its rows with offsets in that text, and its cells that runs or notes stand in."""
    placed: list[PlacedCell] = []
    lines = [_line(header, 0, placed), "|" + "---|" * len(header)]
    length = sum(map(len, lines)) + len(lines)
    table_rows: list[TableRow] = []
    group = ""
    for place, (row, number) in enumerate(zip(rows, numbers, strict=True)):
        group_here = _group_name(row)
        is_total = place == len(rows) - 1 and _TOTAL.match(row[0].text) is not None
        shown = [[] if _repeats_left(row, column) else [cell.inlines] for column, cell in enumerate(row)]
        lines.append(_line(shown, length, placed))
        end = length + len(lines[-1])
        table_rows.append(TableRow(length, end, "" if group_here or is_total else group, number))
        group = group_here or group
        length = end + 1
    return "\n".join(lines), tuple(table_rows), placed


def _count_title_rows(grid: Grid, kept_rows: Sequence[int], header_rows: int | None) -> int:
    """How many of the first rows are titles: they hold one cell where later rows hold more, or no row holds more."""
    widest = max((_count_cells(grid[number]) for number in kept_rows), default=0)
    count = 0
    while count < len(kept_rows) and (
        widest == 1 or (len(kept_rows) - count > 1 and _count_cells(grid[kept_rows[count]]) == 1)
    ):
        if header_rows and not _may_be_title(grid[kept_rows[count]], kept_rows[count], header_rows):
            break
        count += 1
    return count


def _may_be_title(row: Sequence[GridCell], number: int, header_rows: int) -> bool:
    """Whether a row with one cell may be a title where the file says which rows name the columns.

    The last of those names a column, unless its cell goes over all of them; a cell over some of them names these.
    """
    columns = next((cell.span[1] for cell in row if cell.text), 1)
    is_whole = columns >= len(row)
    return is_whole if number == header_rows - 1 else number < header_rows and (columns == 1 or is_whole)


def _count_header_rows(grid: Grid, stated: int | None, titles: int) -> int:
    """How many rows name the columns, never all of them."""
    most = min(len(grid) - 1, _MAX_HEADER_ROWS)
    if stated is not None:
        return max(0, min(stated - titles, most))
    marked = 0
    while marked < most and all(cell.is_header or not cell.text for cell in grid[marked]):
        marked += 1
    if marked or most < 1:
        return marked
    if not is_header_row([cell.text for cell in grid[0] if not cell.is_repeated]):
        return 0
    # A cell over several columns is named more closely in the row below; one over several rows is a header in all.
    count = max(1, *(cell.span[0] for cell in grid[0]))
    count += count == 1 and _is_named_closer(grid[0], grid[1])
    return min(count, most)


def _is_named_closer(header: Sequence[GridCell], row: Sequence[GridCell]) -> bool:
    """Whether a row names the columns below cells over several of them: it says nothing below the other names."""
    is_wide = [cell.is_repeated or cell.span[1] > 1 for cell in header]
    if all(is_wide):
        return is_header_row([cell.text for cell in row if not cell.is_repeated])
    return any(is_wide) and not any(cell.text for cell, wide in zip(row, is_wide, strict=False) if not wide)


def _header_cells(header: Grid, width: int) -> list[list[InlineText]]:
    """For each column the cells that name it, from top to bottom; the same words once."""
    return [
        list({row[column].text: row[column].inlines for row in header if row[column].text}.values())
        for column in range(width)
    ]


def _goes_on(cell: GridCell, above: GridCell) -> bool:
    """Whether a cell only goes on with the one above it."""
    return cell.is_repeated and cell.inlines is above.inlines


def _group_name(row: list[GridCell]) -> str:
    """The words of a row that only names those below it: one cell over all columns, or a header cell by itself."""
    own = [cell for cell in row if cell.text and not cell.is_repeated]
    if len(own) != 1 or len(row) < 2:
        return ""
    is_whole = own[0].span[1] >= len(row) or (own[0].is_header and row[0] is own[0])
    return own[0].text if is_whole else ""


def _repeats_left(row: Sequence[GridCell], place: int) -> bool:
    """Whether a place repeats the cell to its left, whose words stand there already."""
    if not place or not row[place].is_repeated:
        return False
    left = row[place - 1]
    return left.text == row[place].text and (left.is_repeated or left.span[1] > 1)


def _merged_cells(body: Grid) -> tuple[MergedCells, ...]:
    return tuple(
        MergedCells(row, column, min(cell.span[0], len(body) - row), min(cell.span[1], len(cells) - column))
        for row, cells in enumerate(body)
        for column, cell in enumerate(cells)
        if cell.span != (1, 1)
    )


def _count_cells(row: Sequence[GridCell]) -> int:
    """The cells with text; one that stretches over several columns counts once."""
    return sum(bool(cell.text) and not _repeats_left(row, place) for place, cell in enumerate(row))


def _line(cells: Sequence[Sequence[InlineText]], start: int, placed: list[PlacedCell]) -> str:
    """A line of a table; what stands in a cell is joined. Adds the cells with more than text to those placed."""
    pieces: list[str] = []
    start += 2  # behind the first border
    for parts in cells:
        if len(parts) == 1 and not (parts[0].runs or parts[0].anchors or parts[0].words):  # as nearly every cell is
            pieces.append(escape_cell(parts[0].text))
            start += len(pieces[-1]) + len(_CELL_JOINT)
            continue
        texts = [escape_cell(part.text) for part in parts]
        offset = start
        for part, text in zip(parts, texts, strict=True):
            if part.runs or part.anchors or part.words:
                placed.append(PlacedCell(offset, part, [bar.start() for bar in _BAR.finditer(part.text)]))
            offset += len(text) + len(_HEADER_JOINT)
        pieces.append(_HEADER_JOINT.join(texts))
        start += len(pieces[-1]) + len(_CELL_JOINT)
    return f"| {_CELL_JOINT.join(pieces)} |"
