"""Excel workbooks: what a sheet shows is what is read, as tables with their names, titles, units and addresses."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
import xlfmt
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.table import Table as NamedTable

from assistant.errors import ReadingError
from assistant.readers import read_bytes
from assistant.readers.extract import ExtractedDocument
from assistant.readers.sheets import values as sheet_values
from assistant.readers.sheets.values import shown_number
from assistant.readers.sheets.xlsx import read_xlsx
from assistant.structure import Table
from tests.support.files import replace_member

LIMIT = 1_000_000
BOLD = Font(bold=True)
VALUES = st.none() | st.integers(0, 9999) | st.from_regex(r"[a-z]{1,8}", fullmatch=True)
EMPTY_RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
STRICT_NAMES = (
    (b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"http://purl.oclc.org/ooxml/spreadsheetml/main"),
    (
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
    ),
)
CELLS_THAT_CANNOT_BE = (
    '<c r="A1" t="s"><v>99</v></c>', '<c r="ZZZ1"><v>1</v></c>', '<c s="77"><v>x</v></c>', "<c/>",
    '<c r="A1" t="n"><v>1e999</v></c>', '<c r="A1"><v>nan</v></c>', f'<c r="A1"><v>{"9" * 5000}</v></c>',
)  # fmt: skip


def saved(book: Workbook) -> bytes:
    """The bytes of a workbook."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def filled(fill: Callable[[Any], object]) -> bytes:
    """A workbook with one sheet, called "Sheet", that a function fills."""
    book = Workbook()
    sheet: Any = book.active
    fill(sheet)
    return saved(book)


def read(fill: Callable[[Any], object]) -> ExtractedDocument:
    """What is read of a workbook with one sheet, called "Sheet", that a function fills."""
    return read_xlsx(filled(fill), LIMIT)


def related(data: bytes, source: str, kind: str, target: str, part: str) -> bytes:
    """A workbook with another part, and a relation that leads to it."""
    folder, name = source.rsplit("/", 1)
    relations = f"{folder}/_rels/{name}.rels"
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        old = package.read(relations).decode() if relations in package.namelist() else EMPTY_RELATIONS
    relation = f'<Relationship Id="new{kind}" Type="http://x/relationships/{kind}" Target="/{target}"/></Relationships>'
    return replace_member(replace_member(data, relations, old.replace("</Relationships>", relation)), target, part)


def read_rows(*rows: list[Any]) -> ExtractedDocument:
    """What is read of a workbook whose sheet has these rows."""

    def fill(sheet: Any) -> None:
        for row in rows:
            sheet.append(row)

    return read(fill)


def tables(document: ExtractedDocument) -> list[Table]:
    """The tables of a document."""
    return [block.table for block in document.blocks if block.table]


def names(table: Table) -> list[str]:
    """The names of a table's columns."""
    return [column.name for column in table.columns]


def body(document: ExtractedDocument, number: int = 0) -> list[tuple[str, ...]]:
    """The values of a table below its headers."""
    table = tables(document)[number]
    return [table.cells(document.text, row) for row in range(len(table.rows))]


