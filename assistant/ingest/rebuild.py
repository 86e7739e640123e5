"""Makes an index anew from what it holds, whichever embedder, splitter or version of this package made it.

The new index grows in the home's folder ``rebuild``, or beside the old one in the server, and takes the old one's place
when it is complete. A rebuild that fails or is killed leaves the old index as it was.
"""

import logging
import shutil
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import StoreError
from assistant.index import rows
from assistant.index.bm25 import BM25Index
from assistant.index.bm25_cache import delete_cache
from assistant.index.chroma.collections import Collections
from assistant.index.chroma.embedded import EmbeddedChroma, copy_rows, index_exists, replace_index, rows_are_damaged
from assistant.index.chroma.server import ChromaServer
from assistant.index.fingerprint import IndexFingerprint
from assistant.index.geometry_rows import geometry_keys, read_geometry
from assistant.index.lock import HomeLock
from assistant.index.rows import DocumentEntry, Row
from assistant.index.sources import file_on_disk, was_read_from_file
from assistant.index.store import Store
from assistant.ingest.open_index import OpenIndex
from assistant.ingest.sync import carry_over, is_under, synchronise
from assistant.models.embedders import Embedder
from assistant.readers import FileReaders, file_source
from assistant.structure import Geometry
from assistant.types import Document, IndexReport, Progress

if TYPE_CHECKING:
    from assistant.settings import Settings

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Sources:
    """What the new index is made from, besides the old one."""

    paths: Sequence[Path]
    max_bytes: int
    readers: FileReaders | None


def rebuild(  # noqa: PLR0913 — what an index is made with comes one by one
    home: Path,
    embedder: Embedder,
    splitter: str,
    paths: Sequence[Path] = (),
    *,
    max_bytes: int,
    readers: FileReaders | None = None,
    progress: Progress | None = None,
    server: "Settings | None" = None,
) -> IndexReport:
    """Reads every indexed file again, and further files, and carries over what cannot be read again.

    Documents that were handed over, and files that are missing or can't be read any more, keep the text that they were
    indexed with. Only a missing file under one of the given paths is removed, as by `synchronise`. Where something in
    the old index is damaged, so that it can't be carried over, the old index is kept, and a warning says where.

    Args:
        home: the folder of the index; it may have none yet.
        embedder: makes the new vectors.
        splitter: the version of the sentence splitter.
        paths: files and folders to index too.
        max_bytes: the most bytes that a file may have.
        readers: the processes, or the cluster, that read the files; by default one process.
        progress: is called after each document.
        server: settings that say where the Chroma server is that holds the index; by default it is in the folder.

    Raises:
        LockedError: the index is open elsewhere.
        PathNotFoundError: a path does not exist.
        EmbeddingError: the embedder failed.
        StoreError: the old index can't be read now; or it is damaged, and no path says what to index instead.
    """
    new_home = home / "rebuild"
    shutil.rmtree(new_home, ignore_errors=True)
    site = _ServerSite(server, embedder, splitter) if server else _FolderSite(home, new_home)
    try:
        with (
            closing(_OldIndex(site, optional=bool(paths))) as old,
            Store(new_home, embedder.name, embedder.dimension, splitter, site.create_new) as store,
            closing(BM25Index(store)) as bm25,
        ):
            cache_name = store.cache_name
            report = _fill(OpenIndex(store, bm25, embedder), old, _Sources(paths, max_bytes, readers), progress)
        if kept := site.replace_old(keep=old.has_damage):
            logger.warning("The old index is kept %s. Delete it when nothing of it is needed any more.", kept)
        with suppress(OSError):  # as where a folder is in its place: the next opening says so
            delete_cache(home / cache_name)
            (new_home / cache_name).rename(home / cache_name)
        return report
    finally:
        shutil.rmtree(new_home, ignore_errors=True)
        site.close()


class _FolderSite:
    """The place of an index in a folder, which nobody else may open meanwhile."""

    create_new = None  # the new index is in a folder too, and `Store` makes it

    def __init__(self, home: Path, new_home: Path) -> None:
        self._home, self._new_home, self._lock = home, new_home, HomeLock(home)
        self.name = f"'{home}'"
        self.last_resort = f"; if that does not help, move '{home / 'chroma'}' away first"

    def open_old(self) -> Collections | None:
        if not index_exists(self._home):
            return None
        copy_rows(self._home, self._new_home / "old")
        return EmbeddedChroma(self._new_home / "old", {})

    def old_is_damaged(self) -> bool:
        return index_exists(self._home) and rows_are_damaged(self._home)

    def replace_old(self, *, keep: bool) -> str | None:
        kept = replace_index(self._new_home, self._home, keep_old=keep)
        return f"in '{kept}'" if kept else None

    def close(self) -> None:
        self._lock.release()


class _ServerSite:
    """The place of an index in a server: others go on reading the old index, and wait until they may write."""

    def __init__(self, settings: "Settings", embedder: Embedder, splitter: str) -> None:
        metadata = IndexFingerprint(embedder.name, embedder.dimension, splitter).to_metadata()
        self._write_turn, self._settings, self._new_set = ExitStack(), settings, uuid.uuid4().hex[:8]
        self._server = ChromaServer(settings, metadata)
        self._write_turn.enter_context(self._server.write_turn())
        self._replaced = False
        self.name, self.last_resort = self._server.address, ""

    def create_new(self, metadata: Mapping[str, str | int]) -> Collections:
        return ChromaServer(self._settings, metadata, only=self._new_set)

    def open_old(self) -> Collections | None:
        return ChromaServer(self._settings, {})

    def old_is_damaged(self) -> bool:
        return False  # only the server could know

    def replace_old(self, *, keep: bool) -> str | None:
        kept = self._server.go_live(self._new_set, keep_old=keep)
        self._replaced = True
        return f"{self._server.location}, in the collections '{kept}…'" if kept else None

    def close(self) -> None:
        if not self._replaced:
            self._server.delete_set(self._new_set)
        self._write_turn.close()
        self._server.close()


