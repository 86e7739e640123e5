"""Tables as annual reports have them: sums set off, names of columns in steps, dates below a name, long labels."""

from collections.abc import Sequence

import pytest

from assistant.readers.pdf.page import TableArea
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
    tables_in,
)

ENDS = (440.0, 510.0)


def draw_years(pen: Pen, y: float, years: Sequence[str] = ("2023", "2022")) -> None:
    """Years above columns, underlined."""
    for end, year in zip(ENDS, years, strict=True):
        draw_value(pen, year, y, end, size=8, is_bold=True)
        pen.line(end - 50, y + 3, end, y + 3)


def groups_of(table: TableArea) -> dict[str, str]:
    """The groups of rows, by their labels."""
    return {row[0].text: group for row, group in zip(table.rows, table.groups, strict=True)}


@both_pens
@pytest.mark.parametrize("group", ["Kept for sale:", "Moored:"])
def test_a_group_is_no_line_of_a_label_where_sums_are_set_off(new_pen: NewPen, group: str) -> None:
    """Sums that stand further down than other rows make these no lines of one label."""
    pen = new_pen()
    draw_years(pen, 90)
    y = draw_rows(
        pen, [Row(group), Row("Canoes", ("12", "14"), indent=10), Row("Punts", ("7", "8"), indent=10)], 106, ENDS
    )
    y = draw_rows(pen, [Row("Total boats", ("19", "22"))], y + 4, ENDS)
    y = draw_rows(pen, [Row("Lent:"), Row("Rafts", ("3", "2"), indent=10)], y + 4, ENDS)
    draw_rows(pen, [Row("Total lent", ("3", "2")), Row("Total", ("22", "24"))], y + 4, ENDS, leading=18)
    groups = groups_of(table_in(pen.pdf()))
    assert groups["Canoes"] == groups["Punts"] == group.rstrip(":")
    assert groups["Rafts"] == "Lent"


@both_pens
@pytest.mark.parametrize("amount", ["$0.001", "\u20ac0.50"])
def test_an_amount_in_a_label_begins_no_column(new_pen: NewPen, amount: str) -> None:
    """A label with a dash before an amount in it, over two lines, is one row of its table."""
    pen = new_pen()
    draw_years(pen, 90)
    rows = [Row("Current debts", ("12", "14")), Row("All debts", ("17", "18"))]
    y = draw_rows(pen, rows, 106, ENDS)
    y = draw_rows(pen, [Row("Promises and contingencies", is_bold=True), Row("Equity", is_bold=True)], y, ENDS)
    words = f"Shares - {amount} par value; 5,000,000 shares in all, of which 10,415 and 1,126"
    more = "are issued and stand to the credit of the members of the club, and 9,289 are held"
    for number, text in enumerate((words, more, "by the club itself")):
        pen.text(LEFT + 6 * (1 + (number > 0)), y + 10 * number, text, size=9)
    for end, value in zip(ENDS, ("41", "40"), strict=True):
        draw_value(pen, value, y + 20, end)
    draw_rows(pen, [Row("Surplus", ("8", "9"), indent=6), Row("Total equity", ("49", "49"))], y + 34, ENDS)
    table = table_in(pen.pdf())
    label = f"{words} {more} by the club itself"
    assert [label, "41", "40"] in rows_of(table)
    assert groups_of(table)[label] == "Equity"


@both_pens
@pytest.mark.parametrize("dates", [("8/28/17", "8/28/18", "9/15/18"), ("28.08.2017", "28.08.2018", "15.09.2018")])
def test_a_name_holds_for_the_dates_below_it(new_pen: NewPen, dates: Sequence[str]) -> None:
    """Rows without a label, but with a date, belong to the label above them."""
    pen = new_pen()
    for x, name in ((LEFT, "Name"), (200, "Granted"), (400, "Shares")):
        pen.text(x, 90, name, is_bold=True)
    pen.line(LEFT, 94, 520, 94)
    for block, label in enumerate(("Ada Smith", "Jo Brown")):
        pen.text(LEFT, 108 + 45 * block, label)
        for number, date in enumerate(dates):
            pen.text(200, 108 + 45 * block + 15 * number, date)
            draw_value(pen, f"{number + 3},120", 108 + 45 * block + 15 * number, 430)
    table = table_in(pen.pdf())
    spans = [(row[0].text, row[0].rows) for row in table.rows if len(row) == 3]
    assert spans == [("Name", 1), ("Ada Smith", 3), ("Jo Brown", 3)]