class TestValues:
    """A value is what its cell shows."""

    @pytest.mark.parametrize(
        ("value", "number_format", "shown"),
        [
            (3.75, '0.00" thousand"', "3.75 thousand"),
            (-2300, '#,##0" USD";(#,##0" USD")', "(2,300 USD)"),
            (815, "000000", "000815"),
            (1234.5, "#,##0.00\\ [$€-407]", "1,234.50 €"),
            (0.125, "0.0%", "12.5%"),
            (12_500_000, '#,##0.0,,"M"', "12.5M"),
            (dt.date(2024, 11, 6), "dd.mm.yyyy", "06.11.2024"),
            (dt.date(2024, 11, 6), "mmm yyyy", "Nov 2024"),
            (dt.date(2024, 11, 6), "mm-dd-yy", "2024-11-06"),
            (dt.date(2024, 11, 6), "[$-407]d. mmmm yyyy", "6. November 2024"),
            (dt.timedelta(hours=30, minutes=5), "[h]:mm", "30:05"),
            (dt.time(9, 5), "h:mm", "9:05"),
            (9780306406157, "General", "9780306406157"),
            (1 / 3, "General", "0.333333333"),
            (True, "General", "TRUE"),
            ("#DIV/0!", "General", "#DIV/0!"),
            ("abc", '"Code "@', "Code abc"),
            (7, "0.00" * 100, "7"),
        ],
    )
    def test_a_value_is_read_as_its_format_shows_it(self, value: Any, number_format: str, shown: str) -> None:
        """Scales, currencies, leading zeros, days, durations, errors and words of a format are part of the value."""

        def fill(sheet: Any) -> None:
            sheet.append(["Town", "Value"])
            sheet.append(["Hof", value])
            sheet["B2"].number_format = number_format

        assert body(read(fill)) == [("Hof", shown)]

    @given(
        st.floats(-1e12, 1e12), st.sampled_from(["General", "0.00", "#,##0", "dd.mm.yyyy", "[h]:mm", "# ?/?", "0.0E+0"])
    )
    @settings(max_examples=60, deadline=None)
    def test_no_number_is_lost_whatever_its_format(self, value: float, number_format: str) -> None:
        """A number that its format cannot show stands as it is; nothing shown consists of ``#``."""
        shown, _ = shown_number(value, sheet_values.number_format(number_format), is_1904=False)
        assert any(map(str.isdigit, shown))

    @given(
        st.floats(-1e12, 1e12) | st.integers(-(10**14), 10**14) | st.sampled_from([0.5, -0.5, 1.005, -0.004, 2.675]),
        st.sampled_from(["0", "0.00", "#,##0", "#,##0.0", "0%", "0.0%", "#,##0.000%"]),
    )
    @settings(max_examples=200, deadline=None)
    def test_plain_formats_are_shown_as_xlfmt_shows_them(self, value: float, number_format: str) -> None:
        """The short way for the formats that large sheets are full of leads to the same."""
        shown, _ = shown_number(value, sheet_values.number_format(number_format), is_1904=False)
        assert shown == xlfmt.format_value(value, number_format)

    def test_a_value_that_its_format_hides_is_left_out_with_a_note(self) -> None:
        """The format ``;;;`` shows nothing."""

        def fill(sheet: Any) -> None:
            sheet.append(["Name", "Pay", "Age"])
            sheet.append(["Ann", 41000, 33])
            sheet["B2"].number_format = ";;;"

        document = read(fill)
        assert "41000" not in document.text
        assert "1 value that the cell's format hides: left out" in document.notes

    def test_days_count_from_1904_where_the_workbook_says_so(self) -> None:
        """Workbooks from old Macs count days from another one."""
        from openpyxl.utils.datetime import CALENDAR_MAC_1904

        book = Workbook()
        book.epoch = CALENDAR_MAC_1904
        sheet: Any = book.active
        sheet.append(["Name", "Day"])
        sheet.append(["Ann", dt.date(2024, 11, 6)])
        assert body(read_xlsx(saved(book), LIMIT)) == [("Ann", "2024-11-06")]

    def test_raised_marks_are_set_off_and_struck_words_left_out(self) -> None:
        """A note mark in a cell is no digit of the figure before it."""
        content = CellRichText(
            "Sold 31,870", TextBlock(InlineFont(vertAlign="superscript"), "2"), " maps, ",
            TextBlock(InlineFont(strike=True), "all of them"),
        )  # fmt: skip

        def fill(sheet: Any) -> None:
            sheet["A1"] = content
            sheet["A2"] = "gone"
            sheet["A2"].font = Font(strike=True)

        document = read(fill)
        assert document.text == "Sold 31,870 ² maps,"
        assert document.notes == ("struck out or deleted text in it is left out",)

    def test_a_link_keeps_its_target(self) -> None:
        """The words of a linked cell are a run with the address."""

        def fill(sheet: Any) -> None:
            sheet["A1"] = "the report"
            sheet["A1"].hyperlink = "https://example.org/report"

        (block,) = read(fill).blocks
        assert [(run.kind, run.target) for run in block.runs] == [("link", "https://example.org/report")]


