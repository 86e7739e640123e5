"""The command line beside a running `assistant serve`: it asks through the API; and the server's own process."""

import io
import json
import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from assistant.cli import main as cli
from assistant.errors import UsersError
from assistant.remote import connect
from assistant.server.auth.users import UserFile
from tests.support.assistant_server import RunningAssistant, serve_assistant
from tests.support.harbour import SHIPS
from tests.support.web import serve_pages

PASSWORD = "correct horse battery"  # noqa: S105 — an invented one


@pytest.fixture(scope="module")
def served(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAssistant]:
    """A server with a user, so that the command line has to show who it is."""
    with serve_assistant(tmp_path_factory.mktemp("home"), folder) as served:
        served.access.users.add("rita", "reader", PASSWORD)
        yield served


def run(served: RunningAssistant, *arguments: str) -> int:
    """The exit code of a command on the same index."""
    return cli.main([*arguments, "--home", str(served.service.settings.home)])


def test_ask_goes_through_the_server(served: RunningAssistant, capsys: pytest.CaptureFixture[str]) -> None:
    """The record is the same as of the open index, and the text as well."""
    assert 0 == run(served, "ask", SHIPS, "--json")
    record = json.loads(capsys.readouterr().out)
    assert served.assistant.ask(SHIPS).to_dict() | {"seconds": None} == record | {"seconds": None}
    assert 0 == run(served, "ask", SHIPS)
    out, err = capsys.readouterr()
    assert "    “In 2023 it handled 4,811 ships.”\n" in out
    assert "" == err


def test_explain_goes_through_the_server(served: RunningAssistant, capsys: pytest.CaptureFixture[str]) -> None:
    """What was retrieved comes with it."""
    assert 0 == run(served, "ask", SHIPS, "--explain", "--json")
    explained = json.loads(capsys.readouterr().out)["explained"]
    assert "In 2023 it handled 4,811 ships." == explained["retrieved"][0]["quote"]
    assert explained["retrieved"][0]["features"]


def test_search_goes_through_the_server(served: RunningAssistant, capsys: pytest.CaptureFixture[str]) -> None:
    """The hits are those of the open index; filters count."""
    assert 0 == run(served, "search", "ships", "-k", "2", "--json")
    assert [hit.to_dict() for hit in served.assistant.search("ships", 2)] == json.loads(capsys.readouterr().out)
    assert 0 == run(served, "search", "ships", "--since", "2030-01-01", "--json")
    assert [] == json.loads(capsys.readouterr().out)


