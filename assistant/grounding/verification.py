"""Checks saved answers again: do the documents still say what was cited, and does that still support the statements?

A citation of a record is ``exact`` where its document is the very one that was cited; ``moved`` where the document has
changed but still has the quote, elsewhere or in other surroundings; ``changed`` where it no longer has it; ``gone``
where the document isn't indexed. The statements are judged again by the quotes that still stand.
"""

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal, TypeVar

from assistant.errors import DocumentNotFoundError, RecordError
from assistant.grounding.check import verbatim_reason, verdict_for
from assistant.grounding.evidence import Evidence, evidence_for
from assistant.grounding.span_reader_scorer import SpanReaderScorer
from assistant.index.store import Store
from assistant.nlp.tokens import single_line
from assistant.structure.version import READER_VERSION
from assistant.types import Citation, Document, VerdictLabel

Standing = Literal["exact", "moved", "changed", "gone"]

_T = TypeVar("_T")

_MAX_FILE_BYTES = 100_000_000  # of a file of records
_MAX_ROWS = 200  # citations and statements that one record may have, each; an answer has a few
_MAX_SECONDS = 60.0  # that a record may take: an answer takes less than one
_DECODED_KINDS = ("txt", "md", "text")  # whose canonical text is the file's own, whatever the version of the readers
_REASONS: dict[Standing, str] = {
    "exact": "",
    "moved": "The document has changed, and says it still.",
    "changed": "The document has changed, and no longer says it.",
    "gone": "The document is not indexed.",
}
_EXACT_AS_RECOGNISED = "Exact to the text that was recognised on a picture of its page, which may hold wrong letters."
_READ_ANEW = "The document was read anew by a later version of this program, which reads this place otherwise."
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
    why: str = ""  # what became of it, in words; empty where it is exact, and not to what was recognised on a picture


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

    Raises:
        RecordError: it takes more than a minute.
    """
    deadline = _Deadline()
    citations = [
        Citation(page=row.get("page"), **{name: row[name] for name in _CITATION_FIELDS}) for row in record["citations"]
    ]
    by_document: dict[str, list[int]] = {}  # the places of the citations: one document at a time is held
    for place, citation in enumerate(citations):
        by_document.setdefault(citation.document_id, []).append(place)
    checked: dict[int, _CheckedCitation] = {}
    for document_id, places in by_document.items():
        document = _document(store, document_id)
        was_read_anew = document is not None and _was_read_anew(record, document)
        checked |= {
            place: _check_citation(citations[place], document, was_read_anew=was_read_anew)
            for place in deadline.watch(places)
        }
    by_number = {citation.number: checked[place] for place, citation in enumerate(citations)}
    return Verification(
        str(record.get("question", "")),
        tuple(citation.status for citation in by_number.values()),
        tuple(
            _judge_again(statement, by_number, span_reader_scorer) for statement in deadline.watch(record["statements"])
        ),
    )


@dataclass(frozen=True, slots=True)
class _CheckedCitation:
    """What became of a citation; the evidence that it is today, None where its quote no longer stands."""

    status: CitationStatus
    evidence: Evidence | None
    is_recognised: bool = False  # whether the quote was recognised on a picture


class _Deadline:
    """When the work on a record must have ended."""

    def __init__(self) -> None:
        self._end = time.monotonic() + _MAX_SECONDS

    def watch(self, items: Iterable[_T]) -> Iterator[_T]:
        """The items, as long as there is time.

        Raises:
            RecordError: there is none left.
        """
        for item in items:
            if time.monotonic() > self._end:
                raise RecordError(
                    f"The record takes more than {_MAX_SECONDS:.0f} seconds to check. Check a few statements at a time."
                )
            yield item


def _document(store: Store, document_id: str) -> Document | None:
    try:
        return store.document(document_id)
    except DocumentNotFoundError:
        return None


def _was_read_anew(record: Mapping[str, Any], document: Document) -> bool:
    """Whether the text that was cited was made by an earlier version of the readers than the text of today."""
    versions = record.get("versions")
    then = versions.get("file_reader") if isinstance(versions, Mapping) else None
    return then != READER_VERSION and document.kind not in _DECODED_KINDS


def _check_citation(citation: Citation, document: Document | None, *, was_read_anew: bool) -> _CheckedCitation:
    standing, start, end = _find_quote(citation, document)
    why = _READ_ANEW if standing == "changed" and was_read_anew else _REASONS[standing]
    status = CitationStatus(citation.number, citation.title, citation.source, citation.quote, standing, start, end, why)
    if document is None or start is None or end is None:
        return _CheckedCitation(status, None)
    is_recognised = document.is_recognised(start, end)
    if is_recognised and standing == "exact":
        status = replace(status, why=_EXACT_AS_RECOGNISED)
    moved = replace(citation, start=start, end=end, document_sha256=document.sha256)
    return _CheckedCitation(status, evidence_for(moved, document), is_recognised)


def _find_quote(citation: Citation, document: Document | None) -> tuple[Standing, int | None, int | None]:
    """What became of a quote, and its span today: its old one, or else the occurrence nearest to that."""
    if document is None:
        return "gone", None, None
    start, end = citation.start, citation.end
    is_in_place = 0 <= start < end and document.text[start:end] == citation.quote
    if is_in_place and document.sha256 == citation.document_sha256:
        return "exact", start, end
    nearest = _nearest_occurrence(document.text, citation.quote, max(0, start))
    return ("changed", None, None) if nearest is None else ("moved", nearest, nearest + len(citation.quote))


def _nearest_occurrence(text: str, quote: str, place: int) -> int | None:
    """Where a quote begins that stands nearest to a place of a text; None where it stands nowhere, or is empty."""
    if not quote:
        return None
    # Reversed, since `str.rfind` takes time by the product of both lengths where they repeat themselves.
    reversed_text = text[: place + len(quote)][::-1]
    before = reversed_text.find(quote[::-1])
    starts = [len(reversed_text) - before - len(quote)] if before >= 0 else []
    behind = text.find(quote, place)
    return min([*starts, behind] if behind >= 0 else starts, key=lambda start: abs(start - place), default=None)


def _judge_again(
    statement: Mapping[str, Any],
    citations: Mapping[int, _CheckedCitation],
    span_reader_scorer: SpanReaderScorer | None,
) -> StatementStatus:
    text, verdict_then = statement["text"], str(statement.get("verdict", ""))
    cited = [citations.get(number) for number in dict.fromkeys(statement["citations"])]
    evidence = [citation.evidence for citation in cited if citation and citation.evidence]
    if len(evidence) < len(cited):
        return StatementStatus(text, verdict_then, "unsupported", "A sentence that it cites is no longer there.")
    quotes = [citation.status.quote for citation in cited if citation]
    is_recognised = any(citation.is_recognised for citation in cited if citation)
    if quotes and single_line(text) == single_line(" ".join(quotes)):
        return StatementStatus(text, verdict_then, "supported", verbatim_reason(is_recognised=is_recognised))
    verdict = verdict_for(text, evidence, span_reader_scorer)
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
        _validate_rows(record.get(name), name, place)
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


def _validate_rows(rows: Any, name: str, place: str) -> None:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise RecordError(f"{place}: '{name}' is no list of objects. Save the record whole.")
    if len(rows) > _MAX_ROWS:
        raise RecordError(
            f"{place} has {len(rows):,} {name}; up to {_MAX_ROWS} are checked at once. Check them in parts."
        )
