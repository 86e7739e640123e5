"""Ruled tables in a PDF whose rows aren't all divided: a frame with bands, and lines between the names alone."""

from collections.abc import Sequence

import pytest

from tests.support.pdf_tables import LEFT, NewPen, Pen, both_pens, draw_centred, rows_of, table_in

EDGES = (LEFT, 230.0, 330.0, 450.0)
NAMES = ("Article", "Price", "Delivery")
PRICES = (
    ("Oak bench", "129.00", "2 weeks"),
    ("Beech bench", "149.00", "2 weeks"),
    ("Mast", "890.00", "6 weeks"),
    ("Oars", "49.50", "at once"),
)


def draw_framed(pen: Pen, heights: Sequence[float], divided: Sequence[int]) -> None:
    """A frame of rows of some heights, lines between the rows, and between the columns of some of them."""
    y = 90.0
    for number, height in enumerate(heights):
        for x in EDGES if number in divided else EDGES[::3]:
            pen.line(x, y, x, y + height)
        pen.line(EDGES[0], y, EDGES[-1], y)
        y += height
    pen.line(EDGES[0], y, EDGES[-1], y)


@both_pens
@pytest.mark.parametrize("divided", [(0,), (0, 1, 3)])
def test_rows_without_dividers_are_cut_where_the_others_are(new_pen: NewPen, divided: tuple[int, ...]) -> None:
    """Rows of a frame have the columns of its names, whether lines stand between their cells or not."""
    pen = new_pen()
    draw_framed(pen, [20.0] * 5, divided)
    for number, cells in enumerate([NAMES, *PRICES]):
        for x, text in zip(EDGES, cells, strict=False):
            pen.text(x + 4, 104 + 20 * number, text, is_bold=number == 0)
    assert rows_of(table_in(pen.pdf())) == [list(NAMES), *map(list, PRICES)]


@both_pens
def test_a_row_over_all_columns_and_one_of_two_lines(new_pen: NewPen) -> None:
    """A line across the frame stays one cell; a row whose words go on in a second line is one row."""
    pen = new_pen()
    draw_framed(pen, [20, 20, 32, 20], (0,))
    for x, name in zip(EDGES, NAMES, strict=False):
        pen.text(x + 4, 104, name, is_bold=True)
    draw_centred(pen, "All prices hold from May and until the end of the year", 124, 261)
    for x, text in zip(EDGES, ("Beech bench, with", "149.00", "2 weeks"), strict=False):
        pen.text(x + 4, 143, text)
    pen.text(EDGES[0] + 4, 155, "arms and a cushion")
    for x, text in zip(EDGES, PRICES[3], strict=False):
        pen.text(x + 4, 176, text)
    table = table_in(pen.pdf())
    assert rows_of(table) == [
        list(NAMES),
        ["All prices hold from May and until the end of the year"],
        ["Beech bench, with arms and a cushion", "149.00", "2 weeks"],
        list(PRICES[3]),
    ]
    assert table.rows[1][0].columns == 3
