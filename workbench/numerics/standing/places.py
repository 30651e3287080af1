"""Rank, percentile and index of values, and the p-value of a place among exchangeable others."""

from __future__ import annotations

from typing import Any

import numpy as np

from workbench.typing import FloatArray

SAME = 1e-12
"""Relative difference below which values are one value: rounding of sums and means."""


def ranks_from_best(values: Any) -> FloatArray:
    """Return ranks along the first axis, 1 for the largest, ties sharing the mean; NaN stays NaN.

    Parameters
    ----------
    values : ndarray, shape (n,) or (n, p)
        Higher is better.
    """
    from scipy.stats import rankdata  # heavy

    return np.asarray(rankdata(-np.asarray(values, dtype=np.float64), axis=0, nan_policy="omit"))


def places_from_best(values: Any) -> FloatArray:
    """Return places along the first axis, 1 for the largest, ties sharing the best; NaN stays NaN.

    Examples
    --------
    >>> places_from_best([3.0, 5.0, 3.0, 1.0]).tolist()
    [2.0, 1.0, 2.0, 4.0]
    """
    from scipy.stats import rankdata  # heavy

    x = -np.asarray(values, dtype=np.float64)
    found = rankdata(x, method="min", axis=0, nan_policy="omit")
    return np.asarray(found, dtype=np.float64)


def percentiles(values: Any) -> FloatArray:
    """Return the per cent of the others that are worse, ties counting half; NaN stays NaN.

    Notes
    -----
    100 (m − r) / (m − 1) with r the mean rank from the best and m the number of values: 100 for
    the best, 0 for the worst, 50 for the middle one.
    """
    ranks = ranks_from_best(values)
    m = np.isfinite(ranks).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(100.0 * (m - ranks) / (m - 1))


def min_max(values: Any) -> FloatArray:
    """Return 100 (x − min) / (max − min) by column, ignoring NaN; higher is better."""
    x = np.asarray(values, dtype=np.float64)
    low, high = np.nanmin(x, axis=0), np.nanmax(x, axis=0)
    return np.asarray(100.0 * (x - low) / (high - low))


def place_p_value(own: float, others: Any) -> float:
    """Return the two-sided p-value of a value's place among others.

    Parameters
    ----------
    own : float
    others : ndarray, shape (k,)

    Returns
    -------
    float
        min(1, 2 min(a, b) / (k + 1)), a and b the numbers of all k + 1 values that are at least,
        and at most, `own`. Exact where own and others are exchangeable: each of the k + 1 places
        is then equally likely. No smaller than 2 / (k + 1).
    """
    x = np.asarray(others, dtype=np.float64)
    slack = SAME * max(float(np.abs(x).max(initial=0.0)), abs(own))
    above = 1 + int((x >= own - slack).sum())
    below = 1 + int((x <= own + slack).sum())
    return min(1.0, 2.0 * min(above, below) / (len(x) + 1))
