"""Files are read in processes of their own: bounded, replaced, ended."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.errors import ReadingError
from assistant.readers import KIND_BY_SUFFIX, ReaderPool, read_bytes
from assistant.segmentation.sentences import split_sentences
from tests.support.files import pdf, replace_member, sample_files, slow_pdf
from tests.support.indexes import check_index, index_contents, open_index

LIMIT = 50_000_000
SAMPLES = sample_files()
PDF = SAMPLES["report.pdf"]
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
ROOT = Path(__file__).resolve().parents[3]
on_linux = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks at processes in /proc")


@pytest.fixture
def workers() -> Iterator[ReaderPool]:
    with ReaderPool() as pool:
        yield pool


def pid_of(workers: ReaderPool) -> int:
    (process,) = workers._running
    return process._process.pid


def reason(workers: ReaderPool, data: bytes, name: str) -> str:
    with pytest.raises(ReadingError) as caught:
        workers.read(data, name, max_bytes=LIMIT)
    return str(caught.value)


def wait_until(is_true: Callable[[], object], seconds: float = 20) -> None:
    """Waits for something that other processes do."""
    end = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < end
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    """Whether a process is there, and not only its exit code."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_progress_starts_the_time_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that says in time that it gets on may take longer as a whole than a file may without that."""
    code = """
        import time
        from assistant.readers.processes import worker_process
        from assistant.readers.progress import report_progress

        def read_slowly(head, data):
            for _ in range(6):
                time.sleep(0.6)
                report_progress()
            return {"error": "was read to its end"}, b""

        worker_process._read_document = read_slowly
        worker_process.main(int(sys.argv[1]))
    """
    start = "import json, sys; sys.path[:] = json.loads(sys.argv[2])\n"
    monkeypatch.setattr("assistant.readers.processes.workers._WORKER_CODE", start + textwrap.dedent(code))
    with ReaderPool(seconds=3) as workers:
        assert reason(workers, PDF, "a.pdf") == "was read to its end"


def test_progress_without_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that only ever says that it gets on is given up."""
    code = """
        from assistant.readers.processes import worker_process
        from assistant.readers.progress import report_progress

        def read_for_ever(head, data):
            while True:
                report_progress()

        worker_process._read_document = read_for_ever
        worker_process.main(int(sys.argv[1]))
    """
    start = "import json, sys; sys.path[:] = json.loads(sys.argv[2])\n"
    monkeypatch.setattr("assistant.readers.processes.workers._WORKER_CODE", start + textwrap.dedent(code))
    with ReaderPool(seconds=60) as workers:
        assert "reading it crashed" in reason(workers, PDF, "a.pdf")


def test_the_same_as_in_this_process(workers: ReaderPool) -> None:
    """Every kind gives the document and the sentences that it gives without a process of its own."""
    notes = {"old.txt": "Café, déjà vu et garçon: voilà.".encode("cp1252"), "long.txt": b"A word is here. " * 20_000}
    for name, data in (SAMPLES | notes).items():
        read_file = workers.read(data, name, source=f"/docs/{name}", max_bytes=LIMIT)
        expected = read_bytes(data, name, source=f"/docs/{name}", max_bytes=LIMIT)
        assert expected == read_file.document
        assert split_sentences(expected) == read_file.sentences


def test_a_little_plain_text_starts_no_process(workers: ReaderPool) -> None:
    """Short notes, the most usual thing, are read at once; the first file of another kind starts one process."""
    for name in ("notes.txt", "brief.md", "countries.csv"):
        workers.read(SAMPLES[name], name, max_bytes=LIMIT)
    assert not workers._running
    workers.read(PDF, "a.pdf", max_bytes=LIMIT)
    first = pid_of(workers)
    workers.read(SAMPLES["letter.docx"], "a.docx", max_bytes=LIMIT)
    assert first == pid_of(workers)


def test_a_reason_is_the_reader_s_own(workers: ReaderPool) -> None:
    """What can't be read has the reason that it has in this process, and the process reads on."""
    assert "encrypted" in reason(workers, pdf([["Text."]], password="x"), "a.pdf")  # noqa: S106 — of this file
    first = pid_of(workers)
    assert "Police" in workers.read(PDF, "a.pdf", max_bytes=LIMIT).document.text
    assert first == pid_of(workers)


def test_a_file_that_takes_too_long() -> None:
    """It is given up after its seconds, with what to do; the next one is read by another process."""
    with ReaderPool(seconds=2) as workers:
        began = time.monotonic()
        expected = (
            "takes longer to read than the 2 seconds that a file may. Split it, or raise ASSISTANT_READING_SECONDS"
        )
        assert expected == reason(workers, slow_pdf(), "a.pdf")
        assert time.monotonic() - began < 5
        assert "Police" in workers.read(PDF, "a.pdf", max_bytes=LIMIT).document.text