def draw_stepped_names(
    pen: Pen, names: Sequence[tuple[float, Sequence[str]]], bottom: float, *, leading: float
) -> None:
    """Names of columns that end on one baseline, each over as many lines as it has."""
    for middle, lines in names:
        for number, text in enumerate(reversed(lines)):
            draw_centred(pen, text, bottom - leading * number, middle, size=7, is_bold=True)


@both_pens
def test_names_over_several_columns_beside_higher_ones(new_pen: NewPen) -> None:
    """Names over three columns each, above one ruling, are told, though lines of other names stand between theirs."""
    pen = new_pen()
    middles = (210, 250, 290, 330, 370, 410)
    tall = ["Fair", "value", "of", "shares", "and", "other", "rights", "($)"]
    draw_stepped_names(pen, [(480, tall)], 151, leading=8.4)
    for middle, texts in (
        (250, ("Expected payments", "under cash plans")),
        (370, ("Expected payments", "under share plans")),
    ):
        for number, text in enumerate(texts):
            draw_centred(pen, text, 98 + 8.4 * number + 3, middle, size=7, is_bold=True)
    pen.line(190, 112, 430, 112)
    for middle, name in zip(middles, ("Least", "Target", "Most") * 2, strict=True):
        draw_centred(pen, name, 151, middle, size=7, is_bold=True)
    pen.text(LEFT, 151, "Name", size=7, is_bold=True)
    for number, label in enumerate(("Ada Smith", "Jo Brown", "Max Grey")):
        pen.text(LEFT, 166 + 12 * number, label, size=7)
        for column, middle in enumerate((*middles, 480)):
            draw_centred(pen, f"{number + 1},{column}20", 166 + 12 * number, middle, size=7)
    table = table_in(pen.pdf())
    upper = [(cell.text, cell.columns) for cell in table.rows[0] if cell.text and cell.columns > 1]
    assert upper == [("Expected payments under cash plans", 3), ("Expected payments under share plans", 3)]


@both_pens
@pytest.mark.parametrize("mark", ["(1)", "*"])
def test_small_marks_behind_names_of_columns(new_pen: NewPen, mark: str) -> None:
    """Raised marks behind several names of a line stand behind these, not before them."""
    pen = new_pen()
    for x, name in ((LEFT, "Boat"), (300, "Guests"), (420, "Tours")):
        pen.text(x, 90, name, is_bold=True)
        pen.text(x + pen.width(name, is_bold=True) + 2.6, 85.5, mark, size=6)
    draw_rows(pen, [Row("Canoes", ("12", "14")), Row("Punts", ("7", "8"))], 108, (330, 446))
    assert rows_of(table_in(pen.pdf()))[0] == [f"{name}{mark}" for name in ("Boat", "Guests", "Tours")]


@both_pens
@pytest.mark.parametrize("names", [("October 31, 2023", "November 1, 2022"), ("In the summer", "In the winter")])
def test_bold_names_between_the_columns_above_begin_a_table(new_pen: NewPen, names: tuple[str, str]) -> None:
    """Two bold names below rows of three columns name the two columns of the rows below them."""
    pen = new_pen()
    ends = (423.0, 473.0, 525.0)
    for end, year in zip(ends, ("2023", "2022", "2021"), strict=True):
        draw_value(pen, year, 90, end, size=8, is_bold=True)
    rows = [Row("Guests of the boat house", ("10,332", "11,560", "27,510")), Row("Tours", ("1,847", "9,070", "1,979"))]
    y = draw_rows(pen, rows, 106, ends)
    for middle, name in zip((418, 493), names, strict=True):
        draw_centred(pen, name, y + 4, middle, size=7, is_bold=True)
    rows = [Row("Boats", ("12", "14")), Row("Sheds", ("7", "8"))]
    draw_rows(pen, rows, y + 20, (434, 510))
    first, second = tables_in(pen.pdf())
    assert len(rows_of(first)) == 3
    assert rows_of(second) == [["", *names], ["Boats", "12", "14"], ["Sheds", "7", "8"]]


