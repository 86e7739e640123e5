"""An index as one file, and how it is written: a zip of texts, places and vectors, with nothing in it that runs.

::

    manifest.json   the format's number, what the index is made with, counts, each other member's length and SHA-256
    000000.jsonl    of each document of the first part a line, and after it one for each of its sentences
    000000.txt      their canonical texts in UTF-8, one after the other
    000000.f32      their sentences' unit vectors, one after the other, little-endian, not compressed
    000001.jsonl …

A part holds whole documents, some 2,000 sentences, so that both ways take little memory. A sentence is where it
starts and ends, its kind, what stands above it and its passage's number: its words are the text's, its page and its
passage follow. The last 64 bytes, a zip's comment, are the SHA-256 of all bytes before them.
"""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from tempfile import SpooledTemporaryFile
from typing import IO, Any, BinaryIO, Self

from assistant.index.rows import Vector
from assistant.types import Document, Sentence

FORMAT = 1  # raise it when a reader of the present one couldn't read it any more
MANIFEST = "manifest.json"
SEAL = 64  # bytes at the end: a SHA-256 in hexadecimal
FLOATS = "<f4"
MOST_SENTENCES = 2_000  # in a part, unless one document has more
MOST_CHARACTERS = 8_000_000  # likewise

_SPOOLED = 8_000_000  # bytes of texts, and of vectors, that wait in memory
_PIECE = 1 << 20  # bytes read at a time

Block = tuple[Sequence[Sentence], Vector]  # sentences with their vectors (n, dimension)


@dataclass(frozen=True, slots=True)
class IndexFingerprint:
    """What an index is made with: where two agree, vectors can be taken over as they are."""

    embedder: str
    dimension: int
    splitter: str


@dataclass(frozen=True, slots=True)
class Member:
    """What the manifest says of a member."""

    bytes: int
    sha256: str


@dataclass(frozen=True, eq=False, slots=True)
class ArchivedDocument:
    """A document on its way into an archive."""

    document: Document
    file_hash: str
    sentences: int
    blocks: Iterable[Block]  # all its sentences in reading order


def names(part: int) -> tuple[str, str, str]:
    """The names of a part's members: of its lines, its texts and its vectors."""
    return f"{part:06}.jsonl", f"{part:06}.txt", f"{part:06}.f32"


def seal_of(file: BinaryIO, length: int) -> bytes:
    """The hash, in hexadecimal, of the first bytes of a file."""
    digest = hashlib.sha256()
    file.seek(0)
    while length > 0 and (piece := file.read(min(length, _PIECE))):
        digest.update(piece)
        length -= len(piece)
    return digest.hexdigest().encode()


class ArchiveWriter:
    """Writes an archive into an open file, part by part: a context manager that makes it whole at the end.

    Its methods raise OSError where the file can't be written.
    """

    def __init__(self, file: BinaryIO, made: IndexFingerprint) -> None:
        self._file, self._made = file, made
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

    def part(self, items: Iterable[ArchivedDocument]) -> None:
        """Writes one part; asks for one document at a time, and for a block of its sentences at a time."""
        lines_name, texts_name, vectors_name = names(self._parts)
        with SpooledTemporaryFile(_SPOOLED) as texts, SpooledTemporaryFile(_SPOOLED) as vectors:
            with self._member(lines_name) as write:
                for item in items:
                    text = item.document.text.encode()
                    texts.write(text)
                    write(_line(_facts(item, len(text))))
                    for block, rows in item.blocks:
                        write(b"".join(_line([at.start, at.end, at.kind, at.context, at.chunk]) for at in block))
                        vectors.write(rows.astype(FLOATS).tobytes())
                    self._documents += 1
                    self._sentences += item.sentences
            self._copy(texts, texts_name)
            self._copy(vectors, vectors_name, zipfile.ZIP_STORED)
        self._parts += 1

    def _finish(self) -> None:
        manifest = {
            "format": FORMAT,
            "assistant": version("assistant"),
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            **asdict(self._made),
            "documents": self._documents,
            "sentences": self._sentences,
            "parts": self._parts,
            "members": {name: asdict(member) for name, member in self._members.items()},
        }
        with self._member(MANIFEST) as write:
            write(json.dumps(manifest, indent=1).encode())
        self._zip.comment = bytes(SEAL)
        self._zip.close()
        length = self._file.seek(-SEAL, 2)
        seal = seal_of(self._file, length)
        self._file.seek(length)
        self._file.write(seal)

    def _copy(self, spooled: IO[bytes], name: str, compression: int = zipfile.ZIP_DEFLATED) -> None:
        spooled.seek(0)
        with self._member(name, compression) as write:
            while piece := spooled.read(_PIECE):
                write(piece)

    @contextmanager
    def _member(self, name: str, compression: int = zipfile.ZIP_DEFLATED) -> Iterator[Callable[[bytes], None]]:
        info, digest, length = zipfile.ZipInfo(name), hashlib.sha256(), 0
        info.compress_type = compression
        with self._zip.open(info, "w", force_zip64=True) as out:

            def write(data: bytes) -> None:
                nonlocal length
                length += len(data)
                digest.update(data)
                out.write(data)

            yield write
        self._members[name] = Member(length, digest.hexdigest())


def _line(value: Any) -> bytes:
    """One line of JSON, in ASCII: a file's name may hold what is no Unicode."""
    return json.dumps(value, separators=(",", ":")).encode() + b"\n"


def _facts(item: ArchivedDocument, length: int) -> dict[str, Any]:
    at = item.document
    return {
        "id": at.id, "title": at.title, "source": at.source, "kind": at.kind,
        "date": at.date and at.date.isoformat(), "url": at.url, "pages": at.pages, "notes": at.notes,
        "sha256": at.sha256, "file_hash": item.file_hash, "bytes": length, "sentences": item.sentences,
    }  # fmt: skip
