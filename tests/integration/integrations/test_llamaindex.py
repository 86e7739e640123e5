"""The assistant as LlamaIndex's query engine, retriever and embedding, called by LlamaIndex itself."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from llama_index.core import Document, VectorStoreIndex
from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.embeddings import MockEmbedding
from llama_index.core.instrumentation import get_dispatcher  # type: ignore[attr-defined]  # its re-export isn't marked
from llama_index.core.instrumentation.event_handlers import BaseEventHandler
from llama_index.core.schema import QueryBundle, TextNode

from assistant import Assistant
from assistant.errors import EmbeddingError, MismatchError, QuestionError, ReadingError, SettingsError
from assistant.integrations.llamaindex import AssistantEmbedding

ARRESTS_QUESTION = "How many arrests were made?"
QUOTE = "Police made 2,517 arrests in 116 countries."
TEXT = (
    f"# Operation Kestrel\n\n{QUOTE} The ice closes the harbour in winter. The day was cold. "
    "In Mali, officers rescued 24 women.\n\nThe day was cold."
)
UNANSWERABLE_QUESTION = "What is the capital of Mongolia?"


class EventNames(BaseEventHandler):
    """Keeps the names of the events that LlamaIndex sends."""

    names: list[str] = []  # noqa: RUF012 — a pydantic field, copied for each instance

    def handle(self, event: Any, **_: Any) -> None:
        """Keeps one event's name."""
        self.names.append(event.class_name())


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An index of one document, for the tests that only read."""
    folder = tmp_path_factory.mktemp("documents")
    (folder / "kestrel.md").write_text(TEXT, encoding="utf-8")
    with Assistant.open(tmp_path_factory.mktemp("home")) as assistant:
        assistant.index(folder)
        yield assistant


@pytest.fixture
def event_names() -> Iterator[list[str]]:
    """The names of the events sent during a test."""
    handler, dispatcher = EventNames(), get_dispatcher()
    dispatcher.add_event_handler(handler)
    yield handler.names
    dispatcher.event_handlers.remove(handler)


# The query engine


@pytest.mark.parametrize("method", ["query", "aquery"])
def test_the_query_engine_answers(assistant: Assistant, event_names: list[str], method: str) -> None:
    """A response has the answer's text, its record and the cited sentence as a node; LlamaIndex's events are sent."""
    engine = assistant.query_engine()
    response = engine.query(ARRESTS_QUESTION) if method == "query" else asyncio.run(engine.aquery(ARRESTS_QUESTION))

    assert isinstance(engine, BaseQueryEngine)
    assert f"{QUOTE} [1]" == str(response)
    (source_node,) = response.source_nodes
    start, end = source_node.node.start_char_idx, source_node.node.end_char_idx  # type: ignore[attr-defined]  # of TextNode
    assert QUOTE == source_node.node.get_content() == TEXT[start:end]
    assert response.metadata is not None
    (citation,) = response.metadata["citations"]
    assert (start, end, QUOTE) == (citation["start"], citation["end"], citation["quote"])
    assert citation["document_id"] == source_node.node.metadata["document_id"]
    expected = assistant.ask(ARRESTS_QUESTION).to_dict()
    del expected["seconds"]
    assert expected == {key: value for key, value in response.metadata.items() if key != "seconds"}
    json.dumps(response.metadata)
    assert ["QueryStartEvent", "QueryEndEvent"] == event_names


def test_a_refusal_is_a_response_without_sources(assistant: Assistant) -> None:
    """A refusal comes through as text and record, and has no source nodes."""
    response = assistant.query_engine().query(UNANSWERABLE_QUESTION)

    assert [] == response.source_nodes
    assert response.metadata is not None
    assert response.metadata["refused"]
    assert response.metadata["answer"] == str(response)


def test_an_empty_query_is_an_error(assistant: Assistant) -> None:
    """LlamaIndex lets the assistant's errors through unchanged."""
    with pytest.raises(QuestionError, match="empty"):
        assistant.query_engine().query(" ")


