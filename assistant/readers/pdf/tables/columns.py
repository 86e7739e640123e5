"""The columns of a table without rulings: where its lines leave white strips between their parts."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import NamedTuple

from assistant.readers.pdf.geometry.phrases import phrase_of
from assistant.readers.pdf.page import Phrase, Word
from assistant.readers.pdf.tables.lines import SplitLine, joined
from assistant.readers.pdf.wording.figures import is_figure, is_year

_SIGN_WIDTHS = {"%": 0.8, ")": 0.3, "]": 0.3}  # in type sizes
_MIN_GAP = 0.1  # of the type size: between two columns
_BESIDE = 2.0  # type sizes between a column and its name
_NEAR = 0.8  # type sizes between columns that may be one
_RARE_SHARE = 0.34  # of the lines of a column: its neighbour, if fewer fill that, may be one with it
_CROSSING_SHARE = 0.1  # of the lines: so many may reach over the strip between two columns
_TOUCH = 0.2  # of the type size: a part that reaches so far into a column stands in it
_MIN_FULL = 3  # lines with something in each column: from so many on, they alone tell the columns
_WIDER = 1.2  # times other gaps: the least of a gap between the names of two columns
_WIDE_SPACE = 0.45  # of the type size: between two words of a part that may stand in two columns


class Zone(NamedTuple):
    """The width that the cells of a column take up."""

    x0: float
    x1: float

    @property
    def middle(self) -> float:
        """Half way between its edges."""
        return (self.x0 + self.x1) / 2


class GridPiece(NamedTuple):
    """What stands on one line of a cell, and the first and the last column that it reaches into."""

    first: int
    last: int
    phrase: Phrase


@dataclass(frozen=True, slots=True)
class GridLine:
    """A line of a table, by columns.

    Attributes:
        pieces: from left to right, no two in one column.
        line: as it stands on the page.
    """

    pieces: tuple[GridPiece, ...]
    line: SplitLine

    @property
    def label(self) -> Phrase | None:
        """What stands in the first column."""
        return self.pieces[0].phrase if self.pieces[0].first == 0 else None

    @property
    def values(self) -> tuple[GridPiece, ...]:
        """What stands in the other columns."""
        return self.pieces[self.pieces[0].first == 0 :]

    @property
    def has_figures_but_years(self) -> bool:
        """Whether a figure that is no year stands behind the first column."""
        return any(is_figure(piece.phrase) and not is_year(piece.phrase) for piece in self.values)

    @property
    def has_figures(self) -> bool:
        """Whether a figure stands behind the first column."""
        return any(is_figure(piece.phrase) for piece in self.values)


def zones_of(lines: Sequence[SplitLine]) -> list[Zone]:
    """The columns of some lines, from left to right.

    Where lines have figures, those before the first of them don't count: names of columns may go over several columns.
    """
    several = [line for line in lines if len(line.parts) > 1]
    with_figures = [index for index, line in enumerate(several) if any(map(is_figure, line.parts[1:]))]
    first = max(with_figures[0] if len(with_figures) > 1 else 0, _count_bold(several))
    telling = several[first:]
    if not telling:
        return []
    figure_lines = [several[index] for index in with_figures if index >= first]
    if len(figure_lines) > 1:
        sure = _covered_by(figure_lines)
        telling = [line for line in telling if not any(map(partial(_bridges, zones=sure), line.parts))] or figure_lines
    size = min(line.size for line in telling)
    zones = _covered_by(telling)
    most = max(len(line.parts) for line in telling)
    full = [line for line in telling if len(line.parts) == most]
    if len(full) >= max(_MIN_FULL, 0.5 * len(telling)) and len(zones) < most == len(_covered_by(full)):
        zones = _covered_by(full)  # but for a label that reaches into the next column, which is empty beside it
    zones = _with_near_joined(zones, telling, _NEAR * size)
    return _with_empty(zones, several[first - 1]) if first else zones


def _covered_by(lines: Sequence[SplitLine]) -> list[Zone]:
    """The columns of lines, by what stands in them alone."""
    size = min(line.size for line in lines)
    return _covered([part for line in lines for part in line.parts], int(_CROSSING_SHARE * len(lines)), size)


def _bridges(part: Phrase, zones: Sequence[Zone]) -> bool:
    """Whether a part reaches over several columns."""
    first, last = columns_of(part, zones)
    return first != last


def _with_near_joined(zones: Sequence[Zone], lines: Sequence[SplitLine], near: float) -> list[Zone]:
    """Columns in which neighbours are one if they are near each other, and no line fills both."""
    if not zones:
        return []
    filled = [{columns_of(part, zones)[0] for part in line.parts} for line in lines]
    counts = [sum(index in columns for columns in filled) for index in range(len(zones))]
    whole = [zones[0]]
    for index in range(1, len(zones)):
        fewer, more = sorted(counts[index - 1 : index + 1])
        is_rare = fewer < 2 or fewer < _RARE_SHARE * more
        both = is_rare and any({index - 1, index} <= columns for columns in filled)
        if is_rare and not both and zones[index].x0 - zones[index - 1].x1 < near:
            whole[-1] = Zone(whole[-1].x0, zones[index].x1)
        else:
            whole.append(zones[index])
    return whole


def _count_bold(lines: Sequence[SplitLine]) -> int:
    """How many of the first lines are bold, if most of the others aren't: they name the columns."""
    count = next((index for index, line in enumerate(lines) if not line.is_bold), 0)
    return count if sum(line.is_bold for line in lines[count:]) < 0.5 * (len(lines) - count) else 0


