"""What a statement is judged by: the cited sentences, each with what a reader of its document knows at that place."""

import datetime as dt
import re
from dataclasses import dataclass

from assistant.nlp.struck import mask_struck
from assistant.segmentation.table_rows import header_row_at, row_at, row_with_headers
from assistant.types import Citation, Document

_LOOKBACK_CHARS = 400  # before a sentence, within its paragraph: there its pronouns find their names
_MARKDOWN_HEADING = re.compile(r"#+ +(.+)$", re.MULTILINE)
_MAX_HEADING_CHARS = 1_000  # that are looked at
_MAX_LINES_TRIED = 1_000  # that look like the heading at first sight
_PRONOUN = re.compile(r"\b(?:he|she|it|they|his|her|its|their|them|him|this|these|those)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A cited sentence, with what is known about the place where it stands."""

    text: str
    context: str = ""  # title and headings, a line each: they say what the sentence is about
    date: dt.date | None = None  # of its document: gives "6 November" its year


def evidence_for(citation: Citation, document: Document) -> Evidence:
    """The cited sentence under its document's title and nearest heading.

    A table row comes with its header row. A sentence with a pronoun comes with the text before it in its paragraph,
    which says what the pronoun stands for. Struck out words are no evidence.
    """
    before = document.text[max(0, citation.start - _LOOKBACK_CHARS) : citation.start]
    heading = _nearest_heading(document.text, citation.start)
    antecedents = before.rpartition("\n")[2] if _PRONOUN.search(citation.quote) else ""
    row = row_at(document.text, citation.start)
    text = citation.quote
    if citation.quote == row.strip("| \t"):
        text = row_with_headers(row, header_row_at(document.text, citation.start))
    return Evidence(
        mask_struck(text), "\n".join((document.title, *filter(None, [heading]), antecedents)), document.date
    )


def _nearest_heading(text: str, position: int) -> str:
    """The last Markdown heading that begins before a position, up to there; empty if there is none."""
    line_start = position
    for _ in range(_MAX_LINES_TRIED):
        line_start = text.rfind("\n#", 0, line_start + 1) + 1  # at the beginning of the text 0 as well
        heading = _MARKDOWN_HEADING.match(text, line_start, min(position, line_start + _MAX_HEADING_CHARS))
        if heading or not line_start:
            return heading[1] if heading else ""
        line_start -= 1
    return ""


def is_exact_quote(citation: Citation, document: Document | None) -> bool:
    """Whether the document still has exactly the quote at exactly the cited place; False without a document."""
    return (
        document is not None
        and document.sha256 == citation.document_sha256
        and 0 <= citation.start < citation.end <= len(document.text)
        and document.text[citation.start : citation.end] == citation.quote
    )
