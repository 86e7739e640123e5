"""Line numbers beside a text, at every line or every fifth, as in transcripts, bills and poems.

They stand below each other in a margin where nothing else is printed, and count the lines.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from assistant.readers.pdf.geometry.phrases import phrase_of
from assistant.readers.pdf.page import PagePhrases, Phrase, Word
from assistant.readers.pdf.wording.sentences import ends_sentence

_MAX_DIGITS = 4  # of a line number
_SAME_EDGE = 0.3  # of the type size: by how much the edges of numbers below each other differ
_SAME_LINE = 0.4  # of the type size: line numbers may be small, and stand higher than their line
_SET_OFF = 0.6  # of the type size: the gap between a number and the text beside it, at least
_MIN_LINES, _MIN_STEPS = 5, 3  # numbers, where each line has one and where some have
_MIN_COUNTED = 8  # lines from the first number to the last, where some have one
_STEP_TOLERANCE = 5  # steps of fewer lines are exact
_ON_EACH_LINE = 0.8  # the share of numbers with no line between them and the next
_BESIDE_TEXT = 0.5  # the share of numbers with text beside them
_RUNNING_ON = 0.1  # the share of lines whose sentence runs on into the next line, at least
_MIN_RUNNING_ON = 2  # lines whose sentence runs on
_PROSE_WIDTH, _PROSE_FILL = 15.0, 0.8  # of full lines: type sizes, and the share of the widest
_MIN_WORDS = 4  # of a full line


class _Number(NamedTuple):
    """A number that may be a line's: a word at the beginning or the end of a phrase, set off from the rest of it."""

    value: int
    word: Word
    phrase: Phrase
    phrase_index: int  # among those of its page
    word_index: int  # in its phrase


def extract_line_numbers(pages: Sequence[PagePhrases]) -> tuple[list[PagePhrases], list[Phrase]]:
    """Takes the line numbers out of the text.

    Args:
        pages: of the document, in order.

    Returns:
        The pages without them; and the first of them, if there are any.
    """
    firsts: list[Phrase] = []
    without: list[PagePhrases] = []
    for page in pages:
        numbers = _line_numbers(page)
        if numbers:
            by_phrase = {number.phrase_index: number.word_index for number in numbers}
            rest = (_rest(phrase, by_phrase.get(index)) for index, phrase in enumerate(page.phrases))
            without.append(replace(page, phrases=tuple(phrase for phrase in rest if phrase)))
            firsts.append(phrase_of([numbers[0].word]))
        else:
            without.append(page)
    return without, firsts[:1]


def _rest(phrase: Phrase, index: int | None) -> Phrase | None:
    """A phrase without the word at an index; None where nothing is left."""
    if index is None:
        return phrase
    words = [*phrase.words[:index], *phrase.words[index + 1 :]]
    return phrase_of(words) if words else None


def _line_numbers(page: PagePhrases) -> list[_Number]:
    """The numbers of a page's lines, from top to bottom; those on both sides of the text where there are such."""
    upright = [(index, phrase) for index, phrase in enumerate(page.phrases) if not phrase.words[0].angle]
    candidates = [number for index, phrase in upright for number in _numbers_in(phrase, index)]
    if len(candidates) < _MIN_STEPS:
        return []
    lines = _Lines([phrase for _, phrase in upright])
    accepted: dict[int, _Number] = {}  # by the indices of their phrases
    columns = (column for edge in (_right_edge, _left_edge) for column in _columns(candidates, edge))
    runs = [run for column in columns for run in _runs(column) if len(run) >= _MIN_STEPS]
    for run in sorted(runs, key=len, reverse=True):
        if not any(number.phrase_index in accepted for number in run) and lines.are_counted_by(run):
            accepted |= {number.phrase_index: number for number in run}
    return sorted(accepted.values(), key=_height)


def _numbers_in(phrase: Phrase, phrase_index: int) -> Iterator[_Number]:
    """The numbers at the beginning and the end of a phrase that may be line numbers."""
    words = phrase.words
    for index, neighbour in ((0, 1), (len(words) - 1, len(words) - 2)):
        word = words[index]
        if not (word.text.isascii() and word.text.isdigit() and len(word.text) <= _MAX_DIGITS) or word.rise:
            continue
        if len(words) == 1:
            yield _Number(int(word.text), word, phrase, phrase_index, 0)
            return
        beside = words[neighbour]
        if max(beside.x0 - word.x1, word.x0 - beside.x1) >= _SET_OFF * phrase.size:
            yield _Number(int(word.text), word, phrase, phrase_index, index)


def _right_edge(number: _Number) -> float:
    return number.word.x1


def _left_edge(number: _Number) -> float:
    return number.word.x0


def _height(number: _Number) -> float:
    return number.word.baseline


