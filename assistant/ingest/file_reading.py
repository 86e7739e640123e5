"""What of some files must be read anew, and what is read of it: files, and the files in archives and mails.

The files in a file stand in the index under its path with their own behind it, and have its hash. Those of a mail are
written before the mail itself: where the mail is indexed, all of them that can be read are. Where some can't be, its
hash says so, and the next run tries them again.
"""

import hashlib
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from assistant.errors import ReadingError
from assistant.index.rows import DocumentEntry
from assistant.ingest.indexer import Indexer
from assistant.readers import READER_VERSION, FileKind, FileReaders, ReadFile, document_id, file_kind, load_bytes
from assistant.types import Skipped

_INCOMPLETE = " incomplete"  # behind the hash of a mail: some of its files could not be read
_FILES_AHEAD = 2  # for each reading process: files that wait to be embedded, or are being read meanwhile


@dataclass(frozen=True, slots=True)
class _CheckedFile:
    """A file that was looked into; it is unchanged where it was neither read nor failed."""

    source: str
    file_hash: str = ""
    read_file: ReadFile | None = None  # what was read of a new or changed file
    failure: str | None = None  # why it can't be read


_Check = Callable[[], _CheckedFile]
"""Looks into a file; may run in any thread."""


class FileReading:
    """One run over some files: reads those whose bytes are not the ones that were indexed, and indexes them.

    Attributes:
        unpacked: the archives and mails whose files were listed: nothing else is in them.
        member_ids: of the documents that these files are.
        skipped: files in them that are no documents.
        failed: files in them that could not be unpacked.
    """

    def __init__(
        self,
        indexer: Indexer,
        readers: FileReaders,
        max_bytes: int,
        members: Mapping[Path, Sequence[DocumentEntry]],
    ) -> None:
        """Reads nothing yet.

        Args:
            indexer: takes what was read.
            readers: the processes, or the cluster, that read the files.
            max_bytes: the most bytes that a file may have.
            members: for each archive or mail the indexed documents that came in it.
        """
        self.unpacked: set[Path] = set()
        self.member_ids: set[str] = set()
        self.skipped: list[Skipped] = []
        self.failed: list[Skipped] = []
        self._unread_attachments: dict[str, str] = {}  # why, by the sources of the mails
        self._incomplete: set[Path] = set()  # archives and mails some of whose files could not be read
        self._indexer, self._readers, self._max_bytes, self._members = indexer, readers, max_bytes, members

    def run(self, paths: Iterable[Path]) -> None:
        """Reads and indexes files in the order of their paths."""
        with closing(_run_in_order(self._checks(paths), self._readers)) as files:
            for file in files:
                unread_attachments = self._unread_attachments.pop(file.source, None)
                if unread_attachments and file.failure is None:  # a mail that can't be read itself is told once
                    self.failed.append(Skipped(file.source, unread_attachments))
                if file.failure is not None:
                    self._indexer.fail(file.source, file.failure)
                    self._mark_incomplete(file.source)
                elif file.read_file is None:
                    self._indexer.keep(file.source)
                else:
                    self._add(file.read_file, file.source, file.file_hash)

    def _add(self, read_file: ReadFile, source: str, file_hash: str) -> None:
        """Indexes a file, unless it is a mail that is indexed with files missing, and they still are."""
        if Path(source) in self._incomplete:
            file_hash += _INCOMPLETE
        if self._indexer.is_indexed(document_id(source), file_hash):
            self._indexer.keep(source)
        elif not self._indexer.add_file(read_file, file_hash):
            self._mark_incomplete(source)

    def _mark_incomplete(self, source: str) -> None:
        """Notes that what this file came in, if it came in another one, is not read as a whole."""
        self._incomplete |= self.unpacked.intersection(Path(source).parents)

    def _checks(self, paths: Iterable[Path]) -> Iterator[_Check]:
        for path in paths:
            kind = file_kind(path.name)
            if kind is None or not kind.holds_files:
                yield partial(self._check_file, path)
            else:
                yield from self._checks_in(path, kind)

    def _check_file(self, path: Path) -> _CheckedFile:
        source = str(path)
        try:
            data = load_bytes(path, max_bytes=self._max_bytes)
        except ReadingError as error:
            return _CheckedFile(source, failure=str(error))
        return self._check_bytes(source, path.name, data, hash_of_file(data, READER_VERSION))

    def _check_bytes(self, source: str, name: str, data: bytes, file_hash: str) -> _CheckedFile:
        """Reads a file if it is not indexed as it is."""
        if self._indexer.is_indexed(document_id(source), file_hash):
            return _CheckedFile(source, file_hash)
        try:
            read_file = self._readers.read(data, name, source=source, max_bytes=self._max_bytes)
        except ReadingError as error:
            return _CheckedFile(source, failure=str(error))
        return _CheckedFile(source, file_hash, read_file)

    def _checks_in(self, path: Path, kind: FileKind) -> Iterator[_Check]:
        """The checks of the files in an archive or mail, and after them of the mail itself."""
        source = str(path)
        try:
            data = load_bytes(path, max_bytes=self._max_bytes)
        except ReadingError as error:
            yield partial(_CheckedFile, source, failure=str(error))
            return
        file_hash = hash_of_file(data, READER_VERSION)
        if not kind.is_folder and self._indexer.is_indexed(document_id(source), file_hash):
            yield from self._keep_all(path)
        else:
            yield from self._checks_of_members(path, kind, data, file_hash)
            if not kind.is_folder:
                yield partial(self._check_bytes, source, path.name, data, file_hash)

    def _checks_of_members(self, path: Path, kind: FileKind, data: bytes, file_hash: str) -> Iterator[_Check]:
        try:
            unpacked = self._readers.unpack(data, path.name, max_bytes=self._max_bytes)
        except ReadingError as error:
            if kind.is_folder:
                yield partial(_CheckedFile, str(path), failure=str(error))
            else:
                self._unread_attachments[str(path)] = f"what is attached to it is not read: {error}"
                self._incomplete.add(path)
            return
        self.unpacked.add(path)
        self.skipped += [Skipped(str(path / file.source), file.reason) for file in unpacked.skipped]
        self.failed += [Skipped(str(path / file.source), file.reason) for file in unpacked.failed]
        if unpacked.failed:
            self._incomplete.add(path)
        self.member_ids |= {document_id(str(path / member.name)) for member in unpacked.members}
        self._indexer.expect(len(unpacked.members) - kind.is_folder)
        for member in unpacked.members:
            yield partial(self._check_bytes, str(path / member.name), member.name, member.content, file_hash)

    def _keep_all(self, path: Path) -> Iterator[_Check]:
        """Reports a mail and the documents that came with it as unchanged."""
        members = self._members.get(path, ())
        self._indexer.expect(len(members))
        for source in (*(entry.source for entry in members), str(path)):
            yield partial(_CheckedFile, source)


def hash_of_file(data: bytes, reader_version: str) -> str:
    """The hash that documents have which were read from a file with these bytes by some version of the readers."""
    return hashlib.sha256(reader_version.encode() + data).hexdigest()


def was_read_from(file_hash: str, data: bytes, reader_version: str) -> bool:
    """Whether a document with this hash was read from a file with these bytes by some version of the readers."""
    return file_hash.removesuffix(_INCOMPLETE) == hash_of_file(data, reader_version)


def _run_in_order(checks: Iterable[_Check], readers: FileReaders) -> Generator[_CheckedFile]:
    """The results of checks in their order; some are made ahead, while what was read before is embedded and written."""
    pending: deque[Future[_CheckedFile]] = deque()
    with ThreadPoolExecutor(readers.count) as executor:
        try:
            for check in checks:
                pending.append(executor.submit(check))
                if len(pending) > _FILES_AHEAD * readers.count:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        except BaseException:  # the consumer left, or Ctrl-C: nobody waits for what is being read
            executor.shutdown(wait=False, cancel_futures=True)
            readers.close()
            raise
