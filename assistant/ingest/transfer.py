"""Exports an index to an archive, and imports an archive into an index of any home, embedder and package version."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from assistant.errors import ArchiveError, StoreError
from assistant.files import flush_to_disk, replace_file
from assistant.index.archive.reader import ArchivePart, ArchiveReader
from assistant.index.archive.writer import MAX_PART_CHARS, MAX_PART_SENTENCES, ArchivedDocument, ArchiveWriter
from assistant.index.fingerprint import IndexFingerprint
from assistant.index.rows import DocumentEntry, PreparedDocument
from assistant.index.store import Store
from assistant.ingest.open_index import OpenIndex
from assistant.ingest.sync import carry_over
from assistant.types import Document, IndexReport, Progress, Skipped


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What an export wrote."""

    file: str
    documents: int
    sentences: int
    bytes: int

    def to_dict(self) -> dict[str, Any]:
        """The record that ``assistant export --json`` prints."""
        return asdict(self)


def export_archive(store: Store, path: Path, *, force: bool = False, progress: Progress | None = None) -> ExportResult:
    """Writes all that is indexed to one file, which is written whole or not at all.

    Args:
        store: the open index.
        path: the file.
        force: whether it may replace an existing one.
        progress: is called after each document.

    Raises:
        ArchiveError: nothing is indexed, the file is there already, or it can't be written.
        StoreError: the index is damaged, or was changed meanwhile.
    """
    entries = store.summaries()
    if not entries:
        raise ArchiveError(
            f"Nothing is indexed in '{store.home}', so there is nothing to export. Index something first, or name "
            "another index with --home."
        )
    with _open_for_export(path, force=force) as file:
        with ArchiveWriter(file, store.fingerprint) as writer:
            done = 0
            for part in _split_parts(entries):
                writer.write_part(_read_for_export(store, entry) for entry in part)
                for entry in part:
                    done += 1
                    _report(progress, done, len(entries), entry.source)
        file.flush()
        _check_archive(Path(file.name))
    return ExportResult(str(path), len(entries), sum(entry.sentences for entry in entries), path.stat().st_size)


def import_archive(index: OpenIndex, path: Path, *, progress: Progress | None = None) -> IndexReport:
    """Brings the documents of an archive into an index; what else is in the index stays.

    The whole archive is checked before anything is written. Where the index is made with the embedder and the splitter
    of the archive, its vectors are copied; otherwise the texts are split and embedded anew, and a note says so. An
    import that is killed leaves whole documents, and goes on from there when it is run again.

    Args:
        index: the open index; its embedder is used where the archive's vectors can't be.
        path: the archive.
        progress: is called twice for each document, once it is checked and once it is written.

    Returns:
        The sources that were added, changed (indexed with another hash before), and left unchanged (the same hash).

    Raises:
        ArchiveError: the archive can't be opened, or something in it isn't as it should be; nothing is changed then.
        EmbeddingError: the embedder failed; what was written until then stays.
    """
    with ArchiveReader(path) as archive:
        total, done = archive.manifest.documents, 0
        for part in archive.parts():
            for prepared in part.documents:
                done += 1
                _report(progress, done, 2 * total, prepared.document.source)
        progress_of_second_half = partial(_report_second_half, progress, total)
        ours, theirs = index.store.fingerprint, archive.manifest.fingerprint
        if ours == theirs:
            return _copy_documents(index, archive, progress_of_second_half)
        report = carry_over(index, _read_documents(archive), total, progress=progress_of_second_half)
        return report + IndexReport(notes=(Skipped(str(path), _explain_embedding_anew(theirs, ours)),))


def _copy_documents(index: OpenIndex, archive: ArchiveReader, progress: Progress) -> IndexReport:
    """Writes the documents that the index doesn't have, a part at a time, with the archive's vectors."""
    report, done = IndexReport(), 0
    for part in archive.parts():
        report += _copy_part(index.store, part)
        index.bm25.synchronise()
        for prepared in part.documents:
            done += 1
            progress(done, archive.manifest.documents, prepared.document.source)
    index.store.settle()
    return report


