"""The scorecard: a run's marks, the figures over them, and what the gate said."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from assistant.evaluation.gate import GateResult
from assistant.evaluation.llm_judge import Judged
from assistant.evaluation.metrics import Figures, ScoredAnswer, figures, mean
from assistant.evaluation.statistics import Interval, intervals


@dataclass(frozen=True)
class Scorecard:
    """A run over cases or over a data set."""

    title: str
    section: str  # of the thresholds: cases.quotes, datasets.NAME
    marked: tuple[ScoredAnswer, ...]
    made_with: Mapping[str, Any]  # mode, model, versions, prompts, settings, documents
    gate: GateResult = field(default_factory=GateResult)
    unfinished: str = ""  # why it ended early; a run that did passes no gate
    interrupted: bool = False  # by the person who started it
    judged: Judged = field(default_factory=Judged)  # what a model says of the answers

    @cached_property
    def figures(self) -> Figures:
        """The figures over all questions."""
        return figures(self.marked)

    @cached_property
    def intervals(self) -> Mapping[str, Interval]:
        """Their bootstrap 95% intervals."""
        return intervals(self.marked)

    @cached_property
    def groups(self) -> Mapping[str, tuple[ScoredAnswer, ...]]:
        """The questions by tag."""
        tags = sorted({tag for each in self.marked for tag in each.tags})
        return {tag: tuple(each for each in self.marked if tag in each.tags) for tag in tags}

    @property
    def failures(self) -> tuple[ScoredAnswer, ...]:
        """The questions with anything wrong."""
        return tuple(each for each in self.marked if each.failed)

    @property
    def judgements(self) -> Figures:
        """The shares that the judging model found right; it has no say in the gate."""
        said = self.judged.found.values()
        told = sorted({name for each in said for name in each})
        return {name: mean(each[name] for each in said if name in each) for name in told}

    @property
    def passed(self) -> bool:
        """Whether the run is whole and the gate open."""
        return not self.unfinished and not self.gate.missed

    def to_dict(self) -> dict[str, Any]:
        """Everything, ready for JSON. Two runs over the same index differ in nothing but what is called seconds."""
        return {
            "title": self.title,
            "unfinished": self.unfinished,
            "made_with": dict(self.made_with),
            "figures": _rounded({name: value for name, value in self.figures.items() if not _is_time(name)}),
            "seconds": {name: value for name, value in self.figures.items() if _is_time(name)},
            "intervals": {name: [round(end, 4) for end in ends] for name, ends in self.intervals.items()},
            "by_tag": {
                tag: {"questions": len(group), "figures": _rounded(_timeless(figures(group)))}
                for tag, group in self.groups.items()
            },
            "thresholds": dict(self.gate.thresholds),
            "missed": list(self.gate.missed),
            "lost": list(self.gate.lost),
            "judged": {
                "figures": self.judgements,
                "unfinished": self.judged.unfinished,
                "questions": {name: dict(said) for name, said in self.judged.found.items()},
            },
            "results": [_record(each) for each in self.marked],
        }


def _record(each: ScoredAnswer) -> dict[str, Any]:
    return {
        "id": each.id,
        "round": each.round,
        "question": each.question,
        "answerable": each.answerable,
        "tags": list(each.tags),
        **each.details,
        "failed": each.failed,
        "scores": {
            name: {"value": round(score.value, 4), "why": score.why}
            for name, score in each.scores.items()
            if name != "latency"  # told under seconds
        },
        "seconds": each.seconds,
        "answer": each.answer.to_dict(),
    }


def _is_time(name: str) -> bool:
    return name.startswith("seconds_")


def _timeless(found: Figures) -> Figures:
    return {name: value for name, value in found.items() if not _is_time(name)}


def _rounded(found: Figures) -> Figures:
    return {name: None if value is None else round(value, 4) for name, value in found.items()}
