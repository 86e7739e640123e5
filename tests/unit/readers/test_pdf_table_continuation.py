"""Tables of a PDF that go on overleaf."""

from collections.abc import Sequence

import pytest

from assistant.readers.pdf.order.columns import lay_out
from assistant.readers.pdf.page import Column, PageLayout, TableArea
from assistant.readers.pdf.tables.continuation import join_continued
from assistant.readers.pdf.tables.finding import find_tables
from tests.support.pdf_tables import (
    LEFT,
    FpdfPen,
    Pen,
    ReportlabPen,
    Row,
    draw_centred,
    draw_rows,
    phrases_on,
    rows_of,
    title_of,
)

ENDS = (400.0, 480.0)
HEADER = Row("Vessel", ("Length", "Draught"), is_bold=True)
PENS = [FpdfPen, ReportlabPen]


def vessels(first: int, count: int) -> list[Row]:
    """Rows of a list of vessels."""
    return [Row(f"Trawler {n}", (f"{n}.5", f"{n}.25")) for n in range(first, first + count)]


def read(pdf: bytes, pages: int = 2) -> list[PageLayout]:
    """The pages of a PDF, on which tables are whole."""
    layouts: list[PageLayout] = []
    for number in range(1, pages + 1):
        content, phrases = phrases_on(pdf, number)
        tables, rest = find_tables(content, phrases)
        layouts.append(lay_out(content, rest, tables))
    return join_continued(layouts)


def tables_on(layouts: Sequence[PageLayout]) -> list[TableArea]:
    """The tables on some pages."""
    return [item for layout in layouts for item in layout.items if isinstance(item, TableArea)]


def draw_page(pen: Pen, rows: Sequence[Row], *, title: str = "", y: float = 70.0) -> float:
    """Draws a page with a table."""
    if title:
        draw_centred(pen, title, y, 297, is_bold=True)
    return draw_rows(pen, rows, y + 24, ENDS, leading=15)


@pytest.mark.parametrize("pen", [new_pen() for new_pen in PENS], ids=["fpdf2", "reportlab"])
def test_a_header_that_is_repeated_overleaf_stands_once(pen: Pen) -> None:
    """A table that goes on with its title and header again is one table with one header."""
    draw_page(pen, [HEADER, *vessels(1, 46)], title="Fishing fleet")
    pen.turn_page()
    draw_page(pen, [HEADER, *vessels(47, 5)], title="Fishing fleet (continued)")
    (table,) = tables_on(read(pen.pdf()))
    assert title_of(table) == "Fishing fleet"
    assert [row[0] for row in rows_of(table)] == ["Vessel", *(row.label for row in vessels(1, 51))]
    assert len(table.groups) == len(table.rows)


@pytest.mark.parametrize("pen", [new_pen() for new_pen in PENS], ids=["fpdf2", "reportlab"])
def test_a_table_without_a_header_goes_on_with_the_one_before(pen: Pen) -> None:
    """Rows at the top of a page, in the columns of the table at the foot of the page before, belong to it."""
    pen.text(LEFT, 60, "The fleet on the first of May, by the register of the harbour.")
    draw_page(pen, [HEADER, *vessels(1, 45)], y=80)
    pen.turn_page()
    end = draw_page(pen, vessels(46, 6), y=40)
    pen.text(LEFT, end + 30, "Vessels below four metres are not counted here.")
    layouts = read(pen.pdf())
    (table,) = tables_on(layouts)
    assert [row[0] for row in rows_of(table)] == ["Vessel", *(row.label for row in vessels(1, 51))]
    assert [type(item) for item in layouts[1].items] == [Column]


@pytest.mark.parametrize("pen", [new_pen() for new_pen in PENS], ids=["fpdf2", "reportlab"])
def test_another_table_overleaf_stays_apart(pen: Pen) -> None:
    """A table with a title of its own, or after one that ends high on its page, is another one."""
    draw_page(pen, [HEADER, *vessels(1, 46)], title="Fishing fleet")
    pen.turn_page()
    draw_page(pen, [HEADER, *vessels(1, 5)], title="Pilot boats")
    pen.turn_page()
    draw_page(pen, vessels(1, 4), y=40)
    assert [title_of(table) for table in tables_on(read(pen.pdf(), 3))] == ["Fishing fleet", "Pilot boats", ""]


def test_a_table_over_many_pages_is_one() -> None:
    """A table that fills pages between its first and its last one stands on the first."""
    pen = FpdfPen()
    draw_page(pen, [HEADER, *vessels(1, 46)], title="Fishing fleet")
    for page in range(1, 4):
        pen.turn_page()
        draw_page(pen, vessels(1 + 46 * page, 46), y=40)
    layouts = read(pen.pdf(), 4)
    (table,) = tables_on(layouts)
    assert len(table.rows) == 1 + 4 * 46
    assert [len(layout.items) for layout in layouts] == [1, 0, 0, 0]


