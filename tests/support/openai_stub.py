"""An endpoint that speaks OpenAI's chat completions over real HTTP on loopback, reply by reply as a test scripts it."""

import json
import math
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Piece = str | Callable[[], object]  # of a stream; a callable is called instead of sent: it may wait
Reply = Callable[["Exchange"], None]
SOON = {"retry-after-ms": "1"}  # keeps the client's pauses between its tries short


@dataclass(frozen=True)
class Request:
    """What a client sent."""

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]

    @property
    def streamed(self) -> bool:
        """Whether it asks for its reply piece by piece."""
        return bool(self.body.get("stream"))

    @property
    def last(self) -> str:
        """The text of its chat's last message."""
        return str(self.body["messages"][-1]["content"])


@dataclass
class Stub:
    """The script, one reply for each request in turn, and what was asked."""

    base_url: str = ""
    script: list[Reply] = field(default_factory=list)
    otherwise: Reply | None = None  # when the script is at its end; without it a request too many gets HTTP 418
    requests: list[Request] = field(default_factory=list)
    sent: int = 0  # pieces of streams that went out
    left: threading.Event = field(default_factory=threading.Event)  # set when a client goes away in a stream


class Exchange:
    """One request that is being answered."""

    def __init__(self, handler: BaseHTTPRequestHandler, stub: Stub, request: Request) -> None:
        self._handler, self.stub, self.request = handler, stub, request

    def send(self, body: bytes, content_type: str, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        """A whole response."""
        self.begin(content_type, status, {"Content-Length": str(len(body)), **(headers or {})})
        self._handler.wfile.write(body)

    def begin(self, content_type: str, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        """The head of a response."""
        self._handler.send_response(status)
        for name, value in {"Content-Type": content_type, **(headers or {})}.items():
            self._handler.send_header(name, value)
        self._handler.end_headers()

    def write(self, text: str) -> None:
        """A part of a body, at once."""
        self._handler.wfile.write(text.encode())
        self._handler.wfile.flush()


def says(word: str, chances: Mapping[str, float] | None = None, usage: tuple[int, int] = (100, 1)) -> Reply:
    """A whole reply, with the chances of the tokens that it might have begun with."""

    def reply(exchange: Exchange) -> None:
        choice = {"index": 0, "message": {"role": "assistant", "content": word}, "finish_reason": "stop"}
        if chances is not None:
            likeliest = [{"token": token, "logprob": math.log(chance)} for token, chance in chances.items()]
            choice["logprobs"] = {"content": [{"token": word, "logprob": 0.0, "top_logprobs": likeliest}]}
        exchange.send(_json("chat.completion", choices=[choice], usage=_usage(usage)), "application/json")

    return reply


def streams(*pieces: Piece, then: Iterable[Piece] = (), ends: bool = True, usage: tuple[int, int] = (20, 9)) -> Reply:
    """A streamed reply.

    Args:
        pieces: of its text.
        then: what comes behind these, perhaps without end.
        ends: whether it ends with its reason, its usage and [DONE]; else the connection is closed behind the pieces.
        usage: its tokens, of the prompt and of the reply.
    """

    def event(**told: Any) -> str:
        return f"data: {_json('chat.completion.chunk', **told).decode()}\n\n"

    def reply(exchange: Exchange) -> None:
        exchange.begin("text/event-stream")
        for some in (pieces, then):
            for piece in some:
                if callable(piece):
                    piece()
                    continue
                exchange.write(event(choices=[{"index": 0, "delta": {"content": piece}, "finish_reason": None}]))
                exchange.stub.sent += 1
        if ends:
            exchange.write(event(choices=[{"index": 0, "delta": {}, "finish_reason": "stop"}]))
            exchange.write(event(choices=[], usage=_usage(usage)))
            exchange.write("data: [DONE]\n\n")

    return reply


def fails(status: int, message: str = "as the test wants it", headers: Mapping[str, str] | None = None) -> Reply:
    """An error as OpenAI words it."""
    body = json.dumps({"error": {"message": message, "type": "error", "code": None}}).encode()
    return lambda exchange: exchange.send(body, "application/json", status, SOON if headers is None else headers)


def sends(body: bytes, content_type: str = "application/json") -> Reply:
    """Anything at all with HTTP 200."""
    return lambda exchange: exchange.send(body, content_type)


def hangs(until: threading.Event) -> Reply:
    """No answer before the event, and none then."""

    def reply(_: Exchange) -> None:
        until.wait(20)

    return reply


@contextmanager
def serving() -> Iterator[Stub]:
    """A stub that is being served, at its ``base_url``."""
    stub = Stub()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            request = Request(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            stub.requests.append(request)
            last = stub.otherwise or fails(418, "the script has no more replies")
            reply = stub.script.pop(0) if stub.script else last
            try:
                reply(Exchange(self, stub, request))
            except OSError:
                stub.left.set()

        def finish(self) -> None:
            with suppress(OSError):
                super().finish()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    stub.base_url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield stub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _json(kind: str, **told: Any) -> bytes:
    return json.dumps({"id": "1", "object": kind, "created": 0, "model": "stub", **told}).encode()


def _usage(counts: tuple[int, int]) -> dict[str, int]:
    return {"prompt_tokens": counts[0], "completion_tokens": counts[1], "total_tokens": sum(counts)}
