"""Sections that list rather than state: bibliographies, contents without page numbers, indexes."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from assistant.readers.pdf.page import Piece
from assistant.readers.pdf.roles.bibliography import are_bibliography, is_entry, is_long_without_source, is_sure_entry
from assistant.segmentation.roles import role_of_heading
from assistant.structure import Role

_LOOK_AHEAD = 3  # pieces behind a heading that tell whether a bibliography goes on there
_ENOUGH_PROSE = 4  # paragraphs that no bibliography has
_MAX_LISTED_CHARS = 200  # of a line of the contents or an index
_MAX_LETTER_CHARS = 3  # of the headings in an index: "A", "Q–R"
_MIN_INDEX_LINES = 8  # of an index without a heading
_INDEX_SHARE = 0.8  # of the lines of an index that end in numbers of pages, and of those in alphabetical order
_INDEX_LINE = re.compile(r"[^\W\d_].{0,100}?,?\s\d{1,4}(?:[–-]\d{1,4})?(?:,\s?\d{1,4}(?:[–-]\d{1,4})?)*")
_PARAGRAPHS = frozenset(("paragraph", "item", "field", "code"))


def mark_listed_sections(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces, with the roles of bibliographies, contents and indexes, by their headings and by their form.

    Args:
        pieces: of the document, in reading order.
    """
    return _marked(_marked(pieces, _sections_by_heading(pieces)), _sections_by_form(pieces))


class _Section(NamedTuple):
    """Pieces that have a role, from one index up to another."""

    start: int
    end: int
    role: Role


def _marked(pieces: Sequence[Piece], sections: Iterable[_Section]) -> list[Piece]:
    """The pieces; those of the sections that have no other role with theirs."""
    marked = list(pieces)
    for section in sections:
        for index in range(section.start, section.end):
            if marked[index].role == "body":
                marked[index] = replace(marked[index], role=section.role)
    return marked


def _sections_by_heading(pieces: Sequence[Piece]) -> Iterator[_Section]:
    index = 0
    while index < len(pieces):
        role = _role_of_heading(pieces, index)
        end = index + 1
        if role == "bibliography":
            end = _end_of_bibliography(pieces, end)
        elif role != "body":
            end = _end_of_list(pieces, end)
        if role != "body":
            yield _Section(index, end, role)
        index = end


def _role_of_heading(pieces: Sequence[Piece], index: int) -> Role:
    """The role that a piece gives to those below it: as a heading, or as a line above entries of a bibliography."""
    piece = pieces[index]
    if piece.role != "body" or len(piece.lines) != 1 or piece.kind not in {"heading", "paragraph"}:
        return "body"
    role = role_of_heading(piece.lines[0].text)
    if piece.kind == "heading" or (role == "bibliography" and _goes_on_with_entries(pieces, index)):
        return role
    return "body"


def _end_of_bibliography(pieces: Sequence[Piece], start: int) -> int:
    """Where a bibliography ends: at the next heading that no entries follow, or where some paragraphs are prose."""
    prose = 0  # paragraphs of it in a row
    for index in range(start, len(pieces)):
        piece = pieces[index]
        if piece.kind == "heading" and not _goes_on_with_entries(pieces, index):
            return index
        prose = prose + 1 if piece.kind == "paragraph" and is_long_without_source(_text(piece)) else 0
        if prose == _ENOUGH_PROSE:
            return index + 1 - prose
    return len(pieces)


def _goes_on_with_entries(pieces: Sequence[Piece], index: int) -> bool:
    """Whether most of the pieces behind one are entries of a bibliography."""
    following = [piece for piece in pieces[index + 1 : index + 1 + _LOOK_AHEAD] if piece.kind != "heading"]
    return 2 * sum(is_entry(_text(piece), piece.mark) for piece in following) > len(following)


def _end_of_list(pieces: Sequence[Piece], start: int) -> int:
    """Where contents or an index end: at the next heading that is more than a letter, or the first longer text."""
    for index in range(start, len(pieces)):
        text = _text(pieces[index])
        is_heading = pieces[index].kind == "heading" and len(text) > _MAX_LETTER_CHARS
        if is_heading or pieces[index].table or len(text) > _MAX_LISTED_CHARS:
            return index
    return len(pieces)


def _sections_by_form(pieces: Sequence[Piece]) -> Iterator[_Section]:
    """Bibliographies and indexes without a heading that says so."""
    texts = [_text(piece) if piece.kind in _PARAGRAPHS and piece.role == "body" else "" for piece in pieces]
    entries = [bool(text) and is_sure_entry(text) for text in texts]
    for start, end in _runs(entries, texts):
        if are_bibliography([text for text, flag in zip(texts[start:end], entries[start:end], strict=True) if flag]):
            yield _Section(start, end, "bibliography")
    lines = [bool(text) and _INDEX_LINE.fullmatch(text) is not None for text in texts]
    for start, end in _runs(lines, texts):
        if _is_alphabetical(texts[start:end]):
            yield _Section(start, end, "index")


def _runs(flags: Sequence[bool], texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The stretches of pieces with a flag; one text without it may stand between two that have it."""
    start = end = -1
    for index, has_flag in enumerate([*flags, False]):
        if has_flag:
            start, end = (index if start < 0 else start), index + 1
        elif start >= 0 and (index == len(texts) or not texts[index] or index > end):
            yield start, end
            start = -1


def _is_alphabetical(lines: Sequence[str]) -> bool:
    """Whether enough lines stand in alphabetical order, as those of an index do."""
    letters = [line[0].casefold() for line in lines]
    rising = sum(first <= second for first, second in pairwise(letters))
    return len(lines) >= _MIN_INDEX_LINES and len(set(letters)) > 1 and rising >= _INDEX_SHARE * (len(lines) - 1)


def _text(piece: Piece) -> str:
    return " ".join(line.text for line in piece.lines)
