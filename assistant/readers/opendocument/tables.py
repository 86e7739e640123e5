"""Tables in the text of OpenDocument files; sheets have a reader of their own."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from assistant.readers.elements import Inline, TableCell, TableContent
from assistant.readers.opendocument.package import attribute, child, children, node_name, number_attribute
from assistant.readers.sheets.table_limits import MAX_COLUMNS, MAX_ROWS

_ROW_GROUPS = ("table:table-rows", "table:table-row-group", "table:table-header-rows")
_COLUMN_GROUPS = ("table:table-columns", "table:table-column-group", "table:table-header-columns")
_CELLS = ("table:table-cell", "table:covered-table-cell")


class OdfRow(NamedTuple):
    """A row as the file has it."""

    element: Any
    is_header: bool
    repeated: int  # how many times in a row the file has it; damaged files may name any number
    is_hidden: bool


class OdfCell(NamedTuple):
    """A cell as the file has it."""

    element: Any
    repeated: int  # likewise
    is_covered: bool  # hidden behind a cell that begins above it or to its left
    rows: int
    columns: int


class OdfColumn(NamedTuple):
    """A column as the file has it."""

    element: Any
    repeated: int  # likewise
    is_hidden: bool


def table_rows(table: Any, *, is_header: bool = False, is_hidden: bool = False) -> Iterator[OdfRow]:
    """The rows of a table, those in groups too."""
    for element in children(table):
        name = node_name(element)
        if name == "table:table-row":
            is_out_of_sight = is_hidden or attribute(element, "table:visibility") in {"collapse", "filter"}
            yield OdfRow(element, is_header, _repeated(element, "table:number-rows-repeated"), is_out_of_sight)
        elif name in _ROW_GROUPS:
            is_closed = is_hidden or attribute(element, "table:display") == "false"
            is_head = is_header or name == "table:table-header-rows"
            yield from table_rows(element, is_header=is_head, is_hidden=is_closed)


def table_columns(table: Any, *, is_hidden: bool = False) -> Iterator[OdfColumn]:
    """The columns of a table, those in groups too."""
    for element in children(table):
        name = node_name(element)
        if name == "table:table-column":
            is_out_of_sight = is_hidden or attribute(element, "table:visibility") in {"collapse", "filter"}
            yield OdfColumn(element, _repeated(element, "table:number-columns-repeated"), is_out_of_sight)
        elif name in _COLUMN_GROUPS:
            is_closed = is_hidden or attribute(element, "table:display") == "false"
            yield from table_columns(element, is_hidden=is_closed)


def row_cells(row: Any) -> Iterator[OdfCell]:
    """The cells of a row."""
    for element in children(row):
        name = node_name(element)
        if name in _CELLS:
            is_covered = name == "table:covered-table-cell"
            repeated = _repeated(element, "table:number-columns-repeated")
            rows = 1 if is_covered else _repeated(element, "table:number-rows-spanned")
            columns = 1 if is_covered else _repeated(element, "table:number-columns-spanned")
            yield OdfCell(element, repeated, is_covered, rows, columns)


def sub_table(cell: Any) -> Any | None:
    """The table that a cell is divided into; None where it is not."""
    table = child(cell, "table:table")
    return table if table is not None and attribute(table, "table:is-sub-table") == "true" else None


def table_content(rows: list[tuple[bool, list[TableCell]]]) -> TableContent:
    """A table of rows, each with whether it is a header row."""
    header_rows = 0
    while header_rows < len(rows) and rows[header_rows][0]:
        header_rows += 1
    return TableContent([cells for _, cells in rows[:MAX_ROWS]], header_rows or None)


def has_one_column(table: Any) -> bool:
    """Whether no row has more than one cell."""
    return all(sum(cell.repeated for cell in row_cells(row.element)) <= 1 for row in table_rows(table))


def repeat_cell(cell: TableCell, repeated: int, budget: int) -> list[TableCell]:
    """A cell as often as the file has it in a row, but not more often than a budget of characters allows."""
    content = cell.content
    size = len(content) if isinstance(content, str) else sum(len(inline.text) for inline in content if _is_read(inline))
    most = MAX_COLUMNS if not size else max(1, min(MAX_COLUMNS, budget // size))
    return [cell] * min(repeated, most)


def _is_read(inline: Inline) -> bool:
    return inline.style != "struck"


def _repeated(element: Any, name: str) -> int:
    """How often something is there, or over how many rows or columns it stretches; 1 where the file doesn't say."""
    return max(number_attribute(element, name, 1), 1)
