"""An index follows files and folders while they change: real ones, watched by a thread or by a process."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import watchfiles
from numpy.typing import NDArray

from assistant.client import Assistant
from assistant.errors import EmbeddingError, PathNotFoundError
from assistant.ingest.watch import Watcher, WatchTiming, watch_in_background
from assistant.settings import load_settings
from assistant.types import Document, IndexReport
from tests.support.fake_embedder import FakeEmbedder
from tests.support.faults import mount_small_disk, unmount
from tests.support.files import zip_file

QUICK = WatchTiming(tick=0.05, quiet=0.4, longest=30, retry=0.5, rescan=600)
SOON = 20.0  # seconds within which a change must have arrived; it takes one


class Flaky(FakeEmbedder):
    """An embedder that can be made to fail."""

    up = True

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Fails unless it is up."""
        if not self.up:
            raise EmbeddingError("The endpoint is away.")
        return super().embed(texts)


class Watched:
    """An index that follows some paths, and the reports that it gave."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant
        self.reports: list[IndexReport] = []

    @property
    def names(self) -> set[str]:
        """Of the files that are indexed."""
        return {Path(summary.source).name for summary in self.assistant.documents()}

    def text(self, name: str) -> str:
        """Of a file as it is indexed."""
        ids = {Path(summary.source).name: summary.id for summary in self.assistant.documents()}
        return self.assistant.document(ids[name]).text if name in ids else ""


@contextmanager
def watching(
    home: Path, *paths: Path, pace: WatchTiming = QUICK, embedder: FakeEmbedder | None = None
) -> Iterator[Watched]:
    """Watches paths in a thread, once all that is there is indexed."""
    with Assistant(load_settings(home=home, reader="off"), embedder or FakeEmbedder()) as assistant:
        watched = Watched(assistant)
        with watch_in_background(Watcher(assistant, paths, watched.reports.append, pace)):
            until(lambda: any(report.added for report in watched.reports))
            yield watched


def until(holds: Callable[[], object]) -> None:
    """Waits until a condition holds."""
    end = time.monotonic() + SOON
    while not holds():
        assert time.monotonic() < end, "it did not come to hold"
        time.sleep(0.02)


def rest(pace: WatchTiming = QUICK) -> None:
    """Waits longer than a change would need to be indexed."""
    time.sleep(pace.quiet + 10 * pace.tick + 0.5)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of one document."""
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.txt").write_text("Cats sleep all day.")
    return folder


def test_files_come_change_and_go(folder: Path, tmp_path: Path) -> None:
    """Each batch gives one report, of the changed files only."""
    with watching(tmp_path / "home", folder) as watched:
        (folder / "b.txt").write_text("Dogs bark at night.")
        until(lambda: watched.names == {"a.txt", "b.txt"})
        (folder / "b.txt").write_text("Dogs sleep too.")
        until(lambda: watched.text("b.txt") == "Dogs sleep too.")
        (folder / "a.txt").unlink()
        until(lambda: watched.names == {"b.txt"})
        rest()
    a, b = str(folder / "a.txt"), str(folder / "b.txt")
    assert [((a,), (), ()), ((b,), (), ()), ((), (b,), ()), ((), (), (a,))] == [
        (report.added, report.changed, report.removed) for report in watched.reports
    ]
    assert [(), (), (), ()] == [report.unchanged for report in watched.reports]


def test_archives_come_change_and_go(folder: Path, tmp_path: Path) -> None:
    """What is in them is added, changed and removed as the files beside them are."""
    archive = folder / "plans.zip"
    with watching(tmp_path / "home", folder) as watched:
        archive.write_bytes(zip_file({"b.txt": "Dogs bark at night.", "c.txt": "Owls hoot."}))
        until(lambda: watched.names == {"a.txt", "b.txt", "c.txt"})
        (folder / "a.txt").write_text("Cats sleep all night.")
        until(lambda: watched.text("a.txt") == "Cats sleep all night.")
        archive.write_bytes(zip_file({"b.txt": "Dogs sleep too."}))
        until(lambda: watched.text("b.txt") == "Dogs sleep too." and "c.txt" not in watched.names)
        archive.unlink()
        until(lambda: watched.names == {"a.txt"})


