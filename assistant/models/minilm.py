"""The bundled embedder: all-MiniLM-L6-v2 in 8 bits through ONNX Runtime, on the CPU."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from assistant.models.onnx_runtime import (
    WEIGHT_HASHES,
    WEIGHTS_FOLDER,
    BundledModel,
    available_cores,
    batches_by_length,
    replace_surrogates,
)
from assistant.segmentation.chunks import ChunkInput

if TYPE_CHECKING:
    from onnxruntime import InferenceSession  # type: ignore[import-untyped]  # it ships no types
    from tokenizers import Encoding

Vectors = NDArray[np.float32]

MAX_TOKENS = 256  # model tokens of a text: the model was trained on no more, so a longer text is truncated
_MAX_CHARS = 10_000  # more than 256 tokens of any prose: spares the tokenizer the rest of a huge text
_WINDOW_TEXTS = 2_048  # tokenised and sorted together: bounds memory, and is enough to sort well
BATCH_TOKENS = 512  # of a batch with its padding, the fastest measured (PROVENANCE.md): activations stay in the cache


class MiniLMEmbedder:
    """all-MiniLM-L6-v2 (Wang et al. 2020, arXiv:2002.10957; sentence-transformers) in 8 bits, on the CPU.

    English. Loaded at first use, in about 0.2 s; may be used from many threads. Activations are quantised
    by the batch, so a text's vector depends a little on its neighbours: cosine to its own alone .98 or more.

    Args:
        threads: batches that run at a time; 0 means one for each core that this process may use.
        folder: of the model's two files.
    """

    name = f"all-MiniLM-L6-v2@{WEIGHT_HASHES['minilm.onnx'][:8]} late"
    dimension = 384

    def __init__(self, threads: int = 0, folder: Path = WEIGHTS_FOLDER) -> None:
        self._threads = threads or available_cores()
        self._weights = BundledModel(folder, "minilm.onnx")

    def embed(self, texts: Sequence[str]) -> Vectors:
        """The texts' vectors in the order given, shape (n, 384), each from its first 256 tokens.

        Raises:
            WeightsError: a model file is missing or damaged.
        """
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for row, _, states in self._states(texts):
            vectors[row] = states.mean(axis=0)
        return _unit(vectors)

    def embed_chunks(self, chunks: Sequence[ChunkInput]) -> Vectors:
        """The vectors of the chunks' sentences in order, shape (n, 384); raises as ``embed`` does.

        A sentence's vector is the mean of its own tokens' states in a pass over the whole chunk, so that it knows
        what stands around it: late chunking (Günther et al. 2024, arXiv:2409.04701). It ranks better than each
        sentence by itself under its heading, in half the time (docs/evaluation/ranking-and-refusing.md). Sentences
        of a chunk that has more than 256 tokens are embedded each by itself.
        """
        ends = list(accumulate(len(chunk.spans) for chunk in chunks))
        vectors = np.empty((ends[-1] if ends else 0, self.dimension), np.float32)
        long_rows: list[int] = []
        long_texts: list[str] = []
        for number, encoding, states in self._states([chunk.heading + chunk.text for chunk in chunks]):
            chunk, end = chunks[number], ends[number]
            start = end - len(chunk.spans)
            if len(encoding) < MAX_TOKENS:
                vectors[start:end] = list(_sentence_means(chunk, encoding, states))
            else:
                long_rows += range(start, end)
                long_texts += chunk.sentence_texts()
        if long_texts:
            vectors[long_rows] = self.embed(long_texts)
        return _unit(vectors)

    def embed_question(self, text: str) -> Vectors:
        """A question's vector, shape (384,); raises as ``embed`` does."""
        vector: Vectors = self.embed([text])[0]
        return vector

    def _states(self, texts: Sequence[str]) -> Iterator[tuple[int, "Encoding", Vectors]]:
        """Each text's number, its encoding, and its tokens' last hidden states, (tokens, 384); in no order."""
        model = self._weights.model()
        with ThreadPoolExecutor(self._threads) as pool:
            for first in range(0, len(texts), _WINDOW_TEXTS):
                window = [replace_surrogates(text[:_MAX_CHARS]) for text in texts[first : first + _WINDOW_TEXTS]]
                encodings = model.tokenizer.encode_batch(window)
                batches = list(batches_by_length([_length(encoding) for encoding in encodings], BATCH_TOKENS))
                outputs = pool.map(
                    partial(_run, model.session), [[encodings[row] for row in batch] for batch in batches]
                )
                for batch, batch_states in zip(batches, outputs, strict=True):
                    for row, states in zip(batch, batch_states, strict=True):
                        yield first + row, encodings[row], states[: _length(encodings[row])]

    def preload(self) -> None:
        """Starts loading in the background; an error there is raised by the first use."""
        self._weights.preload()


def _length(encoding: "Encoding") -> int:
    return min(len(encoding), MAX_TOKENS)


def _run(session: "InferenceSession", encodings: list["Encoding"]) -> Vectors:
    """The last hidden states of a batch, (texts, tokens, 384), padded at the end."""
    ids = np.zeros((len(encodings), max(map(_length, encodings))), np.int64)
    mask = np.zeros_like(ids)
    for row, encoding in enumerate(encodings):
        length = _length(encoding)
        ids[row, :length] = [*encoding.ids[: length - 1], encoding.ids[-1]]  # the last token marks the end
        mask[row, :length] = 1
    (states,) = session.run(["token_embeddings"], {"input_ids": ids, "attention_mask": mask})
    return cast("Vectors", states)


def _sentence_means(chunk: ChunkInput, encoding: "Encoding", states: Vectors) -> Iterator[Vectors]:
    """The mean state of each sentence's tokens; of all tokens where a sentence has none of its own."""
    starts = [start for start, _ in encoding.offsets[1:-1]]  # without the tokens that mark beginning and end
    for span in chunk.spans:
        first, last = (1 + bisect_left(starts, len(chunk.heading) + offset) for offset in span)
        yield (states[first:last] if first < last else states).mean(axis=0)


def _unit(vectors: Vectors) -> Vectors:
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit
