"""The one store: documents, sentences, passages and their vectors, each document whole or not at all.

A document's rows carry its version, a hash of all that they are made from, and the row that names the
document says which version is live. So one call, which SQLite makes atomic, turns a group of documents from
old to new; a journal row, written before and deleted after, names the rows that a killed process may have
left over, and the next opening deletes them. Rows whose version is not live are never shown.
"""

import json
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any, Self

import numpy as np

from assistant.errors import DocumentNotFoundError, MismatchError, StoreError
from assistant.index import rows
from assistant.index.chroma.collections import Collections, CommitMark, Server
from assistant.index.chroma.embedded import EmbeddedChroma
from assistant.index.chroma.listing_cache import recall, remember
from assistant.index.lock import HomeLock
from assistant.index.rows import (
    DocumentEntry,
    LiveState,
    NearestSentence,
    PreparedDocument,
    Row,
    Vector,
)
from assistant.options import DocumentFilter
from assistant.types import Chunk, Document, Sentence

_SCHEMA = 2  # raise it when rows change their shape
# Rows in Chroma's log, which an opening replays and each writing looks through; to settle them copies the folder, so
# more may wait in a larger index: a share of its rows.
_SETTLE_AT_REST, _SHARE_AT_REST = 256, 200  # some 50 ms of the next opening
_SETTLE_IN_RUN, _SHARE_IN_RUN = 20_000, 10  # within one long run: a killed one opens in seconds
_GROUP, _PENDING = "group", "pending"  # keys in the journal
_KEYS = (("sentences", rows.sentence_key), ("passages", rows.chunk_key), ("texts", rows.text_key))
_BLOCK = 500  # sentences read together with their vectors
_AT_ONCE = 4_000  # sentences put together: each putting costs Chroma some 10 µs for every row that isn't settled
_DEEPEST = 4_000  # sentences asked for at most, to find some in scope
_LISTED = 1_000  # documents that were not known of a server, after which what it lists is kept anew
_CACHED = 32_000_000  # characters of canonical text kept in memory


def index_fingerprint(embedder: str, dimension: int, splitter: str) -> dict[str, str | int]:
    """What an index is made with: opened with anything else it would find nothing, or the wrong things."""
    return {"embedder": embedder, "dimension": dimension, "splitter": splitter, "schema": _SCHEMA}


