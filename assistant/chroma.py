"""Rows and vectors in a Chroma folder that a killed process cannot harm: the only room that knows chromadb.

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
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np

from assistant.errors import StoreError
from assistant.rows import NO_VECTOR, Row, Vector, made
from assistant.seals import broken, seal

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

logger = logging.getLogger(__name__)

_T = TypeVar("_T")

_VECTORS = ("sentences",)  # searched by vector
NAMES = (*_VECTORS, "documents", "texts", "passages", "journal")  # of the others' rows each has the same vector
_NEVER, _AT_ONCE = 2**31 - 1, 2  # values of sync_threshold; 2 is the least that Chroma takes
# of the 30 nearest among 9,567 real vectors: 98.7% found with Chroma's ef_search of 100, all with 400; +1 ms
_COSINE = {"space": "cosine", "ef_search": 400}
_CHEAP = {"space": "l2", "ef_construction": 4, "max_neighbors": 2, "ef_search": 4, "sync_threshold": _NEVER}
_PAGE = 5_000  # rows in one call: SQLite takes 32,766 variables, Chroma 5,461 rows
_SIZE = 4_000_000  # characters in one call: a server takes 40 MiB, vectors and escapes included

_LEAST = 1_000_000  # bytes; on a disk with less it is that when Chroma fails, whatever it says

CLOSED = "This index is closed. Open a new Assistant."
Mark = tuple[str, int]  # a state of the index: which set of collections, and how many commits it has seen
NOWHERE = np.zeros((1, 1), np.float32)  # the vector of a row that isn't searched by vector
_HERE: Mark = ("folder", 0)


@dataclass(frozen=True, slots=True)
class News:
    """What was committed since some mark."""

    mark: Mark  # of what is live now
    listings: Sequence[Row]  # of documents; without a version: it is gone
    whole: bool = True  # these are all there are


def exists(home: Path) -> bool:
    """Whether there is an index in this folder, even one that a killed process left half in place."""
    return any((home / name).exists() for name in ("chroma", "chroma.next"))


def copy_rows(home: Path, to: Path) -> None:
    """Copies an index without its vectors' files, which may be damaged: its rows can still be read."""
    place = next(home / name for name in ("chroma", "chroma.next") if (home / name).exists())

    def others(folder: str, names: Sequence[str]) -> list[str]:
        return [name for name in names if not name.startswith("chroma.sqlite3") or Path(folder) != place]

    shutil.copytree(place, to / "chroma", ignore=others)


def take_place(new: Path, home: Path) -> None:
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


