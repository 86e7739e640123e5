"""The blocks of OpenDocument text: headings, paragraphs, lists, tables, what is drawn, and what is generated."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from assistant.readers.cell_content import cell_content
from assistant.readers.elements import Element, Inline, TableCell
from assistant.readers.left_out import HIDDEN
from assistant.readers.opendocument.context import OdfContext
from assistant.readers.opendocument.inlines import InlineReader, Piece
from assistant.readers.opendocument.objects import control_field, object_pieces
from assistant.readers.opendocument.package import attribute, child, children, node_name, number_attribute
from assistant.readers.opendocument.styles import ListStyle
from assistant.readers.opendocument.subtables import DividedCell, undivided
from assistant.readers.opendocument.tables import (
    OdfRow,
    has_one_column,
    repeat_cell,
    row_cells,
    sub_table,
    table_content,
    table_rows,
)
from assistant.readers.sheets.table_limits import MAX_ROWS
from assistant.structure import BlockKind, Role

_INDEXES: dict[str, Role] = {
    "text:table-of-content": "contents", "text:illustration-index": "contents", "text:table-index": "contents",
    "text:object-index": "contents", "text:user-index": "contents", "text:bibliography": "bibliography",
    "text:alphabetical-index": "index",
}  # fmt: skip
_SKIPPED = frozenset(
    ("office:forms", "text:tracked-changes", "text:sequence-decls", "text:variable-decls", "text:user-field-decls",
     "text:dde-connection-decls", "text:number", "svg:title", "svg:desc", "office:binary-data", "office:annotation-end",
     "office:event-listeners", "table:table-column", "presentation:notes", "anim:par", "text:index-title-template")
)  # fmt: skip
_DRAWN = ("draw:", "dr3d:")
_CODE_STYLES = frozenset(("preformatted text", "source code", "html preformatted"))
_CAPTION_LABEL = re.compile(r"\s*[^\W\d_]{2,}(?:\s[^\W\d_]+)*\.?\s*")  # before the number, as in "Figure 3"
_MAX_CAPTION_LABEL_CHARS = 30
_TICKS = {"[x]": True, "[ ]": False}

TableRows = list[tuple[bool, list[TableCell]]]


class TextReader:
    """Reads text, from a whole document to what is in a box.

    Attributes:
        inlines: reads paragraphs.
    """

    def __init__(self, context: OdfContext) -> None:
        self._context = context
        self.inlines = InlineReader(context, self.shape)
        self._readers: dict[str, Callable[[Any], Iterator[Element]]] = {
            "text:h": self._heading,
            "text:p": self._paragraph,
            "text:list": lambda element: self._list(children(element), element),
            "text:numbered-paragraph": lambda element: self._list([element], element),
            "table:table": self.table,
            "text:section": self._section,
            "text:change": self._change,
            "office:annotation": lambda comment: _elements(self.inlines.comment(comment)),
        }

    def blocks(self, container: Any) -> Iterator[Element]:
        """What stands in a container."""
        for element in children(container):
            yield from self.block(element)

    def block(self, element: Any) -> Iterator[Element]:
        """What an element stands for."""
        name = node_name(element)
        if read := self._readers.get(name):
            yield from read(element)
        elif name in _INDEXES:
            yield from self._index(element, _INDEXES[name])
        elif name.startswith(_DRAWN):
            yield from _elements(self.shape(element))
        elif name and name not in _SKIPPED:
            yield from self.blocks(element)

    def shape(self, shape: Any) -> Iterator[Piece]:
        """What is drawn: a frame, a box with text, a group, a form's control."""
        name = node_name(shape)
        if name == "draw:control":
            control = self._context.control(attribute(shape, "draw:control"))
            if control is not None and (field := control_field(control)):
                yield field
        elif name == "draw:frame":
            yield from self._frame(shape)
        else:
            for element in children(shape):
                is_drawn = node_name(element).startswith(_DRAWN)
                yield from self.shape(element) if is_drawn else self.block(element)

    def table(self, table: Any) -> Iterator[Element]:
        """A table, and behind it what its cells hold beside text."""
        if has_one_column(table):  # one that only lays out text
            for row in table_rows(table):
                for cell in row_cells(row.element) if not row.is_hidden else ():
                    yield from self.blocks(cell.element) if not cell.is_covered else ()
            return
        behind: list[Element] = []
        yield Element("table", table=table_content(self._table_rows(table, behind)))
        yield from behind

    def _heading(self, heading: Any, mark: str | None = None) -> Iterator[Element]:
        level = number_attribute(heading, "text:outline-level", 1)
        if mark is None:
            is_unnumbered = attribute(heading, "text:is-list-header") == "true" or self._context.styles.is_unnumbered(
                attribute(heading, "text:style-name")
            )
            mark = "" if is_unnumbered else self._context.numbering.heading_mark(heading, level)
        yield from self._anchored(heading, "heading", level, _shown_mark(heading) or mark)

    def _paragraph(self, paragraph: Any) -> Iterator[Element]:
        styles = self._context.styles.names("paragraph", attribute(paragraph, "text:style-name"))
        names = {name.casefold() for name in styles}
        if "title" in names:
            yield from (replace(element, role="title") if element.kind == "heading" else element
                        for element in self._anchored(paragraph, "heading", 1))  # fmt: skip
        elif "caption" in names or _begins_as_caption(paragraph):
            yield from self._anchored(paragraph, "caption")
        else:
            yield from self._anchored(paragraph, "code" if names & _CODE_STYLES else "paragraph")

    def _anchored(self, paragraph: Any, kind: BlockKind, level: int = 0, mark: str = "") -> Iterator[Element]:
        """A paragraph as an element, and behind it what is anchored in it."""
        pieces = self.inlines.paragraph(paragraph)
        inlines = [piece for piece in pieces if isinstance(piece, Inline)]
        is_ticked = _TICKS.get(inlines[0].text.strip()) if inlines else None
        yield Element(kind, inlines if is_ticked is None else inlines[1:], level=level, mark=mark, is_ticked=is_ticked)
        yield from (piece for piece in pieces if isinstance(piece, Element))

    def _list(self, items: Iterable[Any], list_element: Any) -> Iterator[Element]:
        name = attribute(list_element, "text:style-name") or self._style_of_first_paragraph(list_element)
        counts = self._context.numbering.begin_list(list_element, name)
        level = max(number_attribute(list_element, "text:level", 1), 1)
        yield from self._items(items, self._context.styles.list_style(name), counts, level)

    def _style_of_first_paragraph(self, list_element: Any) -> str:
        first = next((element for element in list_element.iter() if node_name(element) in {"text:p", "text:h"}), None)
        if first is None:
            return ""
        return self._context.styles.list_style_name(attribute(first, "text:style-name"))

    def _items(self, items: Iterable[Any], style: ListStyle, counts: dict[int, int], level: int) -> Iterator[Element]:
        for item in items:
            name = node_name(item)
            parts = [part for part in children(item) if node_name(part) not in {"text:number", "text:soft-page-break"}]
            begins = name != "text:list-header" and bool(parts) and node_name(parts[0]) in {"text:p", "text:h"}
            mark = self._context.numbering.item_mark(item, counts, style, level) if begins else ""
            mark = _shown_mark(item) or mark
            for place, part in enumerate(parts):
                part_name = node_name(part)
                if part_name == "text:list":
                    own = attribute(part, "text:style-name")
                    below = self._context.styles.list_style(own) if own else style
                    yield from self._items(children(part), below, counts, level + 1)
                elif part_name == "text:h":
                    yield from self._heading(part, mark if begins and not place else "")
                elif part_name == "text:p" and begins and not place:
                    yield from self._anchored(part, "item", level - 1, mark)
                else:
                    yield from self.block(part)

    def _index(self, index: Any, role: Role) -> Iterator[Element]:
        """What a program made of the document: its table of contents, bibliography or index."""
        body = child(index, "text:index-body")
        for element in self.blocks(body) if body is not None else ():
            yield replace(element, role=role) if element.role in {"body", "title"} else element

    def _change(self, change: Any) -> Iterator[Element]:
        """Where whole paragraphs were deleted."""
        yield Element("paragraph", [self._context.deletion(attribute(change, "text:change-id"))])

    def _section(self, section: Any) -> Iterator[Element]:
        is_hidden = attribute(section, "text:is-hidden") == "true" or attribute(section, "text:display") == "none"
        if is_hidden and "".join(section.itertext()).strip():
            self._context.left_out[HIDDEN] += 1
        elif not is_hidden:
            yield from self.blocks(section)

    def _frame(self, frame: Any) -> Iterator[Piece]:
        """The first form of what a frame holds; the others are for programs that can't show it."""
        for element in children(frame):
            name = node_name(element)
            if name == "draw:text-box":
                yield from self.blocks(element)
            elif name == "table:table":
                yield from self.table(element)
            elif name.startswith("draw:"):
                yield from object_pieces(element, self._context, self.table)
            else:
                continue
            return

    def _table_rows(self, table: Any, behind: list[Element]) -> TableRows:
        rows: list[tuple[bool, list[TableCell | DividedCell]]] = []
        for row in table_rows(table):
            if row.is_hidden:
                self._context.left_out[HIDDEN] += bool("".join(row.element.itertext()).strip())
                continue
            cells = list(self._row_cells(row, behind))
            size = sum(map(_size, cells))
            again = min(row.repeated - 1, self._context.repeatable // (size or 1), MAX_ROWS - len(rows)) if size else 0
            self._context.repeatable -= again * size
            rows += [(row.is_header, cells)] * (again + 1)
        return undivided(rows)

    def _row_cells(self, row: OdfRow, behind: list[Element]) -> Iterator[TableCell | DividedCell]:
        """The cells of a row; what has to stand behind the table is added to that."""
        for cell in row_cells(row.element):
            if cell.is_covered:
                continue
            if (inner := sub_table(cell.element)) is not None:
                yield DividedCell([inner_row for _, inner_row in self._table_rows(inner, behind)], cell.columns)
                continue
            content, more = cell_content(self.blocks(cell.element))
            behind += more
            own = TableCell(content, cell.rows, cell.columns, row.is_header)
            repeated = repeat_cell(own, cell.repeated, self._context.repeatable)
            self._context.repeatable -= sum(map(_size, repeated[1:]))
            yield from repeated


def merge_code(elements: Iterable[Element]) -> Iterator[Element]:
    """The elements, with lines of code that follow one another as one element."""
    code: list[Inline] = []
    for element in elements:
        if element.kind == "code" and not isinstance(element.content, str):
            code += [Inline("\n"), *element.content] if code else element.content
            continue
        if code:
            yield Element("code", code)
            code = []
        yield element
    if code:
        yield Element("code", code)


def _elements(pieces: Iterable[Piece]) -> Iterator[Element]:
    """What is drawn outside paragraphs, formulas as paragraphs of their own."""
    for piece in pieces:
        if isinstance(piece, Element):
            yield piece
        elif piece.text.strip():
            yield Element("paragraph", [piece])


def _size(cell: TableCell | DividedCell) -> int:
    """How many characters a cell has."""
    if isinstance(cell, DividedCell):
        return sum(_size(inner) for row in cell.rows for inner in row)
    return sum(len(inline.text) for inline in cell.content if isinstance(inline, Inline))


def _shown_mark(element: Any) -> str:
    """The number of an item or heading where the file itself has it."""
    number = child(element, "text:number")
    return "" if number is None else "".join(number.itertext()).strip()


def _begins_as_caption(paragraph: Any) -> bool:
    """Whether a paragraph begins as captions do, with a label and a number that the program counts: "Figure 3"."""
    before = paragraph.text or ""
    for element in children(paragraph):
        if node_name(element) == "text:sequence":
            return _CAPTION_LABEL.fullmatch(before) is not None
        before += "".join(element.itertext()) + (element.tail or "")
        if len(before) > _MAX_CAPTION_LABEL_CHARS:
            return False
    return False
