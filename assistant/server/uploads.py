"""Uploaded files: kept in a folder of their own in the index folder, and indexed like any other file.

A file's name is what its sender says; only the last part of it counts, made harmless. A file replaces the one of the
same name that the same user sent before, but never one that came with it; another user's file of that name stays
beside it.
"""

import re
import threading
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import BinaryIO, Literal

from assistant.addresses import without_login
from assistant.client import Assistant
from assistant.errors import AccessError, ReadingError, SizeError, StoreError
from assistant.files import former_path, make_private_folder, replace_file
from assistant.ingest.sync import is_under
from assistant.readers import FILE_KINDS, document_id, file_kind, file_source, may_hold_files
from assistant.readers.unread_kinds import no_kind_reason
from assistant.rendering.skipped import skipped_lines
from assistant.server.fetching import FetchedFile, fetch_document
from assistant.settings import Settings
from assistant.types import IndexReport

Status = Literal["added", "changed", "unchanged", "failed"]

_FORBIDDEN_CHARS = re.compile(r'[<>:"|?*]')  # no file system of Windows takes them
_DEVICE_NAMES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)  # Windows opens the device instead
_MAX_NAME_BYTES = 150
_TWIN = "another file of this name came with it and is kept: rename this one, and send it again"
_COPY_BYTES = 1 << 20  # copied at a time


@dataclass(frozen=True, slots=True)
class UploadResult:
    """What became of one uploaded file."""

    name: str
    status: Status
    reason: str | None = None  # why it failed, or what there is to know of it
    document_id: str | None = None  # none of an archive, which has no text of its own
    member_ids: tuple[str, ...] = ()  # of the documents that came in it: in an archive, or with a mail


class UploadFolder:
    """The folder of uploaded files; may be used by threads, which take turns."""

    def __init__(
        self, assistant: Assistant, settings: Settings, count: Callable[[str], object] = lambda _: None
    ) -> None:
        """Creates nothing yet.

        Args:
            assistant: the index that the files go into.
            settings: the home folder, and the limits for uploads.
            count: is called for each document with what became of it: a status, or "removed".
        """
        self.folder = settings.home.absolute() / "uploads"
        self._assistant = assistant
        self._count = count
        self._max_files, self._max_bytes = settings.max_uploads, int(settings.max_file_mb * 1_000_000)
        self._may_fetch = settings.fetch_addresses
        self._lock = threading.Lock()

    def add(
        self, user: str, files: Sequence[tuple[str, Path | BinaryIO]], earlier: Sequence[UploadResult] = ()
    ) -> tuple[UploadResult, ...]:
        """Keeps and indexes files. Of several that would be kept under one name, the first is, the others are refused.

        Args:
            user: the name of who sends them.
            files: for each its name as the sender has it, and its path or an open file.
            earlier: what became of files that came with them, and were added by earlier calls.

        Returns:
            What became of each, in the same order.

        Raises:
            SizeError: there are too many.
            StoreError: the folder can't be written.
            EmbeddingError: the embedder failed.
        """
        if len(files) > self._max_files:
            raise SizeError(f"{len(files)} files came at once; {self._max_files} are taken. Send fewer.", wait=0)
        user_folder = self.folder / user
        with self._lock:
            try:
                for folder in (self.folder, user_folder):
                    make_private_folder(folder)
                results = list(earlier)
                for name, content in files:
                    kept = [user_folder / safe_file_name(file.name) for file in results if file.status != "failed"]
                    results.append(self._counted(self._add_file(user_folder, name, content, kept)))
                return tuple(results[len(earlier) :])
            except OSError as error:
                raise StoreError(f"The upload can't be kept in '{self.folder}': {error.strerror}.") from error

    def fetch(self, address: str, get: Callable[[str, int], FetchedFile] = fetch_document) -> UploadResult:
        """Fetches the document at an address and indexes it; one from the same address is replaced.

        Args:
            address: of a public machine.
            get: fetches it, at most so many bytes, as `assistant.server.fetching.fetch_document` does.

        Raises:
            AccessError: the settings don't allow it.
            EmbeddingError: the embedder failed.
        """
        if not self._may_fetch:
            raise AccessError("No address is fetched here. Add it as a file, or have ASSISTANT_FETCH_ADDRESSES=1 set.")
        source = address.strip().partition("#")[0]
        try:
            file = get(source, self._max_bytes)
            document = self._assistant.reader_pool.read(
                file.content, file.name, source=source, max_bytes=self._max_bytes
            ).document
        except ReadingError as error:
            return self._counted(UploadResult(without_login(source), "failed", str(error)))
        with self._lock:
            report = self._assistant.index(replace(document, url=source))
        return self._counted(_upload_result(source, report, source))

    def remove(self, *document_ids: str) -> None:
        """Forgets documents, and deletes the files of those that were uploaded.

        An archive or a mail goes with the last of the documents that came in it. A document's source is not trusted: it
        may come from an archive of anybody's.

        Raises:
            DocumentNotFoundError: no document has one of the ids; nothing is removed then.
        """
        with self._lock:
            files = {file for document_id in document_ids if (file := self._own_file(document_id))}
            self._assistant.remove(*document_ids)
            for _ in document_ids:
                self._count("removed")
            for file in files:
                if not may_hold_files(file.name) or not self._has_documents(file):
                    with suppress(OSError):
                        file.unlink()

    def _has_documents(self, file: Path) -> bool:
        return any(is_under(summary.source, {file}) for summary in self._assistant.documents())

    def _own_file(self, id_: str) -> Path | None:
        """The file in this folder that a document was read from, or came in; None where there is none.

        Raises:
            DocumentNotFoundError: no document has this id.
        """
        source = self._assistant.document(id_).source
        with suppress(OSError, ValueError, RuntimeError):  # a source that no file can have
            folder = self.folder.resolve()
            user, name, *_ = Path(source).resolve().relative_to(folder).parts
            path = folder / user / name
            if id_ == document_id(source) and path.is_file() and self._assistant.is_made_from(id_, path.read_bytes()):
                return path
        return None

    def _counted(self, result: UploadResult) -> UploadResult:
        self._count(result.status)
        return result

    def _add_file(self, user_folder: Path, name: str, content: Path | BinaryIO, kept: Collection[Path]) -> UploadResult:
        """Writes and indexes one file; where that fails, the former file of this name is put back.

        Args:
            user_folder: where the user's files are.
            name: as the sender has it.
            content: its path, or an open file.
            kept: those that came with it, which it must not replace.
        """
        try:
            path = user_folder / safe_file_name(name)
        except ReadingError as error:
            return UploadResult(name, "failed", str(error))
        if path.exists() and any(other.exists() and other.samefile(path) for other in kept):
            return UploadResult(name, "failed", _TWIN)
        former = former_path(path)
        try:
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
            result = self._index_file(name, path)
        except BaseException:
            self._restore(path, former)
            raise
        if result.status == "failed":
            self._restore(path, former)
            if may_hold_files(path.name) and path.exists():  # what was in it may have been removed
                self._assistant.index([path])
        former.unlink(missing_ok=True)
        return result

    def _restore(self, path: Path, former: Path) -> None:
        path.unlink(missing_ok=True)
        if former.exists():
            former.replace(path)

    def _copy(self, content: Path | BinaryIO, draft: BinaryIO) -> None:
        """Copies an upload; raises ReadingError where it is larger than a file may be."""
        source = content.open("rb") if isinstance(content, Path) else content
        try:
            draft.writelines(_limited_pieces(source, self._max_bytes))
        finally:
            if isinstance(content, Path):
                source.close()

    def _index_file(self, name: str, path: Path) -> UploadResult:
        result = _upload_result(name, self._assistant.index([path]), file_source(path))
        if result.status != "added" or not (owners := sorted(self._other_owners(path))):
            return result
        note = f"{' and '.join(owners)} added one of this name too, and it stays"
        return replace(result, reason=f"{result.reason}; {note}" if result.reason else note)

    def _other_owners(self, path: Path) -> Iterator[str]:
        """The other users who have a file of this name here."""
        for user_folder in self.folder.iterdir():
            if user_folder != path.parent and (user_folder / path.name).exists():
                yield user_folder.name


