"""Phrases that hold several cells, as in narrow columns: the lines above and below tell where they part."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from assistant.readers.pdf.geometry.phrases import phrase_of
from assistant.readers.pdf.page import Phrase
from assistant.readers.pdf.tables.lines import SplitLine
from assistant.readers.pdf.wording.figures import is_figure

_NEAR = 1.8  # type sizes between the baselines of lines that tell of each other
_SAME_EDGE = 0.15  # of the type size: edges of one column differ by no more
_SAME_MIDDLE = 0.7  # of the type size: middles of one column differ by no more
_MIN_SPACE = 0.2  # of the type size, between two cells


def split_by_neighbours(lines: Sequence[SplitLine]) -> list[SplitLine]:
    """Lines whose parts are split where they go over several columns of the line above or below."""
    split: list[SplitLine] = []
    for index, line in enumerate(lines):
        around = [*split[-1:], *lines[index + 1 : index + 2]]
        near = [other for other in around if abs(other.baseline - line.baseline) < _NEAR * line.size]
        parts = tuple(piece for part in line.parts for piece in _split(part, near))
        split.append(line if len(parts) == len(line.parts) else replace(line, parts=parts))
    return split


def _split(part: Phrase, near: Sequence[SplitLine]) -> Sequence[Phrase]:
    """The pieces of a part."""
    if len(part.words) < 2:
        return [part]
    for line in near:
        first = bisect_right(line.parts, part.x0, key=lambda other: other.x1)
        end = bisect_left(line.parts, part.x1, key=lambda other: other.x0)
        others = line.parts[first:end]
        pieces = (_figure_behind(part, others) or _names(part, others)) if len(others) > 1 else []
        if pieces:
            return pieces
    return [part]


def _names(part: Phrase, others: Sequence[Phrase]) -> list[Phrase]:
    """The pieces of a part, each aligned with another part above or below it; nothing if they aren't."""
    pieces: list[Phrase] = []
    start = 0
    for left, right in pairwise(others):
        middle = (left.x1 + right.x0) / 2
        end = next(
            (index for index in range(start + 1, len(part.words)) if part.words[index].x0 > middle - _MIN_SPACE), 0
        )
        if not end or part.words[end].is_glued:
            return []
        pieces.append(phrase_of(part.words[start:end]))
        start = end
    pieces.append(phrase_of(part.words[start:]))
    return pieces if all(map(_are_aligned, pieces, others)) else []


def _are_aligned(piece: Phrase, other: Phrase) -> bool:
    middle_shift = (piece.x0 + piece.x1 - other.x0 - other.x1) / 2
    return abs(middle_shift) < _SAME_MIDDLE * piece.size or min(abs(piece.x0 - other.x0), abs(piece.x1 - other.x1)) < (
        _SAME_EDGE * piece.size
    )


def _figure_behind(part: Phrase, others: Sequence[Phrase]) -> list[Phrase]:
    """A label, and the figure right behind it that ends where one above or below does."""
    last = phrase_of(part.words[-1:])
    label = phrase_of(part.words[:-1])
    if not is_figure(last) or not any(map(str.isalpha, label.text)) or last.x0 - label.x1 < _MIN_SPACE * last.size:
        return []
    for left, right in pairwise(others):
        is_aligned = is_figure(right) and abs(right.x1 - last.x1) < _SAME_EDGE * last.size
        if is_aligned and left.x1 > label.x0 and left.x0 < label.x1 <= right.x1:
            return [label, last]
    return []
