"""Processes that are killed, that run at the same time, or whose model fails; and clocks that are wrong."""

import hashlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from assistant.client import Assistant
from assistant.readers import READER_VERSION
from assistant.server.auth.sessions import SessionSigner
from assistant.server.auth.users import UserFile
from assistant.server.ui.conversations import ConversationStore
from tests.integration.faults.test_killed import rounds
from tests.support import openai_stub
from tests.support.indexes import check_index, open_index
from tests.support.openai_stub import Reply, hangs, sends, streams
from tests.support.stub_model import serve_model_stub

pytestmark = pytest.mark.thorough  # processes, one after the other: two minutes

HARBOUR = """The harbour of Norrvik

The harbour of Norrvik was opened in 1912. In 2023 the harbour of Norrvik handled 4,811 ships.
The ice closes it for three weeks in an ordinary winter.
"""
SHIPS = "How many ships did the harbour of Norrvik handle in 2023?"
STATEMENT = "In 2023 the harbour of Norrvik handled 4,811 ships. [1]"
ROOT = str(Path(__file__).resolve().parents[3])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One document."""
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "harbour.txt").write_text(HARBOUR, encoding="utf-8")
    return folder


def command(*arguments: object) -> list[str]:
    """The command line of a process of its own."""
    return [sys.executable, "-m", "assistant", *map(str, arguments)]


def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command as a process of its own."""
    full_environment = {**os.environ, "ASSISTANT_READER": "off", **environment}
    return subprocess.run(
        command(*arguments), capture_output=True, text=True, check=False, timeout=120, env=full_environment
    )


# Killed


@pytest.mark.thorough
def test_an_indexer_killed_fifty_times(tmp_path: Path) -> None:
    """Fifty kills at random moments: every document is whole each time, and a last run finishes the work."""
    rounds(tmp_path, 50)


@pytest.mark.thorough
def test_a_server_killed_in_the_middle_of_an_answer(folder: Path, tmp_path: Path) -> None:
    """A client sees a stream that breaks off, not a whole answer; the index opens at once, complete."""
    home = tmp_path / "home"
    assert 0 == run("index", folder, "--home", home).returncode
    released = threading.Event()
    with serve_model_stub() as stub:
        stub.pieces = (f"{STATEMENT} ", "The ice closes it ", lambda: released.wait(60))
        environment = {"ASSISTANT_MODEL": "stub", "OPENAI_BASE_URL": stub.url, "ASSISTANT_READER": "off"}
        server = subprocess.Popen(
            command("serve", "--port", "0", "--home", home),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, **environment},
        )
        with server:
            assert server.stdout is not None
            address = re.search(r"http://127\.0\.0\.1:\d+", server.stdout.readline())
            assert address is not None
            events: list[str] = []

            def listen() -> None:
                body = {"question": SHIPS}
                with httpx.stream("POST", f"{address[0]}/api/v1/ask/stream", json=body, timeout=60) as stream:
                    for line in stream.iter_lines():
                        events.extend([line] if line.startswith("event:") else [])
                        if line.startswith("data:") and "4,811" in line:
                            server.kill()

            try:
                with pytest.raises(httpx.RemoteProtocolError):
                    listen()
            finally:
                released.set()
                server.kill()
        assert -9 == server.returncode
        assert events
        assert not [event for event in events if "answer" in event], "a cut answer was told as a whole one"
    with Assistant.open(home, reader="off") as assistant:
        assert "4,811" in assistant.ask(SHIPS, mode="quotes").text


TALKING = """
import sys, threading
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from assistant.client import Assistant
from assistant.server.ui.controller import PageController
home = Path(sys.argv[2])
with Assistant.open(home, reader="off") as assistant:
    desk, name = PageController(assistant, home), ""
    print("ready", flush=True)
    for number in range(10_000):
        for talk in desk.ask("", name, sys.argv[3], {}, threading.Event()):
            name = talk.id
        desk.rate_turn("", name, len(talk.turns) - 1, "up", None)
        name = "" if number % 20 == 19 else name
        print(number + 1, flush=True)
"""


