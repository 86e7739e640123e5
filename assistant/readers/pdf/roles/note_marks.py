"""The marks of notes: where a note begins, and where the text refers to one."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

from assistant.readers.pdf.page import Phrase, Piece, Word
from assistant.readers.raised import raised_text

_SYMBOLS = "*∗†‡§¶#‖※"  # noqa: RUF001 — the asterisk of mathematics is meant, too
_SYMBOL_MARK = re.compile(rf"[{_SYMBOLS}]{{1,4}}")
_MARK = re.compile(rf"[(\[]?(\d{{1,3}}|[a-z]|[{_SYMBOLS}]{{1,4}})[)\].:]?")
_BRACKETED = re.compile(r"[(\[](\d{1,3}|[a-z])[)\]]")
_RAISED_FIGURES = re.compile(r"[⁰¹²³⁴-⁹]{1,3}")  # where these are characters of their own
_SQUARE = re.compile(r"\[(\d{1,3}|[a-z])\]")
_NUMBERED = re.compile(r"(\d{1,3})[.)]?")
_GLUED_NUMBER = re.compile(r"(\d{1,3})(?=[^\W\d_]{2}|[\"“„«'‘])")
_GLUED_SYMBOL = re.compile(rf"([{_SYMBOLS}]{{1,4}})(?=\w)")
_GLUED = re.compile(rf"{_GLUED_NUMBER.pattern}|{_GLUED_SYMBOL.pattern}")
_ENDS = '.!?…"”’)]'  # of a note before the next one on its line
_AROUND_MARK = "()[].: "  # of the mark of an item
_WORDS_BEFORE = 3  # that tell whether a raised figure is an exponent
_PARTS = re.compile(r"[,;\s]+")


Form = Literal["raised", "symbol", "plain"]


class Opening(NamedTuple):
    """How a note begins.

    Attributes:
        mark: without brackets and full stop.
        word: the word that is the mark, or the part of one.
        words: those behind the mark, on the same line.
        form: whether the mark is raised, or an asterisk, a dagger or the like on the line, or a number or letter there.
    """

    mark: str
    word: Word
    words: tuple[Word, ...]
    form: Form


def bare_mark(item: Piece) -> str:
    """The mark of an item without brackets and full stop."""
    return item.mark.strip(_AROUND_MARK)


def note_of(piece: Piece, *, key: str, label: str) -> Piece | None:
    """A piece as a note: its mark is that of an item, or what a paragraph begins with; None where it has none."""
    if piece.kind == "item":
        mark = bare_mark(piece)
        return replace(piece, kind="note", level=0, mark=mark, key=key, label=label) if mark else None
    first, *others = piece.lines
    opening = opening_of(first.words)
    if opening is None:
        return None
    x0, x1 = min(word.x0 for word in opening.words), max(word.x1 for word in opening.words)
    lines = (replace(first, words=opening.words, x0=x0, x1=x1), *others)
    return replace(piece, kind="note", lines=lines, mark=opening.mark, mark_words=(opening.word,), key=key, label=label)


def opening_of(words: Sequence[Word]) -> Opening | None:
    """How a note begins with some words; None where they begin none, or are a mark alone."""
    first = words[0]
    if len(words) < 2 and not _GLUED.match(first.text):
        return None
    if first.rise > 0 or _RAISED_FIGURES.fullmatch(first.text):
        mark = _MARK.fullmatch(unicodedata.normalize("NFKC", first.text))
        return Opening(mark[1], first, _behind(words), "raised") if mark else None
    if _SYMBOL_MARK.fullmatch(first.text):
        return Opening(first.text, first, _behind(words), "symbol")
    if glued := _GLUED_SYMBOL.match(first.text):
        return _split_opening(glued, words, "symbol")
    if glued := _GLUED_NUMBER.match(first.text):
        return _split_opening(glued, words, "plain")
    plain = _BRACKETED.fullmatch(first.text) or _NUMBERED.fullmatch(first.text)
    return Opening(plain[1], first, _behind(words), "plain") if plain else None


def next_opening(words: Sequence[Word], mark: str) -> int | None:
    """The index in a line of the raised number that begins the next note, one more than a mark; None where none is."""
    if not mark.isdecimal():
        return None
    following = str(int(mark) + 1)
    for index, word in enumerate(words[:-1]):
        if index and word.rise > 0 and word.text == following and words[index - 1].text[-1] in _ENDS:
            return index
    return None


def referring_words(phrases: Iterable[Phrase]) -> Iterator[tuple[Word, str]]:
    """The raised words behind others, each with the mark that it may be; several for several notes ("1,2")."""
    for phrase in phrases:
        for word in phrase.words[1:]:
            if word.rise > 0:
                for mark in marks_in(word.text):
                    yield word, mark


def surely_referring(phrases: Iterable[Phrase]) -> set[str]:
    """The marks of raised words that can't be exponents, as that behind a unit in "240 m²" may be."""
    return {
        mark
        for phrase in phrases
        for index, word in enumerate(phrase.words)
        if word.rise > 0 and index and not may_be_power(phrase.words, index)
        for mark in marks_in(word.text)
    }


def may_be_power(words: Sequence[Word], index: int) -> bool:
    """Whether the raised word at an index may be an exponent."""
    if _BRACKETED.fullmatch(words[index].text):
        return False
    before = " ".join(word.text for word in words[max(index - _WORDS_BEFORE, 0) : index])
    return not raised_text(before, words[index].text)[1]


def marks_in(raised: str) -> list[str]:
    """The marks of notes in a raised word."""
    return [mark[1] for part in _PARTS.split(raised) if (mark := _MARK.fullmatch(part))]


def marks_like(printed: str, raised: str) -> list[str]:
    """The marks in a raised word that may refer to a note: "[1]" alone refers to one that is printed as "[1]".

    Args:
        printed: the mark of the note, or of one in its list.
        raised: the word.
    """
    return _SQUARE.findall(raised) if printed.startswith("[") else marks_in(raised)


def explained_marks(phrases: Iterable[Phrase]) -> set[str]:
    """The marks that lines begin with and explain, raised: "¹ University of Leeds · ² Institute of Ecology"."""
    explained = set()
    for phrase in phrases:
        opening = opening_of(phrase.words)
        if opening and opening.form == "raised":
            apart = (word for word in phrase.words[1:-1] if word.rise > 0 and not word.is_glued)
            explained |= {opening.mark, *(mark for word in apart for mark in marks_in(word.text))}
    return explained


def symbols_at_ends(phrases: Iterable[Phrase]) -> set[str]:
    """The symbols that end words which aren't raised, as in "Smith*"."""
    symbols = set()
    for phrase in phrases:
        for word in phrase.words:
            if word.text[-1] in _SYMBOLS and not word.rise:
                stem = word.text.rstrip(_SYMBOLS)
                symbols.add(word.text[len(stem) :])
    return symbols


def _behind(words: Sequence[Word]) -> tuple[Word, ...]:
    """The words behind the first."""
    rest = tuple(words[1:])
    return (replace(rest[0], is_glued=False), *rest[1:]) if rest else ()


def _split_opening(glued: re.Match[str], words: Sequence[Word], form: Form) -> Opening:
    """A note whose mark is glued to its first word, each part as wide as its share of the characters."""
    first = words[0]
    middle = first.x0 + glued.end() / len(first.text) * (first.x1 - first.x0)
    mark = replace(first, text=glued[1], x1=middle)
    rest = replace(first, text=first.text[glued.end() :], x0=middle, is_glued=False)
    return Opening(glued[1], mark, (rest, *words[1:]), form)
