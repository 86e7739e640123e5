"""E-books: the chapters of an EPUB in reading order."""

import posixpath
from typing import Any
from urllib.parse import unquote
from zipfile import ZipFile

from assistant.errors import ReadingError
from assistant.readers.extract import ExtractedDocument
from assistant.readers.html import parse_html
from assistant.readers.html_blocks import html_blocks
from assistant.readers.markdown_blocks import MarkdownBlock, join_blocks
from assistant.readers.metadata import clean_title, parse_date
from assistant.readers.text import decode_text
from assistant.readers.zip_guard import open_zip

_OPF = "{http://www.idpf.org/2007/opf}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_CHAPTER_TYPES = {"application/xhtml+xml", "text/html"}


def read_epub(data: bytes, max_bytes: int) -> ExtractedDocument:
    """Reads an ``.epub`` file (EPUB 2 and 3, https://www.w3.org/TR/epub-33/) with zipfile and lxml.

    The spine gives the chapters and their order; its table of contents is left out.

    Raises:
        ReadingError: protected against copying, damaged, of another kind, or a zip bomb.
    """
    with open_zip(data, "epub", max_bytes) as book:
        container = _parse_xml(book, "META-INF/container.xml")
        rootfile = container.find(".//{*}rootfile")
        if rootfile is None or not rootfile.get("full-path"):
            raise ReadingError("damaged or not a real .epub file: it does not name its contents")
        package_path = rootfile.get("full-path")
        package = _parse_xml(book, package_path)
        chapters = _spine(package, posixpath.dirname(package_path))
        if set(chapters) & _encrypted_files(book):
            raise ReadingError("encrypted: it is protected against copying (DRM). Use a copy without protection")
        blocks = [block for chapter in chapters for block in _chapter_blocks(book, chapter)]
    return ExtractedDocument(
        join_blocks(blocks),
        clean_title(package.findtext(f".//{_DC}title")),
        parse_date(package.findtext(f".//{_DC}date")),
    )


def _parse_xml(book: ZipFile, name: str) -> Any:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.fromstring(book.read(name), parser)


def _spine(package: Any, folder: str) -> list[str]:
    """The names of the chapters' files in reading order, each once."""
    items = {item.get("id"): item for item in package.iter(_OPF + "item")}
    chapters = []
    for reference in package.iter(_OPF + "itemref"):
        item = items.get(reference.get("idref"))
        if item is None or item.get("media-type") not in _CHAPTER_TYPES or reference.get("linear") == "no":
            continue
        if "nav" not in (item.get("properties") or "").split():
            chapters.append(posixpath.normpath(posixpath.join(folder, unquote(item.get("href") or ""))))
    return list(dict.fromkeys(chapters))  # one file named many times is a bomb, not a book


def _encrypted_files(book: ZipFile) -> set[str]:
    """The names of the encrypted files; fonts often are, in books that can be read all the same."""
    if "META-INF/encryption.xml" not in book.namelist():
        return set()
    references = _parse_xml(book, "META-INF/encryption.xml").iter("{*}CipherReference")
    return {unquote(reference.get("URI") or "") for reference in references}


def _chapter_blocks(book: ZipFile, name: str) -> list[MarkdownBlock]:
    text, _ = decode_text(book.read(name))
    body = parse_html(text).find("body") if text.strip() else None
    return list(html_blocks(body)) if body is not None else []
