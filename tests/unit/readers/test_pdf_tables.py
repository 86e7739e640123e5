"""The tables on the pages of a PDF, as people see them."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from fpdf import FPDF
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.lib import colors

from assistant.readers.composition import compose
from assistant.readers.pdf.elements import elements_of
from assistant.readers.pdf.page import PageContent, Piece, TableArea
from assistant.readers.pdf.paragraphs.joining import vocabulary_of
from assistant.readers.pdf.tables.finding import find_tables
from assistant.structure import Table
from tests.support.pdf_layouts import line
from tests.support.pdf_tables import (
    LEFT,
    FpdfPen,
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
    title_of,
)
from tests.support.timing import assert_linear

DATA = Path(__file__).parents[2] / "data" / "pdf"
ENDS = (440.0, 510.0)
MIDDLE = 297.5
BALANCE = (
    Row("Assets", is_bold=True),
    Row("Current assets:"),
    Row("Cash and bank balances", ("$ 1,204", "$ 987"), indent=14),
    Row("Trade receivables", ("315", "402"), indent=14),
    Row("Total current assets", ("1,519", "1,389")),
    Row("Fishing quotas", ("88", "\u2013")),
    Row("Total assets", ("$ 1,607", "$ 1,389"), is_bold=True),
    Row("Equity and liabilities", is_bold=True),
    Row("Share capital", ("2,000", "2,000")),
    Row("Accumulated deficit", ("(393)", "(611)")),
    Row("Total equity", ("$ 1,607", "$ 1,389"), is_bold=True),
)


def draw_statement(pen: Pen, rows: Sequence[Row] = BALANCE, *, y: float = 90.0) -> float:
    """A statement as companies print it: its name, the unit, years below a date, rows without rulings."""
    draw_centred(pen, "HARBOUR TRADING LTD", y, MIDDLE, is_bold=True)
    draw_centred(pen, "Balance sheets", y + 14, MIDDLE, is_bold=True)
    draw_centred(pen, "(in thousands, except share data)", y + 28, MIDDLE, is_bold=True)
    draw_centred(pen, "June 30,", y + 56, 450, size=8, is_bold=True)
    pen.line(390, y + 59, 510, y + 59)
    for end, year in zip(ENDS, ("2023", "2022"), strict=True):
        draw_value(pen, year, y + 68, end, size=8, is_bold=True)
        pen.line(end - 50, y + 71, end, y + 71)
    return draw_rows(pen, rows, y + 90, ENDS)


def composed(table: TableArea) -> tuple[str, Table]:
    """A table in the canonical text, and what lies over it."""
    composition = compose(elements_of([Piece("table", table=table)], vocabulary_of([])))
    (block,) = [block for block in composition.blocks if block.table]
    assert block.table
    return composition.text, block.table


@both_pens
def test_rows_and_columns_of_a_plain_table(new_pen: NewPen) -> None:
    """A small table of prices is read row by row, also where a cell holds words instead of a figure."""
    pen = new_pen()
    pen.text(LEFT, 80, "The prices below hold from May.")
    for y, cells in enumerate(
        [("Boat", "Hour", "Day"), ("Canoe", "8.50", "30.00"), ("Sailing boat", "25.00", "not let"), ("Punt", "6", "22")]
    ):
        for x, text in zip((LEFT, 220, 320), cells, strict=True):
            pen.text(x, 110 + 16 * y, text, is_bold=y == 0)
    tables, rest = tables_and_rest(pen.pdf())
    assert [rows_of(table) for table in tables] == [
        [["Boat", "Hour", "Day"], ["Canoe", "8.50", "30.00"], ["Sailing boat", "25.00", "not let"], ["Punt", "6", "22"]]
    ]
    assert tables[0].header_rows == 1
    assert [phrase.text for phrase in rest] == ["The prices below hold from May."]


@both_pens
def test_a_statement_without_rulings(new_pen: NewPen) -> None:
    """A balance sheet has its years below their date, signs at their figures, brackets and dashes as printed."""
    pen = new_pen()
    draw_statement(pen)
    table = table_in(pen.pdf())
    assert rows_of(table) == [
        ["", "June 30,"],
        ["", "2023", "2022"],
        ["Assets"],
        ["Current assets:"],
        ["Cash and bank balances", "$1,204", "$987"],
        ["Trade receivables", "315", "402"],
        ["Total current assets", "1,519", "1,389"],
        ["Fishing quotas", "88", "\u2013"],
        ["Total assets", "$1,607", "$1,389"],
        ["Equity and liabilities"],
        ["Share capital", "2,000", "2,000"],
        ["Accumulated deficit", "(393)", "(611)"],
        ["Total equity", "$1,607", "$1,389"],
    ]
    assert table.header_rows == 2
    assert table.rows[0][1].columns == 2


@both_pens
def test_the_title_and_the_unit_stand_above_a_statement(new_pen: NewPen) -> None:
    """The lines above a statement name it; the one that states the unit is kept apart from them."""
    pen = new_pen()
    draw_statement(pen)
    tables, rest = tables_and_rest(pen.pdf())
    assert title_of(tables[0]) == "HARBOUR TRADING LTD Balance sheets"
    assert tables[0].unit == "in thousands, except share data"
    assert [part.text for part in tables[0].unit_lines] == ["(in thousands, except share data)"]
    assert rest == []


@both_pens
def test_groups_are_told_by_indent(new_pen: NewPen) -> None:
    """A row stands in the groups that it is set in from; a total set as far out as its group stands outside it."""
    pen = new_pen()
    draw_statement(pen)
    table = table_in(pen.pdf())
    groups = {row[0].text: group for row, group in zip(table.rows, table.groups, strict=True) if len(row) > 1}
    assert groups["Cash and bank balances"] == "Assets / Current assets"
    assert groups["Total current assets"] == groups["Fishing quotas"] == "Assets"
    assert groups["Accumulated deficit"] == "Equity and liabilities"
    assert table.rows[2][0].columns == 3


def test_a_statement_in_the_canonical_text() -> None:
    """Names, groups, title and unit of a statement come into the structure of the document."""
    pen = FpdfPen()
    draw_statement(pen)
    text, table = composed(table_in(pen.pdf()))
    assert [column.name for column in table.columns] == ["", "June 30, / 2023", "June 30, / 2022"]
    assert (table.title, table.unit) == ("HARBOUR TRADING LTD Balance sheets", "in thousands, except share data")
    assert text.startswith("HARBOUR TRADING LTD Balance sheets\n\n(in thousands, except share data)\n\n|")
    row = next(row for row in table.rows if "Trade receivables" in text[row.start : row.end])
    assert row.group == "Assets / Current assets"
    assert text[row.start : row.end] == "| Trade receivables | 315 | 402 |"


@both_pens
def test_labels_over_several_lines_are_one_row(new_pen: NewPen) -> None:
    """A label that is too long for its column goes on in the next line, with the figures on its first or last one."""
    pen = new_pen()
    rows = (
        Row("Harbour dues", ("1,311", "1,290")),
        Row("Income from the letting of sheds and of moorings in the"),
        Row("outer basin, after discounts", ("420", "399"), indent=8),
        Row("Income from fuel, water and electricity sold to vessels at", ("77", "81")),
        Row("the quay and in the marina", indent=8),
        Row("Grants", ("12", "\u2013")),
        Row("Total income", ("1,820", "1,770")),
    )
    ends = (380.0, 450.0)
    draw_rows(pen, [Row("", ("2023", "2022"))], 84, ends)
    draw_rows(pen, rows, 100, ends, leading=13)
    assert rows_of(table_in(pen.pdf()))[1:] == [
        ["Harbour dues", "1,311", "1,290"],
        ["Income from the letting of sheds and of moorings in the outer basin, after discounts", "420", "399"],
        [
            "Income from fuel, water and electricity sold to vessels at the quay and in the marina",
            "77",
            "81",
        ],
        ["Grants", "12", "\u2013"],
        ["Total income", "1,820", "1,770"],
    ]


@both_pens
def test_names_of_columns_over_several_lines(new_pen: NewPen) -> None:
    """A name over three lines is one; names over two columns each, told by the rulings under them, go over these."""
    pen = new_pen()
    ends = (300.0, 370.0, 440.0, 510.0)
    for left, text in ((250, "2023"), (390, "2022")):
        draw_centred(pen, text, 90, left + 60, size=8, is_bold=True)
        pen.line(left, 93, left + 120, 93)
    for end, name in zip(ends, (("Landed", "weight", "(tonnes)"), ("Value",)) * 2, strict=True):
        for place, text in enumerate(reversed(name)):
            draw_value(pen, text, 126 - 9 * place, end, size=8, is_bold=True)
    rows = [
        Row(fish, (str(n * 31), str(n * 7), str(n * 29), str(n * 6)))
        for n, fish in enumerate(("Cod", "Ling", "Hake"), 2)
    ]
    draw_rows(pen, rows, 144, ends)
    table = table_in(pen.pdf())
    assert rows_of(table)[:3] == [
        ["", "2023", "2022"],
        ["", "Landed weight (tonnes)", "Value", "Landed weight (tonnes)", "Value"],
        ["Cod", "62", "14", "58", "12"],
    ]
    assert [cell.columns for cell in table.rows[0]] == [1, 2, 2]
    assert [column.name for column in composed(table)[1].columns][1:3] == [
        "2023 / Landed weight (tonnes)",
        "2023 / Value",
    ]


@both_pens
def test_a_name_centred_over_all_columns_without_a_ruling(new_pen: NewPen) -> None:
    """A name that stands in the middle above the years goes over all of them; each year names one column."""
    pen = new_pen()
    ends = (370.0, 440.0, 510.0)
    draw_centred(pen, "Years ended 31 March", 90, 430, size=9, is_bold=True)
    draw_rows(pen, [Row("", ("2023", "2022", "2021"), is_bold=True)], 104, ends)
    draw_rows(pen, [Row("Sales", ("31", "32", "33")), Row("Costs", ("(21)", "(22)", "(20)"))], 120, ends)
    table = table_in(pen.pdf())
    assert rows_of(table)[:2] == [["", "Years ended 31 March"], ["", "2023", "2022", "2021"]]
    assert table.rows[0][1].columns == 3


@both_pens
def test_signs_that_stand_apart_are_joined_with_their_figures(new_pen: NewPen) -> None:
    """A bracket or a percent sign by itself belongs to the figure before it, a currency to the one behind."""
    pen = new_pen()
    pen.text(330, 100, "Change", is_bold=True)
    pen.text(430, 100, "Share", is_bold=True)
    for y, (label, change, share) in enumerate((("North quay", "(14", "31.5"), ("South quay", "(9", "68.5")), 1):
        pen.text(LEFT, 100 + 15 * y, label)
        pen.text(320, 100 + 15 * y, "US$")
        pen.text(350, 100 + 15 * y, change)
        pen.text(373, 100 + 15 * y, ")")
        pen.text(430, 100 + 15 * y, share)
        pen.text(458, 100 + 15 * y, "%")
    assert rows_of(table_in(pen.pdf()))[1:] == [
        ["North quay", "US$(14)", "31.5%"],
        ["South quay", "US$(9)", "68.5%"],
    ]


def test_a_currency_behind_its_figures() -> None:
    """A sign behind the figures, with a space, stays with the figure before it; the unit may be in another language."""
    pen = FpdfPen()
    pen.text(LEFT, 80, "Gewinn- und Verlustrechnung", is_bold=True)
    pen.text(LEFT, 94, "(in Tausend Euro)")
    for y, (label, *values) in enumerate(
        [("", "2023", "2022"), ("Umsatz", "1.204,5 EUR", "987,0 EUR"), ("Aufwand", "(315,2) EUR", "(402,1) EUR")]
    ):
        draw_rows(pen, [Row(label, [value.replace("EUR", "\u00a3") for value in values])], 114 + 15 * y, (380.0, 500.0))
    table = table_in(pen.pdf())
    assert rows_of(table)[1:] == [
        ["Umsatz", "1.204,5 \u00a3", "987,0 \u00a3"],
        ["Aufwand", "(315,2) \u00a3", "(402,1) \u00a3"],
    ]
    assert (title_of(table), table.unit) == ("Gewinn- und Verlustrechnung", "in Tausend Euro")


@both_pens
@pytest.mark.parametrize("leaders", [".", ". "])
def test_dots_that_lead_to_figures_are_left_out(new_pen: NewPen, leaders: str) -> None:
    """Dots between a label and its figures are no words of the label, whether they stand close or apart."""
    pen = new_pen()
    draw_rows(pen, [Row("", ("Berths", "Price"), is_bold=True)], 100, ENDS)
    for y, (label, *values) in enumerate(
        (("Inner basin", "120", "1,900"), ("Outer basin", "48", "2,650"), ("Quay", "9", "980"))
    ):
        dots = leaders * 200
        while LEFT + pen.width(f"{label} {dots}") > 380:
            dots = dots[: -len(leaders)]
        draw_rows(pen, [Row(f"{label} {dots}", values)], 116 + 14 * y, ENDS)
    assert rows_of(table_in(pen.pdf()))[1:] == [
        ["Inner basin", "120", "1,900"],
        ["Outer basin", "48", "2,650"],
        ["Quay", "9", "980"],
    ]


@both_pens
def test_notes_below_a_table_are_text(new_pen: NewPen) -> None:
    """Notes below a table, with their marks, and the sentence above it are no rows."""
    pen = new_pen()
    pen.text(LEFT, 70, "Catches fell in both of the last two years, as the table below shows in detail by species:")
    draw_rows(pen, [Row("", ("2023", "2022"), is_bold=True)], 96, ENDS)
    rows = [Row("Cod (1)", ("31", "32")), Row("Ling", ("41", "44")), Row("Hake (2)", ("9", "8"))]
    y = draw_rows(pen, rows, 112, ENDS)
    for mark, note in (("(1)", "Without cod that was landed abroad."), ("(2)", "From 2022 on with silver hake.")):
        pen.text(LEFT, y + 4, mark, size=8)
        pen.text(LEFT + 18, y + 4, note, size=8)
        y += 10
    tables, rest = tables_and_rest(pen.pdf())
    assert [rows_of(table)[1:] for table in tables] == [
        [["Cod (1)", "31", "32"], ["Ling", "41", "44"], ["Hake (2)", "9", "8"]]
    ]
    assert " ".join(phrase.text for phrase in rest[1:]) == (
        "(1) Without cod that was landed abroad. (2) From 2022 on with silver hake."
    )


def test_a_ruled_table_with_wrapped_cells_and_spans() -> None:
    """In a grid of rulings a cell over several lines is one; one over two rows or two columns is given once."""
    pdf = FPDF(unit="pt")
    pdf.add_page()
    pdf.set_font("Helvetica", size=9)
    with pdf.table(col_widths=(30, 25, 25, 60), width=420) as drawn:
        drawn.row(["Goal", "Kind", "Year", "What is measured"])
        row = drawn.row()
        row.cell("Shorter waiting times at the lock for all vessels", rowspan=2)
        row.cell("Target")
        row.cell("2023")
        row.cell("Minutes from the call to the opening of the gate")
        drawn.row(["Actual", "2024", "Minutes, as the lock keeper writes them down each day"])
        row = drawn.row()
        row.cell("Not measured yet", colspan=4)
    table = table_in(bytes(pdf.output()))
    assert rows_of(table) == [
        ["Goal", "Kind", "Year", "What is measured"],
        [
            "Shorter waiting times at the lock for all vessels",
            "Target",
            "2023",
            "Minutes from the call to the opening of the gate",
        ],
        ["Actual", "2024", "Minutes, as the lock keeper writes them down each day"],
        ["Not measured yet"],
    ]
    assert table.rows[1][0].rows == 2
    assert table.rows[3][0].columns == 4
    assert table.header_rows == 1


def test_a_ruled_table_of_words_by_another_program() -> None:
    """A grid that reportlab rules, with a row over all columns, has its names from the bold row."""
    from io import BytesIO

    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Paragraph, SimpleDocTemplate
    from reportlab.platypus import Table as DrawnTable

    style = getSampleStyleSheet()["BodyText"]
    cells = [
        ["Vessel", "Home port", "Built by"],
        ["Trawlers", "", ""],
        ["Ida", "Leith", Paragraph("Hall, Russell and Company of Aberdeen, who also built her engine", style)],
        ["Morning Star", "Wick", "unknown"],
    ]
    drawn = DrawnTable(cells, colWidths=(110, 90, 150))
    drawn.setStyle(
        [
            ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
            ("FONTNAME", (0, 0), (-1, 0), "Helvetica-Bold"),
            ("SPAN", (0, 1), (-1, 1)),
        ]
    )
    data = BytesIO()
    SimpleDocTemplate(data).build([drawn])
    table = table_in(data.getvalue())
    assert rows_of(table) == [
        ["Vessel", "Home port", "Built by"],
        ["Trawlers"],
        ["Ida", "Leith", "Hall, Russell and Company of Aberdeen, who also built her engine"],
        ["Morning Star", "Wick", "unknown"],
    ]
    assert table.header_rows == 1
    assert composed(table)[1].rows[1].group == "Trawlers"


@both_pens
def test_a_table_between_three_rules_in_a_column_of_prose(new_pen: NewPen) -> None:
    """A narrow table with a rule above, below its names and at its end stays in its column of a page of two."""
    pen = new_pen()
    prose = "The crew of the pilot boat keeps a log of every vessel that it meets outside the harbour."
    words = (prose + " ").split(" ") * 12
    for x, start in ((60, 200), (310, 80)):
        draw_prose(pen, words, x, start, 225)
    for y in (84, 100, 150):
        pen.line(60, y, 285, y)
    for y, cells in enumerate(
        (("Model", "Hits", "Misses"), ("Log", "7.45", "13.7"), ("Radar", "11.2", "9.1"), ("Both", "14.9", "3.0"))
    ):
        for x, text in zip((64, 180, 225), cells, strict=True):
            pen.text(x, 95 + 16 * y, text)
    table = table_in(pen.pdf())
    assert rows_of(table) == [
        ["Model", "Hits", "Misses"],
        ["Log", "7.45", "13.7"],
        ["Radar", "11.2", "9.1"],
        ["Both", "14.9", "3.0"],
    ]
    assert table.header_rows == 1


def draw_prose(pen: Pen, words: Sequence[str], x: float, y: float, width: float, *, lines: int = 20) -> None:
    """Draws words that fill lines of a column."""
    left = list(words)
    for number in range(lines):
        text = left.pop(0)
        while left and pen.width(f"{text} {left[0]}") < width:
            text += f" {left.pop(0)}"
        pen.text(x, y + 12 * number, text)


@both_pens
@pytest.mark.parametrize("shift", [0.0, 5.0])
def test_prose_in_two_columns_is_no_table(new_pen: NewPen, shift: float) -> None:
    """Two columns of text are no cells, whether their lines stand at one height or not."""
    pen = new_pen()
    sentence = "In 1907 the ferry carried 120 passengers a day and by 1911 it carried 300 of them across"
    words = sentence.split(" ") * 14
    draw_prose(pen, words, 60, 100, 225)
    draw_prose(pen, words[5:], 310, 100 + shift, 225)
    assert tables_in(pen.pdf()) == []


@both_pens
@pytest.mark.parametrize("leaders", ["", ".", ". "])
def test_contents_are_no_table(new_pen: NewPen, leaders: str) -> None:
    """Lines that end with numbers of pages, which go up, are contents."""
    pen = new_pen()
    for y, (heading, page) in enumerate(
        (
            ("The harbour in winter", 3),
            ("Pilots and their boats", 9),
            ("Dues", 14),
            ("The lock", 22),
            ("Dredging", 31),
            ("Fog signals", 40),
        )
    ):
        dots = leaders * 150
        while LEFT + pen.width(f"{heading} {dots}") > 480:
            dots = dots[: -len(leaders)]
        pen.text(LEFT, 100 + 16 * y, f"{heading} {dots}".strip())
        draw_value(pen, str(page), 100 + 16 * y, 510)
    assert tables_in(pen.pdf()) == []


@both_pens
def test_lists_and_addresses_are_no_tables(new_pen: NewPen) -> None:
    """Items with hanging numbers, and two addresses beside each other, are text."""
    pen = new_pen()
    for number in range(1, 6):
        pen.text(LEFT, 90 + 14 * number, f"{number}.")
        pen.text(LEFT + 24, 90 + 14 * number, f"Moor the boat with {number + 2} lines and tell the office before noon.")
    for x, address in (
        (LEFT, ("Ruth Okafor", "Harbour Office", "3 Quay Street", "Leith EH6")),
        (330, ("Jan Smit", "Pilot House", "19 Dock Road", "Wick KW1")),
    ):
        for y, text in enumerate(address):
            pen.text(x, 240 + 13 * y, text)
    assert tables_in(pen.pdf()) == []


@both_pens
def test_fields_beside_their_values(new_pen: NewPen) -> None:
    """Bold names with values at their right, some over several lines, are a table of two columns without names."""
    pen = new_pen()
    fields = (
        ("Built", ("1907",)),
        ("Builder", ("Hall, Russell and", "Company")),
        ("Port", ("Leith",)),
        ("Owner", ("The harbour trust of", "Leith and Granton")),
    )
    y = 100.0
    for name, lines in fields:
        pen.text(LEFT, y, name, is_bold=True)
        for text in lines:
            pen.text(LEFT + 90, y, text)
            y += 12
        y += 6
    table = table_in(pen.pdf())
    assert rows_of(table) == [
        ["Built", "1907"],
        ["Builder", "Hall, Russell and Company"],
        ["Port", "Leith"],
        ["Owner", "The harbour trust of Leith and Granton"],
    ]
    assert table.header_rows == 0


@both_pens
def test_figures_of_narrow_columns_are_parted(new_pen: NewPen) -> None:
    """Columns whose figures are hardly further apart than words are parted by what stands below each other."""
    pen = new_pen()
    ends = (260.0, 290.0, 320.0, 350.0, 380.0)
    draw_rows(pen, [Row("", ("1Q", "2Q", "3Q", "4Q", "5Q"), is_bold=True)], 100, ends)
    rows = [Row(f"Quay {n}", [str(n * 1000 + m) for m in range(5)]) for n in range(1, 7)]
    draw_rows(pen, rows, 116, ends)
    assert rows_of(table_in(pen.pdf()))[1:] == [[row.label, *row.values] for row in rows]


def test_tables_that_libreoffice_set() -> None:
    """A statement without borders and a table with borders and a cell over two rows come out of one page."""
    statement, quays = tables_in((DATA / "tables.pdf").read_bytes())
    assert rows_of(statement) == [
        ["", "Year ended 31 March"],
        ["", "2023", "2022"],
        ["Dues and letting:"],
        ["Harbour dues", "1,311", "1,290"],
        ["Letting of sheds", "420", "399"],
        ["Loss on the sale of the old dredger", "(77)", "\u2013"],
        ["Total income", "1,654", "1,689"],
    ]
    assert (title_of(statement), statement.unit) == ("HARBOUR TRUST Statement of income", "in thousands of euros")
    assert statement.groups[3:6] == ("Dues and letting", "Dues and letting", "")
    assert [row[0] for row in rows_of(quays)] == ["Quay", "North", "80 m", "South"]
    assert quays.rows[1][0].rows == 2
    assert quays.header_rows == 1


def test_time_grows_with_the_phrases() -> None:
    """Tables and prose on a page of any height are looked through in linear time."""

    def find(text: str) -> object:
        phrases = [
            line(cell, x=60 + 120 * column, y=60 + 13 * row)
            for row, cells in enumerate(text.split("\n"))
            for column, cell in enumerate(cells.split("|"))
            if cell
        ]
        return find_tables(PageContent(1, 595, 842, ()), phrases)

    assert_linear(find, lambda count: "Cod|31|(4)\nLing|1,204|7%\nWhat they landed there last year\n" * count)


CELLS = st.sampled_from(["7", "31", "1,204", "(88)", "12.5", "$ 400", "\u2013", "9,999", "45%"])


@settings(max_examples=30, deadline=None)
@given(
    st.integers(2, 4).flatmap(
        lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=3, max_size=12)
    )
)
def test_every_figure_stands_in_its_row_and_column(figures: list[list[str]]) -> None:
    """Whatever the figures are, each is read in its own row and column, with its sign."""
    pen = FpdfPen()
    ends = [240 + 75.0 * column for column in range(len(figures[0]))]
    draw_rows(pen, [Row("", [f"Kind {column}" for column in range(len(ends))], is_bold=True)], 90, ends)
    draw_rows(pen, [Row(f"Quay of row {n}", values) for n, values in enumerate(figures)], 106, ends)
    assert rows_of(table_in(pen.pdf()))[1:] == [
        [f"Quay of row {n}", *(value.replace("$ ", "$") for value in values)] for n, values in enumerate(figures)
    ]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 40),
            st.integers(0, 25),
            st.sampled_from(["Cod", "of the", "1,204", "(3", ")", "$", "7%", "Net", ". . ."]),
        ),
        min_size=1,
        max_size=60,
    )
)
def test_no_word_is_lost_or_doubled(placed: list[tuple[int, int, str]]) -> None:
    """Each word of a page stands in one cell, one title or one phrase outside of tables; only leaders are left out."""
    phrases = [line(text, x=50 + 12 * x, y=60 + 13 * y) for x, y, text in placed]
    tables, rest = find_tables(PageContent(1, 595, 842, ()), phrases)
    read = [phrase for table in tables for phrase in (*table.title, *table.unit_lines)]
    read += [phrase for table in tables for row in table.rows for cell in row for phrase in cell.lines]
    words = Counter(word.text for phrase in (*read, *rest) for word in phrase.words if word.text != ".")
    assert words == Counter(word.text for phrase in phrases for word in phrase.words if word.text != ".")


@both_pens
@pytest.mark.parametrize("lines", [2, 9, 20])
def test_names_of_columns_as_high_as_half_a_page(new_pen: NewPen, lines: int) -> None:
    """A bold name of many lines over a narrow column is one name, and the name of the labels stands beside its last."""
    pen = new_pen()
    names = [f"part {number} of" for number in range(1, lines)] + ["the name"]
    for number, name in enumerate(names):
        draw_centred(pen, name, 100 + 11 * number, 400, is_bold=True)
    draw_centred(pen, "Price", 100 + 11 * (lines - 1), 490, is_bold=True)
    pen.text(LEFT, 100 + 11 * (lines - 1), "Boat", is_bold=True)
    draw_rows(pen, [Row("Canoe", ("1,204", "12")), Row("Punt", ("987", "15"))], 105 + 11 * lines, (420, 500))
    table = table_in(pen.pdf())
    assert table.header_rows == 1
    assert rows_of(table)[0] == ["Boat", " ".join(names), "Price"]


@both_pens
@pytest.mark.parametrize("groups", [("Fleet",), ("As of May", "Boats that are let to guests by the hour")])
def test_a_header_above_lines_that_group_the_first_rows(new_pen: NewPen, groups: tuple[str, ...]) -> None:
    """Names of columns stand above lines without figures that group the first rows; so does the unit below them."""
    pen = new_pen()
    for end, year in zip(ENDS, ("2023", "2022"), strict=True):
        draw_value(pen, year, 100, end, size=8, is_bold=True)
    draw_centred(pen, "(in thousands)", 110, 460, size=8, is_bold=True)
    for number, group in enumerate(groups):
        pen.text(LEFT, 123 + 12 * number, group, is_bold=True)
    rows = [Row("Canoes", ("12", "14"), indent=12), Row("Punts", ("7", "8"), indent=12)]
    draw_rows(pen, rows, 123 + 12 * len(groups), ENDS, leading=12)
    table = table_in(pen.pdf())
    header = [cell.text for row in table.rows[: table.header_rows] for cell in row]
    assert "2023" in header
    assert "2022" in header
    assert table.unit == "in thousands"
    assert table.groups[-1].endswith(groups[-1])
    assert table.title == ()


@both_pens
@pytest.mark.parametrize("dates", [("As of May 2024", "As of May 2023"), ("Spring", "Autumn")])
def test_groups_that_come_again_stand_within_others(new_pen: NewPen, dates: tuple[str, str]) -> None:
    """Where the same groups stand below two dates, at the same indent, each row stands in its date and its group."""
    pen = new_pen()
    pen.text(LEFT, 90, "Kind", is_bold=True)
    for end, name in zip(ENDS, ("Let", "Idle"), strict=True):
        draw_value(pen, name, 90, end, is_bold=True)
    rows = [
        row
        for date in dates
        for row in (
            Row(date, is_bold=True),
            Row("Boats", is_bold=True),
            Row("Canoes", ("12", "14")),
            Row("Punts", ("7", "8")),
            Row("Rafts", is_bold=True),
            Row("Small", ("1", "2")),
        )
    ]
    draw_rows(pen, rows, 106, ENDS)
    table = table_in(pen.pdf())
    groups = [group for row, group in zip(table.rows, table.groups, strict=True) if len(row) > 1][1:]
    assert groups == [f"{date} / {group}" for date in dates for group in ("Boats", "Boats", "Rafts")]


@both_pens
@pytest.mark.parametrize("name", ["current assets", "floating property"])
def test_a_group_ends_with_the_row_that_sums_it_up(new_pen: NewPen, name: str) -> None:
    """Rows below the total of a group, set as far out as it, don't stand in the group any more."""
    pen = new_pen()
    rows = [
        Row(name.capitalize()),
        Row("Canoes", ("12", "14")),
        Row("Punts", ("7", "8")),
        Row(f"Total {name}", ("19", "22")),
        Row("Sheds", ("3", "3")),
        Row("Total", ("22", "25")),
    ]
    draw_statement(pen, rows)
    table = table_in(pen.pdf())
    groups = {row[0].text: group for row, group in zip(table.rows, table.groups, strict=True)}
    assert groups["Punts"] == name.capitalize()
    assert groups["Sheds"] == groups["Total"] == ""


