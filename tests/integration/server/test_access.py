"""Who may come in to `assistant serve`: hosts, origins, tokens, users, roles, sessions; and what goes back."""

import re
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from assistant.client import Assistant
from assistant.errors import AccessError
from assistant.server.app import create_app
from assistant.server.auth.access import AccessControl, check_binding, is_loopback, local_token
from assistant.settings import load_settings
from tests.support.assistant_server import RunningAssistant, serve_assistant

TOKEN = "a-very-secret-token"  # noqa: S105 — an invented one
PASSWORD = "correct horse battery"  # noqa: S105 — an invented one
ZOO = b"The zoo opens at nine in the morning. Tickets cost ten euros. Lions eat at noon."
ASKED = {"question": "What do tickets cost?"}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAssistant]:
    """A server without users and token."""
    with serve_assistant(tmp_path_factory.mktemp("home")) as served:
        yield served


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAssistant]:
    """A server with a token, a reader and an editor."""
    with serve_assistant(tmp_path_factory.mktemp("home"), api_token=TOKEN) as served:
        served.access.users.add("rita", "reader", PASSWORD)
        served.access.users.add("eddy", "editor", PASSWORD)
        yield served


def bearer(token: str) -> dict[str, str]:
    """The header that shows a token."""
    return {"Authorization": f"Bearer {token}"}


def login_header(served: RunningAssistant, name: str, password: str = PASSWORD) -> dict[str, str]:
    """The header of somebody who logged in over the API."""
    response = served.client.post("/api/v1/login", json={"name": name, "password": password})
    assert 200 == response.status_code, response.text
    return bearer(response.json()["token"])


# Listening


def test_another_address_needs_users_or_a_token(tmp_path: Path) -> None:
    """Without them it is refused with the sentence that says how; with either it is not, nor on this machine."""
    settings = load_settings(home=tmp_path)
    for host in ("0.0.0.0", "::", "192.168.1.5", "example.org", ""):  # noqa: S104 — what is refused
        with pytest.raises(AccessError, match=r"ASSISTANT_API_TOKEN.*assistant users add NAME.*127\.0\.0\.1"):
            check_binding(settings, host)
        check_binding(load_settings(home=tmp_path, api_token=TOKEN), host)
    for host in ("127.0.0.1", "127.8.9.1", "::1", "[::1]", "localhost"):
        check_binding(settings, host)
        with pytest.raises(AccessError, match="ASSISTANT_HOSTS"):
            check_binding(load_settings(home=tmp_path, hosts="notes.example"), host)
    with Assistant.open(tmp_path) as assistant, pytest.raises(AccessError):
        create_app(assistant, settings, host="0.0.0.0", page=False)  # noqa: S104 — what is refused


def test_the_last_user_s_removal_opens_nothing_to_the_network(tmp_path: Path) -> None:
    """A server that others reach stays closed when its last user goes; one for this machine alone is its owner's."""
    settings = load_settings(home=tmp_path)
    access = AccessControl(settings, "0.0.0.0")  # noqa: S104 — nothing listens
    access.users.add("rita", "reader", PASSWORD)
    access.users.remove("rita")
    assert not access.is_open
    assert access.authenticate({}, "10.0.0.1") is None
    assert AccessControl(settings).is_open


@pytest.mark.parametrize("host", ["127.0.0.1.evil.example", "localhost.evil.example", "0x7f.1", "2130706433", "::"])
def test_what_only_looks_like_this_machine_is_not(host: str) -> None:
    """A name that begins like a loopback address is another's."""
    assert not is_loopback(host)


# Hosts and origins


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:7860", "127.0.0.1.evil.example", "192.168.1.5", "", "a b"]
)
def test_a_foreign_host_is_refused(opened: RunningAssistant, host: str) -> None:
    """A page that points its own name at this machine gets nothing, whatever it asks for."""
    for path in ("/api/v1/documents", "/api/v1/health", "/docs", "/login", "/mcp"):
        response = opened.client.get(path, headers={"host": host})
        assert response.status_code in {400, 403}, path  # 400 is the server's own answer to what is no host at all
        assert "zoo" not in response.text


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:80", "127.0.0.1:1", "[::1]:7860", "localhost."])
def test_the_names_of_this_machine_are_taken(opened: RunningAssistant, host: str) -> None:
    """Whatever the port: a tunnel may lead here from another."""
    assert 200 == opened.client.get("/api/v1/health", headers={"host": host}).status_code


