from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evaluation.metrics import (
    DECIDING_SCORES,
    REFUSAL_BALANCED,
    REFUSED_ANSWERABLE,
    REFUSED_UNANSWERABLE,
    ScoredAnswer,
    balanced_accuracy,
    compute_metrics,
    mean_or_none,
    metric_names,
    share_names,
    time_metrics,
)
from assistant.evaluation.scorers import Score
from assistant.types import Answer

ANSWER = Answer("?", "?", "", refused=False, reason=None, score=0.5, mode="quotes", model="none")


def result(name: str = "a", *, answerable: bool = True, refused: bool = False, **scores: float) -> ScoredAnswer:
    answer = replace(ANSWER, refused=refused)
    return ScoredAnswer(
        name, "?", answerable, answer, {score_name: Score(value) for score_name, value in scores.items()}, 0.5
    )


@pytest.mark.parametrize("name", DECIDING_SCORES)
def test_less_than_the_whole_is_a_failure(name: str) -> None:
    """Each deciding score fails its question below 1, and at 1 it doesn't."""
    assert replace(result(), scores={name: Score(0.99)}).failed
    assert not replace(result(), scores={name: Score(1.0)}).failed


@pytest.mark.parametrize("name", ["citation_precision", "verdicts", "latency", "tokens", "first_1"])
def test_other_scores_fail_nothing(name: str) -> None:
    """A citation too many, a slow answer or a hit at the second place is no failure, nor is having no marks."""
    assert not replace(result(), scores={name: Score(0.0)}).failed
    assert not result().failed


def test_a_refusal_counts_by_whether_it_was_right() -> None:
    """What a figure is taken from: the scores, and the refusal under the name of its kind; never the mark on it."""
    assert {"facts": 1.0, REFUSED_ANSWERABLE: 0.0} == result(facts=1, refuses=1).metric_values
    assert {"facts": 0.0, REFUSED_ANSWERABLE: 1.0} == result(refused=True, facts=0, refuses=0).metric_values
    assert {REFUSED_UNANSWERABLE: 1.0} == result(answerable=False, refused=True, refuses=1).metric_values
    assert {REFUSED_UNANSWERABLE: 0.0} == result(answerable=False, refuses=0).metric_values


def test_a_figure_is_the_mean_of_those_who_have_it() -> None:
    """A score that a question hasn't is not counted as nothing."""
    metrics = compute_metrics([result(facts=1), result(facts=0, verdicts=0.5), result(answerable=False, refused=True)])
    expected = {
        "facts": 0.5,
        "verdicts": 0.5,
        REFUSED_ANSWERABLE: 0.0,
        REFUSED_UNANSWERABLE: 1.0,
        REFUSAL_BALANCED: 1.0,
    }
    assert expected == {name: metrics[name] for name in expected}


def test_times_are_told_once() -> None:
    """Latency is among the times of all questions and no figure beside them; tokens stay, but are no share."""
    results = [result(latency=0.5, tokens=100, facts=1), result(latency=0.5, tokens=50)]
    expected = {
        "tokens": 75.0,
        "facts": 1.0,
        REFUSED_ANSWERABLE: 0.0,
        REFUSAL_BALANCED: None,
        "seconds_median": 0.5,
        "seconds_p95": 0.5,
    }
    assert expected == compute_metrics(results)
    assert ["latency", "tokens", "facts", REFUSED_ANSWERABLE] == metric_names(results)
    assert ["facts", REFUSED_ANSWERABLE] == share_names(results)


def test_times_are_the_median_and_the_nearest_rank() -> None:
    """Of 1 to 100 seconds, half take 50.5 and 95 of 100 at most 95."""
    assert {"seconds_median": 50.5, "seconds_p95": 95} == time_metrics(list(range(1, 101)))
    assert {"seconds_median": 7, "seconds_p95": 7} == time_metrics([7])


@given(st.lists(st.floats(0, 1e6), min_size=1))
def test_a_percentile_is_a_time_that_was_taken(seconds: list[float]) -> None:
    """At least 95 of 100 questions took no longer than the 95th percentile, which is one of the times."""
    slow = time_metrics(seconds)["seconds_p95"]
    assert slow in seconds
    assert sum(time <= slow for time in seconds) >= 0.95 * len(seconds)


@pytest.mark.parametrize("always", [True, False])
def test_refusing_everything_is_worth_a_half(always: bool) -> None:
    """Balanced accuracy sees through an assistant that always refuses, and through one that never does."""
    results = [result(answerable=answerable, refused=always) for answerable in (True, True, True, False)]
    assert 0.5 == compute_metrics(results)[REFUSAL_BALANCED]


@given(st.floats(0, 1), st.floats(0, 1))
def test_balance_is_a_share(wrongly: float, rightly: float) -> None:
    """The balanced accuracy lies between 0 and 1, and refusing the other way round gives its complement."""
    balance, opposite = balanced_accuracy(wrongly, rightly), balanced_accuracy(1 - wrongly, 1 - rightly)
    assert balance is not None
    assert opposite is not None
    assert 0 <= balance <= 1
    assert pytest.approx(1) == balance + opposite


@pytest.mark.parametrize("missing", [(None, 1.0), (0.0, None), (None, None)])
def test_one_kind_alone_has_no_balance(missing: Sequence[float | None]) -> None:
    """Without unanswerable questions, or without answerable ones, there is no balanced accuracy."""
    assert balanced_accuracy(*missing) is None


def test_nothing_asked_gives_no_figures() -> None:
    """Over nothing every figure is None, not an error and not a perfect score."""
    assert {REFUSAL_BALANCED: None, "seconds_median": None, "seconds_p95": None} == compute_metrics([])
    assert mean_or_none([]) is None
