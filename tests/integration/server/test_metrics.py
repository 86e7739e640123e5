"""What a server counts, as Prometheus reads it at /metrics, and the line that each answer leaves in the log."""

import json
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from assistant.errors import ModelError, StoreError
from assistant.server.answer_log import record_answer
from assistant.server.logs import JsonFormatter
from assistant.server.metrics import ServerMetrics
from assistant.server.ui.controller import PageController
from tests.support.assistant_server import RunningAssistant, serve_assistant
from tests.support.harbour import SHIPS, STATEMENT
from tests.support.otel_collector import run_collector
from tests.support.stub_model import ModelStub, serve_model_stub

HARBOUR = """# The harbour of Norrvik

The harbour of Norrvik was opened in 1912. In 2023 it handled 4,811 ships. Its master is Ingrid Solheim.
"""
UNKNOWN = "Who painted the Mona Lisa?"
TOKEN = "a-token-that-is-long-enough"  # noqa: S105 — made up
SECRETS = ("Norrvik", "4,811", "Solheim", "Mona Lisa", "harbour", "secret", TOKEN)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One document."""
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "a.md").write_text(HARBOUR, encoding="utf-8")
    return documents


@pytest.fixture
def served(tmp_path: Path, folder: Path) -> Iterator[RunningAssistant]:
    """A server in quotes mode."""
    with serve_assistant(tmp_path / "home", folder) as served:
        yield served


@pytest.fixture
def stub() -> Iterator[ModelStub]:
    with serve_model_stub() as stub:
        stub.pieces = (STATEMENT,)
        yield stub


def scrape(served: RunningAssistant, **headers: str) -> dict[str, float]:
    """Every sample by its name and labels, as Prometheus writes them."""
    response = served.client.get("/metrics", headers=headers)
    assert 200 == response.status_code, response.text
    samples = {}
    for family in text_string_to_metric_families(response.text):
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            samples[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return samples


def until_counted(served: RunningAssistant, name: str) -> dict[str, float]:
    """The samples, once one of them is there: a request is counted when its response has gone out."""
    end = time.monotonic() + 20
    while name not in (samples := scrape(served)):
        assert time.monotonic() < end, f"{name} is not among {sorted(samples)}"
        time.sleep(0.02)
    return samples


# What is counted


def test_answers_are_counted_by_what_became_of_them(served: RunningAssistant) -> None:
    """By mode and outcome, their statements by verdict, their parts by time; requests by the pattern of the route."""
    served.ask(SHIPS)
    served.ask(SHIPS, explain=True)
    served.ask(UNKNOWN)
    served.client.get("/api/v1/documents/secret-id")
    samples = until_counted(
        served, "assistant_http_requests_total{method=GET,route=/api/v1/documents/{document_id},status=404}"
    )
    assert 2 == samples["assistant_answers_total{mode=quotes,outcome=answered}"]
    assert 1 == samples["assistant_answers_total{mode=quotes,outcome=refused}"]
    assert 2 == samples["assistant_statements_total{mode=quotes,verdict=supported}"]
    assert 0 == samples["assistant_statements_total{mode=quotes,verdict=removed}"]
    assert 0 == samples["assistant_tokens_total{kind=prompt}"]
    for stage in ("retrieve", "answer", "total"):
        assert 3 == samples[f"assistant_answer_seconds_count{{mode=quotes,stage={stage}}}"]
    assert 0 < samples["assistant_answer_seconds_sum{mode=quotes,stage=total}"]
    assert 3 == samples["assistant_http_requests_total{method=POST,route=/api/v1/ask,status=200}"]
    assert 3 == samples["assistant_http_request_seconds_count{method=POST,route=/api/v1/ask}"]
    assert 1 == samples["assistant_errors_total{error=DocumentNotFoundError}"]
    assert 0 == samples["assistant_answers_in_progress"]
    assert 1 == samples["assistant_build_info{version=0.1.0}"]


def test_every_interface_counts(tmp_path: Path, folder: Path, stub: ModelStub) -> None:
    """A stream, OpenAI's form and the page's controller count an answer each, with the tokens of the language model."""
    with serve_assistant(tmp_path / "home", folder, model="stub", openai_base_url=stub.url, reader="off") as served:
        with served.client.stream("POST", "/api/v1/ask/stream", json={"question": SHIPS}) as response:
            assert "event: answer" in response.read().decode()
        served.client.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": SHIPS}]})
        controller = PageController(served.assistant, tmp_path / "home", served.service.observe_answer)
        *_, conversation = controller.ask("ann", "", SHIPS, {}, threading.Event())
        assert "done" == conversation.turns[-1].state
        samples = scrape(served)
    assert 3 == samples["assistant_answers_total{mode=llm,outcome=answered}"]
    assert 3 * 120 == samples["assistant_tokens_total{kind=prompt}"]
    assert 3 * 10 == samples["assistant_tokens_total{kind=completion}"]


def test_changes_and_the_size_of_the_index(served: RunningAssistant) -> None:
    """What is uploaded and removed, and how much there is now."""
    sizes = scrape(served)
    assert (1, 3) == (sizes["assistant_documents"], sizes["assistant_sentences"])
    for text in (b"Eels live here.", b"Eels live here.", b"Eels lived here."):
        served.client.post("/api/v1/documents", files=[("files", ("eels.txt", text))])
    added = served.client.post(
        "/api/v1/documents", files=[("files", ("a.xyz", b"x")), ("files", ("pike.txt", b"Pike live here."))]
    ).json()
    served.client.delete(f"/api/v1/documents/{added[1]['document_id']}")
    samples = scrape(served)
    assert {"added": 2, "unchanged": 1, "changed": 1, "failed": 1, "removed": 1} == {
        change: samples[f"assistant_changes_total{{change={change}}}"]
        for change in ("added", "unchanged", "changed", "failed", "removed")
    }
    assert (2, 4) == (samples["assistant_documents"], samples["assistant_sentences"])


def test_a_failure_is_counted_once(tmp_path: Path, folder: Path, stub: ModelStub) -> None:
    """By its class, however many rooms it passes; with the answer that failed."""
    stub.body = b'{"error": {"message": "secret"}}'
    with serve_assistant(tmp_path / "home", folder, model="stub", openai_base_url=stub.url, reader="off") as served:
        response = served.client.post("/api/v1/ask", json={"question": SHIPS})
        assert 502 == response.status_code
        samples = scrape(served)
    assert 1 == samples["assistant_errors_total{error=ModelError}"]
    assert 1 == samples["assistant_answers_total{mode=llm,outcome=failed}"]


def test_an_error_of_a_tool_is_counted(served: RunningAssistant) -> None:
    """MCP tells it with HTTP 200."""
    call = {"name": "read_document", "arguments": {"document_id": "none"}}
    response = served.client.post(
        "/mcp",
        json={"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call},
        headers={"accept": "application/json, text/event-stream"},
    )
    assert 200 == response.status_code
    assert 1 == scrape(served)["assistant_errors_total{error=DocumentNotFoundError}"]


def test_who_leaves_has_the_answer_stopped(tmp_path: Path, folder: Path, stub: ModelStub) -> None:
    """An answer that nobody waits for any more has not failed."""
    left = threading.Event()
    stub.pieces = ("In 2023 ", lambda: left.wait(10), "it handled 4,811 ships. [1]")
    name = "assistant_answers_total{mode=llm,outcome=stopped}"
    with serve_assistant(tmp_path / "home", folder, model="stub", openai_base_url=stub.url, reader="off") as served:
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{served.url}/api/v1/ask", json={"question": SHIPS}, timeout=1)
        samples = until_counted(served, name)
        left.set()
    assert 1 == samples[name]
    assert not [name for name in samples if "outcome=failed" in name or name.startswith("assistant_errors_total")]


def test_two_servers_in_one_process_count_apart(tmp_path: Path, folder: Path) -> None:
    """Each has a registry of its own."""
    with ExitStack() as stack:
        first, second = (stack.enter_context(serve_assistant(tmp_path / name, folder)) for name in ("one", "two"))
        first.ask(SHIPS)
        assert 1 == scrape(first)["assistant_answers_total{mode=quotes,outcome=answered}"]
        assert "assistant_answers_total{mode=quotes,outcome=answered}" not in scrape(second)


def test_labels_are_few(served: RunningAssistant) -> None:
    """Whatever a client makes up for a path, a method or a mode adds no series of its own."""
    served.ask(SHIPS)
    before = set(scrape(served))
    for number in range(20):
        served.client.get(f"/api/v1/made-up-{number}")
        served.client.get(f"/api/v1/documents/{number}")
        served.client.request(f"MADEUP{number}", "/api/v1/ask")
        served.client.post("/api/v1/ask", json={"question": SHIPS, "mode": f"mode-{number}"})
    samples = set(until_counted(served, "assistant_http_requests_total{method=POST,route=/api/v1/ask,status=422}"))
    assert not [name for name in samples if "made-up" in name or "MADEUP" in name or "mode-" in name]
    totals = [name for name in samples - before if name.startswith("assistant_http_requests_total")]
    assert len(totals) <= 5, totals


def test_an_index_that_cannot_be_read_leaves_the_rest(
    served: RunningAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The counts are there without the sizes."""

    def broken() -> None:
        raise StoreError("It is gone.")

    served.ask(SHIPS)
    monkeypatch.setattr(served.assistant, "documents", broken)
    samples = scrape(served)
    assert 1 == samples["assistant_answers_total{mode=quotes,outcome=answered}"]
    assert "assistant_documents" not in samples


