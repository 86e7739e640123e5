"""Texts to vectors: the bundled ONNX model, an OpenAI-compatible endpoint, or any LlamaIndex embedding.

Nothing is contacted unless ``ASSISTANT_EMBEDDING`` names a model of an endpoint.
"""

import hashlib
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from operator import itemgetter
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from assistant.errors import EmbeddingError, SettingsError, WeightsError
from assistant.settings import Settings

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding
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
_REQUEST = 32  # texts a request: the least that common servers of this protocol accept
_REPAIR = "Install the package again."


class Embedder(Protocol):
    """What turns texts into vectors. Rows are of unit length, so that a dot product is the cosine."""

    @property
    def name(self) -> str:
        """What the index records, so that vectors of two models are never mixed."""

    @property
    def dimension(self) -> int:
        """The length of a vector."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """The texts' vectors in the order given, shape (n, dimension)."""

    def embed_question(self, text: str) -> Vectors:
        """A question's vector, shape (dimension,)."""


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

    name = f"all-MiniLM-L6-v2@{HASHES['minilm.onnx'][:8]}"
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
        model = self._model()
        vectors = np.empty((len(texts), self.dimension), np.float32)
        with ThreadPoolExecutor(self._threads) as pool:
            for first in range(0, len(texts), _WINDOW):
                window = [_encodable(text[:_CHARACTERS]) for text in texts[first : first + _WINDOW]]
                coded = model.tokenizer.encode_batch_fast(window)
                batches = list(_batches([len(code) for code in coded]))
                found = pool.map(partial(_run, model.session), [[coded[row] for row in rows] for rows in batches])
                for rows, part in zip(batches, found, strict=True):
                    vectors[[first + row for row in rows]] = part
        return vectors

    def embed_question(self, text: str) -> Vectors:
        """A question's vector, shape (384,); raises as ``embed`` does."""
        vector: Vectors = self.embed([text])[0]
        return vector

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


class _Asked(ABC):
    """What the embedders outside this model share: answers are checked and brought to unit length."""

    def __init__(self, name: str, whence: str) -> None:
        self.name = name
        self._whence = whence  # how an error message begins
        self._known = 0  # the dimension, once an answer has told it

    @property
    def dimension(self) -> int:
        """The length of a vector, asked for once; raises as ``embed`` does."""
        return self._known or self.embed(["dimension"]).shape[1]

    def embed(self, texts: Sequence[str]) -> Vectors:
        """The texts' vectors in the order given, shape (n, dimension).

        Raises:
            EmbeddingError: the embedder failed or answered nonsense; says which one and what to do.
        """
        parts = [[_encodable(text) for text in texts[at : at + _REQUEST]] for at in range(0, len(texts), _REQUEST)]
        vectors = [self._checked(self._ask(part), len(part)) for part in parts]
        return np.concatenate(vectors) if vectors else np.empty((0, self.dimension), np.float32)

    def embed_question(self, text: str) -> Vectors:
        """A question's vector, shape (dimension,); raises as ``embed`` does."""
        vector: Vectors = self.embed([text])[0]
        return vector

    @abstractmethod
    def _ask(self, texts: list[str]) -> Any:
        """The rows as they came."""

    def _checked(self, answer: Any, count: int) -> Vectors:
        try:
            vectors = np.asarray(answer, np.float32)
        except (TypeError, ValueError):
            raise self._error("answered something else than vectors of one length") from None
        if vectors.ndim != 2 or len(vectors) != count:
            raise self._error(f"answered {vectors.size and len(vectors)} vectors for {count} texts")
        if vectors.shape[1] != (self._known or vectors.shape[1]):
            raise self._error(f"answered {vectors.shape[1]} dimensions after {self._known}")
        lengths: Vectors = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not np.all(np.isfinite(lengths) & (lengths > 0)):
            raise self._error("answered a vector that is all zero or not finite")
        self._known = vectors.shape[1]
        return vectors / lengths

    def _error(self, what: str) -> EmbeddingError:
        return EmbeddingError(f"{self._whence} {what}. Check ASSISTANT_EMBEDDING and what it names.")


class Endpoint(_Asked):
    """A model behind an OpenAI-compatible ``/embeddings``, through the ``openai`` client, which retries.

    Raises:
        SettingsError: neither a key nor an address is set.
    """

    def __init__(self, settings: Settings) -> None:
        key, address = settings.openai_api_key, settings.openai_base_url
        if key is None and address is None:
            raise SettingsError(
                f"The embedding model '{settings.embedding}' needs an endpoint. Set OPENAI_BASE_URL or "
                "OPENAI_API_KEY, or leave ASSISTANT_EMBEDDING unset for the bundled model."
            )
        from openai import OpenAI, omit

        self._secret = key.get_secret_value() if key else "none"  # a local server asks for no key, the client does
        self._dimensions = settings.embedding_dimensions or omit
        self._client = OpenAI(api_key=self._secret, base_url=address, timeout=settings.timeout)
        place = self._client.base_url.copy_with(userinfo=b"", query=None)
        super().__init__(settings.embedding, f"The embedding model '{settings.embedding}' at {place}")

    def _ask(self, texts: list[str]) -> Any:
        from openai import OpenAIError

        try:
            answer = self._client.embeddings.with_raw_response.create(
                model=self.name, input=texts, dimensions=self._dimensions, encoding_format="float"
            )
            rows = answer.http_response.json()["data"]
            return [row["embedding"] for row in sorted(rows, key=itemgetter("index"))]
        except OpenAIError as error:
            reason = " ".join(str(error).replace(self._secret, "…").split())[:300]
            raise self._error(f"failed: {reason.rstrip('.')}") from None
        except (ValueError, LookupError, TypeError):
            raise self._error("answered something that is no list of embeddings") from None


class LlamaIndexEmbedder(_Asked):
    """Any LlamaIndex ``BaseEmbedding``, given to ``Assistant.open(embedding=…)``."""

    def __init__(self, embedding: "BaseEmbedding") -> None:
        self._embedding = embedding
        kind = type(embedding).__name__
        name = kind if embedding.model_name == "unknown" else f"{kind}:{embedding.model_name}"
        super().__init__(name, f"The LlamaIndex embedding {name}")

    def embed_question(self, text: str) -> Vectors:
        """A question's vector, shape (dimension,); raises as ``embed`` does."""
        answer = self._called(self._embedding.get_query_embedding, _encodable(text))
        vector: Vectors = self._checked([answer], 1)[0]
        return vector

    def _ask(self, texts: list[str]) -> Any:
        return self._called(self._embedding.get_text_embedding_batch, texts)

    def _called(self, method: Callable[[Any], Any], given: Any) -> Any:
        try:
            return method(given)
        except Exception as error:
            raise self._error(f"failed: {type(error).__name__}: {error}") from error


def open_embedder(settings: Settings, embedding: "BaseEmbedding | None" = None) -> Embedder:
    """The embedder that was given or set; loads and contacts nothing yet.

    Raises:
        SettingsError: an endpoint's model is set, but neither key nor address.
    """
    if embedding is not None:
        return LlamaIndexEmbedder(embedding)
    return Bundled(settings.threads) if settings.embedding == "bundled" else Endpoint(settings)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _encodable(text: str) -> str:
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
    (vectors,) = session.run(["sentence_embedding"], {"input_ids": ids, "attention_mask": mask})
    return cast("Vectors", vectors)