class TestFormulas:
    """Formulas are not computed; their stored values are read."""

    def test_formulas_without_a_value_are_named(self) -> None:
        """A note says how many there are, and where the first ones stand."""
        document = read_rows(["Item", "Sum"], *([f"Part {row}", f"=A{row}*2"] for row in range(2, 9)))
        assert document.notes == ("7 formulas without a stored value, not computed: B2, B3, B4, B5, B6, …",)

    @pytest.mark.parametrize(("flag", "is_read"), [('fullCalcOnLoad="1"', False), ("", True)])
    def test_zeros_that_nobody_computed_are_no_values(self, flag: str, is_read: bool) -> None:
        """Programs that write formulas put 0 for each value and have them computed when the file is opened."""
        data = saved(Workbook())
        sheet = (
            '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
            '<row r="1"><c r="A1" t="str"><v>Item</v></c><c r="B1" t="str"><v>Sum</v></c></row>'
            '<row r="2"><c r="A2" t="str"><v>All</v></c><c r="B2"><f>B3*2</f><v>0</v></c></row>'
            '<row r="3"><c r="A3" t="str"><v>One</v></c><c r="B3"><v>7</v></c></row></sheetData></worksheet>'
        )
        with zipfile.ZipFile(io.BytesIO(data)) as old:
            workbook = old.read("xl/workbook.xml").decode()
        workbook = workbook.replace('fullCalcOnLoad="1"', flag)
        data = replace_member(replace_member(data, "xl/worksheets/sheet1.xml", sheet), "xl/workbook.xml", workbook)
        document = read_xlsx(data, LIMIT)
        assert (body(document)[0] == ("All", "0")) is is_read
        assert any("not computed: B2" in note for note in document.notes) is not is_read


class TestHeaders:
    """Which rows name the columns is told by what the sheet says and by the kinds of its values."""

    def test_merged_names_of_years_stand_over_the_columns_below_them(self) -> None:
        """Two header rows become one name for each column."""

        def fill(sheet: Any) -> None:
            sheet.append(["Mill", 2021, None, 2022, None])
            sheet.append([None, "Flour", "Bran", "Flour", "Bran"])
            sheet.append(["Upper", 310, 45, 298, 51])
            sheet.append(["Lower", 120, 20, 133, 18])
            for cells in ("A1:A2", "B1:C1", "D1:E1"):
                sheet.merge_cells(cells)

        document = read(fill)
        assert names(tables(document)[0]) == ["Mill", "2021 / Flour", "2021 / Bran", "2022 / Flour", "2022 / Bran"]
        assert body(document)[0] == ("Upper", "310", "45", "298", "51")

    def test_names_that_stand_over_several_columns_without_being_merged(self) -> None:
        """A year above the first of two columns goes for both, where each year has as many."""
        document = read_rows(
            ["Mill", 2021, None, 2022, None],
            [None, "Flour", "Bran", "Flour", "Bran"],
            ["Upper", 310, 45, 298, 51],
            ["Lower", 120, 20, 133, 18],
        )
        assert names(tables(document)[0])[1:] == ["2021 / Flour", "2021 / Bran", "2022 / Flour", "2022 / Bran"]

    def test_a_period_at_the_end_of_each_group_of_columns(self) -> None:
        """Empty columns part groups; a lone period above one of a group's columns goes for the group."""
        document = read_rows(
            ["In millions of CHF", None, "2023", None, None, "2022"],
            [None, "Goodwill", "Other", None, "Goodwill", "Other"],
            ["North", 11, 12, None, 13, 14],
            ["South", 21, 22, None, 23, 24],
        )
        assert names(tables(document)[0])[1:] == ["2023 / Goodwill", "2023 / Other", "2022 / Goodwill", "2022 / Other"]
        assert tables(document)[0].unit == "In millions of CHF"

    def test_days_are_names_where_figures_stand_below_them(self) -> None:
        """A row of months is a header; a column of days isn't."""
        months = [dt.date(2024, month, 1) for month in (4, 5, 6)]

        def fill(sheet: Any) -> None:
            sheet.append(["Gallery", *months])
            sheet.append(["Pier", 510, 620, 733])
            sheet.append(["Tower", 90, 85, 112])
            for cell in sheet[1][1:]:
                cell.number_format = "mmmm yyyy"

        document = read(fill)
        assert names(tables(document)[0]) == ["Gallery", "April 2024", "May 2024", "June 2024"]
        assert read_rows(["Day", "Guests"], [months[0], 5], [months[1], 7]).text.startswith("| Day | Guests |")

    def test_a_table_of_figures_alone_has_no_header(self) -> None:
        """No figure becomes the name of a column."""
        document = read_rows([11, 12, 13], [21, 22, 23])
        assert tables(document)[0].header_rows == 0
        assert len(tables(document)[0].rows) == 2

    def test_bold_names_above_text(self) -> None:
        """Where all is text, the bold row is the header, whatever its words look like."""

        def fill(sheet: Any) -> None:
            sheet.append(["Is it open?", "Where is it?"])
            sheet.append(["Yes", "Oslo"])
            sheet.append(["No", "Rome"])
            for cell in sheet[1]:
                cell.font = BOLD

        assert names(tables(read(fill))[0]) == ["Is it open?", "Where is it?"]

    @pytest.mark.parametrize("mark", ["freeze", "filter", "table"])
    def test_the_sheet_itself_says_which_row_names_the_columns(self, mark: str) -> None:
        """Frozen rows, a filter, or a named table tell more than the words."""

        def fill(sheet: Any) -> None:
            sheet.append(["10 km", "20 km", "30 km"])
            sheet.append(["a", "b", "c"])
            sheet.append(["d", "e", "f"])
            if mark == "freeze":
                sheet.freeze_panes = "A2"
            elif mark == "filter":
                sheet.auto_filter.ref = "A1:C3"
            else:
                sheet.add_table(NamedTable(displayName="Runs", ref="A1:C3"))

        document = read(fill)
        assert names(tables(document)[0]) == ["10 km", "20 km", "30 km"]
        assert body(document) == [("a", "b", "c"), ("d", "e", "f")]

    def test_names_with_units_are_the_names_of_their_columns(self) -> None:
        """A unit in a header, or in a row of its own below it, is part of the column's name."""
        document = read_rows(["Item", "Price (EUR)", "Weight [kg]"], ["Pan", 31.5, 2.4])
        assert names(tables(document)[0]) == ["Item", "Price (EUR)", "Weight [kg]"]
        document = read_rows(["Item", "Price", "Weight"], [None, "(EUR)", "(kg)"], ["Pan", 31.5, 2.4], ["Mug", 6, 0.2])
        assert names(tables(document)[0]) == ["Item", "Price / (EUR)", "Weight / (kg)"]


