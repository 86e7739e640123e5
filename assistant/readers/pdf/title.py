"""The title that a document gives itself on its first page."""

from collections.abc import Sequence
from dataclasses import replace

from assistant.readers.pdf.page import Piece
from assistant.readers.pdf.style import BodyStyle

_LARGER = 1.25  # times the size of the body
_SAME_SIZE = 0.05  # the share by which the lines of a title may differ in size
_FIRST_PIECES = 30  # of the document, among which it stands


def mark_title(pieces: Sequence[Piece], style: BodyStyle) -> list[Piece]:
    """The pieces, with the role of a title for the largest heading of the first page and those in its size behind it.

    Args:
        pieces: of the document, in reading order.
        style: what is usual in it.
    """
    marked = list(pieces)
    on_first_page = [
        place
        for place, piece in enumerate(pieces[:_FIRST_PIECES])
        if piece.kind == "heading" and piece.role == "body" and piece.lines and piece.lines[0].page == 1
    ]
    if not on_first_page:
        return marked
    size = max(pieces[place].lines[0].size for place in on_first_page)
    if size < _LARGER * style.size:
        return marked
    place = next(place for place in on_first_page if pieces[place].lines[0].size >= (1 - _SAME_SIZE) * size)
    while place in on_first_page and pieces[place].lines[0].size >= (1 - _SAME_SIZE) * size:
        marked[place] = replace(pieces[place], role="title")
        place += 1
    return marked
