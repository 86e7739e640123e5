"""The order in which people read boxes on a page: rows from top to bottom, columns from left to right."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

_OVERLAP = 0.1  # of a box's own size, at each of its sides: frames overlap a little where their words don't
_MAX_DEPTH = 20  # of rows in columns in rows…


class Box(NamedTuple):
    """Where something stands on a page, in any unit."""

    left: float
    top: float
    right: float
    bottom: float


def reading_order(boxes: Sequence[Box]) -> list[int]:
    """The numbers of some boxes in the order in which people read them.

    The page is cut where nothing stands, again and again. Where it can be cut into rows as well as into columns, the
    order of the file tells which its author meant, and it stays as it is where nothing can be cut.

    >>> left, right, foot = Box(0, 0, 4, 9), Box(5, 0, 9, 9), Box(0, 10, 9, 11)
    >>> reading_order([foot, right, left])
    [2, 1, 0]
    """
    return _ordered(boxes, list(range(len(boxes))), _MAX_DEPTH)


def _ordered(boxes: Sequence[Box], members: list[int], depth: int) -> list[int]:
    if len(members) < 2 or not depth:
        return members
    rows = _cut(members, [_core(boxes[number].top, boxes[number].bottom) for number in members])
    columns = _cut(members, [_core(boxes[number].left, boxes[number].right) for number in members])
    if len(rows) == len(columns) == 1:
        return members
    is_in_columns = len(rows) == 1 or (len(columns) > 1 and _disorder(columns) < _disorder(rows))
    groups = columns if is_in_columns else rows
    return [number for group in groups for number in _ordered(boxes, group, depth - 1)]


def _core(low: float, high: float) -> tuple[float, float]:
    margin = (high - low) * _OVERLAP
    return low + margin, high - margin


def _cut(members: Sequence[int], extents: Iterable[tuple[float, float]]) -> list[list[int]]:
    """The members in groups between which nothing stands, each in the order of the file."""
    groups: list[list[int]] = []
    reached = float("-inf")
    for (low, high), number in sorted(zip(extents, members, strict=True)):
        if low >= reached:
            groups.append([])
        groups[-1].append(number)
        reached = max(reached, high)
    return [sorted(group) for group in groups]


def _disorder(groups: Sequence[Sequence[int]]) -> int:
    """How often the order of the file goes back to a group before."""
    group_of = {number: place for place, group in enumerate(groups) for number in group}
    return sum(group_of[after] < group_of[before] for before, after in pairwise(sorted(group_of)))
