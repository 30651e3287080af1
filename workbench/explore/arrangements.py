"""Whole histories put on other regions: the permutations of dynamics."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from workbench.core.seeds import generator
from workbench.explore.permuted import permutation_p
from workbench.numerics.scores.chi_square import ChiSquare
from workbench.typing import Alternative, FloatArray, IntArray

TIE = 1e-12
"""Share of the largest statistic within which two count as equal: rounding of long sums."""


def arrangements(n: int, permutations: int, *, seed: int, name: str) -> Iterator[IntArray]:
    """Yield R random orders of n regions, the same for the same seed and name.

    Regions are meant in sorted order of their ids, so that the caller's rows do not matter.

    Examples
    --------
    >>> [order.tolist() for order in arrangements(3, 2, seed=0, name="x")] == [
    ...     order.tolist() for order in arrangements(3, 2, seed=0, name="x")]
    True
    """
    rng = generator(seed, name)
    for _ in range(permutations):
        yield rng.permutation(n)


def extremeness(found: ChiSquare) -> float:
    """Return the standard deviate of a chi-square statistic, so that other df can be compared.

    Wilson and Hilferty's cube root; minus infinity, no evidence at all, without degrees of freedom.

    Examples
    --------
    >>> round(extremeness(ChiSquare(18.307, 10, 0.05)), 3)
    1.647
    """
    if found.df < 1:
        return float("-inf")
    spread = 2 / (9 * found.df)
    return float((np.cbrt(found.statistic / found.df) - (1 - spread)) / np.sqrt(spread))


def tail_p(
    observed: FloatArray | float, simulated: FloatArray, alternative: Alternative
) -> FloatArray:
    """Return permutation p-values, a column a statistic.

    Parameters
    ----------
    observed : float or ndarray of shape (s,)
    simulated : ndarray of shape (R,) or (R, s)
    alternative : {"two-sided", "greater", "less"}

    Returns
    -------
    ndarray of shape () or (s,)
        NaN where a statistic is not defined for the observed or any permuted arrangement.

    Examples
    --------
    >>> tail_p(3.0, np.array([1.0, 2.0, 3.0]), "greater").item()
    0.5
    """
    seen = np.asarray(observed, dtype=np.float64)
    finite = np.where(np.isfinite(simulated), np.abs(simulated), 0.0)
    slack = TIE * np.maximum(finite.max(axis=0), np.abs(seen))
    at_least = (simulated >= seen - slack).sum(axis=0)
    at_most = (simulated <= seen + slack).sum(axis=0)
    p = permutation_p(at_least, at_most, len(simulated), alternative)
    undefined = np.isnan(seen) | np.isnan(simulated).any(axis=0)
    return np.asarray(np.where(undefined, np.nan, p))
