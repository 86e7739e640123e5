"""Clients that send too much before any login, too slowly, or nothing; and those who wait behind them."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx
import pytest

from assistant.server import connections
from tests.support.assistant_server import RunningAssistant, serve_assistant

TOKEN = "a-very-secret-token"  # noqa: S105 — an invented one
HEALTH = b"GET /api/v1/health HTTP/1.1\r\nHost: localhost\r\n"
LOGIN = (
    b"POST /api/v1/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
)

Connect = Callable[[], socket.socket]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAssistant]:
    """A server that asks for a token."""
    with serve_assistant(tmp_path_factory.mktemp("home"), api_token=TOKEN, requests_per_minute=0) as served:
        yield served


@pytest.fixture
def connect(served: RunningAssistant) -> Iterator[Connect]:
    """Opens connections, which are closed in the end."""
    with ExitStack() as opened:
        port = httpx.URL(served.url).port

        def open_connection() -> socket.socket:
            return opened.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))

        yield open_connection


def is_closed(connection: socket.socket) -> bool:
    """Whether the server has closed a connection by now."""
    connection.setblocking(False)  # noqa: FBT003 — socket's own signature
    try:
        while connection.recv(65_536):
            pass
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def seconds_until_closed(connection: socket.socket, sent: bytes = b"", most: float = 15) -> float:
    """How long the server puts up with a connection on which a byte is sent now and then."""
    begun = time.monotonic()
    while not is_closed(connection):
        assert time.monotonic() - begun < most, "The server waits on."
        time.sleep(0.02)
        with suppress(OSError):
            connection.send(sent[:1])
            sent = sent[1:] + sent[:1]
    return time.monotonic() - begun


def answer_to(connection: socket.socket) -> bytes:
    """All that comes until the server closes."""
    received = b""
    with suppress(OSError):
        while piece := connection.recv(65_536):
            received += piece
    return received


def resident_bytes() -> int:
    """The memory that this process, the server's too, has in use."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096


# Too much


@pytest.mark.parametrize("field", [b"X-A: %s\r\n", b"Cookie: a=%s\r\n", b"%s: a\r\n"])
def test_a_head_that_is_too_large_is_refused(served: RunningAssistant, connect: Connect, field: bytes) -> None:
    """One long header, or many: the server says so and closes; an ordinary one beside it is answered."""
    for fields in (field % (b"a" * 100_000), b"".join(field % (b"a%d" % number) for number in range(20_000))):
        connection = connect()
        with suppress(OSError):
            connection.sendall(HEALTH + fields)
        assert answer_to(connection)[:12] in (b"HTTP/1.1 400", b"")
    assert 200 == served.client.get("/api/v1/health", headers={"x-a": "a" * 40_000}).status_code


def test_heads_take_no_memory(connect: Connect) -> None:
    """A hundred clients who send a megabyte of headers each, and no end of them."""
    before = resident_bytes()
    for _ in range(100):
        connection = connect()
        with suppress(OSError):
            connection.sendall(HEALTH)
            for _ in range(16):
                connection.sendall(b"X-A: " + b"a" * 65_000 + b"\r\n")
    assert resident_bytes() - before < 30_000_000


@pytest.mark.parametrize(
    ("path", "kind"), [("/login", "application/x-www-form-urlencoded"), ("/api/v1/login", "application/json")]
)
def test_who_is_not_let_in_yet_sends_little(served: RunningAssistant, path: str, kind: str) -> None:
    """What a login needs, not the megabytes of an upload."""
    headers = {"content-type": kind}
    for content in (b'{"name": "%s"}' % (b"a" * 50_000), iter([b"a" * 10_000] * 10)):
        assert 413 == httpx.post(served.url + path, content=content, headers=headers).status_code