@pytest.mark.skipif(sys.platform != "linux", reason="other systems bound memory less well, or not at all")
def test_a_file_that_takes_too_much_memory() -> None:
    """It is given up where the memory ends, with what to do; the next one is read."""
    paragraphs = "<w:p><w:r><w:t>A word.</w:t></w:r></w:p>" * 600_000
    body = f'<w:document xmlns:w="{WORD}"><w:body>{paragraphs}</w:body></w:document>'
    letter = replace_member(SAMPLES["letter.docx"], "word/document.xml", body)
    with ReaderPool(memory_mb=256) as workers:
        expected = "needs more memory to read than the 256 MB that a file may. Split it"
        assert expected == reason(workers, letter, "a.docx")
        assert "Police" in workers.read(PDF, "a.pdf", max_bytes=LIMIT).document.text
    with ReaderPool(memory_mb=48) as workers:
        assert "than the 48 MB that a file may" in reason(workers, b"x" * 49_000_000, "a.txt")


@pytest.mark.parametrize("sent", [signal.SIGSEGV, signal.SIGKILL])
def test_a_process_that_dies(workers: ReaderPool, sent: signal.Signals) -> None:
    """Its file is told to have crashed it; the next one is read by another process."""
    reasons: list[str] = []
    thread = threading.Thread(target=lambda: reasons.append(reason(workers, slow_pdf(), "a.pdf")))
    thread.start()
    wait_until(lambda: workers._running)
    time.sleep(0.5)
    os.kill(pid_of(workers), sent)
    thread.join(10)
    assert reasons[0].startswith(
        f"reading it crashed (signal {sent.value}): it is damaged, or needs more than the 2048 MB"
    )
    assert "Police" in workers.read(PDF, "a.pdf", max_bytes=LIMIT).document.text


def test_a_process_that_left_after_a_pause_is_missed_by_nobody(
    workers: ReaderPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that ended by itself for want of files, even between two looks at it, is replaced without a word."""
    workers.read(PDF, "a.pdf", max_bytes=LIMIT)
    (process,) = workers._running
    process._process.stdin.close()  # type: ignore[union-attr]  # it ends of that as of a minute without a file
    assert 0 == process.exit_code()
    reader, writer = os.pipe()
    os.close(reader)
    process._process.stdin = os.fdopen(writer, "wb")
    monkeypatch.setattr(process, "is_alive", lambda: True)  # as it was a moment ago
    assert "Police" in workers.read(PDF, "a.pdf", max_bytes=LIMIT).document.text
    assert process not in workers._running


def test_many_threads_take_turns() -> None:
    """Each thread gets its own file's document from the few processes that there are."""
    with ReaderPool(2) as workers:
        kinds: dict[str, str] = {}

        def work(name: str) -> None:
            kinds[name] = workers.read(SAMPLES[name], name, max_bytes=LIMIT).document.kind

        threads = [threading.Thread(target=work, args=(name,)) for name in SAMPLES]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {name: KIND_BY_SUFFIX[Path(name).suffix] for name in SAMPLES} == kinds
        assert 2 >= len(workers._running)


def test_closing_ends_what_is_being_read(workers: ReaderPool) -> None:
    """Nobody waits for a slow file once the workers are closed, and no process is left."""
    reasons: list[str] = []
    thread = threading.Thread(target=lambda: reasons.append(reason(workers, slow_pdf(), "a.pdf")))
    thread.start()
    wait_until(lambda: workers._running)
    pid = pid_of(workers)
    workers.close()
    thread.join(5)
    assert "crashed" in reasons[0]
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@on_linux
def test_keys_are_not_handed_on(workers: ReaderPool, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that reads strangers' files has none of the user's keys in its environment."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("ASSISTANT_API_TOKEN", "secret-too")
    workers.read(PDF, "a.pdf", max_bytes=LIMIT)
    assert b"secret" not in Path(f"/proc/{pid_of(workers)}/environ").read_bytes()


def script(folder: Path, text: str) -> list[str]:
    """The command line of a user's script."""
    path = folder / "script.py"
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return [sys.executable, str(path), str(ROOT)]


def test_a_script_without_a_guard(tmp_path: Path) -> None:
    """A script that indexes at its top level, and closes nothing, is not run again and prints what it prints alone."""
    (tmp_path / "a.pdf").write_bytes(PDF)
    command = script(
        tmp_path,
        """
        import sys
        sys.path.insert(0, sys.argv[1])
        from pathlib import Path
        from assistant.readers import ReaderPool
        workers = ReaderPool()
        print(len(workers.read(Path("a.pdf").read_bytes(), "a.pdf", max_bytes=10**6).sentences))
        """,
    )
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=60)
    assert ("3\n", "", 0) == (done.stdout, done.stderr, done.returncode)


@on_linux
def test_a_killed_parent_leaves_no_process(tmp_path: Path) -> None:
    """After kill -9 the process that reads a slow file ends by itself."""
    (tmp_path / "a.pdf").write_bytes(slow_pdf())
    command = script(
        tmp_path,
        """
        import sys, threading, time
        sys.path.insert(0, sys.argv[1])
        from pathlib import Path
        from assistant.readers import ReaderPool
        workers = ReaderPool()
        threading.Thread(
            target=workers.read, args=(Path("a.pdf").read_bytes(), "a.pdf"), kwargs={"max_bytes": 10**7}
        ).start()
        while not workers._running:
            time.sleep(0.01)
        time.sleep(1)
        print(next(iter(workers._running))._process.pid, flush=True)
        """,
    )
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=tmp_path, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert is_running(child)
        parent.kill()
    wait_until(lambda: not is_running(child), 5)


@on_linux
@pytest.mark.parametrize("count", ["1", "2"])
def test_ctrl_c_ends_all(tmp_path: Path, count: str) -> None:
    """Ctrl-C in the middle of a slow file says one word, at once, and leaves no process."""
    folder, home = tmp_path / "docs", tmp_path / "home"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.pdf").write_bytes(slow_pdf())
    command = [sys.executable, "-m", "assistant", "index", str(folder), "--home", str(home), "--workers", count]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True, cwd=ROOT) as parent:
        children_file = Path(f"/proc/{parent.pid}/task/{parent.pid}/children")

        def reader_pids() -> list[int]:
            tasks = Path(f"/proc/{parent.pid}/task").glob("*/children")
            return [int(pid) for children in tasks for pid in children.read_text().split()]

        if not children_file.exists():
            parent.kill()
            pytest.skip("this kernel does not list children")
        wait_until(lambda: len(reader_pids()) == int(count))
        time.sleep(1)
        pids = reader_pids()
        os.killpg(parent.pid, signal.SIGINT)  # as a terminal sends it: to all of them
        _, stderr = parent.communicate(timeout=10)
    assert (130, "Interrupted.\n") == (parent.returncode, stderr)
    wait_until(lambda: not any(map(is_running, pids)), 5)


