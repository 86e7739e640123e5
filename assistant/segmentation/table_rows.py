"""A table row as text that stands alone: each cell with the row's label and its column's header."""

from assistant.structure import split_cells
from assistant.types import Sentence

_MAX_LABEL_CHARS = 100_000  # the row's label, as often as it is repeated


def row_with_headers(row: str, header: str) -> str:
    """Joins a row with its header: "Arrests, Liberterra II: 2,517; Arrests, Liberterra III: 3,744".

    Args:
        row: its cells, separated by ``|`` as in the canonical text.
        header: the cells of the header row, separated likewise.

    Returns:
        One "label, header: value" for each cell that isn't empty; the row unchanged where the two don't match: other
        numbers of cells, a single column, or a row that is the header itself. Unchanged as well where the label would
        be repeated to more than 100,000 characters.
    """
    cells, headers = split_cells(row), split_cells(header)
    cells += [""] * (len(headers) - len(cells))
    if (
        len(cells) != len(headers)
        or len(cells) < 2
        or cells == headers
        or len(cells[0]) * len(cells) > _MAX_LABEL_CHARS
    ):
        return row
    label = cells[0]
    columns = zip(headers[1:], cells[1:], strict=True)
    return "; ".join(f"{label}, {column_header}: {cell}" for column_header, cell in columns if cell)


def statement_of(sentence: Sentence) -> str:
    """What a sentence says by itself: its text, and of a table row each cell with its label and header."""
    header = sentence.context.rpartition(" > ")[2]
    return row_with_headers(sentence.text, header) if sentence.kind == "row" else sentence.text


def text_with_table(sentence: Sentence) -> str:
    """A sentence's text; of a table row what it says by itself, below the headings, title and group above it.

    A row says little without them: "Cheese | 11,459" under "Net sales" gives the net sales of cheese.
    """
    if sentence.kind != "row":
        return sentence.text
    return f"{sentence.context.rpartition(' > ')[0]}\n{statement_of(sentence)}"


def header_row_at(text: str, start: int) -> str:
    """The first row of the table that contains an offset.

    Args:
        text: a canonical text.
        start: an offset in it.

    Returns:
        The header row as written; empty if the offset is in no table, or in the header row itself.
    """
    line_start = text.rfind("\n", 0, start) + 1
    if not text.startswith("|", line_start):
        return ""
    table_start = line_start
    while table_start and text.startswith("|", previous_start := text.rfind("\n", 0, table_start - 1) + 1):
        table_start = previous_start
    return text[table_start : text.find("\n", table_start)] if table_start != line_start else ""
