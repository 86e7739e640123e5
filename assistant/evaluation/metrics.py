"""What was asked and answered, with its scores; and the metrics, which are means of these scores.

A metric is None where no question was asked that it could be taken from.
"""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean, median
from typing import Any

from assistant.evaluation.scorers import AMOUNT_SCORES, Score
from assistant.types import Answer

Metrics = dict[str, float | None]  # by name

REFUSAL_BALANCED = "refusal_balanced"
REFUSED_ANSWERABLE, REFUSED_UNANSWERABLE = "refused_answerable", "refused_unanswerable"
# Scores of which less than 1 is a failure. One citation too many only lowers precision and is no failure.
DECIDING_SCORES = (
    "facts", "forbidden", "citation_recall", "refuses", "quotes_exact", "number_accuracy", "evidence_hit"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ScoredAnswer:
    """A question, its answer, and the answer's scores by the names of their scorers."""

    id: str
    question: str
    answerable: bool
    answer: Answer
    scores: Mapping[str, Score]
    seconds: float  # that the ``ask`` call took
    tags: tuple[str, ...] = ()
    round: int = 1  # of --repeat
    details: Mapping[str, Any] = field(default_factory=dict)  # what else its record in the JSON holds

    @property
    def failed(self) -> bool:
        """Whether any deciding score is below 1."""
        return any(self.scores[name].value < 1 for name in DECIDING_SCORES if name in self.scores)

    @property
    def metric_values(self) -> dict[str, float]:
        """The values that the metrics are means of, by the metric's name.

        They are its scores without ``refuses``; instead of that, whether it was refused counts under the name that
        says whether it could be answered.
        """
        values = {name: score.value for name, score in self.scores.items() if name != "refuses"}
        refusal_metric = REFUSED_ANSWERABLE if self.answerable else REFUSED_UNANSWERABLE
        return values | {refusal_metric: float(self.answer.refused)}


def compute_metrics(results: Sequence[ScoredAnswer]) -> Metrics:
    """The metrics by name: the mean of every score, the balanced accuracy of refusing, and times in seconds."""
    rows = [result.metric_values for result in results]
    metrics: Metrics = {name: mean_or_none(row[name] for row in rows if name in row) for name in metric_names(results)}
    metrics.pop("latency", None)
    balanced = balanced_accuracy(metrics.get(REFUSED_ANSWERABLE), metrics.get(REFUSED_UNANSWERABLE))
    return metrics | {REFUSAL_BALANCED: balanced} | time_metrics([result.seconds for result in results])


def metric_names(results: Iterable[ScoredAnswer]) -> list[str]:
    """The names of all metric values, in the order in which they first occur."""
    return list(dict.fromkeys(name for result in results for name in result.metric_values))


def share_names(results: Iterable[ScoredAnswer]) -> list[str]:
    """The names of the metric values that are shares between 0 and 1."""
    return [name for name in metric_names(results) if name not in AMOUNT_SCORES]


def balanced_accuracy(refused_answerable: float | None, refused_unanswerable: float | None) -> float | None:
    """The balanced accuracy of refusing: the mean of the shares rightly refused and rightly answered."""
    if refused_answerable is None or refused_unanswerable is None:
        return None
    return (refused_unanswerable + 1 - refused_answerable) / 2


def time_metrics(seconds: Collection[float]) -> Metrics:
    """The median and the 95th percentile (nearest rank) of times in seconds."""
    if not seconds:
        return {"seconds_median": None, "seconds_p95": None}
    percentile_95 = sorted(seconds)[math.ceil(0.95 * len(seconds)) - 1]
    return {"seconds_median": median(seconds), "seconds_p95": percentile_95}


def mean_or_none(values: Iterable[float]) -> float | None:
    """The mean, or None where there are no values."""
    numbers = list(values)
    return fmean(numbers) if numbers else None
