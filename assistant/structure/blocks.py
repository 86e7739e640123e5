"""The structure of a document: its blocks in reading order, with offsets into the canonical text.

The canonical text says what a document says; the blocks over it say what each piece of it is: a heading, a list item,
a table with its columns, a footnote, or something that is no statement of the document's own, such as its table of
contents. Every offset is in Unicode code points of the canonical text, and every pair is a half-open span.
"""

import re
from dataclasses import dataclass
from typing import Literal, NamedTuple

BlockKind = Literal["heading", "paragraph", "item", "table", "note", "caption", "code", "field", "message"]
"""What a block is:

- ``heading``: with its level;
- ``paragraph``: running text;
- ``item``: an item of a list, with its number or mark, its nesting, and for a task whether it is ticked;
- ``table``: with its columns and rows;
- ``note``: a footnote, endnote, comment or speaker's note (its ``label`` says which), with its mark and anchor;
- ``caption``: the title of a table, or what stands under a picture or chart;
- ``code``: lines that are code;
- ``field``: a form field or a fact with its name (``label``) and value;
- ``message``: the head of a mail or of another message: from, to, date, subject; or of a transcript's cue.
"""

Role = Literal[
    "body", "title", "header", "footer", "page_number", "contents", "bibliography", "index", "navigation"
]  # fmt: skip
"""Whose words a block holds: ``body`` is what the document states; all others are no statements of its own."""

RunKind = Literal["raised", "lowered", "struck", "link"]

_CELL_BORDER = re.compile(r"(?<!\\)\|")


class Run(NamedTuple):
    """A span inside a block that stands out: raised, lowered, struck out, or a link with its target."""

    start: int
    end: int
    kind: RunKind
    target: str = ""


class Column(NamedTuple):
    """A column of a table: its name, and its letter in a sheet. Names of several header rows are joined by " / "."""

    name: str
    letter: str = ""  # as in "C"


class TableRow(NamedTuple):
    """A row of a table below its headers: its line, the group that it stands in, and its number in a sheet."""

    start: int
    end: int
    group: str = ""  # the words of a row above that only names those below it
    number: int = 0  # in a sheet, counted from 1; 0 where there is none


class MergedCells(NamedTuple):
    """A cell over several rows or columns. The canonical text has its words in each row, in the first column."""

    row: int  # the first, counted from 0 below the headers
    column: int  # the first, counted from 0
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table. Its cells are in the canonical text, a line ``| … | … |`` for each row.

    Attributes:
        title: what the file calls it; empty where it has no title.
        unit: the scale or unit that holds for all of it, as in "in millions of euros"; empty where none is given.
        sheet: the name of the sheet that it stands on.
        columns: from left to right.
        header_rows: how many rows of the file name the columns; 0 where none does.
        rows: below the headers, from top to bottom.
        merged: the cells that stretch over several rows or columns.
    """

    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]
    title: str = ""
    unit: str = ""
    sheet: str = ""
    header_rows: int = 0
    merged: tuple[MergedCells, ...] = ()

    def cells(self, text: str, row: int) -> tuple[str, ...]:
        """The values of a row, one for each column.

        Args:
            text: the canonical text.
            row: counted from 0 below the headers.
        """
        values = split_cells(text[self.rows[row].start : self.rows[row].end])
        return tuple(values[: len(self.columns)]) + ("",) * (len(self.columns) - len(values))

    def address(self, row: int, column: int) -> str | None:
        """The address of a cell in its sheet, as in "C4"; None for a table that is on no sheet."""
        letter, number = self.columns[column].letter, self.rows[row].number
        return f"{letter}{number}" if letter and number else None


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the canonical text that no sentence crosses.

    Attributes:
        kind: what it is.
        start: the offset of its first character. Marks of layout (``#``, ``-``, ``|``) are left out; the number of a
            list item and the box of a task are part of it.
        end: the offset behind its last character.
        role: whose words it holds.
        level: of a heading, 1 to 6; of a list item how deep it is nested, from 0.
        mark: the number, letter or bullet of a list item, or the mark of a note, as written.
        is_ticked: whether a task is done; None for anything else than a task.
        label: the name of a field; of a note, "footnote", "endnote", "comment" or "speaker's note".
        anchor: the offset at which a note is referred to; None where that isn't known.
        runs: the spans in it that stand out, in order.
        table: for a table.
        is_recognised: whether its text was recognised on a picture of a page, and may hold wrong letters.
    """

    kind: BlockKind
    start: int
    end: int
    role: Role = "body"
    level: int = 0
    mark: str = ""
    is_ticked: bool | None = None
    label: str = ""
    anchor: int | None = None
    runs: tuple[Run, ...] = ()
    table: Table | None = None
    is_recognised: bool = False


def split_cells(row: str) -> list[str]:
    r"""The cells of a table row of the canonical text; an escaped border (``\|``) is part of a cell.

    >>> split_cells(r"| Oak \| Ash | 12 |")
    ['Oak | Ash', '12']
    """
    cells = _CELL_BORDER.split(row.strip().removeprefix("|"))
    if len(cells) > 1 and not cells[-1].strip():
        cells.pop()  # behind the last border
    return [cell.strip().replace("\\|", "|") for cell in cells]


def escape_cell(text: str) -> str:
    """A cell's text as a table row of the canonical text has it, on one line."""
    return " ".join(text.split()).replace("|", "\\|")
