"""Corrects a question's typing errors: "arests" to "arrests".

A word that the index doesn't know is replaced by the nearest one that the index knows, or that questions are made of,
by the edits that make up most of all typing errors: one letter more, fewer or other, two neighbours swapped (Damerau
1964). Where two words are equally near, or where the word is right and only unknown here, nothing changes: a wrong
correction is worse than none. Pure functions, English.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from string import ascii_lowercase
from typing import NamedTuple, Protocol

from assistant.nlp import lexicon
from assistant.nlp.letters import MIN_LETTERS, IndexedWord, is_spellable, letter_set
from assistant.nlp.tokens import QUESTION_WORDS, STOP_WORDS, Token, stem, tokenize, word_set

_MAX_WORDS = 400  # of a question, examined
_TWO_EDITS_MIN_LETTERS = 8  # from so many letters on two edits are corrected
_OTHER_LETTER_MIN_LETTERS = 6  # from so many letters on another letter in a word is a slip
_CLEAR_RATIO = 3  # of two words equally near, the one that is so many times as common is meant
_ASKING_WORD_COUNT = 1_000_000  # how common a word of asking counts as
_LOWER_ROMAN = re.compile(r"[ivx]{1,4}")
_UPPER_ROMAN = re.compile(r"\b[IVX]{1,4}\b")
_DERIVING_SUFFIX = re.compile(r"(?:er|or|ing|ed|ness|ly)$")
_PHRASING = lexicon.words_by_class("question_phrasing")
_CONTRACTIONS = {word.replace("'", ""): word for word in _PHRASING["contraction"]}  # no edit of letters restores these
_AMOUNT_WORDS = word_set("many much")
# What questions are made of beside the closed classes, whether or not the documents use it.
_ASKING_WORDS = _PHRASING["common"] | frozenset(word for word in STOP_WORDS if word.isalpha())


class Vocabulary(Protocol):
    """The words of an index."""

    def sentence_counts(self, words: Iterable[str]) -> Mapping[str, int]:
        """The folded words that the index knows in any form, each with the number of sentences that contain it."""

    def similar_words(self, word: str, edits: int) -> Iterable[IndexedWord]:
        """All words, and perhaps more, within some edits of a folded one that begin with the same letter."""

    def capitalised_words(self, words: Iterable[str]) -> Collection[str]:
        """The folded words that the index mostly writes with a capital."""


def correct_spelling(text: str, index: Vocabulary, english_words: Callable[[], Collection[str]]) -> str:
    """The text with its typing errors corrected.

    Args:
        text: a question.
        index: the words that are known.
        english_words: returns words that are right everywhere; called only where the index lacks a word.
    """
    tokens = [token for token in tokenize(text)[:_MAX_WORDS] if _may_be_misspelt(text, token)]
    known_words = index.sentence_counts(token.text for token in tokens) if tokens else {}
    corrected, end = "", 0
    for token in tokens:
        if token.text not in known_words:
            corrected += text[end : token.start]
            written = text[token.start : token.end]
            possessive = written[-2:] if written.lower().endswith(("'s", "’s")) else ""
            meant = _find_meant_word(_Misspelling(text, token, corrected), index, english_words)
            if meant is None:
                corrected += written
            else:
                corrected += f"{_match_case(written.removesuffix(possessive), meant)}{possessive}"
            end = token.end
    return corrected + text[end:]


def restore_capitals(text: str, index: Vocabulary) -> str:
    """A text without capitals, Roman numerals aside, with those that its names have in the index; others unchanged."""
    if any(map(str.isupper, _UPPER_ROMAN.sub("", text[1:]))):
        return text
    tokens = tokenize(text)[:_MAX_WORDS]
    words = (token.text for token in tokens if token.text not in _ASKING_WORDS)
    capitalised = index.capitalised_words(words) if tokens else ()
    name_end = -1
    for token in tokens:
        written = text[token.start : token.end]
        if token.text in capitalised:
            text = f"{text[: token.start]}{written[0].upper()}{written[1:]}{text[token.end :]}"
            name_end = token.end
        elif token.start == name_end + 1 and _LOWER_ROMAN.fullmatch(written):
            text = f"{text[: token.start]}{written.upper()}{text[token.end :]}"
    return text


def edit_distance(first: str, second: str, limit: int) -> int:
    """The number of edits between two words, by optimal string alignment; ``limit`` + 1 where there are more."""
    if abs(len(first) - len(second)) > limit:
        return limit + 1
    previous: list[int] = []
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        before_previous, previous, row = previous, row, [i]
        for j, b in enumerate(second, 1):
            least = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (a != b))
            if i > 1 and j > 1 and a == second[j - 2] and b == first[i - 2]:
                least = min(least, before_previous[j - 2] + 1)
            row.append(least)
        if min(row) > limit:
            return limit + 1
    return min(row[-1], limit + 1)


class _Misspelling(NamedTuple):
    """A word that the index doesn't know, where it stands."""

    text: str  # the question
    token: Token
    corrected: str  # the question up to the word, corrected already

    @property
    def word(self) -> str:
        return self.token.text

    @property
    def is_name(self) -> bool:
        """Whether it is written as a name is."""
        start = self.token.start
        return self.text[start].isupper() and start > 0 and self.text != self.text.upper()


def _may_be_misspelt(text: str, token: Token) -> bool:
    """Whether a token consists of letters, in no address, and is no abbreviation and no word of asking."""
    written = text[token.start : token.end]
    neighbours = text[token.start - 1 : token.start] + text[token.end : token.end + 1]
    return (
        is_spellable(token.text)
        and len(token.text) >= MIN_LETTERS
        and token.text not in _ASKING_WORDS
        and not (written.isupper() and text != text.upper())
        and not any(sign in neighbours for sign in "@/_\\")
        and not (text[token.end : token.end + 1] == "." and text[token.end + 1 : token.end + 2].isalnum())
    )


