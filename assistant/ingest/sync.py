"""Brings an index in line with files and folders: finds what was added, changed and removed, by hashes of the content.

It is safe to kill at any moment: what was written until then stays, and the next run goes on from there.
"""

import hashlib
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from assistant.errors import ReadingError
from assistant.index.rows import DocumentEntry
from assistant.index.sources import HANDED_OVER, was_read_from_file
from assistant.ingest.indexer import Indexer
from assistant.ingest.open_index import OpenIndex
from assistant.observability import tracing
from assistant.readers import (
    READER_VERSION,
    FileReaders,
    ReaderPool,
    ReadFile,
    document_id,
    file_source,
    load_bytes,
    survey,
)
from assistant.types import Document, IndexReport, Progress

_FILES_AHEAD = 2  # for each reading process: files that wait to be embedded, or are being read meanwhile


@tracing.trace_function("assistant.index")
def synchronise(  # noqa: PLR0913 — the options of one call
    index: OpenIndex,
    paths: Iterable[Path],
    *,
    max_bytes: int,
    readers: FileReaders | None = None,
    progress: Progress | None = None,
    only: Callable[[Path], bool] = lambda _: True,
) -> IndexReport:
    """Brings the index in line with files and folders.

    New files are added and changed ones replaced. Documents that were indexed from under one of the paths, and whose
    file is no longer there, are removed. A file that cannot be read leaves what was indexed of it.

    Args:
        index: the open index.
        paths: files and folders.
        max_bytes: the most bytes that a file may have.
        readers: the processes, or the cluster, that read the files; by default one process, for this run. The report
            is the same with any.
        progress: is called after each document.
        only: whether to look into a file; one that is not looked into counts as unchanged, and is not reported.

    Raises:
        PathNotFoundError: a path does not exist; nothing is changed then.
        EmbeddingError: the embedder failed; what was written until then stays.
    """
    roots = list(paths)
    listing = survey(roots)
    files = [path for path in listing.files if only(path)]
    indexer = Indexer(index, len(files), progress)
    with ReaderPool() if readers is None else nullcontext(readers) as open_readers:
        _index_files(indexer, files, open_readers, max_bytes)
    indexer.write()
    existing = {document_id(str(path)) for path in listing.files}
    root_sources = [Path(file_source(root)) for root in roots]
    unlistable = [Path(folder.source) for folder in listing.failed]
    indexer.remove(
        [
            entry
            for entry in index.store.summaries()
            if entry.id not in existing
            and was_read_from_file(entry)
            and is_under(entry.source, root_sources)
            and not is_under(entry.source, unlistable)
        ]
    )
    skipped = [file for file in listing.skipped if only(Path(file.source))]
    failed = [folder for folder in listing.failed if only(Path(folder.source))]
    return indexer.finish(skipped, failed)


def add_documents(index: OpenIndex, documents: Sequence[Document], *, progress: Progress | None = None) -> IndexReport:
    """Indexes documents that are not files of ours: uploads, or what a LlamaIndex reader made.

    A document replaces the one that is indexed with its id. Synchronising folders never removes these documents.

    Raises:
        EmbeddingError: the embedder failed; what was written until then stays.
    """
    latest = {document.id: document for document in documents}.values()
    hashed = [(document, HANDED_OVER + _document_hash(document)) for document in latest]
    return carry_over(index, hashed, len(hashed), progress=progress)


@tracing.trace_function("assistant.index")
def carry_over(
    index: OpenIndex, documents: Iterable[tuple[Document, str]], total: int, *, progress: Progress | None = None
) -> IndexReport:
    """Indexes documents that need not be read: from another index, or handed over.

    Args:
        index: the open index.
        documents: each with the hash of what it was read from.
        total: how many they are.
        progress: is called after each document.

    Raises:
        EmbeddingError: the embedder failed; what was written until then stays.
    """
    indexer = Indexer(index, total, progress)
    for document, file_hash in documents:
        indexer.add_document(document, file_hash)
    indexer.write()
    return indexer.finish()


@dataclass(frozen=True, slots=True)
class _CheckedFile:
    """A file that was looked into: it was read, or is unchanged (neither of the last two), or can't be read."""

    source: str
    file_hash: str = ""
    read_file: ReadFile | None = None
    failure: str | None = None


def _index_files(indexer: Indexer, paths: Sequence[Path], readers: FileReaders, max_bytes: int) -> None:
    """Reads those files whose bytes are not the ones that were indexed, and indexes them in the order of the paths."""
    check = partial(_check_file, indexer, readers, max_bytes)
    with closing(_map_in_order(check, paths, readers)) as files:
        for file in files:
            if file.failure is not None:
                indexer.fail(file.source, file.failure)
            elif file.read_file is None:
                indexer.keep(file.source)
            else:
                indexer.add_file(file.read_file, file.file_hash)


def _check_file(indexer: Indexer, readers: FileReaders, max_bytes: int, path: Path) -> _CheckedFile:
    """Looks into a file, and reads it if it is not indexed as it is. May run in any thread."""
    source = str(path)
    try:
        data = load_bytes(path, max_bytes=max_bytes)
        file_hash = _sha256(READER_VERSION.encode() + data)
        if indexer.is_indexed(document_id(source), file_hash):
            return _CheckedFile(source, file_hash)
        return _CheckedFile(source, file_hash, readers.read(data, path.name, source=source, max_bytes=max_bytes))
    except ReadingError as error:
        return _CheckedFile(source, failure=str(error))


def _map_in_order(
    check: Callable[[Path], _CheckedFile], paths: Sequence[Path], readers: FileReaders
) -> Generator[_CheckedFile]:
    """The results of a function in the order of the paths; some are made ahead where several files can be read."""
    if readers.count == 1:
        yield from map(check, paths)
        return
    pending: deque[Future[_CheckedFile]] = deque()
    with ThreadPoolExecutor(readers.count) as executor:
        try:
            for path in paths:
                pending.append(executor.submit(check, path))
                if len(pending) > _FILES_AHEAD * readers.count:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        except BaseException:  # the consumer left, or Ctrl-C: nobody waits for what is being read
            executor.shutdown(wait=False, cancel_futures=True)
            readers.close()
            raise


def is_made_from(entry: DocumentEntry, data: bytes) -> bool:
    """Whether a document was read from a file with these bytes, by this version's readers or earlier ones."""
    versions = range(1, int(READER_VERSION) + 1)
    return any(entry.file_hash == _sha256(str(version).encode() + data) for version in versions)


def is_under(source: str, roots: Collection[Path]) -> bool:
    """Whether a source is one of these files, or lies in one of these folders."""
    return any(root in (Path(source), *Path(source).parents) for root in roots)


def _document_hash(document: Document) -> str:
    return _sha256(repr((document, document.sha256)).encode("utf-8", "surrogatepass"))


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
