"""Tables in grids of rulings: what stands in each cell, and which rows name the columns."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice, pairwise
from typing import NamedTuple

from assistant.readers.header_rows import is_header_row
from assistant.readers.pdf.geometry.phrases import phrase_of
from assistant.readers.pdf.page import Cell, Font, Phrase, Ruling, TableArea, Word
from assistant.readers.pdf.tables.grids import GridCell, RuledGrid, grids_of
from assistant.readers.pdf.tables.headers import may_name_column
from assistant.readers.pdf.tables.lines import lines_of
from assistant.readers.pdf.tables.undivided import with_divided_rows
from assistant.readers.pdf.wording.figures import is_currency, is_figure

_MIN_CELL_SHARE = 0.4  # of the places of a grid that are cells of their own: a form has fewer, of many widths
_MAX_GRIDS = 100  # on a page
_MAX_GAP = 3.0  # type sizes between two halves of a table
_FIGURE_ROWS_SHARE = 0.5  # of the rows below the first: where so many have figures, the first with none are names
_SAME_ROW = 2.5  # points by which the borders of their rows differ at most
_MIN_FILLED_SHARE = 0.6  # of the columns: spaces between coloured boxes are no columns
_NEXT_LINE = 1.6  # type sizes below a grid, in which its next row would stand
_NEXT_LINES = 3.5  # the same for a row of figures, above which a line may group them
_AT_BORDER = 2.0  # points around a gap, in which it may stand
_MIN_EVEN_CELLS, _MIN_EVEN_LINES = 3, 3  # cells of a row, and the lines that each of them has
_MAX_HEADER_ROWS = 4  # of a table
_MAX_SIGN_SHARE = 0.25  # of the columns: boxes around signs of figures are no columns

_Contents = dict[GridCell, list[Phrase]]


def ruled_tables(phrases: Sequence[Phrase], rulings: Sequence[Ruling]) -> Iterator[tuple[TableArea, list[Phrase]]]:
    """The tables in grids of rulings, and the phrases that stand in each.

    Args:
        phrases: of one page.
        rulings: of the page.
    """
    whole: list[_GridTable] = []
    for part in sorted(_tables_in_grids(phrases, rulings), key=lambda part: part.grid.xs[0]):
        left = next((other for other in whole if _are_halves(other, part)), None)
        if left is None:
            whole.append(part)
        else:
            whole[whole.index(left)] = _joined(left, part)
    yield from ((part.table, part.phrases) for part in whole)


class _GridTable(NamedTuple):
    """A table in a grid."""

    grid: RuledGrid
    table: TableArea
    phrases: list[Phrase]  # that stand in it


def _are_halves(left: _GridTable, right: _GridTable) -> bool:
    """Whether two tables beside each other are one: their rows are the same, and the right one has no labels."""
    gap = right.grid.xs[0] - left.grid.xs[-1]
    if not 0 < gap < _MAX_GAP * right.phrases[0].size or left.grid.height != right.grid.height:
        return False
    if any(abs(y - other) > _SAME_ROW for y, other in zip(left.grid.ys, right.grid.ys, strict=True)):
        return False
    if len(left.table.rows) != len(right.table.rows) or left.table.header_rows != right.table.header_rows:
        return False
    first = [row[0] for row in right.table.rows[right.table.header_rows :]]
    return 2 * sum(bool(cell.lines) and all(map(is_figure, cell.lines)) for cell in first) > len(first)


def _joined(left: _GridTable, right: _GridTable) -> _GridTable:
    rows = tuple((*row, *more) for row, more in zip(left.table.rows, right.table.rows, strict=True))
    grid = RuledGrid((*left.grid.xs, *right.grid.xs), left.grid.ys, ())  # no cells: only its places are asked for
    return _GridTable(grid, replace(left.table, rows=rows, x1=right.table.x1), [*left.phrases, *right.phrases])


def _tables_in_grids(phrases: Sequence[Phrase], rulings: Sequence[Ruling]) -> Iterator[_GridTable]:
    """The tables in grids, each by itself."""
    for bare in islice(grids_of(rulings), _MAX_GRIDS):
        inside = [phrase for phrase in phrases if _is_inside(phrase, bare)]
        if not inside:
            continue
        grid = with_divided_rows(bare, inside)
        contents = _contents(inside, grid)
        outside = [phrase for phrase in phrases if not _is_inside(phrase, grid)]
        if _is_table(grid, contents, outside):
            yield _GridTable(grid, _area(grid, contents, inside[0].page), inside)


def _is_inside(phrase: Phrase, grid: RuledGrid) -> bool:
    middle_x, middle_y = (phrase.x0 + phrase.x1) / 2, (phrase.y0 + phrase.y1) / 2
    return grid.xs[0] < middle_x < grid.xs[-1] and grid.ys[0] < middle_y < grid.ys[-1]


def _contents(phrases: Sequence[Phrase], grid: RuledGrid) -> _Contents:
    """What stands in each cell, line by line; a phrase over a border is split."""
    contents: _Contents = {}
    for phrase in phrases:
        by_cell: dict[GridCell, list[Word]] = {}
        for word in phrase.words:
            cell = grid.cell_at((word.x0 + word.x1) / 2, (word.y0 + word.y1) / 2)
            if cell is not None:
                by_cell.setdefault(cell, []).append(word)
        for cell, words in by_cell.items():
            line = phrase if len(words) == len(phrase.words) else phrase_of(words)
            contents.setdefault(cell, []).append(line)
    return contents


def _is_table(grid: RuledGrid, contents: _Contents, outside: Sequence[Phrase]) -> bool:
    """Whether a grid is a table, rather than a form, boxes around text, or the coloured rows of a larger table.

    Args:
        grid: the rulings.
        contents: what stands in its cells.
        outside: the other phrases of the page.
    """
    rows, columns = {cell.row for cell in contents}, {cell.column for cell in contents}
    if len(rows) < 2 or len(columns) < 2 or len(contents) < 4 or len(columns) < _MIN_FILLED_SHARE * grid.width:
        return False
    if len(grid.cells) < _MIN_CELL_SHARE * grid.height * grid.width or _has_stacked_rows(contents, grid):
        return False
    signs = sum(_holds_only_signs(contents, column) for column in range(grid.width))
    return signs <= _MAX_SIGN_SHARE * grid.width and not _goes_on_outside(grid, outside)


def _goes_on_outside(grid: RuledGrid, outside: Sequence[Phrase]) -> bool:
    """Whether lines of several parts stand right above or below a grid: then it is a part of a larger table."""
    left, right, top, bottom = grid.xs[0], grid.xs[-1], grid.ys[0], grid.ys[-1]
    beside = (phrase for phrase in outside if phrase.x1 > left and phrase.x0 < right)
    near = [
        phrase
        for phrase in beside
        if top - phrase.size < phrase.baseline < top or bottom < phrase.baseline < bottom + _NEXT_LINES * phrase.size
    ]
    return any(
        len(line.parts) > 1
        and (line.baseline < bottom + _NEXT_LINE * line.size or sum(map(is_figure, line.parts)) > 1)
        and any(_parts_at(left.x1, right.x0, grid) for left, right in pairwise(line.parts))
        for line in lines_of(near)
    )


def _parts_at(x0: float, x1: float, grid: RuledGrid) -> bool:
    """Whether a border between columns stands in a gap."""
    first = bisect_left(grid.xs, x0 - _AT_BORDER)
    return first < len(grid.xs) and grid.xs[first] < x1 + _AT_BORDER


def _has_stacked_rows(contents: _Contents, grid: RuledGrid) -> bool:
    """Whether rows have no rulings between them: figures stand below each other, and as many lines beside them.

    So do words, where all cells of a row have the same lines, and more than two.
    """
    if _has_even_lines(contents, grid):
        return True
    heights = Counter((cell.row, len(lines)) for cell, lines in contents.items() if len(lines) > 1)
    return any(
        heights[cell.row, len(lines)] > 1 and all(map(is_figure, lines))
        for cell, lines in contents.items()
        if len(lines) > 1
    )


def _has_even_lines(contents: _Contents, grid: RuledGrid) -> bool:
    """Whether one row has the same lines in all its cells, which don't fill them, and the others one line each."""
    rows: dict[int, list[GridCell]] = {}
    for cell in contents:
        rows.setdefault(cell.row, []).append(cell)
    high = [cells for cells in rows.values() if any(len(_baselines(contents[cell])) > 1 for cell in cells)]
    if len(high) != 1 or len(high[0]) < _MIN_EVEN_CELLS or len(rows) < 2:
        return False
    heights = {_baselines(contents[cell]) for cell in high[0]}
    if len(heights) > 1 or len(heights.pop()) < _MIN_EVEN_LINES:
        return False
    ends = [(contents[cell], grid.xs[cell.column + cell.columns]) for cell in high[0]]
    had_room = [is_free for lines, right in ends for is_free in _had_room(lines, right)]
    return 2 * sum(had_room) > len(had_room)


