"""The four ways to write a table in reStructuredText."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence

from assistant.readers.elements import Content, Element, TableCell, TableContent
from assistant.readers.markup.rst_grid import grid_content
from assistant.readers.sheets.table_limits import MAX_COLUMNS, MAX_ROWS

_InlinesOf = Callable[[str], Content]
_HEADER_ROWS = re.compile(r"\s*:header-rows:\s*(\d{1,3})")
_HEADER = re.compile(r"\s*:header:\s*(.*)")
_LIST_ROW = re.compile(r"\*\s+-(?:\s+|\Z)(.*)")
_LIST_CELL = re.compile(r"\s+-(?:\s+|\Z)(.*)")


def grid_table(lines: Sequence[str], inlines_of: _InlinesOf) -> Iterator[Element]:
    """A table whose cells are drawn with ``+``, ``-`` and ``|``, over several rows or columns too."""
    yield Element("table", table=grid_content(lines, inlines_of))


def simple_table(lines: Sequence[str], inlines_of: _InlinesOf) -> Iterator[Element]:
    """A table whose columns are drawn with ``=``; a line without its first cell goes on with the row above."""
    columns = [(match.start(), match.end()) for match in re.finditer("=+", lines[0])][:MAX_COLUMNS]
    ends = [start for start, _ in columns[1:]]
    rows: list[list[str]] = []
    header_rows = 0
    is_open = False
    for line in lines[1:]:
        if line.strip() and not line.strip("= "):
            header_rows = len(rows) if not header_rows and line != lines[-1] else header_rows
            is_open = False
            continue
        if not line.strip() or not line.strip("- "):
            is_open = False
            continue
        cells = [line[start:end].strip() for (start, _), end in zip(columns, [*ends, len(line)], strict=True)]
        if not cells[0] and is_open:
            rows[-1] = [f"{above} {cell}".strip() for above, cell in zip(rows[-1], cells, strict=True)]
        else:
            rows.append(cells)
        is_open = True
    yield _table(rows, header_rows or None, "", inlines_of)


def csv_rows(title: str, body: Sequence[str], content: Sequence[str], inlines_of: _InlinesOf) -> Iterator[Element]:
    """A ``csv-table`` whose rows stand in the file."""
    header = next((match[1] for line in body if (match := _HEADER.match(line))), "")
    stated = next((int(match[1]) for line in body if (match := _HEADER_ROWS.match(line))), 0)
    source = [line for line in [header, *content] if line.strip()]
    rows = [row[:MAX_COLUMNS] for row in csv.reader(io.StringIO("\n".join(source)), skipinitialspace=True)]
    yield _table(rows, stated + bool(header) or None, title, inlines_of)


def list_table(title: str, body: Sequence[str], content: Sequence[str], inlines_of: _InlinesOf) -> Iterator[Element]:
    """A ``list-table``: rows are items, whose items are cells."""
    stated = next((int(match[1]) for line in body if (match := _HEADER_ROWS.match(line))), None)
    rows: list[list[str]] = []
    for line in content:
        if row := _LIST_ROW.match(line):
            rows.append([row[1]])
        elif (cell := _LIST_CELL.match(line)) and rows:
            rows[-1].append(cell[1])
        elif rows and line.strip():
            rows[-1][-1] += f" {line.strip()}"
    yield _table(rows, stated, title, inlines_of)


def _table(rows: Sequence[Sequence[str]], header_rows: int | None, title: str, inlines_of: _InlinesOf) -> Element:
    cells = [[TableCell(inlines_of(cell)) for cell in row] for row in rows[:MAX_ROWS]]
    return Element("table", table=TableContent(cells, header_rows, title))
