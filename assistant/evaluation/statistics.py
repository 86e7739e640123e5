"""What of a figure is chance: intervals by the bootstrap, and a paired test of two runs. Seeded: the same each time."""

from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from assistant.evaluation.metrics import BALANCED, RIGHTLY, WRONGLY, ScoredAnswer, shares

Array = NDArray[np.float64]
Interval = tuple[float, float]

BEYOND = 0.05  # a difference that chance makes less often than this is called one
_SEED = 0
_DRAWS = 2_000
_EXACT = 12  # differing pairs up to which every exchange of signs is tried
_ROUNDED = 1e-12


def intervals(marked: Sequence[ScoredAnswer]) -> dict[str, Interval]:
    """Bootstrap 95% intervals of the shares and of the balanced accuracy (Efron 1979: percentiles of resamples).

    Questions are drawn, not answers: all rounds of a question go together. A figure of fewer than two has none.
    """
    rows, columns = _table(marked)
    if len(rows) < 2:
        return {}
    draws = np.random.default_rng(_SEED).integers(0, len(rows), (_DRAWS, len(rows)))
    weights = np.stack([np.bincount(draw, minlength=len(rows)) for draw in draws]).astype(float)
    known = ~np.isnan(rows)
    counts = weights @ known
    with np.errstate(invalid="ignore", divide="ignore"):
        means = (weights @ np.where(known, rows, 0.0)) / counts
    drawn = {name: means[:, place] for place, name in enumerate(columns) if known[:, place].sum() > 1}
    if WRONGLY in drawn and RIGHTLY in drawn:
        drawn[BALANCED] = (drawn[RIGHTLY] + 1 - drawn[WRONGLY]) / 2
    return {name: _percentiles(values) for name, values in drawn.items()}


def _table(marked: Sequence[ScoredAnswer]) -> tuple[Array, list[str]]:
    """The mean value of each question, a row each, and the names of the columns; NaN where there is none."""
    columns = shares(marked)
    by_question: dict[str, list[dict[str, float]]] = {}
    for each in marked:
        by_question.setdefault(each.id, []).append(each.values)
    rows = np.full((len(by_question), len(columns)), np.nan)
    for row, values in zip(rows, by_question.values(), strict=True):
        for place, name in enumerate(columns):
            known = [each[name] for each in values if name in each]
            row[place] = np.mean(known) if known else np.nan
    return rows, columns


def _percentiles(values: Array) -> Interval:
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return float(low), float(high)


def paired(before: Sequence[float], after: Sequence[float]) -> float:
    """How likely chance alone makes the mean of the differences at least this large, either way: 0 to 1.

    The permutation test for paired samples (Fisher 1935; for retrieval Smucker et al. 2007): the sign of each
    difference is exchanged, in every way where few differ, else in so many ways drawn with a fixed seed.
    """
    differences = np.array(after, float) - np.array(before, float)
    differences = differences[np.abs(differences) > _ROUNDED]
    if not len(differences):
        return 1.0
    if len(differences) <= _EXACT:
        signs = np.array(list(product((-1.0, 1.0), repeat=len(differences))))
        return float(np.mean(np.abs(signs @ differences) >= abs(differences.sum()) - _ROUNDED))
    signs = np.random.default_rng(_SEED).choice((-1.0, 1.0), (10 * _DRAWS, len(differences)))
    extreme = np.abs(signs @ differences) >= abs(differences.sum()) - _ROUNDED
    return float((extreme.sum() + 1) / (len(extreme) + 1))
