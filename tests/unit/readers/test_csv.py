"""CSV and TSV files: delimiter, quotes, what stands above and below a table, its columns, and bounds."""

import cProfile
import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.readers import read_bytes
from assistant.readers.extract import ExtractedDocument
from assistant.readers.sheets.csv import read_csv
from assistant.structure import Table
from assistant.types import Document

LIMIT = 50_000_000
WORDS = st.text("abc,;\"' |\n#", min_size=1, max_size=6)


def read(data: bytes, name: str) -> Document:
    return read_bytes(data, name, max_bytes=1_000_000)


def read_text(text: str) -> ExtractedDocument:
    """What is read of a file with this text."""
    return read_csv(text.encode(), LIMIT)


def table(document: ExtractedDocument) -> Table:
    """The only table of a document."""
    (found,) = [block.table for block in document.blocks if block.table]
    return found


def names(text: str) -> list[str]:
    """The names of the columns of a file's only table."""
    return [column.name for column in table(read_text(text)).columns]


def rows(text: str) -> list[tuple[str, ...]]:
    """The values of a file's only table, below its header."""
    document = read_text(text)
    return [table(document).cells(document.text, row) for row in range(len(table(document).rows))]


class TestForm:
    """The first lines tell how cells are parted."""

    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_a_csv_file_is_a_table_whatever_its_delimiter(self, delimiter: str) -> None:
        """The delimiter is found out, commas inside figures do not mislead, and quoted cells stay whole."""
        lines = [["Country", "Arrests", "Note"], ["Mali", "24", '"one, two"'], ["Brazil", "7", "x"]]
        data = "\r\n".join(delimiter.join(row) for row in lines)
        assert read(data.encode(), "a.csv").text == (
            "| Country | Arrests | Note |\n|---|---|---|\n| Mali | 24 | one, two |\n| Brazil | 7 | x |"
        )

    @pytest.mark.parametrize(("delimiter", "ending"), [(";", "\r\n"), ("\t", "\n"), ("|", "\n")])
    def test_excels_line_about_the_delimiter_is_obeyed_and_dropped(self, delimiter: str, ending: str) -> None:
        """A first line "sep=;" names the delimiter."""
        data = f"sep={delimiter}\na{delimiter}b\n1,5{delimiter}2\n".replace("\n", ending)
        assert read_text(data).text == "| a | b |\n|---|---|\n| 1,5 | 2 |"

    def test_decimal_commas_do_not_part_cells(self) -> None:
        """Semicolons do, where both stand in a line."""
        assert rows("Item;Price;Weight\nPan;31,5;2,4\nMug;6;0,2\n") == [("Pan", "31,5", "2,4"), ("Mug", "6", "0,2")]

    def test_a_file_of_one_column_is_not_parted_at_its_commas(self) -> None:
        """Lines with commas here and there are lines."""
        assert read_text("Oak, old\nAsh\nElm, young, tall\nFir\n").text == "Oak, old\n\nAsh\n\nElm, young, tall\n\nFir"

    def test_a_cell_with_line_ends_stays_one_row(self) -> None:
        """A quoted cell over several lines is one cell on one line."""
        assert read(b'Term,Meaning\nraid,"a sudden\nvisit"\n', "a.tsv").text.endswith("| raid | a sudden visit |")

    def test_a_quote_that_never_ends_swallows_nothing(self) -> None:
        """A sign for inches is no quote."""
        assert rows('Part,Width,Stock\nBar,"5,7\nRod,8,9\n') == [("Bar", '"5', "7"), ("Rod", "8", "9")]

    def test_quotes_may_be_escaped_by_backslashes(self) -> None:
        """As databases write them."""
        assert rows('Name,Word\n"Ann","says \\"no, no\\""\n"Ben","x"\n')[0] == ("Ann", 'says "no, no"')

    def test_a_space_before_a_quote_does_not_part_the_cell(self) -> None:
        """A cell begins behind the spaces."""
        assert rows('Name, Words\nAnn, "one, two"\nBen, "three"\n')[0] == ("Ann", "one, two")

    @given(st.lists(st.lists(WORDS, min_size=3, max_size=3), min_size=3, max_size=8), st.sampled_from(",;\t|"))
    @settings(max_examples=100)
    def test_what_the_csv_module_writes_is_read_back(self, values: list[list[str]], delimiter: str) -> None:
        """Every word of every cell is in the text, once for each time."""
        out = io.StringIO()
        csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([["A", "B", "C"], *values])
        text = read_text(out.getvalue()).text.replace("\\|", "|")
        for row in values:
            assert all(" ".join(cell.split()) in text for cell in row)