class Collections:
    """Rows in named Chroma collections; the methods may be called from any thread.

    What a folder and a server have in common. A change is made in this order: rows are put, `commit` makes them live
    at one moment, and what is live no more is deleted.

    Attributes:
        facts: what the index was made with, as given when it was new.
        place: what the names of caches on this machine end with; empty for a folder's.
        where: where the index is, as people are told.
    """

    facts: Mapping[str, Any]
    place = ""
    where: str

    def _collection(self, name: str) -> "Collection":
        raise NotImplementedError

    def _call(self, work: Callable[[], _T]) -> _T:
        """Does what asks Chroma something."""
        raise NotImplementedError

    def turn(self) -> AbstractContextManager[None]:
        """The right to write, for as long as the context lasts."""
        raise NotImplementedError

    def news(self, seen: Mark | None) -> News | None:
        """What was committed since ``seen``; all there is without it, None where there is nothing new."""
        raise NotImplementedError

    def commit(self, listings: Sequence[Row], gone: Sequence[str]) -> Mark:
        """Makes documents live, or takes them out, at one moment.

        Args:
            listings: rows of ``documents``, at most 5,000.
            gone: keys of such rows, at most 5,000.
        """
        raise NotImplementedError

    def settle(self) -> None:
        """Makes the next opening quick."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Connects anew, where that is needed after a write that failed."""

    def close(self) -> None:
        """Lets go of everything; what is called afterwards raises `StoreError`."""
        raise NotImplementedError

    def read(self, name: str, keys: Sequence[str], *, vectors: bool = False) -> Iterator[Row]:
        """The rows with these keys, in no order; a key that isn't there gives none."""
        include: Any = ["metadatas", "embeddings"] if vectors else ["metadatas"]
        for page in _pages(keys):
            yield from _rows(self._get(name, ids=list(page), include=include))

    def read_all(self, name: str) -> Iterator[Row]:
        """Every row of a collection, without vectors."""
        yield from self._read_where(name, None)

    def _read_where(self, name: str, where: Mapping[str, Any] | None) -> Iterator[Row]:
        offset, page = 0, [""]
        while page:
            answer = self._get(name, limit=_PAGE, offset=offset, where=where, include=["metadatas"])
            page = answer["ids"]
            offset += len(page)
            yield from _rows(answer)

    def _get(self, name: str, **asked: Any) -> Any:
        return self._call(lambda: self._collection(name).get(**asked))

    def nearest(self, name: str, vector: Vector, k: int, where: Mapping[str, Any] | None) -> list[Row]:
        """At most ``k`` rows with the greatest cosine to a vector, of those whose version fits ``where``."""
        answer: Any = self._call(
            lambda: self._collection(name).query(
                query_embeddings=vector[np.newaxis],
                n_results=k,
                where=dict(where) if where else None,
                include=["metadatas", "embeddings"],
            )
        )
        return list(_rows({field: answer[field][0] for field in ("ids", "metadatas", "embeddings")}))

    def put(self, name: str, rows: Sequence[Row], vectors: Vector | None = None, **fields: int) -> None:
        """Writes rows, all or none of each page; those whose key is there already are replaced.

        Args:
            name: the collection.
            rows: any number of them, without their vectors.
            vectors: one for each row, where the collection is searched by vector.
            fields: written beside every row, to be filtered by.
        """
        if vectors is None:
            vectors = np.repeat(NOWHERE, len(rows), axis=0)
        for start, end in _filled(rows):
            self._upsert(name, rows[start:end], vectors[start:end], fields)

    def _upsert(self, name: str, rows: Sequence[Row], vectors: Vector, fields: Mapping[str, int]) -> None:
        self._call(
            lambda: self._collection(name).upsert(
                ids=[row.key for row in rows],
                embeddings=vectors,
                metadatas=[{"version": row.version, "data": row.data, **fields} for row in rows],
            )
        )

    def delete(self, name: str, keys: Sequence[str]) -> None:
        """Deletes rows, all or none of each 5,000; keys that aren't there do no harm."""
        for page in _pages(keys):
            self._call(lambda page=page: self._collection(name).delete(ids=list(page)))  # type: ignore[misc]  # mypy infers no type for a default


Server = Callable[[Mapping[str, str | int]], Collections]  # what an index is made with → the opened index


class ChromaFolder(Collections):
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

    def news(self, seen: Mark | None) -> News | None:
        """All there is, once: nobody else writes."""
        return None if seen else News(_HERE, list(self.read_all("documents")))

    def commit(self, listings: Sequence[Row], gone: Sequence[str]) -> Mark:
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


def shape(name: str, threshold: int = _NEVER) -> Any:
    """How a collection is made.

    Args:
        name: one of `NAMES`.
        threshold: vectors after which Chroma writes its files, of a collection that is searched by vector.
    """
    return {"hnsw": {**_COSINE, "sync_threshold": threshold} if name in _VECTORS else _CHEAP}


def _write_vectors(path: Path) -> None:
    """Chroma heeds a new threshold only when it replays its log, at the first reading after opening."""
    for threshold in (_AT_ONCE, _NEVER):
        client = _connect(path)
        try:
            for name in NAMES:
                collection = _collection(client, name)
                if threshold == _NEVER:
                    collection.get(limit=1, include=["embeddings"])
                with warnings.catch_warnings():  # Chroma calls a collection without its own embedder legacy
                    warnings.simplefilter("ignore", DeprecationWarning)
                    collection.modify(configuration={"hnsw": {"sync_threshold": threshold}})
        finally:
            client.close()


def _rows(answer: Any) -> Iterator[Row]:
    vectors = answer["embeddings"]
    for place, (key, field) in enumerate(zip(answer["ids"], answer["metadatas"], strict=True)):
        vector = NO_VECTOR if vectors is None else np.asarray(vectors[place], np.float32)
        yield made(key, field, vector)


def _filled(rows: Sequence[Row]) -> Iterator[tuple[int, int]]:
    """Where to part rows so that each part can be written in one call."""
    start, size = 0, 0
    for place, row in enumerate(rows):
        if place - start == _PAGE or (size and size + len(row.data) > _SIZE):
            yield start, place
            start, size = place, 0
        size += len(row.data)
    if rows:
        yield start, len(rows)


def _pages(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for start in range(0, len(values), _PAGE):
        yield values[start : start + _PAGE]