class TestTables:
    """Several tables on a sheet, with their titles, units, groups and addresses."""

    def test_a_merged_label_stands_in_each_row_that_it_covers(self) -> None:
        """A row reads with its label, also where rows between are hidden."""

        def fill(sheet: Any) -> None:
            for row in (
                ["Line", "Stop"],
                ["Red", "Quay"],
                [None, "Gate"],
                [None, "Mill"],
                ["Blue", "Park"],
                [None, "Zoo"],
            ):
                sheet.append(row)
            sheet.merge_cells("A2:A4")
            sheet.merge_cells("A5:A6")
            sheet.row_dimensions[2].hidden = True

        assert body(read(fill)) == [("Red", "Gate"), ("Red", "Mill"), ("Blue", "Park"), ("Blue", "Zoo")]

    def test_tables_beside_each_other_are_two(self) -> None:
        """An empty column parts them, and each has its title and the letters of its columns."""
        document = read_rows(
            ["Sales", None, None, "Staff", None],
            ["Shop", "Euros", None, "Town", "People"],
            ["Quay", 510, None, "Hof", 12],
            ["Gate", 620, None, "Ulm", 15],
            ["Mill", 130, None, None, None],
        )
        first, second = tables(document)
        assert (first.title, [column.letter for column in first.columns]) == ("Sales", ["A", "B"])
        assert (second.title, [column.letter for column in second.columns]) == ("Staff", ["D", "E"])
        assert second.address(1, 1) == "E4"

    def test_an_empty_column_within_a_table_does_not_part_it(self) -> None:
        """Columns of figures behind a gap have their labels at the left."""
        document = read_rows(
            ["Zone", "Sales", "Costs", None, "Staff", "Shops"],
            ["North", 5, 3, None, 12, 2],
            ["South", 7, 4, None, 9, 1],
        )
        assert [names(table) for table in tables(document)] == [["Zone", "Sales", "Costs", "Staff", "Shops"]]

    def test_title_and_unit_stand_above_and_notes_below(self) -> None:
        """The lines around a table say what it is; they are none of its rows."""
        document = read_rows(
            ["Sales by shop"], ["in thousands of euros"], ["Shop", "2022", "2023"], ["Quay", 1, 2], ["Gate", 3, 4],
            ["* without returns"],
        )  # fmt: skip
        (table,) = tables(document)
        assert (table.title, table.unit) == ("Sales by shop, in thousands of euros", "in thousands of euros")
        assert document.text.endswith("| Gate | 3 | 4 |\n\n* without returns")

    def test_tables_below_each_other(self) -> None:
        """A header after an empty row starts a table; a group's name or a total after one doesn't."""
        document = read_rows(
            ["Shop", "Sales"], [], ["Europe"], ["Quay", 1], ["Gate", 3], [], ["Asia"], ["Pier", 5], [], ["Total", 9],
            [], ["Town", "People"], ["Hof", 12],
        )  # fmt: skip
        assert [names(table) for table in tables(document)] == [["Shop", "Sales"], ["Town", "People"]]
        assert body(document)[-1] == ("Total", "9")

    def test_a_header_that_comes_again_starts_a_table(self) -> None:
        """Nothing parts two tables but the names of their columns."""
        document = read_rows(["Fruit", "kg"], ["Plum", 3], ["Pear", 4], ["Roots", "kg"], ["Beet", 1], ["Leek", 2])
        assert [names(table) for table in tables(document)] == [["Fruit", "kg"], ["Roots", "kg"]]

    def test_a_sentence_above_a_table_is_not_its_title(self) -> None:
        """It is a paragraph."""
        document = read_rows(["These figures are provisional and may change."], [], ["Shop", "Sales"], ["Quay", 1])
        assert [block.kind for block in document.blocks] == ["paragraph", "table"]
        assert tables(document)[0].title == ""

    def test_rows_stand_in_their_group_and_the_total_in_none(self) -> None:
        """A bold label by itself names the rows below it, up to the next one or the table's total."""

        def fill(sheet: Any) -> None:
            for row in (("Shop", "Sales"), ("Europe",), ("Quay", 1), ("Asia",), ("Pier", 5), ("Total", 6)):
                sheet.append(row)
            for number in (1, 2, 4):
                for cell in sheet[number]:
                    cell.font = BOLD

        (table,) = tables(read(fill))
        assert [row.group for row in table.rows] == ["", "Europe", "", "Asia", ""]

    def test_an_indent_tells_a_group_too(self) -> None:
        """Rows that are set in belong to the label above them."""

        def fill(sheet: Any) -> None:
            for row in (("Shop", "Sales"), ("Europe",), ("Quay", 1), ("Gate", 3)):
                sheet.append(row)
            for number in (3, 4):
                sheet.cell(number, 1).alignment = Alignment(indent=1)

        (table,) = tables(read(fill))
        assert [row.group for row in table.rows] == ["", "Europe", "Europe"]

    def test_names_with_colons_and_their_values_are_fields(self) -> None:
        """A form's two columns are no table."""
        document = read_rows(["Prepared by:", "Ann Lee"], ["Status:", "final"])
        assert [(block.kind, block.label) for block in document.blocks] == [
            ("field", "Prepared by"),
            ("field", "Status"),
        ]
        assert document.text == "Prepared by: Ann Lee\nStatus: final"

    def test_what_the_file_calls_a_table_is_one(self) -> None:
        """A named table right below other rows has its own names."""

        def fill(sheet: Any) -> None:
            for row in (["Made on", "6 May"], ["Code", "Units"], ["A1", 5], ["B2", 7]):
                sheet.append(row)
            sheet.add_table(NamedTable(displayName="Units", ref="A2:B4"))

        assert names(tables(read(fill))[-1]) == ["Code", "Units"]

    @given(
        st.lists(
            st.lists(
                st.none() | st.integers(0, 9999) | st.from_regex(r"[a-z]{1,8}", fullmatch=True), min_size=1, max_size=5
            ),
            min_size=1,
            max_size=9,
        )
    )
    @settings(max_examples=60, deadline=None)
    def test_every_value_of_a_sheet_is_in_the_text(self, rows: list[list[Any]]) -> None:
        """However a sheet is cut into tables and lines, no value is lost, and no other word is in the text."""
        written = {str(value) for row in rows for value in row if value is not None}
        words = set(read_rows(*rows).text.replace("|", " ").replace(",", " ").split())
        assert {word for word in words if word != "/" and not word.startswith("---")} == written

    @given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6), st.integers(1, 6), st.integers(1, 6)), max_size=4))
    @settings(max_examples=40, deadline=None)
    def test_offsets_hold_whatever_is_merged(self, corners: list[tuple[int, int, int, int]]) -> None:
        """Rows lie within their block, and each line of the text is one."""

        def fill(sheet: Any) -> None:
            for row in range(1, 7):
                sheet.append([f"r{row}c{column}" for column in range(1, 7)])
            for first_row, first_column, last_row, last_column in corners:
                sheet.merge_cells(
                    start_row=min(first_row, last_row), end_row=max(first_row, last_row),
                    start_column=min(first_column, last_column), end_column=max(first_column, last_column),
                )  # fmt: skip

        document = read(fill)
        for block in document.blocks:
            assert document.text[block.start : block.end].strip()
            for row in block.table.rows if block.table else ():
                assert block.start < row.start < row.end <= block.end
                assert "\n" not in document.text[row.start : row.end]


