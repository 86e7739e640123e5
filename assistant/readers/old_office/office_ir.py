"""What office-oxide makes of a file, its intermediate representation (IR), as elements."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

from assistant.errors import ReadingError
from assistant.readers.elements import Element, Inline, InlineStyle, TableCell, TableContent
from assistant.readers.old_office.ole_guard import without_pictures

_MAX_DEPTH = 40  # of lists in lists, boxes in boxes
_STYLES: dict[str, InlineStyle] = {"superscript": "raised", "subscript": "lowered"}
_NOTES = ("footnote", "endnote", "comment")

IrNode = Mapping[str, Any]
"""A node of the IR: a section, a paragraph, a cell…"""

ParagraphReader = Callable[[IrNode, int], Iterator[Element]]
"""Makes elements of a paragraph, heading or the like that is nested so deep in lists; -1 outside of any."""


def parse_office(data: bytes, kind: Literal["doc", "ppt"]) -> IrNode:
    """Has office-oxide parse a file without its pictures.

    Args:
        data: the file, of which the guard knows that it is an OLE file.
        kind: ``doc`` or ``ppt``.

    Raises:
        ReadingError: encrypted or damaged.
    """
    from office_oxide import Document

    try:
        representation: IrNode = Document.from_bytes(without_pictures(data), kind).to_ir()
    except BaseException as error:
        # What the library does not foresee is a panic, which is no Exception.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        if "encrypted" in str(error):
            raise ReadingError("encrypted: it needs a password. Save a copy without one") from None
        raise ReadingError(f"damaged or not a real .{kind} file") from None
    return representation


def node_elements(node: IrNode, read_paragraph: ParagraphReader, depth: int = 0, level: int = -1) -> Iterator[Element]:
    """The elements of a node of a section's text.

    Args:
        node: the node.
        read_paragraph: for the paragraphs in it.
        depth: how deep in others it lies.
        level: how deep it is nested in lists; -1 outside of any.
    """
    kind = node.get("type")
    if depth > _MAX_DEPTH:
        return
    if kind in {"paragraph", "heading", "code_block"}:
        yield from read_paragraph(node, level)
    elif kind == "list":
        for part, nested_level in _list_parts(node, level + 1):
            yield from node_elements(part, read_paragraph, depth + 1, nested_level)
    elif kind == "table":
        yield Element("table", table=_table(node))
    elif kind in _NOTES:
        label = str(node.get("marker"))
        yield from (
            Element("note", node_inlines(part), label=label if label in _NOTES else kind) for part in _parts(node)
        )
    elif kind != "image":
        for part in _parts(node):
            yield from node_elements(part, read_paragraph, depth + 1, level)


def _list_parts(node: IrNode, level: int) -> Iterator[tuple[IrNode, int]]:
    """What the items of a list hold, and how deep it is nested in lists."""
    for item in node.get("items") or ():
        yield from ((part, level) for part in _parts(item))
        if nested := item.get("nested"):
            yield {**nested, "type": "list"}, level


def _parts(node: IrNode) -> Iterator[IrNode]:
    return (part for part in node.get("content") or () if isinstance(part, Mapping))


def node_inlines(node: IrNode, depth: int = 0) -> tuple[Inline, ...]:
    """The text of a node and of all in it."""
    if node.get("type") == "text":
        return (_inline(node),)
    if node.get("type") == "line_break":
        return (Inline(" "),)
    if depth > _MAX_DEPTH or node.get("type") == "image":
        return ()
    parts = [*(node.get("content") or ()), *(node.get("items") or ())]
    if nested := node.get("nested"):
        parts.append(nested)
    inlines: list[Inline] = []
    for part in parts:
        inlines += node_inlines(part, depth + 1)
    return (*inlines, Inline(" "))  # what is in a cell is set off from what follows


def _inline(node: IrNode) -> Inline:
    text = str(node.get("text") or "")
    target = str(node.get("hyperlink") or "")
    if node.get("strikethrough"):
        return Inline(text, "struck")
    if style := _STYLES.get(node.get("vertical_align") or ""):
        return Inline(text, style)
    return Inline(text, "link", target) if target and not target.startswith("#") else Inline(text)


def _table(node: IrNode) -> TableContent:
    """A table; a cell over several rows stands in its first row alone."""
    rows = [
        [
            TableCell(node_inlines(cell), int(cell.get("row_span") or 1), int(cell.get("col_span") or 1))
            for cell in row.get("cells") or ()
        ]
        for row in node.get("rows") or ()
    ]
    return TableContent(rows)
