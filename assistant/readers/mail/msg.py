"""Mails that Outlook saved (``.msg``): python-oxmsg unpacks their properties, which are read here."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.errors import ReadingError
from assistant.readers.archives.inner_files import InnerFile
from assistant.readers.elements import Element
from assistant.readers.extract import ExtractedDocument, remove_invisible
from assistant.readers.mail.compressed_rtf import unpack_rtf
from assistant.readers.mail.headers import decode_part, header_value, plain_header, sender_name, sent_day, shown_date
from assistant.readers.mail.html import html_mail_elements
from assistant.readers.mail.message import Attachment, Mail, attached_files, compose_mails
from assistant.readers.mail.mime import UNREAD_PART, parse_mail, parse_message
from assistant.readers.mail.text import mark_heads, plain_text_elements
from assistant.readers.metadata import parse_date
from assistant.readers.rtf.machine import RtfReader

if TYPE_CHECKING:
    from oxmsg.properties import Properties
    from oxmsg.storage import Storage

_MAX_DEPTH = 5  # of mails in mails
_MAX_RICH_TEXT = 20_000_000  # bytes
_OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAIL_OFFSET, _INNER_MAIL_OFFSET, _PART_OFFSET = 32, 24, 8  # at which the properties of each start in their stream
_INNER_MAIL = "__substg1.0_3701000D"  # the storage of a mail that is attached
# Of a mail:
_CLASS, _SUBJECT, _SENT, _HEADERS, _BODY, _HTML, _RICH_TEXT = 0x001A, 0x0037, 0x0039, 0x007D, 0x1000, 0x1013, 0x1009
_SENDER_NAME, _SENDER_ADDRESSES = 0x0C1A, (0x5D01, 0x0C1F)
# Of a recipient, and of an attachment:
_RECIPIENT_TYPE, _NAME, _ADDRESSES = 0x0C15, 0x3001, (0x39FE, 0x3003)
_CONTENT, _SHORT_NAME, _LONG_NAME, _MIME_TYPE, _CONTENT_ID = 0x3701, 0x3704, 0x3707, 0x370E, 0x3712
_RECIPIENT_LABELS = {1: "To", 2: "Cc", 3: "Bcc"}
_PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".emf", ".wmf", ".svg")


def read_msg(data: bytes, max_bytes: int) -> ExtractedDocument:  # noqa: ARG001 — every reader has this form
    """Reads a ``.msg`` file: its head, its text, and the mails that it quotes or forwards.

    Raises:
        ReadingError: encrypted, empty, or no such file.
    """
    return compose_mails([_parse(data)])


def msg_files(data: bytes) -> Iterator[InnerFile]:
    """The files that are attached to the mail of a ``.msg`` file; raises what `read_msg` does."""
    return attached_files([_parse(data)])


def _parse(data: bytes) -> Mail:
    from olefile import OleFileIO  # type: ignore[import-untyped]
    from oxmsg.storage import Storage

    if not data.startswith(_OLE_SIGNATURE):
        raise ReadingError("not a real .msg file: Outlook did not save it")
    with OleFileIO(data) as ole:
        root = Storage.from_ole(ole)
    if "__properties_version1.0" not in {stream.name for stream in root.streams}:
        raise ReadingError("not a real .msg file: it is some other file of Office. Give it the ending of its real kind")
    return _read_mail(root, _MAIL_OFFSET, 0)


def _read_mail(storage: "Storage", offset: int, depth: int) -> Mail:
    from oxmsg.properties import Properties

    if depth > _MAX_DEPTH:
        raise ReadingError(f"holds mails in one another, more than {_MAX_DEPTH} deep. Save the inner ones as files")
    properties = Properties(storage, offset)
    headers = parse_message(_text(properties, _HEADERS).encode("utf-8", "replace"))
    sender = header_value(headers, "From") or plain_header(_address(properties, _SENDER_NAME, _SENDER_ADDRESSES))
    written, sent = header_value(headers, "Date"), _time(properties)
    body, notes = _body(properties)
    head = [
        ("From", sender),
        *_recipients(storage),
        ("Date", shown_date(written) if written else f"{sent:%Y-%m-%d %H:%M} UTC" if sent else ""),
        ("Subject", plain_header(_text(properties, _SUBJECT))),
    ]
    mail = Mail(
        tuple((label, value) for label, value in head if value),
        plain_header(_text(properties, _SUBJECT)),
        sender_name(sender),
        sent_day(written) or parse_date(sent),
        body=body,
        notes=notes,
    )
    return _with_attachments(mail, storage, _text(properties, _CLASS).upper(), depth)


def _recipients(storage: "Storage") -> Iterator[tuple[str, str]]:
    """The lines of the head that say who received a mail."""
    from oxmsg.properties import Properties

    names: dict[str, list[str]] = {label: [] for label in _RECIPIENT_LABELS.values()}
    for recipient in storage.iter_recipient_storages():
        properties = Properties(recipient, _PART_OFFSET)
        label = _RECIPIENT_LABELS.get(properties.int_prop_value(_RECIPIENT_TYPE) or 1, "To")
        names[label].append(plain_header(_address(properties, _NAME, _ADDRESSES)))
    yield from ((label, ", ".join(filter(None, of_label))) for label, of_label in names.items())


def _address(properties: "Properties", name_id: int, address_ids: tuple[int, int]) -> str:
    """A name with its address; an address of Exchange's own, which nobody writes, is left out."""
    name = _text(properties, name_id).strip("'\" ")
    addresses = (_text(properties, address_id).strip() for address_id in address_ids)
    address = next((address for address in addresses if address and not address.upper().startswith("/O=")), "")
    return f"{name} <{address}>" if name and address and name != address else address or name


