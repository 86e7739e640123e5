"""A served model that never comes to an end: it holds no place past its client, its deadline, or the server's end."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.assistant_server import RunningAssistant, serve_assistant
from tests.support.endless_models import ENDLESS_REPLIES
from tests.support.harbour import SHIPS
from tests.support.openai_stub import OpenAIStub, serve_openai_stub
from tests.support.page_events import PageSession

ASKED: dict[str, Any] = {
    "/api/v1/ask": {"question": SHIPS},
    "/api/v1/ask/stream": {"question": SHIPS},
    "/v1/chat/completions": {"messages": [{"role": "user", "content": SHIPS}], "stream": True},
}


@pytest.fixture
def stub() -> Iterator[OpenAIStub]:
    """A language model."""
    with serve_openai_stub() as server:
        yield server


def model_settings(stub: OpenAIStub) -> dict[str, Any]:
    """The stub as the language model, with place for two answers."""
    return {"model": "stub", "openai_base_url": stub.base_url, "concurrent_answers": 2}


@pytest.fixture
def served(stub: OpenAIStub, folder: Path, tmp_path: Path) -> Iterator[RunningAssistant]:
    """A server whose answers are that model's, with place for two."""
    with serve_assistant(tmp_path, folder, **model_settings(stub)) as served:
        yield served


def until(true: Callable[[], bool], seconds: float = 10) -> None:
    """Waits until something is true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "It did not come true in time."
        time.sleep(0.01)


@pytest.mark.hostile
@pytest.mark.parametrize("path", ASKED)
@pytest.mark.parametrize("kind", ENDLESS_REPLIES)
def test_a_client_that_leaves_frees_its_place(served: RunningAssistant, stub: OpenAIStub, kind: str, path: str) -> None:
    """Whatever the model does instead of ending."""
    leave_while_asking(served, stub, kind, path)


def test_a_client_of_a_model_that_only_comments_frees_its_place(served: RunningAssistant, stub: OpenAIStub) -> None:
    """The commonest of these, in the fast gate."""
    leave_while_asking(served, stub, "comments", "/api/v1/ask")


def leave_while_asking(served: RunningAssistant, stub: OpenAIStub, kind: str, path: str) -> None:
    """Asks, and goes once the model has been asked; both places must then be free for others."""
    stub.default_reply = ENDLESS_REPLIES[kind]
    for _ in range(4):  # more often than there are places
        with contextlib.suppress(httpx.TimeoutException):
            httpx.post(f"{served.url}{path}", json=ASKED[path], timeout=httpx.Timeout(60, read=0.7))
        until(lambda: not served.service.is_busy, 5)
    assert len(stub.requests) > 2
    assert "4,811" in served.ask(SHIPS, mode="quotes")["answer"]


@pytest.mark.parametrize("kind", ["comments", "words", "white space in JSON"])
def test_who_waits_is_told_in_time(
    served: RunningAssistant, stub: OpenAIStub, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error says what to set, and the place is free."""
    stub.default_reply = ENDLESS_REPLIES[kind]
    model = served.assistant.engine().model
    assert model is not None
    monkeypatch.setattr(model, "answer_seconds", 0.5)
    response = served.client.post("/api/v1/ask", json=ASKED["/api/v1/ask"])
    assert (502, "model") == (response.status_code, response.json()["error"]["type"])
    assert "did not answer in time" in response.json()["error"]["message"]
    until(lambda: not served.service.is_busy)


@pytest.mark.parametrize("kind", ["comments", "words"])
def test_the_server_ends_within_its_grace(served: RunningAssistant, stub: OpenAIStub, kind: str) -> None:
    """At the signal it waits for the answer as long as it says it does, and then ends all the same."""
    stub.default_reply = ENDLESS_REPLIES[kind]
    served.server.config.timeout_graceful_shutdown = 1
    with ThreadPoolExecutor(1) as asker:
        pending = asker.submit(httpx.post, f"{served.url}/api/v1/ask", json=ASKED["/api/v1/ask"], timeout=60)
        until(lambda: stub.sent_pieces > 3)
        begun = time.monotonic()
        served.server.handle_exit(15, None)
        until(lambda: not served.thread.is_alive(), 15)
        assert 0.9 < time.monotonic() - begun < 8
        with contextlib.suppress(httpx.HTTPError):
            pending.result(20)


def test_a_page_that_is_left_frees_its_place(stub: OpenAIStub, folder: Path, tmp_path: Path) -> None:
    """The browser goes; nobody reads the events of its answer any more. And the server ends while one is made."""
    stub.default_reply = ENDLESS_REPLIES["comments"]
    with serve_assistant(tmp_path, folder, page=True, **model_settings(stub)) as served:
        page = PageSession(served.client)
        with served.client.stream("GET", f"/gradio_api/heartbeat/{page.session}") as heartbeat:
            beats = heartbeat.iter_raw()  # kept: whoever forgets it closes the connection
            assert b"ALIVE" in next(beats)
            ask_on_the_page(page)
            until(lambda: stub.sent_pieces > 3)
            assert served.service.is_busy
        until(lambda: not served.service.is_busy)
        ask_on_the_page(PageSession(served.client))
        until(lambda: served.service.is_busy)
        served.server.config.timeout_graceful_shutdown = 1
        served.server.handle_exit(15, None)
        until(lambda: not served.thread.is_alive(), 15)
        until(lambda: not [thread for thread in threading.enumerate() if thread.name == "vendor"])


def ask_on_the_page(page: PageSession) -> None:
    """Sends the event of a question."""
    event = page.event("question", "submit")
    joined = page.join(event, [None, SHIPS, "llm", 3, [], [], "", ""])
    assert 200 == joined.status_code, joined.text