def test_verify_goes_through_the_server(
    served: RunningAssistant, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A saved answer is held against the documents that are served."""
    (tmp_path / "answer.json").write_text(json.dumps(served.assistant.ask(SHIPS).to_dict()))
    assert 0 == run(served, "verify", str(tmp_path / "answer.json"), "--json")
    (verification,) = json.loads(capsys.readouterr().out)
    assert (True, ["exact"]) == (
        verification["holds"],
        [citation["standing"] for citation in verification["citations"]],
    )


def test_an_error_of_the_server_is_one_sentence(served: RunningAssistant, capsys: pytest.CaptureFixture[str]) -> None:
    """It has the exit code that it would have without a server."""
    assert 2 == run(served, "ask", "x" * 4_001)
    assert 1 == run(served, "ask", SHIPS, "--document", "nothing")
    assert 1 == run(served, "ask", SHIPS, "--mode", "llm")
    lines = capsys.readouterr().err.splitlines()
    for part, line in zip(("4,000 are allowed", "'nothing'", "No language model"), lines, strict=True):
        assert part in line


def test_other_commands_are_told_who_has_the_index(
    served: RunningAssistant, capsys: pytest.CaptureFixture[str]
) -> None:
    """The sentence is the lock's own."""
    assert 1 == run(served, "documents")
    assert "open already" in capsys.readouterr().err


def test_a_server_that_is_gone_is_the_lock_s_own_error(
    tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An address where nobody answers any more is no reason for another error."""
    with serve_assistant(tmp_path, folder) as gone:
        gone.assistant.announce("http://127.0.0.1:9")
        assert 1 == run(gone, "ask", SHIPS)
    assert "open already" in capsys.readouterr().err


def test_what_listens_at_a_stale_address_is_told_nothing(
    tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A server that was killed leaves its note; whoever has its port now is never asked, and gets no token."""
    home = ["--home", str(tmp_path)]
    assert 0 == cli.main(["index", str(folder), *home])
    killed = subprocess.Popen([sys.executable, "-c", ""])
    killed.wait()
    with serve_pages({}) as stranger:
        for pid in (killed.pid, os.getpid()):  # the number may have gone to another process, without the lock
            note = {"pid": pid, "command": "assistant serve", "since": "", "address": stranger.url("")}
            (tmp_path / "owner.json").write_text(json.dumps(note))
            assert connect({"home": tmp_path}) is None
            assert 0 == cli.main(["ask", SHIPS, *home])
    assert [] == stranger.requests
    assert "4,811" in capsys.readouterr().out


# Users


def test_users_are_added_listed_and_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The password comes from stdin; it is stored as scrypt left it."""
    home = ["--home", str(tmp_path)]
    for name, role in (("rita", "reader"), ("eddy", "editor"), ("rita", "editor")):
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PASSWORD}\n"))
        assert 0 == cli.main(["users", "add", name, "--role", role, *home])
    assert ["added rita, reader", "added eddy, editor", "changed rita, editor"] == capsys.readouterr().out.splitlines()
    assert 0 == cli.main(["users", *home])
    assert ["eddy  editor", "rita  editor"] == capsys.readouterr().out.splitlines()
    assert 0 == cli.main(["users", "remove", "eddy", *home])
    capsys.readouterr()
    assert 0 == cli.main(["users", "--json", *home])
    assert [{"name": "rita", "role": "editor"}] == json.loads(capsys.readouterr().out)
    assert 1 == cli.main(["users", "remove", "eddy", *home])
    assert "no user 'eddy'" in capsys.readouterr().err
    assert UserFile(tmp_path).verify("rita", PASSWORD)
    assert UserFile(tmp_path).verify("rita", "wrong") is None
    assert UserFile(tmp_path).verify("eddy", PASSWORD) is None


def test_a_password_is_asked_for_on_a_terminal(tmp_path: Path) -> None:
    """It is typed twice, and not shown."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "assistant", "users", "add", "rita", "--home", str(tmp_path)]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True) as process:
        os.close(theirs)
        shown = _read_until(ours, b"Password: ")
        os.write(ours, f"{PASSWORD}\n".encode())
        shown += _read_until(ours, b": ")
        os.write(ours, f"{PASSWORD}\n".encode())
        shown += _read_until(ours, b"reader")
        process.wait(30)
    os.close(ours)
    assert 0 == process.returncode
    assert PASSWORD.encode() not in shown
    assert b"added rita, reader" in shown
    assert UserFile(tmp_path).verify("rita", PASSWORD)


def _read_until(descriptor: int, end: bytes) -> bytes:
    output = b""
    while not output.endswith(end):
        ready, _, _ = select.select([descriptor], [], [], 30)
        assert ready, output
        output += os.read(descriptor, 1)
    return output


@pytest.mark.parametrize("name", ["", " ", "a b", "../x", "a\n", "local", "token", "x" * 65, "-x", "<b>"])
def test_a_name_that_won_t_do(tmp_path: Path, name: str) -> None:
    """Names are short words without anything that means something elsewhere."""
    with pytest.raises(UsersError, match="is no name"):
        UserFile(tmp_path).add(name, "reader", PASSWORD)
    assert [] == list(tmp_path.glob("users.json"))


@pytest.mark.parametrize("password", ["", "short", "x" * 257])
def test_a_password_that_won_t_do(tmp_path: Path, password: str) -> None:
    """Too short or too long is said with the bounds."""
    with pytest.raises(UsersError, match="Take 8 to 256"):
        UserFile(tmp_path).add("rita", "reader", password)


def test_a_name_is_the_same_however_it_is_composed(tmp_path: Path) -> None:
    """An accent as a letter of its own makes no other user, nor another password."""
    users = UserFile(tmp_path)
    users.add("rene\u0301", "reader", "mot de passe\u0301")
    assert "ren\u00e9" == (users.verify("ren\u00e9", "mot de pass\u00e9") or users.list_users()[0]).name
    assert users.verify("ren\u00e9", "mot de pass\u00e9") is not None


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"users": {"a": {"role": "owner", "hash": ""}}}', '{"users": {"a": 1}}']
)
def test_a_damaged_file_lets_nobody_in(tmp_path: Path, text: str) -> None:
    """It is an error that names the file, not an empty list that would open the server to all."""
    (tmp_path / "users.json").write_text(text)
    with pytest.raises(UsersError, match=r"users\.json' is no list of users"):
        UserFile(tmp_path).list_users()


