"""Web pages: what they say by a walk of our own over their tree; title, author and date by trafilatura."""

import re
from typing import Any

from assistant.errors import ReadingError
from assistant.readers.composition import compose
from assistant.readers.elements import Element
from assistant.readers.extract import ExtractedDocument, collapse_whitespace
from assistant.readers.metadata import clean_title, parse_date
from assistant.readers.plain.text import decode_text
from assistant.readers.printed_date import printed_date
from assistant.readers.web.page import PageContent, page_content, unread_notes

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_END_TAGS = re.compile(r"</(?:body|html)\s*>", re.IGNORECASE)  # libxml2 drops what comes behind, browsers show it
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_ENCODING = re.compile(rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_HEAD_SIZE = 4096  # bytes in which a page declares its encoding
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")


def read_html(data: bytes, max_bytes: int) -> ExtractedDocument:  # noqa: ARG001 — every reader has this form
    """Reads a ``.html`` file.

    Menus, teasers, headers and footers keep their words, and their role says what they are. Invisible text, scripts
    and cookie dialogs are left out; panels that open with a click are read.

    Raises:
        ReadingError: not text, or a page without any.
    """
    text, notes = decode_text(data, _declared_encoding(data))
    tree = parse_html(text)
    content = page_content(tree)
    composition = compose(content.elements)
    if not composition.text:
        raise ReadingError("no text in this page")
    metadata = _metadata(tree)
    return ExtractedDocument(
        composition.text,
        clean_title(metadata.title) or clean_title(tree.findtext(".//title")),
        printed_date(composition.text, composition.blocks) or parse_date(metadata.date),
        metadata.url if str(metadata.url).startswith(("http://", "https://")) else None,
        notes=(*notes, *composition.notes, *unread_notes([content])),
        blocks=composition.blocks,
        author=collapse_whitespace(metadata.author or "").replace("; ", ", "),
        language=page_language(tree),
    )


def html_elements(text: str) -> list[Element]:
    """The elements of a page, or of a piece of one; none where it has no text.

    Raises:
        ReadingError: nested too deeply.
    """
    return list(html_content(text).elements)


def html_content(text: str) -> PageContent:
    """What a page, or a piece of HTML such as a mail's body, says; nothing where it has no text.

    Raises:
        ReadingError: nested too deeply.
    """
    tree = _parse(text)
    return page_content(tree) if tree is not None else PageContent()


def page_language(tree: Any) -> str:
    """The language that a page declares, a tag such as "en-GB"; "" where it declares none."""
    body = tree.find("body")
    for node in filter(lambda node: node is not None, (tree, body)):
        for name in ("lang", "xml:lang", "{http://www.w3.org/XML/1998/namespace}lang"):
            if _LANGUAGE.fullmatch(node.get(name) or ""):
                return str(node.get(name))
    return ""


def parse_html(text: str) -> Any:
    """Parses a page, however broken, into a tree of lxml; nothing is fetched and no entity comes from outside.

    Raises:
        ReadingError: there is no markup and no text to make a tree of, or more of it than libxml2 takes.
    """
    tree = _parse(text)
    if tree is None:
        raise ReadingError("no text in this page")
    return tree


def _parse(text: str) -> Any:
    """The tree of a page; None where there is no markup and no text to make one of.

    Raises:
        ReadingError: more of it than libxml2 takes.
    """
    from lxml import etree, html

    source = _XML_DECLARATION.sub("", text)  # lxml refuses decoded text that declares an encoding
    source = _END_TAGS.sub("", _CONTROLS.sub(" ", source))
    parser = html.HTMLParser(no_network=True, remove_comments=True)
    try:
        tree = html.document_fromstring(source, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        tree = None
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):  # libxml2 has stopped there
        raise ReadingError("nested deeper than 256 levels, or one paragraph is over 10 MB. Save its text as .txt")
    return tree


def _declared_encoding(data: bytes) -> str | None:
    match = _ENCODING.search(data[:_HEAD_SIZE])
    name = match[1].decode("ascii", "replace").lower() if match else None
    # Browsers read these names as Windows' Latin; so do those who write them.
    return "cp1252" if name in {"iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii"} else name


def _metadata(tree: Any) -> Any:
    """Title, author, date and address as trafilatura finds them; a date comes from metadata, never from a guess."""
    from trafilatura.metadata import extract_metadata

    date_options = {"original_date": True, "extensive_search": False, "max_date": "2200-01-01"}
    return extract_metadata(tree, None, date_options, extensive=False)
