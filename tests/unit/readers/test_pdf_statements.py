"""Financial statements in a PDF: groups within groups, names over columns, statements beside each other."""

from collections.abc import Sequence

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
    tables_in,
    title_of,
)

ENDS = (440.0, 510.0)
WIDTH = 200.0


def draw_years(pen: Pen, y: float, years: Sequence[str] = ("2023", "2022")) -> None:
    """Years above columns, underlined."""
    for end, year in zip(ENDS, years, strict=True):
        draw_value(pen, year, y, end, size=8, is_bold=True)
        pen.line(end - 50, y + 3, end, y + 3)


def draw_statement(pen: Pen, x: float, y: float, rows: Sequence[tuple[str, ...]]) -> float:
    """Labels and two figures each from a place on; returns where the next row would stand."""
    for label, *values in rows:
        pen.text(x, y, label, size=8)
        for end, value in zip((x + WIDTH - 50, x + WIDTH), values, strict=False):
            draw_value(pen, value, y, end, size=8)
        y += 11
    return y


@both_pens
@pytest.mark.parametrize(
    ("outer", "inner", "closing"),
    [
        ("Cash from running boats:", ("Changes in what is owed:", "Changes in stores:"), "Net cash that running boats"),
        ("What the club owns and owes:", ("Short loans:", "Long loans:"), "Total of what it owns and owes"),
    ],
)
def test_groups_stand_within_one_that_is_closed_by_its_last_words(
    new_pen: NewPen, outer: str, inner: tuple[str, str], closing: str
) -> None:
    """A group holds those set as far in, up to a row that ends with its last words, and none below that row."""
    pen = new_pen()
    draw_years(pen, 90)
    rows = [
        Row(outer),
        Row("Surplus", ("12", "14")),
        Row(inner[0]),
        Row("Rent", ("7", "8"), indent=10),
        Row("Wages", ("5", "6"), indent=10),
        Row(inner[1]),
        Row("Paint", ("3", "2"), indent=10),
        Row(closing, ("27", "30")),
        Row("Other things:"),
        Row("Gifts", ("1", "2"), indent=10),
    ]
    draw_rows(pen, rows, 106, ENDS)
    table = table_in(pen.pdf())
    groups = {row[0].text: group for row, group in zip(table.rows, table.groups, strict=True)}
    name, first, second = (text.rstrip(":") for text in (outer, *inner))
    assert groups["Rent"] == groups["Wages"] == f"{name} / {first}"
    assert groups["Paint"] == f"{name} / {second}"
    assert groups["Gifts"] == "Other things"


@both_pens
@pytest.mark.parametrize("label", ["Rowing", "Running boats"])
def test_a_row_of_the_same_name_as_a_group_closes_none(new_pen: NewPen, label: str) -> None:
    """A row with the very name of a group isn't its sum: the next group stands beside the first."""
    pen = new_pen()
    draw_years(pen, 90)
    name = f"{label} on lakes"
    rows = [Row(f"{name}:"), Row("Fees", ("12", "14"), indent=10), Row("Parts:"), Row("Rivers", ("7", "8"), indent=10)]
    draw_rows(pen, [*rows, Row(name, ("5", "6")), Row("Total", ("24", "28"))], 106, ENDS)
    table = table_in(pen.pdf())
    groups = {row[0].text: group for row, group in zip(table.rows, table.groups, strict=True)}
    assert groups["Rivers"] == "Parts"


@both_pens
@pytest.mark.parametrize("name", ["Payment due by month", "Boats lent by month"])
def test_an_underlined_name_goes_over_the_columns_that_it_is_centred_over(new_pen: NewPen, name: str) -> None:
    """A name alone on its line stands over all columns around its middle, though words of it end where columns do."""
    pen = new_pen()
    ends = (260.0, 325.0, 390.0, 455.0, 520.0)
    middle = (ends[1] + ends[4] - pen.width("1,000", size=9)) / 2
    draw_centred(pen, name, 78, middle, size=9, is_bold=True)
    half = pen.width(name, size=9, is_bold=True) / 2
    pen.line(middle - half, 80, middle + half, 80)
    for end, column in zip(ends, ("Total", "May", "June", "July", "August"), strict=True):
        draw_value(pen, column, 96, end, size=9, is_bold=True)
    rows = [Row(label, ("1,000",) * 5) for label in ("Rent", "Wages", "Loans")]
    draw_rows(pen, rows, 112, ends)
    header = table_in(pen.pdf()).rows[0]
    assert [(cell.text, cell.columns) for cell in header if cell.text] == [(name, 4)]


