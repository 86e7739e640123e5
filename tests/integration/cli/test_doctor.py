import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from assistant.cli import main as cli
from assistant.cli.doctor import Finding, run_checks
from assistant.client import Assistant
from tests.support.http_server import QuietHandler, serve_http, unused_url

SECRET = "sk-not-to-be-seen"  # noqa: S105 — made up


@dataclass
class Endpoint:
    """An embedding endpoint that embeds anything for whoever has the key."""

    url: str = ""  # without a path
    status: int = 200  # of its answers to the right key

    @contextmanager
    def serve(self) -> Iterator["Endpoint"]:
        """Answers while the context lasts."""
        endpoint = self

        class Handler(QuietHandler):
            def do_POST(self) -> None:  # noqa: N802 — the name that http.server calls
                """Answers with one vector."""
                self.read_body()
                is_right = self.headers["Authorization"] == f"Bearer {SECRET}" and self.path == "/v1/embeddings"
                body = json.dumps({"data": [{"index": 0, "embedding": [3.0, 4.0]}]}).encode()
                self.send_body(body, endpoint.status if is_right else 401, {"Content-Type": "application/json"})

        with serve_http(Handler) as self.url:
            yield self


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    """An embedding endpoint on this machine, and the settings that name it."""
    with Endpoint().serve() as served:
        monkeypatch.setenv("OPENAI_BASE_URL", f"{served.url}/v1/")
        monkeypatch.setenv("OPENAI_API_KEY", SECRET)
        monkeypatch.setenv("ASSISTANT_EMBEDDING", "some-model")
        yield served


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("ASSISTANT_", "OPENAI_"))]:
        monkeypatch.delenv(name)


def finding_of(name: str, **settings: Path) -> Finding:
    """The finding of that name."""
    (finding,) = [finding for finding in run_checks(**settings) if finding.name == name]
    return finding


def test_a_fresh_installation_has_nothing_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without an index nothing fails; nothing is made, and what to do next is said."""
    home = tmp_path / "home"
    assert cli.main(["doctor", "--home", str(home)]) == 0
    out = capsys.readouterr().out
    assert "fail" not in out
    assert "assistant index" in out
    assert not home.exists()


def test_json_is_a_list_of_findings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each finding has a name, a state, a text and advice; versions are among them."""
    assert cli.main(["doctor", "--json", "--home", str(tmp_path)]) == 0
    findings = [Finding(**record) for record in json.loads(capsys.readouterr().out)]
    names = {finding.name for finding in findings}
    assert {
        "python",
        "assistant",
        "chromadb",
        "onnxruntime",
        "llama-index-core",
        "home",
        "index",
        "mode",
        "model",
    } <= names
    assert {"ok", "warn"} == {finding.state for finding in findings}


def test_what_is_indexed_is_counted(tmp_path: Path) -> None:
    """Documents, sentences and the size on disk."""
    source = tmp_path / "a.txt"
    source.write_text("Eels live in the pond. They are shy.", encoding="utf-8")
    with Assistant.open(tmp_path / "home") as assistant:
        assistant.index([source])
    finding = finding_of("index", home=tmp_path / "home")
    assert "ok" == finding.state
    assert finding.text.startswith("1 documents, 2 sentences, ")
    assert finding.text.endswith(" MB on disk")


def test_a_held_index_names_its_holder(tmp_path: Path) -> None:
    """Another process at work is worth knowing and nothing wrong."""
    with Assistant.open(tmp_path):
        finding = finding_of("index", home=tmp_path)
    assert "warn" == finding.state
    assert "open already" in finding.text


def test_a_key_is_there_but_never_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Doctor says that a key is set and that nothing is sent, without its value."""
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    assert cli.main(["doctor", "--json", "--home", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert SECRET not in out
    assert "is set" == finding_of("OPENAI_API_KEY", home=tmp_path).text
    assert "nothing leaves this machine" == finding_of("sent", home=tmp_path).text


def test_an_endpoint_that_answers_is_reachable(endpoint: Endpoint, tmp_path: Path) -> None:
    """With an embedding endpoint doctor has it embed a word, and says what goes there."""
    assert "some-model answers with 2 dimensions" == finding_of("embedding", home=tmp_path).text
    assert f"{endpoint.url}:" in finding_of("sent", home=tmp_path).text


def test_an_endpoint_that_refuses_fails(endpoint: Endpoint, tmp_path: Path) -> None:
    """A key that isn't accepted is a failure that doesn't show it."""
    endpoint.status = 401
    finding = finding_of("embedding", home=tmp_path)
    assert "fail" == finding.state
    assert SECRET not in finding.text


def test_an_endpoint_that_is_not_there_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A closed port is a failure with advice and exit code 1; a password in its address is never shown."""
    url = unused_url()
    monkeypatch.setenv("OPENAI_BASE_URL", f"{url.replace('//', '//me:hush@')}/v1")
    monkeypatch.setenv("ASSISTANT_EMBEDDING", "some-model")
    assert cli.main(["doctor", "--home", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert "fail  embedding" in out
    assert f"{url}:" in out
    assert "hush" not in out
    assert "Check ASSISTANT_EMBEDDING" in out


@pytest.mark.parametrize(
    ("setting", "finding"),
    [(("ASSISTANT_MODE", "llm"), "model"), (("ASSISTANT_TIMEOUT", "soon"), "settings")],
)
def test_a_wrong_setting_fails(
    setting: tuple[str, str],
    finding: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What doesn't fit is named, with what to do, and the exit code is 1."""
    monkeypatch.setenv(*setting)
    assert cli.main(["doctor", "--json", "--home", str(tmp_path)]) == 1
    failed = [record for record in json.loads(capsys.readouterr().out) if record["state"] == "fail"]
    assert [finding] == [record["name"] for record in failed]
    assert setting[0] in failed[0]["advice"] + failed[0]["text"] or "ASSISTANT_ variable" in failed[0]["text"]


def test_a_home_that_is_a_file_fails(tmp_path: Path) -> None:
    """A place where no index can be made is found before anybody tries."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert "fail" == finding_of("home", home=tmp_path / "file").state
    assert "fail" == finding_of("home", home=tmp_path / "file" / "below").state


def test_a_missing_package_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that isn't installed is a finding, not an exception."""
    monkeypatch.setattr("assistant.cli.doctor._PACKAGES", ("no-such-package",))
    assert "fail" == finding_of("no-such-package", home=tmp_path).state
