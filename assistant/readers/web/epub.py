"""E-books: the chapters of an EPUB in reading order."""

import posixpath
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote
from zipfile import BadZipFile, ZipFile

from assistant.errors import ReadingError
from assistant.readers.archives.zip_guard import open_zip
from assistant.readers.composition import compose
from assistant.readers.extract import ExtractedDocument, collapse_whitespace
from assistant.readers.metadata import clean_title, parse_date
from assistant.readers.plain.text import decode_text
from assistant.readers.web.html import parse_html
from assistant.readers.web.page import PageContent, page_content, unread_notes

_OPF = "{http://www.idpf.org/2007/opf}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_CHAPTER_TYPES = frozenset(("application/xhtml+xml", "text/html", "text/x-oeb1-document"))
_MAX_NAMED = 3  # files that a note names; of more it says how many


@dataclass(frozen=True, slots=True)
class _Chapter:
    """A file of the spine."""

    name: str  # in the archive
    is_contents: bool


def read_epub(data: bytes, max_bytes: int) -> ExtractedDocument:
    """Reads an ``.epub`` file (EPUB 2 and 3, https://www.w3.org/TR/epub-33/) with zipfile and lxml.

    The spine gives the chapters and their order. A chapter that is missing or damaged is named in a note, and the rest
    is read; notes stand where their file does.

    Raises:
        ReadingError: protected against copying, damaged, of another kind, a zip bomb, or without a chapter that can
            be read.
    """
    with open_zip(data, "epub", max_bytes) as book:
        container = _parse_xml(book, "META-INF/container.xml")
        rootfile = container.find(".//{*}rootfile")
        if rootfile is None or not rootfile.get("full-path"):
            raise ReadingError("damaged or not a real .epub file: it does not name its contents")
        package_path = rootfile.get("full-path")
        package = _parse_xml(book, package_path)
        chapters = _spine(package, posixpath.dirname(package_path))
        if {chapter.name for chapter in chapters} & _encrypted_files(book):
            raise ReadingError("encrypted: it is protected against copying (DRM). Use a copy without protection")
        pages, failures = _read_chapters(book, chapters)
    composition = compose(element for page in pages for element in page.elements)
    return ExtractedDocument(
        composition.text,
        clean_title(package.findtext(f".//{_DC}title")),
        _publication_date(package),
        notes=(*composition.notes, *failures, *unread_notes(pages)),
        blocks=composition.blocks,
        author=_authors(package),
        language=collapse_whitespace(package.findtext(f".//{_DC}language") or ""),
    )


def _parse_xml(book: ZipFile, name: str) -> Any:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.fromstring(book.read(name), parser)


def _spine(package: Any, folder: str) -> list[_Chapter]:
    """The chapters' files in reading order, each once: one file named many times is a bomb, not a book.

    What the reading order has as an aside, such as notes, comes last.
    """
    items = {item.get("id"): item for item in package.iter(_OPF + "item")}
    chapters: dict[str, _Chapter] = {}
    references = sorted(package.iter(_OPF + "itemref"), key=lambda reference: reference.get("linear") == "no")
    for reference in references:
        item = items.get(reference.get("idref"))
        if item is None or item.get("media-type") not in _CHAPTER_TYPES:
            continue
        name = posixpath.normpath(posixpath.join(folder, unquote(item.get("href") or "")))
        is_contents = "nav" in (item.get("properties") or "").split()
        chapters.setdefault(name, _Chapter(name, is_contents))
    return list(chapters.values())


def _encrypted_files(book: ZipFile) -> set[str]:
    """The names of the encrypted files; fonts often are, in books that can be read all the same."""
    if "META-INF/encryption.xml" not in book.namelist():
        return set()
    references = _parse_xml(book, "META-INF/encryption.xml").iter("{*}CipherReference")
    return {unquote(reference.get("URI") or "") for reference in references}


def _read_chapters(book: ZipFile, chapters: Sequence[_Chapter]) -> tuple[list[PageContent], tuple[str, ...]]:
    """Reads the chapters; those with notes to which others refer are read once more, as such.

    Returns:
        The chapters, and notes that name those which can't be read.

    Raises:
        ReadingError: none of them can be read.
    """
    pages: dict[str, PageContent] = {}
    failures: dict[str, list[str]] = {"missing": [], "damaged": []}
    for chapter in chapters:
        tree = _chapter_tree(book, chapter.name)
        if isinstance(tree, str):
            failures[tree].append(posixpath.basename(chapter.name))
        else:
            pages[chapter.name] = page_content(tree, chapter.name)
    targets = frozenset(target for page in pages.values() for target in page.note_targets)
    for name, identities in _by_page(targets, pages):
        pages[name] = page_content(_chapter_tree(book, name), name, identities)
    own = (pages[chapter.name] for chapter in chapters if chapter.name in pages and not chapter.is_contents)
    if not any(page.elements for page in own):
        if any(failures.values()):
            raise ReadingError("damaged or not a real .epub file: none of its chapters can be read")
        return [], ()  # a table of contents alone is no book
    for chapter in chapters:
        if chapter.is_contents and chapter.name in pages:
            contents = (replace(element, role="contents") for element in pages[chapter.name].elements)
            pages[chapter.name] = replace(pages[chapter.name], elements=tuple(contents))
    return [pages[chapter.name] for chapter in chapters if chapter.name in pages], tuple(_failure_notes(failures))


def _chapter_tree(book: ZipFile, name: str) -> Any:
    """The tree of a chapter; "missing" or "damaged" where there is none."""
    from lxml import etree

    try:
        text, _ = decode_text(book.read(name))
        return parse_html(text) if text.strip() else etree.Element("html")
    except KeyError:
        return "missing"
    except (ReadingError, BadZipFile, zlib.error, EOFError, NotImplementedError):
        return "damaged"


def _by_page(targets: frozenset[str], pages: dict[str, Any]) -> Iterator[tuple[str, frozenset[str]]]:
    """The ids of notes on each page to which other pages refer."""
    identities: dict[str, set[str]] = {}
    for target in targets:
        page, _, identity = target.partition("#")
        identities.setdefault(page, set()).add(identity)
    for page in filter(pages.__contains__, identities):
        yield page, frozenset(identities[page])


def _failure_notes(failures: dict[str, list[str]]) -> Iterator[str]:
    for what, names in failures.items():
        if names:
            more = f" and {len(names) - _MAX_NAMED:,} more" if len(names) > _MAX_NAMED else ""
            verb = "is" if len(names) == 1 else "are"
            yield f"{', '.join(names[:_MAX_NAMED])}{more} {verb} {what} in the book: its other chapters are read"


def _authors(package: Any) -> str:
    creators = (collapse_whitespace(creator.text or "") for creator in package.iter(f"{_DC}creator"))
    return ", ".join(dict.fromkeys(filter(None, creators)))


def _publication_date(package: Any) -> Any:
    """The date of publication; where none is called so, the first that isn't of a change or of a conversion."""
    dates = list(package.iter(f"{_DC}date"))
    events = [(date.get(_OPF + "event") or "").lower() for date in dates]
    for wanted in (("publication", "original-publication"), ("", "issued", "creation")):
        for date, event in zip(dates, events, strict=True):
            if event in wanted and (parsed := parse_date(date.text)):
                return parsed
    return None
