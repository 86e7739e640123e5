"""What readers find in a file, before it becomes text: elements in reading order.

`compose` makes the canonical text of them, by one rule for every kind of file, and the blocks that lie over it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.structure import BlockKind, Box, Role

InlineStyle = Literal["plain", "raised", "lowered", "note_mark", "struck", "link"]


@dataclass(frozen=True, slots=True)
class Inline:
    """Some characters of one style in an element.

    Attributes:
        text: white space in it counts as in HTML: any run of it is one space.
        style: ``raised`` and ``lowered`` as the file shows them; ``note_mark`` where the file says that the characters
            refer to a note, and without characters where a comment stands; ``struck`` for struck out or deleted text,
            which the canonical text leaves out.
        target: where a link leads; of a ``note_mark``, the ``key`` of the note.
        box: where the characters stand on their page; None for kinds of files that have no pages with places.
    """

    text: str
    style: InlineStyle = "plain"
    target: str = ""
    box: Box | None = None


Content = str | Sequence[Inline]
"""The text of an element: plain, or in inlines."""


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell as the file has it. One that stretches over rows or columns is given once, where it begins."""

    content: Content = ""
    rows: int = 1
    columns: int = 1
    is_header: bool = False


@dataclass(frozen=True, slots=True)
class TableContent:
    """A table as the file has it.

    Attributes:
        rows: its cells, row by row, those of header rows too. A cell over several rows stands in its first row alone,
            as in HTML.
        header_rows: how many rows name the columns; None where the file doesn't say: then the cells tell.
        title: what the file calls it: text, or inlines that say where it stands.
        unit: the scale or unit that holds for all of it.
        unit_line: the line that states it, where that is neither part of the title nor of a cell.
        sheet: the name of the sheet that it stands on.
        letters: of the columns in the sheet.
        numbers: of the rows in the sheet, those of header rows too.
        groups: for each row, header rows too, the group that it stands in, where the reader knows; else the rows that
            hold one cell over all columns tell.
    """

    rows: Sequence[Sequence[TableCell]]
    header_rows: int | None = None
    title: Content = ""
    unit: str = ""
    unit_line: Content = ""
    sheet: str = ""
    letters: Sequence[str] = ()
    numbers: Sequence[int] = ()
    groups: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Element:
    """One heading, paragraph, list item, table, note… of a file.

    Attributes:
        kind: as a block's.
        content: its text; nothing for a table.
        role: whose words it holds.
        level: of a heading, 1 to 6; of an item its nesting, from 0.
        mark: an item's number or letter as the file shows it ("3.", "(a)", "IV."); empty for a bullet. A note's mark.
        is_ticked: for a task, whether it is done.
        label: a field's name; what a note is: "footnote", "endnote", "comment" or "speaker's note".
        key: identifies a note; the ``target`` of the inlines that refer to it.
        table: for a table.
        mark_box: where the mark stands on its page, of a field its label.
        is_recognised: whether its text was recognised on a picture of a page.
    """

    kind: BlockKind
    content: Content = ""
    role: Role = "body"
    level: int = 0
    mark: str = ""
    is_ticked: bool | None = None
    label: str = ""
    key: str = ""
    table: TableContent | None = None
    mark_box: Box | None = None
    is_recognised: bool = False


def inlines_of(content: Content) -> Sequence[Inline]:
    """Some content as inlines."""
    return [Inline(content)] if isinstance(content, str) else content


def box_text(is_ticked: bool | None) -> str:
    """The box of a task, as it stands before its words; "" for anything else."""
    return "" if is_ticked is None else "[x] " if is_ticked else "[ ] "


def plain_table(rows: Sequence[Sequence[str]], *, header_rows: int | None = None, title: str = "") -> Element:
    """A table of cells without spans."""
    cells = [[TableCell(cell) for cell in row] for row in rows]
    return Element("table", table=TableContent(cells, header_rows, title))