def test_folders_move_in_and_out(folder: Path, tmp_path: Path) -> None:
    """Files are added and removed with their folder, also below a folder created while it is watched."""
    (tmp_path / "later").mkdir()
    (tmp_path / "later" / "c.txt").write_text("Eels live in the pond.")
    with watching(tmp_path / "home", folder) as watched:
        (tmp_path / "later").rename(folder / "moved")
        (folder / "made" / "deep").mkdir(parents=True)
        (folder / "made" / "deep" / "d.txt").write_text("Owls hoot.")
        until(lambda: watched.names == {"a.txt", "c.txt", "d.txt"})
        (folder / "made" / "deep" / "e.txt").write_text("Ants march.")
        until(lambda: "e.txt" in watched.names)
        (folder / "moved").rename(tmp_path / "later")
        shutil.rmtree(folder / "made")
        until(lambda: watched.names == {"a.txt"})


def test_a_file_that_is_still_being_written_is_read_when_it_rests(folder: Path, tmp_path: Path) -> None:
    """A file that is being written is read once, when it is complete; a file beside it does not wait."""
    with watching(tmp_path / "home", folder) as watched:
        with (folder / "slow.txt").open("w") as file:
            for number in range(15):
                file.write(f"Line {number}.\n")
                file.flush()
                if number == 1:
                    (folder / "quick.txt").write_text("Bees hum.")
                time.sleep(0.1)
                assert "slow.txt" not in watched.names
            assert "quick.txt" in watched.names
        until(lambda: "slow.txt" in watched.names)
        assert watched.text("slow.txt").endswith("Line 14.\n")
        rest()
    assert 1 == sum(str(folder / "slow.txt") in (*report.added, *report.changed) for report in watched.reports)


def test_a_file_that_never_rests_is_read_all_the_same(folder: Path, tmp_path: Path) -> None:
    """A file that keeps changing is read after a while as it is."""
    with watching(tmp_path / "home", folder, pace=WatchTiming(0.05, 0.4, longest=1.0)) as watched:
        number = 0
        while "log.txt" not in watched.names:
            number += 1
            (folder / "log.txt").write_text(f"Line {number}.\n")
            time.sleep(0.05)
            assert number < 20 * SOON


def test_what_is_no_document_stays_out(folder: Path, tmp_path: Path) -> None:
    """Hidden, temporary and ignored files give no report; a changed ignore list applies at once."""
    with watching(tmp_path / "home", folder) as watched:
        (folder / ".hidden").mkdir()
        for name in (".a.txt.swp", "~$a.docx", "a.txt~", "x.tmp", "y.part", "z.unknown", ".hidden/b.txt"):
            (folder / name).write_text("Not a document.")
        rest()
        assert 1 == len(watched.reports)
        (folder / ".assistantignore").write_text("draft*\na.txt\n")
        (folder / "draft.txt").write_text("Not yet.")
        until(lambda: watched.names == set())
        (folder / ".assistantignore").unlink()
        until(lambda: watched.names == {"a.txt", "draft.txt"})


def test_an_editor_that_replaces_a_file_changes_it(folder: Path, tmp_path: Path) -> None:
    """Replacing a file by a renamed one is a change, in a watched folder and for a watched file."""
    alone = tmp_path / "alone.txt"
    alone.write_text("Eels live in the pond.")
    with watching(tmp_path / "home", folder, alone) as watched:
        for number in range(3):
            for path in (alone, folder / "a.txt"):
                draft = path.with_suffix(".tmp")
                draft.write_text(f"Edition {number}.")
                draft.replace(path)
            until(lambda: {watched.text("alone.txt"), watched.text("a.txt")} == {f"Edition {number}."})  # noqa: B023
    assert [] == [report for report in watched.reports if report.removed]


def test_what_cannot_be_read_is_told_and_the_rest_goes_in(folder: Path, tmp_path: Path) -> None:
    """A damaged file is reported in its batch, and does not hold up the others."""
    with watching(tmp_path / "home", folder) as watched:
        (folder / "b.pdf").write_bytes(b"%PDF-1.7 nothing")
        (folder / "c.txt").write_text("Owls hoot.")
        until(lambda: any(report.failed for report in watched.reports))
        until(lambda: "c.txt" in watched.names)
        rest()
        failed = [failure.source for report in watched.reports for failure in report.failed]
    assert [str(folder / "b.pdf")] == failed


