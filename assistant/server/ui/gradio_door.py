"""The door in front of Gradio: of its routes only those that the page uses, and no event that names a file of others.

Gradio has routes that fetch addresses, serve files and take events past the page. Whoever may open the page could
call them all.
"""

import json
import re
import shutil
from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse
from gradio.route_utils import upload_fn
from gradio.routes import file_upload_statuses
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.routing import compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.errors import AccessError, StoreError
from assistant.server.ui.upload_inbox import UploadInbox

_EVENT_PATH = "/gradio_api/queue/join"
PAGE_ROUTES = frozenset(
    {
        ("GET", "/"),
        ("HEAD", "/"),
        ("GET", "/assets/{path:path}"),
        ("GET", "/static/{path:path}"),
        ("GET", "/theme.css"),
        ("GET", "/favicon.ico"),
        ("GET", "/manifest.json"),
        ("POST", _EVENT_PATH),
        ("GET", "/gradio_api/queue/data"),  # what events lead to
        ("GET", "/gradio_api/heartbeat/{session_hash}"),  # whether the page is still open
        ("GET", "/gradio_api/app_id"),  # whether the server is there again
        ("GET", "/gradio_api/upload_progress"),
    }
)  # as Chromium logged them in all tests of the page, and those that its script calls when a connection breaks

_PATTERNS = [(method, compile_path(path)[0]) for method, path in PAGE_ROUTES]
_PLAIN_PATH = re.compile(r"/|(/(?!\.+(/|$))[\w.-]+)+", re.ASCII)  # without "..", "//", "\" and the like


class GradioDoor:
    """Lets a request through to Gradio's application, or refuses it."""

    def __init__(self, app: ASGIApp, inbox: UploadInbox) -> None:
        self._app, self._inbox = app, inbox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles a request.

        Raises:
            HTTPException: the page has no such route, or the event is no JSON.
            AccessError: an event names a file that its user has not uploaded.
        """
        if scope["type"] == "http":
            method, path = scope["method"], scope["path"]
            if not _PLAIN_PATH.fullmatch(path) or not any(
                method == allowed and pattern.match(path) for allowed, pattern in _PATTERNS
            ):
                raise HTTPException(404)
            if path == "/":
                scope = {**scope, "query_string": b""}  # its parameters are the script's; Gradio has others
            if path == _EVENT_PATH:
                receive = await self._check_event(scope, receive)
        await self._app(scope, receive, send)

    async def _check_event(self, scope: Scope, receive: Receive) -> Receive:
        """Reads an event's body, and returns what gives it to Gradio as it was understood here."""
        try:
            event = json.loads(await Request(scope, receive).body())
        except (ValueError, RecursionError):
            raise HTTPException(422, "The event is no JSON.") from None
        user = request_user(Request(scope))
        for file in _named_files(event):
            if file.get("is_stream") or not self._inbox.holds(user, file["path"]):
                raise AccessError("This file was not uploaded here, or has been added already. Choose it again.")
        messages: list[Message] = [{"type": "http.request", "body": json.dumps(event).encode(), "more_body": False}]

        async def replay() -> Message:
            return messages.pop() if messages else await receive()

        return replay


def upload_router(inbox: UploadInbox, max_file_bytes: int) -> APIRouter:
    """The page's own route for uploads, in place of Gradio's, whose folder all users share."""
    routes = APIRouter(include_in_schema=False)

    @routes.post("/gradio_api/upload")
    async def upload(request: Request, upload_id: str | None = None) -> Any:
        folder, progress = None, file_upload_statuses if upload_id else None
        try:
            folder = inbox.new_folder()
            paths, _, _ = await upload_fn(
                request, str(folder), max_file_bytes, upload_id, force_move=True, upload_progress=progress
            )
        except BaseException as error:
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)
            if isinstance(error, OSError):
                raise StoreError(f"The upload can't be kept: {error.strerror}.") from error
            if isinstance(error, MultiPartException):
                return PlainTextResponse(error.message, 413 if "maximum allowed size" in error.message else 400)
            if isinstance(error, TypeError | KeyError):  # a part without a name, or no boundary
                return PlainTextResponse("The upload is malformed.", 400)
            raise
        inbox.put(request_user(request), paths)
        return paths

    return routes


def request_user(request: Request) -> str:
    """The name of who sends a request that the guard let in; empty without a guard."""
    return str(getattr(getattr(request.state, "user", None), "name", ""))


def _named_files(event: Any) -> Iterator[dict[str, Any]]:
    """Everything in an event that may be taken for a file."""
    values = [event]
    while values:
        value = values.pop()
        if isinstance(value, dict):
            if "path" in value:
                yield value
            values += value.values()
        elif isinstance(value, list):
            values += value