@both_pens
@pytest.mark.parametrize("mark", ["(1)", "*"])
def test_the_mark_of_a_note_that_is_printed_apart(new_pen: NewPen, mark: str) -> None:
    """A small raised mark a little behind a label belongs to it, and is no row of its own."""
    pen = new_pen()
    draw_statement(pen, [Row("Canoes", ("12", "14")), Row("Punts", ("7", "8")), Row("Rafts", ("3", "2"))])
    pen.text(LEFT + pen.width("Punts") + 2.6, 189.5, mark, size=6)
    table = table_in(pen.pdf())
    assert [row[0].text for row in table.rows[table.header_rows :]] == ["Canoes", f"Punts{mark}", "Rafts"]


@both_pens
@pytest.mark.parametrize("lines", [1, 2])
def test_cells_in_the_middle_of_rows_between_rulings(new_pen: NewPen, lines: int) -> None:
    """Where rulings part rows, labels and figures half way between the lines of a wrapped cell stand in its row."""
    pen = new_pen()
    for x, name in ((LEFT, "Level"), (150, "What is learnt"), (440, "Fee")):
        pen.text(x, 90, name, is_bold=True)
    y = 94.0
    for label, fee in (("Seal", "30"), ("Otter", "35"), ("Shark", "42")):
        pen.line(LEFT, y, 510, y)
        for number in range(2 * lines):
            pen.text(150, y + 10 + 10 * number, f"{label} swims a length {number} times,")
        pen.text(LEFT, y + 5 + 10 * lines, label)
        pen.text(440, y + 5 + 10 * lines, fee)
        y += 20 * lines + 4
    table = table_in(pen.pdf())
    assert table.header_rows == 1
    assert [[row[0], row[2]] for row in rows_of(table)] == [
        ["Level", "Fee"], ["Seal", "30"], ["Otter", "35"], ["Shark", "42"]
    ]  # fmt: skip
    assert rows_of(table)[1][1] == " ".join(f"Seal swims a length {number} times," for number in range(2 * lines))


