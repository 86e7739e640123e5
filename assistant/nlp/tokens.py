"""The words of an English text, folded and stemmed."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import filterfalse
from typing import NamedTuple

from assistant.nlp import lexicon
from assistant.nlp.caching import cached_by_text


class Token(NamedTuple):
    """One word of a text: ``text`` is folded, the span is that of the word as written."""

    text: str
    start: int
    end: int


_FUNCTION_WORDS = lexicon.words_by_class("function_words")
AUXILIARIES = _FUNCTION_WORDS["auxiliary"]  # they open a yes-or-no question and end a noun group
QUESTION_WORDS = _FUNCTION_WORDS["question word"]
PREPOSITIONS = _FUNCTION_WORDS["preposition"]
_NEGATED_AUXILIARIES = frozenset(word for word in AUXILIARIES if word.endswith("n't") or word == "cannot")
# The closed classes, without negations and numbers: those change what a sentence says.
STOP_WORDS = lexicon.entries("function_words") - _NEGATED_AUXILIARIES

_IRREGULAR_FORMS = lexicon.headwords("irregular_forms")  # "broken" -> "break"
_WORD = re.compile(r"\d+(?:[.,]\d+)*|(?:(?!\d)[\w\u0300-\u036f])[\w\u0300-\u036f]*(?:['’](?!\d)[\w]+)*")
# Letters that Unicode doesn't decompose into a plain letter and a mark.
_PLAIN_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i", "’": "'"}
)
# Typographic forms of plain characters: spaces of any width, hyphens, apostrophes, Arabic separators of digits.
_TYPOGRAPHIC = str.maketrans(
    dict.fromkeys(
        "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " "
    )
    | {
        "\u2010": "-",
        "\u2011": "-",
        "\u2012": "–",
        "\u2015": "—",
        "\u02bc": "’",
        "\uff07": "’",
        "\u066b": ".",
        "\u066c": ",",
    }
)
_MAX_WORD_CHARS = 60  # of a word that is remembered
_THOUSANDS_COMMA = re.compile(r",(?=\d{3}(?!\d))")


def word_set(text: str) -> frozenset[str]:
    """The words of a text that are separated by spaces, as a set."""
    return frozenset(text.split())


def single_line(text: str) -> str:
    """The text on one line: a sentence may run over line ends in its document, but is shown without them."""
    return " ".join(text.split())


def fold(text: str) -> str:
    """The text in lower case (``str.casefold``), without diacritics, with ' for ’; its length may change."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(filterfalse(unicodedata.combining, decomposed)).translate(_PLAIN_LETTERS)


def lower_same_length(text: str) -> str:
    """The text in lower case and of the same length, so that spans in it hold for the original too."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def plain_typography(text: str) -> str:
    """The text, equally long, with plain spaces, hyphens and separators for their typographic forms."""
    return text if text.isascii() else text.translate(_TYPOGRAPHIC)


def tokenize(text: str) -> tuple[Token, ...]:
    """The words and numbers of a text, folded: possessives lose their 's, ``2,517`` becomes ``2517``.

    A hyphen separates words; an apostrophe inside a word doesn't (``don't``).
    """
    return tuple(iterate_tokens(text, 0, len(text)))


def iterate_tokens(text: str, start: int, end: int) -> Iterator[Token]:
    """The words and numbers of a part of a text, as `tokenize` gives them, one after the other."""
    for match in _WORD.finditer(text, start, end):
        if word := _fold_word(match[0]):
            yield Token(word, *match.span())


@cached_by_text(32768, _MAX_WORD_CHARS)
def _fold_word(written: str) -> str:
    """One word or number as `tokenize` gives it; empty where nothing of it is left."""
    word = fold(written)
    if not word.isalnum():
        if word.endswith("'s") and word not in STOP_WORDS:
            return word[:-2]
        if "," in word:
            return _THOUSANDS_COMMA.sub("", word)
    return word


@cached_by_text(32768, _MAX_WORD_CHARS)
def stem(word: str) -> str:
    """The stem of one folded word, by Snowball's English stemmer (Porter 2): ``migrants`` → ``migrant``.

    An irregular form has the stem of its plain form: ``broken`` → ``break``.
    """
    from Stemmer import Stemmer  # type: ignore[import-not-found]  # it ships no types

    # A stemmer holds state while it works, so that threads must not share one; making one takes some 2 µs.
    stemmed: str = Stemmer("english").stemWord(_IRREGULAR_FORMS.get(word, word))
    return stemmed


@cached_by_text(2048, 2_000)
def content_stems(text: str) -> tuple[str, ...]:
    """The stems of the content words in order, repeats kept: no stop words, but negations and numbers."""
    return tuple(filter(None, map(_content_stem, _WORD.findall(text))))


@cached_by_text(32768, _MAX_WORD_CHARS)
def _content_stem(written: str) -> str:
    """The stem of one word as written; empty for a stop word."""
    word = _fold_word(written)
    return "" if word in STOP_WORDS else stem(word)
