"""Lowered and raised characters of a PDF in tight lines: each stays at the word that it belongs to."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from assistant.readers.documents import read_file

FORMULAS = (
    "The survey counted 412 nests and 38 adults. Emissions of CO<sub>2</sub> fell by 4% while CH<sub>4</sub> rose, as "
    "the table says for each of the ten sites along the river where H<sub>2</sub>O stands for water, with "
    "10<super>-3</super> as the unit, on the 4<super>th</super> day of the count. The next count follows in spring."
)
MARKS = (
    "Of 48 schools<super>1</super> some 31 answered<super>2</super> in time, and of these<super>3</super> two thirds "
    "want more time. The others<super>4</super> said that m<super>2</super> and s<super>-1</super> are taught in the "
    "first year, while x<sub>1</sub> and x<sub>2</sub> come later, as Table 4 shows below in its second column."
)
SHOWN_FORMULAS = (
    "The survey counted 412 nests and 38 adults. Emissions of CO₂ fell by 4% while CH₄ rose, as the table says for "
    "each of the ten sites along the river where H₂O stands for water, with 10⁻³ as the unit, on the 4th day of the "
    "count. The next count follows in spring."
)
SHOWN_MARKS = (
    "Of 48 schools ¹ some 31 answered ² in time, and of these ³ two thirds want more time. The others ⁴ said that m² "
    "and s⁻¹ are taught in the first year, while x₁ and x₂ come later, as Table 4 shows below in its second column."
)


def printed_by_reportlab(text: str, font: str, size: float, leading: float) -> bytes:
    """A page with one paragraph."""
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    buffer = BytesIO()
    SimpleDocTemplate(buffer).build(
        [Paragraph(text, ParagraphStyle("", fontName=font, fontSize=size, leading=leading))]
    )
    return buffer.getvalue()


def printed_by_fpdf2(text: str, font: str, size: float, leading: float) -> bytes:
    """The same paragraph, its lowered and raised characters as fpdf2 sets them."""
    from fpdf import FPDF

    pdf = FPDF(unit="pt")
    pdf.add_page()
    pdf.set_font(font.partition("-")[0], size=size)
    for part in text.replace("super>", "sup>").replace("<", "\0<").split("\0"):
        mark, _, words = part.rpartition(">")
        pdf.char_vpos = {"<sub": "SUB", "<sup": "SUP"}.get(mark, "LINE")
        pdf.write(leading, words)
    return bytes(pdf.output())


@pytest.mark.parametrize("printed", [printed_by_reportlab, printed_by_fpdf2])
@pytest.mark.parametrize(("text", "shown"), [(FORMULAS, SHOWN_FORMULAS), (MARKS, SHOWN_MARKS)])
@pytest.mark.parametrize(
    "setting", [(font, *sizes) for font in ("Times-Roman", "Helvetica") for sizes in ((10, 12), (10, 10.5), (11, 12))]
)
def test_lowered_and_raised_characters_stay_at_their_word(
    printed: Callable[..., bytes], text: str, shown: str, setting: tuple[str, float, float], tmp_path: Path
) -> None:
    """However tight the lines are, a lowered character isn't taken for a raised one of the next line."""
    path = tmp_path / "a.pdf"
    path.write_bytes(printed(text, *setting))
    assert read_file(path, max_bytes=10**8).text == shown
