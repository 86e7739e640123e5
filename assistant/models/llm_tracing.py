"""Each call of a language model as a span, named by OpenTelemetry's conventions for generative AI.

LlamaIndex's own events are marked on it: a chat's start and end, an embedding's, an exception; not one for each piece.
What was said stands in the span only where ``OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT`` asks for it.
"""

import json
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, TypeVar

from assistant.observability import tracing
from assistant.observability.exporter import captures_content

Tokens = Callable[[], Mapping[str, int]]  # prompt_tokens and completion_tokens that were used until now

_T = TypeVar("_T")


def call(model: str, vendor: str, tokens: Tokens) -> AbstractContextManager[None]:
    """A span around a call that gives its reply whole.

    Args:
        model: its name.
        vendor: whose protocol is spoken.
        tokens: tells what has been used; the span has the difference.
    """
    return _counting(model, vendor, tokens) if tracing.is_on() else nullcontext()


def streamed(model: str, vendor: str, tokens: Tokens, pieces: Generator[_T, None, None]) -> Generator[_T, None, None]:
    """The pieces of a reply, in a span as `call` makes it."""
    if not tracing.is_on():
        return pieces
    return tracing.trace_iterator(f"chat {model}", _counted(pieces, tokens), _attributes(model, vendor), "client")


def finished(reason: str) -> None:
    """Notes why a reply ended, as the endpoint says it."""
    if reason:
        tracing.set_span_attributes({"gen_ai.response.finish_reasons": [reason]})


def listen() -> None:
    """Has LlamaIndex tell its events from now on, where spans are made; more than once is once."""
    if not tracing.is_on():
        return
    from llama_index.core.instrumentation import get_dispatcher  # type: ignore[attr-defined]  # it has no __all__
    from llama_index.core.instrumentation.event_handlers.base import BaseEventHandler  # type: ignore[attr-defined]

    class SpanEvents(BaseEventHandler):
        @classmethod
        def class_name(cls) -> str:
            return "assistant.SpanEvents"

        def handle(self, event: Any, **_: Any) -> None:
            _tell(event)

    dispatcher = get_dispatcher()
    if not any(each.class_name() == SpanEvents.class_name() for each in dispatcher.event_handlers):
        dispatcher.add_event_handler(SpanEvents())


def _tell(event: Any) -> None:
    """Marks an event of LlamaIndex on the span of the call that runs."""
    name = event.class_name()
    if name.endswith("InProgressEvent"):
        return
    error = getattr(event, "exception", None)
    tracing.event(f"llama_index.{name}", {"error.type": type(error).__name__ if error else None})
    if not captures_content():
        return
    if name == "LLMChatStartEvent":
        tracing.set_span_attributes({"gen_ai.input.messages": _messages(event.messages)})
    elif name == "LLMChatEndEvent" and event.response is not None:
        tracing.set_span_attributes({"gen_ai.output.messages": _messages([event.response.message])})


def _messages(chat: Sequence[Any]) -> str:
    """Messages as the conventions write them."""
    return json.dumps(
        [{"role": each.role.value, "parts": [{"type": "text", "content": each.content or ""}]} for each in chat]
    )


def _attributes(model: str, vendor: str) -> tracing.Attributes:
    return {"gen_ai.operation.name": "chat", "gen_ai.provider.name": vendor, "gen_ai.request.model": model}


@contextmanager
def _counting(model: str, vendor: str, tokens: Tokens) -> Iterator[None]:
    before = tokens()
    with tracing.trace_span(f"chat {model}", _attributes(model, vendor), "client"):
        try:
            yield
        finally:
            _note(before, tokens())


def _counted(pieces: Generator[_T, None, None], tokens: Tokens) -> Generator[_T, None, None]:
    before = tokens()
    try:
        yield from pieces
    finally:
        _note(before, tokens())


def _note(before: Mapping[str, int], after: Mapping[str, int]) -> None:
    used = {name: after[name] - before[name] for name in after}
    told = {"gen_ai.usage.input_tokens": "prompt_tokens", "gen_ai.usage.output_tokens": "completion_tokens"}
    tracing.set_span_attributes({name: used[key] for name, key in told.items() if used[key]})
