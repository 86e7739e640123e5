"""PDFs with tables that are drawn for a test, by two programs, and the tables that are read from them."""

import io
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, Protocol

import pytest
from fpdf import FPDF
from reportlab.pdfgen.canvas import Canvas

from assistant.readers.pdf.order.phrases import phrases_of
from assistant.readers.pdf.page import PageContent, Phrase, TableArea
from assistant.readers.pdf.pdfium.file import open_pdf
from assistant.readers.pdf.tables.finding import find_tables
from assistant.readers.pdf.words.words import words_of

WIDTH, HEIGHT = 595.0, 842.0
LEFT = 72.0


class Pen(Protocol):
    """Draws a page, in points from its top left."""

    def text(self, x: float, y: float, text: str, *, size: float = 10.0, is_bold: bool = False) -> None:
        """Text that begins at a place on its baseline."""

    def width(self, text: str, *, size: float = 10.0, is_bold: bool = False) -> float:
        """How wide a text is."""

    def line(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A line."""

    def turn_page(self) -> None:
        """Ends the page."""

    def pdf(self) -> bytes:
        """What is drawn."""


class FpdfPen:
    """Draws with fpdf2."""

    def __init__(self) -> None:
        self._pdf = FPDF(unit="pt", format=(WIDTH, HEIGHT))
        self._pdf.core_fonts_encoding = "windows-1252"
        self._pdf.add_page()

    def text(self, x: float, y: float, text: str, *, size: float = 10.0, is_bold: bool = False) -> None:
        """Text that begins at a place on its baseline."""
        self._pdf.set_font("Times", "B" if is_bold else "", size)
        self._pdf.text(x, y, text)

    def width(self, text: str, *, size: float = 10.0, is_bold: bool = False) -> float:
        """How wide a text is."""
        self._pdf.set_font("Times", "B" if is_bold else "", size)
        return self._pdf.get_string_width(text)

    def line(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A line."""
        self._pdf.line(x0, y0, x1, y1)

    def turn_page(self) -> None:
        """Ends the page."""
        self._pdf.add_page()

    def pdf(self) -> bytes:
        """What is drawn."""
        return bytes(self._pdf.output())


class ReportlabPen:
    """Draws with reportlab."""

    def __init__(self) -> None:
        self._data = io.BytesIO()
        self._canvas = Canvas(self._data, pagesize=(WIDTH, HEIGHT))

    def text(self, x: float, y: float, text: str, *, size: float = 10.0, is_bold: bool = False) -> None:
        """Text that begins at a place on its baseline."""
        self._canvas.setFont("Helvetica-Bold" if is_bold else "Helvetica", size)
        self._canvas.drawString(x, HEIGHT - y, text)

    def width(self, text: str, *, size: float = 10.0, is_bold: bool = False) -> float:
        """How wide a text is."""
        return float(self._canvas.stringWidth(text, "Helvetica-Bold" if is_bold else "Helvetica", size))

    def line(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A line."""
        self._canvas.line(x0, HEIGHT - y0, x1, HEIGHT - y1)

    def turn_page(self) -> None:
        """Ends the page."""
        self._canvas.showPage()

    def pdf(self) -> bytes:
        """What is drawn."""
        self._canvas.save()
        return self._data.getvalue()


class Row(NamedTuple):
    """A line of a table: a label, and values that end where their columns do; "$ 5" has its sign where these begin."""

    label: str
    values: Sequence[str] = ()
    indent: float = 0.0
    is_bold: bool = False


COLUMN_WIDTH = 50.0  # from the sign of a currency to the end of its figure


def draw_rows(pen: Pen, rows: Iterable[Row], y: float, ends: Sequence[float], *, leading: float = 14.0) -> float:
    """Draws lines of a table below each other; returns where the next one would stand."""
    for row in rows:
        pen.text(LEFT + row.indent, y, row.label, is_bold=row.is_bold)
        for value, end in zip(row.values, ends, strict=False):
            draw_value(pen, value, y, end, is_bold=row.is_bold)
        y += leading
    return y


def draw_value(pen: Pen, value: str, y: float, end: float, *, size: float = 10.0, is_bold: bool = False) -> None:
    """Draws a value that ends at a place; the bracket or percent sign of a figure hangs over."""
    if value.startswith("$ "):
        pen.text(end - COLUMN_WIDTH, y, "$", size=size, is_bold=is_bold)
        value = value[2:]
    body = value.rstrip("%)")
    pen.text(end - pen.width(body, size=size, is_bold=is_bold), y, value, size=size, is_bold=is_bold)


def draw_centred(pen: Pen, text: str, y: float, middle: float, *, size: float = 10.0, is_bold: bool = False) -> None:
    """Draws a text with its middle at a place."""
    pen.text(middle - pen.width(text, size=size, is_bold=is_bold) / 2, y, text, size=size, is_bold=is_bold)


def tables_and_rest(pdf: bytes, page: int = 1) -> tuple[list[TableArea], list[Phrase]]:
    """The tables on a page of a PDF, and the phrases in none."""
    content, phrases = phrases_on(pdf, page)
    return find_tables(content, phrases)


def phrases_on(pdf: bytes, page: int = 1) -> tuple[PageContent, list[Phrase]]:
    """A page of a PDF, and its phrases."""
    with open_pdf(pdf) as file:
        content = file.page(page)
    return content, phrases_of(words_of(content), content.rulings)


def tables_in(pdf: bytes, page: int = 1) -> list[TableArea]:
    """The tables on a page of a PDF."""
    return tables_and_rest(pdf, page)[0]


def table_in(pdf: bytes, page: int = 1) -> TableArea:
    """The only table on a page of a PDF."""
    (table,) = tables_in(pdf, page)
    return table


def rows_of(table: TableArea) -> list[list[str]]:
    """The texts of the cells of a table."""
    return [[cell.text for cell in row] for row in table.rows]


def title_of(table: TableArea) -> str:
    """The title of a table."""
    return " ".join(line.text for line in table.title)


NewPen = Callable[[], Pen]
both_pens = pytest.mark.parametrize("new_pen", [FpdfPen, ReportlabPen])
