"""Where running heads and notes stand in the document: never inside a paragraph that runs over pages."""

from collections import deque
from collections.abc import Iterator, Sequence

from assistant.readers.pdf.page import Piece


def put_back(pieces: Sequence[Piece], extracted: Sequence[Piece]) -> Iterator[Piece]:
    """The pieces of a document with those that were taken out of its pages.

    A header stands before the first piece that begins on its page or a later one, a line of the contents before the
    first that begins below it. A note follows the piece that refers to it. Footers, page numbers and notes that nothing
    refers to stand behind what begins on their page.

    Args:
        pieces: in reading order.
        extracted: each kind of them in the order of their pages.
    """
    referred = {key for piece in pieces for _, key in piece.note_keys}
    notes = {piece.key: piece for piece in extracted if piece.key in referred}
    headers = deque(piece for piece in extracted if piece.role == "header")
    contents = deque(piece for piece in extracted if piece.role == "contents")
    last = [piece for piece in extracted if piece.role not in {"header", "contents"} and piece.key not in notes]
    others = deque(sorted(last, key=_page_of))
    for piece in pieces:
        page = _page_of(piece)
        while contents and _place(contents[0]) < (page, 0.0):
            yield contents.popleft()
        while others and _page_of(others[0]) < page:
            yield others.popleft()
        while headers and _page_of(headers[0]) <= page:
            yield headers.popleft()
        while contents and _place(contents[0]) < _place(piece):
            yield contents.popleft()
        yield piece
        yield from filter(None, (notes.pop(key, None) for _, key in piece.note_keys))
    yield from (*contents, *headers, *others)


def _page_of(piece: Piece) -> int:
    """The page on which a piece begins; 0 for one without words."""
    return _place(piece)[0]


def _place(piece: Piece) -> tuple[int, float]:
    """The page on which a piece begins, and how far down."""
    if piece.table:
        return piece.table.page, piece.table.y0
    return (piece.lines[0].page, piece.lines[0].y0) if piece.lines else (0, 0.0)
