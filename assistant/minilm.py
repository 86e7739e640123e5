"""The bundled embedder: all-MiniLM-L6-v2 in 8 bits through ONNX Runtime, on the CPU."""

import hashlib
import os
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from itertools import accumulate
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from assistant.errors import WeightsError
from assistant.text.passages import Chunk

if TYPE_CHECKING:
    from onnxruntime import InferenceSession  # type: ignore[import-untyped]  # it ships no types
    from tokenizers import Encoding, Tokenizer

Vectors = NDArray[np.float32]

WEIGHTS = Path(__file__).resolve().parent / "weights"
HASHES = {
    "minilm.onnx": "a223ec4f30559fdf04e3dc3201f8b78db2f5c1cc514d5079a666aa925e88bd21",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
_TOKENS = 256  # the model was trained on no more; a longer text is cut here
_CHARACTERS = 10_000  # more than 256 tokens of any prose: spares the tokenizer the rest of a huge text
_WINDOW = 2_048  # texts tokenised and sorted together: bounds memory, and long enough to sort well
_BUDGET = 512  # padded tokens a batch, the fastest measured (PROVENANCE.md): activations stay in the cache
_REPAIR = "Install the package again."


class _Model(NamedTuple):
    tokenizer: "Tokenizer"
    session: "InferenceSession"


class Bundled:
    """all-MiniLM-L6-v2 (Wang et al. 2020, arXiv:2002.10957; sentence-transformers) in 8 bits, on the CPU.

    English. Loaded at first use, in about 0.2 s; may be used from many threads. Activations are quantised
    by the batch, so a text's vector depends a little on its neighbours: cosine to its own alone .98 or more.

    Args:
        threads: batches at a time; 0 means one for each core this process may use.
        folder: where the model's two files lie.
    """

    name = f"all-MiniLM-L6-v2@{HASHES['minilm.onnx'][:8]} late"
    dimension = 384

    def __init__(self, threads: int = 0, folder: Path = WEIGHTS) -> None:
        self._threads = threads or _cores()
        self._folder = folder
        self._lock = Lock()
        self._loaded: _Model | None = None

    def embed(self, texts: Sequence[str]) -> Vectors:
        """The texts' vectors in the order given, shape (n, 384), each from its first 256 tokens.

        Raises:
            WeightsError: a model file is missing or damaged.
        """
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for row, _, states in self._states(texts):
            vectors[row] = states.mean(axis=0)
        return _unit(vectors)

    def embed_chunks(self, chunks: Sequence[Chunk]) -> Vectors:
        """The vectors of the chunks' sentences in order, shape (n, 384); raises as ``embed`` does.

        A sentence's vector is the mean of its own tokens' states in a pass over the whole chunk, so that it knows
        what stands around it: late chunking (Günther et al. 2024, arXiv:2409.04701). It ranks better than each
        sentence by itself under its heading, in half the time (evals/README.md). Sentences of a chunk that has
        more than 256 tokens are embedded each by itself.
        """
        ends = list(accumulate(len(chunk.spans) for chunk in chunks))
        vectors = np.empty((ends[-1] if ends else 0, self.dimension), np.float32)
        places: list[int] = []
        texts: list[str] = []
        for row, code, states in self._states([chunk.heading + chunk.text for chunk in chunks]):
            chunk, end = chunks[row], ends[row]
            if len(code) < _TOKENS:
                vectors[end - len(chunk.spans) : end] = list(_pooled(chunk, code, states))
            else:
                places += range(end - len(chunk.spans), end)
                texts += chunk.alone()
        if texts:
            vectors[places] = self.embed(texts)
        return _unit(vectors)

    def embed_question(self, text: str) -> Vectors:
        """A question's vector, shape (384,); raises as ``embed`` does."""
        vector: Vectors = self.embed([text])[0]
        return vector

    def _states(self, texts: Sequence[str]) -> Iterator[tuple[int, "Encoding", Vectors]]:
        """Each text's number, tokens, and the tokens' last hidden states (tokens, 384); in no order."""
        model = self._model()
        with ThreadPoolExecutor(self._threads) as pool:
            for first in range(0, len(texts), _WINDOW):
                window = [encodable(text[:_CHARACTERS]) for text in texts[first : first + _WINDOW]]
                coded = model.tokenizer.encode_batch(window)
                batches = list(_batches([len(code) for code in coded]))
                found = pool.map(partial(_run, model.session), [[coded[row] for row in rows] for rows in batches])
                for rows, states in zip(batches, found, strict=True):
                    for row, each in zip(rows, states, strict=True):
                        yield first + row, coded[row], each[: len(coded[row])]

    def prepare(self) -> None:
        """Starts loading in the background; what goes wrong there is raised by the first use."""
        Thread(target=self._load_quietly, name="embedder").start()  # no daemon: killed inside its C++, it would crash

    def _load_quietly(self) -> None:
        with suppress(Exception):
            self._model()

    def _model(self) -> _Model:
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    def _load(self) -> _Model:
        for file in HASHES:
            _verify(self._folder / file)
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # since 1.29 ONNX Runtime reports to its maker by default
        import onnxruntime
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(_TOKENS)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = 1  # whole batches run side by side: nothing to wait for within one
        session = onnxruntime.InferenceSession(
            self._folder / "minilm.onnx", options, providers=["CPUExecutionProvider"]
        )
        return _Model(tokenizer, session)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def encodable(text: str) -> str:
    """The text with lone surrogates, which no tokenizer and no JSON takes, replaced."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _verify(path: Path) -> None:
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise WeightsError(f"The model file {path} can't be read ({error.strerror}). {_REPAIR}") from None
    if found != HASHES[path.name]:
        raise WeightsError(f"The model file {path} is damaged: its SHA-256 is {found}. {_REPAIR}")


def _batches(lengths: list[int]) -> Iterator[list[int]]:
    """Row numbers, the longest texts first, as many a batch as the padded tokens allow, at least one."""
    order = sorted(range(len(lengths)), key=lengths.__getitem__, reverse=True)
    while order:
        count = max(1, _BUDGET // lengths[order[0]])
        yield order[:count]
        order = order[count:]


def _run(session: "InferenceSession", coded: list["Encoding"]) -> Vectors:
    ids = np.zeros((len(coded), max(map(len, coded))), np.int64)
    mask = np.zeros_like(ids)
    for row, code in enumerate(coded):
        ids[row, : len(code)] = code.ids
        mask[row, : len(code)] = 1
    (states,) = session.run(["token_embeddings"], {"input_ids": ids, "attention_mask": mask})
    return cast("Vectors", states)


def _pooled(chunk: Chunk, code: "Encoding", states: Vectors) -> Iterator[Vectors]:
    """The mean state of each sentence's tokens; of all tokens where a sentence has none of its own."""
    starts = [start for start, _ in code.offsets[1:-1]]  # without the marks of the text's beginning and end
    for span in chunk.spans:
        first, last = (1 + bisect_left(starts, len(chunk.heading) + place) for place in span)
        yield (states[first:last] if first < last else states).mean(axis=0)


def _unit(vectors: Vectors) -> Vectors:
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit
