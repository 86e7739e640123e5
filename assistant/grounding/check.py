"""A statement and the sentences that it cites → verdict and why. Nothing reaches a user unchecked.

Rules have the last word on figures, dates, names, units and negation. Where they leave it open, because some of a
statement's words are not those of the sentences, the reader may settle it. All thresholds are fitted on data that this
project didn't write: evals/README.md.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from assistant.grounding.support import Evidence, Findings, examine
from assistant.models.calibration import check_calibration
from assistant.models.span_reader import SpanReader, heading_text
from assistant.nlp.tokens import single_line
from assistant.segmentation.chunks import CHUNK_CHARACTERS, ChunkInput
from assistant.segmentation.table_rows import header_row_at, row_with_headers
from assistant.types import Citation, Document, Statement, Verdict

ReaderScorer = Callable[
    [str, Sequence[Evidence]], float
]  # a statement and sentences → log-odds that one of them says it

SUPPORTED_COVERAGE = 0.5  # of a statement's words, beside its facts, at least so many stand in what it cites
CLAUSE_COVERAGE = 0.4  # so many in each of its clauses too
PARTIAL_COVERAGE = 0.3  # with fewer it is another statement, whatever figures the two share
_NEARBY = 400  # characters before a sentence, of its paragraph, in which its pronouns find their names
_HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
_PRONOUN = re.compile(r"\b(?:he|she|it|they|his|her|its|their|them|him|this|these|those)\b", re.IGNORECASE)
_VERBATIM = "Word for word in the cited sentence."
_STRANGE = "The cited sentence has some of its words, but is on something else."
_NAMED = 3  # missing words that a reason gives


def verdict_for(text: str, evidence: Sequence[Evidence], reads: ReaderScorer | None = None) -> Verdict:
    """Whether sentences carry a statement, whatever marks it has.

    Supported: each figure, date and name stands in them and where it belongs, nothing is denied, and the rest of
    its words is covered. Partial: the facts are carried, but too much of the rest isn't.

    Args:
        text: the statement.
        evidence: the sentences.
        reads: the reader, which is asked of a statement that is partial by its words: sure that it is said in other
            words it calls it supported, sure that the sentences are on something else unsupported.

    Raises:
        WeightsError: a file of the reader is missing or damaged.
    """
    if not single_line(text) or not evidence:
        return Verdict("unsupported", "It cites nothing." if single_line(text) else "It says nothing.", 0.0)
    if any(single_line(text) == single_line(each.text) for each in evidence):
        return Verdict("supported", _VERBATIM, 1.0)
    sentences = [replace(each, text=single_line(each.text)) for each in evidence]
    findings = examine(single_line(text), sentences)
    if findings.against:
        return Verdict("unsupported", _sentence(findings.against[0]), 0.0)
    found = _worded(findings)
    if found.verdict != "partial" or reads is None:
        return found
    return _read(single_line(text), sentences, findings, reads) or found


def reader_scorer(reader: SpanReader | None) -> ReaderScorer | None:
    """How a reader reads a statement for `judge`; None without a reader."""
    return partial(_log_odds, reader) if reader else None


def _worded(findings: Findings) -> Verdict:
    """The verdict by words, where nothing speaks against the statement."""
    if findings.coverage >= SUPPORTED_COVERAGE and findings.weakest >= CLAUSE_COVERAGE:
        return Verdict("supported", "Its figures, names and words stand in the cited sentence.", findings.coverage)
    lacking = _lacking(findings)
    if findings.coverage >= PARTIAL_COVERAGE:
        return Verdict("partial", f"Its figures and names are carried, but {lacking}", findings.coverage)
    return Verdict("unsupported", _sentence(lacking.removesuffix(".")), findings.coverage)


def _read(text: str, evidence: Sequence[Evidence], findings: Findings, reads: ReaderScorer) -> Verdict | None:
    """The reader's verdict on a statement that is partial by its words; None where it isn't sure.

    One clause that is carried makes the reader sure of the whole, so each that the words don't cover is read alone.
    """
    whole, calibration = reads(text, evidence), check_calibration()
    if whole < calibration.unsupported_log_odds:
        return Verdict("unsupported", _STRANGE, findings.coverage)
    sure = calibration.supported_log_odds
    if whole >= sure and all(reads(clause, evidence) >= sure for clause in uncovered_clauses(text, findings)):
        return Verdict("supported", "The cited sentence says it in other words.", findings.coverage)
    return None


def uncovered_clauses(text: str, findings: Findings) -> tuple[str, ...]:
    """The clauses of a statement, if it has several, of whose words too few are covered."""
    return tuple(each.text for each in findings.clauses if each.share < CLAUSE_COVERAGE and each.text != text)


def _log_odds(reader: SpanReader, text: str, evidence: Sequence[Evidence]) -> float:
    """The best that the reader says of sentences, which it reads in passages as long as those of documents."""
    groups: list[list[Evidence]] = []
    for each in evidence:
        beside = groups[-1] if groups else []
        if beside and each.context == beside[0].context and _length(*beside, each) <= CHUNK_CHARACTERS:
            beside.append(each)
        else:
            groups.append([each])
    return max(reading.score for readings in reader.read(text, [*map(_chunk, groups)]) for reading in readings)


def _length(*sentences: Evidence) -> int:
    return sum(len(each.text) + 1 for each in sentences)


def _chunk(sentences: Sequence[Evidence]) -> ChunkInput:
    title, _, below = sentences[0].context.partition("\n")
    ends = [_length(*sentences[:number]) - 1 for number in range(1, len(sentences) + 1)]
    spans = tuple((end - len(each.text), end) for each, end in zip(sentences, ends, strict=True))
    return ChunkInput(heading_text(title, below), " ".join(each.text for each in sentences), spans)


def check_statement(
    statement: Statement, documents: Mapping[str, Document], reads: ReaderScorer | None = None
) -> Statement:
    """Gives a statement its verdict against the documents themselves, by their ids.

    Every citation's span, read from the document's canonical text, must be the citation's quote to the letter;
    then the quotes must carry the statement, under their documents' titles, as `judge` says.
    """
    if not statement.citations:
        return replace(statement, verdict="unsupported", why="It cites nothing.")
    for citation in statement.citations:
        if not is_exact_quote(citation, documents.get(citation.document_id)):
            why = f"[{citation.number}] is not what its document says at that place."
            return replace(statement, verdict="unsupported", why=why)
    if single_line(statement.text) == single_line(" ".join(citation.quote for citation in statement.citations)):
        return replace(statement, verdict="supported", why=_VERBATIM)
    cited = [evidence_for(each, documents[each.document_id]) for each in statement.citations]
    found = verdict_for(statement.text, cited, reads)
    return replace(statement, verdict=found.verdict, why=found.why)


def is_exact_quote(citation: Citation, document: Document | None) -> bool:
    """Whether the document still says exactly the quote at exactly that place."""
    return (
        document is not None
        and document.sha256 == citation.document_sha256
        and 0 <= citation.start < citation.end <= len(document.text)
        and document.text[citation.start : citation.end] == citation.quote
    )


def evidence_for(citation: Citation, document: Document) -> Evidence:
    """A cited sentence under its title and nearest heading, and behind what its pronouns stand for.

    A table's row is read with its header.
    """
    before = document.text[: citation.start]
    heading = _HEADING.findall(before)[-1:]
    nearby = before[-_NEARBY:].rpartition("\n")[2] if _PRONOUN.search(citation.quote) else ""
    text = row_with_headers(citation.quote, header_row_at(document.text, citation.start))
    return Evidence(text, "\n".join((document.title, *heading, nearby)), document.date)


def _lacking(findings: Findings) -> str:
    words = [f"“{word}”" for word in dict.fromkeys(findings.missing)][:_NAMED]
    verb = "is" if len(words) == 1 else "are"
    return f"{', '.join(words)} {verb} not in the cited sentence." if words else "the rest is not."


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
