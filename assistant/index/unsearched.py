"""Sentences that no vector finds: references, lines of the contents and whatever else a document doesn't itself state.

They answer only where a question asks for them by name, and are found by their words. They stand among the texts, whose
rows all have one vector: a vector of their own would cost its making, and a place in the graph that is searched. An
index that an earlier version wrote may have them among the other sentences, where they are read just as well.
"""

from collections.abc import Iterator, Sequence
from itertools import compress

import numpy as np

from assistant.index.chroma.collections import Collections
from assistant.index.rows import Row, Vector


def placeholder_vector(dimension: int) -> Vector:
    """What a sentence that no vector finds has instead of one: of unit length, as all are, but not searched."""
    vector: Vector = np.zeros(dimension, np.float32)
    vector[0] = 1
    return vector


def put_sentences(chroma: Collections, rows: Sequence[Row], vectors: Vector, is_body: Sequence[bool]) -> None:
    """Writes the rows of sentences, each where it belongs.

    Args:
        chroma: the collections of the index.
        rows: one for each sentence.
        vectors: likewise, (n, dimension).
        is_body: likewise, whether it is the document's own statement.
    """
    searched = np.array(is_body, bool)
    chroma.put("sentences", list(compress(rows, searched)), vectors[searched])
    chroma.put("texts", list(compress(rows, ~searched)))


def read_sentences(chroma: Collections, keys: Sequence[str], *, vectors: bool = False) -> Iterator[Row]:
    """The rows of sentences, in no particular order; a key that does not exist yields nothing."""
    found = set[str]()
    for row in chroma.read("sentences", keys, vectors=vectors):
        found.add(row.key)
        yield row
    if missing := [key for key in keys if key not in found]:
        yield from chroma.read("texts", missing)


def read_sentences_with_vectors(chroma: Collections, keys: Sequence[str], dimension: int) -> Iterator[Row]:
    """As `read_sentences`, with the vectors; those of sentences that no vector finds are placeholders."""
    placeholder = placeholder_vector(dimension)
    for row in read_sentences(chroma, keys, vectors=True):
        yield row if len(row.vector) else row._replace(vector=placeholder)