def _find_meant_word(
    misspelling: _Misspelling, index: Vocabulary, english_words: Callable[[], Collection[str]]
) -> str | None:
    """The word that is meant by one that the index doesn't know; None where that isn't certain."""
    word = misspelling.word
    if word in _CONTRACTIONS:
        return _CONTRACTIONS[word]
    english = english_words()
    if _is_english(word, english):
        return None
    english_neighbours = {neighbour for neighbour in _one_edit_away(word) if neighbour in english}
    limit = 1 if len(word) < _TWO_EDITS_MIN_LETTERS or english_neighbours else 2
    possible_words = _possible_words(misspelling, index, english_neighbours, limit)
    distances = {
        possible: distance
        for possible in possible_words
        if (distance := edit_distance(word, possible, limit)) <= limit
        and (
            possible in QUESTION_WORDS | _AMOUNT_WORDS
            or _is_slip(word, possible, distance, is_name=misspelling.is_name)
        )
    }
    counts = _word_counts(distances, misspelling.corrected, index)
    # Letters are doubled, halved and swapped more often than others take their place.
    costs = {
        possible: 2 * distance - (letter_set(possible) == letter_set(word)) for possible, distance in distances.items()
    }
    return _best_word([(costs[possible], -count, possible) for possible, count in counts.items()])


def _possible_words(
    misspelling: _Misspelling, index: Vocabulary, english_neighbours: Collection[str], limit: int
) -> set[str]:
    """The words that may be meant; for a name those alone that the index writes as names."""
    word, is_name = misspelling.word, misspelling.is_name
    possible = {similar.word for similar in index.similar_words(word, limit) if similar.is_name or not is_name}
    if is_name:
        return possible
    asking_words = {asking for asking in _ASKING_WORDS if asking[0] == word[0]}
    return possible | asking_words | set(english_neighbours) | {_swap_first_letters(word)}


def _word_counts(words: Collection[str], corrected: str, index: Vocabulary) -> dict[str, int]:
    """How common the words are that the index or questions have; the more for those that the question still lacks."""
    previous_words = [token.text for token in tokenize(corrected)]
    expected: Collection[str] = ()
    if previous_words[-1:] == ["how"]:
        expected = _AMOUNT_WORDS
    elif QUESTION_WORDS.isdisjoint(previous_words):
        expected = QUESTION_WORDS
    counts = {**index.sentence_counts(words)}
    counts |= {word: _ASKING_WORD_COUNT for word in words if word in _ASKING_WORDS}
    return counts | {word: _ASKING_WORD_COUNT * _CLEAR_RATIO for word in words if word in expected}


def _is_slip(word: str, meant: str, distance: int, *, is_name: bool) -> bool:
    """Whether the edits between two words are slips of hasty hands rather than the two words merely look alike.

    Their ends are the same, for what differs there is mostly another form or another name ("Ronald", "Ronaldo"), but
    a long word may lack its last letter. Another letter in a short word makes another word ("perks", "parks"), one
    letter more or fewer in a short name another name ("Doge", "Dodge"), and two edits mostly another word, unless
    they add and remove no more than one letter.
    """
    changed_letters = (letter_set(word) ^ letter_set(meant)).bit_count()
    if distance > 1:
        return changed_letters < distance and word[-1] == meant[-1]
    if sorted(word) == sorted(meant):
        return True  # two swapped
    if word[-1] != meant[-1]:
        return len(word) > _OTHER_LETTER_MIN_LETTERS and meant[:-1] == word
    return len(word) >= _OTHER_LETTER_MIN_LETTERS or (len(word) != len(meant) and not is_name)


def _swap_first_letters(word: str) -> str:
    return word[1] + word[0] + word[2:]


def _one_edit_away(word: str) -> Iterator[str]:
    """Everything that one edit makes of a word, its first letter kept."""
    for i in range(1, len(word) + 1):
        head, tail = word[:i], word[i:]
        yield from (f"{head}{letter}{tail}" for letter in ascii_lowercase)
        yield f"{head}{tail[1:]}"
        yield from (f"{head}{letter}{tail[1:]}" for letter in ascii_lowercase if tail)
        yield f"{head}{tail[1:2]}{tail[:1]}{tail[2:]}"


def _best_word(ranking: Collection[tuple[int, int, str]]) -> str | None:
    """The word of least cost, the commonest of those; None where another one costs as little and is nearly as common.

    Args:
        ranking: (cost, minus the word's count, word) of each word.
    """
    if not ranking:
        return None
    ordered = sorted(ranking)
    least_cost, negative_count, best = ordered[0]
    rival_counts = [-count for cost, count, word in ordered if cost == least_cost and stem(word) != stem(best)]
    return best if -negative_count >= _CLEAR_RATIO * max(rival_counts, default=0) else None


def _is_english(word: str, english: Collection[str]) -> bool:
    """Whether a word, or what it is a form of, is English."""
    base = word.removesuffix("s")
    forms = {word, stem(word), f"{stem(word)}e", f"{word}s", _DERIVING_SUFFIX.sub("", base)}
    forms.add(_DERIVING_SUFFIX.sub("e", base))
    return any(form in english for form in forms if len(form) >= MIN_LETTERS - 1)


def _match_case(written: str, word: str) -> str:
    """A word in the capitals of the one that was written."""
    if written.isupper():
        return word.upper()
    return word.capitalize() if written[0].isupper() else word
