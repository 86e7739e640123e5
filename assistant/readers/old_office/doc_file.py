"""The streams of a Word file from 97 to 2003: its text by pieces, and what it says of each paragraph and style."""

import re
import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

from assistant.readers.old_office.macintosh import may_be_from_macintosh

_WORD_97 = 0xC1  # the first version with this layout
_PAGE = 512
_PLACES = {
    "styles": 1,
    "footnote references": 2,
    "footnote texts": 3,
    "characters": 12,
    "paragraphs": 13,
    "settings": 31,
    "pieces": 33,
    "endnote references": 46,
    "endnote texts": 47,
    "lists": 73,
    "list overrides": 74,
}  # of pairs in the header
_PAIRS_AT = 154
_CHARACTER_SET_AT, _MACINTOSH = 20, 256
_FILLER = "\x01"  # behind a character that counts as two
UNSEEN = "\0"  # in place of a character that is deleted or hidden
_NO_STYLE = 0xFFF
_PARAGRAPH_STYLE = 1
_MAX_STYLES = 4_000
_FIELD_CODE = re.compile("\x13[^\x14\x15]*")
_BEYOND = re.compile("[\U00010000-\U0010ffff]")  # characters that count as two
_WORD = re.compile(r"\w")
_PARAGRAPH_END = re.compile("[\r\x07\x0c]")
_OPERAND_SIZES = (1, 1, 2, 4, 2, 2, 0, 3)  # of properties, by the highest bits of their numbers; 0: it says itself
_LONG_OPERANDS = (0xD606, 0xD608)  # whose size takes two bytes
_DELETED, _HIDDEN = 0x0800, 0x083C
_IS_ON = (0x01, 0x81)
_IN_TABLE, _LIST_LEVEL, _LIST, _OUTLINE = 0x2416, 0x260A, 0x460B, 0x2640


@dataclass(frozen=True, slots=True)
class Properties:
    """What a paragraph or a style says of itself; None where it says nothing.

    Attributes:
        style: of a paragraph the number of its style, of a style that of its base.
        kind: of a style, Word's number for it.
        list: the number of its list; 0 for none.
        list_level: from 0.
        outline_level: from 0; 9 for text.
        is_in_table: whether it stands in a table.
    """

    style: int = 0
    kind: int = -1
    list: int | None = None
    list_level: int | None = None
    outline_level: int | None = None
    is_in_table: bool = False


