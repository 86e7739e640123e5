"""An index in a real Chroma server: shared, restarted, killed, slow, and not what it should be."""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import numpy as np
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from assistant.cli.doctor import run_checks
from assistant.client import Assistant
from assistant.errors import MismatchError, SettingsError, StoreError
from assistant.index.chroma import connection as chromahttp
from assistant.index.chroma import lease
from assistant.index.chroma import server as chromaserver
from assistant.index.chroma.server import ChromaServer, configured_server
from assistant.index.rows import PreparedDocument
from assistant.index.store import Store
from assistant.ingest.rebuild import rebuild
from assistant.segmentation.sentences import SPLITTER_VERSION
from assistant.settings import Settings, load_settings
from assistant.types import Document, Sentence
from tests.support.chroma import ChromaProcess, free_port, run_chroma
from tests.support.fake_embedder import FakeEmbedder
from tests.support.http_server import QuietHandler, serve_http
from tests.support.indexes import SPLITTER, document

BRIDGE = "When was the Alder Bridge opened?"


def bridge(year: int) -> Document:
    return document("bridge", f"The Alder Bridge was opened in {year}. It has three arches.")


@pytest.fixture
def url(chroma_server: ChromaProcess, request: pytest.FixtureRequest) -> str:
    """A database of the server that no other test uses."""
    return f"{chroma_server.url}/{abs(hash(request.node.nodeid)):x}"


def test_each_sees_the_others_changes_at_its_next_question(url: str, tmp_path: Path) -> None:
    """Two assistants on one server, with homes of their own, see what the other added, replaced and removed."""
    with Assistant.open(tmp_path / "a", chroma_url=url) as one, Assistant.open(tmp_path / "b", chroma_url=url) as other:
        one.index(bridge(1909))
        assert "1909" in other.ask(BRIDGE).text
        other.index(bridge(1911))
        assert "1911" in one.ask(BRIDGE).text
        assert ["bridge"] == [summary.id for summary in one.documents()]
        assert "bridge" == one.search("Alder arches", 1)[0].document.id
        one.remove("bridge")
        assert other.ask(BRIDGE).refused
        assert [] == other.documents()


def test_one_home_may_be_shared_by_processes(url: str, tmp_path: Path) -> None:
    """With the index in a server the home is not locked, and both processes keep its BM25 cache synchronised."""
    with Assistant.open(tmp_path, chroma_url=url) as one, Assistant.open(tmp_path, chroma_url=url) as other:
        one.index([bridge(1909), document("bread", "Bread is made of flour. Zymology explains its rising.")])
        for assistant in (other, one):
            assert "bread" == assistant.search("zymology", 1)[0].document.id
        other.remove("bread")
        for assistant in (one, other):
            assert "bridge" == assistant.search("zymology", 1)[0].document.id


def test_writers_of_several_processes_take_turns(url: str, tmp_path: Path) -> None:
    """Four processes that write at the same time lose nothing, and their documents are not mixed up."""
    script = (
        "import sys\n"
        "from assistant.client import Assistant\n"
        "from assistant.types import Document\n"
        "with Assistant.open(sys.argv[1], chroma_url=sys.argv[2]) as a:\n"
        "    for n in range(3):\n"
        "        name = f'{sys.argv[3]}-{n}'\n"
        "        a.index(Document(name, name, name, f'The {name} stands in Bergen. It is old.', 'txt'))\n"
    )
    Assistant.open(tmp_path / "first", chroma_url=url).close()
    writers = [
        subprocess.Popen([sys.executable, "-c", script, str(tmp_path / name), url, name])
        for name in ("w", "x", "y", "z")
    ]
    assert [0, 0, 0, 0] == [writer.wait(timeout=300) for writer in writers]
    with Assistant.open(tmp_path / "last", chroma_url=url) as assistant:
        assert {f"{name}-{n}" for name in "wxyz" for n in range(3)} == {summary.id for summary in assistant.documents()}
        for summary in assistant.documents():
            assert assistant.document(summary.id).text == f"The {summary.id} stands in Bergen. It is old."


