"""Covariances of coefficients and decay: of the full Jacobian, and sandwiches around it."""

from __future__ import annotations

import numpy as np

from workbench.numerics.distance_decay.concentrated import Concentrated, Solution, bread_of
from workbench.panels.effects import Cells
from workbench.typing import DecayCovariance, FixedEffects, FloatArray


def covariance_of(
    problem: Concentrated,
    solution: Solution,
    covariance: DecayCovariance,
    cells: Cells,
    effects: FixedEffects,
    *,
    given: bool,
) -> tuple[FloatArray, float]:
    """Return the covariance of (β, γ, δ), shape (k + 2, k + 2), and the ratio of δ's.

    The ratio is that of the variance of δ to the classical one. Classical: S/df (J′J)⁻¹. Robust:
    HC1, n/df. Clustered by region: G/(G − 1) (n − 1)/(n − p) with p the columns of J and the
    effects that are not nested in regions (Stata's factor).

    Parameters
    ----------
    problem : Concentrated
    solution : Solution
    covariance : {"classical", "robust", "clustered"}
    cells : Cells
    effects : {"none", "entity", "time", "two-way"}
    given : bool
        Whether δ is at an end of its range, so that it has no derivative of 0: the covariance of
        the others is then that for this δ, and what belongs to δ is not a number.
    """
    k = solution.jacobian.shape[1] - given
    J = solution.jacobian[:, :k]
    classical, V = _covariances(
        problem.df + given, solution.residuals, J, covariance, cells, effects
    )
    out = np.full((k + given, k + given), np.nan)
    out[:k, :k] = V
    ratio = float(V[-1, -1] / classical[-1, -1])
    return out, 1.0 if given or not np.isfinite(ratio) or ratio <= 0 else ratio


def _covariances(
    df: int,
    e: FloatArray,
    J: FloatArray,
    covariance: DecayCovariance,
    cells: Cells,
    effects: FixedEffects,
) -> tuple[FloatArray, FloatArray]:
    bread = bread_of(J)
    classical = float(e @ e) / df * bread
    if covariance == "classical":
        return classical, classical
    scores = J * e[:, None]
    n, k = J.shape
    if covariance == "robust":
        return classical, np.asarray(n / df * bread @ (scores.T @ scores) @ bread)
    sums = np.zeros((cells.N, k))
    np.add.at(sums, cells.region, scores)
    counted = k + {"none": 0, "entity": 0, "time": cells.T, "two-way": cells.T - 1}[effects]
    factor = cells.N / (cells.N - 1) * (n - 1) / (n - counted)
    return classical, np.asarray(factor * bread @ (sums.T @ sums) @ bread)