class TestHidden:
    """What a sheet hides is left out, and a note says how much."""

    def test_hidden_rows_columns_and_sheets(self) -> None:
        """Nothing of them is in the text."""
        book = Workbook()
        sheet: Any = book.active
        for row in (["Name", "Role", "Pay"], ["Ann", "Cook", 41000], ["Old", "Guard", 1], ["Ben", "Clerk", 39000]):
            sheet.append(row)
        sheet.column_dimensions["C"].hidden = True
        sheet.row_dimensions[3].hidden = True
        sheet["C2"].comment = Comment("too much", "Eve")
        book.create_sheet("Plan").sheet_state = "veryHidden"
        book["Plan"].append(["secret"])
        document = read_xlsx(saved(book), LIMIT)
        assert document.text == "| Name | Role |\n|---|---|\n| Ann | Cook |\n| Ben | Clerk |"
        assert document.notes == ("what is hidden in it is left out: 1 sheet, 1 row, 1 column",)

    def test_rows_that_a_filter_hides(self) -> None:
        """Filtered rows are hidden rows."""

        def fill(sheet: Any) -> None:
            for row in (["Name", "Town"], ["Ann", "Oslo"], ["Ben", "Rome"]):
                sheet.append(row)
            sheet.auto_filter.ref = "A1:B3"
            sheet.row_dimensions[3].hidden = True

        assert body(read(fill)) == [("Ann", "Oslo")]

    def test_a_merged_cell_that_begins_in_a_hidden_row_is_seen(self) -> None:
        """A sheet shows its words in the rows that are left."""

        def fill(sheet: Any) -> None:
            for row in (["Line", "Stop", "Fare"], ["Red", "Quay", 2], [None, "Gate", 3]):
                sheet.append(row)
            sheet.merge_cells("A2:A3")
            sheet.row_dimensions[2].hidden = True

        assert body(read(fill)) == [("Red", "Gate", "3")]


