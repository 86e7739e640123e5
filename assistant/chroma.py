"""Rows and vectors in a Chroma folder that a killed process cannot harm: the only room that knows chromadb.

Chroma 1.5.9 keeps rows in SQLite, which survives a kill, and vectors in files that it rewrites in place every
``sync_threshold`` rows. A process killed during that rewrite leaves a collection that never opens again: 20
of 40 kills aimed at it did (20,000 rows of 384 dimensions). So the threshold is out of reach here: new
vectors stay in SQLite's log, which Chroma replays at opening (some 0.2 ms a row), and `settle` has Chroma
write its vector files in a copy of the folder, which then takes the folder's place.
"""

import logging
import shutil
import threading
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np

from assistant.errors import StoreError
from assistant.rows import NO_VECTOR, Row, Vector

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

logger = logging.getLogger(__name__)

_T = TypeVar("_T")

_VECTORS = ("sentences",)  # searched by vector
_TABLES = ("documents", "texts", "passages", "journal")  # every row has the same vector, of one dimension
_NEVER, _AT_ONCE = 2**31 - 1, 2  # values of sync_threshold; 2 is the least that Chroma takes
# of the 30 nearest among 9,567 real vectors: 98.7% found with Chroma's ef_search of 100, all with 400; +1 ms
_COSINE = {"space": "cosine", "ef_search": 400}
_CHEAP = {"space": "l2", "ef_construction": 4, "max_neighbors": 2, "ef_search": 4}
_PAGE = 5_000  # rows in one call: SQLite takes 32,766 variables, Chroma 5,461 rows


def exists(home: Path) -> bool:
    """Whether there is an index in this folder, even one that a killed process left half in place."""
    return any((home / name).exists() for name in ("chroma", "chroma.next"))


def take_place(made: Path, home: Path) -> None:
    """Moves the index in the folder ``made`` to ``home``, in the place of the one there, if any.

    Both must be closed. Killed at any moment, the next opening finds the old one or the new one, whole.
    """
    shutil.rmtree(home / "chroma.old", ignore_errors=True)
    shutil.rmtree(home / "chroma.next", ignore_errors=True)
    (made / "chroma").rename(home / "chroma.next")
    if (home / "chroma").exists():
        (home / "chroma").rename(home / "chroma.old")
    (home / "chroma.next").rename(home / "chroma")
    shutil.rmtree(home / "chroma.old", ignore_errors=True)


