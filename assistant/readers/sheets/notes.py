"""Notes about what of a workbook is not in its text, and whose name is no author's."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.readers.sheets.table_limits import MAX_COLUMNS, row_limit_notes

_PROGRAMS = frozenset((
    "openpyxl", "xlsxwriter", "xlwt", "apache poi", "microsoft office user", "windows user", "user", "admin",
    "administrator", "microsoft", "unknown", "epplus", "closedxml", "phpspreadsheet", "unknown creator",
))  # fmt: skip
_MAX_ADDRESSES = 5  # that a note names


@dataclass(frozen=True, slots=True)
class SheetCounts:
    """How much of a workbook is not in its text.

    Attributes:
        hidden_sheets: all sheets that are hidden.
        hidden_rows: those with text.
        hidden_columns: likewise.
        masked_values: values that their own number format hides.
        not_computed: the addresses of formulas without a value.
        charts_of_cells: charts whose values stand in cells.
        rows_read: how many rows are read where there are more; None where all are.
        has_more_columns: whether sheets are wider than is read.
    """

    hidden_sheets: int = 0
    hidden_rows: int = 0
    hidden_columns: int = 0
    masked_values: int = 0
    not_computed: Sequence[str] = ()
    charts_of_cells: int = 0
    rows_read: int | None = None
    has_more_columns: bool = False


def sheet_notes(counts: SheetCounts) -> tuple[str, ...]:
    """A sentence for each kind of thing that is not in the text."""
    hidden = [
        _number(count, name) for name, count in (
            ("sheet", counts.hidden_sheets), ("row", counts.hidden_rows), ("column", counts.hidden_columns)
        ) if count
    ]  # fmt: skip
    notes = [f"what is hidden in it is left out: {', '.join(hidden)}"] if hidden else []
    if counts.masked_values:
        notes.append(f"{_number(counts.masked_values, 'value')} that the cell's format hides: left out")
    if counts.not_computed:
        named = ", ".join(counts.not_computed[:_MAX_ADDRESSES])
        more = ", …" if len(counts.not_computed) > _MAX_ADDRESSES else ""
        notes.append(
            f"{_number(len(counts.not_computed), 'formula')} without a stored value, not computed: {named}{more}"
        )
    if counts.charts_of_cells:
        notes.append(
            f"{_number(counts.charts_of_cells, 'chart')} in it: only titles are read, the values stand in the cells"
        )
    if counts.has_more_columns:
        notes.append(f"only the first {MAX_COLUMNS} columns of a sheet are read")
    return tuple(notes) + row_limit_notes(counts.rows_read is not None, counts.rows_read or 0)


def author_name(name: str) -> str:
    """The name of an author; empty for what programs put there by themselves."""
    return "" if name.strip().casefold() in _PROGRAMS else name


def _number(count: int, name: str) -> str:
    return f"{count:,} {name}{'s' if count > 1 else ''}"
