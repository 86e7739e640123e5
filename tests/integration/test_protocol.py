"""Both doors to an index, the one in this process and the one over HTTP, give the same values and the same errors."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import AssistantError, DocumentNotFoundError, QuestionError, RecordError, SettingsError
from assistant.protocol import QuestionAnswering
from assistant.remote import connect
from assistant.types import Answer
from tests.support.assistant_server import Served, serving

HARBOUR = """The harbour of Norrvik

The harbour of Norrvik was opened in 1912. In 2023 it handled 4,811 ships. Its master is Ingrid Solheim.
"""
SHIPS = "How many ships did the harbour of Norrvik handle in 2023?"
FOLLOW_UP = [{"role": "user", "content": SHIPS}, {"role": "assistant", "content": "It handled 4,811 ships."}]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server over an index of one document."""
    folder = tmp_path_factory.mktemp("documents")
    (folder / "harbour.txt").write_text(HARBOUR, encoding="utf-8")
    with serving(tmp_path_factory.mktemp("home"), folder) as running:
        yield running


@pytest.fixture(params=["in this process", "over HTTP"])
def door(request: pytest.FixtureRequest, served: Served) -> QuestionAnswering:
    """Each door to the same index in turn."""
    if request.param == "in this process":
        return served.assistant
    remote = connect({"home": served.service.settings.home})
    assert remote is not None
    return remote


def record(answer: Answer) -> dict[str, Any]:
    """The record of an answer without the times that it took."""
    return replace(answer, seconds={}).to_dict()


def test_an_answer_is_the_same(door: QuestionAnswering, served: Served) -> None:
    """Statements, citations, score and versions are those of the open index."""
    answer = door.ask(SHIPS)
    assert "In 2023 it handled 4,811 ships. [1]" == answer.text
    assert record(served.assistant.ask(SHIPS)) == record(answer)


def test_a_refusal_is_data(door: QuestionAnswering, served: Served) -> None:
    """What the documents don't say is refused with the same reason."""
    answer = door.ask("What is the capital of Mongolia?")
    assert answer.refused
    assert record(served.assistant.ask("What is the capital of Mongolia?")) == record(answer)


def test_a_follow_up_is_understood(door: QuestionAnswering) -> None:
    """The history is passed on, and the question rewritten with it."""
    answer = door.ask("Who is its master?", history=FOLLOW_UP)
    assert "Norrvik" in answer.asked
    assert "Ingrid Solheim" in answer.text


def test_filters_count(door: QuestionAnswering) -> None:
    """A kind that no document has leaves nothing to cite."""
    assert door.ask(SHIPS, kinds=["pdf"]).refused
    assert [] == list(door.search("ships", kinds=["pdf"]))
    assert [] == list(door.search("ships", since="2030-01-01"))


def test_an_explanation_keeps_what_was_retrieved(door: QuestionAnswering, served: Served) -> None:
    """The hits, their features and the prompt come with the answer."""
    explanation, expected = door.explain(SHIPS), served.assistant.explain(SHIPS)
    assert [hit.to_dict() for hit in expected.hits] == [hit.to_dict() for hit in explanation.hits]
    assert expected.prompt == explanation.prompt
    assert [features.keys() for features in expected.features] == [features.keys() for features in explanation.features]


def test_hits_are_the_same(door: QuestionAnswering, served: Served) -> None:
    """In the same order, as many as were asked for."""
    assert [hit.to_dict() for hit in served.assistant.search("ships", 2)] == [
        hit.to_dict() for hit in door.search("ships", 2)
    ]


def test_documents_are_listed_and_read(door: QuestionAnswering, served: Served) -> None:
    """The list and the canonical text are those of the open index."""
    (summary,) = door.documents()
    assert served.assistant.documents() == [summary]
    document = door.document(summary.id)
    assert served.assistant.document(summary.id) == document
    citation = door.ask(SHIPS).citations[0]
    assert citation.quote == document.text[citation.start : citation.end]


def test_a_saved_answer_is_verified(door: QuestionAnswering) -> None:
    """As an answer or as its record."""
    answer = door.ask(SHIPS)
    assert door.verify(answer).holds
    assert door.verify(answer) == door.verify(answer.to_dict())


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda door: door.ask("  "), QuestionError),
        (lambda door: door.search("x" * 4_001), QuestionError),
        (lambda door: door.ask(SHIPS, documents=["nothing"]), DocumentNotFoundError),
        (lambda door: door.document("nothing"), DocumentNotFoundError),
        (lambda door: door.ask(SHIPS, mode="llm"), SettingsError),
        (lambda door: door.verify({"question": SHIPS}), RecordError),
    ],
)
def test_errors_are_the_same(
    door: QuestionAnswering,
    served: Served,
    call: Callable[[QuestionAnswering], object],
    error: type[AssistantError],
) -> None:
    """Each has the class, and the words, that the open index gives it."""
    with pytest.raises(error) as expected:
        call(served.assistant)
    with pytest.raises(error) as raised:
        call(door)
    assert type(expected.value) is type(raised.value)
    assert str(expected.value) == str(raised.value)
