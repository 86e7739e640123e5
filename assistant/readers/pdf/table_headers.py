"""The lines that name the columns of a table: names over several lines, and names that go over several columns."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from assistant.readers.pdf.page import Cell, Phrase, Ruling
from assistant.readers.pdf.table_columns import GridLine, Piece, Zone
from assistant.readers.pdf.table_lines import is_figure

_MOST_LEVELS = 6  # of names above each other
_YEAR = re.compile(r"\(?(19|20)\d\d([-/\u2013]\d{2,4})?\)?[*†‡]?(\(\w\))?")
_DATE = re.compile(r"\d{1,4}([./-])\d{1,2}\1\d{2,4}")


@dataclass(frozen=True, slots=True)
class _Name:
    """A name of some columns."""

    first: int
    last: int
    lines: tuple[Phrase, ...]


def count_header_lines(lines: Sequence[GridLine]) -> int:
    """How many of the first lines name the columns: those before the first with a figure, or with a label alone."""
    count = 0
    while count < len(lines) and _names_columns(lines[count], lines[count - 1] if count else None):
        count += 1
    if count < len(lines):
        return count
    return _count_set_off(lines)


def _names_columns(line: GridLine, above: GridLine | None) -> bool:
    """Whether a line names columns; the first one, or one below a line that does."""
    values = [piece.phrase for piece in line.values]
    if not values:
        return False
    if all(map(may_name_column, values)):
        return True
    has_words = not all(map(is_figure, values))
    return has_words and above is not None and (line.label is None or (line.line.is_bold and above.line.is_bold))


def may_name_column(phrase: Phrase) -> bool:
    """Whether a cell may name a column: words, a year or a date, but no other figure."""
    text = "".join(word.text for word in phrase.words if not word.rise)
    return not is_figure(phrase) or _YEAR.fullmatch(text) is not None or _DATE.fullmatch(text) is not None


def _count_set_off(lines: Sequence[GridLine]) -> int:
    """How many of the first lines of a table without figures are bold, where none of the next ones is."""
    count = next((place for place, line in enumerate(lines) if not line.line.is_bold), 0)
    return 0 if any(line.line.is_bold for line in lines[count:]) else count


def spans_of(line: GridLine, zones: Sequence[Zone], underlines: Sequence[Ruling], *, is_last: bool) -> GridLine:
    """A line of the header, each name over the columns that it goes over.

    Args:
        line: of the header.
        zones: the columns of the table.
        underlines: the rulings between this line and the next.
        is_last: whether it is the lowest line of the header.
    """
    if len(line.values) == len(zones) - 1 or len(line.pieces) == len(zones):
        places = range(len(zones) - len(line.pieces), len(zones))
        return replace(
            line, pieces=tuple(Piece(at, at, piece.phrase) for at, piece in zip(places, line.pieces, strict=True))
        )
    pieces: list[Piece] = []
    for place, piece in enumerate(line.pieces):
        left = pieces[-1].last + 1 if pieces else 0
        right = line.pieces[place + 1].first - 1 if place + 1 < len(line.pieces) else len(zones) - 1
        pieces.append(_span(piece, zones, (left, max(right, left)), _under(piece, line, underlines), is_last=is_last))
    return replace(line, pieces=tuple(pieces))


def _under(piece: Piece, line: GridLine, underlines: Sequence[Ruling]) -> Ruling | None:
    """The ruling under a name, if no other name stands over it."""
    for ruling in underlines:
        over = [other for other in line.pieces if min(other.phrase.x1, ruling.x1) > max(other.phrase.x0, ruling.x0)]
        if over == [piece]:
            return ruling
    return None


def _span(
    piece: Piece, zones: Sequence[Zone], limits: tuple[int, int], under: Ruling | None, *, is_last: bool
) -> Piece:
    """A name over the columns that it goes over: those that it is centred over, or that the ruling under it covers."""
    phrase = piece.phrase
    left, right = limits
    if under is not None:
        covered = [at for at in range(left, right + 1) if under.x0 - 1 < zones[at].middle < under.x1 + 1]
        if covered:
            return Piece(covered[0], covered[-1], phrase)
    middle, slack = (phrase.x0 + phrase.x1) / 2, 0.7 * phrase.size
    first, last = max(piece.first, left), min(max(piece.last, left), right)
    single = min(range(first, last + 1), key=lambda at: misfit(phrase, zones[at]), default=left)
    if (
        is_last
        or (misfit(phrase, zones[single]) < slack and abs(middle - _middle(zones, first, last)) > slack)
        or first == last == 0
    ):
        return Piece(single, single, phrase)
    widest = (single, single)
    if misfit(phrase, zones[single]) > slack:
        widest = (first, last)
    start, end = first, last
    while start >= max(left, 1) and end <= right:
        if abs(middle - _middle(zones, start, end)) < slack:
            widest = (start, end)
        start, end = start - 1, end + 1
    return Piece(*widest, phrase)


def _middle(zones: Sequence[Zone], first: int, last: int) -> float:
    return (zones[first].x0 + zones[last].x1) / 2


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
    lowest: list[int | None] = [None] * width  # for each column the place of its lowest name so far
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


def _goes_on(name: _Name, piece: Piece, rulings: Sequence[Ruling]) -> bool:
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
        _joined([ruling for ruling in rulings if upper - 0.1 * size < ruling.y0 < lower - 0.4 * size])
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
