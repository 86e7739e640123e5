"""The whole server as one application: the API, OpenAI's form, MCP, the login and the page."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from assistant.client import Assistant
from assistant.proxies import without_proxies
from assistant.server import metrics
from assistant.server.api import docs_page, openai_chat, rest
from assistant.server.api.mcp import create_mcp_server, mcp_routes
from assistant.server.auth import login
from assistant.server.auth.access import AccessControl, check_binding
from assistant.server.error_responses import add_error_handlers
from assistant.server.middleware import GuardMiddleware
from assistant.server.service import Service
from assistant.settings import Settings

_DESCRIPTION = "Answers questions from your documents, and cites the exact sentences that carry every statement."


def create_app(
    assistant: Assistant,
    settings: Settings,
    access: AccessControl | None = None,
    *,
    host: str = "127.0.0.1",
    page: bool = True,
) -> FastAPI:
    """Puts the server together.

    Args:
        assistant: the opened index; it is not closed here.
        settings: those that it was opened with.
        access: who may come in; by default what the settings and the index folder say.
        host: the address that is listened at.
        page: whether to put the page at /; it takes seconds to import.

    Raises:
        AccessError: listening there would let everybody in.
        StoreError: the index folder can't be written.
    """
    check_binding(settings, host)
    access = access or AccessControl(settings, host)
    service = Service(assistant, settings, access)
    mcp_server = create_mcp_server(service)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with mcp_server.session_manager.run():
            yield
        service.close()

    app = FastAPI(
        title="Assistant",
        version=version("assistant"),
        description=_DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        # FastAPI's own trace spans and logs would hold addresses with ids of documents, and messages of errors
        telemetry={"auto_configure": False, "exclude": lambda _: True},
    )
    app.state.service = service
    app.include_router(rest.router(service))
    app.include_router(openai_chat.router(service))
    app.include_router(metrics.router(service))
    app.include_router(login.router(service))
    app.include_router(docs_page.router(app))
    app.router.routes.extend(mcp_routes(mcp_server))
    add_error_handlers(app)
    app.add_middleware(GuardMiddleware, service=service, host=host)
    app.add_middleware(  # needed even where no origin is allowed: otherwise Gradio would let in some of its own choice
        CORSMiddleware,
        allow_origins=sorted(settings.named_origins),
        allow_methods=["GET", "POST", "DELETE"],
        allow_headers=["authorization", "content-type"],
    )
    app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=sorted(settings.named_proxies))
    if page:
        _mount_page(app, service)
    return app


def _mount_page(app: FastAPI, service: Service) -> None:
    with without_proxies():  # Gradio makes clients when it is imported, and fetches nothing here
        from assistant.server.ui.page import mount_page

    mount_page(app, service.assistant, service.settings, service.access)
