"""An index is rebuilt: with another embedder, after damage, and again after a failed rebuild."""

import contextlib
import errno
import logging
import multiprocessing
import os
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.errors import EmbeddingError, LockedError, MismatchError, PathNotFoundError, StoreError
from assistant.index.chroma.embedded import EmbeddedChroma
from assistant.ingest.rebuild import rebuild
from assistant.types import IndexReport
from tests.support.fake_embedder import FakeEmbedder
from tests.support.indexes import SPLITTER, check_index, document, file_id, index_contents, open_index

pytestmark = pytest.mark.folder  # test_chroma_server.py has a server's

ROOT = Path(__file__).resolve().parents[3]
EMBEDDED = "assistant.index.chroma.embedded"
LONG = document("upload", f"{'Snails are slow, ' * 20}very. " * 450)  # more text than a row holds
MANY = document("many", "Snails are slow. " * 5_100)  # more sentences than a call takes


class Other(FakeEmbedder):
    """Another model, with vectors of another length."""

    name = "other"
    dimension = 48


class Failing(Other):
    """An endpoint that goes away after the first request."""

    def __init__(self) -> None:
        self.asked = 0

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Fails on the second call."""
        self.asked += 1
        if self.asked > 1:
            raise EmbeddingError("It went away.")
        return super().embed(texts)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An index of a folder of two files, of a file elsewhere, and of an upload."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.txt").write_text("Cats sleep all day.")
    (tmp_path / "docs" / "b.txt").write_text("Dogs bark at night.")
    (tmp_path / "c.txt").write_text("Eels live in the pond.")
    with open_index(tmp_path / "home") as index:
        index.synchronise(tmp_path / "docs", tmp_path / "c.txt")
        index.add(LONG)
    return tmp_path / "home"


def rebuilt(home: Path, *paths: Path, embedder: FakeEmbedder | None = None) -> IndexReport:
    """Does what the command does."""
    return rebuild(home, embedder or Other(), SPLITTER, paths, max_bytes=1_000_000)


def test_another_embedder_loses_nothing(home: Path) -> None:
    """An index that a mismatch kept closed is complete after a rebuild: files, and uploads with their hashes."""
    with open_index(home) as index:
        index.add(MANY)
        before, hashes = index_contents(index), {entry.id: entry.file_hash for entry in index.store.summaries()}
    with pytest.raises(MismatchError), open_index(home, Other()):
        pass

    report = rebuilt(home)

    assert (5, (), ()) == (len(report.added), report.removed, report.failed)
    with open_index(home, Other()) as index:
        check_index(index)
        assert before == index_contents(index)
        assert hashes == {entry.id: entry.file_hash for entry in index.store.summaries()}
        assert ("upload", "many") == index.add(LONG, MANY).unchanged
        assert ["Eels live in the pond."] == index.words("eels")
    assert not {"rebuild", "chroma.old", "chroma.next"} & {path.name for path in home.iterdir()}


def test_files_are_read_anew_and_those_gone_or_unreadable_keep_their_text(home: Path, tmp_path: Path) -> None:
    """Without a path nothing is dropped: changed files are read, missing or damaged ones keep their text."""
    (tmp_path / "docs" / "a.txt").write_text("Cats purr.")
    (tmp_path / "docs" / "b.txt").unlink()
    (tmp_path / "c.txt").write_bytes(b"")

    report = rebuilt(home)

    assert [str(tmp_path / "c.txt")] == [failure.source for failure in report.failed]
    with open_index(home, Other()) as index:
        check_index(index)
        texts = {entry.source: index.store.document(entry.id).text for entry in index.store.summaries()}
    assert {
        str(tmp_path / "docs" / "a.txt"): "Cats purr.",
        str(tmp_path / "docs" / "b.txt"): "Dogs bark at night.",
        str(tmp_path / "c.txt"): "Eels live in the pond.",
        "upload": LONG.text,
    } == texts


def test_a_path_given_is_indexed_too_and_brought_in_line(home: Path, tmp_path: Path) -> None:
    """Under a given path new files are added and missing ones removed; what lies elsewhere stays."""
    (tmp_path / "docs" / "b.txt").unlink()
    (tmp_path / "docs" / "new.txt").write_text("Owls hoot.")

    report = rebuilt(home, tmp_path / "docs")

    assert (str(tmp_path / "docs" / "b.txt"),) == report.removed
    with open_index(home, Other()) as index:
        ids = set(index_contents(index))
    places = (tmp_path / "docs" / "a.txt", tmp_path / "docs" / "new.txt", tmp_path / "c.txt")
    assert {"upload", *map(file_id, places)} == ids


@pytest.mark.parametrize("left", [0, 1_000, 0.5])
def test_a_damaged_database_is_replaced(
    home: Path, tmp_path: Path, left: float, caplog: pytest.LogCaptureFixture
) -> None:
    """A truncated database lists no documents: without a path that is an error; with one it is kept, and named."""
    database = home / "chroma" / "chroma.sqlite3"
    os.truncate(database, int(left * database.stat().st_size) if isinstance(left, float) else left)
    damaged = database.read_bytes()

    with pytest.raises(StoreError, match="assistant index --rebuild PATH"):
        rebuilt(home)
    with caplog.at_level(logging.WARNING, "assistant"):
        report = rebuilt(home, tmp_path / "docs")

    assert 2 == len(report.added)
    cannot_be_read, kept = [record.getMessage() for record in caplog.records if record.name.startswith("assistant")]
    assert "only the paths given now are indexed" in cannot_be_read
    assert f"The old index is kept in '{home / 'chroma.damaged-1'}'" in kept
    assert damaged == (home / "chroma.damaged-1" / "chroma.sqlite3").read_bytes()
    with open_index(home, Other()) as index:
        check_index(index)
        assert 2 == len(index.store.summaries())


def test_a_damaged_text_is_named_and_the_rest_goes_in(home: Path, caplog: pytest.LogCaptureFixture) -> None:
    """An upload whose text has lost a row is left out, with a warning; the old index is kept, once for each time."""
    with open_index(home) as index:
        listed = index.store.summary("upload")
        assert listed is not None
        assert 2 == listed.texts
        index.store._chroma.delete("texts", [f"{listed.version}:t1"])

    shutil.copytree(home / "chroma", home.parent / "copy")
    for number in (1, 2):
        assert 3 == len(rebuilt(home).added)
        assert "The text of 'upload' is damaged" in caplog.text
        assert f"The old index is kept in '{home / f'chroma.damaged-{number}'}'" in caplog.text
        shutil.rmtree(home / "chroma")
        shutil.copytree(home.parent / "copy", home / "chroma")
    with open_index(home) as index:
        assert "upload" in {entry.id for entry in index.store.summaries()}
    assert {"chroma", "chroma.damaged-1", "chroma.damaged-2"} == {path.name for path in home.glob("chroma*")}


@pytest.mark.parametrize(
    ("step", "fault"),
    [
        ("copied", PermissionError(errno.EACCES, "Permission denied")),
        ("copied", OSError(errno.ENOSPC, "No space left on device")),
        ("opened", OSError(errno.EMFILE, "Too many open files")),
        ("opened", sqlite3.OperationalError("unable to open database file")),
        ("documents", MemoryError()),
        ("documents", RuntimeError("something that nobody has seen yet")),
        ("texts", OSError(errno.EMFILE, "Too many open files")),
    ],
)
def test_an_index_that_cannot_be_read_now_is_not_replaced(
    home: Path, tmp_path: Path, step: str, fault: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only damage is taken for damage: whatever else keeps the old index from being read, it stays as it is."""
    with open_index(home) as index:
        before = index_contents(index)

    def fail(*_: object) -> None:
        raise fault

    def fail_in_old(chroma: EmbeddedChroma, name: str) -> Any:
        return fail() if name == step and "rebuild/old" in chroma.location else collection(chroma, name)

    collection = EmbeddedChroma._collection
    with monkeypatch.context() as patch:
        if step in {"copied", "opened"}:
            name = "assistant.ingest.rebuild.copy_rows" if step == "copied" else f"{EMBEDDED}.check_text"
            patch.setattr(name, fail)
        else:
            patch.setattr(EmbeddedChroma, "_collection", fail_in_old)
        with pytest.raises(StoreError, match=r"cannot be read now .*it stays as it is") as raised:
            rebuilt(home, tmp_path / "docs")
    assert "--rebuild PATH" not in str(raised.value)
    with open_index(home) as index:
        assert before == index_contents(index)
    assert ["chroma"] == [path.name for path in home.glob("*") if path.is_dir()]


