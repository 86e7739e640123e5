"""The API under /api/v1: the record of CONTRACT.md over HTTP."""

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import asdict
from typing import Annotated, Any, TypeVar

import anyio
from fastapi import APIRouter, File, Path, Request, UploadFile
from fastapi.responses import StreamingResponse

from assistant.errors import AccessError, StoppedError
from assistant.server.api import schemas as records
from assistant.server.auth.access import User
from assistant.server.auth.sessions import SESSION_SECONDS
from assistant.server.error_responses import ERRORS, error_body
from assistant.server.service import AskRequest, Service
from assistant.types import Answer, Statement

_T = TypeVar("_T")
_Id = Annotated[str, Path(max_length=200, description="The document's id, from the list.")]
_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": (
            "Server-sent events: `statement` with a StatementEvent as each is ready, then `answer` with the Record, "
            "or `error` with an ErrorRecord."
        ),
        "content": {"text/event-stream": {"schema": {}}},
    }
}


def router(service: Service) -> APIRouter:
    """The routes under /api/v1."""
    routes = APIRouter(prefix="/api/v1", responses=ERRORS)
    _add_asking(routes, service)
    _add_documents(routes, service)
    _add_rest(routes, service)
    return routes


def _add_asking(routes: APIRouter, service: Service) -> None:
    @routes.post("/ask", response_model=records.ExplainedRecord, response_model_exclude_unset=True, tags=["Ask"])
    async def ask(request: Request, asked: records.Asked) -> Any:
        """Answers a question from the documents; a refusal is an answer too."""
        wish = AskRequest(asked.question, asked.options())
        if asked.explain:
            return _explained(await last_of(service.explaining(wish), request))
        return (await last_of(service.answering(wish), request)).to_dict()

    @routes.post("/ask/stream", response_class=StreamingResponse, responses=_EVENTS, tags=["Ask"])
    async def ask_stream(asked: records.Question) -> StreamingResponse:
        """Answers a question, each checked statement as it is ready."""
        return event_stream(_events(service, AskRequest(asked.question, asked.options())))

    @routes.post("/search", tags=["Ask"])
    async def search(wanted: records.Wanted) -> list[records.HitRecord]:
        """The ranked sentences alone, best first."""
        service.check_question(wanted.text)
        hits = await service.reading(service.assistant.search, wanted.text, wanted.k, **wanted.filters())
        return [records.HitRecord(**hit.to_dict()) for hit in hits]

    @routes.post("/verify", tags=["Ask"])
    async def verify(record: dict[str, Any]) -> records.VerificationRecord:
        """Re-checks a saved record against the documents of today."""
        found = await service.reading(service.assistant.verify, record)
        return records.VerificationRecord.model_validate(found.to_dict())


def _add_documents(routes: APIRouter, service: Service) -> None:
    @routes.get("/documents", tags=["Documents"])
    async def documents() -> list[records.DocumentRecord]:
        """What is indexed."""
        return [records.DocumentRecord(**asdict(each)) for each in await service.reading(service.assistant.documents)]

    @routes.get("/documents/{document_id}", tags=["Documents"])
    async def document(document_id: _Id) -> records.DocumentText:
        """A document with its canonical text."""
        found = await service.reading(service.assistant.document, document_id)
        return records.DocumentText(**asdict(found), sha256=found.sha256)

    @routes.post("/documents", tags=["Documents"])
    async def upload(
        request: Request, files: Annotated[list[UploadFile], File(description="One or more files.")]
    ) -> list[records.UploadRecord]:
        """Adds files, or replaces your own of the same name; says of each what became of it."""
        given = [(each.filename or "", each.file) for each in files]
        outcomes = await service.writing(service.uploads.add, _editor(request).name, given)
        return [records.UploadRecord(**asdict(each)) for each in outcomes]

    @routes.post("/documents/fetch", tags=["Documents"])
    async def fetch(request: Request, wanted: records.Address) -> records.UploadRecord:
        """Adds the document at an address of the web, or replaces what came from there; says what became of it."""
        _editor(request)
        return records.UploadRecord(**asdict(await service.fetching(service.uploads.fetch, wanted.address)))

    @routes.delete("/documents/{document_id}", status_code=204, tags=["Documents"])
    async def remove(request: Request, document_id: _Id) -> None:
        """Forgets a document; an uploaded file is deleted, any other stays where it is."""
        _editor(request)
        await service.writing(service.uploads.remove, document_id)


