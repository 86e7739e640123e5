"""Title, author and date of Office files of the kind before 2007."""

import datetime as dt
from dataclasses import dataclass

from assistant.readers.extract import collapse_whitespace
from assistant.readers.metadata import clean_title, parse_date

_MAX_NAME_CHARS = 300
_UTF_8 = 65001  # a code page, for which Python has another name


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
            found = ole.get_metadata()
    except Exception:  # noqa: BLE001 — olefile raises anything on a damaged file, whose text can still be read
        return OleProperties()
    code_page = found.codepage
    return OleProperties(
        clean_title(_text(found.title, code_page)),
        _text(found.author, code_page)[:_MAX_NAME_CHARS],
        parse_date(found.last_saved_time) or parse_date(found.create_time),
    )


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
