"""CSV and TSV: delimited text as one Markdown table."""

import csv
import io
from itertools import islice

from assistant.readers.extract import ExtractedDocument, collapse_whitespace
from assistant.readers.markdown_blocks import join_blocks, markdown_table
from assistant.readers.table_limits import MAX_COLUMNS, MAX_ROWS, row_limit_notes
from assistant.readers.text import decode_text

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_CHARS, _SAMPLE_LINES = 50_000, 50  # that the delimiter is guessed from


def read_csv(data: bytes, max_bytes: int) -> ExtractedDocument:  # noqa: ARG001 — every reader has this form
    """Reads a ``.csv`` or ``.tsv`` file; its first lines tell the delimiter and whether there is a header.

    Raises:
        ReadingError: not text.
    """
    text, notes = decode_text(data)
    names_delimiter = text.startswith("sep=") and len(text.split("\n", 1)[0]) == 5  # Excel's own first line
    delimiter = text[4] if names_delimiter else _guess_delimiter(text)
    lines = csv.reader(io.StringIO(text[6:] if names_delimiter else text, newline=""), delimiter=delimiter)
    rows = [[collapse_whitespace(cell) for cell in row[:MAX_COLUMNS]] for row in islice(lines, MAX_ROWS)]
    has_more_rows = next(lines, None) is not None
    return ExtractedDocument(join_blocks(markdown_table(rows)), notes=notes + row_limit_notes(has_more_rows, MAX_ROWS))


def _guess_delimiter(text: str) -> str:
    """The delimiter that parts the first lines into the most columns, equally many in nearly all of them."""
    sample = text[:_SAMPLE_CHARS].split("\n")[:_SAMPLE_LINES]
    best, best_score = ",", 1.0
    for delimiter in _DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(sample, delimiter=delimiter) if row]
        except csv.Error:
            continue
        if not widths:
            continue
        usual_width = max(set(widths), key=widths.count)
        score = usual_width * widths.count(usual_width) / len(widths) if usual_width > 1 else 0.0
        if score > best_score:
            best, best_score = delimiter, score
    return best
