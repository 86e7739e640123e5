"""Checks saved answers again: do the documents still say what was cited, and does that still support the statements?

A citation of a record is ``exact`` where its document is the very one that was cited; ``moved`` where the document has
changed but still has the quote, elsewhere or in other surroundings; ``changed`` where it no longer has it; ``gone``
where the document isn't indexed. The statements are judged again by the quotes that still stand.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from assistant.errors import DocumentNotFoundError, RecordError
from assistant.grounding.check import verdict_for
from assistant.grounding.evidence import evidence_for
from assistant.grounding.span_reader_scorer import SpanReaderScorer
from assistant.index.store import Store
from assistant.nlp.tokens import single_line
from assistant.types import Citation, Document, VerdictLabel

Standing = Literal["exact", "moved", "changed", "gone"]

_MAX_FILE_BYTES = 100_000_000  # of a file of records
_CITATION_FIELDS = {
    "number": int, "document_id": str, "title": str, "source": str, "sentence": int, "start": int, "end": int,
    "quote": str, "document_sha256": str,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CitationStatus:
    """What became of a citation."""

    number: int
    title: str
    source: str
    quote: str
    standing: Standing
    start: int | None  # where the quote stands today; None where it doesn't
    end: int | None


@dataclass(frozen=True, slots=True)
class StatementStatus:
    """A statement, the verdict that it had, and the one that it gets today."""

    text: str
    was: str  # the verdict of the record, "" where it has none
    verdict: VerdictLabel  # today's
    why: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What became of one saved answer."""

    question: str
    citations: tuple[CitationStatus, ...]
    statements: tuple[StatementStatus, ...]

    @property
    def holds(self) -> bool:
        """Whether every quote still stands, and no statement has lost its support."""
        quotes_stand = all(citation.standing in ("exact", "moved") for citation in self.citations)
        return quotes_stand and all(
            statement.verdict != "unsupported" or statement.was == "unsupported" for statement in self.statements
        )

    def to_dict(self) -> dict[str, Any]:
        """The verification as ``assistant verify --json`` prints it."""
        return asdict(self) | {"holds": self.holds}


def load_records(path: Path) -> list[dict[str, Any]]:
    """The saved answers in a JSON file: one record, a list of records, or a record on each line.

    Raises:
        RecordError: the file can't be read or holds something else; says where.
    """
    try:
        if path.stat().st_size > _MAX_FILE_BYTES:
            raise RecordError(f"{path} has more than {_MAX_FILE_BYTES // 1_000_000} MB. Split it.")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise RecordError(f"{path} cannot be read: {reason}. Give a file that 'assistant ask --json' wrote.") from None
    try:
        loaded = json.loads(text)
    except (ValueError, RecursionError):
        try:
            loaded = [json.loads(line) for line in text.splitlines() if line.strip()]
        except (ValueError, RecursionError):
            loaded = None
    records = loaded if isinstance(loaded, list) else [loaded]
    if not records:
        raise RecordError(f"{path} holds no answer. Give a file that 'assistant ask --json' wrote.")
    return [
        validate_record(record, f"{path}, answer {number}" if len(records) > 1 else str(path))
        for number, record in enumerate(records, 1)
    ]


def verify_record(
    record: Mapping[str, Any], store: Store, span_reader_scorer: SpanReaderScorer | None = None
) -> Verification:
    """Compares a saved answer with the index of today.

    Args:
        record: as `validate_record` returns it.
        store: the index.
        span_reader_scorer: as `assistant.grounding.check.verdict_for` takes it.
    """
    citations = [
        Citation(page=row.get("page"), **{name: row[name] for name in _CITATION_FIELDS}) for row in record["citations"]
    ]
    documents = {citation.document_id: _document(store, citation.document_id) for citation in citations}
    statuses = {citation.number: _status(citation, documents[citation.document_id]) for citation in citations}
    updated = dict(_updated(citations, documents, statuses))
    return Verification(
        str(record.get("question", "")),
        tuple(statuses.values()),
        tuple(_judge_again(statement, updated, span_reader_scorer) for statement in record["statements"]),
    )


