"""The names above the columns of a table in a PDF, and the title of the table."""

from collections.abc import Callable

import pytest

from tests.support.pdf_tables import (
    FpdfPen,
    Pen,
    ReportlabPen,
    Row,
    draw_centred,
    draw_rows,
    draw_value,
    rows_of,
    table_in,
)

both_pens = pytest.mark.parametrize("new_pen", [FpdfPen, ReportlabPen])
NewPen = Callable[[], Pen]
ENDS = (380.0, 450.0, 520.0)
INCOME = (
    Row("Revenue", ("$ 1,204", "$ 987", "$ 900")),
    Row("Cost of sales", ("(315)", "(402)", "(300)")),
    Row("Gross margin", ("889", "585", "600")),
    Row("Research and development", ("88", "\u2013", "12")),
    Row("Net income", ("$ 801", "$ 585", "$ 588"), is_bold=True),
)


def draw_income(pen: Pen, y: float) -> None:
    """The years, and the rows of a statement below them."""
    for end, year in zip(ENDS, ("2023", "2022", "2021"), strict=True):
        draw_value(pen, year, y, end, size=9, is_bold=True)
    draw_rows(pen, INCOME, y + 16, ENDS)


@both_pens
@pytest.mark.parametrize("middle", [421.0, 425.0, 430.0])
@pytest.mark.parametrize("name", ["Years ended June 30,", "Twelve months to the end of June"])
def test_a_name_over_three_columns_touches_some_of_them(new_pen: NewPen, name: str, middle: float) -> None:
    """A name in the middle of three columns goes over all of them, whichever of them it reaches into."""
    pen = new_pen()
    draw_centred(pen, name, 90, middle, size=9)
    draw_income(pen, 104)
    table = table_in(pen.pdf())
    assert rows_of(table)[:2] == [["", name], ["", "2023", "2022", "2021"]]
    assert table.rows[0][1].columns == 3
