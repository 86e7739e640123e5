"""An index into an archive, and an archive into an index of any home, embedder and version of this package."""

import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from assistant.errors import ArchiveError, StoreError
from assistant.index.archive.reader import ArchivePart, ArchiveReader
from assistant.index.archive.writer import (
    MOST_CHARACTERS,
    MOST_SENTENCES,
    ArchivedDocument,
    ArchiveWriter,
    IndexFingerprint,
)
from assistant.index.rows import DocumentEntry, PreparedDocument
from assistant.index.store import Store
from assistant.ingest.open_index import OpenIndex
from assistant.ingest.sync import Progress, carry_over
from assistant.types import Document, IndexReport, Skipped


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What an export wrote."""

    file: str
    documents: int
    sentences: int
    bytes: int

    def to_dict(self) -> dict[str, Any]:
        """As ``assistant export --json`` prints it."""
        return asdict(self)


def export_archive(store: Store, path: Path, *, force: bool = False, progress: Progress | None = None) -> ExportResult:
    """Writes all that is indexed to one file, which is there whole or not at all.

    Args:
        store: the open index.
        path: the file.
        force: whether it may take the place of one that is there.
        progress: is told how far it is.

    Raises:
        ArchiveError: nothing is indexed, the file is there already, or it can't be written.
        StoreError: the index is damaged, or changed meanwhile.
    """
    listed = store.summaries()
    if not listed:
        raise ArchiveError(
            f"Nothing is indexed in '{store.home}', so there is nothing to export. Index something first, or name "
            "another index with --home."
        )
    with _aside(path, force=force) as file:
        with ArchiveWriter(file, _made(store)) as packer:
            done = 0
            for part in _parts(listed):
                packer.part(_item(store, at) for at in part)
                for at in part:
                    done += 1
                    _tell(progress, done, len(listed), at.source)
        file.flush()
        _check(Path(file.name))
    return ExportResult(str(path), len(listed), sum(at.sentences for at in listed), path.stat().st_size)


def import_archive(
    index: OpenIndex,
    path: Path,
    *,
    progress: Progress | None = None,
) -> IndexReport:
    """Brings the documents of an archive into an index; what else is in that stays.

    The whole archive is checked before anything is written. Where the index is made with the embedder and the splitter
    of the archive, its vectors are taken over; otherwise the texts are split and embedded anew, and a note says so.
    One that is killed leaves whole documents, and goes on when it is run again.

    Args:
        index: the open index; its embedder is used where the archive's vectors can't be.
        path: the archive.
        progress: is told how far it is; each document is a step twice, checked and then written.

    Returns:
        The sources that were added, changed (another hash was indexed), and left unchanged (the same was).

    Raises:
        ArchiveError: the archive can't be opened, or something in it isn't as it should be; nothing is changed then.
        EmbeddingError: the embedder failed; what was written until then stays.
    """
    with ArchiveReader(path) as archive:
        total, done = archive.manifest.documents, 0
        for part in archive.parts():
            for draft in part.drafts:
                done += 1
                _tell(progress, done, 2 * total, draft.document.source)
        after = partial(_later, progress, total)
        here, there = _made(index.store), archive.manifest.made
        if here == there:
            return _taken_over(index, archive, after)
        report = carry_over(index, _documents(archive), total, progress=after)
        return report + IndexReport(notes=(Skipped(str(path), _anew(there, here)),))


def _taken_over(index: OpenIndex, archive: ArchiveReader, progress: Progress) -> IndexReport:
    """Writes the documents that the index hasn't, a part at a time, with the archive's vectors."""
    report, done = IndexReport(), 0
    for part in archive.parts():
        report += _written(index.store, part)
        index.bm25.synchronise()
        for draft in part.drafts:
            done += 1
            progress(done, archive.manifest.documents, draft.document.source)
    index.store.settle()
    return report


def _written(store: Store, part: ArchivePart) -> IndexReport:
    added: list[PreparedDocument] = []
    changed: list[PreparedDocument] = []
    unchanged: list[PreparedDocument] = []
    for draft in part.drafts:
        at = store.summary(draft.document.id)
        same = at is not None and at.file_hash == draft.file_hash
        (unchanged if same else added if at is None else changed).append(draft)
    if new := [*added, *changed]:
        wanted = {draft.document.id for draft in new}
        store.write(new, (block for block in part.blocks if block[0][0].document_id in wanted))
    sources = [tuple(draft.document.source for draft in drafts) for drafts in (added, changed, unchanged)]
    notes = tuple(Skipped(draft.document.source, note) for draft in new for note in draft.document.notes)
    return IndexReport(added=sources[0], changed=sources[1], unchanged=sources[2], notes=notes)


def _documents(archive: ArchiveReader) -> Iterator[tuple[Document, str]]:
    for part in archive.parts():
        for draft in part.drafts:
            yield draft.document, draft.file_hash


def _anew(there: IndexFingerprint, here: IndexFingerprint) -> str:
    facts = zip(asdict(there).items(), asdict(here).values(), strict=True)
    differing = ", ".join(f"{name} {old}, here {new}" for (name, old), new in facts if old != new)
    return f"made with another model or splitter ({differing}): its texts were split and embedded anew"


def _item(store: Store, at: DocumentEntry) -> ArchivedDocument:
    document = store.document(at.id)
    if document.sha256 != at.sha256:
        raise StoreError(f"'{at.source}' was replaced while it was exported. Export the index once more.")
    return ArchivedDocument(document, at.file_hash, at.sentences, store.blocks(at))


def _parts(listed: Sequence[DocumentEntry]) -> Iterator[list[DocumentEntry]]:
    """Documents in groups that are small, or one document that isn't."""
    part: list[DocumentEntry] = []
    for at in listed:
        part.append(at)
        if (
            sum(each.sentences for each in part) >= MOST_SENTENCES
            or sum(each.characters for each in part) >= MOST_CHARACTERS
        ):
            yield part
            part = []
    if part:
        yield part


def _made(store: Store) -> IndexFingerprint:
    facts = store.facts
    return IndexFingerprint(str(facts["embedder"]), int(facts["dimension"]), str(facts["splitter"]))


def _check(path: Path) -> None:
    """Reads what was written as an import will: who needs a copy one day must not find then that it is none."""
    try:
        with ArchiveReader(path) as written:
            for _ in written.parts():
                pass
    except ArchiveError as error:
        raise StoreError(
            f"The index can't be exported: something in it is damaged ({error}). Remake it with: "
            "assistant index --rebuild"
        ) from error


def _tell(progress: Progress | None, done: int, total: int, source: str) -> None:
    if progress is not None:
        progress(done, total, source)


def _later(progress: Progress | None, before: int, done: int, total: int, source: str) -> None:
    _tell(progress, before + done, before + total, source)


@contextmanager
def _aside(path: Path, *, force: bool) -> Iterator[BinaryIO]:
    """A file that is written beside its place and takes it when it is whole."""
    draft = path.parent / f".export-{secrets.token_hex(4)}.part"
    try:
        _check_place(path, force=force)
        with draft.open("xb+") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _check_place(path, force=force)
        draft.replace(path)
    except OSError as error:
        raise ArchiveError(
            f"The archive '{path}' can't be written: {error.strerror or error}. Name another place, or make room there."
        ) from error
    finally:
        draft.unlink(missing_ok=True)


def _check_place(path: Path, *, force: bool) -> None:
    if path.is_dir():
        raise ArchiveError(f"'{path}' is a folder. Name the file that the archive shall be.")
    if path.exists() and not force:
        raise ArchiveError(f"'{path}' is there already. Name another file, or replace it with --force.")
