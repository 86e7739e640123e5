"""The guard in front of every door: who asks, from which page, how often and how much; and a line in the log.

It is plain ASGI, so that streams pass through it piece by piece.
"""

import ipaddress
import logging
import re
import time
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.errors import AccessError, AssistantError, LoginError, SizeError
from assistant.observability.tracing import set_span_attributes, trace_span
from assistant.server.auth.access import User, is_loopback
from assistant.server.error_responses import error_body, error_response
from assistant.server.logs import request_id
from assistant.server.metrics import HTTP_METHODS
from assistant.server.service import Service

OPEN = ("/login", "/api/v1/login", "/api/v1/health", "/api/v1/ready")  # paths for those who are not let in yet
API = ("/api/", "/v1/", "/mcp")  # where programs come: an error is JSON, a login page no answer

_WRITES = ("POST", "PUT", "PATCH", "DELETE")
_UPLOADS = ("/api/v1/documents", "/gradio_api/upload")
_BODY = 4_000_000  # bytes of any other request: a saved answer with long quotes is the largest
_AROUND = 100_000  # bytes around each file of an upload
_ID = re.compile(r"[\w-]{1,64}", re.ASCII)
_STRICT = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_PAGE = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; media-src 'self' data: blob:; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)  # Gradio's templates are compiled in the browser, and its start is inline
_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}

_log = logging.getLogger("assistant.server.requests")


