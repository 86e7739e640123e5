"""What confidence is fitted on: the features of the best sentence, for each way to ask a question.

A question is asked of all documents, of its own one, and of all but its own, which can't answer it ("absent"). The
answerable rows weigh a half together, the absent and the unanswerable ones a quarter each, and within each of these
every data set weighs the same.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.retriever import Candidate
from research.fitting.questions import equal_shares, source_of
from research.fitting.regression import Array, fit_logistic
from research.fitting.retrieval import RetrievedQuestion

# The features of the best sentence that retrieval may quote out of some candidates; None where it may quote none.
BestFeatures = Callable[[RetrievedQuestion, Sequence[Candidate]], Mapping[str, float] | None]
_GROUP_SHARES = {"answerable": 0.5, "absent": 0.25, "unanswerable": 0.25}


@dataclass(frozen=True)
class ConfidenceRows:
    """A row for each way to ask a question."""

    features: Array  # (rows, features)
    answerable: NDArray[np.bool_]
    kinds: NDArray[np.str_]  # the way it was asked
    sources: NDArray[np.str_]  # the data sets
    places: NDArray[np.int64]  # of the questions

    def shares(self) -> Array:
        """What each row weighs; they add up to 1."""
        groups = np.where(self.answerable, "answerable", np.where(self.kinds == "absent", "absent", "unanswerable"))
        shares = np.zeros(len(groups))
        for group, share in _GROUP_SHARES.items():
            inside = groups == group
            shares[inside] = share * equal_shares(self.sources[inside].tolist())
        return shares

    def where(self, mask: NDArray[Any]) -> "ConfidenceRows":
        """Some of the rows, by a mask or by their numbers."""
        return ConfidenceRows(
            self.features[mask], self.answerable[mask], self.kinds[mask], self.sources[mask], self.places[mask]
        )

    def fit(self, prior: Array | None = None, prior_penalty: float = 0.0) -> tuple[Array, float]:
        """The weights and the bias of confidence; for the prior see `fit_logistic`."""
        return fit_logistic(self.features, self.answerable, self.shares(), prior, prior_penalty)


def confidence_rows(
    questions: Sequence[RetrievedQuestion], features: Sequence[str], best_features: BestFeatures
) -> ConfidenceRows:
    """The rows of some questions.

    Args:
        questions: as they were retrieved.
        features: that are kept, by their names.
        best_features: finds the best sentence and its features; a way to ask without one gives no row.
    """
    rows, answerable, kinds, sources, places = [], [], [], [], []
    for place, question in enumerate(questions):
        for kind, candidates in _ways_to_ask(question):
            best = best_features(question, candidates)
            if best is not None and all(name in best for name in features):
                rows.append([best[name] for name in features])
                answerable.append(question.case.answerable and kind != "absent")
                kinds.append(kind)
                sources.append(source_of(question.case))
                places.append(place)
    return ConfidenceRows(
        np.array(rows), np.array(answerable), np.array(kinds), np.array(sources), np.array(places, np.int64)
    )


def _ways_to_ask(question: RetrievedQuestion) -> Iterator[tuple[str, Sequence[Candidate]]]:
    own_ids = {candidate.document.id for candidate in question.own_candidates}
    kind = "answerable" if question.case.answerable else "unanswerable"
    yield kind, question.candidates
    yield f"{kind}, own", question.own_candidates
    yield "absent", [candidate for candidate in question.candidates if candidate.document.id not in own_ids]
