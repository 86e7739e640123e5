"""PDF: PDFium gives the glyphs of the pages; words, columns, tables and paragraphs are told by their geometry."""

from assistant.errors import ReadingError
from assistant.readers.archives.zip_guard import check_no_other_kind
from assistant.readers.composition import compose_placed
from assistant.readers.extract import ExtractedDocument
from assistant.readers.metadata import clean_title, parse_date
from assistant.readers.pdf.columns import lay_out
from assistant.readers.pdf.document import document_elements
from assistant.readers.pdf.page import PageContent, PageLayout
from assistant.readers.pdf.pdfium import PdfFile, open_pdf
from assistant.readers.pdf.phrases import phrases_of
from assistant.readers.pdf.words import words_of

_BEGINNING, _BEGINNING_WITHIN = b"%PDF-", 1024  # bytes, before which some programs write lines of their own


def read_pdf(data: bytes, max_chars: int) -> ExtractedDocument:
    """Reads a ``.pdf`` file with PDFium.

    Args:
        data: the file.
        max_chars: the most characters of text that it may have.

    Raises:
        ReadingError: of another kind, encrypted with a password, scanned without a text layer, damaged, or more text
            than ``max_chars``.
    """
    if _BEGINNING not in data[:_BEGINNING_WITHIN]:
        check_no_other_kind(data, "pdf", max_chars)
    with open_pdf(data) as file:
        layouts = _layouts(file, max_chars)
        metadata = file.metadata()
    empty_pages = sum(not layout.items for layout in layouts)
    if empty_pages == len(layouts):
        raise ReadingError("scanned, no text. Run it through text recognition (OCR) first")
    composition = compose_placed(document_elements(layouts), len(layouts))
    notes = (f"{empty_pages} of {len(layouts)} pages have no text: pictures or scans",) if empty_pages else ()
    return ExtractedDocument(
        composition.text,
        clean_title(metadata.title),
        parse_date(metadata.created),
        pages=composition.pages,
        notes=notes + composition.notes,
        blocks=composition.blocks,
        author=metadata.author,
        language=metadata.language,
    )


def lay_out_page(content: PageContent) -> PageLayout:
    """A page in reading order."""
    phrases = phrases_of(words_of(content), content.rulings)
    return lay_out(content, phrases, ())


def _layouts(file: PdfFile, max_chars: int) -> list[PageLayout]:
    layouts: list[PageLayout] = []
    size = 0
    for number in range(1, file.page_count + 1):
        content = file.page(number)
        size += len(content.glyphs)
        if size > max_chars:
            raise ReadingError("holds more text than a file may. Split it into smaller files")
        layouts.append(lay_out_page(content))
    return layouts
