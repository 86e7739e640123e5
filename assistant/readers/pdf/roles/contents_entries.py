"""Lines that may be entries of a table of contents: words, often leading dots, and the number of a page."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from assistant.readers.pdf.geometry.baselines import SAME_BASELINE
from assistant.readers.pdf.geometry.phrases import phrase_of
from assistant.readers.pdf.page import Phrase, Word
from assistant.readers.pdf.wording.figures import is_currency, is_figure
from assistant.readers.pdf.wording.numerals import roman_value

_DIGIT_WIDTH = 0.5  # type sizes
_DOTS = ".\u2024\u2025\u2026\u00b7_"
_LONG_DOTS = "\u2025\u2026"  # that are several dots
_MIN_DOTS = 3  # that lead to a number
_PAGE = re.compile(r"(?:(?P<part>[A-Z]{1,2})[-–.]?)?(?P<number>\d{1,4})|(?P<roman>[ivxlc]{1,7})")
_PAGE_AT_END = re.compile(r"(?:(?<![A-Z])[A-Z]{1,2}[-–]?)?(?<!\d)\d{1,4}$|(?<![^\W_])[ivxlc]{1,7}$")
_MAX_PAGE_CHARS = 9  # of the number of a page
_LETTERS = re.compile(r"[^\W\d_]{2}")


class PageNumber(NamedTuple):
    """The number of a page; the larger, the further back the page.

    Attributes:
        series: -1 for Roman numerals, 0 for plain numbers, from 1 for the annexes A, B, C…
        number: within its series.
    """

    series: int
    number: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A line that may be an entry of a table of contents.

    Attributes:
        title: its words without leaders, in order.
        number: that of the page.
        page: what the number says.
        has_leaders: whether dots lead to the number.
        phrases: all that stands on the line.
    """

    title: tuple[Word, ...]
    number: Word
    page: PageNumber
    has_leaders: bool
    phrases: tuple[Phrase, ...]

    @property
    def baseline(self) -> float:
        """That of its number."""
        return self.number.baseline

    @property
    def line(self) -> Phrase:
        """Its title and number, without leaders."""
        return phrase_of((*self.title, self.number))


def entries_of(phrases: Sequence[Phrase]) -> list[Entry]:
    """The entries on a page, from top to bottom; several may stand beside each other.

    Args:
        phrases: of the page.
    """
    return [entry for row in _rows(phrases) for entry in _entries_of_row(row)]


def may_end_entry(phrase: Phrase) -> bool:
    """Whether a phrase ends as entries do, at a quick look."""
    last = phrase.words[-1]
    return _ends_like_page(last) and (last.text[-1].isdigit() or _PAGE.fullmatch(last.text) is not None)


def split_at_entries(phrases: Sequence[Phrase]) -> tuple[Phrase, ...]:
    """Phrases, split where the leaders and the number of an entry stand before the words of the next column."""
    return tuple(part for phrase in phrases for part in _parts(phrase))


def _parts(phrase: Phrase) -> Iterator[Phrase]:
    start = 0
    for index, word in enumerate(phrase.words[:-1]):
        if not _ends_like_page(word):
            continue
        is_led_to = index > start and _is_dots(phrase.words[index - 1]) and _PAGE.fullmatch(word.text)
        if is_led_to or _glued_page(word.text):
            yield phrase_of(phrase.words[start : index + 1])
            start = index + 1
    yield phrase_of(phrase.words[start:]) if start else phrase


def _ends_like_page(word: Word) -> bool:
    """Whether a word ends in a digit, or in a letter that is one in Roman numerals, at a quick look."""
    last = word.text[-1]
    return last.isdigit() or last in "ivxlc"


def _without_leaders(words: Sequence[Word]) -> tuple[Word, ...]:
    """Words without the dots that lead to a number."""
    kept = []
    is_behind_dots = False
    for index, word in enumerate(words):
        is_dot = _is_dots(word)
        next_is_dot = index + 1 < len(words) and _is_dots(words[index + 1])
        if is_dot and (is_behind_dots or next_is_dot or len(word.text) > 2):
            is_behind_dots = True
            continue
        is_behind_dots = False
        kept.append(_without_end_leaders(word))
    return tuple(kept)


def _rows(phrases: Sequence[Phrase]) -> Iterator[list[Phrase]]:
    """The phrases on one baseline at a time, from left to right."""
    row: list[Phrase] = []
    for phrase in sorted(phrases, key=lambda phrase: phrase.baseline):
        if row and phrase.baseline - row[0].baseline > SAME_BASELINE * phrase.size:
            yield sorted(row, key=lambda phrase: phrase.x0)
            row = []
        row.append(phrase)
    if row:
        yield sorted(row, key=lambda phrase: phrase.x0)


