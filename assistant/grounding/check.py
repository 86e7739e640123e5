"""The grounding check: where a statement is judged. A statement and its evidence → a verdict, and why.

There are two doors. `verdict_for` judges a text by sentences; `check_statement` judges a cited statement by the
documents themselves. No statement reaches a user unchecked.

Rules have the last word on figures, dates, names, units and negation (`assistant.grounding.support`). Where they leave
a statement open, because some of its words are not those of the evidence, the span reader may settle it. All thresholds
are fitted on data that this project didn't write: docs/evaluation/grounding-check.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.grounding.evidence import Evidence, evidence_for, is_exact_quote
from assistant.grounding.span_reader_scorer import SpanReaderScorer
from assistant.grounding.support import Findings, examine
from assistant.models.calibration import check_calibration
from assistant.nlp.tokens import single_line
from assistant.types import Document, Statement, Verdict

# Shares of a statement's words, its facts aside, that must stand in its evidence (chosen with
# `research.fitting.check`).
SUPPORTED_COVERAGE = 0.5  # from which it can be supported
CLAUSE_COVERAGE = 0.4  # that each of its clauses must reach for that
PARTIAL_COVERAGE = 0.3  # below which it is another statement, whatever figures the two share

# What is checked at once, so that a check takes no more than some seconds. A statement is a sentence or two, and cites
# a few sentences.
MAX_STATEMENT_CHARS = 10_000
MAX_EVIDENCE_CHARS = 50_000  # of the cited sentences together

# Characters that the span reader reads for a statement and for each of its clauses: with more it isn't asked. It takes
# some 10 ms for each 400 of them, or for a sentence by itself.
_MAX_READ_CHARS = 120_000
_MIN_SENTENCE_CHARS = 200  # that a sentence counts for
_MAX_WORDS_NAMED = 3  # missing words that a reason names
_VERBATIM = "Word for word in the cited sentence."
_VERBATIM_RECOGNISED = "Word for word in the cited sentence, as it was recognised on a picture of its page."
_OTHER_SUBJECT = "The cited sentence has some of its words, but is on something else."


def verdict_for(text: str, evidence: Sequence[Evidence], span_reader_scorer: SpanReaderScorer | None = None) -> Verdict:
    """Judges whether sentences support a statement, whatever citation markers it has.

    Supported: each figure, date and name stands in the evidence and where it belongs, nothing is denied, and enough of
    the remaining words is covered. Partial: the facts are there, but too many of the remaining words aren't. What has
    more than 10,000 characters, or cites more than 50,000, is supported word for word only. Takes time linear in both.

    Args:
        text: the statement.
        evidence: the sentences that it cites.
        span_reader_scorer: the span reader's opinion. It is asked only about a statement that is partial by its words:
            where it is sure that the evidence says the same in other words the verdict is supported, where it is sure
            that the evidence is about something else, unsupported. None: words alone decide.

    Returns:
        The verdict; its score is the share of the statement's words that the evidence covers, 0 to 1.

    Raises:
        WeightsError: a file of the span reader is missing or damaged.
    """
    statement = single_line(text)
    if not statement or not evidence:
        return Verdict("unsupported", "It cites nothing." if statement else "It says nothing.", 0.0)
    if any(statement == single_line(sentence.text) for sentence in evidence):
        return Verdict("supported", _VERBATIM, 1.0)
    if too_long := _too_long_to_check(statement, evidence):
        return Verdict("unsupported", too_long, 0.0)
    sentences = [replace(sentence, text=single_line(sentence.text)) for sentence in evidence]
    findings = examine(statement, sentences)
    if findings.objections:
        return Verdict("unsupported", _as_sentence(findings.objections[0]), 0.0)
    verdict = _verdict_by_words(findings)
    if verdict.verdict != "partial" or span_reader_scorer is None:
        return verdict
    return _verdict_by_reader(statement, sentences, findings, span_reader_scorer) or verdict


def check_statement(
    statement: Statement, documents: Mapping[str, Document], span_reader_scorer: SpanReaderScorer | None = None
) -> Statement:
    """Gives a cited statement its verdict, judged by the documents themselves.

    Each citation's span of the document's canonical text must be its quote to the letter; then the quotes, under the
    titles of their documents, must support the statement by `verdict_for`.

    Args:
        statement: with its citations.
        documents: by their ids.
        span_reader_scorer: as `verdict_for` takes it.

    Raises:
        WeightsError: a file of the span reader is missing or damaged.
    """
    if not statement.citations:
        return replace(statement, verdict="unsupported", why="It cites nothing.")
    for citation in statement.citations:
        if not is_exact_quote(citation, documents.get(citation.document_id)):
            why = f"[{citation.number}] is not what its document says at that place."
            return replace(statement, verdict="unsupported", why=why)
    if single_line(statement.text) == single_line(" ".join(citation.quote for citation in statement.citations)):
        is_recognised = any(citation.ocr for citation in statement.citations)
        return replace(statement, verdict="supported", why=verbatim_reason(is_recognised=is_recognised))
    evidence = [evidence_for(citation, documents[citation.document_id]) for citation in statement.citations]
    verdict = verdict_for(statement.text, evidence, span_reader_scorer)
    return replace(statement, verdict=verdict.verdict, why=verdict.why)


def verbatim_reason(*, is_recognised: bool) -> str:
    """Why a statement is supported that says no more and no less than what it cites.

    Args:
        is_recognised: whether some of that was recognised on a picture, and so is exact to no document.
    """
    return _VERBATIM_RECOGNISED if is_recognised else _VERBATIM


def uncovered_clauses(text: str, findings: Findings) -> tuple[str, ...]:
    """The clauses of a statement of whose words too few are covered; none where it is a single clause."""
    return tuple(
        clause.text for clause in findings.clauses if clause.coverage < CLAUSE_COVERAGE and clause.text != text
    )


def _too_long_to_check(statement: str, evidence: Sequence[Evidence]) -> str | None:
    """Why a statement can't be checked for its length or that of what it cites; None where it can."""
    if len(statement) > MAX_STATEMENT_CHARS:
        return f"It has {len(statement):,} characters; up to {MAX_STATEMENT_CHARS:,} are checked. Check it in parts."
    length = sum(len(sentence.text) + len(sentence.context) for sentence in evidence)
    if length > MAX_EVIDENCE_CHARS:
        return f"What it cites has {length:,} characters; up to {MAX_EVIDENCE_CHARS:,} are read. Cite less."
    return None


