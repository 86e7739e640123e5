"""The tables of a page, ruled or not."""

from collections.abc import Iterator, Sequence

from assistant.readers.pdf.page import Cell, PageContent, Phrase, TableArea
from assistant.readers.pdf.table_blocks import blocks_of
from assistant.readers.pdf.table_columns import Zone, columns_of, has_figures, split_at_zones, zones_of
from assistant.readers.pdf.table_flows import flows_of
from assistant.readers.pdf.table_lines import Line, joined, lines_of

_MOST_COLUMNS = 100


def find_tables(page: PageContent, phrases: Sequence[Phrase]) -> tuple[list[TableArea], list[Phrase]]:
    """The tables of a page, and the phrases that stand in none.

    Args:
        page: with the rulings that tables are told by.
        phrases: all of the page.
    """
    if not phrases:
        return [], []
    horizontal = [ruling for ruling in page.rulings if ruling.x1 - ruling.x0 > ruling.y1 - ruling.y0]
    tables: list[TableArea] = []
    taken: set[int] = set()
    for flow in flows_of(phrases, horizontal):
        for block in blocks_of(lines_of(flow)):
            table = _table_of(block, page)
            if table is not None:
                tables.append(table)
                taken.update(id(phrase) for line in block for phrase in line.phrases)
    return tables, [phrase for phrase in phrases if id(phrase) not in taken]


def _table_of(block: Sequence[Line], page: PageContent) -> TableArea | None:
    zones = zones_of(block)
    if not 2 <= len(zones) <= _MOST_COLUMNS or not _is_table(block, zones):
        return None
    rows = tuple(tuple(_cells(line, zones)) for line in block)
    header_rows = next((place for place, line in enumerate(block) if has_figures(line)), 0)
    return TableArea(
        page.number,
        min(line.x0 for line in block),
        min(line.y0 for line in block),
        max(line.x1 for line in block),
        max(line.y1 for line in block),
        rows,
        header_rows,
    )


def _is_table(block: Sequence[Line], zones: Sequence[Zone]) -> bool:
    return sum(has_figures(line) for line in block) >= 2 or len(zones) > 2


def _cells(line: Line, zones: Sequence[Zone]) -> Iterator[Cell]:
    """The cells of a line; one that reaches over several columns is one cell."""
    pieces = [piece for part in line.parts for piece in split_at_zones(part, zones)]
    by_columns: dict[tuple[int, int], list[Phrase]] = {}
    for piece in pieces:
        by_columns.setdefault(columns_of(piece, zones), []).append(piece)
    column = 0
    for (first, last), parts in sorted(by_columns.items()):
        first = max(first, column)
        yield from (Cell() for _ in range(column, first))
        width = max(last - first + 1, 1)
        yield Cell((joined(parts),), columns=width)
        column = first + width
    yield from (Cell() for _ in range(column, len(zones)))
