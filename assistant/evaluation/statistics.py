"""What of a metric may be chance: bootstrap intervals, and a paired test of two runs. Seeded, so reproducible."""

from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from assistant.evaluation.metrics import (
    REFUSAL_BALANCED,
    REFUSED_ANSWERABLE,
    REFUSED_UNANSWERABLE,
    ScoredAnswer,
    share_names,
)

Array = NDArray[np.float64]
Interval = tuple[float, float]  # the low and the high end

SIGNIFICANCE_LEVEL = 0.05  # a difference with a lower p-value is called one
_SEED = 0
_RESAMPLES = 2_000
_MAX_EXACT_PAIRS = 12  # differing pairs up to which all assignments of signs are enumerated
_ROUNDING_ERROR = 1e-12


def bootstrap_intervals(results: Sequence[ScoredAnswer]) -> dict[str, Interval]:
    """95% intervals of the shares and of the balanced accuracy, by name.

    The percentile bootstrap (Efron 1979). Questions are resampled, not answers: all rounds of a question stay
    together. A metric that fewer than two questions have gets no interval.
    """
    values, names = _values_by_question(results)
    if len(values) < 2:
        return {}
    draws = np.random.default_rng(_SEED).integers(0, len(values), (_RESAMPLES, len(values)))
    weights = np.stack([np.bincount(draw, minlength=len(values)) for draw in draws]).astype(float)
    is_known = ~np.isnan(values)
    counts = weights @ is_known
    with np.errstate(invalid="ignore", divide="ignore"):
        means = (weights @ np.where(is_known, values, 0.0)) / counts
    samples = {name: means[:, column] for column, name in enumerate(names) if is_known[:, column].sum() > 1}
    if REFUSED_ANSWERABLE in samples and REFUSED_UNANSWERABLE in samples:
        samples[REFUSAL_BALANCED] = (samples[REFUSED_UNANSWERABLE] + 1 - samples[REFUSED_ANSWERABLE]) / 2
    return {name: _percentile_interval(sample) for name, sample in samples.items()}


def _values_by_question(results: Sequence[ScoredAnswer]) -> tuple[Array, list[str]]:
    """The mean metric values of each question, shape (questions, metrics), NaN where it has none; and the names."""
    names = share_names(results)
    by_question: dict[str, list[dict[str, float]]] = {}
    for result in results:
        by_question.setdefault(result.id, []).append(result.metric_values)
    table = np.full((len(by_question), len(names)), np.nan)
    for row, rounds in zip(table, by_question.values(), strict=True):
        for column, name in enumerate(names):
            known_values = [values[name] for values in rounds if name in values]
            row[column] = np.mean(known_values) if known_values else np.nan
    return table, names


def _percentile_interval(sample: Array) -> Interval:
    low, high = np.nanpercentile(sample, [2.5, 97.5])
    return float(low), float(high)


def permutation_test(before: Sequence[float], after: Sequence[float]) -> float:
    """The two-sided p-value of the mean difference between paired values, 0 to 1.

    The permutation test for paired samples (Fisher 1935; for retrieval Smucker et al. 2007): the sign of each
    difference is exchanged. All assignments of signs are enumerated where few pairs differ, otherwise a seeded sample.

    Args:
        before: the values of one run.
        after: those of the other run, in the same order.
    """
    differences = np.array(after, float) - np.array(before, float)
    differences = differences[np.abs(differences) > _ROUNDING_ERROR]
    if not len(differences):
        return 1.0
    if len(differences) <= _MAX_EXACT_PAIRS:
        signs = np.array(list(product((-1.0, 1.0), repeat=len(differences))))
        return float(np.mean(np.abs(signs @ differences) >= abs(differences.sum()) - _ROUNDING_ERROR))
    signs = np.random.default_rng(_SEED).choice((-1.0, 1.0), (10 * _RESAMPLES, len(differences)))
    extreme = np.abs(signs @ differences) >= abs(differences.sum()) - _ROUNDING_ERROR
    return float((extreme.sum() + 1) / (len(extreme) + 1))
