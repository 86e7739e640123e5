"""The scorecard: the scored answers of a run, the metrics over them, and what the gate said."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from assistant.evaluation.gate import GateResult
from assistant.evaluation.llm_judge import JudgeResult
from assistant.evaluation.metrics import Metrics, ScoredAnswer, compute_metrics, mean_or_none
from assistant.evaluation.statistics import Interval, bootstrap_intervals


@dataclass(frozen=True)
class Scorecard:
    """A run over cases or over a data set."""

    title: str
    section: str  # of thresholds.toml and baseline.json: cases.quotes, datasets.NAME
    results: tuple[ScoredAnswer, ...]
    made_with: Mapping[str, Any]  # mode, model, versions, prompts, settings, documents
    gate: GateResult = field(default_factory=GateResult)
    unfinished: str = ""  # why it ended early; such a run passes no gate
    interrupted: bool = False  # by the person who started it
    judge: JudgeResult = field(default_factory=JudgeResult)  # what a language model says of the answers

    @cached_property
    def metrics(self) -> Metrics:
        """The metrics over all questions."""
        return compute_metrics(self.results)

    @cached_property
    def intervals(self) -> Mapping[str, Interval]:
        """The metrics' bootstrap 95% intervals."""
        return bootstrap_intervals(self.results)

    @cached_property
    def results_by_tag(self) -> Mapping[str, tuple[ScoredAnswer, ...]]:
        """The results of the questions with a tag, by the tag."""
        tags = sorted({tag for result in self.results for tag in result.tags})
        return {tag: tuple(result for result in self.results if tag in result.tags) for tag in tags}

    @property
    def failures(self) -> tuple[ScoredAnswer, ...]:
        """The results with a deciding score below 1."""
        return tuple(result for result in self.results if result.failed)

    @property
    def judge_metrics(self) -> Metrics:
        """The share of answers that the judging model approved, by the kind of judgement; no part of the gate."""
        by_question = self.judge.by_question.values()
        names = sorted({name for judgements in by_question for name in judgements})
        return {
            name: mean_or_none(judgements[name] for judgements in by_question if name in judgements) for name in names
        }

    @property
    def passed(self) -> bool:
        """Whether the run is complete and the gate open."""
        return not self.unfinished and not self.gate.missed

    def to_dict(self) -> dict[str, Any]:
        """The whole run, ready for JSON. Two runs over the same index differ only in the values under ``seconds``."""
        return {
            "title": self.title,
            "unfinished": self.unfinished,
            "made_with": dict(self.made_with),
            "figures": _rounded({name: value for name, value in self.metrics.items() if not _is_time(name)}),
            "seconds": {name: value for name, value in self.metrics.items() if _is_time(name)},
            "intervals": {name: [round(end, 4) for end in ends] for name, ends in self.intervals.items()},
            "by_tag": {
                tag: {
                    "questions": len(results),
                    "figures": _rounded(_without_times(compute_metrics(results))),
                }
                for tag, results in self.results_by_tag.items()
            },
            "thresholds": dict(self.gate.thresholds),
            "missed": list(self.gate.missed),
            "lost": list(self.gate.lost),
            "judged": {
                "figures": self.judge_metrics,
                "unfinished": self.judge.unfinished,
                "questions": {id_: dict(judgements) for id_, judgements in self.judge.by_question.items()},
            },
            "results": [_record(result) for result in self.results],
        }


def _record(result: ScoredAnswer) -> dict[str, Any]:
    return {
        "id": result.id,
        "round": result.round,
        "question": result.question,
        "answerable": result.answerable,
        "tags": list(result.tags),
        **result.details,
        "failed": result.failed,
        "scores": {
            name: {"value": round(score.value, 4), "why": score.why}
            for name, score in result.scores.items()
            if name != "latency"  # it is under seconds
        },
        "seconds": result.seconds,
        "answer": result.answer.to_dict(),
    }


def _is_time(name: str) -> bool:
    return name.startswith("seconds_")


def _without_times(metrics: Metrics) -> Metrics:
    return {name: value for name, value in metrics.items() if not _is_time(name)}


def _rounded(metrics: Metrics) -> Metrics:
    return {name: None if value is None else round(value, 4) for name, value in metrics.items()}
