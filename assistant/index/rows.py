"""How documents, sentences and passages stand in the store's rows: pure, knows no database.

Chroma's writing and reading time grows with the metadata fields of a row, so what is never filtered by is
one JSON field: writing 10,000 sentences took 4.9 s so, 7.5 s with a field for each value and 10.2 s with the
text as Chroma's own ``document``, which it indexes for a search that isn't used here.
"""

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Any, NamedTuple, ParamSpec, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from assistant.errors import StoreError
from assistant.types import Chunk, Document, Sentence

Vector = NDArray[np.float32]

_P = ParamSpec("_P")
_T = TypeVar("_T")

NO_VECTOR = np.empty(0, np.float32)
_NAMED = 10_000  # versions that a filter names at most
_CHUNK = 100_000  # characters of canonical text in a row


class Row(NamedTuple):
    """What is stored under a key: the version of the document that it belongs to, and the data."""

    key: str
    version: str
    data: str
    vector: Vector = NO_VECTOR


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """A document as it is listed: everything but its text and its pages."""

    id: str
    title: str
    source: str
    kind: str
    date: date | None
    url: str | None
    notes: tuple[str, ...]
    sha256: str  # of the canonical text
    file_hash: str  # of what it was read from
    version: str  # of its rows
    characters: int
    sentences: int
    chunks: int
    texts: int  # rows that hold its canonical text


@dataclass(frozen=True, eq=False, slots=True)
class PreparedDocument:
    """A document ready to be written, all but its vectors."""

    document: Document
    file_hash: str
    sentences: tuple[Sentence, ...]
    chunks: tuple[Chunk, ...]


@dataclass(frozen=True, eq=False, slots=True)
class NearestSentence:
    """A sentence that the store found, with its key, its unit vector and its cosine to the question."""

    key: str
    sentence: Sentence
    vector: Vector
    similarity: float


@dataclass(frozen=True, slots=True)
class LiveState:
    """What is live at one moment: replaced whole, so that a reader never sees half a change."""

    documents: dict[str, DocumentEntry]  # by id
    owners: dict[str, str]  # version → document id
    rows: int  # of all documents, listings aside

    @classmethod
    def of(cls, documents: dict[str, DocumentEntry]) -> Self:
        """All that follows from these documents."""
        rows = sum(at.sentences + at.chunks + at.texts for at in documents.values())
        return cls(documents, {at.version: at.id for at in documents.values()}, rows)


class TextCache:
    """The documents used last, up to a number of characters together; safe between threads."""

    def __init__(self, characters: int) -> None:
        self._room = characters
        self._kept: OrderedDict[str, Document] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, version: str) -> Document | None:
        """The document of this version, if it is kept."""
        with self._lock:
            if version in self._kept:
                self._kept.move_to_end(version)
            return self._kept.get(version)

    def put(self, version: str, document: Document) -> None:
        """Keeps a document, and lets go of those used longest ago."""
        with self._lock:
            if version not in self._kept:
                self._room -= len(document.text)
            self._kept[version] = document
            while self._room < 0 and self._kept:
                self._room += len(self._kept.popitem(last=False)[1].text)


def _sound(read: Callable[_P, _T]) -> Callable[_P, _T]:
    """Has a reader of rows say so where one is damaged."""

    @wraps(read)
    def checked(*given: _P.args, **named: _P.kwargs) -> _T:
        try:
            return read(*given, **named)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise StoreError(
                f"A row of the index is damaged ({error}). Remake the index with: assistant index --rebuild"
            ) from error

    return checked


@_sound
def chroma_row(key: str, fields: Mapping[str, str], vector: Vector = NO_VECTOR) -> Row:
    """A row as Chroma keeps its fields."""
    return Row(key, fields["version"], fields["data"], vector)


def version(draft: PreparedDocument, made_of: str) -> str:
    """What a document's rows are called: it changes with whatever they are made from.

    Args:
        draft: the document.
        made_of: names the embedder and the splitter.
    """
    at = draft.document
    facts = (
        at.id,
        at.title,
        at.source,
        at.kind,
        at.date,
        at.url,
        at.pages,
        at.notes,
        at.sha256,
        draft.file_hash,
    )
    return hashlib.sha256(repr((made_of, facts)).encode("utf-8", "surrogatepass")).hexdigest()[:20]


def sentence_key(version: str, number: int) -> str:
    """The key of a sentence."""
    return f"{version}:{number}"