def _with_empty(zones: Sequence[Zone], names: SplitLine) -> list[Zone]:
    """Columns with those in which nothing but a name stands."""
    own = [Zone(part.x0, part.x1) for part in names.parts]
    if len(own) == len(zones) and all(
        _gap(zone, name) < _BESIDE * names.size for zone, name in zip(zones, own, strict=True)
    ):
        return list(zones)  # each has its name, which may stand beside it
    unnamed = [zone for zone in zones if len(union(own, [zone])) > len(own)]
    empty = [
        zone
        for zone in own
        if len(union(zones, [zone])) > len(zones) and not any(_gap(zone, other) < names.size for other in unnamed)
    ]
    return union(zones, empty) if len(own) > 2 else list(zones)


def _gap(zone: Zone, other: Zone) -> float:
    return max(zone.x0 - other.x1, other.x0 - zone.x1)


def _covered(parts: Sequence[Phrase], most_crossing: int, size: float) -> list[Zone]:
    """The strips that more than some parts stand in, where no narrow gap separates them."""
    extents = list(map(_extent, parts))
    edges = sorted([(x0, 1) for x0, _ in extents] + [(x1, -1) for _, x1 in extents])
    zones: list[Zone] = []
    depth, start = 0, 0.0
    for x, step in edges:
        if step > 0 and depth == most_crossing:
            start = x
        depth += step
        if step < 0 and depth == most_crossing and x > start:
            if zones and start - zones[-1].x1 < _MIN_GAP * size:
                start = zones.pop().x0
            zones.append(Zone(start, x))
    return zones


def _extent(part: Phrase) -> tuple[float, float]:
    """The left and right edge of a part; signs behind a figure hang over the edge of its column."""
    if not is_figure(part):
        return part.x0, part.x1
    text = part.words[-1].text
    hanging = sum(_SIGN_WIDTHS.get(sign, 0.0) for sign in text[len(text.rstrip("%)]")) :])
    return part.x0, max(part.x1 - hanging * part.size, part.x0 + 0.1 * part.size)


def union(zones: Sequence[Zone], others: Sequence[Zone]) -> list[Zone]:
    """The columns of two tables together: those that overlap are one."""
    merged: list[Zone] = []
    for zone in sorted([*zones, *others]):
        if merged and zone.x0 < merged[-1].x1:
            merged[-1] = Zone(merged[-1].x0, max(merged[-1].x1, zone.x1))
        else:
            merged.append(zone)
    return merged


