"""The assistant as a model in OpenAI's form: chat completions, whole and streamed.

The citations stand as footnotes in the text, where any client shows them, and in the extra fields ``citations`` and
``record``, where a program finds them.
"""

import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from typing import Any, Literal
from uuid import uuid4

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from assistant.errors import QuestionError
from assistant.options import Mode
from assistant.server.api.derived_models import ResponseModel, SchemaModel
from assistant.server.api.rest import event_stream, last_event
from assistant.server.api.schemas import AnswerRecord, CitationRecord, Text
from assistant.server.error_responses import ERROR_RESPONSES, error_body, error_record
from assistant.server.service import AskRequest, Service
from assistant.types import Answer, Citation, Statement

MODEL_NAME = "assistant"  # the model that answers as the server is set


class _LenientModel(SchemaModel):
    model_config = ConfigDict(extra="allow")  # clients send temperature and much else: it makes no difference here


class MessagePart(_LenientModel, schema_name="Part"):
    """A part of a message; only text counts."""

    type: str
    text: Text | None = None


class ChatMessage(_LenientModel):
    """A message of the chat."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Text | list[MessagePart] | None = None

    @property
    def plain_text(self) -> str:
        """Its text; several parts on lines of their own."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.text)
        return self.content or ""


class StreamOptions(_LenientModel):
    """What a stream is to tell beside its text."""

    include_usage: bool = False


class ChatBody(_LenientModel, schema_name="Chat"):
    """A chat whose last message is the question; those before are its history."""

    model: str = Field(MODEL_NAME, max_length=200)
    messages: list[ChatMessage] = Field(min_length=1, max_length=1_000)
    stream: bool | None = False
    stream_options: StreamOptions | None = None


class Usage(BaseModel):
    """Tokens that were used, by the model's own count; 0 in quotes mode."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class Reply(ResponseModel):
    """What the assistant says."""

    role: Literal["assistant"] = "assistant"
    content: str


class Choice(BaseModel):
    """The one choice."""

    index: int = 0
    message: Reply
    finish_reason: Literal["stop"] = "stop"


class Completion(BaseModel):
    """A whole completion; the last two fields are this assistant's own."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    usage: Usage
    citations: list[CitationRecord]
    record: AnswerRecord


class ModelCard(BaseModel):
    """A model that may be asked for."""

    id: str
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = "assistant"


class ModelCards(BaseModel):
    """The models that may be asked for."""

    object: Literal["list"] = "list"
    data: list[ModelCard]


def router(service: Service) -> APIRouter:
    """The routes under /v1."""
    routes = APIRouter(prefix="/v1", responses=ERROR_RESPONSES, tags=["OpenAI's form"])
    modes: dict[str, Mode | None] = {MODEL_NAME: None}  # by the name of the model
    modes |= {f"{MODEL_NAME}-{mode}": mode for mode in service.assistant.modes}

    @routes.get("/models")
    async def models() -> ModelCards:
        """The models: `assistant` answers as the server is set, the others in their own mode."""
        return ModelCards(data=[ModelCard(id=name) for name in modes])

    @routes.post("/chat/completions", response_model=Completion)
    async def completions(request: Request, chat: ChatBody) -> Any:
        """Answers the last message from the documents, whole or streamed."""
        if chat.model not in modes:
            names = " or ".join(modes)
            return JSONResponse(error_record("not_found", f"There is no model '{chat.model}'. Ask for {names}."), 404)
        question = _ask_request(chat, modes[chat.model])
        service.check_question(question.question)
        if chat.stream:
            usage = chat.stream_options is not None and chat.stream_options.include_usage
            return _stream_response(service, question, chat.model, usage=usage)
        answer = await last_event(service.stream_answer(question), request)
        assert isinstance(answer, Answer)
        return _completion(answer, chat.model)

    return routes


def _ask_request(chat: ChatBody, mode: Mode | None) -> AskRequest:
    *earlier, last = chat.messages
    if last.role != "user":
        raise QuestionError("The last message is no user's. Send the question last.")
    history = [
        {"role": message.role, "content": message.plain_text}
        for message in earlier
        if message.role in ("user", "assistant")
    ]
    return AskRequest(last.plain_text, {"history": history, "mode": mode})


def _completion(answer: Answer, model: str) -> dict[str, Any]:
    record = answer.to_dict()
    return {
        "id": _new_id(),
        "created": int(time.time()),
        "model": model,
        "choices": [{"message": {"content": _cited_text(answer.statements) + _closing_text(answer)}}],
        "usage": _usage(answer),
        "citations": record["citations"],
        "record": record,
    }


def _stream_response(service: Service, request: AskRequest, model: str, *, usage: bool) -> Response:
    common = {"id": _new_id(), "created": int(time.time()), "model": model}
    return event_stream(_chunks(service, request, common, usage=usage))


async def _chunks(service: Service, request: AskRequest, common: dict[str, Any], *, usage: bool) -> AsyncIterator[str]:
    """The events of a stream: the role, each statement, the closing text with the extra fields, the end."""
    yield _chunk(common, {"role": "assistant", "content": ""})
    separator = ""
    try:
        async with aclosing(service.stream_answer(request)) as events:
            async for event in events:
                if isinstance(event, Statement):
                    yield _chunk(common, {"content": separator + _cited_statement(event)})
                    separator = " "
                    continue
                record = event.to_dict()
                yield _chunk(common, {"content": _closing_text(event)}, citations=record["citations"], record=record)
                yield _chunk(common, {}, "stop")
                if usage:
                    yield _data({**common, "object": "chat.completion.chunk", "choices": [], "usage": _usage(event)})
    except Exception as error:  # noqa: BLE001 — the response has begun: only an event can still report it
        yield _data(error_body(error))
    yield "data: [DONE]\n\n"


def _chunk(common: dict[str, Any], delta: dict[str, Any], finish_reason: str | None = None, **extra: Any) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    return _data({**common, "object": "chat.completion.chunk", "choices": [choice], **extra})


def _data(payload: dict[str, Any]) -> str:
    return f"data: {json.dumps(payload)}\n\n"


def _cited_statement(statement: Statement) -> str:
    return f"{statement.text} {''.join(f'[{citation.number}]' for citation in statement.citations)}"


def _cited_text(statements: Sequence[Statement]) -> str:
    return " ".join(map(_cited_statement, statements))


def _closing_text(answer: Answer) -> str:
    """What follows the statements, streamed or not: a refusal; which documents differ; and the footnotes."""
    statements, remark = _cited_text(answer.statements), answer.text
    for statement in answer.statements:
        remark = remark.replace(f"{statement.text} ", "", 1)  # its citation markers stand for it, as it was said
    if answer.text == statements:
        remark = ""
    elif statements:
        remark = f"\n\n{remark}"
    return remark + "".join(f"\n\n{_footnote(citation)}" for citation in answer.citations)


def _footnote(citation: Citation) -> str:
    page = "" if citation.page is None else f"page {citation.page}, "
    quote = " ".join(citation.quote.split())
    return f"[{citation.number}] {citation.title}, {page}sentence {citation.sentence + 1}: “{quote}”"


def _usage(answer: Answer) -> dict[str, int]:
    return {**answer.usage, "total_tokens": sum(answer.usage.values())}


def _new_id() -> str:
    return f"chatcmpl-{uuid4().hex}"
