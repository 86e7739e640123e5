"""A web server on a loopback port for the tests: it serves the pages it is given, and keeps the requests."""

import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from io import BufferedIOBase
from urllib.parse import urlsplit

from tests.support.http_server import QuietHandler, serve_http

PAGE = b"<html><title>The heron</title><body><p>The heron of Arles weighs 1,730 grams in summer.</p></body></html>"


@dataclass(frozen=True)
class Page:
    """The response at one address."""

    content: bytes = PAGE
    type: str | None = "text/html"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    pause: float = 0.0  # seconds after each byte


@dataclass
class WebServer:
    """A running web server."""

    port: int
    pages: dict[str, Page]
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)  # paths and headers, in lower case

    def url(self, path: str, host: str = "127.0.0.1", scheme: str = "http") -> str:
        """The address of a path on this server."""
        return f"{scheme}://{host}:{self.port}{path}"


@contextmanager
def serve_pages(pages: Mapping[str, Page], tls: ssl.SSLContext | None = None) -> Iterator[WebServer]:
    """Serves some pages by their paths; any other path gives HTTP 404."""
    web = WebServer(0, dict(pages))

    class Handler(QuietHandler):
        def do_GET(self) -> None:  # noqa: N802 — the name that http.server looks for
            web.requests.append((self.path, self.lower_case_headers()))
            page = web.pages.get(self.path, Page(status=404))
            content_type = {} if page.type is None else {"Content-Type": page.type}
            self.begin(page.status, content_type | dict(page.headers))
            with suppress(OSError):
                _write(self.wfile, page)

    with serve_http(Handler, tls) as url:
        web.port = urlsplit(url).port or 0
        yield web


def _write(file: BufferedIOBase, page: Page) -> None:
    if not page.pause:
        file.write(page.content)
        return
    for byte in page.content:
        file.write(bytes([byte]))
        file.flush()
        time.sleep(page.pause)
