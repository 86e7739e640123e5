"""Web pages: the article without the page around it, by trafilatura; plain pages by their body."""

import re
from typing import Any

from assistant.errors import ReadingError
from assistant.readers.extract import ExtractedDocument
from assistant.readers.html_blocks import html_blocks
from assistant.readers.html_furniture import drop_furniture
from assistant.readers.markdown_blocks import MarkdownBlock, join_blocks
from assistant.readers.metadata import clean_title, parse_date
from assistant.readers.text import decode_text

_MIN_ARTICLE_CHARS = 250  # trafilatura's own bound: below it, trafilatura falls back to text without structure
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_ENCODING = re.compile(rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_HEAD_SIZE = 4096  # bytes in which a page declares its encoding


def read_html(data: bytes, max_bytes: int) -> ExtractedDocument:  # noqa: ARG001 — every reader has this form
    """Reads a ``.html`` file: main text by trafilatura, title, date and canonical address from its metadata.

    Newsletter boxes, "read also" teasers, asides, invisible text, comments and navigation are left out. Where
    trafilatura finds next to nothing, as on a plain page of a few lines, the whole body is taken.

    Raises:
        ReadingError: not text, or a page without any.
    """
    from trafilatura import bare_extraction

    text, notes = decode_text(data, _declared_encoding(data))
    tree = parse_html(text)
    drop_furniture(tree)
    # Without the extensive search: a date is taken from metadata, never guessed from figures in the text.
    date_options = {"original_date": True, "extensive_search": False, "max_date": "2200-01-01"}
    article: Any = bare_extraction(
        tree, include_comments=False, include_tables=True, with_metadata=True, date_extraction_params=date_options
    )
    blocks = list(html_blocks(article.body)) if article is not None else []
    body = tree.find("body")
    body_blocks = list(html_blocks(body if body is not None else tree))
    if _count_chars(blocks) < _MIN_ARTICLE_CHARS:
        blocks = body_blocks or blocks
    if not blocks:
        raise ReadingError("no text in this page")
    url = article.url if article is not None and str(article.url).startswith(("http://", "https://")) else None
    return ExtractedDocument(
        join_blocks(blocks),
        clean_title(article.title if article is not None else "") or clean_title(tree.findtext(".//title")),
        parse_date(article.date) if article is not None else None,
        url,
        notes=notes,
    )


def parse_html(text: str) -> Any:
    """Parses a page, however broken, into a tree of lxml; nothing is fetched and no entity comes from outside.

    Raises:
        ReadingError: there is no markup and no text to make a tree of, or more of it than libxml2 takes.
    """
    from lxml import etree, html

    source = _XML_DECLARATION.sub("", text)  # lxml refuses decoded text that declares an encoding
    source = _CONTROLS.sub(" ", source)  # and trafilatura any control character
    parser = html.HTMLParser(no_network=True, remove_comments=True)
    try:
        tree = html.document_fromstring(source, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        tree = None
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):  # libxml2 has stopped there
        raise ReadingError("nested deeper than 256 levels, or one paragraph is over 10 MB. Save its text as .txt")
    if tree is None:
        raise ReadingError("no text in this page")
    return tree


def _declared_encoding(data: bytes) -> str | None:
    match = _ENCODING.search(data[:_HEAD_SIZE])
    name = match[1].decode("ascii", "replace").lower() if match else None
    # Browsers read these names as Windows' Latin; so do those who write them.
    return "cp1252" if name in {"iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii"} else name


def _count_chars(blocks: list[MarkdownBlock]) -> int:
    return sum(len(block.text) for block in blocks)
