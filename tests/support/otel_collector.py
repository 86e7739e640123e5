"""An OpenTelemetry collector over real HTTP on loopback: takes trace spans in OTLP's protobuf form, and keeps them."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from assistant.observability import tracing
from tests.support.http_server import QuietHandler, serve_http

_STATUS_ERROR = 2  # OTLP's STATUS_CODE_ERROR


@dataclass(frozen=True)
class ReceivedSpan:
    """A trace span that came in."""

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
    """A running collector, and what came in."""

    endpoint: str
    bodies: list[bytes] = field(default_factory=list)
    paths: set[str] = field(default_factory=set)  # of the requests

    def spans(self) -> list[ReceivedSpan]:
        """All trace spans until now, in the order in which they began; those that wait to be sent are sent first."""
        tracing.shut_down()
        begun: list[tuple[int, ReceivedSpan]] = []
        for body in self.bodies:
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                service = _attributes(resource.resource.attributes).get("service.name", "")
                for scope in resource.scope_spans:
                    begun += [(span.start_time_unix_nano, _received(span, service)) for span in scope.spans]
        return [received for _, received in sorted(begun, key=lambda item: item[0])]

    def one(self, name: str) -> ReceivedSpan:
        """The only trace span of this name."""
        (span,) = [span for span in self.spans() if span.name == name]
        return span


@contextmanager
def run_collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    """A collector that runs until the context ends, and the environment that names it."""
    collector = Collector("")

    class Handler(QuietHandler):
        def do_POST(self) -> None:  # noqa: N802 — the name that http.server looks for
            body = self.read_body()
            is_packed = self.headers.get("Content-Encoding") == "gzip"
            collector.paths.add(self.path)
            collector.bodies.append(gzip.decompress(body) if is_packed else body)
            self.send_body(b"")

    with serve_http(Handler) as url:
        collector.endpoint = url
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint)
        tracing.shut_down()  # the next span finds the environment as it is now
        try:
            yield collector
        finally:
            tracing.shut_down()
            monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT")


def _received(span: Any, service: str) -> ReceivedSpan:
    return ReceivedSpan(
        span.name,
        span.trace_id.hex(),
        span.span_id.hex(),
        span.parent_span_id.hex(),
        _attributes(span.attributes),
        tuple(event.name for event in span.events),
        span.status.code == _STATUS_ERROR,
        (span.end_time_unix_nano - span.start_time_unix_nano) / 1e9,
        service,
    )


def _attributes(attributes: Any) -> dict[str, Any]:
    return {attribute.key: _value(attribute.value) for attribute in attributes}


def _value(value: Any) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_value(item) for item in value.array_value.values]
    return getattr(value, kind)
