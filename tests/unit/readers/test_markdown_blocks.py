"""Blocks of light Markdown, and how they are joined."""

from typing import Any

import pytest

from assistant.readers.markdown_blocks import MarkdownBlock, is_header_row, join_blocks, markdown_item, markdown_table


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
        (["", "Count", "%"], True),
        (["Mali", "–", "x"], False),
    ],
)
def test_a_header_names_columns(row: list[str], expected: Any) -> None:
    """Headers are labels: distinct, without figures but years, no sentences."""
    assert expected == is_header_row(row)
