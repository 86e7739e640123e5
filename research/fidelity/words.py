"""Words and figures as they are counted: without case, punctuation, and the ways in which a digit can be printed."""

import re
import unicodedata
from collections import Counter

RAISED_SEAM = "\ue000"  # stands on both sides of raised digits, which are words of their own
_RAISED_DIGITS = re.compile("[⁰¹²³⁴-⁹]+")
_UNSEEN = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufffd\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]"
)  # and U+FFFD, a sign without meaning, which one side shows and the other drops
_WORD = re.compile(r"[^\W_]+(?:(?<=\d)[.,](?=\d)[^\W_]+)*")
_MARK_OF_ITEM = re.compile(r"^[ \t#|]*[(\[]?((?:[^\W_]{1,6}[.)\]]){1,6}|\d+(?:\.\d+)+)(?=\s)", re.MULTILINE)
_MARK_IN_CELL = re.compile(r"(?<=[ ])\(?([^\W_]{1,4}[.)])(?= )")
_RAISED_MARK = re.compile(r"(?:(?<=\s)|^)[⁰¹²³⁴-⁹ⁱⁿᵃ-ᶻ]+", re.MULTILINE)
_SET_OFF_THE_LINE = re.compile("[^\\W_]*[⁰¹²³⁴-⁹ⁱⁿᵃ-ᶻ₀-₉ₐ-ₜ][^\\W_]*")
_BOX = re.compile(r"(?<!\S)\[[ xX]\](?!\S)")


def count_words(text: str) -> Counter[str]:
    """The words in a text and how often each occurs.

    Raised digits count as words of their own, whether or not a space sets them off.

    >>> sorted(count_words("48,210³ Books; ﬁve «books»"))
    ['3', '48,210', 'books', 'five']
    """
    return Counter(_WORD.findall(folded(text)))


def words_in_order(text: str) -> list[tuple[str, str]]:
    r"""The words that `count_words` counts, in their order, each with what stands between it and the word before.

    >>> words_in_order("Self-\nmade 10⁶")
    [('self', ''), ('made', '-\n'), ('10', ' '), ('6', '\ue000')]
    """
    plain = folded(text)
    words, end = [], 0
    for match in _WORD.finditer(plain):
        words.append((match[0], plain[end : match.start()]))
        end = match.end()
    return words


def count_characters(words: Counter[str]) -> Counter[str]:
    """The letters and digits of words: the same however spaces part them."""
    counts: Counter[str] = Counter()
    for word, times in words.items():
        for character in word:
            if character not in ".,":
                counts[character] += times
    return counts


def words_off_the_line(text: str) -> set[str]:
    """The words with raised or lowered characters in them, as they are counted."""
    return {word for match in _SET_OFF_THE_LINE.finditer(text) for word in _WORD.findall(folded(match[0]))}


def folded(text: str) -> str:
    """A text as its words are counted: without case, and raised digits set apart."""
    apart = _RAISED_DIGITS.sub(f"{RAISED_SEAM}\\g<0>{RAISED_SEAM}", _UNSEEN.sub("", text))
    return unicodedata.normalize("NFKC", apart).casefold()


def figures(words: Counter[str]) -> Counter[str]:
    """Those of the words that have a digit in them."""
    return Counter({word: count for word, count in words.items() if any(map(str.isdigit, word))})


def without_boxes(text: str) -> str:
    """A canonical text without the boxes of its tasks."""
    return _BOX.sub("", text)


def count_marks(text: str) -> Counter[str]:
    """The list numbers and note marks of a canonical text: most formats compute them, so that no file holds them."""
    marks = [match[1] for match in _MARK_OF_ITEM.finditer(text)] + _RAISED_MARK.findall(text)
    rows = [line[2:] for line in text.split("\n") if line.startswith("| ")]
    marks += [mark for row in rows for mark in _MARK_IN_CELL.findall(row)]
    return count_words(" ".join(marks))
