"""Excel workbooks of the kind before 2007 (``.xls``), as their sheets show them."""

import io
import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.errors import ReadingError
from assistant.readers.archives.zip_guard import check_not_zip
from assistant.readers.composition import compose
from assistant.readers.elements import Element, Inline, InlineStyle
from assistant.readers.extract import ExtractedDocument, collapse_whitespace
from assistant.readers.left_out import left_out_notes
from assistant.readers.old_office.ole_guard import check_ole
from assistant.readers.old_office.ole_properties import ole_properties
from assistant.readers.sheets.elements import SheetElements, sheet_elements
from assistant.readers.sheets.notes import SheetCounts, author_name, sheet_notes
from assistant.readers.sheets.sheet import CellComment, CellKind, CellRange, Sheet, SheetCell
from assistant.readers.sheets.table_limits import MAX_CELLS, MAX_COLUMNS, MAX_ROWS
from assistant.readers.sheets.values import number_format, shown_number, shown_text, text_kind
from assistant.readers.sheets.xls_objects import SheetObjects, read_objects
from assistant.readers.sheets.xlsx_cells import styled_cell
from assistant.readers.sheets.xlsx_styles import PLAIN_STYLE, CellStyle

_TEXT, _NUMBER, _DATE, _BOOLEAN, _ERROR = 1, 2, 3, 4, 5  # xlrd's kinds of cells
_SHOWN_KINDS = (_TEXT, _NUMBER, _DATE, _BOOLEAN, _ERROR)
_BARE_STREAM = re.compile(rb"\x09[\x00\x02\x04\x08]..", re.DOTALL)  # as the first versions of Excel wrote
_BOLD = 700  # the weight of bold characters
_ESCAPEMENTS: Mapping[int, InlineStyle] = {1: "raised", 2: "lowered"}
_MAX_MERGED = 50_000  # ranges of a sheet


@dataclass(slots=True)
class _Bounds:
    """How much more may be read. It goes down while sheets are read."""

    rows: int
    cells: int = MAX_CELLS
    masked_count: int = 0
    has_more_rows: bool = False


def read_xls(data: bytes, max_bytes: int) -> ExtractedDocument:
    """Reads a ``.xls`` file with xlrd.

    Raises:
        ReadingError: encrypted, or of another kind.
    """
    check_not_zip(data, "xls", max_bytes)
    if not _BARE_STREAM.match(data):
        check_ole(data, "xls")
    book = _open(data)
    styles = [_style(book, xf) for xf in book.xf_list]
    objects = read_objects(_records(data))
    shown = [(number, sheet) for number, sheet in enumerate(book.sheets()) if sheet.visibility == 0]
    bounds = _Bounds(MAX_ROWS)
    read: list[SheetElements] = []
    for number, sheet in shown:
        boxes = [Element("paragraph", text) for text in objects.get(number, SheetObjects()).texts]
        read.append(sheet_elements(_sheet(book, sheet, styles, bounds), boxes, is_only_one=len(shown) == 1))
    composition = compose(element for elements in read for element in elements.elements)
    properties = ole_properties(data)
    left_out = sum((objects[number].left_out for number in objects), Counter[str]())
    return ExtractedDocument(
        composition.text,
        properties.title,
        properties.date,
        notes=composition.notes + sheet_notes(_counts(book, read, bounds)) + left_out_notes(left_out),
        blocks=composition.blocks,
        author=author_name(properties.author),
    )


def _counts(book: Any, read: Sequence[SheetElements], bounds: _Bounds) -> SheetCounts:
    return SheetCounts(
        hidden_sheets=sum(sheet.visibility != 0 for sheet in book.sheets()),
        hidden_rows=sum(elements.hidden_rows for elements in read),
        hidden_columns=sum(elements.hidden_columns for elements in read),
        masked_values=bounds.masked_count,
        rows_read=MAX_ROWS - bounds.rows if bounds.has_more_rows else None,
    )


def _open(data: bytes) -> Any:
    import xlrd

    try:
        return xlrd.open_workbook(file_contents=data, formatting_info=True, ragged_rows=True, logfile=io.StringIO())
    except xlrd.XLRDError as error:
        if "encrypted" in str(error):
            raise ReadingError("encrypted: it needs a password. Save a copy without one") from None
        raise ReadingError("damaged or not a real .xls file") from error


def _records(data: bytes) -> bytes:
    """The stream of records that a workbook is; empty where it can't be found."""
    if _BARE_STREAM.match(data):
        return data
    from olefile import OleFileIO  # type: ignore[import-untyped]

    try:
        with OleFileIO(data) as ole:
            name = next(name for name in ("Workbook", "Book") if ole.exists(name))
            return bytes(ole.openstream(name).read())
    except Exception:  # noqa: BLE001 — olefile raises anything on a file that is damaged, which xlrd may have read
        return b""


