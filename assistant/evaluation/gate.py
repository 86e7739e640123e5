"""The gate: thresholds that the metrics must reach, and the baseline, the last accepted run, to keep up with."""

import json
import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from typing import Any, TypeGuard

from assistant.errors import CasesError
from assistant.evaluation.metrics import (
    DECIDING_SCORES,
    REFUSAL_BALANCED,
    REFUSED_ANSWERABLE,
    REFUSED_UNANSWERABLE,
    Metrics,
    ScoredAnswer,
)

BASELINE_FILE = "baseline.json"  # the last accepted run, in the folder ``evals``
# How many cases may be worse than in the baseline: the last bits of vectors differ between machines.
LOST_AT_MOST = "lost_at_most"
_KNOWN_METRICS = {
    *DECIDING_SCORES, "citation_precision", "verdicts", "answered",
    REFUSAL_BALANCED, REFUSED_ANSWERABLE, REFUSED_UNANSWERABLE,
    *(f"{kind}_{k}" for kind in ("first", "full") for k in (1, 3, 5)),
    *(f"own_{name}" for name in ("answered", "citation_precision", "evidence_hit")),
} - {"refuses"}  # fmt: skip
_HOW_TO_RENEW = "Delete the file, and make it anew with: assistant eval --accept"
_BASELINE_SCORES = (*DECIDING_SCORES, "citation_precision")

Baseline = dict[str, dict[str, float]]  # scores by the case's id and the score's name


@dataclass(frozen=True, slots=True)
class GateResult:
    """The verdict of the gate on a run: it is open where nothing is missed."""

    thresholds: Mapping[str, float] = field(default_factory=dict)
    missed: tuple[str, ...] = ()  # what shuts the gate, in words
    lost: tuple[str, ...] = ()  # the cases that are worse than in the baseline, in words


def load_thresholds(path: Path, section: str) -> dict[str, float]:
    """Reads the least that each metric must be.

    Args:
        path: the TOML file.
        section: the table in it: ``cases.quotes``, ``datasets.NAME``; one that is missing gives no thresholds.

    Raises:
        CasesError: no TOML, an unknown metric, or a threshold that is no number; names file and field.
    """
    try:
        table: Any = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CasesError(f"{path}: {error}. Put the file right; it ships with the package.") from None
    for name in section.split(".", 1):
        table = table.get(name, {})
        if not isinstance(table, dict):
            raise CasesError(f"{path}: {section}: a table of figures is expected, not {table!r}.")
    for name, least in table.items():
        if name not in _KNOWN_METRICS and name != LOST_AT_MOST:
            raise CasesError(f"{path}: {section}.{name}: there is no such figure.")
        if isinstance(least, bool) or not isinstance(least, int | float) or not math.isfinite(least):
            raise CasesError(f"{path}: {section}.{name}: a number is expected, not {least!r}.")
    return {name: float(least) for name, least in table.items()}


def load_baseline(path: Path, section: str) -> Baseline:
    """Reads the scores of the last accepted run; empty where no run was accepted yet.

    Raises:
        CasesError: the file is malformed.
    """
    if not path.is_file():
        return {}
    baseline = _read_sections(path).get(section, {})
    if not _is_baseline(baseline):
        raise CasesError(f"{path}: {section}: scores by case are expected. {_HOW_TO_RENEW}")
    return baseline


def _read_sections(path: Path) -> dict[str, Any]:
    try:
        sections = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CasesError(f"{path}: {error}. {_HOW_TO_RENEW}") from None
    if not isinstance(sections, dict):
        raise CasesError(f"{path}: an object is expected. {_HOW_TO_RENEW}")
    return sections


def _is_baseline(value: Any) -> TypeGuard[Baseline]:
    return isinstance(value, dict) and all(
        isinstance(scores, dict) and all(isinstance(score, int | float) for score in scores.values())
        for scores in value.values()
    )


def accept_run(path: Path, section: str, results: Sequence[ScoredAnswer]) -> None:
    """Writes this run into the baseline file as the accepted one of its section."""
    sections = _read_sections(path) if path.is_file() else {}
    sections[section] = _mean_scores(results)
    lines = (f" {json.dumps(name)}: {_case_lines(cases)}" for name, cases in sorted(sections.items()))
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def _case_lines(cases: Mapping[str, Mapping[str, float]]) -> str:
    """JSON with one case a line, so that a changed case is one line of a diff."""
    return "{\n" + ",\n".join(f"  {json.dumps(name)}: {json.dumps(scores)}" for name, scores in cases.items()) + "\n }"


def _mean_scores(results: Sequence[ScoredAnswer]) -> Baseline:
    """The scores that the baseline holds, the rounds of a case as their mean."""
    rounds_by_case: dict[str, list[ScoredAnswer]] = {}
    for result in results:
        rounds_by_case.setdefault(result.id, []).append(result)
    return {
        case: {
            name: round(fmean(result.scores[name].value for result in rounds if name in result.scores), 4)
            for name in _BASELINE_SCORES
            if any(name in result.scores for result in rounds)
        }
        for case, rounds in rounds_by_case.items()
    }


def apply_gate(
    metrics: Metrics,
    results: Sequence[ScoredAnswer],
    thresholds: Mapping[str, float],
    baseline: Mapping[str, Mapping[str, float]],
    stale: Sequence[str] = (),
) -> GateResult:
    """Judges a run by its thresholds and the baseline.

    Args:
        metrics: of the run.
        results: of the run, one for each question and round.
        thresholds: as ``load_thresholds`` gives them; one for a metric that the run hasn't is passed over.
        baseline: as ``load_baseline`` gives it.
        stale: what the cases expect of the documents and the documents no longer say, in words.
    """
    right_refusals = {result.id for result in results if result.answer.refused and not result.answerable}
    means = {case: scores for case, scores in _mean_scores(results).items() if case not in right_refusals}
    lost = [words for case, scores in means.items() if (words := _worse_scores(case, scores, baseline.get(case, {})))]
    missed = [*stale]
    for name, least in thresholds.items():
        value = metrics.get(name)
        if value is not None and value < least:
            missed.append(f"{name} is {value:.3f}, needs {least:.3f}")
    if len(lost) > thresholds.get(LOST_AT_MOST, 0):
        allowed = thresholds.get(LOST_AT_MOST, 0)
        missed.append(f"{len(lost)} cases are worse than in the accepted run, {allowed:.0f} may be")
    return GateResult(thresholds, tuple(missed), tuple(lost))


def _worse_scores(case: str, now: Mapping[str, float], baseline: Mapping[str, float]) -> str:
    """The case and its scores that are below the baseline, in words; empty where none is."""
    worse = [
        f"{name} {before:.2f} → {now.get(name, 0.0):.2f}"
        for name, before in baseline.items()
        if now.get(name, 0.0) < before
    ]
    return f"{case}: {', '.join(worse)}" if worse else ""
