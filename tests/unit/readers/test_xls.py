"""Excel workbooks before 2007: what a sheet shows is what is read."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import ReadingError
from assistant.readers import read_bytes
from assistant.readers.extract import ExtractedDocument
from assistant.readers.sheets.xls import read_xls
from assistant.structure import Table
from tests.support.old_sheets import OldSheet, Value, old_workbook

LIMIT = 1_000_000
VALUES = st.none() | st.integers(0, 9999) | st.from_regex(r"[a-zäöß]{1,8}", fullmatch=True)


def read(*sheets: OldSheet) -> ExtractedDocument:
    """What is read of a workbook with these sheets."""
    return read_xls(old_workbook(*sheets), LIMIT)


def table(document: ExtractedDocument) -> Table:
    """The only table of a document."""
    (found,) = [block.table for block in document.blocks if block.table]
    return found


def test_values_are_those_that_are_shown() -> None:
    """Formats of figures, days and durations, truth, and letters beyond ASCII."""
    formats = {(1, 1): '0.0" thousand"', (1, 2): "dd.mm.yyyy", (1, 3): "[h]:mm", (1, 4): "00000"}
    rows: list[list[Value]] = [
        ["Town", "People", "Day", "Walk", "Code", "Port"],
        ["Hüll", 21.4, 45602.0, 1.25, 640.0, True],
    ]
    document = read(OldSheet("Towns", rows, formats))
    assert document.text.endswith("\n| Hüll | 21.4 thousand | 06.11.2024 | 30:00 | 00640 | TRUE |")


def test_days_count_from_1904_where_the_workbook_says_so() -> None:
    """Workbooks from old Macs count days from another one."""
    data = old_workbook(OldSheet("A", [["Name", "Day"], ["Ann", 44140.0]], {(1, 1): "yyyy-mm-dd"}), is_1904=True)
    assert "| Ann | 2024-11-06 |" in read_xls(data, LIMIT).text


def test_merged_labels_and_names_over_two_rows() -> None:
    """A label stands in each row that it covers, and a year in the name of each column below it."""
    rows: list[list[Value]] = [
        ["Line", "Stop", 2021.0, None, 2022.0, None],
        [None, None, "In", "Out", "In", "Out"],
        ["Red", "Quay", 1.0, 2.0, 3.0, 4.0],
        [None, "Gate", 5.0, 6.0, 7.0, 8.0],
    ]
    merged = [(0, 1, 0, 0), (0, 1, 1, 1), (0, 0, 2, 3), (0, 0, 4, 5), (2, 3, 0, 0)]
    document = read(OldSheet("Lines", rows, merged=merged))
    names = [column.name for column in table(document).columns]
    assert names == ["Line", "Stop", "2021 / In", "2021 / Out", "2022 / In", "2022 / Out"]
    assert table(document).cells(document.text, 1) == ("Red", "Gate", "5", "6", "7", "8")
    assert table(document).address(1, 2) == "C4"


def test_what_is_hidden_is_left_out_with_a_note() -> None:
    """Rows, columns and sheets that nobody sees."""
    rows: list[list[Value]] = [
        ["Name", "Role", "Pay"],
        ["Ann", "Cook", 41000.0],
        ["Old", "Guard", 1.0],
        ["Ben", "Clerk", 39000.0],
    ]
    document = read(
        OldSheet("Staff", rows, hidden_rows=[2], hidden_columns=[2]), OldSheet("Plan", [["secret"]], is_hidden=True)
    )
    assert document.text == "## Staff\n\n| Name | Role |\n|---|---|\n| Ann | Cook |\n| Ben | Clerk |"
    assert document.notes == ("what is hidden in it is left out: 1 sheet, 1 row, 1 column",)


def test_text_boxes_are_read_and_charts_named() -> None:
    """A box comes behind its sheet's cells; a hidden sheet's isn't read."""
    sheets = [
        OldSheet("One", [["a"]], boxes=["Mind the gap."], charts=2),
        OldSheet("Two", [["b"]]),
        OldSheet("Three", [["c"]], boxes=["Hidden words."], is_hidden=True),
    ]
    document = read(*sheets)
    assert document.text == "## One\n\na\n\nMind the gap.\n\n## Two\n\nb"
    assert "2 charts in it are not read" in document.notes


@given(st.lists(st.lists(VALUES, min_size=1, max_size=5), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_every_value_of_a_sheet_is_in_the_text(rows: list[list[Value]]) -> None:
    """However a sheet is cut into tables and lines, no value is lost, and no other word is in the text."""
    written = {str(value) for row in rows for value in row if value is not None}
    words = set(read(OldSheet("Sheet1", rows)).text.replace("|", " ").replace(",", " ").split())
    assert {word for word in words if word != "/" and not word.startswith("---")} == written


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<html><body><table><tr><td>x</td></tr></table></body></html>", "it is a .html file"),
        (b"Name\tAge\nAnn\t33\n", "not a real .xls file"),
        (old_workbook(OldSheet("A", [["x"]]))[:60], "damaged or not a real .xls file"),
    ],
)
def test_what_is_no_old_workbook_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    """Web pages and text under this ending, and files that are cut off."""
    with pytest.raises(ReadingError, match=reason):
        read_bytes(data, "a.xls", max_bytes=LIMIT)


def test_rows_beyond_the_bound_are_left_out_with_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    """A note says how many are read."""
    monkeypatch.setattr("assistant.readers.sheets.xls.MAX_ROWS", 2)
    document = read(OldSheet("A", [["a", "b"], [1.0, 2.0], [3.0, 4.0]]))
    assert document.notes == ("only its first 2 rows are read",)
