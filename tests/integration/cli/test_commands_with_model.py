"""The commands that measure a language model, with one that says what the test wants, over real HTTP."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from assistant.evaluation.datasets import load_dataset
from research import peers
from research.fitting.llm import Trial, fit, report, run_trials, write
from tests.support.stub_model import ModelStub, serve_model_stub

LIGHTHOUSE = ("The lighthouse of Port Arlen was built in 1871.", "Mary Collins kept the light for thirty years.")
BAKERY = ("The bakery on Mill Street sells 240 loaves of rye bread a day.", "On Sundays it stays closed.")
QUESTIONS = (
    ("built", "When was the lighthouse of Port Arlen built?", "a", 0),
    ("kept", "Who kept the light of Port Arlen for thirty years?", "a", 1),
    ("loaves", "How many loaves of rye bread does the bakery sell a day?", "b", 0),
    ("budget", "What is the gross domestic product of Bolivia?", "b", None),
    ("opened", "Who opened the bakery on Mill Street?", "b", None),
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data set of two documents."""
    documents = [
        {"doc_id": "a", "title": "Port Arlen", "sentences": LIGHTHOUSE},
        {"doc_id": "b", "title": "The bakery", "sentences": BAKERY},
    ]
    questions = [
        {"qid": name, "question": text, "answerable": number is not None, "source_doc": document,
         "evidence_sets": [] if number is None else [[[document, number]]]}
        for name, text, document, number in QUESTIONS
    ]  # fmt: skip
    for name, lines in (("corpus", documents), ("questions", questions)):
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return tmp_path


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelStub]:
    with serve_model_stub() as running:
        monkeypatch.setenv("ASSISTANT_MODEL", "stub")
        monkeypatch.setenv("OPENAI_BASE_URL", running.url)
        running.pieces = ("The lighthouse of Port Arlen was built in 1871. [1]",)
        yield running


def test_peers_are_put_side_by_side(data: Path, stub: ModelStub, capsys: pytest.CaptureFixture[str]) -> None:
    """A row for each tool over the same questions; the peer, which cites nothing here, refuses them all."""
    assert 0 == peers.main([str(data), "--max", "2", "--own", "--show"])
    out = capsys.readouterr().out
    rows = {line.split(":")[0]: line for line in out.splitlines() if ", refused_answerable " in line}
    assert ["this project, stub", "this project, quotes", "CitationQueryEngine, stub"] == list(rows)
    assert "own_answered 0.000" in rows["CitationQueryEngine, stub"]
    assert "refused_unanswerable 1.000" in rows["CitationQueryEngine, stub"]
    assert "  + " in out
    assert stub.streams


def test_a_peer_s_marks_are_citations(data: Path, stub: ModelStub, capsys: pytest.CaptureFixture[str]) -> None:
    """What the peer marks is read into the same record, and the same scorers mark it."""
    stub.word = "It was built in 1871 [1]."
    peers.main([str(data), "--max", "1"])
    (row,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("CitationQueryEngine")]
    assert "answered 1.000" in row


def test_questions_are_put_without_a_threshold(data: Path, stub: ModelStub, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of each kind one is asked, the model's odds and what the check said are kept, whatever it would have refused."""
    monkeypatch.setattr("assistant.answering.generative.UNDECIDED", (0.0, 1.1))  # nothing is settled by the reader
    stub.yes_chance = 0.01
    read = load_dataset(data)
    titles = {document.title.replace("_", " ") for document in read.documents.values()}
    trials = list(run_trials(read, 1, titles=titles))
    assert [(True, False), (True, True), (False, True)] == [(trial.answerable, trial.own) for trial in trials]
    assert all(trial.odds < -2 for trial in trials)
    assert {0.0, 1.0} >= {trial.support for trial in trials}
    assert 3 == len(stub.streams)


def trial(number: int, *, answerable: bool, own: bool = True) -> Trial:
    odds = (1.5 if answerable else -1.5) + np.sin(number)
    return Trial(f"q{number}", f"d{number % 9}", answerable, own, odds, 0.0, 1.0, (answerable,), "", 1.0)


def test_what_tells_them_apart_gets_the_weight(tmp_path: Path) -> None:
    """Odds that are higher where a question is answerable weigh, and the file that is written holds the weights."""
    trials = [trial(number, answerable=number % 2 == 0, own=number % 3 > 0) for number in range(60)]
    weights, bias = fit(trials)
    assert weights["odds"] > 0.5
    write(tmp_path / "llm.json", weights, bias, "squad2")
    written = json.loads((tmp_path / "llm.json").read_text(encoding="utf-8"))
    assert {name: round(value, 3) for name, value in weights.items()} == written["confidence_weights"]
    lines = list(report(trials))
    assert lines[0].startswith("threshold 0.30: answered ")
    assert any(line.startswith("everywhere, threshold 0.0: answered 1.000") for line in lines)
