"""The names of columns: over several lines, and over several columns."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from assistant.readers.pdf.page import Cell, Phrase, Ruling
from assistant.readers.pdf.tables.columns import GridLine, GridPiece, Zone

_SAME_MIDDLE = 0.6  # of the type size: twice the distance by which the middles of two lines of a name may differ
_NEXT_LINE = 1.5  # type sizes between two lines of a name
_SAME_END = 1.0  # of the type size: how far the columns of names may end from the ruling below all of them


@dataclass(frozen=True, slots=True)
class _Name:
    """A name of some columns."""

    first: int
    last: int
    lines: tuple[Phrase, ...]


def spans_of(lines: Sequence[GridLine], zones: Sequence[Zone], ruled: Sequence[Sequence[Ruling]]) -> list[GridLine]:
    """The lines of a header, each name over the columns that it goes over.

    Args:
        lines: from top to bottom.
        zones: the columns of the table.
        ruled: for each line the rulings between it and the next.
    """
    spanned: list[GridLine] = []
    widths = [[zone] for zone in zones]  # of each column: that of its cells, and those of its lower names
    for line, underlines in zip(reversed(lines), reversed(ruled), strict=True):
        named = {column for lower in spanned for piece in lower.pieces for column in range(piece.first, piece.last + 1)}
        below = _Below(underlines, _next_names(line, spanned), named - {0})
        pieces = _spanned(line, zones, widths, below, is_last=not spanned)
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


class _Below(NamedTuple):
    """What stands below a line of the header."""

    rulings: Sequence[Ruling]  # right below it
    names: Sequence[GridPiece]  # on the next lines
    named: AbstractSet[int]  # the columns with names, but for that of the labels


class _Fit(NamedTuple):
    """How a name may stand over columns: over one, over several, or either."""

    single: GridPiece
    span: GridPiece | None
    is_sure: bool  # that it is one of the two only


def _spanned(
    line: GridLine,
    zones: Sequence[Zone],
    widths: Sequence[Sequence[Zone]],
    below: _Below,
    *,
    is_last: bool,
) -> list[GridPiece]:
    """The names on a line. One that may stand over one column or over several does as the others on the line do."""
    if len(line.values) == len(zones) - 1 or len(line.pieces) == len(zones):
        indices = range(len(zones) - len(line.pieces), len(zones))
        return [GridPiece(column, column, piece.phrase) for column, piece in zip(indices, line.pieces, strict=True)]
    fits: list[_Fit] = []
    taken = 0
    for index, piece in enumerate(line.pieces):
        after = line.pieces[index + 1].first if index + 1 < len(line.pieces) else len(zones)
        columns = range(min(taken, len(zones) - 1), max(after, taken + 1, 1))
        under = _under(piece, line, below.rulings)
        lower = next(
            (name for name in below.names if under is None and _is_upper_line(piece.phrase, name.phrase)), None
        )
        if lower is None:
            fits.append(_fit(piece, zones, widths, columns[: len(zones) - columns.start], under))
        else:
            name = lower._replace(phrase=piece.phrase)
            fits.append(_Fit(name, name if name.first < name.last else None, is_sure=True))
        taken = fits[-1].single.last + 1
    are_singles = any(fit.is_sure and fit.span is None and fit.single.first in below.named for fit in fits)
    are_spans = not are_singles and _cover_all([fit.span for fit in fits if fit.span], below.named)
    pieces: list[GridPiece] = []
    for fit in fits:
        is_span = fit.span is not None and not is_last and (are_spans or fit.is_sure)
        piece = fit.span if fit.span is not None and is_span else fit.single
        first = max(piece.first, pieces[-1].last + 1 if pieces else 0)
        pieces.append(piece._replace(first=first, last=max(piece.last, first)))
    return [piece for piece in pieces if piece.first < len(zones)]


def _is_upper_line(upper: Phrase, lower: Phrase) -> bool:
    """Whether a phrase stands in the middle above another, as the line of a name above its next one does."""
    return abs(upper.x0 + upper.x1 - lower.x0 - lower.x1) < _SAME_MIDDLE * upper.size


def _cover_all(spans: Sequence[GridPiece], columns: AbstractSet[int]) -> bool:
    """Whether spans cover all of some columns."""
    return columns <= {column for span in spans for column in range(span.first, span.last + 1)}


def _under(piece: GridPiece, line: GridLine, underlines: Sequence[Ruling]) -> Ruling | None:
    """The ruling under a name; if other names stand over it, the part that the name is in the middle of."""
    for ruling in underlines:
        over = [other for other in line.pieces if min(other.phrase.x1, ruling.x1) > max(other.phrase.x0, ruling.x0)]
        if over == [piece]:
            return ruling
        if piece in over and (parts := _shared(ruling, over)):
            return parts[over.index(piece)]
    return None


def _shared(ruling: Ruling, names: Sequence[GridPiece]) -> list[Ruling]:
    """The parts of a ruling such that each name is in the middle of its own; none if there are no such parts."""
    parts: list[Ruling] = []
    start = ruling.x0
    for name in names:
        end = name.phrase.x0 + name.phrase.x1 - start
        if end < name.phrase.x1:
            return []
        parts.append(ruling._replace(x0=start, x1=end))
        start = end
    return parts if abs(start - ruling.x1) < _SAME_END * names[-1].phrase.size else []


def _fit(
    piece: GridPiece, zones: Sequence[Zone], widths: Sequence[Sequence[Zone]], columns: range, under: Ruling | None
) -> _Fit:
    """Which columns a name may go over: those that it is centred over, or that the ruling under it covers."""
    phrase = piece.phrase
    if under is not None:
        covered = [column for column in columns if under.x0 - 1 < zones[column].middle < under.x1 + 1]
        if covered:
            name = GridPiece(covered[0], covered[-1], phrase)
            return _Fit(name, name if len(covered) > 1 else None, is_sure=True)
    middle, slack = (phrase.x0 + phrase.x1) / 2, 0.7 * phrase.size
    first, last = (min(max(column, columns.start), columns.stop - 1) for column in (piece.first, piece.last))
    misfits = {column: min(misfit(phrase, zone) for zone in widths[column]) for column in range(first, last + 1)}
    best = min(misfits, key=lambda column: misfits[column])
    fits_single = misfits[best] < slack or first == last == 0
    span = None if fits_single else GridPiece(*_reached(phrase, zones, first, last, columns), phrase)
    start, end = first, last
    whole = range(max(columns.start, 1), columns.stop)
    if len(whole) > 1 and min(abs(middle - other) for other in _middles(widths, whole[0], whole[-1])) < slack:
        span = GridPiece(whole[0], whole[-1], phrase)
    while start >= max(columns.start, 1) and end < columns.stop:
        off = min((middle - other for other in _middles(widths, start, end)), key=abs)
        if start < end and abs(off) < slack:
            span = GridPiece(start, end, phrase)
        start, end = start - (off < slack), end + (off > -slack)
    if span is not None and span.first == span.last:
        span = None
    return _Fit(GridPiece(best, best, phrase), span, is_sure=span is None or not fits_single)


def _reached(phrase: Phrase, zones: Sequence[Zone], first: int, last: int, columns: range) -> tuple[int, int]:
    """Columns with the neighbours whose figures stand at the far edge, so that a name ends in the space before them."""
    if last + 1 < columns.stop and phrase.x1 - zones[last].x1 > 0.5 * (zones[last + 1].x0 - zones[last].x1):
        last += 1
    if first - 1 >= max(columns.start, 1) and zones[first].x0 - phrase.x0 > 0.5 * (
        zones[first].x0 - zones[first - 1].x1
    ):
        first -= 1
    return first, last


def _middles(widths: Sequence[Sequence[Zone]], first: int, last: int) -> tuple[float, float]:
    """The middle of some columns, by their cells and by their names."""
    by_names = min(zone.x0 for zone in widths[first]) + max(zone.x1 for zone in widths[last])
    return (widths[first][0].x0 + widths[last][0].x1) / 2, by_names / 2


def misfit(phrase: Phrase, zone: Zone) -> float:
    """By how much a phrase is out of line with a column, in points: at its left or right edge, or in the middle."""
    middle = (phrase.x0 + phrase.x1) / 2
    return min(abs(phrase.x0 - zone.x0), abs(phrase.x1 - zone.x1), abs(middle - zone.middle))


def header_rows(lines: Sequence[GridLine], width: int, ruled: Sequence[Sequence[Ruling]]) -> list[tuple[Cell, ...]]:
    """The rows of a header: lines that make up one name are one cell.

    Args:
        lines: of the header, each name over its columns.
        width: the number of columns.
        ruled: for each line the rulings between it and the next.
    """
    names: list[_Name] = []
    lowest: list[int | None] = [None] * width  # for each column the index of its lowest name so far
    for number, line in enumerate(lines):
        for piece in line.pieces:
            columns = range(piece.first, piece.last + 1)
            above = lowest[piece.first]
            if above is not None and _goes_on(names[above], piece, ruled[number - 1] if number else ()):
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
            [ruling for ruling in rulings if upper - 0.1 * size < ruling.y0 < max(lower, upper + size) - 0.4 * size]
        )
        for upper, lower in pairwise(baselines)
    ]


def _joined(rulings: Sequence[Ruling]) -> list[Ruling]:
    """Rulings that go on with each other as one."""
    whole: list[Ruling] = []
    for ruling in sorted(rulings):
        if whole and ruling.x0 - whole[-1].x1 < 0.7 and abs(ruling.y0 - whole[-1].y0) < 1.5:
            whole[-1] = whole[-1]._replace(x1=max(whole[-1].x1, ruling.x1))
        else:
            whole.append(ruling)
    return whole