@both_pens
@pytest.mark.parametrize("nothing", ["n/a", "\u2026"])
def test_rows_without_figures_between_three_rulings(new_pen: NewPen, nothing: str) -> None:
    """Rulings above and below a table and its total don't make one row of those that lack figures."""
    pen = new_pen()
    rows = [("Country", "2023", "2024*"), ("Norway", "12.5", "13.1"), ("Sweden", nothing, "9.9")]
    rows += [("Finland", "7.0", nothing), ("Total", "19.5", "23.0")]
    for number, (label, *values) in enumerate(rows):
        draw_rows(pen, [Row(label, values)], 100 + 18 * number, ENDS)
    for y in (86, 104.5, 158.5, 176):
        pen.line(LEFT - 8, y, 520, y)
    pen.text(LEFT, 192, "* Provisional.")
    assert rows_of(table_in(pen.pdf())) == [list(row) for row in rows]


@both_pens
def test_a_name_beside_its_narrow_column(new_pen: NewPen) -> None:
    """A name that ends right before the dashes of its column is theirs, and makes no empty column."""
    pen = new_pen()
    for x, name in ((LEFT, "Kind"), (350, "Boats"), (440, "Guests")):
        pen.text(x, 90, name, is_bold=True)
    after = 440 + pen.width("Guests", is_bold=True) + 1
    for number, kind in enumerate(("Canoes", "Punts", "Rafts")):
        pen.text(LEFT, 106 + 14 * number, kind)
        pen.text(360, 106 + 14 * number, str(12 + number))
        pen.text(after, 106 + 14 * number, "\u2014")
    rows = rows_of(table_in(pen.pdf()))
    assert rows[0] == ["Kind", "Boats", "Guests"]
    assert rows[1] == ["Canoes", "12", "\u2014"]


