"""PDF: pypdf gives the lines of text and where they stand; `pdf_layout` makes paragraphs and headings of them."""

import io
import math
import re
from datetime import date
from typing import Any

from assistant.errors import ReadingError
from assistant.readers.archives.zip_guard import check_no_other_kind
from assistant.readers.extract import ExtractedDocument, collapse_whitespace
from assistant.readers.metadata import clean_title, parse_date
from assistant.readers.pdf.layout import PageLine, compose_text

_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_BEGINNING, _BEGINNING_WITHIN = b"%PDF-", 1024  # bytes, before which some programs write lines of their own
_CONTENTS_ENTRY = re.compile(r"(?:\.\s*){5,}[\divxlc]+$")  # a line of a table of contents: "Scope . . . . . 3"


def read_pdf(data: bytes, max_chars: int) -> ExtractedDocument:
    """Reads a ``.pdf`` file with pypdf.

    Wrapped lines become paragraphs, hyphens at line ends are joined, running heads and page numbers are left
    out, larger or bold lines become headings. ``pages`` holds each page's start in the text.

    Args:
        data: the file.
        max_chars: the most characters of text that it may have.

    Raises:
        ReadingError: of another kind, encrypted with a password, scanned without a text layer, damaged, in a circle, or
            more text than ``max_chars``.
    """
    from pypdf.errors import LimitReachedError

    if _BEGINNING not in data[:_BEGINNING_WITHIN]:
        check_no_other_kind(data, "pdf", max_chars)
    try:
        return _read(data, max_chars)
    except LimitReachedError as error:
        raise ReadingError("refers to itself without end, or unpacks to far more than a file may have") from error


def _read(data: bytes, max_chars: int) -> ExtractedDocument:
    reader = _open(data)
    pages: list[list[PageLine]] = []
    size = 0
    for number, page in enumerate(reader.pages):
        pages.append(_page_lines(page, number))
        size += sum(len(line.text) for line in pages[-1])
        if size > max_chars:
            raise ReadingError("holds more text than a file may. Split it into smaller files")
    empty_pages = sum(not lines for lines in pages)
    if empty_pages == len(pages):
        raise ReadingError("scanned, no text. Run it through text recognition (OCR) first")
    text, starts = compose_text(pages)
    notes = (f"{empty_pages} of {len(pages)} pages have no text: pictures or scans",) if empty_pages else ()
    title, created = _read_metadata(reader)
    return ExtractedDocument(text, title, created, pages=starts, notes=notes)


def _open(data: bytes) -> Any:
    """A reader of pypdf; raises ReadingError where a password is needed."""
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError

    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted:
        try:
            is_open = bool(reader.decrypt(""))
        except (DependencyError, NotImplementedError, FileNotDecryptedError):
            is_open = False
        if not is_open:
            raise ReadingError("encrypted: it needs a password. Save a copy without one")
    return reader


def _read_metadata(reader: Any) -> tuple[str, date | None]:
    """Title and creation date; what is malformed counts as missing."""
    values: list[Any] = []
    for name in ("title", "creation_date"):
        try:
            values.append(getattr(reader.metadata, name, None))
        except Exception:  # noqa: BLE001 — malformed metadata raises anything
            values.append(None)
    title, created = values
    return clean_title(title), parse_date(created)


def _page_lines(page: Any, page_number: int) -> list[PageLine]:
    """A page's lines in reading order, each with the place and type of its first words."""
    from pypdf import mult

    lines: list[PageLine] = []
    pieces: list[str] = []  # of the line that is being read
    first_words: tuple[float, float, float, bool] | None = None  # their x, y, type size and whether they are bold

    def end_line() -> None:
        nonlocal first_words
        text = collapse_whitespace(re.sub("\u00ad\\s*$", "-", "".join(pieces)).translate(_LIGATURES))
        if text and first_words and not _CONTENTS_ENTRY.search(text[-80:]):
            x, y, size, is_bold = first_words
            lines.append(PageLine(text, page_number, x, y, size, is_bold))
        pieces.clear()
        first_words = None

    def visit_text(text: str, cm: list[float], tm: list[float], font: dict[str, Any] | None, size: float) -> None:
        nonlocal first_words
        for part in re.split(r"(\n)", text):
            if part == "\n":
                end_line()
            elif part:
                pieces.append(part)
                if first_words is None and part.strip():
                    matrix = mult(tm, cm)
                    is_bold = "bold" in str((font or {}).get("/BaseFont", "")).lower()
                    first_words = (matrix[4], matrix[5], abs(size) * math.hypot(matrix[2], matrix[3]), is_bold)

    page.extract_text(visitor_text=visit_text)
    end_line()
    return lines
