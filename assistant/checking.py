"""A statement and the sentences that it cites → verdict and why. Nothing reaches a user unchecked.

The rule, with its two thresholds, is fitted on data that this project didn't write: evals/README.md.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.text.support import Evidence, Findings, examine
from assistant.text.tables import header_of, spelled
from assistant.types import Citation, Document, Statement, Verdict

SUPPORTED = 0.5  # of a statement's words, beside its facts, at least so many stand in what it cites
CLAUSE = 0.4  # so many in each of its clauses too
PARTIAL = 0.3  # with fewer it is another statement, whatever figures the two share
_NEARBY = 400  # characters before a sentence, of its paragraph, in which its pronouns find their names
_HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
_PRONOUN = re.compile(r"\b(?:he|she|it|they|his|her|its|their|them|him|this|these|those)\b", re.IGNORECASE)
_VERBATIM = "Word for word in the cited sentence."
_NAMED = 3  # missing words that a reason gives


def judge(text: str, evidence: Sequence[Evidence]) -> Verdict:
    """Whether sentences carry a statement, whatever marks it has.

    Supported: each figure, date and name stands in them and where it belongs, nothing is denied, and the rest of
    its words is covered. Partial: the facts are carried, but too much of the rest isn't.
    """
    if not plain(text) or not evidence:
        return Verdict("unsupported", "It cites nothing." if plain(text) else "It says nothing.", 0.0)
    if any(plain(text) == plain(each.text) for each in evidence):
        return Verdict("supported", _VERBATIM, 1.0)
    findings = examine(plain(text), [replace(each, text=plain(each.text)) for each in evidence])
    if findings.against:
        return Verdict("unsupported", _sentence(findings.against[0]), 0.0)
    if findings.coverage >= SUPPORTED and findings.weakest >= CLAUSE:
        return Verdict("supported", "Its figures, names and words stand in the cited sentence.", findings.coverage)
    lacking = _lacking(findings)
    if findings.coverage >= PARTIAL:
        return Verdict("partial", f"Its figures and names are carried, but {lacking}", findings.coverage)
    return Verdict("unsupported", _sentence(lacking.removesuffix(".")), findings.coverage)


def check(statement: Statement, documents: Mapping[str, Document]) -> Statement:
    """Gives a statement its verdict against the documents themselves, by their ids.

    Every citation's span, read from the document's canonical text, must be the citation's quote to the letter;
    then the quotes must carry the statement, under their documents' titles.
    """
    if not statement.citations:
        return replace(statement, verdict="unsupported", why="It cites nothing.")
    for citation in statement.citations:
        if not stands(citation, documents.get(citation.document_id)):
            why = f"[{citation.number}] is not what its document says at that place."
            return replace(statement, verdict="unsupported", why=why)
    if plain(statement.text) == plain(" ".join(citation.quote for citation in statement.citations)):
        return replace(statement, verdict="supported", why=_VERBATIM)
    found = judge(statement.text, [evidence(each, documents[each.document_id]) for each in statement.citations])
    return replace(statement, verdict=found.verdict, why=found.why)


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


def evidence(citation: Citation, document: Document) -> Evidence:
    """A cited sentence under its title and nearest heading, and behind what its pronouns stand for.

    A table's row is read with its header.
    """
    before = document.text[: citation.start]
    heading = _HEADING.findall(before)[-1:]
    nearby = before[-_NEARBY:].rpartition("\n")[2] if _PRONOUN.search(citation.quote) else ""
    text = spelled(citation.quote, header_of(document.text, citation.start))
    return Evidence(text, "\n".join((document.title, *heading, nearby)), document.date)


def _lacking(findings: Findings) -> str:
    words = [f"“{word}”" for word in dict.fromkeys(findings.missing)][:_NAMED]
    verb = "is" if len(words) == 1 else "are"
    return f"{', '.join(words)} {verb} not in the cited sentence." if words else "the rest is not."


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
