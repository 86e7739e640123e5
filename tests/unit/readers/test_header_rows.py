"""Rows that name the columns of a table."""

from typing import Any

import pytest

from assistant.readers.header_rows import is_header_row


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
