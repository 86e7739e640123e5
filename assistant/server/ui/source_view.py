"""A document beside the answer: its own text line by line, in it the cited span, and in that the answer's words.

Pure; all text is escaped.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Literal
from urllib.parse import urlsplit

from assistant.rendering.html import Html, join_html, tag
from assistant.types import Document

Kind = Literal["prose", "heading", "item", "row", "rule"]

Span = tuple[int, int]

_BEFORE, _AFTER = 40_000, 80_000  # characters shown around a citation: a browser chokes on a whole book


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line, cited or not, of the answer's words or not."""

    text: str
    cited: bool = False
    answers: bool = False


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
    answer: Span = (0, 0)  # the answer's words in the quote; empty where they aren't known

    @property
    def spans(self) -> tuple[Span, Span]:
        """Where the quote and the answer's words stand in the document today; empty where they don't."""
        if self.start is None or self.end is None:
            return (0, 0), (0, 0)
        return (self.start, self.end), (self.start + self.answer[0], self.start + self.answer[1])


def lines(text: str, cited: Span = (0, 0), answer: Span = (0, 0), pages: tuple[int, ...] = ()) -> Iterator[Line]:
    """The lines of a text, those without a letter left out, with the cited span and the answer's words marked.

    Args:
        text: of a document.
        cited: the span of the citation in the text; may be empty.
        answer: that of the answer's words.
        pages: where each page begins in the text.
    """
    at, page = 0, 0
    for each in text.split("\n"):
        begins = None
        while page < len(pages) and pages[page] <= at + len(each):
            page += 1
            begins = page
        if each.strip():
            yield Line(_kind(each), tuple(_pieces(each, _moved(cited, -at), _moved(answer, -at))), begins)
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
    return _pane(
        document.title,
        _facts(document, cited),
        join_html((*_original(document), *_notes(document), *_warning(cited))),
        tag("div", *_body(document, cited), class_="paper", tabindex="0", role="region", aria_label="Its text"),
        cited.number if cited else None,
    )


def lost(cited: Cited) -> Html:
    """What is left of a citation whose document is gone: the quote, as it was cited."""
    told = tag("p", "This document is no longer indexed. It was cited with these words:", class_="warning")
    return _pane(cited.title, cited.source, told, tag("blockquote", *_quoted(cited), class_="paper"), cited.number)


def _pane(title: str, facts: str, notes: Html, body: Html, number: int | None) -> Html:
    closing = tag("button", "Close", type="button", class_="quiet", data_do="close", aria_label="Close the source")
    kicker = tag("p", "Document" if number is None else f"Source [{number}]", class_="kicker")
    head = tag("header", tag("div", kicker, closing, class_="bar"), tag("h2", title, tabindex="-1"))
    return tag("section", head, tag("p", facts, class_="facts"), notes, body, class_="pane", aria_label="Source")


def _facts(document: Document, cited: Cited | None) -> Html:
    page = document.page_at(cited.start) if cited and cited.start is not None else None
    told = [document.date.isoformat() if document.date else "", document.kind, f"page {page}" if page else ""]
    return join_html([tag("span", each) for each in told if each], " · ")


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
            yield tag("blockquote", *_quoted(cited))


def _quoted(cited: Cited) -> Iterator[Html | str]:
    return _bold(_pieces(cited.quote, (0, 0), cited.answer))


def _body(document: Document, cited: Cited | None) -> Iterator[Html]:
    text = document.text
    span, answer = cited.spans if cited else ((0, 0), (0, 0))
    low = _line_at(text, max(0, span[0] - _BEFORE))
    high = _line_at(text, min(len(text), span[1] + _AFTER))
    if low:
        yield tag("p", "The text before this is left out here.", class_="cut")
    pages = tuple(max(0, each - low) for each in document.pages)
    first = sum(each < low for each in document.pages)
    for each in lines(text[low:high], _moved(span, -low), _moved(answer, -low), pages):
        if each.page and each.page > first:
            yield tag("p", f"Page {each.page}", class_="page")
        yield _line(each)
    if high < len(text):
        yield tag("p", "The text after this is left out here.", class_="cut")


def _line_at(text: str, at: int) -> int:
    """The beginning of the line that holds this place; the text's end where that is it."""
    return at if at in (0, len(text)) else text.rfind("\n", 0, at) + 1 or at


def _line(line: Line) -> Html:
    shown: list[Html | str] = []
    for cited, pieces in groupby(line.pieces, key=lambda each: each.cited):
        told = tuple(_bold(pieces))
        shown += (tag("mark", *told),) if cited else told
    return tag("p", *shown, class_=None if line.kind == "prose" else line.kind)


def _bold(pieces: Iterable[Piece]) -> Iterator[Html | str]:
    return (tag("b", each.text) if each.answers else each.text for each in pieces)


def _pieces(line: str, cited: Span, answer: Span) -> Iterator[Piece]:
    cuts = {max(0, min(at, len(line))) for at in (0, len(line), *cited, *answer)}
    for start, end in pairwise(sorted(cuts)):
        yield Piece(line[start:end], cited[0] <= start < cited[1], answer[0] <= start < answer[1])


def _moved(span: Span, by: int) -> Span:
    return span[0] + by, span[1] + by


def _kind(line: str) -> Kind:
    told = line.lstrip()
    if told.startswith("#"):
        return "heading"
    if told.startswith("|"):
        return "rule" if set(told) <= set("|-: ") else "row"
    return "item" if told.startswith(("- ", "* ", "• ")) else "prose"
