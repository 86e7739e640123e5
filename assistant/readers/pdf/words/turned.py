"""Text that is printed at an angle, such as a stamp along the edge of a page: it stands in no line of upright text."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.readers.pdf.geometry.phrases import phrase_of
from assistant.readers.pdf.page import Phrase, Word

_SAME_LINE = 0.5  # how far words of one line overlap across it, in widths; or stand apart, in type sizes
_WIDE_GAP = 1.5  # type sizes between words of two phrases


def turned_phrases(words: Sequence[Word]) -> Iterator[Phrase]:
    """The phrases of turned words.

    Args:
        words: in the order in which they are printed.
    """
    phrase: list[Word] = []
    for word in words:
        if phrase and not _goes_on(word, phrase[-1]):
            yield _phrase(phrase)
            phrase = []
        phrase.append(word)
    if phrase:
        yield _phrase(phrase)


def _goes_on(word: Word, last: Word) -> bool:
    """Whether a word follows another on its line, at whatever angle."""
    across = max(word.x0, last.x0) - min(word.x1, last.x1)
    along = max(word.y0, last.y0) - min(word.y1, last.y1)
    if word.angle % 180 == 90:
        is_on_line = across < -_SAME_LINE * min(word.x1 - word.x0, last.x1 - last.x0)
    else:
        is_on_line = along < _SAME_LINE * word.size
    is_near = max(across, along) < _WIDE_GAP * word.size
    return is_on_line and is_near and word.angle == last.angle and word.page == last.page


def _phrase(words: Sequence[Word]) -> Phrase:
    phrase = phrase_of(words)
    return replace(phrase, baseline=phrase.y1)  # words above each other have no common one
