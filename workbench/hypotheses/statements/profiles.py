"""A likelihood along one parameter: where it is highest, and the interval that it bounds."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy import stats
from scipy.interpolate import PchipInterpolator
from scipy.optimize import brentq, minimize_scalar

from workbench.core.vocabulary import critical_value, two_sided_p
from workbench.errors import InputError
from workbench.hypotheses.statements.estimates import Interval
from workbench.typing import FloatArray

GRID = 25
"""Lengths that are tried first, evenly spaced on a log scale."""
ENDS = 1e-9
"""Share of a length to which the ends of an interval are found."""


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """Twice the log-likelihood that is lost along a parameter.

    Attributes
    ----------
    lengths : ndarray of shape (m,)
        Ascending.
    deviance : ndarray of shape (m,)
        At them; 0 at the maximum.
    df : float or None
        Degrees of freedom of √deviance; None for the normal distribution.
    unit : str
    lost : callable, optional
        Deviance at any length of the range; without, it is interpolated between `lengths`.
    """

    lengths: FloatArray
    deviance: FloatArray
    df: float | None
    unit: str = ""
    lost: Callable[[float], float] | None = None

    def at(self, length: float) -> float:
        """Return the deviance at a length within the range."""
        low, high = self.lengths[0], self.lengths[-1]
        if not low <= length <= high:
            raise InputError(
                "value",
                expected=f"a length within the range that is searched, {low:g} to {high:g} "
                f"{self.unit}",
                found=f"{length:g}",
                remedy="wb.hypotheses.decay_length(term, points, shortest=..., longest=...)",
            )
        if self.lost is not None:
            return max(self.lost(length), 0.0)
        curve = PchipInterpolator(np.log(self.lengths), self.deviance)
        return max(float(curve(math.log(length))), 0.0)

    def interval(self, level: float) -> Interval:
        """Return the lengths that a likelihood-ratio test does not reject, from first to last.

        0 or infinite where the range ends before the test rejects.
        """
        limit = critical_value(level, df=self.df) ** 2
        inside = np.flatnonzero(self.deviance <= limit)
        first, last = int(inside[0]), int(inside[-1])
        low = 0.0 if first == 0 else self._crossing(first - 1, limit)
        high = math.inf if last == len(self.lengths) - 1 else self._crossing(last, limit)
        return low, high

    def p_value(self, null: float) -> float:
        """Return the p-value of the likelihood-ratio test of a length."""
        return float(two_sided_p(np.asarray(math.sqrt(self.at(null))), df=self.df))

    def _crossing(self, left: int, limit: float) -> float:
        """Return where the deviance passes the limit between two neighbouring lengths."""
        low, high = (math.log(length) for length in self.lengths[left : left + 2])
        ends = {low: float(self.deviance[left]), high: float(self.deviance[left + 1])}

        def beyond(log_length: float) -> float:
            known = ends.get(log_length)
            return (self.at(math.exp(log_length)) if known is None else known) - limit

        return math.exp(float(brentq(beyond, low, high, xtol=ENDS)))


def profile_of(
    deviance: Callable[[float], float],
    *,
    shortest: float,
    longest: float,
    df: float | None,
    scale: Callable[[float], float],
    unit: str,
) -> tuple[Profile, float]:
    """Search a likelihood along a length.

    Parameters
    ----------
    deviance : callable
        −2 log-likelihood at a length, up to a constant; asked again for intervals and p-values.
    shortest, longest : float
        The range.
    df : float or None
    scale : callable
        What deviances are divided by, from the length at the maximum.
    unit : str

    Returns
    -------
    profile, length
        The length at the maximum, an end of the range where the likelihood rises up to it.
    """
    grid = lengths_of(shortest, longest)
    seen = {float(length): deviance(float(length)) for length in grid}

    def tried(log_length: float) -> float:
        length = math.exp(log_length)
        if length not in seen:
            seen[length] = deviance(length)
        return seen[length]

    best = int(np.argmin(list(seen.values())))
    if 0 < best < GRID - 1:
        bounds = (math.log(grid[best - 1]), math.log(grid[best + 1]))
        minimize_scalar(tried, bounds=bounds, method="bounded", options={"xatol": 1e-4})
    length = min(seen, key=lambda key: (seen[key], key))
    factor = scale(length)

    at = np.array(sorted(seen))
    lost = (np.array([seen[key] for key in at]) - seen[length]) / factor
    anywhere = partial(_lost, deviance, seen[length], factor)
    return Profile(at, np.maximum(lost, 0.0), df, unit, anywhere), length


def _lost(deviance: Callable[[float], float], least: float, factor: float, length: float) -> float:
    return (deviance(length) - least) / factor


def lengths_of(shortest: float, longest: float) -> FloatArray:
    """Return the lengths that are tried first, the ends of the range among them."""
    grid = np.geomspace(shortest, longest, GRID)
    grid[0], grid[-1] = shortest, longest
    return np.asarray(grid)


def davies_p(statistics: FloatArray, df: int) -> float:
    """Return a bound of the p-value of the largest of many correlated chi-square statistics.

    Parameters
    ----------
    statistics : ndarray of shape (m,)
        Along a parameter that does not exist under the null.
    df : int
        Degrees of freedom of each.

    References
    ----------
    Davies, R. B. (1987). Hypothesis testing when a nuisance parameter is present only under the
    alternative. Biometrika 74, 33-43, equation 3.4.

    Examples
    --------
    >>> round(davies_p(np.array([3.84, 3.84]), 1), 3)  # one statistic: the plain p-value
    0.05
    """
    largest = float(statistics.max())
    if largest <= 0.0:
        return 1.0
    variation = float(np.abs(np.diff(np.sqrt(np.clip(statistics, 0.0, None)))).sum())
    log_rest = (
        (df - 1) / 2 * math.log(largest) - largest / 2 - df / 2 * math.log(2) - math.lgamma(df / 2)
    )
    return min(1.0, float(stats.chi2.sf(largest, df)) + variation * math.exp(log_rest))