@both_pens
@pytest.mark.parametrize("names", [("Spring", "Autumn"), ("First half", "Second half")])
def test_names_over_several_columns_beside_names_of_one_line(new_pen: NewPen, names: Sequence[str]) -> None:
    """Names in the middle above three columns each go over these, also beside names of single columns."""
    pen = new_pen()
    pen.text(LEFT, 90, "Club", is_bold=True)
    pen.text(150, 90, "Boat", is_bold=True)
    middles = (240, 285, 330, 400, 445, 490)
    for middle, name in zip((285, 445), names, strict=True):
        draw_centred(pen, name, 90, middle, is_bold=True)
    for middle, name in zip(middles, ("Least", "Usual", "Most") * 2, strict=True):
        draw_centred(pen, name, 104, middle)
    for number, (club, boat) in enumerate((("North", "Canoe"), ("South", "Punt"), ("West", "Raft"))):
        pen.text(LEFT, 122 + 14 * number, club)
        pen.text(150, 122 + 14 * number, boat)
        for middle in middles:
            draw_centred(pen, f"{number + 4}.5", 122 + 14 * number, middle)
    upper = [(cell.text, cell.columns) for cell in table_in(pen.pdf()).rows[0] if cell.text in names]
    assert upper == [(name, 3) for name in names]


@both_pens
@pytest.mark.parametrize("label", ["Table 6:", "TABLE VI."])
def test_a_caption_in_the_middle_above_the_figures_names_none(new_pen: NewPen, label: str) -> None:
    """A caption right above the names of columns is none of them."""
    pen = new_pen()
    draw_centred(pen, f"{label} Boats that were lent", 78, 442)
    for end, year in zip((400, 455, 510), ("Canoes", "Punts", "Rafts"), strict=True):
        draw_value(pen, year, 91, end)
    draw_rows(pen, [Row("North", ("12", "14", "9")), Row("South", ("7", "8", "3"))], 106, (400, 455, 510))
    [table], rest = tables_and_rest(pen.pdf())
    assert rows_of(table)[0] == ["", "Canoes", "Punts", "Rafts"]
    assert [phrase.text for phrase in rest] == [f"{label} Boats that were lent"]


def draw_grid(pen: Pen, xs: Sequence[float], ys: Sequence[float]) -> None:
    """Rulings around cells."""
    for y in ys:
        pen.line(xs[0], y, xs[-1], y)
    for x in xs:
        pen.line(x, ys[0], x, ys[-1])


@both_pens
@pytest.mark.parametrize("gap", [9, 20])
def test_a_ruled_table_with_a_space_between_its_columns(new_pen: NewPen, gap: float) -> None:
    """Two grids beside each other with the same rows are one table, if the second has no labels of its own."""
    pen = new_pen()
    ys = (80, 100, 120, 140)
    draw_grid(pen, (72, 180, 240, 300), ys)
    draw_grid(pen, (300 + gap, 360 + gap, 420 + gap), ys)
    rows = (
        ("Boat", "2021", "2022", "2023", "Target"),
        ("Canoes", "12", "14", "15", "20"),
        ("Punts", "7", "8", "9", "9"),
    )
    for y, row in zip(ys, rows, strict=False):
        for x, text in zip((76, 190, 250, 310 + gap, 370 + gap), row, strict=True):
            pen.text(x, y + 14, text, is_bold=y == ys[0])
    assert rows_of(table_in(pen.pdf())) == [list(row) for row in rows]


