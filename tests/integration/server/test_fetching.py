"""Documents from web addresses: fetched over real HTTP from this machine, which the tests' own policy admits."""

import asyncio
import datetime as dt
import gzip
import socket
import ssl
from collections.abc import Iterator, Sequence
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from assistant.errors import ReadingError
from assistant.server import fetching
from assistant.server.fetching import FetchedFile, fetch_document
from tests.support.assistant_server import RunningAssistant, serve_assistant
from tests.support.web import PAGE, Page, WebServer, serve_pages

QUESTION = "How much does the heron of Arles weigh in summer?"
MAX_BYTES = 10_000  # bytes
PASSWORD = "correct horse battery"  # noqa: S105 — an invented one


@pytest.fixture(scope="module")
def web() -> Iterator[WebServer]:
    pages = {
        "/heron": Page(),
        "/notes.md": Page(b"# Notes\n\nThe tern of Arles weighs 115 grams.", "text/plain"),
        "/image.png": Page(b"\x89PNG", "image/png"),
        "/none": Page(b"", "text/plain"),
        "/large": Page(b"x" * (MAX_BYTES + 1), "text/plain"),
        "/packed": Page(gzip.compress(PAGE), headers={"Content-Encoding": "gzip", "Set-Cookie": "a=b"}),
        "/slow": Page(b"word " * 1000, "text/plain", pause=0.05),
        "/broken": Page(b"short", "text/plain", headers={"Content-Length": "100"}),
        "/away": Page(b"", status=302, headers={"Location": "/heron", "Set-Cookie": "a=b"}),
        "/round": Page(b"", status=302, headers={"Location": "/round"}),
        "/metadata": Page(b"", status=302, headers={"Location": "http://169.254.169.254/latest/meta-data/"}),
        "/file": Page(b"", status=307, headers={"Location": "file:///etc/passwd"}),
        "/login": Page(b"", status=301, headers={"Location": "http://a:b@127.0.0.1/"}),
        "/nonsense": Page(b"", status=301, headers={"Location": "http://[::1"}),
    }
    with serve_pages(pages) as web:
        yield web


def here(number: str) -> bool:
    """The tests' policy: this machine alone."""
    return ip_address(number).is_loopback


fetch = partial(fetch_document, max_bytes=MAX_BYTES, admits=here)


def reason(address: str, **options: Any) -> str:
    """Why an address isn't fetched, in one line."""
    with pytest.raises(ReadingError) as caught:
        fetch_document(address, **{"max_bytes": MAX_BYTES, "admits": here, **options})
    assert "\n" not in str(caught.value)
    return str(caught.value)


# Fetching


