"""A question's typing errors, read as the words that were meant: "arests" as "arrests".

A word that the index doesn't know is read as the nearest one that it knows, or that questions are made of, by the
edits that make up most of all typing errors: one letter more, fewer or other, two neighbours swapped (Damerau 1964).
Where two words are as near, or where the word is right and only unknown here, nothing is changed: a wrong correction
is worse than none. Pure functions, English.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from string import ascii_lowercase
from typing import Protocol

from assistant.nlp import lexicon
from assistant.nlp.letters import MIN_LETTERS, IndexedWord, is_spellable, letter_set
from assistant.nlp.tokens import QUESTION_WORDS, STOP_WORDS, Token, stem, tokenize, word_set

_LONG = 8  # letters from which on two edits are undone
_CLEAR = 3  # times as common is common enough to be meant of two words as near
_SURE = 6  # letters from which on another letter in a word is a slip
_EVERYWHERE = 1_000_000  # times that a word of asking counts as common
_NUMERAL = re.compile(r"[ivx]{1,4}")
_CAPITALS = re.compile(r"\b[IVX]{1,4}\b")  # that are a number
_AGENT = re.compile(r"(?:er|or|ing|ed|ness|ly)$")
_MOST = 400  # words of a question that are looked at
_PHRASING = lexicon.words_by_class("question_phrasing")
_RUN_TOGETHER = {word.replace("'", ""): word for word in _PHRASING["contraction"]}  # no edit of letters brings it back
_AMOUNTS = word_set("many much")
# What questions are made of beside the closed classes, whether or not the documents hold it.
_ASKING = _PHRASING["common"] | frozenset(word for word in STOP_WORDS if word.isalpha())


class Vocabulary(Protocol):
    """The words of an index."""

    def sentence_counts(self, told: Iterable[str]) -> Mapping[str, int]:
        """Those of some folded words that stand in the index, in whatever form, with the number of their sentences."""

    def similar_words(self, word: str, edits: int) -> Iterable[IndexedWord]:
        """All words, and maybe more, that are within some edits of a folded one and begin with its first letter."""

    def capitalised_words(self, told: Iterable[str]) -> Collection[str]:
        """Those of some folded words that the index mostly writes with a capital."""


def correct_spelling(text: str, index: Vocabulary, english: Callable[[], Collection[str]]) -> str:
    """The text with its typing errors undone.

    Args:
        text: a question.
        index: the words that are known.
        english: gives words that are right wherever they stand; asked for only where the index lacks a word.
    """
    told = [word for word in tokenize(text)[:_MOST] if _may_be_wrong(text, word)]
    known = index.sentence_counts(word.text for word in told) if told else {}
    done, end = "", 0
    for word in told:
        if word.text not in known:
            done += text[end : word.start]
            written = text[word.start : word.end]
            ending = written[-2:] if written.lower().endswith(("'s", "’s")) else ""
            meant = _meant(text, word, done, index, english)
            done += written if meant is None else f"{_as_written(written.removesuffix(ending), meant)}{ending}"
            end = word.end
    return done + text[end:]


def restore_capitals(text: str, index: Vocabulary) -> str:
    """A text without capitals, Roman numbers aside, with those that its names have in the index."""
    if any(map(str.isupper, _CAPITALS.sub("", text[1:]))):
        return text
    told = tokenize(text)[:_MOST]
    capitals = index.capitalised_words(word.text for word in told if word.text not in _ASKING) if told else ()
    end = -1
    for word in told:
        written = text[word.start : word.end]
        if word.text in capitals:
            text = f"{text[: word.start]}{written[0].upper()}{written[1:]}{text[word.end :]}"
            end = word.end
        elif word.start == end + 1 and _NUMERAL.fullmatch(written):
            text = f"{text[: word.start]}{written.upper()}{text[word.end :]}"
    return text


def edit_distance(one: str, other: str, most: int) -> int:
    """How many edits make one word of the other, by optimal string alignment; ``most`` + 1 where there are more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, b in enumerate(other, 1):
            least = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and b == one[i - 2]:
                least = min(least, last[j - 2] + 1)
            row.append(least)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def _may_be_wrong(text: str, word: Token) -> bool:
    """Whether a word is one of letters alone, of no address, no abbreviation and none that everybody knows."""
    written, around = text[word.start : word.end], text[word.start - 1 : word.start] + text[word.end : word.end + 1]
    return (
        is_spellable(word.text)
        and len(word.text) >= MIN_LETTERS
        and word.text not in _ASKING
        and not (written.isupper() and text != text.upper())
        and not any(sign in around for sign in "@/_\\")
        and not (text[word.end : word.end + 1] == "." and text[word.end + 1 : word.end + 2].isalnum())
    )


