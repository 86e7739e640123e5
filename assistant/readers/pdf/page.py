"""What stands on the pages of a PDF, and where: the values that pass between the rooms that read PDFs.

::

    bytes ─pdfium─▶ PageContent ─words─▶ Word ─phrases─▶ Phrase ─┬─tables──▶ TableArea ─┐
                    (glyphs, rulings)                            └─columns─▶ Column ────┴─▶ PageLayout
    PagePhrases of all pages ─running_heads, contents─▶ the same without these, before tables are looked for
    PageLayout of all pages ─paragraphs, roles─▶ Piece ─elements─▶ Element ─compose─▶ canonical text, blocks, boxes

All places are in points from the top left of the page as it is shown: cropped, and turned as the file says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Literal, NamedTuple

from assistant.structure import BlockKind, Role

Rise = Literal[-1, 0, 1]
"""Whether characters are lowered (-1), on the line (0) or raised (1)."""


class Font(NamedTuple):
    """A font as it matters to layout."""

    name: str = ""
    is_bold: bool = False
    is_italic: bool = False


PLAIN_FONT = Font()


class Glyph(NamedTuple):
    """A character as it is printed; one that stands for several (a ligature) has them all as its text."""

    text: str
    x0: float
    y0: float  # of its loose box: the font's ascent, not the ink's
    x1: float
    y1: float
    baseline: float
    size: float  # of the type, as printed
    font: Font
    is_line_end_hyphen: bool = False


class Ruling(NamedTuple):
    """A thin straight line, or an edge of a filled box."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def is_horizontal(self) -> bool:
        """Whether it is wider than high."""
        return self.x1 - self.x0 > self.y1 - self.y0


