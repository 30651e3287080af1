"""Moments of spatial panels: Wy instrumented within and between regions, and error components.

Disturbances are u_t = λMu_t + ε_t, ε = μ + ν: within regions ε has variance σ²_ν, and √T times its
means σ₁² = σ²_ν + Tσ²_μ. Q₁ takes means over time, Q₀ = I − Q₁ what is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import optimize

from workbench.errors import ConvergenceError, ValuesError, WeightsError
from workbench.numerics.moments.two_stage import TwoStage, independent, two_stage
from workbench.numerics.panels.layers import Layers
from workbench.numerics.sparse.matrices import CsrArray
from workbench.numerics.threads import one_thread
from workbench.typing import FloatArray

LEFT = 1e-9
"""Share of a column's length that must be left of it; demeaning leaves about 1e-15 of nothing."""

SCAN = 201
"""Points at which the objective is looked at before the lowest is refined."""


def between(columns: FloatArray, T: int) -> FloatArray:
    """Return Q₁ of columns, shape (N T, k) sorted by region: means over time, repeated.

    Examples
    --------
    >>> between(np.array([[1.0], [3.0], [5.0], [5.0]]), 2).ravel().tolist()
    [2.0, 2.0, 5.0, 5.0]
    """
    n, k = columns.shape
    return np.repeat(columns.reshape(n // T, T, k).mean(axis=1), T, axis=0)


def within(columns: FloatArray, T: int) -> FloatArray:
    """Return Q₀ of columns, shape (N T, k): what is left beside means over time."""
    return columns - between(columns, T)


def spanning(columns: FloatArray, whole: FloatArray) -> FloatArray:
    """Return the columns that are neither nothing beside `whole` nor combinations of others."""
    seen = np.linalg.norm(columns, axis=0) > LEFT * np.linalg.norm(whole, axis=0)
    kept = columns[:, seen]
    return kept[:, independent(kept, first=0)]


def stage_residuals(
    y: FloatArray, Z: FloatArray, *, H: FloatArray, whole: tuple[FloatArray, FloatArray]
) -> tuple[FloatArray, int]:
    """Return residuals of two-stage least squares in one dimension, and how many coefficients.

    Parameters
    ----------
    y, Z, H : ndarray
        Within or between regions; what that leaves nothing of is left out.
    whole : (ndarray, ndarray)
        Z and H before.
    """
    left = spanning(Z, whole[0])
    found = two_stage(y, left, H=spanning(H, whole[1]))
    return np.asarray(found.residuals), left.shape[1]


@dataclass(frozen=True, slots=True)
class Components:
    """Estimated disturbance.

    Attributes
    ----------
    lambda_ : float
    own : float
        σ²_ν.
    means : float
        σ₁² = σ²_ν + Tσ²_μ; not a number where only moments within regions were taken.
    """

    lambda_: float
    own: float
    means: float


@dataclass(frozen=True, slots=True, eq=False)
class _Moments:
    """Three moments of one dimension: E g = G(λ, λ²) + variance · level."""

    g: FloatArray
    G: FloatArray
    level: FloatArray

    def at(self, lam: float) -> FloatArray:
        return np.asarray(self.g - self.G @ np.array([lam, lam * lam]))


def _moments(u: FloatArray, M: Layers, *, means: bool) -> _Moments:
    """Kelejian, Kapoor and Prucha's moments of ε′Qε, ε̄′Qε̄ and ε̄′Qε, ε̄ = Mε, Q = Q₀ or Q₁."""
    T, N = M.T, u.size // M.T
    once = M.lag(u[:, None])
    columns = np.column_stack([u[:, None], once, M.lag(once)])
    taken = (between if means else within)(columns, T)
    K = taken.T @ columns / (N if means else N * (T - 1))
    g = np.array([K[0, 0], K[1, 1], K[1, 0]])
    G = np.array(
        [
            [2.0 * K[0, 1], -K[1, 1]],
            [2.0 * K[1, 2], -K[2, 2]],
            [K[0, 2] + K[1, 1], -K[1, 2]],
        ]
    )
    return _Moments(g, G, np.array([1.0, _square(M.matrices[0]) / N, 0.0]))


def _square(M: CsrArray) -> float:
    return float((M.data**2).sum())


def _weight(M: CsrArray) -> FloatArray:
    """Return T_W of Kapoor, Kelejian and Prucha, equation 30: N cov of the moments over σ⁴."""
    N = M.shape[0]
    gram = M.T @ M
    first = _square(M) / N
    second = float((gram.data**2).sum()) / N
    crossed = float(gram.multiply(M + M.T).sum()) / N
    third = float(M.multiply(M.T).sum()) / N + first
    return np.array(
        [[2.0, 2.0 * first, 0.0], [2.0 * first, 2.0 * second, crossed], [0.0, crossed, third]]
    )


@one_thread
def error_components(
    own: FloatArray,
    means: FloatArray | None,
    M: Layers,
    *,
    limits: tuple[float, float],
    weighted: bool = True,
) -> Components:
    """Estimate λ and the variances of a spatial disturbance with error components.

    Parameters
    ----------
    own, means : ndarray of shape (N T,)
        Consistent residuals for the moments within regions and between them, the same or those
        of estimates in each dimension; None for `means` takes those within alone.
    M : Layers
        One M for all periods.
    limits : (float, float)
        Open interval of λ.
    weighted : bool
        Whether all six moments are weighted by their covariance, evaluated at the estimates of
        the first three (fully weighted); without, λ and σ²_ν come from the three within regions,
        each of the same weight, and σ₁² from the first of the others.

    Returns
    -------
    Components

    Raises
    ------
    ConvergenceError
        If the moments are closest at an end of the interval.
    ValuesError
        If a variance is not positive.

    References
    ----------
    Kapoor, M., Kelejian, H. H. and Prucha, I. R. (2007). Panel data models with spatially
    correlated error components. Journal of Econometrics 140, 97–130, section 3.

    Examples
    --------
    >>> from scipy import sparse
    >>> from workbench.numerics.panels.layers import one_layer
    >>> W = sparse.csr_array(np.diag(np.ones(29), 1) + np.diag(np.ones(29), -1)) * 0.5
    >>> u = np.random.default_rng(0).normal(size=(30 * 8, 1))
    >>> layers = one_layer(W, 8)
    >>> spread = layers.solve(u, 0.5)[:, 0]
    >>> found = error_components(spread, spread, layers, limits=(-1.0, 1.0))
    >>> 0.3 < found.lambda_ < 0.7
    True
    """
    inside = _moments(own, M, means=False)
    eye = np.eye(3)
    lam, (sigma2,) = _closest([inside], [eye], limits)
    if means is None:
        return Components(lam, _positive(sigma2), float("nan"))
    outside = _moments(means, M, means=True)
    above = float(outside.at(lam)[0])
    if not weighted:
        return Components(lam, _positive(sigma2), _positive(above))
    spread = _weight(M.matrices[0])
    if np.linalg.matrix_rank(spread) < len(spread):
        raise WeightsError(
            "W",
            expected="weights whose moments of the disturbance differ from each other",
            found="moments that are combinations of each other",
            why="lambda cannot be told from the variance where all regions have the same "
            "neighbours",
            remedy='effects="entity", or method="ml"',
        )
    W = np.asarray(np.linalg.inv(spread), dtype=np.float64)
    weights: list[FloatArray] = [W * (M.T - 1) / _positive(sigma2) ** 2, W / _positive(above) ** 2]
    lam, (sigma2, above) = _closest([inside, outside], weights, limits)
    return Components(lam, _positive(sigma2), _positive(above))


def _closest(
    moments: list[_Moments], weights: list[FloatArray], limits: tuple[float, float]
) -> tuple[float, list[float]]:
    """Minimise the weighted squares: given λ the variances are those of least squares."""

    def variances(lam: float) -> list[float]:
        return [
            float(m.level @ w @ m.at(lam) / (m.level @ w @ m.level))
            for m, w in zip(moments, weights, strict=True)
        ]

    # The scale of the moments is taken out, so that tolerances are relative.
    scale = sum(float(m.g @ w @ m.g) for m, w in zip(moments, weights, strict=True))

    def distance(lam: Any) -> float:
        total = 0.0
        for m, w, v in zip(moments, weights, variances(float(lam)), strict=True):
            gap = m.at(float(lam)) - v * m.level
            total += float(gap @ w @ gap)
        return total / scale

    low, high = limits
    grid = np.linspace(low, high, SCAN + 2)[1:-1]
    at = int(np.argmin([distance(x) for x in grid]))
    ends = (grid[max(at - 1, 0)], grid[min(at + 1, SCAN - 1)])
    if at in (0, SCAN - 1):
        raise ConvergenceError(
            "lambda",
            expected=f"moments that are closest inside ({low:.4g}, {high:.4g})",
            found=f"an end, {grid[at]:.4g}",
            why="the disturbance is not of the form u = lambda M u + e with these weights",
            remedy='model="sdm", or other weights of the disturbance (W_error)',
        )
    found = optimize.minimize_scalar(
        distance, bounds=ends, method="bounded", options={"xatol": 1e-12}
    )
    lam = _polished(distance, float(found.x))
    return lam, variances(lam)


def _polished(distance: Any, x: float) -> float:
    """Return where the slope is zero: the distance, a polynomial in λ, is flat at its lowest."""
    h = 1e-4
    for _ in range(3):
        values = [distance(x + k * h) for k in (-1, 0, 1)]
        bend = values[0] - 2.0 * values[1] + values[2]
        if bend <= 0.0:
            return x
        x -= 0.5 * h * (values[2] - values[0]) / bend
    return x


def _positive(value: float) -> float:
    if not value > 0.0:
        raise ValuesError(
            "y",
            expected="residuals with a positive variance within and between regions",
            found=f"{value:.3g}",
            remedy='model="sdm" or effects="entity"',
        )
    return float(value)


@dataclass(frozen=True, slots=True, eq=False)
class MomentFit:
    """Coefficients and what they leave.

    Attributes
    ----------
    delta : ndarray of shape (k,)
    covariance : ndarray of shape (k, k)
    residuals : ndarray of shape (N T,)
        (I − λM)(y − Zδ), not weighted; less its means over time where these are not used.
    stage : TwoStage
        Of the weighted columns.
    """

    delta: FloatArray
    covariance: FloatArray
    residuals: FloatArray
    stage: TwoStage


def weighted(columns: FloatArray, found: Components, T: int) -> FloatArray:
    """Return columns over σ_ν, their means over time times σ_ν/σ₁, or without them.

    Examples
    --------
    >>> weighted(np.array([[1.0], [3.0]]), Components(0.0, 4.0, float("nan")), 2).ravel().tolist()
    [-0.5, 0.5]
    """
    share = 0.0 if np.isnan(found.means) else float(np.sqrt(found.own / found.means))
    return np.asarray((columns - (1.0 - share) * between(columns, T)) / np.sqrt(found.own))


def weighted_fit(
    y: FloatArray,
    Z: FloatArray,
    *,
    H: FloatArray | None,
    M: Layers | None,
    T: int,
    found: Components,
) -> MomentFit:
    """Estimate y = Zδ + u by (two-stage) generalised least squares given the disturbance.

    Parameters
    ----------
    y, Z : ndarray, shapes (N T,) and (N T, k)
    H : ndarray of shape (N T, m) or None
        Instruments, as they are; None where Z is exogenous.
    M : Layers or None
        Weights of the disturbance.
    T : int
    found : Components
        Without σ₁² only what is within regions counts.

    Notes
    -----
    Columns are filtered by I − λM, their means over time multiplied by σ_ν/σ₁ (by 0 within), and
    all divided by σ_ν.
    """
    columns = np.column_stack([y, Z])
    if M is not None:
        columns = columns - found.lambda_ * M.lag(columns)
    white = weighted(columns, found, T)
    stage: TwoStage = two_stage(white[:, 0], white[:, 1:], H=white[:, 1:] if H is None else H)
    rest = columns[:, 0] - columns[:, 1:] @ stage.delta
    if np.isnan(found.means):
        rest = rest - between(rest[:, None], T)[:, 0]
    return MomentFit(np.asarray(stage.delta), np.asarray(stage.inverse), rest, stage)