@both_pens
@pytest.mark.parametrize("label", ["Guides", "Boat"])
def test_ruled_tables_beside_each_other(new_pen: NewPen, label: str) -> None:
    """Two grids with the same rows are two tables where each has its labels."""
    pen = new_pen()
    ys = (80, 100, 120, 140)
    draw_grid(pen, (72, 180, 240), ys)
    draw_grid(pen, (250, 360, 420), ys)
    rows = (("Boat", "2021", label, "2022"), ("Canoes", "12", "Ada", "14"), ("Punts", "7", "Jo", "8"))
    for y, row in zip(ys, rows, strict=False):
        for x, text in zip((76, 190, 254, 370), row, strict=True):
            pen.text(x, y + 14, text, is_bold=y == ys[0])
    assert [len(table.rows[0]) for table in tables_in(pen.pdf())] == [2, 2]


@both_pens
@pytest.mark.parametrize("names", [("LINE", "PLACE", "WHAT STANDS THERE"), ("No.", "Page", "Subject")])
def test_names_beside_their_columns(new_pen: NewPen, names: Sequence[str]) -> None:
    """Where there are as many names as columns, each names its own, also from a little to the left of it."""
    pen = new_pen()
    for x, name in zip((72, 160, 260), names, strict=True):
        pen.text(x, 90, name, is_bold=True)
    beside = 72 + pen.width(names[0], is_bold=True) + 14
    rows = (("8", "52", "Sign of the club"), ("9", "78", "Months of delay"), ("10", "42-47", "Codes of notices"))
    for number, row in enumerate(rows):
        for column_x, text in zip((beside, 172, 260), row, strict=True):
            pen.text(column_x, 108 + 18 * number, text)
    assert rows_of(table_in(pen.pdf())) == [list(names), *(list(row) for row in rows)]


@both_pens
@pytest.mark.parametrize("dates", [("As of May 2023", "As of May 2022"), ("This year", "Last year")])
def test_groups_that_come_again_below_rows_stand_within_others(new_pen: NewPen, dates: tuple[str, str]) -> None:
    """A group that has one name below two dates stands within each, also where rows stand between."""
    pen = new_pen()
    draw_years(pen, 90, ("Boats", "Guests"))
    rows = [
        row
        for date in dates
        for row in (
            Row(date, is_bold=True),
            Row("Lent on the day", ("12", "14")),
            Row("Lent for longer", is_bold=True),
            Row("a week", ("7", "8"), indent=10),
            Row("All of them", ("19", "22")),
        )
    ]
    draw_rows(pen, rows, 106, ENDS)
    table = table_in(pen.pdf())
    groups = [group for row, group in zip(table.rows, table.groups, strict=True) if len(row) > 1][1:]
    assert groups == [group for date in dates for group in (date, f"{date} / Lent for longer", date)]


@both_pens
@pytest.mark.parametrize("names", [("ASSETS", "EQUITY AND DEBTS"), ("THINGS OF OURS", "THINGS OF OTHERS")])
def test_bold_groups_stand_within_bold_groups_in_capitals(new_pen: NewPen, names: tuple[str, str]) -> None:
    """A bold label in capitals holds the bold ones below it that are set as far in."""
    pen = new_pen()
    parts = (("Short", "Long"), ("Loans", "Shares"))
    draw_years(pen, 90)
    rows = [
        row
        for name, (short, long) in zip(names, parts, strict=True)
        for row in (
            Row(name, is_bold=True),
            Row(short, is_bold=True),
            Row("Canoes", ("12", "14"), indent=8),
            Row(long, is_bold=True),
            Row("Sheds", ("7", "8"), indent=8),
        )
    ]
    draw_rows(pen, rows, 106, ENDS)
    table = table_in(pen.pdf())
    groups = [group for row, group in zip(table.rows, table.groups, strict=True) if len(row) > 1][1:]
    assert groups == [f"{name} / {part}" for name, pair in zip(names, parts, strict=True) for part in pair]