def test_a_name_and_a_site_can_be_added(tmp_path: Path) -> None:
    """The settings let in a name behind a proxy, and another site's pages with the headers that browsers want."""
    with serve_assistant(tmp_path, hosts="Notes.example", origins="https://one.example", api_token=TOKEN) as served:
        served.client.headers.update(bearer(TOKEN))
        assert 200 == served.client.get("/api/v1/health", headers={"host": "notes.example"}).status_code
        assert 403 == served.client.get("/api/v1/health", headers={"host": "more.notes.example"}).status_code
        ours, theirs = {"origin": "https://one.example"}, {"origin": "https://two.example"}
        response = served.client.post("/api/v1/ask", json=ASKED, headers=ours)
        assert (200, ours["origin"]) == (response.status_code, response.headers["access-control-allow-origin"])
        asking = {"access-control-request-method": "POST", "access-control-request-headers": "content-type"}
        assert 200 == served.client.options("/api/v1/ask", headers=ours | asking).status_code
        assert 400 == served.client.options("/api/v1/ask", headers=theirs | asking).status_code
        assert 403 == served.client.post("/api/v1/ask", json=ASKED, headers=theirs).status_code


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1.evil.example"},
        {"origin": "http://127.0.0.1"},  # another port is another site
        {"sec-fetch-site": "cross-site"},
    ],
)
def test_a_page_of_another_site_may_not_write(opened: RunningAssistant, headers: dict[str, str]) -> None:
    """Neither ask nor upload nor remove, nor speak MCP; and no answer lets it read what it got."""
    client = opened.client
    before = opened.assistant.documents()
    for response in (
        client.post("/api/v1/ask", json=ASKED, headers=headers),
        client.post("/api/v1/documents", files=[("files", ("evil.txt", ZOO))], headers=headers),
        client.delete("/api/v1/documents/x", headers=headers),
        client.post("/v1/chat/completions", json={}, headers=headers),
        client.post("/mcp", json={}, headers=headers),
        client.get("/mcp", headers=headers),
        client.post("/login", data={"name": "x", "password": "y"}, headers=headers),
    ):
        assert (403, "access") == (response.status_code, response.json()["error"]["type"])
        assert "access-control-allow-origin" not in response.headers
    assert before == opened.assistant.documents()


def test_our_own_page_may(opened: RunningAssistant) -> None:
    """The origin of the page is that of the server itself."""
    assert 200 == opened.client.post("/api/v1/ask", json=ASKED, headers={"origin": opened.url}).status_code
    headers = {"sec-fetch-site": "same-origin"}
    assert 200 == opened.client.post("/api/v1/ask", json=ASKED, headers=headers).status_code