WRITER = """
import sys
from assistant.client import Assistant
from assistant.types import Document
with Assistant.open(sys.argv[1], chroma_url=sys.argv[2]) as a:
    for n in range(10_000):
        text = " ".join(f"Sentence {n} {k} is about nothing much." for k in range(60))
        a.index(Document(f"d{n}", f"d{n}", f"d{n}", text, "txt"))
        print(n, flush=True)
"""


@pytest.mark.slow
def test_a_killed_writer_loses_nothing_and_blocks_nobody(url: str, tmp_path: Path) -> None:
    """A writer is killed at five moments: what it reported as written is there, and the next writer goes on at once."""
    for round_ in range(5):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path / "w"), url], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        written = int(process.stdout.readline())
        time.sleep(0.07 * (round_ + 1))
        process.kill()
        written = max([written, *map(int, process.stdout.read().split())])
        process.stdout.close()
        process.wait()
        begun = time.monotonic()
        with Assistant.open(tmp_path / "o", chroma_url=url) as other:
            other.index(bridge(1900 + round_))
            assert time.monotonic() - begun < lease._DEAD_AFTER
            assert str(1900 + round_) in other.ask(BRIDGE).text
            listed = {summary.id: summary for summary in other.documents()}
            assert {f"d{n}" for n in range(written + 1)} <= listed.keys()
            for summary in listed.values():
                sentences = other.engine().retriever.store.sentences(summary.id)
                assert summary.sentences == len(sentences)
                text = other.document(summary.id).text
                assert all(text[sentence.start : sentence.end] == sentence.text for sentence in sentences)


@pytest.mark.slow
def test_a_killed_server_loses_nothing(tmp_path: Path) -> None:
    """The server is killed and restarted five times during writes: the writer goes on, and all it reported is there."""
    with run_chroma(tmp_path / "chroma") as server:
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path / "w"), server.url], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        written = 0
        for round_ in range(5):
            written = int(process.stdout.readline())
            time.sleep(0.05 * (round_ + 1))
            server.stop()
            server.start()
        written = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
        process.stdout.close()
        process.wait()
        with Assistant.open(tmp_path / "o", chroma_url=server.url) as other:
            listed = other.documents()
            assert {f"d{n}" for n in range(written + 1)} <= {summary.id for summary in listed}
            hit = other.search("Sentence 0 59 is about nothing much", 1)[0]
            assert hit.sentence.text in other.document(hit.document.id).text


def test_a_server_that_is_down_is_told_and_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the server is down a question is an error that says what to do; afterwards the same assistant answers."""
    monkeypatch.setattr(chromaserver, "_RETRY_PAUSES", (0.05,))
    with (
        run_chroma(tmp_path / "chroma") as server,
        Assistant.open(tmp_path / "home", chroma_url=server.url) as assistant,
    ):
        assistant.index(bridge(1909))
        server.stop()
        with pytest.raises(
            StoreError, match=rf"{server.url} cannot be reached .* Start it, or correct ASSISTANT_CHROMA"
        ):
            assistant.ask(BRIDGE)
        with pytest.raises(StoreError, match="cannot be reached"):
            assistant.index(bridge(1910))
        server.start()
        assert "1909" in assistant.ask(BRIDGE).text
        assistant.index(bridge(1910))
        assert "1910" in assistant.ask(BRIDGE).text


def test_a_short_absence_of_the_server_is_not_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that finds no server is tried again, so no question fails because of a restart."""
    monkeypatch.setattr(chromaserver, "_RETRY_PAUSES", (0.5,) * 100)  # a busy machine starts it slowly
    with (
        run_chroma(tmp_path / "chroma") as server,
        Assistant.open(tmp_path / "home", chroma_url=server.url) as assistant,
    ):
        assistant.index(bridge(1909))
        server.stop()
        starting = threading.Thread(target=server.start)
        starting.start()
        assert "1909" in assistant.ask(BRIDGE).text
        starting.join()