def test_a_page_is_fetched_with_nothing_sent_along(web: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bytes are those of the server; no proxy of the environment is used, and no cookie or login is sent."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    web.requests.clear()
    assert FetchedFile("heron.html", PAGE) == fetch(web.url("/heron#place"))
    ((path, headers),) = web.requests
    assert ("/heron", "identity", f"127.0.0.1:{web.port}") == (path, headers["accept-encoding"], headers["host"])
    assert {"cookie", "authorization", "referer"}.isdisjoint(headers)


def test_a_redirect_is_followed_without_its_cookie(web: WebServer) -> None:
    """The next address is requested as if it had been the first; it gives the file its name."""
    web.requests.clear()
    assert "heron.html" == fetch(web.url("/away")).name
    assert ["/away", "/heron"] == [path for path, _ in web.requests]
    assert "cookie" not in web.requests[1][1]


def test_the_connection_is_made_to_the_ip_address_that_was_checked(web: WebServer) -> None:
    """A host is looked up once: what its name would stand for a moment later makes no difference."""
    looked: list[tuple[str, int]] = []

    async def look_up(host: str, port: int) -> Sequence[str]:
        looked.append((host, port))
        return ["127.0.0.1"] if len(looked) == 1 else ["10.0.0.1"]

    web.requests.clear()
    assert PAGE == fetch(web.url("/heron", "heron.example"), look_up=look_up).content
    assert [("heron.example", web.port)] == looked
    assert [f"heron.example:{web.port}"] == [headers["host"] for _, headers in web.requests]
    assert "'heron.example' is no public machine" in reason(web.url("/away", "heron.example"), look_up=look_up)


def test_one_ip_address_that_is_not_admitted_is_enough(web: WebServer) -> None:
    """A host name that stands for a public and a private machine is refused before any request."""

    async def both(*_: object) -> Sequence[str]:
        return ["127.0.0.1", "10.0.0.1"]

    async def none(*_: object) -> Sequence[str]:
        return []

    web.requests.clear()
    for look_up in (both, none):
        assert "is no public machine" in reason(web.url("/heron", "heron.example"), look_up=look_up)
    assert [] == web.requests


def test_a_machine_that_does_not_answer_is_passed_over(web: WebServer) -> None:
    """Of several IP addresses the next one is tried."""
    assert here("127.0.0.2")  # where nothing listens

    async def look_up(*_: object) -> Sequence[str]:
        return ["127.0.0.2", "127.0.0.1"]

    assert PAGE == fetch(web.url("/heron", "heron.example"), look_up=look_up).content


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "[::1]"])
def test_this_machine_is_not_asked(web: WebServer, host: str) -> None:
    """With the policy that holds outside the tests nothing on this machine is reached, however its address is spelt."""
    web.requests.clear()
    failure = reason(web.url("/heron", host), admits=fetching.is_public)
    assert failure.endswith("is no public machine, and only public ones are asked. Add it as a file")
    assert [] == web.requests


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/image.png", "its kind isn't read: image/png. Supported: .txt"),
        ("/large", "too large: the limit is 0.0 MB"),
        ("/packed", "its server sends it packed (gzip), which it wasn't asked to. Add it as a file"),
        ("/gone", "its server answers with status 404. Check that it opens in a browser"),
        ("/broken", "its server's answer broke off, or was none. Try again later"),
        ("/round", "it leads on more than 5 times. Paste the address where it ends"),
        ("/metadata", "'169.254.169.254' is no public machine, and only public ones are asked. Add it as a file"),
        ("/file", "only addresses that begin with https:// or http:// are fetched"),
        ("/login", "it holds a name or a password, and these are sent nowhere. Leave them out"),
        ("/nonsense", "its server's answer broke off, or was none. Try again later"),
    ],
)
def test_an_address_without_a_document_says_why(web: WebServer, path: str, expected: str) -> None:
    """One sentence with the reason, and what to do where something can be done."""
    assert reason(web.url(path), look_up=_numbers).startswith(expected)


async def _numbers(host: str, port: int) -> Sequence[str]:
    """IP addresses as they are; the tests' network guard forbids looking up any other host."""
    assert port
    return [host]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("", "only addresses that begin with"),
        ("heron", "only addresses that begin with"),
        ("ftp://127.0.0.1/x", "only addresses that begin with"),
        ("file:///etc/passwd", "only addresses that begin with"),
        ("javascript:alert(1)", "only addresses that begin with"),
        ("https://", "only addresses that begin with"),
        ("http://a:b@127.0.0.1/", "it holds a name or a password"),
        ("http://127.0.0.1:99999999/", "only addresses that begin with"),
        ("http://a\nb/", "only addresses that begin with"),
        ("http://[::1", "only addresses that begin with"),
        ("http://127.0.0.1:1/", "'127.0.0.1' can't be reached"),
    ],
)
def test_a_text_that_is_no_web_address(address: str, expected: str) -> None:
    """No request is sent, and the reason is one sentence."""
    assert reason(address).startswith(expected)


def test_a_host_that_does_not_exist() -> None:
    """The reason is a sentence with the host's name."""

    async def unknown(*_: object) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    assert "there is no machine 'heron.example'. Check the spelling" == reason("http://heron.example", look_up=unknown)
    assert asyncio.run(fetching.resolve_host("localhost", 80))


def test_a_slow_server_is_given_up(web: WebServer) -> None:
    """The time counts for everything together, however steadily the bytes drip."""
    assert "it took longer than 0.5 seconds" in reason(web.url("/slow"), seconds=0.5)


