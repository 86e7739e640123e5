"""Tables of web pages: spans, header rows, what stands in cells, and tables that hold no data."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.html_reading import composed

LONG = (
    "Set the small wheel on the left shaft and the large one on the right shaft before the visitors come, and oil both "
    "of them, since the belt runs hot when the wheels are dry. "
) * 3


def rows(html: str) -> list[tuple[str, ...]]:
    """The column names and the rows of a page's only table."""
    read = composed(html)
    (table,) = [block.table for block in read.blocks if block.table is not None]
    names = tuple(column.name for column in table.columns)
    return [names, *(table.cells(read.text, row) for row in range(len(table.rows)))]


def test_a_cell_over_several_rows_stands_in_each_of_them() -> None:
    """The second row of a span has its words too, so that no row is read with another one's label."""
    html = (
        "<table><tr><th>Route<th>Day<th>Boats</tr><tr><td rowspan=2>Ely to Reach<td>Friday<td>4</tr><tr><td>Sunday"
        "<td>9</tr><tr><td rowspan=0>Reach to Burwell<td>Friday<td>2</tr><tr><td>Sunday<td>3</tr></table>"
    )
    assert rows(html)[1:] == [
        ("Ely to Reach", "Friday", "4"), ("Ely to Reach", "Sunday", "9"),
        ("Reach to Burwell", "Friday", "2"), ("Reach to Burwell", "Sunday", "3"),
    ]  # fmt: skip


def test_header_rows_with_spans_name_each_column_in_full() -> None:
    """The words of a wide header stand before those below it; a foot that the file has first comes last."""
    html = (
        "<table><caption>Visitors <i>a day</i></caption><thead><tr><th rowspan=2>Place<th colspan=2>Season</tr>"
        "<tr><th>summer<th>winter</tr></thead><tfoot><tr><td>All<td>90<td>9</tr></tfoot>"
        "<tbody><tr><td>Mill<td>70<td>4</tr></tbody></table>"
    )
    assert rows(html) == [("Place", "Season / summer", "Season / winter"), ("Mill", "70", "4"), ("All", "90", "9")]
    assert composed(html).text.startswith("Visitors a day\n\n| Place |")


def test_a_corner_without_words_is_part_of_the_header() -> None:
    """The empty cell above the names of rows is no header cell in many pages."""
    html = "<table><tr><td><th>summer<th>winter</tr><tr><th>Mill<td>70<td>4</tr><tr><th>Ely<td>8<td>2</tr></table>"
    assert rows(html) == [("", "summer", "winter"), ("Mill", "70", "4"), ("Ely", "8", "2")]


def test_a_span_ends_with_its_part_of_the_table() -> None:
    """A cell that is said to go on beyond the head doesn't cover what is below it."""
    html = "<table><thead><tr><th rowspan=9>Place<th>Boats</thead><tbody><tr><td>Ely<td>4</tr></tbody></table>"
    assert rows(html) == [("Place", "Boats"), ("Ely", "4")]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("<ul><li>8:05 from Ely<li>12:30 from Ely</ul>", "8:05 from Ely; 12:30 from Ely"),
        ("<ol start=2><li>Oil<li>Start.</ol>", "2. Oil; 3. Start."),
        ("<p>8:05</p><p>from Ely</p>", "8:05 from Ely"),
        ("8:05<br>from Ely", "8:05 from Ely"),
        ("<del>8:05</del> 8:15", "8:15"),
        ("<input type=checkbox checked> yes", "[x] yes"),
        ("1,120<sup>3</sup>", "1,120 ³"),
        ("<table><tr><td>8:05<td>Ely<tr><td>9:15<td>Reach</table>", "8:05, Ely; 9:15, Reach"),
        ("a | b", "a | b"),
    ],
)
def test_a_cell_holds_whatever_stands_in_it(cell: str, expected: str) -> None:
    """Lists, paragraphs, boxes, marks and tables in a cell are read on its line."""
    html = f"<table><tr><th>Day<th>Boats</tr><tr><td>Friday<td>{cell}</td></tr><tr><td>Sunday<td>none</tr></table>"
    assert rows(html)[1:] == [("Friday", expected), ("Sunday", "none")]


def test_signs_belong_to_their_figures_and_columns_that_space_go() -> None:
    """A currency sign and a closing bracket in cells of their own are parts of the figure."""
    html = (
        "<table><tr><td><td>&nbsp;<td colspan=3>2023<td>&nbsp;<td colspan=3>2022</tr>"
        "<tr><td>Sales<td><td>$<td>1,204<td><td><td>$<td>998<td></tr>"
        "<tr><td>Loss<td><td>$<td>(77<td>)<td><td><td>(5.5<td>)%</tr></table>"
    )
    assert rows(html) == [("", "2023", "2022"), ("Sales", "$1,204", "$998"), ("Loss", "$(77)", "(5.5)%")]


