"""Intervals and p-values from bootstrap draws."""

from __future__ import annotations

import numpy as np
from scipy import stats

from workbench.typing import FloatArray

Bounds = tuple[FloatArray, FloatArray]


def percentile(draws: FloatArray, *, level: float) -> Bounds:
    """Return the quantiles of the draws, two arrays of shape (q,).

    The quantile of share p is draw (R + 1)p in order, between two of them interpolated, so that
    an interval leaves 0 out where the p-value (M + 1)/(R + 1) is below 1 − level.

    Parameters
    ----------
    draws : ndarray of shape (R, q)
    level : float

    References
    ----------
    Efron, B. and Tibshirani, R. J. (1993). An Introduction to the Bootstrap, section 13.3.
    Davison, A. C. and Hinkley, D. V. (1997). Bootstrap Methods and their Application, 2.3 and 5.3.

    Examples
    --------
    >>> low, high = percentile(np.arange(1.0, 40.0)[:, None], level=0.95)
    >>> round(float(low[0]), 9), round(float(high[0]), 9)
    (1.0, 39.0)
    """
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(draws, [tail, 1.0 - tail], axis=0, method="weibull")
    return low, high


def basic(draws: FloatArray, estimate: FloatArray, *, level: float) -> Bounds:
    """Return 2θ̂ less the opposite quantiles (Davison and Hinkley 1997, equation 5.6)."""
    low, high = percentile(draws, level=level)
    return 2.0 * estimate - high, 2.0 * estimate - low


def studentised(
    draws: FloatArray, errors: FloatArray, estimate: FloatArray, error: FloatArray, *, level: float
) -> Bounds:
    """Return θ̂ less the opposite quantiles of (θ* − θ̂)/se* times se.

    Parameters
    ----------
    draws, errors : ndarray of shape (R, q)
        Estimates of the draws and their standard errors.
    estimate, error : ndarray of shape (q,)

    References
    ----------
    Efron and Tibshirani (1993), section 12.5; Davison and Hinkley (1997), equation 5.7.
    """
    low, high = percentile((draws - estimate) / errors, level=level)
    return estimate - high * error, estimate - low * error


def bca(
    draws: FloatArray, estimate: FloatArray, acceleration: FloatArray, *, level: float
) -> Bounds:
    """Return bias-corrected and accelerated quantiles.

    Parameters
    ----------
    draws : ndarray of shape (R, q)
    estimate, acceleration : ndarray of shape (q,)
    level : float

    References
    ----------
    Efron, B. (1987). JASA 82, 171-185. Efron and Tibshirani (1993), equations 14.9 to 14.14.
    """
    tail = (1.0 - level) / 2.0
    z0 = _bias_correction(draws, estimate)
    bounds = []
    for share in (tail, 1.0 - tail):
        moved = z0 + stats.norm.ppf(share)
        at = stats.norm.cdf(z0 + moved / (1.0 - acceleration * moved))
        columns = zip(draws.T, at.tolist(), strict=True)
        bounds.append(np.array([np.quantile(x, p, method="weibull") for x, p in columns]))
    return bounds[0], bounds[1]


def _bias_correction(draws: FloatArray, estimate: FloatArray) -> FloatArray:
    """Return z₀ = Φ⁻¹ of the share of draws below the estimate, ties by half."""
    below = (draws < estimate).sum(axis=0) + 0.5 * (draws == estimate).sum(axis=0)
    return np.asarray(stats.norm.ppf(_inside(below, len(draws))))


def _inside(count: FloatArray, R: int) -> FloatArray:
    """Return a share that is never 0 or 1, and a half for half of the draws."""
    return (count + 0.5) / (R + 1.0)


def acceleration(without: FloatArray) -> FloatArray:
    """Return Σd³/(6(Σd²)^{3/2}), d the mean less each estimate with a part left out, shape (q,).

    Parameters
    ----------
    without : ndarray of shape (m, q)
        Estimates without part 1, 2 … m.

    References
    ----------
    Efron and Tibshirani (1993), equation 14.15.

    Examples
    --------
    >>> acceleration(np.array([[1.0], [2.0], [3.0]])).tolist()
    [0.0]
    """
    d = without.mean(axis=0) - without
    scale = (d**2).sum(axis=0) ** 1.5
    return np.asarray((d**3).sum(axis=0) / (6.0 * np.where(scale > 0.0, scale, 1.0)))


def tail_p(draws: FloatArray, value: FloatArray) -> FloatArray:
    """Return twice the smaller (M + 1)/(R + 1) of the draws at or beyond a value, at most 1.

    Examples
    --------
    >>> tail_p(np.arange(1.0, 20.0)[:, None], np.array([0.0])).tolist()
    [0.1]
    """
    R = len(draws)
    smaller = np.minimum((draws <= value).sum(axis=0), (draws >= value).sum(axis=0))
    return np.asarray(np.minimum(1.0, 2.0 * (smaller + 1.0) / (R + 1.0)))


def bca_p(draws: FloatArray, estimate: FloatArray, acceleration: FloatArray) -> FloatArray:
    """Return the level at which a bias-corrected and accelerated interval ends at 0, shape (q,)."""
    R = len(draws)
    z0 = _bias_correction(draws, estimate)
    at = stats.norm.ppf(_inside((draws <= 0.0).sum(axis=0), R)) - z0
    z = at / (1.0 + acceleration * at) - z0
    return np.asarray(np.clip(2.0 * stats.norm.sf(np.abs(z)), 2.0 / (R + 1.0), 1.0))
