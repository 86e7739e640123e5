"""Places on pages that were turned for their text to run from left to right → places on the pages as shown."""

from collections.abc import Iterable, Iterator, Sequence

from assistant.readers.pdf.geometry.frames import Rectangle
from assistant.readers.pdf.page import PagePhrases
from assistant.structure import PlacedWord


def as_shown(words: Iterable[PlacedWord], pages: Sequence[PagePhrases]) -> Iterable[PlacedWord]:
    """Words with their places on the pages as they are shown.

    Args:
        words: with their places on the pages as they were read.
        pages: of the document, in order.
    """
    return _turned_back(words, pages) if any(page.turn for page in pages) else words


def _turned_back(words: Iterable[PlacedWord], pages: Sequence[PagePhrases]) -> Iterator[PlacedWord]:
    for word in words:
        page = pages[word.box.page - 1]
        if page.turn:
            _, x0, y0, x1, y1 = word.box
            left, top, right, bottom = _turn_back((x0, y0, x1, y1), page)
            word = word._replace(box=word.box._replace(x0=left, y0=top, x1=right, y1=bottom))  # noqa: PLW2901 — the same word, elsewhere
        yield word


def _turn_back(box: Rectangle, page: PagePhrases) -> Rectangle:
    """Where a rectangle of a page that was turned clockwise is on the page as shown."""
    x0, y0, x1, y1 = box
    if page.turn == 90:
        return y0, page.width - x1, y1, page.width - x0
    if page.turn == 180:
        return page.width - x1, page.height - y1, page.width - x0, page.height - y0
    return page.height - y1, x0, page.height - y0, x1
