"""The reading side of the store: documents, sentences and chunks as they are live now."""

import json
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from assistant.errors import DocumentNotFoundError, MismatchError, StoreError
from assistant.index import rows
from assistant.index.chroma.collections import Collections, CommitMark
from assistant.index.chroma.listing_cache import load_entries, save_entries
from assistant.index.fingerprint import IndexFingerprint
from assistant.index.geometry_rows import geometry_keys, read_geometry
from assistant.index.live_state import LastUsed, LiveState, version_filter
from assistant.index.rows import DocumentEntry, NearestSentence, PreparedDocument, SentenceBatch, Vector
from assistant.index.unsearched import read_sentences, read_sentences_with_vectors
from assistant.options import DocumentFilter
from assistant.structure import Geometry
from assistant.types import Chunk, Document, Sentence

_BATCH_SENTENCES = 500  # read together with their vectors
_MAX_SEARCHED = 4_000  # nearest sentences requested at most, to find enough in scope
_STALE_CACHE_DOCUMENTS = 1_000  # that differ from the cached entries of a server, from which the cache is rewritten
_CACHED_CHARS = 32_000_000  # of canonical text that stay in memory
_CACHED_GEOMETRY_BYTES = 8_000_000  # of the places of words, about those of 5,000 pages


class StoreReader:
    """An opened index as readers see it. Any number of threads may read while one writes.

    Attributes:
        fingerprint: what the index is made with.
    """

    def __init__(self, chroma: Collections, fingerprint: IndexFingerprint) -> None:
        """Checks what the index was made with; no document is live before `catch_up`.

        Raises:
            MismatchError: it was made with another embedder, dimension or splitter, or by another version.
        """
        self.fingerprint = fingerprint
        self._chroma = chroma
        self._state_lock = threading.Lock()
        self._live = LiveState.of({})
        self._mark: CommitMark | None = None  # of the live state; None before everything is read
        self._texts = LastUsed[Document](_CACHED_CHARS)
        self._geometries = LastUsed[Geometry](_CACHED_GEOMETRY_BYTES)
        self._check_fingerprint(chroma.metadata)

    def _check_fingerprint(self, metadata: Mapping[str, Any]) -> None:
        expected = self.fingerprint.to_metadata()
        if differing := [name for name, value in expected.items() if metadata.get(name) != value]:
            old, new = (
                ", ".join(f"{name} {values.get(name)}" for name in differing) for values in (metadata, expected)
            )
            raise MismatchError(
                f"The index {self._chroma.location} was made with {old}; this would be {new}. "
                "Set it back, or remake the index with: assistant index --rebuild"
            )

    def catch_up(self) -> bool:
        """Sees what other processes have written to the server since; in a folder there are none.

        Returns:
            Whether there was anything new.
        """
        with self._state_lock:
            news = self._chroma.new_commits(self._mark)
            if news is None:
                return False
            if self._mark and news.mark[0] != self._mark[0]:
                self._check_fingerprint(self._chroma.metadata)  # it was made anew, perhaps with other models
            documents = {} if news.complete else dict(self._live.documents)
            for row in news.entries:
                if row.version:
                    documents[row.key] = rows.read_entry(row)
                else:
                    documents.pop(row.key, None)
            self._live, self._mark = LiveState.of(documents), news.mark
            return True

    def _catch_up_from(self, cache_file: Path) -> None:
        """Reads the entries cached at an earlier opening, and from the server only what is new since."""
        self._mark, documents = load_entries(cache_file)
        self._live = LiveState.of(documents)
        cached_versions = self._live.owners.keys()
        self.catch_up()
        if self._mark and len(cached_versions ^ self._live.owners.keys()) > _STALE_CACHE_DOCUMENTS:
            save_entries(cache_file, self._mark, self._live.documents.values())

    # Documents

    def summaries(self) -> tuple[DocumentEntry, ...]:
        """Every document without its text, ordered by source."""
        return tuple(sorted(self._live.documents.values(), key=lambda entry: entry.source))

    def summary(self, document_id: str) -> DocumentEntry | None:
        """One document without its text; None when it isn't indexed."""
        return self._live.documents.get(document_id)

    def compare_versions(self, versions: AbstractSet[str]) -> tuple[list[str], list[DocumentEntry]]:
        """Compares some versions with the live ones.

        Returns:
            Those of the versions that aren't live, and the live documents of other versions, ordered by source.
        """
        live = self._live
        missing = [live.documents[live.owners[version]] for version in live.owners.keys() - versions]
        return [*(versions - live.owners.keys())], sorted(missing, key=lambda entry: entry.source)

    def versions(self, scope: DocumentFilter | None = None) -> frozenset[str] | None:
        """The live versions of the documents in scope; None means all of them.

        Raises:
            DocumentNotFoundError: the scope names a document that isn't indexed.
        """
        return self._versions_in_scope(scope, self._live)

    def _versions_in_scope(self, scope: DocumentFilter | None, live: LiveState) -> frozenset[str] | None:
        if scope is None:
            return None
        for document_id in scope.documents or ():
            self._require_entry(document_id)
        accepted = frozenset(entry.version for entry in live.documents.values() if scope.accepts(entry))
        return None if len(accepted) == len(live.documents) else accepted

    def _require_entry(self, document_id: str) -> DocumentEntry:
        if (entry := self.summary(document_id)) is None:
            raise DocumentNotFoundError(
                f"No document has the id '{document_id}'. See what is indexed with: assistant documents"
            )
        return entry

    def document(self, document_id: str) -> Document:
        """A document with its canonical text, without its geometry.

        Raises:
            DocumentNotFoundError: it isn't indexed.
            StoreError: its text is damaged.
        """
        while True:
            entry = self._require_entry(document_id)
            if (cached := self._texts.get(entry.version)) is not None:
                return cached
            keys = [rows.text_key(entry.version, number) for number in range(entry.texts)]
            pieces = list(self._chroma.read("texts", keys))
            if len(pieces) == entry.texts and self._is_sound(document := rows.read_document(entry, pieces), entry):
                self._texts.put(entry.version, document, len(document.text))
                return document
            if not self.catch_up() and self._live.documents.get(document_id) is entry:
                raise StoreError(
                    f"The text of '{entry.source}' is damaged. Remake the index with: assistant index --rebuild"
                )
            # A writer has just replaced the document: read the new one.

    def document_with_geometry(self, document_id: str) -> Document:
        """A document as it was indexed; raises as `document` does."""
        while True:
            document = self.document(document_id)
            entry = self._require_entry(document_id)
            if entry.sha256 == document.sha256:  # else a writer has just replaced it
                return replace(document, geometry=self.geometry(entry, 0, entry.characters))

    def geometry(self, entry: DocumentEntry, start: int, end: int) -> Geometry | None:
        """Where the words of a span of a document's text stand, and of some around it; None where that isn't known.

        Raises:
            StoreError: it is damaged.
        """
        keys = geometry_keys(entry, start, end)
        if not keys:
            return None
        name = f"{keys[0]} {len(keys)}"
        if (cached := self._geometries.get(name)) is not None:
            return cached
        read = list(self._chroma.read("texts", keys))
        if len(read) < len(keys):
            if self.summary(entry.id) is entry and not self.catch_up():
                raise StoreError(
                    f"Places of words in '{entry.source}' are missing. Remake the index with: assistant index --rebuild"
                )
            return None  # a writer has just replaced the document
        geometry = read_geometry(read)
        if geometry is not None:
            self._geometries.put(name, geometry, sum(len(row.data) for row in read))
        return geometry

    def _is_sound(self, document: Document, entry: DocumentEntry) -> bool:
        """Whether all that was read of a document is what was written: no bit of it has flipped since."""
        prepared = PreparedDocument(document, entry.file_hash, (), ())
        return self._version_of(prepared, entry.geometry_sha256) == entry.version

    def _version_of(self, prepared: PreparedDocument, geometry_sha256: str) -> str:
        return rows.document_version(prepared, json.dumps(self.fingerprint.to_metadata()), geometry_sha256)

    # Sentences and chunks

    def sentences(self, document_id: str, first: int = 0, last: int | None = None) -> tuple[Sentence, ...]:
        """A document's sentences in reading order.

        Args:
            document_id: the document.
            first: the number of the first sentence wanted.
            last: the number of the last one, inclusive; None means to the end.

        Raises:
            DocumentNotFoundError: it isn't indexed.
        """
        entry = self._require_entry(document_id)
        end = entry.sentences if last is None else min(entry.sentences, last + 1)
        keys = [rows.sentence_key(entry.version, number) for number in range(max(0, first), end)]
        sentences = [rows.read_sentence(entry.id, row) for row in read_sentences(self._chroma, keys)]
        return tuple(sorted(sentences, key=lambda sentence: sentence.number))

    def sentences_of(self, entries: Sequence[DocumentEntry]) -> Iterator[tuple[str, Sentence]]:
        """The sentences of many documents with their keys, in no particular order.

        Documents that were removed meanwhile yield nothing.
        """
        owners = {entry.version: entry.id for entry in entries}
        keys = [rows.sentence_key(entry.version, number) for entry in entries for number in range(entry.sentences)]
        for row in read_sentences(self._chroma, keys):
            yield row.key, rows.read_sentence(owners[row.version], row)

    def sentence_batches(self, entry: DocumentEntry) -> Iterator[SentenceBatch]:
        """A document's sentences in reading order with their vectors, in the batches that `Store.write` takes.

        Raises:
            StoreError: it was changed or removed meanwhile, or a row of it is missing.
        """
        for start in range(0, entry.sentences, _BATCH_SENTENCES):
            numbers = range(start, min(start + _BATCH_SENTENCES, entry.sentences))
            keys = [rows.sentence_key(entry.version, number) for number in numbers]
            batch = sorted(
                read_sentences_with_vectors(self._chroma, keys, self.fingerprint.dimension),
                key=lambda row: rows.number_of(row.key),
            )
            if len(batch) != len(keys):
                raise StoreError(
                    f"Sentences of '{entry.source}' are missing: it was replaced meanwhile, or is damaged. Do it once "
                    "more; if that stays so, remake the index with: assistant index --rebuild"
                )
            yield [rows.read_sentence(entry.id, row) for row in batch], np.stack([row.vector for row in batch])

    def chunks(self, sentences: Iterable[Sentence]) -> dict[tuple[str, int], Chunk]:
        """The chunks that contain these sentences, by document id and chunk number."""
        live = self._live
        documents, owners = live.documents, live.owners
        places = {(sentence.document_id, sentence.chunk) for sentence in sentences if sentence.document_id in documents}
        keys = [rows.chunk_key(documents[document_id].version, number) for document_id, number in places]
        chunks = [rows.read_chunk(owners[row.version], row) for row in self._chroma.read("passages", keys)]
        return {(chunk.document_id, chunk.number): chunk for chunk in chunks}

    def nearest(self, question: Vector, k: int, scope: DocumentFilter | None = None) -> list[NearestSentence]:
        """The sentences whose vectors are nearest to a question's.

        Args:
            question: a unit vector.
            k: how many sentences at most.
            scope: which documents they may come from; None means all.

        Returns:
            Best first. Fewer than ``k`` where there are no more, or where the scope has so many documents that Chroma
            cannot be given them all, and too few of the 4,000 nearest sentences of all documents are in it.

        Raises:
            DocumentNotFoundError: the scope names a document that isn't indexed.
        """
        wanted = k
        while True:
            live = self._live
            versions = self._versions_in_scope(scope, live)
            if versions is not None and not versions:
                return []
            nearest = self._chroma.nearest("sentences", question, wanted, version_filter(versions, live.owners))
            live_sentences = rows.nearest_sentences(nearest, question, live.owners)
            if live is not self._live or (len(live_sentences) < len(nearest) and self.catch_up()):
                continue  # a writer has just replaced some: look again
            rows.check_none_deleted(nearest, live.owners)
            in_scope = [
                sentence for sentence in live_sentences if versions is None or rows.version_of(sentence.key) in versions
            ]
            if len(in_scope) >= k or len(nearest) < wanted or wanted > _MAX_SEARCHED:
                return sorted(in_scope, key=lambda sentence: -sentence.similarity)[:k]
            wanted *= 2  # rows of documents that are being written, or are out of scope, took up places

    def fetch(self, keys: Iterable[str], question: Vector) -> list[NearestSentence]:
        """Sentences by key, such as the BM25 index returns, compared with a question's unit vector.

        Returns:
            In the order of ``keys``; a key whose document was changed or removed meanwhile is left out.
        """
        owners = self._live.owners
        live_keys = [key for key in keys if rows.version_of(key) in owners]
        read = read_sentences_with_vectors(self._chroma, live_keys, self.fingerprint.dimension)
        by_key = {sentence.key: sentence for sentence in rows.nearest_sentences(read, question, owners)}
        return [by_key[key] for key in live_keys if key in by_key]