@pytest.mark.parametrize(
    "address", ["chroma.example:8000", "ftp://127.0.0.1", "http://", "http://127.0.0.1:99999", "nowhere"]
)
def test_what_is_no_address_is_told(address: str, tmp_path: Path) -> None:
    """A setting that is not an address is an error that shows how to write one."""
    with pytest.raises(SettingsError, match=r"no address\. Write it as http://host:8000"):
        Assistant.open(tmp_path, chroma_url=address)


def test_nobody_at_the_address_is_told(tmp_path: Path) -> None:
    """A missing server is an error, not an empty index."""
    with pytest.raises(StoreError, match=r"cannot be reached .* Start it, or correct ASSISTANT_CHROMA_URL"):
        Assistant.open(tmp_path, chroma_url=f"http://127.0.0.1:{free_port()}")


class _Proxy(QuietHandler):
    """Gives one fixed response, or passes on requests with the right token to the Chroma server behind it."""

    behind = ""
    token = ""
    response: tuple[int, bytes] | None = None
    delay = 0.0  # seconds

    def _handle(self) -> None:
        body = self.read_body()
        time.sleep(self.delay)
        if self.response is not None:
            self._send(*self.response)
        elif self.headers.get("Authorization") != f"Bearer {self.token}":
            self._send(401, b'{"error":"Unauthorized","message":"no"}')
        else:
            headers = {"Content-Type": "application/json"}
            request = Request(f"{self.behind}{self.path}", body or None, headers, method=self.command)  # noqa: S310 — our own address
            try:
                with urlopen(request) as response:  # noqa: S310 — as above
                    self._send(response.status, response.read())
            except HTTPError as error:
                self._send(error.code, error.read())

    do_GET = do_POST = do_PUT = do_DELETE = _handle  # noqa: N815 — the names that http.server looks for

    def _send(self, status: int, body: bytes) -> None:
        self.send_body(body, status, {"Content-Type": "application/json"})


@contextmanager
def serve_proxy(certificate: Path | None = None, **attributes: Any) -> Iterator[str]:
    """The address of a proxy with these attributes; over TLS, where it has a certificate."""
    tls = None
    if certificate:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
    with serve_http(type("Handler", (_Proxy,), attributes), tls) as url:
        yield url


def test_a_token_lets_in_and_a_wrong_one_is_told(chroma_server: ChromaProcess, tmp_path: Path) -> None:
    """The token goes with every request; without the right one the error names its setting, and not the token."""
    with serve_proxy(behind=chroma_server.url, token="right-token") as url:  # noqa: S106 — of this test alone
        with Assistant.open(tmp_path, chroma_url=f"{url}/guarded", chroma_token="right-token") as assistant:  # noqa: S106
            assistant.index(bridge(1909))
            assert "1909" in assistant.ask(BRIDGE).text
        for token in ("wrong-token", None):
            with pytest.raises(StoreError, match=r"\(401\)\. Correct ASSISTANT_CHROMA_TOKEN") as raised:
                Assistant.open(tmp_path, chroma_url=url, chroma_token=token)
            assert "wrong-token" not in str(raised.value)


def certified(path: Path) -> Path:
    """Writes a key for 127.0.0.1 and its self-signed certificate to a file, as a private CA would."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a newsroom's own")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(secret + certificate.public_bytes(Encoding.PEM))
    return path


def test_a_ca_of_ones_own_is_trusted_once_it_is_named(
    chroma_server: ChromaProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over TLS the index works where SSL_CERT_FILE names the CA; without it the server is not trusted."""
    certificate = certified(tmp_path / "own.pem")
    with serve_proxy(certificate, behind=chroma_server.url, token="t") as url:  # noqa: S106 — of this test alone
        options: dict[str, Any] = {"chroma_url": f"{url}/secured", "chroma_token": "t"}
        with pytest.raises(StoreError, match=r"isn't trusted here\. Name the file with its CA in SSL_CERT_FILE"):
            Assistant.open(tmp_path / "home", **options)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        with Assistant.open(tmp_path / "home", **options) as assistant:
            assistant.index(bridge(1909))
            assert "1909" in assistant.ask(BRIDGE).text


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((200, b'"2.0.1"'), r"of version 2\.0\.1; this needs version 1\. Upgrade"),
        ((200, b"<html>hello</html>"), "is no Chroma server. Correct ASSISTANT_CHROMA_URL"),
        ((404, b"{}"), r"is no Chroma server of version 1 \(404\)"),
        ((200, b'{"version": 1}'), "is no Chroma server"),
    ],
)
def test_what_is_no_chroma_server_of_this_version_is_told(
    answer: tuple[int, bytes], message: str, tmp_path: Path
) -> None:
    """Another program at the address, or another major version, is an error and no empty index."""
    with serve_proxy(response=answer) as url, pytest.raises(StoreError, match=message):
        Assistant.open(tmp_path, chroma_url=url)


