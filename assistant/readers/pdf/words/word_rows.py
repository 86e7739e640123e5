"""What is printed side by side on one baseline: fragments of words are joined, what is printed twice counts once."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from assistant.readers.pdf.geometry.baselines import SAME_GLYPH_BASELINE
from assistant.readers.pdf.page import Font, Rise

_ADJOINING = 0.08  # of the type size: between fragments of one word
_FARTHEST = 0.7  # of the type size, between letters set apart as far as they may be
_MARK_GAP = 0.2  # of the type size, between a word and what is raised or lowered beside it
_INITIAL_GAP = 0.14  # of the type size, between an initial and its small capitals
_OVERLAP = 0.5  # of the type size, by which fragments of a word may overlap
_OFFSET = 0.15  # of the type size: how far a second print is offset to look bold or to cast a shadow
_MAX_NEAR = 8  # fragments with which one is compared
_BULLET_ROOM = 1.5  # of the type size, which is free before a bullet
_UNKNOWN, _BULLET = "\ufffd", "•"


class Fragment(NamedTuple):
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
    """The fragments of a page, as they are printed, and the numbers of those on each baseline, from left to right."""

    fragments: list[Fragment]
    rows: list[list[int]]


class Placing(NamedTuple):
    """How a fragment is raised or lowered, and the baseline of the words around it."""

    rise: Rise
    baseline: float


def without_doubles(fragments: Sequence[Fragment]) -> Sequence[Fragment]:
    """Fragments without those that are printed a second time, in the same place or nearly so."""
    counts = Counter([fragment.text for fragment in fragments])
    seen: dict[tuple[str, int, int], list[Fragment]] = {}
    rows_with: set[tuple[str, int]] = set()  # with a text: most words are on no other line nearby
    kept: list[Fragment] = []
    for fragment in fragments:
        text = fragment.text
        if counts[text] == 1:
            kept.append(fragment)
            continue
        cell = max(2 * _OFFSET * fragment.size, 0.1)
        column, row = fragment.x0 / cell, fragment.baseline / cell
        left, above = math.floor(column), math.floor(row)
        if (text, above) in rows_with or (text, above + 1) in rows_with:
            near = [
                other
                for place in ((left, above), (left, above + 1), (left + 1, above), (left + 1, above + 1))
                if (text, *place) in seen
                for other in seen[text, *place][-_MAX_NEAR:]
            ]
            if any(_is_same(fragment, other) for other in near):
                continue
        kept.append(fragment)
        nearest_row = math.floor(row + 0.5)
        rows_with.add((text, nearest_row))
        seen.setdefault((text, math.floor(column + 0.5), nearest_row), []).append(fragment)
    return kept


def _is_same(fragment: Fragment, other: Fragment) -> bool:
    """Whether fragments of one text stand in one place, or nearly so."""
    limit = _OFFSET * fragment.size
    return abs(fragment.x0 - other.x0) <= limit and abs(fragment.baseline - other.baseline) <= limit


def _rows_of(fragments: Sequence[Fragment], baselines: Sequence[float]) -> Iterator[list[int]]:
    """The numbers of the fragments on each baseline, from top to bottom, and from left to right.

    Args:
        fragments: of a page.
        baselines: of each, or of the words around it.
    """
    row: list[int] = []
    for number in sorted(range(len(fragments)), key=baselines.__getitem__):
        if row and baselines[number] - baselines[row[-1]] > SAME_GLYPH_BASELINE * fragments[number].size:
            yield sorted(row, key=lambda number: fragments[number].x0)
            row = []
        row.append(number)
    if row:
        yield sorted(row, key=lambda number: fragments[number].x0)


def joined(fragments: Sequence[Fragment]) -> Rows:
    """Fragments of one font and size that adjoin, as one in the place of that which is printed first."""
    words: dict[int, Fragment] = {}  # by the place at which they are printed
    rows: list[list[int]] = []
    for row in _rows_of(fragments, [fragment.baseline for fragment in fragments]):
        word, first = fragments[row[0]], row[0]
        firsts: list[int] = []
        for number in row[1:]:
            if _is_one_word(word, fragments[number]):
                word, first = _join(word, fragments[number]), min(first, number)
            else:
                words[first] = word
                firsts.append(first)
                word, first = fragments[number], number
        words[first] = word
        rows.append([*firsts, first])
    ordered = sorted(words)
    if len(ordered) == len(fragments):
        return Rows(list(fragments), rows)
    numbers = {first: number for number, first in enumerate(ordered)}
    return Rows([words[first] for first in ordered], [[numbers[first] for first in row] for row in rows])


def without_unknown_signs(fragments: Sequence[Fragment]) -> list[Fragment]:
    """Fragments in which signs without meaning are bullets where they begin a line, and are left out elsewhere."""
    if not any(fragment.text == _UNKNOWN for fragment in fragments):
        return list(fragments)
    bullets: set[int] = set()
    for row in _rows_of(fragments, [fragment.baseline for fragment in fragments]):
        last_end = float("-inf")
        for number, after in zip(row, [*row[1:], None], strict=True):
            fragment = fragments[number]
            has_room = fragment.x0 - last_end > _BULLET_ROOM * fragment.size
            if fragment.text == _UNKNOWN and has_room and after is not None:
                bullets.add(number)
            last_end = max(last_end, fragment.x1)
    return [
        fragment._replace(text=_BULLET) if number in bullets else fragment
        for number, fragment in enumerate(fragments)
        if fragment.text != _UNKNOWN or number in bullets
    ]


def glued(rows: Rows, raised: Mapping[int, Placing]) -> set[int]:
    """The numbers of the fragments that belong to the same word as the one to their left.

    Args:
        rows: the fragments of a page.
        raised: those that are raised or lowered.
    """
    fragments, numbers_by_row = rows
    if raised:
        placed = [
            raised[number].baseline if number in raised else fragment.baseline
            for number, fragment in enumerate(fragments)
        ]
        numbers_by_row = list(_rows_of(fragments, placed))
    glue: set[int] = set()
    for row in numbers_by_row:
        for left_number, right_number in pairwise(row):
            left, right = fragments[left_number], fragments[right_number]
            gap, size = right.x0 - left.x1, max(left.size, right.size)
            if gap > _FARTHEST * size or right.begins_word:
                continue
            if gap >= _MARK_GAP * size and not (left.spacing or right.spacing):  # as between most words
                continue
            is_mark = raised and _rise(raised, right_number) > _rise(raised, left_number)
            limit = (_MARK_GAP if is_mark else _INITIAL_GAP if _is_initial(left, right) else _ADJOINING) * size
            if -_OVERLAP * size < gap and (gap < limit or gap < limit + _spacing(left, right)):
                glue.add(right_number)
    return glue


def _is_initial(letter: Fragment, behind: Fragment) -> bool:
    """Whether a letter is a large one of the same font as what stands behind it: small capitals are kerned loosely."""
    return len(letter.text) == 1 and letter.text.isupper() and letter.font == behind.font and letter.size > behind.size


def _rise(raised: Mapping[int, Placing], number: int) -> int:
    return raised[number].rise if number in raised else 0


def _is_one_word(left: Fragment, right: Fragment) -> bool:
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


def _spacing(left: Fragment, right: Fragment) -> float:
    """How far apart the letters of neighbouring fragments are set, in points; an initial has none that it shows."""
    spacings = [fragment.spacing for fragment in (left, right) if len(fragment.text) > 1]
    return min(spacings, default=0.0)


def _join(left: Fragment, right: Fragment) -> Fragment:
    return left._replace(
        text=left.text + right.text,
        y0=min(left.y0, right.y0),
        x1=max(left.x1, right.x1),
        y1=max(left.y1, right.y1),
    )
