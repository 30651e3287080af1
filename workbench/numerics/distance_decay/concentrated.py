"""Least squares along one nonlinear parameter: the others are concentrated out by regression."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from scipy import linalg, stats

from workbench.typing import FloatArray

GRID = 101
"""Parameters that are tried first, evenly spaced on a log scale."""
DEGENERATE = 1e-7
"""Share of a column that must remain beside the regressors for it to have a coefficient."""
TINY = 1e-12
"""Relative accuracy to which an optimum and the ends of an interval are found."""

TakeOut = Callable[[FloatArray], FloatArray]


class Column(Protocol):
    """A regressor that depends on one parameter."""

    def column(self, parameter: float) -> FloatArray:
        """Return it, shape (n,)."""
        ...

    def column_and_slope(self, parameter: float) -> tuple[FloatArray, FloatArray]:
        """Return it and its derivative, shape (n,) each."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Concentrated:
    """y = Xβ + γ s(δ) + ε with β and γ out of the way.

    Attributes
    ----------
    y : ndarray, shape (n,)
    X : ndarray, shape (n, k)
        Of full column rank; `y` and `X` without fixed effects.
    pool : Column
        s(δ), with fixed effects.
    take_out : callable
        What takes the fixed effects out of columns, shape (n, m).
    df : int
        Rows less coefficients (δ and γ among them) and effects.
    """

    y: FloatArray
    X: FloatArray
    pool: Column
    take_out: TakeOut
    df: int
    _basis: FloatArray = field(init=False)
    _left: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        length = np.linalg.norm(self.X, axis=0)
        basis = np.linalg.qr(self.X / length)[0]
        object.__setattr__(self, "_basis", basis)
        object.__setattr__(self, "_left", self.y - basis @ (basis.T @ self.y))

    @property
    def null_residuals(self) -> FloatArray:
        """Residuals of y on X and effects, shape (n,)."""
        return self._left

    @property
    def sse_null(self) -> float:
        """Their sum of squares."""
        return float(self._left @ self._left)

    def without(self, columns: FloatArray) -> FloatArray:
        """Return columns, shape (n, m), without effects and without X."""
        left = self.take_out(columns)
        return np.asarray(left - self._basis @ (self._basis.T @ left))

    def direction(self, parameter: float) -> FloatArray:
        """Return s(δ) beside X as a vector of length 1, or zeros where nothing of it is left."""
        return self._unit(self.pool.column(parameter))

    def _unit(self, s: FloatArray) -> FloatArray:
        left = self.without(s[:, None])[:, 0]
        size = float(np.linalg.norm(left))
        own = float(np.linalg.norm(s))
        return left / size if size > DEGENERATE * own > 0.0 else np.zeros_like(left)

    def sse(self, parameter: float) -> float:
        """Return the sum of squared residuals at a parameter."""
        q = self.direction(parameter)
        residuals = self._left - q * float(q @ self._left)
        return float(residuals @ residuals)

    def score(self, parameter: float) -> float:
        """Return −½ of the derivative of :meth:`sse`: γ(δ) s′(δ) times the residuals."""
        s, slope = self.pool.column_and_slope(parameter)
        q = self._unit(s)
        residuals = self._left - q * float(q @ self._left)
        sign = float(np.sign(q @ self._left))
        size = float(np.linalg.norm(slope)) or 1.0
        return sign * float(residuals @ (self.without(slope[:, None])[:, 0] / size))


@dataclass(frozen=True, slots=True, eq=False)
class Optimum:
    """Least squares over β, γ and δ.

    Attributes
    ----------
    parameter, sse : float
    at_end : {"", "lower", "upper"}
        Whether the sum of squares falls up to an end of the range.
    grid, squares : ndarray, shape (m,)
        Parameters that were tried, ascending, the optimum among them, and their sums of squares.
    """

    parameter: float
    sse: float
    at_end: str
    grid: FloatArray
    squares: FloatArray


def grid_between(low: float, high: float) -> FloatArray:
    """Return the parameters that are tried first, both ends among them."""
    grid = np.geomspace(low, high, GRID)
    grid[0], grid[-1] = low, high
    return np.asarray(grid)


