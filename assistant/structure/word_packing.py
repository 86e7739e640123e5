"""Words and their rectangles as few bytes: columns of small differences, compressed, some 500 words together.

A group of words is seven columns of 16-bit numbers: the gap before a word in the text, its length, how many pages on it
is, its left edge from the right edge of the word before, its width, its top from that of the word before, its height;
all lengths in quarters of a point. They are differences modulo 65,536, so none is too large. The lower bytes of all
stand before the upper ones, which are nearly all 0: that takes a seventh less.
"""

import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain
from math import isfinite
from operator import add, sub
from typing import NamedTuple

from assistant.structure.boxes import Box

WINDOW = 100_000  # characters of the text; no group of words starts in one window and goes on in the next
_MAX_WORDS = 512  # of a group: about those of a page
_MODULUS, _MOST = 65_536, 65_535
_MOST_POINTS = 16_383.75
_MOST_PAGES_ON = 32_767  # between two words of a group, forth or back
_STEPS = 4  # in a point
_ALMOST_ONE = 0.999  # rounds up what lies more than that above a step, but nothing that is a step
_COLUMNS = 7
_HEAD = struct.Struct("<IIIHI")  # start, end, page, size, and the number of the bytes that follow
_LEVEL = 6  # of compression
_DAMAGED = "the places of words are damaged"


class PlacedWord(NamedTuple):
    """Characters of the canonical text that stand in one rectangle: a word, or the part of one on a line."""

    start: int
    end: int
    box: Box


class PackedWords(NamedTuple):
    """Some words that follow each other in the text, packed."""

    start: int  # of the first
    end: int  # of the last
    page: int  # of the first
    size: int  # how many
    columns: bytes


def pack_words(words: Iterable[PlacedWord]) -> Iterator[PackedWords]:
    """Packs words, in the order of the text and none over another."""
    group: list[PlacedWord] = []
    for word in words:
        if group and not _goes_on(group, word):
            yield _pack_group(group)
            group = []
        group.append(word)
    if group:
        yield _pack_group(group)


def unpack_words(packed: PackedWords) -> tuple[PlacedWord, ...]:
    """The inverse of `pack_words`, for a group that anybody may have packed.

    Raises:
        ValueError: it is no such group.
    """
    raw = _decompress(packed.columns, 2 * _COLUMNS * packed.size)
    paired = bytearray(len(raw))
    paired[0::2], paired[1::2] = raw[: len(raw) // 2], raw[len(raw) // 2 :]
    numbers = struct.unpack(f"<{_COLUMNS * packed.size}H", paired)
    gaps, lengths, pages_on, moves, widths, downs, heights = (
        numbers[first : first + packed.size] for first in range(0, len(numbers), packed.size)
    )
    ends = _sums(map(add, gaps, lengths), packed.start)
    pages = _sums((on - _MODULUS if on > _MOST_PAGES_ON else on for on in pages_on), packed.page)
    rights = [right % _MODULUS for right in _sums(map(add, moves, widths), 0)]
    lefts = list(map(sub, rights, widths))
    tops = [top % _MODULUS for top in _sums(downs, 0)]
    bottoms = map(add, tops, heights)
    if gaps[0] or pages_on[0] or ends[-1] != packed.end or min(lengths) < 1 or min(pages) < 1 or min(lefts) < 0:
        raise ValueError(_DAMAGED)
    edges = ([number / _STEPS for number in column] for column in (lefts, tops, rights, bottoms))
    return tuple(map(PlacedWord, map(sub, ends, lengths), ends, map(Box, pages, *edges)))


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


def _sums(numbers: Iterable[int], first: int) -> list[int]:
    """The sums of the first numbers, of one more each time."""
    return list(accumulate(numbers, initial=first))[1:]


def _goes_on(group: Sequence[PlacedWord], word: PlacedWord) -> bool:
    """Whether a word can be in a group that holds those before it."""
    last = group[-1]
    return (
        len(group) < _MAX_WORDS
        and word.start // WINDOW == group[0].start // WINDOW
        and word.start - last.start <= _MOST
        and abs(word.box.page - last.box.page) <= _MOST_PAGES_ON
    )


def _pack_group(words: Sequence[PlacedWord]) -> PackedWords:
    starts, word_ends, boxes = zip(*words, strict=True)
    ends = [min(end, start + _MOST) for start, end in zip(starts, word_ends, strict=True)]
    pages, *edges = zip(*boxes, strict=True)
    lefts, tops, rights, bottoms = map(_steps, edges, (0.0, 0.0, _ALMOST_ONE, _ALMOST_ONE))
    rights, bottoms = list(map(max, lefts, rights)), list(map(max, tops, bottoms))
    differences = chain.from_iterable(
        map(sub, column, base)
        for column, base in (
            (starts, (starts[0], *ends)),
            (ends, starts),
            (pages, (pages[0], *pages)),
            (lefts, (0, *rights)),
            (rights, lefts),
            (tops, (0, *tops)),
            (bottoms, tops),
        )
    )
    numbers = struct.pack(f"<{_COLUMNS * len(words)}H", *(number % _MODULUS for number in differences))
    columns = zlib.compress(numbers[0::2] + numbers[1::2], _LEVEL)
    return PackedWords(starts[0], ends[-1], pages[0], len(words), columns)


def _steps(points: Sequence[float], rounding: float) -> list[int]:
    """Places in quarters of a point, within the bounds of a column; what is no number is 0."""
    if min(points) < 0 or max(points) > _MOST_POINTS or not isfinite(sum(points)):  # as nothing on a page is
        points = [min(max(0.0, place), _MOST_POINTS) for place in points]
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
