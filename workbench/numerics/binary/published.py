"""What rounded numbers of a published logit imply of each other."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from scipy import stats
from scipy.special import xlogy

from workbench.typing import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Bounds:
    """Numbers that are known within bounds, element by element.

    Attributes
    ----------
    low, high : ndarray, shape (m,)
    """

    low: FloatArray
    high: FloatArray

    def holds(self, value: Any) -> Any:
        """Return where a value is within the bounds."""
        # bounds of decimals are no binary numbers: their last digit is rounding
        slack = 1e-9 * np.maximum(1.0, np.abs(self.high))
        return (self.low - slack <= value) & (value <= self.high + slack)

    def misses(self, value: Any) -> Any:
        """Return by how much a value is outside the bounds, 0 within."""
        return np.maximum(0.0, np.maximum(self.low - value, value - self.high))


def rounded(values: FloatArray, decimals: IntArray) -> Bounds:
    """Return the bounds of numbers printed with some decimals (negative ones: tens, hundreds).

    Examples
    --------
    >>> found = rounded(np.array([0.5, -150.0]), np.array([1, -1]))
    >>> found.low.tolist(), found.high.tolist()
    ([0.45, -155.0], [0.55, -145.0])
    """
    half = 0.5 * 10.0 ** (-decimals.astype(float))
    # sums of decimals: 0.45, not 0.44999999999999996
    return Bounds(np.round(values - half, 12), np.round(values + half, 12))


def decimals_of(value: float, *, significant: bool) -> int:
    """Return how many decimals a number shows.

    Parameters
    ----------
    value : float
    significant : bool
        Zeros at the end might be filling: up to the last digit that is not 0. Otherwise as many as
        Python prints, 1 of a whole number.

    Examples
    --------
    >>> decimals_of(0.43, significant=True), decimals_of(-150.0, significant=True)
    (2, -1)
    >>> decimals_of(16.0, significant=False)
    1
    """
    if not significant or value == 0.0:
        return max(0, -int(Decimal(repr(float(value))).as_tuple().exponent))
    return -int(Decimal(repr(float(value))).normalize().as_tuple().exponent)


def ratios(estimate: Bounds, std_error: Bounds) -> Bounds:
    """Return the bounds of |estimate / standard error|; infinite where the error may be 0.

    Examples
    --------
    >>> one = np.array([1.0])
    >>> found = ratios(Bounds(one, 2 * one), Bounds(0.5 * one, one))
    >>> found.low.tolist(), found.high.tolist()
    ([1.0], [4.0])
    """
    both = np.abs(np.stack([estimate.low, estimate.high]))
    crosses = (estimate.low <= 0.0) & (estimate.high >= 0.0)
    smallest = np.where(crosses, 0.0, both.min(axis=0))
    with np.errstate(divide="ignore"):
        high = both.max(axis=0) / np.maximum(std_error.low, 0.0)
    return Bounds(smallest / std_error.high, high)


def p_values(z: Bounds) -> Bounds:
    """Return the bounds of two-sided normal p-values."""
    return Bounds(2.0 * stats.norm.sf(z.high), 2.0 * stats.norm.sf(z.low))


def turning_points(const: Bounds, coef: Bounds) -> Bounds:
    """Return the bounds of −const / coef, where the probability is ½; all numbers if coef may be 0.

    Examples
    --------
    >>> one = np.array([1.0])
    >>> found = turning_points(Bounds(-4 * one, -4 * one), Bounds(one, 2 * one))
    >>> found.low.tolist(), found.high.tolist()
    ([2.0], [4.0])
    """
    crosses = (coef.low <= 0.0) & (coef.high >= 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = np.stack([-a / b for a in (const.low, const.high) for b in (coef.low, coef.high)])
    return Bounds(
        np.where(crosses, -np.inf, ends.min(axis=0)), np.where(crosses, np.inf, ends.max(axis=0))
    )


def deviances(bic: Bounds, nobs: Any, parameters: int = 2) -> Bounds:
    """Return the bounds of −2 l = BIC − k log n (Schwarz 1978)."""
    penalty = parameters * np.log(nobs)
    return Bounds(bic.low - penalty, bic.high - penalty)


def null_deviances(deviance: Bounds, rsquared: Bounds) -> Bounds:
    """Return the bounds of −2 l₀ = −2 l / (1 − R²), R² = 1 − l / l₀ (McFadden 1974).

    Examples
    --------
    >>> one = np.array([1.0])
    >>> null_deviances(Bounds(5 * one, 5 * one), Bounds(0.5 * one, 0.75 * one)).high.tolist()
    [20.0]
    """
    with np.errstate(divide="ignore"):
        low = deviance.low / (1.0 - rsquared.low)
        high = np.where(rsquared.high >= 1.0, np.inf, deviance.high / (1.0 - rsquared.high))
    return Bounds(np.maximum(low, 0.0), high)


def null_deviance(nobs: Any, events: Any) -> FloatArray:
    """Return −2 l₀ of a constant alone, 2 [n log n − m log m − (n − m) log(n − m)].

    Examples
    --------
    >>> round(float(null_deviance(85, 5)), 2)
    38.03
    """
    n, m = np.asarray(nobs, dtype=float), np.asarray(events, dtype=float)
    return np.asarray(2.0 * (xlogy(n, n) - xlogy(m, m) - xlogy(n - m, n - m)))
