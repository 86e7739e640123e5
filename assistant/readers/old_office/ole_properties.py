"""Title, author and date of Office files of the kind before 2007."""

import datetime as dt
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.readers.extract import collapse_whitespace
from assistant.readers.metadata import clean_title, parse_date

_STREAM = "\x05SummaryInformation"
_CODE_PAGE, _TITLE, _AUTHOR, _CREATED, _SAVED = 1, 2, 4, 12, 13  # numbers of properties
_SHORT, _BYTES, _WIDE, _TIME = 2, 30, 31, 64  # kinds of their values
_MAX_PROPERTIES = 100
_MAX_NAME_CHARS = 300
_MAX_TEXT_BYTES = 4_000
_UTF_8 = 65001  # a code page, for which Python has another name
_EPOCH = dt.datetime(1601, 1, 1)  # noqa: DTZ001 — in UTC, as all times here
_MICROSECOND = 10  # of the units in which times are counted


@dataclass(frozen=True, slots=True)
class OleProperties:
    """What a file says about itself; empty where it says nothing worth showing."""

    title: str = ""
    author: str = ""
    date: dt.date | None = None  # of the last save


def ole_properties(data: bytes) -> OleProperties:
    """The properties of a file; none where it has no place for them, or they are damaged."""
    from olefile import OleFileIO  # type: ignore[import-untyped]

    try:
        with OleFileIO(data) as ole:
            # Its own reader of properties goes on for minutes where a damaged one counts thousands of millions.
            properties = dict(_properties(ole.openstream(_STREAM).read()))
    except Exception:  # noqa: BLE001 — olefile raises anything on a damaged file, whose text can still be read
        return OleProperties()
    page = properties.get(_CODE_PAGE)
    code_page = page if isinstance(page, int) else None
    return OleProperties(
        clean_title(_text(properties.get(_TITLE), code_page)),
        _text(properties.get(_AUTHOR), code_page)[:_MAX_NAME_CHARS],
        parse_date(properties.get(_SAVED)) or parse_date(properties.get(_CREATED)),
    )


def _properties(stream: bytes) -> Iterator[tuple[int, object]]:
    """The properties in the first section of a stream, by their numbers."""
    (section,) = struct.unpack_from("<I", stream, 44)
    (count,) = struct.unpack_from("<I", stream, section + 4)
    for place in range(min(count, _MAX_PROPERTIES)):
        number, offset = struct.unpack_from("<II", stream, section + 8 + 8 * place)
        value = stream[section + offset : section + offset + 8 + _MAX_TEXT_BYTES]
        if number in {_CODE_PAGE, _TITLE, _AUTHOR, _CREATED, _SAVED} and len(value) >= 8:
            yield number, _value(value)


def _value(value: bytes) -> object:
    kind, size = struct.unpack_from("<HxxI", value)
    if kind == _SHORT:
        return size & 0xFFFF
    if kind == _BYTES:
        return value[8 : 8 + size]
    if kind == _WIDE:
        return value[8 : 8 + 2 * size].decode("utf-16-le", "replace").partition("\0")[0]
    if kind == _TIME:
        (units,) = struct.unpack_from("<Q", value, 4)
        return _EPOCH + dt.timedelta(microseconds=units // _MICROSECOND) if 0 < units < 1 << 60 else None
    return None


def _text(value: object, code_page: int | None) -> str:
    if isinstance(value, str):
        return collapse_whitespace(value)
    if not isinstance(value, bytes):
        return ""
    encoding = "utf-8" if code_page == _UTF_8 else f"cp{code_page or 1252}"
    try:
        return collapse_whitespace(value.decode(encoding, "replace").rstrip("\0"))
    except LookupError:
        return collapse_whitespace(value.decode("cp1252", "replace").rstrip("\0"))
