"""Endpoints that never come to an end, each in a way of its own: what a hostile or broken server may do."""

import json
import time
from collections.abc import Callable

from tests.support.openai_stub import Exchange, Reply

_CHUNK = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "stub"}
_WAIT_SECONDS = 0.05  # between two pieces
_MAX_SECONDS = 60.0  # after which a stub gives up, for the test has failed long ago


def _without_end(begin: Callable[[Exchange], object], piece: Callable[[int], str]) -> Reply:
    """Begins a reply, and then sends pieces until the client goes away."""

    def reply(exchange: Exchange) -> None:
        begin(exchange)
        begun = time.monotonic()
        while time.monotonic() - begun < _MAX_SECONDS:
            exchange.write(piece(exchange.stub.sent_pieces))
            exchange.stub.sent_pieces += 1
            time.sleep(_WAIT_SECONDS)

    return reply


def _begin_stream(exchange: Exchange) -> None:
    exchange.begin("text/event-stream")


def _event(text: str) -> str:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": None}
    return f"data: {json.dumps({**_CHUNK, 'choices': [choice]})}\n\n"


def _say_nothing(exchange: Exchange) -> None:
    exchange.stub.sent_pieces += 1
    exchange.wait_for_client(_MAX_SECONDS)


def _fall_silent(exchange: Exchange) -> None:
    _begin_stream(exchange)
    exchange.write(_event("It is "))
    _say_nothing(exchange)


def _ask_to_come_again(exchange: Exchange) -> None:
    exchange.stub.sent_pieces += 1
    exchange.send(b"{}", "application/json", 503, {"retry-after": "50"})


ENDLESS_REPLIES: dict[str, Reply] = {
    "comments": _without_end(_begin_stream, lambda _: ": still there\n\n"),
    "empty pieces": _without_end(_begin_stream, lambda _: _event("")),
    "words": _without_end(_begin_stream, lambda number: _event(f"word{number} ")),
    "one letter of an event at a time": _without_end(_begin_stream, lambda _: "d"),
    "blank lines": _without_end(_begin_stream, lambda _: "\n"),
    "white space in JSON": _without_end(lambda exchange: exchange.begin("application/json"), lambda _: " "),
    "headers": _without_end(lambda exchange: exchange.write("HTTP/1.1 200 OK\r\n"), lambda n: f"x-{n}: a\r\n"),
    "silence": _say_nothing,
    "silence after a word": _fall_silent,
    "come again later": _ask_to_come_again,
}
