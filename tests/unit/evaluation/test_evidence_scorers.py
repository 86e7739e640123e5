from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evaluation.datasets import DatasetQuestion, SentenceRef
from assistant.evaluation.evidence_scorers import citation_scores, retrieval_scores
from assistant.evaluation.scorers import Score
from assistant.types import Answer

A, B, C = ("d", 0), ("d", 1), ("e", 0)
ANSWER = Answer("?", "?", "", refused=False, reason=None, score=0.5, mode="quotes", model="none")
REFUSAL = replace(ANSWER, refused=True, reason="too unlike")
ABSENT = DatasetQuestion("q", "?", answerable=False)
SENTENCES = st.sampled_from([A, B, C])


def asking(*evidence: set[SentenceRef]) -> DatasetQuestion:
    return DatasetQuestion(
        "q", "?", answerable=True, evidence_sets=tuple(frozenset(sentences) for sentences in evidence)
    )


def spans(*sentences: SentenceRef) -> list[frozenset[SentenceRef]]:
    return [frozenset({sentence}) for sentence in sentences]


def values(scores: object) -> dict[str, float]:
    assert isinstance(scores, dict)
    return {name: score.value for name, score in scores.items()}


def test_evidence_counts_from_its_rank_on() -> None:
    """Evidence at the second place is in the first three and five, and not first."""
    scores = values(retrieval_scores(asking({A}), spans(B, A)))
    assert (0.0, 1.0, 1.0) == (scores["first_1"], scores["first_3"], scores["first_5"])


def test_full_evidence_is_one_whole_set() -> None:
    """A set of two sentences is covered once both are among the hits; a set of one covers alone."""
    both = values(retrieval_scores(asking({A, B}), spans(A, C, B)))
    either = values(retrieval_scores(asking({A, B}, {C}), spans(C)))
    assert (1.0, 0.0, 1.0) == (both["first_1"], both["full_1"], both["full_3"])
    assert 1.0 == either["full_1"]


def test_a_hit_may_be_several_sentences() -> None:
    """A span that runs over two sentences is both of them."""
    assert 1.0 == values(retrieval_scores(asking({A, B}), [frozenset({A, B})]))["full_1"]


def test_evidence_behind_the_fifth_place_is_not_found() -> None:
    """More hits than five count for nothing."""
    assert {0.0} == set(values(retrieval_scores(asking({A}), spans(B, B, B, B, B, A))).values())


@given(st.lists(st.sets(SENTENCES, min_size=1), min_size=1, max_size=3), st.lists(SENTENCES, max_size=6))
def test_more_hits_never_find_less(evidence: list[set[SentenceRef]], hits: list[SentenceRef]) -> None:
    """With more hits neither figure falls, and where all evidence is found some of it is."""
    scores = values(retrieval_scores(asking(*evidence), spans(*hits)))
    for kind in ("first", "full"):
        assert sorted(scores[f"{kind}_{k}"] for k in (1, 3, 5)) == [scores[f"{kind}_{k}"] for k in (1, 3, 5)]
    assert [] == [k for k in (1, 3, 5) if scores[f"full_{k}"] > scores[f"first_{k}"]]


def test_questions_without_evidence_are_not_searched_for() -> None:
    """An unanswerable question has no mark for what was found or cited, answered or not."""
    assert {} == retrieval_scores(ABSENT, spans(A))
    assert {} == citation_scores(ABSENT, ANSWER, spans(A))
    assert {} == citation_scores(ABSENT, REFUSAL, [])


@pytest.mark.parametrize(
    ("citations", "precision", "hit"),
    [((A,), 1.0, 1.0), ((A, B), 0.5, 1.0), ((B, C), 0.0, 0.0), ((B, C, A, C), 0.25, 1.0), ((), 0.0, 0.0)],
)
def test_citations_are_counted_by_the_span(citations: tuple[SentenceRef, ...], precision: float, hit: float) -> None:
    """Precision is the share of an answer's citations that are evidence, a hit whether any is."""
    expected = {"answered": 1.0, "citation_precision": precision, "evidence_hit": hit}
    assert expected == values(citation_scores(asking({A}), ANSWER, spans(*citations)))


def test_a_citation_of_any_set_is_evidence() -> None:
    """Alternatives are as good as each other, and a part of a set is evidence."""
    assert {1.0} == set(values(citation_scores(asking({A, B}, {C}), ANSWER, spans(B, C))).values())


def test_what_is_missing_is_told() -> None:
    """A refusal is told with its reason and has nothing cited; an answer without evidence says so."""
    assert {"answered": Score(0.0, "refused: too unlike")} == citation_scores(asking({A}), REFUSAL, [])
    scores = citation_scores(asking({A}), ANSWER, spans(B))
    assert ("cites no evidence", "") == (scores["evidence_hit"].why, scores["answered"].why)
