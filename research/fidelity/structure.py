"""What the structure of a document tells of its words, where an extractor knows only their places on a page."""

from collections import Counter
from collections.abc import Iterator

from assistant.structure import Table
from assistant.types import Document
from research.fidelity.words import count_words

_HEADER_JOINT = " / "


def repeated_labels(document: Document) -> list[str]:
    """The labels of its tables that stand in several rows or columns, as often as they do beyond the first."""
    tables = [block.table for block in document.blocks if block.table is not None]
    return [label for table in tables for label in (*_repeated_headers(table), *_repeated_cells(table, document.text))]


def raised_and_lowered_words(document: Document) -> set[str]:
    """The words in it that are raised or lowered, as they are counted."""
    spans = [
        document.text[run.start : run.end]
        for block in document.blocks
        for run in block.runs
        if run.kind in {"raised", "lowered"}
    ]
    return set(count_words("\n".join(spans)))


def _repeated_headers(table: Table) -> Iterator[str]:
    counts = Counter(name for column in table.columns for name in column.name.split(_HEADER_JOINT))
    for name, count in counts.items():
        yield from [name] * (count - 1)


def _repeated_cells(table: Table, text: str) -> Iterator[str]:
    for cells in table.merged:
        if cells.rows > 1 and cells.row < len(table.rows) and cells.column < len(table.columns):
            yield from [table.cells(text, cells.row)[cells.column]] * (cells.rows - 1)
