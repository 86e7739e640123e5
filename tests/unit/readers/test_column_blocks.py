"""Tables that stand beside each other on a sheet."""

import pytest

from assistant.readers.sheets.regions import Region, split_sheet
from assistant.readers.sheets.sheet import Sheet, SheetCell, lay_out
from tests.support.timing import assert_linear

LABELS = (("Town", "Rain"), ("Bern", "81"), ("Chur", "70"), ("Rome", "12"))


def beside(*blocks: tuple[tuple[str, str], ...]) -> list[Region]:
    """The tables of a sheet that has these blocks of two columns, with empty columns between them."""
    rows: dict[int, dict[int, SheetCell]] = {}
    for place, block in enumerate(blocks):
        for number, cells in enumerate(block, 1):
            for column, text in enumerate(cells, 3 * place + 1):
                rows.setdefault(number, {})[column] = SheetCell(text, "number" if text.isdigit() else "text")
    sheet = Sheet("S", rows, [], frozenset(), frozenset())
    return [item for item in split_sheet(lay_out(sheet), []) if isinstance(item, Region)]


def test_blocks_of_columns_are_one_table_or_several() -> None:
    """A block with labels of its own is a table; one with figures alone belongs to the table to its left."""
    figures = (("Snow", "Wind"), ("5", "6"), ("7", "8"), ("9", "1"))
    other = (("Lake", "Depth"), ("Zug", "197"), ("Biel", "74"), ("Thun", "217"))
    assert [[1, 2, 4, 5], [7, 8]] == [region.columns for region in beside(LABELS, figures, other)]
    assert [[1, 2], [4, 5], [7, 8]] == [region.columns for region in beside(LABELS, LABELS, other)]
    assert [[1, 2, 4, 5, 7, 8]] == [region.columns for region in beside(LABELS, figures, figures)]


@pytest.mark.hostile
def test_many_blocks_take_linear_time() -> None:
    """Each block is looked at once, however many belong to one table."""
    figures = (("5", "6"), ("7", "8"))
    assert_linear(lambda text: beside(LABELS, *[figures] * len(text)), lambda count: " " * count)
