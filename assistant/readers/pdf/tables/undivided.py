"""Rows of a ruled table that no rulings divide, as those with a coloured band: they are cut where other rows are."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from assistant.readers.pdf.page import Phrase
from assistant.readers.pdf.tables.grids import GridCell, RuledGrid

_OVER = 2.0  # points on both sides of a border: what reaches so far stands over it


def with_divided_rows(grid: RuledGrid, phrases: Sequence[Phrase]) -> RuledGrid:
    """A grid whose cells over several columns are cut where these begin, if nothing stands over their borders.

    A cell with something in one column alone stays whole, and so does one that holds several rows. A grid in which
    rulings divide no row stays as it is: nothing shows where its columns begin.

    Args:
        grid: of a table.
        phrases: that stand in it.
    """
    contents: dict[GridCell, list[Phrase]] = {}
    for phrase in phrases:
        cell = grid.cell_at((phrase.x0 + phrase.x1) / 2, (phrase.y0 + phrase.y1) / 2)
        if cell is not None:
            contents.setdefault(cell, []).append(phrase)
    filled = Counter(cell.row for cell in contents)
    if max(filled.values(), default=0) < 2:
        return grid
    undivided = {cell for cell, inside in contents.items() if cell.columns > 1 and _is_one_row(cell, inside, grid)}
    return replace(grid, cells=tuple(_divided(grid.cells, undivided))) if undivided else grid


def _is_one_row(cell: GridCell, phrases: Sequence[Phrase], grid: RuledGrid) -> bool:
    """Whether phrases stand in several of the columns that a cell goes over, but on no more than one line in all."""
    borders = grid.xs[cell.column + 1 : cell.column + cell.columns]
    if any(phrase.x0 < x - _OVER and phrase.x1 > x + _OVER for x in borders for phrase in phrases):
        return False
    columns_by_line = {round(phrase.baseline): set[int]() for phrase in phrases}
    for phrase in phrases:
        columns_by_line[round(phrase.baseline)].add(sum(x < (phrase.x0 + phrase.x1) / 2 for x in borders))
    counts = [len(columns) for columns in columns_by_line.values()]
    return max(counts) > 1 and counts.count(max(counts)) == 1


def _divided(cells: Iterable[GridCell], undivided: set[GridCell]) -> Iterator[GridCell]:
    for cell in cells:
        if cell in undivided:
            yield from (cell._replace(column=cell.column + number, columns=1) for number in range(cell.columns))
        else:
            yield cell