def _fill(index: OpenIndex, old: "_OldIndex", sources: _Sources, progress: Progress | None) -> IndexReport:
    """Fills the new index: first with all files that are there, then with what only the old index holds."""
    roots = frozenset(Path(file_source(path)) for path in sources.paths)
    paths = [*sources.paths, *old.files_outside(roots)]
    report = synchronise(index, paths, max_bytes=sources.max_bytes, readers=sources.readers, progress=progress)
    unreadable = frozenset(Path(failure.source) for failure in report.failed)  # a file that can't be read, or a folder
    removed: list[DocumentEntry] = []
    kept: list[DocumentEntry] = []
    for entry in old.entries:
        if index.store.summary(entry.id) is None:
            is_missing = is_under(entry.source, roots) and not is_under(entry.source, unreadable)
            (removed if was_read_from_file(entry) and is_missing else kept).append(entry)
    report += carry_over(index, old.documents(kept), len(kept), progress=progress)
    return replace(report, removed=tuple(entry.source for entry in removed))


class _OldIndex:
    """What an index holds. Only its rows are read, so that it may be of any embedder and version.

    Attributes:
        entries: its documents.
        has_damage: whether something in it was found damaged so far, and could not be read.
    """

    def __init__(self, site: _FolderSite | _ServerSite, *, optional: bool) -> None:
        """Reads the entries.

        Args:
            site: the place of the index.
            optional: whether to go on, with a warning, if the index is damaged.

        Raises:
            StoreError: it can't be read.
        """
        self._site = site
        self._chroma: Collections | None = None
        self.entries: list[DocumentEntry] = []
        self.has_damage = False
        try:
            self._chroma = site.open_old()
            commits = self._chroma.new_commits(None) if self._chroma else None
            if commits:
                entries = (self._read_entry(row) for row in commits.entries if row.version)
                self.entries = [entry for entry in entries if entry is not None]
        except Exception as error:  # a damaged database raises Chroma's errors, SQLite's, Rust's and our own
            self.close()
            self._check_damage(error)
            if not optional:
                raise StoreError(
                    f"The index in {site.name} cannot be read ({_reason(error)}), so nothing says what was "
                    "in it. Name what to index: assistant index --rebuild PATH"
                ) from error
            self.has_damage = True
            logger.warning("The old index cannot be read (%s): only the paths given now are indexed.", error)

    def _check_damage(self, error: Exception) -> None:
        """Returns if an error means that something is damaged.

        Raises:
            StoreError: it does not, so that what can't be read now may be read the next time.
        """
        with suppress(Exception):  # then nothing is known
            if rows.is_damaged_row(error) or self._is_damaged:
                return
        raise StoreError(
            f"The index in {self._site.name} cannot be read now ({_reason(error)}), but is not known to be "
            f"damaged: it stays as it is. Mend what keeps it from being read, and do it again{self._site.last_resort}."
        ) from error

    @cached_property
    def _is_damaged(self) -> bool:
        return self._site.old_is_damaged()

    def close(self) -> None:
        """Closes the old index."""
        if self._chroma is not None:
            self._chroma.close()

    def files_outside(self, roots: AbstractSet[Path]) -> Iterator[Path]:
        """The files that the index was made from and that are still there, except those under some paths."""
        for entry in self.entries:
            if not is_under(entry.source, roots) and (file := file_on_disk(entry)):
                yield file

    def documents(self, entries: Collection[DocumentEntry]) -> Iterator[tuple[Document, str]]:
        """Some documents as they were indexed, with their hashes. Logs those whose text is damaged."""
        for entry in entries:
            if document := self._read_document(entry):
                yield document, entry.file_hash
            else:
                self.has_damage = True
                logger.warning("The text of '%s' is damaged in the old index: it is left out.", entry.source)

    def _read_document(self, entry: DocumentEntry) -> Document | None:
        keys = [rows.text_key(entry.version, number) for number in range(entry.texts)]
        try:
            document = rows.read_document(entry, self._read_texts(keys))
        except StoreError as error:
            self._check_damage(error)
            return None
        if document.sha256 != entry.sha256:
            return None
        return replace(document, geometry=self._read_geometry(entry))

    def _read_geometry(self, entry: DocumentEntry) -> Geometry | None:
        geometry = None
        with suppress(StoreError):
            geometry = read_geometry(self._read_texts(geometry_keys(entry, 0, entry.characters)))
        if (geometry.sha256 if geometry else "") == entry.geometry_sha256:
            return geometry
        self.has_damage = True
        logger.warning("Where words stand in '%s' is damaged in the old index: it is left out.", entry.source)
        return None

    def _read_texts(self, keys: Sequence[str]) -> Iterable[Row]:
        return self._chroma.read("texts", keys) if self._chroma else ()

    def _read_entry(self, row: Row) -> DocumentEntry | None:
        try:
            return rows.read_entry(row)
        except StoreError:
            self.has_damage = True
            logger.warning("An entry of the old index is damaged (%s): it is left out.", row.key)
            return None


def _reason(error: Exception) -> str:
    cause = error.__cause__ or error
    return str(cause) or type(cause).__name__
