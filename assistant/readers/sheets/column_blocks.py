"""Blocks of columns with gaps between them: whether two of them are two tables that stand beside each other."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

from assistant.readers.sheets.sheet import SheetRow

_MIN_SHARED_ROWS = 0.7  # of the rows of two blocks of columns that belong to one table
_MIN_LABELS = 0.6  # of the cells in a column of labels that are text


@dataclass(slots=True)
class ColumnBlock:
    """What tells whether a block of columns is a table, without its cells: of many blocks each is looked at once."""

    columns: int = 0
    labels: int = 0  # cells of the first column that are text
    is_text: bool = True
    rows: dict[int, tuple[int, str]] = field(default_factory=dict)  # by number: how many own cells, and the first

    @classmethod
    def of(cls, rows: Iterable[SheetRow]) -> Self:
        """The block of some rows."""
        block, columns, text_columns = cls(), set[int](), list[int]()
        for row in rows:
            own = row.own_cells()
            block.rows[row.number] = (len(own), own[0].text if own else "")
            columns.update(row.cells)
            text_columns += [column for column, cell in row.cells.items() if cell.kind == "text"]
            block.is_text = block.is_text and all(cell.kind == "text" for cell in row.cells.values())
        block.columns = len(columns)
        block.labels = text_columns.count(min(columns, default=0))
        return block

    def add(self, right: "ColumnBlock") -> None:
        """Joins the block to its right to it."""
        self.labels = self.labels if self.columns else right.labels
        self.columns += right.columns
        self.is_text = self.is_text and right.is_text
        for number, (count, text) in right.rows.items():
            own_count, own_text = self.rows.get(number, (0, text))
            self.rows[number] = (own_count + count, own_text)

    def stands_apart(self, right: "ColumnBlock") -> bool:
        """Whether it and the block to its right are two tables."""
        if min(self.columns, right.columns) < 2:
            return False
        if (name := self.first_name()) and name == right.first_name():
            return True
        if len(self.rows.keys() & right.rows.keys()) < _MIN_SHARED_ROWS * len(self.rows.keys() | right.rows.keys()):
            return True
        return right.has_labels() and self.has_labels() and not self.is_text and not right.is_text

    def first_name(self) -> str:
        """The first cell of the first row that has several."""
        row = min((number for number, (count, _) in self.rows.items() if count > 1), default=None)
        return "" if row is None else self.rows[row][1].strip().casefold()

    def has_labels(self) -> bool:
        """Whether the first column is one of labels."""
        return self.labels >= max(2, _MIN_LABELS * len(self.rows))
