import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import CasesError
from assistant.evaluation.comparison import Comparison, QuestionChange, compare_runs, load_run
from assistant.evaluation.metrics import ScoredAnswer
from assistant.evaluation.scorecard import Scorecard
from assistant.evaluation.scorers import Score
from assistant.types import Answer

ANSWER = Answer("?", "?", "", refused=False, reason=None, score=0.5, mode="quotes", model="none")


def result(name: str, number: int = 1, **scores: float) -> ScoredAnswer:
    return ScoredAnswer(
        name,
        f"{name}?",
        answerable=True,
        answer=ANSWER,
        scores={score_name: Score(value) for score_name, value in scores.items()},
        seconds=0.5,
        round=number,
    )


def card(*run: ScoredAnswer, title: str = "now") -> Scorecard:
    return Scorecard(title, "cases.quotes", run, {})


def against(before: Scorecard, after: Scorecard) -> Comparison:
    """The later card beside the record of the earlier, as a file holds it."""
    return compare_runs(after, json.loads(json.dumps(before.to_dict())))


def test_each_question_that_changed_is_marked() -> None:
    """What changed is told with its marks before and after, by name, and whether it is better; the rest is not told."""
    before = card(result("a", facts=1, verdicts=1), result("b", facts=0), result("c", facts=1), title="then")
    after = card(result("a", facts=1, verdicts=1), result("b", facts=1), result("c", facts=0))
    comparison = against(before, after)
    expected = (QuestionChange("b", "b?", {"facts": (0.0, 1.0)}), QuestionChange("c", "c?", {"facts": (1.0, 0.0)}))
    assert ("then", expected) == (comparison.earlier_title, comparison.changes)
    assert [True, False] == [change.is_better for change in comparison.changes]


def test_a_change_is_better_when_it_gained_more_than_it_lost() -> None:
    """A fact gained outweighs half a citation lost."""
    (change,) = against(
        card(result("a", facts=0, citation_precision=1)), card(result("a", facts=1, citation_precision=0.5))
    ).changes
    assert change.is_better


def test_a_figure_is_compared_over_what_both_have() -> None:
    """Means are over the questions that both runs marked; those of one alone are counted, new and gone."""
    before = card(result("a", facts=1), result("b", facts=0), result("gone", facts=0), result("c", verdicts=1))
    after = card(result("a", facts=1), result("b", facts=1), result("new", facts=0), result("c", facts=1))
    comparison = against(before, after)
    (facts,) = comparison.differences
    assert ("facts", 0.5, 1.0, 2, 1.0) == (facts.name, facts.before, facts.after, facts.questions, facts.p_value)
    assert (1, 1) == (comparison.added, comparison.gone)


@pytest.mark.parametrize(("changed", "beyond"), [(5, False), (6, True), (40, True)])
def test_a_difference_is_held_against_chance(changed: int, beyond: bool) -> None:
    """Six questions that all got better are more than chance, five are not."""
    names = [str(number) for number in range(changed)]
    before, after = (card(*(result(name, facts=value) for name in names)) for value in (0, 1))
    (difference,) = against(before, after).differences
    assert beyond is difference.is_beyond_chance


def test_rounds_count_as_their_mean() -> None:
    """A question right in one round of two has got worse when it was right in both, and counts once."""
    before = card(result("a", facts=1), result("a", number=2, facts=1))
    after = card(result("a", facts=1), result("a", number=2, facts=0))
    comparison = against(before, after)
    assert (QuestionChange("a", "a?", {"facts": (1.0, 0.5)}),) == comparison.changes
    assert [1] == [difference.questions for difference in comparison.differences]


def test_amounts_are_not_compared() -> None:
    """Seconds and tokens differ from run to run, and are neither a change nor a difference."""
    comparison = against(card(result("a", tokens=5, latency=1)), card(result("a", tokens=9, latency=2)))
    assert Comparison("now", (), (), 0, 0) == comparison


SCORES = st.dictionaries(st.sampled_from(["facts", "verdicts", "citation_precision"]), st.floats(0, 1))
RUNS = st.lists(
    st.builds(
        lambda name, scores: replace(
            result(name), scores={score_name: Score(value) for score_name, value in scores.items()}
        ),
        st.sampled_from("abcdef"),
        SCORES,
    ),
    max_size=12,
)
FEW = settings(max_examples=30, deadline=None)  # an example makes whole records


@FEW
@given(RUNS)
def test_a_run_beside_itself_is_the_same(run: list[ScoredAnswer]) -> None:
    """However its marks are rounded in the record, nothing of a run differs from its own record."""
    comparison = against(card(*run), card(*run))
    assert () == comparison.changes
    assert (0, 0) == (comparison.added, comparison.gone)
    assert [] == [
        difference
        for difference in comparison.differences
        if difference.before != difference.after or difference.p_value != 1.0
    ]


@FEW
@given(RUNS, RUNS)
def test_the_other_way_round_is_the_opposite(first: list[ScoredAnswer], second: list[ScoredAnswer]) -> None:
    """Comparing the other way round turns every difference about, and is as likely by chance."""
    there, back = against(card(*first), card(*second)), against(card(*second), card(*first))
    assert (there.added, there.gone) == (back.gone, back.added)
    turned = {
        difference.name: replace(difference, before=difference.after, after=difference.before)
        for difference in back.differences
    }
    assert turned == {difference.name: difference for difference in there.differences}


# What is compared with


def test_a_run_is_read_from_its_file(tmp_path: Path) -> None:
    """What --json wrote is read, with all that a comparison needs."""
    path = tmp_path / "run.json"
    run = card(result("a", facts=1), title="Ünterwegs")
    path.write_text(json.dumps(run.to_dict()), encoding="utf-8")
    assert Comparison("Ünterwegs", (), against(run, run).differences, 0, 0) == compare_runs(run, load_run(path))


@pytest.mark.parametrize(
    "text",
    [
        None,
        "no JSON",
        "[]",
        "3",
        "{}",
        '{"title": "t"}',
        '{"title": "t", "results": 3}',
        '{"title": "t", "results": {"a": 1}}',
        '{"title": "t", "results": [{"id": "a"}]}',
        '{"title": "t", "results": [{"id": "a", "scores": [1]}]}',
        '{"title": "t", "results": [{"id": 1, "scores": {}}]}',
        '{"results": []}',
        "\udcff",
    ],
)
def test_what_is_no_run_is_named(tmp_path: Path, text: str | None) -> None:
    """A file that is missing, or is anything else than a run's record, is named with what to give instead."""
    path = tmp_path / "run.json"
    if text is not None:
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(CasesError, match=r"run\.json is no run to compare with\. Give a file"):
        load_run(path)


@pytest.mark.parametrize("mark", [1.0, None, {}, {"value": None}, {"value": "much"}])
def test_marks_of_another_form_are_named(tmp_path: Path, mark: Any) -> None:
    """A record whose marks are written in another way is no run to compare with, told before anything is asked."""
    path = tmp_path / "run.json"
    path.write_text(json.dumps({"title": "t", "results": [{"id": "a", "scores": {"facts": mark}}]}), encoding="utf-8")
    with pytest.raises(CasesError, match=r"run\.json"):
        load_run(path)
