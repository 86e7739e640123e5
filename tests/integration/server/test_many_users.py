"""Many at once at `assistant serve`: nobody waits for another's model, limits hold, who leaves stops the answer."""

import asyncio
import contextlib
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from assistant.errors import LimitError
from assistant.server.auth.limits import FailureLimit, RateLimit
from assistant.server.logs import JsonFormatter
from tests.support.assistant_server import RunningAssistant, serve_assistant
from tests.support.harbour import SHIPS, STATEMENT
from tests.support.stub_model import ModelStub, serve_model_stub

MANY = 16
CALLED: dict[str, Any] = {"name": "ask", "arguments": {"question": SHIPS}}


@pytest.fixture
def stub() -> Iterator[ModelStub]:
    """A language model that does what the test wants."""
    with serve_model_stub() as stub:
        yield stub


@pytest.fixture
def served(stub: ModelStub, folder: Path, tmp_path: Path) -> Iterator[RunningAssistant]:
    """A server whose answers are that model's."""
    with serve_assistant(tmp_path, folder, model="stub", openai_base_url=stub.url) as served:
        yield served


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    """Waits until something is true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "It did not come true in time."
        time.sleep(0.01)


def ask(served: RunningAssistant, **options: Any) -> httpx.Response:
    """Asks on a connection of its own."""
    return httpx.post(f"{served.url}/api/v1/ask", json={"question": SHIPS, **options}, timeout=60)


# Many


def test_sixteen_at_once_are_all_answered_in_quotes_mode(served: RunningAssistant) -> None:
    """Each gets the whole record."""
    with ThreadPoolExecutor(MANY) as askers:
        answers = list(askers.map(lambda _: ask(served, mode="quotes"), range(3 * MANY)))
    assert [200] * 3 * MANY == [answer.status_code for answer in answers]
    assert {"4,811" in answer.json()["answer"] for answer in answers} == {True}


def test_none_waits_for_another_s_model(served: RunningAssistant, stub: ModelStub) -> None:
    """Sixteen models write at the same moment: each holds its stream until all the others have theirs."""
    together = threading.Barrier(MANY)
    stub.pieces = [lambda: together.wait(30), STATEMENT]
    with ThreadPoolExecutor(MANY) as askers:
        answers = [answer.json() for answer in askers.map(lambda _: ask(served), range(MANY))]
    assert {("llm", False)} == {(answer["mode"], answer["refused"]) for answer in answers}


def test_quotes_don_t_wait_for_models(served: RunningAssistant, stub: ModelStub) -> None:
    """While a model hangs, somebody else's question and search are answered."""
    go = threading.Event()
    stub.pieces = [lambda: go.wait(30), STATEMENT]
    with ThreadPoolExecutor(1) as asker:
        slow = asker.submit(ask, served)
        until(lambda: bool(stub.streams))
        assert "4,811" in served.ask(SHIPS, mode="quotes")["answer"]
        assert served.client.post("/api/v1/search", json={"text": "ships"}).json()
        assert not slow.done()
        go.set()
        assert 200 == slow.result().status_code


def test_an_upload_does_not_block_questions(served: RunningAssistant) -> None:
    """While a document of hundreds of sentences is indexed, several questions are answered."""
    text = "\n\n".join(f"Ship number {n} carried {n + 7} barrels of salted herring to the port." for n in range(800))
    with ThreadPoolExecutor(1) as uploader:
        files = [("files", ("ships.txt", text.encode()))]
        upload = uploader.submit(httpx.post, f"{served.url}/api/v1/documents", files=files, timeout=120)
        answered = 0
        while not upload.done():
            assert "4,811" in served.ask(SHIPS, mode="quotes")["answer"]
            answered += 1
    assert "added" == upload.result().json()[0]["status"]
    assert answered > 2
    assert "19 barrels" in served.ask("How many barrels did ship number 12 carry?", mode="quotes")["answer"]


# Limits


def test_more_answers_at_a_time_than_are_allowed(stub: ModelStub, folder: Path, tmp_path: Path) -> None:
    """One more is told to come again, by each interface; a slot is released when its answer ends."""
    go = threading.Event()
    stub.pieces = [lambda: go.wait(30), STATEMENT]
    settings: dict[str, Any] = {"model": "stub", "openai_base_url": stub.url, "concurrent_answers": 1}
    with serve_assistant(tmp_path, folder, **settings) as served, ThreadPoolExecutor(1) as asker:
        slow = asker.submit(ask, served)
        until(lambda: bool(stub.streams))
        for path, body in (("ask", {"question": SHIPS}), ("ask", {"question": SHIPS, "explain": True})):
            busy = served.client.post(f"/api/v1/{path}", json=body)
            assert (503, "busy", "1") == (
                busy.status_code, busy.json()["error"]["type"], busy.headers["retry-after"]
            )  # fmt: skip
        assert "event: error" in served.client.post("/api/v1/ask/stream", json={"question": SHIPS}).text
        go.set()
        assert 200 == slow.result().status_code
        until(lambda: not served.service.is_busy)
        assert 200 == ask(served).status_code


