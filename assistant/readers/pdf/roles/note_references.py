"""The raised words of the text that refer to the notes at the foot of their page."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import NamedTuple

from assistant.readers.pdf.page import Piece
from assistant.readers.pdf.roles.note_marks import marks_in, marks_like, may_be_power


def refer_to_notes(pieces: Sequence[Piece], notes: Sequence[Piece]) -> list[Piece]:
    """The pieces, with the words in them that refer to notes at the foot of their page.

    Args:
        pieces: of the document.
        notes: of it.
    """
    on_page = {(note.lines[0].page, note.mark): note for note in reversed(notes) if note.lines}
    by_piece = [list(_references(piece, on_page)) for piece in pieces]
    surely_referred = {
        reference.key for references in by_piece for reference in references if not reference.may_be_power
    }
    return [
        replace(piece, note_keys=(*piece.note_keys, *_keys(references, surely_referred))) if references else piece
        for piece, references in zip(pieces, by_piece, strict=True)
    ]


def _keys(references: Sequence["_Reference"], surely_referred: AbstractSet[str]) -> Iterator[tuple[int, str]]:
    """The indices and keys of references; of what may be a power only where nothing else refers to the note."""
    for reference in references:
        if not reference.may_be_power or reference.key not in surely_referred:
            yield reference.word_index, reference.key


class _Reference(NamedTuple):
    """A raised word that may refer to a note.

    Attributes:
        word_index: among all words of its piece.
        key: of the note.
        may_be_power: whether it stands behind a unit or a variable, as in "250 m\u00b2".
    """

    word_index: int
    key: str
    may_be_power: bool


def _references(piece: Piece, notes: Mapping[tuple[int, str], Piece]) -> Iterator[_Reference]:
    words = [word for line in piece.lines for word in line.words]
    for index, word in enumerate(words):
        if word.rise > 0 and index:
            note = next((note for mark in marks_in(word.text) if (note := notes.get((word.page, mark)))), None)
            if note and marks_like(_printed_mark(note), word.text):
                yield _Reference(index, note.key, may_be_power(words, index))


def _printed_mark(note: Piece) -> str:
    return note.mark_words[0].text if note.mark_words else note.mark
