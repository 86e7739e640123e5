"""The assistant as an MCP server, by the official SDK: four tools that only read.

Who may come, and from where, the guard has seen to; the SDK's own look at hosts is off.
"""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types import ToolAnnotations
from pydantic import Field
from starlette.requests import Request
from starlette.routing import BaseRoute

from assistant.errors import AssistantError
from assistant.server.api import schemas as records
from assistant.server.api.rest import last_of
from assistant.server.service import AskRequest, Service

_LONGEST = 20_000  # characters of a document that are read at a time
_ABOUT = (
    "Answers questions from a collection of documents. Every statement of an answer cites the exact sentences that "
    "carry it; a refusal says that the documents do not contain it."
)

_Ids = Annotated[list[str] | None, Field(description="Ids of the only documents to look in, from list_documents.")]
_Kinds = Annotated[list[str] | None, Field(description='The only kinds of file to look in, such as "pdf".')]
_Since = Annotated[date | None, Field(description="Only documents of this day or later.")]
_Until = Annotated[date | None, Field(description="Only documents of this day or earlier.")]


class Part(records.ResponseModel):
    """A piece of a document's canonical text."""

    id: str
    title: str
    source: str
    text: str
    start: int = Field(description="Where this piece starts, in characters.")
    end: int
    length: int = Field(description="Of the whole text; where end is less, read on from there.")


def server(service: Service) -> MCPServer[Any]:
    """The MCP server with its tools."""
    made: MCPServer[Any] = MCPServer("assistant", instructions=_ABOUT, log_level="WARNING")
    _add_asking(made, service)
    _add_documents(made, service)
    made.streamable_http_app(
        stateless_http=True,
        json_response=True,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    return made


def routes(made: MCPServer[Any]) -> list[BaseRoute]:
    """The route /mcp."""
    from mcp.server.streamable_http_manager import StreamableHTTPASGIApp
    from starlette.routing import Route

    return [Route("/mcp", StreamableHTTPASGIApp(made.session_manager))]


def _add_asking(made: MCPServer[Any], service: Service) -> None:
    reads = ToolAnnotations(read_only_hint=True, open_world_hint=False)

    @made.tool(annotations=reads)
    async def ask(  # noqa: PLR0913, PLR0917 — the SDK calls it by keyword
        context: Context[Any, Any],
        question: Annotated[str, Field(description="In plain words, standing alone.")],
        documents: _Ids = None,
        kinds: _Kinds = None,
        since: _Since = None,
        until: _Until = None,
    ) -> records.AnswerRecord:
        """Answers a question from the documents, with citations; says so where they do not hold the answer."""
        filters = {"documents": documents, "kinds": kinds, "since": since, "until": until}
        request = context.request_context.request
        assert isinstance(request, Request)
        answer = await _told(service, last_of, service.answering(AskRequest(question, filters)), request)
        return records.AnswerRecord(**answer.to_dict())

    @made.tool(annotations=reads)
    async def search(  # noqa: PLR0913, PLR0917 — the SDK calls it by keyword
        text: Annotated[str, Field(description="What to look for.")],
        k: Annotated[int, Field(ge=1, le=100, description="Sentences at most.")] = 10,
        documents: _Ids = None,
        kinds: _Kinds = None,
        since: _Since = None,
        until: _Until = None,
    ) -> list[records.HitRecord]:
        """Finds the sentences that speak most to a text, best first."""
        filters = {"documents": documents, "kinds": kinds, "since": since, "until": until}
        hits = await _told(service, _found, service, text, k, filters)
        return [records.HitRecord(**hit.to_dict()) for hit in hits]


def _add_documents(made: MCPServer[Any], service: Service) -> None:
    reads = ToolAnnotations(read_only_hint=True, open_world_hint=False)

    @made.tool(annotations=reads)
    async def list_documents() -> list[records.DocumentRecord]:
        """Lists the documents with their ids, titles, kinds and dates."""
        found = await _told(service, service.reading, service.assistant.documents)
        return [records.DocumentRecord(**asdict(each)) for each in found]

    @made.tool(annotations=reads)
    async def read_document(
        document_id: Annotated[str, Field(description="From list_documents, or from a citation.")],
        start: Annotated[int, Field(ge=0, description="The first character; a citation's start, say.")] = 0,
        end: Annotated[int | None, Field(ge=0, description="The one after the last; at most 20,000 at a time.")] = None,
    ) -> Part:
        """Reads a document's text, or a piece of it."""
        found = await _told(service, service.reading, service.assistant.document, document_id)
        last = min(len(found.text), start + _LONGEST, len(found.text) if end is None else end)
        text = found.text[start:last]
        return Part(
            id=found.id, title=found.title, source=found.source, text=text, start=start, end=start + len(text),
            length=len(found.text),
        )  # fmt: skip


async def _found(service: Service, text: str, k: int, filters: dict[str, Any]) -> Any:
    service.check_question(text)
    return await service.reading(service.assistant.search, text, k, **filters)


async def _told(service: Service, work: Callable[..., Awaitable[Any]], *given: Any, **named: Any) -> Any:
    """Does some work; what fails is counted, and told to the model in its own words."""
    try:
        return await work(*given, **named)
    except AssistantError as error:
        service.metrics.error(error)
        raise ToolError(str(error)) from None
