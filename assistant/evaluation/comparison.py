"""A run beside an earlier one: which questions changed, and whether the difference of a metric is beyond chance."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from assistant.errors import CasesError
from assistant.evaluation.metrics import ScoredAnswer, mean_or_none
from assistant.evaluation.scorecard import Scorecard
from assistant.evaluation.scorers import AMOUNT_SCORES
from assistant.evaluation.statistics import SIGNIFICANCE_LEVEL, permutation_test

_ScoresByQuestion = Mapping[str, Mapping[str, float]]  # by the question's id and the score's name


@dataclass(frozen=True, slots=True)
class QuestionChange:
    """A question whose scores differ."""

    id: str
    question: str
    scores: Mapping[str, tuple[float, float]]  # before and after, by name

    @property
    def gain(self) -> float:
        """The sum of what its scores gained; negative where they lost more."""
        return sum(after - before for before, after in self.scores.values())

    @property
    def is_better(self) -> bool:
        """Whether it gained more than it lost."""
        return self.gain > 0


@dataclass(frozen=True, slots=True)
class MetricDifference:
    """A metric of both runs, over the questions that both have."""

    name: str
    before: float
    after: float
    questions: int
    p_value: float  # how likely chance alone makes at least this difference

    @property
    def is_unchanged(self) -> bool:
        """Whether the metric is the same in both runs, and so is every question's part in it."""
        return self.before == self.after and self.p_value == 1

    @property
    def is_beyond_chance(self) -> bool:
        """Whether the paired test finds a difference."""
        return self.p_value < SIGNIFICANCE_LEVEL


@dataclass(frozen=True, slots=True)
class Comparison:
    """A run beside an earlier one."""

    earlier_title: str
    changes: tuple[QuestionChange, ...]
    differences: tuple[MetricDifference, ...]
    added: int  # questions that only this run has
    gone: int  # questions that only the earlier one has


def load_run(path: Path) -> dict[str, Any]:
    """Reads a run that ``--json`` wrote: its ``title`` and its ``results``.

    Raises:
        CasesError: it can't be read, or is something else.
    """
    try:
        run = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(run["title"], str) and all(isinstance(id_, str) for id_, _ in _recorded_scores(run["results"])):
            return {"title": run["title"], "results": run["results"]}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        pass
    raise CasesError(f"{path} is no run to compare with. Give a file that 'assistant eval --json' wrote.")


def compare_runs(card: Scorecard, earlier: Mapping[str, Any]) -> Comparison:
    """Compares a run with an earlier one, question by question; the rounds of a question count as their mean.

    Args:
        card: of this run.
        earlier: as ``load_run`` gives it.
    """
    before, after = _mean_scores(_recorded_scores(earlier["results"])), _scores_now(card.results)
    common = [id_ for id_ in after if id_ in before]
    questions = {result.id: result.question for result in card.results}
    changes = (QuestionChange(id_, questions[id_], _changed_scores(before[id_], after[id_])) for id_ in common)
    names = dict.fromkeys(name for id_ in common for name in after[id_])
    differences = (_difference(name, before, after, common) for name in names)
    return Comparison(
        str(earlier["title"]),
        tuple(change for change in changes if change.scores),
        tuple(difference for difference in differences if difference),
        len(after) - len(common),
        len(before) - len(common),
    )


def _changed_scores(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, tuple[float, float]]:
    return {name: (before[name], value) for name, value in after.items() if before.get(name, value) != value}


def _difference(
    name: str, before: _ScoresByQuestion, after: _ScoresByQuestion, common: Sequence[str]
) -> MetricDifference | None:
    """The difference of a metric; None where no question has it in both runs."""
    pairs = [(before[id_][name], after[id_][name]) for id_ in common if name in before[id_] and name in after[id_]]
    if not pairs:
        return None
    first, second = zip(*pairs, strict=True)
    return MetricDifference(name, fmean(first), fmean(second), len(pairs), permutation_test(first, second))


def _recorded_scores(results: Sequence[Mapping[str, Any]]) -> list[tuple[str, dict[str, float]]]:
    return [
        (result["id"], {name: float(score["value"]) for name, score in result["scores"].items()}) for result in results
    ]


def _scores_now(results: Sequence[ScoredAnswer]) -> dict[str, dict[str, float]]:
    """The mean scores of this run by question, rounded as the JSON file rounds them."""
    return _mean_scores(
        [(result.id, {name: round(score.value, 4) for name, score in result.scores.items()}) for result in results]
    )


def _mean_scores(rows: Sequence[tuple[str, Mapping[str, float]]]) -> dict[str, dict[str, float]]:
    by_question: dict[str, list[Mapping[str, float]]] = {}
    for id_, scores in rows:
        by_question.setdefault(id_, []).append(scores)
    return {
        id_: {
            name: mean_or_none(scores[name] for scores in rounds if name in scores) or 0.0
            for name in dict.fromkeys(name for scores in rounds for name in scores)
            if name not in AMOUNT_SCORES
        }
        for id_, rounds in by_question.items()
    }
