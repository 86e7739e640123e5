import pytest

from assistant.evaluation.cases import Case
from assistant.evaluation.datasets import Question
from assistant.evaluation.measures import (
    Asked,
    CaseResult,
    QuestionResult,
    case_figures,
    dataset_figures,
    refusals,
    times,
)
from assistant.evaluation.scorers import Score
from assistant.types import Answer

A, B, C = ("d", 0), ("d", 1), ("e", 0)


def answered(refused: bool = False) -> Answer:
    return Answer("?", "?", "", refused=refused, reason=None, score=0.5, mode="quotes", model="none")


def asked(*spans: tuple[str, int], refused: bool = False, seconds: float = 1.0) -> Asked:
    return Asked(answered(refused), tuple(frozenset({span}) for span in spans), seconds)


def asking(
    found: list[tuple[str, int]],
    everywhere: Asked | None = None,
    own: Asked | None = None,
    evidence: tuple[set[tuple[str, int]], ...] = ({A},),
    answerable: bool = True,
) -> QuestionResult:
    question = Question("q", "?", answerable, tuple(frozenset(e) for e in evidence), "d" if own else None)
    return QuestionResult(question, tuple(frozenset({hit}) for hit in found), everywhere, own)


def test_evidence_counts_from_its_rank_on() -> None:
    """Evidence at the second place is in the first three and five, not first."""
    figures = dataset_figures([asking([B, A]), asking([A, B])])
    assert (figures["first_1"], figures["first_3"], figures["first_5"]) == (0.5, 1.0, 1.0)


def test_full_evidence_is_one_whole_set() -> None:
    """A set of two sentences is covered once both are among the hits; a set of one covers alone."""
    both = dataset_figures([asking([A, C, B], evidence=({A, B},))])
    either = dataset_figures([asking([C], evidence=({A, B}, {C}))])
    assert (both["first_1"], both["full_1"], both["full_3"]) == (1.0, 0.0, 1.0)
    assert either["full_1"] == 1.0


def test_questions_without_evidence_are_not_searched_for() -> None:
    """An unanswerable question is in no search or citation figure."""
    figures = dataset_figures([asking([A], asked(A)), asking([B], asked(B), evidence=(), answerable=False)])
    assert (figures["first_1"], figures["citation_precision"], figures["answered"]) == (1.0, 1.0, 1.0)


def test_citations_are_counted_by_the_span() -> None:
    """Precision is over all spans, evidence hit over the answered questions."""
    results = [asking([A], asked(A, B, C)), asking([A], asked(B)), asking([A], asked(refused=True))]
    figures = dataset_figures(results)
    assert pytest.approx(1 / 4) == figures["citation_precision"]
    assert figures["evidence_hit"] == 0.5
    assert pytest.approx(2 / 3) == figures["answered"]


def test_refusals_are_those_of_the_own_document() -> None:
    """Where a question has its own document, the answer from it alone counts; else that from all."""
    results = [
        asking([A], everywhere=asked(refused=True), own=asked(A)),
        asking([A], everywhere=asked(A, refused=True)),
        asking([B], own=asked(refused=True), evidence=(), answerable=False),
    ]
    figures = dataset_figures(results)
    expected = {"refused_answerable": 0.5, "refused_unanswerable": 1.0, "refusal_balanced": 0.75}
    assert expected == {name: figures[name] for name in expected}
    assert (figures["answered"], figures["own_answered"]) == (0.0, 1.0)


def test_refusing_everything_is_worth_a_half() -> None:
    """Balanced accuracy sees through an assistant that always refuses, and through one that never does."""
    for always in (True, False):
        assert refusals([(True, always), (True, always), (False, always)])["refusal_balanced"] == 0.5


def test_one_kind_alone_has_no_balance() -> None:
    """Without unanswerable questions there is no balanced accuracy."""
    assert refusals([(True, False)])["refusal_balanced"] is None


def test_nothing_asked_gives_no_figures() -> None:
    """Over nothing every figure is None, not an error and not a perfect score."""
    assert {None} == {*case_figures([]).values(), *dataset_figures([]).values()}


def test_times_are_the_median_and_the_nearest_rank() -> None:
    """Of 1 to 100 seconds, half take 50.5 and 95 of 100 at most 95."""
    assert times(list(range(1, 101))) == {"seconds_median": 50.5, "seconds_p95": 95}
    assert times([7]) == {"seconds_median": 7, "seconds_p95": 7}


def test_a_fact_needs_every_term_and_no_wrong_one() -> None:
    """A case counts as right in its facts only when all is said and nothing forbidden."""
    case = Case("a", "?", answerable=True, must_say=("1", "2"))

    def scored(**scores: float) -> CaseResult:
        return CaseResult(case, answered(), 1.0, {name: Score(value) for name, value in scores.items()})

    results = [scored(says=1, says_not=1), scored(says=1, says_not=0), scored(says=0.5), scored(cites=1)]
    assert pytest.approx(1 / 3) == case_figures(results)["facts"]
    assert [result.failed for result in results] == [False, True, True, False]
    assert not scored(citation_precision=0.2).failed
