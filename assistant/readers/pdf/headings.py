"""Which lines are headings, and of what level: by size, weight, capitals and numbering."""

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.readers.pdf.lines import Line
from assistant.readers.pdf.page import Phrase, Piece
from assistant.readers.pdf.style import BodyStyle, round_size

_LARGER = 1.12  # times the size of the body
_MAX_LINES = 4
_MAX_CHARS = 200
_MAX_BODY_SIZE_CHARS = 120  # of a heading that is no larger than the body
_LETTER = re.compile(r"[^\W\d_]")
_NUMBER = re.compile(r"(\d{1,3}(?:\.\d{1,3})*)\.?\s")


def is_heading(lines: Sequence[Line], style: BodyStyle) -> bool:
    """Whether some lines that belong together are a heading."""
    text = " ".join(line.text for line in lines)
    if len(lines) > _MAX_LINES or len(text) > _MAX_CHARS or not _LETTER.search(text) or text[-1] in ",;":
        return False
    if min(line.phrase.size for line in lines) >= _LARGER * style.size:
        return True
    if (
        len(text) > _MAX_BODY_SIZE_CHARS
        or text[-1] == "."
        or min(line.phrase.size for line in lines) < 0.9 * style.size
    ):
        return False
    return all(line.is_bold for line in lines) and not style.is_bold


def with_levels(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with the levels of their headings: the larger and heavier, the higher; the deeper numbered, the lower."""
    looks = sorted({_look(piece.lines[0]) for piece in pieces if piece.kind == "heading"}, reverse=True)
    levels = {look: min(place + 1, 6) for place, look in enumerate(looks)}
    return [
        replace(piece, level=levels[_look(piece.lines[0])]) if piece.kind == "heading" else piece for piece in pieces
    ]


def _look(line: Phrase) -> tuple[float, bool, bool]:
    text = line.text
    is_bold = 2 * sum(len(word.text) for word in line.words if word.font.is_bold) > len(text)
    return round_size(line.size), is_bold, text.isupper()
