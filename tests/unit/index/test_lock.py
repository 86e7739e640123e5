import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.errors import LockedError, StoreError
from assistant.index.lock import HomeLock, server_address
from tests.support.indexes import check_index, document, open_index

HOLDER = """
import sys, time
from pathlib import Path
from assistant.index.lock import HomeLock
lock = HomeLock(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


def holder(home: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(home)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_second_owner_in_one_process_is_told(tmp_path: Path) -> None:
    """A second opening in the same process fails at once and says that this process has it open."""
    lock = HomeLock(tmp_path / "home")

    with pytest.raises(LockedError, match=r"This process has the index in '.*home' open already, since"):
        HomeLock(tmp_path / "home")

    lock.release()
    HomeLock(tmp_path / "home").release()


def test_other_process_is_named_and_its_death_frees_the_folder(tmp_path: Path) -> None:
    """The error names the owner's process and command; once that is killed, the folder is free."""
    process = holder(tmp_path)

    with pytest.raises(LockedError, match=rf"open in process {process.pid} \(`-c .*`\), since .*--home"):
        HomeLock(tmp_path)

    process.kill()
    process.communicate()
    lock = HomeLock(tmp_path)
    assert os.getpid() == json.loads((tmp_path / "owner.json").read_text())["pid"]
    lock.release()


@pytest.mark.parametrize("note", [None, "", "{}", "[1]", '{"pid": 1}'])
def test_a_lost_or_garbled_note_still_gives_a_clear_error(tmp_path: Path, note: str | None) -> None:
    """Without a readable note of the owner, the error says what is known and what to do."""
    lock = HomeLock(tmp_path)
    (tmp_path / "owner.json").unlink()
    if note is not None:
        (tmp_path / "owner.json").write_text(note)

    with pytest.raises(LockedError, match=r"Another process has the index in '.*' open. Close it"):
        HomeLock(tmp_path)

    lock.release()


def test_the_address_of_the_owner_is_told_while_it_holds_the_lock(tmp_path: Path) -> None:
    """There is no address before the owner serves, and none after it releases the lock, even if its note stays."""
    assert server_address(tmp_path) is None
    lock = HomeLock(tmp_path)
    assert server_address(tmp_path) is None
    lock.announce("http://127.0.0.1:7860")
    assert "http://127.0.0.1:7860" == server_address(tmp_path)
    note = (tmp_path / "owner.json").read_text()
    lock.release()
    (tmp_path / "owner.json").write_text(note)
    assert server_address(tmp_path) is None
    HomeLock(tmp_path).release()


@pytest.mark.parametrize("pid", [None, "1", 0, -1, 2**70])
def test_a_note_of_no_living_process_counts_for_nothing(tmp_path: Path, pid: object) -> None:
    """The lock is held, but not by the process that the note names."""
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    lock = HomeLock(tmp_path)
    for number in (pid, dead.pid):
        (tmp_path / "owner.json").write_text(json.dumps({"pid": number, "address": "http://127.0.0.1:9"}))
        assert server_address(tmp_path) is None
    lock.release()


def test_release_may_be_repeated_and_takes_the_note_away(tmp_path: Path) -> None:
    """Releasing twice is harmless, and no note of a former owner stays behind."""
    lock = HomeLock(tmp_path)
    lock.release()
    lock.release()

    assert not (tmp_path / "owner.json").exists()


def test_a_folder_that_cannot_be_made_is_a_store_error(tmp_path: Path) -> None:
    """A home below a file is an error that names it and what to do."""
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreError, match=r"cannot hold an index: .*--home"):
        HomeLock(tmp_path / "file" / "home")


@pytest.mark.parametrize(
    "make", [Path.mkdir, lambda path: path.symlink_to("nowhere/x"), lambda path: path.symlink_to("mine")]
)
def test_something_else_in_the_lock_s_place_is_named(tmp_path: Path, make: Callable[[Path], object]) -> None:
    """A folder or a link there is somebody's: it stays, and the error says which it is."""
    (tmp_path / "mine").write_text("mine")
    make(tmp_path / "lock")
    kind = "folder" if not (tmp_path / "lock").is_symlink() else "link"
    with pytest.raises(StoreError, match=rf"lock' is a {kind}, where the index has a file of its own\. Move it away"):
        HomeLock(tmp_path)
    assert (tmp_path / "lock").is_symlink() == (kind == "link")
    assert "mine" == (tmp_path / "mine").read_text()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_something_else_in_the_note_s_place_does_no_harm(tmp_path: Path) -> None:
    """A link is replaced, not written through; a pipe is not read; a folder stays."""
    (tmp_path / "mine").write_text("mine")
    note = tmp_path / "owner.json"
    makers: list[Callable[[], object]] = [lambda: note.symlink_to("mine"), lambda: os.mkfifo(note), note.mkdir]
    for make in makers:
        make()
        assert server_address(tmp_path) is None
        lock = HomeLock(tmp_path)
        with pytest.raises(LockedError):
            HomeLock(tmp_path)
        lock.release()
    assert "mine" == (tmp_path / "mine").read_text()
    assert note.is_dir()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (os.fsdecode(b"h\xff"), "its name isn't UTF-8"),
        ("/".join(["a" * 100] * 6), "its path has [0-9]+ bytes, of at most 476"),
        ("a" * 300, "File name too long"),
        ("dangling", "it is a link that leads nowhere"),
    ],
)
def test_a_home_that_can_t_be_is_an_error_before_anything_is_made(tmp_path: Path, name: str, reason: str) -> None:
    """Neither Chroma nor SQLite is left to fail there."""
    (tmp_path / "dangling").symlink_to("nowhere")
    with pytest.raises(StoreError, match=rf"cannot hold an index: {reason}.*\. Choose another with --home"):
        HomeLock(tmp_path / name)
    assert ["dangling"] == [path.name for path in tmp_path.iterdir()]


@pytest.mark.folder
def test_the_longest_home_holds_an_index(tmp_path: Path) -> None:
    """A path of as many bytes as are allowed is one that SQLite takes."""
    folder = tmp_path.joinpath(*["a" * 100] * 3)
    home = folder / ("b" * (476 - len(os.fsencode(folder)) - 1))
    with open_index(home) as index:
        index.add(document("a", "The old pier was built in 1902."))
        index.store._settle()
    with open_index(home) as index:
        check_index(index)
