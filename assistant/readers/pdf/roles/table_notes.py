"""Notes below a table, which marks in its cells refer to."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.readers.pdf.page import Piece, TableArea
from assistant.readers.pdf.roles.note_marks import marks_in, note_of, symbols_at_ends

_LABEL = "footnote"


def mark_table_notes(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces, with the notes that stand right below tables, and the words of the tables that refer to them.

    Args:
        pieces: of the document, in reading order.
    """
    marked = list(pieces)
    for index, piece in enumerate(pieces):
        if piece.table:
            notes = list(_notes_below(piece.table, pieces, index + 1))
            marked[index + 1 : index + 1 + len(notes)] = notes
            marked[index] = replace(piece, note_keys=tuple(_note_keys(piece.table, notes)))
    return marked


def _notes_below(table: TableArea, pieces: Sequence[Piece], start: int) -> Iterator[Piece]:
    """The pieces, from an index on, that are notes of a table, as notes."""
    lines = [line for row in table.rows for cell in row for line in cell.lines]
    marks = {mark for line in lines for word in line.words if word.rise > 0 for mark in marks_in(word.text)}
    marks |= symbols_at_ends(lines)
    for number in range(start, len(pieces) if marks else start):
        piece = pieces[number]
        if piece.kind not in {"item", "paragraph"} or piece.role != "body":
            return
        note = note_of(piece, key=f"note of table {start}.{number}", label=_LABEL)
        if note is None or note.mark not in marks:
            return
        yield note


def _note_keys(table: TableArea, notes: Sequence[Piece]) -> Iterator[tuple[int, str]]:
    """The indices among all words of a table of those that refer to notes, with the notes' keys."""
    keys = {note.mark: note.key for note in reversed(notes)}
    words = (word for row in table.rows for cell in row for line in cell.lines for word in line.words) if keys else ()
    for index, word in enumerate(words):
        if word.rise > 0:
            key = next((keys[mark] for mark in marks_in(word.text) if mark in keys), "")
            if key:
                yield index, key