def _columns(numbers: Sequence[_Number], edge: Callable[[_Number], float]) -> Iterator[list[_Number]]:
    """Numbers whose edges are below each other, from top to bottom."""
    column: list[_Number] = []
    for number in sorted(numbers, key=edge):
        if column and edge(number) - edge(column[-1]) > _SAME_EDGE * number.word.size:
            yield sorted(column, key=_height)
            column = []
        column.append(number)
    yield sorted(column, key=_height)


def _runs(column: Sequence[_Number]) -> Iterator[list[_Number]]:
    """The numbers of a column that count on in even steps."""
    run: list[_Number] = []
    for number in column:
        if len(run) > 1 and number.value - run[-1].value != run[1].value - run[0].value:
            yield run
            run = run[-1:]
        if run and number.value <= run[-1].value:
            run = []
        run.append(number)
    yield run


class _Lines:
    """The lines of a page, as far as they show what numbers count.

    Args:
        phrases: of the page.
    """

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        self._phrases = sorted(phrases, key=lambda phrase: phrase.baseline)
        self._baselines = [phrase.baseline for phrase in self._phrases]

    def are_counted_by(self, run: Sequence[_Number]) -> bool:
        """Whether three numbers or more count the lines beside them."""
        step = run[1].value - run[0].value
        if len(run) < _MIN_LINES and step == 1:
            return False
        return self._stand_apart(run) and (self._count_each(run) if step == 1 else self._count_some(run, step))

    def _between(self, top: float, bottom: float) -> list[Phrase]:
        """The phrases with baselines below a height and above or at another one."""
        start = bisect_right(self._baselines, top)
        return self._phrases[start : bisect_right(self._baselines, bottom)]

    def _stand_apart(self, run: Sequence[_Number]) -> bool:
        """Whether nothing else is printed above and below the numbers, from the first to the last."""
        own = {id(number.phrase) for number in run}
        x0, x1 = min(map(_left_edge, run)), max(map(_right_edge, run))
        within = self._between(_height(run[0]) - run[0].word.size, _height(run[-1]))
        return all(id(phrase) in own or phrase.x1 <= x0 or phrase.x0 >= x1 for phrase in within)

    def _count_some(self, run: Sequence[_Number], step: int) -> bool:
        """Whether as many lines stand between numbers as they say."""
        if any(number.value % step for number in run) or (len(run) - 1) * step < _MIN_COUNTED:
            return False
        counts = [self._rows(above, below) for above, below in pairwise(run)]
        return all(abs(count - step) <= step // _STEP_TOLERANCE for count in counts)

    def _rows(self, above: _Number, below: _Number) -> int:
        """How many lines stand below a number, down to that of the next number."""
        slack = _SAME_LINE * below.word.size
        count, last = 0, above.word.baseline + slack
        for phrase in self._between(above.word.baseline + slack, below.word.baseline + slack):
            if not count or phrase.baseline - last > slack:
                count, last = count + 1, phrase.baseline
        return count

    def _count_each(self, run: Sequence[_Number]) -> bool:
        """Whether the lines beside the numbers are prose, or empty, with hardly a line between that isn't counted."""
        lines = [self._beside(number) for number in run]
        filled = [line for line in lines if line]
        single_rows = sum(self._rows(above, below) <= 1 for above, below in pairwise(run))
        if single_rows < _ON_EACH_LINE * (len(run) - 1) or len(filled) < _BESIDE_TEXT * len(run):
            return False
        widest = max(line.x1 - line.x0 for line in filled)
        running_on = lines.count(None) + sum(
            above is not None and below is not None and _runs_on(above, below, widest)
            for above, below in pairwise(lines)
        )
        return running_on >= max(_MIN_RUNNING_ON, _RUNNING_ON * len(run))

    def _beside(self, number: _Number) -> Phrase | None:
        """The line beside a number: on its right, or else on its left."""
        word, slack = number.word, _SAME_LINE * number.word.size
        rest = _rest(number.phrase, number.word_index)
        near = [
            *([rest] if rest else []),
            *(
                phrase
                for phrase in self._between(word.baseline - slack, word.baseline + slack)
                if phrase is not number.phrase
            ),
        ]
        right = [phrase for phrase in near if phrase.x0 >= word.x1]
        return (
            min(right, key=lambda phrase: phrase.x0) if right else max(near, key=lambda phrase: phrase.x1, default=None)
        )


def _runs_on(above: Phrase, below: Phrase, widest: float) -> bool:
    """Whether a full line's sentence goes on in the next line."""
    width = above.x1 - above.x0
    first = next(filter(str.isalpha, below.text), "A")
    return (
        len(above.words) >= _MIN_WORDS
        and width > max(_PROSE_WIDTH * above.size, _PROSE_FILL * widest)
        and not ends_sentence(above.text)
        and not first.isupper()
    )
