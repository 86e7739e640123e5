"""The names above the columns of a table in a PDF, and the title of the table."""

import pytest

from tests.support.pdf_tables import (
    LEFT,
    NewPen,
    Pen,
    Row,
    both_pens,
    draw_centred,
    draw_rows,
    draw_value,
    rows_of,
    table_in,
    tables_and_rest,
    title_of,
)

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


@both_pens
@pytest.mark.parametrize(
    ("name", "rest"),
    [
        ("Statements of income", "For the years ended June 30, 2023, 2022 and 2021"),
        ("Table 3: Income by quay", "Unaudited"),
    ],
)
@pytest.mark.parametrize("unit", ["above", "below", ""])
def test_a_title_of_a_bold_line_and_a_plain_one(new_pen: NewPen, name: str, rest: str, unit: str) -> None:
    """A plain line below the bold one that names a table is of its title, as is the unit on either side of it."""
    pen = new_pen()
    pen.text(LEFT, 70, "The statement below is part of the report, and its notes are part of the statement.")
    lines = [rest, "(in thousands of crowns)"][:: -1 if unit == "above" else 1] if unit else [rest]
    pen.text(LEFT, 100, name, is_bold=True)
    for number, text in enumerate(lines, 1):
        pen.text(LEFT, 100 + 14 * number, text)
    draw_income(pen, 124 + 14 * len(lines))
    (table,), outside = tables_and_rest(pen.pdf())
    assert title_of(table) == f"{name} {rest}"
    assert table.unit == ("in thousands of crowns" if unit else "")
    assert [phrase.text for phrase in outside] == [
        "The statement below is part of the report, and its notes are part of the statement."
    ]


@both_pens
def test_a_plain_title_above_its_unit(new_pen: NewPen) -> None:
    """The short line right above the unit of a table names the table, in whatever type."""
    pen = new_pen()
    pen.text(LEFT, 100, "Income of the harbour")
    pen.text(LEFT, 114, "(in millions, except per share data)")
    draw_income(pen, 142)
    table = table_in(pen.pdf())
    assert title_of(table) == "Income of the harbour"
    assert table.unit == "in millions, except per share data"


@both_pens
@pytest.mark.parametrize(
    "lines",
    [
        ("The income of the harbour was as follows:",),
        ("The council met in May.", "It heard the treasurer, who told it of the income"),
        ("and of the quays",),
    ],
)
def test_sentences_above_a_table_are_no_title(new_pen: NewPen, lines: tuple[str, ...]) -> None:
    """Plain lines of text above a table, without a line that stands out above them, are text."""
    pen = new_pen()
    for number, text in enumerate(lines):
        pen.text(LEFT, 100 + 14 * number, text)
    draw_income(pen, 100 + 14 * len(lines) + 14)
    (table,), outside = tables_and_rest(pen.pdf())
    assert not table.title
    assert [phrase.text for phrase in outside] == list(lines)


@both_pens
@pytest.mark.parametrize("currency", ["", "$ "])
@pytest.mark.parametrize(
    ("names", "years", "shift"),
    [
        (("Three Months Ended", "Six Months Ended"), ("2026", "2025"), -16.0),
        (("Boats", "Members", "Guests"), ("May", "June"), -14.0),
    ],
)
def test_names_go_over_the_columns_whose_names_come_again(
    new_pen: NewPen, names: tuple[str, ...], years: tuple[str, ...], shift: float, currency: str
) -> None:
    """Each name goes over all columns until their names come again, also where it stands left of their middle."""
    pen = new_pen()
    ends = [240.0 + 58 * column for column in range(len(names) * len(years))]
    for number, name in enumerate(names):
        draw_centred(pen, name, 90, ends[number * len(years)] + shift)
    for end, year in zip(ends, years * len(names), strict=True):
        draw_value(pen, year, 106, end)
    for number, label in enumerate(("Products", "Services", "Total")):
        pen.text(LEFT, 122 + 16 * number, label)
        for column, end in enumerate(ends):
            draw_value(pen, f"{currency if number == 0 else ''}{3 + column},410", 122 + 16 * number, end)
    table = table_in(pen.pdf())
    assert [cell.columns for cell in table.rows[0][1:] if cell.columns > 1] == [len(years)] * len(names)
    assert [text for text in rows_of(table)[0] if text] == list(names)
    assert rows_of(table)[1] == ["", *(years * len(names))]


@both_pens
@pytest.mark.parametrize("upper", ["Gross", "Net"])
def test_upper_lines_of_single_names_go_over_one_column(new_pen: NewPen, upper: str) -> None:
    """A word that comes again above the first of two columns is a part of the name of that one alone."""
    pen = new_pen()
    ends = (250.0, 320.0, 390.0, 460.0)
    for end, name in zip(ends, ("amount", "losses") * 2, strict=True):
        draw_centred(pen, name, 102, end - 16, is_bold=True)
    for end in ends[::2]:
        draw_centred(pen, upper, 90, end - 16, is_bold=True)
    for number, label in enumerate(("Products", "Services", "Total")):
        pen.text(LEFT, 118 + 16 * number, label)
        for column, end in enumerate(ends):
            draw_value(pen, f"{3 + column},410", 118 + 16 * number, end)
    assert rows_of(table_in(pen.pdf()))[0] == ["", f"{upper} amount", "losses", f"{upper} amount", "losses"]
