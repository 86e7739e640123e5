"""What was asked and what came back, and the figures over many of them. Shares lie between 0 and 1.

A figure is None where nothing was asked that it could be taken from.
"""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from assistant.evaluation.cases import Case
from assistant.evaluation.datasets import Evidence, Question
from assistant.evaluation.scorers import Score
from assistant.types import Answer

Figures = dict[str, float | None]


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case, what it got, how long that took in seconds, and its scores by name."""

    case: Case
    answer: Answer
    seconds: float
    scores: Mapping[str, Score]

    @property
    def failed(self) -> bool:
        """Whether anything was wrong; a citation too many, which lowers precision alone, is no failure."""
        return any(score.value < 1 for name, score in self.scores.items() if name != "citation_precision")


@dataclass(frozen=True, slots=True)
class Asked:
    """An answer to a data set's question, with the sentences that each of its citations is."""

    answer: Answer
    cited: tuple[frozenset[Evidence], ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """A data set's question: the sentences that each hit is, best first, and what it got.

    ``everywhere`` was asked of all documents; ``own`` of the question's own document alone, where it has one.
    An unanswerable question that has one is asked of that alone: another document may well answer it.
    """

    question: Question
    found: tuple[frozenset[Evidence], ...]
    everywhere: Asked | None
    own: Asked | None


def case_figures(results: Sequence[CaseResult]) -> Figures:
    """The figures of cases by name; all None for no cases.

    ``facts`` is the share of cases with a ``must_say`` whose answer has them all and no ``must_not_say``;
    ``cites``, ``citation_precision`` and ``quotes_exact`` are means over the cases where they arise; the
    refusal figures are those of ``refusals``; seconds are of the ``ask`` call.
    """
    return {
        "facts": mean(
            all(r.scores[name].value == 1 for name in ("says", "says_not") if name in r.scores)
            for r in results
            if "says" in r.scores
        ),
        **{
            name: mean(r.scores[name].value for r in results if name in r.scores)
            for name in ("cites", "citation_precision", "quotes_exact")
        },
        **refusals((r.case.answerable, r.answer.refused) for r in results),
        **times([r.seconds for r in results]),
    }


def dataset_figures(results: Sequence[QuestionResult]) -> Figures:
    """The figures of a data set by name; all None for no questions.

    ``first_k`` is the share of questions with evidence where one of the first k hits is a sentence of any of
    its evidence sets, ``full_k`` where those hits cover one set whole. Over the answerable questions:
    ``answered``, the share not refused; ``citation_precision``, the share of all cited spans that are
    evidence; ``evidence_hit``, the share of the answered that cite evidence. With ``own_`` the same, each
    question asked of its own document alone, which is also how the refusal figures take every question that
    has one; they are those of ``refusals``. Seconds are of the ``ask`` call.
    """
    found = [r for r in results if r.question.evidence_sets]
    asked = [(r.question, r.everywhere) for r in results if r.everywhere]
    own = [(r.question, r.own) for r in results if r.own]
    return {
        **{
            f"first_{k}": mean(not r.question.evidence.isdisjoint(_union(r.found[:k])) for r in found)
            for k in (1, 3, 5)
        },
        **{
            f"full_{k}": mean(any(e <= _union(r.found[:k]) for e in r.question.evidence_sets) for r in found)
            for k in (1, 3, 5)
        },
        **_citing(asked),
        **{f"own_{name}": value for name, value in _citing(own).items()},
        **refusals((r.question.answerable, a.answer.refused) for r in results if (a := r.own or r.everywhere)),
        **times([a.seconds for _, a in (*asked, *own)]),
    }


def refusals(outcomes: Iterable[tuple[bool, bool]]) -> Figures:
    """Refusal rates from (answerable, refused) pairs.

    ``refusal_balanced`` is the balanced accuracy of refusing: the mean of the share of the unanswerable that
    were refused and the share of the answerable that were not.
    """
    pairs = list(outcomes)
    wrong, right = (mean(refused for answerable, refused in pairs if answerable is kind) for kind in (True, False))
    balanced = None if wrong is None or right is None else (right + 1 - wrong) / 2
    return {"refused_answerable": wrong, "refused_unanswerable": right, "refusal_balanced": balanced}


def times(seconds: Collection[float]) -> Figures:
    """The median and the 95th percentile (nearest rank) of some seconds."""
    if not seconds:
        return {"seconds_median": None, "seconds_p95": None}
    slow = sorted(seconds)[math.ceil(0.95 * len(seconds)) - 1]
    return {"seconds_median": median(seconds), "seconds_p95": slow}


def mean(values: Iterable[float]) -> float | None:
    """The mean, or None of nothing."""
    listed = list(values)
    return fmean(listed) if listed else None


def _citing(asked: Iterable[tuple[Question, Asked]]) -> Figures:
    pairs = [(question, a) for question, a in asked if question.answerable]
    hits = [[not span.isdisjoint(question.evidence) for span in a.cited] for question, a in pairs]
    return {
        "answered": mean(not a.answer.refused for _, a in pairs),
        "citation_precision": mean(hit for spans in hits for hit in spans),
        "evidence_hit": mean(any(spans) for (_, a), spans in zip(pairs, hits, strict=True) if not a.answer.refused),
    }


def _union(spans: Iterable[frozenset[Evidence]]) -> frozenset[Evidence]:
    return frozenset().union(*spans)
