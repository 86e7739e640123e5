from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.evaluation.metrics import REFUSAL_BALANCED, REFUSED_ANSWERABLE, REFUSED_UNANSWERABLE, ScoredAnswer
from assistant.evaluation.scorers import Score
from assistant.evaluation.statistics import SIGNIFICANCE_LEVEL, bootstrap_intervals, permutation_test
from assistant.types import Answer

ANSWER = Answer("?", "?", "", refused=False, reason=None, score=0.5, mode="quotes", model="none")
REFUSAL = Answer("?", "?", "", refused=True, reason="?", score=0.1, mode="quotes", model="none")
SHARES = st.lists(st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]), min_size=1, max_size=40)
PAIRS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=30)
FEW = settings(max_examples=30, deadline=None)  # an example draws thousands of samples


def result(
    name: object, answer: Answer = ANSWER, *, answerable: bool = True, number: int = 1, **scores: float
) -> ScoredAnswer:
    return ScoredAnswer(str(name), "?", answerable, answer, {n: Score(v) for n, v in scores.items()}, 0.5, (), number)


def over(values: list[float]) -> list[ScoredAnswer]:
    return [result(name, facts=value) for name, value in enumerate(values)]


# Intervals


@FEW
@given(SHARES.filter(lambda values: len(values) > 1))
def test_an_interval_holds_the_mean(values: list[float]) -> None:
    """The interval lies around the figure, and never beyond the least and the greatest that was seen."""
    low, high = bootstrap_intervals(over(values))["facts"]
    assert min(values) - 1e-9 <= low <= sum(values) / len(values) + 1e-9
    assert max(values) + 1e-9 >= high >= sum(values) / len(values) - 1e-9


