"""References, contents and the like: stored and found by their words, without a vector of their own."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.index.chroma.collections import Collections
from assistant.index.rows import Row, Vector
from assistant.ingest.transfer import export_archive, import_archive
from assistant.models.e5 import Vectors
from assistant.query.question import parse_question
from assistant.segmentation.chunks import ChunkInput
from assistant.segmentation.roles import mark_sections
from assistant.segmentation.sentences import lay_blocks
from assistant.types import Document
from tests.support.fake_embedder import FakeEmbedder
from tests.support.indexes import IndexUnderTest, check_index, document, open_index


def sectioned(name: str, text: str) -> Document:
    """A Markdown document whose sections have their roles."""
    plain = document(name, text, kind="md")
    return replace(plain, blocks=mark_sections(plain.text, lay_blocks(plain)))


REFERENCES = "# References\nDoe, J. Gulls of the harbour, 2020.\n\nRoe, A. Terns of the harbour, 2021."
PAPER = sectioned("paper", f"# Birds\nGulls nest on the wall.\n\n{REFERENCES}")
ONLY_REFERENCES = sectioned("list", REFERENCES)
CONTENTS = sectioned("book", "# Contents\nHarbour gulls, 3\n\n# Gulls\nThree gulls sat there.")


@pytest.fixture
def index(tmp_path: Path) -> Iterator[IndexUnderTest]:
    with open_index(tmp_path) as index:
        yield index


def candidate_texts(index: IndexUnderTest, question: str) -> list[str]:
    return [candidate.sentence.text for candidate in index.retriever.retrieve(parse_question(question)).candidates]


@pytest.mark.parametrize("added", [PAPER, ONLY_REFERENCES, CONTENTS], ids=lambda added: added.id)
def test_they_last_and_leave_nothing(index: IndexUnderTest, added: Document, tmp_path: Path) -> None:
    """A document with them is written, exported, imported, replaced and removed, and no row is missing or left over."""
    index.add(added)
    check_index(index)
    export_archive(index.store, tmp_path / "index.zip")
    with open_index(tmp_path / "second") as second:
        import_archive(second, tmp_path / "index.zip")
        check_index(second)
        assert second.store.sentences(added.id) == index.store.sentences(added.id)
    index.add(document(added.id, "Terns dive."))
    check_index(index)
    index.add(added)
    index.store.remove([added.id])
    index.bm25.synchronise()
    check_index(index)


def test_a_write_that_fails_leaves_none(index: IndexUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the last step of a write fails, their rows are deleted like all others."""
    put = Collections.put

    def failing(self: Collections, name: str, rows: list[Row], vectors: Vector | None = None, **fields: int) -> None:
        if name == "documents":
            raise OSError("no room")
        put(self, name, rows, vectors, **fields)

    with monkeypatch.context() as patch:
        patch.setattr(Collections, "put", failing)
        with pytest.raises(OSError, match="no room"):
            index.add(PAPER)
    check_index(index)


def test_no_vector_finds_them(index: IndexUnderTest) -> None:
    """The nearest sentences are the document's own, even for a question that is a reference word for word."""
    index.add(PAPER)
    assert ["Gulls nest on the wall."] == index.nearest("Doe, J. Gulls of the harbour, 2020.")
    assert "Doe, J. Gulls of the harbour, 2020." in index.words("gulls", "harbour")


@pytest.mark.parametrize(
    ("question", "is_asked_for"),
    [
        ("Which references are about gulls of the harbour?", True),
        ("Which literature on gulls of the harbour is there?", True),
        ("Where do gulls of the harbour nest?", False),
    ],
)
def test_they_answer_only_where_they_are_asked_for(index: IndexUnderTest, question: str, *, is_asked_for: bool) -> None:
    """A question that asks for references gets them by their words; any other doesn't."""
    index.add(PAPER)
    assert is_asked_for == ("Doe, J. Gulls of the harbour, 2020." in candidate_texts(index, question))


def test_their_similarity_is_that_of_their_words(index: IndexUnderTest) -> None:
    """A reference is compared with the question as if it had a vector."""
    index.add(PAPER)
    question = "Which references are about gulls of the harbour?"
    candidates = index.retriever.retrieve(parse_question(question)).candidates
    (found,) = (candidate for candidate in candidates if candidate.sentence.text.startswith("Doe"))
    heading = f"{found.document.title}. {found.sentence.context}. "
    vector = index.embedder.embed([heading + found.sentence.text])[0]
    assert float(vector @ index.embedder.embed_question(question)) == pytest.approx(found.features["similarity"])


def test_they_are_not_embedded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The embedder is given the document's own sentences and nothing else, and isn't called where there are none."""
    embedded: list[str] = []
    embed_chunks = FakeEmbedder.embed_chunks

    def recording(self: FakeEmbedder, chunks: Sequence[ChunkInput]) -> Vectors:
        embedded.extend(chunk.text for chunk in chunks)
        return np.asarray(embed_chunks(self, chunks))

    monkeypatch.setattr(FakeEmbedder, "embed_chunks", recording)
    with open_index(tmp_path) as index:
        index.add(PAPER, ONLY_REFERENCES)
    assert ["Gulls nest on the wall."] == embedded