def test_the_query_engine_has_no_prompts(assistant: Assistant) -> None:
    """LlamaIndex's users are offered no prompts to change, for the assistant's prompts are its own files."""
    assert {} == assistant.query_engine().get_prompts()


# The retriever


@pytest.mark.parametrize("method", ["retrieve", "aretrieve"])
def test_the_retriever_finds_sentences(assistant: Assistant, event_names: list[str], method: str) -> None:
    """The nodes are the hits of ``search`` in their order, with offsets and scores."""
    retriever = assistant.retriever(3)
    query = "how many people did the police arrest"
    nodes = retriever.retrieve(query) if method == "retrieve" else asyncio.run(retriever.aretrieve(QueryBundle(query)))

    assert isinstance(retriever, BaseRetriever)
    hits = assistant.search(query, k=3)
    assert [(hit.sentence.text, hit.score, hit.sentence.start, hit.sentence.end) for hit in hits] == [
        (node.get_content(), node.score, node.node.start_char_idx, node.node.end_char_idx)  # type: ignore[attr-defined]  # of TextNode
        for node in nodes
    ]
    assert QUOTE == nodes[0].get_content()
    assert {"document_id", "title", "source", "page"} == set(nodes[0].metadata)
    assert "Operation Kestrel" == nodes[0].metadata["title"]
    assert ["RetrievalStartEvent", "RetrievalEndEvent"] == event_names


def test_a_repeated_sentence_is_two_nodes(assistant: Assistant) -> None:
    """The same words at two places are two nodes with different ids, which stay the same from run to run."""

    def nodes_about_the_cold() -> list[TextNode]:
        scored_nodes = assistant.retriever().retrieve("The day was cold")
        nodes = [scored.node for scored in scored_nodes if isinstance(scored.node, TextNode)]
        return [node for node in nodes if "cold" in node.get_content()]

    nodes = nodes_about_the_cold()
    assert 2 == len({node.node_id for node in nodes})
    first, second = TEXT.index("The day was cold."), TEXT.rindex("The day was cold.")
    assert {first, second} == {node.start_char_idx for node in nodes}
    assert [node.node_id for node in nodes] == [node.node_id for node in nodes_about_the_cold()]


# The embedding


def test_the_embedding_serves_an_index_of_llamaindex(assistant: Assistant, event_names: list[str]) -> None:
    """LlamaIndex's own index works with the assistant's embedder, whose vectors have unit length."""
    embedding = AssistantEmbedding(assistant.engine().retriever.embedder)
    texts = ["The zoo opens at nine in the morning.", "Lions eat at noon."]
    vectors = embedding.get_text_embedding_batch(texts)

    assert [384, 384] == [len(vector) for vector in vectors]
    assert [1.0, 1.0] == pytest.approx([sum(x * x for x in vector) for vector in vectors], abs=1e-5)
    assert assistant.engine().retriever.embedder.name == embedding.model_name
    assert ["EmbeddingStartEvent", "EmbeddingEndEvent"] == event_names
    index = VectorStoreIndex.from_documents(
        [Document(text=text) for text in texts], embed_model=embedding, transformations=[]
    )
    (nearest,) = index.as_retriever(similarity_top_k=1).retrieve("opening hours")
    assert texts[0] == nearest.get_content()


def test_the_asynchronous_methods_of_the_embedding(assistant: Assistant) -> None:
    """The asynchronous methods return the vectors that the others return."""
    embedding = AssistantEmbedding(assistant.engine().retriever.embedder)

    async def embed() -> tuple[list[float], list[float], list[list[float]]]:
        return (
            await embedding.aget_query_embedding("lions"),
            await embedding.aget_text_embedding("lions"),
            await embedding.aget_text_embedding_batch(["lions"]),
        )

    query, text, batch = asyncio.run(embed())
    assert [embedding.get_text_embedding("lions")] * 2 == [text, *batch]
    assert embedding.get_query_embedding("lions") == query


