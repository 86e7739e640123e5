"""An archive read back. It may come from anybody: each value is checked for its kind and its bounds, and each byte.

Nothing is unpacked to the disk, and nothing is believed of how much there is: what is read at a time is bounded.
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
    chunks_of,
    document_of,
    fits,
    parsed,
    sentence_of,
)
from assistant.index.archive.writer import (
    FLOATS,
    FORMAT,
    MANIFEST,
    SEAL,
    Block,
    IndexFingerprint,
    Member,
    names,
    seal_of,
)
from assistant.index.rows import PreparedDocument

if TYPE_CHECKING:
    from assistant.types import Sentence

_LINE = 8_000_000  # bytes of a line at most
_MANIFEST = 16_000_000  # of the manifest
_TEXT = 1 << 28  # of a part's texts
_SENTENCES = 1 << 22  # in a part; documents too
_DIMENSION = 1 << 16
_SWOLLEN, _ALLOWED = 50, 1 << 28  # an archive may unpack to so many times its size, and so many bytes on top
_BLOCK = 1_000  # sentences whose vectors are read at a time
_UNIT = 1e-3  # by which a vector's length may differ from 1

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_UNREADABLE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, RuntimeError)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says of itself."""

    assistant: str  # the version that wrote it
    made: IndexFingerprint
    documents: int
    sentences: int
    parts: int
    members: dict[str, Member]


@dataclass(frozen=True, eq=False, slots=True)
class ArchivePart:
    """Some whole documents of an archive."""

    drafts: tuple[PreparedDocument, ...]
    blocks: Iterator[Block]  # all their sentences with unit vectors; no block holds those of two documents


