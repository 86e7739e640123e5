"""What stands before the items of lists: bullets of many fonts, numbers, letters, boxes."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from assistant.readers.pdf.lines import Line
from assistant.readers.pdf.page import Phrase, Word

_BULLETS = frozenset("•‣⁃∙·▪▫●○◦■□◆◇▶►➢➤✓✔✗✘❖★☆\u007f\u25cf\u2043\u204c\u204d")
_NO_BULLETS = frozenset("©®™°№℃℉℗℠")
_DASHES = frozenset("-–—*+")
_BOXES = {"☐": False, "☑": True, "☒": True, "🗹": True, "🗷": True}
_NUMBER = re.compile(r"[(\[]?(\d{1,3}|[A-Za-z]|[ivxlc]{2,6}|[IVXLC]{2,6})[.)\]][.:]?|\d{1,3}(?:\.\d{1,3}){1,4}\.?")
_MIN_GAP = 0.5  # sizes of the type; a space is half as wide
_MAX_SYMBOL_CHARS = 1


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


def mark_of(line: Phrase) -> Mark | None:
    """What a line begins with where it may be an item's first."""
    if len(line.words) < 2:
        return None
    first, second = line.words[0], line.words[1]
    if second.is_glued:
        return None
    if first.text in _BOXES:
        return Mark("", first.text, is_sure=True, is_ticked=_BOXES[first.text])
    if _is_bullet(first, second):
        return Mark("", first.text, is_sure=True)
    is_set_apart = second.x0 - first.x1 > _MIN_GAP * first.size
    if first.text in _DASHES:
        return Mark("", first.text, is_sure=is_set_apart)
    return Mark(first.text, is_sure=is_set_apart) if _NUMBER.fullmatch(first.text) else None


def _is_bullet(first: Word, second: Word) -> bool:
    """Whether a word is a bullet: a symbol by itself, or a character of a font of symbols."""
    if len(first.text) > _MAX_SYMBOL_CHARS:
        return False
    if first.text in _BULLETS:
        return True
    if unicodedata.category(first.text) in {"So", "Co", "Cc"}:
        return first.text not in _NO_BULLETS
    is_apart = second.x0 - first.x1 > _MIN_GAP * first.size
    return is_apart and first.font.name != second.font.name and _is_of_symbols(first)


def _is_of_symbols(word: Word) -> bool:
    name = word.font.name.casefold()
    return word.text == "o" or any(part in name for part in ("symbol", "dingbat", "wingding", "webding", "bullet"))


def accepted_marks(lines: Sequence[Line]) -> list[Mark | None]:
    """For each line of a column the mark of the item that it begins, if it begins one.

    A number or a dash may also begin a line inside a sentence ("5. May", "– which"): it is a mark where it is set apart,
    where the line below is indented up to its words, or where others of its list stand at the same indent.
    """
    marks = [mark_of(line.phrase) for line in lines]
    siblings = Counter(
        (mark.pattern, round(line.phrase.x0 / 3)) for mark, line in zip(marks, lines, strict=True) if mark
    )
    accepted: list[Mark | None] = []
    for place, (mark, line) in enumerate(zip(marks, lines, strict=True)):
        is_item = mark is not None and (
            mark.is_sure or _hangs_below(lines, place) or siblings[mark.pattern, round(line.phrase.x0 / 3)] > 1
        )
        accepted.append(mark if is_item else None)
    return accepted


def _hangs_below(lines: Sequence[Line], place: int) -> bool:
    """Whether the line below a mark stands under the words behind it."""
    if place + 1 == len(lines):
        return False
    words, below = lines[place].phrase.words, lines[place + 1].phrase
    return abs(below.x0 - words[1].x0) < 0.2 * max(below.size, 1.0) and below.x0 > words[0].x0
