"""What the reading side of the store keeps in memory: the list of live documents, and what was used last."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, Self, TypeVar

from assistant.index.rows import DocumentEntry

_T = TypeVar("_T")

_MAX_FILTER_VERSIONS = 10_000  # that one filter names


@dataclass(frozen=True, slots=True)
class LiveState:
    """The documents that are live at one moment. It is replaced whole, so no thread ever sees half a change."""

    documents: dict[str, DocumentEntry]  # by document id
    owners: dict[str, str]  # version → document id
    rows: int  # of sentences, chunks, texts and geometries together

    @classmethod
    def of(cls, documents: dict[str, DocumentEntry]) -> Self:
        """The state in which exactly these documents are live."""
        rows = sum(entry.rows for entry in documents.values())
        return cls(documents, {entry.version: entry.id for entry in documents.values()}, rows)


def version_filter(versions: frozenset[str] | None, owners: Mapping[str, str]) -> dict[str, Any] | None:
    """Chroma's filter for some of the live versions, by inclusion or exclusion, whichever names fewer.

    SQLite takes at most 32,766 names; 10,000 cost 30 ms, 30,000 ten times that.

    Returns:
        None for no filter: all versions are wanted, or a filter would name more than 10,000.
    """
    if versions is None:
        return None
    named = versions if 2 * len(versions) <= len(owners) else owners.keys() - versions
    if len(named) > _MAX_FILTER_VERSIONS:
        return None
    return {"version": {"$in" if named is versions else "$nin": [*named]}}


class LastUsed(Generic[_T]):
    """The values used last, up to a total size. Safe to use from several threads."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._values: OrderedDict[str, tuple[_T, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> _T | None:
        """The value under this key, or None when it is not among those used last."""
        with self._lock:
            if key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key][0]

    def put(self, key: str, value: _T, size: int) -> None:
        """Adds a value, and drops those used longest ago when there is no more room."""
        with self._lock:
            _, size_before = self._values.get(key, (None, 0))
            self._room += size_before - size
            self._values[key] = (value, size)
            while self._room < 0 and self._values:
                self._room += self._values.popitem(last=False)[1][1]
