"""Reads an archive, which may come from anybody: every value is checked for its type and its bounds, and every byte.

Nothing is unpacked to the disk, and no stated size is trusted: what is read at a time is bounded.
"""

import hashlib
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn, Self

import numpy as np

from assistant.errors import ArchiveError
from assistant.index.archive.validation import (
    DOCUMENT_FIELDS,
    MANIFEST_FIELDS,
    PLACED_DOCUMENT_FIELDS,
    STRUCTURED_DOCUMENT_FIELDS,
    build_chunks,
    build_document,
    build_sentence,
    has_fields,
    parse_json,
)
from assistant.index.archive.writer import (
    FORMAT,
    MANIFEST_NAME,
    MAX_GEOMETRY_BYTES,
    MAX_STRUCTURE_BYTES,
    SEAL_BYTES,
    VECTOR_DTYPE,
    Member,
    compute_seal,
    member_names,
)
from assistant.index.fingerprint import IndexFingerprint
from assistant.index.rows import PreparedDocument, SentenceBatch

if TYPE_CHECKING:
    from assistant.types import Sentence

_DOCUMENT_FIELDS = {1: DOCUMENT_FIELDS, 2: STRUCTURED_DOCUMENT_FIELDS, FORMAT: PLACED_DOCUMENT_FIELDS}  # by format
_MAX_LINE_BYTES = 8_000_000
_MAX_MANIFEST_BYTES = 16_000_000
_MAX_TEXT_BYTES = 1 << 28  # of a part's texts
_MAX_PART_SENTENCES = 1 << 22  # a document counts as 1,000 of them at least
_MAX_DIMENSION = 1 << 16
_MAX_EXPANSION, _FREE_EXPANSION_BYTES = 50, 1 << 28  # an archive may unpack to 50 times its size and 256 MiB
_BATCH_SENTENCES = 1_000  # whose vectors are read at a time
_UNIT_TOLERANCE = 1e-3  # by which the length of a vector may differ from 1

