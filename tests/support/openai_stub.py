"""An endpoint that speaks OpenAI's chat completions over real HTTP on loopback, reply by reply as a test scripts it."""

import json
import math
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from tests.support.http_server import QuietHandler, serve_http

Piece = str | Callable[[], object]  # of a stream; a callable is called instead of sent: it may wait
Reply = Callable[["Exchange"], None]
SHORT_RETRY = {"retry-after-ms": "1"}  # keeps the client's pauses between its tries short


@dataclass(frozen=True)
class Request:
    """What a client sent."""

    path: str
    headers: Mapping[str, str]  # names in lower case
    body: dict[str, Any]

    @property
    def is_streamed(self) -> bool:
        """Whether it asks for its reply piece by piece."""
        return bool(self.body.get("stream"))

    @property
    def last_message(self) -> str:
        """The text of its chat's last message."""
        return str(self.body["messages"][-1]["content"])


@dataclass
class OpenAIStub:
    """A running endpoint: its script, one reply for each request in turn, and the requests that it got."""

    base_url: str = ""
    script: list[Reply] = field(default_factory=list)
    default_reply: Reply | None = None  # when the script is at its end; without it a request too many gets HTTP 418
    requests: list[Request] = field(default_factory=list)
    sent_pieces: int = 0  # of streams
    client_left: threading.Event = field(default_factory=threading.Event)  # set when a client goes away in a stream


class Exchange:
    """One request that is being answered."""

    def __init__(self, handler: QuietHandler, stub: OpenAIStub, request: Request) -> None:
        self._handler, self.stub, self.request = handler, stub, request

    def send(self, body: bytes, content_type: str, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        """Sends a whole response."""
        self._handler.send_body(body, status, {"Content-Type": content_type, **(headers or {})})

    def begin(self, content_type: str) -> None:
        """Sends the head of a response."""
        self._handler.begin(200, {"Content-Type": content_type})

    def write(self, text: str) -> None:
        """Sends a part of a body, at once."""
        self._handler.wfile.write(text.encode())
        self._handler.wfile.flush()

    def wait_for_client(self, seconds: float) -> None:
        """Says nothing until the client goes away, or the time is over."""
        self._handler.connection.settimeout(seconds)
        with suppress(TimeoutError):
            if not self._handler.connection.recv(1):
                self.stub.client_left.set()


def says(word: str, chances: Mapping[str, float] | None = None, usage: tuple[int, int] = (100, 1)) -> Reply:
    """A whole reply, with the chances of the tokens that it might have begun with.

    Args:
        word: the reply.
        chances: of its possible first tokens.
        usage: the number of tokens, of the prompt and of the reply.
    """

    def reply(exchange: Exchange) -> None:
        choice = {"index": 0, "message": {"role": "assistant", "content": word}, "finish_reason": "stop"}
        if chances is not None:
            likeliest = [{"token": token, "logprob": math.log(chance)} for token, chance in chances.items()]
            choice["logprobs"] = {"content": [{"token": word, "logprob": 0.0, "top_logprobs": likeliest}]}
        exchange.send(_completion("chat.completion", choices=[choice], usage=_usage(usage)), "application/json")

    return reply


def streams(*pieces: Piece, then: Iterable[Piece] = (), ends: bool = True, usage: tuple[int, int] = (20, 9)) -> Reply:
    """A streamed reply.

    Args:
        pieces: of its text.
        then: further pieces, perhaps without end.
        ends: whether it ends with its reason, its usage and [DONE]; else the connection is closed behind the pieces.
        usage: the number of tokens, of the prompt and of the reply.
    """

    def event(**fields: Any) -> str:
        return f"data: {_completion('chat.completion.chunk', **fields).decode()}\n\n"

    def reply(exchange: Exchange) -> None:
        exchange.begin("text/event-stream")
        for part in (pieces, then):
            for piece in part:
                if callable(piece):
                    piece()
                    continue
                exchange.write(event(choices=[{"index": 0, "delta": {"content": piece}, "finish_reason": None}]))
                exchange.stub.sent_pieces += 1
        if ends:
            exchange.write(event(choices=[{"index": 0, "delta": {}, "finish_reason": "stop"}]))
            exchange.write(event(choices=[], usage=_usage(usage)))
            exchange.write("data: [DONE]\n\n")

    return reply


def fails(status: int, message: str = "as the test wants it", headers: Mapping[str, str] | None = None) -> Reply:
    """An error as OpenAI words it."""
    body = json.dumps({"error": {"message": message, "type": "error", "code": None}}).encode()
    return lambda exchange: exchange.send(body, "application/json", status, SHORT_RETRY if headers is None else headers)


def sends(body: bytes, content_type: str = "application/json") -> Reply:
    """Anything at all, with HTTP 200."""
    return lambda exchange: exchange.send(body, content_type)


def hangs(until: threading.Event) -> Reply:
    """No answer before the event, and none then."""

    def reply(_: Exchange) -> None:
        until.wait(20)

    return reply


@contextmanager
def serve_openai_stub() -> Iterator[OpenAIStub]:
    """An endpoint that runs until the context ends."""
    stub = OpenAIStub()

    class Handler(QuietHandler):
        def do_POST(self) -> None:  # noqa: N802 — the name that http.server looks for
            request = Request(self.path, self.lower_case_headers(), json.loads(self.read_body()))
            stub.requests.append(request)
            default = stub.default_reply or fails(418, "the script has no more replies")
            reply = stub.script.pop(0) if stub.script else default
            try:
                reply(Exchange(self, stub, request))
            except OSError:
                stub.client_left.set()

    with serve_http(Handler) as url:
        stub.base_url = f"{url}/v1"
        yield stub


def _completion(kind: str, **fields: Any) -> bytes:
    return json.dumps({"id": "1", "object": kind, "created": 0, "model": "stub", **fields}).encode()


def _usage(counts: tuple[int, int]) -> dict[str, int]:
    return {"prompt_tokens": counts[0], "completion_tokens": counts[1], "total_tokens": sum(counts)}
