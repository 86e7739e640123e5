"""Grids of rulings: horizontal and vertical lines that meet, and the cells that they make."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from assistant.readers.pdf.page import Ruling

_MEETING = 3.0  # points: rulings whose ends are no further apart meet
_SAME = 2.5  # points: borders that are no further apart are one
_MAX_PAIRS = 400_000  # of a horizontal and a vertical ruling that are looked at: more are a drawing
_MAX_CELLS = 20_000  # of a grid
_COVERED = 0.6  # of the side of a cell: a ruling that covers so much is its border


class GridCell(NamedTuple):
    """A cell of a grid: its first row and column, and how many it goes over."""

    row: int
    column: int
    rows: int
    columns: int


@dataclass(frozen=True)
class RuledGrid:
    """A grid of rulings.

    Attributes:
        xs: where its columns begin and end.
        ys: where its rows begin and end.
        cells: by row and column.
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    cells: tuple[GridCell, ...]

    @property
    def width(self) -> int:
        """How many columns it has."""
        return len(self.xs) - 1

    @property
    def height(self) -> int:
        """How many rows it has."""
        return len(self.ys) - 1

    @cached_property
    def _cell_by_place(self) -> dict[tuple[int, int], GridCell]:
        return {
            (row, column): cell
            for cell in self.cells
            for row in range(cell.row, cell.row + cell.rows)
            for column in range(cell.column, cell.column + cell.columns)
        }

    def cell_at(self, x: float, y: float) -> GridCell | None:
        """The cell around a place."""
        return self._cell_by_place.get((bisect_right(self.ys, y) - 1, bisect_right(self.xs, x) - 1))


def grids_of(rulings: Sequence[Ruling]) -> Iterator[RuledGrid]:
    """The grids on a page with two rows and two columns at least."""
    horizontal = sorted((ruling for ruling in rulings if ruling.is_horizontal), key=lambda ruling: ruling.y0)
    vertical = [ruling for ruling in rulings if not ruling.is_horizontal]
    if not horizontal or len(horizontal) * len(vertical) > _MAX_PAIRS:
        return
    for horizontals, verticals in _meeting(horizontal, vertical):
        xs = _distinct(
            [*(_x(ruling) for ruling in verticals), *(x for ruling in horizontals for x in (ruling.x0, ruling.x1))]
        )
        ys = _distinct(
            [*(_y(ruling) for ruling in horizontals), *(y for ruling in verticals for y in (ruling.y0, ruling.y1))]
        )
        if len(xs) > 2 and len(ys) > 2 and len(xs) * len(ys) <= _MAX_CELLS:
            yield RuledGrid(xs, ys, tuple(_cells(xs, ys, horizontals, verticals)))


def _x(ruling: Ruling) -> float:
    return (ruling.x0 + ruling.x1) / 2


def _y(ruling: Ruling) -> float:
    return (ruling.y0 + ruling.y1) / 2


def _meeting(horizontal: Sequence[Ruling], vertical: Sequence[Ruling]) -> Iterator[tuple[list[Ruling], list[Ruling]]]:
    """Horizontal and vertical rulings, by the grids that they make together: each meets another one of its grid."""
    parents = list(range(len(horizontal) + len(vertical)))

    def root(place: int) -> int:
        while parents[place] != place:
            parents[place] = parents[parents[place]]
            place = parents[place]
        return place

    heights = [ruling.y0 for ruling in horizontal]
    for number, ruling in enumerate(vertical, len(horizontal)):
        first, end = bisect_left(heights, ruling.y0 - _MEETING), bisect_right(heights, ruling.y1 + _MEETING)
        for place in range(first, end):
            if horizontal[place].x0 - _MEETING <= ruling.x1 and horizontal[place].x1 + _MEETING >= ruling.x0:
                parents[root(place)] = root(number)
    parts: dict[int, tuple[list[Ruling], list[Ruling]]] = {}
    for place in range(len(parents)):
        horizontals, verticals = parts.setdefault(root(place), ([], []))
        if place < len(horizontal):
            horizontals.append(horizontal[place])
        else:
            verticals.append(vertical[place - len(horizontal)])
    return (part for part in parts.values() if len(part[0]) > 1 and part[1])


def _distinct(places: Sequence[float]) -> tuple[float, ...]:
    """Places in order; those that are near each other once."""
    groups: list[list[float]] = []
    for place in sorted(places):
        if groups and place - groups[-1][-1] < _SAME:
            groups[-1].append(place)
        else:
            groups.append([place])
    return tuple(sum(group) / len(group) for group in groups)


def _cells(
    xs: Sequence[float], ys: Sequence[float], horizontals: Sequence[Ruling], verticals: Sequence[Ruling]
) -> Iterator[GridCell]:
    """The cells, each over the rows and columns that no border separates."""
    width, height = len(xs) - 1, len(ys) - 1
    right = _borders(xs, ys, [(_x(ruling), ruling.y0, ruling.y1) for ruling in verticals])
    below = _borders(ys, xs, [(_y(ruling), ruling.x0, ruling.x1) for ruling in horizontals])
    taken: set[tuple[int, int]] = set()
    for row in range(height):
        for column in range(width):
            if (row, column) in taken:
                continue
            end = column + 1
            while end < width and (end, row) not in right and (row, end) not in taken:
                end += 1
            last = row + 1
            while last < height and _goes_on(last, range(column, end), right, below):
                last += 1
            taken.update((y, x) for y in range(row, last) for x in range(column, end))
            yield GridCell(row, column, last - row, end - column)


def _goes_on(row: int, columns: range, right: set[tuple[int, int]], below: set[tuple[int, int]]) -> bool:
    """Whether a cell over some columns goes on in a row: no border stands above it, or between the columns."""
    return not any((row, column) in below for column in columns) and not any(
        (column, row) in right for column in columns[1:]
    )


def _nearest(places: Sequence[float], position: float) -> int:
    """The index of the place that is nearest to a position, among places in order."""
    after = bisect_left(places, position)
    return min(range(max(after - 1, 0), min(after + 1, len(places))), key=lambda index: abs(places[index] - position))


def _borders(
    places: Sequence[float], steps: Sequence[float], rulings: Sequence[tuple[float, float, float]]
) -> set[tuple[int, int]]:
    """Which of some places have a ruling along which of the steps across."""
    covered: dict[tuple[int, int], float] = {}
    for position, start, end in rulings:
        place = _nearest(places, position)
        first, last = bisect_right(steps, start) - 1, bisect_left(steps, end)
        for step in range(max(first, 0), min(last, len(steps) - 1)):
            part = min(end, steps[step + 1]) - max(start, steps[step])
            covered[place, step] = covered.get((place, step), 0.0) + part
    return {
        (place, step) for (place, step), part in covered.items() if part >= _COVERED * (steps[step + 1] - steps[step])
    }
