"""No name and password of an address comes out of a command: no error, no log, no traceback, no finding of doctor."""

import json
import logging
from pathlib import Path

import pytest

from assistant.cli import main as cli
from assistant.index.lock import HomeLock
from assistant.ingest.ray_cluster import _unusable
from assistant.observability.exporter import _WarningExporter
from assistant.rendering.terminal import PlainFormatter
from assistant.server.logs import JsonFormatter

SECRET = "S3CR3T"  # noqa: S105 — an invented one
LOGIN = f"user:{SECRET}"
ADDRESSES = [  # nothing listens there
    f"http://{LOGIN}@127.0.0.1:1/v1",
    f"http://{LOGIN}/{SECRET}@127.0.0.1:1/v1",
    f"http://{LOGIN}@{SECRET}@127.0.0.1:1/v1",
    f"http://{LOGIN}@[::1",
    f"{LOGIN}@127.0.0.1:1/v1",
    f"{LOGIN}@127.0.0.1",
    f"//{LOGIN}@127.0.0.1:1",
    f"ftp://{LOGIN}@127.0.0.1:1",
    f"http:{LOGIN}@127.0.0.1:1",
]
SETTINGS = {
    "the Chroma server": {"ASSISTANT_CHROMA_URL": "{}"},
    "the embedder": {"OPENAI_BASE_URL": "{}", "ASSISTANT_EMBEDDING": "x"},
    "the language model": {"OPENAI_BASE_URL": "{}", "ASSISTANT_MODEL": "x"},
    "the collector of traces": {"OTEL_EXPORTER_OTLP_ENDPOINT": "{}"},
}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In a folder of its own; nobody waits between two tries."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("openai._base_client.INITIAL_RETRY_DELAY", 0.01)
    monkeypatch.setattr("openai._base_client.MAX_RETRY_DELAY", 0.02)


def shown(capfd: pytest.CaptureFixture[str], *arguments: str) -> str:
    """All that a command writes; it ends with 0 or 1, as one that answers or says what is wrong."""
    assert cli.main(arguments) in (0, 1)
    streams = capfd.readouterr()
    return streams.out + streams.err


def commands(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, address: str, name: str) -> list[list[str]]:
    """Sets an address, and gives the commands that meet it."""
    for variable, text in SETTINGS[name].items():
        monkeypatch.setenv(variable, text.format(address))
    (tmp_path / "zoo.txt").write_text("The zoo opens at nine.")
    return [["--debug", "index", "zoo.txt"], ["--debug", "ask", "When does the zoo open?"], ["doctor", "--json"]]


@pytest.mark.parametrize("address", ADDRESSES[:5:4])
@pytest.mark.parametrize("name", SETTINGS)
def test_doctor_shows_no_login(
    name: str, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A sound address and one without a scheme, of everything that has an address."""
    *_, doctor = commands(monkeypatch, tmp_path, address, name)
    assert LOGIN not in (text := shown(capfd, *doctor))
    assert SECRET not in text


@pytest.mark.hostile
@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("name", SETTINGS)
def test_no_command_shows_a_login(
    name: str, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """However the address is written, and with the traceback."""
    for command in commands(monkeypatch, tmp_path, address, name):
        text = shown(capfd, *command)
        assert SECRET not in text
        assert "user:" not in text
        assert "unforeseen" not in text


@pytest.mark.parametrize("address", [f"ray://{LOGIN}@127.0.0.1:1", f"{LOGIN}@127.0.0.1:1"])
def test_neither_a_cluster_s_error_nor_the_note_of_the_owner_shows_a_login(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The note holds the command line of who has the index open, and is shown to whoever else wants it."""
    error = str(_unusable(address, f"ConnectionError: no answer from {address}", "2"))
    assert SECRET not in error
    assert "127.0.0.1:1" in error
    monkeypatch.setattr("sys.argv", ["assistant", "index", "--ray", address])
    lock = HomeLock(tmp_path / "home")
    try:
        assert "--ray" in json.loads((tmp_path / "home" / "owner.json").read_text())["command"]
        cli.main(["--home", str(tmp_path / "home"), "ask", "x"])
        assert SECRET not in (tmp_path / "home" / "owner.json").read_text() + capsys.readouterr().err
    finally:
        lock.release()


def test_no_log_shows_a_login() -> None:
    """Whatever a vendor logs: as text for people, and as JSON of the server."""
    record = logging.makeLogRecord({"msg": f"GET http://{LOGIN}@127.0.0.1/x failed", "levelname": "WARNING"})
    assert SECRET not in JsonFormatter().format(record)
    assert "GET http://127.0.0.1/x failed" in JsonFormatter().format(record)
    assert "127.0.0.1:1" == _WarningExporter(None, f"http://{LOGIN}@127.0.0.1:1")._address  # type: ignore[arg-type]  # nothing is sent


HOSTILE = "It's \x1b]0;owned\x07 \x1b[2J\x9b2J\u202eevil\rError: fine"


@pytest.mark.parametrize("error", [RuntimeError(HOSTILE), ValueError(f"{HOSTILE} at http://{LOGIN}@127.0.0.1")])
def test_a_traceback_can_not_act_on_the_terminal(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """With --debug an error's text, and those that it came from, may quote a document; it is spelt out."""

    def fail(*_: object, **__: object) -> None:
        raise error from OSError(HOSTILE)

    monkeypatch.setattr("assistant.settings.load_settings", fail)
    assert 1 == cli.main(["--debug", "ask", "x"])
    text = capfd.readouterr().err
    assert "Traceback (most recent call last):\n" in text
    assert text.count("\\x1b[2J") >= 3
    assert not set(text) & set("\x1b\x07\x9b\r\u202e")
    assert SECRET not in text


def test_a_traceback_in_the_log_can_not_act_on_the_terminal() -> None:
    """What is logged with its traceback is as harmless."""
    error = RuntimeError(f"{HOSTILE} http://{LOGIN}@127.0.0.1")
    record = logging.makeLogRecord({"msg": "x", "exc_info": (type(error), error, None)})
    text = PlainFormatter("%(message)s").format(record)
    assert "\\x1b[2J" in text
    assert not set(text) & set("\x1b\x07\x9b\r\u202e")
    assert SECRET not in text
