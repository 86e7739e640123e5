"""Word documents and PowerPoint slides, by python-docx and python-pptx."""

import io
import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from assistant.readers.extract import (
    ExtractedDocument,
    MarkdownBlock,
    collapse_whitespace,
    join_blocks,
    join_pages,
    markdown_heading,
    markdown_item,
    markdown_table,
    own_title,
    parse_date,
)
from assistant.readers.zip_guard import open_archive

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# Blocks stand inside these too: content controls, tracked insertions. python-docx passes them over.
_WRAPPERS = {_W + name for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag")}
_SPACES = {_W + "tab": " ", _W + "br": " ", _W + "cr": " ", _W + "noBreakHyphen": "-"}
_TEMPLATE_DATES = {
    date(2013, 12, 23),
    date(2013, 1, 27),
}  # python-docx's and python-pptx's own, left unset by most

_Styles = Callable[[Any], list[str]]


def read_docx(data: bytes, limit: int) -> ExtractedDocument:
    """Reads a ``.docx`` file: headings, paragraphs, list items and tables in their order.

    Tracked insertions and text boxes are read; deletions, hidden text, the table of contents, headers and
    footers are not.
    """
    import docx

    open_archive(data, "docx", limit).close()
    document = docx.Document(io.BytesIO(data))
    blocks = list(_word_blocks(document.element.body, _style_names(document)))
    return ExtractedDocument(join_blocks(blocks), *_core(document.core_properties))


def _core(properties: Any) -> tuple[str, date | None]:
    """Title and date of an Office file: the day it was last saved, up to which its text was looked after."""
    saved = None
    for name in ("modified", "created"):
        try:
            saved = saved or parse_date(getattr(properties, name))
        except (ValueError, TypeError):  # a malformed date is no reason to lose the text
            continue
    return own_title(properties.title), None if saved in _TEMPLATE_DATES else saved


def _style_names(document: Any) -> _Styles:
    """Looks up the names of a paragraph's style and of those that it is based on, each style once."""
    from docx.text.paragraph import Paragraph

    known: dict[str | None, list[str]] = {}

    def names(element: Any) -> list[str]:
        identity: str | None = element.style
        if identity not in known:
            style = Paragraph(element, document._body).style  # noqa: SLF001 — the part that styles are looked up in
            known[identity] = [each.name or "" for each in _with_bases(style)]
        return known[identity]

    return names


def _word_blocks(container: Any, styles: _Styles) -> Iterator[MarkdownBlock]:
    for child in container:
        if child.tag == _W + "p":
            yield from _word_paragraph(child, styles)
        elif child.tag == _W + "tbl":
            yield from markdown_table(_word_rows(child))
        elif child.tag in _WRAPPERS:
            yield from _word_blocks(child, styles)


def _word_paragraph(element: Any, styles: _Styles) -> Iterator[MarkdownBlock]:
    names = styles(element)
    text = collapse_whitespace(_word_text(element))
    if text and not any(re.match(r"(?i)toc( heading|\s*\d)", name) for name in names):
        level = next((found for name in names if (found := _heading_level(name))), 0)
        numbered = element.find(f"{_W}pPr/{_W}numPr") is not None
        if level:
            yield markdown_heading(level, text)
        elif numbered or any(name.startswith("List") and name != "List Paragraph" for name in names):
            yield markdown_item(text)
        else:
            yield MarkdownBlock(text)
    for box in element.iter(_W + "txbxContent"):
        if not any(parent.tag == _FALLBACK for parent in box.iterancestors()):
            yield from _word_blocks(box, styles)


def _with_bases(style: Any) -> Iterator[Any]:
    for _ in range(10):  # a damaged file may name a style as its own base
        if style is None:
            return
        yield style
        style = style.base_style


def _heading_level(style: str) -> int:
    if style == "Title":
        return 1
    found = re.fullmatch(r"(?i)heading (\d)", style)
    return int(found[1]) if found else 0


def _word_text(element: Any) -> str:
    """A paragraph's text with fields' results and tracked insertions, without hidden text and text boxes."""
    pieces: list[str] = []
    for child in element:
        if child.tag == _W + "t":
            pieces.append(child.text or "")
        elif child.tag in _SPACES:
            pieces.append(_SPACES[child.tag])
        elif child.tag == _W + "r":
            hidden = child.find(f"{_W}rPr/{_W}vanish")
            pieces.append(
                "" if hidden is not None and hidden.get(_W + "val") not in {"0", "false"} else _word_text(child)
            )
        elif child.tag in _WRAPPERS or child.tag in {_W + "hyperlink", _W + "fldSimple"}:
            pieces.append(_word_text(child))
    return "".join(pieces)


def _word_rows(element: Any) -> list[list[str]]:
    rows: list[list[str]] = []
    for row in element.iter(_W + "tr"):
        if any(parent.tag == _W + "tc" and element in parent.iterancestors() for parent in row.iterancestors()):
            continue  # of a table inside a cell: its text is in that cell
        cells: list[str] = []
        for cell in row.iter(_W + "tc"):
            if next(cell.iterancestors(_W + "tr")) is not row:
                continue
            merged = cell.find(f"{_W}tcPr/{_W}vMerge")
            goes_on = merged is not None and merged.get(_W + "val") != "restart"
            span = cell.find(f"{_W}tcPr/{_W}gridSpan")
            text = collapse_whitespace(" ".join(_word_text(paragraph) for paragraph in cell.iter(_W + "p")))
            above = rows[-1][len(cells)] if goes_on and rows and len(cells) < len(rows[-1]) else ""
            cells += [above if goes_on else text, *[""] * (_number(span) - 1)]
        rows.append(cells)
    return rows


def _number(span: Any) -> int:
    value = span.get(_W + "val") if span is not None else None
    return min(int(value), 64) if value and value.isdigit() else 1


def read_pptx(data: bytes, limit: int) -> ExtractedDocument:
    """Reads a ``.pptx`` file: each slide is a page, its title a heading, then text, tables and the notes."""
    import pptx

    open_archive(data, "pptx", limit).close()
    deck = pptx.Presentation(io.BytesIO(data))
    text, pages = join_pages([join_blocks(_slide_blocks(slide)) for slide in deck.slides])
    return ExtractedDocument(text, *_core(deck.core_properties), pages=pages)


def _slide_blocks(slide: Any) -> Iterator[MarkdownBlock]:
    title = slide.shapes.title
    if title is not None and (words := collapse_whitespace(title.text_frame.text)):
        yield markdown_heading(2, words)
    for shape in _shapes(slide.shapes):
        if title is None or shape.shape_id != title.shape_id:
            yield from _shape_blocks(shape)
    if slide.has_notes_slide and (frame := slide.notes_slide.notes_text_frame) is not None:
        yield from _paragraphs(frame, items=False)


def _shapes(shapes: Any) -> Iterator[Any]:
    for shape in shapes:
        if hasattr(shape, "shapes"):  # a group
            yield from _shapes(shape.shapes)
        else:
            yield shape


def _shape_blocks(shape: Any) -> Iterator[MarkdownBlock]:
    from pptx.enum.shapes import PP_PLACEHOLDER as KIND

    kind = shape.placeholder_format.type if shape.is_placeholder else None
    if kind in {KIND.SLIDE_NUMBER, KIND.FOOTER, KIND.DATE, KIND.HEADER}:
        return
    if getattr(shape, "has_table", False):
        yield from markdown_table([[collapse_whitespace(cell.text) for cell in row.cells] for row in shape.table.rows])
    elif shape.has_text_frame:
        yield from _paragraphs(shape.text_frame, items=kind in {KIND.BODY, KIND.OBJECT})


def _paragraphs(frame: Any, *, items: bool) -> Iterator[MarkdownBlock]:
    texts = [text for paragraph in frame.paragraphs if (text := collapse_whitespace(paragraph.text))]
    for text in texts:
        yield markdown_item(text) if items and len(texts) > 1 else MarkdownBlock(text)
