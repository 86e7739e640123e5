"""Words and their rectangles in few bytes: columns of small differences, compressed, some 500 words of a page together.

A group of words is six columns of 16-bit numbers: the gap before a word in the text, its length, its left edge from the
right edge of the word before, its width, its top from that of the word before, its height; all but the first two in
quarters of a point. They are differences modulo 65,536, so none is too large. The lower bytes of all stand before the
upper ones, which are nearly all 0: that saves a seventh.
"""

import struct
import sys
import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain, repeat
from math import isfinite
from operator import add, gt, sub
from typing import NamedTuple

from assistant.structure.boxes import Box

WINDOW = 100_000  # characters of the text; no group of words starts in one window and goes on in the next
_MAX_WORDS = 512  # of a group
_MAX_NUMBER = 65_535  # in a column
_MAX_POINTS = 16_383.75  # that fit a column
_STEPS = 4  # in a point
_ALMOST_ONE = 0.999  # rounds up what lies more than that above a step, but nothing that is a step
_COLUMNS = 6
_HEAD = struct.Struct("<IIIHI")  # start, end, page, size, and the number of the bytes that follow
_LEVEL = 6  # of compression
_DAMAGED = "the places of words are damaged"


class PlacedWord(NamedTuple):
    """Characters of the canonical text that stand in one rectangle: a word, or the part of one on a line."""

    start: int
    end: int
    box: Box


class PackedWords(NamedTuple):
    """Some words of one page that follow each other in the text, packed."""

    start: int  # of the first
    end: int  # of the last
    page: int
    size: int  # how many
    columns: bytes


def pack_words(words: Iterable[PlacedWord]) -> Iterator[PackedWords]:
    """Packs words, in the order of the text and none over another."""
    group: list[PlacedWord] = []
    page = window_end = last_start = 0
    for word in words:
        start, _, box = word
        if box.page != page or start >= window_end or start - last_start > _MAX_NUMBER or len(group) == _MAX_WORDS:
            if group:
                yield _pack_group(group)
            group = []
            page, window_end = box.page, (start // WINDOW + 1) * WINDOW
        last_start = start
        group.append(word)
    if group:
        yield _pack_group(group)


def unpack_words(packed: PackedWords) -> tuple[PlacedWord, ...]:
    """The inverse of `pack_words`, for a group that anybody may have packed.

    Raises:
        ValueError: it is no such group.
    """
    gaps, lengths, moves, widths, downs, heights = _unpack_columns(packed)
    ends = list(accumulate(map(add, gaps, lengths), initial=packed.start))[1:]
    rights = _edges(map(add, moves, widths))
    lefts, tops = map(sub, rights, widths), _edges(downs)
    places = ([number / _STEPS for number in column] for column in (lefts, tops, rights, map(add, tops, heights)))
    return tuple(map(PlacedWord, map(sub, ends, lengths), ends, map(Box, repeat(packed.page), *places)))


def check_words(packed: PackedWords) -> None:
    """Makes sure that a group can be unpacked.

    Raises:
        ValueError: it can't.
    """
    _unpack_columns(packed)


def _unpack_columns(packed: PackedWords) -> list[tuple[int, ...]]:
    raw = _decompress(packed.columns, 2 * _COLUMNS * packed.size)
    paired = bytearray(len(raw))
    paired[0::2], paired[1::2] = raw[: len(raw) // 2], raw[len(raw) // 2 :]
    numbers = struct.unpack(f"<{_COLUMNS * packed.size}H", paired)
    columns = [numbers[first : first + packed.size] for first in range(0, len(numbers), packed.size)]
    gaps, lengths, moves, widths, *_ = columns
    if gaps[0] or min(lengths) < 1 or packed.start + sum(gaps) + sum(lengths) != packed.end:
        raise ValueError(_DAMAGED)
    if packed.start // WINDOW != (packed.end - lengths[-1]) // WINDOW:
        raise ValueError(_DAMAGED)
    if any(map(gt, widths, _edges(map(add, moves, widths)))):  # an edge to the left of the page
        raise ValueError(_DAMAGED)
    return columns


def groups_to_bytes(groups: Iterable[PackedWords]) -> bytes:
    """Groups of words as one value."""
    return b"".join(
        _HEAD.pack(group.start, group.end, group.page, group.size, len(group.columns)) + group.columns
        for group in groups
    )


def groups_of_bytes(data: bytes) -> Iterator[PackedWords]:
    """The inverse of `groups_to_bytes`, for a value that anybody may have written.

    Raises:
        ValueError: it is no such value. What is in the groups isn't looked at.
    """
    place, previous_end = 0, 0
    while place < len(data):
        head = data[place : place + _HEAD.size]
        if len(head) < _HEAD.size:
            raise ValueError(_DAMAGED)
        start, end, page, size, length = _HEAD.unpack(head)
        place += _HEAD.size + length
        if place > len(data) or not previous_end <= start < end or not page or not 0 < size <= _MAX_WORDS:
            raise ValueError(_DAMAGED)
        yield PackedWords(start, end, page, size, data[place - length : place])
        previous_end = end


def _edges(differences: Iterable[int]) -> list[int]:
    """Edges, by how far each is from the one before, modulo 65,536."""
    return [edge & _MAX_NUMBER for edge in accumulate(differences)]


def _pack_group(words: Sequence[PlacedWord]) -> PackedWords:
    starts, word_ends, boxes = zip(*words, strict=True)
    ends = [min(end, start + _MAX_NUMBER) for start, end in zip(starts, word_ends, strict=True)]
    _, *edges = zip(*boxes, strict=True)
    lefts, tops, rights, bottoms = map(_steps, edges, (0.0, 0.0, _ALMOST_ONE, _ALMOST_ONE))
    rights, bottoms = list(map(max, lefts, rights)), list(map(max, tops, bottoms))
    differences = chain.from_iterable(
        map(sub, column, base)
        for column, base in (
            (starts, (starts[0], *ends)),
            (ends, starts),
            (lefts, (0, *rights)),
            (rights, lefts),
            (tops, (0, *tops)),
            (bottoms, tops),
        )
    )
    numbers = array("q", differences)  # of 8 bytes, of which the lowest two are kept: modulo 65,536
    if sys.byteorder == "big":
        numbers.byteswap()
    raw = numbers.tobytes()
    columns = zlib.compress(raw[0::8] + raw[1::8], _LEVEL)
    return PackedWords(starts[0], ends[-1], boxes[0].page, len(words), columns)


def _steps(points: Sequence[float], rounding: float) -> list[int]:
    """Places in quarters of a point, within the bounds of a column; what is no number is 0."""
    if min(points) < 0 or max(points) > _MAX_POINTS or not isfinite(sum(points)):  # as nothing on a page is
        points = [min(max(0.0, place), _MAX_POINTS) for place in points]
    return [int(place * _STEPS + rounding) for place in points]


def _decompress(data: bytes, size: int) -> bytes:
    """The bytes that were compressed, exactly so many.

    Raises:
        ValueError: there are others.
    """
    decompressor = zlib.decompressobj()
    try:
        raw = decompressor.decompress(data, size + 1)
    except zlib.error as error:
        raise ValueError(_DAMAGED) from error
    if len(raw) != size or not decompressor.eof or decompressor.unused_data:
        raise ValueError(_DAMAGED)
    return raw
