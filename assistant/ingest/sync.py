"""Brings an index in line with files and folders: finds what was added, changed and removed, by hashes of the content.

It is safe to kill at any moment: what was written until then stays, and the next run goes on from there.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from contextlib import nullcontext
from pathlib import Path

from assistant.index.rows import DocumentEntry
from assistant.index.sources import HANDED_OVER, was_read_from_file
from assistant.ingest.file_reading import FileReading, was_read_from
from assistant.ingest.indexer import Indexer
from assistant.ingest.open_index import OpenIndex
from assistant.observability import tracing
from assistant.readers import (
    READER_VERSION,
    FileReaders,
    ReaderPool,
    document_id,
    file_source,
    may_hold_files,
    survey,
)
from assistant.types import Document, IndexReport, Progress


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
    file is no longer there, are removed. A file that cannot be read leaves what was indexed of it. The files in an
    archive, and those that come with a mail, are documents like those in a folder.

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
    members = _members_by_file(index.store.summaries(), listing.files)
    with Indexer(index, len(files), progress) as indexer:
        with ReaderPool() if readers is None else nullcontext(readers) as open_readers:
            reading = FileReading(indexer, open_readers, max_bytes, members)
            reading.run(files)
        indexer.write()
    existing = {document_id(str(path)) for path in listing.files} | reading.member_ids
    root_sources = frozenset(Path(file_source(root)) for root in roots)
    # What is in a folder that can't be listed, or in an archive that wasn't unpacked, is not known to be gone.
    unlisted_folders = {Path(folder.source) for folder in listing.failed}
    still_packed = set(members) - reading.unpacked
    unlisted = frozenset(unlisted_folders | still_packed)
    indexer.remove(
        [
            entry
            for entry in index.store.summaries()
            if entry.id not in existing
            and was_read_from_file(entry)
            and is_under(entry.source, root_sources)
            and not is_under(entry.source, unlisted)
        ]
    )
    skipped = [file for file in listing.skipped if only(Path(file.source))]
    failed = [folder for folder in listing.failed if only(Path(folder.source))]
    return indexer.finish((*skipped, *reading.skipped), (*failed, *reading.failed))


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
    with Indexer(index, total, progress) as indexer:
        for document, file_hash in documents:
            indexer.add_document(document, file_hash)
        indexer.write()
    return indexer.finish()


def _members_by_file(entries: Iterable[DocumentEntry], files: Iterable[Path]) -> dict[Path, list[DocumentEntry]]:
    """For each archive or mail among some files the indexed documents that came in it."""
    members: dict[Path, list[DocumentEntry]] = {file: [] for file in files if may_hold_files(file.name)}
    for entry in entries if members else ():
        for parent in Path(entry.source).parents:
            if parent in members:
                members[parent].append(entry)
    return members


def is_made_from(entry: DocumentEntry, data: bytes) -> bool:
    """Whether a document was read from a file with these bytes, by this version's readers or earlier ones."""
    versions = range(1, int(READER_VERSION) + 1)
    return any(was_read_from(entry.file_hash, data, str(version)) for version in versions)


def is_under(source: str, roots: AbstractSet[Path]) -> bool:
    """Whether a source is one of these files, or lies in one of them or of these folders."""
    return not roots.isdisjoint((Path(source), *Path(source).parents))


def _document_hash(document: Document) -> str:
    return hashlib.sha256(repr((document, document.sha256)).encode("utf-8", "surrogatepass")).hexdigest()