class TestBesideCells:
    """Comments, charts, several sheets, properties."""

    def test_comments_are_notes_with_their_cells_address(self) -> None:
        """They come behind the tables of their sheet."""

        def fill(sheet: Any) -> None:
            sheet.append(["Name", "Age"])
            sheet.append(["Ann", 33])
            sheet["B2"].comment = Comment("Asked twice.", "Eve")

        block = read(fill).blocks[-1]
        assert (block.kind, block.label) == ("note", "comment")
        assert read(fill).text.endswith("\n\nB2: Asked twice.")

    def test_a_charts_title_is_read_and_its_values_once(self) -> None:
        """The values stand in the cells, which a note says; a chart on a sheet of its own has its name."""
        book = Workbook()
        sheet: Any = book.active
        for row in (["Year", "Sales"], ["2022", 5], ["2023", 7]):
            sheet.append(row)
        for place, title in ((sheet, "Sales rise"), (book.create_chartsheet("Picture"), "Sales alone")):
            chart = BarChart()
            chart.title = title
            chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=3), titles_from_data=True)
            place.add_chart(chart)
        document = read_xlsx(saved(book), LIMIT)
        assert "Sales rise" in document.text
        assert document.text.endswith("## Picture\n\nSales alone")
        assert len(tables(document)) == 1
        assert "2 charts in it: only titles are read, the values stand in the cells" in document.notes

    def test_a_chart_of_hidden_cells_shows_its_values(self) -> None:
        """They are read from the chart, since nobody sees the cells."""
        book = Workbook()
        sheet: Any = book.active
        sheet.append(["Sales of two years"])
        data = book.create_sheet("Data")
        for row in (["Year", "Sales"], [2022, 5], [2023, 7]):
            data.append(row)
        data.sheet_state = "hidden"
        chart = BarChart()
        chart.title = "Sales rise"
        chart.add_data(Reference(data, min_col=2, min_row=1, max_row=3), titles_from_data=True)
        chart.set_categories(Reference(data, min_col=1, min_row=2, max_row=3))
        sheet.add_chart(chart)
        with zipfile.ZipFile(io.BytesIO(saved(book))) as package:
            part = package.read("xl/charts/chart1.xml").decode()
        for reference, values in (("$B$2:$B$3", (5, 7)), ("$A$2:$A$3", (2022, 2023))):
            points = "".join(f'<pt idx="{place}"><v>{value}</v></pt>' for place, value in enumerate(values))
            part = part.replace(
                f"'Data'!{reference}</f>", f"'Data'!{reference}</f><numCache><ptCount val=\"2\"/>{points}</numCache>"
            )
        document = read_xlsx(replace_member(saved(book), "xl/charts/chart1.xml", part), LIMIT)
        assert ("2023", "7") in body(document)
        assert document.notes == ("what is hidden in it is left out: 1 sheet",)

    def test_threads_of_comments_have_their_authors(self) -> None:
        """What is repeated for older programs is read once."""

        def fill(sheet: Any) -> None:
            sheet["B2"] = "x"
            sheet["B2"].comment = Comment("[Threaded comment] Comment: Is it right?", "tc={1}")

        name = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
        thread = (
            f'<ThreadedComments xmlns="{name}"><threadedComment ref="B2" personId="p1"><text>Is it right?</text>'
            '</threadedComment><threadedComment ref="B2" personId="p2"><text>Yes.</text></threadedComment>'
            "</ThreadedComments>"
        )
        people = (
            f'<personList xmlns="{name}"><person id="p1" displayName="Ann Lee"/><person id="p2" displayName="Ben Oh"/>'
            "</personList>"
        )
        data = related(filled(fill), "xl/worksheets/sheet1.xml", "threadedComment", "xl/threads/one.xml", thread)
        data = related(data, "xl/workbook.xml", "person", "xl/persons/person.xml", people)
        assert read_xlsx(data, LIMIT).text == "x\n\nB2: Ann Lee: Is it right?\n\nB2: Ben Oh: Yes."

    def test_check_boxes_are_ticked_or_open(self) -> None:
        """A form's boxes are tasks with their labels."""
        box = '<x:ClientData ObjectType="Checkbox">'
        shape = f"<v:shape><v:textbox><div>{{}}</div></v:textbox>{box}{{}}</x:ClientData></v:shape>"
        form = (
            '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:x="urn:schemas-microsoft-com:office:excel">'
            f"{shape.format('Paid', '<x:Checked>1</x:Checked>')}{shape.format('Sent', '')}</xml>"
        )
        data = filled(lambda sheet: sheet.append(["Order 7"]))
        document = read_xlsx(related(data, "xl/worksheets/sheet1.xml", "vmlDrawing", "xl/form.vml", form), LIMIT)
        assert document.text == "Order 7\n\n- [x] Paid\n- [ ] Sent"
        assert [block.is_ticked for block in document.blocks] == [None, True, False]

    def test_text_boxes_are_read_and_pictures_counted(self) -> None:
        """Boxes come behind the cells, those in groups too, hidden ones not at all."""
        box = "<xdr:sp>{}<xdr:txBody><a:p><a:r><a:t>{}</a:t></a:r><a:r><a:t>{}</a:t></a:r></a:p></xdr:txBody></xdr:sp>"
        hidden = '<xdr:nvSpPr><xdr:cNvPr hidden="1"/></xdr:nvSpPr>'
        boxes = box.format("", "Mind the ", "gap.") + box.format(hidden, "Not", "this.")
        drawing = (
            '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
            f'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><xdr:grpSp>{boxes}</xdr:grpSp>'
            "<xdr:pic/></xdr:wsDr>"
        )
        data = filled(lambda sheet: sheet.append(["Order 7"]))
        data = related(data, "xl/worksheets/sheet1.xml", "drawing", "xl/drawings/one.xml", drawing)
        document = read_xlsx(data, LIMIT)
        assert document.text == "Order 7\n\nMind the gap."
        assert document.notes == ("1 picture in it is not read",)

    def test_each_of_several_sheets_has_its_heading(self) -> None:
        """A sheet's name is said where there are several, or where somebody gave it."""
        book = Workbook()
        sheet: Any = book.active
        sheet.append(["one"])
        assert read_xlsx(saved(book), LIMIT).text == "one"
        book.create_sheet("More").append(["two"])
        document = read_xlsx(saved(book), LIMIT)
        assert document.text == "## Sheet\n\none\n\n## More\n\ntwo"

    def test_title_author_and_day(self) -> None:
        """They come from the workbook's properties; a program's name is no author."""
        book = Workbook()
        assert book.active is not None
        book.active["A1"] = "x"
        book.properties.title = "Budget"
        book.properties.modified = dt.datetime(2024, 5, 3)  # noqa: DTZ001 — as workbooks keep it
        assert read_xlsx(saved(book), LIMIT).author == ""
        book.properties.creator = "Ann Lee"
        document = read_xlsx(saved(book), LIMIT)
        assert (document.title, document.author) == ("Budget", "Ann Lee")


