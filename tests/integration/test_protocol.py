"""Asking an index in this process and asking it over HTTP give the same values and the same errors."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from assistant.errors import AssistantError, DocumentNotFoundError, QuestionError, RecordError, SettingsError
from assistant.protocol import QuestionAnswering
from assistant.remote import connect
from assistant.types import Answer
from tests.support.assistant_server import RunningAssistant, serve_assistant

HARBOUR_TEXT = """The harbour of Norrvik

The harbour of Norrvik was opened in 1912. In 2023 it handled 4,811 ships. Its master is Ingrid Solheim.
"""
SHIPS_QUESTION = "How many ships did the harbour of Norrvik handle in 2023?"
HISTORY = [
    {"role": "user", "content": SHIPS_QUESTION},
    {"role": "assistant", "content": "It handled 4,811 ships."},
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAssistant]:
    """A server over an index of one document."""
    folder = tmp_path_factory.mktemp("documents")
    (folder / "harbour.txt").write_text(HARBOUR_TEXT, encoding="utf-8")
    with serve_assistant(tmp_path_factory.mktemp("home"), folder) as server:
        yield server


@pytest.fixture(params=["in this process", "over HTTP"])
def door(request: pytest.FixtureRequest, server: RunningAssistant) -> QuestionAnswering:
    """Each way to ask that index, in turn."""
    if request.param == "in this process":
        return server.assistant
    remote = connect({"home": server.service.settings.home})
    assert remote is not None
    return remote


def record_without_times(answer: Answer) -> dict[str, Any]:
    """The record of an answer without the times that it took."""
    return replace(answer, seconds={}).to_dict()


def test_an_answer_is_the_same(door: QuestionAnswering, server: RunningAssistant) -> None:
    """Statements, citations, score and versions are those of the open index."""
    answer = door.ask(SHIPS_QUESTION)
    assert "In 2023 it handled 4,811 ships. [1]" == answer.text
    assert record_without_times(server.assistant.ask(SHIPS_QUESTION)) == record_without_times(answer)


def test_a_refusal_is_the_same(door: QuestionAnswering, server: RunningAssistant) -> None:
    """What the documents don't say is refused with the same reason; that is an answer, not an error."""
    answer = door.ask("What is the capital of Mongolia?")
    assert answer.refused
    assert record_without_times(server.assistant.ask("What is the capital of Mongolia?")) == record_without_times(
        answer
    )


def test_a_follow_up_is_understood(door: QuestionAnswering) -> None:
    """The history is passed on, and the question rewritten with it."""
    answer = door.ask("Who is its master?", history=HISTORY)
    assert "Norrvik" in answer.asked
    assert "Ingrid Solheim" in answer.text


def test_filters_are_applied(door: QuestionAnswering) -> None:
    """A kind or a day that no document has leaves nothing to cite and nothing to find."""
    assert door.ask(SHIPS_QUESTION, kinds=["pdf"]).refused
    assert [] == list(door.search("ships", kinds=["pdf"]))
    assert [] == list(door.search("ships", since="2030-01-01"))


def test_an_explanation_keeps_what_was_retrieved(door: QuestionAnswering, server: RunningAssistant) -> None:
    """The hits, their features and the prompt come with the answer."""
    explanation, expected = door.explain(SHIPS_QUESTION), server.assistant.explain(SHIPS_QUESTION)
    assert [hit.to_dict() for hit in expected.hits] == [hit.to_dict() for hit in explanation.hits]
    assert expected.prompt == explanation.prompt
    assert [features.keys() for features in expected.features] == [features.keys() for features in explanation.features]


def test_hits_are_the_same(door: QuestionAnswering, server: RunningAssistant) -> None:
    """A search gives as many hits as it is asked for, in the same order."""
    assert [hit.to_dict() for hit in server.assistant.search("ships", 2)] == [
        hit.to_dict() for hit in door.search("ships", 2)
    ]


def test_documents_are_listed_and_read(door: QuestionAnswering, server: RunningAssistant) -> None:
    """The list and the canonical text are those of the open index."""
    (summary,) = door.documents()
    assert server.assistant.documents() == [summary]
    document = door.document(summary.id)
    assert server.assistant.document(summary.id) == document
    citation = door.ask(SHIPS_QUESTION).citations[0]
    assert citation.quote == document.text[citation.start : citation.end]


def test_a_saved_answer_is_verified(door: QuestionAnswering) -> None:
    """A saved answer still holds, whether it is given as an Answer or as its record."""
    answer = door.ask(SHIPS_QUESTION)
    assert door.verify(answer).holds
    assert door.verify(answer) == door.verify(answer.to_dict())


@pytest.mark.parametrize(
    ("call", "error_class"),
    [
        (lambda door: door.ask("  "), QuestionError),
        (lambda door: door.search("x" * 4_001), QuestionError),
        (lambda door: door.ask(SHIPS_QUESTION, documents=["nothing"]), DocumentNotFoundError),
        (lambda door: door.document("nothing"), DocumentNotFoundError),
        (lambda door: door.ask(SHIPS_QUESTION, mode="llm"), SettingsError),
        (lambda door: door.verify({"question": SHIPS_QUESTION}), RecordError),
    ],
)
def test_errors_are_the_same(
    door: QuestionAnswering,
    server: RunningAssistant,
    call: Callable[[QuestionAnswering], object],
    error_class: type[AssistantError],
) -> None:
    """An error has the class and the message that the open index gives it."""
    with pytest.raises(error_class) as expected:
        call(server.assistant)
    with pytest.raises(error_class) as raised:
        call(door)
    assert type(expected.value) is type(raised.value)
    assert str(expected.value) == str(raised.value)
