"""What stands right above or below a table in a PDF, and is no part of it."""

from collections.abc import Sequence

import pytest

from tests.support.pdf_tables import (
    LEFT,
    NewPen,
    Pen,
    Row,
    both_pens,
    draw_rows,
    draw_value,
    rows_of,
    tables_and_rest,
)

PRICES = (
    ("Article", "Price", "Delivery"),
    ("Bench", "€ 129.00", "2 weeks"),
    ("Oars", "€ 49.50", "at once"),
    ("Mast", "€ 890.00", "6 weeks"),
)
EDGES = (LEFT, 200.0, 300.0, 400.0)
SPACE = 3.6  # points between the words of a justified line
NOTE = (
    "Members of the club have the use of all boats on each day of the week but for those that are lent to guests, who "
    "pay for them by the hour, and for the old ones, which stay in the shed until somebody has the time to mend them"
)


def draw_grid(pen: Pen, y: float) -> float:
    """Prices between rulings, from a height on; returns where the grid ends."""
    for number, cells in enumerate(PRICES):
        for x, text in zip(EDGES, cells, strict=False):
            pen.text(x + 4, y + 13 + 18 * number, text, is_bold=number == 0)
    bottom = y + 18 * len(PRICES)
    for number in range(len(PRICES) + 1):
        pen.line(EDGES[0], y + 18 * number, EDGES[-1], y + 18 * number)
    for x in EDGES:
        pen.line(x, y, x, bottom)
    return bottom


@both_pens
@pytest.mark.parametrize(
    "sentence",
    [
        "Orders above € 1,000 are delivered free.",
        "We deliver free whatever costs over € 500.",
        "Some of what costs £ 20 or £ 25 can't be sent back, as it is cut.",
    ],
)
def test_an_amount_in_a_sentence_below_a_grid(new_pen: NewPen, sentence: str) -> None:
    """A sentence with an amount, right above or below a ruled table, is no row of it."""
    pen = new_pen()
    pen.text(LEFT, 96, sentence)
    bottom = draw_grid(pen, 102)
    pen.text(LEFT, bottom + 12, sentence)
    tables, rest = tables_and_rest(pen.pdf())
    assert [rows_of(table) for table in tables] == [[list(row) for row in PRICES]]
    assert [phrase.text for phrase in rest] == [sentence, sentence]


@both_pens
@pytest.mark.parametrize("amount", ["€ 40", "$ 1,250.00"])
def test_amounts_in_the_lines_of_a_paragraph(new_pen: NewPen, amount: str) -> None:
    """Amounts that stand in the middle and at the ends of sentences make no table of a paragraph."""
    pen = new_pen()
    lines = [
        f"Members pay {amount} a year, and guests",
        f"who stay for a night pay half of {amount}.",
        f"For children it is {amount}, if they come",
        f"with their parents: all of it {amount} too.",
    ]
    for number, text in enumerate(lines):
        pen.text(LEFT, 90 + 13 * number, text)
    tables, rest = tables_and_rest(pen.pdf())
    assert not tables
    assert [phrase.text for phrase in rest] == lines


@both_pens
def test_a_sign_right_behind_a_long_label(new_pen: NewPen) -> None:
    """The sign of an amount that ends a line begins a value, even where the label leaves it no more than a space."""
    pen = new_pen()
    labels = ("Balance of the harbour fund as of May", "Dues", "Landing fees")
    end = LEFT + pen.width(f"{labels[0]} ") + 50
    for number, (label, value) in enumerate(zip(labels, ("4,780", "8,101", "2,138"), strict=True)):
        pen.text(LEFT, 90 + 14 * number, label)
        pen.text(end - 50, 90 + 14 * number, "$")
        pen.text(end - pen.width(value), 90 + 14 * number, value)
    tables, _ = tables_and_rest(pen.pdf())
    assert [rows_of(table) for table in tables] == [
        [[labels[0], "$4,780"], ["Dues", "$8,101"], ["Landing fees", "$2,138"]]
    ]


@both_pens
@pytest.mark.parametrize("unit", ["fy", "cy"])
@pytest.mark.parametrize("years", [("08", "09", "10", "11", "12"), ("2019", "2020", "2021", "2022")])
def test_marks_along_an_axis_are_no_table(new_pen: NewPen, unit: str, years: tuple[str, ...]) -> None:
    """The years below the bars of a chart, each with a word above it, are no table of one row."""
    pen = new_pen()
    for number, year in enumerate(years):
        pen.text(200 + 40 * number, 300, unit)
        pen.text(200 + 40 * number, 312, year)
    assert not tables_and_rest(pen.pdf())[0]


@both_pens
def test_a_table_of_one_row(new_pen: NewPen) -> None:
    """A row of figures and words below bold names is a table, though it is the only one and begins with a figure."""
    pen = new_pen()
    rows = [("Line", "Position", "What stands there"), ("24", "48-50", "Number of the next page")]
    for number, cells in enumerate(rows):
        for x, text in zip((LEFT, 140, 240), cells, strict=True):
            pen.text(x, 90 + 16 * number, text, is_bold=number == 0)
    tables, _ = tables_and_rest(pen.pdf())
    assert [rows_of(table) for table in tables] == [[list(row) for row in rows]]


@both_pens
@pytest.mark.parametrize("marks", [("(a)", "(b)", "(c)"), ("*", "**", "***")])
def test_notes_over_the_width_of_the_table_above_them(new_pen: NewPen, marks: Sequence[str]) -> None:
    """Notes that run over all columns below a table are no rows of it, though their lines have gaps."""
    pen = new_pen()
    ends = (300.0, 400.0, 500.0)
    for end, name in zip(ends, ("2021", "2022", "2023"), strict=True):
        draw_value(pen, name, 90, end, is_bold=True)
    rows = [Row("Canoes", ("12", "14", "15")), Row("Punts", ("7", "8", "9")), Row("Total", ("19", "22", "24"))]
    y = draw_rows(pen, rows, 106, ends) + 12
    for mark in marks:
        pen.text(LEFT, y, mark)
        for number in range(3):
            justify(pen, NOTE.split()[5 * number :], y + 12 * number, LEFT + 20, 505)
        pen.text(LEFT + 20, y + 36, "and bring them back.")
        y += 52
    [table], _ = tables_and_rest(pen.pdf())
    assert [row[0] for row in rows_of(table)] == ["", "Canoes", "Punts", "Total"]


def justify(pen: Pen, words: Sequence[str], y: float, x0: float, x1: float) -> None:
    """Draws as many words as fit between two places with wide spaces, so that they begin and end there."""
    widths = [pen.width(word) for word in words]
    count = max(count for count in range(len(words)) if sum(widths[:count]) + SPACE * (count - 1) <= x1 - x0)
    space = (x1 - x0 - sum(widths[:count])) / (count - 1)
    for word, width in zip(words[:count], widths, strict=False):
        pen.text(x0, y, word)
        x0 += width + space
