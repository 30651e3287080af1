"""Intervals of rates of counts: Clopper and Pearson, Wilson, and Garwood's for Poisson counts."""

from __future__ import annotations

import numpy as np
from scipy import stats

from workbench.typing import FloatArray, RateInterval


def rate_interval(
    events: FloatArray, exposure: FloatArray, *, how: RateInterval, level: float
) -> tuple[FloatArray, FloatArray]:
    """Return the ends of intervals of rates ``events / exposure``, shape (n,) each.

    With x events among m, α = 1 − level: Clopper and Pearson (1934, exact) inverts the binomial
    tails, ``B(α/2; x, m − x + 1)`` and ``B(1 − α/2; x + 1, m − x)``; Wilson (1927) the score test,
    ``(x + z²/2 ± z √(x (m − x)/m + z²/4)) / (m + z²)``; Garwood (1936, exact) the Poisson tails,
    ``χ²(α/2; 2x) / 2m`` and ``χ²(1 − α/2; 2x + 2) / 2m``, for events that are not part of m.

    Parameters
    ----------
    events, exposure : ndarray, shape (n,)
        Whole numbers, not negative; exposure positive. Events at most the exposure but for Poisson.
    how : {"clopper-pearson", "wilson", "poisson"}
    level : float
        Confidence level.

    Examples
    --------
    >>> low, high = rate_interval(np.array([0.0]), np.array([10.0]), how="clopper-pearson",
    ...                           level=0.95)
    >>> low.item(), round(high.item(), 4)
    (0.0, 0.3085)
    """
    tail = (1.0 - level) / 2.0
    x, m = np.asarray(events, dtype=np.float64), np.asarray(exposure, dtype=np.float64)
    if how == "poisson":
        low = np.where(x > 0, stats.chi2.ppf(tail, np.maximum(2 * x, 1.0)) / 2.0, 0.0)
        return low / m, np.asarray(stats.chi2.isf(tail, 2 * x + 2) / 2.0 / m)
    if how == "wilson":
        z = float(stats.norm.isf(tail))
        middle, half = x + z**2 / 2, z * np.sqrt(x * (m - x) / m + z**2 / 4)
        # at the ends the difference is zero but for rounding
        low = np.where(x > 0, (middle - half) / (m + z**2), 0.0)
        return low, np.where(x < m, (middle + half) / (m + z**2), 1.0)
    low = np.where(x > 0, stats.beta.ppf(tail, np.maximum(x, 1.0), m - x + 1), 0.0)
    high = np.where(x < m, stats.beta.isf(tail, x + 1, np.maximum(m - x, 1.0)), 1.0)
    return np.asarray(low), np.asarray(high)
