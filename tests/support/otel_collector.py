"""An OpenTelemetry collector over real HTTP on loopback: it takes spans in OTLP's protobuf form, and keeps them."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from assistant.observability import tracing


@dataclass(frozen=True)
class Received:
    """A span that came in."""

    name: str
    trace: str
    id: str
    parent: str
    attributes: dict[str, Any]
    events: tuple[str, ...]
    failed: bool
    seconds: float
    service: str


@dataclass
class Collector:
    """What came in."""

    endpoint: str
    bodies: list[bytes] = field(default_factory=list)
    paths: set[str] = field(default_factory=set)  # that were asked for

    def spans(self) -> list[Received]:
        """All spans until now, in the order of their beginnings; what waits to be sent is sent first."""
        tracing.shut_down()
        found = []
        for body in self.bodies:
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                service = _values(resource.resource.attributes).get("service.name", "")
                found += [(each.start_time_unix_nano, _span(each, service)) for scope in resource.scope_spans
                          for each in scope.spans]  # fmt: skip
        return [each for _, each in sorted(found, key=lambda at: at[0])]

    def one(self, name: str) -> Received:
        """The only span of this name."""
        (found,) = [each for each in self.spans() if each.name == name]
        return found


@contextmanager
def collecting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    """A collector that runs, and the environment that names it."""
    collector = Collector("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            packed = self.headers.get("Content-Encoding") == "gzip"
            collector.paths.add(self.path)
            collector.bodies.append(gzip.decompress(body) if packed else body)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    collector.endpoint = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint)
    tracing.shut_down()  # the next span finds the environment as it is now
    try:
        yield collector
    finally:
        tracing.shut_down()
        monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT")
        server.shutdown()
        thread.join()
        server.server_close()


def _span(told: Any, service: str) -> Received:
    return Received(
        told.name,
        told.trace_id.hex(),
        told.span_id.hex(),
        told.parent_span_id.hex(),
        _values(told.attributes),
        tuple(each.name for each in told.events),
        told.status.code == 2,
        (told.end_time_unix_nano - told.start_time_unix_nano) / 1e9,
        service,
    )


def _values(attributes: Any) -> dict[str, Any]:
    return {each.key: _value(each.value) for each in attributes}


def _value(told: Any) -> Any:
    kind = told.WhichOneof("value")
    if kind == "array_value":
        return [_value(each) for each in told.array_value.values]
    return getattr(told, kind)