@both_pens
@pytest.mark.parametrize("names", [("1st", "2nd", "3rd"), ("1 -", "18 - 24", "25 -")])
def test_names_of_columns_that_begin_with_numbers(new_pen: NewPen, names: Sequence[str]) -> None:
    """Numbers above words are the first lines of the names of columns, and no figures."""
    pen = new_pen()
    for end, name in zip((360, 440, 510), names, strict=True):
        draw_value(pen, name, 90, end, size=8, is_bold=True)
        draw_value(pen, "Part", 98, end, size=8, is_bold=True)
    draw_rows(pen, [Row("Canoes", ("412", "514", "90")), Row("Punts", ("717", "818", "77"))], 112, (360, 440, 510))
    assert rows_of(table_in(pen.pdf()))[0] == ["", *(f"{name} Part" for name in names)]


@both_pens
@pytest.mark.parametrize("years", [("2018", "2019"), ("First year", "Second year")])
def test_names_again_below_another_year(new_pen: NewPen, years: tuple[str, str]) -> None:
    """Where names of columns come again below another year, the rows below them stand below that year."""
    pen = new_pen()
    for number, year in enumerate(years):
        y = 90 + 80 * number
        draw_centred(pen, year, y, 466, is_bold=True)
        for end, name in zip(ENDS, ("Low", "High"), strict=True):
            draw_value(pen, name, y + 13, end, is_bold=True)
        draw_rows(pen, [Row("Spring", ("5.99", "8.40")), Row("Summer", ("4.79", "6.48"))], y + 26, ENDS, leading=13)
    tables = tables_in(pen.pdf())
    assert [table.rows[0][1].text for table in tables] == list(years)
    assert [table.header_rows for table in tables] == [2, 2]