def _copy_part(store: Store, part: ArchivePart) -> IndexReport:
    added: list[PreparedDocument] = []
    changed: list[PreparedDocument] = []
    unchanged: list[PreparedDocument] = []
    for prepared in part.documents:
        entry = store.summary(prepared.document.id)
        if entry is None:
            added.append(prepared)
        elif entry.file_hash == prepared.file_hash:
            unchanged.append(prepared)
        else:
            changed.append(prepared)
    if to_write := [*added, *changed]:
        ids = {prepared.document.id for prepared in to_write}
        store.write(to_write, (batch for batch in part.batches if batch[0][0].document_id in ids))
    notes = tuple(Skipped(prepared.document.source, note) for prepared in to_write for note in prepared.document.notes)
    return IndexReport(added=_sources(added), changed=_sources(changed), unchanged=_sources(unchanged), notes=notes)


def _sources(documents: Sequence[PreparedDocument]) -> tuple[str, ...]:
    return tuple(prepared.document.source for prepared in documents)


def _read_documents(archive: ArchiveReader) -> Iterator[tuple[Document, str]]:
    for part in archive.parts():
        for prepared in part.documents:
            yield prepared.document, prepared.file_hash


def _explain_embedding_anew(theirs: IndexFingerprint, ours: IndexFingerprint) -> str:
    facts = zip(asdict(theirs).items(), asdict(ours).values(), strict=True)
    differing = ", ".join(f"{name} {old}, here {new}" for (name, old), new in facts if old != new)
    return f"made with another model or splitter ({differing}): its texts were split and embedded anew"


def _read_for_export(store: Store, entry: DocumentEntry) -> ArchivedDocument:
    document = store.document_with_geometry(entry.id)
    if document.sha256 != entry.sha256:
        raise StoreError(f"'{entry.source}' was replaced while it was exported. Export the index once more.")
    return ArchivedDocument(document, entry.file_hash, entry.sentences, store.sentence_batches(entry))


def _split_parts(entries: Sequence[DocumentEntry]) -> Iterator[list[DocumentEntry]]:
    """Groups of documents that make parts of the archive: small ones together, a large one alone or as the last."""
    part: list[DocumentEntry] = []
    for entry in entries:
        part.append(entry)
        if (
            sum(member.sentences for member in part) >= MAX_PART_SENTENCES
            or sum(member.characters for member in part) >= MAX_PART_CHARS
        ):
            yield part
            part = []
    if part:
        yield part


def _check_archive(path: Path) -> None:
    """Reads what was written as an import will: the day on which a copy is needed is too late to find it damaged."""
    try:
        with ArchiveReader(path) as archive:
            for _ in archive.parts():
                pass
    except ArchiveError as error:
        raise StoreError(
            f"The index can't be exported: something in it is damaged ({error}). Remake it with: "
            "assistant index --rebuild"
        ) from error


def _report(progress: Progress | None, done: int, total: int, source: str) -> None:
    if progress is not None:
        progress(done, total, source)


def _report_second_half(progress: Progress | None, first_half: int, done: int, total: int, source: str) -> None:
    _report(progress, first_half + done, first_half + total, source)


@contextmanager
def _open_for_export(path: Path, *, force: bool) -> Iterator[BinaryIO]:
    """A draft to write to, which becomes the file at ``path`` when the context ends without an error."""
    try:
        _check_path(path, force=force)
        with replace_file(path) as file:
            yield file
            flush_to_disk(file)
            _check_path(path, force=force)
    except OSError as error:
        raise ArchiveError(
            f"The archive '{path}' can't be written: {error.strerror or error}. Name another place, or make room there."
        ) from error


def _check_path(path: Path, *, force: bool) -> None:
    if path.is_dir():
        raise ArchiveError(f"'{path}' is a folder. Name the file that the archive shall be.")
    if path.exists() and not force:
        raise ArchiveError(f"'{path}' is there already. Name another file, or replace it with --force.")
