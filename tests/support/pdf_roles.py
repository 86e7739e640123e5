"""PDFs of several pages that are drawn for a test, and the roles that their blocks are given."""

import io
from collections.abc import Iterable, Sequence

from reportlab.pdfgen.canvas import Canvas

from assistant.readers.pdf.page import PagePhrases, Phrase
from assistant.readers.pdf.reader import read_pdf
from assistant.segmentation.roles import mark_sections
from assistant.structure import Block
from tests.support.pdf_layouts import line
from tests.support.pdf_pages import HEIGHT, WIDTH, Text

MAX_CHARS = 1_000_000


def page_phrases(*phrases: Phrase, number: int = 1) -> PagePhrases:
    """A page of some phrases."""
    return PagePhrases(number, WIDTH, HEIGHT, phrases)


def body_lines(*, page: int = 1, top: float = 120.0, count: int = 30) -> list[Phrase]:
    """Lines of prose below each other, no two alike."""
    boats = ("Alma", "Birk", "Cora", "Dora", "Embla", "Freja", "Gerda")
    return [
        line(
            f"The {boats[(7 * number + page) % 7]} left the quay with {(number + 3) * page * page} boxes before dawn",
            y=top + 14.0 * number,
            page=page,
        )
        for number in range(count)
    ]


def texts_of(pages: Iterable[PagePhrases]) -> list[list[str]]:
    """The texts of the phrases of each page."""
    return [[phrase.text for phrase in page.phrases] for page in pages]


def draw_pages(*pages: Sequence[Text]) -> bytes:
    """Pages that reportlab draws."""
    data = io.BytesIO()
    canvas = Canvas(data, pagesize=(WIDTH, HEIGHT))
    for texts in pages:
        for text in texts:
            canvas.setFont("Times-Bold" if text.is_bold else "Times-Roman", text.size)
            for number, words in enumerate(text.lines):
                canvas.drawString(text.x, HEIGHT - text.y - number * text.leading * text.size, words)
        canvas.showPage()
    canvas.save()
    return data.getvalue()


def blocks_in(pdf: bytes) -> list[tuple[Block, str]]:
    """The blocks of a PDF, with the roles that their sections give them, and their texts."""
    document = read_pdf(pdf, MAX_CHARS)
    return [(block, document.text[block.start : block.end]) for block in mark_sections(document.text, document.blocks)]


def roles_in(pdf: bytes) -> list[tuple[str, str]]:
    """The roles and texts of the blocks of a PDF."""
    return [(block.role, text) for block, text in blocks_in(pdf)]
