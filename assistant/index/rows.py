"""How documents, sentences and chunks become rows of the store, and back. Pure functions: no database is used here.

Chroma gets slower, in writing and reading, with every metadata field of a row. So everything that is never filtered
by is packed into one JSON field: writing 10,000 sentences took 4.9 s that way, 7.5 s with one field per value, and
10.2 s with the text as Chroma's own ``document``, which Chroma indexes for a kind of search that is not used here.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import NamedTuple, ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

from assistant.errors import StoreError
from assistant.structure import Block, pack_blocks, unpack_blocks
from assistant.types import Chunk, Document, Sentence

Vector = NDArray[np.float32]
SentenceBatch = tuple[Sequence[Sentence], Vector]  # with one unit vector for each sentence, (n, dimension)

_P = ParamSpec("_P")
_T = TypeVar("_T")

NO_VECTOR = np.empty(0, np.float32)
_NO_VERSION = ""  # of a deleted row
_TEXT_ROW_CHARS = 100_000  # characters of canonical text in one row


class Row(NamedTuple):
    """What is stored under a key: the version of the document that it belongs to, and the data."""

    key: str
    version: str
    data: str
    vector: Vector = NO_VECTOR


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """A document as the index lists it: everything but its text and its pages."""

    id: str
    title: str
    source: str
    kind: str
    date: date | None
    url: str | None
    notes: tuple[str, ...]
    sha256: str  # of the canonical text
    file_hash: str  # of the bytes that the document was read from
    version: str  # of its rows
    characters: int
    sentences: int
    chunks: int
    texts: int  # number of rows that hold its canonical text and structure
    author: str = ""
    language: str = ""
    pages: int = 0
    words: int = 0
    geometries: int = 0  # number of rows that hold where its words stand
    geometry_sha256: str = ""  # of that
    unsearched: int = 0  # of its sentences, those that no vector finds

    @property
    def rows(self) -> int:
        """How many rows hold its sentences, chunks, text and geometry."""
        return self.sentences + self.chunks + self.texts + self.geometries


@dataclass(frozen=True, eq=False, slots=True)
class PreparedDocument:
    """A document ready to be written, complete but for its vectors."""

    document: Document
    file_hash: str
    sentences: tuple[Sentence, ...]
    chunks: tuple[Chunk, ...]


@dataclass(frozen=True, eq=False, slots=True)
class NearestSentence:
    """A sentence from the store, with its key, its unit vector and its cosine similarity to the question."""

    key: str
    sentence: Sentence
    vector: Vector
    similarity: float


_DAMAGED_ROW = "A row of the index is damaged"  # begins the message


def report_damage(read: Callable[_P, _T]) -> Callable[_P, _T]:
    """Decorates a function that reads rows: a row that cannot be parsed raises StoreError."""

    @wraps(read)
    def checked(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        try:
            return read(*args, **kwargs)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise StoreError(f"{_DAMAGED_ROW} ({error}). Remake the index with: assistant index --rebuild") from error

    return checked


def is_damaged_row(error: BaseException) -> bool:
    """Whether an error says that a row cannot be parsed."""
    return isinstance(error, StoreError) and str(error).startswith(_DAMAGED_ROW)


@report_damage
def parse_chroma_row(key: str, fields: Mapping[str, str], vector: Vector = NO_VECTOR) -> Row:
    """Makes a row from the metadata fields that Chroma returns."""
    return Row(key, fields["version"], fields["data"], vector)


def deleted_row(key: str) -> Row:
    """Stands for a row that was deleted after Chroma's search had found it, and before Chroma read it."""
    return Row(key, _NO_VERSION, "")


def check_none_deleted(rows: Iterable[Row], owners: Mapping[str, str]) -> None:
    """Makes sure that no row of a live version was deleted: a writer deletes only what is no longer live.

    Raises:
        StoreError: one was, so the index is damaged.
    """
    for row in rows:
        if row.version == _NO_VERSION and version_of(row.key) in owners:
            raise StoreError(
                f"{_DAMAGED_ROW} ('{row.key}' has no fields). Remake the index with: assistant index --rebuild"
            )


def document_version(prepared: PreparedDocument, fingerprint: str, geometry_sha256: str) -> str:
    """The version that names a document's rows. It changes with anything that the rows are made from.

    Args:
        prepared: the document; its sentences and chunks do not count, for they follow from the rest.
        fingerprint: names the embedder and the splitter.
        geometry_sha256: of where its words stand, as `hash_geometry` gives it; the
            document itself may come without it.
    """
    document = prepared.document
    facts = (
        document.id,
        document.title,
        document.source,
        document.kind,
        document.date,
        document.url,
        document.pages,
        document.notes,
        document.author,
        document.language,
        document.sha256,
        prepared.file_hash,
        hashlib.sha256(_pack_structure(document.blocks).encode("utf-8", "surrogatepass")).hexdigest(),
        *filter(None, [geometry_sha256]),
    )
    return hashlib.sha256(repr((fingerprint, facts)).encode("utf-8", "surrogatepass")).hexdigest()[:20]


def hash_geometry(document: Document) -> str:
    """The hash of where a document's words stand; "" where that isn't known."""
    return document.geometry.sha256 if document.geometry else ""


def sentence_key(version: str, number: int) -> str:
    """The key of a sentence."""
    return f"{version}:{number}"