def test_more_requests_a_minute_than_are_allowed(tmp_path: Path) -> None:
    """The sixth is told when to come again; signs of life don't count."""
    with serve_assistant(tmp_path, requests_per_minute=5) as served:
        codes = [served.client.get("/v1/models").status_code for _ in range(6)]
        assert [200] * 5 + [429] == codes
        late = served.client.get("/v1/models")
        assert 1 <= int(late.headers["retry-after"]) <= 13
        assert "limit" == late.json()["error"]["type"]
        assert 200 == served.client.get("/api/v1/health").status_code


def test_a_longer_question_than_is_allowed(folder: Path, tmp_path: Path) -> None:
    """The limit of the settings holds for every interface."""
    with serve_assistant(tmp_path, folder, longest_question=20) as served:
        message = {"messages": [{"role": "user", "content": SHIPS}]}
        for path, body in (
            ("/api/v1/ask", {"question": SHIPS}),
            ("/api/v1/search", {"text": SHIPS}),
            ("/v1/chat/completions", message),
        ):
            response = served.client.post(path, json=body)
            assert (422, "question") == (response.status_code, response.json()["error"]["type"])
            assert "20 are allowed" in response.json()["error"]["message"]
        assert "20 are allowed" in served.client.post("/api/v1/ask/stream", json={"question": SHIPS}).text
        assert 200 == served.client.post("/api/v1/ask", json={"question": "How many ships?"}).status_code


def test_a_rate_lets_in_a_burst_and_then_an_even_stream() -> None:
    """Each key has its own, and zero is without limit."""
    rate = RateLimit(2)
    for key in ("a", "a", "b", "b"):
        rate.count(key)
    with pytest.raises(LimitError) as late:
        rate.count("a")
    assert 1 <= late.value.wait <= 31
    for _ in range(100):
        RateLimit(0).count("a")


def test_rates_and_failures_are_not_kept_without_end() -> None:
    """Many thousand addresses leave no more behind than the latest."""
    rate, failures = RateLimit(1), FailureLimit(1)
    for number in range(10_050):
        rate.count(str(number))
        failures.add(str(number))
    assert 10_000 == len(rate._buckets)
    assert 10_000 == len(failures._failures)
    with pytest.raises(LimitError):
        failures.check("10049")
    failures.forget("10049")
    failures.check("10049")


def test_failures_are_forgotten_after_a_while() -> None:
    """What failed long enough ago counts no more."""
    failures = FailureLimit(1, within=0.05)
    failures.add("a")
    with pytest.raises(LimitError):
        failures.check("a")
    time.sleep(0.06)
    failures.check("a")


# Leaving


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/ask", {"question": SHIPS}),
        ("/api/v1/ask/stream", {"question": SHIPS}),
        ("/v1/chat/completions", {"messages": [{"role": "user", "content": SHIPS}], "stream": True}),
        ("/v1/chat/completions", {"messages": [{"role": "user", "content": SHIPS}]}),
        ("/api/v1/ask", {"question": SHIPS, "explain": True}),
        ("/mcp", {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": CALLED}),
    ],
)
def test_a_client_that_leaves_stops_its_answer(
    served: RunningAssistant, stub: ModelStub, path: str, body: dict[str, Any]
) -> None:
    """The model's stream is closed though no statement of it was complete, and the place is free again."""
    stub.pieces = _endless(stub)
    client = httpx.Client(timeout=60, headers={"accept": "application/json, text/event-stream"})  # as MCP wants it
    with contextlib.suppress(httpx.HTTPError), ThreadPoolExecutor(1) as asker:
        pending = asker.submit(client.post, f"{served.url}{path}", json=body)
        until(lambda: stub.sent_pieces > 3)
        assert not pending.done()
        _cut(client)
        assert stub.client_left.wait(20)
        pending.result(20)
    until(lambda: not served.service.is_busy)
    assert "4,811" in served.ask(SHIPS, mode="quotes")["answer"]


