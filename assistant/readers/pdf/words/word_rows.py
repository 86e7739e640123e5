"""What is printed side by side on one baseline: pieces of words are joined, what is printed twice counts once."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from assistant.readers.pdf.geometry.baselines import SAME_GLYPH_BASELINE
from assistant.readers.pdf.page import Font, Rise

_ADJOINING = 0.08  # of the type size: between pieces of one word
_FARTHEST = 0.7  # of the type size, between letters set apart as far as they may be
_MARK_GAP = 0.2  # of the type size, between a word and what is raised or lowered beside it
_OVERLAP = 0.5  # of the type size, by which pieces of a word may overlap
_OFFSET = 0.15  # of the type size: how far a second print is offset to look bold or to cast a shadow
_MAX_NEAR = 8  # pieces with which one is compared
_BULLET_ROOM = 1.5  # of the type size, which is free before a bullet
_UNKNOWN, _BULLET = "\ufffd", "•"


class Piece(NamedTuple):
    """Characters of one font and size with no gap between them; the text as it stands from left to right."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    baseline: float
    size: float
    font: Font
    spacing: float = 0.0  # between its letters, in points: where they are set apart
    begins_word: bool = False  # whether it is known not to go on with what stands before it


class Rows(NamedTuple):
    """The pieces of a page in the order of printing, and the numbers of those on each baseline, from left to right."""

    pieces: list[Piece]
    rows: list[list[int]]


class Placing(NamedTuple):
    """How a piece is raised or lowered, and the baseline of the words around it."""

    rise: Rise
    baseline: float


def without_doubles(pieces: Sequence[Piece]) -> Sequence[Piece]:
    """Pieces without those that are printed a second time, in the same place or nearly so."""
    counts = Counter([piece.text for piece in pieces])
    seen: dict[tuple[str, int, int], list[Piece]] = {}
    kept: list[Piece] = []
    for piece in pieces:
        text = piece.text
        if counts[text] == 1:
            kept.append(piece)
            continue
        cell = max(2 * _OFFSET * piece.size, 0.1)
        column, row = piece.x0 / cell, piece.baseline / cell
        left, above = math.floor(column), math.floor(row)
        near = [
            other
            for place in ((left, above), (left, above + 1), (left + 1, above), (left + 1, above + 1))
            if (text, *place) in seen
            for other in seen[text, *place][-_MAX_NEAR:]
        ]
        if not (near and any(_is_same(piece, other) for other in near)):
            kept.append(piece)
            seen.setdefault((text, math.floor(column + 0.5), math.floor(row + 0.5)), []).append(piece)
    return kept


def _is_same(piece: Piece, other: Piece) -> bool:
    """Whether pieces of one text stand in one place, or nearly so."""
    limit = _OFFSET * piece.size
    return abs(piece.x0 - other.x0) <= limit and abs(piece.baseline - other.baseline) <= limit


def _rows_of(pieces: Sequence[Piece], baselines: Sequence[float]) -> Iterator[list[int]]:
    """The numbers of the pieces on each baseline, from top to bottom, and from left to right.

    Args:
        pieces: of a page.
        baselines: of each, or of the words around it.
    """
    row: list[int] = []
    for number in sorted(range(len(pieces)), key=baselines.__getitem__):
        if row and baselines[number] - baselines[row[-1]] > SAME_GLYPH_BASELINE * pieces[number].size:
            yield sorted(row, key=lambda number: pieces[number].x0)
            row = []
        row.append(number)
    if row:
        yield sorted(row, key=lambda number: pieces[number].x0)


def joined(pieces: Sequence[Piece]) -> Rows:
    """Pieces of one font and size that adjoin, as one in the place of that which is printed first."""
    words: dict[int, Piece] = {}  # by the place at which they are printed
    rows: list[list[int]] = []
    for row in _rows_of(pieces, [piece.baseline for piece in pieces]):
        word, first = pieces[row[0]], row[0]
        firsts: list[int] = []
        for number in row[1:]:
            if _is_one_word(word, pieces[number]):
                word, first = _join(word, pieces[number]), min(first, number)
            else:
                words[first] = word
                firsts.append(first)
                word, first = pieces[number], number
        words[first] = word
        rows.append([*firsts, first])
    ordered = sorted(words)
    if len(ordered) == len(pieces):
        return Rows(list(pieces), rows)
    numbers = {first: number for number, first in enumerate(ordered)}
    return Rows([words[first] for first in ordered], [[numbers[first] for first in row] for row in rows])


def with_bullets(pieces: Sequence[Piece]) -> list[Piece]:
    """Pieces in which signs without meaning are bullets where they begin a line, and are left out elsewhere."""
    if not any(piece.text == _UNKNOWN for piece in pieces):
        return list(pieces)
    bullets: set[int] = set()
    for row in _rows_of(pieces, [piece.baseline for piece in pieces]):
        last_end = float("-inf")
        for number, after in zip(row, [*row[1:], None], strict=True):
            piece = pieces[number]
            has_room = piece.x0 - last_end > _BULLET_ROOM * piece.size
            if piece.text == _UNKNOWN and has_room and after is not None:
                bullets.add(number)
            last_end = max(last_end, piece.x1)
    return [
        piece._replace(text=_BULLET) if number in bullets else piece
        for number, piece in enumerate(pieces)
        if piece.text != _UNKNOWN or number in bullets
    ]


def glued(rows: Rows, raised: Mapping[int, Placing]) -> set[int]:
    """The numbers of the pieces that belong to the same word as the one to their left.

    Args:
        rows: the pieces of a page.
        raised: those that are raised or lowered.
    """
    pieces, numbers_by_row = rows
    if raised:
        placed = [
            raised[number].baseline if number in raised else piece.baseline for number, piece in enumerate(pieces)
        ]
        numbers_by_row = list(_rows_of(pieces, placed))
    glue: set[int] = set()
    for row in numbers_by_row:
        for left_number, right_number in pairwise(row):
            left, right = pieces[left_number], pieces[right_number]
            gap, size = right.x0 - left.x1, max(left.size, right.size)
            if gap > _FARTHEST * size or right.begins_word:
                continue
            if gap >= _MARK_GAP * size and not (left.spacing or right.spacing):  # as between most words
                continue
            is_mark = raised and _rise(raised, right_number) > _rise(raised, left_number)
            limit = (_MARK_GAP if is_mark else _ADJOINING) * size
            if -_OVERLAP * size < gap and (gap < limit or gap < limit + _spacing(left, right)):
                glue.add(right_number)
    return glue


def _rise(raised: Mapping[int, Placing], number: int) -> int:
    return raised[number].rise if number in raised else 0


def _is_one_word(left: Piece, right: Piece) -> bool:
    gap, size = right.x0 - left.x1, left.size
    if gap >= _ADJOINING * size and not (left.spacing or right.spacing):  # as between most words
        return False
    return (
        left.font == right.font
        and not right.begins_word
        and abs(size - right.size) < 0.02 * size
        and -_OVERLAP * size < gap < _ADJOINING * size + _spacing(left, right)
        and right.x0 > left.x0
    )


def _spacing(left: Piece, right: Piece) -> float:
    """How far apart the letters of pieces beside each other are set, in points; an initial has none that it shows."""
    spacings = [piece.spacing for piece in (left, right) if len(piece.text) > 1]
    return min(spacings, default=0.0)


def _join(left: Piece, right: Piece) -> Piece:
    return left._replace(
        text=left.text + right.text,
        y0=min(left.y0, right.y0),
        x1=max(left.x1, right.x1),
        y1=max(left.y1, right.y1),
    )
