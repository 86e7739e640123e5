"""An index is rebuilt: with another embedder, after damage, and again after a failed rebuild."""

import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.errors import EmbeddingError, LockedError, MismatchError, PathNotFoundError, StoreError
from assistant.ingest.rebuild import rebuild
from assistant.types import IndexReport
from tests.support.fake_embedder import FakeEmbedder
from tests.support.indexes import SPLITTER, check_index, document, file_id, index_contents, open_index

pytestmark = pytest.mark.folder  # test_chroma_server.py has a server's

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


@pytest.mark.parametrize("kept", [0, 1_000, 0.5])
def test_a_damaged_database_is_replaced(
    home: Path, tmp_path: Path, kept: float, caplog: pytest.LogCaptureFixture
) -> None:
    """A truncated database lists no documents: without a path that is an error, with one a warning."""
    database = home / "chroma" / "chroma.sqlite3"
    os.truncate(database, int(kept * database.stat().st_size) if isinstance(kept, float) else kept)

    with pytest.raises(StoreError, match="assistant index --rebuild PATH"):
        rebuilt(home)
    with caplog.at_level(logging.WARNING, "assistant"):
        report = rebuilt(home, tmp_path / "docs")

    assert 2 == len(report.added)
    assert ["assistant.ingest.rebuild"] == [record.name for record in caplog.records]
    with open_index(home, Other()) as index:
        check_index(index)
        assert 2 == len(index.store.summaries())


def test_a_damaged_text_is_named_and_the_rest_goes_in(home: Path, caplog: pytest.LogCaptureFixture) -> None:
    """An upload whose text has lost a row is left out, with a warning."""
    with open_index(home) as index:
        listed = index.store.summary("upload")
        assert listed is not None
        assert 2 == listed.texts
        index.store._chroma.delete("texts", [f"{listed.version}:t1"])

    assert 3 == len(rebuilt(home).added)
    assert "The text of 'upload' is damaged" in caplog.text


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
def watched(made, home):
    sys.addaudithook(hook)
    here_take(made, home)
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
