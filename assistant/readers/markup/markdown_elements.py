"""Markdown inside another file, such as a notebook's cell, as elements."""

import re
from collections.abc import Iterator

from assistant.nlp.struck import CODE_SPAN, STRUCK_SPAN
from assistant.readers.elements import Element, Inline, TableCell, TableContent
from assistant.segmentation.layout import parse_layout
from assistant.structure import Block

_BOX = re.compile(r"\[[ xX]\]\s+")
_INLINE = re.compile(
    f"{CODE_SPAN}|{STRUCK_SPAN}"
    r"|!\[(?P<alt>[^\]]{0,500})\]\([^()\s]{0,2000}(?:\s[^()]{0,500})?\)"
    r"|\[(?P<link_text>[^\]\[]{1,500})\]\((?P<target>[^()\s]{1,2000})(?:\s[^()]{0,500})?\)"
    r"|\[\^(?P<note>[^\]\s]{1,50})\]"
    r"|<sup>(?P<raised>[^<]{1,200})</sup>|<sub>(?P<lowered>[^<]{1,200})</sub>"
    r"|(?P<mark>\*\*\*|\*\*|\*|(?<!\w)__|(?<!\w)_|__(?!\w)|_(?!\w))"
    r"|</?[A-Za-z][^<>]{0,200}>|\\(?P<escaped>[!-/:-@\[-`{-~])"
)


def markdown_elements(text: str) -> Iterator[Element]:
    """The elements of a text in Markdown, marks left out."""
    for block in parse_layout(text, markdown=True):
        yield _element(text, block)


def markdown_inlines(text: str) -> tuple[Inline, ...]:
    """The characters of a paragraph in Markdown, marks left out."""
    inlines: list[Inline] = []
    position = 0
    for match in _INLINE.finditer(text):
        inlines.append(Inline(text[position : match.start()]))
        position = match.end()
        if match["code"]:
            inlines.append(Inline(match["code_text"]))
        elif match["link_text"]:
            inlines.append(Inline(_without_marks(match["link_text"]), "link", match["target"]))
        elif match["note"]:
            inlines.append(Inline(match["note"], "note_mark", match["note"]))
        elif match["struck"] or match["deleted"]:
            inlines.append(Inline(match["struck"] or match["deleted"], "struck"))
        elif match["raised"]:
            inlines.append(Inline(match["raised"], "raised"))
        elif match["lowered"]:
            inlines.append(Inline(match["lowered"], "lowered"))
        elif match["mark"]:
            inlines.append(Inline(_kept_mark(text, match)))
        else:
            inlines.append(Inline(match["alt"] or match["escaped"] or ""))
    return (*inlines, Inline(text[position:]))


def _kept_mark(text: str, match: re.Match[str]) -> str:
    """An asterisk or underscore that stands by itself, as in "3 * 4", is no mark."""
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    return match["mark"] if before.strip() == after.strip() == "" else ""


def _without_marks(text: str) -> str:
    return "".join(inline.text for inline in markdown_inlines(text))


def _element(text: str, block: Block) -> Element:
    content = text[block.start : block.end]
    if block.table:
        rows = [[column.name for column in block.table.columns]]
        rows += [list(block.table.cells(text, number)) for number in range(len(block.table.rows))]
        cells = [[TableCell(markdown_inlines(cell)) for cell in row] for row in rows]
        return Element("table", table=TableContent(cells, block.table.header_rows))
    if block.kind == "code":
        return Element("code", content)
    if block.kind == "item":
        content = content.removeprefix(block.mark).lstrip() if block.mark[:1].isalnum() else content
        content = _BOX.sub("", content, count=1) if block.is_ticked is not None else content
        mark = block.mark if any(map(str.isalnum, block.mark)) else ""
        return Element("item", markdown_inlines(content), level=block.level, mark=mark, is_ticked=block.is_ticked)
    if block.kind == "note":
        return Element("note", markdown_inlines(content), mark=block.mark, label="footnote", key=block.mark)
    return Element(block.kind, markdown_inlines(content), level=block.level)
