"""How the thresholds of the check are fitted: what counts as true and false, and where those of the reader fall."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from assistant.grounding.check import verdict_for
from assistant.grounding.evidence import Evidence
from assistant.grounding.support import Findings
from assistant.models import calibration
from assistant.models.calibration import CheckCalibration, check_calibration
from research.fitting.check import JudgedPair, fit, judge, write
from research.fitting.questions import HOLD_OUT_ARTICLES
from research.fitting.statement_pairs import StatementPair, make_pairs

SUPPORTED_FROM = check_calibration().supported_log_odds
UNSUPPORTED_BELOW = check_calibration().unsupported_log_odds
PARTIAL = Findings((), 0.4, (), ())
SUPPORTED = Findings((), 1.0, (), ())
WITH_OBJECTION = Findings(("no",), 1.0, (), ())


def test_where_the_thresholds_lie() -> None:
    """The upper one is above 19 of 20 false pairs that are partial by words, the lower below 99 of 100 true ones."""
    false_pairs = [JudgedPair("other", PARTIAL, -1.0, log_odds) for log_odds in (*[1.2] * 18, 2.6, 7.0)]
    true_pairs = [JudgedPair("carried", SUPPORTED, log_odds) for log_odds in (-8.0, -2.2, *[4.0] * 98)]
    settled = [
        JudgedPair("joined", WITH_OBJECTION),
        JudgedPair("other", SUPPORTED, 9.0),
        JudgedPair("stated", WITH_OBJECTION),
    ]
    assert CheckCalibration(3.0, -2.5) == fit([*false_pairs, *true_pairs, *settled])


@pytest.mark.parametrize("log_odds", [UNSUPPORTED_BELOW - 1, 0.0, SUPPORTED_FROM])
@pytest.mark.parametrize(
    "text",
    [
        "The shots killed 71 people.",
        "The shots ended the lives of 17 people.",
        "It ended the lives of 17 people.",
        "The shots killed 17 people and some children, and flooded harbours delayed every ferry.",
        "The shots killed 17 people.",
    ],
)
def test_the_tables_count_the_verdicts_of_the_check(text: str, log_odds: float) -> None:
    """What is counted for a pair of thresholds is what the check itself says with them."""

    def scorer(_: str, __: Sequence[Evidence]) -> float:
        return log_odds

    evidence = (Evidence("The shots killed 17 people, among them two children."),)
    judged = judge(StatementPair("other", text, evidence), scorer)
    assert verdict_for(text, evidence).verdict == judged.verdict_by_words
    assert verdict_for(text, evidence, scorer).verdict == judged.verdict_with(check_calibration())


def test_which_pairs_are_true_and_which_false(tmp_path: Path) -> None:
    """A summary's sentence goes with its source, a question's statement with its answer's sentence, nothing else."""
    row = {"qid": "1", "source1": "The Alder Bridge opened in 1911 to great joy.", "title1": "Alder Bridge",
           "source2": "Ferries crossed the river before there was a bridge.", "title2": "Ferries",
           "summary": "[ 1 The Alder Bridge opened ] in the spring of the year 1911."}  # fmt: skip
    foreign_row = {**row, "qid": "2", "summary": "[ 2 Ferries crossed ] the river for many long years."}
    title = HOLD_OUT_ARTICLES[0]
    document = {"doc_id": "a", "title": title, "sentences": ["Maria Lund drew it.", "It has three arches."]}
    trained_on = {**document, "doc_id": "b", "title": "One that the reader was trained on"}
    question = {"question": "Who drew it?", "answers": ["Maria Lund"], "evidence_sets": [[["a", 0]]], "source_doc": "a"}
    files: dict[str, list[dict[str, Any]]] = {
        "quotesum/dev.jsonl": [row, foreign_row, row],
        "squad2/corpus.jsonl": [document, trained_on],
        "squad2/questions.jsonl": [
            question,
            {**question, "source_doc": "b"},
            {**question, "answers": [], "evidence_sets": []},
        ],
    }
    for name, rows in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")

    pairs = list(make_pairs(tmp_path))
    assert list(pairs) == list(make_pairs(tmp_path))
    counts = Counter(pair.kind for pair in pairs)
    assert (3, 3, 1, 1) == tuple(counts[kind] for kind in ("carried", "other", "stated", "elsewhere"))
    assert counts["joined"]
    assert counts["corrupted"]
    by_kind = {pair.kind: pair for pair in pairs if pair.evidence[0].context == title}
    stated = by_kind["stated"]
    assert ("Maria Lund drew it.", "Maria Lund drew it.") == (stated.text, stated.evidence[0].text)
    assert "It has three arches." == by_kind["elsewhere"].evidence[0].text


def test_the_thresholds_are_written_as_they_are_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The two thresholds stand in the file under the names that the loader looks for."""
    write(tmp_path / "check.json", CheckCalibration(3.5, -4.0))
    monkeypatch.setattr(calibration, "CALIBRATION_FOLDER", tmp_path)
    assert CheckCalibration(3.5, -4.0) == check_calibration.__wrapped__()
