"""The tables in a column of text that stand in no grid: their lines have parts below each other."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from assistant.readers.pdf.page import PageContent, PagePhrases, Ruling, TableArea
from assistant.readers.pdf.tables.assembly import Assembly, assemble
from assistant.readers.pdf.tables.blocks import blocks_of
from assistant.readers.pdf.tables.checks import is_table
from assistant.readers.pdf.tables.columns import GridLine, Zone, columns_of, grid_line, zones_of
from assistant.readers.pdf.tables.header_places import MAX_GROUPS_BEFORE, header_start, may_group
from assistant.readers.pdf.tables.headers import count_header_lines, next_header
from assistant.readers.pdf.tables.lines import SplitLine
from assistant.readers.pdf.tables.titles import Title, states_only_unit, title_above, titled

_MAX_TABLES = 200  # in a column of text
_FIRST_LINES = 128  # among which the first table of a block is looked for at first
_MAX_JOINED_LINES = 100  # of a table with which more rows are joined
_MAX_COLUMNS = 100  # of a table
_MAX_HEADER_LINES = 40  # of a table
_MAX_LINES_BELOW = 12  # that may go on with the last row of a table
_MAX_SPACE = 5.0  # type sizes between the rows of one table
_STRETCHED = 0.8  # type sizes: the gaps of a line of justified text are narrower


class FoundTable(NamedTuple):
    """A table, and the indices of the lines of its column that it takes up, those of its title too."""

    area: TableArea
    lines: range


@dataclass(frozen=True, slots=True)
class FlowTables:
    """Finds the tables in a column of text.

    Attributes:
        lines: of the column.
        rulings: the horizontal ones of the page, by height.
        page: its number and width.
        body_size: of the type of the page.
        sides: the left and the right edge of the column.
    """

    lines: Sequence[SplitLine]
    rulings: Sequence[Ruling]
    page: PageContent | PagePhrases
    body_size: float
    sides: tuple[float, float]

    def find(self) -> list[FoundTable]:
        """The tables, from top to bottom."""
        tables: list[FoundTable] = []
        end = 0
        for block in blocks_of(self.lines):
            start = max(block.start, end)
            while (
                start < block.stop
                and len(tables) < _MAX_TABLES
                and (table := self._first_table(range(start, block.stop), end)) is not None
            ):
                whole = self._with_rows_before(tables[-1], table) if tables else None
                if whole is not None:
                    tables.pop()
                tables.append(whole or table)
                end = max(table.lines.stop, start + 1)
                start = next(
                    (index for index in range(end, block.stop) if len(self.lines[index].parts) > 1), block.stop
                )
        return tables

    def _first_table(self, block: range, free_from: int) -> FoundTable | None:
        """The table with which a block begins, looked for in no more of its lines than twice those that it takes."""
        count = _FIRST_LINES
        while count < len(block):
            table = self._table(block[:count], free_from)
            if table is not None and table.lines.stop < block[count] - 1:
                return table
            count *= 2
        return self._table(block, free_from)

    def _with_rows_before(self, above: FoundTable, table: FoundTable) -> FoundTable | None:
        """A table without a header and the one right above it as one table; None if they are two."""
        if table.area.header_rows or len(above.lines) > _MAX_JOINED_LINES:
            return None
        first = next(index for index in above.lines if len(self.lines[index].parts) > 1)
        zones, own = (zones_of(self.lines[part.lines.start : part.lines.stop]) for part in (above, table))
        slack = self.lines[first].size  # a dash may stand beside the figures of its column
        is_same = len(zones) == len(own) and all(_overlap(*two, slack) for two in zip(zones, own, strict=True))
        if not is_same or not self._are_joined(above.lines, table.lines, own):
            return None
        whole = self._table(range(first, table.lines.stop), above.lines.start)
        return whole if whole is not None and whole.lines.stop == table.lines.stop else None

    def _are_joined(self, above: range, below: range, zones: Sequence[Zone]) -> bool:
        """Whether nothing stands between the rows of two tables but lines that may group the lower ones."""
        first = next(index for index in below if len(self.lines[index].parts) > 1)
        if first - above.stop > MAX_GROUPS_BEFORE:
            return False
        return all(
            self.lines[index].y0 - self.lines[index - 1].y1 <= _MAX_SPACE * self.lines[index].size
            and (index == first or may_group(self.lines[index], self.lines[index + 1], zones))
            for index in range(above.stop, first + 1)
        )

    def _table(self, block: range, free_from: int) -> FoundTable | None:
        """The table in a block, with the header and the title above it, and the lines that it takes."""
        zones = zones_of(self.lines[block.start : block.stop])
        inside = [index for index in block if len(self.lines[index].parts) > 1]
        while inside and _is_stretched(self.lines[inside[-1]], zones):
            inside.pop()
        first = next((index for index in inside if not _is_stretched(self.lines[index], zones)), block.stop)
        block = range(first, inside[-1] + 1 if inside else first)
        if not block or not 2 <= len(zones) <= _MAX_COLUMNS:
            return None
        start = header_start(self.lines, block.start, free_from, zones, self.page.width)
        lines = [grid_line(self.lines[index], zones) for index in range(start, block.stop)]
        header = min(count_header_lines(lines), _MAX_HEADER_LINES)
        header = self._up_to_ruling(lines, header, zones)
        lines = lines[: next_header(lines, header)]
        rulings = self._rulings_between(lines[0].line.y0, lines[-1].line.y1)
        if not is_table(lines, header, zones, rulings):
            return None
        below = self._lines_below(start + len(lines), zones)
        assembly = assemble([*lines, *below], header, len(lines), zones, rulings)
        title = self._title(self.lines[free_from:start], lines[0].line, zones)
        taken = range(start - len(title.lines), start + assembly.line_count)
        return FoundTable(self._area(taken, title, assembly), taken)

    def _area(self, taken: range, title: Title, assembly: Assembly) -> TableArea:
        lines = self.lines[taken.start + len(title.lines) : taken.stop]
        table = TableArea(
            self.page.number,
            min(line.x0 for line in lines),
            lines[0].y0,
            max(line.x1 for line in lines),
            lines[-1].y1,
            assembly.rows,
            assembly.header_rows,
            unit=assembly.unit,
            unit_lines=assembly.unit_lines,
            groups=assembly.groups,
        )
        return titled(table, title)

    def _lines_below(self, start: int, zones: Sequence[Zone]) -> Iterator[GridLine]:
        """The lines from an index on, below a table, that may go on with its last row: they stand in its columns."""
        for index in range(start, min(start + _MAX_LINES_BELOW, len(self.lines))):
            line = grid_line(self.lines[index], zones)
            if line.line.y0 - self.lines[index - 1].y1 > line.line.size:
                return
            if any(piece.first != piece.last for piece in line.pieces):
                return
            yield line

    def _up_to_ruling(self, lines: Sequence[GridLine], header: int, zones: Sequence[Zone]) -> int:
        """How many lines name columns: no full row below a ruling over all columns, and no words of one cell there."""
        first = header
        while first > 1 and (
            _is_word_cell(lines[first - 1], zones)
            or (len(lines[first - 1].pieces) == len(zones) <= len(lines[first - 2].pieces) + 1)
        ):
            first -= 1
        for index in range(first, header):
            rulings = self._rulings_between(lines[index - 1].line.baseline, lines[index].line.baseline)
            if any(ruling.x0 < zones[0].middle and ruling.x1 > zones[-1].middle for ruling in rulings):
                return index
        return header

    def _rulings_between(self, y0: float, y1: float) -> Sequence[Ruling]:
        first = bisect_left(self.rulings, y0, key=lambda ruling: ruling.y0)
        return self.rulings[first : bisect_right(self.rulings, y1, key=lambda ruling: ruling.y0)]

    def _title(self, above: Sequence[SplitLine], top: SplitLine, zones: Sequence[Zone]) -> Title:
        left, right = self.sides
        centres = ((zones[0].x0 + zones[-1].x1) / 2, (left + right) / 2, self.page.width / 2)
        return title_above(above, top, centres, left, self.body_size)


def _is_word_cell(line: GridLine, zones: Sequence[Zone]) -> bool:
    """Whether a line holds nothing but a cell's words, at the left or right edge of a column."""
    if len(line.pieces) > 1 or line.label is not None or states_only_unit(line.pieces[0].phrase.text):
        return False
    zone = zones[line.pieces[0].first]
    return min(abs(line.line.x0 - zone.x0), abs(line.line.x1 - zone.x1)) < 0.3 * line.line.size


def _is_stretched(line: SplitLine, zones: Sequence[Zone]) -> bool:
    """Whether a line is of justified text: it goes over columns, and its gaps are hardly more than spaces."""
    if len(line.parts) >= len(zones) or columns_of(line.parts[0], zones)[0] > 0:
        return False
    is_tight = all(right.x0 - left.x1 < _STRETCHED * line.size for left, right in pairwise(line.parts))
    return is_tight and columns_of(line.parts[0], zones)[1] > 0


def _overlap(zone: Zone, other: Zone, slack: float) -> bool:
    """Whether two columns overlap, or nearly so: they are no further apart than some points."""
    return zone.x0 < other.x1 + slack and other.x0 < zone.x1 + slack