class TestKinds:
    """Other forms of the same kind of file."""

    def test_the_strict_form_of_the_standard(self) -> None:
        """It has other namespaces, which other programs write."""
        book = Workbook()
        sheet: Any = book.active
        sheet.append(["Shop", "Euros"])
        sheet.append(["Quay", 1250])
        sheet["B2"].number_format = "#,##0"
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(saved(book))) as old, zipfile.ZipFile(out, "w") as strict:
            for name in old.namelist():
                part = old.read(name)
                for usual, other in STRICT_NAMES:
                    part = part.replace(usual, other)
                strict.writestr(name, part)
        assert body(read_xlsx(out.getvalue(), LIMIT)) == [("Quay", "1,250")]

    def test_macros_are_not_read(self) -> None:
        """A workbook with macros is read for its cells alone."""
        book = Workbook()
        sheet: Any = book.active
        sheet.append(["Shop", "Euros"])
        sheet.append(["Quay", 1250])
        data = replace_member(saved(book), "xl/vbaProject.bin", b"Sub Secret()")
        assert read_bytes(data, "a.xlsm", max_bytes=LIMIT).text.endswith("| Quay | 1250 |")


class TestHostile:
    """Sheets from strangers cost no more than they hold."""

    @pytest.mark.parametrize(
        "tail",
        [
            '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>',
            "<mergeCells>" + '<mergeCell ref="A1:XFD1048576"/>' * 1000 + "</mergeCells>",
            '<hyperlinks><hyperlink ref="A1:XFD1048576" location="x"/></hyperlinks>',
            '<autoFilter ref="A1048576:XFD1048576"/>',
        ],
    )
    def test_ranges_over_a_whole_sheet(self, tail: str) -> None:
        """Merged cells, links and filters over all cells there are don't cost time or memory."""
        cells = "".join(f'<c r="{letter}1" t="str"><v>{letter}</v></c>' for letter in "ABC")
        sheet = (
            '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            '<cols><col min="5" max="16384" hidden="1"/><col min="9" max="99999999999" hidden="1"/></cols>'
            f'<sheetData><row r="1">{cells}</row><row r="1048576"><c r="B1048576"><v>7</v></c></row></sheetData>'
            f"{tail}</worksheet>"
        )
        document = read_xlsx(replace_member(saved(Workbook()), "xl/worksheets/sheet1.xml", sheet), LIMIT)
        assert "A" in document.text

    @pytest.mark.parametrize("cell", CELLS_THAT_CANNOT_BE)
    def test_cells_that_cannot_be(self, cell: str) -> None:
        """Numbers of texts and styles that the workbook doesn't have, and places that no sheet has."""
        sheet = (
            '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
            f'<row r="1">{cell}<c r="B1" t="str"><v>Kept</v></c></row></sheetData></worksheet>'
        )
        assert "Kept" in read_xlsx(replace_member(saved(Workbook()), "xl/worksheets/sheet1.xml", sheet), LIMIT).text

    def test_a_package_without_a_workbook(self) -> None:
        """It is damaged, which is said."""
        with pytest.raises(ReadingError, match="its workbook cannot be read"):
            read_xlsx(replace_member(saved(Workbook()), "xl/workbook.xml", "<x"), LIMIT)

    def test_wide_and_long_sheets_are_cut_with_a_note(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A note says how many rows or columns are read."""
        monkeypatch.setattr("assistant.readers.sheets.xlsx.MAX_CELLS", 5)
        assert read_rows(["a", "b"], [1, 2], [3, 4]).notes == ("only its first 2 rows are read",)
        assert read_rows(["x"] * 600).notes[0] == "only the first 512 columns of a sheet are read"
