"""How many answers may be wrong: the bound, the threshold that keeps it, and the sentence that says so."""

import random
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.guarantee.bounds import least_total, upper_bound
from assistant.guarantee.calibrations import Calibration
from assistant.guarantee.statement import state
from assistant.guarantee.thresholds import Outcome, choose_threshold

MODELS = ("an embedder", "a reader")
outcome_lists = st.lists(
    st.builds(Outcome, st.floats(0, 1).map(lambda score: round(score, 2)), st.booleans(), st.booleans()), max_size=300
)


@given(st.integers(1, 200).flatmap(lambda total: st.tuples(st.integers(0, total - 1), st.just(total))))
def test_at_the_bound_so_few_errors_have_a_chance_of_a_twentieth(counts: tuple[int, int]) -> None:
    """It is the definition of Clopper and Pearson, with the binomial distribution written out."""
    errors, total = counts
    share = upper_bound(errors, total)
    chance = sum(comb(total, k) * share**k * (1 - share) ** (total - k) for k in range(errors + 1))
    assert pytest.approx(0.05, abs=1e-6) == chance


@given(st.integers(0, 99), st.integers(100, 300))
def test_the_bound_rises_with_errors_and_falls_with_questions(errors: int, total: int) -> None:
    """One error more is worse, and as many errors among more questions are better."""
    assert upper_bound(errors, total) < upper_bound(errors + 1, total)
    assert upper_bound(errors, total) > upper_bound(errors, total + 1)


def test_nothing_counted_bounds_nothing() -> None:
    """Without a question, or with errors alone, the bound is 1."""
    assert 1.0 == upper_bound(0, 0) == upper_bound(7, 7)


@given(st.floats(0.01, 0.5))
def test_the_least_total_is_the_first_that_can_pass(risk: float) -> None:
    """With one question fewer not even a run without errors is enough."""
    total = least_total(risk)
    assert upper_bound(0, total) <= risk + 1e-9
    assert upper_bound(0, total - 1) > risk - 1e-9


@given(outcome_lists, st.floats(0.05, 0.5))
def test_a_chosen_threshold_keeps_its_bound(outcomes: list[Outcome], risk: float) -> None:
    """What the threshold answers is counted rightly, and its bound is at most the risk."""
    threshold = choose_threshold(outcomes, risk)
    if threshold is None:
        return
    answered = [outcome for outcome in outcomes if outcome.confidence >= threshold.confidence]
    assert (len(answered), sum(not outcome.is_right for outcome in answered)) == (threshold.answered, threshold.wrong)
    assert upper_bound(threshold.wrong, threshold.answered) <= risk


def simulated(rng: random.Random, count: int) -> list[Outcome]:
    """Questions whose answers are right with a chance that rises with their confidence."""
    scores = [rng.random() for _ in range(count)]
    return [Outcome(score, rng.random() < 0.6 + 0.4 * score, is_answerable=True) for score in scores]


def test_the_risk_is_kept_on_questions_that_were_not_seen() -> None:
    """In 300 draws the true share of wrong answers above the threshold exceeds the risk in a twentieth at most."""
    rng = random.Random(0)  # noqa: S311 — reproducible on purpose
    chosen = [choose_threshold(simulated(rng, 400), 0.1) for _ in range(300)]
    # Above a threshold t the answers are wrong with a chance of .4 times the mean of 1 - score, so .2 * (1 - t).
    broken = [threshold for threshold in chosen if threshold and 0.2 * (1 - threshold.confidence) > 0.1]
    assert sum(threshold is not None for threshold in chosen) > 150
    assert len(broken) <= 15


def test_enough_right_answers_give_a_guarantee() -> None:
    """The sentence has the risk, the questions behind it and the score from which is answered."""
    outcomes = (Outcome(0.9, is_right=True, is_answerable=True),) * 80
    guarantee = state(0.1, "quotes", MODELS, Calibration(outcomes, "those of ours.yaml", "quotes", MODELS))
    assert guarantee.threshold is not None
    assert guarantee.text == (
        "With 95% confidence at most 10.0% of the answers given are wrong, for questions like those of ours.yaml: "
        "of 80 calibration questions 80 are answered at a score of 0.90 or more, 0 of them wrongly (bound 3.7%)."
    )


@pytest.mark.parametrize(
    ("outcomes", "mode", "models", "reason"),
    [
        (28, "quotes", MODELS, "it needs 29 calibration questions at least, and there are 28"),
        (90, "llm", MODELS, "were answered in quotes mode, not in llm mode"),
        (90, "quotes", ("another", "a reader"), "were answered with an embedder, a reader, not with another, a reader"),
    ],
)
def test_without_a_guarantee_the_reason_is_said(outcomes: int, mode: str, models: tuple[str, ...], reason: str) -> None:
    """Too few questions, another mode and other models each have a sentence, which says what to do."""
    calibration = Calibration((Outcome(0.9, is_right=True, is_answerable=True),) * outcomes, "these", "quotes", MODELS)
    guarantee = state(0.1, mode, models, calibration)
    assert guarantee.threshold is None
    assert reason in guarantee.text
    assert guarantee.text.endswith("Fit it on your own cases: assistant calibrate CASES")


def test_too_many_wrong_answers_are_no_guarantee() -> None:
    """Where even the surest answers are wrong too often, that is the reason."""
    outcomes = tuple(Outcome(n / 100, is_right=n % 2 == 0, is_answerable=True) for n in range(100))
    guarantee = state(0.1, "quotes", MODELS, Calibration(outcomes, "these", "quotes", MODELS))
    assert guarantee.threshold is None
    assert "too many of the surest answers to the 100 calibration questions are wrong" in guarantee.text
