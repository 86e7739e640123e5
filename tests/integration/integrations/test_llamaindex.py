"""The LlamaIndex doors, with LlamaIndex itself on the other side."""

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
from llama_index.core.schema import QueryBundle

from assistant import Assistant
from assistant.errors import EmbeddingError, MismatchError, QuestionError, ReadingError, SettingsError
from assistant.integrations.llamaindex import AssistantEmbedding

ARRESTS = "How many arrests were made?"
SENTENCE = "Police made 2,517 arrests in 116 countries."
TEXT = (
    f"# Operation Kestrel\n\n{SENTENCE} The ice closes the harbour in winter. The day was cold. "
    "In Mali, officers rescued 24 women.\n\nThe day was cold."
)
UNKNOWN = "What is the capital of Mongolia?"


class Events(BaseEventHandler):
    """Keeps the names of the events that LlamaIndex sends."""

    names: list[str] = []  # noqa: RUF012 — a pydantic field, copied for each instance

    def handle(self, event: Any, **_: Any) -> None:
        """Keeps one event's name."""
        self.names.append(event.class_name())


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An index of one document, for the tests that only read."""
    root = tmp_path_factory.mktemp("documents")
    (root / "kestrel.md").write_text(TEXT, encoding="utf-8")
    with Assistant.open(tmp_path_factory.mktemp("home")) as made:
        made.index(root)
        yield made


@pytest.fixture
def events() -> Iterator[list[str]]:
    """The names of the events sent during a test."""
    handler, dispatcher = Events(), get_dispatcher()
    dispatcher.add_event_handler(handler)
    yield handler.names
    dispatcher.event_handlers.remove(handler)


# The query engine


@pytest.mark.parametrize("way", ["query", "aquery"])
def test_the_query_engine_answers(opened: Assistant, events: list[str], way: str) -> None:
    """A query gets the assistant's text and record, the cited sentence as a node, and sends its events."""
    engine = opened.query_engine()
    response = engine.query(ARRESTS) if way == "query" else asyncio.run(engine.aquery(ARRESTS))

    assert isinstance(engine, BaseQueryEngine)
    assert f"{SENTENCE} [1]" == str(response)
    (cited,) = response.source_nodes
    start, end = cited.node.start_char_idx, cited.node.end_char_idx  # type: ignore[attr-defined]  # of TextNode
    assert SENTENCE == cited.node.get_content() == TEXT[start:end]
    assert response.metadata is not None
    (citation,) = response.metadata["citations"]
    assert (start, end, SENTENCE) == (citation["start"], citation["end"], citation["quote"])
    assert citation["document_id"] == cited.node.metadata["document_id"]
    expected = opened.ask(ARRESTS).to_dict()
    del expected["seconds"]
    assert expected == {key: value for key, value in response.metadata.items() if key != "seconds"}
    json.dumps(response.metadata)
    assert ["QueryStartEvent", "QueryEndEvent"] == events


def test_a_refusal_is_a_response(opened: Assistant) -> None:
    """A refusal comes through as text and record, without source nodes."""
    response = opened.query_engine().query(UNKNOWN)

    assert [] == response.source_nodes
    assert response.metadata is not None
    assert response.metadata["refused"]
    assert response.metadata["answer"] == str(response)


def test_an_empty_query_is_an_error(opened: Assistant) -> None:
    """The assistant's errors come through LlamaIndex as they are."""
    with pytest.raises(QuestionError, match="empty"):
        opened.query_engine().query(" ")


def test_the_query_engine_has_no_prompts(opened: Assistant) -> None:
    """Quotes mode sends no prompt, so there is none to change."""
    assert {} == opened.query_engine().get_prompts()


# The retriever


@pytest.mark.parametrize("way", ["retrieve", "aretrieve"])
def test_the_retriever_finds_sentences(opened: Assistant, events: list[str], way: str) -> None:
    """Retrieved nodes are the sentences that ``search`` finds, in its order, with their offsets and scores."""
    retriever = opened.retriever(3)
    query = "people the police arrested"
    nodes = retriever.retrieve(query) if way == "retrieve" else asyncio.run(retriever.aretrieve(QueryBundle(query)))

    assert isinstance(retriever, BaseRetriever)
    hits = opened.search(query, k=3)
    assert [(hit.sentence.text, hit.score, hit.sentence.start, hit.sentence.end) for hit in hits] == [
        (each.get_content(), each.score, each.node.start_char_idx, each.node.end_char_idx)  # type: ignore[attr-defined]  # of TextNode
        for each in nodes
    ]
    assert SENTENCE == nodes[0].get_content()
    assert {"document_id", "title", "source", "page"} == set(nodes[0].metadata)
    assert "Operation Kestrel" == nodes[0].metadata["title"]
    assert ["RetrievalStartEvent", "RetrievalEndEvent"] == events


def test_a_repeated_sentence_is_two_nodes(opened: Assistant) -> None:
    """The same words at two places are two nodes of two ids, which stay the same from run to run."""
    query = "The day was cold"
    nodes = [each.node for each in opened.retriever().retrieve(query) if "cold" in each.get_content()]

    assert 2 == len({node.node_id for node in nodes})
    starts = {node.start_char_idx for node in nodes}  # type: ignore[attr-defined]  # of TextNode
    assert {TEXT.index("The day was cold."), TEXT.rindex("The day was cold.")} == starts
    again = [each.node.node_id for each in opened.retriever().retrieve(query) if "cold" in each.get_content()]
    assert again == [node.node_id for node in nodes]


