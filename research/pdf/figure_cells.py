"""Draws figures of tables from the words of pages alone, so that a table that a reader misses is drawn, too."""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from research.pdf.page_words import PageWord, lines_of

_FIGURE = re.compile(r"[$€£¥(]*[-–−]?\d[\d.,’']*%?\)?%?")
_SIGNS = re.compile(r"[$€£¥(]+|\)?%?\)?|\(\w{1,3}\)")  # which stand by a figure in words of their own
_MIN_FIGURES, _MIN_ROWS = 2, 3
_MIN_GAP = 0.8  # beside a figure that is a cell, in heights of its line
_MAX_LEADING = 4.0  # from one row to the next, in heights of their lines


class FigureRegion(NamedTuple):
    """Rows of figures below each other on a page."""

    page: int  # counted from 1
    rows: tuple[tuple[PageWord, ...], ...]


class DrawnCell(NamedTuple):
    """A figure that was drawn: its file, the page, counted from 1, and its words as they are printed."""

    file: Path
    page: int
    figure: PageWord


def figure_regions(pages: Sequence[list[PageWord]]) -> Iterator[FigureRegion]:
    """The regions of pages with at least three rows of at least two figures each that stand by themselves."""
    for number, words in enumerate(pages, 1):
        rows: list[tuple[PageWord, ...]] = []
        for line in [*lines_of(words), []]:
            figures = tuple(_cells_of(line))
            if figures and rows and figures[0].y0 - rows[-1][0].y1 > _MAX_LEADING * figures[0].height:
                yield from _region(number, rows)
                rows = []
            if len(figures) >= _MIN_FIGURES:
                rows.append(figures)
        yield from _region(number, rows)


def draw_cells(regions: Mapping[Path, Sequence[FigureRegion]], count: int, seed: int) -> list[DrawnCell]:
    """Draws figures: from each file as often as from the others, and each from another region while there are any."""
    chance = random.Random(seed)  # noqa: S311 — a draw that can be repeated
    shuffled = {file: chance.sample(list(found), len(found)) for file, found in sorted(regions.items()) if found}
    drawn: list[DrawnCell] = []
    turn = 0
    while shuffled and len(drawn) < count:
        for file, found in shuffled.items():
            region = found[turn % len(found)]
            figure = chance.choice(chance.choice(region.rows))
            drawn.append(DrawnCell(file, region.page, figure))
        turn += 1
    return drawn[:count]


def _region(page: int, rows: list[tuple[PageWord, ...]]) -> list[FigureRegion]:
    return [FigureRegion(page, tuple(rows))] if len(rows) >= _MIN_ROWS else []


def _cells_of(line: list[PageWord]) -> Iterator[PageWord]:
    """The figures of a line that are no part of its text: nothing but signs stands close to them."""
    for place, word in enumerate(line):
        if _FIGURE.fullmatch(word.text):
            before = next((other for other in reversed(line[:place]) if not _SIGNS.fullmatch(other.text)), None)
            after = next((other for other in line[place + 1 :] if not _SIGNS.fullmatch(other.text)), None)
            gap = _MIN_GAP * word.height
            if (before is None or word.x0 - before.x1 > gap) and (after is None or after.x0 - word.x1 > gap):
                yield word
