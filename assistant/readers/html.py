"""Web pages: the article without the page around it, by trafilatura; plain pages by their body."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from assistant.errors import ReadingError
from assistant.readers.extract import (
    ExtractedDocument,
    MarkdownBlock,
    collapse_whitespace,
    join_blocks,
    markdown_heading,
    markdown_item,
    markdown_table,
    own_title,
    parse_date,
)
from assistant.readers.text import decode_text

# trafilatura's own tags (head, list, item, row, cell, quote, lb) beside those of HTML.
_HEADINGS = {"head", "h1", "h2", "h3", "h4", "h5", "h6"}
_ITEMS = {"li", "item", "dd"}
_BLOCKS = _HEADINGS | _ITEMS
_BLOCKS |= {
    "p",
    "div",
    "section",
    "article",
    "main",
    "body",
    "header",
    "footer",
    "aside",
    "figure",
    "figcaption",
}
_BLOCKS |= {"ul", "ol", "list", "dl", "dt", "blockquote", "quote", "pre", "address", "hr", "form", "fieldset"}
_BLOCKS |= {"center", "details", "summary", "table", "caption", "tr", "row", "td", "th", "cell"}
_NO_TEXT = {"script", "style", "noscript", "template", "svg", "title", "nav", "select", "textarea", "iframe"}
_NO_TEXT |= {"object", "video", "audio", "canvas"}
_AROUND = _NO_TEXT | {"form", "button", "aside", "dialog", "footer"}
_FURNITURE = re.compile(
    r"(?:^|[-_ ])(?:newsletters?|related|teasers?|promo|recommend(?:ed|ations?)|cookies?|consent|gdpr"
    r"|shar(?:e|ing)|social|subscribe|advert(?:s|isement|ising)?|ads?|sponsored|comments?|breadcrumbs?|paywall"
    r"|outbrain|taboola|sidebar|read-?(?:also|more|next|later)|see-?also|most-?read|trending|footer|site-header"
    r"|menu|skip-link)(?:$|[-_ ])",
    re.IGNORECASE,
)
_TEASER = re.compile(
    r"\W*(?:(?:read|see|watch|listen|hear|explore|learn|find out|discover)\s+(?:also|more|next|later|too)\b"
    r"|also\s+(?:read|see|watch|on)\b|(?:related|recommended|further|more)\s+(?:story|stories|articles?|reading"
    r"|coverage|news)\b|more (?:from|on) this\b|(?:story|article) continues|article reserved for"
    r"|lire (?:aussi|plus)|à lire|voir aussi|lesen sie auch|mehr zum thema|lee también|leer más|leggi anche"
    r"|lees ook)",
    re.IGNORECASE,
)
_BUTTON = re.compile(
    r"advertisement|discover|share(?: this| article)?|subscribe(?: now)?|sign (?:up|in)|log in|print|save"
    r"|menu|home|follow us|comments|(?:read|see|show) (?:more|later|also)|more|newsletter|back to top"
    r"|skip to content|related|next|previous|copy link|loading|sponsored|accept all|listen",
    re.IGNORECASE,
)
_SHORT = 250  # characters, trafilatura's own bound
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_ENDS = (".", "!", "?", ":", "…", "”", "»", '"')


def read_html(data: bytes, limit: int) -> ExtractedDocument:  # noqa: ARG001 — every reader has this form
    """Reads a ``.html`` file: main text by trafilatura, title, date and canonical address from its metadata.

    Newsletter boxes, "read also" teasers, asides, invisible text, comments and navigation are left out; where
    trafilatura finds next to nothing, as on a plain page of a few lines, the whole body is taken.

    Raises:
        ReadingError: not text, or a page without any.
    """
    from trafilatura import bare_extraction

    text, notes = decode_text(data, _charset(data))
    tree = parse_html(text)
    _drop_furniture(tree)
    # Without the extensive search: a date is taken from metadata, never guessed from figures in the text.
    dating = {"original_date": True, "extensive_search": False, "max_date": "2200-01-01"}
    found: Any = bare_extraction(
        tree, include_comments=False, include_tables=True, with_metadata=True, date_extraction_params=dating
    )
    main = list(html_blocks(found.body)) if found is not None else []
    body = tree.find("body")
    whole = list(html_blocks(body if body is not None else tree))
    if _size(main) < _SHORT:  # there trafilatura itself falls back to the text without its structure
        main = whole or main
    if not main:
        raise ReadingError("no text in this page")
    url = found.url if found is not None and str(found.url).startswith(("http://", "https://")) else None
    return ExtractedDocument(
        join_blocks(main),
        own_title(found.title if found is not None else "") or own_title(tree.findtext(".//title")),
        parse_date(found.date) if found is not None else None,
        url,
        notes=notes,
    )


def parse_html(text: str) -> Any:
    """Parses a page, however broken, into a tree; nothing is fetched and no entity comes from outside.

    Raises:
        ReadingError: there is no markup and no text to make a tree of, or more of it than libxml2 takes.
    """
    from lxml import etree, html

    source = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)  # lxml refuses decoded text that declares an encoding
    source = _CONTROLS.sub(" ", source)  # and trafilatura any control character
    parser = html.HTMLParser(no_network=True, remove_comments=True)
    try:
        tree = html.document_fromstring(source, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        tree = None
    if any(each.type_name == "ERR_RESOURCE_LIMIT" for each in parser.error_log):  # it has stopped there
        raise ReadingError("nested deeper than 256 levels, or one paragraph is over 10 MB. Save its text as .txt")
    if tree is None:
        raise ReadingError("no text in this page")
    return tree


def _charset(data: bytes) -> str | None:
    found = re.search(
        rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?([\w.:-]+)", data[:4096], re.IGNORECASE
    )
    name = found[1].decode("ascii", "replace").lower() if found else None
    # Browsers read these two names as Windows' Latin; so do those who write them.
    return "cp1252" if name in {"iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii"} else name


def _size(found: list[MarkdownBlock]) -> int:
    return sum(len(block.text) for block in found)


def _drop_furniture(tree: Any) -> None:
    """Takes out of the tree what is never a page's own words: by tag, by visibility, by class, by wording."""
    whole = len(tree.text_content())
    for element in list(tree.iter()):
        if not isinstance(element.tag, str) or element.tag in {
            "html",
            "body",
            "head",
            "main",
            "article",
            "h1",
        }:
            continue
        if element.getparent() is None or not _is_furniture(element):
            continue
        # A class on a wrapper of the whole page ("has-sidebar") says nothing about the text inside.
        if element.tag in {"script", "style"} or len(element.text_content()) < max(whole / 3, 400):
            if element.tag == "script" and element.get("type") == "application/ld+json":
                continue  # the metadata
            element.drop_tree()


