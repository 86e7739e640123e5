"""Spans, as a collector receives them over HTTP: what was done for a question, and nothing of what was said."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant
from assistant.cli.doctor import Finding, run_checks
from assistant.errors import ModelError, StoppedError
from assistant.observability import tracing
from tests.support.assistant_server import serve_assistant
from tests.support.otel_collector import Collector, ReceivedSpan, run_collector
from tests.support.stub_model import ModelStub, serve_model_stub

HARBOUR = """# The harbour of Norrvik

The harbour of Norrvik was opened in 1912. In 2023 it handled 4,811 ships. Its master is Ingrid Solheim.
"""
SHIPS = "How many ships did the harbour of Norrvik handle in 2023?"
STATEMENT = "In 2023 the harbour of Norrvik handled 4,811 ships. [1]"
KEY = "sk-distinctive-0123456789"
SECRETS = (b"Norrvik", b"4,811", b"Solheim", b"harbour", b"distinctive")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of one document."""
    home_folder = tmp_path_factory.mktemp("home")
    documents = tmp_path_factory.mktemp("documents")
    (documents / "a.md").write_text(HARBOUR, encoding="utf-8")
    with Assistant.open(home_folder) as a:
        a.index([documents])
    return home_folder


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    with run_collector(monkeypatch) as running:
        yield running


@pytest.fixture
def stub() -> Iterator[ModelStub]:
    with serve_model_stub() as running:
        running.pieces = (STATEMENT,)
        yield running


def stub_settings(stub: ModelStub) -> dict[str, Any]:
    """The settings with which the stub writes the answers; it is asked first whether the answer is stated."""
    return {"model": "stub", "openai_base_url": stub.url, "openai_api_key": KEY, "reader": "off", "timeout": 5}


def children(spans: list[ReceivedSpan], parent_name: str) -> list[str]:
    """The names of the spans right under the one of this name."""
    (parent,) = [span for span in spans if span.name == parent_name]
    return [span.name for span in spans if span.parent == parent.id]


# What is in them


def test_a_question_in_quotes_mode(home: Path, collector: Collector) -> None:
    """Retrieval, the reader, the answer and its check are spans of one trace, with counts; they hold no text."""
    with Assistant.open(home) as a:
        answer = a.ask(SHIPS)
    spans = collector.spans()
    assert ["retrieve", "answer"] == children(spans, "assistant.ask")
    assert ["nearest", "read"] == children(spans, "retrieve")
    assert ["check"] == children(spans, "answer")
    assert 1 == len({span.trace for span in spans})
    assert {"assistant"} == {span.service for span in spans}
    attributes = spans[0].attributes
    assert ("quotes", "answered", 1, 0) == tuple(
        attributes[f"assistant.{name}"] for name in ("mode", "outcome", "supported", "removed")
    )
    assert answer.model == attributes["assistant.model"]
    assert not any(span.failed for span in spans)
    for secret in SECRETS:
        assert secret not in b"".join(collector.bodies)


