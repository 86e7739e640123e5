"""Words as a spelling corrector sees them: folded, of letters alone, compared by the letters that they hold."""

from typing import NamedTuple

SHORTEST, LONGEST = 4, 30  # letters of a word that spelling looks at


class IndexedWord(NamedTuple):
    """A word of the index, folded, and whether it stands there with a capital that a name has."""

    word: str
    named: bool


def is_spellable(word: str) -> bool:
    """Whether a folded word can be meant by another: letters from a to z alone, three or more."""
    return word.isascii() and word.isalpha() and SHORTEST - 1 <= len(word) <= LONGEST


def letter_set(word: str) -> int:
    """The set of the letters in a word, as bits."""
    bits = 0
    for letter in set(word):
        bits |= 1 << (ord(letter) & 31)
    return bits
