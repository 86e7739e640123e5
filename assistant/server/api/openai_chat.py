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
from assistant.server.api.rest import event_stream, last_of
from assistant.server.api.schemas import AnswerRecord, CitationRecord, ResponseModel, Text
from assistant.server.error_responses import ERRORS, error_body, error_record
from assistant.server.service import AskRequest, Service
from assistant.types import Answer, Citation, Statement

NAME = "assistant"  # the model that answers as the server is set


class _Open(BaseModel):
    model_config = ConfigDict(extra="allow")  # clients send temperature and much else: it makes no difference here


class Part(_Open):
    """A part of a message; only text counts."""

    type: str
    text: Text | None = None


class ChatMessage(_Open):
    """A message of the chat."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Text | list[Part] | None = None

    @property
    def words(self) -> str:
        """Its text."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.text)
        return self.content or ""


class StreamOptions(_Open):
    """What a stream is to tell beside its text."""

    include_usage: bool = False


class Chat(_Open):
    """A chat whose last message is the question; those before are its history."""

    model: str = Field(NAME, max_length=200)
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
    routes = APIRouter(prefix="/v1", responses=ERRORS, tags=["OpenAI's form"])
    names = {NAME: None} | {f"{NAME}-{mode}": mode for mode in service.assistant.modes}

    @routes.get("/models")
    async def models() -> ModelCards:
        """The models: `assistant` answers as the server is set, the others in their own mode."""
        return ModelCards(data=[ModelCard(id=name) for name in names])

    @routes.post("/chat/completions", response_model=Completion)
    async def completions(request: Request, chat: Chat) -> Any:
        """Answers the last message from the documents, whole or streamed."""
        if chat.model not in names:
            there = " or ".join(names)
            return JSONResponse(error_record("not_found", f"There is no model '{chat.model}'. Ask for {there}."), 404)
        wish = _wish(chat, names[chat.model])
        service.check_question(wish.question)
        if chat.stream:
            usage = chat.stream_options is not None and chat.stream_options.include_usage
            return _streamed(service, wish, chat.model, usage=usage)
        answer = await last_of(service.answering(wish), request)
        assert isinstance(answer, Answer)
        return _completion(answer, chat.model)

    return routes


def _wish(chat: Chat, mode: str | None) -> AskRequest:
    *before, last = chat.messages
    if last.role != "user":
        raise QuestionError("The last message is no user's. Send the question last.")
    turns = ("user", "assistant")
    history = [{"role": each.role, "content": each.words} for each in before if each.role in turns]
    return AskRequest(last.words, {"history": history, "mode": mode})


def _completion(answer: Answer, model: str) -> dict[str, Any]:
    record = answer.to_dict()
    return {
        "id": _id(),
        "created": int(time.time()),
        "model": model,
        "choices": [{"message": {"content": _said(answer.statements) + _ending(answer)}}],
        "usage": _usage(answer),
        "citations": record["citations"],
        "record": record,
    }


def _streamed(service: Service, wish: AskRequest, model: str, *, usage: bool) -> Response:
    return event_stream(_chunks(service, wish, {"id": _id(), "created": int(time.time()), "model": model}, usage=usage))


async def _chunks(service: Service, wish: AskRequest, common: dict[str, Any], *, usage: bool) -> AsyncIterator[str]:
    """The events of a stream: the role, each statement, the ending with the extra fields, the end."""
    yield _chunk(common, {"role": "assistant", "content": ""})
    said = 0
    try:
        async with aclosing(service.answering(wish)) as events:
            async for event in events:
                if isinstance(event, Statement):
                    yield _chunk(common, {"content": f"{' ' if said else ''}{_marked(event)}"})
                    said += 1
                    continue
                record = event.to_dict()
                yield _chunk(common, {"content": _ending(event)}, citations=record["citations"], record=record)
                yield _chunk(common, {}, "stop")
                if usage:
                    yield _data({**common, "object": "chat.completion.chunk", "choices": [], "usage": _usage(event)})
    except Exception as error:  # noqa: BLE001 — the response has begun: an event is the only way left to tell
        yield _data(error_body(error))
    yield "data: [DONE]\n\n"


def _chunk(common: dict[str, Any], delta: dict[str, Any], end: str | None = None, **extra: Any) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": end}
    return _data({**common, "object": "chat.completion.chunk", "choices": [choice], **extra})


def _data(told: dict[str, Any]) -> str:
    return f"data: {json.dumps(told)}\n\n"


def _marked(statement: Statement) -> str:
    return f"{statement.text} {''.join(f'[{each.number}]' for each in statement.citations)}"


def _said(statements: Sequence[Statement]) -> str:
    return " ".join(map(_marked, statements))


def _ending(answer: Answer) -> str:
    """What follows the statements, streamed or not: a refusal; which documents differ; and the footnotes."""
    said, told = _said(answer.statements), answer.text
    for each in answer.statements:
        told = told.replace(f"{each.text} ", "", 1)  # the marks stand for the statements, which were told
    rest = "" if answer.text == said else f"\n\n{told}" if said else told
    return rest + "".join(f"\n\n{_footnote(each)}" for each in answer.citations)


def _footnote(citation: Citation) -> str:
    page = "" if citation.page is None else f"page {citation.page}, "
    quote = " ".join(citation.quote.split())
    return f"[{citation.number}] {citation.title}, {page}sentence {citation.sentence + 1}: “{quote}”"


def _usage(answer: Answer) -> dict[str, int]:
    return {**answer.usage, "total_tokens": sum(answer.usage.values())}


def _id() -> str:
    return f"chatcmpl-{uuid4().hex}"
