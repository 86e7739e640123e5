"""How wrong a share may be that was counted: the one-sided bound of Clopper and Pearson (1934)."""

from math import ceil, exp, lgamma, log, log1p

CONFIDENCE = 0.95  # that the true share is no higher than the bound
_STEPS = 60  # of the bisection: each halves the interval, so that the bound is exact to a float


def upper_bound(errors: int, total: int) -> float:
    """The highest share of errors that is compatible with so few, at 95% confidence; 1 where nothing was counted.

    The share at which a sample of this size would have as few errors as these with a chance of 5%.

    Example:
        >>> round(upper_bound(0, 29), 3)
        0.098
    """
    if errors >= total:
        return 1.0
    low, high = errors / total, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if _chance_of_at_most(errors, total, middle) > 1 - CONFIDENCE:
            low = middle
        else:
            high = middle
    return high


def least_total(risk: float) -> int:
    """How many must be counted, without any error, before the bound is at most ``risk``, between 0 and 1."""
    return ceil(log(1 - CONFIDENCE) / log1p(-risk))


def _chance_of_at_most(errors: int, total: int, share: float) -> float:
    """The chance of at most so many errors where each of ``total`` is one with the chance ``share``, below 1."""
    if share <= 0:
        return 1.0
    return sum(
        exp(
            lgamma(total + 1)
            - lgamma(count + 1)
            - lgamma(total - count + 1)
            + count * log(share)
            + (total - count) * log1p(-share)
        )
        for count in range(errors + 1)
    )
