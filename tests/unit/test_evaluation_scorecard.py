import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from assistant import resources
from assistant.errors import CasesError
from assistant.evaluation.cases import Case
from assistant.evaluation.datasets import Question
from assistant.evaluation.measures import Asked, CaseResult, QuestionResult
from assistant.evaluation.scorecard import Scorecard, cases_card, dataset_card, load_thresholds, show
from assistant.evaluation.scorers import Score
from assistant.types import Answer, Citation

QUOTE = "It was \x1b[31mfine\x1b[0m [bold]today[/bold]."
CITATION = Citation(1, "d", "Brief", "/docs/brief.md", None, 0, 0, len(QUOTE), QUOTE, "")
ANSWER = Answer(
    "?",
    "?",
    f"{QUOTE} [1]",
    refused=False,
    reason=None,
    score=0.9,
    mode="quotes",
    model="none",
    citations=(CITATION,),
)
RIGHT = CaseResult(
    Case("right", "A?", answerable=True, tags=("a",)), ANSWER, 0.01, {"says": Score(1), "refuses": Score(1)}
)
WRONG = CaseResult(
    Case("wrong", "B?", answerable=True, tags=("a", "b")),
    ANSWER,
    0.03,
    {"says": Score(0, "doesn't say “5”"), "refuses": Score(1)},
)


def shown(card: Scorecard, terminal: bool = False) -> str:
    out = io.StringIO()
    show(card, Console(file=out, force_terminal=terminal, width=120, color_system=None))
    return out.getvalue()


def test_a_missed_threshold_is_named() -> None:
    """A figure below its least is a miss with both numbers; one at it is none, nor one without a value."""
    card = cases_card("2 cases", [RIGHT, WRONG], {"facts": 0.9, "refused_answerable": 0.0, "refusal_balanced": 0.9})
    assert card.missed == ("facts is 0.500, needs 0.900",)
    assert "Missed: facts is 0.500, needs 0.900." in shown(card)
    assert cases_card("1 case", [RIGHT], {"facts": 1.0}).missed == ()


def test_a_pipe_gets_plain_aligned_text() -> None:
    """In a pipe the tables are lines of aligned words without a frame, one by tag and one in total."""
    lines = shown(cases_card("2 cases", [RIGHT, WRONG], {})).splitlines()
    assert ["a", "2", "0.500", "-", "-", "-", "0.000", "-"] in [line.split() for line in lines]
    assert ["b", "1", "0.000", "-", "-", "-", "0.000", "-"] in [line.split() for line in lines]
    assert ["all", "2", "0.500", "-", "-", "-", "0.000", "-"] in [line.split() for line in lines]
    assert ["seconds_median", "20.0", "ms"] in [line.split() for line in lines]
    assert "│" not in "".join(lines)


def test_a_terminal_gets_tables() -> None:
    """On a terminal the same figures stand in framed tables."""
    text = shown(cases_card("2 cases", [RIGHT, WRONG], {}), terminal=True)
    assert "│" in text
    assert "0.500" in text


def test_a_failure_is_shown_whole_and_harmless() -> None:
    """A failure shows question, answer, cited sentence and why; its markup and escapes do nothing."""
    text = shown(cases_card("2 cases", [RIGHT, WRONG], {}))
    assert "Failed: wrong: B?" in text
    assert r"[1] Brief: “It was \x1b[31mfine\x1b[0m [bold]today[/bold].”" in text
    assert "says: doesn't say “5”" in text
    assert "Failed: right" not in text
    assert "\x1b" not in text


def test_a_long_answer_is_cut_on_the_card() -> None:
    """A line of the card is bounded, however long the document's sentence."""
    long = Answer("?", "?", "x" * 9999, refused=False, reason=None, score=0.9, mode="quotes", model="none")
    card = cases_card("1 case", [CaseResult(WRONG.case, long, 1, WRONG.scores)], {})
    assert max(map(len, shown(card).splitlines())) < 400
    assert "x" * 9999 in json.dumps(card.to_dict())


def test_the_record_holds_everything() -> None:
    """The JSON record has every result with its scores, its answer's record and the verdict."""
    record = json.loads(json.dumps(cases_card("2 cases", [RIGHT, WRONG], {"facts": 0.9}).to_dict()))
    assert record["missed"] == ["facts is 0.500, needs 0.900"]
    assert [(r["id"], r["failed"]) for r in record["results"]] == [("right", False), ("wrong", True)]
    assert record["results"][1]["scores"]["says"] == {"value": 0, "why": "doesn't say “5”"}
    assert record["results"][1]["answer"]["citations"][0]["quote"] == QUOTE


def test_a_data_set_has_a_card() -> None:
    """A data set's card shows its figures, and its record the evidence found and cited."""
    span = frozenset({("d", 0)})
    question = Question("q", "A?", answerable=True, evidence_sets=(span,), source_doc="d")
    card = dataset_card("1 question", [QuestionResult(question, (span,), Asked(ANSWER, (span,), 0.5), None)], {})
    record = json.loads(json.dumps(card.to_dict()))["results"][0]
    assert ["first_1", "1.000"] in [line.split() for line in shown(card).splitlines()]
    assert (
        record["found"],
        record["everywhere"]["cited"],
        record["own"],
    ) == ([[["d", 0]]], [[["d", 0]]], None)


def test_the_bundled_thresholds_are_right() -> None:
    """The file that ships names figures that exist, and quotes must all be exact."""
    path = resources.folder("evals") / "thresholds.toml"
    assert load_thresholds(path)["quotes_exact"] == 1.0
    assert {"first_1", "first_3"} <= set(load_thresholds(path, "xquad_en"))
    assert load_thresholds(path, "unknown") == {}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[cases]\nfcats = 1", "cases.fcats"),
        ("[cases]\nfacts = true", "cases.facts"),
        ("[cases", "thresholds.toml"),
    ],
)
def test_a_mistake_in_the_thresholds_is_named(tmp_path: Path, text: str, named: str) -> None:
    """A misspelt figure is an error, not a threshold that never fails."""
    path = tmp_path / "thresholds.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CasesError, match=named):
        load_thresholds(path)
