"""The API under /api/v1: the record of an answer, documents, and what else the library does, over HTTP."""

import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Annotated, Any, TypeVar

import anyio
from fastapi import APIRouter, File, Path, Request, UploadFile
from fastapi.responses import StreamingResponse

from assistant.errors import AccessError, StoppedError, StoreError
from assistant.query_engine import Explanation
from assistant.server.api import schemas
from assistant.server.auth.access import User
from assistant.server.auth.sessions import SESSION_SECONDS
from assistant.server.error_responses import ERROR_RESPONSES, error_body
from assistant.server.service import AskRequest, Service
from assistant.types import Answer, Statement

_log = logging.getLogger(__name__)
_T = TypeVar("_T")
_DocumentId = Annotated[str, Path(max_length=200, description="The document's id, from the list.")]
_STREAM_RESPONSES: dict[int | str, dict[str, Any]] = {
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
    routes = APIRouter(prefix="/api/v1", responses=ERROR_RESPONSES)
    _add_question_routes(routes, service)
    _add_document_routes(routes, service)
    _add_server_routes(routes, service)
    return routes


def _add_question_routes(routes: APIRouter, service: Service) -> None:
    @routes.post("/ask", response_model=schemas.ExplainedRecord, response_model_exclude_unset=True, tags=["Ask"])
    async def ask(request: Request, body: schemas.AskBody) -> Any:
        """Answers a question from the documents; a refusal is an answer too."""
        question = AskRequest(body.question, body.options())
        if body.explain:
            return _explained_record(await last_event(service.stream_explanation(question), request))
        answer = await last_event(service.stream_answer(question), request)
        assert isinstance(answer, Answer)
        return answer.to_dict()

    @routes.post("/ask/stream", response_class=StreamingResponse, responses=_STREAM_RESPONSES, tags=["Ask"])
    async def ask_stream(body: schemas.QuestionBody) -> StreamingResponse:
        """Answers a question, each checked statement as it is ready."""
        return event_stream(_answer_events(service, AskRequest(body.question, body.options())))

    @routes.post("/search", tags=["Ask"])
    async def search(body: schemas.SearchBody) -> list[schemas.HitRecord]:
        """The ranked sentences alone, best first."""
        service.check_question(body.text)
        hits = await service.run_read(service.assistant.search, body.text, body.k, **body.filters())
        return [schemas.HitRecord.model_validate(hit.to_dict()) for hit in hits]

    @routes.post("/verify", tags=["Ask"])
    async def verify(record: dict[str, Any]) -> schemas.VerificationRecord:
        """Re-checks a saved record against the documents of today."""
        verification = await service.run_check(service.assistant.verify, record)
        return schemas.VerificationRecord.model_validate(verification.to_dict())


def _add_document_routes(routes: APIRouter, service: Service) -> None:
    @routes.get("/documents", tags=["Documents"])
    async def documents() -> list[schemas.DocumentRecord]:
        """What is indexed."""
        summaries = await service.run_read(service.assistant.documents)
        return [schemas.DocumentRecord.from_dataclass(summary) for summary in summaries]

    @routes.get("/documents/{document_id}", tags=["Documents"])
    async def document(document_id: _DocumentId) -> schemas.DocumentText:
        """A document with its canonical text."""
        indexed = await service.run_read(service.assistant.document, document_id)
        return schemas.DocumentText.from_dataclass(indexed, sha256=indexed.sha256)

    @routes.post("/documents", tags=["Documents"])
    async def upload(
        request: Request, files: Annotated[list[UploadFile], File(description="One or more files.")]
    ) -> list[schemas.UploadRecord]:
        """Adds files, or replaces your own of the same name; says of each what became of it.

        Of several files of one name in one request the first is taken, and the others are refused.
        """
        named_files = [(file.filename or "", file.file) for file in files]
        results = await service.run_write(service.uploads.add, _require_editor(request).name, named_files)
        return [schemas.UploadRecord.from_dataclass(result) for result in results]

    @routes.post("/documents/fetch", tags=["Documents"])
    async def fetch(request: Request, body: schemas.FetchBody) -> schemas.UploadRecord:
        """Adds the document at an address of the web, or replaces what came from there; says what became of it."""
        _require_editor(request)
        result = await service.run_fetch(service.uploads.fetch, body.address)
        return schemas.UploadRecord.from_dataclass(result)

    @routes.delete("/documents/{document_id}", status_code=204, tags=["Documents"])
    async def remove(request: Request, document_id: _DocumentId) -> None:
        """Forgets a document; an uploaded file is deleted, any other stays where it is."""
        _require_editor(request)
        await service.run_write(service.uploads.remove, document_id)


def _add_server_routes(routes: APIRouter, service: Service) -> None:
    @routes.post("/login", tags=["Server"])
    async def login(request: Request, body: schemas.LoginBody) -> schemas.TokenRecord:
        """Gives a user a token for the header `Authorization: Bearer`."""
        address = request.client.host if request.client else ""
        user, token = await service.run_login(service.access.login, body.name, body.password, address)
        return schemas.TokenRecord(token=token, name=user.name, role=user.role, seconds=SESSION_SECONDS)

    @routes.get("/health", tags=["Server"])
    async def health() -> schemas.Health:
        """Whether the server is there."""
        return schemas.Health()

    @routes.get("/ready", tags=["Server"])
    async def ready() -> schemas.Ready:
        """Whether the server can answer: 503 where the index can't be read."""
        try:
            summaries = await service.run_read(service.assistant.documents)
        except StoreError as error:  # its text has paths, and anybody may ask this
            _log.warning("not ready: %s", error)
            raise StoreError("The index can't be read. The server's log says why.") from error
        return schemas.Ready(documents=len(summaries), modes=list(service.assistant.modes))


def _require_editor(request: Request) -> User:
    """The user who sends the request.

    Raises:
        AccessError: they may not change what is indexed.
    """
    user = request.state.user
    assert isinstance(user, User)
    if not user.may_edit:
        raise AccessError(f"'{user.name}' may read, not change what is indexed. An editor may.")
    return user


def _explained_record(explanation: Explanation) -> dict[str, Any]:
    ranked = zip(explanation.hits, explanation.features, strict=True)
    retrieved = [hit.to_dict() | {"features": dict(features)} for hit, features in ranked]
    explained = {"retrieved": retrieved, "prompt": explanation.prompt, "dropped_marks": explanation.dropped_markers}
    return {**explanation.answer.to_dict(), "explained": explained}


async def last_event(events: AsyncGenerator[_T, None], request: Request) -> _T:
    """Waits for the last of the events that make an answer; where the client goes away meanwhile, closes them.

    Args:
        events: as `Service.stream_answer` gives them.
        request: whose client waits.

    Raises:
        StoppedError: the client has gone.
        AssistantError: what the events raise.
    """
    received: list[_T] = []
    failure: Exception | None = None
    async with anyio.create_task_group() as tasks:

        async def cancel_when_client_leaves() -> None:
            while (await request.receive())["type"] != "http.disconnect":
                pass
            tasks.cancel_scope.cancel()

        tasks.start_soon(cancel_when_client_leaves)
        try:
            async with aclosing(events):
                received = [event async for event in events]
        except Exception as error:  # noqa: BLE001 — a task group would wrap it
            failure = error
        tasks.cancel_scope.cancel()
    if failure is not None:
        raise failure
    if not received:
        raise StoppedError("The client has gone, and the answer was stopped.")
    return received[-1]


def event_stream(events: AsyncIterator[str]) -> StreamingResponse:
    """A response of server-sent events that no proxy holds back."""
    return StreamingResponse(events, media_type="text/event-stream", headers={"x-accel-buffering": "no"})


async def _answer_events(service: Service, request: AskRequest) -> AsyncIterator[str]:
    try:
        async with aclosing(service.stream_answer(request)) as events:
            async for event in events:
                yield _server_sent_event(event)
    except Exception as error:  # noqa: BLE001 — the response has begun: only an event can still report it
        yield f"event: error\ndata: {json.dumps(error_body(error))}\n\n"


def _server_sent_event(event: Statement | Answer) -> str:
    if isinstance(event, Answer):
        return f"event: answer\ndata: {json.dumps(event.to_dict())}\n\n"
    record = {"statement": event.to_dict(), "citations": [citation.to_dict() for citation in event.citations]}
    return f"event: statement\ndata: {json.dumps(record)}\n\n"