def _upload_result(name: str, report: IndexReport, source: str) -> UploadResult:
    """What became of a file by the report of indexing it alone; some of the files in it may have been left out."""
    sources = (*report.added, *report.changed, *report.unchanged)
    document = document_id(source) if source in sources else None
    members = tuple(document_id(member) for member in sources if member != source)
    problems = (*report.failed, *report.skipped)
    left_out = skipped_lines(replace(problem, source=PurePath(problem.source).name) for problem in problems)
    if not sources:
        reason = problems[0].reason if len(problems) == 1 else "; ".join(left_out) or "empty: there is no file in it"
        return UploadResult(name, "failed", reason)
    status: Status = "added" if report.added else "changed" if report.changed else "unchanged"
    reasons = [*(note.reason for note in report.notes), *left_out]
    return UploadResult(name, status, "; ".join(reasons) or None, document, members)


def _limited_pieces(file: BinaryIO, max_bytes: int) -> Iterator[bytes]:
    """The pieces of a file; raises ReadingError where it is larger than it may be."""
    size = 0
    while piece := file.read(_COPY_BYTES):
        size += len(piece)
        if size > max_bytes:
            raise ReadingError(
                f"too large: the limit is {max_bytes / 1e6:.1f} MB. Split it, or raise ASSISTANT_MAX_FILE_MB"
            )
        yield piece


def safe_file_name(name: str) -> str:
    """The last part of a name, changed so that a file in any folder of any system may have it.

    Raises:
        ReadingError: nothing of it is left, or its kind isn't supported.
    """
    last_part = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    printable = "".join("_" if unicodedata.category(char).startswith("C") else char for char in last_part)
    cleaned = _FORBIDDEN_CHARS.sub("_", printable).strip(" .~$")
    stem, dot, suffix = cleaned.rpartition(".") if "." in cleaned else (cleaned, "", "")
    if not stem or file_kind(cleaned) is None:
        supported = " ".join(kind.suffixes[0] for kind in FILE_KINDS.values())
        raise ReadingError(f"{no_kind_reason(cleaned[-20:])}. Supported: {supported}")
    if _DEVICE_NAMES.match(cleaned):
        stem = f"_{stem}"
    max_stem_bytes = _MAX_NAME_BYTES - len(suffix) - 1
    return f"{stem.encode()[:max_stem_bytes].decode(errors='ignore').rstrip(' .')}{dot}{suffix}"