@both_pens
@pytest.mark.parametrize("label", ["2022 - thereafter", "later than 2021"])
def test_a_label_that_reaches_into_an_empty_column(new_pen: NewPen, label: str) -> None:
    """A label that is longer than the others, and has nothing beside it, doesn't join two columns."""
    pen = new_pen()
    ends = (LEFT + 76, LEFT + 136, LEFT + 196)
    rows = [Row(str(2018 + number), (f"9,12{number}", "8,156", "26,704")) for number in range(4)]
    y = draw_rows(pen, rows, 106, ends)
    pen.text(LEFT, y, label)
    draw_value(pen, "97,634", y, ends[2])
    found = rows_of(table_in(pen.pdf()))
    assert found[1] == ["2019", "9,121", "8,156", "26,704"]
    assert found[-1][0] == label


@both_pens
@pytest.mark.parametrize("space", [5.0, 7.0])
def test_a_stretched_line_above_a_table_is_text(new_pen: NewPen, space: float) -> None:
    """A line of justified text, one of whose spaces falls between two columns, is no row of the table below it."""
    pen = new_pen()
    text = "Gains and losses on the boats that the club has let to its guests until the end of"
    pen.text(LEFT, 80, text)
    pen.text(LEFT + pen.width(text) + space, 80, "2009 and")
    right = LEFT + pen.width(text) + space + pen.width("2009 and")
    pen.text(LEFT, 92, "2008 were as follows:")
    for end, year in ((right - 60, "2009"), (right, "2008")):
        draw_value(pen, year, 106, end, size=8, is_bold=True)
    draw_rows(pen, [Row("Gains", ("1,258", "805")), Row("Losses", ("718", "828"))], 122, (right - 60, right))
    tables, rest = tables_and_rest(pen.pdf())
    assert rows_of(tables[0]) == [["", "2009", "2008"], ["Gains", "1,258", "805"], ["Losses", "718", "828"]]
    assert rest[-1].text == "2008 were as follows:"


