"""The tables and lone lines of a sheet: empty rows and columns part them, and so does what the file calls a table."""

import itertools
import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from assistant.readers.sheets.column_blocks import ColumnBlock
from assistant.readers.sheets.headers import is_name_row
from assistant.readers.sheets.sheet import NamedRange, SheetCell, SheetRow, VisibleSheet, has_gap

_MAX_DEPTH = 4  # of tables beside tables below tables
_SAMPLE_ROWS = 200  # by which it is told whether tables stand beside each other
_MAX_LABEL_CHARS = 90
_NOTE_START = re.compile(
    r"^(\*|†|‡|[¹²³⁴⁵⁶⁷⁸⁹]|\(?[a-z0-9]{1,2}\)\s|notes?\b|sources?\b|quellen?\b|anmerkung|hinweis|fuente|nota\b|remarque)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Line:
    """A row with one cell, which belongs to no table."""

    row: int
    column: int
    cell: SheetCell


@dataclass(frozen=True, slots=True)
class Region:
    """The rows of one table."""

    rows: Sequence[SheetRow]
    columns: Sequence[int]
    named: NamedRange | None = None


def split_sheet(sheet: VisibleSheet, named_ranges: Sequence[NamedRange]) -> list[Line | Region]:
    """The lines and tables of a sheet, from top to bottom, those beside each other from left to right."""
    rest = sheet.rows
    placed: list[tuple[tuple[int, int], Line | Region]] = []
    for named in named_ranges:
        inside, rest = _cut_out(rest, named)
        if inside:
            region = Region(inside, _columns(inside), named)
            placed.append(((inside[0].number, region.columns[0]), region))
    placed += [(_place(item), item) for item in _split(sheet, rest, _MAX_DEPTH)]
    if named_ranges:
        placed.sort(key=lambda item: item[0])
    return [item for _, item in placed]


def _place(item: Line | Region) -> tuple[int, int]:
    return (item.row, item.column) if isinstance(item, Line) else (item.rows[0].number, item.columns[0])


def _cut_out(rows: Sequence[SheetRow], named: NamedRange) -> tuple[list[SheetRow], list[SheetRow]]:
    """The rows of a range, and what is left without it."""
    inside: list[SheetRow] = []
    outside: list[SheetRow] = []
    for row in rows:
        if not named.cells.first_row <= row.number <= named.cells.last_row:
            outside.append(row)
            continue
        for part, is_wanted in ((inside, True), (outside, False)):
            cells = {
                column: cell for column, cell in row.cells.items()
                if (named.cells.first_column <= column <= named.cells.last_column) == is_wanted
            }  # fmt: skip
            if any(not cell.is_covered for cell in cells.values()):
                part.append(SheetRow(row.number, cells))
    return inside, outside


def _split(sheet: VisibleSheet, rows: Sequence[SheetRow], depth: int) -> Iterator[Line | Region]:
    for band in _bands(sheet, rows):
        lines, body, notes = _part_lines(band)
        yield from lines
        blocks = _blocks(sheet, body) if depth and body else [_columns(body)]
        if len(blocks) > 1:
            for part in _parts(body, blocks):
                yield from _split(sheet, part, depth - 1)
        elif body:
            yield Region(body, blocks[0])
        yield from notes


def _bands(sheet: VisibleSheet, rows: Sequence[SheetRow]) -> Iterator[list[SheetRow]]:
    """Cuts rows at each gap after which something else starts."""
    band: list[SheetRow] = []
    columns: set[int] = set()  # of the band
    header: SheetRow | None = None  # the first row of the band with several cells
    for place, row in enumerate(rows):
        is_apart = band and has_gap(sheet.row_places, band[-1].number, row.number)
        starts_anew = is_apart and _starts_anew(sheet, rows, place, band, columns)
        if band and (starts_anew or (header and _repeats_header(row, header, band[-1]))):
            yield band
            band, columns, header = [], set(), None
        band.append(row)
        columns.update(row.cells)
        header = header or (row if len(row.cells) > 1 else None)
    if band:
        yield band


def _repeats_header(row: SheetRow, header: SheetRow, above: SheetRow) -> bool:
    """Whether a row below figures has a name of the table's header again, as that of another table below it does."""
    if len(row.cells) < 2 or row.cells.keys() != header.cells.keys():
        return False
    first = min(row.cells)
    has_name = any(cell.text == header.cells[column].text for column, cell in row.cells.items() if column != first)
    return has_name and is_name_row(row) and not is_name_row(above)


def _starts_anew(
    sheet: VisibleSheet, rows: Sequence[SheetRow], place: int, band: Sequence[SheetRow], columns: AbstractSet[int]
) -> bool:
    """Whether a row after a gap starts something else: a header of other columns or after figures, or a lone line."""
    row = rows[place]
    cells = row.own_cells()
    if all(len(before.own_cells()) == 1 for before in band[-2:]):
        return True  # nothing but lines stands above
    if not is_name_row(row):
        return False
    following = rows[place + 1] if place + 1 < len(rows) else None
    if following and has_gap(sheet.row_places, row.number, following.number):
        following = None
    if len(cells) == 1:
        names_group = following and not is_name_row(following) and set(following.cells) <= columns
        return not (names_group and min(row.cells) == min(columns))
    if following is None:
        return not set(row.cells) <= columns
    return set(row.cells) != set(band[-1].cells) or not all(map(is_name_row, band[-3:]))


def _part_lines(band: Sequence[SheetRow]) -> tuple[list[Line], list[SheetRow], list[Line]]:
    """The lone lines above a table, the table, and the notes below it."""
    counts = [len(row.own_cells()) for row in band]
    first = next((place for place, count in enumerate(counts) if count > 1), len(band))
    last = len(band)
    while last > first and counts[last - 1] == 1 and _is_note(band, last - 1):
        last -= 1
    return [_line(row) for row in band[:first]], list(band[first:last]), [_line(row) for row in band[last:]]


def _is_note(band: Sequence[SheetRow], place: int) -> bool:
    """Whether a row with one cell is a note below the table rather than a part of it."""
    cell = band[place].own_cells()[0]
    widest = len(_columns(band[-20:]))
    is_wide = cell.columns > 1 and cell.columns >= widest - 1
    return is_wide or len(cell.text) > _MAX_LABEL_CHARS or _NOTE_START.match(cell.text.strip()) is not None


def _line(row: SheetRow) -> Line:
    column, cell = next((column, cell) for column, cell in row.cells.items() if not cell.is_covered)
    return Line(row.number, column, cell)


def _columns(rows: Sequence[SheetRow]) -> list[int]:
    return sorted({column for row in rows for column in row.cells})


def _parts(rows: Sequence[SheetRow], blocks: Sequence[Sequence[int]]) -> list[list[SheetRow]]:
    """The rows of each block of columns."""
    block_of = {column: number for number, columns in enumerate(blocks) for column in columns}
    parts: list[list[SheetRow]] = [[] for _ in blocks]
    for row in rows:
        cells_by_block: dict[int, dict[int, SheetCell]] = {}
        for column, cell in row.cells.items():
            cells_by_block.setdefault(block_of[column], {})[column] = cell
        for number, cells in cells_by_block.items():
            if not all(cell.is_covered for cell in cells.values()):
                parts[number].append(SheetRow(row.number, cells))
    return parts


def _blocks(sheet: VisibleSheet, rows: Sequence[SheetRow]) -> list[list[int]]:
    """The columns of each table of a band, in which tables stand beside each other."""
    columns = _columns(rows)
    gaps = {right for left, right in itertools.pairwise(columns) if has_gap(sheet.column_places, left, right)}
    merged = [row for row in rows if any(cell.is_covered for cell in row.cells.values())] if gaps else []
    crossed = {column for row in merged for column in _crossed(row)}
    blocks: list[list[int]] = [[]]
    for column in columns:
        if column in gaps and column not in crossed:
            blocks.append([])
        blocks[-1].append(column)
    tables: list[list[int]] = []
    left = ColumnBlock()
    for block, part in zip(blocks, _parts(rows[:_SAMPLE_ROWS], blocks), strict=True):
        right = ColumnBlock.of(part)
        if not tables or left.stands_apart(right):
            tables.append(block)
            left = right
        else:
            tables[-1] += block
            left.add(right)
    return tables


def _crossed(row: SheetRow) -> Iterator[int]:
    """The columns that a merged cell goes on into from the left."""
    wide = (column for column, cell in row.cells.items() if cell.columns > 1 and not cell.is_covered)
    first = min(wide, default=None)
    yield from (
        column for column, cell in row.cells.items() if cell.is_covered and first is not None and first < column
    )
