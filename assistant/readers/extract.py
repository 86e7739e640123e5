"""What every file reader returns, and the helpers that several readers share."""

import datetime as dt
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.structure import Block, Geometry

# Characters that nobody sees: soft hyphens, zero-width marks, byte-order marks inside a text, controls; and halves of
# characters, which no file can be written with.
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class ExtractedDocument:
    """What a reader got out of a file. The caller adds the file's name and identity."""

    text: str  # the canonical text
    title: str = ""  # the file's own; empty where it has none worth showing
    date: dt.date | None = None
    url: str | None = None  # where the file's metadata says it was published
    pages: tuple[int, ...] = ()  # the offset at which each page starts; empty for formats without pages
    notes: tuple[str, ...] = ()  # what the user should know about the reading, a sentence each
    blocks: tuple[Block, ...] = ()  # over the text; empty where the layout of the text itself tells them
    author: str = ""  # whom the file names as such; several are joined by ", "
    language: str = ""  # as the file declares it, a tag such as "en" or "de-CH"
    geometry: Geometry | None = None  # where the words stand on the pages, for kinds whose pages have places


def document_id(source: str) -> str:
    """The id of the document with this source: the first 12 hexadecimal digits of the source's SHA-256."""
    return hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def remove_invisible(text: str) -> str:
    """The text without characters that nobody sees."""
    return text if text.isprintable() else _INVISIBLE.sub("", text)


def collapse_whitespace(text: str) -> str:
    """The text without invisible characters and with every run of white space as one space."""
    return " ".join(remove_invisible(text).split())


def join_pages(page_texts: Sequence[str]) -> tuple[str, tuple[int, ...]]:
    """Joins the texts of pages with blank lines.

    Returns:
        The text, and the offset in it at which each page starts. A page without text starts where the next page
        with text does.
    """
    pieces: list[str] = []
    starts: list[int | None] = []
    length = 0
    for page_text in page_texts:
        if page_text and pieces:
            pieces.append("\n\n")
            length += 2
        starts.append(length if page_text else None)
        pieces += [page_text] if page_text else []
        length += len(page_text)
    return "".join(pieces), fill_page_starts(starts, length)


def fill_page_starts(starts: Sequence[int | None], end: int) -> tuple[int, ...]:
    """Page starts in which each missing one is the next page's, or the end of the text."""
    filled: list[int] = []
    for start in reversed(starts):
        end = end if start is None else start
        filled.append(end)
    return tuple(reversed(filled))