def _baselines(lines: Sequence[Phrase]) -> tuple[int, ...]:
    return tuple(sorted({round(line.baseline) for line in lines}))


def _had_room(lines: Sequence[Phrase], edge: float) -> Iterator[bool]:
    """For each line of a cell but the last, whether there was room for the first word of the next one."""
    for line, below in pairwise(lines):
        word = below.words[0]
        yield line.x1 + word.x1 - word.x0 < edge - line.size


def _holds_only_signs(contents: _Contents, column: int) -> bool:
    """Whether nothing but signs of figures stands in a column."""
    texts = [line.text for cell, lines in contents.items() if cell.column == column for line in lines]
    return bool(texts) and all(is_currency(text) or text in {")", "%", ")%"} for text in texts)


def _area(grid: RuledGrid, contents: _Contents, page: int) -> TableArea:
    by_row: dict[int, list[GridCell]] = {}
    for cell in grid.cells:
        by_row.setdefault(cell.row, []).append(cell)
    filled = [row for row in range(grid.height) if any(cell in contents for cell in by_row.get(row, ()))]
    rows = tuple(
        tuple(Cell(tuple(contents.get(cell, ())), _rows_left(cell, filled), cell.columns) for cell in by_row[row])
        for row in filled
    )
    return TableArea(page, grid.xs[0], grid.ys[0], grid.xs[-1], grid.ys[-1], rows, _count_header_rows(rows))


