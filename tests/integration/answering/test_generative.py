"""Answers written by a scripted language model, however badly: nothing of it is shown unchecked."""

import itertools
import json
import threading
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.types import Answer, Statement
from tests.integration.answering.scripted_answers import ARRESTS_QUESTION, llm_settings, prompt_number
from tests.support.stub_model import ModelStub

pytestmark = pytest.mark.folder  # one index for all of these tests


@pytest.fixture
def numbers(llm_assistant: Assistant, stub: ModelStub) -> dict[str, int]:
    """The numbers of Kestrel's sentences in the prompt for ``ARRESTS_QUESTION``, by a text in each.

    Afterwards the stub says that it can answer, and has forgotten its requests.
    """
    stub.yes_chance = 0.001
    llm_assistant.ask(ARRESTS_QUESTION)
    numbers = {part: prompt_number(stub, part) for part in ("2,517", "3,222", "Lyon", "4 October")}
    stub.forget()
    stub.yes_chance = 0.99
    return numbers


# A model that does well


def test_statements_are_checked_and_cited(llm_assistant: Assistant, stub: ModelStub, numbers: dict[str, int]) -> None:
    """Statements have citations whose quotes stand in the documents, and the record says which model wrote them."""
    stub.pieces = (
        f"In Operation Kestrel, police made 2,517 arrests. [{numbers['2,517']}]\n",
        f"Maria Lund led it from Lyon. [{numbers['Lyon']}]",
    )
    answer = llm_assistant.ask(ARRESTS_QUESTION)
    assert "In Operation Kestrel, police made 2,517 arrests. [1] Maria Lund led it from Lyon. [2]" == answer.text
    assert ["supported", "supported"] == [statement.verdict for statement in answer.statements]
    assert (1, 2) == tuple(citation.number for citation in answer.citations)
    for citation in answer.citations:
        assert citation.quote == llm_assistant.document(citation.document_id).text[citation.start : citation.end]
    assert ("llm", "stub", None) == (answer.mode, answer.model, answer.reason)
    assert {"prompt_tokens": 120, "completion_tokens": 10} == answer.usage
    record = answer.to_dict()
    assert 64 == len(record["prompt_sha256"])
    assert {"assistant", "file_reader", "splitter", "embedding", "reader"} == set(record["versions"])
    assert record == json.loads(json.dumps(record))
    assert llm_assistant.verify(answer).holds


def test_the_second_request_begins_with_the_first(
    llm_assistant: Assistant, stub: ModelStub, numbers: dict[str, int]
) -> None:
    """The request for the answer repeats the first one word for word: a server that caches need not read it again."""
    stub.pieces = (f"Police made 2,517 arrests. [{numbers['2,517']}]",)
    llm_assistant.ask(ARRESTS_QUESTION)
    first, second = (request["messages"] for request in stub.requests)
    assert first == second[: len(first)]
    assert len(second) == len(first) + 2
    assert [False, True] == [bool(request.get("stream")) for request in stub.requests]


def test_stream_and_ask_agree(llm_assistant: Assistant, stub: ModelStub, numbers: dict[str, int]) -> None:
    """A stream yields the statements, then the answer that ``ask`` gives."""
    stub.pieces = ((f"Police made 2,517 arrests. [{numbers['2,517']}]\nNobody slept. [{numbers['Lyon']}]\n"
                   f"It was led from Lyon. [{numbers['Lyon']}]"),)  # fmt: skip
    expected = llm_assistant.ask(ARRESTS_QUESTION).to_dict()
    *statements, answer = llm_assistant.stream(ARRESTS_QUESTION)
    assert isinstance(answer, Answer)
    assert list(answer.statements) == statements
    assert expected | {"seconds": {}} == answer.to_dict() | {"seconds": {}}


def test_the_first_statement_comes_before_the_model_has_finished(
    llm_assistant: Assistant, stub: ModelStub, numbers: dict[str, int]
) -> None:
    """The model writes its second statement only once the first has been received, checked."""
    first_received = threading.Event()
    waits: list[bool] = []
    stub.pieces = (
        *f"Police made 2,517 arrests. [{numbers['2,517']}]\nIt ",
        lambda: waits.append(first_received.wait(5)),
        f"was led from Lyon. [{numbers['Lyon']}]",
    )
    stream = llm_assistant.stream(ARRESTS_QUESTION)
    first = next(stream)
    assert isinstance(first, Statement)
    assert ("Police made 2,517 arrests.", "supported") == (first.text, first.verdict)
    first_received.set()
    assert ["It was led from Lyon.", ARRESTS_QUESTION] == [
        item.text if isinstance(item, Statement) else item.question for item in stream
    ]
    assert [True] == waits


# A model that makes mistakes


def test_a_wrong_citation_is_replaced(llm_assistant: Assistant, stub: ModelStub, numbers: dict[str, int]) -> None:
    """The marker names another sentence: the one that carries the statement is cited instead."""
    stub.pieces = (f"Police made 2,517 arrests in 116 countries. [{numbers['Lyon']}]",)
    (citation,) = llm_assistant.ask(ARRESTS_QUESTION).citations
    assert "2,517" in citation.quote


@pytest.mark.usefixtures("numbers")
def test_a_missing_citation_is_added(llm_assistant: Assistant, stub: ModelStub) -> None:
    """Without any marker the sentence that carries the statement is found and cited."""
    stub.pieces = ("Police made 2,517 arrests in 116 countries.",)
    (citation,) = llm_assistant.ask(ARRESTS_QUESTION).citations
    assert "2,517" in citation.quote


