"""Embedders, from texts to vectors: the bundled ONNX model, an OpenAI-compatible endpoint, or any LlamaIndex embedding.

Nothing is contacted unless ``ASSISTANT_EMBEDDING`` names a model of an endpoint.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from assistant.addresses import redact_logins, split_login
from assistant.errors import EmbeddingError, SettingsError
from assistant.models.deadlines import OverdueError, call_within, make_cuttable
from assistant.models.e5 import E5Embedder, Vectors
from assistant.models.word_pieces import replace_surrogates
from assistant.proxies import check_proxies
from assistant.segmentation.chunks import ChunkInput
from assistant.settings import Settings

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

_MAX_REQUEST_TEXTS = 32  # the least that common servers of this protocol accept in one request


class Embedder(Protocol):
    """Turns texts into vectors of unit length, so that a dot product is the cosine."""

    @property
    def name(self) -> str:
        """The model's name, which the index records so that vectors of two models are never mixed."""

    @property
    def dimension(self) -> int:
        """The length of a vector."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """The texts' vectors in the order given, shape (n, dimension)."""

    def embed_chunks(self, chunks: Sequence[ChunkInput]) -> Vectors:
        """The vectors of the chunks' sentences in order, shape (sentences, dimension)."""

    def embed_question(self, text: str) -> Vectors:
        """A question's vector, shape (dimension,)."""


class _ExternalEmbedder(ABC):
    """What embedders beside the bundled one share: rows are checked and brought to unit length.

    Args:
        name: of the model, as the index records it.
        described: model and place, as an error message begins.
    """

    def __init__(self, name: str, described: str) -> None:
        self.name = name
        self._described = described
        self._dimension = 0  # 0 until the first vectors have come

    @property
    def dimension(self) -> int:
        """The length of a vector, which is asked for once; raises as ``embed`` does."""
        return self._dimension or self.embed(["dimension"]).shape[1]

    def embed(self, texts: Sequence[str]) -> Vectors:
        """The texts' vectors in the order given, shape (n, dimension).

        Raises:
            EmbeddingError: the embedder failed or answered nonsense; says which one and what to do.
        """
        requests = [
            [replace_surrogates(text) for text in texts[first : first + _MAX_REQUEST_TEXTS]]
            for first in range(0, len(texts), _MAX_REQUEST_TEXTS)
        ]
        vectors = [self._unit_vectors(self._request(batch), len(batch)) for batch in requests]
        return np.concatenate(vectors) if vectors else np.empty((0, self.dimension), np.float32)

    def embed_chunks(self, chunks: Sequence[ChunkInput]) -> Vectors:
        """The vectors of the chunks' sentences, each embedded by itself under its heading; raises as ``embed`` does."""
        return self.embed([text for chunk in chunks for text in chunk.sentence_texts()])

    def embed_question(self, text: str) -> Vectors:
        """A question's vector, shape (dimension,); raises as ``embed`` does."""
        vector: Vectors = self.embed([text])[0]
        return vector

    @abstractmethod
    def _request(self, texts: list[str]) -> Any:
        """The rows as the model gives them, not checked yet."""

    def _unit_vectors(self, rows: Any, count: int) -> Vectors:
        """The rows as vectors of unit length, shape (count, dimension).

        Raises:
            EmbeddingError: they are something else.
        """
        try:
            vectors = np.asarray(rows, np.float32)
        except (TypeError, ValueError):
            raise self._error("answered something else than vectors of one length") from None
        if vectors.ndim != 2 or len(vectors) != count:
            raise self._error(f"answered {vectors.size and len(vectors)} vectors for {count} texts")
        if vectors.shape[1] != (self._dimension or vectors.shape[1]):
            raise self._error(f"answered {vectors.shape[1]} dimensions after {self._dimension}")
        lengths: Vectors = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not np.all(np.isfinite(lengths) & (lengths > 0)):
            raise self._error("answered a vector that is all zero or not finite")
        self._dimension = vectors.shape[1]
        return vectors / lengths

    def _error(self, what: str) -> EmbeddingError:
        return EmbeddingError(f"{self._described} {what}. Check ASSISTANT_EMBEDDING and what it names.")


