"""Language models that can't be reached or reply with rubbish, and what is sent to whom."""

import json
import logging
import threading
from pathlib import Path
from typing import Any

import pytest
from llama_index.core.llms import MockLLM

from assistant import Assistant
from assistant.errors import ModelError, SettingsError
from tests.integration.answering.scripted_answers import API_KEY, ARRESTS_QUESTION
from tests.support.stub_model import ModelStub, serve_model_stub

pytestmark = pytest.mark.folder  # one index for all of these tests


# Faults of the endpoint


@pytest.mark.parametrize(
    ("statuses", "message"),
    [
        ([401], r"refuses the key \(HTTP 401\).*OPENAI_API_KEY"),
        ([404], r"not known there \(HTTP 404\).*ASSISTANT_MODEL"),
        ([418], r"refused the request \(HTTP 418\)"),
    ],
)
def test_a_refused_request_is_an_error(
    statuses: list[int], message: str, llm_assistant: Assistant, stub: ModelStub, caplog: pytest.LogCaptureFixture
) -> None:
    """The error names the model, its address and what to do; neither it nor the log has the key."""
    stub.statuses = statuses
    with caplog.at_level(logging.DEBUG), pytest.raises(ModelError, match=message) as error:
        llm_assistant.ask(ARRESTS_QUESTION)
    assert f"'stub' at {stub.url}" in str(error.value)
    assert API_KEY not in f"{error.value!r}{caplog.text}"


@pytest.mark.parametrize("status", [429, 500])
def test_a_passing_fault_is_tried_again(status: int, llm_assistant: Assistant, stub: ModelStub) -> None:
    """After one reply of too many requests, or of a server's own fault, the answer comes all the same."""
    stub.statuses = [status]
    stub.pieces = ("Police made 2,517 arrests in 116 countries.",)
    assert "2,517" in llm_assistant.ask(ARRESTS_QUESTION).text


def test_a_model_without_log_probabilities_is_asked_in_words(llm_assistant: Assistant, stub: ModelStub) -> None:
    """Where an endpoint takes no ``logprobs`` the model's word, yes or no, has fixed log-odds."""
    stub.takes_logprobs = False
    stub.pieces = ("yes", "\n")
    explanation = llm_assistant.explain(ARRESTS_QUESTION)
    assert explanation.model_log_odds == 2.0


def test_a_stream_that_breaks_off_is_an_error(llm_assistant: Assistant, stub: ModelStub) -> None:
    """Half an answer is not passed off as a whole one."""
    stub.pieces, stub.ends = ("Police made 2,517 arrests in 116 countries. [1]\nIt was",), False
    with pytest.raises(ModelError, match="broke off in the middle"):
        llm_assistant.ask(ARRESTS_QUESTION)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"{", "application/json"),
        (b"<html>Sign in</html>", "text/html"),
        (b"[]", "application/json"),
        (b"", "text/plain"),
    ],
)
def test_a_reply_that_is_no_chat_completion_is_an_error(
    body: bytes, content_type: str, llm_assistant: Assistant, stub: ModelStub
) -> None:
    """A reply that can't be read is an error that names the model."""
    stub.body, stub.content_type = body, content_type
    with pytest.raises(ModelError, match="The language model 'stub' at"):
        llm_assistant.ask(ARRESTS_QUESTION)


def test_an_endpoint_that_is_not_there_is_an_error(home: Path) -> None:
    """The error names the address without its password, and says that quotes mode works without a model."""
    with serve_model_stub() as stopped:
        url = stopped.url
    with (
        Assistant.open(home, model="m", openai_base_url=url.replace("//", "//user:hush@"), timeout=2) as assistant,
        pytest.raises(ModelError, match=r"cannot be reached.*OPENAI_BASE_URL.*Quotes mode") as error,
    ):
        assistant.ask(ARRESTS_QUESTION)
    assert "hush" not in str(error.value)


def test_an_endpoint_that_hangs_is_given_up(home: Path, stub: ModelStub) -> None:
    """After the timeout the question is an error that names the setting."""
    released = threading.Event()
    stub.pieces = (lambda: released.wait(20),)
    try:
        with (
            Assistant.open(home, model="m", openai_base_url=stub.url, timeout=0.3) as assistant,
            pytest.raises(ModelError, match=r"did not answer in time.*ASSISTANT_TIMEOUT"),
        ):
            assistant.ask(ARRESTS_QUESTION)
    finally:
        released.set()


# Which model is asked, and what it is sent


def test_a_key_alone_sends_nothing(home: Path, stub: ModelStub) -> None:
    """Without a model in the settings, or in quotes mode, nothing goes anywhere."""
    without_model: list[dict[str, Any]] = [{}, {"model": "stub", "mode": "quotes"}]
    for settings in without_model:
        with Assistant.open(home, openai_base_url=stub.url, openai_api_key=API_KEY, **settings) as assistant:
            answer = assistant.ask(ARRESTS_QUESTION)
        assert "quotes" == answer.mode
        assert API_KEY not in json.dumps(answer.to_dict())
    assert [] == stub.requests


def test_incomplete_settings_of_a_model_are_an_error(home: Path) -> None:
    """A model needs an address or a key, and llm mode needs a model."""
    with pytest.raises(SettingsError, match="OPENAI_BASE_URL or OPENAI_API_KEY"):
        Assistant.open(home, model="m")
    with pytest.raises(SettingsError, match="llm mode needs a model"):
        Assistant.open(home, mode="llm")


def test_the_key_is_sent_to_the_endpoint_alone(llm_assistant: Assistant, stub: ModelStub) -> None:
    """The key is in the authorization header of every request, and in no body."""
    llm_assistant.ask(ARRESTS_QUESTION)
    assert {f"Bearer {API_KEY}"} == {headers["authorization"] for headers in stub.headers}
    assert API_KEY not in json.dumps(stub.requests)


def test_any_llamaindex_llm_can_write_the_answers(home: Path) -> None:
    """An LLM object that is passed in writes the answers, whatever the settings say of models."""
    with Assistant.open(home, llm=MockLLM(max_tokens=8)) as assistant:
        answer = assistant.ask(ARRESTS_QUESTION)
    assert answer.removed or answer.mode == "quotes" or answer.refused
