"""An indexing process is killed at random moments; the next opening must find every document whole."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.indexes import check_index, file_id, index_contents, open_index

SEED = 20_241_106
LATEST = 1.6  # seconds after the index is open
INDEXER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from tests.support import indexes
import assistant.ingest.indexer, assistant.index.store
# Many small groups, and settling between them: more kinds of moments.
assistant.ingest.indexer._GROUP_SENTENCES = assistant.ingest.indexer._PART_SENTENCES = 40
assistant.index.store._SETTLE_IN_RUN_ROWS = 400
with indexes.open_index(Path(sys.argv[2])) as index:
    print("opened", flush=True)
    report = index.synchronise(Path(sys.argv[3]))
    print("done", flush=True)
"""


def write_folder(folder: Path, edition: int) -> dict[str, str]:
    """Writes sixty small documents; each edition changes, adds and drops some. Returns the texts by id."""
    folder.mkdir(exist_ok=True)
    rng = random.Random(edition)  # noqa: S311 — test data
    texts = {}
    for number in range(60):
        path = folder / f"{number:02}.txt"
        path.unlink(missing_ok=True)
        if rng.random() < 0.1:
            continue
        changed = edition if rng.random() < 0.8 else 0
        text = " ".join(f"Edition {changed} of document {number} says {n}." for n in range(rng.randint(1, 14)))
        path.write_text(text)
        texts[file_id(path)] = text
    return texts


def kill_at(home: Path, folder: Path, seconds: float) -> bool:
    """Starts indexing, and kills it some seconds after the index is open. Returns whether it had finished before."""
    root = str(Path(__file__).resolve().parents[3])
    process = subprocess.Popen(
        [sys.executable, "-c", INDEXER, root, str(home), str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    if seconds >= 0:
        assert "opened\n" == process.stdout.readline()
    time.sleep(abs(seconds))
    process.kill()
    rest, _ = process.communicate()
    return "done" in rest


def rounds(tmp_path: Path, number: int) -> None:
    """Kills this many indexing processes over changing editions, and checks the index after each."""
    home, folder = tmp_path / "home", tmp_path / "docs"
    rng = random.Random(SEED)  # noqa: S311 — the moments of the kills, the same each time
    moments = [rng.uniform(part, part + 1) * LATEST / number for part in range(number)]  # one in each part of the time
    rng.shuffle(moments)
    before: dict[str, str] = {}
    with open_index(home) as index:
        write_folder(folder, 0)
        index.synchronise(folder)
        before = {entry.id: index.store.document(entry.id).text for entry in index.store.summaries()}
    finished = 0
    for edition, moment in enumerate(moments, 1):
        after = write_folder(folder, edition)
        finished += kill_at(home, folder, moment)
        with open_index(home) as index:
            check_index(index)
            texts = {entry.id: index.store.document(entry.id).text for entry in index.store.summaries()}
            for document_id in before.keys() | after.keys():
                assert texts.get(document_id) in {before.get(document_id), after.get(document_id)}
            before = texts
            if edition % 3 == 0:
                index.synchronise(folder)
                check_index(index)
                before = {entry.id: index.store.document(entry.id).text for entry in index.store.summaries()}
                assert before == after
    assert finished < number, "every process had finished before it was killed: the moments are too late"
    with open_index(home) as index, open_index(tmp_path / "fresh") as fresh:
        index.synchronise(folder)
        fresh.synchronise(folder)
        assert index_contents(fresh) == index_contents(index)
        check_index(index)


def test_killed_three_times(tmp_path: Path) -> None:
    """Three kills in the middle of indexing leave whole documents, and a last run finishes the work."""
    rounds(tmp_path, 3)


@pytest.mark.slow
def test_killed_ten_times(tmp_path: Path) -> None:
    """Ten kills in the middle of indexing leave whole documents, and a last run finishes the work."""
    rounds(tmp_path, 10)


@pytest.mark.slow
def test_killed_while_the_index_is_made(tmp_path: Path) -> None:
    """Kills while a new index's folder is being made leave one that opens."""
    folder = tmp_path / "docs"
    write_folder(folder, 1)
    rng = random.Random(SEED)  # noqa: S311 — as above
    for number in range(5):
        home = tmp_path / f"home{number}"
        kill_at(home, folder, -rng.uniform(0.8, 1.8))
        with open_index(home) as index:
            check_index(index)


_SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    ("step", "moment"),
    [
        ("documents", "before"),
        ("documents", "after"),
        *(
            pytest.param(step, moment, marks=_SLOW)
            for step in ("journal", "texts", "sentences", "passages", "delete")
            for moment in ("before", "after")
        ),
    ],
)
def test_killed_at_each_step(tmp_path: Path, step: str, moment: str) -> None:
    """A process that dies just before or after any step of a write leaves the old version or the new one."""
    home, folder = tmp_path / "home", tmp_path / "docs"
    folder.mkdir()
    (folder / "a.txt").write_text("Old one. Old two.")
    with open_index(home) as index:
        index.synchronise(folder)
    (folder / "a.txt").write_text("New one. New two. New three.")
    script = INDEXER.replace(
        "with indexes",
        f"""
import os
from assistant.index.chroma.embedded import EmbeddedChroma
method = "delete" if {step!r} == "delete" else "put"
original = getattr(EmbeddedChroma, method)
def dying(self, name, *given):
    if {moment!r} == "after":
        original(self, name, *given)
    if name == {step!r} or method == "delete":
        os.kill(os.getpid(), 9)
    if {moment!r} == "before":
        original(self, name, *given)
setattr(EmbeddedChroma, method, dying)
with indexes""",
    )
    root = str(Path(__file__).resolve().parents[3])
    died = subprocess.run(
        [sys.executable, "-c", script, root, str(home), str(folder)], check=False, capture_output=True
    )
    assert -9 == died.returncode, died.stderr.decode()

    with open_index(home) as index:
        check_index(index)
        text = index.store.document(file_id(folder / "a.txt")).text
        assert text in {"Old one. Old two.", "New one. New two. New three."}
        assert (step == "delete" or (step, moment) == ("documents", "after")) == text.startswith("New")