class GuardMiddleware:
    """Lets a request through to the application, or answers it itself."""

    def __init__(self, app: ASGIApp, service: Service, host: str) -> None:
        self._app, self._service = app, service
        self._everywhere = not is_loopback(host)  # then any number may be this machine's address
        self._names = (service.settings.named_hosts | {"localhost", host.lower().strip("[]")}) - {""}
        self._origins = service.settings.named_origins
        self._upload = int((service.settings.max_file_mb * 1e6 + _AROUND) * service.settings.max_uploads)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or one message of the server itself."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})  # nothing here speaks them
        elif scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"].startswith(API) and scope["path"] not in OPEN:
            with trace_span("HTTP", kind="server", carrier=Headers(scope=scope)):
                await self._guarded(scope, receive, send)
        else:
            await self._guarded(scope, receive, send)

    async def _guarded(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        marked = request_id.set(given if _ID.fullmatch(given) else uuid4().hex[:16])
        answer = _Answer(send, scope["path"])
        counted = scope["path"].startswith(API) and scope["method"] != "GET"
        self._service.requests += counted
        begun = time.perf_counter()
        try:
            refused = await self._refused(scope, headers)
            if refused is None:
                await self._app(scope, _bounded(receive, self._most(scope)), answer.send)
            else:
                await refused(scope, receive, answer.send)
        except Exception as error:  # whatever it is, it has the one form, and its text stays out of the log
            if answer.status:
                raise
            self._service.metrics.error(error)
            told = error_response(error) if isinstance(error, AssistantError) else JSONResponse(error_body(error), 500)
            await told(scope, receive, answer.send)
        finally:
            self._service.requests -= counted
            self._tell(scope, answer.status, time.perf_counter() - begun)
            request_id.reset(marked)

    async def _refused(self, scope: Scope, headers: Headers) -> Response | None:
        """The answer to a request that isn't let through; None lets it through, its user noted."""
        try:
            self._check_place(scope, headers)
            user = await self._user(scope, headers)
            if user is None and scope["path"] not in OPEN:
                return _to_the_door(scope, headers)
            if user is not None and scope["path"].startswith("/gradio_api/upload") and not user.may_edit:
                raise AccessError(f"'{user.name}' may read, not change what is indexed. An editor may.")
            if scope["method"] in _WRITES or (scope["path"].startswith(API) and scope["path"] not in OPEN):
                self._service.rate.count(user.name if user and user.name != "local" else _address(scope))
            if int(headers.get("content-length", "0")) > self._most(scope):
                raise SizeError("The request is too large. Send less at a time.", wait=0)
        except ValueError:
            return error_response(AccessError("The request is malformed."))
        except AssistantError as error:
            self._service.metrics.error(error)
            return error_response(error)
        scope.setdefault("state", {})["user"] = user
        return None

    async def _user(self, scope: Scope, headers: Headers) -> User | None:
        return self._service.access.by_headers(headers, _address(scope))

    def _check_place(self, scope: Scope, headers: Headers) -> None:
        """Refuses names that aren't ours, and pages of other sites: a browser can be made to send either."""
        host = headers.get("host", "")
        if not self._is_ours(host):
            raise AccessError(
                "This server is not known under this name. If it should be, add the name to ASSISTANT_HOSTS."
            )
        if scope["method"] not in _WRITES and not scope["path"].startswith("/mcp"):
            return
        origin = headers.get("origin", "").lower()
        foreign = headers.get("sec-fetch-site", "") == "cross-site" if not origin else not self._is_own(origin, host)
        if foreign:
            raise AccessError("Pages of other sites may not do this. If this one may, add it to ASSISTANT_ORIGINS.")

    def _is_ours(self, host: str) -> bool:
        name = _name(host)
        if name in self._names or is_loopback(name):
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return self._everywhere  # a number is no name that somebody could point at us

    def _is_own(self, origin: str, host: str) -> bool:
        return origin in self._origins or (origin.startswith("http") and urlsplit(origin).netloc == host.lower())

    def _most(self, scope: Scope) -> int:
        return self._upload if scope["path"] in _UPLOADS else _BODY

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        user = scope.get("state", {}).get("user")
        pattern = getattr(scope.get("route"), "path", "")  # not what a client wrote into it
        route = pattern or ("/" if status < 400 else "none")
        method = scope["method"] if scope["method"] in HTTP_METHODS else "other"
        self._service.metrics.request(method, route, status, seconds)
        told = {"http.request.method": method, "http.route": route, "http.response.status_code": status}
        set_span_attributes(told | ({"error.type": str(status)} if status >= 500 else {}), f"{method} {route}")
        facts = {
            "method": method,
            "route": route,
            "status": status,
            "seconds": round(seconds, 4),
            "user": user.name if user else "",
        }
        _log.info("request", extra={"facts": facts})


class _Answer:
    """What goes back: adds the headers, and notes the status."""

    def __init__(self, send: Send, path: str) -> None:
        self._send, self._path, self.status = send, path, 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            strict = self._path.startswith((*API, "/docs", "/login", "/metrics"))
            added = {
                **_HEADERS,
                "content-security-policy": _STRICT if strict else _PAGE,
                "x-request-id": request_id.get(),
            }
            for name, value in added.items():
                headers.setdefault(name, value)
            if strict:
                headers.setdefault("cache-control", "no-store")
        await self._send(message)


def _bounded(receive: Receive, most: int) -> Receive:
    """Receives a body up to a size, also where its sender doesn't say how long it is."""
    got = 0

    async def received() -> Message:
        nonlocal got
        message = await receive()
        got += len(message.get("body", b""))
        if got > most:
            raise SizeError("The request is too large. Send less at a time.", wait=0)
        return message

    return received


def _to_the_door(scope: Scope, headers: Headers) -> Response:
    """For a person the way to the login page, for a program the error."""
    if scope["method"] == "GET" and "text/html" in headers.get("accept", "") and not scope["path"].startswith(API):
        query = scope["query_string"].decode("latin-1")
        return RedirectResponse(f"/login?next={quote(scope['path'] + (f'?{query}' if query else ''))}", 303)
    return error_response(
        LoginError("Nobody is named. Send the token as 'Authorization: Bearer …', or log in at /login.")
    )


def _address(scope: Scope) -> str:
    client: Any = scope.get("client")
    return str(client[0]) if client else ""


def _name(host: str) -> str:
    """The name of a Host header, without its port."""
    found = re.fullmatch(r"(\[[\da-fA-F:.]+\]|[^:\[\]]*)(:\d{1,5})?", host)
    return found[1].strip("[]").lower().rstrip(".") if found else ""
