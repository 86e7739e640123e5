"""Scorers for the questions of a data set, whose evidence is known by the sentence: was it found, was it cited?"""

from collections.abc import Iterable, Mapping, Sequence

from assistant.evaluation.datasets import DatasetQuestion, SentenceRef
from assistant.evaluation.scorers import Score
from assistant.types import Answer

SentenceSets = Sequence[frozenset[SentenceRef]]  # for each hit or citation, the data set's sentences that it covers

_RANKS = (1, 3, 5)


def retrieval_scores(question: DatasetQuestion, hits: SentenceSets) -> Mapping[str, Score]:
    """Whether the search found the evidence.

    Returns:
        ``first_k``: whether any of the first k hits is evidence; ``full_k``: whether the first k hits cover one
        evidence set whole. Nothing for a question without evidence.
    """
    if not question.evidence_sets:
        return {}
    scores = {f"first_{k}": not question.evidence.isdisjoint(_union(hits[:k])) for k in _RANKS}
    scores |= {f"full_{k}": any(evidence <= _union(hits[:k]) for evidence in question.evidence_sets) for k in _RANKS}
    return {name: Score(float(is_right)) for name, is_right in scores.items()}


def citation_scores(question: DatasetQuestion, answer: Answer, citations: SentenceSets) -> Mapping[str, Score]:
    """Whether an answerable question was answered, and whether its citations are evidence.

    Returns:
        ``answered``; ``citation_precision``, the share of the citations that are evidence; ``evidence_hit``, whether
        any of them is. Nothing for an unanswerable question.
    """
    if not question.answerable:
        return {}
    if answer.refused:
        return {"answered": Score(0.0, f"refused: {answer.reason}")}
    is_evidence = [not sentences.isdisjoint(question.evidence) for sentences in citations]
    why = "" if any(is_evidence) else "cites no evidence"
    return {
        "answered": Score(1.0),
        "citation_precision": Score(sum(is_evidence) / len(is_evidence) if is_evidence else 0.0, why),
        "evidence_hit": Score(float(any(is_evidence)), why),
    }


def _union(sentence_sets: Iterable[frozenset[SentenceRef]]) -> frozenset[SentenceRef]:
    return frozenset().union(*sentence_sets)
