"""The tables that reStructuredText draws with ``+``, ``-``, ``=`` and ``|``."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from assistant.readers.elements import Content, TableCell, TableContent
from assistant.readers.markup.shared import dedent
from assistant.readers.sheets.table_limits import MAX_COLUMNS, MAX_ROWS

_Place = tuple[int, int]  # row and column in the grid of all borders
_BORDER = re.compile(r"\+(?:[-=]+\+)+")
_FILLER = "\0"  # behind a character that takes two places


def grid_content(lines: Sequence[str], inlines_of: Callable[[str], Content]) -> TableContent:
    """The cells of a table: the places between its borders, joined where no border parts them.

    Args:
        lines: of the table, from its first border to its last.
        inlines_of: reads the text of a cell.
    """
    grid = _Grid(lines)
    rows: list[list[TableCell]] = [[] for _ in grid.bands]
    for places in grid.cells():
        (top, left), (bottom, right) = min(places), max(places)
        content = inlines_of(grid.text(top, left, bottom, right))
        rows[top].append(TableCell(content, bottom - top + 1, right - left + 1))
    return TableContent(rows, grid.header_rows() or None)


class _Grid:
    """The borders of a table.

    Attributes:
        bands: the first and the last line of each row, the borders around it.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = [_spread(line.rstrip()) for line in lines]
        edges = {n for line in self._lines for border in _BORDER.finditer(line) for n in _corners(border)}
        self._edges = sorted(edges)[: MAX_COLUMNS + 1]
        numbers = [n for n, line in enumerate(self._lines) if _BORDER.search(line)]
        self.bands = list(pairwise(numbers))[:MAX_ROWS]

    def header_rows(self) -> int:
        """How many rows stand above the border of equals signs."""
        return next((n for n, (first, _) in enumerate(self.bands) if "+=" in self._lines[first] and n), 0)

    def cells(self) -> list[list[_Place]]:
        """The places of each cell."""
        above: dict[_Place, _Place] = {}  # the place that a place is joined to
        for row, column in self._places():
            if column and not self._has_wall(row, self._edges[column]):
                _join(above, (row, column), (row, column - 1))
            if row and not self._has_floor(row, column):
                _join(above, (row, column), (row - 1, column))
        cells: dict[_Place, list[_Place]] = {}
        for place in self._places():
            cells.setdefault(_root(above, place), []).append(place)
        return list(cells.values())

    def text(self, top: int, left: int, bottom: int, right: int) -> str:
        """The text between the borders of a cell."""
        first, last = self.bands[top][0] + 1, self.bands[bottom][1]
        start, end = self._edges[left] + 1, self._edges[right + 1]
        return "\n".join(dedent([line[start:end].replace(_FILLER, "") for line in self._lines[first:last]])).strip()

    def _places(self) -> Iterator[_Place]:
        return ((row, column) for row in range(len(self.bands)) for column in range(len(self._edges) - 1))

    def _has_wall(self, row: int, edge: int) -> bool:
        """Whether a border stands at an edge all along a row."""
        first, last = self.bands[row]
        return all(line[edge : edge + 1] in {"|", "+"} for line in self._lines[first + 1 : last])

    def _has_floor(self, row: int, column: int) -> bool:
        """Whether a border lies above a place."""
        border = self._lines[self.bands[row][0]][self._edges[column] + 1 : self._edges[column + 1]]
        return bool(border) and not border.strip("-=+")


def _corners(border: re.Match[str]) -> Iterator[int]:
    return (border.start() + n for n, character in enumerate(border[0]) if character == "+")


def _spread(line: str) -> str:
    """A line in which each character takes as many places as it is wide."""
    if line.isascii():
        return line
    return "".join(f"{c}{_FILLER}" if unicodedata.east_asian_width(c) in "WF" else c for c in line)


def _root(above: dict[_Place, _Place], place: _Place) -> _Place:
    """The place that stands for all that are joined with one."""
    while place in above:
        above[place] = above.get(above[place], above[place])
        place = above[place]
    return place


def _join(above: dict[_Place, _Place], place: _Place, other: _Place) -> None:
    root, other_root = _root(above, place), _root(above, other)
    if root != other_root:
        above[max(root, other_root)] = min(root, other_root)