def grid_line(line: SplitLine, zones: Sequence[Zone]) -> GridLine:
    """A line by columns: its parts are split where they stand in several, and joined where they stand in one."""
    by_columns: dict[tuple[int, int], list[Phrase]] = {}
    is_name = len(line.parts) == 1 and not is_figure(line.parts[0])
    reached = -1
    for part in line.parts:
        for phrase in _split(part, zones, may_be_name=is_name):
            first, last = columns_of(phrase, zones)
            if first <= reached and by_columns:  # it begins in the column of the one before
                (before, end), phrases = by_columns.popitem()
                by_columns[before, max(end, last)] = [*phrases, phrase]
            else:
                by_columns[first, last] = [phrase]
            reached = max(reached, last)
    return GridLine(
        tuple(GridPiece(first, last, joined(phrases)) for (first, last), phrases in by_columns.items()), line
    )


def columns_of(part: Phrase, zones: Sequence[Zone]) -> tuple[int, int]:
    """The first and the last column that a part of a line stands in; the nearest one if it stands in none."""
    first = bisect_left(zones, part.x0, key=lambda zone: zone.x1)
    last = bisect_right(zones, part.x1, key=lambda zone: zone.x0) - 1
    touched = [index for index in range(first, last + 1) if _touches(part, zones[index])]
    if touched:
        return touched[0], touched[-1]
    middle = (part.x0 + part.x1) / 2
    neighbours = range(max(0, min(first, last) - 1), min(len(zones), max(first, last) + 2))
    nearest = min(neighbours, key=lambda index: max(zones[index].x0 - middle, middle - zones[index].x1))
    return nearest, nearest


def _touches(part: Phrase, zone: Zone) -> bool:
    overlap = min(part.x1, zone.x1) - max(part.x0, zone.x0)
    return overlap > min(_TOUCH * part.size, 0.5 * (zone.x1 - zone.x0), 0.5 * (part.x1 - part.x0))


def _split(part: Phrase, zones: Sequence[Zone], *, may_be_name: bool) -> Iterator[Phrase]:
    """The pieces of a part that reaches over several columns, where its own gaps lie between these.

    Args:
        part: of a line.
        zones: the columns of the table.
        may_be_name: whether it stands alone on its line, and is no figure: it may be one name over several columns.
    """
    first, last = columns_of(part, zones)
    if first == last or len(part.words) < 2:
        yield part
        return
    ends = [index for index, word in enumerate(part.words, 1) if _ends_column(word, zones[first : last + 1])]
    if (
        len(ends) == last - first + 1
        and ends[-1] == len(part.words)
        and (not may_be_name or _are_wider(part.words, ends[:-1]))
    ):
        yield from (phrase_of(part.words[start:end]) for start, end in pairwise([0, *ends]))
        return
    gaps = [(left.x1, right.x0) for left, right in pairwise(zones[first : last + 1])]
    run: list[Word] = []
    for word in part.words:
        if run and _parts_cells(run[-1], word, gaps):
            yield phrase_of(run)
            run = []
        run.append(word)
    yield phrase_of(run)


def _are_wider(words: Sequence[Word], cuts: Sequence[int]) -> bool:
    """Whether the gaps at some places between words are wider than all others: else these are the words of one name."""
    gaps = [right.x0 - left.x1 for left, right in pairwise(words)]
    others = [gap for index, gap in enumerate(gaps, 1) if index not in cuts]
    return min((gaps[index - 1] for index in cuts), default=0.0) > _WIDER * max(others, default=0.0)


def _ends_column(word: Word, zones: Sequence[Zone]) -> bool:
    """Whether a word ends where a column does, as the names of columns of figures do."""
    return any(abs(word.x1 - zone.x1) < _TOUCH * word.size for zone in zones)


def _parts_cells(left: Word, right: Word, gaps: Sequence[tuple[float, float]]) -> bool:
    """Whether the gap between two words of a part lies between two columns, and is wider than a space."""
    width = right.x0 - left.x1
    if right.is_glued or width < _WIDE_SPACE * right.size:
        return False
    return any(min(right.x0, x1) - max(left.x1, x0) > 0.5 * min(width, x1 - x0) for x0, x1 in gaps)
