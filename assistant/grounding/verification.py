"""Re-checks saved answers against the index of today: do the documents still say it, and does it still carry?

A record's citation is ``exact`` where its document is the very one that was cited; ``moved`` where the document
changed but still has the quote, elsewhere or in other surroundings; ``changed`` where it has it no more; ``gone``
where the document isn't indexed. The statements are judged anew by the quotes that stand.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from assistant.errors import DocumentNotFoundError, RecordError
from assistant.grounding.check import ReaderScorer, evidence_for, verdict_for
from assistant.index.store import Store
from assistant.nlp.tokens import single_line
from assistant.types import Citation, Document, VerdictLabel

Standing = Literal["exact", "moved", "changed", "gone"]

_LONGEST = 100_000_000  # bytes of a file of records
_FIELDS = {"number": int, "document_id": str, "title": str, "source": str, "sentence": int, "start": int, "end": int,
           "quote": str, "document_sha256": str}  # fmt: skip


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
    was: str
    verdict: VerdictLabel
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
        quotes = all(each.standing in ("exact", "moved") for each in self.citations)
        return quotes and all(each.verdict != "unsupported" or each.was == "unsupported" for each in self.statements)

    def to_dict(self) -> dict[str, Any]:
        """The verification as ``assistant verify --json`` prints it."""
        return asdict(self) | {"holds": self.holds}


def load_records(path: Path) -> list[dict[str, Any]]:
    """The saved answers of a file: one record, a list of them, or one on each line.

    Raises:
        RecordError: it can't be read or holds something else; says where.
    """
    try:
        if path.stat().st_size > _LONGEST:
            raise RecordError(f"{path} has more than {_LONGEST // 1_000_000} MB. Split it.")
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
        validate_record(record, f"{path}, answer {place}" if len(records) > 1 else str(path))
        for place, record in enumerate(records, 1)
    ]


def verify_record(record: Mapping[str, Any], store: Store, reads: ReaderScorer | None = None) -> Verification:
    """Holds a record, which ``checked`` has passed, against the index; ``reads`` is as `judge` takes it."""
    cited = [Citation(page=each.get("page"), **{name: each[name] for name in _FIELDS}) for each in record["citations"]]
    documents = {each.document_id: _document(store, each.document_id) for each in cited}
    found = {each.number: _found(each, documents[each.document_id]) for each in cited}
    standing = dict(_standing(cited, documents, found))
    return Verification(
        str(record.get("question", "")),
        tuple(found.values()),
        tuple(_statement(each, standing, reads) for each in record["statements"]),
    )


def _document(store: Store, document_id: str) -> Document | None:
    try:
        return store.document(document_id)
    except DocumentNotFoundError:
        return None


def _found(citation: Citation, document: Document | None) -> CitationStatus:
    span, standing = _span(citation, document)
    told = (citation.number, citation.title, citation.source, citation.quote)
    return CitationStatus(*told, standing, *(span or (None, None)))


def _span(citation: Citation, document: Document | None) -> tuple[tuple[int, int] | None, Standing]:
    if document is None:
        return None, "gone"
    span = (citation.start, citation.end)
    same = 0 <= span[0] < span[1] and document.text[span[0] : span[1]] == citation.quote
    if same and document.sha256 == citation.document_sha256:
        return span, "exact"
    places = list(_places(document.text, citation.quote))
    if not places:
        return None, "changed"
    start = min(places, key=lambda place: abs(place - citation.start))
    return (start, start + len(citation.quote)), "moved"


def _places(text: str, quote: str) -> Iterator[int]:
    at = text.find(quote) if quote else -1
    while at >= 0:
        yield at
        at = text.find(quote, at + 1)


def _standing(
    cited: Sequence[Citation], documents: Mapping[str, Document | None], found: Mapping[int, CitationStatus]
) -> Iterator[tuple[int, tuple[Citation, Document]]]:
    """The citations whose quotes stand, by number, at their place of today."""
    for each in cited:
        document, now = documents[each.document_id], found[each.number]
        if document is not None and now.start is not None and now.end is not None:
            place = {"start": now.start, "end": now.end, "document_sha256": document.sha256}
            yield each.number, (Citation(**asdict(each) | place), document)


def _statement(
    told: Mapping[str, Any], standing: Mapping[int, tuple[Citation, Document]], reads: ReaderScorer | None
) -> StatementStatus:
    citing = [standing[number] for number in told["citations"] if number in standing]
    text, was = told["text"], str(told.get("verdict", ""))
    if len(citing) < len(told["citations"]):
        return StatementStatus(text, was, "unsupported", "A sentence that it cites is no longer there.")
    if citing and single_line(text) == single_line(" ".join(citation.quote for citation, _ in citing)):
        return StatementStatus(text, was, "supported", "Word for word in the cited sentence.")
    verdict = verdict_for(text, [evidence_for(citation, document) for citation, document in citing], reads)
    return StatementStatus(text, was, verdict.verdict, verdict.why)


def validate_record(record: Any, place: str = "The record") -> dict[str, Any]:
    """The record, if it has all that is needed.

    Raises:
        RecordError: it hasn't; says what is wrong, at ``place``.
    """
    if not isinstance(record, dict):
        raise RecordError(f"{place} is no answer's record. Give a file that 'assistant ask --json' wrote.")
    for name in ("citations", "statements"):
        if not isinstance(record.get(name), list) or not all(isinstance(each, dict) for each in record[name]):
            raise RecordError(f"{place}: '{name}' is no list of objects. Save the record whole.")
    for citation in record["citations"]:
        for name, kind in _FIELDS.items():
            if not isinstance(citation.get(name), kind) or isinstance(citation.get(name), bool):
                raise RecordError(f"{place}: a citation's '{name}' is missing or no {kind.__name__}. Save it whole.")
    for statement in record["statements"]:
        numbers = statement.get("citations")
        if not isinstance(statement.get("text"), str) or not isinstance(numbers, list):
            raise RecordError(f"{place}: a statement has no 'text' or no list of 'citations'. Save the record whole.")
        if not all(isinstance(number, int) for number in numbers):
            raise RecordError(f"{place}: a statement's 'citations' are no numbers. Save the record whole.")
    return record
