"""Language models behind an endpoint, spoken to over real HTTP on loopback with the real client."""

import itertools
import logging
import math
import re
import threading
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

import pytest
from llama_index.core.base.llms.types import CompletionResponse, CompletionResponseGen, LLMMetadata
from llama_index.core.llms import CustomLLM, MockLLM

from assistant.errors import ModelError, SettingsError
from assistant.models.llm import LanguageModel
from assistant.models.llm_endpoint import open_language_model
from assistant.models.prompts import PromptMessage
from assistant.settings import load_settings
from tests.support.http_server import unused_url
from tests.support.openai_stub import OpenAIStub, Reply, fails, hangs, says, sends, serve_openai_stub, streams

KEY = "sk-Zebra-0451-quagga"
CHAT = (PromptMessage("system", "You are brief."), PromptMessage("user", "Is it?"))


@pytest.fixture
def stub() -> Iterator[OpenAIStub]:
    with serve_openai_stub() as server:
        yield server


def model(stub: OpenAIStub, **changes: Any) -> LanguageModel:
    """The language model of the stub's settings, with changed ones where a test wants them."""
    settings = {"model": "zebra-1", "openai_base_url": stub.base_url, "openai_api_key": KEY, "timeout": 5, **changes}
    return open_language_model(load_settings(**settings))


def script(stub: OpenAIStub, *replies: Reply) -> None:
    """Gives the stub its replies, and forgets earlier requests."""
    stub.requests.clear()
    stub.script = list(replies)


def everything_shown(error: BaseException, caplog: pytest.LogCaptureFixture) -> str:
    """All that a person, a traceback or a log may show of an error."""
    return "\n".join((str(error), repr(error), *traceback.format_exception(error), caplog.text))


# What is sent and received


def test_pieces_come_as_they_are_sent(stub: OpenAIStub) -> None:
    """The reply arrives in the pieces it was sent in, and its tokens are counted once."""
    opened = model(stub)
    script(stub, streams("Ye", "s, ", "“it” is\n", "so. [1]", usage=(21, 8)))
    assert ["Ye", "s, ", "“it” is\n", "so. [1]"] == list(opened.stream(CHAT))
    assert {"prompt_tokens": 21, "completion_tokens": 8} == opened.usage.to_dict()


def test_usage_adds_up_over_requests(stub: OpenAIStub) -> None:
    """Several requests of one answer are counted together."""
    opened = model(stub)
    script(stub, says("yes", {"yes": 0.9}, usage=(100, 1)), streams(" So. ", usage=(120, 4)))
    opened.yes_log_odds(CHAT)
    assert "So." == opened.reply(CHAT)
    assert {"prompt_tokens": 220, "completion_tokens": 5} == opened.usage.to_dict()
    assert {"prompt_tokens": 0, "completion_tokens": 0} == opened.for_question().usage.to_dict()


def test_the_request_is_what_the_protocol_says(stub: OpenAIStub) -> None:
    """Path, key, model, chat, no chance, a bound, and the usage are asked for."""
    script(stub, streams("x"))
    model(stub).reply(CHAT)
    (request,) = stub.requests
    assert ("/v1/chat/completions", f"Bearer {KEY}") == (request.path, request.headers["authorization"])
    chat = [{"role": "system", "content": "You are brief."}, {"role": "user", "content": "Is it?"}]
    sent = {name: request.body[name] for name in ("model", "messages", "stream", "stream_options", "temperature")}
    expected = {"model": "zebra-1", "messages": chat, "stream": True, "stream_options": {"include_usage": True}}
    assert {**expected, "temperature": 0.0} == sent
    assert 0 < request.body["max_tokens"] <= 1000
    assert KEY not in str(request.body)


def test_opening_asks_nothing(stub: OpenAIStub) -> None:
    """An endpoint is contacted by the first question, not before."""
    opened = model(stub)
    assert ("zebra-1", f"at {stub.base_url}") == (opened.name, opened.location)
    assert [] == stub.requests


