r"""The values that pass between the rooms: frozen, comparable, free of any vendor.

All offsets are half-open spans in Unicode code points of a document's canonical text:
``document.text[start:end] == sentence.text``, always.
"""

import datetime as dt
import hashlib
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property
from typing import Any, Literal

VerdictLabel = Literal["supported", "partial", "unsupported"]
SentenceKind = Literal["prose", "item", "row"]
Progress = Callable[[int, int, str], object]
"""Is called as a long job advances: units done, units in all, and the name of what was done last."""


@dataclass(frozen=True)
class Document:
    r"""One source with one canonical text.

    For ``.txt`` and ``.md`` the text is the file decoded, without a byte-order mark and with ``\n`` line
    ends; for every other kind it is the extracted main text, written as light Markdown (``#`` headings,
    ``-`` items, ``|`` table rows) and stored with the index.
    """

    id: str
    title: str
    source: str  # the absolute path of a file, or an address
    text: str
    kind: str  # the file's kind without the dot: "md", "pdf", …; "text" for a LlamaIndex document
    date: dt.date | None = None
    url: str | None = None  # where the file's own metadata says it was published
    pages: tuple[int, ...] = ()  # where each page starts in the text; empty for formats without pages
    notes: tuple[str, ...] = ()  # what a reader should know: "not in English: …"

    @cached_property
    def sha256(self) -> str:
        """The hash of the canonical text, in hexadecimal: what a citation's record carries."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()

    def page_at(self, offset: int) -> int | None:
        """The page, counted from 1, that holds this offset; None where the format has no pages."""
        return bisect_right(self.pages, offset) or 1 if self.pages else None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A span of a document's canonical text that can be cited."""

    document_id: str
    number: int  # its place in the document, from 0
    start: int
    end: int
    text: str
    context: str = ""  # the headings above it and, for a table row, its header: never quoted, helps to find it
    kind: SentenceKind = "prose"
    chunk: int = 0  # the number of the passage that holds it
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive sentences of one document: the chunk that gives a sentence its surroundings."""

    document_id: str
    number: int  # its place in the document, from 0
    start: int
    end: int
    text: str
    first: int  # number of its first sentence
    last: int  # number of its last sentence, inclusive


@dataclass(frozen=True, slots=True)
class Hit:
    """A sentence that retrieval found, with its document and its score (higher is better)."""

    sentence: Sentence
    document: Document
    score: float

    def to_dict(self) -> dict[str, Any]:
        """The hit as ``search --json`` prints it, with the names that a citation has in the record of an answer."""
        return {
            "score": round(self.score, 4),
            "document_id": self.document.id,
            "title": self.document.title,
            "source": self.document.source,
            "page": self.sentence.page,
            "sentence": self.sentence.number,
            "start": self.sentence.start,
            "end": self.sentence.end,
            "quote": self.sentence.text,
            "document_sha256": self.document.sha256,
        }


@dataclass(frozen=True, slots=True)
class Citation:
    """A number shown as ``[1]`` and the exact sentence that it stands for."""

    number: int
    document_id: str
    title: str
    source: str
    page: int | None
    sentence: int
    start: int
    end: int
    quote: str
    document_sha256: str
    answer_span: tuple[int, int] | None = None  # the answer's words in the document's text, where they are known

    def to_dict(self) -> dict[str, Any]:
        """The citation as the record of an answer has it."""
        return asdict(self) | {"answer_span": list(self.answer_span) if self.answer_span else None}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the check says of a statement: the ruling, its reason in words, and the share of its words carried."""

    verdict: VerdictLabel
    why: str
    score: float  # 0 to 1; 0 where a figure, date, name or negation speaks against it


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of an answer, the citations that carry it, and what the check said of it."""

    text: str
    verdict: VerdictLabel
    why: str
    citations: tuple[Citation, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The statement as the record holds it: its citations by number."""
        return {
            "text": self.text,
            "verdict": self.verdict,
            "why": self.why,
            "citations": [citation.number for citation in self.citations],
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question got: checked statements, or a refusal. ``to_dict`` is the record of every door."""

    question: str
    asked: str  # the question as rewritten from the history
    text: str  # the statements with their [n] marks, or the refusal
    refused: bool
    reason: str | None  # why it was refused, in words
    score: float  # the calibrated chance, 0 to 1, that the documents answer the question
    mode: str
    model: str
    statements: tuple[Statement, ...] = ()
    removed: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()
    usage: dict[str, int] = field(default_factory=lambda: {"prompt_tokens": 0, "completion_tokens": 0})
    seconds: dict[str, float] = field(default_factory=dict)
    prompt_sha256: str | None = None  # of the prompt that a language model was given
    versions: dict[str, str] = field(default_factory=dict)  # of what else the answer was made with

    def to_dict(self) -> dict[str, Any]:
        """The record: one JSON-ready object, the same for the page, the API, exports and CI."""
        return {
            "question": self.question,
            "asked": self.asked,
            "answer": self.text,
            "refused": self.refused,
            "reason": self.reason,
            "score": round(self.score, 4),
            "mode": self.mode,
            "model": self.model,
            "statements": [statement.to_dict() for statement in self.statements],
            "removed": [statement.to_dict() for statement in self.removed],
            "citations": [citation.to_dict() for citation in self.citations],
            "usage": dict(self.usage),
            "seconds": {name: round(value, 4) for name, value in self.seconds.items()},
            "prompt_sha256": self.prompt_sha256,
            "versions": dict(self.versions),
        }


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A document as it is listed: everything but its text."""

    id: str
    title: str
    source: str
    kind: str
    date: dt.date | None
    sentences: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A path that was not indexed, and the reason in words."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What one synchronisation did: sources by outcome, with reasons for those left out."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()  # not of a supported kind, hidden or temporary: no error
    failed: tuple[Skipped, ...] = ()  # of a supported kind, but unreadable: named, exit code 1
    notes: tuple[Skipped, ...] = ()  # indexed, with something to know: "not in English"

    def __add__(self, other: "IndexReport") -> "IndexReport":
        """Both reports as one."""
        return IndexReport(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    def to_dict(self) -> dict[str, Any]:
        """The report as ``assistant index --json`` prints it."""
        return asdict(self)
