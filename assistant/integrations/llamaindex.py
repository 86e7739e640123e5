"""The assistant as LlamaIndex parts: a query engine, a retriever and an embedding over the one pipeline.

Importing this module imports ``llama_index.core``, which takes seconds, so it is imported only where it is used. The
classes derive from LlamaIndex's own and so send its query, retrieval and embedding events: its users' tracing tools see
the assistant like any other engine (llama-index-core 0.14).
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.embeddings.base import BaseEmbedding, Embedding
from llama_index.core.base.response.schema import RESPONSE_TYPE, Response
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

if TYPE_CHECKING:
    from assistant.models.embedders import Embedder
    from assistant.protocol import QuestionAnswering
    from assistant.types import Citation, Hit


class AssistantRetriever(BaseRetriever):
    """Retrieves the sentences that `assistant.Assistant.search` finds, as nodes.

    A node's character offsets address the document's canonical text; its score is the hit's.

    Args:
        assistant: an index that can be asked, in this process or over HTTP.
        k: how many sentences are retrieved at most.
    """

    def __init__(self, assistant: "QuestionAnswering", k: int = 10) -> None:
        super().__init__(callback_manager=None)
        self._assistant = assistant
        self._k = k

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        hits = self._assistant.search(query_bundle.query_str, k=self._k)
        return [NodeWithScore(node=_node_of_hit(hit), score=hit.score) for hit in hits]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return self._retrieve(query_bundle)  # computes, and waits for nothing that could be awaited


class AssistantQueryEngine(BaseQueryEngine):
    """Answers as `assistant.Assistant.ask` does.

    Of a response, ``response`` is the answer's text, ``metadata`` its whole record, and ``source_nodes`` are the cited
    sentences, in the order of their numbers.

    Args:
        assistant: an index that can be asked, in this process or over HTTP.
    """

    def __init__(self, assistant: "QuestionAnswering") -> None:
        super().__init__(callback_manager=None)
        self._assistant = assistant

    def _query(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        answer = self._assistant.ask(query_bundle.query_str)
        nodes = [NodeWithScore(node=_node_of_citation(citation)) for citation in answer.citations]
        return Response(response=answer.text, source_nodes=nodes, metadata=answer.to_dict())

    async def _aquery(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        return self._query(query_bundle)

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}


class AssistantEmbedding(BaseEmbedding):
    """The assistant's embedder for LlamaIndex's own indexes: vectors of unit length."""

    _embedder: "Embedder" = PrivateAttr()

    def __init__(self, embedder: "Embedder") -> None:
        super().__init__(model_name=embedder.name)
        self._embedder = embedder

    def _get_query_embedding(self, query: str) -> Embedding:
        return [float(value) for value in self._embedder.embed_question(query)]

    async def _aget_query_embedding(self, query: str) -> Embedding:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> Embedding:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[Embedding]:
        return [[float(value) for value in vector] for vector in self._embedder.embed(texts)]


def _node_of_hit(hit: "Hit") -> TextNode:
    sentence, document = hit.sentence, hit.document
    metadata = {
        "document_id": document.id,
        "title": document.title,
        "source": document.source,
        "page": sentence.page,
    }
    return _node(f"{document.id}:{sentence.number}", sentence.text, sentence.start, sentence.end, metadata)


def _node_of_citation(citation: "Citation") -> TextNode:
    metadata = {
        "document_id": citation.document_id,
        "title": citation.title,
        "source": citation.source,
        "page": citation.page,
        "number": citation.number,
    }
    node_id = f"{citation.document_id}:{citation.sentence}"
    return _node(node_id, citation.quote, citation.start, citation.end, metadata)


def _node(node_id: str, text: str, start: int, end: int, metadata: Mapping[str, object]) -> TextNode:
    return TextNode(
        id_=node_id,
        text=text,
        start_char_idx=start,
        end_char_idx=end,
        metadata=dict(metadata),
        excluded_embed_metadata_keys=list(metadata),
    )
