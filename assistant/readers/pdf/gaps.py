"""Which gaps between the words of a line are wide: the gaps between columns and cells."""

import statistics
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from assistant.readers.pdf.page import Ruling, Word

# In type sizes:
_LEAST_GAP = 0.35  # of a gap between columns
_NARROW_GAP = 0.7  # needs more lines with it
_WIDE_GAP = 1.3  # parts columns, if the line isn't set as wide everywhere
_SURELY_WIDE_GAP = 2.5
_NEAR_EDGE = 1.5  # how far from a gap that goes on the words of another line end or begin
_LINE_DISTANCE = 2.5  # lines further apart say nothing about each other's gaps

_ABOVE_USUAL = 1.4  # how many times the usual gap of its line a gap between columns is
_USUAL_REACH = 5  # gaps on each side, of which the usual one is told
_LINES_AROUND = 5  # above and below, that are looked at
_LEAST_LINES, _LEAST_LINES_IF_NARROW = 3, 5  # of these in which a gap goes on, if it parts columns

_RULING_BAND = 24.0  # points: rulings are looked up by bands of the page of this height


@dataclass(frozen=True, slots=True)
class WordRow:
    """The words on one baseline.

    Attributes:
        words: from left to right.
        baseline: of the first one.
        starts: their left edges.
        ends: how far right each and those before it reach.
    """

    words: Sequence[Word]
    baseline: float
    starts: Sequence[float]
    ends: Sequence[float]


class RulingIndex:
    """The vertical rulings of a page, by its bands."""

    def __init__(self, rulings: Sequence[Ruling]) -> None:
        self._by_band: dict[int, list[Ruling]] = {}
        for ruling in sorted(ruling for ruling in rulings if ruling.y1 - ruling.y0 > ruling.x1 - ruling.x0):
            for band in range(int(ruling.y0 // _RULING_BAND), int(ruling.y1 // _RULING_BAND) + 1):
                self._by_band.setdefault(band, []).append(ruling)

    def is_between(self, left: Word, right: Word) -> bool:
        """Whether a ruling stands between two words of a line."""
        if not self._by_band:
            return False
        middle = left.baseline - 0.3 * left.size
        rulings = self._by_band.get(int(middle // _RULING_BAND), [])
        first = bisect_left(rulings, left.x1 - 0.1 * left.size, key=lambda ruling: ruling.x0)
        for ruling in rulings[first:]:
            if ruling.x0 > right.x0 + 0.1 * right.size:
                return False
            if ruling.y0 <= middle <= ruling.y1:
                return True
        return False


def word_row(words: Sequence[Word]) -> WordRow:
    """Words on one baseline, from left to right, as a row."""
    return WordRow(
        words,
        words[0].baseline,
        [word.x0 for word in words],
        list(accumulate((word.x1 for word in words), max)),
    )


def wide_gaps(rows: Sequence[WordRow], number: int, rulings: RulingIndex) -> Iterator[int]:
    """The places of the words of a row before which there is a wide gap.

    Args:
        rows: of a page, from top to bottom.
        number: the row's place among them.
        rulings: the page's.
    """
    row = rows[number]
    gaps = [max(0.0, right.x0 - left_end) for right, left_end in zip(row.words[1:], row.ends, strict=False)]
    for place, gap in enumerate(gaps, 1):
        left, right = row.words[place - 1], row.words[place]
        if right.is_glued:
            continue
        size = min(left.size, right.size)
        if (gap > _LEAST_GAP * size and _is_wide(rows, number, place, gaps, size)) or rulings.is_between(left, right):
            yield place


def _is_wide(rows: Sequence[WordRow], number: int, place: int, gaps: Sequence[float], size: float) -> bool:
    """Whether a gap is wide, by its size, its line's other gaps, and the lines above and below."""
    gap = gaps[place - 1]
    if gap > _SURELY_WIDE_GAP * size:
        return True
    usual_gap = statistics.median_low(gaps[max(0, place - 1 - _USUAL_REACH) : place + _USUAL_REACH])
    stands_out = gap > _ABOVE_USUAL * usual_gap
    if gap > _WIDE_GAP * size:
        return stands_out or _lines_with_gap(rows, number, place, size) > 0
    least_lines = _LEAST_LINES if gap > _NARROW_GAP * size else _LEAST_LINES_IF_NARROW
    return stands_out and _lines_with_gap(rows, number, place, size) >= least_lines


def _lines_with_gap(rows: Sequence[WordRow], number: int, place: int, size: float) -> int:
    """In how many of the lines above and below a gap goes on."""
    return sum(_lines_with_gap_towards(rows, number, place, size, step) for step in (-1, 1))


def _lines_with_gap_towards(rows: Sequence[WordRow], number: int, place: int, size: float, step: int) -> int:
    """In how many lines above (step -1) or below (1) a gap goes on."""
    left, right = rows[number].ends[place - 1], rows[number].starts[place]
    lines, last = 0, rows[number]
    for other in range(number + step, number + step * (_LINES_AROUND + 1), step):
        if not 0 <= other < len(rows):
            break
        row = rows[other]
        if abs(row.baseline - last.baseline) > _LINE_DISTANCE * size:
            break
        last = row
        after = bisect_right(row.starts, (left + right) / 2)
        left_end = row.ends[after - 1] if after else float("-inf")
        right_start = row.starts[after] if after < len(row.starts) else float("inf")
        if min(right, right_start) - max(left, left_end) < _LEAST_GAP * size:
            break
        lines += left - left_end < _NEAR_EDGE * size or right_start - right < _NEAR_EDGE * size
        left, right = max(left, left_end), min(right, right_start)
    return lines
