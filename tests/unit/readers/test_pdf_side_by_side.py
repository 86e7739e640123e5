"""Tables beside each other on a page of a PDF, with their rows at the same heights."""

from collections.abc import Sequence

import pytest

from tests.support.pdf_tables import (
    LEFT,
    NewPen,
    Pen,
    both_pens,
    draw_centred,
    draw_value,
    rows_of,
    table_in,
    tables_in,
    title_of,
)

RIVERS = [("Exe", "6:41", "18"), ("Dart", "6:44", "17"), ("Tamar", "6:59", "15"), ("Fowey", "7:02", "12")]
OTHERS = [("Severn", "6:02", "20"), ("Wye", "6:10", "19"), ("Usk", "6:18", "14")]
WIDTH = 200.0


def draw_table(pen: Pen, x: float, y: float, rows: Sequence[Sequence[str]], *, is_bold: bool) -> None:
    """A table of a label and two figures from a place on, its names in bold or not."""
    for number, (label, *values) in enumerate(rows):
        pen.text(x, y + 15 * number, label, is_bold=is_bold and number == 0)
        for end, value in zip((x + WIDTH - 60, x + WIDTH), values, strict=True):
            draw_value(pen, value, y + 15 * number, end, is_bold=is_bold and number == 0)


@both_pens
@pytest.mark.parametrize("is_centred", [False, True])
@pytest.mark.parametrize("names", [("Crew", "Time", "Points"), ("Club", "Best", "Sum")])
def test_each_of_two_tables_has_its_title(new_pen: NewPen, names: tuple[str, ...], *, is_centred: bool) -> None:
    """Two tables below a title each are two, whether their columns have the same names or not."""
    pen = new_pen()
    tables: list[tuple[str, list[Sequence[str]]]] = [
        ("Women", [("Crew", "Time", "Points"), *RIVERS]),
        ("Men", [names, *OTHERS]),
    ]
    for number, (title, rows) in enumerate(tables):
        x = LEFT + number * (WIDTH + 50)
        if is_centred:
            draw_centred(pen, title, 90, x + WIDTH / 2, is_bold=True)
        else:
            pen.text(x, 90, title, is_bold=True)
        draw_table(pen, x, 106, rows, is_bold=True)
    assert [(title_of(table), rows_of(table)) for table in tables_in(pen.pdf())] == [
        (title, [list(row) for row in rows]) for title, rows in tables
    ]


@both_pens
@pytest.mark.parametrize("count", [2, 3])
def test_names_that_come_again_begin_another_table(new_pen: NewPen, count: int) -> None:
    """The same names of columns, again and again on one line, head as many tables."""
    pen = new_pen()
    for number in range(count):
        x = LEFT + 160 * number
        for place, (label, value) in enumerate(
            [("Boat", "Year"), *((f"{name} {number}", value) for name, value, _ in RIVERS)]
        ):
            pen.text(x, 90 + 15 * place, label, is_bold=place == 0)
            draw_value(pen, value, 90 + 15 * place, x + 110, is_bold=place == 0)
    assert [rows_of(table) for table in tables_in(pen.pdf())] == [
        [["Boat", "Year"], *([f"{name} {number}", value] for name, value, _ in RIVERS)] for number in range(count)
    ]


@both_pens
@pytest.mark.parametrize("years", [("2023", "2022"), ("Plan", "Actual")])
def test_names_over_parts_of_one_table(new_pen: NewPen, years: tuple[str, str]) -> None:
    """Names that come again below two names of their own are of one table, if the labels stand at the left alone."""
    pen = new_pen()
    ends = (260.0, 330.0, 420.0, 490.0)
    for middle, year in zip((270.0, 430.0), years, strict=True):
        draw_centred(pen, year, 90, middle, is_bold=True)
    for end, name in zip(ends, ("Tonnes", "Share", "Tonnes", "Share"), strict=True):
        draw_value(pen, name, 106, end, is_bold=True)
    for number, (label, _, points) in enumerate(RIVERS):
        pen.text(LEFT, 122 + 15 * number, label)
        for end, factor in zip(ends, (10, 2, 11, 3), strict=True):
            draw_value(pen, str(int(points) * factor), 122 + 15 * number, end)
    table = table_in(pen.pdf())
    assert [row[0] for row in rows_of(table)[table.header_rows :]] == [label for label, _, _ in RIVERS]
    assert sum(cell.columns for cell in table.rows[0]) == 5


@both_pens
@pytest.mark.parametrize("unit", ["$ in millions", "Thousands of tonnes"])
def test_units_that_come_again_begin_another_table(new_pen: NewPen, unit: str) -> None:
    """Two tables with groups and names of their own are two if their unit stands above the labels of each."""
    pen = new_pen()
    tables = [
        ("On the river", [("Boats", "", ""), *RIVERS], ("2023", "2022")),
        ("On the sea", [("Ships", "", ""), *((name, points, time) for name, time, points in RIVERS)], ("Plan", "Sum")),
    ]
    for x, (title, rows, names) in zip((LEFT, LEFT + WIDTH + 40), tables, strict=True):
        draw_centred(pen, title, 90, x + WIDTH - 50)
        draw_table(pen, x, 104, [(unit, *names)], is_bold=False)
        draw_table(pen, x + 0.002 * (LEFT - x), 119, rows, is_bold=True)
    first, second = tables_in(pen.pdf())
    assert [[row[0] for row in rows_of(table)][-len(RIVERS) :] for table in (first, second)] == [
        [row[0] for row in RIVERS]
    ] * 2
    assert [table.rows[-1][-1].text for table in (first, second)] == [RIVERS[-1][2], RIVERS[-1][1]]
