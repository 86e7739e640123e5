"""Language models that never come to an end: an answer has a deadline, and ends with who waits for it."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from llama_index.core.base.llms.types import CompletionResponse, CompletionResponseGen, LLMMetadata
from llama_index.core.llms import CustomLLM

from assistant import settings as settings_module
from assistant.errors import EmbeddingError, ModelError, StoppedError
from assistant.models.embedders import EndpointEmbedder
from assistant.models.llm import LanguageModel
from assistant.models.llm_endpoint import open_language_model
from assistant.models.prompts import PromptMessage
from assistant.settings import load_settings
from tests.support.endless_models import ENDLESS_REPLIES
from tests.support.openai_stub import OpenAIStub, says, serve_openai_stub, streams

CHAT = (PromptMessage("user", "Is it?"),)
METHODS = ("reply", "yes_log_odds")
SLEEPING: list[threading.Thread] = []  # threads that were left while they waited before another try


@pytest.fixture(scope="module", autouse=True)
def _imported() -> None:
    """The client takes a second to import, which is no model's fault."""
    with serve_openai_stub() as server:
        server.default_reply = streams("It is.")
        model(server).reply(CHAT)


@pytest.fixture
def stub() -> Iterator[OpenAIStub]:
    """An endpoint; in the end no thread may be left with it, but one that sleeps before it tries again."""
    with serve_openai_stub() as server:
        yield server
        if server.default_reply is ENDLESS_REPLIES["come again later"]:
            SLEEPING.extend(vendor_threads())
        until(lambda: not vendor_threads(), "a thread stays with the model")


def until(true: Callable[[], bool], otherwise: str, seconds: float = 10) -> None:
    """Waits until something is true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, otherwise
        time.sleep(0.01)


def vendor_threads() -> list[threading.Thread]:
    """The threads that a model is asked in."""
    return [thread for thread in threading.enumerate() if thread.name == "vendor" and thread not in SLEEPING]


def model(stub: OpenAIStub, seconds: float = 60) -> LanguageModel:
    """The stub as a language model that has so many seconds for an answer."""
    opened = open_language_model(load_settings(model="zebra-1", openai_base_url=stub.base_url, timeout=60))
    opened.answer_seconds = seconds
    return opened


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", ENDLESS_REPLIES)
def test_an_answer_has_a_deadline(stub: OpenAIStub, kind: str, method: str) -> None:
    """However a model puts off its end, it is an error in time, which names the setting; its connection is cut."""
    stub.default_reply = ENDLESS_REPLIES[kind]
    begun = time.monotonic()
    with pytest.raises(ModelError, match=r"'zebra-1' at .* did not answer in time.*ASSISTANT_TIMEOUT"):
        getattr(model(stub, 0.5), method)(CHAT)
    assert 0.4 < time.monotonic() - begun < 5
    assert kind == "come again later" or stub.client_left.wait(10), "the model writes on"


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", ENDLESS_REPLIES)
def test_who_leaves_stops_any_model(stub: OpenAIStub, kind: str, method: str) -> None:
    """At once, not at the model's next piece; its connection is cut."""
    stub.default_reply = ENDLESS_REPLIES[kind]
    stop = threading.Event()

    def leave() -> None:
        until(lambda: stub.sent_pieces > 0, "never asked")
        stop.set()

    leaving = threading.Thread(target=leave)
    leaving.start()
    begun = time.monotonic()
    with pytest.raises(StoppedError):
        getattr(model(stub).for_question(stop), method)(CHAT)
    assert time.monotonic() - begun < 5
    leaving.join()
    assert kind == "come again later" or stub.client_left.wait(10), "the model writes on"


def test_the_deadline_is_that_of_the_whole_question(stub: OpenAIStub) -> None:
    """Several calls of one question share it; another question has its own."""
    opened = model(stub, 0.5)
    copy = opened.for_question()
    stub.script = [says("yes", {"yes": 0.9}), streams("It is.", " [1]"), streams("It is.")]
    copy.yes_log_odds(CHAT)
    time.sleep(0.3)
    assert "It is. [1]" == copy.reply(CHAT)
    time.sleep(0.3)
    with pytest.raises(ModelError, match="in time"):
        copy.reply(CHAT)
    assert "It is." == opened.for_question().reply(CHAT)


def test_a_stopped_question_asks_nothing_more(stub: OpenAIStub) -> None:
    """The model isn't contacted for it."""
    stop = threading.Event()
    stop.set()
    with pytest.raises(StoppedError):
        model(stub).for_question(stop).reply(CHAT)
    assert [] == stub.requests


def test_a_model_is_not_read_far_ahead(stub: OpenAIStub) -> None:
    """Who takes the pieces slowly holds the model back, and doesn't gather all it says."""
    sent_at_once = 2_000
    stub.script = [streams(then=("x" * 10_000 for _ in range(sent_at_once)))]
    with closing(model(stub).stream(CHAT)) as pieces:
        next(pieces)
        time.sleep(0.5)
        assert stub.sent_pieces < sent_at_once
    assert stub.client_left.wait(10)


def test_settings_give_the_time() -> None:
    """Five timeouts, half a minute at least, and ten times that for a model on this machine."""
    assert 300.0 == load_settings().answer_seconds
    assert 500.0 == load_settings(timeout=100).answer_seconds
    assert 30.0 == load_settings(timeout=0.5).answer_seconds


class Snail(CustomLLM):
    """A LlamaIndex LLM of a caller's own that never says anything."""

    until: Any = None

    @property
    def metadata(self) -> LLMMetadata:
        """Its name."""
        return LLMMetadata(model_name="snail")

    def complete(self, prompt: str, formatted: bool = False, **_: Any) -> CompletionResponse:
        """Nothing."""
        self.until.wait(20)
        return CompletionResponse(text=prompt * formatted)

    def stream_complete(self, prompt: str, formatted: bool = False, **_: Any) -> CompletionResponseGen:
        """Nothing."""
        self.until.wait(20)
        yield CompletionResponse(text=prompt * formatted, delta="")


@pytest.mark.parametrize("method", METHODS)
def test_a_given_llm_has_a_deadline_too(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing can cut it off, but nobody waits for it."""
    monkeypatch.setattr(settings_module, "_MIN_ANSWER_SECONDS", 0.3)
    done = threading.Event()
    opened = open_language_model(load_settings(timeout=0.01), Snail(until=done))
    with pytest.raises(ModelError, match="given as a LlamaIndex Snail did not answer in time"):
        getattr(opened, method)(CHAT)
    done.set()
    until(lambda: not vendor_threads(), "a thread stays with the model")


@pytest.mark.parametrize("kind", ["white space in JSON", "headers", "silence", "come again later"])
def test_an_embedder_has_a_deadline(stub: OpenAIStub, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A question waits for its vector no longer than for its answer."""
    monkeypatch.setattr(settings_module, "_ANSWER_TIMEOUTS", 0)
    monkeypatch.setattr(settings_module, "_MIN_ANSWER_SECONDS", 0.5)
    stub.default_reply = ENDLESS_REPLIES[kind]
    embedder = EndpointEmbedder(load_settings(embedding="zebra-1", openai_base_url=stub.base_url))
    with pytest.raises(EmbeddingError, match=r"'zebra-1' at .* did not answer within 0\.5 s"):
        embedder.embed_question("Is it?")
