"""The guard in front of every route: who asks, from which page, how often and how much; and a line in the log.

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
from assistant.server.auth.access import is_loopback
from assistant.server.error_responses import error_body, error_response
from assistant.server.logs import request_id
from assistant.server.metrics import HTTP_METHODS
from assistant.server.service import Service

PUBLIC_PATHS = ("/login", "/api/v1/login", "/api/v1/health", "/api/v1/ready")  # for those who are not let in yet
API_PREFIXES = ("/api/", "/v1/", "/mcp")  # where programs come: they get errors as JSON, never a login page

_WRITE_METHODS = ("POST", "PUT", "PATCH", "DELETE")
_UPLOAD_PATHS = ("/api/v1/documents", "/gradio_api/upload")
_MAX_BODY_BYTES = 4_000_000  # of any request but an upload: a saved answer with long quotes is the largest
_MAX_PUBLIC_BODY_BYTES = 20_000  # of a login
_MULTIPART_BYTES = 100_000  # allowed around each file of an upload
_REQUEST_ID = re.compile(r"[\w-]{1,64}", re.ASCII)
_STRICT_POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_PAGE_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; media-src 'self' data: blob:; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)  # Gradio's templates are compiled in the browser, and its start is inline
_SECURITY_HEADERS = {
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
        self._any_ip_address = not is_loopback(host)  # then any IP address may be this machine's
        self._host_names = (service.settings.named_hosts | {"localhost", host.lower().strip("[]")}) - {""}
        self._origins = service.settings.named_origins
        file_bytes = service.settings.max_file_mb * 1e6 + _MULTIPART_BYTES
        self._max_upload_bytes = int(file_bytes * service.settings.max_uploads)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one request, or one message of the server itself."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})  # no route here speaks them
        elif scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"].startswith(API_PREFIXES) and scope["path"] not in PUBLIC_PATHS:
            with trace_span("HTTP", kind="server", carrier=Headers(scope=scope)):
                await self._handle(scope, receive, send)
        else:
            await self._handle(scope, receive, send)

    async def _handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        client_id = headers.get("x-request-id", "")
        id_token = request_id.set(client_id if _REQUEST_ID.fullmatch(client_id) else uuid4().hex[:16])
        sender = _ResponseSender(send, scope["path"])
        is_counted = scope["path"].startswith(API_PREFIXES) and scope["method"] != "GET"
        self._service.requests += is_counted
        begun = time.perf_counter()
        try:
            rejection = await self._reject(scope, headers)
            if rejection is None:
                await self._app(scope, _limit_body(receive, self._max_body_bytes(scope)), sender.send)
            else:
                await rejection(scope, receive, sender.send)
        except Exception as error:  # whatever it is, it has the one form, and its text stays out of the log
            if sender.status:
                raise
            self._service.metrics.count_error(error)
            if isinstance(error, AssistantError):
                response = error_response(error)
            else:
                response = JSONResponse(error_body(error), 500)
            await response(scope, receive, sender.send)
        finally:
            self._service.requests -= is_counted
            self._record(scope, sender.status, time.perf_counter() - begun)
            request_id.reset(id_token)

    async def _reject(self, scope: Scope, headers: Headers) -> Response | None:
        """The response to a request that isn't let through; None lets it through, its user kept in the scope."""
        try:
            self._check_host_and_origin(scope, headers)
            user = self._service.access.authenticate(headers, _client_address(scope))
            if user is None and scope["path"] not in PUBLIC_PATHS:
                return _ask_to_log_in(scope, headers)
            if user is not None and scope["path"].startswith("/gradio_api/upload") and not user.may_edit:
                raise AccessError(f"'{user.name}' may read, not change what is indexed. An editor may.")
            is_api_call = scope["path"].startswith(API_PREFIXES) and scope["path"] not in PUBLIC_PATHS
            if scope["method"] in _WRITE_METHODS or is_api_call:
                self._service.rate_limit.count(user.name if user and user.name != "local" else _client_address(scope))
            if int(headers.get("content-length", "0")) > self._max_body_bytes(scope):
                raise SizeError("The request is too large. Send less at a time.", wait=0)
        except ValueError:
            return error_response(AccessError("The request is malformed."))
        except AssistantError as error:
            self._service.metrics.count_error(error)
            return error_response(error)
        scope.setdefault("state", {})["user"] = user
        return None

    def _check_host_and_origin(self, scope: Scope, headers: Headers) -> None:
        """Refuses host names that aren't ours, and pages of other sites: a browser can be made to send either.

        Raises:
            AccessError: the text says what to set where it should be allowed.
        """
        host = headers.get("host", "")
        if not self._is_known_host(host):
            raise AccessError(
                "This server is not known under this name. If it should be, add the name to ASSISTANT_HOSTS."
            )
        if scope["method"] not in _WRITE_METHODS and not scope["path"].startswith("/mcp"):
            return
        origin = headers.get("origin", "").lower()
        if origin:
            is_foreign = not self._is_allowed_origin(origin, host)
        else:
            is_foreign = headers.get("sec-fetch-site", "") == "cross-site"
        if is_foreign:
            raise AccessError("Pages of other sites may not do this. If this one may, add it to ASSISTANT_ORIGINS.")

    def _is_known_host(self, host: str) -> bool:
        name = _host_name(host)
        if name in self._host_names or is_loopback(name):
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return self._any_ip_address  # nobody can point an IP address at us, as they can a name of their own

    def _is_allowed_origin(self, origin: str, host: str) -> bool:
        return origin in self._origins or (origin.startswith("http") and urlsplit(origin).netloc == host.lower())

    def _max_body_bytes(self, scope: Scope) -> int:
        if scope["path"] in PUBLIC_PATHS:
            return _MAX_PUBLIC_BODY_BYTES
        return self._max_upload_bytes if scope["path"] in _UPLOAD_PATHS else _MAX_BODY_BYTES

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        """Counts, traces and logs a request that has been answered."""
        user = scope.get("state", {}).get("user")
        pattern = getattr(scope.get("route"), "path", "")  # of the route, not what a client wrote into it
        route = pattern or ("/" if status < 400 else "none")
        method = scope["method"] if scope["method"] in HTTP_METHODS else "other"
        self._service.metrics.count_request(method, route, status, seconds)
        attributes = {"http.request.method": method, "http.route": route, "http.response.status_code": status}
        if status >= 500:
            attributes["error.type"] = str(status)
        set_span_attributes(attributes, f"{method} {route}")
        facts = {
            "method": method,
            "route": route,
            "status": status,
            "seconds": round(seconds, 4),
            "user": user.name if user else "",
        }
        _log.info("request", extra={"facts": facts})


