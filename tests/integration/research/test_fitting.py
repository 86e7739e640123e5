import json
import re
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import CasesError
from assistant.evaluation.datasets import load_dataset
from assistant.retrieval.features import CONFIDENCE_FEATURES, RANKING_FEATURES
from research import answer_spans as spans
from research.fitting import evidence as fitting
from research.fitting import reader_weight as reading

TOWNS = ("Arlen", "Brock", "Cadow", "Delft", "Ewing", "Fosse")


def lines(*records: dict[str, Any]) -> str:
    return "\n".join(map(json.dumps, records))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Six documents, each with two questions that it answers and one that it doesn't."""
    documents, questions = [], []
    for number, town in enumerate(TOWNS):
        name = town.lower()
        sentences = [
            f"The lighthouse of {town} was built in {1871 + number}.",
            "Its lamp can be seen from afar.",
            f"The keeper of {town} counted {40 + number} gulls.",
            "Nobody lives on the rocks.",
        ]
        documents.append({"doc_id": name, "title": f"Port {town}", "sentences": sentences})
        asked = [
            (f"When was the lighthouse of {town} built?", [[[name, 0]]]),
            (f"How many gulls did the keeper of {town} count?", [[[name, 2]]]),
            (f"Who painted the church of {town}?", []),
        ]
        questions += [
            {
                "qid": f"{name}{place}",
                "question": text,
                "answerable": bool(evidence),
                "evidence_sets": evidence,
                "source_doc": name,
            }
            for place, (text, evidence) in enumerate(asked)
        ]
    (tmp_path / "corpus.jsonl").write_text(lines(*documents), encoding="utf-8")
    (tmp_path / "questions.jsonl").write_text(lines(*questions), encoding="utf-8")
    return tmp_path


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that is written, not the one in use."""
    path = tmp_path / "evidence.json"
    monkeypatch.setattr(fitting, "_TARGET", path)
    return path


def test_the_known_sentences_are_found_among_all(data: Path) -> None:
    """The real retrieval finds each question's sentence over everything, and in its own document nothing else."""
    asked = list(fitting.gather(load_dataset(data)))

    assert 18 == len(asked)
    for each in asked:
        right = [each.everywhere[place].sentence.text for place in each.correct]
        town = next(town for town in TOWNS if town in each.given.text)
        if each.given.answerable:
            assert ("lighthouse" if "lighthouse" in each.given.text else "gulls") in right[0]
            assert town in right[0]
        assert int(each.given.answerable) == len(right)
        assert {f"Port {town}"} == {hit.document.title for hit in each.own}
        assert len({hit.document.title for hit in each.everywhere}) > 1


def test_a_question_of_no_document_has_none_of_its_own(data: Path) -> None:
    """Without a source it is put to everything alone."""
    question = {"qid": "x", "question": "Who counted gulls?", "answerable": False, "evidence_sets": []}
    (data / "questions.jsonl").write_text(lines(question), encoding="utf-8")

    (asked,) = fitting.gather(load_dataset(data))
    assert () == asked.own
    assert asked.everywhere


def test_the_figures_are_printed_and_the_module_written(
    data: Path, target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command prints the held-out figures of each kind and writes weights that tell these questions apart."""
    assert 0 == fitting.main([str(data)])

    shown = capsys.readouterr().out
    assert "in the first 1 1.000" in shown
    assert "answerable: 1.000 would be answered (12)" in shown
    assert "unanswerable: 0.000 would be answered (6)" in shown
    assert re.search(r"^chance 0\.9 to 1\.0: 1\.000 answerable \(\d+\)$", shown, re.MULTILINE)
    for name in {*RANKING_FEATURES, *CONFIDENCE_FEATURES}:
        assert f'"{name}": ' in target.read_text(encoding="utf-8")


def test_a_dry_run_writes_nothing(data: Path, target: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --dry the figures are printed and the weights stay as they are."""
    assert 0 == fitting.main([str(data), "--dry"])
    assert "would be answered" in capsys.readouterr().out
    assert not target.exists()


def test_a_folder_that_is_no_data_set_is_named(tmp_path: Path, target: Path) -> None:
    """Nothing is fitted or written where there are no questions."""
    with pytest.raises(CasesError, match=r"corpus\.jsonl: missing"):
        fitting.main([str(tmp_path)])
    assert not target.exists()


def test_the_readers_word_is_weighed(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only documents that the reader wasn't trained on are asked, and what is written is what quotes mode takes."""
    path = tmp_path / "reader_weight.json"
    monkeypatch.setattr(reading, "_TARGET", path)
    monkeypatch.setattr(reading, "HELD", ("Port Arlen", "Port Cadow", "Port Ewing"))
    assert 0 == reading.main([str(data), "--dry"])
    assert not path.exists()
    assert 0 == reading.main([str(data)])
    made = json.loads(path.read_text(encoding="utf-8"))
    assert {*CONFIDENCE_FEATURES, "reading"} == made["confidence_weights"].keys()
    assert 0 <= made["reader_share"] < 1 <= made["log_odds_scale"]
    told = capsys.readouterr().out
    assert "answerable 1.000" in told
    assert "in the first three 1.000" in told


def test_the_answers_words_are_measured(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each answerable question's best span is held against the set's answers, in the right document."""
    asked = [json.loads(line) for line in (data / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
    for place, each in enumerate(asked):
        number = place // 3
        each["answers"] = [[str(1871 + number)], [f"{40 + number} gulls", str(40 + number)], []][place % 3]
    (data / "questions.jsonl").write_text(lines(*asked), encoding="utf-8")
    assert 0 == spans.main([str(data)])
    told = re.fullmatch(
        r"answers' words: F1 ([\d.]+), exactly right ([\d.]+) \(12 questions\)\n", capsys.readouterr().out
    )
    assert told is not None
    assert float(told[1]) >= float(told[2]) >= 0.75


@pytest.mark.parametrize(
    ("text", "answer", "expected"),
    [
        ("The red lamp", "a red lamp.", 1.0),
        ("red", "red lamp", 2 / 3),
        ("gulls", "lamp", 0.0),
        ("", "", 1.0),
        ("", "x", 0.0),
    ],
)
def test_the_overlap_is_squads(text: str, answer: str, expected: float) -> None:
    """Words are compared without case, articles and punctuation."""
    assert expected == pytest.approx(spans.token_f1(text, answer))
