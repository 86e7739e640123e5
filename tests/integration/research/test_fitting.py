"""The fitting programs, run whole on a small data set; and the measure of answer spans."""

import gzip
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from assistant.evaluation.datasets import load_dataset
from assistant.retrieval.features import CONFIDENCE_FEATURES, RANKING_FEATURES
from research import answer_spans
from research.fitting import features as feature_fitting
from research.fitting import span_reader as span_reader_fitting
from research.fitting.questions import load_fitting_questions, source_of, untrained_questions
from research.fitting.retrieval import retrieve_all
from research.squad_metric import token_f1

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
        town_questions = [
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
            for place, (text, evidence) in enumerate(town_questions)
        ]
    (tmp_path / "corpus.jsonl").write_text(lines(*documents), encoding="utf-8")
    (tmp_path / "questions.jsonl").write_text(lines(*questions), encoding="utf-8")
    return tmp_path


@pytest.fixture
def training_sets(data: Path) -> Path:
    """A folder of public training sets: these documents as SQuAD 2.0, and six searches of Natural Questions."""
    folder = data / "sets"
    (folder / "squad2").mkdir(parents=True)
    (folder / "nq_open_oracle").mkdir()
    for name in ("corpus.jsonl", "questions.jsonl"):
        rows = [json.loads(line) for line in (data / name).read_text(encoding="utf-8").splitlines()]
        content = lines(*({"answers": [""] * row.get("answerable", 0)} | row for row in rows))
        (folder / "squad2" / f"{name}.gz").write_bytes(gzip.compress(content.encode()))
    searches = [
        {
            "title": f"Mount {town}",
            "context": f"Mount {town} is {2000 + number} metres high. It is bare of trees.",
            "question": f"how high is mount {town.lower()}",
            "answerable": True,
            "answers": [{"text": f"{2000 + number} metres", "start": 10 + len(town)}],
        }
        for number, town in enumerate(TOWNS)
    ]
    (folder / "nq_open_oracle" / "train.jsonl").write_text(lines(*searches), encoding="utf-8")
    (folder / "squadshifts").mkdir()
    for name, thing in (("amazon_reviews", "kettle"), ("reddit", "bicycle")):
        articles = [
            {
                "title": f"{name} {town}",
                "paragraphs": [
                    {
                        "context": f"I bought a {thing} in {town}. It cost me {30 + number} euros and works well.",
                        "qas": [
                            {
                                "question": f"What did the {thing} from {town} cost?",
                                "answers": [
                                    {
                                        "text": f"{30 + number} euros",
                                        "answer_start": len(f"I bought a {thing} in {town}. It cost me "),
                                    }
                                ],
                            }
                        ],
                    }
                ],
            }
            for number, town in enumerate(TOWNS)
        ]
        path = folder / "squadshifts" / f"{name}_v1.0.json"
        path.write_text(json.dumps({"data": articles}), encoding="utf-8")
    return folder


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that is written, not the one in use."""
    path = tmp_path / "features.json"
    monkeypatch.setattr(feature_fitting, "_TARGET", path)
    return path


def test_the_known_sentences_are_found_among_all(data: Path) -> None:
    """The real retrieval finds each question's sentence over everything, and in its own document nothing else."""
    questions = list(retrieve_all(load_dataset(data)))

    assert 18 == len(questions)
    for question in questions:
        correct = [question.candidates[place].sentence.text for place in question.correct]
        town = next(town for town in TOWNS if town in question.case.text)
        if question.case.answerable:
            assert ("lighthouse" if "lighthouse" in question.case.text else "gulls") in correct[0]
            assert town in correct[0]
        assert int(question.case.answerable) == len(correct)
        assert {f"Port {town}"} == {candidate.document.title for candidate in question.own_candidates}
        assert len({candidate.document.title for candidate in question.candidates}) > 1