def rebuild_with_few_files(home: Path, docs: Path, limit: int) -> None:
    """Rebuilds in a process that may open so many files beside those that are open."""
    opened = len([*Path("/proc/self/fd").iterdir()])
    resource.setrlimit(resource.RLIMIT_NOFILE, (opened + limit, opened + limit))
    with contextlib.suppress(StoreError, OSError):
        rebuilt(home, docs)


@pytest.mark.skipif(sys.platform != "linux", reason="counts its open files in /proc")
@pytest.mark.parametrize(
    "limit", [pytest.param(limit, marks=() if limit in {4, 14} else pytest.mark.hostile) for limit in range(0, 40, 2)]
)
def test_a_rebuild_with_too_many_open_files_loses_nothing(home: Path, tmp_path: Path, limit: int) -> None:
    """Wherever the system refuses to open another file, a document without a file stays in the index."""
    process = multiprocessing.get_context("forkserver").Process(
        target=rebuild_with_few_files, args=(home, tmp_path / "docs", limit)
    )
    process.start()
    process.join()

    for embedder in (FakeEmbedder(), Other()):
        with contextlib.suppress(MismatchError), open_index(home, embedder) as index:
            check_index(index)
            assert LONG == index.store.document("upload")
            return
    pytest.fail("no index was left")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can run a process as somebody else")
