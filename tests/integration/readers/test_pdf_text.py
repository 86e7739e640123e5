"""PDFs of several producers are read as the paragraphs, lists and forms that a reader sees in them."""

import io
import re
from pathlib import Path

import pytest
from fpdf import FPDF
from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, ListFlowable, PageTemplate, Paragraph

from assistant.readers import read_bytes
from assistant.types import Document

DATA = Path(__file__).parents[2] / "data" / "pdf"
BOARD = (
    "The board met on Monday to discuss the dredging of the north basin, which has silted up since the storm of 2019. "
    "The chair, Ruth Okafor, said that the work would cost 4.2 million euros and would begin in March, when the fleet "
    "is out at sea."
)
FLEET = (
    "The fishing fleet of the town counts sixty-one boats this year. Landings of cod fell to 830 tonnes, the lowest "
    "since records began, and the cooperative blames warmer water for it. Members will vote on a quota in June."
)
NAMES = ("Malmö.", "In the town of Falkenberg.", "Ystad, 3 March.", "On the island of Ven, as ever.")
ITEMS = [
    "two oars of ash, each 2.4 metres long, with spare rowlocks and a bailer that a child can lift without help",
    "a sealed box with 12 flares",
    "a radio on channel 16",
]


def read(data: bytes) -> Document:
    return read_bytes(data, "a.pdf", max_bytes=10_000_000)


def blocks(document: Document) -> list[tuple[str, str]]:
    """The kinds and texts of a document's blocks."""
    return [(block.kind, document.text[block.start : block.end]) for block in document.blocks]


def by_reportlab(*flowables: object, columns: int = 1, style: ParagraphStyle | None = None) -> bytes:
    """A PDF that ReportLab sets in columns."""
    target = io.BytesIO()
    template = BaseDocTemplate(target, pagesize=(420, 300))
    width = 340 / columns
    frames = [Frame(40 + number * width, 40, width - 10, 220) for number in range(columns)]
    template.addPageTemplates(PageTemplate(frames=frames))
    set_in = style or ParagraphStyle("body", fontSize=10, leading=12, alignment=TA_JUSTIFY)
    template.build([Paragraph(each, set_in) if isinstance(each, str) else each for each in flowables])
    return target.getvalue()


def by_fpdf(*texts: str, align: str = "J") -> bytes:
    """A PDF that fpdf2 sets, a paragraph for each text."""
    sheet = FPDF(format=(150, 200))
    sheet.add_page()
    sheet.set_font("Helvetica", size=11)
    for text in texts:
        sheet.multi_cell(0, 5.5, text, align=align, new_x="LMARGIN", new_y="NEXT")
        sheet.ln(3)
    return bytes(sheet.output())


@pytest.mark.parametrize("align", ["J", "L"])
def test_paragraphs_of_fpdf_are_whole(align: str) -> None:
    """Justified or ragged, wrapped lines are one paragraph."""
    assert blocks(read(by_fpdf(BOARD, FLEET, align=align))) == [("paragraph", BOARD), ("paragraph", FLEET)]


@pytest.mark.parametrize("columns", [1, 2])
def test_paragraphs_of_reportlab_are_whole(columns: int) -> None:
    """Paragraphs with indented first lines and no space between them go on over columns and pages."""
    style = ParagraphStyle("body", fontSize=10, leading=12, alignment=TA_JUSTIFY, firstLineIndent=12)
    texts = [f"{name} {text} So said {name}" for name in NAMES for text in (BOARD, FLEET)]  # no two lines are the same
    assert blocks(read(by_reportlab(*texts, columns=columns, style=style))) == [("paragraph", text) for text in texts]


def test_the_bullet_of_a_standard_font_begins_an_item() -> None:
    """ReportLab writes the bullet as a character that no text has; each item is one, and the text below none."""
    items = ListFlowable([Paragraph(item) for item in ITEMS], bulletType="bullet", start="•")
    texts = blocks(read(by_reportlab("Each rescue boat carries:", items, "The box is opened only by the coxswain.")))
    assert texts == [
        ("paragraph", "Each rescue boat carries:"),
        *(("item", item) for item in ITEMS),
        ("paragraph", "The box is opened only by the coxswain."),
    ]


@pytest.mark.parametrize(("font", "bullet"), [("Symbol", "\xb7"), ("ZapfDingbats", "\x6e"), ("Helvetica", "•")])
def test_bullets_drawn_in_fonts_of_symbols_begin_items(font: str, bullet: str) -> None:
    """A bullet may be any character of a font of symbols."""
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(420, 300))
    y = 250
    for item in ("two oars", "a box with 12 flares", "a radio on channel 16"):
        canvas.setFont(font, 10)
        canvas.drawString(40, y, bullet)
        canvas.setFont("Times-Roman", 10)
        canvas.drawString(58, y, item)
        y -= 13
    canvas.save()
    assert blocks(read(target.getvalue())) == [
        ("item", "two oars"), ("item", "a box with 12 flares"), ("item", "a radio on channel 16"),
    ]  # fmt: skip


def test_a_document_of_libreoffice_is_read_as_it_was_written() -> None:
    """Headings, indented paragraphs, nested lists, numbers and code come back."""
    document = read((DATA / "minutes.pdf").read_bytes())
    source = re.sub(
        r"<office:styles>.*</office:master-styles>", "", (DATA / "minutes.fodt").read_text(), flags=re.DOTALL
    )
    written = re.findall(r'<text:p text:style-name="(\w+)">([^<]*)</text:p>', source)
    kinds = {"Title1": "heading", "Title2": "heading", "Body": "paragraph", "Item": "item"}
    expected = [(kinds[style], text) for style, text in written if style != "Code"]
    found = [(kind, re.sub(r"^\d\. ", "", text)) for kind, text in blocks(document)]
    assert [block for block in found if block[0] != "code"] == expected
    assert [text for kind, text in found if kind == "code"] == ["boats = 61\nprint(boats)"]
    assert [block.level for block in document.blocks if block.kind == "item"] == [0, 0, 1, 1, 0, 0, 0, 0]
    assert [block.level for block in document.blocks if block.kind == "heading"] == [1, 2, 2, 2, 2, 2]


def test_labels_and_values_of_a_form_are_fields() -> None:
    """Words that stand right of a label are its value, whoever drew them."""
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(420, 300))
    canvas.setFont("Helvetica", 11)
    canvas.drawString(40, 260, "Application for a mooring")
    for y, label, value in ((220, "Applicant:", "Henrike Baumgarten"), (190, "Name of the boat:", "Seeadler III")):
        canvas.drawString(40, y, label)
        canvas.drawString(200, y - 1, value)
    canvas.save()
    assert blocks(read(target.getvalue())) == [
        ("heading", "Application for a mooring"),
        ("field", "Applicant: Henrike Baumgarten"),
        ("field", "Name of the boat: Seeadler III"),
    ]
