"""What the tests of the index share: documents, an opened index, and what is true of a whole one."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.client import Assistant
from assistant.index.bm25 import BM25Index
from assistant.index.chroma.collections import ServerConnector
from assistant.index.chroma.server import configured_server
from assistant.index.store import Store
from assistant.ingest.open_index import OpenIndex
from assistant.ingest.sync import add_documents, synchronise
from assistant.models.embedders import Embedder
from assistant.options import DocumentFilter
from assistant.readers import ReaderPool, document_id, file_source
from assistant.retrieval.retriever import Retriever
from assistant.segmentation.chunks import embedding_inputs
from assistant.settings import load_settings
from assistant.types import Document, IndexReport
from tests.support.fake_embedder import FakeEmbedder

SPLITTER = "test-1"


@dataclass(frozen=True)
class IndexUnderTest(OpenIndex):
    """An opened index with what tests often ask of it."""

    @property
    def retriever(self) -> Retriever:
        """A retriever over the index, without a span reader."""
        return Retriever(self.store, self.bm25, self.embedder)

    def synchronise(self, *paths: Path, max_bytes: int = 1_000_000, readers: ReaderPool | None = None) -> IndexReport:
        """As `assistant.ingest.sync.synchronise`."""
        return synchronise(self, paths, max_bytes=max_bytes, readers=readers)

    def add(self, *documents: Document) -> IndexReport:
        """As `assistant.ingest.sync.add_documents`."""
        return add_documents(self, documents)

    def nearest(self, text: str, k: int = 3, scope: DocumentFilter | None = None) -> list[str]:
        """The texts of the sentences nearest to this one."""
        question = self.embedder.embed_question(text)
        return [each.sentence.text for each in self.store.nearest(question, k, scope)]

    def words(self, *words: str, k: int = 3, scope: DocumentFilter | None = None) -> list[str]:
        """The texts of the sentences that hold these words."""
        found = self.bm25.search(words, k, self.store.versions(scope))
        question = self.embedder.embed_question(" ")
        return [each.sentence.text for each in self.store.fetch([key for key, _ in found], question)]


def index_of(assistant: Assistant) -> IndexUnderTest:
    """The index of an assistant that is open."""
    parts = assistant.engine().retriever
    return IndexUnderTest(parts.store, parts.bm25, parts.embedder)


def server(home: Path) -> ServerConnector | None:
    """The server that holds the index of this home, with --chroma-server: each home has a database of its own."""
    settings = load_settings()
    if settings.chroma_url is None:
        return None
    own = hashlib.sha256(str(home).encode()).hexdigest()[:8]
    return configured_server(load_settings(chroma_url=f"{settings.chroma_url}-{own}"))


@contextmanager
def opened(home: Path, embedder: Embedder | None = None) -> Iterator[IndexUnderTest]:
    """An index in this folder, closed at the end."""
    embedder = embedder or FakeEmbedder()
    with Store(home, embedder.name, embedder.dimension, SPLITTER, server(home)) as store:
        bm25 = BM25Index(store)
        try:
            yield IndexUnderTest(store, bm25, embedder)
        finally:
            bm25.close()


def document(name: str, text: str, **given: object) -> Document:
    """A document without a file."""
    return Document(**{"id": name, "title": name, "source": name, "text": text, "kind": "txt"} | given)  # type: ignore[arg-type]  # the tests' own keywords


def file_id(path: Path) -> str:
    """The id that a file's document has."""
    return document_id(file_source(path))


def state(index: IndexUnderTest) -> dict[str, tuple[str, Sequence[object]]]:
    """All that is in an index, by document, in a form that can be compared."""
    store = index.store
    return {at.id: (store.document(at.id).text, store.sentences(at.id)) for at in store.summaries()}


def check(index: IndexUnderTest) -> None:
    """Asserts all that is true of a whole index: no row too few, none too many, spans and vectors right."""
    store, chroma = index.store, index.store._chroma
    listed = store.summaries()
    for name, count in (("texts", "texts"), ("sentences", "sentences"), ("passages", "chunks")):
        expected = {
            f"{at.version}:{ {'texts': 't', 'sentences': '', 'passages': 'p'}[name] }{number}"
            for at in listed
            for number in range(getattr(at, count))
        }
        assert expected == {row.key for row in chroma.read_all(name)}, name
    assert {"pending"} >= {row.key for row in chroma.read_all("journal")}
    for at in listed:
        whole = store.document(at.id)
        assert at.sha256 == whole.sha256
        split = store.sentences(at.id)
        assert list(range(at.sentences)) == [each.number for each in split]
        for each in split:
            assert whole.text[each.start : each.end] == each.text
        for (_, number), chunk in store.chunks(split).items():
            assert number == chunk.number
            assert whole.text[chunk.start : chunk.end] == chunk.text
        keys = [f"{at.version}:{number}" for number in range(at.sentences)]
        found_keys = store.fetch(keys, index.embedder.embed_question("any"))
        assert keys == [each.key for each in found_keys]
        expected_vectors = index.embedder.embed_chunks(list(embedding_inputs(whole, split)))
        np.testing.assert_allclose(expected_vectors, [each.vector for each in found_keys], atol=1e-5)
    rows = index.bm25._cache.database.execute("SELECT count(*) FROM sentences").fetchone()[0]
    assert sum(at.sentences for at in listed) == rows