def test_an_invented_number_is_dropped(llm_assistant: Assistant, stub: ModelStub, numbers: dict[str, int]) -> None:
    """A marker whose number no source has cites nothing; the explanation counts it."""
    stub.pieces = (f"Police made 2,517 arrests. [{numbers['2,517']}][77]",)
    explanation = llm_assistant.explain(ARRESTS_QUESTION)
    assert 1 == len(explanation.answer.citations)
    assert 1 == explanation.dropped_markers
    assert "77" not in explanation.answer.text


def test_an_unnecessary_citation_is_left_out(
    llm_assistant: Assistant, stub: ModelStub, numbers: dict[str, int]
) -> None:
    """Sentences that the statement doesn't need are not cited under it."""
    stub.pieces = (f"Police made 2,517 arrests. [{numbers['2,517']}][{numbers['Lyon']}][{numbers['4 October']}]",)
    (citation,) = llm_assistant.ask(ARRESTS_QUESTION).citations
    assert "2,517" in citation.quote


def test_an_unsupported_statement_is_removed(
    llm_assistant: Assistant, stub: ModelStub, numbers: dict[str, int]
) -> None:
    """A statement that no sentence carries is removed with its reason; the rest stays, numbered without a gap."""
    stub.pieces = (f"Police made 2,571 arrests. [{numbers['2,517']}]\nPolice made 2,517 arrests. [{numbers['2,517']}]",)
    answer = llm_assistant.ask(ARRESTS_QUESTION)
    assert "Police made 2,517 arrests. [1]" == answer.text
    (removed,) = answer.removed
    assert ("Police made 2,571 arrests.", "unsupported", ()) == (removed.text, removed.verdict, removed.citations)
    assert "2,571 is not in the cited sentence, which says 2,517." == removed.why


def test_without_a_statement_that_passes_quotes_answer(
    llm_assistant: Assistant, stub: ModelStub, numbers: dict[str, int]
) -> None:
    """When every statement fails the check the documents' own sentences answer, and the reason says so."""
    stub.pieces = (f"Police made 2,571 arrests. [{numbers['2,517']}]",)
    answer = llm_assistant.ask(ARRESTS_QUESTION)
    assert "Police made 2,517 arrests in 116 countries in Operation Kestrel. [1]" == answer.text
    assert "quotes" == answer.mode
    assert "documents' own sentences" in (answer.reason or "")
    assert 1 == len(answer.removed)


def test_a_statement_without_the_number_that_is_asked_for_is_removed(
    llm_assistant: Assistant, stub: ModelStub, numbers: dict[str, int]
) -> None:
    """A true statement that doesn't answer the question is not taken for the answer."""
    stub.pieces = (f"The operation was led from Lyon. [{numbers['Lyon']}]",)
    answer = llm_assistant.ask(ARRESTS_QUESTION)
    assert "quotes" == answer.mode
    assert ["It doesn't give what is asked for."] == [statement.why for statement in answer.removed]


def test_a_no_in_the_first_turn_is_a_refusal(llm_assistant: Assistant, stub: ModelStub) -> None:
    """A model that is sure that the sentences don't state the answer is not asked to write one."""
    stub.yes_chance = 0.0001
    answer = llm_assistant.ask("Who painted the ceiling of Operation Kestrel?")
    assert answer.refused
    assert answer.reason
    assert [] == stub.streams


@pytest.mark.usefixtures("numbers")
def test_the_refusal_phrase_is_never_a_statement(llm_assistant: Assistant, stub: ModelStub) -> None:
    """A model that refuses in the second turn is not quoted with its refusal."""
    stub.pieces = ("The documents do not ", "say.")
    answer = llm_assistant.ask(ARRESTS_QUESTION)
    assert all("do not say" not in statement.text for statement in answer.statements)


def test_a_model_that_repeats_itself_is_stopped(
    llm_assistant: Assistant, stub: ModelStub, numbers: dict[str, int]
) -> None:
    """A model that repeats one statement without end is cut off, and the statement stands once."""
    stub.pieces = itertools.repeat(f"Police made 2,517 arrests. [{numbers['2,517']}]\n")
    answer = llm_assistant.ask(ARRESTS_QUESTION)
    assert "Police made 2,517 arrests. [1]" == answer.text
    assert stub.client_left.wait(5), "the request was not ended"


def test_an_injected_order_has_no_effect(llm_assistant: Assistant, stub: ModelStub) -> None:
    """What a document orders is not in the prompt, and what a model says in obedience to it fails the check."""
    stub.yes_chance = 0.99
    stub.pieces = ("9,999 people were arrested in Operation Egret. [1]",)
    explanation = llm_assistant.explain("How many people were arrested in Operation Egret?")
    assert "9,999" not in explanation.answer.text
    assert "9,999" not in explanation.prompt
    assert "61 arrests" in explanation.prompt


# With the span reader


def test_where_the_span_reader_is_sure_the_model_gets_one_request(home: Path, stub: ModelStub) -> None:
    """One request is sent instead of two, and the answer is checked as ever."""
    stub.pieces = ["Police made 2,517 arrests in Operation Kestrel. [1]"]
    with Assistant.open(home, **llm_settings(stub)) as assistant:
        answer = assistant.ask(ARRESTS_QUESTION)
    assert 1 == len(stub.streams) == len(stub.requests)
    assert not answer.refused
    assert "supported" == answer.statements[0].verdict
    assert "2,517" in answer.citations[0].quote


def test_where_the_span_reader_rules_out_an_answer_the_model_gets_no_request(home: Path, stub: ModelStub) -> None:
    """A question that no sentence can answer costs no tokens."""
    with Assistant.open(home, **llm_settings(stub)) as assistant:
        answer = assistant.ask("Who won the chess tournament in Oslo?")
    assert [] == stub.requests
    assert answer.refused
    assert {"prompt_tokens": 0, "completion_tokens": 0} == answer.usage
