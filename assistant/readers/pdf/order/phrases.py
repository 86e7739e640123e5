"""Phrases: the words on one baseline that no wide gap separates."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from assistant.readers.pdf.geometry.baselines import SAME_WORD_BASELINE
from assistant.readers.pdf.geometry.phrases import phrase_of
from assistant.readers.pdf.order.gaps import RulingIndex, WordRow, wide_gaps, word_row
from assistant.readers.pdf.page import Phrase, Ruling, Word
from assistant.readers.pdf.words.turned import turned_phrases
from assistant.readers.pdf.words.word_order import in_reading_order, reads_right_to_left

_OVERRUN, _LONG = 0.5, 8.0  # type sizes: by how much a long word is printed over the next one; how long it is
_LINE_HEIGHT_LIMIT = 0.5  # of the type size: the most by which a line's baselines drift, however small the steps


def phrases_of(words: Sequence[Word], rulings: Sequence[Ruling] = ()) -> list[Phrase]:
    """The phrases of a page: from top to bottom, and on a baseline from left to right; those of turned text last.

    A gap is wide by the line's own spacing, its size of type and the lines above and below, and where a vertical
    ruling stands in it.

    Args:
        words: of one page; those of turned text in the order in which they are printed, the others in any.
        rulings: the page's.
    """
    upright = [word for word in words if not word.angle]
    rows = list(_rows(upright))
    is_right_to_left = reads_right_to_left(upright)
    ruling_index = RulingIndex(rulings)
    phrases = [
        phrase_of(in_reading_order(run, is_right_to_left=is_right_to_left))
        for number in range(len(rows))
        for run in _split(
            rows[number].words, sorted({*wide_gaps(rows, number, ruling_index), *_overruns(rows[number].words)})
        )
    ]
    return [*phrases, *turned_phrases([word for word in words if word.angle])]


def _rows(words: Sequence[Word]) -> Iterator[WordRow]:
    """The words of each baseline of the page, from left to right."""
    row: list[Word] = []
    for word in sorted(words, key=lambda word: (word.baseline, word.x0, word.size)):
        if row and word.baseline != row[0].baseline and not _is_on_baseline(word, row):
            yield _word_row(row)
            row = []
        row.append(word)
    if row:
        yield _word_row(row)


def _word_row(words: Sequence[Word]) -> WordRow:
    return word_row(sorted(words, key=lambda word: (word.x0, word.x1, word.baseline)))


def _is_on_baseline(word: Word, row: Sequence[Word]) -> bool:
    """Whether a word stands on the baseline of the words just above it."""
    size = min(word.size, row[-1].size)
    return (
        word.baseline - row[-1].baseline <= SAME_WORD_BASELINE * size
        and word.baseline - row[0].baseline <= _LINE_HEIGHT_LIMIT * size
    )


def _overruns(words: Sequence[Word]) -> Iterator[int]:
    """The indices of words that a long one before them is printed over, for want of room: they begin another column."""
    for index, (left, right) in enumerate(pairwise(words), start=1):
        is_over = left.x1 - right.x0 > _OVERRUN * left.size
        if is_over and left.x1 - left.x0 > _LONG * left.size and not left.rise and not right.rise:
            yield index


def _split(words: Sequence[Word], indices: Sequence[int]) -> Iterator[Sequence[Word]]:
    """Words, cut before some indices."""
    for start, end in pairwise([0, *indices, len(words)]):
        yield words[start:end]