def test_a_server_that_hangs_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that hangs is an error after a while."""
    monkeypatch.setattr(chromahttp, "_PROBE_TIMEOUT", 0.2)
    with (
        serve_proxy(response=(200, b'"1.0.0"'), delay=1.0) as url,
        pytest.raises(StoreError, match="doesn't answer in time"),
    ):
        Assistant.open(tmp_path, chroma_url=url)


@pytest.mark.slow
def test_long_vectors_are_sent_in_parts(url: str, tmp_path: Path) -> None:
    """A server limits the size of a call: 3,000 vectors as long as OpenAI's largest are 49 MB, and are split."""
    long_document = document("long", "One. " * 3_000)
    sentences = tuple(Sentence("long", n, n * 5, n * 5 + 4, "One.") for n in range(3_000))
    vectors = np.random.default_rng(7).standard_normal((3_000, 3_072), np.float32)
    with Store(tmp_path, "large", 3_072, SPLITTER, configured_server(load_settings(chroma_url=url))) as store:
        store.write([PreparedDocument(long_document, "h", sentences, ())], [(sentences, vectors)])
        assert 3_000 == len(store.sentences("long"))


def test_another_embedder_is_refused(url: str, tmp_path: Path) -> None:
    """Opening an index with another embedder than it was made with is an error that says what to run."""
    metadata: dict[str, str | int] = {"embedder": "fake", "dimension": 32}
    settings = load_settings(chroma_url=url)
    ChromaServer(settings, metadata).close()
    with pytest.raises(MismatchError, match=rf"at {url} was made with embedder fake.*assistant index --rebuild"):
        Assistant.open(tmp_path, chroma_url=url)


def test_a_rebuilt_index_takes_the_old_ones_place(url: str, tmp_path: Path) -> None:
    """Other processes read the old index during a rebuild, and the new one afterwards; no collection is left over."""
    settings: Settings = load_settings(home=tmp_path / "r", chroma_url=url)
    with Assistant.open(tmp_path / "a", chroma_url=url) as assistant:
        assistant.index(bridge(1909))
        store = assistant.engine().retriever.store
        rebuild(
            settings.home, assistant.engine().retriever.embedder, SPLITTER_VERSION, max_bytes=1_000_000, server=settings
        )
        assert "1909" in assistant.ask(BRIDGE).text
        assistant.index(bridge(1910))
        assert "1910" in assistant.ask(BRIDGE).text
        assert isinstance(store._chroma, ChromaServer)
        names = {collection.name.rpartition("-")[2] for collection in store._chroma._client.list_collections()}
        assert {"assistant", "documents", "texts", "passages", "sentences", "journal"} == names
        assert 6 == store._chroma._client.count_collections()