# LlamaIndex's embeddings and documents, given to the assistant


def test_an_index_belongs_to_its_embedder(tmp_path: Path) -> None:
    """Any LlamaIndex embedding works; opening an index with another embedder is an error, and changes nothing in it."""
    with Assistant.open(tmp_path, embedding=MockEmbedding(embed_dim=8)) as assistant:
        assistant.index(Document(text=TEXT, id_="kestrel"))
        expected = assistant.ask(ARRESTS_QUESTION)
        assert f"{QUOTE} [1]" == expected.text
        assert expected.model == assistant.engine().retriever.embedder.name
        assert "MockEmbedding" in expected.model
    for other_embedding in (None, MockEmbedding(embed_dim=9)):
        with pytest.raises(MismatchError, match="assistant index --rebuild"):
            Assistant.open(tmp_path, embedding=other_embedding)
    with Assistant.open(tmp_path, embedding=MockEmbedding(embed_dim=8)) as reopened:
        assert expected.text == reopened.ask(ARRESTS_QUESTION).text


def test_a_failing_embedding_is_an_error(tmp_path: Path) -> None:
    """The error names the LlamaIndex embedding and its failure, and no document is left half-indexed."""

    class Failing(MockEmbedding):  # in everything but the first call, which asks for the dimension
        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            if texts != ["dimension"]:
                raise ConnectionError("no route")
            return super()._get_text_embeddings(texts)

    with Assistant.open(tmp_path, embedding=Failing(embed_dim=8)) as assistant:
        with pytest.raises(EmbeddingError, match="Failing failed: ConnectionError: no route"):
            assistant.index(Document(text=TEXT))
        assert [] == assistant.documents()


def test_llamaindex_documents_are_indexed_beside_files(tmp_path: Path) -> None:
    """Paths and LlamaIndex documents can be indexed together; synchronising a folder later leaves the latter alone."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "zoo.txt").write_text("Tickets cost ten euros.")
    note = Document(
        text="The harbour handled 4,811 ships.\r\nIts master is Ingrid Solheim.",
        metadata={"title": "The harbour", "source": "https://harbour.example/2023", "date": "2023-12-31"},
    )
    with Assistant.open(tmp_path / "home") as assistant:
        first = assistant.index([folder, note])
        assert 2 == len(first.added)
        assert note.metadata["source"] in first.added
        assert 2 == len(assistant.index([str(folder), note]).unchanged)
        assert () == assistant.index(folder).removed

        answer = assistant.ask("How many ships did the harbour handle?", kinds=["text"], since="2023-12-31")
        assert "The harbour handled 4,811 ships. [1]" == answer.text
        (citation,) = answer.citations
        assert ("The harbour", note.metadata["source"]) == (citation.title, citation.source)
        assert citation.quote == assistant.document(citation.document_id).text[citation.start : citation.end]

        note.set_content("The harbour handled 4,812 ships.")
        assert 1 == len(assistant.index(note).changed)
        assert 2 == len(assistant.documents())


def test_an_object_that_is_no_document_is_an_error(tmp_path: Path) -> None:
    """The error says which item of the list it is, and nothing is indexed."""
    (tmp_path / "zoo.txt").write_text("Tickets cost ten euros.")
    with Assistant.open(tmp_path / "home") as assistant:
        with pytest.raises(ReadingError, match="number 2 is no LlamaIndex document: int"):
            assistant.index([tmp_path / "zoo.txt", Document(text="A text."), 7])
        assert [] == assistant.documents()


def test_a_wrong_setting_beside_an_embedding_is_an_error(tmp_path: Path) -> None:
    """An embedding that is passed in does not hide a wrong setting."""
    with pytest.raises(SettingsError, match="colour"):
        Assistant.open(tmp_path, embedding=MockEmbedding(embed_dim=8), colour="red")