def chunk_key(version: str, number: int) -> str:
    """The key of a passage."""
    return f"{version}:p{number}"


def text_key(version: str, number: int) -> str:
    """The key of a piece of canonical text."""
    return f"{version}:t{number}"


def version_of(key: str) -> str:
    """The version that a key belongs to."""
    return key.partition(":")[0]


def number_of(key: str) -> int:
    """The number in a key, by which rows are put in order."""
    return int(key.partition(":")[2].lstrip("pt"))


def listing(draft: PreparedDocument, version: str) -> DocumentEntry:
    """The listing of a document that is about to be written."""
    at = draft.document
    return DocumentEntry(
        id=at.id, title=at.title, source=at.source, kind=at.kind, date=at.date, url=at.url, notes=at.notes,
        sha256=at.sha256, file_hash=draft.file_hash, version=version, characters=len(at.text),
        sentences=len(draft.sentences), chunks=len(draft.chunks), texts=len(pack_texts(at, version)),
    )  # fmt: skip


def pack_listing(at: DocumentEntry) -> Row:
    """The listing as a row, which escapes what a file's name may have that is no Unicode."""
    facts = [
        at.title, at.source, at.kind, at.date and at.date.isoformat(), at.url, at.notes, at.sha256,
        at.file_hash, at.version, at.characters, at.sentences, at.chunks, at.texts,
    ]  # fmt: skip
    return Row(at.id, at.version, json.dumps(facts))


@_sound
def read_listing(row: Row) -> DocumentEntry:
    """The inverse of `pack_listing`."""
    title, source, kind, day, url, notes, *rest = json.loads(row.data)
    return DocumentEntry(
        row.key, title, source, kind, date.fromisoformat(day) if day else None, url, tuple(notes), *rest
    )


def pack_texts(document: Document, version: str) -> list[Row]:
    """The canonical text and the pages' starts, in pieces."""
    whole = json.dumps([document.text, document.pages], ensure_ascii=False)
    pieces = [whole[start : start + _CHUNK] for start in range(0, len(whole), _CHUNK)]
    return [Row(text_key(version, number), version, piece) for number, piece in enumerate(pieces)]


@_sound
def read_document(at: DocumentEntry, found: Iterable[Row]) -> Document:
    """The document from its listing and all the rows of its text."""
    text, pages = json.loads("".join(row.data for row in sorted(found, key=lambda row: number_of(row.key))))
    return Document(
        id=at.id, title=at.title, source=at.source, text=text, kind=at.kind, date=at.date, url=at.url,
        pages=tuple(pages), notes=at.notes,
    )  # fmt: skip


def pack_sentence(at: Sentence, version: str) -> Row:
    """A sentence as a row; its number is in the key."""
    data = [at.start, at.end, at.text, at.context, at.kind, at.chunk, at.page]
    return Row(sentence_key(version, at.number), version, json.dumps(data, ensure_ascii=False))


@_sound
def read_sentence(document_id: str, row: Row) -> Sentence:
    """The inverse of `pack_sentence`."""
    return Sentence(document_id, number_of(row.key), *json.loads(row.data))


def pack_chunk(at: Chunk, version: str) -> Row:
    """A passage as a row; its number is in the key."""
    data = [at.start, at.end, at.text, at.first, at.last]
    return Row(chunk_key(version, at.number), version, json.dumps(data, ensure_ascii=False))


@_sound
def read_chunk(document_id: str, row: Row) -> Chunk:
    """The inverse of `pack_passage`."""
    return Chunk(document_id, number_of(row.key), *json.loads(row.data))


def found(rows: Iterable[Row], question: Vector, owners: Mapping[str, str]) -> list[NearestSentence]:
    """The sentences in rows whose version is live, compared with a question's unit vector."""
    return [
        NearestSentence(row.key, read_sentence(owners[row.version], row), row.vector, float(row.vector @ question))
        for row in rows
        if row.version in owners
    ]


def where(versions: frozenset[str] | None, owners: Mapping[str, str]) -> dict[str, Any] | None:
    """The filter for some versions, put the shorter way round; None for all, or where it would name too many.

    SQLite takes 32,766 names; 10,000 cost 30 ms, 30,000 ten times that.
    """
    if versions is None:
        return None
    named = versions if 2 * len(versions) <= len(owners) else owners.keys() - versions
    if len(named) > _NAMED:
        return None
    return {"version": {"$in" if named is versions else "$nin": [*named]}}