# Too slowly


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that waits for half a second, not half a minute."""
    monkeypatch.setattr(connections, "_HEAD_SECONDS", 0.5)
    monkeypatch.setattr(connections, "_BODY_SECONDS", 0.5)
    monkeypatch.setattr(connections, "_UNREAD_SECONDS", 0.5)


@pytest.mark.parametrize("begun", [b"", b"G", b"GET / HT", HEALTH, HEALTH + b"X-A: "])
@pytest.mark.parametrize("trickle", [b"", b"a"])
@pytest.mark.usefixtures("hasty")
def test_half_a_head_is_not_waited_for(connect: Connect, begun: bytes, trickle: bytes) -> None:
    """Nor one that comes byte by byte."""
    connection = connect()
    connection.send(begun)
    assert 0.3 < seconds_until_closed(connection, trickle) < 5


@pytest.mark.parametrize("trickle", [b"", b'{"name"'])
@pytest.mark.usefixtures("hasty")
def test_half_a_body_is_not_waited_for(
    served: RunningAssistant, connect: Connect, trickle: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """Nor one that comes byte by byte; nobody's request is under way then, and the log holds no error."""
    connection = connect()
    connection.send(LOGIN % 10_000)
    assert 0.3 < seconds_until_closed(connection, trickle) < 5
    end = time.monotonic() + 5
    while served.service.is_busy:
        assert time.monotonic() < end, "The request is still under way."
        time.sleep(0.02)
    assert [] == [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]


@pytest.mark.usefixtures("hasty")
def test_a_second_half_request_is_not_waited_for_either(connect: Connect) -> None:
    """On a connection that was answered before."""
    connection = connect()
    connection.sendall(HEALTH + b"\r\n")
    assert b" 200 " in connection.recv(65_536)
    connection.send(HEALTH)
    assert 0.3 < seconds_until_closed(connection, b"a") < 5


@pytest.mark.usefixtures("hasty")
def test_a_body_after_the_answer_ends(connect: Connect) -> None:
    """A client that was refused, and sends on and on byte by byte."""
    connection = connect()
    connection.sendall(b"POST /api/v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n")
    assert b" 401 " in connection.recv(65_536)
    assert seconds_until_closed(connection, b"a") < 5


@pytest.mark.usefixtures("hasty")
def test_a_slow_upload_that_gets_on_is_waited_for(served: RunningAssistant) -> None:
    """Some kilobytes a second, for longer than the server would wait for nothing."""

    def pieces() -> Iterator[bytes]:
        yield b"--b\r\nContent-Disposition: form-data; name=files; filename=slow.txt\r\n\r\n"
        for _ in range(15):
            time.sleep(0.1)
            yield b"The lions eat at noon. " * 13
        yield b"\r\n--b--\r\n"

    headers = {"authorization": f"Bearer {TOKEN}", "content-type": "multipart/form-data; boundary=b"}
    response = httpx.post(f"{served.url}/api/v1/documents", content=pieces(), headers=headers, timeout=30)
    assert (200, "added") == (response.status_code, response.json()[0]["status"])


@pytest.mark.usefixtures("hasty")
def test_who_does_not_read_is_not_waited_for(served: RunningAssistant, connect: Connect) -> None:
    """A client that asks for much and takes none of it."""
    connection = connect()
    asked = f"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"
    connection.settimeout(3)
    with pytest.raises(OSError, match=r"timed out|reset|[Bb]roken"):  # it reads no more requests either
        connection.sendall(asked.encode() * 200_000)
    end = time.monotonic() + 20
    while served.server.server_state.connections:
        assert time.monotonic() < end, "The server waits on."
        time.sleep(0.05)


# Too many


def test_slow_clients_do_not_starve_others(
    served: RunningAssistant, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With as many half-sent requests as there may be connections, whoever sends a whole one is answered."""
    monkeypatch.setattr(connections, "_MAX_CONNECTIONS", 20)
    slow = [connect() for _ in range(60)]
    for connection in slow:
        with suppress(OSError):
            connection.send(HEALTH)
    for _ in range(10):
        assert 200 == httpx.get(f"{served.url}/api/v1/health", timeout=5).status_code
    assert sum(map(is_closed, slow)) >= 40
    assert len(served.server.server_state.connections) <= 20


def test_a_request_under_way_is_not_cut_for_others(
    served: RunningAssistant, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever is being answered stays; the newcomer goes where nobody else waits."""
    monkeypatch.setattr(connections, "_MAX_CONNECTIONS", 3)
    busy = [connect() for _ in range(3)]
    for connection in busy:
        connection.sendall(LOGIN % 10)  # its body is to come
    time.sleep(0.3)
    assert is_closed(late := connect()) or seconds_until_closed(late) < 2
    for connection in busy:
        connection.settimeout(20)
        connection.sendall(b"{}        ")
        assert b" 422 " in connection.recv(65_536)
    assert served.thread.is_alive()