class DocFile:
    """A file whose streams were found.

    Args:
        main: the stream with the header and the text.
        table: the stream with all that the header refers to.
    """

    def __init__(self, main: bytes, table: bytes) -> None:
        self.table = table
        self._main = main
        self.styles = self._read_styles()

    @property
    def is_from_macintosh(self) -> bool:
        """Whether characters of one byte are those of a Macintosh, and none of two could be taken for them.

        Raises:
            struct.error, IndexError: damaged.
        """
        (character_set,) = struct.unpack_from("<H", self._main, _CHARACTER_SET_AT)
        return character_set == _MACINTOSH and not any(
            may_be_from_macintosh(text) for _, width, text in self._pieces() if width > 1
        )

    def place(self, name: str) -> tuple[int, int]:
        """Where in the table stream a part stands, and how long it is."""
        offset, length = struct.unpack_from("<II", self._main, _PAIRS_AT + 8 * _PLACES[name])
        return offset, length

    def paragraphs(self) -> Iterator[tuple[str, Properties]]:
        """The text that is seen, with the character that ends it, and the properties of each paragraph, in order.

        Raises:
            struct.error, IndexError: damaged.
        """
        runs = sorted(self._paragraph_runs(), key=lambda run: run[0])
        starts = [run[0] for run in runs]
        begun: list[str] = []
        for start, width, parts in self._marked_pieces():
            place = start
            for unseen, text in parts:
                done = 0
                for end in _PARAGRAPH_END.finditer(text):
                    begun += [end[0]] if unseen else [text[done : end.end()]]
                    end_place = place + end.start() * width
                    run = runs[bisect_right(starts, end_place) - 1] if starts and end_place >= starts[0] else None
                    yield "".join(begun), run[2] if run and end_place < run[1] else Properties()
                    begun, done = [], end.end()
                begun += [] if unseen else [text[done:]]
                place += len(text) * width

    def characters(self) -> tuple[str, str]:
        """All characters in the order of the file, and the same with `UNSEEN` in place of what is deleted or hidden.

        Raises:
            struct.error: damaged, so that pieces repeat text without end.
        """
        parts: list[tuple[int, str]] = []
        left = len(self._main)
        for _, _, marked in self._marked_pieces():
            parts += marked
            left -= sum(len(text) for _, text in marked)
            if left < 0:
                raise struct.error("more characters than bytes")
        shown = (UNSEEN * len(text) if unseen else text for unseen, text in parts)
        return "".join(text for _, text in parts), "".join(shown)

    def header_numbers(self, place: int, count: int) -> tuple[int, ...]:
        """Numbers of four bytes in the header of the main stream; raises struct.error where it is too short."""
        return struct.unpack_from(f"<{count}I", self._main, place)

    def has_unseen(self) -> tuple[bool, bool]:
        """Whether the file holds words that are deleted, but still recorded, and words that are hidden."""
        unseen = {number for _, _, text in self._marked_pieces() for number, words in text if _WORD.search(words)}
        return _DELETED in unseen, _HIDDEN in unseen

    def _unseen_runs(self) -> Iterator[tuple[int, int, int]]:
        """From where to where in the main stream characters go that are deleted or hidden, and which of both."""
        for page in self._pages("characters"):
            count = page[-1] if len(page) == _PAGE else 0
            if count * 5 + 4 >= _PAGE:
                continue
            borders = struct.unpack_from(f"<{count + 1}I", page)
            for number in range(count):
                at = 2 * page[4 * (count + 1) + number]
                for name, operand in _single_properties(page[at + 1 : at + 1 + page[at]] if at else b""):
                    if name in {_DELETED, _HIDDEN} and operand in _IS_ON:
                        yield borders[number], borders[number + 1], name

    def _pages(self, name: str) -> Iterator[bytes]:
        """The pages of the main stream that hold properties."""
        offset, length = self.place(name)
        count = (min(length, len(self.table) - offset) - 4) // 8
        for number in range(max(count, 0)):
            (page,) = struct.unpack_from("<I", self.table, offset + 4 * (count + 1) + 4 * number)
            start = (page & 0x3FFFFF) * _PAGE
            yield self._main[start : start + _PAGE]

    def _marked_pieces(self) -> Iterator[tuple[int, int, list[tuple[int, str]]]]:
        """The pieces with their text cut by what is seen: 0 for what is, else why it isn't. Field codes are blank."""
        runs = sorted(self._unseen_runs())
        for start, width, raw_text in self._pieces():
            text = _FIELD_CODE.sub(lambda code: " " * len(code[0]), raw_text)
            end = start + len(text) * width
            parts, done = [], 0
            for low, high, number in runs[max(bisect_right(runs, (start,)) - 1, 0) : bisect_right(runs, (end,))]:
                first, last = max((low - start) // width, done), min((high - start) // width, len(text))
                if first < last:
                    parts += [(0, text[done:first]), (number, text[first:last])]
                    done = last
            yield start, width, [*parts, (0, text[done:])]

    def _pieces(self) -> Iterator[tuple[int, int, str]]:
        """Where each piece of text stands in the main stream, the bytes a character takes, and its text."""
        offset, length = self.place("pieces")
        end = offset + length
        while self.table[offset] == 1:  # properties that pieces share
            offset += 3 + struct.unpack_from("<H", self.table, offset + 1)[0]
        count = (min(struct.unpack_from("<I", self.table, offset + 1)[0], end - offset) - 4) // 12
        offset += 5
        borders = struct.unpack_from(f"<{count + 1}I", self.table, offset)
        for number in range(count):
            (packed,) = struct.unpack_from("<I", self.table, offset + 4 * (count + 1) + 8 * number + 2)
            characters = borders[number + 1] - borders[number]
            width = 1 if packed & 0x40000000 else 2
            start = (packed & 0x3FFFFFFF) // 2 if width == 1 else packed
            raw = self._main[start : start + max(characters, 0) * width]
            text = raw.decode("cp1252" if width == 1 else "utf-16-le", "replace")
            yield start, width, text if width == 1 else _BEYOND.sub(rf"\g<0>{_FILLER}", text)

    def _paragraph_runs(self) -> Iterator[tuple[int, int, Properties]]:
        """From where to where in the main stream a paragraph's text goes, and its properties."""
        for page in self._pages("paragraphs"):
            yield from _page_runs(page)

    def _read_styles(self) -> dict[int, Properties]:
        """The styles of paragraphs by their numbers."""
        offset, length = self.place("styles")
        end = min(offset + length, len(self.table))
        header_size, count, base_size = struct.unpack_from("<HHH", self.table, offset)
        position = offset + 2 + header_size
        styles: dict[int, Properties] = {}
        for number in range(min(count, _MAX_STYLES)):
            if position + 2 > end:
                break
            (size,) = struct.unpack_from("<H", self.table, position)
            if size and (style := _style(self.table[position + 2 : position + 2 + size], base_size)):
                styles[number] = style
            position += 2 + size + size % 2
        return styles


def open_doc(data: bytes) -> DocFile | None:
    """Finds the streams of a file; None where it is of another version, or damaged."""
    from olefile import OleFileIO  # type: ignore[import-untyped]

    try:
        with OleFileIO(data) as ole:
            main = ole.openstream("WordDocument").read()
            version, flags = struct.unpack_from("<2xH6xH", main)
            table = ole.openstream(f"{(flags >> 9) & 1}Table").read() if version >= _WORD_97 else b""
        return DocFile(main, table) if table else None
    except Exception:  # noqa: BLE001 — olefile raises anything on a damaged file, whose text may still be read
        return None


def _page_runs(page: bytes) -> Iterator[tuple[int, int, Properties]]:
    """The runs of a page of paragraph properties."""
    count = page[-1] if len(page) == _PAGE else 0
    if count * 17 + 4 >= _PAGE:
        return
    borders = struct.unpack_from(f"<{count + 1}I", page)
    for number in range(count):
        at = 2 * page[4 * (count + 1) + 13 * number]
        if not at:
            yield borders[number], borders[number + 1], Properties()
            continue
        size, begin = (2 * page[at] - 1, at + 1) if page[at] else (2 * page[at + 1], at + 2)
        properties = page[begin : begin + max(size, 0)]
        style = int.from_bytes(properties[:2], "little")
        yield borders[number], borders[number + 1], _read_properties(properties[2:], Properties(style))


def _style(data: bytes, base_size: int) -> Properties | None:
    """A style by its record; None for one that is none of paragraphs."""
    kind, base = struct.unpack_from("<HH", data)
    if base & 15 != _PARAGRAPH_STYLE:
        return None
    own = Properties(base >> 4, kind & 0xFFF)
    (name_length,) = struct.unpack_from("<H", data, base_size)
    position = base_size + 2 + 2 * (name_length + 1)
    position += position % 2
    if position + 4 > len(data):
        return own
    (size,) = struct.unpack_from("<H", data, position)
    return _read_properties(data[position + 4 : position + 2 + size], own)


def _read_properties(data: bytes, own: Properties) -> Properties:
    """Properties with the changes that a list of single ones makes to them."""
    for number, operand in _single_properties(data):
        if number == _IN_TABLE:
            own = replace(own, is_in_table=bool(operand))
        elif number == _LIST_LEVEL:
            own = replace(own, list_level=operand)
        elif number == _LIST:
            own = replace(own, list=operand)
        elif number == _OUTLINE:
            own = replace(own, outline_level=operand)
    return own


def _single_properties(data: bytes) -> Iterator[tuple[int, int]]:
    """The number and the operand of each property; of a long operand its first four bytes."""
    position = 0
    while position + 3 <= len(data):
        (number,) = struct.unpack_from("<H", data, position)
        position += 2
        size = _OPERAND_SIZES[number >> 13]
        if number in _LONG_OPERANDS:
            size = int.from_bytes(data[position : position + 2], "little") + 1
        elif not size:
            size = data[position] + 1
        yield number, int.from_bytes(data[position : position + min(size, 4)], "little")
        position += size
