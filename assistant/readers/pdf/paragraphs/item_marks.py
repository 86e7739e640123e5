"""What stands before the items of lists: bullets of many fonts, numbers, letters, boxes."""

import re
import statistics
import unicodedata
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from assistant.readers.pdf.page import Phrase, Word
from assistant.readers.pdf.wording.numerals import roman_value

_BULLETS = frozenset("•‣∙·▪▫●○◦■□◆◇▶►➢➤✓✔✗✘❖★☆\u007f\u2043\u204c\u204d")
_NO_BULLETS = frozenset("©®™°№℃℉℗℠")
_DASHES = frozenset("-–—*+")
_BOXES = {"☐": False, "☑": True, "☒": True, "🗹": True, "🗷": True}
_NUMBER = re.compile(
    r"(?:(\()|(\[))?(?P<value>\d{1,3}|[A-Za-z]|[ivxl]{2,6}|[IVXL]{2,6})(?(1)\)|(?(2)\]|[.)]))[.:]?"
    r"|(?P<above>\d{1,3}(?:\.\d{1,3}){0,3})\.(?P<last>\d{1,3})\.?"
)
_ROMAN_DIGITS = frozenset("ivxl")
_LETTER_BULLETS = frozenset("olnquvØüèàƒ")  # characters that fonts of symbols use for bullets
_MIN_GAP = 0.5  # type sizes; a space is half as wide
_MIN_GAP_RATIO = 1.6  # times the usual gap of a line: justified lines have wide spaces


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
    def shown(self) -> str:
        """What a reader sees: a letter of a font of symbols is a bullet."""
        return self.text or ("•" if self.symbol.isalnum() else self.symbol)

    @property
    def pattern(self) -> str:
        """Equal for the marks of one list: "1." and "12.", "(a)" and "(b)"."""
        return self.symbol or _pattern(self.text)


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


def begins_with_bullet(phrase: Phrase) -> bool:
    """Whether some words begin with what is a bullet wherever it stands."""
    return phrase.words[0].text in _BULLETS


def begins_with_box(phrase: Phrase) -> bool:
    """Whether some words begin with a box to tick."""
    return phrase.words[0].text in _BOXES


def follows(mark: Mark, other: Mark) -> bool:
    """Whether one of two marks stands next to the other in a list: the same symbol, or neighbouring numbers."""
    if mark.symbol or other.symbol:
        return mark.symbol == other.symbol
    if mark.pattern != other.pattern:
        return False
    (above, *values), (other_above, *other_values) = _values(mark.text), _values(other.text)
    return above == other_above and any(
        abs(value - other_value) == 1 for value, other_value in zip(values, other_values, strict=True)
    )


def _is_bullet(first: Word, second: Word) -> bool:
    """Whether a word is a bullet: a symbol by itself, or a character of another font, set apart.

    Fonts of symbols print bullets for any character: "o", "n", "\u2030".
    """
    if len(first.text) > 1:
        return False
    if first.text in _BULLETS or unicodedata.category(first.text) in {"So", "Co", "Cc"}:
        return first.text not in _NO_BULLETS
    may_be_bullet = first.text in _LETTER_BULLETS or unicodedata.category(first.text) in {"Po", "Sm", "Sk", "Pd"}
    is_apart = second.x0 - first.x1 > _MIN_GAP * first.size
    return may_be_bullet and is_apart and _family(first) != _family(second)


def _family(word: Word) -> str:
    """The name of a word's font, without its weight and slope."""
    return re.split("[-,]", word.font.name, maxsplit=1)[0].removesuffix("MT").removesuffix("PS").casefold()


def _is_set_apart(phrase: Phrase) -> bool:
    """Whether more than a space separates the first word of a line from the others."""
    gaps = [right.x0 - left.x1 for left, right in pairwise(phrase.words)]
    usual = statistics.median(gaps[1:]) if len(gaps) > 1 else 0
    return gaps[0] > max(_MIN_GAP * phrase.size, _MIN_GAP_RATIO * usual)


@lru_cache(maxsize=2000)
def _pattern(text: str) -> str:
    return re.sub(r"\d+", "1", re.sub(r"[a-z]+", "a", re.sub(r"[A-Z]+", "A", text)))


@lru_cache(maxsize=2000)
def _values(text: str) -> tuple[str, int, int]:
    """What stands before the last number of a mark, and that number, read as Arabic or a letter, and read as Roman."""
    match = _NUMBER.fullmatch(text)
    if not match:
        return "", 0, 0
    value, above = (match["value"] or match["last"]).casefold(), match["above"] or ""
    if value.isdecimal():
        return above, int(value), int(value)
    letter = ord(value) if len(value) == 1 else -1
    return above, letter, roman_value(value) if set(value) <= _ROMAN_DIGITS else letter
