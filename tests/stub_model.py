"""A language model that says what a test wants, over real HTTP: OpenAI's chat completions, streamed or not."""

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Stub:
    """What the server does, and what it was asked. Change the fields at any time."""

    pieces: Iterable[str | Callable[[], object]] = ("Nothing. [1]",)  # of the streamed reply; a callable is called
    yes: float = 0.9  # the chance of "yes" in the first turn
    rewritten: str = ""  # the streamed reply to a request to rewrite a question
    statuses: list[int] = field(default_factory=list)  # of the next requests, before it answers as it should
    takes_logprobs: bool = True
    ends: bool = True  # whether a stream ends with its reason and [DONE]
    body: bytes | None = None  # instead of any answer
    content_type: str = "application/json"  # of that
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    sent: int = 0  # pieces that went out
    broken: threading.Event = field(default_factory=threading.Event)  # set when a client goes away
    url: str = ""

    @property
    def streams(self) -> list[dict[str, Any]]:
        """The requests for a streamed reply."""
        return [each for each in self.requests if each.get("stream")]


@contextmanager
def serving() -> Iterator[Stub]:
    """A stub that is being served; its ``url`` is the base of its API."""
    stub = Stub()

    class Handler(_Handler):
        told = stub

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    stub.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield stub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    told: Stub

    def log_message(self, *_: object) -> None:
        """Says nothing."""

    def do_POST(self) -> None:
        stub = self.told
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        stub.requests.append({"path": self.path, **asked})
        stub.headers.append(dict(self.headers))
        if stub.statuses:
            self._answer({"error": {"message": "as the test wants it"}}, stub.statuses.pop(0))
        elif asked.get("logprobs") and not stub.takes_logprobs:
            self._answer({"error": {"message": "logprobs is not supported"}}, 400)
        elif stub.body is not None:
            self._send(stub.body, stub.content_type)
        elif asked.get("stream"):
            self._stream(asked)
        else:
            self._first_turn(asked)

    def _first_turn(self, asked: dict[str, Any]) -> None:
        import math

        word = "yes" if self.told.yes >= 0.5 else "no"
        choice: dict[str, Any] = {
            "index": 0, "message": {"role": "assistant", "content": word}, "finish_reason": "stop",
        }  # fmt: skip
        if asked.get("logprobs"):
            chances = {"yes": self.told.yes, "no": 1 - self.told.yes}
            likeliest = [{"token": token, "logprob": math.log(chance)} for token, chance in chances.items() if chance]
            choice["logprobs"] = {"content": [{"token": word, "logprob": 0.0, "top_logprobs": likeliest}]}
        self._answer({"id": "1", "object": "chat.completion", "created": 0, "model": "stub", "choices": [choice],
                      "usage": {"prompt_tokens": 100, "completion_tokens": 1, "total_tokens": 101}})  # fmt: skip

    def _stream(self, asked: dict[str, Any]) -> None:
        stub = self.told
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        rewriting = "rewrite" in str(asked["messages"][0]["content"])
        try:
            for piece in [stub.rewritten] if rewriting else stub.pieces:
                if callable(piece):
                    piece()
                elif piece:
                    self._event({"choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": None}]})
                    stub.sent += 1
            if stub.ends:
                self._event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
                self._event({"choices": [], "usage": {"prompt_tokens": 20, "completion_tokens": 9, "total_tokens": 29}})
                self.wfile.write(b"data: [DONE]\n\n")
        except OSError:
            stub.broken.set()

    def _event(self, told: dict[str, Any]) -> None:
        whole = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "stub", **told}
        self.wfile.write(f"data: {json.dumps(whole)}\n\n".encode())
        self.wfile.flush()

    def _answer(self, told: dict[str, Any], status: int = 200) -> None:
        self._send(json.dumps(told).encode(), "application/json", status)

    def _send(self, body: bytes, content_type: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
