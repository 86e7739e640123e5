"""CSV and TSV files: delimiter, header and bounds."""

import pytest

from assistant.readers import read_bytes
from assistant.types import Document


def read(data: bytes, name: str) -> Document:
    return read_bytes(data, name, max_bytes=1_000_000)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_csv_file_is_a_table_whatever_its_delimiter(delimiter: str) -> None:
    """The delimiter is found out, commas inside figures do not mislead, and quoted cells stay whole."""
    rows = [["Country", "Arrests", "Note"], ["Mali", "24", '"one, two"'], ["Brazil", "7", "x"]]
    data = "\r\n".join(delimiter.join(row) for row in rows)
    assert read(data.encode(), "a.csv").text == (
        "| Country | Arrests | Note |\n|---|---|---|\n| Mali | 24 | one, two |\n| Brazil | 7 | x |"
    )


def test_excels_line_about_the_delimiter_is_obeyed_and_dropped() -> None:
    """A first line "sep=;" names the delimiter."""
    assert read(b"sep=;\r\na;b\r\n1,5;2\r\n", "a.csv").text == "| a | b |\n|---|---|\n| 1,5 | 2 |"


def test_a_cell_with_line_ends_stays_one_row() -> None:
    """A quoted cell over several lines is one cell on one line."""
    assert read(b'Term,Meaning\nraid,"a sudden\nvisit"\n', "a.tsv").text.endswith("| raid | a sudden visit |")


def test_too_many_rows_are_cut_with_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the bound rows are left out, and a note says so."""
    monkeypatch.setattr("assistant.readers.csv.MAX_ROWS", 3)
    document = read(b"a,b\n1,2\n3,4\n5,6\n", "a.csv")
    assert document.text.count("\n") == 3
    assert document.notes == ("only its first 3 rows are read",)
