"""A likelihood along one parameter: where it is highest, and the interval that it bounds."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import stats
from scipy.interpolate import PchipInterpolator
from scipy.optimize import minimize_scalar

from workbench.core.vocabulary import critical_value, two_sided_p
from workbench.errors import InputError
from workbench.hypotheses.statements.estimates import Interval
from workbench.typing import FloatArray

GRID = 25
"""Lengths that are tried first, evenly spaced on a log scale."""
STEPS = 3
"""Times that ends of an interval are computed anew, each with the likelihood at the last ones."""


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """Twice the log-likelihood that is lost along a parameter, between its values by interpolation.

    Attributes
    ----------
    lengths : ndarray of shape (m,)
        Ascending.
    deviance : ndarray of shape (m,)
        At them; 0 at the maximum.
    df : float or None
        Degrees of freedom of √deviance; None for the normal distribution.
    unit : str
    """

    lengths: FloatArray
    deviance: FloatArray
    df: float | None
    unit: str = ""

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
        x = np.log(self.lengths)
        curve = PchipInterpolator(x, self.deviance - limit)
        roots = curve.solve(0.0, extrapolate=False)
        between = roots[(roots >= x[left] - 1e-12) & (roots <= x[left + 1] + 1e-12)]
        return float(np.exp(between[0]))


def profile_of(
    deviance: Callable[[float], float],
    *,
    shortest: float,
    longest: float,
    levels: tuple[float, ...],
    df: float | None,
    scale: Callable[[float], float],
    unit: str,
) -> tuple[Profile, float]:
    """Search a likelihood along a length, and its intervals.

    Parameters
    ----------
    deviance : callable
        −2 log-likelihood at a length, up to a constant.
    shortest, longest : float
        The range.
    levels : tuple of float
        Of the intervals whose ends are wanted exactly.
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

    def made() -> Profile:
        at = np.array(sorted(seen))
        lost = (np.array([seen[key] for key in at]) - seen[length]) / factor
        return Profile(at, np.maximum(lost, 0.0), df, unit)

    for _ in range(STEPS):
        for level in levels:
            for end in made().interval(level):
                if 0.0 < end < math.inf:
                    tried(math.log(end))
    return made(), length


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