class EndpointEmbedder(_ExternalEmbedder):
    """A model behind an OpenAI-compatible ``/embeddings``, through the ``openai`` client, which retries.

    Raises:
        SettingsError: neither a key nor an address is set, or the environment names a proxy that can't be used.
    """

    def __init__(self, settings: Settings) -> None:
        key, address = settings.openai_api_key, settings.openai_base_url
        if key is None and address is None:
            raise SettingsError(
                f"The embedding model '{settings.embedding}' needs an endpoint. Set OPENAI_BASE_URL or "
                "OPENAI_API_KEY, or leave ASSISTANT_EMBEDDING unset for the bundled model."
            )
        check_proxies()
        from openai import DefaultHttpxClient, OpenAI, omit

        self._secret = key.get_secret_value() if key else "none"  # a local server asks for no key, the client does
        self._dimensions = settings.embedding_dimensions or omit
        self._request_seconds = settings.answer_seconds
        base_url, login = split_login(address, "OPENAI_BASE_URL") if address else (None, None)
        http_client = make_cuttable(DefaultHttpxClient(auth=login))
        self._client = OpenAI(
            api_key=self._secret, base_url=base_url, timeout=settings.timeout, http_client=http_client
        )
        place = self._client.base_url.copy_with(query=None)
        super().__init__(settings.embedding, f"The embedding model '{settings.embedding}' at {place}")

    def _request(self, texts: list[str]) -> Any:
        from openai import OpenAIError

        create = partial(
            self._client.embeddings.with_raw_response.create,
            model=self.name,
            input=texts,
            dimensions=self._dimensions,
            encoding_format="float",
        )
        try:
            response = call_within(create, time.monotonic() + self._request_seconds)
            rows = response.http_response.json()["data"]
            return [row["embedding"] for row in sorted(rows, key=itemgetter("index"))]
        except OverdueError:
            raise self._error(f"did not answer within {self._request_seconds:g} s") from None
        except OpenAIError as error:
            reason = " ".join(redact_logins(str(error).replace(self._secret, "…")).split())[:300]
            raise self._error(f"failed: {reason.rstrip('.')}") from None
        except (ValueError, LookupError, TypeError):
            raise self._error("answered something that is no list of embeddings") from None


class LlamaIndexEmbedder(_ExternalEmbedder):
    """Any LlamaIndex ``BaseEmbedding``, given to ``Assistant.open(embedding=…)``."""

    def __init__(self, embedding: "BaseEmbedding") -> None:
        self._embedding = embedding
        kind = type(embedding).__name__
        name = kind if embedding.model_name == "unknown" else f"{kind}:{embedding.model_name}"
        super().__init__(name, f"The LlamaIndex embedding {name}")

    def embed_question(self, text: str) -> Vectors:
        """A question's vector, shape (dimension,); raises as ``embed`` does."""
        row = self._call(self._embedding.get_query_embedding, replace_surrogates(text))
        vector: Vectors = self._unit_vectors([row], 1)[0]
        return vector

    def _request(self, texts: list[str]) -> Any:
        return self._call(self._embedding.get_text_embedding_batch, texts)

    def _call(self, method: Callable[[Any], Any], argument: Any) -> Any:
        try:
            return method(argument)
        except Exception as error:
            raise self._error(f"failed: {redact_logins(f'{type(error).__name__}: {error}')}") from error


def open_embedder(settings: Settings, embedding: "BaseEmbedding | None" = None) -> Embedder:
    """The embedder that was given or set; loads and contacts nothing yet.

    Raises:
        SettingsError: an endpoint's model is set, but neither key nor address.
    """
    if embedding is not None:
        return LlamaIndexEmbedder(embedding)
    return E5Embedder(settings.threads) if settings.embedding == "bundled" else EndpointEmbedder(settings)