@pytest.mark.parametrize("number", [3, pytest.param(15, marks=pytest.mark.thorough)])
def test_a_server_killed_while_it_keeps_conversations(folder: Path, tmp_path: Path, number: int) -> None:
    """Every conversation that was shown is stored whole; at most the last rating is partial."""
    home = tmp_path / "home"
    with Assistant.open(home, reader="off") as assistant:
        assistant.index(folder)
    rng, turns, ratings = random.Random(number), 0, 0  # noqa: S311 — the same moments each time
    for _ in range(number):
        process = subprocess.Popen(
            [sys.executable, "-c", TALKING, ROOT, str(home), SHIPS], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert "ready\n" == process.stdout.readline()
        time.sleep(rng.uniform(0.1, 0.6))
        process.kill()
        done = process.communicate()[0].split()
        turns += int(done[-1]) if done else 0
        kept = ConversationStore(home / "conversations").load_all("")
        assert len(list((home / "conversations").rglob("*.json"))) == len(kept), "one of them can't be read"
        assert turns <= sum(turn.state == "done" for conversation in kept for turn in conversation.turns)
        lines = (home / "feedback.jsonl").read_text().splitlines() if (home / "feedback.jsonl").exists() else []
        ratings = sum(is_json(line) for line in lines)
        assert turns <= ratings
        assert len(lines) - ratings <= number
    assert turns, "no turn was done before it was killed"


def is_json(line: str) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


# Two at a time


def test_two_indexers_at_once(tmp_path: Path) -> None:
    """Of two indexers one does all the work; the other waits or says who is working. The index is whole."""
    docs = tmp_path / "docs"
    docs.mkdir()
    for number in range(40):
        (docs / f"{number}.txt").write_text(f"Document {number} says much. " * 20)
    both = [
        subprocess.Popen(
            command("index", docs, "--home", tmp_path / "home"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    outputs = [process.communicate(timeout=120) for process in both]
    codes = [process.returncode for process in both]
    assert 0 in codes
    for (_, err), code, other in zip(outputs, codes, reversed(both), strict=True):
        if code:
            assert 1 == code
            assert f"process {other.pid}" in err or "Another process has the index" in err
    with Assistant.open(tmp_path / "home", reader="off") as assistant:
        assert 40 == len(assistant.documents())
        assert 40 == len(assistant.index(docs).unchanged)


def test_a_document_that_changes_while_it_is_read(tmp_path: Path) -> None:
    """The hash is of the very bytes that were indexed, so the run after the last change is right."""
    file, stop = tmp_path / "docs" / "a.txt", threading.Event()
    file.parent.mkdir()
    editions = [f"Edition {number} says this. " * 2_000 for number in (1, 2)]
    file.write_text(editions[0])

    def rewrite() -> None:
        while not stop.is_set():
            for text in editions:
                with file.open("r+") as out:
                    out.write(text)

    writer = threading.Thread(target=rewrite)
    with open_index(tmp_path / "home") as index:
        writer.start()
        try:
            for _ in range(15):
                index.synchronise(file.parent, max_bytes=1_000_000)
                (entry,) = index.store.summaries()
                text = index.store.document(entry.id).text
                assert hashlib.sha256(READER_VERSION.encode() + text.encode()).hexdigest() == entry.file_hash
        finally:
            stop.set()
            writer.join()
        index.synchronise(file.parent)
        check_index(index)
        assert editions[1] == index.store.document(index.store.summaries()[0].id).text


# A model that fails


@pytest.fixture
def stub() -> Iterator[openai_stub.OpenAIStub]:
    """An endpoint that gives the same reply to every request."""
    with openai_stub.serve_openai_stub() as stub:
        yield stub


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of one document."""
    home = tmp_path_factory.mktemp("home")
    (home / "harbour.txt").write_text(HARBOUR, encoding="utf-8")
    with Assistant.open(home, reader="off") as assistant:
        assistant.index(home / "harbour.txt")
    return home


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (hangs(threading.Event()), "ASSISTANT_TIMEOUT"),
        (streams(STATEMENT, ends=False), "broke off"),
        pytest.param(streams("In 2023 the har", ends=False), "broke off", marks=pytest.mark.thorough),
        pytest.param(sends(b"<html>Please log in</html>", "text/html"), "stub", marks=pytest.mark.thorough),
        (sends(b'{"choices": [{"mess'), "stub"),
        pytest.param(sends(b"\xff\xfe\x00 rubbish", "text/event-stream"), "stub", marks=pytest.mark.thorough),
        pytest.param(sends(b""), "stub", marks=pytest.mark.thorough),
    ],
    ids=["hangs", "cut off behind a statement", "cut off within one", "a page", "half of JSON", "bytes", "nothing"],
)
def test_a_model_that_fails_is_one_sentence(
    home: Path, stub: openai_stub.OpenAIStub, reply: Reply, message: str
) -> None:
    """`ask` ends soon with exit 1, says which model at which address, shows no half answer and no traceback."""
    stub.default_reply = yes_then(reply)
    begun = time.monotonic()
    done = run(
        "ask", SHIPS, "--home", home, ASSISTANT_MODEL="stub", OPENAI_BASE_URL=stub.base_url, ASSISTANT_TIMEOUT="1"
    )
    assert time.monotonic() - begun < 60
    assert (1, "") == (done.returncode, done.stdout)
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert message in line
    assert "stub" in line
    assert stub.base_url.removeprefix("http://").removesuffix("/v1") in line
    assert "Traceback" not in done.stderr


def yes_then(reply: Reply) -> Reply:
    """Says yes to the first turn, which asks whether the answer is stated; then gives the reply."""

    def both(exchange: openai_stub.Exchange) -> None:
        (reply if exchange.request.is_streamed else openai_stub.says("yes", {"yes": 0.9, "no": 0.1}))(exchange)

    return both


def test_a_model_that_hangs_can_be_interrupted(home: Path) -> None:
    """Ctrl-C ends the waiting with exit status 130 and one line."""
    with serve_model_stub() as stub:
        requested, released = threading.Event(), threading.Event()
        stub.pieces = (requested.set, lambda: released.wait(60))
        environment = {"ASSISTANT_MODEL": "stub", "OPENAI_BASE_URL": stub.url, "ASSISTANT_READER": "off"}
        with subprocess.Popen(
            command("ask", SHIPS, "--home", home), stderr=subprocess.PIPE, text=True, env={**os.environ, **environment}
        ) as process:
            assert requested.wait(60)
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=30)
        released.set()
    assert (130, "Interrupted.\n") == (process.returncode, err)


# Clocks


@pytest.mark.parametrize("when", [0, 4_000_000_000])
def test_the_times_of_files_mean_nothing(tmp_path: Path, when: float) -> None:
    """Files dated 1970 or in the next century are compared by their content."""
    file = tmp_path / "docs" / "a.txt"
    file.parent.mkdir()
    file.write_text("Cats sleep all day.")
    with open_index(tmp_path / "home") as index:
        index.synchronise(file.parent)
        os.utime(file, (when, when))
        assert (str(file),) == index.synchronise(file.parent).unchanged
        file.write_text("Cats hunt all day!!")
        os.utime(file, (when, when))
        assert (str(file),) == index.synchronise(file.parent).changed


@pytest.mark.parametrize(("jump", "holds"), [(-10 * 365 * 86_400, True), (3_600, True), (10 * 365 * 86_400, False)])
def test_a_clock_that_jumps_ends_a_session_or_leaves_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jump: float, holds: bool
) -> None:
    """A clock jump beyond a session's end ends it; a jump backward does not."""
    signer = SessionSigner(tmp_path)
    token = signer.issue("rita", "mark")
    now = time.time() + jump
    monkeypatch.setattr("assistant.server.auth.sessions.time.time", lambda: now)
    assert holds == (signer.read(token) is not None)
    assert signer.read(signer.issue("rita", "mark")) is not None


def test_users_that_change_under_a_clock_that_stands_still(tmp_path: Path) -> None:
    """A removed user is locked out at once, even if the file's time and size are unchanged."""
    users, other = UserFile(tmp_path), UserFile(tmp_path)
    other.add("rita", "reader", "correct horse battery")
    other.add("rosa", "reader", "correct horse battery")
    assert users.verify("rita", "correct horse battery")
    file = tmp_path / "users.json"
    status = file.stat()
    content = file.read_text().replace('"rita"', '"rika"')
    (tmp_path / "other").write_text(content)
    (tmp_path / "other").replace(file)
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert users.get("rita") is None
    assert users.get("rika") is not None


def test_an_owner_from_the_future_is_no_matter(tmp_path: Path) -> None:
    """A stale note of an owner from the future keeps nobody out."""
    (tmp_path / "owner.json").write_text('{"pid": 1, "command": "assistant index", "since": "2199-01-01T00:00:00"}')
    with open_index(tmp_path) as index:
        check_index(index)
