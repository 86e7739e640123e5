"""Words as a spelling corrector sees them: folded, of letters alone, compared by the letters that they hold."""

from typing import NamedTuple

MIN_LETTERS = 4  # letters of a word that the corrector looks at, at least
MAX_LETTERS = 30


class IndexedWord(NamedTuple):
    """A folded word of the index."""

    word: str
    is_name: bool  # it stands there with a capital that a name has


def is_spellable(word: str) -> bool:
    """Whether a folded word may be a typing error or the word that was meant: three letters or more, a to z alone."""
    return word.isascii() and word.isalpha() and MIN_LETTERS - 1 <= len(word) <= MAX_LETTERS


def letter_set(word: str) -> int:
    """The set of the letters in a word, as bits."""
    bits = 0
    for letter in set(word):
        bits |= 1 << (ord(letter) & 31)
    return bits