class TestTable:
    """Which rows name the columns, and what is no row of the table."""

    @pytest.mark.parametrize(
        "header", ["Name,City,Points", "Pool,Season,Price (EUR)", "Item,Weight in kg,%", "Land,2022,2023"]
    )
    def test_names_are_told_by_the_figures_below_them(self, header: str) -> None:
        """Units, years and counted rounds are names; they are the names of their columns."""
        assert names(f"{header}\nBen,91.5,3\nAda,88,4\n") == header.split(",")

    def test_counted_rounds_are_names(self) -> None:
        """1, 2, 3 beside a word number columns."""
        assert names("Runner,1,2,3\nBen,52,53,51\nAda,49,50,50\n") == ["Runner", "1", "2", "3"]

    def test_a_table_without_names_has_none(self) -> None:
        """Its first row is one of values."""
        assert rows("Ben,91,3\nAda,88,4\n") == [("Ben", "91", "3"), ("Ada", "88", "4")]

    def test_names_over_two_rows(self) -> None:
        """A name that stands over two columns goes for both."""
        assert names("Group,Members,Votes,\n,,Valid,Void\nBlind,5,4,1\nDeaf,7,6,1\n") == [
            "Group", "Members", "Votes / Valid", "Votes / Void",
        ]  # fmt: skip

    def test_lines_above_a_table_are_its_title_and_comments(self) -> None:
        """Comments are read without their marks, and a header may be one."""
        document = read_text("# made on 6 May\n# by Ann, Ben\nSales by shop,,\nShop,2022,2023\nQuay,1,2\nGate,3,4\n")
        assert document.text.startswith("made on 6 May\n\nby Ann, Ben\n\nSales by shop\n\n| Shop | 2022 | 2023 |")
        assert table(document).title == "Sales by shop"
        assert names("# Shop,Euros\nQuay,1\nGate,3\n") == ["Shop", "Euros"]

    def test_the_unit_above_a_table_is_its_unit(self) -> None:
        """A scale that holds for all of it is told apart from a title."""
        assert table(read_text("in millions of euros\nShop,2022,2023\nQuay,1,2\n")).unit == "in millions of euros"

    def test_lines_below_a_table_are_none_of_its_rows(self) -> None:
        """A source is a paragraph."""
        assert read_text("Shop,Euros\nQuay,1\nGate,3\n\nSource: the town\n").text.endswith("|\n\nSource: the town")

    def test_rows_of_unlike_lengths_are_kept(self) -> None:
        """Missing cells are empty, and more cells than names get columns without one."""
        assert rows("Shop,Euros,Town\nQuay,1\nGate,3,Hof,new\n") == [("Quay", "1", "", ""), ("Gate", "3", "Hof", "new")]

    def test_empty_columns_do_not_part_tables(self) -> None:
        """A delimiter too many at each line's end or within gives no column."""
        assert names("Year;;Revenue;Costs;\n2022;;123;-123;\n2023;;143,1;-814,38;\n") == ["Year", "Revenue", "Costs"]


class TestBounds:
    """Large files."""

    def test_too_many_rows_are_cut_with_a_note(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Beyond the bound rows are left out, and a note says so."""
        monkeypatch.setattr("assistant.readers.sheets.csv.MAX_ROWS", 3)
        document = read(b"a,b\n1,2\n3,4\n5,6\n", "a.csv")
        assert document.text.count("\n") == 3
        assert document.notes == ("only its first 3 rows are read",)

    def test_too_many_cells_are_cut_with_a_note(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Likewise for wide tables."""
        monkeypatch.setattr("assistant.readers.sheets.csv.MAX_CELLS", 5)
        assert read_text("a,b\n1,2\n3,4\n").notes == ("only its first 2 rows are read",)

    def test_a_cell_may_be_long(self) -> None:
        """The bound of the csv module is lifted for the file, and stands afterwards."""
        before = csv.field_size_limit()
        assert "x" * 200_000 in read_text(f"Name,Text\nAnn,{'x' * 200_000}\n").text
        assert csv.field_size_limit() == before

    def test_work_grows_with_the_rows_alone(self) -> None:
        """Four times the rows take about four times as many calls, not sixteen; seconds would depend on the machine."""
        calls = []
        for count in (1_000, 4_000):
            with cProfile.Profile() as profile:
                read_text("Shop,Town,Euros\n" + "Quay,Hof,12.5\n" * count)
            calls.append(sum(entry.callcount for entry in profile.getstats()))
        assert calls[1] < 5 * calls[0]
