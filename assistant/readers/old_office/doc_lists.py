"""Lists of Word files before 2007: how they are counted, and the numbers that their paragraphs show."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from assistant.readers.docx.numbering import format_number

_LEVELS = 9
_LIST_SIZE, _OVERRIDE_SIZE, _LEVEL_SIZE = 28, 16, 28  # bytes of their records
_MAX_LISTS = 4_000
_MAX_TEMPLATE_CHARS = 100
_BULLET = 23
_FORMATS = {
    0: "decimal", 1: "upperRoman", 2: "lowerRoman", 3: "upperLetter", 4: "lowerLetter", 5: "ordinal",
    22: "decimalZero", 255: "none",
}  # fmt: skip


class _Level(NamedTuple):
    """How a level of a list is counted and shown."""

    start: int
    number_format: int
    is_legal: bool  # whether all numbers in it are in digits
    template: str  # characters below 9 stand for the numbers of those levels


@dataclass(slots=True)
class _List:
    """A list as paragraphs refer to it: a definition that several may share, and the numbers it starts anew with."""

    definition: int
    levels: dict[int, _Level]
    starts: dict[int, int]
    started: set[int] = field(default_factory=set)


class DocLists:
    """Counts the lists of a file in reading order.

    Args:
        table: the stream that holds the definitions of lists.
        lists_at: where they stand in it.
        overrides_at: where the lists that refer to them stand in it.
    """

    def __init__(self, table: bytes, lists_at: tuple[int, int], overrides_at: tuple[int, int]) -> None:
        self._counts: dict[int, dict[int, int]] = {}
        try:
            definitions = _read_definitions(table, lists_at)
            self._lists = _read_lists(table, overrides_at, definitions)
        except (struct.error, IndexError):
            self._lists = []

    def count(self, number: int, level: int) -> str | None:
        """Counts a paragraph.

        Args:
            number: of its list, from 1.
            level: its level, from 0.

        Returns:
            Its number as Word shows it, "" for a bullet; None where no such list is defined.
        """
        if not 0 < number <= len(self._lists) or level not in self._lists[number - 1].levels:
            return None
        numbered = self._lists[number - 1]
        own = numbered.levels[level]
        counts = self._counts.setdefault(numbered.definition, {})
        if level in numbered.starts and level not in numbered.started:
            numbered.started.add(level)
            counts[level] = numbered.starts[level]
        else:
            counts[level] = counts[level] + 1 if level in counts else own.start
        for deeper in [place for place in counts if place > level]:
            del counts[deeper]
        return "" if own.number_format == _BULLET else _shown(numbered.levels, counts, own)


def _shown(levels: Mapping[int, _Level], counts: Mapping[int, int], own: _Level) -> str:
    pieces = []
    for character in own.template:
        place = ord(character)
        if place >= _LEVELS:
            pieces.append(character)
        elif place in levels:
            level = levels[place]
            number_format = "decimal" if own.is_legal else _FORMATS.get(level.number_format, "decimal")
            pieces.append(format_number(counts.get(place, level.start), number_format))
    return " ".join("".join(pieces).split())


def _read_definitions(table: bytes, place: tuple[int, int]) -> dict[int, dict[int, _Level]]:
    """The levels of each definition by its id; the levels of all stand behind the definitions."""
    offset, length = place
    if not length:
        return {}
    (count,) = struct.unpack_from("<H", table, offset)
    heads = []
    for number in range(min(count, _MAX_LISTS)):
        start = offset + 2 + number * _LIST_SIZE
        (identity,) = struct.unpack_from("<i", table, start)
        heads.append((identity, 1 if table[start + 26] & 1 else _LEVELS))
    position = offset + 2 + count * _LIST_SIZE
    definitions: dict[int, dict[int, _Level]] = {}
    for identity, levels in heads:
        definitions[identity] = {}
        for level in range(levels):
            definitions[identity][level], position = _read_level(table, position)
    return definitions


def _read_level(table: bytes, position: int) -> tuple[_Level, int]:
    """A level, and where the next one stands."""
    start, number_format, flags = struct.unpack_from("<iBB", table, position)
    character_size, paragraph_size = table[position + 24], table[position + 25]
    position += _LEVEL_SIZE + character_size + paragraph_size
    (length,) = struct.unpack_from("<H", table, position)
    template = table[position + 2 : position + 2 + 2 * min(length, _MAX_TEMPLATE_CHARS)].decode("utf-16-le", "replace")
    return _Level(start, number_format, bool(flags & 4), template), position + 2 + 2 * length


def _read_lists(table: bytes, place: tuple[int, int], definitions: Mapping[int, Mapping[int, _Level]]) -> list[_List]:
    offset, length = place
    if not length:
        return []
    (count,) = struct.unpack_from("<I", table, offset)
    count = min(count, _MAX_LISTS, length // _OVERRIDE_SIZE)
    heads = [struct.unpack_from("<i8xB", table, offset + 4 + number * _OVERRIDE_SIZE) for number in range(count)]
    position = offset + 4 + count * _OVERRIDE_SIZE
    lists = []
    for identity, changes in heads:
        numbered = _List(identity, dict(definitions.get(identity, {})), {})
        position += 4
        for _ in range(changes):
            start, flags = struct.unpack_from("<iI", table, position)
            position += 8
            if flags & 16:
                numbered.starts[flags & 15] = start
            if flags & 32:
                numbered.levels[flags & 15], position = _read_level(table, position)
        lists.append(numbered)
    return lists
