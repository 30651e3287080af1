"""Outcomes drawn from a fitted model: innovations, sent through both spatial filters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from workbench.numerics.sparse.logdet import dominant
from workbench.numerics.sparse.matrices import CsrArray, factor
from workbench.typing import FloatArray, IntArray, Leverage, Multipliers, Resampling

Solve = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True, slots=True, eq=False)
class Process:
    """The model y = (I − ρW)⁻¹(Xβ + (I − λM)⁻¹ε), ε_i of variance σ²/c_i.

    Attributes
    ----------
    X : ndarray of shape (n, k)
        Regressors, the lagged ones among them.
    beta : ndarray of shape (k,)
    rho, lambda_ : float
        0 where the model has none.
    W, M : csr_array of shape (n, n) or None
        Weights of the outcome and of the disturbance; None where the model does without.
    sigma2 : float
    root : ndarray of shape (n,)
        √c of the case weights; ones without.
    """

    X: FloatArray
    beta: FloatArray
    rho: float
    lambda_: float
    W: CsrArray | None
    M: CsrArray | None
    sigma2: float
    root: FloatArray

    def innovations(self, y: FloatArray) -> FloatArray:
        """Return ε = (I − λM)((I − ρW)y − Xβ), shape (n,)."""
        u = y - self.X @ self.beta
        if self.W is not None:
            u = u - self.rho * (self.W @ y)
        if self.M is not None:
            u = u - self.lambda_ * (self.M @ u)
        return np.asarray(u)

    def leverages(self) -> FloatArray:
        """Return h, the diagonal of the projection on (I − λM)X in the metric of c, shape (n,)."""
        columns = self.X if self.M is None else self.X - self.lambda_ * (self.M @ self.X)
        Q = np.linalg.qr(self.root[:, None] * columns / np.linalg.norm(columns, axis=0)).Q
        return np.asarray((Q**2).sum(axis=1))


class Simulator:
    """Turns innovations into outcomes; both matrices are factored once.

    Parameters
    ----------
    process : Process

    Examples
    --------
    >>> from workbench.numerics.sparse.matrices import as_weights
    >>> W = as_weights([[0.0, 1.0], [1.0, 0.0]])
    >>> one = np.ones((2, 1))
    >>> process = Process(one, np.ones(1), 0.5, 0.0, W, None, 1.0, np.ones(2))
    >>> Simulator(process).outcome(np.zeros(2)).round(12).tolist()
    [2.0, 2.0]
    """

    def __init__(self, process: Process) -> None:
        self._process = process
        self._mean = process.X @ process.beta
        self._lag = _solver(process.W, process.rho)
        self._error = _solver(process.M, process.lambda_)

    def __reduce__(self) -> tuple[Any, ...]:
        # factors cannot be sent to another process, what they follow from can
        return Simulator, (self._process,)

    def outcome(self, innovations: FloatArray) -> FloatArray:
        """Return (I − ρW)⁻¹(Xβ + (I − λM)⁻¹ε), shape (n,)."""
        return self._lag(self._mean + self._error(innovations))


def _solver(W: CsrArray | None, value: float) -> Solve:
    if W is None or value == 0.0:
        return lambda right: right
    A = sparse.eye_array(W.shape[0], format="csr") - value * W
    lu: Any = factor(A, symmetric=dominant(W, value))
    return lambda right: np.asarray(lu.solve(right))


MAMMEN = ((1.0 - np.sqrt(5.0)) / 2.0, (1.0 + np.sqrt(5.0)) / 2.0)
MAMMEN_SHARE = (np.sqrt(5.0) + 1.0) / (2.0 * np.sqrt(5.0))
WEBB = np.sqrt(np.array([1.5, 1.0, 0.5, 0.5, 1.0, 1.5])) * np.array([-1, -1, -1, 1, 1, 1])


def multipliers(kind: Multipliers, size: int, rng: np.random.Generator) -> FloatArray:
    """Draw multipliers of mean 0 and variance 1, shape (size,).

    Parameters
    ----------
    kind : {"rademacher", "mammen", "webb"}
        ±1; the two points of Mammen (1993), whose third moment is 1; the six of Webb (2023).
    size : int
    rng : numpy.random.Generator

    References
    ----------
    Mammen, E. (1993). Annals of Statistics 21, 255-285. Davidson, R. and Flachaire, E. (2008).
    Journal of Econometrics 146, 162-169. Webb, M. D. (2023). Canadian Journal of Economics 56,
    839-858.

    Examples
    --------
    >>> multipliers("rademacher", 4, np.random.default_rng(0)).tolist()
    [1.0, -1.0, -1.0, -1.0]
    """
    uniform = rng.random(size)
    if kind == "rademacher":
        return np.asarray(np.where(uniform < 0.5, -1.0, 1.0))
    if kind == "mammen":
        return np.asarray(np.where(uniform < MAMMEN_SHARE, *MAMMEN))
    return np.asarray(WEBB[(6.0 * uniform).astype(int)])


@dataclass(frozen=True, slots=True, eq=False)
class Innovations:
    """Where the innovations of a draw come from.

    Attributes
    ----------
    kind : {"parametric", "residual", "wild"}
    base : ndarray of shape (n,)
        Residuals as the scheme resamples them, see :func:`innovations_of`; of the parametric
        bootstrap the standard deviations.
    root : ndarray of shape (n,)
        √c of the case weights.
    multipliers : {"rademacher", "mammen", "webb"}
    groups : ndarray of int, shape (n,), or None
        Regions that share a multiplier; each has its own without.
    """

    kind: Resampling
    base: FloatArray
    root: FloatArray
    multipliers: Multipliers
    groups: IntArray | None

    def draw(self, rng: np.random.Generator) -> FloatArray:
        """Return the innovations of one draw, shape (n,)."""
        n = self.base.size
        if self.kind == "parametric":
            return np.asarray(self.base * rng.standard_normal(n))
        if self.kind == "residual":
            return np.asarray(self.base[rng.integers(0, n, n)] / self.root)
        if self.groups is None:
            return self.base * multipliers(self.multipliers, n, rng)
        shared = multipliers(self.multipliers, int(self.groups.max()) + 1, rng)
        return np.asarray(self.base * shared[self.groups])


def innovations_of(
    process: Process,
    residuals: FloatArray,
    *,
    kind: Resampling,
    multipliers: Multipliers = "rademacher",
    leverage: Leverage = "HC2",
    groups: IntArray | None = None,
) -> Innovations:
    """Prepare the innovations that draws are made of.

    Parameters
    ----------
    process : Process
    residuals : ndarray of shape (n,)
        ε̂ of the fit.
    kind : {"parametric", "residual", "wild"}
        Normal with the fit's variance; √c ε̂ centred, multiplied by √(n/(n − k)) and drawn with
        replacement; or f(ε̂_i) times a multiplier.
    multipliers : str
        Of the wild bootstrap.
    leverage : {"HC0", "HC1", "HC2", "HC3"}
        f of the wild bootstrap: ε̂, √(n/(n − k)) ε̂, ε̂/√(1 − h) or ε̂/(1 − h).
    groups : ndarray of int, shape (n,), optional
        Regions that share a multiplier.
    """
    n, k = process.X.shape
    if kind == "parametric":
        base = np.sqrt(process.sigma2) / process.root
    elif kind == "residual":
        scaled = process.root * residuals
        base = (scaled - scaled.mean()) * np.sqrt(n / (n - k))
    else:
        base = residuals * _stretch(process, leverage)
    return Innovations(kind, base, process.root, multipliers, groups)


def _stretch(process: Process, leverage: Leverage) -> FloatArray:
    n, k = process.X.shape
    if leverage in ("HC0", "HC1"):
        return np.full(n, 1.0 if leverage == "HC0" else np.sqrt(n / (n - k)))
    # a leverage of 1 belongs to a residual of 0, whose draws stay 0
    rest = np.maximum(1.0 - process.leverages(), 1e-10)
    return np.asarray(rest ** (-0.5 if leverage == "HC2" else -1.0))