@pytest.mark.parametrize("size", [40, 100, 400])
def test_an_interval_is_as_wide_as_statistics_say(size: int) -> None:
    """Half right and half wrong: the normal approximation's interval, around a half, narrower with more questions."""
    low, high = bootstrap_intervals(over([0.0, 1.0] * (size // 2)))["facts"]
    wide = 1.96 * (0.25 / size) ** 0.5
    assert pytest.approx(0.5 - wide, abs=0.02) == low
    assert pytest.approx(0.5 + wide, abs=0.02) == high


def test_without_variation_there_is_none_in_the_interval() -> None:
    """Where every question is right, so is every sample of them."""
    assert pytest.approx((1.0, 1.0)) == bootstrap_intervals(over([1.0] * 5))["facts"]


@FEW
@given(SHARES)
def test_intervals_are_the_same_each_time(values: list[float]) -> None:
    """The samples are drawn with a fixed seed: equal runs have equal intervals to the last bit."""
    assert bootstrap_intervals(over(values)) == bootstrap_intervals(over(values))


@FEW
@given(SHARES.filter(lambda values: len(values) > 1), st.integers(2, 4))
def test_all_rounds_of_a_question_are_drawn_together(values: list[float], rounds: int) -> None:
    """Asking everything again and getting the same makes no interval narrower: questions count, not answers."""
    again = [result(name, number=n, facts=value) for n in range(1, rounds + 1) for name, value in enumerate(values)]
    assert pytest.approx(bootstrap_intervals(over(values))["facts"]) == bootstrap_intervals(again)["facts"]


def test_rounds_that_differ_count_as_their_mean() -> None:
    """A question right in one round of two is half right in every sample that it is in."""
    rounds = [result(name, number=n, facts=n - 1) for name in "abcd" for n in (1, 2)]
    assert pytest.approx((0.5, 0.5)) == bootstrap_intervals(rounds)["facts"]


def test_rounds_of_one_question_are_one_question() -> None:
    """However often it was asked, one question alone has no interval."""
    assert {} == bootstrap_intervals([result("a", number=n, facts=n % 2) for n in range(1, 9)])


def test_a_figure_of_one_question_has_no_interval() -> None:
    """A score that only one question has is not given one, though others are; nor has an empty run any."""
    intervals = bootstrap_intervals([*over([1.0, 0.0]), result("c", verdicts=1.0)])
    assert {"facts", REFUSED_ANSWERABLE} == set(intervals)
    assert {} == bootstrap_intervals([])


def test_amounts_have_no_interval() -> None:
    """Tokens and seconds are no shares."""
    assert {REFUSED_ANSWERABLE} == set(bootstrap_intervals([result(name, tokens=5, latency=1) for name in "ab"]))


def test_the_balance_is_of_both_kinds_in_each_sample() -> None:
    """The balanced accuracy of refusing has an interval where both kinds have, and lies between theirs."""
    results = [result(n, REFUSAL if n % 4 == 0 else ANSWER) for n in range(40)]
    results += [result(n, ANSWER if n % 4 == 0 else REFUSAL, answerable=False) for n in range(40, 80)]
    intervals = bootstrap_intervals(results)
    low, high = intervals[REFUSAL_BALANCED]
    assert low < 0.75 < high
    assert high - low < intervals[REFUSED_ANSWERABLE][1] - intervals[REFUSED_ANSWERABLE][0]
    assert high - low < intervals[REFUSED_UNANSWERABLE][1] - intervals[REFUSED_UNANSWERABLE][0]
    assert REFUSAL_BALANCED not in bootstrap_intervals(results[:41])


# The paired test


def brute_force(before: list[int], after: list[int]) -> Fraction:
    """The share of all exchanges of signs whose sum is as far from 0 as the one that was seen."""
    differences = [b - a for a, b in zip(before, after, strict=True)]
    sums = [
        sum(sign * difference for sign, difference in zip(signs, differences, strict=True))
        for signs in product((-1, 1), repeat=len(differences))
    ]
    return Fraction(sum(abs(difference) >= abs(sum(differences)) for difference in sums), len(sums))


@FEW
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=10))
def test_few_pairs_are_counted_exactly(pairs: list[tuple[int, int]]) -> None:
    """For few pairs the probability is that of all exchanges, counted one by one."""
    before, after = [a for a, _ in pairs], [b for _, b in pairs]
    p_value = permutation_test([a / 4 for a in before], [b / 4 for b in after])
    assert pytest.approx(float(brute_force(before, after)), abs=1e-12) == p_value


@pytest.mark.parametrize(
    ("better", "worse"), [(13, 0), (11, 3), (9, 5), (7, 7), (14, 2)]
)  # more pairs than are tried one by one
def test_many_pairs_are_drawn_well_enough(better: int, worse: int) -> None:
    """Where signs are drawn the probability is that of all exchanges within a hundredth."""
    before, after = [0] * better + [1] * worse, [1] * better + [0] * worse
    assert pytest.approx(float(brute_force(before, after)), abs=0.01) == permutation_test(before, after)


@FEW
@given(PAIRS)
def test_it_does_not_matter_which_run_was_first(pairs: list[tuple[int, int]]) -> None:
    """The probability is the same for both directions, above 0, at most 1, and the same each time."""
    before, after = [a / 4 for a, _ in pairs], [b / 4 for _, b in pairs]
    p_value = permutation_test(before, after)
    assert p_value == permutation_test(after, before)
    assert p_value == permutation_test(before, after)
    assert 0 < p_value <= 1


@FEW
@given(SHARES)
def test_equal_runs_differ_by_chance(values: list[float]) -> None:
    """Two equal runs give a probability of 1, as do runs over nothing."""
    assert 1.0 == permutation_test(values, values)
    assert 1.0 == permutation_test([], [])


@FEW
@given(PAIRS, st.integers(0, 30))
def test_questions_that_did_not_change_change_nothing(pairs: list[tuple[int, int]], same: int) -> None:
    """Questions with the same mark in both runs have no say."""
    before, after = [a / 4 for a, _ in pairs], [b / 4 for _, b in pairs]
    assert permutation_test(before, after) == permutation_test([*before, *[0.5] * same], [*after, *[0.5] * same])


def test_rounding_makes_no_difference() -> None:
    """The last bit of a mean is no change."""
    assert 1.0 == permutation_test([0.1 + 0.2] * 20, [0.3] * 20)


@pytest.mark.parametrize("changed", [5, 6, 30])
def test_a_difference_is_told_from_chance(changed: int) -> None:
    """Five questions that all get better may be chance, six may not be."""
    assert (changed > 5) is (permutation_test([0.0] * changed, [1.0] * changed) < SIGNIFICANCE_LEVEL)
