"""Phrases: the words on one baseline that no wide gap parts."""

import re
import statistics
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from assistant.readers.pdf.page import Phrase, Ruling, Word

_BASELINE_TOLERANCE = 0.2  # of the smaller type size: by how much the baselines of one line may differ
_LINE_HEIGHT_LIMIT = 0.5  # of the type size: the most by which a line's baselines drift, however small the steps
_USUAL_GAPS = 2.5  # how many times the line's usual gap a wide one is
_LEAST_WIDE_GAP, _SURELY_WIDE_GAP = 0.75, 1.3  # of the type size
_RULING_BAND = 24.0  # points: rulings are looked up by bands of the page of this height

_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_LEFT_TO_RIGHT = re.compile(r"[^\W\d_\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")


def phrases_of(words: Sequence[Word], rulings: Sequence[Ruling] = ()) -> list[Phrase]:
    """The phrases of a page: from top to bottom, and on a baseline from left to right.

    A gap is wide by the line's own spacing and type size, and where a vertical ruling stands in it.

    Args:
        words: of one page, in any order; a glued word follows the one that it is glued to.
        rulings: the page's.
    """
    vertical_rulings = _vertical_rulings_by_band(rulings)
    is_right_to_left = reads_right_to_left(words)
    return [
        phrase_of(run, is_right_to_left=is_right_to_left)
        for row in _rows(words)
        for run in _split_at_wide_gaps(row, vertical_rulings)
    ]


def phrase_of(words: Sequence[Word], *, is_right_to_left: bool = False) -> Phrase:
    """Some words of one line as a phrase.

    Args:
        words: at least one, from left to right.
        is_right_to_left: whether most of the page runs from right to left.
    """
    chars_by_size: Counter[float] = Counter()
    for word in words:
        chars_by_size[word.size] += len(word.text) if not word.rise else 0
    baselines = [word.baseline for word in words if not word.rise] or [words[0].baseline]
    return Phrase(
        words=_in_reading_order(words, is_right_to_left=is_right_to_left),
        page=words[0].page,
        x0=min(word.x0 for word in words),
        y0=min(word.y0 for word in words),
        x1=max(word.x1 for word in words),
        y1=max(word.y1 for word in words),
        baseline=statistics.median_low(baselines),
        size=chars_by_size.most_common(1)[0][0],
    )


def _rows(words: Sequence[Word]) -> Iterator[list[Word]]:
    """The words of each baseline of the page, from left to right."""
    row: list[Word] = []
    for word in sorted(words, key=lambda word: word.baseline):
        if row and not _is_on_baseline(word, row):
            yield sorted(row, key=lambda word: (word.x0, word.x1))
            row = []
        row.append(word)
    if row:
        yield sorted(row, key=lambda word: (word.x0, word.x1))


def _is_on_baseline(word: Word, row: Sequence[Word]) -> bool:
    """Whether a word stands on the baseline of the words just above it."""
    size = min(word.size, row[-1].size)
    return (
        word.baseline - row[-1].baseline <= _BASELINE_TOLERANCE * size
        and word.baseline - row[0].baseline <= _LINE_HEIGHT_LIMIT * size
    )


def _split_at_wide_gaps(row: Sequence[Word], vertical_rulings: dict[int, list[Ruling]]) -> Iterator[list[Word]]:
    """The parts of a row between its wide gaps."""
    gaps = [max(0.0, right.x0 - left.x1) for left, right in pairwise(row) if not right.is_glued]
    usual_gap = statistics.median_low(gaps) if gaps else 0.0
    run = [row[0]]
    for left, right in pairwise(row):
        gap, size = right.x0 - left.x1, min(left.size, right.size)
        wide = min(max(_USUAL_GAPS * usual_gap, _LEAST_WIDE_GAP * size), _SURELY_WIDE_GAP * size)
        if not right.is_glued and (gap > wide or _is_ruled_off(left, right, vertical_rulings)):
            yield run
            run = []
        run.append(right)
    yield run


def _vertical_rulings_by_band(rulings: Sequence[Ruling]) -> dict[int, list[Ruling]]:
    """The vertical rulings that reach into each band of the page, from left to right."""
    by_band: dict[int, list[Ruling]] = {}
    for ruling in sorted(ruling for ruling in rulings if ruling.y1 - ruling.y0 > ruling.x1 - ruling.x0):
        for band in range(int(ruling.y0 // _RULING_BAND), int(ruling.y1 // _RULING_BAND) + 1):
            by_band.setdefault(band, []).append(ruling)
    return by_band


def _is_ruled_off(left: Word, right: Word, vertical_rulings: dict[int, list[Ruling]]) -> bool:
    """Whether a vertical ruling stands between two words."""
    middle = left.baseline - 0.3 * left.size
    rulings = vertical_rulings.get(int(middle // _RULING_BAND), [])
    first = bisect_left(rulings, left.x1 - 0.1 * left.size, key=lambda ruling: ruling.x0)
    for ruling in rulings[first:]:
        if ruling.x0 > right.x0 + 0.1 * right.size:
            return False
        if ruling.y0 <= middle <= ruling.y1:
            return True
    return False


def reads_right_to_left(words: Sequence[Word]) -> bool:
    """Whether more words are in a script that runs from right to left than in one that runs from left to right."""
    right_to_left = sum(_RIGHT_TO_LEFT.search(word.text) is not None for word in words)
    return right_to_left > 0 and right_to_left > sum(_LEFT_TO_RIGHT.search(word.text) is not None for word in words)


def _in_reading_order(words: Sequence[Word], *, is_right_to_left: bool) -> tuple[Word, ...]:
    """Words that stand from left to right, in the order in which they are read.

    Words against the direction of the line are turned round run by run; figures go with the words around them.
    """
    if not any(_RIGHT_TO_LEFT.search(word.text) for word in words):
        return tuple(words)
    is_right_to_left = is_right_to_left or reads_right_to_left(words)
    strong_along, strong_against = (
        (_RIGHT_TO_LEFT, _LEFT_TO_RIGHT) if is_right_to_left else (_LEFT_TO_RIGHT, _RIGHT_TO_LEFT)
    )
    ordered: list[Word] = []
    against: list[Word] = []  # a run against the line's direction, as it stands on the page in that direction
    neutral: list[Word] = []  # figures and marks after that run, which belong to it if it goes on
    for word in reversed(words) if is_right_to_left else words:
        if strong_against.search(word.text):
            against += [*neutral, word]
            neutral = []
        elif against and not strong_along.search(word.text):
            neutral.append(word)
        else:
            ordered += [*reversed(against), *neutral, word]
            against, neutral = [], []
    return (*ordered, *reversed(against), *neutral)
