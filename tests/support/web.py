"""A web server on a loopback port for the tests: pages as they are told, and what it was asked."""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

PAGE = b"<html><title>The heron</title><body><p>The heron of Arles weighs 1,730 grams in summer.</p></body></html>"


@dataclass(frozen=True)
class Page:
    """What an address gives."""

    content: bytes = PAGE
    type: str | None = "text/html"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    pause: float = 0.0  # seconds after each byte


@dataclass
class Web:
    """A server that runs."""

    port: int
    pages: dict[str, Page]
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)  # paths and headers, in small letters

    def at(self, path: str, host: str = "127.0.0.1", scheme: str = "http") -> str:
        """An address of it."""
        return f"{scheme}://{host}:{self.port}{path}"


@contextmanager
def serving(pages: Mapping[str, Page], tls: ssl.SSLContext | None = None) -> Iterator[Web]:
    """Serves some pages."""
    web = Web(0, dict(pages))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            web.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            page = web.pages.get(self.path, Page(status=404))
            self.send_response(page.status)
            if page.type is not None:
                self.send_header("Content-Type", page.type)
            for name, value in page.headers.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                _send(self.wfile, page)
            except OSError:
                return

        def log_message(self, *_: Any) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that leaves is what is tested
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        web.port = server.server_address[1]
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield web
        finally:
            server.shutdown()
            thread.join()


def _send(file: Any, page: Page) -> None:
    import time

    if not page.pause:
        file.write(page.content)
        return
    for byte in page.content:
        file.write(bytes([byte]))
        file.flush()
        time.sleep(page.pause)
