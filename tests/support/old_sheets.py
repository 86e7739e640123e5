"""Writes workbooks of Excel before 2007, as the bare stream of records that such a file holds."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_BOF, _EOF, _SHEET, _FONT, _FORMAT, _XF = 0x0809, 0x000A, 0x0085, 0x0031, 0x041E, 0x00E0
_LABEL, _NUMBER, _BOOLEAN, _ROW, _COLUMN, _MERGED = 0x0204, 0x0203, 0x0205, 0x0208, 0x007D, 0x00E5


Value = str | float | bool | None


@dataclass(frozen=True)
class OldSheet:
    """A sheet of such a workbook.

    Attributes:
        rows: its values; None for an empty cell.
        formats: the number formats of cells by row and column, counted from 0.
        merged: the first and last row, and the first and last column, of merged cells.
        hidden_rows: counted from 0.
        hidden_columns: likewise.
        is_hidden: whether the whole sheet is.
        boxes: the texts of text boxes.
        charts: how many charts lie on it.
    """

    name: str
    rows: Sequence[Sequence[Value]]
    formats: Mapping[tuple[int, int], str] = field(default_factory=dict)
    merged: Sequence[tuple[int, int, int, int]] = ()
    hidden_rows: Sequence[int] = ()
    hidden_columns: Sequence[int] = ()
    is_hidden: bool = False
    boxes: Sequence[str] = ()
    charts: int = 0


def old_workbook(*sheets: OldSheet, is_1904: bool = False) -> bytes:
    """The stream of a workbook with these sheets."""
    codes = sorted({code for sheet in sheets for code in sheet.formats.values()})
    styles = {code: 1 + place for place, code in enumerate(codes)}
    head = _bof(0x0005) + _record(0x0022, struct.pack("<H", is_1904))
    head += _record(_FONT, struct.pack("<HHHHHBBBB", 200, 0, 8, 400, 0, 0, 0, 0, 0) + _short("Arial")) * 5
    head += b"".join(_record(_FORMAT, struct.pack("<H", 164 + place) + _long(code)) for place, code in enumerate(codes))
    for number in (0, *range(164, 164 + len(codes))):
        head += _record(_XF, struct.pack("<HHH", 0, number, 1) + bytes(14))
    streams = [_sheet(sheet, styles) for sheet in sheets]
    entries = sum(4 + 6 + len(_short(sheet.name)) for sheet in sheets)
    place = len(head) + entries + 4
    for sheet, stream in zip(sheets, streams, strict=True):
        head += _record(_SHEET, struct.pack("<IBB", place, sheet.is_hidden, 0) + _short(sheet.name))
        place += len(stream)
    return head + _record(_EOF, b"") + b"".join(streams)


def _sheet(sheet: OldSheet, styles: Mapping[str, int]) -> bytes:
    stream = _bof(0x0010)
    for column in sheet.hidden_columns:
        stream += _record(_COLUMN, struct.pack("<HHHHHH", column, column, 2000, 0, 1, 0))
    for row in sheet.hidden_rows:
        stream += _record(_ROW, struct.pack("<HHHHHHHH", row, 0, 1, 300, 0, 0, 0x20, 0))
    for row, values in enumerate(sheet.rows):
        for column, value in enumerate(values):
            style = styles.get(sheet.formats.get((row, column), ""), 0)
            stream += _cell(struct.pack("<HHH", row, column, style), value)
    if sheet.merged:
        ranges = b"".join(struct.pack("<HHHH", *corners) for corners in sheet.merged)
        stream += _record(_MERGED, struct.pack("<H", len(sheet.merged)) + ranges)
    for text in sheet.boxes:
        stream += _object(0x06) + _record(0x01B6, struct.pack("<10xHH4x", len(text), 0))
        stream += _record(0x003C, b"\x01" + text.encode("utf-16-le")) + _record(0x003C, bytes(8))
    stream += (_object(0x05) + _bof(0x0020) + _record(_EOF, b"")) * sheet.charts
    return stream + _record(_EOF, b"")


def _cell(place: bytes, value: Value) -> bytes:
    if value is None:
        return b""
    if isinstance(value, bool):
        return _record(_BOOLEAN, place + struct.pack("<BB", value, 0))
    if isinstance(value, str):
        return _record(_LABEL, place + _long(value))
    return _record(_NUMBER, place + struct.pack("<d", value))


def _object(kind: int) -> bytes:
    return _record(0x005D, struct.pack("<HHHHH12x", 0x15, 0x12, kind, 1, 0) + bytes(4))


def _bof(kind: int) -> bytes:
    return _record(_BOF, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 1997, 0, 6))


def _record(number: int, body: bytes) -> bytes:
    return struct.pack("<HH", number, len(body)) + body


def _short(text: str) -> bytes:
    return struct.pack("<BB", len(text), 1) + text.encode("utf-16-le")


def _long(text: str) -> bytes:
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")
