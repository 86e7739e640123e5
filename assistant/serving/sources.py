"""A document beside the answer: its own text line by line, and in it the cited span. Pure; all text is escaped."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from assistant.evaluation.markup import Html, joined, tag
from assistant.types import Document

Kind = Literal["prose", "heading", "item", "row", "rule"]

_BEFORE, _AFTER = 40_000, 80_000  # characters shown around a citation: a browser chokes on a whole book


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line, cited or not."""

    text: str
    cited: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a document."""

    kind: Kind
    pieces: tuple[Piece, ...]
    page: int | None = None  # the page that begins with it


@dataclass(frozen=True, slots=True)
class Cited:
    """What a mark stands for: the quote, and where it stands in the document today."""

    number: int
    quote: str
    start: int | None = None  # None where the document doesn't say it any more
    end: int | None = None
    title: str = ""
    source: str = ""
    standing: str = "exact"


def lines(text: str, start: int | None = None, end: int | None = None, pages: tuple[int, ...] = ()) -> Iterator[Line]:
    """The lines of a text, those without a letter left out, with the cited span marked.

    Args:
        text: of a document.
        start: of the span, in the text.
        end: of the span.
        pages: where each page begins in the text.
    """
    low, high = (0, 0) if start is None or end is None else (start, end)
    at, page = 0, 0
    for each in text.split("\n"):
        begins = None
        while page < len(pages) and pages[page] <= at + len(each):
            page += 1
            begins = page
        if each.strip():
            yield Line(_kind(each), tuple(_pieces(each, low - at, high - at)), begins)
        at += len(each) + 1


def link(document: Document) -> str | None:
    """The address of the original, if it is one of the web: no other kind of link is ever made."""
    for address in (document.url, document.source):
        try:
            parts = urlsplit(address or "")
        except ValueError:
            continue
        if parts.scheme.lower() in ("http", "https") and parts.netloc:
            return address
    return None


def pane(document: Document, cited: Cited | None = None) -> Html:
    """The document for the space beside the answer, its cited sentence marked."""
    start, end = (cited.start, cited.end) if cited else (None, None)
    return _pane(
        document.title,
        _facts(document, cited),
        joined((*_original(document), *_notes(document), *_warning(cited))),
        tag("div", *_body(document, start, end), class_="paper", tabindex="0", role="region", aria_label="Its text"),
        cited.number if cited else None,
    )


def lost(cited: Cited) -> Html:
    """What is left of a citation whose document is gone: the quote, as it was cited."""
    told = tag("p", "This document is no longer indexed. It was cited with these words:", class_="warning")
    return _pane(cited.title, cited.source, told, tag("blockquote", cited.quote, class_="paper"), cited.number)


def _pane(title: str, facts: str, notes: Html, body: Html, number: int | None) -> Html:
    closing = tag("button", "Close", type="button", class_="quiet", data_do="close", aria_label="Close the source")
    kicker = tag("p", "Document" if number is None else f"Source [{number}]", class_="kicker")
    head = tag("header", tag("div", kicker, closing, class_="bar"), tag("h2", title, tabindex="-1"))
    return tag("section", head, tag("p", facts, class_="facts"), notes, body, class_="pane", aria_label="Source")


def _facts(document: Document, cited: Cited | None) -> Html:
    page = document.page_at(cited.start) if cited and cited.start is not None else None
    told = [document.date.isoformat() if document.date else "", document.kind, f"page {page}" if page else ""]
    return joined([tag("span", each) for each in told if each], " · ")


def _original(document: Document) -> Iterator[Html]:
    address = link(document)
    told = tag("span", document.source, class_="path")
    if address:
        told = tag("a", "Open the original", href=address, target="_blank", rel="noopener noreferrer")
    yield tag("p", told, class_="facts")


def _notes(document: Document) -> Iterator[Html]:
    for each in document.notes:
        yield tag("p", each, class_="facts")


_WARNINGS = {
    "moved": "The document has changed since it was cited; the sentence is still there.",
    "changed": "The document has changed and no longer says this. It was cited with these words:",
}


def _warning(cited: Cited | None) -> Iterator[Html]:
    if cited and cited.standing in _WARNINGS:
        yield tag("p", _WARNINGS[cited.standing], class_="warning")
        if cited.start is None:
            yield tag("blockquote", cited.quote)


def _body(document: Document, start: int | None, end: int | None) -> Iterator[Html]:
    text = document.text
    low = _line_at(text, max(0, (start or 0) - _BEFORE))
    high = _line_at(text, min(len(text), (end or 0) + _AFTER))
    if low:
        yield tag("p", "The text before this is left out here.", class_="cut")
    pages = tuple(max(0, each - low) for each in document.pages)
    first = sum(each < low for each in document.pages)
    shown = lines(text[low:high], None if start is None else start - low, None if end is None else end - low, pages)
    for each in shown:
        if each.page and each.page > first:
            yield tag("p", f"Page {each.page}", class_="page")
        yield _line(each)
    if high < len(text):
        yield tag("p", "The text after this is left out here.", class_="cut")


def _line_at(text: str, at: int) -> int:
    """The beginning of the line that holds this place; the text's end where that is it."""
    return at if at in (0, len(text)) else text.rfind("\n", 0, at) + 1 or at


def _line(line: Line) -> Html:
    pieces: list[Any] = [tag("mark", each.text) if each.cited else each.text for each in line.pieces]
    return tag("p", *pieces, class_=None if line.kind == "prose" else line.kind)


def _pieces(line: str, low: int, high: int) -> Iterator[Piece]:
    low, high = max(0, min(low, len(line))), max(0, min(high, len(line)))
    for text, cited in ((line[:low], False), (line[low:high], True), (line[high:], False)):
        if text:
            yield Piece(text, cited)


def _kind(line: str) -> Kind:
    told = line.lstrip()
    if told.startswith("#"):
        return "heading"
    if told.startswith("|"):
        return "rule" if set(told) <= set("|-: ") else "row"
    return "item" if told.startswith(("- ", "* ", "• ")) else "prose"
