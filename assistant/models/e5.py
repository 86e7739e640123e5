"""The bundled embedder: multilingual-e5-small in 8 bits through ONNX Runtime, on the CPU."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from itertools import accumulate
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from assistant.models.onnx_runtime import BundledModel, LoadedModel, available_cores, batches_by_length
from assistant.models.weight_files import WEIGHT_HASHES, WEIGHTS_FOLDER, verify
from assistant.models.word_pieces import DIMENSION, Pieces
from assistant.segmentation.chunks import ChunkInput

Vectors = NDArray[np.float32]

MAX_TOKENS = 256  # word pieces of a text: a longer one is truncated
_QUESTION_PREFIX, _PASSAGE_PREFIX = "query: ", "passage: "  # with which the model was trained
_QUESTION_MEAN, _PASSAGE_MEAN = 0, 1  # rows of centring.npy
_MAX_CHARS = 10_000  # more than 256 word pieces of any prose: spares the tokenizer the rest of a huge text
_WINDOW_TEXTS = 2_048  # tokenised and sorted together: bounds memory, and is enough to sort well
BATCH_TOKENS = 512  # of a batch with its padding, the fastest measured (PROVENANCE.md): activations stay in the cache


class E5Embedder:
    """multilingual-e5-small (Wang et al. 2024, arXiv:2402.05672) in 8 bits, on the CPU.

    It knows the languages that are written in Latin, Greek or Cyrillic letters, and finds across them. Its vectors all
    point much the same way, so the mean question and the mean passage are taken off, and so are the directions in which
    languages differ whatever is said. Loaded at first use, in about half
    a second; may be used from many threads. Activations are quantised by the batch, so a text's vector depends a little
    on its neighbours.

    Args:
        threads: batches that run at a time; 0 means one for each core that this process may use.
        folder: of the model's files.
    """

    name = f"multilingual-e5-small@{WEIGHT_HASHES['embedder.onnx'][:8]} late {WEIGHT_HASHES['centring.npy'][:4]}"
    dimension = DIMENSION

    def __init__(self, threads: int = 0, folder: Path = WEIGHTS_FOLDER) -> None:
        self._threads = threads or available_cores()
        self._folder = folder
        self._weights = BundledModel(folder, "embedder.onnx")

    @cached_property
    def _centring(self) -> Vectors:
        """The mean question, the mean passage, and the directions of languages, shape (14, 384)."""
        verify(self._folder / "centring.npy")
        return cast("Vectors", np.load(self._folder / "centring.npy"))

    def _centred(self, vectors: Vectors, mean: int) -> Vectors:
        """The vectors without what all of their kind and of their language have in common, at unit length."""
        directions = self._centring[2:]
        centred = _unit(vectors) - self._centring[mean]
        return _unit(centred - (centred @ directions.T) @ directions)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """The texts' vectors in the order given, shape (n, 384), each from its first 256 word pieces.

        Raises:
            WeightsError: a model file is missing or damaged.
        """
        return self._centred(self._text_means(_PASSAGE_PREFIX, texts), _PASSAGE_MEAN)

    def embed_chunks(self, chunks: Sequence[ChunkInput]) -> Vectors:
        """The vectors of the chunks' sentences in order, shape (n, 384); raises as ``embed`` does.

        A sentence's vector is the mean of its own word pieces' states in a pass over the whole chunk, so that it knows
        what stands around it: late chunking (Günther et al. 2024, arXiv:2409.04701). It ranks better than each
        sentence by itself under its heading, in half the time (docs/evaluation/ranking-and-refusing.md). Sentences
        of a chunk that has more than 256 word pieces are embedded each by itself.
        """
        ends = list(accumulate(len(chunk.spans) for chunk in chunks))
        vectors = np.empty((ends[-1] if ends else 0, self.dimension), np.float32)
        long_rows: list[int] = []
        long_texts: list[str] = []
        texts = [f"{_PASSAGE_PREFIX}{chunk.heading}{chunk.text}" for chunk in chunks]
        for number, pieces, states in self._states(texts):
            chunk, end = chunks[number], ends[number]
            start = end - len(chunk.spans)
            if len(pieces) < MAX_TOKENS:
                vectors[start:end] = list(_sentence_means(chunk, pieces, states))
            else:
                long_rows += range(start, end)
                long_texts += chunk.sentence_texts()
        if long_texts:
            vectors[long_rows] = self._text_means(_PASSAGE_PREFIX, long_texts)
        return self._centred(vectors, _PASSAGE_MEAN)

    def embed_question(self, text: str) -> Vectors:
        """A question's vector, shape (384,); raises as ``embed`` does."""
        vector: Vectors = self._centred(self._text_means(_QUESTION_PREFIX, [text]), _QUESTION_MEAN)[0]
        return vector

    def preload(self) -> None:
        """Starts loading in the background; an error there is raised by the first use."""
        self._weights.preload()

    def _text_means(self, prefix: str, texts: Sequence[str]) -> Vectors:
        """The mean states of the texts with a prefix before each, shape (n, 384)."""
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for row, _, states in self._states([f"{prefix}{text}" for text in texts]):
            vectors[row] = states.mean(axis=0)
        return vectors

    def _states(self, texts: Sequence[str]) -> Iterator[tuple[int, Pieces, Vectors]]:
        """Each text's number, its word pieces, and these pieces' last hidden states, (pieces, 384); in no order."""
        model = self._weights.model()
        with ThreadPoolExecutor(self._threads) as pool:
            for first in range(0, len(texts), _WINDOW_TEXTS):
                window = [text[:_MAX_CHARS] for text in texts[first : first + _WINDOW_TEXTS]]
                split_texts = [pieces.cut(MAX_TOKENS) for pieces in model.word_pieces.split(window)]
                batches = list(batches_by_length([len(pieces) for pieces in split_texts], BATCH_TOKENS))
                outputs = pool.map(partial(_run, model), [[split_texts[row] for row in batch] for batch in batches])
                for batch, batch_states in zip(batches, outputs, strict=True):
                    for row, states in zip(batch, batch_states, strict=True):
                        yield first + row, split_texts[row], states[: len(split_texts[row])]


def _run(model: LoadedModel, batch: Sequence[Pieces]) -> Vectors:
    """The last hidden states of a batch, (texts, pieces, 384), padded at the end."""
    ids = np.zeros((len(batch), max(map(len, batch))), np.int64)
    mask = np.zeros_like(ids)
    for row, pieces in enumerate(batch):
        ids[row, : len(pieces)] = pieces.ids
        mask[row, : len(pieces)] = 1
    feed = {"words": model.word_pieces.vectors(ids), "attention_mask": mask}
    (states,) = model.session.run(["token_embeddings"], feed)
    return cast("Vectors", states)


def _sentence_means(chunk: ChunkInput, pieces: Pieces, states: Vectors) -> Iterator[Vectors]:
    """The mean state of each sentence's word pieces; of all pieces where a sentence has none of its own."""
    starts = [start for start, _ in pieces.spans[1:-1]]  # without the marks of beginning and end
    text_start = len(_PASSAGE_PREFIX) + len(chunk.heading)
    for span in chunk.spans:
        first, last = (1 + bisect_left(starts, text_start + offset) for offset in span)
        yield (states[first:last] if first < last else states).mean(axis=0)


def _unit(vectors: Vectors) -> Vectors:
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit
