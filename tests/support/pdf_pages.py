"""PDFs of one page that are drawn for a test, and what the rooms for pages read from them."""

import io
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from fpdf import FPDF
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Frame, Paragraph

from assistant.readers.pdf.order.columns import lay_out
from assistant.readers.pdf.order.phrases import phrases_of
from assistant.readers.pdf.page import Column, PageContent, PageLayout, Phrase, join_words
from assistant.readers.pdf.pdfium.file import open_pdf
from assistant.readers.pdf.words.words import words_of

WIDTH, HEIGHT = 595.0, 842.0
LEADING = 1.2  # times the type size


class Text(NamedTuple):
    """Lines below each other, the first one's baseline at a place in points from the page's top left."""

    x: float
    y: float
    lines: Sequence[str]
    size: float = 10.0
    is_bold: bool = False
    leading: float = LEADING


def draw(*texts: Text, rulings: Iterable[tuple[float, float, float, float]] = (), by_row: bool = False) -> bytes:
    """A page drawn by fpdf2.

    Args:
        texts: what stands on it, drawn one after the other.
        rulings: lines, from (x0, y0) to (x1, y1).
        by_row: draws what stands at one height together, as programs that fill a grid do.
    """
    pdf = FPDF(unit="pt", format=(WIDTH, HEIGHT))
    pdf.add_page()
    lines = [
        (text.y + number * text.leading * text.size, text.x, line, text)
        for text in texts
        for number, line in enumerate(text.lines)
    ]
    for y, x, line, text in sorted(lines, key=lambda line: line[:2]) if by_row else lines:
        pdf.set_font("Times", "B" if text.is_bold else "", text.size)
        pdf.text(x, y, line)
    for x0, y0, x1, y1 in rulings:
        pdf.line(x0, y0, x1, y1)
    return bytes(pdf.output())


class Box(NamedTuple):
    """Where paragraphs are set, in points from the page's top left."""

    x0: float
    y0: float
    x1: float
    y1: float


def typeset(*boxes: tuple[Box, Sequence[str]], size: float = 10.0) -> bytes:
    """A page set by reportlab: justified paragraphs in boxes, each of which they must fit into."""
    data = io.BytesIO()
    canvas = Canvas(data, pagesize=(WIDTH, HEIGHT))
    style = ParagraphStyle("text", fontName="Times-Roman", fontSize=size, leading=LEADING * size, alignment=4)
    for box, paragraphs in boxes:
        frame = Frame(
            box.x0, HEIGHT - box.y1, box.x1 - box.x0, box.y1 - box.y0,
            leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0,
        )  # fmt: skip
        left_over: list[Flowable] = [Paragraph(paragraph, style) for paragraph in paragraphs]
        frame.addFromList(left_over, canvas)
        assert not left_over, "the box is too small"
    canvas.save()
    return data.getvalue()


def content_of(pdf: bytes) -> PageContent:
    """The first page of a PDF."""
    with open_pdf(pdf) as file:
        return file.page(1)


def phrases_in(pdf: bytes) -> list[str]:
    """The phrases of the first page of a PDF."""
    content = content_of(pdf)
    return [phrase.text for phrase in phrases_of(words_of(content), content.rulings)]


def layout_of(pdf: bytes) -> PageLayout:
    """The first page of a PDF in reading order, as if it had no tables."""
    content = content_of(pdf)
    return lay_out(content, phrases_of(words_of(content), content.rulings), ())


def columns_in(pdf: bytes) -> list[str]:
    """The texts of the columns of the first page of a PDF, in reading order."""
    return [text_of(item.lines) for item in layout_of(pdf).items if isinstance(item, Column)]


def text_in(pdf: bytes) -> str:
    """The words of the first page of a PDF, in reading order."""
    return " ".join(columns_in(pdf))


def text_of(phrases: Iterable[Phrase]) -> str:
    """The words of some phrases."""
    return " ".join(join_words(phrase.words) for phrase in phrases)
