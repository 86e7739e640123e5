"""A fast, deterministic embedder for tests: words are hashed into a vector, so equal words mean similar."""

import hashlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from assistant.segmentation.chunks import ChunkInput


class FakeEmbedder:
    """Vectors of 32 numbers; a text's does not depend on its neighbours."""

    name = "fake"
    dimension = 32

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The sum of one random direction for each word, at unit length."""
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().split():
                vectors[row] += _direction(word, self.dimension)
        unit: NDArray[np.float32] = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        return unit

    def embed_chunks(self, chunks: Sequence[ChunkInput]) -> NDArray[np.float32]:
        """The vector of each sentence by itself under its heading."""
        return self.embed([text for chunk in chunks for text in chunk.sentence_texts()])

    def embed_question(self, text: str) -> NDArray[np.float32]:
        """The vector of one text."""
        vector: NDArray[np.float32] = self.embed([text])[0]
        return vector


@lru_cache(maxsize=100_000)
def _direction(word: str, dimension: int) -> NDArray[np.float64]:
    seed = int.from_bytes(hashlib.sha256(word.encode("utf-8", "replace")).digest()[:4], "big")
    return np.random.default_rng(seed).normal(size=dimension)
