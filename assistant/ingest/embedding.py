"""The vectors of a document's sentences, as they are stored."""

from collections.abc import Sequence

import numpy as np

from assistant.index.unsearched import placeholder_vector
from assistant.models.e5 import Vectors
from assistant.models.embedders import Embedder
from assistant.segmentation.chunks import ChunkInput


def embed_sentences(embedder: Embedder, chunks: Sequence[ChunkInput]) -> Vectors:
    """The vectors of the chunks' sentences in order, shape (sentences, dimension); raises as the embedder does.

    References, contents and the like are not embedded, because they are found by their words alone: each of their
    sentences has the placeholder, which isn't searched.
    """
    embedded = [chunk for chunk in chunks if chunk.is_body]
    is_body = np.repeat([chunk.is_body for chunk in chunks], [len(chunk.spans) for chunk in chunks])
    vectors = np.tile(placeholder_vector(embedder.dimension), (len(is_body), 1))
    if embedded:
        vectors[is_body] = embedder.embed_chunks(embedded)
    return vectors
