"""Light Markdown: the paragraphs, headings, list items and tables that a canonical text is joined from."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_NUMBER_LIKE = re.compile(r"[\s.,:/%€$£+()-]*\d[\s\d.,:/%€$£+()-]*|[\s–-]+")  # a unit alone is none
_MAX_LABEL_CHARS = 80  # of a cell that may name a column


@dataclass(frozen=True, slots=True)
class MarkdownBlock:
    """One paragraph, heading, list item or table of the canonical text."""

    text: str
    is_item: bool = False  # whether it is an item of a list


def markdown_heading(level: int, text: str) -> MarkdownBlock:
    """A Markdown heading; a level outside 1 to 6 becomes the nearest of these."""
    return MarkdownBlock(f"{'#' * min(max(level, 1), 6)} {text}")


def markdown_item(text: str) -> MarkdownBlock:
    """A Markdown list item."""
    return MarkdownBlock(f"- {text}", is_item=True)


def join_blocks(blocks: Iterable[MarkdownBlock]) -> str:
    """The canonical text: a blank line between blocks, but only a line feed between items of one list."""
    pieces: list[str] = []
    previous: MarkdownBlock | None = None
    for block in blocks:
        if previous is not None:
            pieces.append("\n" if previous.is_item and block.is_item else "\n\n")
        pieces.append(block.text)
        previous = block
    return "".join(pieces)


def markdown_table(rows: Iterable[Sequence[str]], *, header: bool | None = None) -> list[MarkdownBlock]:
    """A Markdown table. Leading rows with one filled cell are its title and become paragraphs.

    Args:
        rows: the texts of the cells, each on one line. Empty rows and columns are left out, short rows filled up.
        header: whether the first row names the columns; None: judge by its cells. A table without a header gets
            one of empty cells, so that no row is taken for it.
    """
    filled_rows = [row for row in rows if any(row)]
    columns = sorted({column for row in filled_rows for column, cell in enumerate(row) if cell})
    table = [[row[column] if column < len(row) else "" for column in columns] for row in filled_rows]
    widest = max((_count_filled(row) for row in table), default=0)
    titles: list[MarkdownBlock] = []
    while table and (widest == 1 or (len(table) > 1 and _count_filled(table[0]) == 1)):
        titles.append(MarkdownBlock(next(filter(None, table.pop(0)))))
    if not table:
        return titles
    if header is None:
        header = len(table) > 1 and is_header_row(table[0])
    if not header:
        table.insert(0, [""] * len(columns))
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in table]
    return [*titles, MarkdownBlock("\n".join([lines[0], "|" + "---|" * len(columns), *lines[1:]]))]


def is_header_row(row: Sequence[str]) -> bool:
    """Whether a first row looks like a header: short, distinct labels, no figures but years, no whole sentences."""
    labels = [cell for cell in row if cell]
    return (
        len(labels) >= max(2, 2 * len(row) / 3)
        and len(set(labels)) == len(labels)
        and all(len(label) <= _MAX_LABEL_CHARS and not label.endswith((".", "!", "?")) for label in labels)
        and not any(_NUMBER_LIKE.fullmatch(label) and not _is_year(label) for label in labels)
    )


def _count_filled(row: Sequence[str]) -> int:
    return sum(map(bool, row))


def _is_year(label: str) -> bool:
    return label.isdigit() and 1900 <= int(label) <= 2100
