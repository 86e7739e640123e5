"""Rows and vectors in Chroma collections: what an index in a folder and one in a server have in common."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from assistant.index.rows import NO_VECTOR, Row, Vector, chroma_row

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

_T = TypeVar("_T")

_VECTORS = ("sentences",)  # searched by vector
NAMES = (*_VECTORS, "documents", "texts", "passages", "journal")  # of the others' rows each has the same vector
NEVER = 2**31 - 1  # a value of sync_threshold
# of the 30 nearest among 9,567 real vectors: 98.7% found with Chroma's ef_search of 100, all with 400; +1 ms
_COSINE = {"space": "cosine", "ef_search": 400}
_CHEAP = {"space": "l2", "ef_construction": 4, "max_neighbors": 2, "ef_search": 4}
_PAGE = 5_000  # rows in one call: SQLite takes 32,766 variables, Chroma 5,461 rows
_LISTED = 20_000  # rows in one answer, where no keys are given
_SIZE, _NUMBERS = 4_000_000, 1_700_000  # characters, and numbers of up to 20 each: a server takes 40 MiB in one call

CLOSED = "This index is closed. Open a new Assistant."
CommitMark = tuple[str, int]  # a state of the index: which set of collections, and how many commits it has seen
NOWHERE = np.zeros((1, 1), np.float32)  # the vector of a row that isn't searched by vector


@dataclass(frozen=True, slots=True)
class NewCommits:
    """What was committed since some mark."""

    mark: CommitMark  # of what is live now
    listings: Iterable[Row]  # of documents, to be read once; without a version: it is gone
    whole: bool = True  # these are all there are


class Collections(ABC):
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

    @abstractmethod
    def _collection(self, name: str) -> "Collection":
        """One of `NAMES`."""

    @abstractmethod
    def _call(self, work: Callable[[], _T]) -> _T:
        """Does what asks Chroma something."""

    @abstractmethod
    def turn(self) -> AbstractContextManager[None]:
        """The right to write, for as long as the context lasts."""

    @abstractmethod
    def news(self, seen: CommitMark | None) -> NewCommits | None:
        """What was committed since ``seen``; all there is without it, None where there is nothing new."""

    @abstractmethod
    def commit(self, listings: Sequence[Row], gone: Sequence[str]) -> CommitMark:
        """Makes documents live, or takes them out, at one moment.

        Args:
            listings: rows of ``documents``, at most 5,000.
            gone: keys of such rows, at most 5,000.
        """

    @abstractmethod
    def settle(self) -> None:
        """Makes the next opening quick."""

    @abstractmethod
    def refresh(self) -> None:
        """Connects anew, where that is needed after a write that failed."""

    @abstractmethod
    def close(self) -> None:
        """Lets go of everything; what is called afterwards raises `StoreError`."""

    def read(self, name: str, keys: Sequence[str], *, vectors: bool = False) -> Iterator[Row]:
        """The rows with these keys, in no order; a key that isn't there gives none."""
        include: Any = ["metadatas", "embeddings"] if vectors else ["metadatas"]
        for page in _pages(keys):
            yield from _rows(self._get(name, ids=list(page), include=include))

    def read_all(self, name: str) -> Iterator[Row]:
        """Every row of a collection, without vectors."""
        yield from self._read_where(name, None)

    def _read_where(self, name: str, where: Mapping[str, Any] | None) -> Iterator[Row]:
        def page(offset: int) -> Any:
            return self._get(name, limit=_LISTED, offset=offset, where=where, include=["metadatas"])

        offset, answer = 0, page(0)
        with ThreadPoolExecutor(1) as ahead:  # a page is fetched while the one before is read
            while answer["ids"]:
                offset += len(answer["ids"])
                following = ahead.submit(page, offset) if len(answer["ids"]) == _LISTED else None
                yield from _rows(answer)
                if following is None:
                    return
                answer = following.result()

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
        for start, end in _filled(rows, min(_PAGE, max(1, _NUMBERS // vectors.shape[1]))):
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


def shape(name: str, threshold: int = NEVER) -> Any:
    """How a collection is made.

    Args:
        name: one of `NAMES`.
        threshold: changes after which Chroma writes its vector files.
    """
    return {"hnsw": {**(_COSINE if name in _VECTORS else _CHEAP), "sync_threshold": threshold}}


def _rows(answer: Any) -> Iterator[Row]:
    vectors = answer["embeddings"]
    for place, (key, field) in enumerate(zip(answer["ids"], answer["metadatas"], strict=True)):
        vector = NO_VECTOR if vectors is None else np.asarray(vectors[place], np.float32)
        yield chroma_row(key, field, vector)


def _filled(rows: Sequence[Row], most: int) -> Iterator[tuple[int, int]]:
    """Where to part rows so that each part can be written in one call, of so many at most."""
    start, size = 0, 0
    for place, row in enumerate(rows):
        if place - start == most or (size and size + len(row.data) > _SIZE):
            yield start, place
            start, size = place, 0
        size += len(row.data)
    if rows:
        yield start, len(rows)


def _pages(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for start in range(0, len(values), _PAGE):
        yield values[start : start + _PAGE]
