"""Spans of what is done, for whoever configures an OpenTelemetry exporter. Otherwise nothing is imported or made.

The standard variables decide: ``OTEL_EXPORTER_OTLP_ENDPOINT`` (or ``…_TRACES_ENDPOINT``) turns it on, as does
``OTEL_TRACES_EXPORTER=otlp`` or ``console``, which is stderr; ``OTEL_TRACES_EXPORTER=none`` and
``OTEL_SDK_DISABLED=true`` turn it off. A span holds counts, names of models and outcomes; never a text, and of an error
its kind alone. The provider is this room's own, not the process's: what other libraries would say of a request
(addresses, messages of errors) doesn't go out with it.
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

Attributes = Mapping[str, str | int | float | bool | Sequence[str] | None]
Kind = Literal["internal", "server", "client"]

SCOPE = "assistant"
_OFF = nullcontext()

_P = ParamSpec("_P")
_T = TypeVar("_T")
_R = TypeVar("_R")
_log = logging.getLogger(__name__)


def is_tracing() -> bool:
    """Whether spans are made."""
    return _tracer() is not None


def trace_span(
    name: str, attributes: Attributes | None = None, kind: Kind = "internal", carrier: Mapping[str, str] | None = None
) -> AbstractContextManager[None]:
    """A span around a block, which must not yield to a caller meanwhile: `traced` is for that.

    Args:
        name: without anything that a user wrote.
        attributes: what is known at the beginning; `note` adds to it.
        kind: "server" for a request that came in, "client" for one that goes out.
        carrier: the headers of a request, which may name the trace that it belongs to.
    """
    tracer = _tracer()
    return _OFF if tracer is None else _around(tracer, name, attributes, kind, carrier)


def trace_iterator(
    name: str, pieces: Generator[_T, None, _R], attributes: Attributes | None = None, kind: Kind = "internal"
) -> Generator[_T, None, _R]:
    """The same pieces and return value, in a span from the first piece to the last.

    What the caller does between two pieces isn't within the span.
    """
    tracer = _tracer()
    return pieces if tracer is None else _piecewise(tracer, name, pieces, attributes, kind)


def trace_function(name: str) -> Callable[[Callable[_P, _T]], Callable[_P, _T]]:
    """Has each call of a function be a span."""

    def decorated(work: Callable[_P, _T]) -> Callable[_P, _T]:
        @wraps(work)
        def within(*given: _P.args, **named: _P.kwargs) -> _T:
            with trace_span(name):
                return work(*given, **named)

        return within

    return decorated


def set_span_attributes(attributes: Attributes, name: str | None = None) -> None:
    """Adds to the span of the block that runs, or renames it."""
    if current := _current():
        current.set_attributes(_known(attributes))
        if name is not None:
            current.update_name(name)


def add_event(name: str, attributes: Attributes | None = None) -> None:
    """Marks a moment of the span of the block that runs."""
    if current := _current():
        current.add_event(name, _known(attributes))


def trace_id() -> str:
    """The trace that runs, as 32 hexadecimal digits; empty where none does."""
    current = _current()
    return f"{current.get_span_context().trace_id:032x}" if current else ""


def shut_down() -> None:
    """Sends what waits to be sent, which the end of the process does too; the next span reads the environment anew."""
    with _starting:
        provider, _state.provider, _state.tracer, _state.is_known = _state.provider, None, None, False
    if provider is not None:
        provider.shutdown()


class _State:
    """What the first span found out."""

    is_known = False
    tracer: "Tracer | None" = None
    provider: "TracerProvider | None" = None


_state = _State()
_starting = threading.Lock()


def _tracer() -> "Tracer | None":
    if not _state.is_known:
        with _starting:
            if not _state.is_known:
                _start()
                _state.is_known = True
    return _state.tracer


def _start() -> None:
    found = configured_exporter()
    if found is None:
        return
    if found.fault:
        _log.warning("No spans are sent. %s", found.fault)
        return
    from opentelemetry.sdk.resources import OTELResourceDetector, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor

    resource = Resource({"service.name": "assistant"}).merge(OTELResourceDetector().detect())
    provider = TracerProvider(resource=resource)
    sending = create_exporter(found)
    provider.add_span_processor(BatchSpanProcessor(sending) if found.kind == "otlp" else SimpleSpanProcessor(sending))
    _state.provider, _state.tracer = provider, provider.get_tracer(SCOPE)


@contextmanager
def _around(
    tracer: "Tracer", name: str, attributes: Attributes | None, kind: Kind, carrier: Mapping[str, str] | None = None
) -> Iterator[None]:
    made = _begun(tracer, name, attributes, kind, carrier)
    try:
        with _within(made):
            yield
    except BaseException as error:
        _mark(made, error)
        raise
    finally:
        made.end()


def _piecewise(
    tracer: "Tracer", name: str, pieces: Generator[_T, None, _R], attributes: Attributes | None, kind: Kind
) -> Generator[_T, None, _R]:
    made = _begun(tracer, name, attributes, kind)
    try:
        while True:
            with _within(made):  # entered and left in one go: the next piece may be asked for by another thread
                try:
                    piece = next(pieces)
                except StopIteration as end:
                    result: _R = end.value
                    return result
            yield piece
    except BaseException as error:
        _mark(made, error)
        raise
    finally:
        with _within(made):
            pieces.close()
        made.end()


def _begun(
    tracer: "Tracer", name: str, attributes: Attributes | None, kind: Kind, carrier: Mapping[str, str] | None = None
) -> "Span":
    from opentelemetry.trace import SpanKind
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    context = TraceContextTextMapPropagator().extract(carrier) if carrier is not None else None
    return tracer.start_span(name, context, SpanKind[kind.upper()], _known(attributes))


def _within(made: "Span") -> AbstractContextManager[object]:
    from opentelemetry.trace import use_span

    return use_span(made, end_on_exit=False, record_exception=False, set_status_on_exception=False)


def _mark(made: "Span", error: BaseException) -> None:
    """Notes how a span failed: by the error's kind, for its message may hold texts."""
    if isinstance(error, GeneratorExit | StoppedError):  # whoever listened has left
        made.set_attribute("assistant.outcome", "stopped")
        return
    from opentelemetry.trace import Status, StatusCode

    made.set_attribute("error.type", type(error).__name__)
    made.set_status(Status(StatusCode.ERROR))


def _current() -> "Span | None":
    """The span that runs, where it is one of ours: an application around this package may have its own."""
    if _state.tracer is None:
        return None
    from opentelemetry.trace import get_current_span

    found = get_current_span()
    scope = getattr(found, "instrumentation_scope", None)
    return found if scope is not None and scope.name == SCOPE and found.is_recording() else None


def _known(attributes: Attributes | None) -> "dict[str, str | int | float | bool | Sequence[str]]":
    return {name: value for name, value in (attributes or {}).items() if value is not None}