def test_the_report_of_several_is_that_of_one(tmp_path: Path) -> None:
    """Two workers give the report, in its order, and the index that one gives; so does a second run."""
    folder = tmp_path / "docs"
    folder.mkdir()
    for number in range(3):
        for name, data in SAMPLES.items():
            (folder / f"{number}-{name}").write_bytes(data)
        (folder / f"{number}-damaged.pdf").write_bytes(PDF[: 200 + number])
    with open_index(tmp_path / "one") as one, open_index(tmp_path / "two") as two, ReaderPool(2) as workers:
        for _ in range(2):
            report = one.synchronise(folder)
            assert report == two.synchronise(folder, readers=workers)
            assert 3 == len(report.failed)
            assert index_contents(one) == index_contents(two)
            (folder / "1-news.html").unlink(missing_ok=True)
        assert 3 * len(SAMPLES) - 1 == len(report.unchanged)
        check_index(two)


@pytest.mark.slow
def test_the_command_takes_workers(tmp_path: Path) -> None:
    """The command's report is the same with one, with two, and when the index is made anew."""
    folder = tmp_path / "docs"
    folder.mkdir()
    for name, data in SAMPLES.items():
        (folder / name).write_bytes(data)
    (folder / "slow.pdf").write_bytes(slow_pdf())
    reports: list[dict[str, list[str]]] = []
    for count, *more in (["1"], ["2"], ["2", "--rebuild"]):
        command = [sys.executable, "-m", "assistant", "index", str(folder), "--json", "--workers", count, *more]
        home = tmp_path / f"home{len(reports) % 2}"
        done = subprocess.run(
            [*command, "--home", str(home)],
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
            timeout=120,
            env=os.environ | {"ASSISTANT_READING_SECONDS": "3"},
        )
        assert 1 == done.returncode, done.stderr
        assert 1 == done.stderr.count("takes longer to read than the 3 seconds")
        reports.append(json.loads(done.stdout))
    assert reports[0] == reports[1] == reports[2]
    assert len(SAMPLES) == len(reports[0]["added"])
