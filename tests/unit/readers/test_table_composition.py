"""Tables in the canonical text: what stands out in their cells keeps its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.readers.composition import Composition, compose
from assistant.readers.elements import Element, Inline, TableCell, TableContent
from tests.support.timing import assert_linear

WORDS = st.text("ab |", max_size=8)


def table(*rows: list[TableCell], title: str = "") -> Element:
    return Element("table", table=TableContent(rows, title=title))


def runs(composition: Composition) -> list[str]:
    return [composition.text[run.start : run.end] for block in composition.blocks for run in block.runs]


def test_links_and_raised_signs_in_cells_are_runs_of_the_table() -> None:
    """A run lies over its words, in headers and below them."""
    link = [Inline("see "), Inline("the report", "link", "https://example.com/")]
    composition = compose([table([TableCell("Plot"), TableCell([Inline("Area in m"), Inline("2", "raised")])],
                                 [TableCell(link), TableCell("1,250")])])  # fmt: skip
    assert runs(composition) == ["²", "the report"]
    assert composition.blocks[0].runs[1].target == "https://example.com/"


@given(WORDS, WORDS)
def test_a_border_in_a_cell_moves_what_is_behind_it(before: str, beside: str) -> None:
    """Escaped borders are counted, whatever stands before the run."""
    linked = [Inline(before), Inline("word", "link", "t")]
    composition = compose([table([TableCell("A"), TableCell("B")], [TableCell(f"x{beside}"), TableCell(linked)])])
    assert runs(composition) == ["word"]


def test_a_note_that_a_cell_refers_to_has_its_anchor_there() -> None:
    """The anchor is at the mark in the cell, that of a title at the mark in the title."""
    mark, of_title = Inline("1", "note_mark", "one"), Inline("2", "note_mark", "two")
    composition = compose([
        table([TableCell([Inline("Yields"), of_title])], [TableCell("Plot"), TableCell("Trees")],
              [TableCell("North"), TableCell([Inline("48"), mark])]),
        Element("note", "Counted in 2020.", mark="1", label="footnote", key="one"),
        Element("note", "In tonnes.", mark="2", label="footnote", key="two"),
    ])  # fmt: skip
    anchors = [composition.text[block.anchor] for block in composition.blocks if block.anchor is not None]
    assert anchors == ["¹", "²"]
    assert "| North | 48 ¹ |" in composition.text


def test_struck_text_in_a_cell_is_left_out_and_said() -> None:
    """A struck price in a table is as much left out as one in a paragraph."""
    price = [Inline("18", "struck"), Inline(" 21")]
    composition = compose([table([TableCell("Seat"), TableCell("Price")], [TableCell("Stalls"), TableCell(price)])])
    assert "| Stalls | 21 |" in composition.text
    assert composition.notes == ("struck out or deleted text in it is left out",)


def test_struck_lines_of_code_are_left_out() -> None:
    """Code keeps its lines, but not those that are struck out."""
    composition = compose([Element("code", [Inline("a = 1\n"), Inline("a = 2\n", "struck"), Inline("b = 3")])])
    assert composition.text == "a = 1\nb = 3"
    assert composition.notes


def test_a_title_over_several_rows_is_said_once() -> None:
    """One cell that stretches over rows without others is one title."""
    composition = compose([table([TableCell("Seats", rows=3)], [], [], [TableCell("a"), TableCell("b")],
                                 [TableCell("1"), TableCell("2")])])  # fmt: skip
    assert composition.text.count("Seats") == 1


def test_a_long_cell_over_many_rows_makes_no_text_without_end() -> None:
    """What is repeated has a limit; the words themselves stay."""
    rows = [[TableCell("word " * 20_000, rows=1_000), TableCell("x")], *([TableCell("x")] for _ in range(999))]
    assert len(compose([table(*rows)]).text) < 10_000_000


def test_wide_rows_below_merged_cells_take_no_square_time() -> None:
    """Thousands of cells that go on in the next row are filled at once."""
    rows = [[TableCell(f"{number}", rows=2) for number in range(8_000)], [TableCell("end")]]
    assert "| end |" in compose([table(*rows)]).text


def test_the_words_of_several_header_rows_are_joined_once() -> None:
    """A header over two rows names its column once, others by both rows."""
    cells = [[TableCell("Plot", rows=2), TableCell("Trees", columns=2)], [TableCell("old"), TableCell("young")],
             [TableCell("North"), TableCell("48"), TableCell("7")]]  # fmt: skip
    composition = compose([Element("table", table=TableContent(cells, header_rows=2))])
    assert composition.text.startswith("| Plot | Trees / old | Trees / young |")


def test_a_row_of_values_below_a_wide_header_is_no_header() -> None:
    """Only a row that says nothing below the other names names columns more closely."""
    header = [TableCell("Criterion", columns=2), TableCell("Points")]
    values = [[TableCell("Staff"), TableCell("At least three"), TableCell("5")],
              [TableCell("Plan"), TableCell("In writing"), TableCell("9")]]  # fmt: skip
    assert compose([table(header, *values)]).text.startswith("| Criterion | Criterion | Points |")
    closer = [TableCell("Name"), TableCell("Level"), TableCell()]
    composition = compose([table(header, closer, *values)])
    assert composition.text.startswith("| Criterion / Name | Criterion / Level | Points |")


def test_a_lone_column_name_of_a_stated_header_is_no_title() -> None:
    """Where the file says that the first row names columns, its only name stays that of its column."""
    rows = [[TableCell(), TableCell("Adults")], [TableCell("May"), TableCell("1200")]]
    composition = compose([Element("table", table=TableContent(rows, header_rows=1))])
    assert composition.text.startswith("|  | Adults |")
    whole = [[TableCell("Visitors", columns=2)], *rows]
    composition = compose([Element("table", table=TableContent(whole, header_rows=2))])
    assert composition.text.startswith("Visitors\n\n|  | Adults |")


def rows_of(composition: Composition) -> list[tuple[str, ...]]:
    (block,) = (block for block in composition.blocks if block.table is not None)
    assert block.table is not None
    return [block.table.cells(composition.text, number) for number in range(len(block.table.rows))]


def test_a_wide_cell_ends_what_reaches_into_its_row() -> None:
    """A cell over two rows takes a row of the wide cell below it, and none more."""
    header = [TableCell(name, is_header=True) for name in ("A", "B", "C")]
    composition = compose(
        [
            table(
                header,
                [TableCell("1"), TableCell("x", rows=2), TableCell("3")],
                [TableCell("w", columns=3)],
                [TableCell("4"), TableCell("5"), TableCell("6")],
            )
        ]
    )
    assert ("4", "5", "6") == rows_of(composition)[-1]


def test_a_column_that_only_a_title_filled_goes() -> None:
    """The title's column is none of the table's where nothing else stands in it."""
    composition = compose(
        [
            table(
                [TableCell("Fees")],
                [TableCell(""), TableCell("A"), TableCell("B")],
                [TableCell(), *map(TableCell, "12")],
            )
        ]
    )
    assert [("1", "2")] == rows_of(composition)


def test_repeated_words_have_a_bound() -> None:
    """A long name over a thousand columns is not written a thousand times."""
    name = TableCell("word " * 4_000, columns=1_000, is_header=True)
    composition = compose([table([name], [TableCell(str(number)) for number in range(1_000)])])
    assert len(composition.text) < 10_000_000


@pytest.mark.hostile
def test_many_runs_in_a_cell_take_linear_time() -> None:
    """What is escaped before each of them is not counted from the beginning again."""

    def compose_links(text: str) -> Composition:
        links = [Inline("a|b", "link", f"https://a.example/{number}") for number in range(8 * len(text))]
        return compose([table([TableCell("Town"), TableCell("Links")], [TableCell("Bern"), TableCell(links)])])

    assert runs(compose_links(" "))[-1] == "a\\|b"
    assert_linear(compose_links, lambda count: " " * count)


def test_a_first_row_over_some_columns_names_these() -> None:
    """Where the file says which rows name the columns, a cell over several of them by itself is no title."""
    rows = [
        [TableCell(), TableCell("June 30,", columns=2)],
        [TableCell(), TableCell("2023"), TableCell("2022")],
        [TableCell("Sales"), TableCell("31"), TableCell("32")],
    ]
    (block,) = compose([Element("table", table=TableContent(rows, 2))]).blocks
    assert block.table
    assert [column.name for column in block.table.columns] == ["", "June 30, / 2023", "June 30, / 2022"]
    assert block.table.title == ""


def test_groups_that_a_reader_knows_go_before_those_of_whole_rows() -> None:
    """A reader that sees indents says in which groups each row stands; empty rows and titles don't shift them."""
    rows = [
        [TableCell("Balance", columns=2)],
        [TableCell("Assets", columns=2)],
        [TableCell(), TableCell()],
        [TableCell("Cash"), TableCell("5")],
        [TableCell("Total"), TableCell("5")],
    ]
    content = TableContent(rows, 0, unit_line="(in thousands)", groups=["", "", "", "Assets / Current", ""])
    composition = compose([Element("table", table=content)])
    table_block = composition.blocks[-1]
    assert table_block.table
    assert {composition.text[row.start : row.end]: row.group for row in table_block.table.rows} == {
        "| Cash | 5 |": "Assets / Current",
        "| Total | 5 |": "",
    }
    assert composition.text.startswith("(in thousands)\n\n")