def test_websockets_are_refused(opened: RunningAssistant) -> None:
    """Nothing here speaks them, so no page of another site can open one."""
    with socket.create_connection(("127.0.0.1", int(opened.url.rpartition(":")[2])), timeout=10) as connection:
        connection.sendall(
            b"GET /api/v1/health HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        assert b" 101 " not in connection.recv(4096).split(b"\r\n")[0]


# Tokens, users and roles


def test_without_users_and_token_everybody_here_is_the_owner(opened: RunningAssistant) -> None:
    """On this machine alone one may read and write at once."""
    (outcome,) = opened.client.post("/api/v1/documents", files=[("files", ("zoo.txt", ZOO))]).json()
    assert "ten euros" in opened.ask("What do tickets cost?")["answer"]
    assert 204 == opened.client.delete(f"/api/v1/documents/{outcome['document_id']}").status_code


@pytest.mark.parametrize(
    "headers", [{}, bearer("wrong"), {"Authorization": f"Basic {TOKEN}"}, bearer("."), bearer(f"{TOKEN}x")]
)
def test_nobody_comes_in_without_a_token(guarded: RunningAssistant, headers: dict[str, str]) -> None:
    """Every route but the login and the two signs of life is closed; a browser is led to the login."""
    guarded.access._failures.forget("127.0.0.1")
    client = guarded.client
    for path in ("/api/v1/documents", "/v1/models", "/mcp", "/docs", "/openapi.json", "/", "/nonsense"):
        response = client.get(path, headers=headers)
        assert (401, "login", "Bearer") == (
            response.status_code,
            response.json()["error"]["type"],
            response.headers["www-authenticate"],
        )
        guarded.access._failures.forget("127.0.0.1")
    assert 401 == client.post("/api/v1/ask", json=ASKED, headers=headers).status_code
    guarded.access._failures.forget("127.0.0.1")
    assert 200 == client.get("/api/v1/health").status_code
    assert 200 == client.get("/api/v1/ready").status_code
    browser = client.get("/docs?x=1", headers={"accept": "text/html,*/*"})
    assert (303, "/login?next=/docs%3Fx%3D1") == (browser.status_code, browser.headers["location"])


def test_the_token_may_do_all(guarded: RunningAssistant) -> None:
    """It reads and writes, also for programs that spell the scheme in small letters."""
    for headers in (bearer(TOKEN), {"authorization": f"bearer {TOKEN}"}):
        (outcome,) = guarded.client.post(
            "/api/v1/documents", files=[("files", ("zoo.txt", ZOO))], headers=headers
        ).json()
        assert 204 == guarded.client.delete(f"/api/v1/documents/{outcome['document_id']}", headers=headers).status_code


def test_a_reader_reads_and_an_editor_writes(guarded: RunningAssistant) -> None:
    """The role decides over uploads and removals, and over nothing else."""
    reader, editor = login_header(guarded, "rita"), login_header(guarded, "eddy")
    client, files = guarded.client, [("files", ("zoo.txt", ZOO))]
    refused = client.post("/api/v1/documents", files=files, headers=reader)
    assert (403, "access") == (refused.status_code, refused.json()["error"]["type"])
    assert "editor" in refused.json()["error"]["message"]
    (outcome,) = client.post("/api/v1/documents", files=files, headers=editor).json()
    assert 200 == client.post("/api/v1/ask", json=ASKED, headers=reader).status_code
    assert 403 == client.delete(f"/api/v1/documents/{outcome['document_id']}", headers=reader).status_code
    assert 204 == client.delete(f"/api/v1/documents/{outcome['document_id']}", headers=editor).status_code


def test_two_users_files_of_one_name_are_both_kept(guarded: RunningAssistant) -> None:
    """Neither takes the other's place, and the second is told; one's own is replaced as ever, and each goes alone."""
    guarded.access.users.add("anna", "editor", PASSWORD)
    client, outcomes = guarded.client, []
    for name, text in (("eddy", ZOO), ("anna", ZOO.replace(b"ten", b"twelve")), ("eddy", ZOO.replace(b"ten", b"nine"))):
        headers = login_header(guarded, name)
        outcomes += client.post("/api/v1/documents", files=[("files", ("zoo.txt", text))], headers=headers).json()
    first, second, third = outcomes
    assert [("added", None), ("added", "eddy added one of this name too, and it stays"), ("changed", None)] == [
        (outcome["status"], outcome["reason"]) for outcome in outcomes
    ]
    assert first["document_id"] == third["document_id"] != second["document_id"]
    headers = login_header(guarded, "eddy")
    texts = [
        client.get(f"/api/v1/documents/{outcome['document_id']}", headers=headers).json()["text"]
        for outcome in outcomes[1:]
    ]
    assert ["twelve", "nine"] == [re.sub(".*cost (.*) euros.*", r"\1", text) for text in texts]
    for outcome in (first, second):
        assert 204 == client.delete(f"/api/v1/documents/{outcome['document_id']}", headers=headers).status_code
    assert [] == [path for path in guarded.service.uploads.folder.rglob("*") if path.is_file()]
    guarded.access.users.remove("anna")


def test_a_user_who_is_changed_or_removed_is_out_at_once(guarded: RunningAssistant) -> None:
    """A session ends with the password that it was got with, or with its user; a new role counts at once."""
    users, client = guarded.access.users, guarded.client
    users.add("nora", "reader", PASSWORD)
    headers = login_header(guarded, "nora")
    assert 200 == client.get("/api/v1/documents", headers=headers).status_code
    users.add("nora", "editor", f"{PASSWORD} 2")
    assert 401 == client.get("/api/v1/documents", headers=headers).status_code
    headers = login_header(guarded, "nora", f"{PASSWORD} 2")
    assert 404 == client.delete("/api/v1/documents/nothing", headers=headers).status_code
    users.remove("nora")
    assert 401 == client.get("/api/v1/documents", headers=headers).status_code


def test_a_token_that_was_altered_or_is_another_server_s_is_none(guarded: RunningAssistant, tmp_path: Path) -> None:
    """Neither a changed name, nor a changed signature, nor a key of another folder lets anybody in."""
    token = login_header(guarded, "rita")["Authorization"].partition(" ")[2]
    body, _, signature = token.partition(".")
    for wrong in (
        f"{body}.",
        body,
        f"{body}x.{signature}",
        f"{body}.{signature[::-1]}",
        local_token(load_settings(home=tmp_path)),
    ):
        guarded.access._failures.forget("127.0.0.1")
        assert 401 == guarded.client.get("/api/v1/documents", headers=bearer(wrong)).status_code
    guarded.access._failures.forget("127.0.0.1")
    ended = guarded.access._sessions.issue("rita", "", seconds=-1)
    assert 401 == guarded.client.get("/api/v1/documents", headers=bearer(ended)).status_code
    guarded.access._failures.forget("127.0.0.1")
    own = bearer(local_token(guarded.service.settings))
    assert 200 == guarded.client.get("/api/v1/documents", headers=own).status_code


# The login page


def test_logging_in_by_the_page(guarded: RunningAssistant) -> None:
    """The form leads to where one came from, with a cookie that no script can read; logging out takes it away."""
    with httpx.Client(base_url=guarded.url, timeout=60) as browser:
        redirect = browser.get("/docs?x=1&y=%26#z", headers={"accept": "text/html"})
        form = browser.get(redirect.headers["location"])
        assert 'value="/docs?x=1&amp;y=%26"' in form.text
        assert "script-src" not in form.headers["content-security-policy"]
        wrong = browser.post("/login", data={"name": "rita", "password": "wrong", "next": "/docs"})
        assert (401, True) == (wrong.status_code, "wrong" in wrong.text)
        right = browser.post("/login", data={"name": "rita", "password": PASSWORD, "next": "/docs?x=1&y=%26"})
        assert (303, "/docs?x=1&y=%26") == (right.status_code, right.headers["location"])
        cookie = right.headers["set-cookie"]
        assert re.search("httponly", cookie, re.IGNORECASE)
        assert re.search("samesite=lax", cookie, re.IGNORECASE)
        assert 200 == browser.get("/docs").status_code
        assert 200 == browser.get("/api/v1/documents").status_code
        assert 303 == browser.post("/logout").status_code
        assert 401 == browser.get("/api/v1/documents").status_code


def test_logging_in_with_the_token(guarded: RunningAssistant) -> None:
    """Without a name the password is the token."""
    with httpx.Client(base_url=guarded.url, timeout=60) as browser:
        assert 303 == browser.post("/login", data={"name": "", "password": TOKEN}).status_code
        assert 200 == browser.get("/api/v1/documents").status_code


@pytest.mark.parametrize(
    "place", ["//evil.example", "https://evil.example", "/\\evil.example", "x", "/a\r\nb: c", '/"><b>']
)
def test_the_login_leads_nowhere_else(guarded: RunningAssistant, place: str) -> None:
    """An address of another server in the link is dropped, and the form shows no markup of it."""
    with httpx.Client(base_url=guarded.url, timeout=60) as browser:
        assert "<b>" not in browser.get("/login", params={"next": place}).text
        answer = browser.post("/login", data={"name": "rita", "password": PASSWORD, "next": place})
        assert 303 == answer.status_code
        assert answer.headers["location"].startswith("/")
        assert not answer.headers["location"].startswith(("//", "/\\"))


def test_failures_are_throttled(tmp_path: Path) -> None:
    """Eight wrong passwords make a name wait, even with the right one; wrong tokens only those who send wrong ones."""
    with serve_assistant(tmp_path, api_token=TOKEN) as served:
        served.access.users.add("rita", "reader", PASSWORD)
        wrong = {"name": "rita", "password": "wrong"}
        codes = [served.client.post("/api/v1/login", json=wrong).status_code for _ in range(9)]
        assert [401] * 8 + [429] == codes
        late = served.client.post("/api/v1/login", json={"name": "rita", "password": PASSWORD})
        assert 429 == late.status_code
        assert 0 < int(late.headers["retry-after"]) <= 301
        codes = [served.client.get("/v1/models", headers=bearer("x")).status_code for _ in range(9)]
        assert [401] * 8 + [429] == codes
        assert 200 == served.client.get("/v1/models", headers=bearer(TOKEN)).status_code


# What goes back


def test_the_headers_of_every_response(opened: RunningAssistant) -> None:
    """Nothing is sniffed, framed or kept, and each response names its request."""
    for path in ("/api/v1/health", "/docs", "/login", "/nonsense"):
        headers = opened.client.get(path).headers
        assert "nosniff" == headers["x-content-type-options"]
        assert "DENY" == headers["x-frame-options"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "same-origin" == headers["cross-origin-opener-policy"]
        assert re.fullmatch("[0-9a-f]{16}", headers["x-request-id"])
        assert "server" not in headers
    assert "no-store" == opened.client.get("/api/v1/health").headers["cache-control"]
    assert "mine-1" == opened.client.get("/docs", headers={"x-request-id": "mine-1"}).headers["x-request-id"]
    odd = opened.client.get("/docs", headers={"x-request-id": "a b{}"}).headers["x-request-id"]
    assert re.fullmatch("[0-9a-f]{16}", odd)


def test_the_files_are_nobody_else_s(guarded: RunningAssistant) -> None:
    """The users and the key are for their owner alone, and no password stands in them."""
    home = guarded.service.settings.home
    for name in ("users.json", "session.key"):
        assert 0o600 == stat.S_IMODE((home / name).stat().st_mode)
    assert PASSWORD not in (home / "users.json").read_text()
