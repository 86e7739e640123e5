r"""The values that pass between rooms: frozen dataclasses, comparable, free of any vendor's types.

Every offset is in Unicode code points of a document's canonical text, and every pair of offsets is a half-open span:
``document.text[start:end] == sentence.text``, always.
"""

import datetime as dt
import hashlib
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property
from itertools import takewhile
from operator import attrgetter
from typing import Any, Literal

from assistant.structure import Block, Box, Geometry, Role

VerdictLabel = Literal["supported", "partial", "unsupported"]
SentenceKind = Literal["prose", "item", "row"]
Progress = Callable[[int, int, str], object]
"""Called as a long job advances, with the units done, the units in all, and the name of the last one done."""

NO_STRUCTURE = "its structure is not known: it came as text alone"
"""The note of a document without blocks."""


@dataclass(frozen=True)
class Document:
    r"""One source with its canonical text, which all offsets address.

    The canonical text of ``.txt`` and ``.md`` is the decoded file, without a byte-order mark and with ``\n`` line ends.
    For every other file kind it is the extracted text, written as light Markdown (``#`` headings, ``-`` items, ``|``
    table rows) by the rules of `assistant.readers.composition`, and stored with the index.

    Attributes:
        id: identifies the document in its index.
        title: for people.
        source: the absolute path of a file, or an address.
        text: the canonical text.
        kind: the file kind without the dot, as in "pdf"; "text" for a LlamaIndex document.
        date: the day that the file's own metadata gives; None where it gives none.
        url: where the file's own metadata says that it was published.
        pages: the offset at which each page starts; empty for file kinds without pages.
        notes: what people should know about the document, as in "not in English: …".
        blocks: its structure, in order; empty for a document that came without any, such as an imported one.
        author: whom the file names as such; empty where it names nobody.
        language: a tag such as "en" or "de-CH", as the file declares it; empty where it declares none.
        geometry: where its words stand on its pages; None for file kinds whose pages have no places.
    """

    id: str
    title: str
    source: str
    text: str
    kind: str
    date: dt.date | None = None
    url: str | None = None
    pages: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()
    author: str = ""
    language: str = ""
    geometry: Geometry | None = None

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 of the canonical text in UTF-8, as 64 hexadecimal digits; citations carry it."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()

    def page_at(self, offset: int) -> int | None:
        """The page, counted from 1, that holds an offset; None for file kinds without pages."""
        return bisect_right(self.pages, offset) or 1 if self.pages else None

    def page_of(self, start: int, end: int) -> int | None:
        """The page on which a span of the text begins; None for file kinds without pages.

        A footnote may stand in the text behind a paragraph that ends overleaf: its own words say where it is printed.
        """
        return (self.geometry.page(start, end) if self.geometry else None) or self.page_at(start)

    def is_recognised(self, start: int, end: int) -> bool:
        """Whether words of a span of the text were recognised on a picture, and may hold wrong letters."""
        first = bisect_right(self.blocks, start, key=attrgetter("end"))
        return any(block.is_recognised for block in takewhile(lambda block: block.start < end, self.blocks[first:]))

    def to_dict(self) -> dict[str, Any]:
        """The document as ``documents show --json`` prints it: without its geometry, of which citations have theirs."""
        record = asdict(replace(self, geometry=None)) | {"sha256": self.sha256}
        del record["geometry"]
        return record


