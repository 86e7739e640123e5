"""Tables as delimited text: CSV and TSV."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from assistant.readers.composition import compose
from assistant.readers.elements import Element
from assistant.readers.extract import ExtractedDocument
from assistant.readers.plain.text import decode_text
from assistant.readers.sheets.elements import visible_elements
from assistant.readers.sheets.sheet import Sheet, SheetCell, SheetRow, VisibleSheet
from assistant.readers.sheets.table_limits import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, row_limit_notes
from assistant.readers.sheets.values import text_kind

_DELIMITERS = (",", ";", "\t", "|")
_NO_DELIMITER = "\x1f"  # which no text has
_SAMPLE_CHARS, _SAMPLE_LINES = 50_000, 50  # that the form is told from
_NAMED_DELIMITER = re.compile(r"sep=(.)\n", re.IGNORECASE)  # Excel's own first line
_ESCAPED_QUOTE = re.compile(r'\\"[^,;\t|\n"]')
_QUOTED_CELL = re.compile(r'(?<![^,;\t|\n ])"(?:[^"]|"")*"')
_ESCAPING_CELL = re.compile(r'(?<![^,;\t|\n ])"(?:[^"\\]|\\.|"")*"', re.DOTALL)
_COMMENT = re.compile(r"#[ \t]*(.*)\n?")


@dataclass(frozen=True, slots=True)
class _Form:
    """How a text parts its cells."""

    delimiter: str
    has_quotes: bool = True
    has_escapes: bool = False  # of quotes, by backslashes

    def rows(self, lines: Iterable[str]) -> Iterator[list[str]]:
        """The rows of a text."""
        escape = "\\" if self.has_escapes else None
        if not self.has_quotes:
            return csv.reader(lines, delimiter=self.delimiter, quoting=csv.QUOTE_NONE, escapechar=escape)
        return csv.reader(lines, delimiter=self.delimiter, escapechar=escape, skipinitialspace=self.delimiter != " ")


def read_csv(data: bytes, max_bytes: int) -> ExtractedDocument:  # noqa: ARG001 — every reader has this form
    """Reads a ``.csv`` or ``.tsv`` file; its first lines tell the delimiter, and what stands above the header.

    Raises:
        ReadingError: not text.
    """
    text, notes = decode_text(data)
    named = _NAMED_DELIMITER.match(text)
    comments, text = _take_comments(text[named.end() :] if named else text)
    with _long_fields(len(text)):
        form = _find_form(text, named[1] if named else None)
        sheet, last_row = _lay_out(form.rows(io.StringIO(text, newline="\n")))
    elements = [Element("paragraph", comment) for comment in comments]
    elements += [_without_addresses(element) for element in visible_elements(Sheet("", {}), sheet)]
    composition = compose(elements)
    return ExtractedDocument(
        composition.text,
        notes=notes + composition.notes + row_limit_notes(last_row is not None, last_row or 0),
        blocks=composition.blocks,
    )


def _take_comments(text: str) -> tuple[list[str], str]:
    """The comments in the lines above a table, and the rest; a header behind ``#`` stays."""
    comments: list[str] = []
    start = 0
    while comment := _COMMENT.match(text, start):
        following = text[comment.end() :].split("\n", 1)[0]
        delimiters = [comment[1].count(delimiter) for delimiter in _DELIMITERS]
        if any(delimiters) and delimiters == [following.count(delimiter) for delimiter in _DELIMITERS]:
            return comments, text[comment.start(1) :]
        comments += [comment[1]] if comment[1].strip() else []
        start = comment.end()
    return comments, text[start:]


def _find_form(text: str, delimiter: str | None) -> _Form:
    """How a text parts its cells: by the delimiter that gives its first lines the most columns, equally many in all."""
    sample = text[:_SAMPLE_CHARS]
    has_escapes = _ESCAPED_QUOTE.search(sample) is not None
    has_quotes = has_escapes or text.count('"') % 2 == 0  # else one of them would swallow all that follows
    bare = (_ESCAPING_CELL if has_escapes else _QUOTED_CELL).sub("cell", sample) if has_quotes else sample
    lines = [line for line in bare.split("\n")[:_SAMPLE_LINES] if line.strip()]
    scores = {candidate: _score([line.count(candidate) + 1 for line in lines]) for candidate in _DELIMITERS}
    best = max(scores, key=lambda candidate: scores[candidate])
    return _Form(delimiter or (best if scores[best] > 1 else _NO_DELIMITER), has_quotes, has_escapes)


def _score(widths: Sequence[int]) -> float:
    """How many columns a delimiter gives lines, times the share of the lines that have so many."""
    first = next((place for place, width in enumerate(widths) if width > 1), 0)
    table = widths[first:]  # below lines that are a title
    if not table or (len(table) == 1 and first > 1):
        return 0.0
    usual = max(set(table), key=table.count)
    score = usual * table.count(usual) / (len(table) + first / 2) if usual > 1 else 0.0
    return max(score, min(table))


def _lay_out(rows: Iterable[list[str]]) -> tuple[VisibleSheet, int | None]:
    """The rows as those of a sheet, in which empty rows are gaps and empty columns aren't.

    Returns:
        The sheet, and how many rows it has where there are more; None where it has all.
    """
    laid_out: list[SheetRow] = []
    columns: set[int] = set()
    cells_left, last = MAX_CELLS, None
    for number, row in enumerate(rows, 1):
        cells_left -= len(row)
        if number > MAX_ROWS or cells_left < 0:
            last = number - 1
            break
        cells = {
            column: SheetCell(cell, text_kind(cell))
            for column, cell in enumerate(row[:MAX_COLUMNS], 1)
            if cell and not cell.isspace()
        }
        if cells:
            laid_out.append(SheetRow(number, cells))
            columns.update(cells)
    places = {column: place for place, column in enumerate(sorted(columns))}
    return VisibleSheet(laid_out, {row.number: row.number for row in laid_out}, places), last


def _without_addresses(element: Element) -> Element:
    return replace(element, table=replace(element.table, letters=(), numbers=())) if element.table else element


@contextmanager
def _long_fields(longest: int) -> Iterator[None]:
    """Lets cells be as long as they are; the csv module has one bound for the whole process."""
    before = csv.field_size_limit(longest + 1)
    try:
        yield
    finally:
        csv.field_size_limit(before)