def _add_rest(routes: APIRouter, service: Service) -> None:
    @routes.post("/login", tags=["Server"])
    async def login(request: Request, given: records.Login) -> records.TokenRecord:
        """Gives a user a token for the header `Authorization: Bearer`."""
        address = request.client.host if request.client else ""
        user, token = await service.at_the_door(service.access.login, given.name, given.password, address)
        return records.TokenRecord(token=token, name=user.name, role=user.role, seconds=SESSION_SECONDS)

    @routes.get("/health", tags=["Server"])
    async def health() -> records.Health:
        """Whether the server is there."""
        return records.Health()

    @routes.get("/ready", tags=["Server"])
    async def ready() -> records.Ready:
        """Whether the server can answer: 503 where the index can't be read."""
        found = await service.reading(service.assistant.documents)
        return records.Ready(documents=len(found), modes=list(service.assistant.modes))


def _editor(request: Request) -> User:
    """Who asks; raises AccessError where they may not change what is indexed."""
    user = request.state.user
    assert isinstance(user, User)
    if not user.may_edit:
        raise AccessError(f"'{user.name}' may read, not change what is indexed. An editor may.")
    return user


def _explained(told: Any) -> dict[str, Any]:
    hits = zip(told.hits, told.features, strict=True)
    retrieved = [hit.to_dict() | {"features": dict(features)} for hit, features in hits]
    explained = {"retrieved": retrieved, "prompt": told.prompt, "dropped_marks": told.dropped}
    return {**told.answer.to_dict(), "explained": explained}


async def last_of(events: AsyncGenerator[_T, None], request: Request) -> _T:
    """The last of the events that make an answer; a client that goes away meanwhile stops it.

    Raises:
        StoppedError: the client has gone.
        AssistantError: what the events raise.
    """
    found: list[_T] = []
    failed: Exception | None = None
    async with anyio.create_task_group() as tasks:

        async def leave_with_the_client() -> None:
            while (await request.receive())["type"] != "http.disconnect":
                pass
            tasks.cancel_scope.cancel()

        tasks.start_soon(leave_with_the_client)
        try:
            async with aclosing(events):
                found = [event async for event in events]
        except Exception as error:  # noqa: BLE001 — a task group would wrap it
            failed = error
        tasks.cancel_scope.cancel()
    if failed is not None:
        raise failed
    if not found:
        raise StoppedError("The client has gone, and the answer was stopped.")
    return found[-1]


def event_stream(events: AsyncIterator[str]) -> StreamingResponse:
    """Server-sent events that no proxy keeps back."""
    return StreamingResponse(events, media_type="text/event-stream", headers={"x-accel-buffering": "no"})


async def _events(service: Service, wish: AskRequest) -> AsyncIterator[str]:
    try:
        async with aclosing(service.answering(wish)) as events:
            async for event in events:
                yield _event(event)
    except Exception as error:  # noqa: BLE001 — the response has begun: an event is the only way left to tell
        yield f"event: error\ndata: {json.dumps(error_body(error))}\n\n"


def _event(event: Statement | Answer) -> str:
    if isinstance(event, Answer):
        return f"event: answer\ndata: {json.dumps(event.to_dict())}\n\n"
    told = {"statement": event.to_dict(), "citations": [asdict(each) for each in event.citations]}
    return f"event: statement\ndata: {json.dumps(told)}\n\n"
