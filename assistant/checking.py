"""A statement and the sentences that it cites → verdict and why. Nothing reaches a user unchecked."""

from collections.abc import Mapping
from dataclasses import replace

from assistant.types import Citation, Document, Statement


def check(statement: Statement, documents: Mapping[str, Document]) -> Statement:
    """Gives a statement its verdict against the documents themselves, by their ids.

    A verbatim statement is carried when every citation's span, read from the document's canonical text, is
    the citation's quote to the letter, and the statement is what the quotes say, white space aside.
    """
    if not statement.citations:
        return replace(statement, verdict="unsupported", why="It cites nothing.")
    for citation in statement.citations:
        if not stands(citation, documents.get(citation.document_id)):
            why = f"[{citation.number}] is not what its document says at that place."
            return replace(statement, verdict="unsupported", why=why)
    if plain(statement.text) != plain(" ".join(citation.quote for citation in statement.citations)):
        return replace(statement, verdict="unsupported", why="It is not what the cited sentences say.")
    return replace(statement, verdict="supported", why="Word for word in the cited sentence.")


def stands(citation: Citation, document: Document | None) -> bool:
    """Whether the document still says exactly the quote at exactly that place."""
    return (
        document is not None
        and document.sha256 == citation.document_sha256
        and 0 <= citation.start < citation.end <= len(document.text)
        and document.text[citation.start : citation.end] == citation.quote
    )


def plain(text: str) -> str:
    """The text on one line: a sentence may run over line ends in its document, but is shown without them."""
    return " ".join(text.split())