def test_the_certificate_has_to_be_for_the_host_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though the connection goes to an IP address, the server has to prove that it is the host of that name."""
    with serve_pages({"/heron": Page()}, _tls(tmp_path, "heron.example")) as web:

        async def look_up(*_: object) -> Sequence[str]:
            return ["127.0.0.1"]

        for name in ("heron.example", "tern.example"):  # nobody trusts it yet
            failure = reason(web.url("/heron", name, "https"), look_up=look_up)
            assert f"'{name}' can't show that it is itself: its certificate isn't valid" == failure
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "own.pem"))
        assert PAGE == fetch(web.url("/heron", "heron.example", "https"), look_up=look_up).content
        assert "can't show that it is itself" in reason(web.url("/heron", "tern.example", "https"), look_up=look_up)


def _tls(folder: Path, name: str) -> ssl.SSLContext:
    """A server's end of TLS, with a certificate that it signed itself."""
    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    built = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "own.pem").write_bytes(built.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "own.pem", folder / "key.pem")
    return context


# Indexing


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAssistant]:
    """A server that fetches, with a reader and an editor."""
    with serve_assistant(tmp_path_factory.mktemp("home"), fetch_addresses=True) as served:
        served.access.users.add("rita", "reader", PASSWORD)
        served.access.users.add("eddy", "editor", PASSWORD)
        yield served


def login_header(served: RunningAssistant, name: str) -> dict[str, str]:
    token = served.client.post("/api/v1/login", json={"name": name, "password": PASSWORD}).json()["token"]
    return {"Authorization": f"Bearer {token}"}


def test_a_fetched_document_answers_and_keeps_its_address(served: RunningAssistant, web: WebServer) -> None:
    """Its source and link are the address; fetched again it is unchanged or takes its own place; it can be removed."""
    uploads, address = served.service.uploads, web.url("/heron")
    added = uploads.fetch(f" {address}#part ", partial(fetch_document, admits=here))
    assert (address, "added", None) == (added.name, added.status, added.reason)
    document = served.assistant.document(added.document_id or "")
    assert (address, address, "html", "The heron") == (document.source, document.url, document.kind, document.title)
    (citation,) = served.assistant.ask(QUESTION).citations
    assert (address, "The heron of Arles weighs 1,730 grams in summer.") == (citation.source, citation.quote)
    assert "unchanged" == uploads.fetch(address, partial(fetch_document, admits=here)).status
    web.pages["/heron"] = Page(PAGE.replace(b"1,730", b"1,810"))
    assert "changed" == uploads.fetch(address, partial(fetch_document, admits=here)).status
    web.pages["/heron"] = Page()
    assert "1,810" in served.assistant.ask(QUESTION).text
    uploads.remove(document.id)
    assert [] == served.assistant.documents()


def test_an_address_that_can_t_be_fetched_is_a_result(served: RunningAssistant, web: WebServer) -> None:
    """Over the API, with the policy that holds outside the tests, nothing connects to this machine or is indexed."""
    web.requests.clear()
    headers = login_header(served, "eddy")
    for address in (web.url("/heron"), web.url("/heron", "localhost"), "heron"):
        response = served.client.post("/api/v1/documents/fetch", json={"address": address}, headers=headers)
        assert (200, "failed", None) == (
            response.status_code, response.json()["status"], response.json()["document_id"]
        )  # fmt: skip
    assert 422 == served.client.post("/api/v1/documents/fetch", json={"address": ""}, headers=headers).status_code
    empty = served.service.uploads.fetch(web.url("/none"), partial(fetch_document, admits=here))
    assert ("failed", "empty: the file has no content") == (empty.status, empty.reason)
    assert ([], ["/none"]) == (served.assistant.documents(), [path for path, _ in web.requests])


def test_editors_alone_and_only_where_it_is_allowed(served: RunningAssistant, web: WebServer, tmp_path: Path) -> None:
    """A reader is refused; so is everybody on a server where nothing is set, with the setting's name."""
    wanted = {"address": web.url("/heron")}
    reader = served.client.post("/api/v1/documents/fetch", json=wanted, headers=login_header(served, "rita"))
    assert (403, "access") == (reader.status_code, reader.json()["error"]["type"])
    assert 401 == served.client.post("/api/v1/documents/fetch", json=wanted).status_code
    with serve_assistant(tmp_path) as plain:
        refused = plain.client.post("/api/v1/documents/fetch", json=wanted)
        assert (403, True) == (refused.status_code, "ASSISTANT_FETCH_ADDRESSES" in refused.json()["error"]["message"])
