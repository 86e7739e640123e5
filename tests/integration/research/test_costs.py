import re
import sys
from pathlib import Path

import pytest

from assistant.client import Assistant
from research.benchmark import costs
from research.benchmark.processes import BenchmarkError
from research.benchmark.workspace import QuestionSource, Workspace

QUESTIONS = ("When was the lighthouse built?", "Who built it?")


@pytest.fixture
def work(tmp_path: Path) -> Workspace:
    """One small document, and two questions about it."""
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "a.md").write_text("The lighthouse of Port Arlen was built in 1871.", encoding="utf-8")
    source = QuestionSource(documents, QUESTIONS)
    return Workspace(tmp_path, source, source, chunk_count=1, chroma_model=None)


def decimals_in(text: str) -> list[float]:
    """The times and ratios of a line, which all have two decimals or more."""
    return [float(number) for number in re.findall(r"\d+\.\d{2,}", text)]


def test_a_cold_question_is_measured_in_a_process(
    work: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The line gives both times and their ratio; a process that imports the vendors and asks takes a while."""
    monkeypatch.setattr(costs, "_ROUNDS", 1)
    costs.measure_cold_start(work)

    printed = capsys.readouterr().out
    asked, imported, ratio = decimals_in(printed)
    assert printed.endswith("times (medians of 1)\n")
    assert min(asked, imported) > 0.05
    assert pytest.approx(asked / imported, rel=0.1) == ratio


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no ru_maxrss")
def test_memory_is_that_of_processes_of_their_own(work: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """Peaks of indexing and asking and the times of one document more are told; both documents are indexed."""
    costs.measure_memory(work)

    indexing, asking, adding = capsys.readouterr().out.splitlines()
    for line, words in ((indexing, "indexing 1 documents"), (asking, "asking 2 questions of them")):
        match = re.fullmatch(rf"memory: {words}: peak (\d+) MiB, ([\d.]+) s", line)
        assert match, line
        assert 50 < int(match[1]) < 5_000
        assert float(match[2]) > 0
    assert adding.startswith("add: one document more takes ")
    assert 3 == len(decimals_in(adding))
    with Assistant.open(work.folder / "memory") as assistant:
        assert ["a.md", "new.md"] == sorted(Path(summary.source).name for summary in assistant.documents())


def test_a_question_that_fails_is_no_measurement(work: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the asking process fails there is no time to tell."""
    monkeypatch.setattr(costs, "_ROUNDS", 1)
    monkeypatch.setenv("ASSISTANT_THREADS", "-1")
    with monkeypatch.context() as here:
        here.delenv("ASSISTANT_THREADS")
        source = QuestionSource(work.bundled.documents, ("",))
        with pytest.raises(BenchmarkError, match="exit code 2"):
            costs.measure_cold_start(Workspace(work.folder, source, source, 1, None))
