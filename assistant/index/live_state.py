"""What the reading side of the store keeps in memory: the list of live documents, and texts used lately."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Self

from assistant.index.rows import DocumentEntry
from assistant.types import Document


@dataclass(frozen=True, slots=True)
class LiveState:
    """The documents that are live at one moment. It is replaced whole, so no thread ever sees half a change."""

    documents: dict[str, DocumentEntry]  # by document id
    owners: dict[str, str]  # version → document id
    rows: int  # of sentences, chunks and texts together

    @classmethod
    def of(cls, documents: dict[str, DocumentEntry]) -> Self:
        """The state in which exactly these documents are live."""
        rows = sum(entry.sentences + entry.chunks + entry.texts for entry in documents.values())
        return cls(documents, {entry.version: entry.id for entry in documents.values()}, rows)


class TextCache:
    """The documents used last, up to a total number of characters. Safe to use from several threads."""

    def __init__(self, characters: int) -> None:
        self._room = characters
        self._documents: OrderedDict[str, Document] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, version: str) -> Document | None:
        """The document of this version, or None when it is not in the cache."""
        with self._lock:
            if version in self._documents:
                self._documents.move_to_end(version)
            return self._documents.get(version)

    def put(self, version: str, document: Document) -> None:
        """Adds a document, and drops those used longest ago when there is no more room."""
        with self._lock:
            if version not in self._documents:
                self._room -= len(document.text)
            self._documents[version] = document
            while self._room < 0 and self._documents:
                self._room += len(self._documents.popitem(last=False)[1].text)
