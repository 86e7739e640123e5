"""Rows and vectors in a Chroma folder that a killed process cannot harm.

Chroma 1.5.9 keeps rows in SQLite, which survives a kill, and vectors in files that it rewrites in place every
``sync_threshold`` rows. A process killed during that rewrite leaves a collection that never opens again: 20
of 40 kills aimed at it did (20,000 rows of 384 dimensions). So the threshold is out of reach here: new
vectors stay in SQLite's log, which Chroma replays at opening (some 0.2 ms a row), and `settle` has Chroma
write its vector files in a copy of the folder, which then takes the folder's place.
"""

import logging
import shutil
import sqlite3
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

from assistant.errors import StoreError
from assistant.index.chroma.checksums import broken, seal
from assistant.index.chroma.collections import CLOSED, NAMES, NEVER, Collections, CommitMark, NewCommits, shape
from assistant.index.rows import Row

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

logger = logging.getLogger(__name__)

_T = TypeVar("_T")

_AT_ONCE = 2  # the least sync_threshold that Chroma takes
_LEAST = 16_000_000  # bytes; with less left, it is that when Chroma fails, whatever it says: what it took is free again
_HERE: CommitMark = ("folder", 0)


def index_exists(home: Path) -> bool:
    """Whether there is an index in this folder, even one that a killed process left half in place."""
    return any((home / name).exists() for name in ("chroma", "chroma.next"))


def copy_rows(home: Path, to: Path) -> None:
    """Copies an index without its vectors' files, which may be damaged: its rows can still be read."""
    place = next(home / name for name in ("chroma", "chroma.next") if (home / name).exists())

    def others(folder: str, names: Sequence[str]) -> list[str]:
        return [name for name in names if not name.startswith("chroma.sqlite3") or Path(folder) != place]

    shutil.copytree(place, to / "chroma", ignore=others)


def replace_index(new: Path, home: Path) -> None:
    """Moves the index in the folder ``new`` to ``home``, in the place of the one there, if any.

    Both must be closed. Killed at any moment, the next opening finds the old one or the new one, whole.
    """
    shutil.rmtree(home / "chroma.old", ignore_errors=True)
    shutil.rmtree(home / "chroma.next", ignore_errors=True)
    (new / "chroma").rename(home / "chroma.next")
    if (home / "chroma").exists():
        (home / "chroma").rename(home / "chroma.old")
    (home / "chroma.next").rename(home / "chroma")
    shutil.rmtree(home / "chroma.old", ignore_errors=True)


class EmbeddedChroma(Collections):
    """An opened Chroma folder, of one process alone."""

    def __init__(self, home: Path, facts: Mapping[str, str | int]) -> None:
        """Opens ``home/chroma``, makes it when it is missing, and finishes what a killed process left.

        Args:
            home: the folder of the index; its lock must be held.
            facts: written into a new folder; an old one keeps its own.

        Raises:
            StoreError: Chroma cannot open the folder.
        """
        self.where = f"in '{home}'"
        self._path, self._next = home / "chroma", home / "chroma.next"
        self._draft, self._old = home / "chroma.draft", home / "chroma.old"
        self._rebuild = home / "rebuild"
        self._gate, self._failed = threading.RLock(), False
        with _in_words(home):
            self._tidy()
            if not self._path.exists():
                _create(self._draft, facts)
                self._draft.rename(self._path)
            self._open()
        self.facts = dict(self._collections["documents"].metadata or {})

    def _tidy(self) -> None:
        if not self._path.exists() and self._next.exists():
            self._next.rename(self._path)
        for leftover in (self._draft, self._next, self._old, self._rebuild):
            shutil.rmtree(leftover, ignore_errors=True)

    def _open(self) -> None:
        if (name := broken(self._path)) is not None:
            file = self._path / name
            raise StoreError(f"The file '{file}' is damaged. Remake the index with: assistant index --rebuild")
        _check_text(self._path / "chroma.sqlite3")
        self._client = _connect(self._path)
        try:
            self._collections = {name: _collection(self._client, name) for name in NAMES}
        except BaseException:
            self._client.close()
            raise

    def refresh(self) -> None:
        """Connects anew: after a write that failed, as on a full disk, Chroma may hold SQLite's lock for ever."""
        with self._gate, _in_words(self._path.parent):
            self.close()
            self._open()

    def close(self) -> None:
        """Lets go of the folder's files; what is called afterwards raises `StoreError`."""
        with self._gate:
            self._client.close()
            self._collections, self._failed = {}, False

    def _collection(self, name: str) -> "Collection":
        if not self._collections:
            raise StoreError(CLOSED)
        return self._collections[name]

    def _call(self, work: Callable[[], _T]) -> _T:
        with self._gate, _in_words(self._path.parent):
            if self._failed:  # as on a full disk: Chroma may hold SQLite's lock for ever then
                self._client.close()
                self._open()
                self._failed = False
            try:
                return work()
            except StoreError:
                raise
            except Exception:
                self._failed = True
                raise

    def turn(self) -> AbstractContextManager[None]:
        """The folder's lock is enough: no other process writes."""
        return nullcontext()

    def news(self, seen: CommitMark | None) -> NewCommits | None:
        """All there is, once: nobody else writes."""
        return None if seen else NewCommits(_HERE, self.read_all("documents"))

    def commit(self, listings: Sequence[Row], gone: Sequence[str]) -> CommitMark:
        """As in general; SQLite makes one call atomic."""
        self.put("documents", listings)
        self.delete("documents", gone)
        return _HERE

    def settle(self) -> None:
        """Has Chroma write its vector files, so that the next opening has nothing to replay.

        Nobody may write meanwhile; reading goes on but for the moment in which the copy takes over. Where
        the disk has no room for the copy, the folder stays as it is, and whole.
        """
        for name in self._collections:
            self._get(name, limit=1, include=["embeddings"])  # Chroma finishes a write when it reads
        try:
            shutil.copytree(self._path, self._draft)
            _write_vectors(self._draft)
            seal(self._draft)
            self._draft.rename(self._next)
        except Exception as error:  # noqa: BLE001 — on a full disk Chroma raises its own
            logger.warning("The index was not compacted (%s): it works, but opens more slowly.", error)
            shutil.rmtree(self._draft, ignore_errors=True)
            return
        with self._gate:
            self.close()
            self._path.rename(self._old)
            self._next.rename(self._path)
            self._open()
        shutil.rmtree(self._old, ignore_errors=True)


