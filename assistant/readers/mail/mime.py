"""MIME messages, as mails are sent and kept: from their bytes to a `Mail`."""

import mimetypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.errors import MessageError
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

from assistant.errors import ReadingError
from assistant.readers.elements import Element
from assistant.readers.mail.headers import (
    decode_part,
    header_value,
    plain_header,
    sender_name,
    sent_day,
    shown_head,
)
from assistant.readers.mail.html import html_mail_elements
from assistant.readers.mail.message import Attachment, Mail
from assistant.readers.mail.smime import signed_content
from assistant.readers.mail.text import plain_text_elements
from assistant.readers.plain.text import decode_text

UNREAD_PART = "a part of it is not read: {}"
_MAX_DEPTH = 20  # of parts in parts
_MIN_SHARE = 0.8  # of the words of the HTML that the plain text must have to be taken instead
_SIGNATURES = {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
_PKCS7 = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
_CIPHERS = {"application/pgp-encrypted", *_PKCS7}
_CHARSET = re.compile(r"charset\*?\s*=\s*(?:3D)?\"?(?:[\w-]*'[\w-]*')?([\w.:+-]+)", re.IGNORECASE)
_PGP_BLOCK = "-----BEGIN PGP MESSAGE-----"
_PGP_SIGNED, _PGP_SIGNATURE = "-----BEGIN PGP SIGNED MESSAGE-----\n", "-----BEGIN PGP SIGNATURE-----"
_PGP_END = "-----END PGP SIGNATURE-----"
_UNDECLARED_SAMPLE = 2_000  # bytes at the beginning in which a text of two bytes a letter has zeros
_WORD = re.compile(r"\w+")


@dataclass(slots=True)
class _Parts:
    """What is found in the parts of one mail."""

    body: list[Element] = field(default_factory=list)
    attached: list[Mail] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    pictures: int = 0
    is_encrypted: bool = False


def parse_mail(data: bytes) -> Mail:
    """Reads one mail.

    Raises:
        ReadingError: its parts are nested too deep, or it is no text at all.
    """
    return _read_message(parse_message(data), 0)


def parse_message(data: bytes) -> Message:
    """The parts of a message, however broken; none of them is decoded yet.

    Raises:
        ReadingError: as `parse_mail`.
    """
    if b"\x00" in data[:_UNDECLARED_SAMPLE]:  # it was saved as text of two bytes a letter
        data = decode_text(data)[0].encode()
    try:
        return BytesParser(policy=compat32).parsebytes(data.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n"))
    except RecursionError:
        raise ReadingError(_too_deep()) from None


def decoded_content(part: Message) -> bytes:
    """The bytes of a part that has no parts of its own."""
    try:
        content = part.get_payload(decode=True)
    except (ValueError, MessageError, LookupError):
        content = None
    return content if isinstance(content, bytes) else b""


def declared_charset(part: Message) -> str | None:
    """The encoding that a part of text declares, also in a header that is not quite right."""
    match = _CHARSET.search(str(part.get("Content-Type", "")))
    return match[1] if match else None


def _read_message(message: Message, depth: int) -> Mail:
    parts = _Parts()
    _read_part(message, parts, depth)
    sender = header_value(message, "From")
    return Mail(
        shown_head(message),
        header_value(message, "Subject"),
        sender_name(sender),
        sent_day(header_value(message, "Date")),
        bool(header_value(message, "In-Reply-To") or header_value(message, "References")),
        tuple(parts.body),
        tuple(parts.attached),
        tuple(parts.attachments),
        parts.pictures,
        tuple(parts.notes),
        parts.is_encrypted,
    )


def _read_part(part: Message, parts: _Parts, depth: int) -> None:
    """Sorts a part, and those in it, into text, mails, attachments and what is left out."""
    if depth > _MAX_DEPTH:
        raise ReadingError(_too_deep())
    kind = part.get_content_type()
    if kind in _PKCS7 and _is_signed_only(part):
        _read_part(parse_message(signed_content(decoded_content(part))), parts, depth + 1)
    elif kind == "multipart/encrypted" or kind in _CIPHERS:
        parts.is_encrypted = True
    elif kind in _SIGNATURES:
        return
    elif part.is_multipart():
        _read_children(part, kind, parts, depth)
    elif _is_text(part, kind):
        parts.body += _text_elements(part, kind, parts)
    else:
        _read_file(part, kind, parts)


def _read_children(part: Message, kind: str, parts: _Parts, depth: int) -> None:
    """Sorts the parts in a part."""
    if kind == "multipart/alternative":
        _read_alternatives(part, parts, depth)
    elif kind in {"message/rfc822", "message/global"}:
        parts.attached += [_read_message(inner, depth + 1) for inner in _children(part)]
    elif kind == "message/delivery-status":
        parts.body += [
            Element("field", plain_header(value), label=name)
            for inner in _children(part)
            for name, value in inner.raw_items()
        ]
    else:
        for inner in _children(part):
            _read_part(inner, parts, depth + 1)


def _read_alternatives(part: Message, parts: _Parts, depth: int) -> None:
    """Takes the plain text of a part that is given in several forms, or the HTML where that says more."""
    forms: list[tuple[bool, _Parts]] = []  # each with whether it is plain text
    for inner in _children(part):
        form = _Parts()
        _read_part(inner, form, depth + 1)
        forms.append((inner.get_content_type() == "text/plain", form))
        parts.attached += form.attached
        parts.attachments += [file for file in form.attachments if not file.name.lower().endswith(".ics")]
        parts.pictures += form.pictures
        parts.is_encrypted |= form.is_encrypted
    plain = next((form for is_plain, form in forms if is_plain and form.body), None)
    rich = next((form for is_plain, form in forms if not is_plain and form.body), None)
    if plain and rich and not _has_words(plain, rich):
        plain = None
    best = plain or rich
    for form in [best] if best else [form for _, form in forms]:
        parts.body += form.body
        parts.notes += form.notes


def _has_words(plain: _Parts, rich: _Parts) -> bool:
    """Whether a plain text has as good as all words of the HTML beside it."""
    plain_words, rich_words = _words(plain.body), _words(rich.body)
    return len(plain_words & rich_words) >= _MIN_SHARE * len(rich_words)


def _text_elements(part: Message, kind: str, parts: _Parts) -> tuple[Element, ...]:
    """The elements of a part that is text."""
    content = decoded_content(part)
    try:
        text, notes = decode_part(content, declared_charset(part)) if content.strip() else ("", ())
        parts.notes += notes
        if kind == "text/html":
            elements, notes = html_mail_elements(text)
            parts.notes += notes
            return elements
    except ReadingError as error:
        parts.notes.append(UNREAD_PART.format(error))
        return ()
    if text.lstrip().startswith(_PGP_BLOCK):
        parts.is_encrypted = True
        return ()
    settings = str(part.get("Content-Type", "")).lower()
    return plain_text_elements(
        _without_signature(text),
        is_flowed=bool(re.search(r"format\s*=\s*\"?flowed", settings)),
        deletes_spaces=bool(re.search(r"delsp\s*=\s*\"?yes", settings)),
    )


def _without_signature(text: str) -> str:
    """The text without the lines that PGP puts around what it signs."""
    before, mark, signed = text.partition(_PGP_SIGNED)
    if not mark:
        return text
    words, _, signature = signed.partition("\n\n")[2].partition(_PGP_SIGNATURE)
    return before + words + signature.partition(_PGP_END)[2]


def _read_file(part: Message, kind: str, parts: _Parts) -> None:
    """Takes an attachment; a picture that the text shows is only counted."""
    name = file_name(part)
    is_attached = _disposition(part) == "attachment"
    if kind.startswith("image/") and not (is_attached and not part.get("Content-ID")):
        parts.pictures += 1
        return
    content = decoded_content(part)
    if not content:
        return
    suffix = mimetypes.guess_extension(kind) or ""
    parts.attachments.append(Attachment(name or f"attachment {len(parts.attachments) + 1}{suffix}", content))


def file_name(part: Message) -> str:
    """The name that a part's file has, in plain letters; "" where it has none."""
    try:
        name = part.get_filename()
    except (ValueError, LookupError, TypeError, AttributeError):  # of parameters that are not as they should be
        name = None
    return plain_header(name) if name else ""


def _is_text(part: Message, kind: str) -> bool:
    if kind not in {"text/plain", "text/html", "text/enriched", "text/rfc822-headers"}:
        return False
    return _disposition(part) != "attachment" and not file_name(part)


def _is_signed_only(part: Message) -> bool:
    """Whether a part of S/MIME is signed and not encrypted: no key is needed then."""
    return "signed-data" in str(part.get("Content-Type", "")).lower()


def _disposition(part: Message) -> str:
    return str(part.get("Content-Disposition", "")).partition(";")[0].strip().lower()


def _children(part: Message) -> Iterator[Message]:
    payload = part.get_payload()
    if isinstance(payload, list):
        yield from (inner for inner in payload if isinstance(inner, Message))


def _words(elements: list[Element]) -> set[str]:
    from assistant.readers.composition import compose

    return set(_WORD.findall(compose(elements).text.lower()))


def _too_deep() -> str:
    return f"holds mails or parts in one another, more than {_MAX_DEPTH} deep. Save the inner ones as files"
