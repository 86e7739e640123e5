"""Tables on slides, with merged cells and header rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from assistant.readers.composition import inline_text
from assistant.readers.elements import Element, TableCell, TableContent
from assistant.readers.header_rows import is_header_row
from assistant.readers.office.package import Relation, attribute, child, named, whole_number
from assistant.readers.pptx.text import joined_paragraphs, read_paragraphs

_TRUE = ("1", "true", "on")


def table_element(table: Any, links: Mapping[str, Relation]) -> Element:
    """A table.

    Args:
        table: its element.
        links: the relations of the slide by their ids.
    """
    properties = child(table, "tblPr")
    has_header_column = attribute(properties, "firstCol") in _TRUE
    rows = [_row(row, links, has_header_column) for row in named(table, "tr")]
    is_first_row_header = attribute(properties, "firstRow") in _TRUE
    return Element("table", table=TableContent(rows, _count_header_rows(rows) if is_first_row_header else None))


def _row(row: Any, links: Mapping[str, Relation], has_header_column: bool) -> list[TableCell]:
    """The cells that begin in a row; those that a merged cell covers hold nothing of their own."""
    cells = []
    for number, cell in enumerate(named(row, "tc")):
        if cell.get("hMerge") in _TRUE or cell.get("vMerge") in _TRUE:
            continue
        paragraphs = list(read_paragraphs(child(cell, "txBody"), (), links))
        rows, columns = whole_number(cell.get("rowSpan"), 1), whole_number(cell.get("gridSpan"), 1)
        is_header = has_header_column and not number
        cells.append(TableCell(joined_paragraphs(paragraphs), rows, columns, is_header))
    return cells


def _count_header_rows(rows: Sequence[Sequence[TableCell]]) -> int | None:
    """How many rows name the columns where the first one does; None where it is one cell, which is a title.

    A cell over several columns is named more closely in the row below, if that holds names.
    """
    first = rows[0] if rows else ()
    if len(first) < 2:
        return None
    reach = max(cell.rows for cell in first)
    if reach == 1 and len(rows) > 1 and any(cell.columns > 1 for cell in first):
        return 1 + is_header_row([inline_text(cell.content) for cell in rows[1]])
    return reach
