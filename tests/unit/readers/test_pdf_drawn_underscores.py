"""Underscores that are drawn as lines are read, and no other lines are."""

import pytest
from fpdf import FPDF

from assistant.readers.pdf.page import PLAIN_FONT, Glyph, Ruling
from assistant.readers.pdf.pdfium.drawn_underscores import with_drawn_underscores
from assistant.readers.pdf.pdfium.file import open_pdf
from assistant.readers.pdf.words.words import words_of


def glyphs_of(text: str, size: float = 10.0) -> list[Glyph]:
    """Letters half as wide as their type is large; "|" stands for the gap in which TeX draws an underscore."""
    glyphs: list[Glyph] = []
    x = 50.0
    for character in text:
        if character == "|":
            x += 0.36 * size
            continue
        glyphs.append(Glyph(character, x, 92.0, x + 0.5 * size, 102.0, 100.0, size, PLAIN_FONT))
        x += 0.5 * size
    return glyphs


def read(text: str, *dashes: Ruling) -> str:
    return "".join(glyph.text for glyph in with_drawn_underscores(glyphs_of(text), dashes))


@pytest.mark.parametrize("drop", [-0.4, 0.0, 1.5])
def test_a_line_between_letters_is_an_underscore(drop: float) -> None:
    """A short line at the foot of the gap between two letters, or a little below, is an underscore."""
    assert read("w|h", Ruling(55.3, 100 + drop, 58.3, 100.4 + drop)) == "w_h"
    both = [Ruling(x, 100 + drop, x + 3, 100.4 + drop) for x in (55.3, 63.9)]
    assert read("a|b|c", *both) == "a_b_c"


@pytest.mark.parametrize(
    "line",
    [
        Ruling(55.3, 97.0, 58.3, 97.4),  # a dash
        Ruling(55.3, 104.0, 58.3, 104.4),  # below the line
        Ruling(50.0, 101.0, 55.0, 101.4),  # under a letter
        Ruling(55.3, 101.0, 61.0, 101.4),  # under the next letter, too
        Ruling(56.0, 100.0, 56.5, 100.4),  # a dot
    ],
)
def test_other_lines_are_none(line: Ruling) -> None:
    """A line at another height, under a letter, or hardly a point wide is no underscore."""
    assert read("w|h", line) == "wh"


def test_a_space_with_a_line_in_it() -> None:
    """A space that the file claims where the line is drawn gives way to it; other spaces stay."""
    glyphs = [*glyphs_of("w|h")]
    space = glyphs[0]._replace(text=" ", x0=55.0, x1=55.0)
    dash = Ruling(55.3, 100.0, 58.3, 100.4)
    texts = [glyph.text for glyph in with_drawn_underscores([glyphs[0], space, glyphs[1], space], [dash])]
    assert texts == ["w", "_", "h", " "]


def test_an_address_in_a_file() -> None:
    """An address whose underscore is drawn with a pen is one word."""
    pdf = FPDF(unit="pt", format=(400, 200))
    pdf.add_page()
    pdf.set_font("Times", size=10)
    pdf.text(50, 100, "mira")
    x = 50 + pdf.get_string_width("mira")
    pdf.set_line_width(0.4)
    pdf.line(x + 0.4, 100.2, x + 3.4, 100.2)
    pdf.text(x + 3.6, 100, "holm@example.org")
    with open_pdf(bytes(pdf.output())) as file:
        assert [word.text for word in words_of(file.page(1))] == ["mira_holm@example.org"]
