"""Where running heads and notes stand in the document: none inside a paragraph that goes over pages."""

from collections import deque
from collections.abc import Iterator, Sequence

from assistant.readers.pdf.page import Piece


def put_back(pieces: Sequence[Piece], parted: Sequence[Piece]) -> Iterator[Piece]:
    """The pieces of a document with those that were parted from its pages.

    A header stands before the first piece that begins on its page or a later one. A note follows the piece that refers
    to it. Footers, page numbers and notes that nothing refers to stand behind what begins on their page.

    Args:
        pieces: in reading order.
        parted: in the order of their pages.
    """
    headers = deque(piece for piece in parted if piece.role == "header")
    referred = {key for piece in pieces for _, key in piece.note_keys}
    notes = {piece.key: piece for piece in parted if piece.key in referred}
    others = deque(piece for piece in parted if piece.role != "header" and piece.key not in notes)
    for piece in pieces:
        page = page_of(piece)
        while others and page_of(others[0]) < page:
            yield others.popleft()
        while headers and page_of(headers[0]) <= page:
            yield headers.popleft()
        yield piece
        yield from filter(None, (notes.pop(key, None) for _, key in piece.note_keys))
    yield from headers
    yield from others


def page_of(piece: Piece) -> int:
    """The page on which a piece begins; 0 for one without words."""
    if piece.table:
        return piece.table.page
    return piece.lines[0].page if piece.lines else 0