def test_a_question_to_a_language_model(home: Path, collector: Collector, stub: ModelStub) -> None:
    """Each call is a span with the model, its tokens and LlamaIndex's events; no question, prompt, answer or key."""
    with Assistant.open(home, **stub_settings(stub)) as a:
        a.ask(SHIPS)
    spans = collector.spans()
    assert ["chat stub", "chat stub", "check"] == children(spans, "answer")
    first, second = [span for span in spans if span.name == "chat stub"]
    common = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "stub"}
    assert common | {"gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 1} == first.attributes
    assert second.attributes == common | {
        "gen_ai.usage.input_tokens": 20,
        "gen_ai.usage.output_tokens": 9,
        "gen_ai.response.finish_reasons": ["stop"],
    }
    events = ("llama_index.LLMChatStartEvent", "llama_index.LLMChatEndEvent")
    assert (events, events) == (first.events, second.events)
    assert ("llm", "stub", 120) == tuple(
        spans[0].attributes[f"assistant.{name}"] for name in ("mode", "model", "prompt_tokens")
    )
    for secret in (*SECRETS, b"numbered"):
        assert secret not in b"".join(collector.bodies)


def test_texts_are_shown_to_who_asks_for_them(
    home: Path, collector: Collector, stub: ModelStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the standard variable a call's span has what was said, but never the key."""
    monkeypatch.setenv("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "true")
    with Assistant.open(home, **stub_settings(stub)) as a:
        a.ask(SHIPS)
    attributes = [span for span in collector.spans() if span.name == "chat stub"][-1].attributes
    assert SHIPS in json.loads(attributes["gen_ai.input.messages"])[-3]["parts"][0]["content"]
    assert [{"role": "assistant", "parts": [{"type": "text", "content": STATEMENT}]}] == json.loads(
        attributes["gen_ai.output.messages"]
    )
    assert KEY.encode() not in b"".join(collector.bodies)


def test_an_index_run(tmp_path: Path, collector: Collector) -> None:
    """It says how many documents became what, and how much was written at a time; not which."""
    folder = tmp_path / "harbour"
    folder.mkdir()
    (folder / "a.md").write_text(HARBOUR, encoding="utf-8")
    (folder / "b.pdf").write_bytes(b"no such thing")
    with Assistant.open(tmp_path / "home") as a:
        a.index([folder])
        a.index([folder])
    spans = collector.spans()
    first, second = [span for span in spans if span.name == "assistant.index"]
    assert {"assistant.added": 1, "assistant.failed": 1} == first.attributes
    assert {"assistant.unchanged": 1, "assistant.failed": 1} == second.attributes
    (write,) = [span for span in spans if span.name == "write"]
    assert first.id == write.parent
    assert {"assistant.documents": 1, "assistant.sentences": 3} == write.attributes
    for secret in SECRETS:
        assert secret not in b"".join(collector.bodies)


def test_a_model_that_fails(home: Path, collector: Collector, stub: ModelStub) -> None:
    """The call and the question have failed, by the kind of the error; not its message, which may quote anything."""
    stub.body = b'{"error": {"message": "Norrvik is unknown here"}}'
    with Assistant.open(home, **stub_settings(stub)) as a, pytest.raises(ModelError):
        a.ask(SHIPS)
    ask = collector.one("assistant.ask")
    assert (True, "ModelError") == (ask.failed, ask.attributes["error.type"])
    assert collector.one("chat stub").failed
    for secret in SECRETS:
        assert secret not in b"".join(collector.bodies)


def test_a_reader_who_leaves(home: Path, collector: Collector, stub: ModelStub) -> None:
    """An answer that is left at its first statement was stopped, and has not failed; its call's span has ended too."""
    stub.pieces = (STATEMENT + "\n", *["And so on. "] * 50)
    with Assistant.open(home, **stub_settings(stub)) as a:
        events = a.stream(SHIPS)
        next(events)
        events.close()  # type: ignore[attr-defined]  # it is a generator
    ask = collector.one("assistant.ask")
    assert (False, "stopped") == (ask.failed, ask.attributes["assistant.outcome"])
    assert 2 == len([span for span in collector.spans() if span.name == "chat stub"])


def test_an_answer_that_is_stopped(home: Path, collector: Collector, stub: ModelStub) -> None:
    """By another thread: it was stopped, and has not failed."""
    stop = threading.Event()
    stub.pieces = (STATEMENT + "\n", stop.set, *["And so on. "] * 50)
    with Assistant.open(home, **stub_settings(stub)) as a, pytest.raises(StoppedError):
        list(a.stream(SHIPS, stop=stop))
    ask = collector.one("assistant.ask")
    assert (False, "stopped") == (ask.failed, ask.attributes["assistant.outcome"])


def test_two_answers_that_are_read_in_turns(home: Path, collector: Collector) -> None:
    """Streams that are read by turns keep to their own traces."""
    with Assistant.open(home) as a:
        for _ in zip(a.stream(SHIPS), a.stream("When was the harbour of Norrvik opened?"), strict=True):
            pass
    spans = collector.spans()
    asks = [span for span in spans if span.name == "assistant.ask"]
    assert 2 == len({ask.trace for ask in asks})
    assert ["", ""] == [ask.parent for ask in asks]
    assert [["retrieve", "nearest", "read", "answer", "check"]] * 2 == [
        [span.name for span in spans if span.trace == ask.trace and span is not ask] for ask in asks
    ]


def test_a_request_joins_the_trace_of_its_caller(home: Path, collector: Collector) -> None:
    """The server's span is the question's parent, the caller's is its own; addresses are told by their pattern."""
    trace, caller = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
    with serve_assistant(home) as served:
        headers = {"traceparent": f"00-{trace}-{caller}-01"}
        served.client.post("/api/v1/ask", json={"question": SHIPS}, headers=headers)
        served.client.get("/api/v1/documents/Norrvik-secret?x=Norrvik")
        served.client.get("/api/v1/health")
    spans = collector.spans()
    assert ["assistant.ask"] == children(spans, "POST /api/v1/ask")
    request = collector.one("POST /api/v1/ask")
    assert (trace, caller) == (request.trace, request.parent)
    assert {"http.request.method": "POST", "http.route": "/api/v1/ask", "http.response.status_code": 200} == (
        request.attributes
    )
    assert 404 == collector.one("GET /api/v1/documents/{document_id}").attributes["http.response.status_code"]
    assert not [span for span in spans if "health" in span.name]
    for secret in SECRETS:
        assert secret not in b"".join(collector.bodies)


def test_the_service_has_the_name_that_it_is_given(
    home: Path, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the standard variable."""
    monkeypatch.setenv("OTEL_SERVICE_NAME", "archive")
    with Assistant.open(home) as a:
        a.search("ships")
    assert "archive" == collector.one("assistant.search").service


# On and off


@pytest.mark.parametrize("off", [("OTEL_SDK_DISABLED", "true"), ("OTEL_TRACES_EXPORTER", "none")])
def test_it_is_turned_off(
    off: tuple[str, str], home: Path, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By either of the standard variables."""
    monkeypatch.setenv(*off)
    with Assistant.open(home) as a:
        a.ask(SHIPS)
    assert [] == collector.spans()


def test_an_exporter_that_is_not_known(
    home: Path, collector: Collector, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is told once, with what to do, and the question is answered all the same."""
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "zipkin")
    with Assistant.open(home) as a:
        assert not a.ask(SHIPS).refused
    messages = [record.getMessage() for record in caplog.records if record.name == "assistant.observability.tracing"]
    assert [
        "No spans are sent. OTEL_TRACES_EXPORTER=zipkin is not known here. Set it to otlp, console or none."
    ] == messages
    assert [] == collector.spans()


def test_without_an_exporter_nothing_of_opentelemetry_is_imported(home: Path) -> None:
    """A question imports of it what chromadb imports by itself, and nothing more."""
    listing = "print(sorted(name for name in sys.modules if name.startswith('opentelemetry')), file=sys.stderr)"
    chroma = f"import sys, chromadb; chromadb.PersistentClient({str(home / 'other')!r}); {listing}"
    ask = (
        f"import sys; from assistant.cli.main import main; main(['ask', '--home', {str(home)!r}, {SHIPS!r}]); {listing}"
    )
    chroma_modules, our_modules = (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stderr.splitlines()[-1]
        for code in (chroma, ask)
    )
    assert chroma_modules == our_modules


def test_the_command_line_sends_its_spans_before_it_ends(home: Path, collector: Collector) -> None:
    """A process that lives for one question leaves none behind."""
    subprocess.run(
        [sys.executable, "-m", "assistant", "ask", "--home", str(home), SHIPS], capture_output=True, check=True
    )
    assert "answered" == collector.one("assistant.ask").attributes["assistant.outcome"]


@pytest.mark.parametrize("protocol", ["http/protobuf", "grpc"])
def test_a_collector_that_is_not_there(protocol: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told in one line, without the password of its address, and the answer comes as ever."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://me:hush@127.0.0.1:1")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", protocol)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    command = [sys.executable, "-m", "assistant", "ask", "--json", "--home", str(home), SHIPS]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert SHIPS == json.loads(done.stdout)["question"]
    warning = "WARNING: Spans cannot be sent to 127.0.0.1:1. Answers come all the same; see assistant doctor."
    assert [warning] == done.stderr.splitlines()


def test_spans_on_stderr(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the console exporter stdout still has the answer alone."""
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "console")
    command = [sys.executable, "-m", "assistant", "ask", "--json", "--home", str(home), SHIPS]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert SHIPS == json.loads(done.stdout)["question"]
    assert '"name": "assistant.ask"' in done.stderr
    assert "Norrvik" not in done.stderr


# What doctor says


def finding_of(name: str, home: Path) -> Finding:
    """The finding of that name."""
    (finding,) = [finding for finding in run_checks(home=home) if finding.name == name]
    return finding


def test_doctor_without_an_exporter(tmp_path: Path) -> None:
    """Tracing is off, and that is as it should be."""
    finding = finding_of("tracing", tmp_path)
    assert "ok" == finding.state
    assert finding.text.startswith("off: ")


def test_doctor_knocks_at_the_collector(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, collector: Collector) -> None:
    """It says where spans go, whether texts go with them, and whether anybody is there."""
    place = collector.endpoint.removeprefix("http://")
    assert "spans alone, without texts; tracing says where to" == finding_of("sent", tmp_path).text
    text = f"spans, without texts, go to {place} (http/protobuf), which can be reached"
    assert Finding("tracing", "ok", text) == finding_of("tracing", tmp_path)
    monkeypatch.setenv("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "true")
    assert finding_of("tracing", tmp_path).text.startswith(f"spans with the texts of model calls go to {place}")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://me:hush@127.0.0.1:1")
    finding = finding_of("tracing", tmp_path)
    assert "warn" == finding.state
    assert "127.0.0.1:1 (http/protobuf), which cannot be reached" in finding.text
    assert "hush" not in finding.text + finding.advice


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OTEL_TRACES_EXPORTER", "zipkin"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:soon"),
    ],
)
def test_doctor_names_what_does_not_fit(
    name: str, value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, collector: Collector
) -> None:
    """The variable stands in the advice."""
    assert collector.endpoint
    monkeypatch.setenv(name, value)
    finding = finding_of("tracing", tmp_path)
    assert ("warn", True) == (finding.state, name in finding.advice)


def test_doctor_says_where_the_metrics_are(home: Path) -> None:
    """At the address of the server that runs, or of none yet."""
    with serve_assistant(home) as served:
        assert f"at {served.url}/metrics, for whoever the server lets in" == finding_of("metrics", home).text
    assert "it doesn't now" in finding_of("metrics", home).text


def test_a_span_is_nothing_where_none_is_made() -> None:
    """Without an exporter a generator comes back as it was given, and there is no trace."""
    tracing.shut_down()
    pieces = (letter for letter in "ab")
    assert pieces is tracing.trace_iterator("x", pieces)
    with tracing.trace_span("x"):
        tracing.set_span_attributes({"a": 1})
        tracing.add_event("x")
        assert not tracing.trace_id()
