"""What stands above and below a table in a PDF is one sentence only where it reads as one."""

from collections.abc import Callable

import pytest

from assistant.readers.pdf.reader import read_pdf
from tests.support.pdf_tables import LEFT, Pen, both_pens, draw_value

FEES = (("Service", "Fee"), ("Chapel", "145.00"), ("Scattering", "38.00"), ("Cremation", "890.00"))


def texts_around(pen: Pen, above: str, below: str) -> list[str]:
    """The blocks above and below a table, each of one line on the page."""
    pen.text(LEFT, 80, above)
    for number, (service, fee) in enumerate(FEES):
        pen.text(LEFT, 110 + 14 * number, service, is_bold=number == 0)
        draw_value(pen, fee, 110 + 14 * number, 300, is_bold=number == 0)
    pen.text(LEFT, 220, below)
    document = read_pdf(pen.pdf(), 100_000)
    paragraphs = [block for block in document.blocks if block.kind == "paragraph"]
    return [document.text[block.start : block.end] for block in paragraphs]


@both_pens
@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("Prepared for Mrs Jane Holt", "Signed by Dr Ivo Prance"),
        ("Charges of the crematorium from 1 April 2026", "All charges include the fee of the doctor."),
    ],
)
def test_a_lone_line_ends_above_a_table(new_pen: Callable[[], Pen], above: str, below: str) -> None:
    """A line without a full stop above a table and another below it aren't one sentence, which nobody wrote."""
    assert texts_around(new_pen(), above, below) == [above, below]


@both_pens
@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("The charges of the crematorium, which are given here for adults,", "include the fee of the doctor."),
        ("Each of the families pays the fees that stand in this table and", "gets a receipt from the office."),
    ],
)
def test_a_sentence_goes_on_below_a_table(new_pen: Callable[[], Pen], above: str, below: str) -> None:
    """Where the words below a table go on with the sentence above it, they are joined."""
    assert texts_around(new_pen(), above, below) == [f"{above} {below}"]
