"""Mails, whatever kind of file they come from: their heads, their texts, and what is attached to them."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from assistant.errors import ReadingError
from assistant.readers.archives.inner_files import InnerFile
from assistant.readers.composition import compose
from assistant.readers.elements import Element
from assistant.readers.extract import ExtractedDocument, collapse_whitespace
from assistant.readers.left_out import left_out_notes
from assistant.readers.metadata import clean_title

_ENCRYPTED = "encrypted: only its recipients can read it. Save it from a mail program as text"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that is attached to a mail: its name, as the mail gives it, and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail.

    Attributes:
        head: the lines of its head, each a label such as "From" and what stands there in plain letters.
        subject: in plain letters.
        sender: the name or address of who sent it.
        sent: the day.
        is_reply: whether it answers another one.
        body: its text.
        attached: the mails that it forwards whole.
        attachments: the other files that come with it.
        pictures: how many pictures its text shows.
        notes: what else is left out of it.
        is_encrypted: whether a part of it can't be read without a key.
    """

    head: tuple[tuple[str, str], ...] = ()
    subject: str = ""
    sender: str = ""
    sent: dt.date | None = None
    is_reply: bool = False
    body: tuple[Element, ...] = ()
    attached: tuple["Mail", ...] = ()
    attachments: tuple[Attachment, ...] = ()
    pictures: int = 0
    notes: tuple[str, ...] = ()
    is_encrypted: bool = False

    def with_attached(self) -> Iterator["Mail"]:
        """This mail, and every one that it forwards whole."""
        yield self
        for mail in self.attached:
            yield from mail.with_attached()


def compose_mails(mails: Sequence[Mail]) -> ExtractedDocument:
    """A document of some mails: the title and author of the first one, the day of the last.

    Raises:
        ReadingError: they are encrypted, or empty.
    """
    every_mail = [inner for mail in mails for inner in mail.with_attached()]
    if not any(mail.body for mail in every_mail) and any(mail.is_encrypted for mail in every_mail):
        raise ReadingError(_ENCRYPTED)
    if not any(mail.head or mail.body for mail in every_mail):
        raise ReadingError("empty: there is no mail in it")
    levels = [1, *(2 if mail.is_reply else 1 for mail in mails[1:])]
    composition = compose(
        element for mail, level in zip(mails, levels, strict=True) for element in _elements(mail, level)
    )
    return ExtractedDocument(
        composition.text,
        clean_title(mails[0].subject),
        max((mail.sent for mail in mails if mail.sent), default=None),
        notes=(*composition.notes, *_notes(every_mail)),
        blocks=composition.blocks,
        author=mails[0].sender,
    )


def attached_files(mails: Sequence[Mail]) -> Iterator[InnerFile]:
    """The files that are attached to mails, and to those that they forward whole.

    Only the last part of a name counts: some programs give the path on the sender's machine.
    """
    for mail in mails:
        for inner in mail.with_attached():
            for attachment in inner.attachments:
                name = re.split(r"[/\\]", attachment.name)[-1]
                yield InnerFile(name, partial(_first_bytes, attachment.content))


def _first_bytes(content: bytes, size: int) -> bytes:
    return content[:size]


def _elements(mail: Mail, level: int) -> Iterator[Element]:
    if mail.subject:
        yield Element("heading", mail.subject, level=level)
    files = ", ".join(attachment.name for attachment in mail.attachments)
    lines = [*mail.head, *([("Attachments", files)] if files else [])]
    if lines:
        yield Element("message", "\n".join(f"{label}: {collapse_whitespace(value)}" for label, value in lines))
    yield from mail.body
    for inner in mail.attached:
        yield from _elements(inner, 2)


def _notes(mails: Sequence[Mail]) -> Iterator[str]:
    yield from left_out_notes({"picture": sum(mail.pictures for mail in mails)})
    if any(mail.is_encrypted for mail in mails):
        yield "a part of it is encrypted and is not read"
    yield from dict.fromkeys(note for mail in mails for note in mail.notes)