def minimise(problem: Concentrated, low: float, high: float) -> Optimum:
    """Find the parameter of the smallest sum of squares in a range.

    Every local minimum of the grid is refined to a root of the score; the smallest is kept.

    References
    ----------
    Golub, G. and Pereyra, V. (1973). The differentiation of pseudo-inverses and nonlinear least
    squares problems whose variables separate. SIAM Journal on Numerical Analysis 10, 413-432.
    """
    grid = grid_between(low, high)
    squares = np.array([problem.sse(float(at)) for at in grid])
    padded = np.concatenate([[np.inf], squares, [np.inf]])
    dips = np.flatnonzero((squares <= padded[:-2]) & (squares <= padded[2:]))
    tried = {float(grid[i]): float(squares[i]) for i in dips}
    for i in dips.tolist():
        inside = _refined(problem, float(grid[max(i - 1, 0)]), float(grid[min(i + 1, GRID - 1)]))
        if inside is not None:
            tried[inside] = problem.sse(inside)
    best = min(tried, key=lambda at: (tried[at], at))
    at_end = "lower" if best == grid[0] else "upper" if best == grid[-1] else ""
    every = dict(zip(grid.tolist(), squares.tolist(), strict=True)) | {best: tried[best]}
    order = sorted(every)
    return Optimum(
        best, tried[best], at_end, np.array(order), np.array([every[at] for at in order])
    )


def _refined(problem: Concentrated, low: float, high: float) -> float | None:
    """Return where the score passes from positive to negative, or None where it does not."""
    from scipy.optimize import brentq

    ends = problem.score(low), problem.score(high)
    if not ends[0] > 0.0 > ends[1]:
        return None
    root = brentq(lambda at: problem.score(float(np.exp(at))), np.log(low), np.log(high), xtol=TINY)
    return float(np.exp(root))


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """Coefficients at the optimum with the Jacobian of the mean.

    Attributes
    ----------
    values : ndarray, shape (k + 2,)
        β, γ, δ.
    jacobian : ndarray, shape (n, k + 2)
        [X, s(δ), γ s′(δ)] without effects.
    bread : ndarray, shape (k + 2, k + 2)
        (J′J)⁻¹.
    residuals : ndarray, shape (n,)
    """

    values: FloatArray
    jacobian: FloatArray
    bread: FloatArray
    residuals: FloatArray


def solve(problem: Concentrated, parameter: float) -> Solution:
    """Return the coefficients at a parameter, with what standard errors are made of.

    References
    ----------
    Seber, G. and Wild, C. (2003). Nonlinear Regression, section 2.1: J′J of the full Jacobian.
    """
    s, slope = problem.pool.column_and_slope(parameter)
    both = problem.take_out(np.column_stack([s, slope]))
    linear = np.column_stack([problem.X, both[:, 0]])
    length = np.linalg.norm(linear, axis=0)
    beta = np.linalg.lstsq(linear / length, problem.y, rcond=None)[0] / length
    jacobian = np.column_stack([linear, beta[-1] * both[:, 1]])
    values = np.append(beta, parameter)
    return Solution(values, jacobian, bread_of(jacobian), problem.y - linear @ beta)


def bread_of(jacobian: FloatArray) -> FloatArray:
    """Return (J′J)⁻¹ by QR of columns of unit length; not a number where J has not full rank."""
    length = np.linalg.norm(jacobian, axis=0)
    k = jacobian.shape[1]
    if not length.all():
        return np.full((k, k), np.nan)
    R = np.linalg.qr(jacobian / length)[1]
    if np.abs(np.diag(R)).min() < DEGENERATE:
        return np.full((k, k), np.nan)
    inverse = linalg.solve_triangular(R, np.eye(k))
    return np.asarray((inverse @ inverse.T) / np.outer(length, length))


def profile_interval(
    problem: Concentrated,
    found: Optimum,
    *,
    level: float,
    scale: float = 1.0,
    df: int | None = None,
) -> tuple[float, float]:
    """Return the parameters that a profile t does not reject, from first to last.

    (S(δ)/S(δ̂) − 1) ν / scale at most the squared critical value of Student's t, with ν the
    problem's degrees of freedom, and `df` of t where they are others, of clusters (Bates and Watts
    1988, Nonlinear Regression Analysis, section 6.1.2); 0 or infinite where the range ends before.
    """
    from scipy.optimize import brentq

    critical = float(stats.t.isf((1 - level) / 2, problem.df if df is None else df))
    limit = critical**2 * scale / problem.df
    bound = found.sse * (1 + limit)
    inside = np.flatnonzero(found.squares <= bound)
    grid = found.grid

    def crossing(left: int) -> float:
        a, b = np.log(grid[left]), np.log(grid[left + 1])
        root = brentq(lambda at: problem.sse(float(np.exp(at))) - bound, a, b, xtol=TINY)
        return float(np.exp(root))

    first, last = int(inside[0]), int(inside[-1])
    low = 0.0 if first == 0 else crossing(first - 1)
    high = float("inf") if last == len(grid) - 1 else crossing(last)
    return low, high
