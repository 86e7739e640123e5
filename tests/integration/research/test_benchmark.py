import json
import re
import sys
import time
from pathlib import Path

import pytest

from research.benchmark import costs, indexing
from research.benchmark import run as benchmark
from research.benchmark.costs import measure_asking
from research.benchmark.processes import BenchmarkError, describe_machine, measure_peak, measure_seconds, run_and_read
from research.benchmark.workspace import QuestionSource, Workspace


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "small"
    folder.mkdir()
    sentences = ["The lighthouse was built in 1871.", "Its lamp can be seen from afar."]
    document = {"doc_id": "a", "title": "Port Arlen", "sentences": sentences}
    question = {
        "qid": "q",
        "question": "When was it built?",
        "answerable": True,
        "evidence_sets": [[["a", 0]]],
    }
    (folder / "corpus.jsonl").write_text(json.dumps(document), encoding="utf-8")
    (folder / "questions.jsonl").write_text(json.dumps(question), encoding="utf-8")
    return folder


def test_the_machine_is_named() -> None:
    """The first line tells cores and versions, without which no time means anything."""
    for part in ("cores", "Python 3.", "chromadb 1.", "onnxruntime "):
        assert part in describe_machine()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no ru_maxrss")
def test_a_peak_is_that_of_the_process_alone() -> None:
    """A process that holds 200 MiB peaks above that, and one that holds none far below its parent."""
    ballast = bytearray(200 * 2**20)
    _, large = measure_peak([sys.executable, "-c", "ballast = bytearray(200 * 2**20)"])
    seconds, small = measure_peak([sys.executable, "-c", "import time; time.sleep(0.2)"])
    assert len(ballast) == 200 * 2**20
    assert 200 < large < 300
    assert small < 60
    assert 0.2 <= seconds < 5


def test_a_failed_process_is_no_measurement() -> None:
    """A process that fails is an error, not a fast time."""
    with pytest.raises(BenchmarkError, match="exit code 3"):
        run_and_read([sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(BenchmarkError, match="exit code 3"):
        measure_peak([sys.executable, "-c", "raise SystemExit(3)"])


def test_seconds_are_those_of_the_call() -> None:
    """The call is made once, and its time is positive."""
    calls: list[int] = []
    assert measure_seconds(lambda: calls.append(1)) > 0
    assert calls == [1]


def test_a_folder_without_the_model_is_named(tmp_path: Path) -> None:
    """A wrong --chroma-model says which file it lacks."""
    with pytest.raises(BenchmarkError, match=r"model\.onnx is missing"):
        indexing.chroma_embedder(tmp_path, tmp_path / "work")


def test_a_damaged_model_cannot_be_had(tmp_path: Path) -> None:
    """A model that doesn't load is one line, and says how to give another."""
    for name in ("model.onnx", "tokenizer.json"):
        (tmp_path / name).write_text("{}", encoding="utf-8")
    with pytest.raises(BenchmarkError, match="--chroma-model"):
        indexing.chroma_embedder(tmp_path, tmp_path / "work")


def test_warm_questions_are_timed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The ask part prints median and 95th percentile over the questions."""
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "a.md").write_text("The lighthouse was built in 1871.", encoding="utf-8")
    source = QuestionSource(tmp_path / "documents", ("When was it built?", "Who built it?"))
    measure_asking(Workspace(tmp_path, source, source, chunk_count=1, chroma_model=None))
    printed = capsys.readouterr().out
    assert printed.startswith("ask, warm: median ")
    assert "p95" in printed
    assert printed.endswith("over 2 questions\n")


@pytest.mark.slow
def test_cold_starts_are_set_against_the_imports(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The cold part prints the ratio of a question's process to that of the imports."""
    monkeypatch.setattr(costs, "_ROUNDS", 1)
    assert benchmark.main(["--only", "cold"]) == 0
    assert "times (medians of 1)" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no ru_maxrss")
def test_memory_is_measured_on_the_data(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The memory part prints the peaks of indexing and asking, and the time of adding a document."""
    assert benchmark.main(["--only", "memory", "--data", str(data)]) == 0
    printed = capsys.readouterr().out
    for part in ("indexing 1 documents: peak", "asking 1 questions of them: peak", "add: one document more"):
        assert part in printed


def test_indexing_without_the_model_still_tells_our_own(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where Chroma's model can't be had the part says so with exit code 1, after this package's own rates."""
    arguments = ["--only", "indexing", "--data", str(data), "--chroma-model", str(tmp_path / "nowhere")]
    assert benchmark.main(arguments) == 1
    printed = capsys.readouterr().out
    assert "this package: embedding" in printed
    assert "indexing: not measured" in printed


def test_indexing_prints_both_ratios(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Against a slow stand-in for Chroma's embedder, whose model no clone has, the ratios tell so."""

    def slow(texts: list[str]) -> list[list[float]]:
        time.sleep(len(texts) / 2)
        return [[1.0] for _ in texts]

    monkeypatch.setattr(indexing, "chroma_embedder", lambda model, work: slow)  # noqa: ARG005 — as the real one
    assert benchmark.main(["--only", "indexing", "--data", str(data)]) == 0
    ratios = re.findall(r"the same (\w+): embedding ([\d.]+), the whole of indexing ([\d.]+)", capsys.readouterr().out)
    assert [kind for kind, *_ in ratios] == ["passages", "sentences"]
    assert min(float(ratio) for _, ratio, _ in ratios) > 2
