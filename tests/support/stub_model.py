"""A language model that says what a test wants, turn for turn, on the endpoint of `tests.support.openai_stub`."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.support import openai_stub
from tests.support.openai_stub import Exchange, fails, says, sends, streams


@dataclass
class Stub:
    """What the model does, and what it was asked. Change the fields at any time."""

    server: openai_stub.Stub
    pieces: Iterable[str | Callable[[], object]] = ("Nothing. [1]",)  # of the streamed reply; a callable is called
    yes: float = 0.9  # the chance of "yes" in the first turn
    word: str = ""  # of an unstreamed reply, instead of yes or no
    rewritten: str = ""  # the streamed reply to a request to rewrite a question
    statuses: list[int] = field(default_factory=list)  # of the next requests, before it answers as it should
    takes_logprobs: bool = True
    ends: bool = True  # whether a stream ends with its reason and [DONE]
    body: bytes | None = None  # instead of any answer
    content_type: str = "application/json"  # of that

    @property
    def url(self) -> str:
        """The base of its API."""
        return self.server.base_url

    @property
    def requests(self) -> list[dict[str, Any]]:
        """The bodies that it was sent."""
        return [each.body for each in self.server.requests]

    @property
    def headers(self) -> list[dict[str, str]]:
        """The heads of its requests, names in lower case."""
        return [dict(each.headers) for each in self.server.requests]

    @property
    def streams(self) -> list[dict[str, Any]]:
        """The requests for a streamed reply."""
        return [each.body for each in self.server.requests if each.streamed]

    @property
    def sent(self) -> int:
        """Pieces that went out."""
        return self.server.sent

    @property
    def broken(self) -> threading.Event:
        """Set when a client goes away in a stream."""
        return self.server.left

    def forget(self) -> None:
        """Forgets what it was asked."""
        self.server.requests.clear()

    def reply(self, exchange: Exchange) -> None:
        """Answers one request."""
        asked = exchange.request.body
        if self.statuses:
            fails(self.statuses.pop(0))(exchange)
        elif asked.get("logprobs") and not self.takes_logprobs:
            fails(400, "logprobs is not supported")(exchange)
        elif self.body is not None:
            sends(self.body, self.content_type)(exchange)
        elif not exchange.request.streamed:
            word = self.word or ("yes" if self.yes >= 0.5 else "no")
            chances = {"yes": self.yes, "no": 1 - self.yes}
            says(word, {token: chance for token, chance in chances.items() if chance})(exchange)
        elif "rewrite" in str(asked["messages"][0]["content"]):
            streams(self.rewritten)(exchange)
        else:
            streams(then=self.pieces, ends=self.ends)(exchange)


@contextmanager
def serving() -> Iterator[Stub]:
    """A stub that is being served, at its ``url``."""
    with openai_stub.serving() as server:
        stub = Stub(server)
        server.otherwise = stub.reply
        yield stub
