"""Each call of a language model as a trace span, named by OpenTelemetry's conventions for generative AI.

LlamaIndex's own events are noted on it: start and end of a chat or an embedding, an exception; not every piece.
The messages themselves are recorded only where ``OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT`` asks for it.
"""

import json
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, TypeVar

from assistant.observability import tracing
from assistant.observability.exporter import captures_content

TokenCounts = Callable[[], Mapping[str, int]]  # prompt_tokens and completion_tokens that were used until now

_T = TypeVar("_T")


def trace_call(model: str, vendor: str, tokens: TokenCounts) -> AbstractContextManager[None]:
    """A trace span around a call that returns a whole reply; nothing where tracing is off.

    Args:
        model: its name.
        vendor: whose protocol is spoken.
        tokens: is called before and after; the trace span has the difference.
    """
    return _trace_with_usage(model, vendor, tokens) if tracing.is_tracing() else nullcontext()


def trace_stream(
    model: str, vendor: str, tokens: TokenCounts, pieces: Generator[_T, None, None]
) -> Generator[_T, None, None]:
    """The pieces of a reply, in a trace span as `trace_call` makes it."""
    if not tracing.is_tracing():
        return pieces
    return tracing.trace_iterator(f"chat {model}", _with_usage(pieces, tokens), _attributes(model, vendor), "client")


def record_finish_reason(reason: str) -> None:
    """Notes on the trace span why a reply ended, in the endpoint's word."""
    if reason:
        tracing.set_span_attributes({"gen_ai.response.finish_reasons": [reason]})


def trace_llamaindex_events() -> None:
    """Notes LlamaIndex's events on trace spans from now on, where tracing is on; can be called again."""
    if not tracing.is_tracing():
        return
    from llama_index.core.instrumentation import get_dispatcher  # type: ignore[attr-defined]  # it has no __all__
    from llama_index.core.instrumentation.event_handlers.base import BaseEventHandler  # type: ignore[attr-defined]

    class SpanEvents(BaseEventHandler):
        @classmethod
        def class_name(cls) -> str:
            return "assistant.SpanEvents"

        def handle(self, event: Any, **_: Any) -> None:
            _note_event(event)

    dispatcher = get_dispatcher()
    if not any(handler.class_name() == SpanEvents.class_name() for handler in dispatcher.event_handlers):
        dispatcher.add_event_handler(SpanEvents())


def _note_event(event: Any) -> None:
    """Notes an event of LlamaIndex on the trace span of the running call."""
    name = event.class_name()
    if name.endswith("InProgressEvent"):
        return
    error = getattr(event, "exception", None)
    tracing.add_event(f"llama_index.{name}", {"error.type": type(error).__name__ if error else None})
    if not captures_content():
        return
    if name == "LLMChatStartEvent":
        tracing.set_span_attributes({"gen_ai.input.messages": _messages_json(event.messages)})
    elif name == "LLMChatEndEvent" and event.response is not None:
        tracing.set_span_attributes({"gen_ai.output.messages": _messages_json([event.response.message])})


def _messages_json(chat: Sequence[Any]) -> str:
    """Messages as JSON, in the shape of the conventions."""
    return json.dumps(
        [
            {"role": message.role.value, "parts": [{"type": "text", "content": message.content or ""}]}
            for message in chat
        ]
    )


def _attributes(model: str, vendor: str) -> tracing.Attributes:
    return {"gen_ai.operation.name": "chat", "gen_ai.provider.name": vendor, "gen_ai.request.model": model}


@contextmanager
def _trace_with_usage(model: str, vendor: str, tokens: TokenCounts) -> Iterator[None]:
    before = tokens()
    with tracing.trace_span(f"chat {model}", _attributes(model, vendor), "client"):
        try:
            yield
        finally:
            _record_usage(before, tokens())


def _with_usage(pieces: Generator[_T, None, None], tokens: TokenCounts) -> Generator[_T, None, None]:
    before = tokens()
    try:
        yield from pieces
    finally:
        _record_usage(before, tokens())


def _record_usage(before: Mapping[str, int], after: Mapping[str, int]) -> None:
    used = {name: after[name] - before[name] for name in after}
    attributes = {"gen_ai.usage.input_tokens": "prompt_tokens", "gen_ai.usage.output_tokens": "completion_tokens"}
    tracing.set_span_attributes({name: used[key] for name, key in attributes.items() if used[key]})