# Who may read it


def test_only_who_is_let_in_may_read_it(tmp_path: Path, folder: Path) -> None:
    """With a token, or as a user who is logged in; nobody else where there are such."""
    with serve_assistant(tmp_path / "home", folder, api_token=TOKEN) as served:
        served.access.users.add("ann", "reader", "a-long-password")
        assert 401 == served.client.get("/metrics").status_code
        assert 401 == served.client.get("/metrics", headers={"authorization": "Bearer wrong"}).status_code
        assert "assistant_documents" in scrape(served, authorization=f"Bearer {TOKEN}")
        login = served.client.post("/api/v1/login", json={"name": "ann", "password": "a-long-password"}).json()
        assert "assistant_documents" in scrape(served, authorization=f"Bearer {login['token']}")
        assert 403 == served.client.get("/metrics", headers={"host": "elsewhere.example"}).status_code


def test_it_is_described(served: RunningAssistant) -> None:
    """The description of the API has it, and so has the page of that."""
    assert "/metrics" in served.client.get("/openapi.json").json()["paths"]
    assert "GET /metrics" in served.client.get("/docs").text
    assert served.client.get("/metrics").headers["content-type"].startswith("text/plain; version=")


# The log


def test_each_answer_leaves_a_line(
    tmp_path: Path, folder: Path, stub: ModelStub, caplog: pytest.LogCaptureFixture
) -> None:
    """With its request, mode, model, outcome, times, tokens and counts."""
    with (
        serve_assistant(tmp_path / "home", folder, model="stub", openai_base_url=stub.url, reader="off") as served,
        caplog.at_level(logging.INFO, "assistant.server"),
    ):
        response = served.client.post("/api/v1/ask", json={"question": SHIPS}, headers={"x-request-id": "mine-1"})
        assert "mine-1" == response.headers["x-request-id"]
        stub.body = b"{}"
        served.client.post("/api/v1/ask", json={"question": SHIPS}, headers={"x-request-id": "mine-2"})
    records = [record for record in caplog.records if record.name == "assistant.server.answers"]
    facts = [getattr(record, "facts") for record in records]  # noqa: B009 — mypy knows no such attribute
    assert {
        "mode": "llm",
        "outcome": "answered",
        "model": "stub",
        "supported": 1,
        "partial": 0,
        "removed": 0,
        "citations": 1,
        "prompt_tokens": 120,
        "completion_tokens": 10,
    } == {name: value for name, value in facts[0].items() if not name.endswith("_seconds")}
    assert {"retrieve_seconds", "answer_seconds", "total_seconds"} == {name for name in facts[0] if "_sec" in name}
    assert ("failed", "ModelError") == (facts[1]["outcome"], facts[1]["error"])


