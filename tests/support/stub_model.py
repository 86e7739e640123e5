"""A language model that says what a test wants, turn for turn, on the endpoint of `tests.support.openai_stub`."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.support.openai_stub import Exchange, OpenAIStub, fails, says, sends, serve_openai_stub, streams


@dataclass
class ModelStub:
    """What the model does, and the requests that it got. Change the fields at any time."""

    server: OpenAIStub
    pieces: Iterable[str | Callable[[], object]] = ("Nothing. [1]",)  # of the streamed reply; a callable is called
    yes_chance: float = 0.9  # of the first turn
    word: str = ""  # an unstreamed reply, instead of yes or no
    rewritten: str = ""  # the streamed reply to a request to rewrite a question
    statuses: list[int] = field(default_factory=list)  # of the next requests, before it answers as it should
    takes_logprobs: bool = True
    ends: bool = True  # whether a stream ends with its reason and [DONE]
    body: bytes | None = None  # instead of any answer
    content_type: str = "application/json"  # of that body

    @property
    def url(self) -> str:
        """The base URL of its API."""
        return self.server.base_url

    @property
    def requests(self) -> list[dict[str, Any]]:
        """The bodies of its requests."""
        return [request.body for request in self.server.requests]

    @property
    def headers(self) -> list[dict[str, str]]:
        """The headers of its requests, names in lower case."""
        return [dict(request.headers) for request in self.server.requests]

    @property
    def streams(self) -> list[dict[str, Any]]:
        """The bodies of the requests for a streamed reply."""
        return [request.body for request in self.server.requests if request.is_streamed]

    @property
    def sent_pieces(self) -> int:
        """The number of pieces of streams that went out."""
        return self.server.sent_pieces

    @property
    def client_left(self) -> threading.Event:
        """Set when a client goes away in a stream."""
        return self.server.client_left

    def forget(self) -> None:
        """Forgets its requests."""
        self.server.requests.clear()

    def reply(self, exchange: Exchange) -> None:
        """Answers one request."""
        body = exchange.request.body
        if self.statuses:
            fails(self.statuses.pop(0))(exchange)
        elif body.get("logprobs") and not self.takes_logprobs:
            fails(400, "logprobs is not supported")(exchange)
        elif self.body is not None:
            sends(self.body, self.content_type)(exchange)
        elif not exchange.request.is_streamed:
            word = self.word or ("yes" if self.yes_chance >= 0.5 else "no")
            chances = {"yes": self.yes_chance, "no": 1 - self.yes_chance}
            says(word, {token: chance for token, chance in chances.items() if chance})(exchange)
        elif "rewrite" in str(body["messages"][0]["content"]):
            streams(self.rewritten)(exchange)
        else:
            streams(then=self.pieces, ends=self.ends)(exchange)


@contextmanager
def serve_model_stub() -> Iterator[ModelStub]:
    """A model that runs until the context ends."""
    with serve_openai_stub() as server:
        stub = ModelStub(server)
        server.default_reply = stub.reply
        yield stub
