"""An lxml tree, of HTML or of trafilatura's own tags, as blocks of light Markdown."""

import re
from collections.abc import Iterator
from typing import Any

from assistant.readers.extract import collapse_whitespace
from assistant.readers.markdown_blocks import MarkdownBlock, markdown_heading, markdown_item, markdown_table

# trafilatura's own tags (head, list, item, row, cell, quote, lb) beside those of HTML.
HEADING_TAGS = {"head", "h1", "h2", "h3", "h4", "h5", "h6"}
NO_TEXT_TAGS = {"script", "style", "noscript", "template", "svg", "title", "nav", "select", "textarea", "iframe"}
NO_TEXT_TAGS |= {"object", "video", "audio", "canvas"}
_ITEM_TAGS = {"li", "item", "dd"}
_BLOCK_TAGS = HEADING_TAGS | _ITEM_TAGS
_BLOCK_TAGS |= {"p", "div", "section", "article", "main", "body", "header", "footer", "aside", "figure", "figcaption"}
_BLOCK_TAGS |= {"ul", "ol", "list", "dl", "dt", "blockquote", "quote", "pre", "address", "hr", "form", "fieldset"}
_BLOCK_TAGS |= {"center", "details", "summary", "table", "caption", "tr", "row", "td", "th", "cell"}
_SENTENCE_ENDS = (".", "!", "?", ":", "…", "”", "»", '"')


def html_blocks(root: Any) -> Iterator[MarkdownBlock]:
    """The paragraphs, headings, list items and tables under an element of lxml, in order."""
    from lxml import etree

    pieces: list[str] = []  # of the block that is being read
    walk: Any = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        if event in {"comment", "pi"}:
            pieces.append(element.tail or "")
            continue
        tag = _tag_name(element)
        if event == "start":
            if tag in _BLOCK_TAGS:
                yield from _text_blocks("".join(pieces), element.getparent())
                pieces.clear()
            if tag in NO_TEXT_TAGS or (tag == "table" and _is_data_table(element)):
                if tag == "table":
                    yield from _table_blocks(element)
                walk.skip_subtree()
                continue
            pieces.append("\n" if tag in {"br", "lb"} else _one_line(element.text))
        else:
            if tag in _BLOCK_TAGS:
                yield from _text_blocks("".join(pieces), element)
                pieces.clear()
            pieces.append(_one_line(element.tail) if element is not root else "")


def _text_blocks(text: str, parent: Any) -> Iterator[MarkdownBlock]:
    """The paragraphs of a text that stands right under an element."""
    paragraphs: list[str] = []
    for number, line in enumerate(re.split(r"\n(\s*\n)?", text)[::2]):
        clean = collapse_whitespace(line)
        # One <br> inside a sentence is only a line's end; after a full stop it is a paragraph's.
        if paragraphs and clean and number and not paragraphs[-1].endswith(_SENTENCE_ENDS):
            paragraphs[-1] += f" {clean}"
        elif clean:
            paragraphs.append(clean)
    for paragraph in paragraphs:
        yield _text_block(paragraph, parent)


def _text_block(text: str, parent: Any) -> MarkdownBlock:
    """A heading, list item or paragraph, by the nearest element around it that says which."""
    while parent is not None:
        tag = _tag_name(parent)
        if tag in HEADING_TAGS:
            level = (parent.get("rend") if tag == "head" else tag) or "h2"
            return markdown_heading(int(level[1]) if level[1:].isdigit() else 2, text)
        if tag in _ITEM_TAGS:
            return markdown_item(text)
        parent = parent.getparent()
    return MarkdownBlock(text)


def _one_line(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")


def _tag_name(element: Any) -> str:
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _is_data_table(table: Any) -> bool:
    """Whether a table holds data; one that lays out a page holds tables or long text in its cells."""
    tags = [_tag_name(element) for element in table.iterdescendants()]
    cells = tags.count("td") + tags.count("th") + tags.count("cell")
    return "table" not in tags and cells > 1 and tags.count("p") <= 2 * cells


def _table_blocks(table: Any) -> list[MarkdownBlock]:
    rows, are_headers = [], []
    for row in (element for element in table.iter() if _tag_name(element) in {"tr", "row", "caption"}):
        if _tag_name(row) == "caption":
            rows.append([collapse_whitespace("".join(row.itertext()))])
            continue
        cells = [cell for cell in row if _tag_name(cell) in {"td", "th", "cell"}]
        rows.append([collapse_whitespace(" ".join(cell.itertext())) for cell in cells])
        are_headers.append(bool(cells) and all(_tag_name(cell) == "th" or cell.get("role") == "head" for cell in cells))
    return markdown_table(rows, header=True if any(are_headers[:2]) else None)
