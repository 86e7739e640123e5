"""The store: documents, sentences, chunks and their vectors, each document whole or not at all.

A document's rows carry its version, a hash of all that they are made from, and the entry of the document says which
version is live. So one call, which SQLite makes atomic, turns a group of documents from old to new. A journal row,
written before and deleted after, names the rows that a killed process may leave over; the next opening deletes them.
Rows whose version is not live are never shown.
"""

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from assistant.errors import StoreError
from assistant.home import prepare_home
from assistant.index import rows
from assistant.index.chroma.collections import Collections, ServerConnector
from assistant.index.chroma.embedded import EmbeddedChroma
from assistant.index.fingerprint import IndexFingerprint
from assistant.index.geometry_rows import pack_geometry
from assistant.index.journal import Journal
from assistant.index.live_state import LiveState
from assistant.index.lock import HomeLock, unusable_message
from assistant.index.rows import DocumentEntry, PreparedDocument, SentenceBatch, Vector
from assistant.index.store_reader import StoreReader
from assistant.index.unsearched import put_sentences

if TYPE_CHECKING:
    from assistant.types import Sentence

# Rows may wait in Chroma's log, which an opening replays and every write looks through. Settling them copies the
# folder, so a larger index lets more of them wait: so many rows, or one in so many of the index's rows.
_SETTLE_AT_REST_ROWS, _SETTLE_AT_REST_SHARE = 256, 200  # costs the next opening some 50 ms
_SETTLE_IN_RUN_ROWS, _SETTLE_IN_RUN_SHARE = 20_000, 10  # in the middle of a long run: a killed one opens in seconds
# Each call costs Chroma some 10 µs for every row that isn't settled yet, so few calls of many sentences are made.
_PUT_SENTENCES = 4_000


