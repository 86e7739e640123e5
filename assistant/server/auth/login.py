"""The login page: a form for name and password, without any script; and the way to log out."""

from html import escape
from string import Template

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.errors import AssistantError
from assistant.server.auth.access import SESSION_COOKIE
from assistant.server.auth.sessions import SESSION_SECONDS
from assistant.server.error_responses import http_status
from assistant.server.service import Service

_PAGE_TEMPLATE = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Log in · Assistant</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<style>
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; display: grid; min-height: 100vh; place-items: center }
form { width: min(20rem, 90vw); display: grid; gap: .5rem }
h1 { font-size: 1.4rem; margin: 0 0 .5rem }
input, button { font: inherit; padding: .6rem .7rem; border: 1px solid GrayText; border-radius: .4rem }
button { margin-top: .5rem; cursor: pointer }
[role=alert] { margin: 0; color: light-dark(#a3000b, #ff9a9a) }
small { color: light-dark(#555, #bbb) }
</style></head>
<body><main><form method="post" action="/login">
<h1>Log in</h1>$error
<input type="hidden" name="next" value="$next">
<label for="name">Name</label>
<input id="name" name="name" value="$name" autocomplete="username" autocapitalize="none" autofocus>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<small>With the token instead of a password, leave the name empty.</small>
<button>Log in</button>
</form></main></body></html>
""")


def router(service: Service) -> APIRouter:
    """The routes /login and /logout."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/login")
    async def form(next: str = "/") -> HTMLResponse:  # noqa: A002 — the name in the address
        return HTMLResponse(_page(next))

    @routes.post("/login")
    async def login(request: Request) -> Response:
        fields = await request.form(max_files=0, max_fields=10)
        name, password, next_path = (str(fields.get(field, "")) for field in ("name", "password", "next"))
        address = request.client.host if request.client else ""
        try:
            _, token = await service.run_login(service.access.login, name, password, address)
        except AssistantError as error:
            return HTMLResponse(_page(next_path, name, str(error)), http_status(error))
        response = RedirectResponse(_local_path(next_path), 303)
        is_https = request.url.scheme == "https"
        response.set_cookie(
            SESSION_COOKIE, token, max_age=SESSION_SECONDS, httponly=True, samesite="lax", secure=is_https
        )
        return response

    @routes.post("/logout")
    async def logout(request: Request) -> Response:
        await service.run_login(service.access.logout, request.headers)
        response = RedirectResponse("/login", 303)
        response.delete_cookie(SESSION_COOKIE)
        return response

    return routes


def _page(next_path: str, name: str = "", error: str = "") -> str:
    alert = f'<p role="alert">{escape(error)}</p>' if error else ""
    return _PAGE_TEMPLATE.substitute(error=alert, next=escape(_local_path(next_path)), name=escape(name))


def _local_path(path: str) -> str:
    """The path where it lies on this server, otherwise "/": a link to another server would be a trap."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() else "/"
