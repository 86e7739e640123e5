"""Word: headings, paragraphs, list items and tables in the order of the document."""

import io
import re
from collections.abc import Callable, Iterator
from typing import Any

from assistant.readers.extract import ExtractedDocument, collapse_whitespace
from assistant.readers.markdown_blocks import (
    MarkdownBlock,
    join_blocks,
    markdown_heading,
    markdown_item,
    markdown_table,
)
from assistant.readers.office_properties import read_properties
from assistant.readers.zip_guard import open_zip

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# Blocks stand inside these too: content controls, tracked insertions. python-docx passes them over.
_WRAPPERS = {_W + name for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag")}
_TEXT_WRAPPERS = _WRAPPERS | {_W + "hyperlink", _W + "fldSimple"}
_SPACES = {_W + "tab": " ", _W + "br": " ", _W + "cr": " ", _W + "noBreakHyphen": "-"}
_TOC_STYLE = re.compile(r"(?i)toc( heading|\s*\d)")  # of the table of contents
_MAX_BASE_STYLES = 10  # a damaged file may name a style as its own base
_MAX_SPAN = 64  # columns that one cell may stretch over; a damaged file may name any number

_StyleNames = Callable[[Any], list[str]]  # a paragraph's element → the names of its style and of those below it


def read_docx(data: bytes, max_bytes: int) -> ExtractedDocument:
    """Reads a ``.docx`` file with python-docx.

    Tracked insertions and text boxes are read. Deletions, hidden text, the table of contents, headers and footers
    are not.

    Raises:
        ReadingError: encrypted, of another kind, or a zip bomb.
    """
    import docx

    open_zip(data, "docx", max_bytes).close()
    document = docx.Document(io.BytesIO(data))
    blocks = list(_container_blocks(document.element.body, _style_name_lookup(document)))
    title, date = read_properties(document.core_properties)
    return ExtractedDocument(join_blocks(blocks), title, date)


def _style_name_lookup(document: Any) -> _StyleNames:
    """A function that finds the names of a paragraph's style and of its base styles; it looks each style up once."""
    from docx.text.paragraph import Paragraph

    names_by_style: dict[str | None, list[str]] = {}

    def style_names(element: Any) -> list[str]:
        style_id: str | None = element.style
        if style_id not in names_by_style:
            style = Paragraph(element, document._body).style  # noqa: SLF001 — the part that styles are looked up in
            names_by_style[style_id] = [base.name or "" for base in _with_base_styles(style)]
        return names_by_style[style_id]

    return style_names


def _with_base_styles(style: Any) -> Iterator[Any]:
    for _ in range(_MAX_BASE_STYLES):
        if style is None:
            return
        yield style
        style = style.base_style


def _container_blocks(container: Any, style_names: _StyleNames) -> Iterator[MarkdownBlock]:
    for child in container:
        if child.tag == _W + "p":
            yield from _paragraph_blocks(child, style_names)
        elif child.tag == _W + "tbl":
            yield from markdown_table(_table_rows(child))
        elif child.tag in _WRAPPERS:
            yield from _container_blocks(child, style_names)


def _paragraph_blocks(paragraph: Any, style_names: _StyleNames) -> Iterator[MarkdownBlock]:
    """The paragraph, and after it the text boxes that are anchored in it."""
    names = style_names(paragraph)
    text = collapse_whitespace(_visible_text(paragraph))
    if text and not any(_TOC_STYLE.match(name) for name in names):
        level = next(filter(None, map(_heading_level, names)), 0)
        is_numbered = paragraph.find(f"{_W}pPr/{_W}numPr") is not None
        if level:
            yield markdown_heading(level, text)
        elif is_numbered or any(name.startswith("List") and name != "List Paragraph" for name in names):
            yield markdown_item(text)
        else:
            yield MarkdownBlock(text)
    for box in paragraph.iter(_W + "txbxContent"):
        if not any(parent.tag == _FALLBACK for parent in box.iterancestors()):
            yield from _container_blocks(box, style_names)


def _heading_level(style_name: str) -> int:
    """The level of a heading style; 0 for other styles."""
    if style_name == "Title":
        return 1
    match = re.fullmatch(r"(?i)heading (\d)", style_name)
    return int(match[1]) if match else 0


def _visible_text(element: Any) -> str:
    """A paragraph's text with the results of fields and tracked insertions, without hidden text and text boxes."""
    pieces: list[str] = []
    for child in element:
        if child.tag == _W + "t":
            pieces.append(child.text or "")
        elif child.tag in _SPACES:
            pieces.append(_SPACES[child.tag])
        elif child.tag in _TEXT_WRAPPERS or (child.tag == _W + "r" and not _is_hidden(child)):
            pieces.append(_visible_text(child))
    return "".join(pieces)


def _is_hidden(run: Any) -> bool:
    vanish = run.find(f"{_W}rPr/{_W}vanish")
    return vanish is not None and vanish.get(_W + "val") not in {"0", "false"}


def _table_rows(table: Any) -> list[list[str]]:
    """The texts of a table's cells. A cell over rows is repeated, one over columns leaves the next ones empty."""
    rows: list[list[str]] = []
    for row in table.iter(_W + "tr"):
        if any(parent.tag == _W + "tc" and table in parent.iterancestors() for parent in row.iterancestors()):
            continue  # of a table inside a cell: its text is in that cell
        texts: list[str] = []
        for cell in row.iter(_W + "tc"):
            if next(cell.iterancestors(_W + "tr")) is not row:
                continue
            merge = cell.find(f"{_W}tcPr/{_W}vMerge")
            continues_cell_above = merge is not None and merge.get(_W + "val") != "restart"
            if continues_cell_above:
                text = rows[-1][len(texts)] if rows and len(texts) < len(rows[-1]) else ""
            else:
                text = collapse_whitespace(" ".join(_visible_text(paragraph) for paragraph in cell.iter(_W + "p")))
            texts += [text, *[""] * (_column_span(cell) - 1)]
        rows.append(texts)
    return rows


def _column_span(cell: Any) -> int:
    span = cell.find(f"{_W}tcPr/{_W}gridSpan")
    value = span.get(_W + "val") if span is not None else None
    return min(int(value), _MAX_SPAN) if value and value.isdigit() else 1