def _verdict_by_words(findings: Findings) -> Verdict:
    """The verdict of the words alone, on a statement against which there is no objection."""
    if findings.coverage >= SUPPORTED_COVERAGE and findings.weakest_clause >= CLAUSE_COVERAGE:
        return Verdict("supported", "Its figures, names and words stand in the cited sentence.", findings.coverage)
    missing = _describe_missing(findings)
    if findings.coverage >= PARTIAL_COVERAGE:
        return Verdict("partial", f"Its figures and names are carried, but {missing}", findings.coverage)
    return Verdict("unsupported", _as_sentence(missing.removesuffix(".")), findings.coverage)


def _verdict_by_reader(
    statement: str, evidence: Sequence[Evidence], findings: Findings, span_reader_scorer: SpanReaderScorer
) -> Verdict | None:
    """The span reader's verdict on a statement that is partial by its words; None where it isn't sure.

    A single supported clause makes the span reader sure of the whole statement, so each clause that the words don't
    cover is read by itself as well.
    """
    clauses = uncovered_clauses(statement, findings)
    length = sum(max(len(sentence.text), _MIN_SENTENCE_CHARS) for sentence in evidence)
    if (1 + len(clauses)) * length > _MAX_READ_CHARS:
        return None
    calibration = check_calibration()
    log_odds = span_reader_scorer(statement, evidence)
    if log_odds < calibration.unsupported_log_odds:
        return Verdict("unsupported", _OTHER_SUBJECT, findings.coverage)
    if log_odds >= calibration.supported_log_odds and all(
        span_reader_scorer(clause, evidence) >= calibration.supported_log_odds for clause in clauses
    ):
        return Verdict("supported", "The cited sentence says it in other words.", findings.coverage)
    return None


def _describe_missing(findings: Findings) -> str:
    words = [f"“{word}”" for word in dict.fromkeys(findings.missing_words)][:_MAX_WORDS_NAMED]
    verb = "is" if len(words) == 1 else "are"
    return f"{', '.join(words)} {verb} not in the cited sentence." if words else "the rest is not."


def _as_sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
