"""The language of a text, as far as its small words tell: enough to know that two texts are in different ones.

A rule about letters and small words, which needs no model. It speaks up on good evidence only: names, figures and
keywords have no language here.
"""

import re
from functools import cache, lru_cache

from assistant.nlp import lexicon
from assistant.nlp.tokens import QUESTION_WORDS, fold

Languages = frozenset[str]
"""The languages that a text may be in, several where they share the words that decide; empty where nothing tells."""

UNKNOWN: Languages = frozenset()
ENGLISH: Languages = frozenset({"English"})
_MAX_CHARS = 2_000  # of a text, examined
_MIN_SCORE = 3  # different small words of a language; two stand in names, too: "Fiesta de los Vaqueros"
_QUESTION_WORD_SCORE = 3  # of a word that asks in few languages and means nothing in others
_WORD = re.compile(r"[^\W\d_]+")
_SCRIPTS = {"Greek": range(0x0370, 0x0400), "Cyrillic": range(0x0400, 0x0530)}


@lru_cache(maxsize=4_096)
def languages_of(text: str) -> Languages:
    """The languages that a text may be in; ``"Greek"`` and ``"Cyrillic"`` by their letters alone.

    Args:
        text: a question or a passage; its first 2,000 characters are examined.

    Example:
        >>> sorted(languages_of("Wie viele Menschen wurden festgenommen?"))
        ['German']
    """
    words = [word.lower() for word in _WORD.findall(text[:_MAX_CHARS])]
    letters = "".join(words)
    for script, code_points in _SCRIPTS.items():
        if letters and 2 * sum(ord(letter) in code_points for letter in letters) > len(letters):
            return frozenset({script})
    scores: dict[str, int] = {}
    for word in {word for word in words if len(word) > 1}:  # not the s of "Chopin's", the l of "l'adieu"
        for language in _LANGUAGES_BY_SMALL_WORD.get(word, ()):
            scores[language] = scores.get(language, 0) + 1
        for language in _LANGUAGES_BY_QUESTION_WORD.get(word, ()):
            scores[language] = scores.get(language, 0) + _QUESTION_WORD_SCORE
    best = max(scores.values(), default=0)
    if best < _MIN_SCORE:
        return UNKNOWN
    return frozenset(language for language, score in scores.items() if score == best)


def are_different(languages: Languages, others: Languages) -> bool:
    """Whether two texts are in different languages, by those that each may be in; not where nothing tells."""
    return bool(languages and others) and languages.isdisjoint(others)


@cache
def small_words_of(languages: Languages) -> frozenset[str]:
    """The small words and words of asking of some languages, folded: they say nothing of what is asked about."""
    rows = (*lexicon.rows("small_words"), *lexicon.rows("foreign_question_words"))
    return frozenset(fold(word) for word, language, *_ in rows if language in languages)


def holds_number_word(text: str, languages: Languages) -> bool:
    """Whether a text contains a number word of one of some languages other than English.

    Example:
        >>> holds_number_word("An Bord dürfen achtzehn Autos.", frozenset({"German"}))
        True
    """
    words, parts = _number_words_of(languages)
    own_words = {word.lower() for word in _WORD.findall(text)}
    return not words.isdisjoint(own_words) or any(part in word for part in parts for word in own_words)


@cache
def _number_words_of(languages: Languages) -> tuple[frozenset[str], frozenset[str]]:
    """The number words of some languages, and the parts of longer ones."""
    rows = [(word, label) for word, language, label in lexicon.rows("foreign_number_words") if language in languages]
    return frozenset(word for word, label in rows if label == "word"), frozenset(
        word for word, label in rows if label == "part"
    )


def _languages_by_word(name: str) -> dict[str, tuple[str, ...]]:
    languages: dict[str, tuple[str, ...]] = {}
    for word, language, *_ in lexicon.rows(name):
        languages[word] = (*languages.get(word, ()), language)
    return languages


_LANGUAGES_BY_SMALL_WORD = _languages_by_word("small_words")
_LANGUAGES_BY_QUESTION_WORD = {
    **_languages_by_word("foreign_question_words"),
    **dict.fromkeys(QUESTION_WORDS, ("English",)),
}
