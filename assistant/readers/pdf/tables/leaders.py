"""The dots that lead from the label of a row to its figures."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.readers.pdf.page import Phrase, Word

_DOTS = ".\u2026\u00b7\u2024_"
_LEADERS = re.compile(rf"[{_DOTS}]{{4,}}")
_TWO_DOTS = re.compile(rf"[{_DOTS}]{{2}}")  # which all leaders have, also those in which each dot is a word
_LETTER_WIDTH = 0.5  # of the type size


def has_leaders(phrase: Phrase) -> bool:
    """Whether dots lead on from words or to them."""
    if not _TWO_DOTS.search("".join([word.text for word in phrase.words])):
        return False
    return any(_LEADERS.search(word.text) or _is_leader(phrase.words, index) for index, word in enumerate(phrase.words))


def end_before_leaders(phrase: Phrase) -> float:
    """The right edge of a phrase without the dots at its end."""
    words = phrase.words
    last = len(words)
    while last > 1 and _is_dots(words[last - 1]):
        last -= 1
    if last < len(words):
        return words[last - 1].x1
    leaders = _LEADERS.search(words[-1].text)
    if leaders is None or leaders.end() < len(words[-1].text):
        return phrase.x1
    return min(words[-1].x0 + _LETTER_WIDTH * words[-1].size * leaders.start(), phrase.x1)


def runs_between_leaders(words: Sequence[Word]) -> Iterator[list[Word]]:
    """The words before, between and behind leaders."""
    run: list[Word] = []
    for index, word in enumerate(words):
        if _is_leader(words, index):
            if run:
                yield [*run[:-1], _without_first_dot(run[-1], words[index : index + 2])]
            run = []
            continue
        before, behind = _around_leaders(word)
        run += [before] if before else []
        if before is not word:
            if run:
                yield run
            run = [behind] if behind else []
    if run:
        yield run


def _is_dots(word: Word) -> bool:
    return all(character in _DOTS for character in word.text)


def _is_leader(words: Sequence[Word], index: int) -> bool:
    """Whether a word is dots, with other dots beside it or many itself."""
    if not _is_dots(words[index]):
        return False
    beside = [*words[max(index - 1, 0) : index], *words[index + 1 : index + 2]]
    return len(words[index].text) > 2 or any(map(_is_dots, beside))


def _without_first_dot(word: Word, dots: Sequence[Word]) -> Word:
    """A word without the dot at its end, if that is the first leader: as far from the next one as these are apart."""
    if len(dots) < 2 or not word.text.endswith(".") or len(word.text) == 1 or len(dots[0].text) > 1:
        return word
    pitch, width = dots[1].x0 - dots[0].x0, dots[0].x1 - dots[0].x0
    if abs(dots[0].x0 - (word.x1 - width) - pitch) > 0.1 * pitch:
        return word
    return replace(word, text=word.text[:-1], x1=word.x1 - width)


def _around_leaders(word: Word) -> tuple[Word | None, Word | None]:
    """What stands before and behind the leaders in a word; a word without leaders as it is."""
    leaders = _LEADERS.search(word.text)
    if leaders is None:
        return word, None
    before, behind = word.text[: leaders.start()], word.text[leaders.end() :]
    width = min(_LETTER_WIDTH * word.size, (word.x1 - word.x0) / len(word.text))
    return (
        replace(word, text=before, x1=word.x0 + width * len(before)) if before else None,
        replace(word, text=behind, x0=word.x1 - width * len(behind), is_glued=False) if behind else None,
    )