@contextmanager
def _in_words(home: Path) -> Iterator[None]:
    """Has whatever Chroma, SQLite, Rust or the system raises on an index said in words."""
    try:
        yield
    except StoreError:
        raise
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise  # Ctrl-C; a panic of Rust, on a damaged database, is no Exception either
        if "disk is full" in str(error) or _is_full(home):
            told = f"The disk with the index in '{home}' is full. Make room, and do it again. Nothing was lost."
            raise StoreError(told) from error
        raise StoreError(
            f"The index in '{home}' cannot be opened, read or written ({type(error).__name__}: {error}). "
            "If that stays so, remake it with: assistant index --rebuild"
        ) from error


def _is_full(folder: Path) -> bool:
    with suppress(OSError):
        return shutil.disk_usage(folder).free < _LEAST
    return False


def _check_text(database: Path) -> None:
    """Raises where what Chroma reads at once is no text any more: it would end the process."""
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=rw", uri=True)) as opened:
        for table in ("sqlite_master", "migrations", "tenants", "databases", "collections", "segments"):
            opened.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 — the names above


def _connect(path: Path) -> "Client":
    import chromadb
    from chromadb.api.shared_system_client import SharedSystemClient
    from chromadb.config import Settings

    try:
        client = chromadb.PersistentClient(str(path), settings=Settings(anonymized_telemetry=False))
    except BaseException:  # Chroma keeps what failed, and would give it to the next who opens this path
        SharedSystemClient._identifier_to_system.pop(str(path), None)  # noqa: SLF001
        raise
    return cast("Client", client)  # the declared type lacks close()


def _collection(client: "Client", name: str) -> "Collection":
    return client.get_collection(name, embedding_function=None)


def _create(path: Path, facts: Mapping[str, str | int]) -> None:
    client = _connect(path)
    try:
        for name in NAMES:
            metadata = dict(facts) if name == "documents" else None
            client.create_collection(name, embedding_function=None, configuration=shape(name), metadata=metadata)
    finally:
        client.close()


def _write_vectors(path: Path) -> None:
    """Chroma heeds a new threshold only when it replays its log, at the first reading after opening."""
    for threshold in (_AT_ONCE, NEVER):
        client = _connect(path)
        try:
            for name in NAMES:
                collection = _collection(client, name)
                if threshold == NEVER:
                    collection.get(limit=1, include=["embeddings"])
                with warnings.catch_warnings():  # Chroma calls a collection without its own embedder legacy
                    warnings.simplefilter("ignore", DeprecationWarning)
                    collection.modify(configuration={"hnsw": {"sync_threshold": threshold}})
        finally:
            client.close()
