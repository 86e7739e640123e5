"""What stands before the items of lists: bullets of many fonts, numbers, letters, boxes."""

import re
import statistics
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from assistant.readers.pdf.lines import Line, has_room_for
from assistant.readers.pdf.page import Phrase, Word

_BULLETS = frozenset("•‣∙·▪▫●○◦■□◆◇▶►➢➤✓✔✗✘❖★☆\u007f\u2043\u204c\u204d")
_NO_BULLETS = frozenset("©®™°№℃℉℗℠")
_DASHES = frozenset("-–—*+")
_BOXES = {"☐": False, "☑": True, "☒": True, "🗹": True, "🗷": True}
_LETTER_BULLETS = frozenset("o§Øvüqlnu")  # what fonts of symbols call their bullets
_NUMBER = re.compile(
    r"(?:(\()|(\[))?(?P<value>\d{1,3}|[A-Za-z]|[ivxl]{2,6}|[IVXL]{2,6})(?(1)\)|(?(2)\]|[.)]))[.:]?"
    r"|(?P<above>\d{1,3}(?:\.\d{1,3}){0,3})\.(?P<last>\d{1,3})\.?"
)
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50}
_MIN_GAP = 0.5  # sizes of the type; a space is half as wide
_MIN_GAP_RATIO = 1.6  # times the usual gap of a line: justified lines have wide spaces
_SAME_INDENT = 0.4  # sizes of the type
_SIBLINGS_WITHIN = 30  # lines up and down among which the numbers before and after one are looked for
_PART_ENDS = (".", ";", ":", ",", "!", "?")


class Mark(NamedTuple):
    """What stands before an item.

    Attributes:
        text: a number or letter as printed; empty for a bullet.
        symbol: the bullet.
        is_sure: whether nothing but an item begins so.
        is_ticked: of a box.
    """

    text: str
    symbol: str = ""
    is_sure: bool = False
    is_ticked: bool | None = None

    @property
    def pattern(self) -> str:
        """Equal for the marks of one list: "1." and "12.", "(a)" and "(b)"."""
        return self.symbol or re.sub(r"\d+", "1", re.sub(r"[a-z]+", "a", re.sub(r"[A-Z]+", "A", self.text)))


def mark_of(phrase: Phrase) -> Mark | None:
    """What a line begins with where it may be an item's first."""
    if len(phrase.words) < 2:
        return None
    first, second = phrase.words[0], phrase.words[1]
    if second.is_glued or first.rise or len(first.text) > 12:
        return None
    if first.text in _BOXES:
        return Mark("", first.text, is_sure=True, is_ticked=_BOXES[first.text])
    if _is_bullet(first, second):
        return Mark("", first.text, is_sure=True)
    if first.text in _DASHES:
        return Mark("", first.text, is_sure=_is_set_apart(phrase))
    return Mark(first.text, is_sure=_is_set_apart(phrase)) if _NUMBER.fullmatch(first.text) else None


def accepted_marks(lines: Sequence[Line]) -> list[Mark | None]:
    """For each line of a column the mark of the item that it begins, if it begins one.

    A number or a dash may also begin a line inside a sentence ("5. May", "- which"): it is a mark where it is set
    apart, where the line below is indented up to its words, or where its list goes on at the same indent.
    """
    marks = [mark_of(line.phrase) for line in lines]
    return [
        mark if mark and (mark.is_sure or _hangs_below(lines, place) or _is_in_list(lines, marks, place)) else None
        for place, mark in enumerate(marks)
    ]


def _is_bullet(first: Word, second: Word) -> bool:
    """Whether a word is a bullet: a symbol by itself, or a character of a font of symbols."""
    if len(first.text) > 1:
        return False
    if first.text in _BULLETS or unicodedata.category(first.text) in {"So", "Co", "Cc"}:
        return first.text not in _NO_BULLETS
    is_of_other_font = first.font.name != second.font.name and first.text in _LETTER_BULLETS
    return is_of_other_font and second.x0 - first.x1 > _MIN_GAP * first.size


def _is_set_apart(phrase: Phrase) -> bool:
    """Whether more than a space parts the first word of a line from the others."""
    gaps = [right.x0 - left.x1 for left, right in pairwise(phrase.words)]
    usual = statistics.median(gaps[1:]) if len(gaps) > 1 else 0
    return gaps[0] > max(_MIN_GAP * phrase.size, _MIN_GAP_RATIO * usual)


def _hangs_below(lines: Sequence[Line], place: int) -> bool:
    """Whether the line below a mark stands under the words behind it."""
    if place + 1 == len(lines):
        return False
    words, below = lines[place].phrase.words, lines[place + 1].phrase
    return abs(below.x0 - words[1].x0) < _SAME_INDENT / 2 * lines[place].em and below.x0 > words[0].x1


def _is_in_list(lines: Sequence[Line], marks: Sequence[Mark | None], place: int) -> bool:
    """Whether the mark before or after one stands at the same indent, and no sentence runs into it from above."""
    mark, line = marks[place], lines[place]
    if mark is None:
        return False
    above = lines[place - 1] if place else None
    if above and not above.text.endswith(_PART_ENDS) and not has_room_for(above, line):
        return False
    first, end = max(place - _SIBLINGS_WITHIN, 0), place + _SIBLINGS_WITHIN
    return any(
        other is not None
        and _follows(mark, other)
        and abs(lines[other_place].phrase.x0 - line.phrase.x0) < _SAME_INDENT * line.em
        for other_place, other in enumerate(marks[first:end], first)
        if other_place != place
    )


def _follows(mark: Mark, other: Mark) -> bool:
    """Whether one of two marks follows the other in a list: the same symbol, or neighbouring numbers."""
    if mark.symbol or other.symbol:
        return mark.symbol == other.symbol
    if mark.pattern != other.pattern:
        return False
    return any(abs(value - other_value) == 1 for value, other_value in zip(_values(mark), _values(other), strict=True))


def _values(mark: Mark) -> tuple[int, int]:
    """The number that a mark stands for, read as an Arabic number or letter, and read as a Roman number."""
    match = _NUMBER.fullmatch(mark.text)
    value = ((match["value"] or match["last"]) if match else "0").casefold()
    if value.isdecimal():
        return int(value), int(value)
    letter = ord(value) if len(value) == 1 else -1
    digits = [_ROMAN.get(letter, 0) for letter in value]
    roman = sum(-digit if digit < following else digit for digit, following in pairwise([*digits, 0]))
    return letter, roman if all(digits) else letter