class _ResponseSender:
    """Sends a response with the headers that every one has, and keeps its status."""

    def __init__(self, send: Send, path: str) -> None:
        self._send, self._path = send, path
        self.status = 0  # until the response has begun

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            is_page = self._path == "/"
            defaults = {
                **_SECURITY_HEADERS,
                "content-security-policy": _PAGE_POLICY if is_page else _STRICT_POLICY,
                "x-request-id": request_id.get(),
            }
            for name, value in defaults.items():
                headers.setdefault(name, value)
            if self._path.startswith((*API_PREFIXES, "/docs", "/login", "/metrics")):
                headers.setdefault("cache-control", "no-store")
        await self._send(message)


def _limit_body(receive: Receive, max_bytes: int) -> Receive:
    """Receives a body up to a size, also where its sender doesn't say how long it is.

    Raises:
        SizeError: when the returned function has received more.
    """
    received_bytes = 0

    async def receive_limited() -> Message:
        nonlocal received_bytes
        message = await receive()
        received_bytes += len(message.get("body", b""))
        if received_bytes > max_bytes:
            raise SizeError("The request is too large. Send less at a time.", wait=0)
        return message

    return receive_limited


def _ask_to_log_in(scope: Scope, headers: Headers) -> Response:
    """For a person a redirect to the login page, for a program the error."""
    is_api_path = scope["path"].startswith(API_PREFIXES)
    if scope["method"] == "GET" and "text/html" in headers.get("accept", "") and not is_api_path:
        query = scope["query_string"].decode("latin-1")
        return RedirectResponse(f"/login?next={quote(scope['path'] + (f'?{query}' if query else ''))}", 303)
    return error_response(
        LoginError("Nobody is named. Send the token as 'Authorization: Bearer …', or log in at /login.")
    )


def _client_address(scope: Scope) -> str:
    client: Any = scope.get("client")
    return str(client[0]) if client else ""


def _host_name(header: str) -> str:
    """The name in a Host header, without its port; empty where the header is malformed."""
    match = re.fullmatch(r"(\[[\da-fA-F:.]+\]|[^:\[\]]*)(:\d{1,5})?", header)
    return match[1].strip("[]").lower().rstrip(".") if match else ""
