"""Mails, by Python's own parser, and Outlook's files by their raw streams."""

import datetime as dt
import email
import email.policy
import email.utils
import io
import re
import struct
from collections.abc import Callable
from email.message import Message

from research.fidelity import extraction as apart
from research.fidelity.extraction import ExtractorError, Pieces
from research.fidelity.plain import decode
from research.fidelity.web import extract_html_text

PartExtractor = Callable[[bytes, str], list[Pieces]]
"""Extracts an attachment: its bytes and its name."""

_SHOWN_HEADERS = ("from", "to", "cc", "date", "subject")
_SUBJECT_LINE = re.compile(r"^[> \t]*Subject: *(.*)$", re.MULTILINE | re.IGNORECASE)  # of a mail in the mail
_DATE_LINE = re.compile(r"^Date: *(.*)$", re.MULTILINE)
_OTHER_HEADERS = ("bcc", "reply-to", "sender", "newsgroups", "organization")
_TEXT_STREAMS = {"0037": "subject", "1000": "body", "0E04": "to", "0E03": "cc", "0C1A": "sender"}
_ADDRESS_STREAMS = ("0C1F", "5D01", "39FE", "3003", "3001", "007D", "0E02", "1035", "8000")
_INNER_MAIL, _PROPERTIES = "__substg1.0_3701000D", "__properties_version1.0"
_TIME_KIND, _LAST_TIME = 0x40, 200_000_000_000_000_000  # ticks from 1601 on
_HTML_STREAM, _NAME_STREAMS, _DATA_STREAM = "1013", ("3707", "3704"), "3701"


def extract_eml(data: bytes, extract_part: PartExtractor) -> list[Pieces]:
    """What a mail shows, in each of its versions, and what its attachments do."""
    is_wide = data.startswith((b"\xff\xfe", b"\xfe\xff")) or data[:200].count(0) > len(data[:200]) // 4
    plain_data = decode(data).removeprefix("\ufeff").encode() if is_wide else data
    message = email.message_from_bytes(plain_data, policy=email.policy.default)
    versions = [Pieces(), Pieces()]
    _add_message(message, versions, extract_part)
    return versions


def extract_mbox(data: bytes, extract_part: PartExtractor) -> list[Pieces]:
    """What the mails of a mailbox show."""
    versions = [Pieces(), Pieces()]
    for part in (b"\n" + data).split(b"\nFrom ")[1:]:
        mail = part.partition(b"\n")[2].replace(b"\n>From ", b"\nFrom ")
        for both, found in zip(versions, extract_eml(mail, extract_part), strict=True):
            both.add_all(found)
    return versions


def extract_msg(data: bytes, extract_part: PartExtractor) -> list[Pieces]:
    """What a mail of Outlook's shows.

    Raises:
        ExtractorError: it is none.
    """
    import olefile  # type: ignore[import-untyped]  # it has no types

    if not olefile.isOleFile(io.BytesIO(data)):
        raise ExtractorError("no file of Outlook's")
    with olefile.OleFileIO(io.BytesIO(data)) as file:
        streams = {"/".join(path): file.openstream(path).read() for path in file.listdir()}
    pieces = Pieces()
    for path, content in streams.items():
        folder, _, name = path.rpartition("/")
        tag = name.removeprefix("__substg1.0_")
        text = content.decode("utf-16-le" if tag.endswith("001F") else "cp1252", "replace")
        if tag[4:] not in {"001F", "001E"}:
            continue
        is_of_mail = not folder or folder.endswith(_INNER_MAIL)
        if is_of_mail and tag[:4] in _TEXT_STREAMS:
            pieces.add(f"\n{text}\n")
        elif tag[:4] in _ADDRESS_STREAMS or "recip" in folder:
            pieces.add_apart(apart.METADATA, [text], 2)
            pieces.add_apart(apart.COMPUTED, [date for line in _DATE_LINE.findall(text) for date in _dates(line)])
        elif not folder:
            pieces.add_apart(apart.METADATA, [text])
    html = streams.get(f"__substg1.0_{_HTML_STREAM}0102")
    pieces.add_apart(apart.METADATA, ["From To Cc Date Sent Subject UTC Attachments"], 2)
    dates = [date for path, content in streams.items() if path.endswith(_PROPERTIES) for date in _stored_dates(content)]
    pieces.add_apart(apart.COMPUTED, dates)
    versions = [pieces]
    if html and not any(f"__substg1.0_1000{kind}" in streams for kind in ("001F", "001E")):
        pieces.add_all(extract_html_text(decode(html)))
    for path, content in streams.items():
        folder, _, name = path.rpartition("/")
        if name == f"__substg1.0_{_DATA_STREAM}0102":
            names = [streams.get(f"{folder}/__substg1.0_{tag}001F", b"") for tag in _NAME_STREAMS]
            file_name = next((found.decode("utf-16-le", "replace") for found in names if found), "")
            pieces.add_apart(apart.METADATA, [f"Attachments {file_name}"])
            _add_part(versions, content, file_name, extract_part)
    return versions