@pytest.mark.parametrize("end", [":", "."])
@pytest.mark.parametrize("new_pen", PENS)
def test_a_table_below_a_sentence_is_another_one(new_pen: type[FpdfPen | ReportlabPen], end: str) -> None:
    """A table with the same names overleaf is another one where a sentence stands above it."""
    pen = new_pen()
    draw_page(pen, [HEADER, *vessels(1, 46)])
    pen.turn_page()
    pen.text(LEFT, 70, f"The vessels of the other harbour were these{end}")
    draw_page(pen, [HEADER, *vessels(60, 9)])
    assert [len(table.rows) for table in tables_on(read(pen.pdf()))] == [47, 10]


@pytest.mark.parametrize("new_pen", PENS)
@pytest.mark.parametrize("is_bold", [True, False])
def test_names_at_the_end_of_a_page_head_the_rows_overleaf(new_pen: type[Pen], *, is_bold: bool) -> None:
    """The names of columns that are the last line of a page belong to the table with which the next one begins."""
    pen = new_pen()
    for number in range(44):
        pen.text(
            LEFT, 70 + 15 * number, "The harbour office lists every vessel that has a berth, and how deep it goes."
        )
    draw_rows(pen, [Row("Vessel", ("Length", "Draught"), is_bold=is_bold)], 760, ENDS)
    pen.turn_page()
    draw_rows(pen, vessels(1, 5), 70, ENDS, leading=15)
    layouts = read(pen.pdf())
    (table,) = tables_on(layouts)
    assert rows_of(table)[:2] == [["Vessel", "Length", "Draught"], ["Trawler 1", "1.5", "1.25"]]
    assert (len(table.rows), table.header_rows) == (6, 1)
    assert [line.text for item in layouts[0].items if isinstance(item, Column) for line in item.lines][-1].endswith(
        "goes."
    )


@pytest.mark.parametrize("new_pen", PENS)
@pytest.mark.parametrize("cells", [("Vessel", "Length"), ("Total", "12.5", "8.75"), ("That is", "all for", "today.")])
def test_other_lines_at_the_end_of_a_page_head_nothing(new_pen: type[Pen], cells: tuple[str, ...]) -> None:
    """A last line with fewer parts than columns, with figures or with the end of a sentence names no columns."""
    pen = new_pen()
    pen.text(LEFT, 70, "The harbour office lists every vessel.")
    draw_rows(pen, [Row(cells[0], cells[1:])], 760, ENDS)
    pen.turn_page()
    draw_rows(pen, vessels(1, 5), 70, ENDS, leading=15)
    (table,) = tables_on(read(pen.pdf()))
    assert len(table.rows) == 5


def draw_grid(pen: Pen, rows: Sequence[tuple[str, str]], y: float, *, has_header: bool) -> None:
    """Two columns of words between rulings, the names above them in bold."""
    for index, cells in enumerate(rows):
        for x, text in zip((LEFT, 300), cells, strict=True):
            pen.text(x + 4, y + 12 + 16 * index, text, is_bold=has_header and index == 0)
    for index in range(len(rows) + 1):
        pen.line(LEFT, y + 16 * index, 500, y + 16 * index)
    for x in (LEFT, 300, 500):
        pen.line(x, y, x, y + 16 * len(rows))


@pytest.mark.parametrize("new_pen", PENS)
@pytest.mark.parametrize("states", [("Norway", "Iceland", "Denmark"), ("let", "for sale", "sold in May")])
def test_rows_of_words_overleaf_are_no_header(new_pen: type[Pen], states: tuple[str, str, str]) -> None:
    """Rows in a grid that goes on overleaf without its names are rows of it, though they are words alone."""
    pen = new_pen()
    rows = [(f"Trawler of the line {index}", states[index % 3]) for index in range(74)]
    draw_grid(pen, [("Vessel", "State"), *rows[:26]], 300, has_header=True)
    pen.turn_page()
    draw_grid(pen, rows[26:70], 60, has_header=False)
    pen.turn_page()
    draw_grid(pen, rows[70:], 60, has_header=False)
    (table,) = tables_on(read(pen.pdf(), 3))
    assert rows_of(table) == [["Vessel", "State"], *map(list, rows)]
    assert table.header_rows == 1


@pytest.mark.parametrize("new_pen", PENS)
def test_another_grid_overleaf_with_a_header_of_its_own(new_pen: type[Pen]) -> None:
    """A grid of the same columns with bold names of its own is another table."""
    pen = new_pen()
    rows = [(f"Trawler of the line {index}", "let") for index in range(26)]
    draw_grid(pen, [("Vessel", "State"), *rows], 300, has_header=True)
    pen.turn_page()
    draw_grid(pen, [("Quay", "Owner"), ("North", "the town"), ("South", "the state")], 60, has_header=True)
    assert [len(table.rows) for table in tables_on(read(pen.pdf()))] == [27, 3]
