"""Web pages that were saved with all that belongs to them in one file (``.mht``, ``.mhtml``)."""

from dataclasses import replace
from email.message import Message

from assistant.errors import ReadingError
from assistant.readers.extract import ExtractedDocument
from assistant.readers.mail.headers import decode_part, header_value
from assistant.readers.mail.mime import declared_charset, decoded_content, parse_message
from assistant.readers.metadata import clean_title
from assistant.readers.web.html import read_html

_BYTE_ORDER_MARK = "\ufeff".encode()  # before which no encoding that the page declares counts
_ADDRESS_HEADERS = ("Snapshot-Content-Location", "Content-Location")


def read_mht(data: bytes, max_bytes: int) -> ExtractedDocument:
    """Reads a ``.mht`` file: the page itself, by the reader of web pages.

    Raises:
        ReadingError: there is no page in it, or one without text.
    """
    message = parse_message(data)
    pages = [part for part in message.walk() if part.get_content_type() == "text/html"]
    if not pages:
        raise ReadingError("not a real .mht file: there is no web page in it")
    text, notes = decode_part(decoded_content(pages[0]), declared_charset(pages[0]))
    page = read_html(_BYTE_ORDER_MARK + text.encode("utf-8", "replace"), max_bytes)
    if len(pages) > 1:
        notes = (*notes, f"{len(pages) - 1} pages in frames of it are not read")
    return replace(
        page,
        title=page.title or clean_title(header_value(message, "Subject")),
        url=page.url or _address(message, pages[0]),
        notes=(*page.notes, *notes),
    )


def _address(message: Message, page: Message) -> str | None:
    """Where the page was saved from."""
    values = (header_value(part, name) for part in (message, page) for name in _ADDRESS_HEADERS)
    return next((value for value in values if value.startswith(("http://", "https://"))), None)
