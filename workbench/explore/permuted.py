"""From counts of permuted statistics to p-values, and what a number of permutations can show."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats

from workbench.errors import check_whole
from workbench.typing import Alternative, FloatArray

FEWEST = 19
"""Permutations below which not even a one-sided test could reject at 5 %."""


def check_permutations(permutations: int, *, none_allowed: bool = False) -> int:
    """Return the number of permutations, or refuse one that no p-value can come from."""
    return check_whole(
        "permutations",
        permutations,
        least=FEWEST,
        none_allowed=none_allowed,
        why="with fewer no p-value can fall to 5 %",
        remedy="permutations=999 serves one test, 9999 many regions at once",
    )


def permutation_p(
    at_least: Any, at_most: Any, permutations: int, alternative: Alternative
) -> FloatArray:
    """Return permutation p-values from tail counts; the observed arrangement counts as one.

    Parameters
    ----------
    at_least, at_most : array_like of int
        Number of permuted statistics >= and <= the observed one.
    permutations : int
        Number of permutations R.
    alternative : {"two-sided", "greater", "less"}
        One tail, or twice the smaller one.

    Returns
    -------
    ndarray
        ``(M≥ + 1) / (R + 1)``, ``(M≤ + 1) / (R + 1)``, or
        ``min(1, 2 (min(M≥, M≤) + 1) / (R + 1))``.

    References
    ----------
    Davison, A. C. and Hinkley, D. V. (1997). Bootstrap Methods and their Application, eq. 4.11.

    Examples
    --------
    >>> permutation_p([0, 40], [99, 60], 99, "two-sided").tolist()
    [0.02, 0.82]
    """
    upper, lower = np.asarray(at_least), np.asarray(at_most)
    if alternative == "greater":
        return np.asarray((upper + 1) / (permutations + 1), dtype=np.float64)
    if alternative == "less":
        return np.asarray((lower + 1) / (permutations + 1), dtype=np.float64)
    doubled = 2 * (np.minimum(upper, lower) + 1) / (permutations + 1)
    return np.asarray(np.minimum(1.0, doubled), dtype=np.float64)


def sequential_p(count: Any, drawn: Any, permutations: int, enough: int) -> FloatArray:
    """Return one-sided p-values of tails that may have stopped early.

    Parameters
    ----------
    count, drawn : array_like of int
        Statistics at least as extreme, and permutations looked at.
    permutations : int
        R, the most that would have been drawn.
    enough : int
        Count at which a tail stopped; 0 if none could.

    Returns
    -------
    ndarray
        ``(M + 1) / (R + 1)`` where all R were drawn, ``enough / drawn`` where they were not.

    References
    ----------
    Besag, J. and Clifford, P. (1991). Sequential Monte Carlo p-values. Biometrika 78, 301-304.

    Examples
    --------
    >>> sequential_p([20, 3], [50, 999], 999, 20).tolist()
    [0.4, 0.004]
    """
    found, looked = np.asarray(count), np.asarray(drawn)
    whole = (found + 1) / (permutations + 1)
    if not enough:
        return np.asarray(whole, dtype=np.float64)
    return np.asarray(np.where(found >= enough, found / looked, whole), dtype=np.float64)


def normal_tails(deviate: FloatArray, alternative: Alternative) -> FloatArray:
    """Return p-values of standard normal deviates; a missing deviate has none."""
    if alternative == "greater":
        return np.asarray(stats.norm.sf(deviate))
    if alternative == "less":
        return np.asarray(stats.norm.cdf(deviate))
    return np.asarray(2.0 * stats.norm.sf(np.abs(deviate)))


def smallest_p(permutations: int, alternative: Alternative) -> float:
    """Return the smallest p-value that R permutations can give."""
    return (2 if alternative == "two-sided" else 1) / (permutations + 1)
