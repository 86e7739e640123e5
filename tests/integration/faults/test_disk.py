"""Full and read-only disks: one sentence that says so, and nothing is lost."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.client import Assistant
from assistant.errors import StoreError
from assistant.server.ui.controller import PageController
from assistant.settings import load_settings
from tests.support.assistant_server import serve_assistant
from tests.support.fake_embedder import FakeEmbedder
from tests.support.faults import fill_disk, make_read_only, make_writable, mount_small_disk
from tests.support.indexes import check_index, index_contents, open_index

pytestmark = pytest.mark.thorough  # processes, one after the other: two minutes

HARBOUR = "The harbour of Norrvik was opened in 1912. In 2023 it handled 4,811 ships."
SHIPS = "How many ships did the harbour of Norrvik handle in 2023?"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 40 MB."""
    with mount_small_disk(tmp_path / "disk", 40) as place:
        yield place


def write(folder: Path, first: int, last: int) -> Path:
    """Writes numbered documents of some length into a folder."""
    folder.mkdir(exist_ok=True)
    for number in range(first, last):
        text = " ".join(f"Ship {number} of port {port} carried {number + port} tonnes." for port in range(40))
        (folder / f"{number:02}.txt").write_text(text)
    return folder


def command(*arguments: object) -> subprocess.CompletedProcess[str]:
    """A command as a process of its own."""
    line = [sys.executable, "-m", "assistant", *map(str, arguments)]
    return subprocess.run(line, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize(
    "room",
    [
        pytest.param(kb, marks=() if kb in {100, 1_500} else pytest.mark.thorough)
        for kb in (0, 20, 100, 400, 800, 1_500, 2_500, 4_000, 6_000, 9_000)
    ],
)
def test_a_disk_that_fills_up_while_indexing(disk: Path, tmp_path: Path, room: int) -> None:
    """Whenever the disk fills up, the index stays whole, and the same command finishes once there is room."""
    docs = write(tmp_path / "docs", 0, 10)
    with open_index(disk / "home") as index:
        index.synchronise(docs)
        before = index_contents(index)
    write(docs, 10, 60)

    with fill_disk(disk, room):
        message = ""
        try:
            with open_index(disk / "home") as index:
                index.synchronise(docs)
        except StoreError as error:
            message = str(error)
    assert not message or "is full. Make room" in message or "(database or disk is full)" in message

    with open_index(disk / "home") as index:
        index.bm25.synchronise()
        check_index(index)
        contents = index_contents(index)
        assert before == {key: contents[key] for key in before}
        index.synchronise(docs)
        check_index(index)
        assert 60 == len(index_contents(index))


def test_an_index_that_stays_open_goes_on_once_there_is_room(disk: Path, tmp_path: Path) -> None:
    """An open index recovers without a restart: the interrupted work is done, and no row is left over."""
    docs = write(tmp_path / "docs", 0, 10)
    with open_index(disk / "home") as index:
        index.synchronise(docs)
        write(docs, 5, 40)
        for room in (850, 900, 950):
            with fill_disk(disk, room), pytest.raises(StoreError, match=r"is full\."):
                index.synchronise(docs)
            assert index.nearest("Ship 3 of port 7 carried 10 tonnes.", k=1)
        index.synchronise(docs)
        check_index(index)
        assert 40 == len(index_contents(index))


def test_the_command_says_that_the_disk_is_full(disk: Path, tmp_path: Path) -> None:
    """The command fails with one sentence; once there is room it succeeds, with all documents."""
    docs = write(tmp_path / "docs", 0, 20)
    with fill_disk(disk, 900):
        done = command("index", docs, "--home", disk / "home")
        assert 1 == done.returncode
        (message,) = [line for line in done.stderr.splitlines() if not line[0].isdigit()]
        assert "is full. Make room, and do it again." in message
    again = command("index", docs, "--home", disk / "home")
    assert 0 == again.returncode, again.stderr
    assert 20 == len(command("documents", "--home", disk / "home").stdout.splitlines())


def test_no_room_for_the_bm25_cache(disk: Path, tmp_path: Path) -> None:
    """Without room for the BM25 cache, the error names the file, and the next opening makes it."""
    docs = write(tmp_path / "docs", 0, 20)
    with open_index(disk / "home") as index:
        index.synchronise(docs)
        expected = index.words("tonnes")
    for file in (disk / "home").glob("lexical.sqlite*"):
        file.unlink()
    message = r"lexical\.sqlite' cannot be read or written \(.*full"
    with fill_disk(disk, 60), pytest.raises(StoreError, match=message), open_index(disk / "home"):
        pass
    with open_index(disk / "home") as index:
        check_index(index)
        assert expected == index.words("tonnes")


def test_no_room_for_the_vectors_leaves_the_index_as_it_is(disk: Path, tmp_path: Path) -> None:
    """Writing the vector files needs room for a copy; without it, at any point of copying, settling is put off."""
    docs = write(tmp_path / "docs", 0, 20)
    with open_index(disk / "home") as index:
        index.synchronise(docs)
        used = sum(file.stat().st_size for file in (disk / "home" / "chroma").rglob("*") if file.is_file())
    for room in (used // 2_000, used // 1_000 + 200, used // 1_000 + 900):
        with fill_disk(disk, room), open_index(disk / "home") as index:
            index.store._settle()
            check_index(index)
    assert not (disk / "home" / "chroma.draft").exists()


def test_an_upload_without_room_leaves_the_file_of_before(disk: Path) -> None:
    """HTTP 503 with the reason; the document that it was to replace is still there, as a file and in answers."""
    with serve_assistant(disk / "home", reader="off") as served:
        (first,) = served.client.post("/api/v1/documents", files=[("files", ("harbour.txt", HARBOUR.encode()))]).json()
        assert "added" == first["status"]
        longer = f"{HARBOUR} ".replace("4,811", "5,000") * 40_000
        for room in (500, 7_000):  # no room for the file; for the file, but not for the index
            with fill_disk(disk, room):
                refused = served.client.post("/api/v1/documents", files=[("files", ("harbour.txt", longer.encode()))])
            assert 503 == refused.status_code, refused.text
            assert "store" == refused.json()["error"]["type"]
            (kept,) = [path for path in (disk / "home" / "uploads").rglob("*") if path.is_file()]
            assert HARBOUR == kept.read_text()
            assert "4,811" in served.ask(SHIPS)["answer"]


def test_a_conversation_and_a_rating_without_room(disk: Path, tmp_path: Path) -> None:
    """Stored conversations and ratings stay whole, no partial line is left, and there is an error."""
    with Assistant(load_settings(home=tmp_path / "home", reader="off"), FakeEmbedder()) as assistant:
        (tmp_path / "harbour.txt").write_text(HARBOUR)
        assistant.index([tmp_path / "harbour.txt"])
        desk, nobody = PageController(assistant, disk), threading.Event()
        *_, talk = desk.ask("", "", SHIPS, {}, nobody)
        desk.rate_turn("", talk.id, 0, "up")
        kept, rated = desk.load_conversation("", talk.id), (disk / "feedback.jsonl").read_text()

        with fill_disk(disk, 0):
            with pytest.raises(StoreError, match=r"conversation can't be kept in .*No space left"):
                list(desk.ask("", talk.id, f"{SHIPS} {'Please. ' * 400}", {}, nobody))
            with pytest.raises(StoreError, match=r"can't be kept in .*No space left"):
                desk.rate_turn("", talk.id, 0, "", comment="Good. " * 300)
        assert kept == desk.load_conversation("", talk.id)
        assert rated == (disk / "feedback.jsonl").read_text()
        assert [f"{talk.id}.json"] == [path.name for path in (disk / "conversations").rglob("*") if path.is_file()]

        desk.rate_turn("", talk.id, 0, "", comment="Good.")
        assert 2 == len([json.loads(line) for line in (disk / "feedback.jsonl").read_text().splitlines()])


def test_half_a_rating_spoils_no_other(tmp_path: Path) -> None:
    """After a partial line left by a killed process, the next rating starts a line of its own."""
    with Assistant(load_settings(home=tmp_path / "home", reader="off"), FakeEmbedder()) as assistant:
        desk = PageController(assistant, tmp_path)
        *_, talk = desk.ask("", "", SHIPS, {}, threading.Event())
        (tmp_path / "feedback.jsonl").write_text('{"id": "half')
        desk.rate_turn("", talk.id, 0, "up")
    _half, whole = (tmp_path / "feedback.jsonl").read_text().splitlines()
    assert "up" == json.loads(whole)["rating"]


def test_a_home_that_can_only_be_read(disk: Path, tmp_path: Path) -> None:
    """On a read-only disk every command fails with one sentence; afterwards the index is unchanged."""
    docs = write(tmp_path / "docs", 0, 3)
    assert 0 == command("index", docs, "--home", disk / "home").returncode
    make_read_only(disk)
    for arguments in (["index", docs], ["search", "ships"], ["documents"], ["serve", "--port", "0"]):
        done = command(*arguments, "--home", disk / "home")
        assert (1, "") == (done.returncode, done.stdout)
        assert 1 == len(done.stderr.splitlines()), done.stderr
        assert "Read-only file system" in done.stderr
    make_writable(disk)
    again = command("index", docs, "--home", disk / "home")
    assert "added 0, changed 0, removed 0, unchanged 3" in again.stdout


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root can run a process as somebody else")
def test_a_home_of_somebody_else(tmp_path: Path) -> None:
    """Missing permissions are reported like a read-only disk."""
    (tmp_path / "home").mkdir(mode=0o755)
    tmp_path.chmod(0o755)
    script = f"""
import os
from pathlib import Path
from assistant.errors import StoreError
from assistant.index.store import Store
os.setgid(65534)
os.setuid(65534)
try:
    Store(Path({str(tmp_path / "home")!r}), "fake", 32, "1")
except StoreError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "cannot hold an index: Permission denied" in done.stdout, done.stderr