@dataclass(frozen=True, slots=True)
class TurnedText:
    """Text of a page that doesn't run from left to right.

    Attributes:
        angle: at which it is printed, in degrees anticlockwise.
        glyphs: where they are when the page is turned so that they run from left to right.
        to_page: from there to the page: (a, b, c, d, e, f), by which (x, y) goes to (a·x + b·y + e, c·x + d·y + f).
    """

    angle: int
    glyphs: Sequence[Glyph]
    to_page: tuple[float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class PageContent:
    """What is printed on a page.

    Attributes:
        number: counted from 1.
        width: in points, as shown.
        height: in points, as shown.
        glyphs: those that run from left to right, in the order in which the file prints them; white space too, where
            the file prints some.
        rulings: its lines.
        is_recognised: whether its text is that of character recognition: over a scan, or our own.
        turned: the other glyphs.
        turn: by how many degrees clockwise it is turned beyond what the file says, so that most of its text runs from
            left to right; width, height and all places are those of the turned page.
        hidden: how many glyphs are left out because nobody can see them.
        is_cut: whether more is printed on it than is read of one page.
    """

    number: int
    width: float
    height: float
    glyphs: Sequence[Glyph]
    rulings: Sequence[Ruling] = ()
    is_recognised: bool = False
    turned: Sequence[TurnedText] = ()
    turn: int = 0
    hidden: int = 0
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """Characters without white space between them, of one font and one rise.

    Attributes:
        text: in reading order, also where the script runs from right to left; a hyphen at the end of a line that
            splits a word is U+00AD.
        page: counted from 1.
        x0: left edge.
        y0: top.
        x1: right edge.
        y1: bottom.
        baseline: on which its letters stand; of a raised or lowered word that of the words around it.
        size: of the type.
        font: that of most of its characters.
        rise: raised, lowered or neither.
        is_glued: whether no space separates it from the word before, as a raised mark from its word.
        angle: at which it is printed, in degrees anticlockwise; its edges are those of the upright rectangle
            around it.
    """

    text: str
    page: int
    x0: float
    y0: float
    x1: float
    y1: float
    baseline: float
    size: float
    font: Font = PLAIN_FONT
    rise: Rise = 0
    is_glued: bool = False
    angle: int = 0


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words on one baseline that no wide gap separates: a line of a column or of a cell. They are in reading order."""

    words: tuple[Word, ...]
    page: int
    x0: float
    y0: float
    x1: float
    y1: float
    baseline: float
    size: float  # of most of its characters

    @property
    def text(self) -> str:
        """Its words with spaces between them."""
        return join_words(self.words)


@dataclass(frozen=True, slots=True)
class PagePhrases:
    """The phrases of a page before its tables and columns are found.

    Attributes:
        number: counted from 1.
        width: in points, as shown.
        height: in points, as shown.
        phrases: in any order.
        rulings: its lines.
        is_recognised: whether its text is that of character recognition.
        turn: as of `PageContent`.
    """

    number: int
    width: float
    height: float
    phrases: tuple[Phrase, ...]
    rulings: Sequence[Ruling] = ()
    is_recognised: bool = False
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: its lines, and how many rows and columns it spans."""

    lines: tuple[Phrase, ...] = ()
    rows: int = 1
    columns: int = 1

    @property
    def text(self) -> str:
        """Its words on one line."""
        return " ".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class TableArea:
    """A table on a page.

    Attributes:
        page: counted from 1.
        x0: left edge.
        y0: top.
        x1: right edge.
        y1: bottom.
        rows: its cells, header rows too; a cell over several rows or columns is given once, where it begins.
        header_rows: how many of the rows name the columns.
        title: the lines above it that name it, which stand in no column then.
        unit: the scale or unit that holds for all of it, as in "in millions".
        unit_lines: the lines that state it, where they stand apart from the title and the cells.
        groups: for each of the rows the names of the groups that it stands in, the outermost first: "Assets / Current".
    """

    page: int
    x0: float
    y0: float
    x1: float
    y1: float
    rows: tuple[tuple[Cell, ...], ...]
    header_rows: int = 0
    title: tuple[Phrase, ...] = ()
    unit: str = ""
    unit_lines: tuple[Phrase, ...] = ()
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """Lines of text below each other, in reading order: a column of a page, a box, or a line across it.

    Attributes:
        lines: at least one.
        right: how far they may run, in points, where a box around them tells; infinity where none does.
    """

    lines: tuple[Phrase, ...]
    right: float = inf


@dataclass(frozen=True, slots=True)
class PageLayout:
    """A page in reading order."""

    number: int
    width: float
    height: float
    items: tuple[Column | TableArea, ...]
    is_recognised: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph, heading, item, note, caption… of the document; its lines may stand in several columns and pages.

    Attributes:
        kind: as a block's.
        lines: its lines, in reading order; none for a table.
        role: whose words it holds.
        level: of a heading 1 to 6, of an item its nesting, from 0.
        mark: an item's number or letter, a note's mark; not part of its lines.
        mark_words: the words of its mark, or of its label, as they are printed.
        key: identifies a note; the `note_keys` of other pieces refer to it.
        note_keys: which of its words refer to notes: the index of each among all its words, and the note's key.
        label: as a block's: "footnote", the name of a field.
        is_ticked: of a task or a check box.
        table: for a table.
        is_recognised: whether its text is that of character recognition.
    """

    kind: BlockKind
    lines: tuple[Phrase, ...] = ()
    role: Role = "body"
    level: int = 0
    mark: str = ""
    key: str = ""
    note_keys: tuple[tuple[int, str], ...] = ()
    label: str = ""
    is_ticked: bool | None = None
    table: TableArea | None = None
    is_recognised: bool = False
    mark_words: tuple[Word, ...] = ()


def join_words(words: Sequence[Word]) -> str:
    """Words with spaces between them, except before a word that is glued to the one before it.

    >>> at = dict(page=1, x0=0, y0=0, x1=9, y1=9, baseline=9, size=9)
    >>> join_words([Word("10", **at), Word("6", **at, rise=1, is_glued=True), Word("books", **at)])
    '106 books'
    """
    text = "".join([word.text if word.is_glued else f" {word.text}" for word in words])
    return text if not words or words[0].is_glued else text[1:]
