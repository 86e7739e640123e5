"""The cells of an Excel sheet, from its XML."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import IO, Any

from assistant.readers.elements import Inline
from assistant.readers.sheets.sheet import CellKind, CellRange, SheetCell
from assistant.readers.sheets.table_limits import MAX_COLUMNS
from assistant.readers.sheets.values import shown_number, shown_text, text_kind
from assistant.readers.sheets.xlsx_styles import PLAIN_STYLE, CellStyle, SharedText, rich_text

_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384  # of a sheet in Excel
_MAX_RANGES = 50_000  # merged cells, and links
_MAX_DIGITS = 20  # of a whole number
_MAX_LINKED_CELLS = 1_000  # of one link
_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_TAGS = [f"{{*}}{name}" for name in ("row", "col", "mergeCell", "hyperlink", "autoFilter", "pane")]


@dataclass(frozen=True, slots=True)
class WorkbookParts:
    """What the sheets of a workbook share."""

    texts: Sequence[SharedText]
    styles: Sequence[CellStyle]
    is_1904: bool = False


@dataclass(slots=True)
class SheetXml:
    """What stands in the XML of a sheet. It grows while the XML is read."""

    rows: dict[int, dict[int, SheetCell]] = field(default_factory=dict)
    merged: list[CellRange] = field(default_factory=list)
    links: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict)  # the id of a relation, and a place
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    filter_row: int = 0
    frozen_rows: int = 0
    not_computed: list[tuple[int, int]] = field(default_factory=list)  # formulas that have no value
    zero_formulas: list[tuple[int, int]] = field(default_factory=list)  # whose value is 0
    computed_count: int = 0  # formulas with another value
    masked_count: int = 0  # values that their own format hides
    has_more_rows: bool = False
    has_more_columns: bool = False


def read_sheet_xml(source: IO[bytes], parts: WorkbookParts, max_rows: int, max_cells: int) -> SheetXml:
    """Reads the XML of a sheet, up to so many rows and cells that show something.

    Raises:
        XMLSyntaxError: lxml's, for a damaged sheet.
    """
    from lxml import etree

    sheet = SheetXml()
    row_number, cell_count = 0, 0
    for _, element in etree.iterparse(source, events=("end",), tag=_TAGS, resolve_entities=False, no_network=True):
        name = etree.QName(element).localname
        if name != "row":
            _add_fact(sheet, name, element)
        elif not sheet.has_more_rows:
            row_number = _number(element.get("r")) or row_number + 1
            cells = _read_row(sheet, element, row_number, parts) if row_number <= _LAST_ROW else {}
            if cells and (len(sheet.rows) >= max_rows or cell_count + len(cells) > max_cells):
                sheet.has_more_rows = True
            elif cells:
                sheet.rows[row_number] = sheet.rows.get(row_number, {}) | cells
                cell_count += len(cells)
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
    return sheet


def read_range(reference: str | None) -> CellRange | None:
    """A range as in "A1:C4" or "B2"; None for anything else."""
    corners = [address for corner in (reference or "").split(":") if (address := read_address(corner))]
    if len(corners) not in {1, 2}:
        return None
    rows, columns = zip(*corners, strict=True)
    return CellRange(min(rows), min(columns), max(rows), max(columns))


def read_address(reference: str) -> tuple[int, int] | None:
    """The row and column of a cell, as in "C4"; None for anything else, and for one that no sheet has."""
    match = _ADDRESS.fullmatch(reference.strip())
    if not match:
        return None
    column = 0
    for letter in match[1].upper():
        column = 26 * column + ord(letter) - ord("A") + 1
    row = int(match[2])
    return (row, column) if 0 < row <= _LAST_ROW and column <= _LAST_COLUMN else None


def with_links(sheet: SheetXml, targets: Mapping[str, str]) -> dict[int, dict[int, SheetCell]]:
    """The rows of a sheet in which linked cells hold their links.

    Args:
        sheet: what stands in the sheet's XML.
        targets: the addresses by the ids of the relations.
    """
    for (row, column), (relation, place) in sheet.links.items():
        cell = sheet.rows.get(row, {}).get(column)
        target = targets.get(relation, "") or (f"#{place}" if place else "")
        if cell and target and isinstance(cell.content, str):
            sheet.rows[row][column] = cell._replace(content=(Inline(cell.content, "link", target),))
    return sheet.rows


def _add_fact(sheet: SheetXml, name: str, element: Any) -> None:
    """Adds what a sheet says beside its cells."""
    if name == "col" and (_is_true(element.get("hidden")) or element.get("width") == "0"):
        first, last = _number(element.get("min")), _number(element.get("max"))
        sheet.hidden_columns.update(range(first, min(last, MAX_COLUMNS) + 1))
    elif name == "pane" and element.get("state") in {"frozen", "frozenSplit"} and not sheet.frozen_rows:
        split = element.get("ySplit") or ""
        sheet.frozen_rows = int(float(split)) if re.fullmatch(r"\d{1,7}(\.\d+)?", split) else 0
    elif name == "autoFilter" and not sheet.filter_row and (cells := read_range(element.get("ref"))):
        sheet.filter_row = cells.first_row
    elif name == "mergeCell" and len(sheet.merged) < _MAX_RANGES and (cells := read_range(element.get("ref"))):
        sheet.merged.append(cells)
    elif name == "hyperlink" and len(sheet.links) < _MAX_RANGES and (cells := read_range(element.get("ref"))):
        relation = next((value for key, value in element.attrib.items() if key.endswith("}id")), "")
        for row, column in _addresses(cells):
            sheet.links[row, column] = (relation, element.get("location") or "")


def _addresses(cells: CellRange) -> Iterator[tuple[int, int]]:
    count = 0
    for row in range(cells.first_row, cells.last_row + 1):
        for column in range(cells.first_column, cells.last_column + 1):
            if (count := count + 1) > _MAX_LINKED_CELLS:
                return
            yield row, column


def _read_row(sheet: SheetXml, element: Any, row: int, parts: WorkbookParts) -> dict[int, SheetCell]:
    """The cells of a row that show something."""
    if _is_true(element.get("hidden")) or element.get("ht") == "0":
        sheet.hidden_rows.add(row)
    cells: dict[int, SheetCell] = {}
    column = 0
    for child in element:
        if not isinstance(child.tag, str) or not child.tag.endswith("}c"):
            continue
        address = read_address(child.get("r") or "")
        column = address[1] if address else column + 1
        value, has_formula, has_value = _raw_value(child)
        kind = child.get("t") or "n"
        if has_formula:
            _note_formula(sheet, (row, column), kind, value, has_value)
        if value is None or value == "":
            continue
        if column > MAX_COLUMNS:
            sheet.has_more_columns = True
            continue
        cell = _read_cell(kind, value, _style(parts, child.get("s")), parts)
        if cell:
            cells[column] = cell
        elif kind == "n":
            sheet.masked_count += 1
    return cells


def _raw_value(cell: Any) -> tuple[Any, bool, bool]:
    """The value as the XML has it, whether a formula gives it, and whether there is a place for it."""
    value: Any = None
    has_formula = has_value = False
    for part in cell:
        name = part.tag.rpartition("}")[2] if isinstance(part.tag, str) else ""
        if name == "v":
            value, has_value = part.text, True
        elif name == "f":
            has_formula = True
        elif name == "is":
            value = rich_text(part)
    return value, has_formula, has_value


def _note_formula(sheet: SheetXml, address: tuple[int, int], kind: str, value: Any, has_value: bool) -> None:
    if value:
        if kind == "n" and value == "0":
            sheet.zero_formulas.append(address)
        else:
            sheet.computed_count += 1
    elif kind != "str" or not has_value:
        sheet.not_computed.append(address)


def _read_cell(kind: str, value: Any, style: CellStyle, parts: WorkbookParts) -> SheetCell | None:
    """The cell; None where it shows nothing."""
    if kind == "s":
        index = _number(value, default=len(parts.texts))
        return _text_cell(parts.texts[index] if index < len(parts.texts) else "", style)
    if kind in {"str", "inlineStr"}:
        return _text_cell(value, style)
    return styled_cell(*_shown_value(kind, value.strip(), style, is_1904=parts.is_1904), style)


def _shown_value(kind: str, value: str, style: CellStyle, *, is_1904: bool) -> tuple[str, CellKind]:
    """What a cell shows for a value that is no text, and the kind of the value."""
    if kind == "b":
        return "TRUE" if _is_true(value) else "FALSE", "boolean"
    if kind == "e":
        return value, "error"
    if kind == "d":
        return value.removesuffix("T00:00:00").replace("T", " "), "date"
    try:  # a float may lose digits of a whole number
        number = int(value) if value.lstrip("-").isdigit() and len(value) < _MAX_DIGITS else float(value)
    except ValueError:
        return value, "text"
    return shown_number(number, style.format, is_1904=is_1904)


def _text_cell(text: SharedText, style: CellStyle) -> SheetCell | None:
    if isinstance(text, str):
        shown = shown_text(text, style.format)
        return styled_cell(shown, text_kind(shown), style)
    inlines = tuple(inline if inline.style != "plain" else replace(inline, style=style.inline) for inline in text)
    is_empty = not any(inline.text.strip() for inline in inlines)
    return None if is_empty else SheetCell(inlines, "text", style.is_bold, style.indent)


def styled_cell(text: str, kind: CellKind, style: CellStyle) -> SheetCell | None:
    """A cell of one style; None where it shows nothing."""
    if not text.strip():
        return None
    content = text if style.inline == "plain" else (Inline(text, style.inline),)
    return SheetCell(content, kind, style.is_bold, style.indent)


def _style(parts: WorkbookParts, number: str | None) -> CellStyle:
    index = _number(number)
    return parts.styles[index] if index < len(parts.styles) else PLAIN_STYLE


def _number(value: str | None, *, default: int = 0) -> int:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) <= 9 else default


def _is_true(value: str | None) -> bool:
    return value in {"1", "true"}
