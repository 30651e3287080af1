"""The test of a coefficient whose column has a parameter that does not exist under the null."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from workbench.numerics.distance_decay.concentrated import Concentrated
from workbench.typing import FloatArray

CHUNK = 128
"""Draws at a time: n rows of them are held."""


@dataclass(frozen=True, slots=True, eq=False)
class Supremum:
    """The largest F statistic along a parameter, and those of draws under the null.

    Attributes
    ----------
    statistic : float
    draws : ndarray, shape (R,)
    curve : ndarray, shape (m,)
        F at each parameter of the grid.
    p_value : float
        (M + 1) / (R + 1), M the draws at least as large.
    """

    statistic: float
    draws: FloatArray
    curve: FloatArray
    p_value: float


def supremum_test(
    problem: Concentrated, grid: FloatArray, draw: Callable[[int], FloatArray], R: int
) -> Supremum:
    """Compare the largest F along a grid with what it is in outcomes without the column.

    Parameters
    ----------
    problem : Concentrated
    grid : ndarray, shape (m,)
        Fixed beforehand, the same for the data and for every draw.
    draw : callable
        From a number of draws b to disturbances under the null, shape (n, b).
    R : int
        Number of draws.

    Notes
    -----
    With X and effects out of both, F depends neither on β nor on the scale of the disturbances: for
    independent normal ones the p-value is exact whatever n is.

    References
    ----------
    Davies, R. B. (1977, 1987). Hypothesis testing when a nuisance parameter is present only under
    the alternative. Biometrika 64, 247-254; 74, 33-43. Hansen, B. E. (1996). Inference when a
    nuisance parameter is not identified under the null hypothesis. Econometrica 64, 413-430.
    Dufour, J.-M. (2006). Monte Carlo tests with nuisance parameters. Journal of Econometrics 133,
    443-477.
    """
    Q = np.column_stack([problem.direction(float(at)) for at in grid])
    curve = _statistics(Q, problem.null_residuals[:, None], problem.df)[:, 0]
    largest = np.empty(R)
    for start in range(0, R, CHUNK):
        size = min(CHUNK, R - start)
        drawn = problem.without(draw(size))
        largest[start : start + size] = _statistics(Q, drawn, problem.df).max(axis=0)
    statistic = float(curve.max())
    # rounding must not break ties of draws that repeat the data
    above = int((largest >= statistic * (1 - 1e-10)).sum())
    return Supremum(statistic, largest, curve, (above + 1) / (R + 1))


def _statistics(Q: FloatArray, left: FloatArray, df: int) -> FloatArray:
    """Return F of every column of Q, shape (m, b), for residuals, shape (n, b)."""
    total = np.einsum("ib,ib->b", left, left)
    gained = (Q.T @ left) ** 2
    return np.asarray(df * gained / np.maximum(total - gained, np.finfo(float).tiny))
