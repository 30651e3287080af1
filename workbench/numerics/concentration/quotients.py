"""Location quotients of counts: their variance, intervals and p-values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special, stats

from workbench.typing import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Limits:
    """Interval and p-value of each quotient, shape (n, k) each.

    Attributes
    ----------
    low, high, p_value : ndarray
    """

    low: FloatArray
    high: FloatArray
    p_value: FloatArray


def quotients(x: FloatArray) -> FloatArray:
    """Return (x_ij / N_i) / (C_j / E), shape (n, k).

    Examples
    --------
    >>> quotients(np.array([[2.0, 2.0], [0.0, 4.0]])).round(3).tolist()
    [[2.0, 0.667], [0.0, 1.333]]
    """
    N, C = x.sum(axis=1, keepdims=True), x.sum(axis=0, keepdims=True)
    return np.asarray(x * (x.sum() / (N * C)))


def log_variance(x: FloatArray) -> FloatArray:
    """Return the variance of log LQ by the delta method; NaN for a count of zero, shape (n, k).

    Regions' totals N are given and counts binomial, x_ij ~ B(N_i, p_ij), so that the region is a
    part of the whole: with C_j = Σ_i x_ij,

    ``(1 − p_ij) / x_ij + Σ_r x_rj (1 − p_rj) / C_j² − 2 (1 − p_ij) / C_j``.

    It is zero where one region holds the whole activity.

    References
    ----------
    Moineddin, R., Beyene, J. and Boyle, E. (2003). On the location quotient confidence interval.
    Geographical Analysis 35(3), 249-256.
    """
    p = x / x.sum(axis=1, keepdims=True)
    C = x.sum(axis=0, keepdims=True)
    whole = (x * (1 - p)).sum(axis=0, keepdims=True) / C**2
    with np.errstate(divide="ignore", invalid="ignore"):
        found = (1 - p) / x + whole - 2 * (1 - p) / C
    found = np.where(x > 0, found, np.nan)
    # what cancels exactly leaves rounding
    return np.asarray(np.where(np.abs(found) < 1e-14, 0.0, found))


def degenerate(x: FloatArray) -> BoolArray:
    """Return where the delta method has nothing to say: no units, or all of a row or a column."""
    C, N = x.sum(axis=0, keepdims=True), x.sum(axis=1, keepdims=True)
    return np.asarray((x == 0) | (x == C) | (x == N))


def delta(x: FloatArray, *, level: float, logs: bool) -> Limits:
    """Return intervals by the delta method, of log LQ or of LQ; NaN where it is degenerate."""
    lq, sd = quotients(x), np.sqrt(log_variance(x))
    z = stats.norm.isf((1 - level) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        if logs:
            low, high, at = lq * np.exp(-z * sd), lq * np.exp(z * sd), np.log(lq) / sd
        else:
            low, high = lq * (1 - z * sd), lq * (1 + z * sd)
            at = (lq - 1) / (lq * sd)
    low = np.maximum(low, 0.0)
    p_value = 2 * stats.norm.sf(np.abs(at))
    gone = degenerate(x)
    return Limits(*(np.where(gone, np.nan, part) for part in (low, high, p_value)))


def exact(
    x: FloatArray, *, level: float, rows: IntArray | None = None, columns: IntArray | None = None
) -> Limits:
    """Return conditional binomial intervals and p-values of cells.

    Given an activity's total C_j, Poisson counts make a region's share of it binomial,
    x_ij ~ B(C_j, π), and LQ = π / (N_i / E): Clopper and Pearson's (1934) interval of π over the
    region's share of everything. The p-value of LQ = 1 is twice the smaller tail.

    Parameters
    ----------
    x : ndarray of shape (n, k)
        Whole numbers.
    level : float
    rows, columns : ndarray of int, optional
        Cells asked for; all of them by default, shape (n, k).
    """
    N, C = x.sum(axis=1), x.sum(axis=0)
    share = N / x.sum()
    if rows is None or columns is None:
        count, total, size = x, np.broadcast_to(C, x.shape), share[:, None]
    else:
        count, total, size = x[rows, columns], C[columns], share[rows]
    tail = (1 - level) / 2
    rest = total - count
    with np.errstate(divide="ignore", invalid="ignore"):
        low = np.where(count > 0, special.betaincinv(count, rest + 1, tail), 0.0)
        high = np.where(rest > 0, special.betaincinv(count + 1, rest, 1 - tail), 1.0)
        # tails of the binomial as incomplete beta functions
        above = np.where(count > 0, special.betainc(count, rest + 1, size), 1.0)
        below = np.where(rest > 0, special.betaincc(count + 1, rest, size), 1.0)
    p_value = np.minimum(1.0, 2 * np.minimum(above, below))
    return Limits(low / size, high / size, p_value)


def standardised(lq: FloatArray) -> FloatArray:
    """Return quotients less their mean over regions, over their standard deviation (n − 1).

    NaN for an activity in which all regions have the same quotient.

    References
    ----------
    O'Donoghue, D. and Gleave, B. (2004). A note on methods for measuring industrial agglomeration.
    Regional Studies 38(4), 419-427.
    """
    centred = lq - lq.mean(axis=0, keepdims=True)
    sd = lq.std(axis=0, ddof=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(sd > 1e-12, centred / sd, np.nan))