# The embedding


def test_the_embedding_serves_llamaindex(opened: Assistant, events: list[str]) -> None:
    """LlamaIndex's own index works on the assistant's embedder, whose vectors are of unit length."""
    embedding = AssistantEmbedding(opened.engine().retriever.embedder)
    texts = ["The zoo opens at nine in the morning.", "Lions eat at noon."]
    vectors = embedding.get_text_embedding_batch(texts)

    assert [384, 384] == [len(vector) for vector in vectors]
    assert [1.0, 1.0] == pytest.approx([sum(x * x for x in vector) for vector in vectors], abs=1e-5)
    assert opened.engine().retriever.embedder.name == embedding.model_name
    assert ["EmbeddingStartEvent", "EmbeddingEndEvent"] == events
    index = VectorStoreIndex.from_documents(
        [Document(text=text) for text in texts], embed_model=embedding, transformations=[]
    )
    (found,) = index.as_retriever(similarity_top_k=1).retrieve("opening hours")
    assert texts[0] == found.get_content()


def test_the_embedding_without_waiting(opened: Assistant) -> None:
    """The asynchronous ways give the vectors of the others."""
    embedding = AssistantEmbedding(opened.engine().retriever.embedder)

    async def ask() -> tuple[list[float], list[float], list[list[float]]]:
        return (
            await embedding.aget_query_embedding("lions"),
            await embedding.aget_text_embedding("lions"),
            await embedding.aget_text_embedding_batch(["lions"]),
        )

    expected = embedding.get_text_embedding("lions")
    query, text, batch = asyncio.run(ask())
    assert [expected] * 3 == [query, text, *batch]
    assert expected == embedding.get_query_embedding("lions")


# LlamaIndex's embeddings and documents in the assistant


def test_another_embedder_makes_another_index(tmp_path: Path) -> None:
    """Any LlamaIndex embedding works; an index made with another is a mismatch, and is left as it was."""
    with Assistant.open(tmp_path, embedding=MockEmbedding(embed_dim=8)) as mock:
        mock.index(Document(text=TEXT, id_="kestrel"))
        expected = mock.ask(ARRESTS)
        assert f"{SENTENCE} [1]" == expected.text
        assert expected.model == mock.engine().retriever.embedder.name
        assert "MockEmbedding" in expected.model
    for other in (None, MockEmbedding(embed_dim=9)):
        with pytest.raises(MismatchError, match="assistant index --rebuild"):
            Assistant.open(tmp_path, embedding=other)
    with Assistant.open(tmp_path, embedding=MockEmbedding(embed_dim=8)) as again:
        assert expected.text == again.ask(ARRESTS).text


def test_an_embedding_that_fails(tmp_path: Path) -> None:
    """A LlamaIndex embedding that fails is named, and nothing half-made stays."""

    class Failing(MockEmbedding):
        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            if texts != ["dimension"]:
                raise ConnectionError("no route")
            return super()._get_text_embeddings(texts)

    with Assistant.open(tmp_path, embedding=Failing(embed_dim=8)) as failing:
        with pytest.raises(EmbeddingError, match="Failing failed: ConnectionError: no route"):
            failing.index(Document(text=TEXT))
        assert [] == failing.documents()


def test_documents_of_llamaindex_beside_files(tmp_path: Path) -> None:
    """Paths and LlamaIndex documents go in together; folders that are synchronised later leave these alone."""
    root = tmp_path / "root"
    root.mkdir()
    (root / "zoo.txt").write_text("Tickets cost ten euros.")
    note = Document(
        text="The harbour handled 4,811 ships.\r\nIts master is Ingrid Solheim.",
        metadata={"title": "The harbour", "source": "https://harbour.example/2023", "date": "2023-12-31"},
    )
    with Assistant.open(tmp_path / "home") as both:
        first = both.index([root, note])
        assert 2 == len(first.added)
        assert note.metadata["source"] in first.added
        assert 2 == len(both.index([str(root), note]).unchanged)
        assert () == both.index(root).removed

        answer = both.ask("How many ships did the harbour handle?", kinds=["text"], since="2023-12-31")
        assert "The harbour handled 4,811 ships. [1]" == answer.text
        (citation,) = answer.citations
        assert ("The harbour", note.metadata["source"]) == (citation.title, citation.source)
        assert citation.quote == both.document(citation.document_id).text[citation.start : citation.end]

        note.set_content("The harbour handled 4,812 ships.")
        assert 1 == len(both.index(note).changed)
        assert 2 == len(both.documents())


def test_what_is_no_document(tmp_path: Path) -> None:
    """An object that is no document is named by its place, before anything is indexed."""
    (tmp_path / "zoo.txt").write_text("Tickets cost ten euros.")
    with Assistant.open(tmp_path / "home") as made:
        with pytest.raises(ReadingError, match="number 2 is no LlamaIndex document: int"):
            made.index([tmp_path / "zoo.txt", Document(text="A text."), 7])
        assert [] == made.documents()


def test_a_wrong_setting_beside_an_embedding(tmp_path: Path) -> None:
    """An embedding that is given does not hide a wrong setting."""
    with pytest.raises(SettingsError, match="colour"):
        Assistant.open(tmp_path, embedding=MockEmbedding(embed_dim=8), colour="red")
