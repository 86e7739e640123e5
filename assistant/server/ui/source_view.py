"""A document beside the answer: its canonical text by lines, with the cited span and the answer's words marked.

Pure; all text is escaped.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Literal
from urllib.parse import urlsplit

from assistant.nlp.spans import Span
from assistant.rendering.html import Html, join_html, tag
from assistant.types import Document

LineKind = Literal["prose", "heading", "item", "row", "rule"]

_EMPTY_SPAN: Span = (0, 0)
# How much text is shown around a citation, in characters: a browser can't cope with a whole book.
_CHARS_BEFORE, _CHARS_AFTER = 40_000, 80_000


@dataclass(frozen=True, slots=True)
class TextRun:
    """A part of a line that is shown in one way."""

    text: str
    is_cited: bool = False
    is_answer: bool = False  # whether it belongs to the words that answer the question


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a document."""

    kind: LineKind
    runs: tuple[TextRun, ...]
    page: int | None = None  # the number of the page that begins with it


@dataclass(frozen=True, slots=True)
class CitedQuote:
    """The quote of a citation, and where it stands in the document today."""

    number: int
    quote: str
    start: int | None = None  # None where the document no longer says it
    end: int | None = None
    title: str = ""
    source: str = ""
    standing: str = "exact"
    answer_span: Span = _EMPTY_SPAN  # of the answer's words in the quote; empty where they aren't known

    @property
    def spans_in_document(self) -> tuple[Span, Span]:
        """Where the quote and the answer's words stand in the document today; empty where they don't."""
        if self.start is None or self.end is None:
            return _EMPTY_SPAN, _EMPTY_SPAN
        return (self.start, self.end), _shift_span(self.answer_span, self.start)


def render_source(document: Document, cited: CitedQuote | None = None) -> Html:
    """The document for the pane beside the answer.

    Args:
        document: the one to show.
        cited: the quote to mark in it.
    """
    notes = join_html((*_render_origin(document), *_render_notes(document), *_render_standing(cited)))
    body = _render_body(document, cited)
    return _render_pane(
        document.title,
        _render_facts(document, cited),
        notes,
        tag("div", *body, class_="paper", tabindex="0", role="region", aria_label="Its text"),
        cited.number if cited else None,
    )


def render_lost_source(cited: CitedQuote) -> Html:
    """The pane for a citation whose document is no longer indexed: the quote, as it was cited."""
    warning = tag("p", "This document is no longer indexed. It was cited with these words:", class_="warning")
    quote = tag("blockquote", *_render_quote(cited), class_="paper")
    return _render_pane(cited.title, cited.source, warning, quote, cited.number)


def web_address(document: Document) -> str | None:
    """The address of the original on the web; None where it isn't http or https, so that no other link is made."""
    for address in (document.url, document.source):
        try:
            parts = urlsplit(address or "")
        except ValueError:
            continue
        if parts.scheme.lower() in ("http", "https") and parts.netloc:
            return address
    return None


def split_lines(
    text: str, cited: Span = _EMPTY_SPAN, answer: Span = _EMPTY_SPAN, page_starts: tuple[int, ...] = ()
) -> Iterator[Line]:
    """The lines of a text that aren't blank, with the cited span and the answer's words marked.

    Args:
        text: of a document, or a part of it.
        cited: the span of the citation in the text; may be empty.
        answer: the span of the answer's words in the text; may be empty.
        page_starts: the offsets at which the pages begin in the text.
    """
    offset, page = 0, 0
    for line in text.split("\n"):
        first_of_page = None
        while page < len(page_starts) and page_starts[page] <= offset + len(line):
            page += 1
            first_of_page = page
        if line.strip():
            runs = _split_runs(line, _shift_span(cited, -offset), _shift_span(answer, -offset))
            yield Line(_line_kind(line), tuple(runs), first_of_page)
        offset += len(line) + 1


def _render_pane(title: str, facts: str, notes: Html, body: Html, citation_number: int | None) -> Html:
    close = tag("button", "Close", type="button", class_="quiet", data_do="close", aria_label="Close the source")
    kicker = tag("p", "Document" if citation_number is None else f"Source [{citation_number}]", class_="kicker")
    header = tag("header", tag("div", kicker, close, class_="bar"), tag("h2", title, tabindex="-1"))
    return tag("section", header, tag("p", facts, class_="facts"), notes, body, class_="pane", aria_label="Source")


