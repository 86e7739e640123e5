"""The marks of notes: where a note begins, and where the text refers to one."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

from assistant.readers.pdf.page import Phrase, Word

_SYMBOLS = "*∗†‡§¶#‖※"  # noqa: RUF001 — the asterisk of mathematics is meant, too
_SYMBOL_MARK = re.compile(rf"[{_SYMBOLS}]{{1,4}}")
_MARK = re.compile(rf"[(\[]?(\d{{1,3}}|[a-z]|[{_SYMBOLS}]{{1,4}})[)\].:]?")
_BRACKETED = re.compile(r"[(\[](\d{1,3}|[a-z])[)\]]")
_NUMBERED = re.compile(r"(\d{1,3})[.)]?")
_GLUED_NUMBER = re.compile(r"(\d{1,3})(?=[^\W\d_]{2}|[\"“„«'‘])")
_GLUED_SYMBOL = re.compile(rf"([{_SYMBOLS}]{{1,4}})(?=\w)")
_ENDS = '.!?…"”’)]'  # of a note before the next one on its line
_PARTS = re.compile(r"[,;\s]+")


class Opening(NamedTuple):
    """How a note begins.

    Attributes:
        mark: without brackets and full stop.
        words: those behind the mark, on the same line.
        form: whether the mark is raised, or an asterisk, a dagger or the like on the line, or a number or letter there.
    """

    mark: str
    words: tuple[Word, ...]
    form: Literal["raised", "symbol", "plain"]


def opening_of(words: Sequence[Word]) -> Opening | None:
    """How a note begins with some words; None where they begin none."""
    first = words[0]
    if first.rise > 0:
        mark = _MARK.fullmatch(first.text)
        return Opening(mark[1], _behind(words), "raised") if mark else None
    if _SYMBOL_MARK.fullmatch(first.text) and len(words) > 1:
        return Opening(first.text, _behind(words), "symbol")
    if glued := _GLUED_SYMBOL.match(first.text):
        return Opening(glued[1], (_cut(first, glued.end()), *words[1:]), "symbol")
    if glued := _GLUED_NUMBER.match(first.text):
        return Opening(glued[1], (_cut(first, glued.end()), *words[1:]), "plain")
    plain = _BRACKETED.fullmatch(first.text) or _NUMBERED.fullmatch(first.text)
    return Opening(plain[1], _behind(words), "plain") if plain and len(words) > 1 else None


def next_opening(words: Sequence[Word], mark: str) -> int | None:
    """The place in a line of the raised number that begins the next note, one more than a mark; None where none is."""
    if not mark.isdecimal():
        return None
    following = str(int(mark) + 1)
    for place, word in enumerate(words):
        if place and word.rise > 0 and word.text == following and words[place - 1].text[-1] in '.!?…"”’)]':
            return place
    return None


def referring_words(phrases: Iterable[Phrase]) -> Iterator[tuple[Word, str]]:
    """The raised words behind others, each with the mark that it may be; several for several notes ("1,2")."""
    for phrase in phrases:
        for word in phrase.words[1:]:
            if word.rise > 0:
                for mark in marks_in(word.text):
                    yield word, mark


def marks_in(raised: str) -> list[str]:
    """The marks of notes in a raised word."""
    return [mark[1] for part in _PARTS.split(raised) if (mark := _MARK.fullmatch(part))]


def symbols_at_ends(phrases: Iterable[Phrase]) -> set[str]:
    """The symbols that end words which aren't raised, as in "Smith*"."""
    found = set()
    for phrase in phrases:
        for word in phrase.words:
            if word.text[-1] in _SYMBOLS and not word.rise:
                stem = word.text.rstrip(_SYMBOLS)
                found.add(word.text[len(stem) :])
    return found


def _behind(words: Sequence[Word]) -> tuple[Word, ...]:
    """The words behind the first."""
    rest = tuple(words[1:])
    return (replace(rest[0], is_glued=False), *rest[1:]) if rest else ()


def _cut(word: Word, characters: int) -> Word:
    """A word without its first characters, as wide as its share of them."""
    share = characters / len(word.text)
    return replace(word, text=word.text[characters:], x0=word.x0 + share * (word.x1 - word.x0), is_glued=False)
