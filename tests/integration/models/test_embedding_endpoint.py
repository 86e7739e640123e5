"""An OpenAI-compatible embeddings endpoint, spoken to over HTTP on loopback."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import sleep
from typing import Any

import numpy as np
import pytest

from assistant.errors import EmbeddingError
from assistant.models.embedders import Embedder, open_embedder
from assistant.settings import load_settings
from tests.support.http_server import QuietHandler, serve_http, unused_url

Reply = tuple[int, Any]
KEY = "sk-very-secret"


def vector(text: str) -> list[float]:
    """A vector that tells texts apart and is not of unit length."""
    return [float(len(text)), 2.0, 0.0]


def rows(texts: list[str]) -> dict[str, Any]:
    """A well-formed answer, its rows in reverse order as the protocol allows."""
    data = [{"object": "embedding", "index": n, "embedding": vector(text)} for n, text in enumerate(texts)]
    return {"object": "list", "model": "stub", "data": data[::-1], "usage": {}}


class Stub:
    """A server whose replies a test scripts; once the script is used up it answers well."""

    def __init__(self) -> None:
        self.address = ""
        self.requests: list[dict[str, Any]] = []
        self.script: list[Reply | Callable[[list[str]], Reply]] = []

    @contextmanager
    def serve(self) -> Iterator["Stub"]:
        """Answers while the context lasts."""
        stub = self

        class Handler(QuietHandler):
            def do_POST(self) -> None:  # noqa: N802 — the name that http.server calls
                body = json.loads(self.read_body())
                stub.requests.append({"path": self.path, "key": self.headers["Authorization"], **body})
                step = stub.script.pop(0) if stub.script else (200, rows(body["input"]))
                status, reply = step(body["input"]) if callable(step) else step
                data = reply if isinstance(reply, bytes) else json.dumps(reply).encode()
                with suppress(ConnectionError):  # a client that no longer waits
                    self.send_body(data, status, {"Content-Type": "application/json", "retry-after-ms": "1"})

        with serve_http(Handler) as url:
            self.address = f"{url}/v1"
            yield self

    def open(self, **changes: Any) -> Embedder:
        """The embedder of the stub's settings, with changed ones where a test wants them."""
        settings = {"embedding": "some-model", "openai_base_url": self.address, "openai_api_key": KEY, **changes}
        return open_embedder(load_settings(**settings))


@pytest.fixture
def stub() -> Iterator[Stub]:
    with Stub().serve() as stub:
        yield stub


def test_vectors_come_in_order_and_at_unit_length(stub: Stub) -> None:
    """Rows are put back by their index, over several requests, and normalised."""
    texts = ["x" * n for n in range(1, 80)]
    lengths = np.arange(1, 80, dtype=np.float32)
    vectors = stub.open().embed(texts)
    assert ((79, 3), np.dtype(np.float32)) == (vectors.shape, vectors.dtype)
    assert pytest.approx(lengths / np.sqrt(lengths**2 + 4), abs=1e-6) == vectors[:, 0]
    assert [32, 32, 15] == [len(request["input"]) for request in stub.requests]


def test_the_request_is_what_the_protocol_says(stub: Stub) -> None:
    """Path, key, model and a float encoding are sent; dimensions only when they are set."""
    stub.open().embed_question("why?")
    stub.open(embedding_dimensions=3).embed_question("why?")
    plain = {"path": "/v1/embeddings", "key": f"Bearer {KEY}", "model": "some-model", "input": ["why?"]}
    plain["encoding_format"] = "float"
    assert [plain, {**plain, "dimensions": 3}] == stub.requests


def test_opening_asks_nothing_and_the_dimension_is_asked_once(stub: Stub) -> None:
    """An embedder that is only opened contacts nobody; its dimension costs one request."""
    embedder = stub.open()
    assert [] == stub.requests
    assert ("some-model", 3, 3) == (embedder.name, embedder.dimension, embedder.dimension)
    assert (0, 3) == embedder.embed([]).shape
    assert 1 == len(stub.requests)


