import json
from dataclasses import replace
from typing import Any

import pytest

from assistant.evaluation.gate import GateResult
from assistant.evaluation.llm_judge import JudgeResult
from assistant.evaluation.metrics import ScoredAnswer
from assistant.evaluation.scorecard import Scorecard
from assistant.evaluation.scorers import Score
from assistant.types import Answer, Citation

CITATION = Citation(1, "d", "Brief", "/docs/brief.md", None, 0, 0, 9, "It rained", "")
ANSWER = Answer(
    "?",
    "?",
    "It rained [1]",
    refused=False,
    reason=None,
    score=0.9,
    mode="quotes",
    model="none",
    citations=(CITATION,),
    seconds={"total": 0.25},
)
RIGHT = ScoredAnswer(
    "right",
    "A?",
    answerable=True,
    answer=ANSWER,
    scores={"facts": Score(1.0), "latency": Score(0.25)},
    seconds=0.25,
    tags=("b", "a"),
)
WRONG = ScoredAnswer(
    "wrong",
    "B?",
    answerable=True,
    answer=ANSWER,
    scores={"facts": Score(0.0, "doesn't say “5”"), "verdicts": Score(1 / 3, "partial: so")},
    seconds=0.75,
    tags=("b",),
    round=2,
    details={"must_say": ["5"]},
)
MADE_WITH = {"mode": "quotes", "model": "bundled", "prompts": {}, "settings": {"timeout": 60.0}}
CARD = Scorecard("2 cases", "cases.quotes", (RIGHT, WRONG), MADE_WITH)


def timeless(value: Any) -> Any:
    """A record without anything called seconds."""
    if isinstance(value, dict):
        return {name: timeless(item) for name, item in value.items() if name != "seconds"}
    return [timeless(item) for item in value] if isinstance(value, list) else value


def test_questions_are_grouped_by_each_tag() -> None:
    """A question is in the group of every tag that it has; the groups stand in order."""
    assert [("a", (RIGHT,)), ("b", (RIGHT, WRONG))] == list(CARD.results_by_tag.items())
    assert {} == Scorecard("", "", (replace(RIGHT, tags=()),), {}).results_by_tag


def test_failures_are_what_went_wrong() -> None:
    """Only the question with something wrong is a failure."""
    assert (WRONG,) == CARD.failures


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"gate": GateResult({"facts": 0.1}, (), ("a case that is worse, as may be",))}, True),
        ({"gate": GateResult({"facts": 0.9}, ("facts is 0.500, needs 0.900",))}, False),
        ({"unfinished": "1 of 2 questions were asked; it was interrupted."}, False),
        ({"judge": {"wrong": {"correct": False}}}, True),
    ],
)
def test_a_run_passes_when_it_is_whole_and_misses_nothing(changes: dict[str, Any], expected: bool) -> None:
    """Failures alone, lost cases that are allowed, or a model's judgement shut no gate; a miss or an early end does."""
    assert expected is replace(CARD, **changes).passed


def test_judgements_are_shares_of_what_was_judged() -> None:
    """Each kind of judgement has the mean over the questions that were judged so."""
    card = replace(CARD, judge=JudgeResult({"a": {"faithful": True, "correct": True}, "b": {"faithful": False}}))
    assert {"correct": 1.0, "faithful": 0.5} == card.judge_metrics
    assert {} == CARD.judge_metrics


def test_the_record_holds_everything() -> None:
    """The record has all figures, also by tag, what was missed, and each question with answer, marks and reasons."""
    card = replace(CARD, gate=GateResult({"facts": 0.9}, ("facts is 0.500, needs 0.900",), ("wrong: facts 1 → 0",)),
                   judge=JudgeResult({"right": {"correct": True}}))  # fmt: skip
    record = json.loads(json.dumps(card.to_dict()))
    assert ("2 cases", "", MADE_WITH) == (record["title"], record["unfinished"], record["made_with"])
    assert (0.5, 0.3333) == (record["figures"]["facts"], record["figures"]["verdicts"])
    assert {"facts", "refused_answerable"} == set(record["intervals"])
    assert {"a": 1, "b": 2} == {tag: group["questions"] for tag, group in record["by_tag"].items()}
    assert {"a": 1.0, "b": 0.5} == {tag: group["figures"]["facts"] for tag, group in record["by_tag"].items()}
    assert {"facts": 0.9} == record["thresholds"]
    assert ["facts is 0.500, needs 0.900"] == record["missed"]
    assert ["wrong: facts 1 → 0"] == record["lost"]
    assert {"figures": {"correct": 1.0}, "unfinished": "", "questions": {"right": {"correct": True}}} == record[
        "judged"
    ]
    right, wrong = record["results"]
    assert ("right", 1, False, ["b", "a"]) == (right["id"], right["round"], right["failed"], right["tags"])
    assert ("wrong", 2, True, ["5"]) == (wrong["id"], wrong["round"], wrong["failed"], wrong["must_say"])
    assert {"value": 0.3333, "why": "partial: so"} == wrong["scores"]["verdicts"]
    assert "It rained" == wrong["answer"]["citations"][0]["quote"]


def test_times_stand_under_seconds_alone() -> None:
    """Two runs that differ only in their times have the same record, once what is called seconds is taken out."""

    def slower(result: ScoredAnswer) -> ScoredAnswer:
        scores = {**result.scores, **({"latency": Score(9.0)} if "latency" in result.scores else {})}
        return replace(result, seconds=9.0, scores=scores, answer=replace(result.answer, seconds={"total": 9.0}))

    later = replace(CARD, results=tuple(map(slower, CARD.results)))
    assert CARD.to_dict() != later.to_dict()
    assert timeless(CARD.to_dict()) == timeless(later.to_dict())
    assert {"seconds_median": 9.0, "seconds_p95": 9.0} == later.to_dict()["seconds"]


def test_an_empty_run_has_a_record() -> None:
    """A run that was interrupted before its first answer has figures without a value, and a record."""
    card = Scorecard("0 cases", "cases.quotes", (), {}, unfinished="0 of 2 questions were asked; it was interrupted.")
    record = json.loads(json.dumps(card.to_dict()))
    assert {"refusal_balanced": None} == record["figures"]
    assert [] == record["results"]
    assert not card.passed