def test_a_local_server_needs_no_key(stub: OpenAIStub) -> None:
    """An address alone is enough."""
    script(stub, streams("fine"))
    assert "fine" == model(stub, openai_api_key=None).reply(CHAT)


def test_a_piece_arrives_before_the_next_is_written(stub: OpenAIStub) -> None:
    """Nothing is kept back until the stream ends: the server waits until the first piece has been received."""
    received, waited = threading.Event(), []
    script(stub, streams("one", lambda: waited.append(received.wait(5)), "two"))
    pieces = model(stub).stream(CHAT)
    assert "one" == next(pieces)
    received.set()
    assert ["two"] == list(pieces)
    assert [True] == waited


def test_a_stream_that_is_left_ends_the_request(stub: OpenAIStub) -> None:
    """Closing the iterator closes the connection: a model that writes without end notices it and stops."""
    script(stub, streams(then=itertools.repeat("on and on ")))
    with closing(model(stub).stream(CHAT)) as pieces:
        assert ["on and on "] * 3 == list(itertools.islice(pieces, 3))
        assert not stub.client_left.is_set()
    assert stub.client_left.wait(5), "the server writes on"


def test_threads_share_a_model(stub: OpenAIStub) -> None:
    """Two streams at a time are told apart: leaving one does not end the other."""
    opened, go = model(stub), threading.Event()
    script(stub, streams("a", lambda: go.wait(5), "b"), streams(then=itertools.repeat("x" * 1000)))
    kept = opened.stream(CHAT)
    assert "a" == next(kept)
    with closing(opened.stream(CHAT)) as left:
        next(left)
    assert stub.client_left.wait(5)
    go.set()
    assert ["b"] == list(kept)


# The chance of a yes


@pytest.mark.parametrize(
    ("chances", "expected"),
    [
        ({"yes": 0.9, "no": 0.1}, math.log(0.9 / 0.1)),
        ({"no": 0.75, "yes": 0.25}, math.log(0.25 / 0.75)),
        ({"Yes": 0.3, " yes": 0.3, "YES.": 0.2, "No": 0.2}, math.log(0.8 / 0.2)),
        ({"yes": 0.5, "maybe": 0.4, "yesterday": 0.1}, math.log(0.5 / 1e-4)),
    ],
)
def test_odds_come_from_the_chances(stub: OpenAIStub, chances: dict[str, float], expected: float) -> None:
    """However the tokens are written, yes and no are weighed; a token that only begins with one is neither."""
    script(stub, says("yes", chances))
    assert pytest.approx(expected, abs=0.01) == model(stub).yes_log_odds(CHAT)
    (request,) = stub.requests
    assert (True, 5, False) == (request.body["logprobs"], request.body["top_logprobs"], request.is_streamed)


@pytest.mark.parametrize(
    ("word", "expected"), [("yes", 2.0), ("Yes.", 2.0), ("**No**", -2.0), ("No, the", -2.0), ("maybe", None)]
)
def test_odds_without_chances(stub: OpenAIStub, word: str, expected: float | None) -> None:
    """A server that ignores the request for chances is taken at its word."""
    script(stub, says(word))
    assert expected == model(stub).yes_log_odds(CHAT)


@pytest.mark.parametrize("word", ["Nobody", "Notably, the", "Yesterday"])
def test_a_word_that_only_begins_with_an_answer(stub: OpenAIStub, word: str) -> None:
    """It is neither yes nor no."""
    script(stub, says(word))
    assert model(stub).yes_log_odds(CHAT) is None


def test_likely_tokens_that_are_neither(stub: OpenAIStub) -> None:
    """Where the chances hold neither yes nor no the word counts."""
    script(stub, says("maybe", {"maybe": 0.9, "perhaps": 0.1}))
    assert model(stub).yes_log_odds(CHAT) is None


