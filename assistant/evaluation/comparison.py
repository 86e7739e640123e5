"""Two runs beside each other: each question that changed, and whether a figure's difference is beyond chance."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from assistant.errors import CasesError
from assistant.evaluation.metrics import ScoredAnswer, mean
from assistant.evaluation.scorecard import Scorecard
from assistant.evaluation.scorers import AMOUNTS
from assistant.evaluation.statistics import BEYOND, paired

_Scores = Mapping[str, Mapping[str, float]]  # by question and name


@dataclass(frozen=True, slots=True)
class Change:
    """A question whose scores differ."""

    id: str
    question: str
    scores: Mapping[str, tuple[float, float]]  # before and after, by name

    @property
    def is_better(self) -> bool:
        """Whether it gained more than it lost."""
        return sum(after - before for before, after in self.scores.values()) > 0


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure of both runs, over the questions that both have."""

    name: str
    before: float
    after: float
    questions: int
    chance: float  # how likely chance alone makes at least this difference

    @property
    def is_beyond_chance(self) -> bool:
        """Whether the paired test finds a difference."""
        return self.chance < BEYOND


@dataclass(frozen=True, slots=True)
class Comparison:
    """A run beside an earlier one."""

    title: str  # of the earlier one
    changes: tuple[Change, ...]
    differences: tuple[Difference, ...]
    added: int  # questions that only this run has
    gone: int  # questions that only the earlier one has


def load_run(path: Path) -> dict[str, Any]:
    """A run that ``--json`` wrote.

    Raises:
        CasesError: it can't be read, or is something else.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(told["title"], str) and all(isinstance(name, str) for name, _ in _rows(told["results"])):
            return {"title": told["title"], "results": told["results"]}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        pass
    raise CasesError(f"{path} is no run to compare with. Give a file that 'assistant eval --json' wrote.")


def compare(card: Scorecard, earlier: Mapping[str, Any]) -> Comparison:
    """Holds a run against an earlier one, question by question; rounds of a question count as their mean."""
    before, after = _means(_rows(earlier["results"])), _now(card.marked)
    both = [name for name in after if name in before]
    questions = {each.id: each.question for each in card.marked}
    changes = (Change(each, questions[each], _changed(before[each], after[each])) for each in both)
    scores = dict.fromkeys(name for each in both for name in after[each])
    return Comparison(
        str(earlier["title"]),
        tuple(each for each in changes if each.scores),
        tuple(each for name in scores for each in _difference(name, before, after, both)),
        len(after) - len(both),
        len(before) - len(both),
    )


def _changed(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, tuple[float, float]]:
    return {name: (before[name], value) for name, value in after.items() if before.get(name, value) != value}


def _difference(name: str, before: _Scores, after: _Scores, both: Sequence[str]) -> list[Difference]:
    pairs = [(before[each][name], after[each][name]) for each in both if name in before[each] and name in after[each]]
    if not pairs:
        return []
    first, second = zip(*pairs, strict=True)
    return [Difference(name, fmean(first), fmean(second), len(pairs), paired(first, second))]


def _rows(results: Sequence[Mapping[str, Any]]) -> list[tuple[str, dict[str, float]]]:
    return [(each["id"], {name: float(mark["value"]) for name, mark in each["scores"].items()}) for each in results]


def _now(marked: Sequence[ScoredAnswer]) -> dict[str, dict[str, float]]:
    return _means([(each.id, {name: round(s.value, 4) for name, s in each.scores.items()}) for each in marked])


def _means(rows: Sequence[tuple[str, Mapping[str, float]]]) -> dict[str, dict[str, float]]:
    grouped: dict[str, list[Mapping[str, float]]] = {}
    for name, scores in rows:
        grouped.setdefault(name, []).append(scores)
    return {
        question: {
            name: mean(scores[name] for scores in several if name in scores) or 0.0
            for name in dict.fromkeys(name for scores in several for name in scores)
            if name not in AMOUNTS
        }
        for question, several in grouped.items()
    }
