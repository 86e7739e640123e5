"""What stands at the head of a table: its names are told from its first rows, its title from a sentence above it."""

import pytest
from fpdf import FPDF
from fpdf.fonts import FontFace

from tests.support.pdf_tables import FpdfPen, table_in, title_of

BOLD, ITALIC = FontFace(emphasis="B"), FontFace(emphasis="I")


@pytest.mark.parametrize("first_rows", [1, 3])
def test_first_rows_with_words_in_italics_are_no_names(first_rows: int) -> None:
    """Rows below the bold one that have cells in italics, too, look unlike the others, and yet are rows."""
    pdf = FPDF(unit="pt")
    pdf.add_page()
    pdf.set_font("Helvetica", size=9)
    with pdf.table(width=420, headings_style=BOLD) as drawn:
        drawn.row(["Year", "Prize", "Play", "Result"])
        for number in range(first_rows):
            row = drawn.row()
            row.cell(str(2013 + number))
            row.cell("Harbour prize")
            row.cell("The Tide", style=ITALIC)
            row.cell("Nominated")
        for number in range(5):
            drawn.row([str(2017 + number), "Lock keepers' prize", "none", "Won"])
    table = table_in(bytes(pdf.output()))
    assert table.header_rows == 1
    assert len(table.rows) == first_rows + 6


@pytest.mark.parametrize("mark", ["40", "[40]", ""])
def test_a_sentence_that_ends_above_a_table_is_no_title(mark: str) -> None:
    """The last line of a paragraph in larger type is text, also where the mark of a note follows its full stop."""
    pen = FpdfPen()
    sentence = "and left for the northern harbour."
    pen.text(72, 80, sentence, size=12)
    pen.text(72 + pen.width(sentence, size=12), 76, mark, size=8)
    for number, (year, play) in enumerate([("Year", "Play"), ("2001", "The Tide"), ("2002", "The Lock")]):
        y = 100.0 + 20 * number
        pen.text(78, y, year, is_bold=not number)
        pen.text(200, y, play, is_bold=not number)
    for y in (86.0, 106.0, 126.0, 146.0):
        pen.line(72, y, 400, y)
    for x in (72.0, 190.0, 400.0):
        pen.line(x, 86, x, 146)
    assert title_of(table_in(pen.pdf())) == ""