def test_documents_from_elsewhere_stay(folder: Path, tmp_path: Path) -> None:
    """A change under a watched folder removes nothing that was indexed from another place, or handed over."""
    (tmp_path / "other.txt").write_text("Other things.")
    with Assistant(load_settings(home=tmp_path / "home", reader="off"), FakeEmbedder()) as assistant:
        handed = Document("handed", "Handed over", str(folder / "gone.txt"), "It has no file.", "txt")
        assistant.index([tmp_path / "other.txt", handed])
    with watching(tmp_path / "home", folder) as watched:
        (folder / "a.txt").unlink()
        until(lambda: watched.names == {"other.txt", "gone.txt"})


def test_a_folder_that_vanishes_removes_nothing(folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A missing folder is logged once, others are still watched, and its changes are seen when it is back."""
    other = tmp_path / "other"
    other.mkdir()
    with watching(tmp_path / "home", folder, other) as watched:
        folder.rename(tmp_path / "away")
        until(lambda: "is not there at the moment" in caplog.text)
        (other / "b.txt").write_text("Dogs bark at night.")
        until(lambda: watched.names == {"a.txt", "b.txt"})
        (tmp_path / "away" / "c.txt").write_text("Eels live in the pond.")
        (tmp_path / "away" / "a.txt").unlink()
        rest()
        assert {"a.txt", "b.txt"} == watched.names
        (tmp_path / "away").rename(folder)
        until(lambda: watched.names == {"b.txt", "c.txt"})
        (folder / "d.txt").write_text("Owls hoot.")
        until(lambda: "d.txt" in watched.names)
    assert 1 == caplog.text.count("is not there at the moment")
    assert 1 == caplog.text.count("is there again")


def test_a_file_system_that_is_unmounted_removes_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The empty mount point left behind is not mistaken for a folder whose files were deleted."""
    with mount_small_disk(tmp_path / "share", 1):
        (tmp_path / "share" / "a.txt").write_text("Cats sleep all day.")
        with watching(tmp_path / "home", tmp_path / "share", pace=WatchTiming(0.05, 0.4, rescan=1.0)) as watched:
            unmount(tmp_path / "share")
            until(lambda: "is not there at the moment" in caplog.text)
            time.sleep(2.5)  # two looks at everything
            assert {"a.txt"} == watched.names
            with mount_small_disk(tmp_path / "share", 1):
                (tmp_path / "share" / "b.txt").write_text("Dogs bark at night.")
                until(lambda: watched.names == {"b.txt"})
                unmount(tmp_path / "share")


def test_everything_is_looked_at_again_now_and_then(folder: Path, tmp_path: Path) -> None:
    """A change that the file system does not report, here behind a link that was named, is found by the rescan."""
    (tmp_path / "real.txt").write_text("Owls hoot.")
    (folder / "link.txt").symlink_to(tmp_path / "real.txt")
    with watching(tmp_path / "home", folder / "link.txt", pace=WatchTiming(0.05, 0.4, rescan=1.0)) as watched:
        (tmp_path / "real.txt").write_text("Owls sleep.")
        until(lambda: watched.text("link.txt") == "Owls sleep.")


def test_without_events_everything_is_looked_at(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """When the system has no watches left, that is logged once, and the rescan finds what changed."""

    def full(*_: object, **__: object) -> Iterator[Any]:
        raise OSError("OS file watch limit reached.")

    monkeypatch.setattr(watchfiles, "watch", full)
    with watching(tmp_path / "home", folder, pace=WatchTiming(0.05, 0.4, retry=0.5, rescan=1.0)) as watched:
        (folder / "b.txt").write_text("Dogs bark at night.")
        until(lambda: "b.txt" in watched.names)
        time.sleep(1.5)
    assert 1 == caplog.text.count("No changes are told (OS file watch limit reached.)")


def test_an_error_ends_nothing(folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """While the embedder fails a change waits; it is indexed when the embedder works again."""
    embedder = Flaky()
    with watching(tmp_path / "home", folder, embedder=embedder) as watched:
        embedder.up = False
        (folder / "b.txt").write_text("Dogs bark at night.")
        until(lambda: "The endpoint is away. It is tried again" in caplog.text)
        assert {"a.txt"} == watched.names
        embedder.up = True
        until(lambda: "b.txt" in watched.names)


def test_a_batch_is_ended_between_two_documents(folder: Path, tmp_path: Path) -> None:
    """A watcher stops in the middle of a long batch, and what is indexed is whole."""
    for number in range(200):
        (folder / f"{number}.txt").write_text(f"Document {number}. " * 40)
    stop = threading.Event()

    class Slow(FakeEmbedder):
        def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
            stop.set()
            return super().embed(texts)

    with Assistant(load_settings(home=tmp_path / "home", reader="off"), Slow()) as assistant:
        Watcher(assistant, [folder], lambda _: None, QUICK).run(stop)
        assert len(assistant.documents()) < 201
        assistant.index([folder])
        assert 201 == len(assistant.documents())


def test_a_path_that_is_not_there_is_an_error_at_once(tmp_path: Path) -> None:
    """A path that does not exist is an error, and nothing is watched."""
    with (
        Assistant(load_settings(home=tmp_path / "home", reader="off"), FakeEmbedder()) as assistant,
        pytest.raises(PathNotFoundError, match="nowhere"),
    ):
        Watcher(assistant, [tmp_path / "nowhere"], lambda _: None)


# The process


@pytest.mark.parametrize(
    ("number", "code", "stderr"), [(signal.SIGTERM, 0, ""), (signal.SIGINT, 130, "Interrupted.\n")]
)
def test_the_process_tells_each_batch_and_ends_well(
    folder: Path, tmp_path: Path, number: signal.Signals, code: int, stderr: str
) -> None:
    """`index --watch --json` prints one object a line; SIGTERM ends it with 0, Ctrl-C with 130."""
    command = [sys.executable, "-m", "assistant", "index", str(folder), "--watch", "--json"]
    command += ["--home", str(tmp_path / "home")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert [str(folder / "a.txt")] == json.loads(process.stdout.readline())["added"]
        (folder / "b.txt").write_text("Dogs bark at night.")
        assert [str(folder / "b.txt")] == json.loads(process.stdout.readline())["added"]
        (folder / "a.txt").unlink()
        assert [str(folder / "a.txt")] == json.loads(process.stdout.readline())["removed"]
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    assert (code, "") == (process.returncode, out)
    assert stderr == re.sub(r"\d+/\d+ .*\n", "", err)
    assert not (tmp_path / "home" / "owner.json").exists()


def test_the_process_prints_counts(folder: Path, tmp_path: Path) -> None:
    """Without --json a batch is one line of counts, also through a pipe."""
    command = [sys.executable, "-m", "assistant", "index", str(folder), "--watch", "--home", str(tmp_path / "home")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert "added 1, changed 0, removed 0, unchanged 0, skipped 0, failed 0\n" == process.stdout.readline()
        (folder / "a.txt").write_text("Cats purr.")
        assert "added 0, changed 1, removed 0, unchanged 0, skipped 0, failed 0\n" == process.stdout.readline()
        process.terminate()
        process.communicate(timeout=30)


@pytest.mark.slow
def test_a_server_that_watches_answers_from_what_is_new(folder: Path, tmp_path: Path) -> None:
    """`serve --watch` indexes what is there, and the next question after a change sees it."""
    other = tmp_path / "other.txt"
    other.write_text("The lighthouse keeper counted 77 seals on the skerry.")
    command = [sys.executable, "-m", "assistant", "serve", "--port", "0", "--watch", str(folder), "--watch", str(other)]
    command += ["--home", str(tmp_path / "home")]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "ASSISTANT_READER": "off"},
    ) as process:
        assert process.stdout is not None
        address = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        assert address is not None

        def answer(question: str) -> str:
            response = httpx.post(f"{address[0]}/api/v1/ask", json={"question": question}, timeout=30)
            return str(response.json().get("answer"))

        try:
            until(lambda: "77 seals" in answer("How many seals did the lighthouse keeper count?"))
            (folder / "harbour.txt").write_text("In 2023 the harbour of Norrvik handled 4,811 ships.")
            until(lambda: "4,811" in answer("How many ships did the harbour of Norrvik handle in 2023?"))
            other.write_text("The lighthouse keeper counted 78 seals on the skerry.")
            until(lambda: "78 seals" in answer("How many seals did the lighthouse keeper count?"))
        finally:
            process.terminate()
            _, logged = process.communicate(timeout=60)
    assert 0 == process.returncode, logged
    entries = [entry for line in logged.splitlines() if (entry := json.loads(line))["message"] == "indexed"]
    assert [(2, 0), (1, 0), (0, 1)] == [(entry["added"], entry["changed"]) for entry in entries]
