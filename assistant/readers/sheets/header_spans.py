"""Header rows whose cells stand over several columns without being merged with those beside them."""

from collections.abc import Mapping, Sequence

from assistant.readers.sheets.sheet import COVERED, SheetCell, SheetRow

_MIN_COLUMNS_OF_WHOLE = 4  # of a table over which one cell stands for all


def find_overall_cells(rows: Sequence[SheetRow], columns: Sequence[int], header_rows: int) -> list[SheetCell]:
    """The cells of a first header row that stand for the whole table, such as its period; none where it isn't so.

    Beside the corner only one cell stands in such a row, and it is over none of the columns in particular.
    """
    if header_rows <= 1 or len(columns) < _MIN_COLUMNS_OF_WHOLE:
        return []
    own = rows[0].own_cells()
    others = [column for column in rows[0].cells if column != columns[0]]
    is_sparse = len(others) == 1 and len(rows[1].own_cells()) >= len(columns) - 1
    return own if is_sparse and all(cell.columns == cell.rows == 1 for cell in own) else []


def spread_headers(
    rows: Sequence[SheetRow], columns: Sequence[int], places: Mapping[int, int], header_rows: int
) -> list[SheetRow]:
    """The rows, with the cells of header rows but the last one stretched over the columns that they stand over.

    Args:
        rows: of the table.
        columns: of the table.
        places: of the columns among those that people see; a gap parts groups of columns.
        header_rows: how many rows name the columns.
    """
    spread = list(rows)
    for place in range(header_rows - 1):
        spread[place] = _spread(rows[place], rows[place + 1], columns, places)
    return spread


def _spread(row: SheetRow, below: SheetRow, columns: Sequence[int], places: Mapping[int, int]) -> SheetRow:
    cells = dict(row.cells)
    holders = [column for column in columns[1:] if column in cells]
    if len(holders) < 2 or any(cell.columns > 1 for cell in row.own_cells()):  # a file that merges any merges all
        return row
    named = [column for column in columns[1:] if column in below.cells and not below.cells[column].is_covered]
    groups = _groups(columns[1:], places)
    if len(groups) > 1 and all(sum(column in cells for column in group) == 1 for group in groups):
        spans = [(next(column for column in group if column in cells), group) for group in groups]
    elif holders[0] == columns[1]:
        ends = [*holders[1:], columns[-1] + 1]
        spans = [
            (start, [column for column in columns if start <= column < end])
            for start, end in zip(holders, ends, strict=True)
        ]
    else:
        return row
    for holder, group in spans:
        if len(group) > 1 and set(group) <= set(named):
            cell = cells[holder]
            cells.update(dict.fromkeys(group, COVERED))
            cells[group[0]] = cell._replace(columns=len(group))
    return SheetRow(row.number, cells)


def _groups(columns: Sequence[int], places: Mapping[int, int]) -> list[list[int]]:
    """Columns that stand next to each other."""
    groups: list[list[int]] = []
    for column in columns:
        if groups and places[column] - places[groups[-1][-1]] == 1:
            groups[-1].append(column)
        else:
            groups.append([column])
    return groups
