"""Which gaps between the words of a line are wide: the gaps between columns and cells."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import inf
from typing import NamedTuple

from assistant.readers.pdf.page import Ruling, Word

# In type sizes:
_MIN_GAP = 0.35  # of a gap between columns
_NARROW_GAP = 0.7  # a narrower one must go on over more lines
_WIDE_GAP = 1.3  # separates columns, if the line isn't set as wide everywhere
_SURELY_WIDE_GAP = 2.5  # separates columns, whatever stands around it
_NEAR_EDGE = 1.5  # from a gap to the words of another line in which it goes on
_LINE_DISTANCE = 2.5  # lines further apart say nothing about each other's gaps

_ABOVE_USUAL = 1.4  # how many times the usual gap of its line a gap between columns is
_USUAL_REACH = 5  # gaps on each side, among which the median is the usual one
_LINES_AROUND = 5  # above and below, that are looked at
_ROWS_AROUND = 15  # among which these are looked for: some rows hold nothing but words of columns further off
_MIN_LINES, _MIN_LINES_IF_NARROW = 3, 5  # in which a gap goes on, for it to part columns
_MIN_LINES_TO_THE_END = 2  # the same, for a gap that goes on to the end of the text

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
        for ruling in sorted(ruling for ruling in rulings if not ruling.is_horizontal):
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


def wide_gaps(rows: Sequence[WordRow], row_index: int, rulings: RulingIndex) -> Iterator[int]:
    """The indices of the words of a row before which there is a wide gap.

    Args:
        rows: of a page, from top to bottom.
        row_index: of the row among them.
        rulings: the page's.
    """
    row = rows[row_index]
    gaps = [max(0.0, right.x0 - left_end) for right, left_end in zip(row.words[1:], row.ends, strict=False)]
    for word_index, (gap, (left, right)) in enumerate(zip(gaps, pairwise(row.words), strict=True), 1):
        if right.is_glued:
            continue
        size = min(right.size, left.size)
        if (gap > _MIN_GAP * size and _is_wide(rows, row_index, word_index, gaps, size)) or rulings.is_between(
            left, right
        ):
            yield word_index


def _is_wide(rows: Sequence[WordRow], row_index: int, word_index: int, gaps: Sequence[float], size: float) -> bool:
    """Whether a gap is wide, by its size, the other gaps of its line, and the lines above and below."""
    gap = gaps[word_index - 1]
    if gap > _SURELY_WIDE_GAP * size:
        return True
    near = sorted(gaps[max(0, word_index - 1 - _USUAL_REACH) : word_index + _USUAL_REACH])
    usual_gap = near[(len(near) - 1) // 2]  # the lower of two in the middle
    stands_out = gap > _ABOVE_USUAL * usual_gap
    if stands_out and gap > _WIDE_GAP * size:
        return True
    if not stands_out and gap < _NARROW_GAP * size:
        return False
    above, below = (_follow(rows, row_index, word_index, size, step) for step in (-1, 1))
    lines = above.lines + below.lines
    if any(side.lines and not side.is_blocked for side in (above, below)) and gap > _NARROW_GAP * size:
        return lines >= _MIN_LINES_TO_THE_END or gap > _WIDE_GAP * size
    return lines >= (_MIN_LINES if stands_out and gap > _NARROW_GAP * size else _MIN_LINES_IF_NARROW)


class _Continuation(NamedTuple):
    """How a gap goes on above or below its line."""

    lines: int  # that have it too
    is_blocked: bool  # whether print ends it, rather than the end of the text


def _follow(rows: Sequence[WordRow], row_index: int, word_index: int, size: float, step: int) -> _Continuation:
    """Follows a gap through the lines above (step -1) or below (1)."""
    left, right = rows[row_index].ends[word_index - 1], rows[row_index].starts[word_index]
    lines, baseline = 0, rows[row_index].baseline
    for near_index in range(row_index + step, row_index + step * (_ROWS_AROUND + 1), step):
        if not 0 <= near_index < len(rows) or abs(rows[near_index].baseline - baseline) > _LINE_DISTANCE * size:
            return _Continuation(lines, is_blocked=False)
        row = rows[near_index]
        left_end, right_start = max(_gaps_at(row, left, right), key=lambda gap: min(right, gap[1]) - max(left, gap[0]))
        if min(right, right_start) - max(left, left_end) < _MIN_GAP * size:
            return _Continuation(lines, is_blocked=True)
        lines += left - left_end < _NEAR_EDGE * size or right_start - right < _NEAR_EDGE * size
        left, right, baseline = max(left, left_end), min(right, right_start), row.baseline
        if lines == _LINES_AROUND:
            break
    return _Continuation(lines, is_blocked=False)


def _gaps_at(row: WordRow, left: float, right: float) -> Iterator[tuple[float, float]]:
    """The gaps of a row, its margins among them, that begin or end between two places."""
    after = bisect_right(row.starts, left)
    while True:
        left_end = row.ends[after - 1] if after else -inf
        yield left_end, row.starts[after] if after < len(row.starts) else inf
        after += 1
        if after > len(row.starts) or row.ends[after - 1] >= right:
            return
