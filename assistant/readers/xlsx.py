"""Excel: each visible sheet under its name, as the Markdown tables that stand on it."""

import datetime as dt
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from assistant.readers.extract import ExtractedDocument, collapse_whitespace
from assistant.readers.markdown_blocks import MarkdownBlock, join_blocks, markdown_heading, markdown_table
from assistant.readers.metadata import clean_title, parse_date
from assistant.readers.table_limits import MAX_COLUMNS, MAX_ROWS, row_limit_notes
from assistant.readers.zip_guard import open_zip

_LAST_ROW = 1_048_576  # of a sheet in Excel: a file that names a later one would be waited for

_Row = Sequence[Any]  # of openpyxl's cells; empty for an empty row


def read_xlsx(data: bytes, max_bytes: int) -> ExtractedDocument:
    """Reads a ``.xlsx`` file with openpyxl: values as they are shown, in ISO form where they are days.

    Raises:
        ReadingError: encrypted, of another kind, or a zip bomb.
    """
    import openpyxl

    open_zip(data, "xlsx", max_bytes).close()
    workbook = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    try:
        blocks: list[MarkdownBlock] = []
        rows_left = MAX_ROWS
        for sheet in workbook.worksheets:
            if sheet.sheet_state != "visible":
                continue
            rows, rows_left = _read_rows(sheet, rows_left)
            tables = [block for table in _split_tables(rows) for block in _table_blocks(table)]
            if tables:
                blocks += [markdown_heading(2, collapse_whitespace(sheet.title)), *tables]
        properties = workbook.properties
        return ExtractedDocument(
            join_blocks(blocks),
            clean_title(properties.title),
            parse_date(properties.modified or properties.created),
            notes=row_limit_notes(rows_left < 0, MAX_ROWS),
        )
    finally:
        workbook.close()


def _read_rows(sheet: Any, rows_left: int) -> tuple[list[_Row], int]:
    """A sheet's rows, and how many more may be read after them; -1 once there were too many."""
    sheet.reset_dimensions()  # some programs write a wrong size, and rows beyond it would be lost
    rows: list[_Row] = []
    for wide_row in sheet.iter_rows(max_row=_LAST_ROW):  # with max_col each row would be filled up to that
        row = wide_row[:MAX_COLUMNS]
        is_filled = bool(row) and any(cell.value is not None for cell in row)
        if is_filled:
            rows_left -= 1
        if rows_left < 0:
            break
        if is_filled or (rows and rows[-1]):  # one empty row stands for many
            rows.append(row if is_filled else ())
    return rows, rows_left


def _split_tables(rows: Iterable[_Row]) -> Iterator[list[_Row]]:
    """Cuts a sheet at each empty row after which another table starts."""
    table: list[_Row] = []
    is_after_gap = False
    for row in rows:
        if is_after_gap and row and table and _starts_table(row, table):
            yield table
            table = []
        if row:
            table.append(row)
        is_after_gap = not row
    yield table


def _starts_table(row: _Row, table: list[_Row]) -> bool:
    """Whether a row after a gap starts another table: text alone, in other columns or after rows with figures."""
    if not _is_text_alone(row):
        return False
    return _filled_columns(row) != _filled_columns(table[-1]) or not all(map(_is_text_alone, table))


def _is_text_alone(row: _Row) -> bool:
    return all(isinstance(cell.value, str | None) for cell in row)


def _filled_columns(row: _Row) -> set[int]:
    return {column for column, cell in enumerate(row) if cell.value is not None}


def _table_blocks(table: list[_Row]) -> list[MarkdownBlock]:
    return markdown_table([[_format_cell(cell) for cell in row] for row in table])


def _format_cell(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    if isinstance(value, dt.datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, int | float):
        is_percentage = "%" in (cell.number_format or "")
        return f"{100 * value:.6g}%" if is_percentage else f"{value:.15g}"  # 15 digits are what a sheet keeps
    return collapse_whitespace(str(value))