@both_pens
@pytest.mark.parametrize("word", ["No", "Not"])
def test_the_first_word_of_a_cell_below_the_names_is_none_of_them(new_pen: NewPen, word: str) -> None:
    """Words at the right edge of a column below a ruling under all names begin a cell."""
    pen = new_pen()
    for number, text in enumerate(("Loss", "of")):
        draw_centred(pen, text, 78 + 12 * number, 380)
    for middle, text in ((380, "boats"), (500, "Ends in")):
        draw_centred(pen, text, 102, middle)
    pen.text(LEFT, 102, "Club")
    pen.line(LEFT, 105, 540, 105)
    draw_value(pen, word, 116, 530)
    for number, row in enumerate(
        (("North", "1,759", "expiration"), ("South", "1,762", "2030 - 2031"), ("West", "119", "2034"))
    ):
        pen.text(LEFT, 128 + 12 * number, row[0])
        for end, text in zip((395, 530), row[1:], strict=True):
            draw_value(pen, text, 128 + 12 * number, end)
    assert rows_of(table_in(pen.pdf()))[0] == ["Club", "Loss of boats", "Ends in"]


@both_pens
@pytest.mark.parametrize("unit", ["in thousands", "in millions of euros"])
def test_the_unit_at_the_end_of_a_long_sentence_above_a_table(new_pen: NewPen, unit: str) -> None:
    """A sentence in small type that leads to a table states its unit in brackets."""
    pen = new_pen()
    sentence = (
        f"Prices that were agreed on were allotted to what was bought and corrected for {'what was found ' * 4}later"
    )
    pen.text(LEFT, 80, f"{sentence} as follows ({unit}):", size=5)
    draw_years(pen, 100)
    draw_rows(pen, [Row("Canoes", ("12", "14")), Row("Punts", ("7", "8"))], 116, ENDS)
    assert table_in(pen.pdf()).unit == unit


@both_pens
@pytest.mark.parametrize("title", ["LIST OF BOATS", "Boats"])
def test_a_bold_header_of_more_names_below_other_rows_begins_a_table(new_pen: NewPen, title: str) -> None:
    """Bold names of more columns than the rows above have begin another table."""
    pen = new_pen()
    for number, name in enumerate(("Report of the board", "Rules of the club", "Fees and terms")):
        pen.text(LEFT, 80 + 12 * number, name)
        pen.text(500, 80 + 12 * number, f"F-{number + 2}")
    pen.text(LEFT, 122, "(2) What is lent")
    draw_centred(pen, title, 141, 345, is_bold=True)
    xs: tuple[float, ...] = (LEFT, 130, 320, 480)
    for x, name in ((320.0, "When"), (480.0, "On this")):
        pen.text(x, 166, name, size=7, is_bold=True)
    for x, name in zip(xs, ("No.", "Kind", "built", "page"), strict=True):
        pen.text(x, 174, name, size=7, is_bold=True)
    rows = (("2.1", "Canoe of cedar", "May 2005", "2.1"), ("3.1", "Punt", "June 1997", "3.4"))
    for number, row in enumerate(rows):
        for x, text in zip(xs, row, strict=True):
            pen.text(x, 190 + 14 * number, text)
    table = tables_in(pen.pdf())[-1]
    assert rows_of(table) == [["No.", "Kind", "When built", "On this page"], *(list(row) for row in rows)]


@both_pens
@pytest.mark.parametrize("dates", [("As of May 2023", "As of May 2022"), ("Year 7", "Year 6")])
def test_a_date_below_the_name_of_a_group_stands_within_it(new_pen: NewPen, dates: tuple[str, str]) -> None:
    """A date right below a bold name gives way to the next date, and the name holds for both."""
    pen = new_pen()
    draw_years(pen, 90, ("Boats", "Guests"))
    y = 106.0
    for name in ("Lent on the day", "Lent for longer"):
        pen.text(LEFT, y, name, is_bold=True)
        for date in dates:
            rows = [Row(date, is_bold=True), Row("Members", ("12", "14")), Row("Others", ("7", "8"))]
            for below in (15, 27):
                pen.line(LEFT, y + 11 + below, ENDS[-1], y + 11 + below)
            y = draw_rows(pen, rows, y + 11, ENDS, leading=12)
    table = table_in(pen.pdf())
    groups = [group for row, group in zip(table.rows, table.groups, strict=True) if len(row) > 1][1:]
    names = ("Lent on the day", "Lent for longer")
    assert groups == [f"{name} / {date}" for name in names for date in dates for _ in range(2)]


