"""Trace spans of what is done, for whoever configures an OpenTelemetry exporter. Without one, nothing is imported.

The standard variables decide: ``OTEL_EXPORTER_OTLP_ENDPOINT`` (or ``…_TRACES_ENDPOINT``) turns it on, as does
``OTEL_TRACES_EXPORTER=otlp`` or ``console``, which is stderr; ``OTEL_TRACES_EXPORTER=none`` and
``OTEL_SDK_DISABLED=true`` turn it off. A span holds counts, names of models and outcomes, and of an error its class
name alone; of texts, only those of model calls, and only where the environment asks for them (`captures_content`). The
tracer provider is this module's own, not the process's: what other libraries would record of a request (addresses,
messages of errors) doesn't go out with it.
"""

import logging
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import wraps
from typing import TYPE_CHECKING, Literal, ParamSpec, TypeVar

from assistant.errors import StoppedError
from assistant.observability.exporter import configured_exporter, create_exporter

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span, Tracer

Attributes = Mapping[str, str | int | float | bool | Sequence[str] | None]  # those that are None are left out
SpanKindName = Literal["internal", "server", "client"]

SCOPE = "assistant"  # the name of the tracer, by which our own spans are known
_NO_SPAN = nullcontext()

_P = ParamSpec("_P")
_T = TypeVar("_T")
_R = TypeVar("_R")
_log = logging.getLogger(__name__)


def is_tracing() -> bool:
    """Whether trace spans are recorded."""
    return _get_tracer() is not None


def trace_span(
    name: str,
    attributes: Attributes | None = None,
    kind: SpanKindName = "internal",
    carrier: Mapping[str, str] | None = None,
) -> AbstractContextManager[None]:
    """A trace span around a block, which must not yield to a caller meanwhile: `trace_iterator` is for that.

    Args:
        name: of the span; without anything that a user wrote.
        attributes: what is known at the beginning; `set_span_attributes` adds to it.
        kind: "server" for a request that came in, "client" for one that goes out.
        carrier: the headers of a request, which may name the trace that it belongs to.
    """
    tracer = _get_tracer()
    return _NO_SPAN if tracer is None else _trace_block(tracer, name, attributes, kind, carrier)


def trace_iterator(
    name: str, pieces: Generator[_T, None, _R], attributes: Attributes | None = None, kind: SpanKindName = "internal"
) -> Generator[_T, None, _R]:
    """The same pieces and the same return value, in a trace span from the first piece to the last.

    What the caller does between two pieces is not within the span.
    """
    tracer = _get_tracer()
    return pieces if tracer is None else _trace_pieces(tracer, name, pieces, attributes, kind)


def trace_function(name: str) -> Callable[[Callable[_P, _T]], Callable[_P, _T]]:
    """A decorator that makes each call of a function a trace span of this name."""

    def decorate(function: Callable[_P, _T]) -> Callable[_P, _T]:
        @wraps(function)
        def call(*args: _P.args, **kwargs: _P.kwargs) -> _T:
            with trace_span(name):
                return function(*args, **kwargs)

        return call

    return decorate


def set_span_attributes(attributes: Attributes, name: str | None = None) -> None:
    """Adds attributes to the span of the block that runs; renames it where a name is given."""
    if span := _current_span():
        span.set_attributes(_without_none(attributes))
        if name is not None:
            span.update_name(name)


def add_event(name: str, attributes: Attributes | None = None) -> None:
    """Marks a moment of the span of the block that runs."""
    if span := _current_span():
        span.add_event(name, _without_none(attributes))


def trace_id() -> str:
    """The id of the trace that runs, as 32 hexadecimal digits; empty where none does."""
    span = _current_span()
    return f"{span.get_span_context().trace_id:032x}" if span else ""


def shut_down() -> None:
    """Sends the spans that wait, as the end of the process does; the next span reads the environment anew."""
    with _starting:
        provider, _state.provider, _state.tracer, _state.is_started = _state.provider, None, None, False
    if provider is not None:
        provider.shutdown()