@both_pens
@pytest.mark.parametrize("names", [("of Earnings", "of Boats"), ("on What Came In", "on What the Club Owns")])
def test_statements_beside_each_other_have_titles_of_two_lines(new_pen: NewPen, names: tuple[str, str]) -> None:
    """Two statements beside each other have the lines above each of them as their titles."""
    pen = new_pen()
    rows = [("Fees", "12", "14"), ("Rent", "7", "8"), ("Gifts", "3", "2"), ("Total", "22", "24")]
    for number, name in enumerate(names):
        x = LEFT + number * (WIDTH + 40)
        pen.text(x, 80, "Rowing Club: Report", size=11, is_bold=True)
        pen.text(x, 93, name, size=11, is_bold=True)
        draw_statement(pen, x, 130, [("in pounds", "2023", "2022"), *rows])
    tables = tables_in(pen.pdf())
    assert [title_of(table) for table in tables] == [f"Rowing Club: Report {name}" for name in names]
    assert [rows_of(table)[-1] for table in tables] == [["Total", "22", "24"]] * 2


@both_pens
@pytest.mark.parametrize("space", [26, 32])
def test_rows_below_a_space_go_on_with_a_table_in_which_a_dash_hangs_over(new_pen: NewPen, space: int) -> None:
    """Rows below a wide space go on with a table above in which a dash stands right of the figures of its column."""
    pen = new_pen()
    ends = (320.0, 390.0, 460.0, 528.0)
    for middle, name in ((303, "2023"), (373, "2022"), (438, "$"), (507, "%")):
        draw_centred(pen, name, 90, middle, is_bold=True)
    y = draw_rows(pen, [Row("Sales", ("$ 93,662", "$ 103,350", "$ (9,688)", "(9.4%)"), is_bold=True)], 106, ends)
    y = draw_rows(pen, [Row("Goods", ("$ 68,367", "$ 74,646", "$ 6,279"))], y + 8, ends)
    pen.text(531, y - 14, "\u2013")
    y = draw_rows(pen, [Row("Wear", ("3,146", "2,846", "(300)"))], y - 2, ends)
    y = draw_rows(pen, [Row("Costs", ("$ 71,513", "$ 77,492", "$ 5,979", "7.7%"))], y, ends) + space
    rows = [Row("Profit", ("$ 22,149", "$ 25,858", "$ (3,709)", "(14.3%)")), Row("Share", ("23.6%", "25.0%"))]
    draw_rows(pen, rows, y, ends)
    assert [row[0] for row in rows_of(table_in(pen.pdf()))] == [
        "",
        "Sales",
        "Goods",
        "Wear",
        "Costs",
        "Profit",
        "Share",
    ]


@both_pens
@pytest.mark.parametrize("count", [6, 9])
def test_a_statement_goes_on_beside_text(new_pen: NewPen, count: int) -> None:
    """A statement goes on below the end of the one beside it, where text stands there."""
    pen = new_pen()
    rows = [(f"Boat {number}", str(100 + number), str(200 + number)) for number in range(count + 12)]
    right = LEFT + WIDTH + 40
    pen.text(LEFT, 93, "What came in", size=11, is_bold=True)
    pen.text(right, 93, "What is owned", size=11, is_bold=True)
    y = draw_statement(pen, LEFT, 130, [("in pounds", "2023", "2022"), *rows[:count]])
    draw_statement(pen, right, 130, [("in pounds", "2023", "2022"), *rows])
    for line in range(8):
        pen.text(LEFT, y + 20.5 + 12 * line, "The club lends its boats to members and guests"[: -1 - line % 2], size=10)
    assert [(title_of(table), len(table.rows)) for table in tables_in(pen.pdf())] == [
        ("What came in", count + 1),
        ("What is owned", len(rows) + 1),
    ]


@both_pens
@pytest.mark.parametrize(("between", "unit"), [("", "in thousands"), ("Boats were counted as follows:", "")])
def test_the_unit_above_two_statements_holds_for_both(new_pen: NewPen, between: str, unit: str) -> None:
    """A unit above one statement holds for the next, which has names of its own, unless words stand between them."""
    pen = new_pen()
    pen.text(LEFT, 76, "What came in and what is left is as follows (in thousands):")
    draw_years(pen, 96)
    y = draw_rows(pen, [Row("Fees", ("12", "14")), Row("Rent", ("7", "8")), Row("Sum", ("19", "22"))], 112, ENDS)
    pen.text(LEFT, y + 8, between or " ")
    for end, day in zip(ENDS, ("4 May", "6 May"), strict=True):
        draw_value(pen, day, y + 24, end, is_bold=True)
    draw_rows(pen, [Row("Boats", ("5", "6")), Row("Oars", ("15", "16"))], y + 40, ENDS)
    assert [(table.unit, len(table.rows)) for table in tables_in(pen.pdf())] == [("in thousands", 4), (unit, 3)]
