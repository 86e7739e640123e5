"""How the check's thresholds are fitted: what is taken for right and wrong, and where those of the reader fall."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from assistant.grounding.check import verdict_for
from assistant.grounding.evidence import Evidence
from assistant.grounding.support import Findings
from assistant.models import calibration
from assistant.models.calibration import check_calibration
from research.fitting.reader_check import Held, Pair, fitted, held, pairs, write
from research.fitting.reader_weight import HELD

MEANT = check_calibration().supported_log_odds
STRANGE = check_calibration().unsupported_log_odds
OPEN, CLEAR, AGAINST = Findings((), 0.4, (), ()), Findings((), 1.0, (), ()), Findings(("no",), 1.0, (), ())


def test_where_the_thresholds_stand() -> None:
    """MEANT is above 19 of 20 wrong pairs that are partial by words, STRANGE below 99 of 100 carried ones."""
    wrong = [Held("other", OPEN, -1.0, odds) for odds in (*[1.2] * 18, 2.6, 7.0)]
    right = [Held("carried", CLEAR, odds) for odds in (-8.0, -2.2, *[4.0] * 98)]
    settled = [Held("joined", AGAINST), Held("other", CLEAR, 9.0), Held("stated", AGAINST)]
    assert (3.0, -2.5) == fitted([*wrong, *right, *settled])


@pytest.mark.parametrize("odds", [STRANGE - 1, 0.0, MEANT])
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
def test_the_tables_tell_the_verdicts_of_the_check(text: str, odds: float) -> None:
    """What is counted for a pair of thresholds is what the check itself says with them."""

    def reads(_: str, __: object) -> float:
        return odds

    evidence = (Evidence("The shots killed 17 people, among them two children."),)
    found = held(Pair("other", text, evidence), reads)
    assert verdict_for(text, evidence).verdict == found.by_words
    assert verdict_for(text, evidence, reads).verdict == found.by_both(MEANT, STRANGE)


def test_what_is_carried_and_what_is_not(tmp_path: Path) -> None:
    """A summary's sentence goes with its source, a question's statement with its answer's sentence, nothing else."""
    row = {"qid": "1", "source1": "The Alder Bridge opened in 1911 to great joy.", "title1": "Alder Bridge",
           "source2": "Ferries crossed the river before there was a bridge.", "title2": "Ferries",
           "summary": "[ 1 The Alder Bridge opened ] in the spring of the year 1911."}  # fmt: skip
    far = {**row, "qid": "2", "summary": "[ 2 Ferries crossed ] the river for many long years."}
    document = {"doc_id": "a", "title": HELD[0], "sentences": ["Maria Lund drew it.", "It has three arches."]}
    other = {**document, "doc_id": "b", "title": "One that the reader was trained on"}
    asked = {"question": "Who drew it?", "answers": ["Maria Lund"], "evidence_sets": [[["a", 0]]], "source_doc": "a"}
    files: dict[str, list[dict[str, Any]]] = {
        "quotesum/dev.jsonl": [row, far, row],
        "squad2/corpus.jsonl": [document, other],
        "squad2/questions.jsonl": [asked, {**asked, "source_doc": "b"}, {**asked, "answers": [], "evidence_sets": []}],
    }
    for name, rows in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("\n".join(json.dumps(each) for each in rows), encoding="utf-8")

    found = list(pairs(tmp_path))
    assert list(found) == list(pairs(tmp_path))
    kinds = Counter(each.kind for each in found)
    assert (3, 3, 1, 1) == tuple(kinds[kind] for kind in ("carried", "other", "stated", "elsewhere"))
    assert kinds["joined"]
    assert kinds["corrupted"]
    stated = {each.kind: each for each in found if each.evidence[0].context == HELD[0]}
    assert ("Maria Lund drew it.", "Maria Lund drew it.") == (stated["stated"].text, stated["stated"].evidence[0].text)
    assert "It has three arches." == stated["elsewhere"].evidence[0].text


def test_the_thresholds_are_written_as_they_are_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The two thresholds stand in the file under the names that the loader looks for."""
    write(tmp_path / "reader_check.json", 3.5, -4.0)
    monkeypatch.setattr(calibration, "CALIBRATION_FOLDER", tmp_path)
    loaded = check_calibration.__wrapped__()
    assert (3.5, -4.0) == (loaded.supported_log_odds, loaded.unsupported_log_odds)
