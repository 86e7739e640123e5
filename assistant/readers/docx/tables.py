"""Tables of Word files: cells over several rows and columns, header rows, tables in cells, and frames that are none."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.readers.docx.inlines import paragraph_joint
from assistant.readers.docx.story import Story
from assistant.readers.docx.xml import has_switch, value
from assistant.readers.elements import Content, Element, Inline, TableCell, TableContent, box_text, inlines_of
from assistant.readers.left_out import HIDDEN
from assistant.readers.office.package import attribute, child, local_name, whole_number
from assistant.readers.table_grid import MAX_SPAN
from assistant.structure import Role

ReadCell = Callable[[Any], Sequence[Element]]
"""Reads the paragraphs and tables of a cell."""

_WRAPPERS = frozenset(("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"))
_MAX_COLUMNS = 64  # that one cell stretches over in Word


@dataclass(slots=True)
class _Cell:
    """A cell while the rows below it are read."""

    elements: list[Element] = field(default_factory=list)
    columns: int = 1
    rows: int = 1


@dataclass(slots=True)
class _Grid:
    """The rows of a table so far."""

    rows: list[list[_Cell]] = field(default_factory=list)
    header_rows: int = 0
    open_cells: dict[int, _Cell] = field(default_factory=dict)  # by column: what the next row's cell may go on with


def table_elements(table: Any, story: Story, read_cell: ReadCell) -> Iterator[Element]:
    """A table, and behind it what doesn't fit into a cell: tables in cells, notes.

    One that only frames its content, with a single column or with headings in it, is read cell by cell.
    """
    grid = _Grid()
    for row in _inside(table, "tr"):
        _add_row(grid, row, story, read_cell)
    if _is_frame(grid):
        for cells in grid.rows:
            for cell in cells:
                yield from cell.elements
        return
    rows = [
        [TableCell(tuple(_cell_inlines(cell)), rows=cell.rows, columns=cell.columns) for cell in cells]
        for cells in grid.rows
    ]
    yield Element("table", role=_common_role(grid), table=TableContent(rows, grid.header_rows or None))
    for cells in grid.rows:
        for cell in cells:
            yield from (element for element in cell.elements if _stands_apart(element))


def _inside(element: Any, name: str) -> Iterator[Any]:
    """The rows of a table or the cells of a row, those in content controls and insertions too."""
    for part in element:
        part_name = local_name(part)
        if part_name == name:
            yield part
        elif part_name in _WRAPPERS:
            yield from _inside(part, name)


def _add_row(grid: _Grid, row: Any, story: Story, read_cell: ReadCell) -> None:
    properties = child(row, "trPr")
    if has_switch(properties, "hidden"):
        story.findings.left_out[HIDDEN] += 1
        return
    if has_switch(properties, "tblHeader") and grid.header_rows == len(grid.rows):
        grid.header_rows += 1
    is_deleted = child(properties, "del") is not None
    cells: list[_Cell] = []
    open_cells: dict[int, _Cell] = {}
    column = min(whole_number(value(properties, "gridBefore")), _MAX_COLUMNS)
    if column > 0:
        cells.append(_Cell(columns=column))
    for element in _inside(row, "tc"):
        width = min(max(whole_number(value(element, "tcPr", "gridSpan"), 1), 1), _MAX_COLUMNS)
        merge = child(element, "tcPr", "vMerge")
        above = grid.open_cells.get(column) if merge is not None and attribute(merge, "val") != "restart" else None
        if above is not None and above.columns == width and above.rows < MAX_SPAN:
            above.rows += 1
            open_cells[column] = above
        else:
            elements = list(read_cell(element))
            is_struck = is_deleted or child(element, "tcPr", "cellDel") is not None
            cell = _Cell([_deleted(one) for one in elements] if is_struck else elements, width)
            cells.append(cell)
            if merge is not None:
                open_cells[column] = cell
        column += width
    grid.open_cells = open_cells
    grid.rows.append(cells)


def _is_frame(grid: _Grid) -> bool:
    """Whether a table only puts its content in its place."""
    if all(len(cells) < 2 for cells in grid.rows):
        return True
    filled = [cell.elements for cells in grid.rows for cell in cells if len(cell.elements) > 1]
    return any(element.kind == "heading" for elements in filled for element in elements)


def _cell_inlines(cell: _Cell) -> Iterator[Inline]:
    """The text of a cell: its paragraphs, with the marks of its list items."""
    parts = [element for element in cell.elements if not _stands_apart(element)]
    above: list[Inline] = []
    for element in parts:
        inlines = list(element_inlines(element, bullet="• " if len(parts) > 1 else ""))
        if above:
            yield paragraph_joint(above, inlines)
        yield from inlines
        above = inlines or above


def element_inlines(element: Element, *, bullet: str = "") -> Iterator[Inline]:
    """The text of an element with its number, its box and its label, for where it is only part of a text."""
    box = box_text(element.is_ticked)
    mark = f"{element.mark} " if element.mark else bullet if element.kind == "item" and not box else ""
    label = f"{element.label}: " if element.kind == "field" and element.label else ""
    if mark or box or label:
        yield Inline(mark + label + box)
    yield from inlines_of(element.content)


def _stands_apart(element: Element) -> bool:
    return element.kind in {"table", "note"}


def _common_role(grid: _Grid) -> Role:
    roles = {element.role for cells in grid.rows for cell in cells for element in cell.elements}
    return roles.pop() if len(roles) == 1 else "body"


def _deleted(element: Element) -> Element:
    """An element of a deleted row: its text is struck."""
    if element.kind == "table" and element.table is not None:
        cells = [[replace(cell, content=_struck(cell.content)) for cell in row] for row in element.table.rows]
        return replace(element, table=replace(element.table, rows=cells))
    return replace(element, content=_struck(element.content))


def _struck(content: Content) -> tuple[Inline, ...]:
    return tuple(Inline(inline.text, "struck") for inline in inlines_of(content) if inline.text)