class Store:
    """An opened index. Any number of threads may read while one writes; writers take turns."""

    def __init__(self, home: Path, embedder: str, dimension: int, splitter: str, server: Server | None = None) -> None:
        """Opens the index in a folder or a server, or makes it, and puts right what a killed process left.

        Args:
            home: the folder; locked until `close`, unless the index is in a server.
            embedder: the name of the embedding model.
            dimension: the length of its vectors.
            splitter: the version of the sentence splitter.
            server: connects to the Chroma server that holds the index.

        Raises:
            LockedError: another process has the folder open.
            MismatchError: it was made with another embedder, dimension or splitter.
            StoreError: it cannot be opened.
        """
        self.home = home
        self._facts = index_fingerprint(embedder, dimension, splitter)
        self._writing, self._noting = threading.RLock(), threading.Lock()
        self._texts = rows.TextCache(_CACHED)
        self._now, self._pending = LiveState.of({}), 0
        self._unswept = False  # whether rows may be left over, as when the disk is full in the middle
        self._seen: CommitMark | None = None
        self._opened: Collections | None = None
        self._lock = None if server else HomeLock(home)
        try:
            self._chroma = self._opened = server(self._facts) if server else EmbeddedChroma(home, self._facts)
            self._check(self._chroma.facts)
            if server:
                self._catch_up_from(home / f"listed{self._chroma.place}.json")
            else:
                self._recover()
        except BaseException:
            self.close()
            raise

    def _catch_up_from(self, kept: Path) -> None:
        """Sees all there is in a server: what it listed when last opened, and what is new since."""
        kept.parent.mkdir(parents=True, exist_ok=True)
        self._seen, documents = recall(kept)
        self._now = LiveState.of(documents)
        before = self._now.owners.keys()
        self.catch_up()
        if self._seen and len(before ^ self._now.owners.keys()) > _LISTED:
            remember(kept, self._seen, self._now.documents.values())

    def _check(self, made: Mapping[str, Any]) -> None:
        if other := [name for name, value in self._facts.items() if made.get(name) != value]:
            old, new = (", ".join(f"{name} {facts.get(name)}" for name in other) for facts in (made, self._facts))
            raise MismatchError(
                f"The index {self._chroma.where} was made with {old}; this would be {new}. "
                "Set it back, or remake the index with: assistant index --rebuild"
            )

    @property
    def cache_name(self) -> str:
        """The file in the home that caches the words of this index: one for each index that the home is used with."""
        return f"lexical{self._chroma.place}.sqlite"

    def announce(self, address: str) -> None:
        """Lets other processes know where this index is served."""
        if self._lock:
            self._lock.announce(address)

    def close(self) -> None:
        """Closes the index and gives its folder free; harmless when done twice."""
        with self._writing:
            opened, self._opened = self._opened, None
            if opened is not None:
                opened.close()
            if self._lock:
                self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Reading

    def catch_up(self) -> bool:
        """Sees what other processes have written to the server since; in a folder there are none.

        Returns:
            Whether there was anything.
        """
        with self._noting:
            news = self._chroma.news(self._seen)
            if news is None:
                return False
            if self._seen and news.mark[0] != self._seen[0]:
                self._check(self._chroma.facts)  # it was made anew, perhaps with other models
            documents = {} if news.whole else dict(self._now.documents)
            for row in news.listings:
                if row.version:
                    documents[row.key] = rows.read_listing(row)
                else:
                    documents.pop(row.key, None)
            self._now, self._seen = LiveState.of(documents), news.mark
            return True

    def summaries(self) -> tuple[DocumentEntry, ...]:
        """Every document without its text, in the order of their sources."""
        return tuple(sorted(self._now.documents.values(), key=lambda each: each.source))

    def beside(self, versions: AbstractSet[str]) -> tuple[list[str], list[DocumentEntry]]:
        """Those of some versions that aren't live, and the live documents of other versions by their sources."""
        now = self._now
        new = [now.documents[now.owners[version]] for version in now.owners.keys() - versions]
        return [*(versions - now.owners.keys())], sorted(new, key=lambda each: each.source)

    def summary(self, document_id: str) -> DocumentEntry | None:
        """One document without its text; None when it isn't indexed."""
        return self._now.documents.get(document_id)

    def _listed(self, document_id: str) -> DocumentEntry:
        if (at := self.summary(document_id)) is None:
            raise DocumentNotFoundError(
                f"No document has the id '{document_id}'. See what is indexed with: assistant documents"
            )
        return at

    def versions(self, scope: DocumentFilter | None = None) -> frozenset[str] | None:
        """The live versions of the documents in scope; None means all there are.

        Raises:
            DocumentNotFoundError: the scope names a document that isn't indexed.
        """
        return self._inside(scope, self._now)

    def _inside(self, scope: DocumentFilter | None, now: LiveState) -> frozenset[str] | None:
        if scope is None:
            return None
        for document_id in scope.documents or ():
            self._listed(document_id)
        inside = frozenset(each.version for each in now.documents.values() if scope.accepts(each))
        return None if len(inside) == len(now.documents) else inside

    def document(self, document_id: str) -> Document:
        """A document with its canonical text.

        Raises:
            DocumentNotFoundError: it isn't indexed.
        """
        while True:
            at = self._listed(document_id)
            if (kept := self._texts.get(at.version)) is not None:
                return kept
            found = list(self._chroma.read("texts", [rows.text_key(at.version, n) for n in range(at.texts)]))
            if len(found) == at.texts and self._is_sound(document := rows.read_document(at, found), at):
                self._texts.put(at.version, document)
                return document
            if not self.catch_up() and self._now.documents.get(document_id) is at:  # else a writer has just replaced it
                raise StoreError(
                    f"The text of '{at.source}' is damaged. Remake the index with: assistant index --rebuild"
                )

    def _is_sound(self, document: Document, at: DocumentEntry) -> bool:
        """Whether everything that was read of a document is what was written: no bit of it has flipped since."""
        return rows.version(PreparedDocument(document, at.file_hash, (), ()), json.dumps(self._facts)) == at.version

    def sentences(self, document_id: str, first: int = 0, last: int | None = None) -> tuple[Sentence, ...]:
        """A document's sentences in reading order.

        Args:
            document_id: the document.
            first: the number of the first sentence wanted.
            last: the number of the last one, inclusive; None means to the end.

        Raises:
            DocumentNotFoundError: it isn't indexed.
        """
        at = self._listed(document_id)
        end = at.sentences if last is None else min(at.sentences, last + 1)
        keys = [rows.sentence_key(at.version, number) for number in range(max(0, first), end)]
        found = [rows.read_sentence(at.id, row) for row in self._chroma.read("sentences", keys)]
        return tuple(sorted(found, key=lambda each: each.number))

    def sentences_of(self, listed: Sequence[DocumentEntry]) -> Iterator[tuple[str, Sentence]]:
        """The sentences of many documents with their keys, in no order; none of those that are gone meanwhile."""
        owners = {at.version: at.id for at in listed}
        keys = [rows.sentence_key(at.version, number) for at in listed for number in range(at.sentences)]
        for row in self._chroma.read("sentences", keys):
            yield row.key, rows.read_sentence(owners[row.version], row)

    def nearest(self, question: Vector, k: int, scope: DocumentFilter | None = None) -> list[NearestSentence]:
        """The sentences whose vectors are nearest to a question's.

        Args:
            question: a unit vector.
            k: how many sentences at most.
            scope: which documents may give them; None means all.

        Returns:
            Best first; fewer than ``k`` where there are no more, or where a scope of very many documents, which Chroma
            can't be given, holds none of the sentences that are nearest of all.

        Raises:
            DocumentNotFoundError: the scope names a document that isn't indexed.
        """
        asked = k
        while True:
            now = self._now
            versions = self._inside(scope, now)
            if versions is not None and not versions:
                return []
            read = self._chroma.nearest("sentences", question, asked, rows.where(versions, now.owners))
            live = rows.found(read, question, now.owners)
            if now is not self._now or (len(live) < len(read) and self.catch_up()):
                continue  # a writer has just replaced some: look again
            found = [each for each in live if versions is None or rows.version_of(each.key) in versions]
            if len(found) >= k or len(read) < asked or asked > _DEEPEST:
                return sorted(found, key=lambda each: -each.similarity)[:k]
            asked *= 2  # rows of a document that is being written, or out of scope, took places

    def fetch(self, keys: Iterable[str], question: Vector) -> list[NearestSentence]:
        """Sentences by key, such as the lexical index gives, compared with a question.

        Returns:
            In the order of ``keys``; a key whose document has changed or gone meanwhile is left out.
        """
        owners = self._now.owners
        wanted = [key for key in keys if rows.version_of(key) in owners]
        found = {
            each.key: each
            for each in rows.found(self._chroma.read("sentences", wanted, vectors=True), question, owners)
        }
        return [found[key] for key in wanted if key in found]

    def chunks(self, sentences: Iterable[Sentence]) -> dict[tuple[str, int], Chunk]:
        """The passages that hold these sentences, by document id and passage number."""
        now = self._now
        live, owners = now.documents, now.owners
        places = {(each.document_id, each.chunk) for each in sentences if each.document_id in live}
        keys = [rows.chunk_key(live[document_id].version, number) for document_id, number in places]
        found = [rows.read_chunk(owners[row.version], row) for row in self._chroma.read("passages", keys)]
        return {(chunk.document_id, chunk.number): chunk for chunk in found}

    @property
    def facts(self) -> Mapping[str, str | int]:
        """What the index is made with: the embedder, the dimension, the splitter, the schema."""
        return dict(self._facts)

    def blocks(self, at: DocumentEntry) -> Iterator[tuple[Sequence[Sentence], Vector]]:
        """A document's sentences in reading order with their vectors, in the blocks that `write` takes.

        Raises:
            StoreError: it has changed or gone meanwhile, or a row of it is missing.
        """
        for start in range(0, at.sentences, _BLOCK):
            keys = [rows.sentence_key(at.version, n) for n in range(start, min(start + _BLOCK, at.sentences))]
            found = sorted(self._chroma.read("sentences", keys, vectors=True), key=lambda row: rows.number_of(row.key))
            if len(found) != len(keys):
                raise StoreError(
                    f"Sentences of '{at.source}' are missing: it was replaced meanwhile, or is damaged. Do it once "
                    "more; if that stays so, remake the index with: assistant index --rebuild"
                )
            yield [rows.read_sentence(at.id, row) for row in found], np.stack([row.vector for row in found])

    # Writing

    def write(self, drafts: Sequence[PreparedDocument], sentences: Iterable[tuple[Sequence[Sentence], Vector]]) -> None:
        """Writes documents; each takes the place of what was there with its id, all at one moment.

        Args:
            drafts: the documents, at most 5,000.
            sentences: all their sentences with unit vectors (n, dimension), in blocks; may be a generator
                that embeds as it is asked.
        """
        with self._turn():
            made_of = json.dumps(self._facts)
            new = {each.document.id: rows.listing(each, rows.version(each, made_of)) for each in drafts}
            with self._journalled([*new.values(), *self._present(new)]):
                texts = [rows.pack_texts(draft.document, new[draft.document.id].version) for draft in drafts]
                self._chroma.put("texts", [*chain.from_iterable(texts)])
                chunks = chain.from_iterable(draft.chunks for draft in drafts)
                self._chroma.put("passages", [rows.pack_chunk(at, new[at.document_id].version) for at in chunks])
                for block, vectors in _joined(sentences):
                    packed = [rows.pack_sentence(at, new[at.document_id].version) for at in block]
                    self._chroma.put("sentences", packed, vectors)
                self._commit(new, ())
            if self._pending >= max(_SETTLE_IN_RUN, self._now.rows // _SHARE_IN_RUN):
                self._settle()

    def remove(self, document_ids: Iterable[str]) -> None:
        """Removes documents with everything of theirs.

        Raises:
            DocumentNotFoundError: one isn't indexed; nothing is removed then.
        """
        with self._turn():
            gone = {document_id: self._listed(document_id) for document_id in document_ids}
            with self._journalled(gone.values()):
                self._commit({}, gone)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Waits until nobody else writes, and puts right what a killed writer left."""
        with self._writing, self._chroma.turn():
            if self._lock is None:
                self.catch_up()
                self._mend()
            yield

    def _commit(self, new: Mapping[str, DocumentEntry], gone: Collection[str]) -> None:
        with self._noting:
            self._seen = self._chroma.commit([rows.pack_listing(at) for at in new.values()], list(gone))
            kept = {key: at for key, at in self._now.documents.items() if key not in gone}
            self._now = LiveState.of({**kept, **new})

    def settle(self) -> None:
        """Makes the next opening quick, once enough was written to slow it; call it when a run ends."""
        with self._writing:
            if self._pending >= max(_SETTLE_AT_REST, self._now.rows // _SHARE_AT_REST):
                self._settle()

    def _settle(self) -> None:
        self._chroma.settle()
        self._pending = 0
        self._chroma.put("journal", [Row(_PENDING, "", "0")])

    def _present(self, document_ids: Iterable[str]) -> list[DocumentEntry]:
        return [at for key in document_ids if (at := self._now.documents.get(key)) is not None]

    @contextmanager
    def _journalled(self, touched: Iterable[DocumentEntry]) -> Iterator[None]:
        """Names what may be left over, lets the change happen, and deletes what is no longer live."""
        if self._unswept:
            self._mend()
        group = [(at.version, (at.sentences, at.chunks, at.texts)) for at in touched]
        self._pending += sum(sum(counts) for _, counts in group)
        self._chroma.put("journal", [Row(_GROUP, "", json.dumps(group)), Row(_PENDING, "", str(self._pending))])
        self._unswept = True
        try:
            yield
        except BaseException:
            self._chroma.refresh()
            self._recover()
            raise
        self._sweep(group)

    def _recover(self) -> None:
        self._seen = None
        self.catch_up()
        self._mend()

    def _mend(self) -> None:
        journal = {row.key: row.data for row in self._chroma.read_all("journal")}
        self._pending = int(journal.get(_PENDING, "0"))
        if _GROUP in journal:
            self._sweep(json.loads(journal[_GROUP]))

    def _sweep(self, group: Iterable[tuple[str, Sequence[int]]]) -> None:
        over = [(version, counts) for version, counts in group if version not in self._now.owners]
        for place, (name, key) in enumerate(_KEYS):
            keys = [key(version, number) for version, counts in over for number in range(counts[place])]
            self._chroma.delete(name, keys)
        self._chroma.delete("journal", [_GROUP])
        self._unswept = False


def _joined(blocks: Iterable[tuple[Sequence[Sentence], Vector]]) -> Iterator[tuple[Sequence[Sentence], Vector]]:
    """The blocks, put together to larger ones."""
    sentences: list[Sentence] = []
    vectors: list[Vector] = []
    for block, its in blocks:
        sentences += block
        vectors.append(its)
        if len(sentences) >= _AT_ONCE:
            yield sentences, np.concatenate(vectors)
            sentences, vectors = [], []
    if sentences:
        yield sentences, np.concatenate(vectors)
