"""Rectangles on pages: those of words, joined into those of lines."""

from collections.abc import Iterable
from typing import NamedTuple

_MIN_OVERLAP = 0.5  # of two words on one line, as a share of the smaller height
_MAX_HEIGHT = 2.2  # of a word, in heights of a lower one on its line, such as a raised mark: a large initial is higher
_WIDEST_GAP = 1.5  # between words of one line, in heights of it; cells, also with leaders between, are further apart


class Box(NamedTuple):
    """A rectangle on a page, in points from the top left of the page as it is shown."""

    page: int  # counted from 1
    x0: float
    y0: float
    x1: float
    y1: float


def merge_lines(boxes: Iterable[Box]) -> tuple[Box, ...]:
    """The rectangles of words, in reading order, as one for each line; what stands far apart on a line stays apart."""
    lines: list[Box] = []
    for box in boxes:
        if lines and _is_beside(lines[-1], box):
            line = lines[-1]
            lines[-1] = Box(
                line.page, min(line.x0, box.x0), min(line.y0, box.y0), max(line.x1, box.x1), max(line.y1, box.y1)
            )
        else:
            lines.append(box)
    return tuple(lines)


def _is_beside(line: Box, box: Box) -> bool:
    """Whether a word goes on with a line."""
    heights = sorted((line.y1 - line.y0, box.y1 - box.y0))
    overlap = min(line.y1, box.y1) - max(line.y0, box.y0)
    gap = max(line.x0, box.x0) - min(line.x1, box.x1)
    return (
        line.page == box.page
        and overlap > _MIN_OVERLAP * heights[0]
        and heights[1] <= _MAX_HEIGHT * heights[0]
        and gap <= _WIDEST_GAP * heights[1]
    )