@pytest.mark.parametrize("name", ["chroma", "chroma/chroma.sqlite3"])
def test_a_rebuild_without_permission_loses_nothing(home: Path, tmp_path: Path, name: str) -> None:
    """An index that this user may not read is not taken for a damaged one."""
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    for path in (home, *home.rglob("*")):
        os.chown(path, 65534, 65534)
    (home / name).chmod(0)
    script = f"""
import os, sys
sys.path.insert(0, {str(ROOT)!r})
from tests.integration.ingest import test_rebuild as here
from assistant.errors import StoreError
os.setgid(65534)
os.setuid(65534)
try:
    here.rebuilt(here.Path({str(home)!r}), here.Path({str(tmp_path / "docs")!r}))
except StoreError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert re.search(r"cannot (be read now|hold an index).*Permission denied", done.stdout), done.stderr
    (home / name).chmod(0o700)
    with open_index(home) as index:
        check_index(index)
        assert LONG == index.store.document("upload")


def test_a_home_without_an_index_gets_one(tmp_path: Path) -> None:
    """Without an old index, the given paths are indexed."""
    (tmp_path / "a.txt").write_text("Cats sleep all day.")

    assert (str(tmp_path / "a.txt"),) == rebuilt(tmp_path / "home", tmp_path / "a.txt").added
    with open_index(tmp_path / "home", Other()) as index:
        check_index(index)


@pytest.mark.parametrize(
    ("embedder", "path", "error"),
    [(Failing(), "docs", EmbeddingError), (Other(), "nowhere", PathNotFoundError)],
)
def test_a_rebuild_that_fails_changes_nothing(
    home: Path, tmp_path: Path, embedder: FakeEmbedder, path: str, error: type[Exception]
) -> None:
    """After a failed rebuild the old index is unchanged, and nothing of the new one is left."""
    with open_index(home) as index:
        before = index_contents(index)
    with pytest.raises(error):
        rebuilt(home, tmp_path / path, embedder=embedder)
    with open_index(home) as index:
        check_index(index)
        assert before == index_contents(index)
    assert not (home / "rebuild").exists()


def test_an_index_that_is_open_is_left_alone(home: Path) -> None:
    """A rebuild does not touch an index that is open."""
    with open_index(home) as index:
        with pytest.raises(LockedError):
            rebuilt(home)
        check_index(index)


KILLED = """
import os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from tests.integration.ingest import test_rebuild as here
import assistant.ingest.rebuild
count = 0
def hook(event, args):
    global count
    name = os.path.basename(str(args[0])) if args else ""
    if event in ("os.rename", "os.remove", "shutil.rmtree") and "home" in str(args[0]):
        count += 1
        if count == int(sys.argv[3]):
            os.kill(os.getpid(), 9)
here_take = assistant.ingest.rebuild.replace_index
def watched(made, home, **options):
    sys.addaudithook(hook)
    here_take(made, home, **options)
assistant.ingest.rebuild.replace_index = watched
here.rebuilt(Path(sys.argv[2]))
"""


@pytest.mark.parametrize(
    "moment", [pytest.param(n, marks=pytest.mark.slow) if n not in (4, 5) else n for n in range(1, 9)]
)
def test_killed_while_the_new_index_takes_its_place(home: Path, moment: int) -> None:
    """A rebuild killed before any of the last renames leaves the old index or the new one, whole."""
    with open_index(home) as index:
        before = index_contents(index)
    root = str(Path(__file__).resolve().parents[3])
    died = subprocess.run(
        [sys.executable, "-c", KILLED, root, str(home), str(moment)], check=False, capture_output=True
    )
    assert -9 == died.returncode, died.stderr.decode()

    try:
        with open_index(home) as index:
            check_index(index)
            assert before == index_contents(index)
    except MismatchError:
        with open_index(home, Other()) as index:
            check_index(index)
            assert before == index_contents(index)
    rebuilt(home)
    with open_index(home, Other()) as index:
        assert before == index_contents(index)