def test_an_old_page_that_a_table_lays_out_is_blocks() -> None:
    """Its menu is navigation and its article is headings and paragraphs; a table in a cell of it is one."""
    inner = "<table><tr><td>Day</td><td>Boats</td></tr><tr><td>Friday</td><td>4</td></tr></table>"
    html = (
        f"<table><tr><td><a href=a>Start</a><br><a href=b>Old news</a></td><td><h1>Wheels</h1><p>{LONG}<p>The belt is "
        f"new.{inner}</td></tr></table>"
    )
    read = composed(html)
    assert [(block.kind, block.role) for block in read.blocks] == [
        ("paragraph", "navigation"), ("heading", "body"), ("paragraph", "body"), ("paragraph", "body"),
        ("table", "body"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "html",
    [
        f"<table><tr><td>Wheels</td><td>{LONG}</td></tr></table>",
        "<table role=presentation><tr><td>Wheels<td>Belts</tr><tr><td>Oil<td>Fat</tr></table>",
        "<table><tr><td><p>Wheels</p></td></tr><tr><td><p>Belts</p></td></tr></table>",
        "<table><tr><td><h2>Wheels</h2>Round.<td><h2>Belts</h2>Long.</tr></table>",
    ],
)
def test_tables_of_one_column_long_text_or_headings_lay_out_a_page(html: str) -> None:
    """What stands in them is paragraphs and headings."""
    assert not [block for block in composed(html).blocks if block.table is not None]


def test_a_table_of_marks_and_texts_is_a_list() -> None:
    """Bullets, numbers and boxes in the first column are the marks of items."""
    html = "<table><tr><td>(a)<td>Oil it.</tr><tr><td>•<td>Light it.</tr><tr><td>☑<td>Open it.</tr></table>"
    read = composed(html)
    assert read.text == "(a) Oil it.\n- Light it.\n- [x] Open it."
    assert [block.is_ticked for block in read.blocks] == [None, None, True]


@pytest.mark.parametrize(
    ("html", "unit"),
    [
        ("<table><caption>Sales (in millions of euros)</caption><tr><th><th>2023</tr><tr><td>Ely<td>3</tr></table>",
         "in millions of euros"),
        ("<table><tr><th>In thousands of tons<th>2023</tr><tr><td>Ely<td>3</tr></table>", "In thousands of tons"),
        ("<p>Flax (in thousands)</p><table><tr><th>Place<th>2023</tr><tr><td>Ely<td>3</tr></table>", "in thousands"),
        ("<table><tr><th>Place<th>2023</tr><tr><td>Ely<td>3</tr></table>", ""),
    ],
)  # fmt: skip
def test_the_unit_of_a_table_is_known(html: str, unit: str) -> None:
    """A title, the first cell or the line above may say what the figures count."""
    (table,) = [block.table for block in composed(html).blocks if block.table is not None]
    assert table.unit == unit
    assert table.columns[1].name == "2023"


@pytest.mark.parametrize(
    "html",
    [
        "<table><tr><th colspan=2>Mill</tr><tr><th>Built<td>1871</tr><tr><th>Owner<td>Ann Bell</tr></table>",
        "<table><tr><td>Built:<td>1871</tr><tr><td>Owner:<td>Ann Bell</tr></table>",
    ],
)
def test_a_table_that_names_its_rows_has_no_names_of_columns(html: str) -> None:
    """Header cells or labels with a colon in the first column are no reason to take the first row for a header."""
    first, *others = rows(html)
    assert first == ("", "")
    assert [row[1] for row in others] == ["1871", "Ann Bell"]


def test_a_row_that_is_struck_out_is_left_out() -> None:
    """A style on a row strikes out each of its cells."""
    html = (
        "<table><tr><th>Day<th>Boats</tr><tr style='text-decoration: line-through'><td>Friday<td>4</tr>"
        "<tr><td>Sunday<td>9</tr></table>"
    )
    assert rows(html)[1:] == [("Sunday", "9")]
    assert composed(html).notes == ("struck out or deleted text in it is left out",)


def test_hidden_rows_are_left_out() -> None:
    """A row that isn't shown is no row."""
    html = "<table><tr><th>Day<th>Boats</tr><tr hidden><td>Friday<td>4</tr><tr><td>Sunday<td>9</tr></table>"
    assert rows(html)[1:] == [("Sunday", "9")]


def test_cells_that_stretch_without_end_are_cells() -> None:
    """A table that says it covers millions of places is no larger than its cells."""
    row = "<tr>" + "<td colspan=1000 rowspan=1000>oil</td>" * 5 + "</tr>"
    assert len(composed(f"<table>{row * 500}</table>").text) < 50_000


def test_tables_in_tables_without_end_are_read() -> None:
    """Deep tables of data in each other's cells keep their words."""
    text = composed("<table><tr><th>a<td>b" * 60 + "<p>deep down").text
    assert "deep down" in text


def test_a_box_alone_in_its_cell_is_kept() -> None:
    """A table of boxes and names is a list of tasks; beside more columns a box is a word of its cell."""
    box = "<input type=checkbox{}>"
    tasks = f"<table><tr><td>{box.format(' checked')}<td>Oil</tr><tr><td>{box.format('')}<td>Belts</tr></table>"
    assert composed(tasks).text == "- [x] Oil\n- [ ] Belts"
    table = f"<table><tr><th>Part<th>Day<th>Done</tr><tr><td>Oil<td>Friday<td>{box.format(' checked')}</tr></table>"
    assert rows(table)[1:] == [("Oil", "Friday", "[x]")]


@given(st.lists(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=4), max_size=5))
def test_every_cell_of_any_spans_is_kept(spans: list[list[tuple[int, int]]]) -> None:
    """However cells stretch, the words of each stand in the text."""
    cells = [
        [f"<td rowspan={below} colspan={across}>w{row}x{place}x</td>" for place, (below, across) in enumerate(line)]
        for row, line in enumerate(spans)
    ]
    text = composed("<table>" + "".join(f"<tr>{''.join(line)}</tr>" for line in cells) + "</table>").text
    assert all(f"w{row}x{place}x" in text for row, line in enumerate(spans) for place in range(len(line)))
