"""The edge to PDFium: what is printed on the pages of a PDF, as glyphs and rulings.

PDFium can do one thing at a time in a process: a file is read in a worker process of its own.
"""

import math
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ctypes import byref, c_ushort, c_void_p, cast
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from assistant.errors import ReadingError
from assistant.readers.pdf.geometry.frames import Rectangle
from assistant.readers.pdf.page import PageContent
from assistant.readers.pdf.pdfium.forms import Annotations, read_annotations
from assistant.readers.pdf.pdfium.layers import Layers, layers_in
from assistant.readers.pdf.pdfium.page import OpenPage, read_page
from assistant.readers.pdf.pdfium.pictures import Picture, draw, fills_page

_US_LETTER = (0.0, 0.0, 612.0, 792.0)
_MAX_LANGUAGE_BYTES = 200
_TRAILER_WITHIN = 2_048  # bytes at the end of a file
_CATALOGUE = re.compile(rb"(\d{1,9}) (\d{1,5}) obj\s{0,9}<<[^>]{0,2000}?/Type\s{0,9}/Catalog\b")
_CROSS_REFERENCE = re.compile(rb"/Type\s{0,9}/XRef\b")
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_DATE = re.compile(r"(?:D:)?\s*(\d{4})-?(\d{2})-?(\d{2})")


class DamagedPageError(Exception):
    """A page can't be read."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a file says about itself; "" where it says nothing."""

    title: str = ""
    author: str = ""
    created: str = ""
    language: str = ""


class PdfFile:
    """An open PDF; a context manager."""

    def __init__(self, document: Any, layers: Layers) -> None:
        self._document = document
        self._layers = layers

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._document.close()

    @property
    def page_count(self) -> int:
        """How many pages it has."""
        return len(self._document)

    @property
    def attachment_count(self) -> int:
        """How many files are attached to it."""
        return max(int(self._document.count_attachments()), 0)

    @property
    def is_mended(self) -> bool:
        """Whether its table of objects was missing or wrong, so that parts of it may be missing too."""
        from pypdfium2 import raw

        return not raw.FPDF_DocumentHasValidCrossReferenceTable(self._document)

    @property
    def has_xfa(self) -> bool:
        """Whether it holds a form that only one program can show: one in XFA."""
        from pypdfium2 import raw

        return bool(raw.FPDF_GetXFAPacketCount(self._document) > 0)

    def metadata(self) -> Metadata:
        """What it says about itself."""
        values = self._document.get_metadata_dict()
        return Metadata(
            values.get("Title", ""),
            values.get("Author", ""),
            _iso_date(values.get("CreationDate", "")),
            _language(self._document),
        )

    def page(self, number: int) -> PageContent:
        """What is printed on a page, also by the fields of forms and the notes laid over it.

        Args:
            number: of the page, counted from 1.

        Raises:
            DamagedPageError: it can't be read.
        """
        with self._open_page(number) as page:
            annotations = read_annotations(page.raw, self._document.formenv)
            if not annotations.print_text or not _flatten(page):
                return _read(page, number, annotations, self._layers)
        with self._open_page(number) as page:
            return _read(page, number, annotations, self._layers)

    def picture(self, number: int) -> Picture:
        """A page as it is shown.

        Args:
            number: of the page, counted from 1.

        Raises:
            DamagedPageError: it can't be drawn.
        """
        with self._open_page(number) as page:
            return draw(page)

    def is_picture(self, number: int) -> bool:
        """Whether a picture fills most of a page.

        Args:
            number: of the page, counted from 1.

        Raises:
            DamagedPageError: it can't be opened.
        """
        with self._open_page(number) as page:
            return fills_page(page)

    @contextmanager
    def _open_page(self, number: int) -> Iterator[Any]:
        import pypdfium2

        try:
            page = self._document[number - 1]
        except pypdfium2.PdfiumError as error:
            raise DamagedPageError(f"page {number} can't be opened") from error
        try:
            yield page
        finally:
            page.close()