def test_a_question_of_no_document_has_none_of_its_own(data: Path) -> None:
    """Without a source it is asked of all documents only."""
    row = {"qid": "x", "question": "Who counted gulls?", "answerable": False, "evidence_sets": []}
    (data / "questions.jsonl").write_text(lines(row), encoding="utf-8")

    (question,) = retrieve_all(load_dataset(data))
    assert () == question.own_candidates
    assert question.candidates


def test_the_figures_are_printed_and_the_file_is_written(
    training_sets: Path, target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command prints the hold-out figures of each kind and writes weights that tell these questions apart."""
    assert 0 == feature_fitting.main([str(training_sets)])

    printed = capsys.readouterr().out
    assert "in the first 1 1.000" in printed
    assert "answerable: 1.000 would be answered (18)" in printed
    assert "unanswerable: 0.000 would be answered (6)" in printed
    assert re.search(r"^chance 0\.9 to 1\.0: 1\.000 answerable \(\d+\)$", printed, re.MULTILINE)
    for name in {*RANKING_FEATURES, *CONFIDENCE_FEATURES}:
        assert f'"{name}": ' in target.read_text(encoding="utf-8")


def test_a_dry_run_writes_nothing(training_sets: Path, target: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --dry the figures are printed and the weights stay as they are."""
    assert 0 == feature_fitting.main([str(training_sets), "--dry"])
    assert "would be answered" in capsys.readouterr().out
    assert not target.exists()


def test_a_folder_that_is_no_data_set_is_named(tmp_path: Path, target: Path) -> None:
    """Nothing is fitted or written where there are no questions."""
    with pytest.raises(FileNotFoundError, match=r"corpus\.jsonl"):
        feature_fitting.main([str(tmp_path)])
    assert not target.exists()


def test_the_untrained_questions_are_of_four_data_sets(training_sets: Path) -> None:
    """Some documents of each set are held out, and only questions about these are asked."""
    dataset = load_fitting_questions(training_sets)
    untrained = untrained_questions(training_sets)

    assert {"squad2": 18, "nq": 6} == Counter(source_of(question) for question in dataset.questions)
    assert {"squad2": 2, "nq": 1, "amazon_reviews": 1, "reddit": 1} == Counter(
        source_of(question) for question in untrained.questions
    )
    assert {question.source_doc for question in untrained.questions} <= untrained.documents.keys()


def test_the_span_reader_gets_its_weight(
    training_sets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only documents that it wasn't trained on are asked about, and the file has what quotes mode loads."""
    path = tmp_path / "span_reader.json"
    monkeypatch.setattr(span_reader_fitting, "_TARGET", path)
    assert 0 == span_reader_fitting.main([str(training_sets), "--dry"])
    assert not path.exists()
    assert 0 == span_reader_fitting.main([str(training_sets)])
    written = json.loads(path.read_text(encoding="utf-8"))
    assert {*CONFIDENCE_FEATURES, "reading"} == written["confidence_weights"].keys()
    assert 0 <= written["reader_share"] < 1 <= written["log_odds_scale"]
    printed = capsys.readouterr().out
    assert "in the first three 1.000" in printed


def test_the_answers_words_are_measured(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each answerable question's best span is compared with the set's answers, in the right document."""
    rows = [json.loads(line) for line in (data / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
    for place, row in enumerate(rows):
        number = place // 3
        row["answers"] = [[str(1871 + number)], [f"{40 + number} gulls", str(40 + number)], []][place % 3]
    (data / "questions.jsonl").write_text(lines(*rows), encoding="utf-8")
    assert 0 == answer_spans.main([str(data)])
    report = re.fullmatch(
        r"answers' words: F1 ([\d.]+), exactly right ([\d.]+) \(12 questions\)\n", capsys.readouterr().out
    )
    assert report is not None
    assert float(report[1]) >= float(report[2]) >= 0.75


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
    assert expected == pytest.approx(token_f1(text, answer))