@pytest.mark.parametrize("refuses", [False, True])
def test_the_first_turn_is_short(stub: OpenAIStub, *, refuses: bool) -> None:
    """A yes or no needs few tokens: a model that explains itself is not waited for."""
    script(stub, *([fails(400), streams("yes")] if refuses else [says("yes")]))
    model(stub).yes_log_odds(CHAT)
    assert stub.requests[-1].body["max_tokens"] <= 8


@pytest.mark.parametrize("status", [400, 422])
def test_odds_where_chances_are_refused(stub: OpenAIStub, status: int) -> None:
    """A server that refuses to give chances is asked once more without them, in the same words."""
    opened = model(stub)
    script(stub, fails(status, "logprobs is not supported"), streams("N", "o", usage=(50, 1)))
    assert -2.0 == opened.yes_log_odds(CHAT)
    first, second = stub.requests
    assert first.body["messages"] == second.body["messages"]
    assert [] == [name for name in ("logprobs", "top_logprobs") if second.body.get(name)]
    assert {"prompt_tokens": 50, "completion_tokens": 1} == opened.usage.to_dict()


# What is tried again


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_a_passing_fault_is_tried_again(stub: OpenAIStub, status: int) -> None:
    """Too many requests or a server's own fault, twice: the reply comes all the same."""
    script(stub, fails(status), fails(status), streams("there"))
    assert "there" == model(stub).reply(CHAT)
    assert 3 == len(stub.requests)


def test_the_wait_that_a_server_asks_for_is_kept(stub: OpenAIStub) -> None:
    """A server that says when to come again is not asked before."""
    script(stub, fails(429, headers={"retry-after-ms": "300"}), says("yes", {"yes": 1.0}))
    began = time.perf_counter()
    assert model(stub).yes_log_odds(CHAT) is not None
    assert time.perf_counter() - began >= 0.3


def test_a_lasting_fault_of_a_stream(stub: OpenAIStub) -> None:
    """It is tried twice more; then it is an error."""
    script(stub, *[fails(503)] * 20)
    with pytest.raises(ModelError, match=r"failed \(HTTP 503\)"):
        model(stub).reply(CHAT)
    assert 3 == len(stub.requests)


@pytest.mark.parametrize("status", [429, 503])
def test_a_lasting_fault_of_the_first_turn(stub: OpenAIStub, status: int) -> None:
    """It is tried as often as a stream is, not by two layers in turn."""
    script(stub, *[fails(status)] * 20)
    with pytest.raises(ModelError, match=f"HTTP {status}"):
        model(stub).yes_log_odds(CHAT)
    assert 3 == len(stub.requests)


