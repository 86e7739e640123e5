"""What lies over the cells of a ``.xls`` file's sheets: the text of its boxes, and how many charts and pictures."""

import struct
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from assistant.readers.extract import collapse_whitespace

_BOF, _EOF, _OBJECT, _TEXT_OBJECT, _CONTINUE = 0x0809, 0x000A, 0x005D, 0x01B6, 0x003C
_WORKSHEET, _CHART = 0x0010, 0x0020  # kinds of substreams
_NOTE = 0x19  # the object of a comment, which xlrd reads
_OBJECT_NAMES = {0x05: "chart", 0x08: "picture"}
_MAX_TEXTS = 10_000  # of a workbook


@dataclass(slots=True)
class SheetObjects:
    """What lies over the cells of a sheet. It grows while records are read."""

    texts: list[str] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


def read_objects(stream: bytes) -> dict[int, SheetObjects]:
    """The objects of each worksheet, by its number in the order of the stream; sheets that are charts count as -1.

    Args:
        stream: the workbook's, of records.
    """
    reader = _ObjectReader()
    for record, body in _records(stream):
        if record == _BOF:
            reader.enter(_word(body, 2))
        elif record == _EOF:
            reader.leave()
        elif reader.depth == 1:
            reader.add(record, body)
    return reader.objects


class _ObjectReader:
    """Collects the objects of a stream's records."""

    def __init__(self) -> None:
        self.objects: dict[int, SheetObjects] = {}
        self.depth = 0  # of the substream, since charts lie within sheets
        self._sheet = -1
        self._sheet_count = 0
        self._text_count = 0
        self._kind = 0  # of the last object
        self._wanted = 0  # how many characters the next record has of a text

    def enter(self, kind: int) -> None:
        """A substream begins."""
        self.depth += 1
        if self.depth > 1:
            return
        if kind == _WORKSHEET:
            self._sheet = self._sheet_count
            self._sheet_count += 1
        else:
            self._sheet = -1
            self._here().left_out["chart"] += kind == _CHART

    def leave(self) -> None:
        """A substream ends."""
        self.depth = max(0, self.depth - 1)

    def add(self, record: int, body: bytes) -> None:
        """A record of a sheet."""
        if record == _OBJECT:
            self._kind = _word(body, 4)
            if name := _OBJECT_NAMES.get(self._kind):
                self._here().left_out[name] += 1
        elif record == _TEXT_OBJECT:
            self._wanted = _word(body, 10) if self._kind != _NOTE else 0
        elif record == _CONTINUE and self._wanted and self._text_count < _MAX_TEXTS:
            if text := collapse_whitespace(_characters(body, self._wanted)):
                self._here().texts.append(text)
            self._wanted, self._text_count = 0, self._text_count + 1

    def _here(self) -> SheetObjects:
        return self.objects.setdefault(self._sheet, SheetObjects())


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place + 4 <= len(stream):
        record, length = struct.unpack_from("<HH", stream, place)
        yield record, stream[place + 4 : place + 4 + length]
        place += 4 + length


def _characters(body: bytes, count: int) -> str:
    """The first characters of a text: of one byte each or of two, as its first byte says."""
    if body[:1] == b"\x01":
        return body[1 : 1 + 2 * count].decode("utf-16-le", "ignore")
    return body[1 : 1 + count].decode("latin-1")


def _word(body: bytes, place: int) -> int:
    return int(struct.unpack_from("<H", body, place)[0]) if len(body) >= place + 2 else 0
