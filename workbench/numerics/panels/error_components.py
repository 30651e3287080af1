"""Variances of random effects in a balanced panel, and the demeaning that they ask for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from workbench.errors import ValuesError
from workbench.numerics.sparse.matrices import freeze
from workbench.typing import FloatArray, RandomMethod

Over = Literal["region", "period", "both"]


@dataclass(frozen=True, slots=True)
class Components:
    """Variances of the parts of a disturbance μᵢ + λₜ + νᵢₜ.

    Attributes
    ----------
    own : float
        Of ν.
    region, period : float
        Of μ and λ; 0 where the model has none, or where the estimate is negative.
    """

    own: float
    region: float
    period: float


@dataclass(frozen=True, slots=True)
class Squares:
    """Sums of squares of a balanced table: between regions, between periods, and what is left."""

    regions: float
    periods: float
    rest: float


def squares(values: Any, shape: tuple[int, int]) -> Squares:
    """Split Σ(u − ū)² of a table of N regions by T periods.

    Examples
    --------
    >>> squares([1.0, 2.0, 3.0, 6.0], (2, 2))
    Squares(regions=9.0, periods=4.0, rest=1.0)
    """
    u = np.asarray(values, dtype=np.float64).reshape(shape)
    N, T = shape
    mean = u.mean()
    rows, columns = u.mean(axis=1) - mean, u.mean(axis=0) - mean
    rest = u - mean - rows[:, None] - columns
    return Squares(float(T * (rows @ rows)), float(N * (columns @ columns)), float(np.sum(rest**2)))


def variance_components(
    y: Any, X: Any, *, shape: tuple[int, int], method: RandomMethod, over: Over
) -> Components:
    """Estimate the variances of random effects in a balanced panel.

    Parameters
    ----------
    y : ndarray of shape (N T,)
        Sorted by region, then period.
    X : ndarray of shape (N T, k)
        With the constant, if the model has one.
    shape : (N, T)
    method : {"swar", "walhus", "amemiya", "nerlove"}
        Swamy and Arora (1972): residual variances of the regressions within and between.
        Wallace and Hussain (1969): sums of squares of least-squares residuals, over N(T − 1) or
        (N − 1)(T − 1), N and T. Amemiya (1971): the same of y − Xβ with β of the regression
        within. Nerlove (1971): SSE/(N T) within, and the variances of the estimated effects.
    over : {"region", "period", "both"}
        Which effects there are.

    Returns
    -------
    Components
        Negative estimates are 0.

    Raises
    ------
    ValuesError
        If no degree of freedom is left within or between.

    References
    ----------
    Baltagi, B. (2021). Econometric Analysis of Panel Data, sections 2.3.1 and 3.3.
    """
    y, X = np.asarray(y, dtype=np.float64), np.asarray(X, dtype=np.float64)
    N, T = shape
    effects = {"region": N, "period": T, "both": N + T - 1}[over]
    within = swept(np.column_stack([y, X]), shape, over)
    slopes, rank = _fitted(within[:, 1:], within[:, 0], X)
    sse = float(np.sum((within[:, 0] - within[:, 1:] @ slopes) ** 2))
    spare = N * T - effects
    if method == "swar":
        _refuse_spent(spare - rank, "within")
        own = sse / (spare - rank)
        rows = _between(y, X, shape, axis=1) if over != "period" else own
        columns = _between(y, X, shape, axis=0) if over != "region" else own
    elif method == "nerlove":
        own = sse / (N * T)
        effect = squares(y - X @ slopes, shape)
        # var(μ) itself takes the place of own + T var(μ)
        rows, columns = own + effect.regions / (N - 1), own + effect.periods / (T - 1)
    else:
        pooled = np.linalg.lstsq(X, y, rcond=None)[0]
        u = squares(y - X @ (pooled if method == "walhus" else slopes), shape)
        rest = u.rest + (u.periods if over == "region" else u.regions if over == "period" else 0.0)
        own = (rest if method == "walhus" else sse) / spare
        rows, columns = u.regions / N, u.periods / T
    return Components(
        own,
        max(0.0, (rows - own) / T) if over != "period" else 0.0,
        max(0.0, (columns - own) / N) if over != "region" else 0.0,
    )


def swept(columns: FloatArray, shape: tuple[int, int], over: Over) -> FloatArray:
    """Take the means of regions, periods or both out of columns, shape (N T, k)."""
    cube = columns.reshape(*shape, -1)
    if over != "period":
        cube = cube - cube.mean(axis=1, keepdims=True)
    if over != "region":
        cube = cube - cube.mean(axis=0, keepdims=True)
    return np.asarray(cube.reshape(columns.shape))


def shares(components: Components, shape: tuple[int, int]) -> tuple[float, float, float]:
    """Return θ₁, θ₂ and θ₃ of regions' means, periods' means and the mean of all.

    θ₁ = 1 − σ_ν/(σ_ν² + Tσ_μ²)^½, θ₂ likewise with Nσ_λ², and
    θ₃ = θ₁ + θ₂ + σ_ν/(σ_ν² + Tσ_μ² + Nσ_λ²)^½ − 1.
    """
    N, T = shape
    rows, columns = T * components.region, N * components.period
    first, second, both = (
        1.0 - float(np.sqrt(components.own / (components.own + part)))
        for part in (rows, columns, rows + columns)
    )
    return first, second, first + second - both


def quasi_demeaned(columns: Any, components: Components, *, shape: tuple[int, int]) -> FloatArray:
    """Return Ω^(−½) of columns, times σ_ν: x − θ₁x̄ᵢ − θ₂x̄ₜ + θ₃x̄, shape (N T, k).

    References
    ----------
    Fuller, W. and Battese, G. (1974). Journal of Econometrics 2, pp. 67-78.

    Examples
    --------
    >>> quasi_demeaned(np.array([[1.0], [3.0]]), Components(1.0, 0.0, 0.0), shape=(1, 2)).ravel()
    array([1., 3.])
    """
    first, second, third = shares(components, shape)
    values = np.asarray(columns, dtype=np.float64)
    cube = values.reshape(*shape, -1)
    out = (
        cube
        - first * cube.mean(axis=1, keepdims=True)
        - second * cube.mean(axis=0, keepdims=True)
        + third * cube.mean(axis=(0, 1))
    )
    return np.asarray(freeze(out.reshape(values.shape)))


def components_loglik(residuals: Any, components: Components, *, shape: tuple[int, int]) -> float:
    """Return the normal log-likelihood of y − Xβ with random effects of regions and periods.

    −½ (n log 2π + log|Ω| + u′Ω⁻¹u) by the four eigenvalues of Ω (Wallace and Hussain 1969).
    """
    N, T = shape
    u = np.asarray(residuals, dtype=np.float64)
    parts = squares(u, shape)
    rows, columns = T * components.region, N * components.period
    own = components.own
    values = np.array([own, own + rows, own + columns, own + rows + columns])
    counts = np.array([(N - 1) * (T - 1), N - 1, T - 1, 1])
    sums = np.array([parts.rest, parts.regions, parts.periods, N * T * u.mean() ** 2])
    n = N * T
    return float(-0.5 * (n * np.log(2 * np.pi) + np.sum(counts * np.log(values) + sums / values)))


def _fitted(within: FloatArray, y: FloatArray, X: FloatArray) -> tuple[FloatArray, int]:
    """Return slopes of the regression within (0 for what the effects absorb), and its rank."""
    length = np.linalg.norm(X, axis=0)
    varies = np.linalg.norm(within, axis=0) > 1e-9 * length
    slopes = np.zeros(X.shape[1])
    found, _, rank, _ = np.linalg.lstsq(within[:, varies] / length[varies], y, rcond=None)
    slopes[varies] = found / length[varies]
    return slopes, int(rank)


def _between(y: FloatArray, X: FloatArray, shape: tuple[int, int], *, axis: int) -> float:
    """Return times × SSE/(groups − rank) of the regression of means along an axis."""
    means_y = y.reshape(shape).mean(axis=axis)
    means_X = X.reshape(*shape, -1).mean(axis=axis)
    found, _, rank, _ = np.linalg.lstsq(means_X, means_y, rcond=None)
    _refuse_spent(len(means_y) - int(rank), "between regions" if axis == 1 else "between periods")
    sse = float(np.sum((means_y - means_X @ found) ** 2))
    return shape[axis] * sse / (len(means_y) - int(rank))


def _refuse_spent(spare: int, where: str) -> None:
    if spare <= 0:
        raise ValuesError(
            "effects",
            expected=f"more groups than coefficients {where}",
            found="none to spare",
            why="the variance of the effects cannot be estimated",
            remedy='random_method="amemiya" needs no regression between, or take fewer terms',
        )
