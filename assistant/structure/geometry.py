"""Where words stand on the pages of a document that has pages with places, such as a PDF.

The words of a document are kept packed, and only those that are asked for are unpacked: a word takes some 3 bytes.
"""

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import attrgetter

from assistant.structure.boxes import Box, merge_lines
from assistant.structure.word_packing import (
    WINDOW,
    PackedWords,
    PlacedWord,
    check_words,
    groups_of_bytes,
    groups_to_bytes,
    pack_words,
    unpack_words,
)

_MAX_UNPACKED = 16  # groups of words that stay unpacked in memory


@dataclass(frozen=True, slots=True)
class Geometry:
    """The rectangles of a document's words.

    Attributes:
        groups: the words in the order of the text, packed, those of a page together.
    """

    groups: tuple[PackedWords, ...]

    @classmethod
    def of(cls, words: Iterable[PlacedWord]) -> "Geometry | None":
        """The geometry of some words; None where there are none.

        Args:
            words: in the order of the text, none over another. Rectangles are widened to quarters of a point.
        """
        groups = tuple(pack_words(words))
        return cls(groups) if groups else None

    @classmethod
    def of_bytes(cls, data: bytes) -> "Geometry | None":
        """The inverse of `to_bytes`, for values that this program has written; None for an empty one.

        Raises:
            ValueError: it is no such value.
        """
        groups = tuple(groups_of_bytes(data))
        return cls(groups) if groups else None

    def to_bytes(self) -> bytes:
        """The geometry as one value."""
        return groups_to_bytes(self.groups)

    @property
    def sha256(self) -> str:
        """The SHA-256 of its bytes, as 64 hexadecimal digits."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    def windows(self, length: int) -> list[bytes]:
        """The words that start in each 100,000 characters of the text, as values of `of_bytes`.

        Args:
            length: of the text.
        """
        windows = [b""] * (length // WINDOW + 1)
        for window, groups in groupby(self.groups, lambda group: group.start // WINDOW):
            windows[window] = groups_to_bytes(groups)
        return windows

    def words(self, start: int, end: int) -> tuple[PlacedWord, ...]:
        """The words of a span of the text, also those that reach beyond its ends."""
        return tuple(self._words(start, end))

    def boxes(self, start: int, end: int) -> tuple[Box, ...]:
        """Where a span of the text stands: a rectangle for each line, and one for each cell of a row."""
        return merge_lines(word.box for word in self._words(start, end))

    def page(self, start: int, end: int) -> int | None:
        """The page on which a span of the text begins, counted from 1; None where none of its words has a place."""
        place = bisect_right(self.groups, start, key=attrgetter("end"))
        is_in_group = place < len(self.groups) and self.groups[place].start < end
        return self.groups[place].page if is_in_group else None

    def _words(self, start: int, end: int) -> Iterator[PlacedWord]:
        for place in range(bisect_right(self.groups, start, key=attrgetter("end")), len(self.groups)):
            if self.groups[place].start >= end:
                return
            words = _unpacked(self.groups[place])
            first = bisect_right(words, start, key=attrgetter("end"))
            yield from words[first : bisect_left(words, end, lo=first, key=attrgetter("start"))]


def check_geometry(data: bytes, length: int, pages: int) -> Geometry | None:
    """A geometry that anybody may have written; None where it is empty.

    Args:
        data: as `Geometry.to_bytes` gives it.
        length: of the canonical text.
        pages: how many the document has.

    Raises:
        ValueError: it is no geometry of such a document.
    """
    geometry = Geometry.of_bytes(data)
    for group in geometry.groups if geometry else ():
        check_words(group)
        if group.end > length or group.page > pages:
            raise ValueError("words have places outside of the document")
    return geometry


@lru_cache(_MAX_UNPACKED)
def _unpacked(packed: PackedWords) -> tuple[PlacedWord, ...]:
    return unpack_words(packed)
