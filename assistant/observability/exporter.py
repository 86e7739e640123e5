"""Where the environment sends trace spans, by OpenTelemetry's standard variables, and the vendor's exporter for it."""

import logging
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from assistant.addresses import without_login

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

# The standard's own defaults, by protocol.
_DEFAULT_ENDPOINTS = {"http/protobuf": "http://localhost:4318", "grpc": "http://localhost:4317"}
_CAPTURE_VALUES = ("true", "span_only", "span_and_event")
_DEFAULT_TIMEOUT_SECONDS = 3  # that sending may take, with its tries: a command that ends waits for it

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Exporter:
    """Where trace spans go."""

    kind: str  # otlp, console, or something that isn't known here
    protocol: str = ""  # of otlp
    endpoint: str = ""  # of otlp, without the path of the signal

    @property
    def fault(self) -> str:
        """Why no trace span can be sent, and what to do; empty where they can be."""
        if self.kind not in ("otlp", "console"):
            return f"OTEL_TRACES_EXPORTER={self.kind} is not known here. Set it to otlp, console or none."
        if self.kind == "otlp" and self.protocol not in _DEFAULT_ENDPOINTS:
            return f"OTEL_EXPORTER_OTLP_PROTOCOL={self.protocol} is not known here. Set it to http/protobuf or grpc."
        return ""


def configured_exporter() -> Exporter | None:
    """Where the environment sends trace spans; None where it sends none."""
    endpoint = _variable("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") or _variable("OTEL_EXPORTER_OTLP_ENDPOINT")
    kind = _variable("OTEL_TRACES_EXPORTER").lower() or ("otlp" if endpoint else "none")
    if kind == "none" or _variable("OTEL_SDK_DISABLED").lower() == "true":
        return None
    if kind != "otlp":
        return Exporter(kind)
    protocol = (
        _variable("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") or _variable("OTEL_EXPORTER_OTLP_PROTOCOL") or "http/protobuf"
    )
    return Exporter(kind, protocol, endpoint or _DEFAULT_ENDPOINTS.get(protocol, ""))


def captures_content() -> bool:
    """Whether the spans of language model calls carry their texts: only where the environment asks for it."""
    return _variable("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT").lower() in _CAPTURE_VALUES


def create_exporter(exporter: Exporter) -> "SpanExporter":
    """The vendor's exporter, which reads its address, headers and the rest from the environment itself."""
    if exporter.kind == "console":
        from opentelemetry.sdk.trace.export import ConsoleSpanExporter

        return ConsoleSpanExporter(out=sys.stderr)
    has_timeout = _variable("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT") or _variable("OTEL_EXPORTER_OTLP_TIMEOUT")
    timeout = None if has_timeout else _DEFAULT_TIMEOUT_SECONDS
    if exporter.protocol == "grpc":
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcSpanExporter

        return cast("SpanExporter", _WarningExporter(GrpcSpanExporter(timeout=timeout), exporter.endpoint))
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return cast("SpanExporter", _WarningExporter(OTLPSpanExporter(timeout=timeout), exporter.endpoint))


class _WarningExporter:
    """An exporter that warns once when spans can't be sent, and again only after they could be."""

    def __init__(self, vendor_exporter: "SpanExporter", endpoint: str) -> None:
        self._vendor_exporter = vendor_exporter
        self._has_failed = False
        self._address = without_login(endpoint).removeprefix("http://")

    def export(self, spans: "Sequence[ReadableSpan]") -> "SpanExportResult":
        """Sends spans."""
        result = self._vendor_exporter.export(spans)
        has_failed = result.name == "FAILURE"
        if has_failed and not self._has_failed:
            _log.warning("Spans cannot be sent to %s. Answers come all the same; see assistant doctor.", self._address)
        self._has_failed = has_failed
        return result

    def shutdown(self) -> None:
        """Ends the vendor's exporter."""
        self._vendor_exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Sends the spans that wait; returns whether it could in time."""
        return self._vendor_exporter.force_flush(timeout_millis)


def _variable(name: str) -> str:
    """An environment variable; empty where it is not set."""
    return os.environ.get(name, "").strip()