def _meant(text: str, word: Token, done: str, index: Vocabulary, english: Callable[[], Collection[str]]) -> str | None:
    """The word that is meant by one that isn't known, behind a text that is done; None where that isn't sure."""
    if word.text in _RUN_TOGETHER:
        return _RUN_TOGETHER[word.text]
    right = english()
    if _is_right(word.text, right):
        return None
    one_off = {each for each in _one_off(word.text) if each in right}
    allowed = 1 if len(word.text) < _LONG or one_off else 2
    name = text[word.start].isupper() and word.start > 0 and text != text.upper()
    found = {each.word for each in index.similar_words(word.text, allowed) if each.is_name or not name}
    if not name:
        found |= {each for each in _ASKING if each[0] == word.text[0]} | one_off | {_swapped(word.text)}
    near = {
        each: distance
        for each in found
        if (distance := edit_distance(word.text, each, allowed)) <= allowed
        and (each in QUESTION_WORDS | _AMOUNTS or _is_slip(word.text, each, distance, named=name))
    }
    before = [each.text for each in tokenize(done)]
    expected = _AMOUNTS if before[-1:] == ["how"] else QUESTION_WORDS if QUESTION_WORDS.isdisjoint(before) else ()
    common = {**index.sentence_counts(near), **{each: _EVERYWHERE for each in near if each in _ASKING}}
    common |= {each: _EVERYWHERE * _CLEAR for each in near if each in expected}
    # Letters are doubled, halved and swapped more often than others take their place.
    cost = {each: 2 * distance - (letter_set(each) == letter_set(word.text)) for each, distance in near.items()}
    return _best([(cost[each], -common[each], each) for each in common])


def _is_slip(word: str, meant: str, distance: int, *, named: bool) -> bool:
    """Whether the edits between two words are those of hasty hands rather than of two words that look alike.

    Their ends are the same, for what differs there is mostly another form or another name ("Ronald", "Ronaldo"), but
    a long word may lack its last letter. Another letter in a short word makes another word ("perks", "parks"), one
    letter more or fewer in a short name another name ("Doge", "Dodge"), and two edits mostly another word, unless
    they bring and take no more than one letter.
    """
    changed = (letter_set(word) ^ letter_set(meant)).bit_count()
    if distance > 1:
        return changed < distance and word[-1] == meant[-1]
    if sorted(word) == sorted(meant):
        return True  # two swapped
    if word[-1] != meant[-1]:
        return len(word) > _SURE and meant[:-1] == word
    return len(word) >= _SURE or (len(word) != len(meant) and not named)


def _swapped(word: str) -> str:
    return word[1] + word[0] + word[2:]


def _one_off(word: str) -> Iterator[str]:
    """Everything that one edit makes of a word, its first letter kept."""
    for i in range(1, len(word) + 1):
        head, tail = word[:i], word[i:]
        yield from (f"{head}{letter}{tail}" for letter in ascii_lowercase)
        yield f"{head}{tail[1:]}"
        yield from (f"{head}{letter}{tail[1:]}" for letter in ascii_lowercase if tail)
        yield f"{head}{tail[1:2]}{tail[:1]}{tail[2:]}"


def _best(found: Collection[tuple[int, int, str]]) -> str | None:
    """The nearest word, of those the commonest; None where another one is as near and nearly as common."""
    if not found:
        return None
    ordered = sorted(found)
    nearest, times, best = ordered[0]
    rivals = [-each[1] for each in ordered if each[0] == nearest and stem(each[2]) != stem(best)]
    return best if -times >= _CLEAR * max(rivals, default=0) else None


def _is_right(word: str, english: Collection[str]) -> bool:
    """Whether a word, or what it is a form of, is English."""
    base = word.removesuffix("s")
    forms = {word, stem(word), f"{stem(word)}e", f"{word}s", _AGENT.sub("", base), _AGENT.sub("e", base)}
    return any(each in english for each in forms if len(each) >= MIN_LETTERS - 1)


def _as_written(old: str, new: str) -> str:
    """A word in the capitals of another."""
    if old.isupper():
        return new.upper()
    return new.capitalize() if old[0].isupper() else new