def test_a_line_has_the_request_and_the_trace(
    tmp_path: Path, served: RunningAssistant, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both are known in the thread that answers, which writes the line; a question from the page has a trace too."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    logger = logging.getLogger("assistant.server")
    logger.addHandler(handler)
    monkeypatch.setattr(logger, "level", logging.INFO)
    try:
        with run_collector(monkeypatch) as collector:
            served.client.post("/api/v1/ask", json={"question": SHIPS}, headers={"x-request-id": "mine-1"})
            time.sleep(0.2)
            trace = collector.one("assistant.ask").trace
            *_, conversation = PageController(served.assistant, tmp_path / "home", served.service.observe_answer).ask(
                "ann", "", SHIPS, {}, threading.Event()
            )
            assert "done" == conversation.turns[-1].state
            (page,) = [span.trace for span in collector.spans() if span.name == "page"]
    finally:
        logger.removeHandler(handler)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    assert [("answer", trace), ("request", trace), ("answer", page)] == [
        (line["message"], line["trace"]) for line in lines
    ]
    assert ["mine-1", "mine-1"] == [line["request"] for line in lines[:2]]


def test_an_error_names_its_request(served: RunningAssistant) -> None:
    """In its body, as in the header."""
    response = served.client.get("/api/v1/documents/none", headers={"x-request-id": "mine-1"})
    assert "mine-1" == response.json()["error"]["request"] == response.headers["x-request-id"]


@pytest.mark.parametrize("odd", ["a b", "x" * 65, "ü", "a\tb", "{}", ""])
def test_an_odd_request_id_is_not_taken_over(odd: str, served: RunningAssistant) -> None:
    """The server makes one of its own."""
    response = served.client.get("/api/v1/health", headers=[(b"x-request-id", odd.encode("latin-1"))])
    assert odd != response.headers["x-request-id"]
    assert response.headers["x-request-id"].isalnum()


# What never leaves the server


def test_no_text_gets_into_metrics_logs_or_spans(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Questions, documents, names of files, users and keys stay where they are, whatever goes wrong."""
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")  # its own spans and logs hold addresses and messages
    ask = "/api/v1/ask"
    with (
        run_collector(monkeypatch) as collector,
        serve_assistant(tmp_path / "home", folder, api_token=TOKEN, longest_question=100) as served,
        caplog.at_level(logging.DEBUG, "assistant"),
    ):
        served.client.headers["authorization"] = f"Bearer {TOKEN}"
        for question in (SHIPS, UNKNOWN, "secret " * 50, ""):
            served.client.post(ask, json={"question": question})
        served.client.post(ask, json={"question": SHIPS, "documents": ["secret-id"], "secret": 1})
        served.client.post(ask, json={"question": SHIPS, "documents": ["secret-id"]})
        served.client.get("/api/v1/documents/secret-id?secret=secret")
        served.client.post("/api/v1/documents", files=[("files", ("secret.txt", b"The harbour of Norrvik."))])
        served.client.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": SHIPS}]})
        served.client.post("/api/v1/search", json={"text": "secret Norrvik"})
        call = {"name": "search", "arguments": {"text": "Norrvik"}}
        served.client.post(
            "/mcp",
            json={"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call},
            headers={"accept": "application/json, text/event-stream"},
        )
        counted = served.client.get("/metrics").text
        logged = "\n".join(map(JsonFormatter().format, caplog.records))
        collector.spans()
        sent = b"".join(collector.bodies)
    assert "assistant_answers_total" in counted
    assert '"message": "answer"' in logged
    assert b"assistant.ask" in sent
    assert {"/v1/traces"} == collector.paths
    for secret in SECRETS:
        assert secret not in counted
        assert secret not in logged
        assert secret.encode() not in sent


# In small


def test_an_answer_that_nobody_waited_for_was_stopped() -> None:
    """An error after the stop is no failure; without an event there is no answer either."""
    metrics, stop = ServerMetrics(dict), threading.Event()
    stop.set()
    with pytest.raises(ModelError), record_answer(metrics, "llm", stop):
        raise ModelError("stopped")
    with record_answer(metrics, "llm", stop):
        pass
    assert b'assistant_answers_total{mode="llm",outcome="stopped"} 2.0' in metrics.render()
    assert b"ModelError" not in metrics.render()