@dataclass(frozen=True, slots=True)
class Sentence:
    """A span of a document's canonical text that can be cited.

    Attributes:
        document_id: the document that holds it.
        number: its place among the document's sentences, counted from 0.
        start: the offset of its first character.
        end: the offset behind its last character.
        text: its words, exactly as the canonical text has them.
        context: the headings above it and, for a table row, the table's header. Helps to find it; never quoted.
        kind: running text, a list item or a table row.
        chunk: the number of the chunk that holds it.
        page: counted from 1; None for file kinds without pages.
        role: whose words it holds; an answer is made of those with the role "body".
    """

    document_id: str
    number: int
    start: int
    end: int
    text: str
    context: str = ""
    kind: SentenceKind = "prose"
    chunk: int = 0
    page: int | None = None
    role: Role = "body"

    @property
    def is_body(self) -> bool:
        """Whether it is what the document itself states, rather than a reference or a line of the contents."""
        return self.role == "body"


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive sentences of one document, embedded together so that each has its surroundings.

    Attributes:
        document_id: the document that holds it.
        number: its place among the document's chunks, counted from 0.
        start: the offset of its first character.
        end: the offset behind its last character.
        text: its span of the canonical text.
        first: the number of its first sentence.
        last: the number of its last sentence, which belongs to it.
    """

    document_id: str
    number: int
    start: int
    end: int
    text: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A search result: a sentence with its document and its score, of which higher is better."""

    sentence: Sentence
    document: Document
    score: float

    def to_dict(self) -> dict[str, Any]:
        """The hit as ``search --json`` prints it; its keys are those of a citation in the record of an answer."""
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
    """A reference from a statement to one exact sentence.

    Attributes:
        number: what its citation marker shows, as in ``[1]``; counted from 1 within an answer.
        document_id: the cited document.
        title: the document's title.
        source: the absolute path of the document's file, or its address.
        page: counted from 1; None for file kinds without pages.
        sentence: the sentence's number in the document, counted from 0.
        start: the offset of the sentence's first character.
        end: the offset behind its last character.
        quote: the sentence, exactly as the canonical text has it.
        document_sha256: the hash of the canonical text that was cited, as `Document.sha256` gives it.
        answer_span: start and end of the words that answer, in the document's text; None where they aren't known.
        boxes: where it stands on the pages of its document, a rectangle for each line; empty where that isn't known.
        ocr: whether its words were recognised on a picture: the quote is exact to what was recognised.
    """

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
    answer_span: tuple[int, int] | None = None
    boxes: tuple[Box, ...] = ()
    ocr: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The citation as the record of an answer has it."""
        return asdict(self) | {
            "answer_span": list(self.answer_span) if self.answer_span else None,
            "boxes": [box._asdict() for box in self.boxes],
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the grounding check says of a statement.

    Attributes:
        verdict: whether the evidence carries the statement.
        why: the reason, in words.
        score: the share of the statement's words that the evidence carries, 0 to 1; 0 where a figure, date, name or
            negation contradicts it.
    """

    verdict: VerdictLabel
    why: str
    score: float


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of an answer, with the check's verdict, its reason in words, and the citations that carry it."""

    text: str
    verdict: VerdictLabel
    why: str
    citations: tuple[Citation, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The statement as the record of an answer has it, with the numbers of its citations."""
        return {
            "text": self.text,
            "verdict": self.verdict,
            "why": self.why,
            "citations": [citation.number for citation in self.citations],
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question gets: checked statements, or a refusal with its reason.

    Attributes:
        question: as it was typed.
        asked: the question that was answered, normalised, and rewritten from the history if it is a follow-up.
        text: the statements with their citation markers, or the refusal.
        refused: whether the documents don't answer the question.
        reason: why it was refused, or what an answer leaves open, in words; None where there is nothing to say.
        score: the confidence, the calibrated chance from 0 to 1 that the documents answer the question.
        mode: "quotes" or "llm", whichever wrote the answer.
        model: the name of the language model that wrote it; in quotes mode that of the embedder.
        statements: those that passed the grounding check.
        removed: those that failed it.
        citations: in the order of their numbers.
        usage: ``prompt_tokens`` and ``completion_tokens`` of the language model; 0 where none was asked.
        seconds: how long each stage took, by its name, and the ``total``.
        prompt_sha256: the hash of the prompt's file; None where no language model was asked.
        versions: of this package and of the models and rules that made the answer, by name.
        guarantee: how many of the answers given may be wrong at most, in a sentence, or why that can't be said; None
            where no risk is set.
    """

    question: str
    asked: str
    text: str
    refused: bool
    reason: str | None
    score: float
    mode: str
    model: str
    statements: tuple[Statement, ...] = ()
    removed: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()
    usage: dict[str, int] = field(default_factory=lambda: {"prompt_tokens": 0, "completion_tokens": 0})
    seconds: dict[str, float] = field(default_factory=dict)
    prompt_sha256: str | None = None
    versions: dict[str, str] = field(default_factory=dict)
    guarantee: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The record: one object ready for JSON, the same for Python, command line, API, page and exports."""
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
            "guarantee": self.guarantee,
        }


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A document as it is listed, without its text; ``sentences`` counts those that can be cited.

    ``author`` and ``language`` are empty, and ``pages`` is 0, where the file says nothing of them.
    """

    id: str
    title: str
    source: str
    kind: str
    date: dt.date | None
    sentences: int
    notes: tuple[str, ...]
    author: str = ""
    language: str = ""
    pages: int = 0
    words: int = 0


@dataclass(frozen=True, slots=True)
class Skipped:
    """A source, and in words what there is to say about it: why it was left out, or what to know about it."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What indexing did: the sources by outcome.

    Attributes:
        added: sources that are new in the index.
        changed: sources whose content is not what was indexed before.
        removed: sources that are no longer in the index.
        unchanged: sources that are in the index as they were.
        skipped: files of no supported kind, hidden or temporary, with the reason; no error.
        failed: files of a supported kind that can't be read, with the reason; on the command line exit code 1.
        notes: sources that are indexed, with something to know, as in "not in English".
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    failed: tuple[Skipped, ...] = ()
    notes: tuple[Skipped, ...] = ()

    def __add__(self, other: "IndexReport") -> "IndexReport":
        """Both reports as one, outcome by outcome."""
        outcomes = [outcome.name for outcome in fields(self)]
        return IndexReport(*(getattr(self, outcome) + getattr(other, outcome) for outcome in outcomes))

    def to_dict(self) -> dict[str, Any]:
        """The report as ``assistant index --json`` prints it."""
        return asdict(self)
