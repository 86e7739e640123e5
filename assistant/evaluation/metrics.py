"""What was asked and came back, marked; and the figures over many of them.

A figure is None where nothing was asked that it could be taken from.
"""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean, median
from typing import Any

from assistant.evaluation.scorers import AMOUNTS, Score
from assistant.types import Answer

Figures = dict[str, float | None]

BALANCED = "refusal_balanced"
WRONGLY, RIGHTLY = "refused_answerable", "refused_unanswerable"
# Scores of which less than 1 is a failure. One citation too many lowers precision alone and is none.
DECIDING = ("facts", "forbidden", "citation_recall", "refuses", "quotes_exact", "number_accuracy", "evidence_hit")


@dataclass(frozen=True, slots=True)
class ScoredAnswer:
    """A question, its answer, and the marks that it got by their names."""

    id: str
    question: str
    answerable: bool
    answer: Answer
    scores: Mapping[str, Score]
    seconds: float  # of the ``ask`` call
    tags: tuple[str, ...] = ()
    round: int = 1  # of --repeat
    details: Mapping[str, Any] = field(default_factory=dict)  # what else its record holds

    @property
    def failed(self) -> bool:
        """Whether anything was wrong."""
        return any(self.scores[name].value < 1 for name in DECIDING if name in self.scores)

    @property
    def values(self) -> dict[str, float]:
        """What the figures are means of: its scores, and whether it was refused, by whether that was right."""
        shares = {name: each.value for name, each in self.scores.items() if name != "refuses"}
        return shares | {WRONGLY if self.answerable else RIGHTLY: float(self.answer.refused)}


def figures(marked: Sequence[ScoredAnswer]) -> Figures:
    """The figures by name: the mean of every score, the balanced accuracy of refusing, and times in seconds."""
    rows = [each.values for each in marked]
    found: Figures = {name: mean(row[name] for row in rows if name in row) for name in names(marked)}
    found.pop("latency", None)
    return found | {BALANCED: balanced(found.get(WRONGLY), found.get(RIGHTLY))} | times([m.seconds for m in marked])


def names(marked: Iterable[ScoredAnswer]) -> list[str]:
    """The names of all values, in the order in which they first come."""
    return list(dict.fromkeys(name for each in marked for name in each.values))


def shares(marked: Iterable[ScoredAnswer]) -> list[str]:
    """The names of the values that are shares between 0 and 1."""
    return [name for name in names(marked) if name not in AMOUNTS]


def balanced(wrongly: float | None, rightly: float | None) -> float | None:
    """The balanced accuracy of refusing: the mean of the shares rightly refused and rightly answered."""
    return None if wrongly is None or rightly is None else (rightly + 1 - wrongly) / 2


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
