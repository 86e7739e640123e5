"""Where the environment sends spans, by OpenTelemetry's standard variables, and the vendor's exporter for it."""

import logging
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

_LOCAL = {"http/protobuf": "http://localhost:4318", "grpc": "http://localhost:4317"}  # the standard's own defaults
_SHOWN = ("true", "span_only", "span_and_event")
_PATIENCE = 3  # seconds that sending may take, with its tries: a command that ends waits for it

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Exporter:
    """Where spans go."""

    kind: str  # otlp, console, or something that isn't known here
    protocol: str = ""  # of otlp
    endpoint: str = ""  # likewise, without the path of the signal

    @property
    def fault(self) -> str:
        """Why no span can be sent; empty where they can."""
        if self.kind not in ("otlp", "console"):
            return f"OTEL_TRACES_EXPORTER={self.kind} is not known here. Set it to otlp, console or none."
        if self.kind == "otlp" and self.protocol not in _LOCAL:
            return f"OTEL_EXPORTER_OTLP_PROTOCOL={self.protocol} is not known here. Set it to http/protobuf or grpc."
        return ""


def configured_exporter() -> Exporter | None:
    """Where the environment sends spans; None where it doesn't."""
    endpoint = _set("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") or _set("OTEL_EXPORTER_OTLP_ENDPOINT")
    kind = _set("OTEL_TRACES_EXPORTER").lower() or ("otlp" if endpoint else "none")
    if kind == "none" or _set("OTEL_SDK_DISABLED").lower() == "true":
        return None
    if kind != "otlp":
        return Exporter(kind)
    protocol = _set("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") or _set("OTEL_EXPORTER_OTLP_PROTOCOL") or "http/protobuf"
    return Exporter(kind, protocol, endpoint or _LOCAL.get(protocol, ""))


def captures_content() -> bool:
    """Whether a language model's calls are to be shown with their texts: only where the environment asks for it."""
    return _set("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT").lower() in _SHOWN


def create_exporter(found: Exporter) -> "SpanExporter":
    """The vendor's exporter, which reads its address, headers and the rest from the environment itself."""
    if found.kind == "console":
        from opentelemetry.sdk.trace.export import ConsoleSpanExporter

        return ConsoleSpanExporter(out=sys.stderr)
    given = _set("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT") or _set("OTEL_EXPORTER_OTLP_TIMEOUT")
    patience = None if given else _PATIENCE
    if found.protocol == "grpc":
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as Grpc

        return cast("SpanExporter", _Outlet(Grpc(timeout=patience), found.endpoint))
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return cast("SpanExporter", _Outlet(OTLPSpanExporter(timeout=patience), found.endpoint))


class _Outlet:
    """An exporter that tells once that spans can't be sent, until they can again."""

    def __init__(self, vendor: "SpanExporter", endpoint: str) -> None:
        self._vendor, self._failed = vendor, False
        self._place = endpoint.rpartition("@")[2].removeprefix("http://")  # a name and password are nobody's business

    def export(self, spans: "Sequence[ReadableSpan]") -> "SpanExportResult":
        """Sends spans."""
        result = self._vendor.export(spans)
        failed = result.name == "FAILURE"
        if failed and not self._failed:
            _log.warning("Spans cannot be sent to %s. Answers come all the same; see assistant doctor.", self._place)
        self._failed = failed
        return result

    def shutdown(self) -> None:
        """Ends it."""
        self._vendor.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Sends what waits."""
        return self._vendor.force_flush(timeout_millis)


def _set(name: str) -> str:
    return os.environ.get(name, "").strip()
