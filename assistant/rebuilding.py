"""Makes an index anew from what it holds, whichever embedder, splitter or version of this package made it.

The new one grows in the home's folder ``rebuild`` and takes the old one's place when it is complete: a rebuild
that fails or is killed leaves the old one as it was.
"""

import logging
import shutil
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from assistant import rows
from assistant.chroma import ChromaFolder, exists, take_place
from assistant.embedding import Embedder
from assistant.errors import StoreError
from assistant.indexing import Progress, carry_over, is_file, synchronise, under
from assistant.lexical import Lexical
from assistant.lock import HomeLock
from assistant.reading import source_of
from assistant.rows import StoredDocument
from assistant.store import Store
from assistant.types import Document, IndexReport

logger = logging.getLogger(__name__)


def rebuild(  # noqa: PLR0913 — what an index is made with comes one by one
    home: Path,
    embedder: Embedder,
    splitter: str,
    paths: Sequence[Path] = (),
    *,
    max_bytes: int,
    progress: Progress | None = None,
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
        progress: is told how far it is.

    Raises:
        LockedError: the index is open elsewhere.
        PathNotFoundError: a path does not exist.
        EmbeddingError: the embedder failed.
        StoreError: the old index can't be read, and no path says what to index instead.
    """
    lock, draft = HomeLock(home), home / "rebuild"
    shutil.rmtree(draft, ignore_errors=True)
    try:
        with (
            closing(_Old(home, optional=bool(paths))) as old,
            Store(draft, embedder.name, embedder.dimension, splitter) as store,
            closing(Lexical(store)) as lexical,
        ):
            report = _fill((store, lexical, embedder), old, paths, max_bytes, progress)
        take_place(draft, home)
        for stale in home.glob("lexical.sqlite*"):
            stale.unlink()
        (draft / "lexical.sqlite").rename(home / "lexical.sqlite")
        return report
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        lock.release()


def _fill(
    parts: tuple[Store, Lexical, Embedder],
    old: "_Old",
    paths: Sequence[Path],
    max_bytes: int,
    progress: Progress | None,
) -> IndexReport:
    roots = [Path(source_of(path)) for path in paths]
    report = synchronise(*parts, [*paths, *old.files(roots)], max_bytes=max_bytes, progress=progress)
    unknown = [Path(each.source) for each in report.failed]  # a file that can't be read, or a folder
    gone: list[StoredDocument] = []
    kept: list[StoredDocument] = []
    for at in old.listed:
        if parts[0].summary(at.id) is None:
            is_gone = is_file(at) and under(at.source, roots) and not under(at.source, unknown)
            (gone if is_gone else kept).append(at)
    report += carry_over(*parts, old.documents(kept), len(kept), progress=progress)
    return replace(report, removed=tuple(at.source for at in gone))


class _Old:
    """What an index holds: its rows alone are read, so that it may be of any embedder and version.

    Attributes:
        listed: its documents.
    """

    def __init__(self, home: Path, *, optional: bool) -> None:
        self._folder: ChromaFolder | None = None
        self.listed: list[StoredDocument] = []
        if not exists(home):
            return
        try:
            self._folder = ChromaFolder(home, {})
            self.listed = [rows.read_listing(row) for row in self._folder.read_all("documents")]
        except Exception as error:  # a damaged database raises Chroma's errors, SQLite's, Rust's and our own
            self.close()
            if not optional:
                raise StoreError(
                    f"The index in '{home}' cannot be read ({error.__cause__ or error}), so nothing says what was in "
                    "it. Name what to index: assistant index --rebuild PATH"
                ) from error
            logger.warning("The old index cannot be read (%s): only the paths given now are indexed.", error)

    def close(self) -> None:
        """Lets go of its files."""
        if self._folder is not None:
            self._folder.close()

    def files(self, roots: Collection[Path]) -> Iterator[Path]:
        """The files that it was made from and that are still there, but for those under some paths."""
        for at in self.listed:
            if is_file(at) and not under(at.source, roots) and Path(at.source).is_file():
                yield Path(at.source)

    def documents(self, wanted: Collection[StoredDocument]) -> Iterator[tuple[Document, str]]:
        """Some documents as they were indexed, with their hashes; names those whose text is damaged."""
        for at in wanted:
            keys = [rows.text_key(at.version, number) for number in range(at.texts)]
            found = list(self._folder.read("texts", keys)) if self._folder else []
            if len(found) == at.texts:
                yield rows.read_document(at, found), at.file_hash
            else:
                logger.warning("The text of '%s' is damaged in the old index: it is left out.", at.source)
