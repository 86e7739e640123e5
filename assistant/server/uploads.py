"""Uploaded files: kept in a folder of their own in the index folder, and indexed like any other file.

A name is what its sender says: only its last part counts, made harmless. A file replaces the one of the same name that
the same user sent before; another user's of that name stays beside it.
"""

import re
import secrets
import threading
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Literal

from assistant.client import Assistant
from assistant.errors import AccessError, ReadingError, SizeError, StoreError
from assistant.files import replace_file
from assistant.readers import KINDS, document_id, file_source
from assistant.server.fetching import FetchedFile, fetch_document
from assistant.settings import Settings
from assistant.types import IndexReport

Status = Literal["added", "changed", "unchanged", "failed"]

_FORBIDDEN = re.compile(r'[<>:"|?*]')  # no file system of Windows takes them
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
_LONGEST = 150  # bytes of a name
_PIECE = 1 << 20  # bytes copied at a time


@dataclass(frozen=True, slots=True)
class UploadResult:
    """What became of one uploaded file."""

    name: str
    status: Status
    reason: str | None = None  # why it failed, or what there is to know of it
    document_id: str | None = None


class UploadFolder:
    """The folder of uploaded files; may be used by threads, which take turns."""

    def __init__(
        self, assistant: Assistant, settings: Settings, count: Callable[[str], object] = lambda _: None
    ) -> None:
        self._count = count  # is told of each document what became of it
        self.folder = settings.home.absolute() / "uploads"
        self._assistant = assistant
        self._most, self._mb, self._fetches = settings.max_uploads, settings.max_file_mb, settings.fetch_addresses
        self._turn = threading.Lock()

    def add(self, user: str, files: Sequence[tuple[str, Path | BinaryIO]]) -> tuple[UploadResult, ...]:
        """Keeps and indexes files.

        Args:
            user: who sends them.
            files: the name of each as its sender has it, and where it lies or an open file.

        Returns:
            What became of each, in the same order.

        Raises:
            SizeError: there are too many.
            StoreError: the folder can't be written.
            EmbeddingError: the embedder failed.
        """
        if len(files) > self._most:
            raise SizeError(f"{len(files)} files came at once; {self._most} are taken. Send fewer.", wait=0)
        own = self.folder / user
        with self._turn:
            try:
                own.mkdir(parents=True, exist_ok=True)
                return tuple(self._counted(self._one(own, name, content)) for name, content in files)
            except OSError as error:
                raise StoreError(f"The upload can't be kept in '{self.folder}': {error.strerror}.") from error

    def fetch(self, address: str, get: Callable[[str, int], FetchedFile] = fetch_document) -> UploadResult:
        """Fetches the document at an address and indexes it; one from the same address is replaced.

        Args:
            address: of a public machine.
            get: fetches it: as `assistant.server.fetching.fetch_document`.

        Raises:
            AccessError: the settings don't allow it.
            EmbeddingError: the embedder failed.
        """
        if not self._fetches:
            raise AccessError("No address is fetched here. Add it as a file, or have ASSISTANT_FETCH_ADDRESSES=1 set.")
        source, most = address.strip().partition("#")[0], int(self._mb * 1_000_000)
        try:
            got = get(source, most)
            document = self._assistant.workers.read(got.content, got.name, source=source, max_bytes=most).document
        except ReadingError as error:
            return self._counted(UploadResult(source, "failed", str(error)))
        with self._turn:
            report = self._assistant.index(replace(document, url=source))
        return self._counted(_outcome(source, report, document.id))

    def remove(self, *document_ids: str) -> None:
        """Forgets documents, and deletes the files of those that were uploaded; raises DocumentNotFoundError."""
        with self._turn:
            files = [Path(self._assistant.document(each).source) for each in document_ids]
            self._assistant.remove(*document_ids)
            for _ in document_ids:
                self._count("removed")
            for file in files:
                if self.folder.resolve() in file.parents:
                    with suppress(OSError):
                        file.unlink()

    def _counted(self, outcome: UploadResult) -> UploadResult:
        self._count(outcome.status)
        return outcome

    def _one(self, own: Path, name: str, content: Path | BinaryIO) -> UploadResult:
        former = self.folder / f".{secrets.token_hex(8)}.former"
        try:
            path = own / safe_name(name)
            with replace_file(path, private=True, draft_folder=self.folder) as draft:
                self._copy(content, draft)
                if path.exists() or path.is_symlink():
                    path.replace(former)
        except ReadingError as error:
            return UploadResult(name, "failed", str(error))
        except BaseException:
            if former.exists():
                former.replace(path)
            raise
        try:
            outcome = self._indexed(name, path)
        except BaseException:
            self._restore(path, former)
            raise
        if outcome.status == "failed":
            self._restore(path, former)
        former.unlink(missing_ok=True)
        return outcome

    def _restore(self, path: Path, former: Path) -> None:
        path.unlink(missing_ok=True)
        if former.exists():
            former.replace(path)

    def _copy(self, content: Path | BinaryIO, draft: BinaryIO) -> None:
        """Copies an upload; raises ReadingError where it is larger than a file may be."""
        source = content.open("rb") if isinstance(content, Path) else content
        try:
            draft.writelines(_bounded(source, int(self._mb * 1_000_000)))
        finally:
            if isinstance(content, Path):
                source.close()

    def _indexed(self, name: str, path: Path) -> UploadResult:
        outcome = _outcome(name, self._assistant.index([path]), document_id(file_source(path)))
        if outcome.status != "added" or not (others := sorted(self._others(path))):
            return outcome
        beside = f"{' and '.join(others)} added one of this name too, and it stays"
        return replace(outcome, reason=f"{outcome.reason}; {beside}" if outcome.reason else beside)

    def _others(self, path: Path) -> Iterator[str]:
        """The other users who have a file of this name here."""
        for each in self.folder.iterdir():
            if each != path.parent and (each / path.name).exists():
                yield each.name


def _outcome(name: str, report: IndexReport, document: str) -> UploadResult:
    for each in (*report.failed, *report.skipped):
        return UploadResult(name, "failed", each.reason)
    status: Status = "added" if report.added else "changed" if report.changed else "unchanged"
    return UploadResult(name, status, "; ".join(each.reason for each in report.notes) or None, document)


def _bounded(file: BinaryIO, most: int) -> Iterator[bytes]:
    """The pieces of a file; raises ReadingError where it is larger than it may be."""
    size = 0
    while piece := file.read(_PIECE):
        size += len(piece)
        if size > most:
            raise ReadingError(f"too large: the limit is {most / 1e6:.1f} MB. Split it, or raise ASSISTANT_MAX_FILE_MB")
        yield piece


def safe_name(name: str) -> str:
    """The last part of a name, as a file in any folder may have it.

    Raises:
        ReadingError: nothing of it is left, or its kind isn't supported.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join("_" if unicodedata.category(each).startswith("C") else each for each in last)
    kept = _FORBIDDEN.sub("_", kept).strip(" .~$")
    stem, dot, suffix = kept.rpartition(".")
    if not stem or f".{suffix.lower()}" not in KINDS:
        raise ReadingError(f"no supported kind: '{kept[-20:]}'. Supported: {' '.join(KINDS)}")
    if _DEVICES.match(kept):
        stem = f"_{stem}"
    room = _LONGEST - len(suffix) - 1
    return f"{stem.encode()[:room].decode(errors='ignore').rstrip(' .')}{dot}{suffix}"