def _stored_dates(properties: bytes) -> list[str]:
    """The dates among the properties of a mail of Outlook's: each has 16 bytes, and the last eight are its value."""
    dates = []
    for start in range(len(properties) % 16, len(properties) - 15, 16):
        kind, _, value = struct.unpack_from("<IIQ", properties, start)
        if kind & 0xFFFF == _TIME_KIND and value < _LAST_TIME:
            dates.append(str(dt.datetime(1601, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=value // 10)))
    return [f"{date[:16]} UTC" for date in dates]


def _add_message(message: Message, versions: list[Pieces], extract_part: PartExtractor) -> None:
    for pieces in versions:
        for name, value in message.items():
            line = f"\n{value}\n"
            pieces.add(line, "" if name.lower() in _SHOWN_HEADERS else apart.METADATA)
            if name.lower() in {*_SHOWN_HEADERS, *_OTHER_HEADERS}:
                pieces.add(f"\n{name}: {value}\n", apart.METADATA)
            if name.lower() == "date":
                pieces.add_apart(apart.COMPUTED, _dates(str(value)))
    _add_content(message, versions, extract_part)


def _add_content(part: Message, versions: list[Pieces], extract_part: PartExtractor) -> None:
    """Adds a part of a mail: of a text in two versions, one to each of the extractions."""
    kind = part.get_content_type()
    payload = part.get_payload()
    parts = [inner for inner in payload if isinstance(inner, Message)] if isinstance(payload, list) else []
    if kind == "multipart/alternative" and parts and len(versions) > 1:
        _add_content(parts[0], versions[:1], extract_part)
        _add_content(parts[-1], versions[1:], extract_part)
    elif parts:
        for inner in parts if kind != "multipart/alternative" else parts[-1:]:
            if kind == "message/rfc822":
                _add_message(inner, versions, extract_part)
            else:
                _add_content(inner, versions, extract_part)
    elif part.get_filename() or part.get_content_disposition() == "attachment":
        content = part.get_payload(decode=True)
        for pieces in versions:
            pieces.add_apart(apart.METADATA, [f"Attachments {part.get_filename() or ''}"], 2)
        _add_part(versions, content if isinstance(content, bytes) else b"", part.get_filename() or "", extract_part)
    elif kind.startswith("text/"):
        text = _text_of(part)
        found = extract_html_text(text) if kind == "text/html" else Pieces([text])
        for pieces in versions:
            pieces.add_all(found)
            pieces.add_apart(apart.METADATA, _SUBJECT_LINE.findall(found.text))


def _dates(value: str) -> list[str]:
    """The ways in which a reader may write the date of a mail: in its own zone and at Greenwich."""
    try:
        sent = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return []
    return [sent.isoformat(" "), str(sent.day), f"{sent.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC"]


def _add_part(versions: list[Pieces], content: bytes, file_name: str, extract_part: PartExtractor) -> None:
    try:
        found = extract_part(content, file_name)
    except ExtractorError:
        return
    for place, pieces in enumerate(versions):
        pieces.add_all(found[min(place, len(found) - 1)])


def _text_of(part: Message) -> str:
    """The text of a part, as it declares its encoding, or else as it can be read."""
    payload = part.get_payload(decode=True)
    return decode(payload, part.get_content_charset() or "") if isinstance(payload, bytes) else ""
