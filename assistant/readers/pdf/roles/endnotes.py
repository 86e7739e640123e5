"""Endnotes: a numbered list at the end of a document or chapter whose numbers raised marks in the text refer to."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from itertools import pairwise

from assistant.readers.pdf.page import Piece
from assistant.readers.pdf.roles.note_marks import (
    bare_mark,
    explained_marks,
    marks_like,
    may_be_power,
    note_of,
    opening_of,
)

_MIN_NOTES = 3  # of a list
_REFERRED_SHARE = 0.6  # of the notes, to which the text before them refers
_OWN_SHARE = 0.8  # of the marks in that text, which the list has
_AFFILIATIONS_WITHIN = 15  # pieces at the beginning
_LABEL = "endnote"


def mark_endnotes(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces, with the endnotes among them, and the words before them that refer to those.

    Args:
        pieces: of the document, with the words that refer to footnotes.
    """
    marked = list(pieces)
    # The index at which the text of the next list of notes begins, and that up to which its marks have been collected.
    lists = list(_lists(pieces))
    begin = collected_to = _behind_affiliations(pieces[: lists[0][0]]) if lists else 0
    referred: dict[str, set[str]] = {"": set(), "[": set()}  # by the form of the marks
    for start, end in lists:
        for form, marks in referred.items():
            marks.update(mark for piece in pieces[collected_to:start] for _, mark in _open_marks(piece, form))
        collected_to = end
        form = "[" if pieces[start].mark.startswith("[") else ""
        numbers = [str(number) for number in range(1, end - start + 1)]
        if _are_referred_to(numbers, referred[form]):
            keys = {number: f"endnote {start}.{number}" for number in numbers}
            for index in range(begin, start):
                marked[index] = _referring(marked[index], keys, form)
            for index, number in zip(range(start, end), numbers, strict=True):
                marked[index] = note_of(pieces[index], key=keys[number], label=_LABEL) or pieces[index]
            begin = end
            referred = {"": set(), "[": set()}
    return marked


def _are_referred_to(numbers: Sequence[str], marks: AbstractSet[str]) -> bool:
    """Whether most numbers of a list are marks in the text, and nearly all numbers among the marks are of the list."""
    shared = marks & set(numbers)
    return len(shared) >= _REFERRED_SHARE * len(numbers) and len(shared) >= _OWN_SHARE * sum(
        mark.isdecimal() for mark in marks
    )


def _lists(pieces: Sequence[Piece]) -> Iterator[tuple[int, int]]:
    """The indices from which and up to which pieces are numbered from 1: all those between two headings."""
    headings = [index for index, piece in enumerate(pieces) if piece.kind == "heading"]
    for heading, end in pairwise([*headings, len(pieces)]):
        numbers = [_number(piece) for piece in pieces[heading + 1 : end]]
        if len(numbers) >= _MIN_NOTES and numbers == list(range(1, len(numbers) + 1)):
            yield heading + 1, end


def _number(piece: Piece) -> int:
    """The number that a piece begins with, as an item or behind a raised mark; 0 where there is none."""
    if piece.role != "body" or piece.table or not piece.lines:
        return 0
    mark = bare_mark(piece) if piece.kind == "item" else ""
    if piece.kind == "paragraph" and (opening := opening_of(piece.lines[0].words)) and opening.form == "raised":
        mark = opening.mark
    return int(mark) if mark.isascii() and mark.isdecimal() and len(mark) < 5 else 0


def _behind_affiliations(pieces: Sequence[Piece]) -> int:
    """The index behind the lines at the beginning of a text that explain the raised marks of authors' names."""
    first = enumerate(pieces[:_AFFILIATIONS_WITHIN], start=1)
    return max((index for index, piece in first if explained_marks(piece.lines[:1])), default=0)


def _open_marks(piece: Piece, form: str) -> Iterator[tuple[int, str]]:
    """The indices of the raised words of a piece that refer to no note yet, with the marks that they may be.

    Args:
        piece: of the text.
        form: what the marks begin with, "[" or nothing.
    """
    known = {index for index, _ in piece.note_keys}
    words = [word for line in piece.lines for word in line.words]
    for index, word in enumerate(words):
        if word.rise > 0 and index and index not in known and not may_be_power(words, index):
            for mark in marks_like(form, word.text):
                yield index, mark


def _referring(piece: Piece, keys: dict[str, str], form: str) -> Piece:
    key_by_place = {index: keys[mark] for index, mark in reversed(list(_open_marks(piece, form))) if mark in keys}
    return replace(piece, note_keys=(*piece.note_keys, *sorted(key_by_place.items()))) if key_by_place else piece