# Faults in words


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (401, r"refuses the key \(HTTP 401\).*Check OPENAI_API_KEY\."),
        (403, r"refuses the key \(HTTP 403\).*Check OPENAI_API_KEY\."),
        (404, r"is not known there \(HTTP 404\).*Check ASSISTANT_MODEL and OPENAI_BASE_URL"),
        (413, r"refused the request \(HTTP 413\).*Check that ASSISTANT_MODEL is a chat model\."),
    ],
)
@pytest.mark.parametrize("method", ["yes_log_odds", "reply"])
def test_a_refusal_says_what_to_do(
    stub: OpenAIStub, method: str, status: int, message: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Model, address, cause and remedy are named after one request; the key nowhere, though the server echoes it."""
    script(stub, fails(status, f"Incorrect API key provided: {KEY}. Bearer {KEY} is bad"))
    opened = model(stub)
    with caplog.at_level(logging.DEBUG), pytest.raises(ModelError, match=message) as caught:
        getattr(opened, method)(CHAT)
    assert f"The language model 'zebra-1' at {stub.base_url} " in str(caught.value)
    assert "Incorrect API key provided: …" in str(caught.value)
    assert 1 == len(stub.requests)
    assert KEY not in everything_shown(caught.value, caplog)


def test_no_repr_shows_the_key(stub: OpenAIStub) -> None:
    """A model that is printed, as in a debugger or a log, keeps its key to itself."""
    assert KEY not in repr(model(stub))


@pytest.mark.parametrize("cut", range(185, 215, 3))
def test_a_key_that_is_cut_off_is_no_key(stub: OpenAIStub, cut: int) -> None:
    """A long message is shortened only once the key is out of it."""
    script(stub, fails(401, f"{'x' * (cut - 30)} {KEY} {'y' * 200}"))
    with pytest.raises(ModelError) as caught:
        model(stub).reply(CHAT)
    assert KEY[:8] not in str(caught.value)


def test_a_server_fault_says_what_to_do(stub: OpenAIStub, caplog: pytest.LogCaptureFixture) -> None:
    """A fault that lasts is named with its status, and no key."""
    script(stub, *[fails(500, f"panic with {KEY}")] * 4)
    with caplog.at_level(logging.DEBUG), pytest.raises(ModelError, match=r"HTTP 500.*Ask again later") as caught:
        model(stub).reply(CHAT)
    assert KEY not in everything_shown(caught.value, caplog)


def test_a_password_in_the_address_is_not_shown(stub: OpenAIStub, caplog: pytest.LogCaptureFixture) -> None:
    """The place that is named has neither name nor password."""
    script(stub, fails(401))
    opened = model(stub, openai_base_url=stub.base_url.replace("//", "//giraffe:okapi@"))
    with caplog.at_level(logging.DEBUG), pytest.raises(ModelError, match=re.escape(f"at {stub.base_url} ")) as caught:
        opened.reply(CHAT)
    everything = str(caught.value) + repr(caught.value) + opened.location
    assert [] == [secret for secret in ("giraffe", "okapi") if secret in everything]


def test_a_password_in_the_address_is_in_no_log(stub: OpenAIStub, caplog: pytest.LogCaptureFixture) -> None:
    """A log at the level that a user may set holds no password either."""
    script(stub, streams("fine"))
    opened = model(stub, openai_base_url=stub.base_url.replace("//", "//giraffe:okapi@"))
    with caplog.at_level(logging.INFO):
        opened.reply(CHAT)
    assert "okapi" not in caplog.text


def test_nobody_listens() -> None:
    """An address without a server is named, and quotes mode is pointed at."""
    address = f"{unused_url()}/v1"
    opened = open_language_model(load_settings(model="m", openai_base_url=address, timeout=2))
    message = f"'m' at {address} cannot be reached.*OPENAI_BASE_URL.*Quotes mode works without it"
    with pytest.raises(ModelError, match=message):
        opened.reply(CHAT)


def test_a_server_that_hangs(stub: OpenAIStub) -> None:
    """It is given up once each try has taken as long as the timeout; the setting that lengthens it is named."""
    done = threading.Event()
    script(stub, *[hangs(done)] * 20)
    try:
        with pytest.raises(ModelError, match=r"'zebra-1' at .* did not answer in time.*ASSISTANT_TIMEOUT"):
            model(stub, timeout=0.1).reply(CHAT)
    finally:
        done.set()


def test_a_stream_that_hangs(stub: OpenAIStub) -> None:
    """A server that falls silent in the middle is given up too, and what came before had arrived."""
    done = threading.Event()
    script(stub, streams("so far ", lambda: done.wait(10)))
    pieces = model(stub, timeout=0.3).stream(CHAT)
    try:
        assert "so far " == next(pieces)
        with pytest.raises(ModelError, match=r"did not answer in time.*ASSISTANT_TIMEOUT"):
            next(pieces)
    finally:
        done.set()


def test_a_stream_that_is_cut_off(stub: OpenAIStub) -> None:
    """Half a reply isn't passed off as a whole one; the pieces before its break had arrived."""
    script(stub, streams("half of ", "it", ends=False))
    pieces = model(stub).stream(CHAT)
    assert ["half of ", "it"] == list(itertools.islice(pieces, 2))
    with pytest.raises(ModelError, match=r"'zebra-1' at .* broke off in the middle of its answer\. Ask again"):
        next(pieces)


PAGE = b"<!doctype html><html><title>Sign in</title></html>"
RUBBISH = [
    (b'{"choices": [{"mess', "application/json"),
    (b"{}", "application/json"),
    (b"[]", "application/json"),
    (b"null", "application/json"),
    (b'{"choices": null}', "application/json"),
    (b'{"choices": []}', "application/json"),
    (b'{"choices": [{"index": 0, "message": null, "finish_reason": "stop"}]}', "application/json"),
    (b'{"choices": [1]}', "application/json"),
    (PAGE, "text/html; charset=utf-8"),
    (b"", "text/plain"),
    (b"data: {\n\n", "text/event-stream"),
    (b"data: [DONE]\n\n", "text/event-stream"),
    (b'data: {"error": {"message": "out of memory"}}\n\n', "text/event-stream"),
]


@pytest.mark.parametrize(("body", "kind"), RUBBISH)
@pytest.mark.parametrize("method", ["yes_log_odds", "reply"])
def test_what_is_no_chat(stub: OpenAIStub, method: str, body: bytes, kind: str) -> None:
    """A sign-in page, half a JSON or nothing at all is an error that names model and address and says what to do."""
    script(stub, *[sends(body, kind)] * 8)
    with pytest.raises(ModelError) as caught:
        getattr(model(stub), method)(CHAT)
    assert str(caught.value).startswith(f"The language model 'zebra-1' at {stub.base_url} ")
    assert re.search(r"(Ask again|Check )[^.]+\.$", str(caught.value))


# A given LLM


class Parrot(CustomLLM):
    """A LlamaIndex LLM of a caller's own, which says one thing."""

    words: Sequence[str] = ()
    breaks: bool = False

    @property
    def metadata(self) -> LLMMetadata:
        """Its name."""
        return LLMMetadata(model_name="parrot")

    def complete(self, prompt: str, formatted: bool = False, **_: Any) -> CompletionResponse:
        """The whole."""
        assert prompt or formatted
        return CompletionResponse(text="".join(self.words))

    def stream_complete(self, prompt: str, formatted: bool = False, **_: Any) -> CompletionResponseGen:
        """The words one by one."""
        assert prompt or formatted
        for number, word in enumerate(self.words):
            yield CompletionResponse(text="".join(self.words[: number + 1]), delta=word)
        if self.breaks:
            raise ValueError("the parrot\nflew away")


def test_a_given_llm_is_streamed() -> None:
    """A caller's LLM is used whatever the settings name, and needs no reason at the end of a stream."""
    opened = open_language_model(load_settings(model="other"), Parrot(words=("Yes", ", it is.")))
    assert ["Yes", ", it is."] == list(opened.stream(CHAT))
    assert 2.0 == opened.yes_log_odds(CHAT)
    assert ("parrot", "given as a LlamaIndex Parrot") == (opened.name, opened.location)
    assert {"prompt_tokens": 0, "completion_tokens": 0} == opened.usage.to_dict()


def test_a_given_llm_that_raises() -> None:
    """Whatever it raises is an error of the model, on one line, with what to do."""
    opened = open_language_model(load_settings(), Parrot(words=("Yes",), breaks=True))
    message = (
        r"^The language model 'parrot' given as a LlamaIndex Parrot failed: ValueError \(the parrot flew away\)\. Ask"
    )
    with pytest.raises(ModelError, match=message):
        opened.reply(CHAT)


def test_llamaindex_s_own_mock() -> None:
    """An LLM without a name gets that of its class."""
    opened = open_language_model(load_settings(), MockLLM())
    assert "MockLLM" == opened.name
    assert "user: Is it?" in opened.reply(CHAT)


# What is missing


def test_what_is_missing_is_a_setting() -> None:
    """Without a model, or without an endpoint for one, the variables to set are named."""
    with pytest.raises(SettingsError, match="Set ASSISTANT_MODEL"):
        open_language_model(load_settings(openai_api_key=KEY))
    with pytest.raises(SettingsError, match=r"'m' needs an endpoint\. Set OPENAI_BASE_URL or OPENAI_API_KEY"):
        open_language_model(load_settings(model="m"))
