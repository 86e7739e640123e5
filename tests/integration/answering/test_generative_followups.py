"""Follow-ups: the language model rewrites them to stand alone, and the rules do where it can't or mustn't."""

from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant
from assistant.errors import QuestionError
from tests.integration.answering.scripted_answers import ARRESTS_QUESTION
from tests.support.stub_model import ModelStub

pytestmark = pytest.mark.folder  # one index for all of these tests

FOLLOW_UP = "And how many of them were rescued?"
HISTORY = [
    {"role": "user", "content": ARRESTS_QUESTION},
    {"role": "assistant", "content": "Police made 2,517 arrests in Operation Kestrel."},
]


def test_the_model_rewrites_a_follow_up(llm_assistant: Assistant, stub: ModelStub) -> None:
    """The model makes the question stand alone; the record has it as typed and as rewritten."""
    stub.rewritten = "How many potential victims were rescued in Operation Kestrel?"
    answer = llm_assistant.ask(FOLLOW_UP, history=HISTORY)
    assert stub.rewritten == answer.asked
    assert FOLLOW_UP == answer.question == answer.to_dict()["question"]


@pytest.mark.parametrize(
    "rewritten", ["How many victims did Europol rescue?", "How many of the 4,000 were rescued?", "", "a\nb"]
)
def test_an_unfaithful_rewrite_is_not_used(rewritten: str, llm_assistant: Assistant, stub: ModelStub) -> None:
    """A rewrite that adds a name or a figure, or is no question, gives way to the rules."""
    stub.rewritten = rewritten
    answer = llm_assistant.ask(FOLLOW_UP, history=HISTORY)
    assert "How many of them were rescued in Operation Kestrel?" == answer.asked


def test_a_question_that_stands_alone_is_not_rewritten(llm_assistant: Assistant, stub: ModelStub) -> None:
    """It is asked as it is, and the model gets no request to rewrite it."""
    answer = llm_assistant.ask("When did Operation Kestrel end?", history=HISTORY)
    assert "When did Operation Kestrel end?" == answer.asked
    assert all("rewrite" not in request["messages"][0]["content"] for request in stub.requests)


def test_quotes_mode_carries_the_subject_over(home: Path) -> None:
    """Without a model the rules put the last question's subject into the follow-up."""
    with Assistant.open(home, mode="quotes") as assistant:
        answer = assistant.ask("And how many potential victims were rescued in it?", history=HISTORY)
    assert "Operation Kestrel" in answer.asked
    assert "3,222" in answer.text


@pytest.mark.parametrize("message", [{"role": "user"}, {"content": "x"}, {"role": 1, "content": "x"}, "x", None])
def test_a_malformed_history_is_an_error(message: Any, llm_assistant: Assistant) -> None:
    """A message without a role or a content is an error that says what a message has."""
    with pytest.raises(QuestionError, match="'role' and 'content'"):
        llm_assistant.ask(ARRESTS_QUESTION, history=[message])
