"""Embedding in the background: the same index, its errors in their place, and no thread that is left over."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import EmbeddingError
from assistant.ingest import indexer
from assistant.ingest.background import BackgroundThread
from assistant.models.e5 import E5Embedder, Vectors
from assistant.readers import ReaderPool, ReadFile
from assistant.segmentation.chunks import ChunkInput, embedding_inputs, split_chunks
from assistant.types import Document, Sentence
from tests.support.fake_embedder import FakeEmbedder
from tests.support.indexes import check_index, document, open_index

SECONDS = 20  # that a test waits for what should happen at once


def documents(count: int) -> list[Document]:
    return [document(f"d{number}", f"Pier {number} is open. Ferry {number} leaves at noon.") for number in range(count)]


class TestTheThread:
    def test_items_come_in_order_and_iterators_one_after_the_other(self) -> None:
        """The second iterator is begun when the first one is at its end."""
        begun: list[str] = []

        def numbers(name: str) -> Iterator[int]:
            begun.append(name)
            yield from range(5)
            begun.append(f"end of {name}")

        with BackgroundThread() as background:
            first, second = background.start(numbers("first"), 9), background.start(numbers("second"), 9)
            assert [*second] == [*first] == [0, 1, 2, 3, 4]
        assert begun == ["first", "end of first", "second", "end of second"]

    def test_no_more_items_wait_than_may(self) -> None:
        """The thread stops where so many wait, and goes on as they are used."""
        made = threading.Semaphore(0)

        def items() -> Iterator[int]:
            for number in range(10):
                made.release()
                yield number

        with BackgroundThread() as background:
            results = background.start(items(), 2)
            assert all(made.acquire(timeout=SECONDS) for _ in range(3))  # two wait, one is made and has no room
            assert not made.acquire(timeout=0.3)
            assert [*results] == [*range(10)]

    def test_an_error_comes_behind_what_was_made_before(self) -> None:
        """It is raised where the items are used, and the thread goes on with the next iterator."""

        def failing() -> Iterator[int]:
            yield 1
            raise EmbeddingError("no more")

        with BackgroundThread() as background:
            results, others = background.start(failing(), 5), background.start([7], 5)
            assert next(results) == 1
            with pytest.raises(EmbeddingError, match="no more"):
                next(results)
            assert [*others] == [7]

    def test_leaving_ends_the_thread(self) -> None:
        """Neither items without end that nobody uses nor an iterator that waits for its turn hold it up."""

        def without_end() -> Iterator[int]:
            while True:
                yield 0

        with BackgroundThread() as background:
            background.start(without_end(), 1)
            background.start(without_end(), 1)
            (thread,) = background._executor._threads
        assert not thread.is_alive()


class SlowEmbedder(FakeEmbedder):
    """Embeds nothing before it is told that it may."""

    def __init__(self) -> None:
        self.may_begin = threading.Event()

    def embed_chunks(self, chunks: Sequence[ChunkInput]) -> Vectors:
        """Waits for its permission before the first batch."""
        if not self.may_begin.wait(SECONDS):
            raise EmbeddingError("waited for nothing")
        return super().embed_chunks(chunks)


@pytest.fixture(autouse=True)
def _small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexer, "_GROUP_SENTENCES", 6)
    monkeypatch.setattr(indexer, "_PART_SENTENCES", 6)


def test_embedding_begins_before_a_group_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first documents are being embedded while the others of their group are read; they are written as one."""
    monkeypatch.setattr(indexer, "_GROUP_SENTENCES", 1_000)
    embedding = threading.Event()

    class Watched(FakeEmbedder):
        def embed_chunks(self, chunks: Sequence[ChunkInput]) -> Vectors:
            embedding.set()
            return super().embed_chunks(chunks)

    def split(document: Document, sentences: Sequence[Sentence]) -> object:
        if document.id == "d7":  # the last one
            assert embedding.wait(SECONDS)
        return split_chunks(document, sentences)

    monkeypatch.setattr(indexer, "split_chunks", split)
    with open_index(tmp_path, Watched()) as index:
        assert len(index.add(*documents(8)).added) == 8
        check_index(index)


def test_documents_are_read_while_others_are_embedded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second group is read before the first one has its vectors."""
    embedder = SlowEmbedder()

    def split(document: Document, sentences: Sequence[Sentence]) -> object:
        if document.id == "d4":  # of the second group
            embedder.may_begin.set()
        return split_chunks(document, sentences)

    monkeypatch.setattr(indexer, "split_chunks", split)
    with open_index(tmp_path, embedder) as index:
        report = index.add(*documents(8))
        assert len(report.added) == 8
        check_index(index)


def test_files_are_read_while_others_are_embedded(tmp_path: Path) -> None:
    """Also where one file is read at a time: the last file of the second group is, before there are any vectors."""
    embedder = SlowEmbedder()
    folder = tmp_path / "docs"
    folder.mkdir()
    for number in range(4):
        (folder / f"{number}.txt").write_text(f"Pier {number} is open. Ferry {number} leaves. It is small.")

    class Pool(ReaderPool):
        def read(self, data: bytes, name: str, *, source: str | None = None, max_bytes: int) -> ReadFile:
            if name == "3.txt":
                embedder.may_begin.set()
            return super().read(data, name, source=source, max_bytes=max_bytes)

    with open_index(tmp_path / "home", embedder) as index, Pool() as readers:
        report = index.synchronise(folder, readers=readers)
        assert [Path(source).name for source in report.added] == [f"{number}.txt" for number in range(4)]
        check_index(index)


def test_an_embedder_that_fails_leaves_whole_groups(tmp_path: Path) -> None:
    """What was written before stays, nothing of the group that failed is there, and no thread is left."""

    class Failing(FakeEmbedder):
        def embed_chunks(self, chunks: Sequence[ChunkInput]) -> Vectors:
            if any("Pier 7" in chunk.text for chunk in chunks):
                raise EmbeddingError("out of order")
            return super().embed_chunks(chunks)

    before = threading.active_count()
    with open_index(tmp_path, Failing()) as index:
        with pytest.raises(EmbeddingError, match="out of order"):
            index.add(*documents(12))
        assert [entry.id for entry in index.store.summaries()] == [f"d{number}" for number in range(6)]
        check_index(index)
        assert before == threading.active_count()


def test_vectors_are_those_of_one_part_after_the_other(tmp_path: Path) -> None:
    """In the background each part is embedded by itself, so its vectors don't depend on what else is indexed."""
    embedder = E5Embedder(threads=2)
    with open_index(tmp_path, embedder) as index:
        index.add(*documents(7))
        entries = sorted(index.store.summaries(), key=lambda entry: entry.id)
        found = {
            entry.id: [
                sentence.vector
                for sentence in index.store.fetch(
                    [f"{entry.version}:{number}" for number in range(entry.sentences)], embedder.embed_question("x")
                )
            ]
            for entry in entries
        }
        for group in (entries[:3], entries[3:6], entries[6:]):
            inputs = [
                chunk
                for entry in group
                for chunk in embedding_inputs(index.store.document(entry.id), index.store.sentences(entry.id))
            ]
            expected = embedder.embed_chunks(inputs)
            stored = np.concatenate([found[entry.id] for entry in group])
            np.testing.assert_allclose(expected, stored, rtol=0, atol=1e-7)  # Chroma brings them to unit length again
