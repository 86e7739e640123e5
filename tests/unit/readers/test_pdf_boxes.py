"""Boxes of text beside each other are read one after the other; tables stay tables."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from fpdf import FPDF

from assistant.readers.pdf.page import Column, PagePhrases, Phrase, Ruling, TableArea
from assistant.readers.pdf.reader import lay_out_page, read_pdf
from tests.support.pdf_layouts import BOLD, blocks, column, line, page
from tests.support.pdf_roles import page_phrases

CARDS = [
    ["The wheel", "of oak from Argyll,", "4.9 metres across."],
    ["The kiln", "heated with peat,", "dated to 1790."],
    ["The shop", "for oatmeal, books", "and candles."],
]
WIDTH, HEIGHT, GAP = 140.0, 60.0, 18.0


def bordered(x: float, y: float, width: float = WIDTH, height: float = HEIGHT) -> list[Ruling]:
    return [
        Ruling(x, y, x + width, y), Ruling(x, y + height, x + width, y + height),
        Ruling(x, y, x, y + height), Ruling(x + width, y, x + width, y + height),
    ]  # fmt: skip


def page_of(rows: Sequence[Sequence[Sequence[str]]], gap: float, *others: Phrase) -> PagePhrases:
    """Rows of boxes, the first line of each bold."""
    phrases, rulings = [*others], []
    for row, boxes in enumerate(rows):
        for number, texts in enumerate(boxes):
            x, y = 50 + number * (WIDTH + gap), 200 + row * (HEIGHT + gap)
            rulings += bordered(x, y)
            phrases += [line(texts[0], x=x + 8, y=y + 16, font=BOLD)]
            phrases += [line(text, x=x + 8, y=y + 16 + 13 * place) for place, text in enumerate(texts[1:], start=1)]
    return replace(page_phrases(*phrases), rulings=rulings)


def texts_of(page: PagePhrases) -> list[str]:
    """The lines of a page as they are read, if there is no table on it."""
    items = lay_out_page(page).items
    return [phrase.text for item in items if isinstance(item, Column) for phrase in item.lines]


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("rows", [1, 2])
def test_cards_are_read_one_after_the_other(count: int, rows: int) -> None:
    """Each card is read to its end before the next one, and what stands below after all of them."""
    cards = [CARDS[:count]] * rows
    below = line("Come and see us in the village of Kilmory, by the bridge.", x=50, y=420)
    texts = texts_of(page_of(cards, GAP, below))
    assert texts == [text for row in cards for card in row for text in card] + [below.text]


def test_a_card_may_have_fewer_lines() -> None:
    """A card of two lines beside one of three is a box, too."""
    cards = [CARDS[0], ["The kiln", "heated with peat."]]
    assert texts_of(page_of([cards], GAP)) == [*cards[0], *cards[1]]


def test_cells_with_shared_borders_are_a_table() -> None:
    """Cells that nothing parts from each other but a line are a table, however many lines they have."""
    items = lay_out_page(page_of([CARDS, CARDS], 0.0)).items
    assert [type(item) for item in items] == [TableArea]


def test_cells_of_one_line_with_space_between_are_no_cards() -> None:
    """Short figures in boxes with space between stay in their rows."""
    rows = [
        [["Adults"], ["8.50"], ["per day"]],
        [["Children"], ["4.00"], ["per day"]],
        [["Groups"], ["90.00"], ["each"]],
    ]
    texts = " ".join(texts_of(page_of(rows, 4.0)))
    assert texts.index("8.50") < texts.index("Children")


def read(pdf: bytes) -> list[str]:
    """The paragraphs of a PDF."""
    return [part for part in read_pdf(pdf, 100_000).text.split("\n\n") if part]


@pytest.mark.parametrize("style", ["D", "F", "DF"])
@pytest.mark.parametrize(("width", "end"), [(150, "Argyll and the isles."), (170, "Kintyre.")])
def test_a_sentence_in_a_box_is_whole(style: str, width: float, end: str) -> None:
    """A box with a border, a background or both says how far its few lines run, however wide the page is."""
    pdf = FPDF(unit="pt", format=(595, 842))
    pdf.add_page()
    pdf.set_fill_color(220, 255, 235)
    pdf.rect(50, 200, width, 50, style=style)
    pdf.set_font("Helvetica", size=10)
    first = "4.9 metres across, of oak from" if width == 150 else "2.5 metres across, of larch from"
    for row, text in enumerate((first, end)):
        pdf.text(58, 220 + 12 * row, text)
    pdf.text(
        58, 300, "The mill was built in 1784 and ground oats until 1961, when the last of its millers went to sea."
    )
    assert f"{first} {end}" in read(bytes(pdf.output()))


def test_a_box_tells_nothing_of_what_stands_outside() -> None:
    """Two short lines below a box, which end where they were meant to, are not joined by the width of that."""
    pdf = FPDF(unit="pt", format=(595, 842))
    pdf.add_page()
    pdf.rect(50, 100, 150, 50)
    pdf.set_font("Helvetica", size=10)
    for y, text in (
        (120, "4.9 metres across, of oak from"),
        (132, "Argyll."),
        (180, "Rosa Lindgren"),
        (192, "Elm Court"),
    ):
        pdf.text(58, y, text)
    pdf.text(
        58, 300, "The mill was built in 1784 and ground oats until 1961, when the last of its millers went to sea."
    )
    assert any(part.endswith("Rosa Lindgren") for part in read(bytes(pdf.output())))


@pytest.mark.parametrize("label", ["Board of the trust", "Input of the wheel"])
def test_a_sentence_passes_a_box_by(label: str) -> None:
    """What stands in a box is no part of a sentence that goes on behind it, and doesn't keep it from going on."""
    first = "The mill was built in 1784 and ground oats until 1961, when the last of its millers went to"
    boxed = Column((line(label, x=420, y=180),), right=500.0)
    rest = "Kilmory, and has stood still since. Its wheel is of oak."
    shown = [text for _, text in blocks(page(column(first, y=100), boxed, column(rest, y=60, page=2)))]
    assert f"{first} {rest}" in shown
    assert label in shown
