"""The edge to PDFium: what is printed on the pages of a PDF, as glyphs and rulings.

PDFium can do one thing at a time in a process: a file is read in a worker process of its own.
"""

from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from assistant.errors import ReadingError
from assistant.readers.pdf.page import PageContent
from assistant.readers.pdf.pdfium_calls import address
from assistant.readers.pdf.pdfium_page import read_page


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a file says about itself; "" where it says nothing."""

    title: str = ""
    author: str = ""
    created: str = ""
    language: str = ""


class PdfFile:
    """An open PDF; a context manager."""

    def __init__(self, document: Any) -> None:
        self._document = document

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

    def metadata(self) -> Metadata:
        """What it says about itself."""
        values = self._document.get_metadata_dict()
        return Metadata(values.get("Title", ""), values.get("Author", ""), values.get("CreationDate", ""))

    def page(self, number: int) -> PageContent:
        """What is printed on a page.

        Args:
            number: of the page, counted from 1.
        """
        page = self._document[number - 1]
        try:
            text_page = page.get_textpage()
            left, bottom, right, top = page.get_bbox()  # which a page may inherit, unlike its crop box
            return read_page(
                address(page.raw), address(text_page.raw), number, (left, bottom, right, top), page.get_rotation()
            )
        finally:
            page.close()


def open_pdf(data: bytes) -> PdfFile:
    """Opens a PDF.

    Raises:
        ReadingError: it needs a password, or is too damaged to be mended.
    """
    import pypdfium2
    from pypdfium2 import raw

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code == raw.FPDF_ERR_PASSWORD:
            raise ReadingError("encrypted: it needs a password. Save a copy without one") from error
        raise ReadingError("damaged or not a real .pdf file") from error
    if document.get_formtype():
        document.init_forms()
    return PdfFile(document)
