"""Rows and vectors in Chroma collections: what an index in a folder and one in a server have in common."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from assistant.index.rows import NO_VECTOR, Row, Vector, deleted_row, parse_chroma_row

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

_T = TypeVar("_T")

_VECTOR_COLLECTIONS = ("sentences",)  # those that are searched by vector
# All rows of the other collections have the same vector. "passages" holds the chunks.
NAMES = (*_VECTOR_COLLECTIONS, "documents", "texts", "passages", "journal")
NEVER = 2**31 - 1  # as sync_threshold: Chroma never writes its vector files
# Of the 30 nearest among 9,567 real vectors 98.7% are found with Chroma's default ef_search of 100, all with 400. The
# difference costs 1 ms a search.
_COSINE = {"space": "cosine", "ef_search": 400}
_MINIMAL = {"space": "l2", "ef_construction": 4, "max_neighbors": 2, "ef_search": 4}
_MAX_CALL_ROWS = 5_000  # rows in one call: SQLite takes 32,766 variables, Chroma 5,461 rows
_PAGE_ROWS = 20_000  # rows in one answer, where no keys are given
# A server takes at most 40 MiB in one call, and a number of a vector may have 20 characters there.
_MAX_CALL_CHARS, _MAX_CALL_NUMBERS = 4_000_000, 1_700_000

CLOSED = "This index is closed. Open a new Assistant."
CommitMark = tuple[str, int]  # a state of the index: which set of collections, and the number of commits until then
DUMMY_VECTOR = np.zeros((1, 1), np.float32)  # of a row that is not searched by vector


@dataclass(frozen=True, slots=True)
class NewCommits:
    """What was committed since an earlier mark."""

    mark: CommitMark  # of the state that is live now
    entries: Iterable[Row]  # rows of documents, may be read once; one without a version means: removed
    complete: bool = True  # whether these are all live documents, not only what has changed


class Collections(ABC):
    """Rows in named Chroma collections. The methods may be called from any thread.

    A change is made in this order: rows are put, `commit` makes them live at one moment, and rows that are no longer
    live are deleted.

    Attributes:
        metadata: what the index was made with, as given when it was new.
        cache_suffix: what the names of this index's cache files in the home end with; empty for an index in a folder.
        location: where the index is, in words for an error message.
    """

    metadata: Mapping[str, Any]
    cache_suffix = ""
    location: str

    @abstractmethod
    def _collection(self, name: str) -> "Collection":
        """The collection of this name, one of `NAMES`. Raises `StoreError` when the index is closed."""

    @abstractmethod
    def _call(self, work: Callable[[], _T]) -> _T:
        """Runs a function that uses Chroma, and turns what Chroma raises into `StoreError`."""

    @abstractmethod
    def write_turn(self) -> AbstractContextManager[None]:
        """The right to write, for as long as the context lasts."""

    @abstractmethod
    def new_commits(self, since: CommitMark | None) -> NewCommits | None:
        """What was committed since a mark: everything when that is None; None when there is nothing new."""

    @abstractmethod
    def commit(self, entries: Sequence[Row], removed: Sequence[str]) -> CommitMark:
        """Makes documents live, and takes others out, at one moment.

        Args:
            entries: rows of ``documents``, at most 5,000.
            removed: keys of such rows, at most 5,000.
        """

    @abstractmethod
    def settle(self) -> None:
        """Makes the next opening quick."""

    @abstractmethod
    def refresh(self) -> None:
        """Connects anew, where that is necessary after a failed write."""

    @abstractmethod
    def close(self) -> None:
        """Releases everything. Any later call raises `StoreError`."""

    def read(self, name: str, keys: Sequence[str], *, vectors: bool = False) -> Iterator[Row]:
        """The rows with these keys, in no particular order; a key that does not exist yields nothing."""
        include: Any = ["metadatas", "embeddings"] if vectors else ["metadatas"]
        for page in _pages(keys):
            yield from _parse_rows(self._get(name, ids=list(page), include=include))

    def read_all(self, name: str) -> Iterator[Row]:
        """Every row of a collection, without vectors."""
        yield from self._read_where(name, None)

    def _read_where(self, name: str, where: Mapping[str, Any] | None) -> Iterator[Row]:
        def fetch_page(offset: int) -> Any:
            return self._get(name, limit=_PAGE_ROWS, offset=offset, where=where, include=["metadatas"])

        offset, answer = 0, fetch_page(0)
        with ThreadPoolExecutor(1) as executor:  # fetches the next page while this one is parsed
            while answer["ids"]:
                offset += len(answer["ids"])
                following = executor.submit(fetch_page, offset) if len(answer["ids"]) == _PAGE_ROWS else None
                yield from _parse_rows(answer)
                if following is None:
                    return
                answer = following.result()

    def _get(self, name: str, **options: Any) -> Any:
        return self._call(lambda: self._collection(name).get(**options))

    def nearest(self, name: str, vector: Vector, k: int, where: Mapping[str, Any] | None) -> list[Row]:
        """At most ``k`` rows with the greatest cosine similarity to a vector, among those that the filter accepts.

        A row that is deleted while Chroma searches is among them as a `deleted_row`.
        """
        answer: Any = self._call(
            lambda: self._collection(name).query(
                query_embeddings=vector[np.newaxis],
                n_results=k,
                where=dict(where) if where else None,
                include=["metadatas", "embeddings"],
            )
        )
        return list(_parse_rows({field: answer[field][0] for field in ("ids", "metadatas", "embeddings")}))

    def put(self, name: str, rows: Sequence[Row], vectors: Vector | None = None, **fields: int) -> None:
        """Writes rows, in calls of at most 5,000 that each succeed or fail as a whole. Existing keys are replaced.

        Args:
            name: the collection.
            rows: any number of rows; a vector inside a row is ignored.
            vectors: (rows, dimension), where the collection is searched by vector.
            fields: further metadata of every row, to be filtered by.
        """
        if vectors is None:
            vectors = np.repeat(DUMMY_VECTOR, len(rows), axis=0)
        for start, end in _call_bounds(rows, min(_MAX_CALL_ROWS, max(1, _MAX_CALL_NUMBERS // vectors.shape[1]))):
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
        """Deletes rows, in calls of 5,000 that each succeed or fail as a whole; keys that do not exist do no harm."""
        for page in _pages(keys):
            self._call(lambda page=page: self._collection(name).delete(ids=list(page)))  # type: ignore[misc]  # mypy infers no type for a default


ServerConnector = Callable[[Mapping[str, str | int]], Collections]
"""Opens an index in a server: gets the metadata for a new index, and returns the opened collections."""


def collection_configuration(name: str, threshold: int = NEVER) -> Any:
    """The configuration with which a collection is created.

    Args:
        name: one of `NAMES`.
        threshold: the number of changes after which Chroma writes the collection's vector files.
    """
    return {"hnsw": {**(_COSINE if name in _VECTOR_COLLECTIONS else _MINIMAL), "sync_threshold": threshold}}


def _parse_rows(answer: Any) -> Iterator[Row]:
    vectors = answer["embeddings"]
    for position, (key, fields) in enumerate(zip(answer["ids"], answer["metadatas"], strict=True)):
        vector = NO_VECTOR if vectors is None else np.asarray(vectors[position], np.float32)
        yield deleted_row(key) if fields is None else parse_chroma_row(key, fields, vector)


def _call_bounds(rows: Sequence[Row], max_rows: int) -> Iterator[tuple[int, int]]:
    """Start and end of each run of rows that fits into one call."""
    start, size = 0, 0
    for position, row in enumerate(rows):
        if position - start == max_rows or (size and size + len(row.data) > _MAX_CALL_CHARS):
            yield start, position
            start, size = position, 0
        size += len(row.data)
    if rows:
        yield start, len(rows)


def _pages(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for start in range(0, len(values), _MAX_CALL_ROWS):
        yield values[start : start + _MAX_CALL_ROWS]