def _entries_of_row(row: Sequence[Phrase]) -> Iterator[Entry]:
    """The entries on a line; none where figures follow a number, as in the rows of a table."""
    entries: list[Entry] = []
    start = 0
    for index, phrase in enumerate(row):
        parts = _split_number(phrase)
        if parts is None:
            continue
        words = [word for before in row[start:index] for word in before.words] + list(parts.title)
        has_leaders = parts.is_led_to or _dots_at_end(" ".join(word.text for word in words)) >= _MIN_DOTS
        title = _without_leaders(words)
        if not _LETTERS.search(" ".join(word.text for word in title)) and not has_leaders:
            continue
        if not has_leaders and len(phrase.words) > 1:
            continue  # a line of text that ends in a number
        if _has_figures_behind(row, index):
            return
        page = _page_number(parts.number.text)
        entries.append(Entry(title, parts.number, page, has_leaders, tuple(row[start : index + 1])))
        start = index + 1
    yield from entries


def _has_figures_behind(row: Sequence[Phrase], index: int) -> bool:
    """Whether a figure stands behind a phrase of a row, and doesn't number the title of the next column's entry."""
    if index + 1 >= len(row) or not _is_in_table(row[index + 1]):
        return False
    if index + 2 >= len(row) or _is_in_table(row[index + 2]):
        return True
    before, figure, behind = row[index : index + 3]
    return figure.x0 - before.x1 <= behind.x0 - figure.x1


def _is_in_table(phrase: Phrase) -> bool:
    """Whether a phrase is a figure, the dash of nothing or a currency, as they stand in the rows of tables."""
    return is_figure(phrase) or is_currency(phrase.text)


class _Parts(NamedTuple):
    """The words of a phrase before the page number that ends it, and that number."""

    title: tuple[Word, ...]
    number: Word
    is_led_to: bool = False  # whether leaders were glued to the number


def _split_number(phrase: Phrase) -> _Parts | None:
    """The parts of a phrase that a page number ends; None where no such number does."""
    last = phrase.words[-1]
    if _PAGE.fullmatch(last.text):
        return _Parts(phrase.words[:-1], last)
    glued = _glued_page(last.text)
    if not glued:
        return None
    width = min(_DIGIT_WIDTH * last.size * len(glued.number), last.x1 - last.x0)
    number = replace(last, text=glued.number, x0=last.x1 - width, is_glued=False)
    if not glued.title:
        return _Parts(phrase.words[:-1], number, is_led_to=True)
    end = min(last.x0 + _DIGIT_WIDTH * last.size * len(glued.title), number.x0)
    return _Parts((*phrase.words[:-1], replace(last, text=glued.title, x1=end)), number, is_led_to=True)


class _GluedPage(NamedTuple):
    """A word in which dots lead from the last characters of a title to the number of a page."""

    title: str
    number: str


def _glued_page(text: str) -> _GluedPage | None:
    """The parts of a word that holds leaders and a number; None for another word."""
    page = _PAGE_AT_END.search(text, max(0, len(text) - _MAX_PAGE_CHARS))
    before = text[: page.start()] if page else ""
    if page is None or _dots_at_end(before) < _MIN_DOTS:
        return None
    return _GluedPage(before.rstrip(_DOTS + " "), page[0])


def _dots_at_end(text: str) -> int:
    """How many dots end a text, with spaces between them or not."""
    dots = text[len(text.rstrip(_DOTS + " ")) :].replace(" ", "")
    return len(dots) + _MIN_DOTS * sum(map(dots.count, _LONG_DOTS))


def _page_number(text: str) -> PageNumber:
    page = _PAGE.fullmatch(text)
    if page is None:
        return PageNumber(0, 0)
    if page["roman"]:
        return PageNumber(-1, roman_value(page["roman"]))
    return PageNumber(1 + ord(page["part"][0]) - ord("A") if page["part"] else 0, int(page["number"]))


def _without_end_leaders(word: Word) -> Word:
    text = word.text.rstrip(_DOTS + " ") if _dots_at_end(word.text) >= _MIN_DOTS else ""
    return replace(word, text=text, x1=min(word.x0 + _DIGIT_WIDTH * word.size * len(text), word.x1)) if text else word


def _is_dots(word: Word) -> bool:
    return all(character in _DOTS or character.isspace() for character in word.text)