def _document(store: Store, document_id: str) -> Document | None:
    try:
        return store.document(document_id)
    except DocumentNotFoundError:
        return None


def _status(citation: Citation, document: Document | None) -> CitationStatus:
    standing, start, end = _find_quote(citation, document)
    return CitationStatus(citation.number, citation.title, citation.source, citation.quote, standing, start, end)


def _find_quote(citation: Citation, document: Document | None) -> tuple[Standing, int | None, int | None]:
    """What became of a quote, and its span today: its old one, or else the occurrence nearest to that."""
    if document is None:
        return "gone", None, None
    start, end = citation.start, citation.end
    is_in_place = 0 <= start < end and document.text[start:end] == citation.quote
    if is_in_place and document.sha256 == citation.document_sha256:
        return "exact", start, end
    starts = list(_occurrences(document.text, citation.quote))
    if not starts:
        return "changed", None, None
    nearest = min(starts, key=lambda occurrence: abs(occurrence - citation.start))
    return "moved", nearest, nearest + len(citation.quote)


def _occurrences(text: str, quote: str) -> Iterator[int]:
    """Where a quote begins in a text, overlapping occurrences too; nowhere for an empty quote."""
    start = text.find(quote) if quote else -1
    while start >= 0:
        yield start
        start = text.find(quote, start + 1)


def _updated(
    citations: Sequence[Citation], documents: Mapping[str, Document | None], statuses: Mapping[int, CitationStatus]
) -> Iterator[tuple[int, tuple[Citation, Document]]]:
    """The citations whose quotes still stand, by number: each with its span of today, and its document."""
    for citation in citations:
        document, status = documents[citation.document_id], statuses[citation.number]
        if document is not None and status.start is not None and status.end is not None:
            span = {"start": status.start, "end": status.end, "document_sha256": document.sha256}
            yield citation.number, (Citation(**asdict(citation) | span), document)


def _judge_again(
    statement: Mapping[str, Any],
    updated: Mapping[int, tuple[Citation, Document]],
    span_reader_scorer: SpanReaderScorer | None,
) -> StatementStatus:
    cited = [updated[number] for number in statement["citations"] if number in updated]
    text, verdict_then = statement["text"], str(statement.get("verdict", ""))
    if len(cited) < len(statement["citations"]):
        return StatementStatus(text, verdict_then, "unsupported", "A sentence that it cites is no longer there.")
    if cited and single_line(text) == single_line(" ".join(citation.quote for citation, _ in cited)):
        return StatementStatus(text, verdict_then, "supported", "Word for word in the cited sentence.")
    verdict = verdict_for(text, [evidence_for(citation, document) for citation, document in cited], span_reader_scorer)
    return StatementStatus(text, verdict_then, verdict.verdict, verdict.why)


def validate_record(record: Any, place: str = "The record") -> dict[str, Any]:
    """The record, once it is sure to have all that `verify_record` needs.

    Args:
        record: of any type, as JSON gives it.
        place: where it comes from, as an error message names it.

    Raises:
        RecordError: something is missing or of the wrong type; says what.
    """
    if not isinstance(record, dict):
        raise RecordError(f"{place} is no answer's record. Give a file that 'assistant ask --json' wrote.")
    for name in ("citations", "statements"):
        if not isinstance(record.get(name), list) or not all(isinstance(row, dict) for row in record[name]):
            raise RecordError(f"{place}: '{name}' is no list of objects. Save the record whole.")
    for citation in record["citations"]:
        for name, kind in _CITATION_FIELDS.items():
            if not isinstance(citation.get(name), kind) or isinstance(citation.get(name), bool):
                raise RecordError(f"{place}: a citation's '{name}' is missing or no {kind.__name__}. Save it whole.")
    for statement in record["statements"]:
        numbers = statement.get("citations")
        if not isinstance(statement.get("text"), str) or not isinstance(numbers, list):
            raise RecordError(f"{place}: a statement has no 'text' or no list of 'citations'. Save the record whole.")
        if not all(isinstance(number, int) for number in numbers):
            raise RecordError(f"{place}: a statement's 'citations' are no numbers. Save the record whole.")
    return record