def test_a_local_server_needs_no_key(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    """An address alone is enough."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert (3,) == stub.open(openai_api_key=None).embed_question("why?").shape


def test_a_lone_surrogate_is_sent_as_a_question_mark(stub: Stub) -> None:
    """A text that JSON cannot carry is repaired, not refused."""
    stub.open().embed_question("a\ud800b")
    assert ["a?b"] == stub.requests[0]["input"]


@pytest.mark.parametrize("status", [429, 500])
def test_a_passing_failure_is_tried_again(stub: Stub, status: int) -> None:
    """Too many requests and a server's error are retried by the client."""
    stub.script = [(status, {"error": {"message": "later"}})]
    assert (3,) == stub.open().embed_question("why?").shape
    assert 2 == len(stub.requests)


def test_a_lasting_failure_names_endpoint_and_model(stub: Stub) -> None:
    """A server that stays broken gives one sentence with its place, the model and what to do."""
    stub.script = [(500, {"error": {"message": "no memory"}})] * 9
    with pytest.raises(EmbeddingError) as caught:
        stub.open().embed(["a"])
    message = str(caught.value)
    assert message.startswith(f"The embedding model 'some-model' at {stub.address}/ failed: Error code: 500")
    assert message.endswith("Check ASSISTANT_EMBEDDING and what it names.")


def test_no_error_shows_a_secret(stub: Stub) -> None:
    """A server that echoes the key, and a password in the address, are not repeated."""
    stub.script = [(401, {"error": {"message": f"Incorrect API key provided: {KEY}"}})]
    address = stub.address.replace("http://", "http://me:hidden@")
    with pytest.raises(EmbeddingError, match="Incorrect API key provided: …") as caught:
        stub.open(openai_base_url=address).embed(["a"])
    assert not [secret for secret in (KEY, "hidden") if secret in str(caught.value)]


def test_an_unreachable_server_is_named() -> None:
    """Where nobody listens the error names the address."""
    address = f"{unused_url()}/v1"
    embedder = open_embedder(load_settings(embedding="m", openai_base_url=address, openai_api_key=KEY))
    with pytest.raises(EmbeddingError, match=f"'m' at {address}/ failed: Connection error"):
        embedder.embed(["a"])


def with_first_row(**changes: Any) -> Callable[[list[str]], Reply]:
    """A reply whose first row is changed."""

    def reply(texts: list[str]) -> Reply:
        body = rows(texts)
        body["data"][0] |= changes
        return 200, body

    return reply


NO_LIST = "answered something that is no list of embeddings"
NO_VECTORS = "answered something else than vectors of one length"
NO_LENGTH = "answered a vector that is all zero or not finite"


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        ((200, b"<html>Welcome</html>"), NO_LIST),
        ((200, b""), NO_LIST),
        ((200, []), NO_LIST),
        ((200, {"data": None}), NO_LIST),
        ((200, {"data": [1, 2]}), NO_LIST),
        ((200, {"data": [{"index": 0}, {"index": 1}]}), NO_LIST),
        ((200, {"data": []}), "answered 0 vectors for 2 texts"),
        (lambda texts: (200, rows(texts[:1])), "answered 1 vectors for 2 texts"),
        (lambda texts: (200, rows([*texts, "more"])), "answered 3 vectors for 2 texts"),
        (with_first_row(embedding=[1.0]), NO_VECTORS),
        (with_first_row(embedding=["a", "b", "c"]), NO_VECTORS),
        (with_first_row(embedding=None), NO_VECTORS),
        (with_first_row(embedding=[0.0, 0.0, 0.0]), NO_LENGTH),
        (with_first_row(embedding=[float("nan"), 1.0, 1.0]), NO_LENGTH),
    ],
)
def test_nonsense_is_refused(stub: Stub, reply: Any, message: str) -> None:
    """Whatever is not one vector of numbers for each text is an error that says so."""
    stub.script = [reply]
    with pytest.raises(EmbeddingError, match=message):
        stub.open().embed(["a", "b"])


def test_a_changing_dimension_is_refused(stub: Stub) -> None:
    """A server that answers other dimensions than before has changed its model."""
    embedder = stub.open()
    embedder.embed(["a"])
    stub.script = [(200, {"data": [{"index": 0, "embedding": [1.0, 2.0]}]})]
    with pytest.raises(EmbeddingError, match="answered 2 dimensions after 3"):
        embedder.embed(["a"])


def test_the_time_limit_is_the_setting(stub: Stub) -> None:
    """A server that is slower than the setting allows gives an error, not a wait."""

    def slow(texts: list[str]) -> Reply:
        sleep(0.3)
        return 200, rows(texts)

    stub.script = [slow] * 3
    with pytest.raises(EmbeddingError, match="failed: Request timed out"):
        stub.open(timeout=0.05).embed(["a"])