@both_pens
@pytest.mark.parametrize("break_after", ["(thousands,", "(thousands, except"])
def test_a_unit_in_brackets_over_two_lines(new_pen: NewPen, break_after: str) -> None:
    """The sentence above a table states its unit also where the line ends within the brackets."""
    pen = new_pen()
    rest = "(thousands, except shares):".removeprefix(break_after).strip()
    pen.text(LEFT, 76, f"The boats that the club and its friends let in these years were worth {break_after}")
    pen.text(LEFT, 88, rest)
    for end, year in zip(ENDS, ("2023", "2022"), strict=True):
        draw_value(pen, year, 104, end, is_bold=True)
    draw_rows(pen, [Row("Canoes", ("12", "14")), Row("Punts", ("7", "8"))], 120, ENDS)
    assert table_in(pen.pdf()).unit == "thousands, except shares"


@both_pens
@pytest.mark.parametrize("fields", [("Allergies: nuts", "Blood group: 0+"), ("Boat: canoe", "Harbour: east")])
def test_fields_with_values_name_no_columns(new_pen: NewPen, fields: tuple[str, str]) -> None:
    """A line of fields with their values doesn't name what stands on the next lines of a form."""
    pen = new_pen()
    lines = [fields, ("Phone (home)", "Phone (work)"), ("01584 555 222", "01584 555 333")]
    for number, parts in enumerate(lines):
        for x, text in zip((LEFT, 260), parts, strict=True):
            pen.text(x, 90 + 22 * number, text)
    assert all(fields[0] not in cell.text for table in tables_in(pen.pdf()) for cell in table.rows[0])
