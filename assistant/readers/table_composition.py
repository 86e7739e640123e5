"""A table as the file has it becomes rows of the canonical text: spans are filled, header rows joined, groups named."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.readers.elements import Content, TableCell, TableContent
from assistant.readers.markdown_blocks import is_header_row
from assistant.structure import Column, MergedCells, Table, TableRow, escape_cell

MAX_SPAN = 1_000  # rows or columns that one cell stretches over; a damaged file may name any number
_MAX_GRID_CELLS = 4_000_000  # of a table with its spans filled
_MAX_HEADER_ROWS = 6
_HEADER_JOINT = " / "


@dataclass(frozen=True, slots=True)
class _GridCell:
    """What stands at a place of the grid."""

    text: str = ""
    is_header: bool = False
    is_repeated: bool = False  # it belongs to a cell that begins above it or to its left
    span: tuple[int, int] = (1, 1)  # rows and columns, where the cell begins


_Grid = list[list[_GridCell]]
_EMPTY = _GridCell()


def compose_table(content: TableContent, text_of: Callable[[Content], str]) -> tuple[list[str], str, Table | None]:
    """Composes a table.

    Args:
        content: the table.
        text_of: the text of a cell's content.

    Returns:
        The words of leading rows that hold one cell only, which are its titles; its text, a line for each row; and the
        table, with offsets in that text. None where nothing but titles is in it.
    """
    grid = _fill_spans(content.rows, text_of)
    kept_rows = [number for number, row in enumerate(grid) if any(cell.text for cell in row)]
    width = max((len(grid[number]) for number in kept_rows), default=0)
    kept_columns = [
        column for column in range(width)
        if any(column < len(grid[row]) and grid[row][column].text for row in kept_rows)
    ]  # fmt: skip
    titles = [content.title] if content.title else []
    first = _count_title_rows(grid, kept_rows, content.header_rows)
    titles += [next(cell.text for cell in grid[number] if cell.text) for number in kept_rows[:first]]
    kept_rows = kept_rows[first:]
    if not kept_rows:
        return titles, "", None
    table_grid = [
        [grid[row][column] if column < len(grid[row]) else _EMPTY for column in kept_columns] for row in kept_rows
    ]
    header_rows = _count_header_rows(table_grid, content.header_rows, first)
    names = _column_names(table_grid[:header_rows], len(kept_columns))
    numbers = [content.numbers[row] if row < len(content.numbers) else 0 for row in kept_rows]
    letters = [content.letters[column] if column < len(content.letters) else "" for column in kept_columns]
    lines = [_line(names), "|" + "---|" * len(kept_columns)]
    length = sum(map(len, lines)) + len(lines)
    rows, group = [], ""
    for row, number in zip(table_grid[header_rows:], numbers[header_rows:], strict=True):
        group_here = _group_name(row)
        line = _line([cell.text if not _repeats_left(row, place) else "" for place, cell in enumerate(row)])
        rows.append(TableRow(length, length + len(line), "" if group_here else group, number))
        group = group_here or group
        lines.append(line)
        length += len(line) + 1
    columns = tuple(Column(name, letter) for name, letter in zip(names, letters, strict=True))
    title = titles[-1] if titles else ""
    merged = _merged_cells(table_grid[header_rows:])
    return titles, "\n".join(lines), Table(
        columns, tuple(rows), title, content.unit, content.sheet, header_rows, merged
    )  # fmt: skip


def _fill_spans(rows: Sequence[Sequence[TableCell]], text_of: Callable[[Content], str]) -> _Grid:
    """The cells at their places, each repeated over the rows and columns that it covers."""
    grid: _Grid = []
    hanging: dict[int, tuple[_GridCell, int]] = {}  # by column: a cell from above, and for how many rows it goes on
    size = 0
    for row in rows:
        filled: list[_GridCell] = []
        cells = iter(row)
        cell = next(cells, None)
        while cell is not None or any(column >= len(filled) for column in hanging):
            column = len(filled)
            if column in hanging:
                above, left = hanging.pop(column)
                filled.append(above)
                if left > 1:
                    hanging[column] = (above, left - 1)
                continue
            if cell is None:
                filled.append(_EMPTY)
                continue
            span = (min(max(cell.rows, 1), MAX_SPAN), min(max(cell.columns, 1), MAX_SPAN))
            text = text_of(cell.content)
            own = _GridCell(text, cell.is_header, span=span)
            repeated = _GridCell(text, cell.is_header, is_repeated=True)
            for place in range(span[1]):
                filled.append(repeated if place else own)
                if span[0] > 1:
                    hanging[column + place] = (repeated, span[0] - 1)
            cell = next(cells, None)
        size += len(filled)
        if size > _MAX_GRID_CELLS:
            break
        grid.append(filled)
    return grid


def _count_title_rows(grid: _Grid, kept_rows: Sequence[int], header_rows: int | None) -> int:
    """How many of the first rows are titles: they hold one cell, and others hold more."""
    widest = max((_count_cells(grid[number]) for number in kept_rows), default=0)
    count = 0
    while count < len(kept_rows) and (
        widest == 1 or (len(kept_rows) - count > 1 and _count_cells(grid[kept_rows[count]]) == 1)
    ):
        if header_rows and kept_rows[count] >= header_rows:
            break
        count += 1
    return count


def _count_header_rows(grid: _Grid, stated: int | None, titles: int) -> int:
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
    count += count == 1 and any(cell.span[1] > 1 for cell in grid[0])
    return min(count, most)


def _column_names(header: _Grid, width: int) -> list[str]:
    names = []
    for column in range(width):
        parts = [row[column].text for row in header if row[column].text]
        names.append(_HEADER_JOINT.join(dict.fromkeys(parts)))
    return names


def _group_name(row: list[_GridCell]) -> str:
    """The words of a row that only names those below it: one cell over all columns, or a header cell by itself."""
    own = [cell for cell in row if cell.text and not cell.is_repeated]
    if len(own) != 1 or len(row) < 2:
        return ""
    is_whole = own[0].span[1] >= len(row) or (own[0].is_header and row[0] is own[0])
    return own[0].text if is_whole else ""


def _repeats_left(row: list[_GridCell], place: int) -> bool:
    """Whether a place repeats the cell to its left, whose words stand there already."""
    if not place or not row[place].is_repeated:
        return False
    left = row[place - 1]
    return left.text == row[place].text and (left.is_repeated or left.span[1] > 1)


def _merged_cells(body: _Grid) -> tuple[MergedCells, ...]:
    return tuple(
        MergedCells(row, column, min(cell.span[0], len(body) - row), min(cell.span[1], len(cells) - column))
        for row, cells in enumerate(body)
        for column, cell in enumerate(cells)
        if cell.span != (1, 1)
    )


def _count_cells(row: Sequence[_GridCell]) -> int:
    """The cells with text; one that stretches over several columns counts once."""
    return sum(bool(cell.text) and not _repeats_left(list(row), place) for place, cell in enumerate(row))


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(escape_cell, cells))} |"
