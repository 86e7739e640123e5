"""What the tests of the index share: documents, an open index, and what must be true of a whole one."""

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
from assistant.ingest.embedding import embed_sentences
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
    """An open index with what tests often ask of it."""

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
        """The texts of the sentences whose vectors are nearest to a text's."""
        question = self.embedder.embed_question(text)
        return [nearest.sentence.text for nearest in self.store.nearest(question, k, scope)]

    def words(self, *words: str, k: int = 3, scope: DocumentFilter | None = None) -> list[str]:
        """The texts of the sentences that contain these words, by BM25."""
        keys = [key for key, _ in self.bm25.search(words, k, self.store.versions(scope))]
        question = self.embedder.embed_question(" ")
        return [fetched.sentence.text for fetched in self.store.fetch(keys, question)]


def index_of(assistant: Assistant) -> IndexUnderTest:
    """The index of an open assistant."""
    retriever = assistant.engine().retriever
    return IndexUnderTest(retriever.store, retriever.bm25, retriever.embedder)


def only_document(assistant: Assistant) -> Document:
    """The one document of an open assistant."""
    (summary,) = assistant.documents()
    return assistant.document(summary.id)


def server_connector(home: Path) -> ServerConnector | None:
    """Connects to the server that holds the index of a home, with --chroma-server; each home has its own database."""
    settings = load_settings()
    if settings.chroma_url is None:
        return None
    suffix = hashlib.sha256(str(home).encode()).hexdigest()[:8]
    return configured_server(load_settings(chroma_url=f"{settings.chroma_url}-{suffix}"))


@contextmanager
def open_index(home: Path, embedder: Embedder | None = None) -> Iterator[IndexUnderTest]:
    """An index in a folder, open until the context ends."""
    embedder = embedder or FakeEmbedder()
    with Store(home, embedder.name, embedder.dimension, SPLITTER, server_connector(home)) as store:
        bm25 = BM25Index(store)
        try:
            yield IndexUnderTest(store, bm25, embedder)
        finally:
            bm25.close()


def document(name: str, text: str, **fields: object) -> Document:
    """A document without a file; its id, title and source are the name unless the fields say otherwise."""
    return Document(**{"id": name, "title": name, "source": name, "text": text, "kind": "txt"} | fields)  # type: ignore[arg-type]  # the tests' own keywords


def file_id(path: Path) -> str:
    """The id of the document that a file becomes."""
    return document_id(file_source(path))


def index_contents(index: IndexUnderTest) -> dict[str, tuple[str, Sequence[object]]]:
    """All that is in an index, by document id, in a form that can be compared: texts and sentences."""
    store = index.store
    return {entry.id: (store.document(entry.id).text, store.sentences(entry.id)) for entry in store.summaries()}


def check_index(index: IndexUnderTest) -> None:
    """Asserts all that is true of a whole index: no row is missing or left over, spans and vectors are right."""
    store, chroma = index.store, index.store._chroma
    entries = store.summaries()
    rows = {
        "texts": {"t": "texts", "g": "geometries"},
        "sentences": {"": "sentences"},
        "passages": {"p": "chunks"},
    }
    expected_keys = {
        name: {
            f"{entry.version}:{prefix}{number}"
            for entry in entries
            for prefix, count in counts.items()
            for number in range(getattr(entry, count))
        }
        for name, counts in rows.items()
    }
    unsearched = {
        f"{entry.version}:{sentence.number}"
        for entry in entries
        for sentence in store.sentences(entry.id)
        if sentence.role != "body"
    }
    expected_keys["sentences"] -= unsearched
    expected_keys["texts"] |= unsearched
    for name, keys in expected_keys.items():
        assert keys == {row.key for row in chroma.read_all(name)}, name
    assert {"pending"} >= {row.key for row in chroma.read_all("journal")}
    for entry in entries:
        whole = store.document(entry.id)
        assert entry.sha256 == whole.sha256
        sentences = store.sentences(entry.id)
        assert list(range(entry.sentences)) == [sentence.number for sentence in sentences]
        for sentence in sentences:
            assert whole.text[sentence.start : sentence.end] == sentence.text
        for (_, number), chunk in store.chunks(sentences).items():
            assert number == chunk.number
            assert whole.text[chunk.start : chunk.end] == chunk.text
        sentence_keys = [f"{entry.version}:{number}" for number in range(entry.sentences)]
        fetched = store.fetch(sentence_keys, index.embedder.embed_question("any"))
        assert sentence_keys == [sentence.key for sentence in fetched]
        expected_vectors = embed_sentences(index.embedder, list(embedding_inputs(whole, sentences)))
        np.testing.assert_allclose(expected_vectors, [sentence.vector for sentence in fetched], atol=1e-5)
    bm25_rows = index.bm25._cache.database.execute("SELECT count(*) FROM sentences").fetchone()[0]
    assert sum(entry.sentences for entry in entries) == bm25_rows
