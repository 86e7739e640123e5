import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.readers import document_id
from assistant.readers.extract import (
    MarkdownBlock,
    collapse_whitespace,
    first_heading,
    join_blocks,
    join_pages,
    markdown_item,
    markdown_table,
    names_columns,
    own_title,
    parse_date,
    readable_name,
)


def test_the_id_is_twelve_digits_of_the_sources_hash() -> None:
    """The id of a source never changes: it is the start of its SHA-256."""
    assert document_id("/a/b.txt") == "3af167d37e37"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (dt.datetime(2024, 11, 6, 23, 59), dt.date(2024, 11, 6)),  # noqa: DTZ001 — as openpyxl gives them
        (dt.date(2024, 11, 6), dt.date(2024, 11, 6)),
        ("2024-11-06T10:00:00Z", dt.date(2024, 11, 6)),
        ("6 November 2024", dt.date(2024, 11, 6)),
        ("Nov 6, 2024", dt.date(2024, 11, 6)),
        ("2024-13-45", None),
        ("2024", None),
        ("1970-01-01", None),
        (None, None),
        (20241106, None),
    ],
)
def test_dates_come_from_what_metadata_hold(value: Any, expected: Any) -> None:
    """Dates are read from the forms that metadata use, and nothing is made up for the others."""
    assert expected == parse_date(value)


@pytest.mark.parametrize(
    "junk", ["", " ", "Microsoft Word - x.doc", "Untitled", "untitled-1", "report.indd", "Document1"]
)
def test_a_title_that_a_program_made_up_is_none(junk: str) -> None:
    """Titles that come from a program rather than from a person are dropped."""
    assert own_title(junk) == ""


def test_a_persons_title_is_kept_on_one_line() -> None:
    """A real title stays, without line ends and invisible characters."""
    assert own_title(" The\u200b second\n  operation ") == "The second operation"


def test_a_files_name_becomes_a_title() -> None:
    """Dashes become spaces, and a name that somebody capitalised is left so."""
    assert readable_name("liberterra-ii_brief") == "Liberterra ii brief"
    assert readable_name("INTERPOL-notes") == "INTERPOL notes"


def test_the_first_heading_stands_outside_code() -> None:
    """A comment in a code fence is no heading, and markup inside one is dropped."""
    assert first_heading("```\n# not me\n```\n\n## The *second* [time](http://x) ##\n") == "The second time"
    assert first_heading("no heading here\n#hashtag") == ""


def test_items_of_a_list_stand_together() -> None:
    """Blocks are parted by a blank line, items of one list by a line end."""
    assert (
        join_blocks([MarkdownBlock("A."), markdown_item("b"), markdown_item("c"), MarkdownBlock("D.")])
        == "A.\n\n- b\n- c\n\nD."
    )


def test_a_table_has_a_header_and_a_rule() -> None:
    """The first row is the header when it looks like one, bars in cells are escaped, short rows filled."""
    rows = [["Country", "Arrests"], ["Mali", "24"], [], ["A|B"]]
    assert join_blocks(markdown_table(rows)) == "| Country | Arrests |\n|---|---|\n| Mali | 24 |\n| A\\|B |  |"


def test_a_table_without_header_gets_an_empty_one() -> None:
    """No row of figures is taken for a header."""
    assert (
        join_blocks(markdown_table([["Mali", "24"], ["Brazil", "7"]]))
        == "|  |  |\n|---|---|\n| Mali | 24 |\n| Brazil | 7 |"
    )


def test_the_title_above_a_table_is_a_paragraph() -> None:
    """A first row with one filled cell is the table's title."""
    assert join_blocks(markdown_table([["Results", ""], ["Country", "Arrests"], ["Mali", "24"]])).startswith(
        "Results\n\n| Country | Arrests |"
    )


def test_a_table_of_one_column_is_no_table() -> None:
    """What has one column, such as a box around a text, is given as paragraphs."""
    assert join_blocks(markdown_table([["One."], ["Two."]])) == "One.\n\nTwo."


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (["Country", "2023", "2024"], True),
        (["", "Arrests", "Victims"], True),
        (["Mali", "24"], False),
        (["Country", "Country"], False),
        (["Term", "It was a long week."], False),
        (["", "", "Total"], False),
    ],
)
def test_a_header_names_columns(row: list[str], expected: Any) -> None:
    """Headers are labels: distinct, without figures but years, no sentences."""
    assert expected == names_columns(row)


@given(st.lists(st.text("ab", max_size=4), max_size=8))
def test_every_page_starts_where_its_text_does(parts: list[str]) -> None:
    """The text at a page's start is the page's text; pages without text start where the next one does."""
    text, starts = join_pages(parts)
    assert len(starts) == len(parts)
    assert list(starts) == sorted(starts)
    for part, start in zip(parts, starts, strict=True):
        assert text[start : start + len(part)] == part


@given(st.text())
def test_one_line_is_one_line(text: str) -> None:
    """Whatever comes in, no line end, tab or double space comes out, and doing it twice changes nothing."""
    line = collapse_whitespace(text)
    assert not set(line) & set("\n\r\t\x00\u200b")
    assert "  " not in line
    assert line == collapse_whitespace(line)