@both_pens
@pytest.mark.parametrize(("begin", "end"), [("Beginning balance", "Ending balance"), ("May 1", "April 30")])
def test_what_stands_below_the_last_of_groups_that_end_alike(new_pen: NewPen, begin: str, end: str) -> None:
    """A sum below groups that begin and end with the same rows is in none of them."""
    pen = new_pen()
    draw_years(pen, 90)
    rows = [
        row
        for name in ("Boats", "Sheds")
        for row in (
            Row(name, is_bold=True),
            Row(begin, ("12", "14")),
            Row(f"{name} that were built", ("7", "8")),
            Row(end, ("19", "22"), is_bold=True),
        )
    ]
    draw_rows(pen, [*rows, Row("All that the club has", ("38", "44"), is_bold=True)], 106, ENDS)
    table = table_in(pen.pdf())
    groups = [group for row, group in zip(table.rows, table.groups, strict=True) if len(row) > 1][1:]
    assert groups == ["Boats"] * 3 + ["Sheds"] * 3 + [""]


@both_pens
@pytest.mark.parametrize(("begin", "end"), [("Lent", "Mended"), ("2022", "2023")])
def test_the_rows_of_the_last_group_that_are_in_no_other(new_pen: NewPen, begin: str, end: str) -> None:
    """A group that ends as those above it, and begins in another way, keeps the row below that one."""
    pen = new_pen()
    draw_years(pen, 90)
    rows = [Row("Boats", is_bold=True), Row(begin, ("12", "14")), Row(end, ("7", "8"))]
    rows += [Row("Sheds", is_bold=True), Row("Built", ("2", "1")), Row(end, ("7", "8")), Row("Sold", ("1", "3"))]
    draw_rows(pen, rows, 106, ENDS)
    table = table_in(pen.pdf())
    groups = [group for row, group in zip(table.rows, table.groups, strict=True) if len(row) > 1][1:]
    assert groups == ["Boats"] * 2 + ["Sheds"] * 3


@both_pens
@pytest.mark.parametrize("sign", ["$", "\u20ac"])
def test_signs_near_the_column_before_theirs(new_pen: NewPen, sign: str) -> None:
    """Where the first sign on a line stands before its figure, all do, also those nearer to the figure before."""
    pen = new_pen()
    ends = (400.0, 455.0, 510.0)
    for end, year in zip(ends, ("2023", "2022", "2021"), strict=True):
        draw_value(pen, year, 90, end, is_bold=True)
    for number, (label, values) in enumerate(
        (("Canoes", ("7,398", "81", "36")), ("Punts", ("1,120", "40", "44")), ("All", ("8,518", "121", "80")))
    ):
        y = 106 + 14 * number
        pen.text(LEFT, y, label)
        for end, value, sign_x in zip(ends, values, (355, ends[0] + 3.5, ends[1] + 3.5), strict=True):
            draw_value(pen, value, y, end)
            if number == 0:
                pen.text(sign_x, y, sign)
    assert rows_of(table_in(pen.pdf()))[1] == ["Canoes", f"{sign}7,398", f"{sign}81", f"{sign}36"]


@both_pens
@pytest.mark.parametrize("sign", ["$", "\u20ac"])
def test_signs_behind_their_figures(new_pen: NewPen, sign: str) -> None:
    """Where no sign stands before the first figure on a line, each belongs to the figure before it."""
    pen = new_pen()
    for number, values in enumerate((("2023", "2022"), (f"98 {sign}", f"81 {sign}"), (f"40 {sign}", f"12 {sign}"))):
        pen.text(LEFT, 90 + 14 * number, "Canoes")
        for end, value in zip(ENDS, values, strict=True):
            draw_value(pen, value, 90 + 14 * number, end)
    assert rows_of(table_in(pen.pdf()))[1] == ["Canoes", f"98 {sign}", f"81 {sign}"]