def test_an_mcp_client_that_gives_up_stops_its_answer(served: RunningAssistant, stub: ModelStub) -> None:
    """The SDK's own client, which cancels its call, as the model's stream shows."""
    stub.pieces = _endless(stub)

    async def give_up() -> None:
        async with Client(streamable_http_client(f"{served.url}/mcp")) as client:
            call = asyncio.create_task(client.call_tool(**CALLED))
            await asyncio.to_thread(until, lambda: stub.sent_pieces > 3)
            assert not call.done()
            call.cancel()
            await asyncio.to_thread(stub.client_left.wait, 20)

    asyncio.run(give_up())
    assert stub.client_left.is_set()
    until(lambda: not served.service.is_busy)


def _endless(stub: ModelStub) -> Iterator[str]:
    """Words without a full stop, until the client goes."""
    for word in repeat("and "):
        time.sleep(0.01)
        if stub.client_left.is_set():
            return
        yield word


def _cut(client: httpx.Client) -> None:
    """Closes a client's connections, whoever waits on them."""
    pool: Any = client._transport
    for connection in pool._pool.connections:
        connection._connection._network_stream._sock.shutdown(2)


# Ending


@pytest.mark.parametrize("path", ["ask", "ask/stream"])
def test_a_graceful_stop_finishes_the_answers_under_way(served: RunningAssistant, stub: ModelStub, path: str) -> None:
    """After the signal nobody new is let in; who asked before gets the whole answer, and then the server ends."""
    go = threading.Event()
    stub.pieces = [lambda: go.wait(30), STATEMENT]
    with ThreadPoolExecutor(1) as asker:
        pending = asker.submit(httpx.post, f"{served.url}/api/v1/{path}", json={"question": SHIPS}, timeout=60)
        until(lambda: bool(stub.streams))
        served.server.handle_exit(15, None)
        until(lambda: _is_closed(served))
        assert not pending.done()
        go.set()
        answer = pending.result(30)
    assert 200 == answer.status_code
    assert "4,811 ships" in answer.text
    until(lambda: not served.thread.is_alive())


def test_an_idle_connection_does_not_hold_up_the_end(served: RunningAssistant) -> None:
    """A page that is left open, and says nothing, is closed."""
    with httpx.Client(base_url=served.url, timeout=60) as idle:
        assert 200 == idle.get("/api/v1/health").status_code
        begun = time.monotonic()
        served.server.handle_exit(15, None)
        until(lambda: _is_closed(served))
        until(lambda: not served.thread.is_alive())
        assert time.monotonic() - begun < 10


def _is_closed(served: RunningAssistant) -> bool:
    try:
        httpx.get(f"{served.url}/api/v1/health", timeout=5)
    except httpx.HTTPError:
        return True
    return False


# The log


def test_the_log_names_the_route_and_never_the_content(
    served: RunningAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    """A line for each request: its id, route, status and time; no question, text, name of a file or key."""

    def requests() -> list[logging.LogRecord]:
        return [record for record in caplog.records if record.name == "assistant.server.requests"]

    with caplog.at_level(logging.INFO, "assistant.server"):
        served.ask(SHIPS, mode="quotes")
        served.client.get("/api/v1/documents/secret-id?secret=query", headers={"authorization": "Bearer secret"})
        served.client.post("/api/v1/secret-path", headers={"x-request-id": "mine-1"})
        served.client.post("/api/v1/documents", files=[("files", ("secret.txt", b"A secret sentence stands here."))])
        until(lambda: len(requests()) > 3)  # the line is written when the response has gone out
    lines = [json.loads(JsonFormatter().format(record)) for record in requests()]
    requested = [(line["method"], line["route"], line["status"]) for line in lines]
    assert [
        ("POST", "/api/v1/ask", 200),
        ("GET", "/api/v1/documents/{document_id}", 404),
        ("POST", "none", 404),
        ("POST", "/api/v1/documents", 200),
    ] == requested
    assert all(line["seconds"] >= 0 and line["user"] == "local" for line in lines)
    for secret in ("ships", "secret", "Norrvik"):
        assert secret not in json.dumps(lines)


def test_an_unforeseen_error_is_reported_by_its_class(
    served: RunningAssistant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The response has the request's id, the log the class and the place in the code; neither has the error's text."""

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a secret sentence")

    monkeypatch.setattr(served.assistant, "search", broken)
    response = served.client.post("/api/v1/search", json={"text": "x"}, headers={"x-request-id": "mine-1"})
    assert (500, "internal") == (response.status_code, response.json()["error"]["type"])
    assert "mine-1" in response.json()["error"]["message"]
    assert "nosniff" == response.headers["x-content-type-options"]
    lines = [json.loads(JsonFormatter().format(record)) for record in caplog.records if record.exc_info]
    assert [("ZeroDivisionError", True)] == [(line["error"], bool(line["at"])) for line in lines]
    assert "secret" not in response.text + json.dumps(lines)