def _style(book: Any, xf: Any) -> CellStyle:
    """How cells of an extended format show their values."""
    format_record = book.format_map.get(xf.format_key)
    font = book.font_list[xf.font_index] if xf.font_index < len(book.font_list) else None
    return CellStyle(
        number_format(format_record.format_str if format_record else None),
        is_bold=bool(font and (font.bold or font.weight >= _BOLD)),
        inline=_inline_style(font),
        indent=xf.alignment.indent_level or 0,
    )


def _inline_style(font: Any) -> InlineStyle:
    if font is not None and font.struck_out:
        return "struck"
    return _ESCAPEMENTS.get(font.escapement, "plain") if font is not None else "plain"


def _sheet(book: Any, sheet: Any, styles: Sequence[CellStyle], bounds: _Bounds) -> Sheet:
    rows: dict[int, dict[int, SheetCell]] = {}
    for number in range(sheet.nrows):
        cells = dict(_row_cells(book, sheet, number, styles, bounds))
        if not cells:
            continue
        if not bounds.rows or bounds.cells < len(cells):
            bounds.has_more_rows = True
            break
        bounds.rows -= 1
        bounds.cells -= len(cells)
        rows[number + 1] = cells
    merged = [
        CellRange(first_row + 1, first_column + 1, end_row, end_column)
        for first_row, end_row, first_column, end_column in sheet.merged_cells[:_MAX_MERGED]
    ]
    return Sheet(
        sheet.name,
        rows,
        merged,
        frozenset(row + 1 for row, facts in sheet.rowinfo_map.items() if facts.hidden),
        frozenset(column + 1 for column, facts in sheet.colinfo_map.items() if facts.hidden or not facts.width),
        frozen_rows=sheet.horz_split_pos if sheet.panes_are_frozen else 0,
        comments=[
            CellComment(row + 1, column + 1, text)
            for (row, column), note in sorted(sheet.cell_note_map.items())
            if (text := collapse_whitespace(note.text or ""))
        ],
    )


def _row_cells(
    book: Any, sheet: Any, row: int, styles: Sequence[CellStyle], bounds: _Bounds
) -> Iterator[tuple[int, SheetCell]]:
    """The cells of a row that show something, with their columns, counted from 1."""
    kinds, values = sheet.row_types(row), sheet.row_values(row)
    for column, (kind, value) in enumerate(zip(kinds[:MAX_COLUMNS], values, strict=False)):
        if kind not in _SHOWN_KINDS or value == "":
            continue
        index = sheet.cell_xf_index(row, column)
        style = styles[index] if index < len(styles) else PLAIN_STYLE
        if kind == _TEXT:
            cell = _text_cell(book, sheet, (row, column), value, style)
        else:
            cell = styled_cell(*_shown_value(book, kind, value, style), style)
            bounds.masked_count += cell is None
        if cell:
            yield column + 1, cell


def _shown_value(book: Any, kind: int, value: Any, style: CellStyle) -> tuple[str, CellKind]:
    if kind == _BOOLEAN:
        return "TRUE" if value else "FALSE", "boolean"
    if kind == _ERROR:
        from xlrd.biffh import error_text_from_code

        return error_text_from_code.get(value, "#N/A"), "error"
    return shown_number(value, style.format, is_1904=book.datemode == 1)


def _text_cell(book: Any, sheet: Any, place: tuple[int, int], value: str, style: CellStyle) -> SheetCell | None:
    """The cell of a text, with its link, and with characters that are raised, lowered or struck out."""
    runs = sheet.rich_text_runlist_map.get(place)
    if runs:
        starts = [0, *(offset for offset, _ in runs), len(value)]
        fonts = [style.inline, *(_inline_style(book.font_list[font]) for _, font in runs if font < len(book.font_list))]
        inlines = [
            Inline(value[start:end], inline_style)
            for (start, end), inline_style in zip(itertools.pairwise(starts), fonts, strict=False)
            if start < end
        ]
        if any(inline.style != "plain" for inline in inlines):
            return SheetCell(tuple(inlines), "text", style.is_bold, style.indent) if value.strip() else None
    shown = shown_text(value, style.format)
    link = sheet.hyperlink_map.get(place)
    target = (link.url_or_path or (f"#{link.textmark}" if link.textmark else "")) if link else ""
    if shown.strip() and isinstance(target, str) and target and style.inline == "plain":
        return SheetCell((Inline(shown, "link", target),), text_kind(shown), style.is_bold, style.indent)
    return styled_cell(shown, text_kind(shown), style)