def _render_facts(document: Document, cited: CitedQuote | None) -> Html:
    start, end = cited.spans_in_document[0] if cited else _EMPTY_SPAN
    page = document.page_of(start, end) if start < end else None
    facts = [document.date.isoformat() if document.date else "", document.kind, f"page {page}" if page else ""]
    return join_html([tag("span", fact) for fact in facts if fact], " · ")


def _render_origin(document: Document) -> Iterator[Html]:
    address = web_address(document)
    origin = tag("span", document.source, class_="path")
    if address:
        origin = tag("a", "Open the original", href=address, target="_blank", rel="noopener noreferrer")
    yield tag("p", origin, class_="facts")


def _render_notes(document: Document) -> Iterator[Html]:
    for note in document.notes:
        yield tag("p", note, class_="facts")


_STANDING_WARNINGS = {
    "moved": "The document has changed since it was cited; the sentence is still there.",
    "changed": "The document has changed and no longer says this. It was cited with these words:",
}


def _render_standing(cited: CitedQuote | None) -> Iterator[Html]:
    if cited and cited.standing in _STANDING_WARNINGS:
        yield tag("p", _STANDING_WARNINGS[cited.standing], class_="warning")
        if cited.start is None:
            yield tag("blockquote", *_render_quote(cited))


def _render_quote(cited: CitedQuote) -> Iterator[Html | str]:
    return _render_runs(_split_runs(cited.quote, _EMPTY_SPAN, cited.answer_span))


def _render_body(document: Document, cited: CitedQuote | None) -> Iterator[Html]:
    """The text around the citation; a document to read is shown from its beginning."""
    text = document.text
    quote_span, answer_span = cited.spans_in_document if cited else (_EMPTY_SPAN, _EMPTY_SPAN)
    start = _line_start(text, max(0, quote_span[0] - _CHARS_BEFORE))
    end = _line_start(text, min(len(text), quote_span[1] + _CHARS_AFTER))
    if start:
        yield tag("p", "The text before this is left out here.", class_="cut")
    page_starts = tuple(max(0, page_start - start) for page_start in document.pages)
    pages_left_out = sum(page_start < start for page_start in document.pages)
    shifted_spans = _shift_span(quote_span, -start), _shift_span(answer_span, -start)
    for line in split_lines(text[start:end], *shifted_spans, page_starts):
        if line.page and line.page > pages_left_out:
            yield tag("p", f"Page {line.page}", class_="page")
        yield _render_line(line)
    if end < len(text):
        yield tag("p", "The text after this is left out here.", class_="cut")


def _line_start(text: str, offset: int) -> int:
    """Where the line that holds this offset begins; the offset itself in the first line and at the text's end."""
    return offset if offset in (0, len(text)) else text.rfind("\n", 0, offset) + 1 or offset


def _render_line(line: Line) -> Html:
    children: list[Html | str] = []
    for is_cited, runs in groupby(line.runs, key=lambda run: run.is_cited):
        rendered = tuple(_render_runs(runs))
        children += (tag("mark", *rendered),) if is_cited else rendered
    return tag("p", *children, class_=None if line.kind == "prose" else line.kind)


def _render_runs(runs: Iterable[TextRun]) -> Iterator[Html | str]:
    return (tag("b", run.text) if run.is_answer else run.text for run in runs)


def _split_runs(line: str, cited: Span, answer: Span) -> Iterator[TextRun]:
    """A line, cut where the cited span and the answer's words begin and end; both may reach beyond it."""
    cuts = {max(0, min(offset, len(line))) for offset in (0, len(line), *cited, *answer)}
    for start, end in pairwise(sorted(cuts)):
        yield TextRun(line[start:end], cited[0] <= start < cited[1], answer[0] <= start < answer[1])


def _shift_span(span: Span, offset: int) -> Span:
    return span[0] + offset, span[1] + offset


def _line_kind(line: str) -> LineKind:
    stripped = line.lstrip()
    if stripped.startswith("#"):
        return "heading"
    if stripped.startswith("|"):
        return "rule" if set(stripped) <= set("|-: ") else "row"
    return "item" if stripped.startswith(("- ", "* ", "• ")) else "prose"
