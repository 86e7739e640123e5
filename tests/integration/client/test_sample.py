"""`assistant.Assistant.sample`: the index of the bundled corpus."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from llama_index.core.embeddings import MockEmbedding

from assistant import Assistant
from assistant.errors import AssistantError
from assistant.models.e5 import E5Embedder, Vectors
from assistant.segmentation.chunks import ChunkInput

QUESTION = "How many people were arrested in Operation Liberterra II?"


@pytest.mark.slow
def test_the_sample_is_kept_apart(tmp_path: Path) -> None:
    """The sample answers from the bundled corpus, and the home's own index stays empty."""
    with Assistant.open(tmp_path) as own, Assistant.sample(tmp_path) as sample:
        assert [] == own.documents()
        assert len(sample.documents()) >= 10
        answer = sample.ask(QUESTION)
        assert "2,517" in answer.text
        for citation in answer.citations:
            text = sample.document(citation.document_id).text
            assert citation.quote == text[citation.start : citation.end]


def embed_all_alike(_: E5Embedder, chunks: Sequence[ChunkInput]) -> Vectors:
    """The same vector for every sentence, with which a search finds nothing in particular."""
    sentence_count = sum(len(chunk.spans) for chunk in chunks)
    return np.full((sentence_count, 384), 384**-0.5, np.float32)


def test_a_sample_of_another_version_is_remade(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a new version of the embedder, or another embedder, the sample answers at once: no command is needed."""
    with monkeypatch.context() as older:
        older.setattr(E5Embedder, "name", "an older model")
        older.setattr(E5Embedder, "embed_chunks", embed_all_alike)
        Assistant.sample(tmp_path).close()
    with Assistant.sample(tmp_path) as sample:
        assert "2,517" in sample.ask(QUESTION).text
    with Assistant.sample(tmp_path, embedding=MockEmbedding(embed_dim=8)) as sample:
        assert 13 == len(sample.documents())


def test_a_sample_that_cannot_be_made_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the corpus is missing the error leaves the sample's folder free to be opened."""
    monkeypatch.setattr("assistant.paths._PACKAGE_FOLDER", tmp_path / "nowhere" / "assistant")
    with pytest.raises(AssistantError, match="corpus"):
        Assistant.sample(tmp_path)
    Assistant.open(tmp_path / "sample").close()