def _is_furniture(element: Any) -> bool:
    tag = element.tag
    if tag == "title":
        return False
    if tag in _AROUND or (tag == "header" and element.find(".//h1") is None) or _is_invisible(element):
        return True
    if tag == "sup":  # a note's mark, "[12]", would be read as one of ours
        return bool(re.fullmatch(r"\s*\[?\w{1,3}\]?\s*", element.text_content())) and element.find(".//a") is not None
    names = f"{element.get('class') or ''} {element.get('role') or ''}"
    if tag not in _HEADINGS and (_FURNITURE.search(names) or _FURNITURE.fullmatch(element.get("id") or "")):
        return True
    return tag in {"p", "div", "span", "h2", "h3", "h4", "strong", "a", "li"} and _is_teaser(element)


def _is_invisible(element: Any) -> bool:
    style = element.get("style") or ""
    hidden = element.get("hidden") is not None or element.get("aria-hidden") == "true"
    return hidden or bool(re.search(r"display\s*:\s*none|visibility\s*:\s*hidden", style, re.IGNORECASE))


def _is_teaser(element: Any) -> bool:
    if len(list(islice(element.iter(), 25))) == 25:  # nested that deep it is no teaser, only slow to read
        return False
    text = collapse_whitespace(element.text_content())
    if len(text) > 300 or not text:
        return False
    linked = sum(len(collapse_whitespace(link.text_content())) for link in element.iter("a"))
    if _BUTTON.fullmatch(text.strip(" .:|>»→")):
        return True
    if element.tag == "p" and linked >= 0.9 * len(text):
        return True
    return bool(_TEASER.match(text)) and (linked >= 0.4 * len(text) or len(text.split()) <= 4)


def html_blocks(root: Any) -> Iterator[MarkdownBlock]:
    """Renders an lxml tree, of HTML or of trafilatura's own tags, as blocks of light Markdown, in order."""
    from lxml import etree

    pieces: list[str] = []
    walk: Any = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        if event in {"comment", "pi"}:
            pieces.append(element.tail or "")
            continue
        tag = _tag(element)
        if event == "start":
            if tag in _BLOCKS:
                yield from _flush(pieces, element.getparent())
            if tag in _NO_TEXT or (tag == "table" and _is_data(element)):
                if tag == "table":
                    yield from _table(element)
                walk.skip_subtree()
                continue
            pieces.append("\n" if tag in {"br", "lb"} else _collapsed(element.text))
        else:
            if tag in _BLOCKS:
                yield from _flush(pieces, element)
            pieces.append(_collapsed(element.tail) if element is not root else "")


def _flush(pieces: list[str], owner: Any) -> Iterator[MarkdownBlock]:
    text = "".join(pieces)
    pieces.clear()
    paragraphs: list[str] = []
    for number, line in enumerate(re.split(r"\n(\s*\n)?", text)[::2]):
        clean = collapse_whitespace(line)
        # One <br> inside a sentence is only a line's end; after a full stop it is a paragraph's.
        if paragraphs and clean and number and not paragraphs[-1].endswith(_ENDS):
            paragraphs[-1] += f" {clean}"
        elif clean:
            paragraphs.append(clean)
    for paragraph in paragraphs:
        yield _styled(paragraph, owner)


def _styled(text: str, owner: Any) -> MarkdownBlock:
    while owner is not None:
        tag = _tag(owner)
        if tag in _HEADINGS:
            level = (owner.get("rend") if tag == "head" else tag) or "h2"
            return markdown_heading(int(level[1]) if level[1:].isdigit() else 2, text)
        if tag in _ITEMS:
            return markdown_item(text)
        owner = owner.getparent()
    return MarkdownBlock(text)


def _collapsed(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")


def _tag(element: Any) -> str:
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _is_data(element: Any) -> bool:
    """Whether a table holds data; one that lays out a page holds tables or long text in its cells."""
    inside = [_tag(child) for child in element.iterdescendants()]
    cells = inside.count("td") + inside.count("th") + inside.count("cell")
    return "table" not in inside and cells > 1 and inside.count("p") <= 2 * cells


def _table(element: Any) -> Iterator[MarkdownBlock]:
    rows, heads = [], []
    for row in (child for child in element.iter() if _tag(child) in {"tr", "row", "caption"}):
        if _tag(row) == "caption":
            rows.append([collapse_whitespace("".join(row.itertext()))])
            continue
        cells = [cell for cell in row if _tag(cell) in {"td", "th", "cell"}]
        rows.append([collapse_whitespace(" ".join(cell.itertext())) for cell in cells])
        heads.append(bool(cells) and all(_tag(cell) == "th" or cell.get("role") == "head" for cell in cells))
    yield from markdown_table(rows, header=True if any(heads[:2]) else None)
