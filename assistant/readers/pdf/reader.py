"""PDF: PDFium gives the glyphs of the pages; words, columns, tables and paragraphs follow from where these stand."""

from assistant.errors import ReadingError
from assistant.readers.archives.zip_guard import check_no_other_kind
from assistant.readers.composition import compose_placed
from assistant.readers.extract import ExtractedDocument
from assistant.readers.metadata import parse_date
from assistant.readers.office.properties import shown_author
from assistant.readers.pdf.document import document_elements
from assistant.readers.pdf.order.columns import lay_out
from assistant.readers.pdf.order.phrases import phrases_of
from assistant.readers.pdf.page import PageContent, PageLayout, PagePhrases
from assistant.readers.pdf.pdfium.file import DamagedPageError, PdfFile, open_pdf
from assistant.readers.pdf.pdfium.shown_places import as_shown
from assistant.readers.pdf.reading_notes import PageFacts, no_text_reason, reading_notes
from assistant.readers.pdf.recognition.scans import Scans
from assistant.readers.pdf.roles.contents import extract_contents
from assistant.readers.pdf.roles.running_heads import extract_running_heads
from assistant.readers.pdf.roles.title import document_title
from assistant.readers.pdf.tables.finding import find_tables
from assistant.readers.pdf.words.words import words_of
from assistant.structure import Geometry

_SIGNATURE, _SIGNATURE_WITHIN = b"%PDF-", 1024  # bytes: some programs write lines of their own before it


def read_pdf(data: bytes, max_chars: int) -> ExtractedDocument:
    """Reads a ``.pdf`` file with PDFium.

    Args:
        data: the file.
        max_chars: the most characters of text that it may have.

    Raises:
        ReadingError: of another kind, encrypted with a password, scanned without a text layer, damaged, or more text
            than ``max_chars``.
    """
    if _SIGNATURE not in data[:_SIGNATURE_WITHIN]:
        check_no_other_kind(data, "pdf", max_chars)
    with open_pdf(data) as file:
        all_pages, facts = _pages(file, max_chars)
        metadata = file.metadata()
        notes = tuple(reading_notes(facts, file.attachment_count, has_xfa=file.has_xfa, is_mended=file.is_mended))
    if not any(page.has_text for page in facts):
        raise ReadingError(no_text_reason(facts))
    pages, running_heads = extract_running_heads(all_pages)
    pages, contents = extract_contents(pages)
    elements = document_elements(list(map(lay_out_page, pages)), [*running_heads, *contents])
    composition = compose_placed(elements, len(pages))
    return ExtractedDocument(
        composition.text,
        document_title(metadata.title, composition.text, composition.blocks),
        parse_date(metadata.created),
        pages=composition.pages,
        notes=notes + composition.notes,
        blocks=composition.blocks,
        author=shown_author(metadata.author),
        language=metadata.language,
        geometry=Geometry.of(as_shown(composition.words, all_pages)),
    )


def lay_out_page(page: PagePhrases) -> PageLayout:
    """A page in reading order."""
    tables, phrases = find_tables(page, page.phrases)
    return lay_out(page, phrases, tables)


def _pages(file: PdfFile, max_chars: int) -> tuple[list[PagePhrases], list[PageFacts]]:
    """The phrases of each page, and what there is to know about how it was read."""
    pages: list[PagePhrases] = []
    facts: list[PageFacts] = []
    scans = Scans(file)
    size = 0
    for number in range(1, file.page_count + 1):
        try:
            content = file.page(number)
        except DamagedPageError:
            pages.append(PagePhrases(number, 0.0, 0.0, ()))
            facts.append(PageFacts(number, has_text=False, is_damaged=True))
            continue
        size += len(content.glyphs) + content.hidden + sum(len(text.glyphs) for text in content.turned)
        if size > max_chars:
            raise ReadingError("holds more text than a file may. Split it into smaller files")
        words = words_of(content)
        scan = None if content.is_recognised or content.turn else scans.read(number, words)
        phrases = tuple(phrases_of(scan.words if scan else words, content.rulings))
        is_recognised = content.is_recognised or bool(scan and scan.outcome == "recognised")
        if scan and scan.turn:
            pages.append(PagePhrases(number, *_turned_size(content, scan.turn), phrases, (), is_recognised, scan.turn))
        else:
            pages.append(
                PagePhrases(
                    number, content.width, content.height, phrases, content.rulings, is_recognised, content.turn
                )
            )
        facts.append(
            PageFacts(
                number, bool(phrases), content.is_recognised, content.hidden,
                "".join([word.text for word in words]).count("\ufffd"),
                is_cut=content.is_cut, scan=scan.outcome if scan else None,
            )
        )  # fmt: skip
    return pages, facts


def _turned_size(content: PageContent, turn: int) -> tuple[float, float]:
    return (content.height, content.width) if turn % 180 else (content.width, content.height)
