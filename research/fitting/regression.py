"""Logistic regression and Newton's method, small enough to be read."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

PENALTY = 1e-3  # L2, on features brought to unit variance

_MAX_STEPS = 200
_TOLERANCE = 1e-6  # of a step: of its largest change, and of its length when it is halved


def fit_logistic(
    rows: Array,
    outcomes: NDArray[np.bool_],
    shares: Array,
    prior: Array | None = None,
    prior_penalty: float = 0.0,
) -> tuple[Array, float]:
    """Logistic regression.

    Args:
        rows: the features of each observation, (n, features).
        outcomes: whether it came true, (n,).
        shares: what each observation weighs, (n,).
        prior: weights of the first features, as they were fitted before on other observations.
        prior_penalty: for leaving these, per feature of unit variance; the features behind them are free.

    Returns:
        The weights of the features, and the bias.
    """
    scale = rows.std(axis=0) + 1e-9
    inputs = np.hstack([rows / scale, np.ones((len(rows), 1))])
    prior_weights = np.zeros(0) if prior is None else prior
    prior_scores = rows[:, : len(prior_weights)] @ prior_weights
    ridge = np.full(inputs.shape[1], PENALTY)
    ridge[: len(prior_weights)] += prior_penalty

    def objective(weights: Array) -> tuple[float, Array, Array]:
        scores = prior_scores + inputs @ weights
        chances = 1 / (1 + np.exp(-scores))
        loss = float(shares @ np.logaddexp(0, np.where(outcomes, -scores, scores)))
        curvature = (inputs * (shares * chances * (1 - chances))[:, None]).T @ inputs
        return loss, inputs.T @ (shares * (chances - outcomes)), curvature

    fitted = minimise(objective, ridge)
    weights = fitted[:-1] / scale
    weights[: len(prior_weights)] += prior_weights
    return weights, float(fitted[-1])


def minimise(objective: Callable[[Array], tuple[float, Array, Array]], ridge: Array) -> Array:
    """Newton's method with backtracking.

    Args:
        objective: the loss at some weights, its gradient, and (an upper bound of) its curvature.
        ridge: half of it times the square of each weight is added to the loss.

    Returns:
        The weights of the least loss.
    """
    weights = np.zeros(len(ridge))
    loss, gradient, curvature = objective(weights)
    for _ in range(_MAX_STEPS):
        step = np.linalg.solve(curvature + np.diag(ridge), gradient + ridge * weights)
        length = 1.0
        while True:
            candidate = weights - length * step
            outcome = objective(candidate)
            improves = outcome[0] + ridge @ candidate**2 / 2 <= loss + ridge @ weights**2 / 2
            if improves or length < _TOLERANCE:
                break
            length /= 2
        largest_change = np.abs(candidate - weights).max()
        weights, (loss, gradient, curvature) = candidate, outcome
        if largest_change < _TOLERANCE:
            break
    return weights


def softmax(scores: Array) -> Array:
    """The scores as chances that add up to 1."""
    powers = np.exp(scores - scores.max())
    chances: Array = powers / powers.sum()
    return chances


def sigmoid(scores: Array) -> Array:
    """Log-odds as chances."""
    chances: Array = 1 / (1 + np.exp(-scores))
    return chances
