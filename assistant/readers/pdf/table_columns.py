"""The columns of a table without rulings: where its lines leave white strips between their parts."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from assistant.readers.pdf.page import Phrase, Word
from assistant.readers.pdf.phrases import phrase_of
from assistant.readers.pdf.table_lines import Line, is_figure

_LEAST_GAP = 0.3  # of the type size: between two columns
_CROSSING_SHARE = 0.1  # of the lines, how many may reach over the strip between two columns


class Zone(NamedTuple):
    """The width that the cells of a column take up."""

    x0: float
    x1: float


def zones_of(lines: Sequence[Line]) -> list[Zone]:
    """The columns of some lines, from left to right.

    Lines with figures tell where the columns are, if there are any: names of columns may go over several.
    """
    several = [line for line in lines if len(line.parts) > 1]
    with_figures = [line for line in several if has_figures(line)]
    telling = with_figures if len(with_figures) > 1 else several
    if not telling:
        return []
    size = min(line.size for line in telling)
    return _covered([part for line in telling for part in line.parts], int(_CROSSING_SHARE * len(telling)), size)


def has_figures(line: Line) -> bool:
    """Whether a line has a figure behind its first part."""
    return any(map(is_figure, line.parts[1:]))


def _covered(parts: Sequence[Phrase], most_crossing: int, size: float) -> list[Zone]:
    """The strips that more than some parts stand in, where no narrow gap parts them."""
    edges = sorted([(part.x0, 1) for part in parts] + [(part.x1, -1) for part in parts])
    zones: list[Zone] = []
    depth, start = 0, 0.0
    for x, step in edges:
        if step > 0 and depth == most_crossing:
            start = x
        depth += step
        if step < 0 and depth == most_crossing and x > start:
            if zones and start - zones[-1].x1 < _LEAST_GAP * size:
                start = zones.pop().x0
            zones.append(Zone(start, x))
    return zones


def columns_of(part: Phrase, zones: Sequence[Zone]) -> tuple[int, int]:
    """The first and the last column that a part of a line stands in."""
    slack = 0.2 * part.size
    touched = [
        place
        for place, zone in enumerate(zones)
        if min(part.x1, zone.x1) - max(part.x0, zone.x0)
        > min(slack, 0.5 * (zone.x1 - zone.x0), 0.5 * (part.x1 - part.x0))
    ]
    if touched:
        return touched[0], touched[-1]
    middle = (part.x0 + part.x1) / 2
    nearest = min(range(len(zones)), key=lambda place: max(zones[place].x0 - middle, middle - zones[place].x1))
    return nearest, nearest


def split_at_zones(part: Phrase, zones: Sequence[Zone]) -> Iterator[Phrase]:
    """The pieces of a part that reaches over several columns, where its own gaps lie between these."""
    first, last = columns_of(part, zones)
    if first == last or len(part.words) < 2:
        yield part
        return
    gaps = [(left.x1, right.x0) for left, right in pairwise(zones[first : last + 1])]
    run: list[Word] = []
    for word in part.words:
        if run and _parts_cells(run[-1], word, gaps):
            yield phrase_of(run)
            run = []
        run.append(word)
    yield phrase_of(run)


def _parts_cells(left: Word, right: Word, gaps: Sequence[tuple[float, float]]) -> bool:
    """Whether the gap between two words of a part lies between two columns, and is wider than a space."""
    if right.is_glued or right.x0 - left.x1 < 0.45 * right.size:
        return False
    return any(min(right.x0, x1) - max(left.x1, x0) > 0.5 * min(right.x0 - left.x1, x1 - x0) for x0, x1 in gaps)
