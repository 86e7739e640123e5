"""The names of columns: over several lines, and over several columns."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import pairwise

from assistant.readers.pdf.page import Cell, Phrase, Ruling
from assistant.readers.pdf.tables.columns import GridLine, GridPiece, Zone
from assistant.readers.pdf.tables.name_fits import Below, fits_of, spans_over_repeats

_NEXT_LINE = 1.5  # type sizes between two lines of a name
_ABOVE_BASELINE, _BELOW_TOP = 0.1, 0.4  # of the type size: how far rulings may reach into the lines that they separate
_MAX_RULING_GAP, _SAME_HEIGHT = 0.7, 1.5  # points between the parts of one ruling: along it, and across it


@dataclass(frozen=True, slots=True)
class _Name:
    """A name of some columns."""

    first: int
    last: int
    lines: tuple[Phrase, ...]


def spans_of(
    lines: Sequence[GridLine], zones: Sequence[Zone], rulings_below: Sequence[Sequence[Ruling]]
) -> list[GridLine]:
    """The lines of a header, each name over the columns that it goes over.

    Args:
        lines: from top to bottom.
        zones: the columns of the table.
        rulings_below: for each line the rulings between it and the next.
    """
    spanned: list[GridLine] = []
    widths = [[zone] for zone in zones]  # of each column: that of its cells, and those of its lower names
    for line, underlines in zip(reversed(lines), reversed(rulings_below), strict=True):
        named = {column for lower in spanned for piece in lower.pieces for column in range(piece.first, piece.last + 1)}
        below = Below(underlines, _next_names(line, spanned), named - {0})
        over_repeats = spans_over_repeats(line, spanned[0], zones) if spanned else []
        labels = list(line.pieces[: len(line.pieces) - len(line.values)])
        pieces = [*labels, *over_repeats] if over_repeats else _spanned(line, zones, widths, below, is_last=not spanned)
        for piece in pieces:
            if piece.first == piece.last:
                widths[piece.first].append(Zone(piece.phrase.x0, piece.phrase.x1))
        spanned.append(replace(line, pieces=tuple(pieces)))
    return spanned[::-1]


def _next_names(line: GridLine, below: Sequence[GridLine]) -> list[GridPiece]:
    """The names that a line may go on in, the nearest first: on the lines right below it, but for the last.

    The names of the last line are those of single columns, and a name over several may be in the middle above one.

    Args:
        line: of the header.
        below: the lines below it, from the bottom.
    """
    return [
        piece
        for lower in reversed(below[1:])
        if lower.line.baseline - line.line.baseline < _NEXT_LINE * line.line.size
        for piece in lower.pieces
    ]


def _spanned(
    line: GridLine,
    zones: Sequence[Zone],
    widths: Sequence[Sequence[Zone]],
    below: Below,
    *,
    is_last: bool,
) -> list[GridPiece]:
    """The names on a line, over their columns.

    Where there is a name for each column, with or without that of the labels, each stands over its own. A name that may
    stand over one column or over several does as the others on the line do.

    Args:
        line: of the header.
        zones: the columns of the table.
        widths: of each column: that of its cells, and those of its lower names.
        below: what stands below the line.
        is_last: whether it is the last line of the header, whose names are those of single columns.
    """
    if len(line.values) == len(zones) - 1 or len(line.pieces) == len(zones):
        indices = range(len(zones) - len(line.pieces), len(zones))
        return [GridPiece(column, column, piece.phrase) for column, piece in zip(indices, line.pieces, strict=True)]
    fits = fits_of(line, zones, widths, below)
    are_singles = any(fit.is_sure and fit.span is None and fit.single.first in below.named_columns for fit in fits)
    are_spans = not are_singles and _cover_all([fit.span for fit in fits if fit.span], below.named_columns)
    are_spans = are_spans or _reaches_over_columns(line)
    pieces: list[GridPiece] = []
    for fit in fits:
        is_span = fit.span is not None and not is_last and (are_spans or fit.is_sure)
        piece = fit.span if fit.span is not None and is_span else fit.single
        first = max(piece.first, pieces[-1].last + 1 if pieces else 0)
        pieces.append(piece._replace(first=first, last=max(piece.last, first)))
    return [piece for piece in pieces if piece.first < len(zones)]


def _reaches_over_columns(line: GridLine) -> bool:
    """Whether one name stands alone on a line, and reaches into several columns."""
    return len(line.pieces) == 1 and line.pieces[0].first < line.pieces[0].last


def _cover_all(spans: Sequence[GridPiece], columns: AbstractSet[int]) -> bool:
    """Whether spans cover all of some columns."""
    return columns <= {column for span in spans for column in range(span.first, span.last + 1)}


def header_rows(
    lines: Sequence[GridLine], width: int, rulings_below: Sequence[Sequence[Ruling]]
) -> list[tuple[Cell, ...]]:
    """The rows of a header: lines that make up one name are one cell.

    Args:
        lines: of the header, each name over its columns.
        width: the number of columns.
        rulings_below: for each line the rulings between it and the next.
    """
    names: list[_Name] = []
    lowest: list[int | None] = [None] * width  # for each column the index of its lowest name so far
    for number, line in enumerate(lines):
        for piece in line.pieces:
            columns = range(piece.first, piece.last + 1)
            above = lowest[piece.first]
            if above is not None and _goes_on(names[above], piece, rulings_below[number - 1] if number else ()):
                names[above] = replace(names[above], lines=(*names[above].lines, piece.phrase))
                continue
            names.append(_Name(piece.first, piece.last, (piece.phrase,)))
            for column in columns:
                lowest[column] = len(names) - 1
    return _rows_of(names, width)


def _goes_on(name: _Name, piece: GridPiece, rulings: Sequence[Ruling]) -> bool:
    """Whether a piece is the next line of a name: over the same columns, and no ruling between."""
    if (name.first, name.last) != (piece.first, piece.last):
        return False
    if piece.first == 0:
        return True
    middle = (piece.phrase.x0 + piece.phrase.x1) / 2
    return not any(ruling.x0 < middle < ruling.x1 for ruling in rulings)


def _rows_of(names: Sequence[_Name], width: int) -> list[tuple[Cell, ...]]:
    """Names by levels, the lowest of each column in the last row."""
    heights = [0] * width  # for each column how many levels are taken, from below
    levels: dict[int, list[_Name]] = {}
    for name in reversed(names):
        level = max(heights[name.first : name.last + 1])
        levels.setdefault(level, []).append(name)
        heights[name.first : name.last + 1] = [level + 1] * (name.last + 1 - name.first)
    return [_row(levels[level], width) for level in sorted(levels, reverse=True)]


def _row(names: Sequence[_Name], width: int) -> tuple[Cell, ...]:
    cells: list[Cell] = []
    column = 0
    for name in sorted(names, key=lambda name: name.first):
        cells += [Cell()] * (name.first - column)
        cells.append(Cell(name.lines, columns=name.last + 1 - name.first))
        column = name.last + 1
    return (*cells, *[Cell()] * (width - column))


def rulings_between(lines: Sequence[GridLine], below: float, rulings: Sequence[Ruling]) -> list[list[Ruling]]:
    """For each line the horizontal rulings between its baseline and the next line's letters.

    Args:
        lines: from top to bottom.
        below: the baseline of what follows the last of them.
        rulings: the page's, by height.
    """
    baselines = [*(line.line.baseline for line in lines), below]
    size = lines[0].line.size if lines else 0.0
    return [
        _joined(
            [
                ruling
                for ruling in rulings
                if upper - _ABOVE_BASELINE * size < ruling.y0 < max(lower, upper + size) - _BELOW_TOP * size
            ]
        )
        for upper, lower in pairwise(baselines)
    ]


def _joined(rulings: Sequence[Ruling]) -> list[Ruling]:
    """Rulings that go on with each other as one."""
    whole: list[Ruling] = []
    for ruling in sorted(rulings):
        if whole and ruling.x0 - whole[-1].x1 < _MAX_RULING_GAP and abs(ruling.y0 - whole[-1].y0) < _SAME_HEIGHT:
            whole[-1] = whole[-1]._replace(x1=max(whole[-1].x1, ruling.x1))
        else:
            whole.append(ruling)
    return whole
