"""What is read of a cell: by the program, in its tables, or by a person, on the picture."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields

from assistant.structure import Block, PlacedWord, Table, split_cells
from assistant.types import Document
from research.pdf.page_words import PageWord

_FIGURE = re.compile(r"(?!(?:19|20)\d\d$)[\s$€£¥()%.,–−—\-\d*¹²³⁰-⁹⁽⁾]+")  # years name rows
_BORDER = re.compile(r"(?<!\\)\|")
_NO_TABLE = "in no table"


@dataclass(frozen=True, slots=True)
class CellReading:
    """What a cell says.

    Attributes:
        value: its own words.
        label: of its row, without those of groups.
        group: the names of the groups that its row stands in.
        headers: of its column, from top to bottom.
        unit: the scale or unit that holds for the table.
        title: of the table or statement.
        remark: what else there is to say, as that it is no cell of a table; such cells are not counted.
    """

    value: str = ""
    label: str = ""
    group: str = ""
    headers: str = ""
    unit: str = ""
    title: str = ""
    remark: str = ""


FIELDS = tuple(field.name for field in fields(CellReading))


def words_of_page(document: Document, page: int) -> list[PlacedWord]:
    """The words of a document that stand on a page, with their places."""
    if document.geometry is None:
        return []
    return [word for word in document.geometry.words(0, len(document.text)) if word.box.page == page]


def read_cell(document: Document, words: Sequence[PlacedWord], figure: PageWord) -> CellReading:
    """What a document's own tables say of a figure.

    Args:
        document: as it is read.
        words: those of the figure's page.
        figure: where it stands.
    """
    x, y = figure.center
    inside = [word for word in words if word.box.x0 <= x <= word.box.x1 and word.box.y0 <= y <= word.box.y1]
    if not inside:
        return CellReading(remark="no word stands there")
    place = inside[0].start
    block = next((block for block in document.blocks if block.start <= place < block.end), None)
    if block is None or block.table is None:
        kind = f"a {block.kind} ({block.role})" if block else "no block"
        text = document.text[block.start : block.end] if block else document.text[place : inside[0].end]
        return CellReading(text[:200], remark=f"{_NO_TABLE}: it is {kind}")
    return _reading_in_table(document.text, block, block.table, place)


def _reading_in_table(text: str, block: Block, table: Table, place: int) -> CellReading:
    row = next((row for row in table.rows if row.start <= place < row.end), None)
    if row is None:
        return CellReading(
            text[place : block.end].split("|", maxsplit=1)[0], title=table.title, remark="a header of its table"
        )
    line = text[row.start : row.end]
    column = len(_BORDER.findall(line[: place - row.start])) - 1
    cells = split_cells(line)
    before = enumerate(cells[:column])  # a row may have no label
    label = " | ".join(cell for place, cell in before if cell and (not place or not _FIGURE.fullmatch(cell)))
    header = table.columns[column].name if column < len(table.columns) else ""
    return CellReading(cells[column], label, row.group, header, table.unit, table.title)