class _State:
    """The tracer, which the first span starts."""

    is_started = False
    tracer: "Tracer | None" = None  # None also after the start where no exporter is configured
    provider: "TracerProvider | None" = None


_state = _State()
_starting = threading.Lock()


def _get_tracer() -> "Tracer | None":
    if not _state.is_started:
        with _starting:
            if not _state.is_started:
                _start()
                _state.is_started = True
    return _state.tracer


def _start() -> None:
    exporter = configured_exporter()
    if exporter is None:
        return
    if exporter.fault:
        _log.warning("No spans are sent. %s", exporter.fault)
        return
    from opentelemetry.sdk.resources import OTELResourceDetector, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor

    resource = Resource({"service.name": "assistant"}).merge(OTELResourceDetector().detect())
    provider = TracerProvider(resource=resource)
    processor = BatchSpanProcessor if exporter.kind == "otlp" else SimpleSpanProcessor
    provider.add_span_processor(processor(create_exporter(exporter)))
    _state.provider, _state.tracer = provider, provider.get_tracer(SCOPE)


@contextmanager
def _trace_block(
    tracer: "Tracer",
    name: str,
    attributes: Attributes | None,
    kind: SpanKindName,
    carrier: Mapping[str, str] | None = None,
) -> Iterator[None]:
    span = _start_span(tracer, name, attributes, kind, carrier)
    try:
        with _use_span(span):
            yield
    except BaseException as error:
        _record_failure(span, error)
        raise
    finally:
        span.end()


def _trace_pieces(
    tracer: "Tracer", name: str, pieces: Generator[_T, None, _R], attributes: Attributes | None, kind: SpanKindName
) -> Generator[_T, None, _R]:
    span = _start_span(tracer, name, attributes, kind)
    try:
        while True:
            with _use_span(span):  # entered and left in one go: the next piece may be asked for by another thread
                try:
                    piece = next(pieces)
                except StopIteration as end:
                    result: _R = end.value
                    return result
            yield piece
    except BaseException as error:
        _record_failure(span, error)
        raise
    finally:
        with _use_span(span):
            pieces.close()
        span.end()


def _start_span(
    tracer: "Tracer",
    name: str,
    attributes: Attributes | None,
    kind: SpanKindName,
    carrier: Mapping[str, str] | None = None,
) -> "Span":
    from opentelemetry.trace import SpanKind
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    context = TraceContextTextMapPropagator().extract(carrier) if carrier is not None else None
    return tracer.start_span(name, context, SpanKind[kind.upper()], _without_none(attributes))


def _use_span(span: "Span") -> AbstractContextManager[object]:
    """Makes a span the current one for a block."""
    from opentelemetry.trace import use_span

    return use_span(span, end_on_exit=False, record_exception=False, set_status_on_exception=False)


def _record_failure(span: "Span", error: BaseException) -> None:
    """Records how a span failed: by the error's class name, for its message may hold texts."""
    if isinstance(error, GeneratorExit | StoppedError):  # whoever listened has left
        span.set_attribute("assistant.outcome", "stopped")
        return
    from opentelemetry.trace import Status, StatusCode

    span.set_attribute("error.type", type(error).__name__)
    span.set_status(Status(StatusCode.ERROR))


def _current_span() -> "Span | None":
    """The span that runs, where it is one of ours: an application around this package may have its own."""
    if _state.tracer is None:
        return None
    from opentelemetry.trace import get_current_span

    span = get_current_span()
    scope = getattr(span, "instrumentation_scope", None)
    return span if scope is not None and scope.name == SCOPE and span.is_recording() else None


def _without_none(attributes: Attributes | None) -> "dict[str, str | int | float | bool | Sequence[str]]":
    return {name: value for name, value in (attributes or {}).items() if value is not None}
