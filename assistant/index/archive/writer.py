"""The format of an archive, an index in one file, and how it is written.

An archive is a zip file of texts, positions and vectors; nothing in it can be executed::

    manifest.json   the version of the format, what the index is made with, counts, each member's length and SHA-256
    000000.jsonl    of each document of the first part one line, and after it one for each of its sentences
    000000.txt      their canonical texts in UTF-8, one after the other, each with its structure behind it as JSON,
                    and the places of its words as `Geometry.to_bytes` gives them
    000000.f32      their sentences' unit vectors, one after the other, little-endian, not compressed
    000001.jsonl …

A part holds whole documents, some 2,000 sentences, so that writing and reading take little memory. A sentence is stored
as its start and end, its kind, its heading context, the number of its chunk, and its role where it is not "body"; its
words are in the text, and its page and its chunk follow from the rest. The last 64 bytes, a zip comment, are the
SHA-256 of all bytes before them.
"""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from tempfile import SpooledTemporaryFile
from typing import IO, Any, BinaryIO, Self

from assistant.index.fingerprint import IndexFingerprint
from assistant.index.rows import SentenceBatch
from assistant.structure import pack_blocks
from assistant.types import Document, Sentence

FORMAT = 3  # raise it when today's `ArchiveReader` could not read the archive any more
MANIFEST_NAME = "manifest.json"
SEAL_BYTES = 64  # at the end: a SHA-256 in hexadecimal
VECTOR_DTYPE = "<f4"
MAX_PART_SENTENCES = 2_000  # unless a single document has more
MAX_PART_CHARS = 8_000_000  # likewise

MAX_STRUCTURE_BYTES = 32_000_000  # of one document; of one that has more the text alone is written
MAX_GEOMETRY_BYTES = 64_000_000  # likewise

_SPOOLED_BYTES = 8_000_000  # of texts, and of vectors, that wait in memory
_COPY_BYTES = 1 << 20  # read at a time


@dataclass(frozen=True, slots=True)
class Member:
    """What the manifest says of a member of the zip file."""

    bytes: int
    sha256: str


@dataclass(frozen=True, eq=False, slots=True)
class ArchivedDocument:
    """A document on its way into an archive."""

    document: Document
    file_hash: str
    sentences: int
    batches: Iterable[SentenceBatch]  # all its sentences in reading order


def member_names(part: int) -> tuple[str, str, str]:
    """The names of the members that hold a part's lines, texts and vectors."""
    return f"{part:06}.jsonl", f"{part:06}.txt", f"{part:06}.f32"


def compute_seal(file: BinaryIO, length: int) -> bytes:
    """The SHA-256, in hexadecimal, of the first ``length`` bytes of a file. Leaves the file positioned behind them."""
    digest = hashlib.sha256()
    file.seek(0)
    while length > 0 and (piece := file.read(min(length, _COPY_BYTES))):
        digest.update(piece)
        length -= len(piece)
    return digest.hexdigest().encode()


class ArchiveWriter:
    """Writes an archive into an open file, part by part. A context manager, which completes the archive at its end.

    Its methods raise OSError where the file can't be written.
    """

    def __init__(self, file: BinaryIO, fingerprint: IndexFingerprint) -> None:
        self._file, self._fingerprint = file, fingerprint
        self._zip = zipfile.ZipFile(file, "w")
        self._members: dict[str, Member] = {}
        self._parts = self._documents = self._sentences = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._finish()
            return
        with suppress(OSError, ValueError):  # the file is given up anyway; a zip that is left open complains later
            self._zip.close()

    def write_part(self, documents: Iterable[ArchivedDocument]) -> None:
        """Writes one part. Takes one document at a time, and one batch of its sentences at a time."""
        lines_name, texts_name, vectors_name = member_names(self._parts)
        with SpooledTemporaryFile(_SPOOLED_BYTES) as texts, SpooledTemporaryFile(_SPOOLED_BYTES) as vectors:
            with self._open_member(lines_name) as write:
                for archived in documents:
                    text = archived.document.text.encode()
                    structure = json.dumps(pack_blocks(archived.document.blocks), separators=(",", ":")).encode()
                    if len(structure) > MAX_STRUCTURE_BYTES:
                        structure = b"[]"
                    geometry = archived.document.geometry.to_bytes() if archived.document.geometry else b""
                    if len(geometry) > MAX_GEOMETRY_BYTES:
                        geometry = b""
                    texts.write(text + structure + geometry)
                    write(_json_line(_document_facts(archived, len(text), len(structure), len(geometry))))
                    for sentences, sentence_vectors in archived.batches:
                        lines = (_json_line(_sentence_facts(sentence)) for sentence in sentences)
                        write(b"".join(lines))
                        vectors.write(sentence_vectors.astype(VECTOR_DTYPE).tobytes())
                    self._documents += 1
                    self._sentences += archived.sentences
            self._copy(texts, texts_name)
            self._copy(vectors, vectors_name, zipfile.ZIP_STORED)
        self._parts += 1

    def _finish(self) -> None:
        manifest = {
            "format": FORMAT,
            "assistant": version("assistant"),
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            **asdict(self._fingerprint),
            "documents": self._documents,
            "sentences": self._sentences,
            "parts": self._parts,
            "members": {name: asdict(member) for name, member in self._members.items()},
        }
        with self._open_member(MANIFEST_NAME) as write:
            write(json.dumps(manifest, indent=1).encode())
        self._zip.comment = bytes(SEAL_BYTES)
        self._zip.close()
        length = self._file.seek(-SEAL_BYTES, 2)
        seal = compute_seal(self._file, length)
        self._file.seek(length)
        self._file.write(seal)

    def _copy(self, source: IO[bytes], name: str, compression: int = zipfile.ZIP_DEFLATED) -> None:
        source.seek(0)
        with self._open_member(name, compression) as write:
            while piece := source.read(_COPY_BYTES):
                write(piece)

    @contextmanager
    def _open_member(self, name: str, compression: int = zipfile.ZIP_DEFLATED) -> Iterator[Callable[[bytes], None]]:
        info, digest, length = zipfile.ZipInfo(name), hashlib.sha256(), 0
        info.compress_type = compression
        with self._zip.open(info, "w", force_zip64=True) as member:

            def write(data: bytes) -> None:
                nonlocal length
                length += len(data)
                digest.update(data)
                member.write(data)

            yield write
        self._members[name] = Member(length, digest.hexdigest())


def _json_line(value: Any) -> bytes:
    """One line of JSON, in ASCII: a file name may hold what is not valid Unicode."""
    return json.dumps(value, separators=(",", ":")).encode() + b"\n"


def _sentence_facts(sentence: Sentence) -> list[Any]:
    facts = [sentence.start, sentence.end, sentence.kind, sentence.context, sentence.chunk]
    return [*facts, sentence.role] if sentence.role != "body" else facts


def _document_facts(
    archived: ArchivedDocument, text_bytes: int, structure_bytes: int, geometry_bytes: int
) -> dict[str, Any]:
    document = archived.document
    return {
        "id": document.id, "title": document.title, "source": document.source, "kind": document.kind,
        "date": document.date and document.date.isoformat(), "url": document.url, "pages": document.pages,
        "notes": document.notes, "sha256": document.sha256, "file_hash": archived.file_hash, "bytes": text_bytes,
        "sentences": archived.sentences, "author": document.author, "language": document.language,
        "structure_bytes": structure_bytes, "geometry_bytes": geometry_bytes,
    }  # fmt: skip