def chunk_key(version: str, number: int) -> str:
    """The key of a chunk."""
    return f"{version}:p{number}"


def text_key(version: str, number: int) -> str:
    """The key of a piece of canonical text."""
    return f"{version}:t{number}"


def version_of(key: str) -> str:
    """The version that a key belongs to."""
    return key.partition(":")[0]


def number_of(key: str) -> int:
    """The number in a key, by which rows are put in order."""
    return int(key.partition(":")[2].lstrip("ptg"))


def make_entry(prepared: PreparedDocument, version: str) -> DocumentEntry:
    """The entry of a document that is about to be written."""
    document = prepared.document
    return DocumentEntry(
        id=document.id, title=document.title, source=document.source, kind=document.kind, date=document.date,
        url=document.url, notes=document.notes, sha256=document.sha256, file_hash=prepared.file_hash, version=version,
        characters=len(document.text), sentences=len(prepared.sentences), chunks=len(prepared.chunks),
        texts=len(pack_texts(document, version)), author=document.author, language=document.language,
        pages=len(document.pages), words=len(document.text.split()),
        geometries=len(document.geometry.windows(len(document.text))) if document.geometry else 0,
        geometry_sha256=hash_geometry(document),
        unsearched=sum(not sentence.is_body for sentence in prepared.sentences),
    )  # fmt: skip


def pack_entry(entry: DocumentEntry) -> Row:
    """A document entry as a row. Its JSON is ASCII, because a file name may hold what is not valid Unicode."""
    facts = [
        entry.title, entry.source, entry.kind, entry.date and entry.date.isoformat(), entry.url, entry.notes,
        entry.sha256, entry.file_hash, entry.version, entry.characters, entry.sentences, entry.chunks, entry.texts,
        entry.author, entry.language, entry.pages, entry.words,
        *([entry.geometries, entry.geometry_sha256] if entry.geometries or entry.unsearched else []),
        *([entry.unsearched] if entry.unsearched else []),
    ]  # fmt: skip
    return Row(entry.id, entry.version, json.dumps(facts))


@report_damage
def read_entry(row: Row) -> DocumentEntry:
    """The inverse of `pack_entry`."""
    title, source, kind, day, url, notes, *rest = json.loads(row.data)
    return DocumentEntry(
        row.key, title, source, kind, date.fromisoformat(day) if day else None, url, tuple(notes), *rest
    )


def pack_texts(document: Document, version: str) -> list[Row]:
    """The canonical text, the starts of the pages and the structure as rows of at most 100,000 characters."""
    whole = json.dumps([document.text, document.pages, _pack_structure(document.blocks)], ensure_ascii=False)
    pieces = [whole[start : start + _TEXT_ROW_CHARS] for start in range(0, len(whole), _TEXT_ROW_CHARS)]
    return [Row(text_key(version, number), version, piece) for number, piece in enumerate(pieces)]


@report_damage
def read_document(entry: DocumentEntry, texts: Iterable[Row]) -> Document:
    """The document from its entry and all the rows of its text, in any order."""
    pieces = sorted(texts, key=lambda row: number_of(row.key))
    text, pages, *structure = json.loads("".join(row.data for row in pieces))  # no structure in an earlier version's
    blocks = unpack_blocks(json.loads(structure[0]), len(text)) if structure else ()
    return Document(
        id=entry.id, title=entry.title, source=entry.source, text=text, kind=entry.kind, date=entry.date,
        url=entry.url, pages=tuple(pages), notes=entry.notes, blocks=blocks, author=entry.author,
        language=entry.language,
    )  # fmt: skip


def _pack_structure(blocks: Iterable[Block]) -> str:
    return json.dumps(pack_blocks(blocks), ensure_ascii=False, separators=(",", ":"))


def pack_sentence(sentence: Sentence, version: str) -> Row:
    """A sentence as a row; its number is in the key."""
    data = [
        sentence.start, sentence.end, sentence.text, sentence.context, sentence.kind, sentence.chunk, sentence.page,
        *([sentence.role] if sentence.role != "body" else []),
    ]  # fmt: skip
    return Row(sentence_key(version, sentence.number), version, json.dumps(data, ensure_ascii=False))


@report_damage
def read_sentence(document_id: str, row: Row) -> Sentence:
    """The inverse of `pack_sentence`."""
    return Sentence(document_id, number_of(row.key), *json.loads(row.data))


def pack_chunk(chunk: Chunk, version: str) -> Row:
    """A chunk as a row; its number is in the key."""
    data = [chunk.start, chunk.end, chunk.text, chunk.first, chunk.last]
    return Row(chunk_key(version, chunk.number), version, json.dumps(data, ensure_ascii=False))


@report_damage
def read_chunk(document_id: str, row: Row) -> Chunk:
    """The inverse of `pack_chunk`."""
    return Chunk(document_id, number_of(row.key), *json.loads(row.data))


def nearest_sentences(rows: Iterable[Row], question: Vector, owners: Mapping[str, str]) -> list[NearestSentence]:
    """The sentences of those rows whose version is live, each with its similarity to a question's unit vector.

    Args:
        rows: rows of sentences, with vectors.
        question: the unit vector.
        owners: the live versions with the ids of their documents.
    """
    return [
        NearestSentence(row.key, read_sentence(owners[row.version], row), row.vector, float(row.vector @ question))
        for row in rows
        if row.version in owners
    ]
