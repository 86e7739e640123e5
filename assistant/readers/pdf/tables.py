"""The tables of a page, ruled or not."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.readers.pdf.page import Cell, PageContent, PagePhrases, Phrase, Ruling, TableArea
from assistant.readers.pdf.table_blocks import blocks_of
from assistant.readers.pdf.table_checks import is_table
from assistant.readers.pdf.table_columns import GridLine, Zone, grid_line, zones_of
from assistant.readers.pdf.table_flows import flows_of
from assistant.readers.pdf.table_groups import groups_of, is_group
from assistant.readers.pdf.table_headers import (
    count_header_lines,
    header_rows,
    may_name_column,
    misfit,
    rulings_between,
    spans_of,
)
from assistant.readers.pdf.table_lines import Line, lines_of
from assistant.readers.pdf.table_rows import rows_of_body
from assistant.readers.pdf.table_titles import Title, states_only_unit, title_above, unit_in

_MOST_COLUMNS = 100
_MOST_HEADER_LINES = 12
_HEADER_SPACE = 1.5  # type sizes between two lines of a header


def find_tables(page: PageContent | PagePhrases, phrases: Sequence[Phrase]) -> tuple[list[TableArea], list[Phrase]]:
    """The tables of a page, and the phrases that stand in none.

    Args:
        page: with the rulings that tables are told by.
        phrases: all of the page.
    """
    if not phrases:
        return [], []
    horizontal = [ruling for ruling in page.rulings if ruling.x1 - ruling.x0 > ruling.y1 - ruling.y0]
    horizontal.sort(key=lambda ruling: ruling.y0)
    tables: list[TableArea] = []
    taken: set[int] = set()
    for flow in flows_of(phrases, horizontal):
        column = _FlowTables(lines_of(flow), horizontal, page)
        for table, places in column.find():
            tables.append(table)
            taken.update(id(phrase) for place in places for phrase in column.lines[place].phrases)
    return tables, [phrase for phrase in phrases if id(phrase) not in taken]


@dataclass(frozen=True, slots=True)
class _FlowTables:
    """Finds the tables in a column of text.

    Attributes:
        lines: of the column.
        rulings: the horizontal ones of the page, by height.
        page: its number and width.
    """

    lines: Sequence[Line]
    rulings: Sequence[Ruling]
    page: PageContent | PagePhrases

    def find(self) -> list[tuple[TableArea, range]]:
        """Each table, and the lines that it takes."""
        found: list[tuple[TableArea, range]] = []
        end = 0
        for block in blocks_of(self.lines):
            table = self._table(range(max(block.start, end), block.stop), end)
            if table is not None:
                found.append(table)
                end = table[1].stop
        return found

    def _table(self, block: range, free_from: int) -> tuple[TableArea, range] | None:
        """The table in a block, with the header and the title above it."""
        zones = zones_of(self.lines[block.start : block.stop])
        if not 2 <= len(zones) <= _MOST_COLUMNS:
            return None
        start = self._header_start(block.start, free_from, zones)
        lines = [grid_line(self.lines[place], zones) for place in range(start, block.stop)]
        header = min(count_header_lines(lines), _MOST_HEADER_LINES)
        y0, y1 = lines[0].line.y0, lines[-1].line.y1
        if not is_table(lines, header, zones, self._rulings_between(y0, y1)):
            return None
        title = self._title(self.lines[free_from:start], lines[0].line, zones)
        top = start - len(title.lines)
        rows, groups, head = self._rows(lines, header, zones)
        unit = title.unit or next((unit for row in rows[:head] for cell in row if (unit := unit_in(cell.text))), "")
        above = [line.parts[0] for line in title.lines]
        area = TableArea(
            self.page.number,
            min(line.x0 for line in self.lines[top : block.stop]),
            self.lines[top].y0,
            max(line.x1 for line in self.lines[top : block.stop]),
            y1,
            rows,
            head,
            tuple(part for part in above if not states_only_unit(part.text)),
            unit,
            tuple(part for part in above if states_only_unit(part.text)),
            groups=groups,
        )
        return area, range(top, block.stop)

    def _header_start(self, start: int, free_from: int, zones: Sequence[Zone]) -> int:
        """The place of the first line that names columns: names over several may stand above the block."""
        while start > free_from and self._is_header(self.lines[start - 1], self.lines[start], zones):
            start -= 1
        return start

    def _is_header(self, line: Line, below: Line, zones: Sequence[Zone]) -> bool:
        left, right, slack = zones[1].x0, zones[-1].x1, 1.5 * line.size
        if below.y0 - line.y1 > _HEADER_SPACE * line.size or not all(map(may_name_column, line.parts)):
            return False
        named = [*zones[1:], *(Zone(part.x0, part.x1) for part in below.parts if part.x0 > zones[0].x1)]
        if all(any(misfit(part, zone) < 0.3 * part.size for zone in named) for part in line.parts):
            return True
        if line.x0 < left - slack or line.x1 > right + slack:
            return False
        if len(line.parts) > 1 or below.baseline - line.baseline < line.size:
            return True
        middle = (line.x0 + line.x1) / 2
        off_values = abs(middle - (left + right) / 2)
        off_table = min(abs(middle - (zones[0].x0 + right) / 2), abs(middle - self.page.width / 2))
        return off_values < off_table + 0.5 * line.size or (len(zones) > 3 and off_table > line.size)

    def _rulings_between(self, y0: float, y1: float) -> Sequence[Ruling]:
        first = bisect_left(self.rulings, y0, key=lambda ruling: ruling.y0)
        return self.rulings[first : bisect_right(self.rulings, y1, key=lambda ruling: ruling.y0)]

    def _title(self, above: Sequence[Line], top: Line, zones: Sequence[Zone]) -> Title:
        left = min(line.x0 for line in self.lines)
        right = max(line.x1 for line in self.lines)
        centres = ((zones[0].x0 + zones[-1].x1) / 2, (left + right) / 2, self.page.width / 2)
        return title_above(above, top, centres, left)

    def _rows(
        self, lines: Sequence[GridLine], header: int, zones: Sequence[Zone]
    ) -> tuple[tuple[tuple[Cell, ...], ...], tuple[str, ...], int]:
        """All rows, the groups that each stands in, and how many rows name the columns."""
        head, body = lines[:header], lines[header:]
        rulings = self._rulings_between(lines[0].line.y0, lines[-1].line.y1)
        between = rulings_between(head, body[0].line.baseline, rulings)
        spanned = [
            spans_of(line, zones, underlines, is_last=place == header - 1)
            for place, (line, underlines) in enumerate(zip(head, between, strict=True))
        ]
        names = header_rows(spanned, len(zones), between)
        label_end = zones[0].x0 + 0.5 * (zones[0].x1 - zones[0].x0)
        over_labels = [ruling for ruling in rulings if ruling.x0 < label_end < ruling.x1]
        drafts = rows_of_body(body, zones, over_labels)
        rows = (*names, *(_cells(draft, len(zones)) for draft in drafts))
        return rows, ("",) * len(names) + tuple(groups_of(drafts)), len(names)


def _cells(row: Sequence[GridLine], width: int) -> tuple[Cell, ...]:
    """The cells of a row."""
    if is_group(row):
        return (Cell(tuple(line.label for line in row if line.label is not None), columns=width),)
    by_column: dict[int, tuple[int, list[Phrase]]] = {}
    for line in row:
        for piece in line.pieces:
            last, phrases = by_column.get(piece.first, (piece.first, []))
            by_column[piece.first] = max(last, piece.last), [*phrases, piece.phrase]
    cells: list[Cell] = []
    starts = sorted(by_column)
    for start, following in zip(starts, [*starts[1:], width], strict=True):
        last, phrases = by_column[start]
        cells += [Cell()] * (start - sum(cell.columns for cell in cells))
        columns = min(last + 1, following) - start if start else 1
        cells.append(Cell(tuple(phrases), columns=columns))
    return (*cells, *[Cell()] * (width - sum(cell.columns for cell in cells)))
