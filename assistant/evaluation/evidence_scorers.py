"""What a data set's question is marked on: whether its evidence was found and cited, known by the sentence."""

from collections.abc import Iterable, Mapping, Sequence

from assistant.evaluation.datasets import DatasetQuestion, EvidenceSets
from assistant.evaluation.scorers import Score
from assistant.types import Answer

Spans = Sequence[frozenset[EvidenceSets]]  # for each hit or citation the sentences that it is

_FIRST = (1, 3, 5)


def found(question: DatasetQuestion, hits: Spans) -> Mapping[str, Score]:
    """``first_k``: one of the first k hits is evidence; ``full_k``: these hits cover one set of evidence whole."""
    if not question.evidence_sets:
        return {}
    scores = {f"first_{k}": not question.evidence.isdisjoint(_union(hits[:k])) for k in _FIRST}
    scores |= {f"full_{k}": any(each <= _union(hits[:k]) for each in question.evidence_sets) for k in _FIRST}
    return {name: Score(float(right)) for name, right in scores.items()}


def cited(question: DatasetQuestion, answer: Answer, citations: Spans) -> Mapping[str, Score]:
    """Of an answerable question whether it was ``answered``, and what of the answer's citations is evidence.

    ``citation_precision`` is the share of its citations that are evidence, ``evidence_hit`` whether any is.
    """
    if not question.answerable:
        return {}
    if answer.refused:
        return {"answered": Score(0.0, f"refused: {answer.reason}")}
    hits = [not span.isdisjoint(question.evidence) for span in citations]
    beside = "" if any(hits) else "cites no evidence"
    return {
        "answered": Score(1.0),
        "citation_precision": Score(sum(hits) / len(hits) if hits else 0.0, beside),
        "evidence_hit": Score(float(any(hits)), beside),
    }


def _union(spans: Iterable[frozenset[EvidenceSets]]) -> frozenset[EvidenceSets]:
    return frozenset().union(*spans)
