"""The lines of a mail's head as people read them: encoded words decoded, addresses without quotes, dates by day."""

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import suppress
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime

from assistant.errors import ReadingError
from assistant.readers.extract import collapse_whitespace
from assistant.readers.metadata import parse_date
from assistant.readers.plain.text import decode_text

_SHOWN_HEADERS = ("From", "To", "Cc", "Bcc", "Date", "Subject")  # in the order in which they are shown
_MAX_HEADER_CHARS = 20_000  # of one line of a head that are read
_QUOTED_NAME = re.compile(r'(?:"([^",\\]*)"|\'([^\',\\]*)\')(?=\s*<)')
_BARE_ADDRESS = re.compile(r"(^|, )<([^<>,\s]+@[^<>,\s]+)>")
_SPACED_WORDS = re.compile(r"(=\?[^?\s]+\?[bBqQ]\?)([^?]*)(\?=)")
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_WIDER_NAMES = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "iso-8859-9": "cp1254"}
_WIDER_NAMES |= {"iso-8859-8-i": "iso-8859-8", "ks_c_5601-1987": "cp949", "gb2312": "gb18030", "gbk": "gb18030"}
_ONE_BYTE = re.compile(r"us-ascii|ascii|ansi_x3.*|iso-8859-.*|windows-125\d|cp125\d|latin-?\d|koi8-.*")


def shown_head(message: Message) -> tuple[tuple[str, str], ...]:
    """The lines of a head that people read, each with its label; dates as they were written, and by day."""
    values = {name: ", ".join(filter(None, header_values(message, name))) for name in _SHOWN_HEADERS}
    values["Date"] = shown_date(values["Date"])
    return tuple((name, value) for name, value in values.items() if value)


def header_values(message: Message, name: str) -> Iterator[str]:
    """The values of all headers of a name, in plain letters."""
    for key, value in message.raw_items():  # unlike items(), never parses
        if key.lower() == name.lower():
            yield plain_header(value)


def header_value(message: Message, name: str) -> str:
    """The first header of a name, in plain letters; "" where there is none."""
    return next(header_values(message, name), "")


def plain_header(value: str) -> str:
    """A header's value as people read it: encoded words decoded, on one line, names without quotation marks."""
    line = collapse_whitespace(_decode_words(collapse_whitespace(_as_text(str(value)[:_MAX_HEADER_CHARS]))))
    for _ in range(2):  # some programs put both kinds of marks
        line = _QUOTED_NAME.sub(lambda match: match[1] or match[2] or "", line)
    return _BARE_ADDRESS.sub(r"\1\2", line)


def shown_date(written: str) -> str:
    """A date as it was written, with its day as in "2024-03-05" behind it, unless it starts so."""
    day = sent_day(written)
    return f"{written} ({day.isoformat()})" if day and not _ISO_DATE.match(written) else written


def sent_day(written: str) -> dt.date | None:
    """The day of a date in a mail's head, where it was written; None where it is no date."""
    try:
        return parse_date(parsedate_to_datetime(written))
    except (ValueError, TypeError, IndexError, OverflowError):
        return parse_date(written)


def sender_name(sender: str) -> str:
    """The name in an address, or the address where it has none."""
    name, address = parseaddr(sender)
    return name or address or sender


def decode_part(data: bytes, declared: str | None) -> tuple[str, tuple[str, ...]]:
    """The text of a part of a mail, and a note where its encoding is a guess.

    Raises:
        ReadingError: it is no text in any encoding.
    """
    name = (declared or "").strip().lower()
    if _ONE_BYTE.fullmatch(name) and not data.isascii():
        with suppress(UnicodeDecodeError):  # which text in any of these encodings raises as good as always
            data.decode()
            name = "utf-8"
    return decode_text(data, None if name == "us-ascii" else _WIDER_NAMES.get(name, name) or None)


def _as_text(value: str) -> str:
    """A header's value in which bytes that are not ASCII, which the parser lets through, are decoded."""
    if value.isascii():
        return value
    return _decode_bytes(value.encode("utf-8", "surrogateescape"), None)


def _decode_words(line: str) -> str:
    if "=?" not in line:
        return line
    # Some programs put spaces into encoded words, which the standard library then takes for plain text.
    joined = _SPACED_WORDS.sub(lambda match: match[1] + match[2].replace(" ", "_") + match[3], line)
    try:
        pieces = decode_header(joined)
    except Exception:  # noqa: BLE001 — a word that is no base64 raises one of several errors
        return line
    return "".join(piece if isinstance(piece, str) else _decode_bytes(piece, charset) for piece, charset in pieces)


def _decode_bytes(data: bytes, charset: str | None) -> str:
    try:
        return decode_part(data, charset)[0]
    except ReadingError:
        return data.decode("latin-1")