def _rows_left(cell: GridCell, filled: Sequence[int]) -> int:
    """How many of the rows with text, which are in order, a cell spans."""
    return max(1, bisect_left(filled, cell.row + cell.rows) - bisect_left(filled, cell.row))


def _count_header_rows(rows: Sequence[Sequence[Cell]]) -> int:
    """How many of the first rows name the columns: by their type, or as others have figures and they haven't."""
    most = min(_MAX_HEADER_ROWS, len(rows) - 1)
    fonts = [_font(row) for row in rows]
    usual = Counter(fonts[1:]).most_common(1)[0][0]
    are_usual = (font == usual or (index > 0 and usual in _fonts(rows[index])) for index, font in enumerate(fonts))
    count = next((index for index, is_usual in enumerate(are_usual) if is_usual), 0)
    if 0 < count <= most and _are_names(rows[:count]):
        return count
    with_figures = [index for index, row in enumerate(rows) if _has_figures(row)]
    if (
        len(with_figures) >= _FIGURE_ROWS_SHARE * (len(rows) - 1)
        and 0 < with_figures[0] <= most
        and _are_names(rows[: with_figures[0]])
    ):
        return with_figures[0]
    texts = [cell.text for cell in rows[0]]
    return int(fonts[0] is not None and is_header_row(texts) and not any(text.endswith(":") for text in texts))


def _font(row: Sequence[Cell]) -> Font | None:
    """The one font of all words of a row; None if there are several."""
    fonts = _fonts(row)
    return fonts.pop() if len(fonts) == 1 else None


def _fonts(row: Sequence[Cell]) -> set[Font]:
    return {word.font for cell in row for line in cell.lines for word in line.words}


def _are_names(rows: Sequence[Sequence[Cell]]) -> bool:
    """Whether rows hold no figures, and names for more than one column."""
    cells = [cell for row in rows for cell in row if cell.lines]
    return len(cells) > 1 and all(may_name_column(line) for cell in cells for line in cell.lines)


def _has_figures(row: Sequence[Cell]) -> bool:
    return any(cell.lines and all(map(is_figure, cell.lines)) for cell in row[1:])
