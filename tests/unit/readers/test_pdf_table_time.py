"""The time that it takes to find the tables of a page of a PDF, however many there are."""

import pytest

from assistant.readers.pdf.page import PageContent
from assistant.readers.pdf.tables.finding import find_tables
from tests.support.pdf_layouts import line
from tests.support.timing import assert_linear


@pytest.mark.parametrize(
    "rows",
    [
        "|2020|2021\nCod|31|4\nLing|1|7\n",  # a header again and again
        "Cod|31|(4)\nLing|1,204|7%\n\n\n",  # spaces, over which rows are joined
        "Cod|wet|dry\nLing|wet|wet\n",
    ],
)
def test_time_grows_with_the_tables_of_a_block(rows: str) -> None:
    """Many tables without text between them are found in linear time."""

    def find(text: str) -> object:
        phrases = [
            line(cell, x=60 + 120 * column, y=60 + 13 * row)
            for row, cells in enumerate(text.split("\n"))
            for column, cell in enumerate(cells.split("|"))
            if cell
        ]
        return find_tables(PageContent(1, 595, 842, ()), phrases)

    assert_linear(find, lambda count: rows * count)
