"""Mails in files: one each (``.eml``), or a folder of them (``.mbox``)."""

import re
from collections.abc import Iterator

from assistant.errors import ReadingError
from assistant.readers.archives.inner_files import InnerFile
from assistant.readers.extract import ExtractedDocument
from assistant.readers.mail.message import Mail, attached_files, compose_mails
from assistant.readers.mail.mime import parse_mail

_MAX_MAILS = 20_000
# A line that starts a mail: who sent it, and when.
_FROM_LINE = re.compile(rb"^From (?>[^\r\n]*?\d\d:\d\d)(?>[^\r\n]*?\d{4})[^\r\n]*+\r?\n", re.MULTILINE)
_ESCAPED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)


def read_eml(data: bytes, max_bytes: int) -> ExtractedDocument:  # noqa: ARG001 — every reader has this form
    """Reads a ``.eml`` file: its head, its text, and the mails that it quotes or forwards.

    Raises:
        ReadingError: encrypted, empty, no text, or nested too deep.
    """
    return compose_mails([parse_mail(data)])


def eml_files(data: bytes) -> Iterator[InnerFile]:
    """The files that are attached to the mail of a ``.eml`` file; raises what `read_eml` does."""
    return attached_files([parse_mail(data)])


def read_mbox(data: bytes, max_bytes: int) -> ExtractedDocument:  # noqa: ARG001 — every reader has this form
    """Reads a ``.mbox`` file, mail by mail.

    Raises:
        ReadingError: as `read_eml`; or it holds more than 20,000 mails, or none.
    """
    return compose_mails(list(_mails(data)))


def mbox_files(data: bytes) -> Iterator[InnerFile]:
    """The files that are attached to the mails of a ``.mbox`` file; raises what `read_mbox` does."""
    return attached_files(list(_mails(data)))


def _mails(data: bytes) -> Iterator[Mail]:
    starts = [match.start() for match in _FROM_LINE.finditer(data) if _stands_alone(data, match.start())]
    if not starts:
        raise ReadingError("not a real .mbox file: no line in it starts a mail. A single mail is a .eml file")
    if len(starts) > _MAX_MAILS:
        raise ReadingError(f"holds {len(starts)} mails, and {_MAX_MAILS} may be. Split it")
    for start, end in zip(starts, [*starts[1:], len(data)], strict=True):
        _, _, message = data[start:end].partition(b"\n")
        yield parse_mail(_ESCAPED_FROM.sub(rb"\1", message))


def _stands_alone(data: bytes, start: int) -> bool:
    """Whether a line is the first one, or follows a blank one."""
    return start == 0 or data[max(0, start - 3) : start].endswith((b"\n\n", b"\n\r\n"))
