import pytest

from assistant.evaluation.calibration import (
    ThresholdPoint,
    brier_score,
    expected_calibration_error,
    point_at,
    precision_coverage_curve,
    predictions,
    reliability_bins,
    threshold_for_mode,
    threshold_steps,
    wilson_interval,
)
from assistant.evaluation.metrics import ScoredAnswer
from assistant.evaluation.scorers import Score
from assistant.models.calibration import refusal_threshold
from assistant.types import Answer


def result(
    score: float, right: bool = True, answerable: bool = True, refused: bool = False, mode: str = "quotes"
) -> ScoredAnswer:
    answer = Answer("?", "?", "", refused=refused, reason=None, score=score, mode=mode, model="")
    return ScoredAnswer("q", "?", answerable, answer, {"facts": Score(float(right))}, 0.01)


def test_a_bin_holds_its_lower_end() -> None:
    """A score of .5 belongs to .5–.6, and 1 to the last bin; bins without questions are left out."""
    bins = reliability_bins([(0.5, True), (0.59, False), (1.0, True), (0.0, False)])
    assert [(0.0, 0.1, 1, 0), (0.5, 0.6, 2, 1), (0.9, 1.0, 1, 1)] == [
        (bin_.low, bin_.high, bin_.questions, bin_.answerable) for bin_ in bins
    ]
    assert [0.0, 0.545, 1.0] == [pytest.approx(bin_.mean_confidence) for bin_ in bins]
    assert [0.0, 0.5, 1.0] == [bin_.answerable_share for bin_ in bins]


def test_the_calibration_error_weighs_bins_by_their_questions() -> None:
    """Three questions at .9 of which two are answerable and one at .2 that isn't: (3 × |2/3 − .9| + 1 × .2) / 4."""
    pairs = [(0.9, True), (0.9, True), (0.9, False), (0.2, False)]
    assert pytest.approx((3 * (0.9 - 2 / 3) + 0.2) / 4) == expected_calibration_error(reliability_bins(pairs))
    assert expected_calibration_error([]) is None


def test_the_brier_score_is_the_mean_square() -> None:
    """(.1² + .2²) / 2 for .9 of an answerable and .2 of an unanswerable question; a perfect score has 0."""
    assert pytest.approx(0.025) == brier_score([(0.9, True), (0.2, False)])
    assert brier_score([(1.0, True), (0.0, False)]) == 0
    assert brier_score([]) is None


def test_a_question_that_could_not_be_asked_has_no_score() -> None:
    """The 0 of a question that was turned away, an empty one say, is no belief and counts nowhere."""
    assert predictions([result(0.0, refused=True, mode="none"), result(0.7)]) == [(0.7, True)]


def test_the_sweep_follows_the_scores_down() -> None:
    """Each answered question adds to the shares; a refused one counts as answerable, and is never answered."""
    run = [result(0.5, right=False), result(0.9), result(0.7, answerable=False), result(0.2, refused=True)]
    assert [
        ThresholdPoint(0.9, 1 / 3, 1, 1),
        ThresholdPoint(0.7, 1 / 3, 2, 1),
        ThresholdPoint(0.5, 2 / 3, 3, 1),
    ] == precision_coverage_curve(run)
    assert [1.0, 0.5, 1 / 3] == [point.precision for point in precision_coverage_curve(run)]


def test_an_unanswerable_question_is_never_rightly_answered() -> None:
    """Even with nothing else failed, its answer is wrong."""
    assert [0.0] == [
        point.precision for point in precision_coverage_curve([result(0.8, answerable=False), result(0.8, right=False)])
    ]


def test_equal_scores_go_over_a_threshold_together() -> None:
    """Two questions of one score make one point."""
    assert [ThresholdPoint(0.8, 1.0, 2, 1)] == precision_coverage_curve([result(0.8), result(0.8, right=False)])


def test_nothing_to_answer_gives_no_sweep() -> None:
    """Where all were refused or nothing is answerable there is no point, and no division by zero."""
    assert precision_coverage_curve([result(0.1, refused=True)]) == []
    assert precision_coverage_curve([result(0.8, answerable=False)]) == []
    assert precision_coverage_curve([]) == []


def test_a_threshold_takes_the_scores_at_and_above_it() -> None:
    """The point of .7 is that of the lowest score not below .7; above all scores there is none."""
    points = precision_coverage_curve([result(0.9), result(0.7), result(0.5)])
    assert points[1] == point_at(points, 0.7)
    assert points[1] == point_at(points, 0.6)
    assert point_at(points, 0.95) is None


def test_the_stops_are_the_chosen_threshold_and_the_tenths_above() -> None:
    """From .45 on they are .45, .5, .6, …, as far as anything is answered."""
    points = precision_coverage_curve([result(0.75), result(0.55)])
    assert [0.45, 0.5, 0.6, 0.7] == [step for step, _ in threshold_steps(points, 0.45)]
    assert [2, 2, 1, 1] == [point.answered for _, point in threshold_steps(points, 0.45)]


def test_wilsons_interval_is_known() -> None:
    """5 of 10 give .237 to .763, 10 of 10 .722 to 1, as in the tables."""
    assert (0.2366, 0.7634) == pytest.approx(wilson_interval(5, 10), abs=1e-4)
    assert (0.7225, 1.0) == pytest.approx(wilson_interval(10, 10), abs=1e-4)


def test_each_mode_has_its_threshold() -> None:
    """The threshold drawn is that of the mode that answered."""
    assert 0.40 == threshold_for_mode("llm") == refusal_threshold("llm")
    assert 0.50 == threshold_for_mode("quotes") == refusal_threshold("quotes")
