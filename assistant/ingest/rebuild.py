"""Makes an index anew from what it holds, whichever embedder, splitter or version of this package made it.

The new one grows in the home's folder ``rebuild``, or beside the old one in the server, and takes its place when it is
complete: a rebuild that fails or is killed leaves the old one as it was.
"""

import logging
import shutil
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import StoreError
from assistant.index import rows
from assistant.index.bm25 import BM25Index
from assistant.index.chroma.collections import Collections
from assistant.index.chroma.embedded import EmbeddedChroma, copy_rows, index_exists, replace_index
from assistant.index.chroma.server import ChromaServer
from assistant.index.lock import HomeLock
from assistant.index.rows import DocumentEntry, Row
from assistant.index.store import Store, index_fingerprint
from assistant.ingest.open_index import OpenIndex
from assistant.ingest.sync import Progress, carry_over, is_under, synchronise, was_read_from_file
from assistant.models.embedders import Embedder
from assistant.readers import FileReaders, file_source
from assistant.types import Document, IndexReport

if TYPE_CHECKING:
    from assistant.settings import Settings

logger = logging.getLogger(__name__)


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
    """Reads every file that was indexed anew, and some more, and carries over what cannot be read anew.

    Documents that were handed over, and files that are gone or can't be read any more, keep the text that they
    were indexed with. Only a file that is gone from under a path given now is removed, as by `synchronise`.

    Args:
        home: the folder of the index; it may have none yet.
        embedder: makes the new vectors.
        splitter: the version of the sentence splitter.
        paths: files and folders to index too.
        max_bytes: the most bytes a file may have.
        readers: the processes, or the cluster, that read the files; by default one process.
        progress: is told how far it is.
        server: say where the Chroma server is that holds the index; by default it is in the folder.

    Raises:
        LockedError: the index is open elsewhere.
        PathNotFoundError: a path does not exist.
        EmbeddingError: the embedder failed.
        StoreError: the old index can't be read, and no path says what to index instead.
    """
    draft = home / "rebuild"
    shutil.rmtree(draft, ignore_errors=True)
    site = _Server(server, embedder, splitter) if server else _Folder(home, draft)
    try:
        with (
            closing(_Old(site, optional=bool(paths))) as old,
            Store(draft, embedder.name, embedder.dimension, splitter, site.draft) as store,
            closing(BM25Index(store)) as bm25,
        ):
            cache = store.cache_name
            report = _fill(OpenIndex(store, bm25, embedder), old, paths, (max_bytes, readers), progress)
        site.take_over()
        for stale in home.glob(f"{cache}*"):
            stale.unlink()
        (draft / cache).rename(home / cache)
        return report
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        site.leave()


class _Folder:
    """An index in a folder, which nobody else may open meanwhile."""

    draft = None  # the new one is in a folder too

    def __init__(self, home: Path, draft: Path) -> None:
        self._home, self._draft, self._lock = home, draft, HomeLock(home)
        self.name = f"'{home}'"

    def old(self) -> Collections | None:
        if not index_exists(self._home):
            return None
        copy_rows(self._home, self._draft / "old")
        return EmbeddedChroma(self._draft / "old", {})

    def take_over(self) -> None:
        replace_index(self._draft, self._home)

    def leave(self) -> None:
        self._lock.release()


class _Server:
    """An index in a server: others go on reading the old one, and wait with what they have to write."""

    def __init__(self, settings: "Settings", embedder: Embedder, splitter: str) -> None:
        facts = index_fingerprint(embedder.name, embedder.dimension, splitter)
        self._turn, self._settings, self._new = ExitStack(), settings, uuid.uuid4().hex[:8]
        self._server = ChromaServer(settings, facts)
        self._turn.enter_context(self._server.turn())
        self._done = False
        self.name = self._server.address

    def draft(self, facts: Mapping[str, str | int]) -> Collections:
        return ChromaServer(self._settings, facts, only=self._new)

    def old(self) -> Collections | None:
        return ChromaServer(self._settings, {})

    def take_over(self) -> None:
        self._server.go_live(self._new)
        self._done = True

    def leave(self) -> None:
        if not self._done:
            self._server.forget(self._new)
        self._turn.close()
        self._server.close()


def _fill(
    index: OpenIndex,
    old: "_Old",
    paths: Sequence[Path],
    limits: tuple[int, FileReaders | None],
    progress: Progress | None,
) -> IndexReport:
    roots = [Path(file_source(path)) for path in paths]
    given = [*paths, *old.files(roots)]
    report = synchronise(index, given, max_bytes=limits[0], readers=limits[1], progress=progress)
    unknown = [Path(each.source) for each in report.failed]  # a file that can't be read, or a folder
    gone: list[DocumentEntry] = []
    kept: list[DocumentEntry] = []
    for at in old.listed:
        if index.store.summary(at.id) is None:
            is_gone = was_read_from_file(at) and is_under(at.source, roots) and not is_under(at.source, unknown)
            (gone if is_gone else kept).append(at)
    report += carry_over(index, old.documents(kept), len(kept), progress=progress)
    return replace(report, removed=tuple(at.source for at in gone))


class _Old:
    """What an index holds: its rows alone are read, so that it may be of any embedder and version.

    Attributes:
        listed: its documents.
    """

    def __init__(self, site: _Folder | _Server, *, optional: bool) -> None:
        self._rows: Collections | None = None
        self.listed: list[DocumentEntry] = []
        try:
            self._rows = site.old()
            news = self._rows.news(None) if self._rows else None
            self.listed = [at for row in news.listings if row.version and (at := _listed(row))] if news else []
        except Exception as error:  # a damaged database raises Chroma's errors, SQLite's, Rust's and our own
            self.close()
            if not optional:
                raise StoreError(
                    f"The index in {site.name} cannot be read ({error.__cause__ or error}), so nothing says what was "
                    "in it. Name what to index: assistant index --rebuild PATH"
                ) from error
            logger.warning("The old index cannot be read (%s): only the paths given now are indexed.", error)

    def close(self) -> None:
        """Lets go of it."""
        if self._rows is not None:
            self._rows.close()

    def files(self, roots: Collection[Path]) -> Iterator[Path]:
        """The files that it was made from and that are still there, but for those under some paths."""
        for at in self.listed:
            if was_read_from_file(at) and not is_under(at.source, roots) and Path(at.source).is_file():
                yield Path(at.source)

    def documents(self, wanted: Collection[DocumentEntry]) -> Iterator[tuple[Document, str]]:
        """Some documents as they were indexed, with their hashes; names those whose text is damaged."""
        for at in wanted:
            if document := self._document(at):
                yield document, at.file_hash
            else:
                logger.warning("The text of '%s' is damaged in the old index: it is left out.", at.source)

    def _document(self, at: DocumentEntry) -> Document | None:
        keys = [rows.text_key(at.version, number) for number in range(at.texts)]
        try:
            document = rows.read_document(at, self._rows.read("texts", keys) if self._rows else ())
        except StoreError:
            return None
        return document if document.sha256 == at.sha256 else None


def _listed(row: Row) -> DocumentEntry | None:
    try:
        return rows.read_listing(row)
    except StoreError:
        logger.warning("An entry of the old index is damaged (%s): it is left out.", row.key)
        return None
