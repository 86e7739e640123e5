"""The assistant as an MCP server, by the official SDK: four tools that only read.

The guard has checked who sends a request, and from where; the SDK's own check of hosts is off.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import Annotated, Any, ParamSpec, TypeVar, Unpack

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types import CallToolResult, InputRequiredResult, Tool, ToolAnnotations
from pydantic import Field
from starlette.requests import Request
from starlette.routing import BaseRoute

from assistant.errors import AssistantError
from assistant.options import AskKeywords, Day, SearchKeywords
from assistant.server.api import schemas
from assistant.server.api.derived_models import ResponseModel, expand_keywords, keyword_annotations
from assistant.server.api.rest import last_event
from assistant.server.service import AskRequest, Service
from assistant.types import Answer, Hit

_MAX_PIECE_CHARS = 20_000  # characters of a document that are read at a time
_INSTRUCTIONS = (
    "Answers questions from a collection of documents. Every statement of an answer cites the exact sentences that "
    "carry it; a refusal says that the documents do not contain it."
)
_READ_ONLY = ToolAnnotations(read_only_hint=True, open_world_hint=False)
_FILTERS = keyword_annotations(
    SearchKeywords,
    wire_types={Sequence[str] | None: list[str] | None, Day | None: date | None},
    descriptions={
        "documents": "Ids of the only documents to look in, from list_documents.",
        "kinds": 'The only kinds of file to look in, such as "pdf".',
        "since": "Only documents of this day or later.",
        "until": "Only documents of this day or earlier.",
        "authors": "Only documents with one of these in their author's name.",
        "languages": 'Only documents that declare one of these languages, such as "de".',
    },
)

_P = ParamSpec("_P")
_T = TypeVar("_T")


class DocumentPiece(ResponseModel, schema_name="Part"):
    """A piece of a document's canonical text."""

    id: str
    title: str
    source: str
    text: str
    start: int = Field(description="Where this piece starts, in characters.")
    end: int
    length: int = Field(description="Of the whole text; where end is less, read on from there.")


class _StrictServer(MCPServer[Any]):
    """An MCP server whose tools refuse arguments that they don't have: a misspelt filter must not widen an answer."""

    async def list_tools(self) -> list[Tool]:
        """The tools; their schemas say that they take no other arguments."""
        tools = await super().list_tools()
        return [
            tool.model_copy(update={"input_schema": {**tool.input_schema, "additionalProperties": False}})
            for tool in tools
        ]

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """Calls a tool.

        Raises:
            ToolError: there is no such tool or argument, or the call failed.
        """
        for tool in await self.list_tools():
            known = tool.input_schema.get("properties", {})
            if tool.name == name and (unknown := sorted(arguments.keys() - known)):
                named = ", ".join(f"'{argument[:60]}'" for argument in unknown[:5])
                raise ToolError(f"The tool {name} has no argument {named}. It takes: {', '.join(known) or 'none'}.")
        return await super().call_tool(name, arguments, context)


def create_mcp_server(service: Service) -> MCPServer[Any]:
    """The MCP server with its tools."""
    server = _StrictServer("assistant", instructions=_INSTRUCTIONS, log_level="WARNING")
    _add_question_tools(server, service)
    _add_document_tools(server, service)
    server.streamable_http_app(
        stateless_http=True,
        json_response=True,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    return server


def mcp_routes(server: MCPServer[Any]) -> list[BaseRoute]:
    """The route /mcp."""
    from mcp.server.streamable_http_manager import StreamableHTTPASGIApp
    from starlette.routing import Route

    return [Route("/mcp", StreamableHTTPASGIApp(server.session_manager))]


def _add_question_tools(server: MCPServer[Any], service: Service) -> None:
    @server.tool(annotations=_READ_ONLY)
    @expand_keywords(_FILTERS)
    async def ask(
        context: Context[Any, Any],
        question: Annotated[str, Field(description="In plain words, standing alone.")],
        **options: Unpack[AskKeywords],  # of these the tool has the filters
    ) -> schemas.AnswerRecord:
        """Answers a question from the documents, with citations; says so where they do not hold the answer."""
        request = context.request_context.request
        assert isinstance(request, Request)
        events = service.stream_answer(AskRequest(question, options))
        answer = await _report_errors(service, last_event, events, request)
        assert isinstance(answer, Answer)
        return schemas.AnswerRecord.model_validate(answer.to_dict())

    @server.tool(annotations=_READ_ONLY)
    @expand_keywords(_FILTERS)
    async def search(
        text: Annotated[str, Field(description="What to look for.")],
        k: Annotated[int, Field(ge=1, le=100, description="Sentences at most.")] = 10,
        **filters: Unpack[SearchKeywords],
    ) -> list[schemas.HitRecord]:
        """Finds the sentences that speak most to a text, best first."""
        hits = await _report_errors(service, _search, service, text, k, filters)
        return [schemas.HitRecord.model_validate(hit.to_dict()) for hit in hits]


def _add_document_tools(server: MCPServer[Any], service: Service) -> None:
    @server.tool(annotations=_READ_ONLY)
    async def list_documents() -> list[schemas.DocumentRecord]:
        """Lists the documents with their ids, titles, kinds and dates."""
        summaries = await _report_errors(service, service.run_read, service.assistant.documents)
        return [schemas.DocumentRecord.from_dataclass(summary) for summary in summaries]

    @server.tool(annotations=_READ_ONLY)
    async def read_document(
        document_id: Annotated[str, Field(description="From list_documents, or from a citation.")],
        start: Annotated[int, Field(ge=0, description="The first character; a citation's start, say.")] = 0,
        end: Annotated[int | None, Field(ge=0, description="The one after the last; at most 20,000 at a time.")] = None,
    ) -> DocumentPiece:
        """Reads a document's text, or a piece of it."""
        document = await _report_errors(service, service.run_read, service.assistant.document, document_id)
        length = len(document.text)
        piece = document.text[start : min(length, start + _MAX_PIECE_CHARS, length if end is None else end)]
        return DocumentPiece(
            id=document.id, title=document.title, source=document.source, text=piece, start=start,
            end=start + len(piece), length=length,
        )  # fmt: skip


async def _search(service: Service, text: str, k: int, filters: SearchKeywords) -> list[Hit]:
    service.check_question(text)
    return await service.run_read(service.assistant.search, text, k, **filters)


async def _report_errors(
    service: Service, work: Callable[_P, Awaitable[_T]], *args: _P.args, **kwargs: _P.kwargs
) -> _T:
    """Awaits some work; an error of it is counted, and goes to the model in its own words.

    Raises:
        ToolError: the SDK's error, whose text the model reads.
    """
    try:
        return await work(*args, **kwargs)
    except AssistantError as error:
        service.metrics.count_error(error)
        raise ToolError(str(error)) from None