def open_pdf(data: bytes) -> PdfFile:
    """Opens a PDF, mended where PDFium can.

    Raises:
        ReadingError: it needs a password, or is too damaged to be mended.
    """
    import pypdfium2
    from pypdfium2 import raw

    try:
        document = pypdfium2.PdfDocument(_with_trailer(data))
    except pypdfium2.PdfiumError as error:
        if error.err_code == raw.FPDF_ERR_PASSWORD:
            raise ReadingError("encrypted: it needs a password. Save a copy without one") from error
        if error.err_code == raw.FPDF_ERR_SECURITY:
            raise ReadingError("encrypted in a way that can't be read. Save a copy without a password") from error
        raise ReadingError("damaged or not a real .pdf file") from error
    if document.get_formtype():
        with suppress(pypdfium2.PdfiumError):  # then what the pages print of the form is read
            document.init_forms()
    return PdfFile(document, layers_in(data))


def _with_trailer(data: bytes) -> bytes:
    """A file with the trailer by which PDFium finds its objects, if it is cut off after these."""
    if b"startxref" in data[-_TRAILER_WITHIN:] or b"trailer" in data[-_TRAILER_WITHIN:]:
        return data
    catalogues = _CATALOGUE.findall(data)
    if not catalogues or _CROSS_REFERENCE.search(data):
        return data
    number, generation = catalogues[-1]
    return data + b"\ntrailer << /Root %b %b R >>\n%%%%EOF" % (number, generation)


def _flatten(page: Any) -> bool:
    """Prints on a page what is laid over it, and says whether that was done."""
    from pypdfium2 import raw

    return bool(raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY) == raw.FLATTEN_SUCCESS)


def _read(page: Any, number: int, annotations: Annotations, layers: Layers) -> PageContent:
    import pypdfium2

    try:
        text_page = page.get_textpage()
    except pypdfium2.PdfiumError as error:
        raise DamagedPageError(f"the text of page {number} can't be read") from error
    open_page = OpenPage(
        cast(page.raw, c_void_p),
        cast(text_page.raw, c_void_p),
        number,
        _crop_box(page),
        page.get_rotation(),
        page,
        layers,
    )
    return read_page(open_page, annotations.fields)


def _crop_box(page: Any) -> Rectangle:
    """What is shown of a page: left, bottom, right and top."""
    from pypdfium2 import raw

    box = raw.FS_RECTF()
    sides = (box.left, box.bottom, box.right, box.top) if raw.FPDF_GetPageBoundingBox(page, byref(box)) else _US_LETTER
    left, bottom, right, top = sides if all(map(math.isfinite, sides)) else _US_LETTER
    return min(left, right), min(bottom, top), max(left, right), max(bottom, top)


def _language(document: Any) -> str:
    """The language that a document declares, as a tag such as "en" or "de-CH"."""
    from pypdfium2 import raw

    size = raw.FPDFCatalog_GetLanguage(document, None, 0)
    if not 0 < size <= _MAX_LANGUAGE_BYTES:
        return ""
    buffer = (c_ushort * (size // 2 + 1))()
    raw.FPDFCatalog_GetLanguage(document, buffer, size)
    tag = bytes(buffer)[:size].decode("utf-16-le", "replace").rstrip("\0").strip()
    return tag if _LANGUAGE_TAG.fullmatch(tag) else ""


def _iso_date(date: str) -> str:
    """A date of a PDF, as "D:20100128160537-05'00'", as ISO has it; "" for anything else.

    >>> _iso_date("D:20100128160537-05'00'"), _iso_date("D:2010"), _iso_date("2010-01-28"), _iso_date("today")
    ('2010-01-28', '', '2010-01-28', '')
    """
    match = _DATE.match(date)
    return "-".join(match.groups()) if match else ""
