"""Where words stand on the pages of a document that has pages with places, such as a PDF."""

from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle on a page, in points from the top left of the page as it is shown."""

    page: int  # counted from 1
    x0: float
    y0: float
    x1: float
    y1: float


class PlacedWord(NamedTuple):
    """Characters of the canonical text that stand in one rectangle: a word, or the part of one on a line."""

    start: int
    end: int
    box: Box