def test_what_a_rebuild_cannot_carry_over_stays_in_the_server(
    url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A damaged text is left out, and the old collections stay; where the server fails, nothing is replaced."""
    settings: Settings = load_settings(home=tmp_path / "r", chroma_url=url)
    with Assistant.open(tmp_path / "a", chroma_url=url) as assistant:
        assistant.index(bridge(1909))
        store = assistant.engine().retriever.store
        embedder, chroma = assistant.engine().retriever.embedder, store._chroma
        assert isinstance(chroma, ChromaServer)
        (entry,) = store.summaries()
        with monkeypatch.context() as patch:
            patch.setattr(ChromaServer, "read", lambda *_: (_ for _ in ()).throw(StoreError("The server went away.")))
            with pytest.raises(StoreError, match=r"cannot be read now \(The server went away"):
                rebuild(settings.home, embedder, SPLITTER_VERSION, [tmp_path], max_bytes=1_000_000, server=settings)
        assert 6 == chroma._client.count_collections()
        old = chroma._collections["texts"].name.removesuffix("texts")
        chroma.delete("texts", [f"{entry.version}:t0"])
        rebuild(settings.home, embedder, SPLITTER_VERSION, max_bytes=1_000_000, server=settings)
        assert f"The old index is kept at {url}, in the collections '{old}…'" in caplog.text
        assert 11 == chroma._client.count_collections()


def test_a_rebuild_that_fails_leaves_the_old_index(url: str, tmp_path: Path) -> None:
    """When the embedder fails during a rebuild, the old index answers as before, and nothing is left over."""

    class Failing(FakeEmbedder):
        def embed_chunks(self, _: Any) -> Any:
            raise StoreError("no more")

    settings = load_settings(home=tmp_path / "r", chroma_url=url)
    with Assistant.open(tmp_path / "a", chroma_url=url) as assistant:
        assistant.index(bridge(1909))
        with pytest.raises(StoreError, match="no more"):
            rebuild(settings.home, Failing(), SPLITTER, max_bytes=1_000_000, server=settings)
        assert "1909" in assistant.ask(BRIDGE).text
        chroma = assistant.engine().retriever.store._chroma
        assert isinstance(chroma, ChromaServer)
        assert 6 == chroma._client.count_collections()


def test_the_sample_is_never_in_the_server(url: str, tmp_path: Path) -> None:
    """With nothing indexed in the server, the sample answers, and it stays on this machine."""
    environment = {**os.environ, "ASSISTANT_CHROMA_URL": url, "ASSISTANT_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "assistant", "ask", "--json", "How many people were arrested in Liberterra II?"]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert 0 == ran.returncode, ran.stderr
    assert "2,517" in json.loads(ran.stdout)["answer"]
    assert "sample documents" in ran.stderr
    with Assistant.open(tmp_path / "other", chroma_url=url) as assistant:
        assert [] == assistant.documents()


def test_the_doctor_looks_and_makes_nothing(url: str, tmp_path: Path) -> None:
    """The check says where the index would be, then what is in it, or that the server cannot be reached."""

    def index_finding(**settings: Any) -> str:
        return next(finding for finding in run_checks(home=tmp_path, **settings) if finding.name == "index").text

    assert index_finding(chroma_url=url).startswith(f"nothing is indexed in the Chroma server {url} (version 1")
    assert index_finding(chroma_url=url).startswith("nothing is indexed")
    with Assistant.open(tmp_path, chroma_url=url) as assistant:
        assistant.index(bridge(1909))
    assert index_finding(chroma_url=url).startswith(f"1 documents, 2 sentences, in the Chroma server {url} (version 1")
    assert "cannot be reached" in index_finding(chroma_url=f"http://127.0.0.1:{free_port()}")


def test_a_lease_that_stopped_beating_is_taken(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lost writer on another machine is waited for and then replaced; when it comes back it can write nothing."""
    monkeypatch.setattr(lease, "_DEAD_AFTER", 0.5)
    with Assistant.open(tmp_path / "a", chroma_url=url) as one, Assistant.open(tmp_path / "b", chroma_url=url) as other:
        gone = one.engine().retriever.store._chroma
        assert isinstance(gone, ChromaServer)
        with monkeypatch.context() as patch:
            patch.setattr(socket, "gethostname", lambda: "elsewhere")
            gone._lease._take()
        other.index(bridge(1909))
        assert "1909" in other.ask(BRIDGE).text
        with pytest.raises(StoreError, match="lost its turn"):
            gone._lease.check()