# The process


@pytest.mark.slow
def test_the_process_serves_answers_and_ends_well(folder: Path, tmp_path: Path) -> None:
    """It prints its address, logs JSON, lets `ask` of another process through, names itself, and ends with 0."""
    home = ["--home", str(tmp_path)]
    assistant = [sys.executable, "-m", "assistant"]
    subprocess.run([*assistant, "index", str(folder), *home], check=True, capture_output=True)
    command = [*assistant, "serve", "--port", "0", *home]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            address = re.search(r"http://127\.0\.0\.1:\d+", server.stdout.readline())
            assert address is not None
            _until_ready(address[0])
            page = httpx.get(address[0], headers={"origin": "http://localhost:1"}, timeout=60)
            assert "text/html; charset=utf-8" == page.headers["content-type"]
            assert "connect-src 'self'" in page.headers["content-security-policy"]
            assert "access-control-allow-origin" not in page.headers
            answered = subprocess.run(
                [*assistant, "ask", SHIPS, "--json", *home], capture_output=True, text=True, check=False
            )
            assert (0, "") == (answered.returncode, answered.stderr)
            assert "4,811" in json.loads(answered.stdout)["answer"]
            refused = subprocess.run([*assistant, "documents", *home], capture_output=True, text=True, check=False)
            assert 1 == refused.returncode
            assert "`assistant serve`), since " in refused.stderr
            assert f"It answers at {address[0]}." in refused.stderr
            open_page = socket.create_connection(("127.0.0.1", int(address[0].rpartition(":")[2])))
            open_page.sendall(b"GET /gradio_api/heartbeat/x HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert b"200 OK" in open_page.recv(1024)  # a page keeps this open for as long as it is
        finally:
            server.send_signal(signal.SIGTERM)
            _, logged = server.communicate(timeout=60)
    open_page.close()
    assert 0 == server.returncode, logged
    lines = [json.loads(line) for line in logged.splitlines()]
    assert ("/api/v1/ask", 200) in [(line.get("route"), line.get("status")) for line in lines]
    assert SHIPS not in logged


def _until_ready(address: str) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            if httpx.get(f"{address}/api/v1/ready", timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise AssertionError("The server did not get ready.")


def test_serve_is_refused_before_anything_is_opened(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An address for everybody without users is one sentence and exit 1; so is a port that is taken."""
    home = tmp_path / "home"
    assert 1 == cli.main(["serve", "--host", "0.0.0.0", "--home", str(home)])  # noqa: S104 — what is refused
    assert "assistant users add NAME" in capsys.readouterr().err
    assert not home.exists()


def test_a_port_that_is_taken(served: RunningAssistant, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The sentence says which, and what to do."""
    port = served.url.rpartition(":")[2]
    assert 1 == cli.main(["serve", "--port", port, "--home", str(tmp_path)])
    assert f"port {port} can't be listened at" in capsys.readouterr().err