class Store(StoreReader):
    """An opened index that can be read and written. Any number of threads may read while one writes.

    Attributes:
        home: the folder that belongs to the index.
    """

    def __init__(
        self,
        home: Path,
        embedder: str,
        dimension: int,
        splitter: str,
        connect_to_server: ServerConnector | None = None,
    ) -> None:
        """Opens the index in a folder or a server, or makes it, and cleans up after a killed process.

        Args:
            home: the folder; locked until `close`, unless the index is in a server.
            embedder: the name of the embedding model.
            dimension: the length of its vectors.
            splitter: the version of the sentence splitter.
            connect_to_server: connects to the Chroma server that holds the index; by default it is in the folder.

        Raises:
            LockedError: another process has the folder open.
            MismatchError: it was made with another embedder, dimension or splitter.
            StoreError: it cannot be opened.
        """
        self.home = home
        self._write_lock = threading.RLock()
        self._opened: Collections | None = None
        self._home_lock = None if connect_to_server else HomeLock(home)
        fingerprint = IndexFingerprint(embedder, dimension, splitter)
        try:
            metadata = fingerprint.to_metadata()
            chroma = connect_to_server(metadata) if connect_to_server else EmbeddedChroma(home, metadata)
            self._opened = chroma
            super().__init__(chroma, fingerprint)
            self._journal = Journal(chroma)
            if connect_to_server:
                self._prepare_shared_home()
                self._catch_up_from(home / f"listed{chroma.cache_suffix}.json")
            else:
                self._recover()
        except BaseException:
            self.close()
            raise

    def _prepare_shared_home(self) -> None:
        try:
            prepare_home(self.home, is_shared=True)
        except OSError as error:
            raise StoreError(unusable_message(self.home, error)) from error

    @property
    def cache_name(self) -> str:
        """The name of the file in the home that caches this index's words. A home may be used with several indexes."""
        return f"lexical{self._chroma.cache_suffix}.sqlite"

    def announce(self, address: str) -> None:
        """Lets other processes know where this index is served over HTTP."""
        if self._home_lock:
            self._home_lock.announce(address)

    def close(self) -> None:
        """Closes the index and releases its folder; harmless when done twice."""
        with self._write_lock:
            opened, self._opened = self._opened, None
            if opened is not None:
                opened.close()
            if self._home_lock:
                self._home_lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self, documents: Sequence[PreparedDocument], batches: Iterable[SentenceBatch]) -> None:
        """Writes documents. Each replaces the one with its id, and all become live at one moment.

        Args:
            documents: at most 5,000.
            batches: all their sentences with unit vectors (n, dimension); may be a generator that embeds as it goes.
        """
        with self._write_turn():
            entries = {
                doc.document.id: rows.make_entry(doc, self._version_of(doc, rows.hash_geometry(doc.document)))
                for doc in documents
            }
            with self._journalled([*entries.values(), *self._live_entries(entries)]):
                texts = [
                    pack(doc.document, entries[doc.document.id].version)
                    for doc in documents
                    for pack in (rows.pack_texts, pack_geometry)
                ]
                self._chroma.put("texts", [*chain.from_iterable(texts)])
                chunks = chain.from_iterable(doc.chunks for doc in documents)
                self._chroma.put(
                    "passages", [rows.pack_chunk(chunk, entries[chunk.document_id].version) for chunk in chunks]
                )
                for sentences, vectors in _join_batches(batches):
                    packed = [
                        rows.pack_sentence(sentence, entries[sentence.document_id].version) for sentence in sentences
                    ]
                    put_sentences(self._chroma, packed, vectors, [sentence.is_body for sentence in sentences])
                self._commit(entries, ())
            if self._journal.pending >= max(_SETTLE_IN_RUN_ROWS, self._live.rows // _SETTLE_IN_RUN_SHARE):
                self._settle()

    def remove(self, document_ids: Iterable[str]) -> None:
        """Removes documents with everything that belongs to them.

        Raises:
            DocumentNotFoundError: one isn't indexed; nothing is removed then.
        """
        with self._write_turn():
            removed = {document_id: self._require_entry(document_id) for document_id in document_ids}
            with self._journalled([*removed.values()]):
                self._commit({}, removed)

    def settle(self) -> None:
        """Makes the next opening quick, if enough was written to slow it down. Call it when a run ends."""
        with self._write_lock:
            if self._journal.pending >= max(_SETTLE_AT_REST_ROWS, self._live.rows // _SETTLE_AT_REST_SHARE):
                self._settle()

    def _settle(self) -> None:
        self._chroma.settle()
        self._journal.reset_pending()

    @contextmanager
    def _write_turn(self) -> Iterator[None]:
        """Waits until nobody else writes, and cleans up after a writer that was killed."""
        with self._write_lock, self._chroma.write_turn():
            if self._home_lock is None:
                self.catch_up()
                self._journal.recover(self._live.owners)
            yield

    def _commit(self, entries: Mapping[str, DocumentEntry], removed: Collection[str]) -> None:
        with self._state_lock:
            self._mark = self._chroma.commit([rows.pack_entry(entry) for entry in entries.values()], list(removed))
            kept = {key: entry for key, entry in self._live.documents.items() if key not in removed}
            self._live = LiveState.of({**kept, **entries})

    def _live_entries(self, document_ids: Iterable[str]) -> list[DocumentEntry]:
        return [entry for key in document_ids if (entry := self._live.documents.get(key)) is not None]

    @contextmanager
    def _journalled(self, entries: Sequence[DocumentEntry]) -> Iterator[None]:
        """Names what may be left over, lets the change happen, and deletes what is no longer live."""
        if self._journal.is_open:
            self._journal.recover(self._live.owners)
        self._journal.begin(entries)
        try:
            yield
        except BaseException:
            self._chroma.refresh()
            self._recover()
            raise
        self._journal.end(self._live.owners)

    def _recover(self) -> None:
        """Reads everything anew, and deletes what a change left over."""
        self._mark = None
        self.catch_up()
        self._journal.recover(self._live.owners)


def _join_batches(batches: Iterable[SentenceBatch]) -> Iterator[SentenceBatch]:
    """The same sentences in larger batches."""
    sentences: list[Sentence] = []
    vectors: list[Vector] = []
    for batch_sentences, batch_vectors in batches:
        sentences += batch_sentences
        vectors.append(batch_vectors)
        if len(sentences) >= _PUT_SENTENCES:
            yield sentences, np.concatenate(vectors)
            sentences, vectors = [], []
    if sentences:
        yield sentences, np.concatenate(vectors)
