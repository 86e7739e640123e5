"""Tables: delimited text and Excel sheets, one Markdown table row a row, under its header."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from assistant.readers.extract import (
    ExtractedDocument,
    MarkdownBlock,
    collapse_whitespace,
    join_blocks,
    markdown_heading,
    markdown_table,
    own_title,
    parse_date,
)
from assistant.readers.text import decode_text
from assistant.readers.zip_guard import open_archive

MAX_ROWS = 100_000  # rows of one file that are read; a note says so where there are more
MAX_COLUMNS = 512
_LAST_ROW = 1_048_576  # of a sheet in Excel: a file that names a later one would be waited for


def read_csv(data: bytes, limit: int) -> ExtractedDocument:  # noqa: ARG001 — every reader has this form
    """Reads a ``.csv`` or ``.tsv`` file; delimiter and header are found out from its first lines."""
    text, notes = decode_text(data)
    declared = text.startswith("sep=") and len(text.split("\n", 1)[0]) == 5  # Excel's own first line
    delimiter = text[4] if declared else _delimiter(text)
    lines = csv.reader(io.StringIO(text[6:] if declared else text, newline=""), delimiter=delimiter)
    rows = [[collapse_whitespace(cell) for cell in row[:MAX_COLUMNS]] for row in islice(lines, MAX_ROWS)]
    return ExtractedDocument(join_blocks(markdown_table(rows)), notes=notes + _cut(next(lines, None) is not None))


def _cut(more: bool) -> tuple[str, ...]:
    return (f"only its first {MAX_ROWS:,} rows are read",) if more else ()


def _delimiter(text: str) -> str:
    """The delimiter that parts the first lines into the most columns, alike in nearly all of them."""
    sample = text[:50_000].split("\n")[:50]
    best, most = ",", 1.0
    for delimiter in (",", ";", "\t", "|"):
        try:
            widths = [len(row) for row in csv.reader(sample, delimiter=delimiter) if row]
        except csv.Error:
            continue
        if not widths:
            continue
        usual = max(set(widths), key=widths.count)
        score = usual * widths.count(usual) / len(widths) if usual > 1 else 0.0
        if score > most:
            best, most = delimiter, score
    return best


def read_xlsx(data: bytes, limit: int) -> ExtractedDocument:
    """Reads a ``.xlsx`` file: each visible sheet under its name, with values as they are shown."""
    import openpyxl

    open_archive(data, "xlsx", limit).close()
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    try:
        blocks: list[MarkdownBlock] = []
        left = MAX_ROWS
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible":
                continue
            rows, left = _rows(sheet, left)
            found = [block for part in _parts(rows) for block in markdown_table([[_shown(c) for c in r] for r in part])]
            if found:
                blocks += [markdown_heading(2, collapse_whitespace(sheet.title)), *found]
        properties = book.properties
        return ExtractedDocument(
            join_blocks(blocks),
            own_title(properties.title),
            parse_date(properties.modified or properties.created),
            notes=_cut(left < 0),
        )
    finally:
        book.close()


def _rows(sheet: Any, left: int) -> tuple[list[Sequence[Any]], int]:
    """A sheet's rows, and how many more may be read; -1 once there were too many."""
    sheet.reset_dimensions()  # some programs write a wrong size, and rows beyond it would be lost
    rows: list[Sequence[Any]] = []
    for wide in sheet.iter_rows(max_row=_LAST_ROW):  # with max_col each row would be filled up to that
        row = wide[:MAX_COLUMNS]
        filled = bool(row) and any(cell.value is not None for cell in row)
        if filled:
            left -= 1
        if left < 0:
            break
        if filled or (rows and rows[-1]):  # one empty row stands for many
            rows.append(row if filled else ())
    return rows, left


def _parts(rows: Iterable[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    """Cuts a sheet at an empty row where another table starts: text in other columns, or after figures."""
    part: list[Sequence[Any]] = []
    gap = False
    for row in rows:
        if gap and row and part and _starts_table(row, part):
            yield part
            part = []
        if row:
            part.append(row)
        gap = not row
    yield part


def _starts_table(row: Sequence[Any], part: list[Sequence[Any]]) -> bool:
    if any(not isinstance(cell.value, str | None) for cell in row):
        return False
    return _columns(row) != _columns(part[-1]) or any(
        not isinstance(cell.value, str | None) for before in part for cell in before
    )


def _columns(row: Sequence[Any]) -> set[int]:
    return {place for place, cell in enumerate(row) if cell.value is not None}


def _shown(cell: Any) -> str:
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
        percent = "%" in (cell.number_format or "")
        return f"{100 * value:.6g}%" if percent else f"{value:.15g}"  # 15 digits are what a sheet keeps
    return collapse_whitespace(str(value))