class ArchiveReader:
    """An opened archive whose bytes are those that were written; a context manager.

    Attributes:
        manifest: what it says of itself.
    """

    def __init__(self, path: Path) -> None:
        """Opens an archive and reads it through once, to see that it is whole.

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
            self._zip = self._opened()
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
        """The documents, part by part, each checked in all its bounds; a part's blocks must be used before the next.

        Raises:
            ArchiveError: something in it is not as it should be.
        """
        documents = sentences = 0
        seen: set[str] = set()
        for number in range(self.manifest.parts):
            lines, texts, vectors = (self._member(name) for name in names(number))
            drafts = tuple(self._drafts(lines, texts))
            for draft in drafts:
                if draft.document.id in seen:
                    self._wrong(f"it holds the document '{draft.document.id}' twice")
                seen.add(draft.document.id)
            blocks = self._blocks(vectors, drafts)
            yield ArchivePart(drafts, blocks)
            for _ in blocks:
                pass
            documents += len(drafts)
            sentences += sum(len(draft.sentences) for draft in drafts)
        if (documents, sentences) != (self.manifest.documents, self.manifest.sentences):
            self._wrong("it holds another number of documents or sentences than it says")

    def _wrong(self, what: str) -> NoReturn:
        raise ArchiveError(
            f"The archive '{self._path}' can't be used: {what}. Nothing of it is imported; export it once more, "
            "or copy it once more from where it came."
        )

    def _opened(self) -> zipfile.ZipFile:
        size = self._file.seek(0, io.SEEK_END)
        seal = seal_of(self._file, max(0, size - SEAL))
        if size < SEAL or seal != self._file.read(SEAL):
            self._wrong("it is damaged, not whole, or no archive of this program (its hash doesn't fit)")
        try:
            opened = zipfile.ZipFile(self._file)
        except _UNREADABLE as error:
            self._wrong(f"it is no zip file ({error})")
        entries = opened.infolist()
        if len({each.filename for each in entries}) != len(entries) or any(
            each.compress_type not in _METHODS for each in entries
        ):
            self._wrong("a name occurs twice in it, or it is compressed in another way")
        if sum(each.file_size for each in entries) > _SWOLLEN * size + _ALLOWED:
            self._wrong("it unpacks to far more than an index of its size (a zip bomb?)")
        return opened

    def _read_manifest(self) -> Manifest:
        info = self._zip.NameToInfo.get(MANIFEST)
        if info is None or info.file_size > _MANIFEST:
            self._wrong("it has no manifest, so 'assistant export' didn't write it")
        try:
            told = json.loads(self._zip.read(info))
        except _UNREADABLE as error:
            self._wrong(f"its manifest can't be read ({error})")
        if isinstance(told, dict) and type(told.get("format")) is int and told["format"] > FORMAT:
            raise ArchiveError(
                f"The archive '{self._path}' has the format {told['format']}, this version reads {FORMAT}. Import it "
                f"with the version that wrote it ({told.get('assistant')}) or a later one."
            )
        if not fits(told, MANIFEST_FIELDS) or told["format"] != FORMAT or not 1 <= told["dimension"] <= _DIMENSION:
            self._wrong("its manifest says something else than it should")
        try:
            members = {name: Member(**each) for name, each in told["members"].items()}
        except TypeError:
            self._wrong("its manifest says something else of the members than it should")
        made = IndexFingerprint(told["embedder"], told["dimension"], told["splitter"])
        return Manifest(told["assistant"], made, told["documents"], told["sentences"], told["parts"], members)

    def _check_members(self) -> None:
        told, found = self.manifest.members, self._zip.NameToInfo
        if not 0 <= 3 * self.manifest.parts == len(told) == len(found) - 1:
            self._wrong("it holds another number of parts than it says")
        for number in range(self.manifest.parts):
            for name in names(number):
                if name not in told or name not in found or told[name].bytes != found[name].file_size:
                    self._wrong(f"'{name}' is missing in it, or of another length than it says")
            lines, texts, vectors = (found[name] for name in names(number))
            if texts.file_size > _TEXT:
                self._wrong(f"'{texts.filename}' is larger than texts may be")
            if vectors.compress_type != zipfile.ZIP_STORED or lines.file_size == 0:
                self._wrong(f"'{vectors.filename}' or '{lines.filename}' is not as it should be")

    def _member(self, name: str) -> "_Reading":
        try:
            return _Reading(self, name, self._zip.open(name), self.manifest.members[name])
        except _UNREADABLE as error:
            self._wrong(f"'{name}' can't be read ({error})")

    def _drafts(self, lines: "_Reading", texts: "_Reading") -> Iterator[PreparedDocument]:
        sentences = documents = 0
        while line := lines.line():
            facts = parsed(line)
            documents += 1
            if not fits(facts, DOCUMENT_FIELDS) or facts["sentences"] < 1:
                lines.wrong("the facts of a document are not as they should be")
            sentences += facts["sentences"]
            if max(sentences, documents * 1_000) > _SENTENCES:
                lines.wrong("it holds more than a part may")
            document = document_of(facts, texts.exactly(facts["bytes"]))
            if document is None:
                lines.wrong(f"the document '{facts['id']}' doesn't fit its text")
            split: list[Sentence] = []
            for _ in range(facts["sentences"]):
                sentence = sentence_of(document, split[-1] if split else None, parsed(lines.line()))
                if sentence is None:
                    lines.wrong(f"a sentence of '{facts['id']}' doesn't fit its text")
                split.append(sentence)
            yield PreparedDocument(document, facts["file_hash"], tuple(split), chunks_of(document, split))
        lines.end()
        texts.end()

    def _blocks(self, vectors: "_Reading", drafts: Sequence[PreparedDocument]) -> Iterator[Block]:
        dimension = self.manifest.made.dimension
        for draft in drafts:
            for start in range(0, len(draft.sentences), _BLOCK):
                block = draft.sentences[start : start + _BLOCK]
                data = vectors.exactly(4 * dimension * len(block))
                rows = np.frombuffer(data, FLOATS).astype(np.float32).reshape(len(block), dimension)
                with np.errstate(over="ignore"):
                    lengths = np.linalg.norm(rows, axis=1)
                if not np.all(np.abs(lengths - 1) <= _UNIT):  # what is no number isn't either
                    vectors.wrong(f"a vector of '{draft.document.id}' is not of length 1")
                yield block, rows
        vectors.end()


class _Reading:
    """A member that is being read, its bytes counted and hashed; every fault is an ArchiveError."""

    def __init__(self, archive: ArchiveReader, name: str, opened: io.BufferedIOBase | Any, told: Member) -> None:
        self._archive, self._name, self._told = archive, name, told
        self._opened, self._digest = io.BufferedReader(opened, 1 << 16), hashlib.sha256()

    def wrong(self, what: str) -> NoReturn:
        """Raises the error that says what is wrong."""
        self._archive._wrong(f"{what}, in '{self._name}'")  # noqa: SLF001 — the two are one

    def line(self) -> bytes:
        """The next line; nothing at the end."""
        line = self._read(self._opened.readline, _LINE)
        if line and not line.endswith(b"\n"):
            self.wrong("a line is longer than a line may be, or not whole")
        return line

    def exactly(self, count: int) -> bytes:
        """So many bytes."""
        if not 0 <= count <= self._told.bytes:
            self.wrong("it is shorter than it should be")
        data = self._read(self._opened.read, count)
        if len(data) != count:
            self.wrong("it is shorter than it should be")
        return data

    def end(self) -> None:
        """Makes sure that everything was read, and was what the manifest says."""
        if self._read(self._opened.read, 1):
            self.wrong("it is longer than it should be")
        if self._digest.hexdigest() != self._told.sha256:
            self.wrong("its hash is not the one that the manifest has")

    def _read(self, read: Any, count: int) -> bytes:
        try:
            data: bytes = read(count)
        except _UNREADABLE as error:
            self.wrong(f"it can't be read ({error})")
        self._digest.update(data)
        return data
