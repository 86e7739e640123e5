"""The gate: what a run must reach, and what it must not lose against the last accepted one."""

import json
import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from typing import Any, TypeGuard

from assistant.errors import CasesError
from assistant.evaluation.metrics import BALANCED, DECIDING, RIGHTLY, WRONGLY, Figures, ScoredAnswer

BASELINE = "baseline.json"  # the last accepted run, in the folder ``evals``
LOST = "lost_at_most"  # so many cases may be worse: the last bits of vectors differ between machines
_KNOWN = {
    *DECIDING, "citation_precision", "verdicts", "answered", BALANCED, WRONGLY, RIGHTLY,
    *(f"{kind}_{k}" for kind in ("first", "full") for k in (1, 3, 5)),
    *(f"own_{name}" for name in ("answered", "citation_precision", "evidence_hit")),
} - {"refuses"}  # fmt: skip
_ANEW = "Delete the file, and make it anew with: assistant eval --accept"
_ACCEPTED = (*DECIDING, "citation_precision")


@dataclass(frozen=True, slots=True)
class GateResult:
    """What the gate said of a run: it is open where nothing is missed."""

    thresholds: Mapping[str, float] = field(default_factory=dict)
    missed: tuple[str, ...] = ()  # in words
    lost: tuple[str, ...] = ()  # cases that are worse than in the accepted run, in words


def load_thresholds(path: Path, section: str) -> dict[str, float]:
    """The least that each figure must be, from a table of the TOML file: ``cases.quotes``, ``datasets.NAME``.

    Raises:
        CasesError: no TOML, a figure that doesn't exist, or a least that is no number; names file and field.
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
        if name not in _KNOWN and name != LOST:
            raise CasesError(f"{path}: {section}.{name}: there is no such figure.")
        if isinstance(least, bool) or not isinstance(least, int | float) or not math.isfinite(least):
            raise CasesError(f"{path}: {section}.{name}: a number is expected, not {least!r}.")
    return {name: float(least) for name, least in table.items()}


def load_accepted(path: Path, section: str) -> dict[str, dict[str, float]]:
    """The scores of the last accepted run by case; none where none was accepted.

    Raises:
        CasesError: the file is malformed.
    """
    if not path.is_file():
        return {}
    told = _baseline(path).get(section, {})
    if not _is_scores(told):
        raise CasesError(f"{path}: {section}: scores by case are expected. {_ANEW}")
    return told


def _baseline(path: Path) -> dict[str, Any]:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CasesError(f"{path}: {error}. {_ANEW}") from None
    if not isinstance(told, dict):
        raise CasesError(f"{path}: an object is expected. {_ANEW}")
    return told


def _is_scores(told: Any) -> TypeGuard[dict[str, dict[str, float]]]:
    return isinstance(told, dict) and all(
        isinstance(scores, dict) and all(isinstance(value, int | float) for value in scores.values())
        for scores in told.values()
    )


def accept(path: Path, section: str, marked: Sequence[ScoredAnswer]) -> None:
    """Makes this run the accepted one."""
    told = _baseline(path) if path.is_file() else {}
    told[section] = _means(marked)
    lines = (f" {json.dumps(name)}: {_cases(cases)}" for name, cases in sorted(told.items()))
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def _cases(cases: Mapping[str, Mapping[str, float]]) -> str:
    """A case a line, so that a change is one line of a diff."""
    return "{\n" + ",\n".join(f"  {json.dumps(name)}: {json.dumps(scores)}" for name, scores in cases.items()) + "\n }"


def _means(marked: Sequence[ScoredAnswer]) -> dict[str, dict[str, float]]:
    """The scores of each case that are held against the accepted run's, rounds of a case as their mean."""
    rounds: dict[str, list[ScoredAnswer]] = {}
    for each in marked:
        rounds.setdefault(each.id, []).append(each)
    return {
        case: {
            name: round(fmean(each.scores[name].value for each in several if name in each.scores), 4)
            for name in _ACCEPTED
            if any(name in each.scores for each in several)
        }
        for case, several in rounds.items()
    }


def judge(
    figures: Figures,
    marked: Sequence[ScoredAnswer],
    thresholds: Mapping[str, float],
    accepted: Mapping[str, Mapping[str, float]],
    stale: Sequence[str] = (),
) -> GateResult:
    """Holds a run against its thresholds and the accepted run.

    Args:
        figures: of the run.
        marked: its questions.
        thresholds: as ``load_thresholds`` gives them; a figure that the run hasn't isn't judged.
        accepted: as ``load_accepted`` gives them.
        stale: what the cases expect of the documents and these no longer say, in words.
    """
    refusals = {each.id for each in marked if each.answer.refused and not each.answerable}
    means = {case: scores for case, scores in _means(marked).items() if case not in refusals}
    lost = [told for case, scores in means.items() if (told := _worse(case, scores, accepted.get(case, {})))]
    missed = [*stale]
    for name, least in thresholds.items():
        value = figures.get(name)
        if value is not None and value < least:
            missed.append(f"{name} is {value:.3f}, needs {least:.3f}")
    if len(lost) > thresholds.get(LOST, 0):
        missed.append(f"{len(lost)} cases are worse than in the accepted run, {thresholds.get(LOST, 0):.0f} may be")
    return GateResult(thresholds, tuple(missed), tuple(lost))


def _worse(case: str, now: Mapping[str, float], accepted: Mapping[str, float]) -> str:
    worse = [f"{name} {before:.2f} → {now.get(name, 0.0):.2f}" for name, before in accepted.items()
             if now.get(name, 0.0) < before]  # fmt: skip
    return f"{case}: {', '.join(worse)}" if worse else ""