def _body(properties: "Properties") -> tuple[tuple[Element, ...], tuple[str, ...]]:
    """The elements of a mail's text, and notes about what of it is left out."""
    plain = _text(properties, _BODY)
    if plain.strip():
        return plain_text_elements(plain.replace("\r\n", "\n").replace("\r", "\n")), ()
    notes: tuple[str, ...] = ()
    html = _bytes(properties, _HTML)
    try:
        text = decode_part(html, properties.body_encoding)[0] if html else _text(properties, _HTML)
        if text.strip():
            return html_mail_elements(text)
    except ReadingError as error:
        notes = (UNREAD_PART.format(error),)
    rich_text = _bytes(properties, _RICH_TEXT)
    return tuple(mark_heads(RtfReader().read(unpack_rtf(rich_text, _MAX_RICH_TEXT))) if rich_text else ()), notes


def _with_attachments(mail: Mail, storage: "Storage", mail_class: str, depth: int) -> Mail:
    """A mail with what is attached to it: files, mails, and pictures that its text shows."""
    from oxmsg.properties import Properties

    mails: list[Mail] = []
    files: list[Attachment] = []
    pictures = 0
    for attachment in storage.iter_attachment_storages():
        properties = Properties(attachment, _PART_OFFSET)
        content = _bytes(properties, _CONTENT)
        inner = next((inner for inner in attachment.storages if inner.name == _INNER_MAIL), None)
        name = plain_header(_text(properties, _LONG_NAME) or _text(properties, _SHORT_NAME))
        kind = _text(properties, _MIME_TYPE).lower()
        if inner is not None:
            if any(stream.name == "__properties_version1.0" for stream in inner.streams):
                mails.append(_read_mail(inner, _INNER_MAIL_OFFSET, depth + 1))
        elif kind == "application/pgp-encrypted" or mail_class.endswith("NOTE.SMIME"):
            mail = replace(mail, is_encrypted=True)
        elif mail_class.endswith("SMIME.MULTIPARTSIGNED"):
            signed = parse_mail(content)
            mail = replace(mail, body=mail.body or signed.body, pictures=signed.pictures)
            files += signed.attachments
        elif _text(properties, _CONTENT_ID) and (kind.startswith("image/") or name.lower().endswith(_PICTURE_SUFFIXES)):
            pictures += 1
        elif content:
            files.append(Attachment(name or f"attachment {len(files) + 1}", content))
    return replace(mail, attached=tuple(mails), attachments=tuple(files), pictures=mail.pictures + pictures)


def _text(properties: "Properties", property_id: int) -> str:
    """A property that is text; "" where there is none, or a damaged one."""
    try:
        return remove_invisible(properties.str_prop_value(property_id) or "")
    except (KeyError, UnicodeDecodeError, LookupError):
        return ""


def _bytes(properties: "Properties", property_id: int) -> bytes:
    try:
        return properties.binary_prop_value(property_id) or b""
    except KeyError:
        return b""


def _time(properties: "Properties") -> dt.datetime | None:
    try:
        return properties.date_prop_value(_SENT)
    except (ValueError, OverflowError):  # a time that no calendar has
        return None
