"""Power of a t or z test, from how far the truth lies from the null in standard errors."""

from __future__ import annotations

import math

import numpy as np
from scipy import stats
from scipy.optimize import brentq

from workbench.typing import FloatArray

FARTHEST = 1e3
"""Standard errors from the null within which the distance of a wanted power is looked for."""


def rejection(
    distance: float | FloatArray, *, alpha: float, relation: str, df: float | None
) -> FloatArray:
    """Return the probability that a hypothesis is supported.

    Parameters
    ----------
    distance : float or ndarray
        True value less the value of the null, over the standard error.
    alpha : float
        Of the two-sided interval that decides.
    relation : {">", "<", "!="}
        ``">"``: the interval lies above the null; ``"<"``: below; ``"!="``: either.
    df : float or None
        Degrees of freedom of Student's t; None for the normal distribution.

    Returns
    -------
    ndarray
        P(T > c), P(T < −c) or their sum, T of the noncentral t distribution with noncentrality
        `distance`, c the quantile 1 − α/2 of the central one.

    References
    ----------
    Johnson, N. L., Kotz, S. and Balakrishnan, N. (1995). Continuous Univariate Distributions 2,
    chapter 31.

    Examples
    --------
    >>> rejection(0.0, alpha=0.05, relation="!=", df=30.0).round(12).item()
    0.05
    >>> rejection(2.8015851, alpha=0.05, relation=">", df=None).round(6).item()
    0.8
    """
    at = np.asarray(distance, dtype=float)
    if df is None:
        c = stats.norm.isf(alpha / 2.0)
        above, below = stats.norm.sf(c - at), stats.norm.cdf(-c - at)
    else:
        c = stats.t.isf(alpha / 2.0, df)
        # by symmetry: the lower tail of one side is the upper tail of the other
        above, below = (np.asarray(stats.nct.sf(c, df, way * at)) for way in (1.0, -1.0))
        # scipy's tail is NaN where it is 1 or 0 to the last bit
        above = np.where(np.isnan(above), np.where(at > c, 1.0, 0.0), above)
        below = np.where(np.isnan(below), np.where(-at > c, 1.0, 0.0), below)
    found = {">": above, "<": below, "!=": above + below}[relation]
    return np.asarray(np.clip(found, 0.0, 1.0))


def distance_for(target: float, *, alpha: float, relation: str, df: float | None) -> float:
    """Return the distance in standard errors, as a positive number, that has a wanted power.

    Examples
    --------
    >>> round(distance_for(0.8, alpha=0.05, relation=">", df=None), 6)
    2.801585
    """
    way = -1.0 if relation == "<" else 1.0

    def gap(distance: float) -> float:
        found = rejection(way * distance, alpha=alpha, relation=relation, df=df)
        return float(found) - target

    high = 1.0
    while gap(high) < 0.0 and high < FARTHEST:
        high *= 2.0
    return float(brentq(gap, 0.0, high, xtol=1e-12)) if gap(high) >= 0.0 else math.nan