_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, RuntimeError)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says about itself."""

    assistant: str  # the version that wrote it
    fingerprint: IndexFingerprint
    documents: int
    sentences: int
    parts: int
    members: dict[str, Member]
    format: int


@dataclass(frozen=True, eq=False, slots=True)
class ArchivePart:
    """Some whole documents of an archive."""

    documents: tuple[PreparedDocument, ...]
    batches: Iterator[SentenceBatch]  # of all their sentences; no batch has sentences of two documents


class ArchiveReader:
    """An opened archive, whose bytes are those that were written. A context manager.

    Attributes:
        manifest: what it says about itself.
    """

    def __init__(self, path: Path) -> None:
        """Opens an archive, and reads it through once to see that it is whole.

        Raises:
            ArchiveError: it is missing, damaged, no archive, or of a format that this version doesn't know.
        """
        self._path = path
        try:
            self._file: BinaryIO = path.open("rb")
        except OSError as error:
            raise ArchiveError(
                f"The archive '{path}' can't be opened: {error.strerror}. Name a file that 'assistant export' wrote."
            ) from None
        try:
            self._zip = self._open_zip()
            self.manifest = self._read_manifest()
            self._check_members()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def parts(self) -> Iterator[ArchivePart]:
        """The documents, part by part, all checked. Use a part's batches before you ask for the next part.

        Raises:
            ArchiveError: something in it is not as it should be.
        """
        document_count = sentence_count = 0
        ids: set[str] = set()
        for number in range(self.manifest.parts):
            lines, texts, vectors = (self._open_member(name) for name in member_names(number))
            documents = tuple(self._read_documents(lines, texts))
            for prepared in documents:
                if prepared.document.id in ids:
                    self.fail(f"it holds the document '{prepared.document.id}' twice")
                ids.add(prepared.document.id)
            batches = self._read_batches(vectors, documents)
            yield ArchivePart(documents, batches)
            for _ in batches:  # those that the caller did not use are checked all the same
                pass
            document_count += len(documents)
            sentence_count += sum(len(prepared.sentences) for prepared in documents)
        if (document_count, sentence_count) != (self.manifest.documents, self.manifest.sentences):
            self.fail("it holds another number of documents or sentences than it says")

    def fail(self, problem: str) -> NoReturn:
        """Raises the ArchiveError that says what is wrong with the archive."""
        raise ArchiveError(
            f"The archive '{self._path}' can't be used: {problem}. Nothing of it is imported; export it once more, "
            "or copy it once more from where it came."
        )

    def _open_zip(self) -> zipfile.ZipFile:
        size = self._file.seek(0, io.SEEK_END)
        seal = compute_seal(self._file, max(0, size - SEAL_BYTES))
        if size < SEAL_BYTES or seal != self._file.read(SEAL_BYTES):
            self.fail("it is damaged, not whole, or no archive of this program (its hash doesn't fit)")
        try:
            opened = zipfile.ZipFile(self._file)
        except _ZIP_ERRORS as error:
            self.fail(f"it is no zip file ({error})")
        entries = opened.infolist()
        if len({entry.filename for entry in entries}) != len(entries) or any(
            entry.compress_type not in _COMPRESSIONS for entry in entries
        ):
            self.fail("a name occurs twice in it, or it is compressed in another way")
        if sum(entry.file_size for entry in entries) > _MAX_EXPANSION * size + _FREE_EXPANSION_BYTES:
            self.fail("it unpacks to far more than an index of its size (a zip bomb?)")
        return opened

    def _read_manifest(self) -> Manifest:
        entry = self._zip.NameToInfo.get(MANIFEST_NAME)
        if entry is None or entry.file_size > _MAX_MANIFEST_BYTES:
            self.fail("it has no manifest, so 'assistant export' didn't write it")
        try:
            facts = json.loads(self._zip.read(entry))
        except _ZIP_ERRORS as error:
            self.fail(f"its manifest can't be read ({error})")
        if isinstance(facts, dict) and type(facts.get("format")) is int and facts["format"] > FORMAT:
            raise ArchiveError(
                f"The archive '{self._path}' has the format {facts['format']}, this version reads {FORMAT}. Import it "
                f"with the version that wrote it ({facts.get('assistant')}) or a later one."
            )
        if (
            not has_fields(facts, MANIFEST_FIELDS)
            or facts["format"] not in _DOCUMENT_FIELDS
            or not 1 <= facts["dimension"] <= _MAX_DIMENSION
        ):
            self.fail("its manifest says something else than it should")
        try:
            members = {name: Member(**member) for name, member in facts["members"].items()}
        except TypeError:
            self.fail("its manifest says something else of the members than it should")
        fingerprint = IndexFingerprint(facts["embedder"], facts["dimension"], facts["splitter"])
        return Manifest(
            facts["assistant"], fingerprint, facts["documents"], facts["sentences"], facts["parts"], members,
            facts["format"],
        )  # fmt: skip

    def _check_members(self) -> None:
        """Compares the members that the manifest names with those in the zip file."""
        listed, entries = self.manifest.members, self._zip.NameToInfo
        if not 0 <= 3 * self.manifest.parts == len(listed) == len(entries) - 1:
            self.fail("it holds another number of parts than it says")
        for number in range(self.manifest.parts):
            for name in member_names(number):
                if name not in listed or name not in entries or listed[name].bytes != entries[name].file_size:
                    self.fail(f"'{name}' is missing in it, or of another length than it says")
            lines, texts, vectors = (entries[name] for name in member_names(number))
            if texts.file_size > _MAX_TEXT_BYTES:
                self.fail(f"'{texts.filename}' is larger than texts may be")
            if vectors.compress_type != zipfile.ZIP_STORED or lines.file_size == 0:
                self.fail(f"'{vectors.filename}' or '{lines.filename}' is not as it should be")

    def _open_member(self, name: str) -> "_MemberStream":
        try:
            return _MemberStream(self, name, self._zip.open(name), self.manifest.members[name])
        except _ZIP_ERRORS as error:
            self.fail(f"'{name}' can't be read ({error})")

    def _read_documents(self, lines: "_MemberStream", texts: "_MemberStream") -> Iterator[PreparedDocument]:
        sentence_count = document_count = 0
        fields = _DOCUMENT_FIELDS[self.manifest.format]
        while line := lines.read_line():
            facts = parse_json(line)
            document_count += 1
            if not has_fields(facts, fields) or facts["sentences"] < 1:
                lines.fail("the facts of a document are not as they should be")
            sentence_count += facts["sentences"]
            if max(sentence_count, document_count * 1_000) > _MAX_PART_SENTENCES:
                lines.fail("it holds more than a part may")
            text = texts.read_exactly(facts["bytes"])
            structure_bytes, geometry_bytes = facts.get("structure_bytes", 0), facts.get("geometry_bytes", 0)
            if structure_bytes > MAX_STRUCTURE_BYTES or geometry_bytes > MAX_GEOMETRY_BYTES:
                lines.fail(f"the structure of '{facts['id']}' is larger than one may be")
            structure, geometry = texts.read_exactly(structure_bytes), texts.read_exactly(geometry_bytes)
            document = build_document(facts, text, structure if self.manifest.format > 1 else None, geometry)
            if document is None:
                lines.fail(f"the document '{facts['id']}' doesn't fit its text")
            sentences: list[Sentence] = []
            for _ in range(facts["sentences"]):
                previous = sentences[-1] if sentences else None
                sentence = build_sentence(document, previous, parse_json(lines.read_line()))
                if sentence is None:
                    lines.fail(f"a sentence of '{facts['id']}' doesn't fit its text")
                sentences.append(sentence)
            yield PreparedDocument(document, facts["file_hash"], tuple(sentences), build_chunks(document, sentences))
        lines.check_end()
        texts.check_end()

    def _read_batches(self, vectors: "_MemberStream", documents: Sequence[PreparedDocument]) -> Iterator[SentenceBatch]:
        dimension = self.manifest.fingerprint.dimension
        for prepared in documents:
            for start in range(0, len(prepared.sentences), _BATCH_SENTENCES):
                sentences = prepared.sentences[start : start + _BATCH_SENTENCES]
                data = vectors.read_exactly(4 * dimension * len(sentences))
                rows = np.frombuffer(data, VECTOR_DTYPE).astype(np.float32).reshape(len(sentences), dimension)
                with np.errstate(over="ignore"):
                    lengths = np.linalg.norm(rows, axis=1)
                if not np.all(np.abs(lengths - 1) <= _UNIT_TOLERANCE):  # which is false for NaN too
                    vectors.fail(f"a vector of '{prepared.document.id}' is not of length 1")
                yield sentences, rows
        vectors.check_end()


class _MemberStream:
    """A member that is being read, its bytes counted and hashed. Every fault raises ArchiveError."""

    def __init__(self, archive: ArchiveReader, name: str, file: io.BufferedIOBase | Any, listed: Member) -> None:
        self._archive, self._name, self._listed = archive, name, listed
        self._file, self._digest = io.BufferedReader(file, 1 << 16), hashlib.sha256()

    def fail(self, problem: str) -> NoReturn:
        """Raises the error that says what is wrong with this member."""
        self._archive.fail(f"{problem}, in '{self._name}'")

    def read_line(self) -> bytes:
        """The next line; empty at the end."""
        line = self._read(self._file.readline, _MAX_LINE_BYTES)
        if line and not line.endswith(b"\n"):
            self.fail("a line is longer than a line may be, or not whole")
        return line

    def read_exactly(self, count: int) -> bytes:
        """The next ``count`` bytes."""
        if not 0 <= count <= self._listed.bytes:
            self.fail("it is shorter than it should be")
        data = self._read(self._file.read, count)
        if len(data) != count:
            self.fail("it is shorter than it should be")
        return data

    def check_end(self) -> None:
        """Makes sure that everything was read, and was what the manifest says."""
        if self._read(self._file.read, 1):
            self.fail("it is longer than it should be")
        if self._digest.hexdigest() != self._listed.sha256:
            self.fail("its hash is not the one that the manifest has")

    def _read(self, read: Any, count: int) -> bytes:
        try:
            data: bytes = read(count)
        except _ZIP_ERRORS as error:
            self.fail(f"it can't be read ({error})")
        self._digest.update(data)
        return data