class ChromaFolder:
    """An opened Chroma folder; its methods may be called from any thread.

    Attributes:
        facts: what the folder was made with, as given when it was new.
    """

    def __init__(self, home: Path, facts: Mapping[str, str | int]) -> None:
        """Opens ``home/chroma``, makes it when it is missing, and finishes what a killed process left.

        Args:
            home: the folder of the index; its lock must be held.
            facts: written into a new folder; an old one keeps its own.

        Raises:
            StoreError: Chroma cannot open the folder.
        """
        self._path, self._next = home / "chroma", home / "chroma.next"
        self._draft, self._old = home / "chroma.draft", home / "chroma.old"
        self._rebuild = home / "rebuild"
        self._gate = threading.RLock()
        try:
            self._tidy()
            if not self._path.exists():
                _create(self._draft, facts)
                self._draft.rename(self._path)
            self._open()
        except Exception as error:  # Chroma raises its own, SQLite's and Rust's
            raise StoreError(
                f"The index in '{home}' cannot be opened ({type(error).__name__}: {error}). "
                "If that stays so, remake it with: assistant index --rebuild"
            ) from error
        self.facts = dict(self._collections["documents"].metadata or {})

    def _tidy(self) -> None:
        if not self._path.exists() and self._next.exists():
            self._next.rename(self._path)
        for leftover in (self._draft, self._next, self._old, self._rebuild):
            shutil.rmtree(leftover, ignore_errors=True)

    def _open(self) -> None:
        self._client = _connect(self._path)
        try:
            self._collections = {name: _collection(self._client, name) for name in (*_VECTORS, *_TABLES)}
        except BaseException:
            self._client.close()
            raise

    def close(self) -> None:
        """Lets go of the folder's files; what is called afterwards raises `StoreError`."""
        with self._gate:
            self._client.close()
            self._collections = {}

    def _collection(self, name: str) -> "Collection":
        if not self._collections:
            raise StoreError("This index is closed. Open a new Assistant.")
        return self._collections[name]

    def read(self, name: str, keys: Sequence[str], *, vectors: bool = False) -> Iterator[Row]:
        """The rows with these keys, in no order; a key that isn't there gives none."""
        for page in _pages(keys):
            with self._gate:
                answer = self._collection(name).get(
                    ids=list(page), include=["metadatas", "embeddings"] if vectors else ["metadatas"]
                )
            yield from _rows(answer["ids"], answer["metadatas"], answer["embeddings"])

    def read_all(self, name: str) -> Iterator[Row]:
        """Every row of a collection, without vectors."""
        offset, page = 0, [""]
        while page:
            with self._gate:
                answer = self._collection(name).get(limit=_PAGE, offset=offset, include=["metadatas"])
            page = answer["ids"]
            offset += len(page)
            yield from _rows(page, answer["metadatas"], None)

    def nearest(self, name: str, vector: Vector, k: int, where: Mapping[str, Any] | None) -> list[Row]:
        """At most ``k`` rows with the greatest cosine to a vector, of those whose version fits ``where``."""
        with self._gate:
            answer = self._collection(name).query(
                query_embeddings=vector[np.newaxis],
                n_results=k,
                where=dict(where) if where else None,
                include=["metadatas", "embeddings"],
            )
        assert answer["metadatas"] is not None
        assert answer["embeddings"] is not None
        return list(_rows(answer["ids"][0], answer["metadatas"][0], answer["embeddings"][0]))

    def put(self, name: str, rows: Sequence[Row], vectors: Vector | None = None) -> None:
        """Writes rows, all or none of each 5,000; those whose key is there already are replaced.

        Args:
            name: the collection.
            rows: any number of them, without their vectors.
            vectors: one for each row, where the collection is searched by vector.
        """
        if vectors is None:
            vectors = np.zeros((len(rows), 1), np.float32)
        for start in range(0, len(rows), _PAGE):
            page = rows[start : start + _PAGE]
            with self._gate:
                self._collection(name).upsert(
                    ids=[row.key for row in page],
                    embeddings=vectors[start : start + _PAGE],
                    metadatas=[{"version": row.version, "data": row.data} for row in page],
                )

    def delete(self, name: str, keys: Sequence[str]) -> None:
        """Deletes rows, all or none of each 5,000; keys that aren't there do no harm."""
        for page in _pages(keys):
            with self._gate:
                self._collection(name).delete(ids=list(page))

    def settle(self) -> None:
        """Has Chroma write its vector files, so that the next opening has nothing to replay.

        Nobody may write meanwhile; reading goes on but for the moment in which the copy takes over. Where
        the disk has no room for the copy, the folder stays as it is, and whole.
        """
        for name in self._collections:
            self._collection(name).get(limit=1, include=["embeddings"])  # Chroma finishes a write when it reads
        try:
            shutil.copytree(self._path, self._draft)
            _write_vectors(self._draft)
            self._draft.rename(self._next)
        except OSError as error:
            logger.warning("The index was not compacted (%s): it works, but opens more slowly.", error)
            shutil.rmtree(self._draft, ignore_errors=True)
            return
        with self._gate:
            self.close()
            self._path.rename(self._old)
            self._next.rename(self._path)
            self._open()
        shutil.rmtree(self._old, ignore_errors=True)


def _connect(path: Path) -> "Client":
    import chromadb
    from chromadb.config import Settings

    client = chromadb.PersistentClient(str(path), settings=Settings(anonymized_telemetry=False))
    return cast("Client", client)  # the declared type lacks close()


def _collection(client: "Client", name: str) -> "Collection":
    return client.get_collection(name, embedding_function=None)


def _create(path: Path, facts: Mapping[str, str | int]) -> None:
    client = _connect(path)
    try:
        for name in (*_VECTORS, *_TABLES):
            shape = _COSINE if name in _VECTORS else _CHEAP
            hnsw: Any = {**shape, "sync_threshold": _NEVER}
            client.create_collection(
                name,
                embedding_function=None,
                configuration={"hnsw": hnsw},
                metadata=dict(facts) if name == "documents" else None,
            )
    finally:
        client.close()


def _write_vectors(path: Path) -> None:
    """Chroma heeds a new threshold only when it replays its log, at the first reading after opening."""
    for threshold in (_AT_ONCE, _NEVER):
        client = _connect(path)
        try:
            for name in (*_VECTORS, *_TABLES):
                collection = _collection(client, name)
                if threshold == _NEVER:
                    collection.get(limit=1, include=["embeddings"])
                with warnings.catch_warnings():  # Chroma calls a collection without its own embedder legacy
                    warnings.simplefilter("ignore", DeprecationWarning)
                    collection.modify(configuration={"hnsw": {"sync_threshold": threshold}})
        finally:
            client.close()


def _rows(keys: Sequence[str], fields: Any, vectors: Any) -> Iterator[Row]:
    for place, (key, field) in enumerate(zip(keys, fields, strict=True)):
        vector = NO_VECTOR if vectors is None else np.asarray(vectors[place], np.float32)
        yield Row(key, field["version"], field["data"], vector)


def _pages(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for start in range(0, len(values), _PAGE):
        yield values[start : start + _PAGE]
