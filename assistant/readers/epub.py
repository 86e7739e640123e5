"""E-books: the chapters of an EPUB in reading order."""

import posixpath
from typing import Any
from urllib.parse import unquote
from zipfile import ZipFile

from assistant.errors import ReadingError
from assistant.readers.extract import ExtractedDocument, MarkdownBlock, join_blocks, own_title, parse_date
from assistant.readers.html import html_blocks, parse_html
from assistant.readers.text import decode_text
from assistant.readers.zip_guard import open_archive

_OPF = "{http://www.idpf.org/2007/opf}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_PAGES = {"application/xhtml+xml", "text/html"}


def read_epub(data: bytes, limit: int) -> ExtractedDocument:
    """Reads an ``.epub`` file (EPUB 2 and 3, https://www.w3.org/TR/epub-33/) with zipfile and lxml.

    The spine gives the chapters and their order; its table of contents is left out.

    Raises:
        ReadingError: protected against copying, damaged, or without text.
    """
    with open_archive(data, "epub", limit) as archive:
        container = _xml(archive, "META-INF/container.xml")
        rootfile = container.find(".//{*}rootfile")
        if rootfile is None or not rootfile.get("full-path"):
            raise ReadingError("damaged or not a real .epub file: it does not name its contents")
        package_path = rootfile.get("full-path")
        package = _xml(archive, package_path)
        chapters = _spine(package, posixpath.dirname(package_path))
        if set(chapters) & _protected(archive):
            raise ReadingError("encrypted: it is protected against copying (DRM). Use a copy without protection")
        found = [block for name in chapters for block in _chapter(archive, name)]
    return ExtractedDocument(
        join_blocks(found),
        own_title(package.findtext(f".//{_DC}title")),
        parse_date(package.findtext(f".//{_DC}date")),
    )


def _xml(archive: ZipFile, name: str) -> Any:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.fromstring(archive.read(name), parser)


def _spine(package: Any, folder: str) -> list[str]:
    entries = {entry.get("id"): entry for entry in package.iter(_OPF + "item")}
    chapters = []
    for reference in package.iter(_OPF + "itemref"):
        entry = entries.get(reference.get("idref"))
        if entry is None or entry.get("media-type") not in _PAGES or reference.get("linear") == "no":
            continue
        if "nav" not in (entry.get("properties") or "").split():
            chapters.append(posixpath.normpath(posixpath.join(folder, unquote(entry.get("href") or ""))))
    return list(dict.fromkeys(chapters))  # one file named many times is a bomb, not a book


def _protected(archive: ZipFile) -> set[str]:
    """The files that are encrypted; fonts often are, in books that can be read all the same."""
    if "META-INF/encryption.xml" not in archive.namelist():
        return set()
    found = _xml(archive, "META-INF/encryption.xml").iter("{*}CipherReference")
    return {unquote(reference.get("URI") or "") for reference in found}


def _chapter(archive: ZipFile, name: str) -> list[MarkdownBlock]:
    text, _ = decode_text(archive.read(name))
    body = parse_html(text).find("body") if text.strip() else None
    return list(html_blocks(body)) if body is not None else []
