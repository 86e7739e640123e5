"""A table row as text that stands alone: each cell with the row's label and its column's header."""

from assistant.segmentation.segments import CONTEXT_SEPARATOR
from assistant.structure import split_cells
from assistant.types import Sentence

_MAX_LABEL_CHARS = 100_000  # the row's label, as often as it is repeated


def row_with_headers(row: str, header: str) -> str:
    """Joins a row with its header: "Arrests, Liberterra II: 2,517; Arrests, Liberterra III: 3,744".

    Args:
        row: its cells, separated by ``|`` as in the canonical text.
        header: the cells of the header row, separated likewise.

    Returns:
        One "label, header: value" for each cell that isn't empty, without the label or the header that is empty; the
        row unchanged where the two don't match: other numbers of cells, a single column, or a row that is the header
        itself. Unchanged as well where the label would be repeated to more than 100,000 characters.
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
    return "; ".join(f"{', '.join(filter(None, (label, header)))}: {cell}" for header, cell in columns if cell)


def statement_of(sentence: Sentence) -> str:
    """What a sentence says by itself: its text, and of a table row each cell with its label and header."""
    return _row_statement(sentence.text, _above_and_header(sentence)[1]) if sentence.kind == "row" else sentence.text


def text_with_table(sentence: Sentence) -> str:
    """A sentence's text; of a table row what it says by itself, below the headings, title and group above it.

    A row says little without them: "Cheese | 11,459" under "Net sales" gives the net sales of cheese.
    """
    if sentence.kind != "row":
        return sentence.text
    above, header = _above_and_header(sentence)
    return f"{above}\n{_row_statement(sentence.text, header)}"


def label_of(sentence: Sentence) -> str:
    """The label of a table's row; of anything else nothing."""
    return split_cells(sentence.text)[0] if sentence.kind == "row" else ""


def cells_of(sentence: Sentence) -> str:
    """The cells of a table's row behind its label; of anything else nothing."""
    return " | ".join(split_cells(sentence.text)[1:]) if sentence.kind == "row" else ""


def column_names(sentence: Sentence) -> list[str]:
    """The names of the columns that a table's row stands in, as far as they are kept; of anything else none."""
    header = _above_and_header(sentence)[1] if sentence.kind == "row" else ""
    return split_cells(f"|{header}") if header else []


def _above_and_header(sentence: Sentence) -> tuple[str, str]:
    """What stands above a table's row, and the table's header; an empty one if nothing names its columns."""
    above, _, header = sentence.context.rpartition(CONTEXT_SEPARATOR)
    return (above, header) if "|" in header else (sentence.context, "")


def _row_statement(row: str, header: str) -> str:
    """A row as a sentence has it, without its empty cells on the outside, spelt out with its table's header.

    The first column mostly has no name, so its border stands first in the header. A header that is too long to be kept
    whole names the first columns alone. A row that is too short and begins with a figure has no label: it may lack
    cells on either side, and is left as it is.
    """
    names, cells = split_cells(f"|{header}"), split_cells(row)
    if len(cells) < len(names) and cells[0][:1].isdigit():
        return row
    return row_with_headers(row, f"|{header}{'|' * (max(0, len(cells) - len(names)) + 1)}")


def row_at(text: str, start: int) -> str:
    """The whole table row that contains an offset, its empty cells on the outside too; empty if there is none."""
    line_start, line_end = text.rfind("\n", 0, start) + 1, text.find("\n", start)
    line = text[line_start : line_end if line_end >= 0 else len(text)]
    return line if line.startswith("|") else ""


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
