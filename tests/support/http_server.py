"""An HTTP server on a loopback port, in threads of this process: what every stub server of the tests is built on."""

import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class QuietHandler(BaseHTTPRequestHandler):
    """A request handler that logs nothing, and does not mind a client that goes away."""

    def read_body(self) -> bytes:
        """The body of the request."""
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def lower_case_headers(self) -> dict[str, str]:
        """The headers of the request, their names in lower case."""
        return {name.lower(): value for name, value in self.headers.items()}

    def begin(self, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        """Sends the head of a response."""
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()

    def send_body(self, body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        """Sends a whole response."""
        self.begin(status, {"Content-Length": str(len(body)), **(headers or {})})
        self.wfile.write(body)

    def finish(self) -> None:
        """Ends the connection; the client may have ended it before."""
        with suppress(OSError):
            super().finish()

    def log_message(self, *_: object) -> None:
        """Logs nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Prints nothing: a client that goes away in the middle is what some tests are about."""


@contextmanager
def serve_http(handler: type[QuietHandler], tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Serves until the context ends.

    Args:
        handler: answers the requests.
        tls: encrypts the connections, if given.

    Yields:
        The server's URL, without a path.
    """
    with _Server(("127.0.0.1", 0), handler) as server:
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http{'s' if tls else ''}://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def unused_url() -> str:
    """A URL of this machine, without a path, where nobody listens."""
    with serve_http(QuietHandler) as url:
        return url
