"""Effects by region of S = (I − ρW)⁻¹(βI + θV): its rows, columns and diagonal, and their slopes.

V is the matrix that lags the regressor, W itself unless another is given.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.polynomial import chebyshev
from scipy import sparse

from workbench.errors import ValuesError
from workbench.numerics.responses.diagonals import Diagonals, exact_diagonals
from workbench.numerics.responses.traces import small_solver
from workbench.numerics.sparse.factors import factors_of
from workbench.numerics.sparse.matrices import EIGENVALUE_LIMIT, CsrArray, freeze
from workbench.typing import FloatArray

CURVE_TOLERANCE = 1e-9
# Relative to the largest value over regions and nodes: far below the error of any draw.

CURVE_NODES = (12, 24, 48, 96)


@dataclass(frozen=True, slots=True)
class RegionalWeights:
    """How an effect on each region depends on coefficients at one ρ: effect = βa + θb.

    Attributes
    ----------
    a, b : ndarray of shape (n,)
        What multiplies β and θ.
    slope_a, slope_b : ndarray of shape (n,)
        Their derivatives in ρ.
    """

    a: FloatArray
    b: FloatArray
    slope_a: FloatArray
    slope_b: FloatArray

    def minus(self, other: RegionalWeights) -> RegionalWeights:
        """Return the difference from other weights of the same regions."""
        return RegionalWeights(
            self.a - other.a,
            self.b - other.b,
            self.slope_a - other.slope_a,
            self.slope_b - other.slope_b,
        )

    def scaled(self, size: float) -> RegionalWeights:
        """Return the weights of a change of another size than 1."""
        return RegionalWeights(
            size * self.a, size * self.b, size * self.slope_a, size * self.slope_b
        )

    def with_sum(self) -> RegionalWeights:
        """Return the weights with their sum over regions as element n + 1."""
        return RegionalWeights(
            *(np.append(x, x.sum()) for x in (self.a, self.b, self.slope_a, self.slope_b))
        )

    def with_difference(self) -> RegionalWeights:
        """Return the weights of direct, indirect and total from those of direct and total."""
        return RegionalWeights(
            *(
                np.array([x[0], x[1] - x[0], x[1]])
                for x in (self.a, self.b, self.slope_a, self.slope_b)
            )
        )

    def effect(self, beta: float, theta: float) -> FloatArray:
        """Return βa + θb, shape (n,)."""
        return np.asarray(beta * self.a + theta * self.b)

    def std_error(self, beta: float, theta: float, covariance: Any) -> FloatArray:
        """Return delta-method standard errors, shape (n,).

        Parameters
        ----------
        beta, theta : float
            Where the gradient is taken.
        covariance : ndarray of shape (3, 3)
            Of (ρ, β, θ); zeros for what is not estimated.
        """
        gradient = np.stack([beta * self.slope_a + theta * self.slope_b, self.a, self.b])
        variance = np.einsum("pn,pq,qn->n", gradient, np.asarray(covariance), gradient)
        return np.asarray(np.sqrt(np.clip(variance, 0.0, None)))


AtRho: TypeAlias = Callable[[float], RegionalWeights]


class Multiplier:
    """M = (I − ρW)⁻¹ as something to multiply by: one sparse factorisation, no inverse.

    Parameters
    ----------
    W : csr_array of shape (n, n)
    rho : float
        Inside the admissible interval of W.
    """

    __slots__ = ("W", "_solve", "rho", "transposed")

    def __init__(self, W: CsrArray, rho: float) -> None:
        self.W = W
        self.rho = float(rho)
        self.transposed = sparse.csr_array(W.T)
        self._solve: Callable[[FloatArray, bool], FloatArray] | None = None
        if self.rho != 0.0 and W.shape[0] <= EIGENVALUE_LIMIT:
            self._solve = small_solver(W, self.rho)
        elif self.rho != 0.0:
            solver = factors_of(W).solver(self.rho)
            self._solve = lambda right, transpose: solver.solve(right, transpose=transpose)

    def by(self, vector: FloatArray) -> FloatArray:
        """Return Mv for a vector (n,) or columns (n, m)."""
        return self._solved(vector, transpose=False)

    def under(self, vector: FloatArray) -> FloatArray:
        """Return M′v for a vector (n,) or columns (n, m)."""
        return self._solved(vector, transpose=True)

    def _solved(self, vector: FloatArray, *, transpose: bool) -> FloatArray:
        if self._solve is None:
            return np.array(vector, dtype=np.float64)
        out = self._solve(vector, transpose)
        if not np.isfinite(out).all():
            raise ValuesError(
                "rho",
                expected="a value inside the admissible interval of W",
                found=f"{self.rho!r}, at which I − ρW is singular",
                remedy="take rho inside extreme_eigenvalues(W)",
            )
        return out


def received(W: CsrArray, rho: float, *, lagged_by: CsrArray | None = None) -> RegionalWeights:
    """Return the row sums of S: the effect on a region of a unit change in every region.

    Parameters
    ----------
    W : csr_array of shape (n, n)
    rho : float
    lagged_by : csr_array of shape (n, n), optional
        V; default W.

    Examples
    --------
    >>> from workbench.numerics.sparse.matrices import as_weights
    >>> received(as_weights([[0.0, 1.0], [1.0, 0.0]]), 0.5).a.round(6)
    array([2., 2.])
    """
    return _columns(W, rho, np.ones(W.shape[0]), lagged_by)


def impulse(
    W: CsrArray, rho: float, source: int, *, lagged_by: CsrArray | None = None
) -> RegionalWeights:
    """Return the column of S of one region: the effect on each region of a unit change there."""
    unit = np.zeros(W.shape[0])
    unit[source] = 1.0
    return _columns(W, rho, unit, lagged_by)


def _columns(
    W: CsrArray, rho: float, vector: FloatArray, lagged_by: CsrArray | None
) -> RegionalWeights:
    M = Multiplier(W, rho)
    V = W if lagged_by is None else lagged_by
    a, b = M.by(np.column_stack([vector, V @ vector])).T
    slope_a, slope_b = M.by(W @ np.column_stack([a, b])).T
    return RegionalWeights(a, b, slope_a, slope_b)


def given(W: CsrArray, rho: float, *, lagged_by: CsrArray | None = None) -> RegionalWeights:
    """Return the column sums of S: the effect on all regions of a unit change in one.

    Parameters are those of :func:`received`.
    """
    M = Multiplier(W, rho)
    V = M.transposed if lagged_by is None else sparse.csr_array(lagged_by.T)
    left = M.under(np.ones(W.shape[0]))
    turned = M.under(M.transposed @ left)
    return RegionalWeights(left, V @ left, turned, V @ turned)


def averages(W: CsrArray, rho: float, *, lagged_by: CsrArray) -> RegionalWeights:
    """Return the mean of the diagonal and of the row sums of S, two elements, for any V.

    Where V is W itself, :func:`workbench.numerics.responses.impacts.average_impacts` has them from
    traces that the likelihood knows; here they are sums of diagonals, exact at any n.

    Parameters
    ----------
    W, lagged_by : csr_array of shape (n, n)
    rho : float
        Inside the admissible interval of W.
    """
    found = exact_diagonals(W, rho, lagged_by=lagged_by)
    sums = received(W, rho, lagged_by=lagged_by)
    return RegionalWeights(
        np.array([found.m.mean(), sums.a.mean()]),
        np.array([found.mv.mean(), sums.b.mean()]),
        np.array([found.slope_m.mean(), sums.slope_a.mean()]),
        np.array([found.slope_mv.mean(), sums.slope_b.mean()]),
    )


def own(diagonals: Diagonals) -> RegionalWeights:
    """Return the diagonal of S: the effect on a region of a unit change there."""
    return RegionalWeights(diagonals.m, diagonals.mv, diagonals.slope_m, diagonals.slope_mv)


@dataclass(frozen=True, slots=True)
class Curve:
    """The weights a(ρ) and b(ρ) of every region on an interval of ρ, by interpolation.

    Attributes
    ----------
    coefficients : ndarray of shape (m, 2, n)
        Of Chebyshev polynomials in the rescaled ρ, for a and b times `(high − ρ)(ρ − low)`.
    low, high : float
        The admissible interval, at whose ends the weights have poles.
    start, end : float
        The interval that is interpolated.
    """

    coefficients: FloatArray
    low: float
    high: float
    start: float
    end: float

    def effects(
        self, rho: FloatArray, beta: FloatArray, theta: FloatArray, *, regions: slice
    ) -> FloatArray:
        """Return the effects of R draws on some regions, shape (R, regions).

        Parameters
        ----------
        rho, beta, theta : ndarray of shape (R,)
            Draws; every ρ between `start` and `end`.
        regions : slice
            Which of the n regions.
        """
        part = self.coefficients[:, :, regions]
        if self.start == self.end:
            return np.asarray(beta[:, None] * part[0, 0] + theta[:, None] * part[0, 1])
        u = (2.0 * rho - self.start - self.end) / (self.end - self.start)
        basis = chebyshev.chebvander(u, len(part) - 1) / self._flat(rho)[:, None]
        return np.asarray(
            beta[:, None] * (basis @ part[:, 0]) + theta[:, None] * (basis @ part[:, 1])
        )

    def _flat(self, rho: FloatArray) -> FloatArray:
        return np.asarray((self.high - rho) * (rho - self.low))


def curve(at: AtRho, rho: FloatArray, *, limits: tuple[float, float]) -> Curve:
    """Interpolate the weights of every region between the smallest and the largest ρ.

    Parameters
    ----------
    at : callable
        The weights at one ρ.
    rho : ndarray of shape (R,)
        Draws, all inside `limits`.
    limits : tuple of float
        The admissible interval of ρ.

    Returns
    -------
    Curve
        Right to 1e-9 of the largest weight; the number of nodes is doubled until it is.

    Raises
    ------
    ValuesError
        If 96 nodes do not suffice, as when draws come close to an end of the interval.
    """
    low, high = limits
    start, end = float(rho.min()), float(rho.max())
    if start == end:
        one = at(start)
        return Curve(np.stack([one.a, one.b])[None], low, high, start, end)
    for size in CURVE_NODES:
        angle = np.pi * (np.arange(size) + 0.5) / size
        nodes = 0.5 * (start + end) + 0.5 * (end - start) * np.cos(angle)
        found = [at(float(x)) for x in nodes]
        flat = ((high - nodes) * (nodes - low))[:, None, None]
        values = np.stack([np.stack([w.a, w.b]) for w in found]) * flat
        cosines = np.cos(np.outer(np.arange(size), angle))
        coefficients = 2.0 / size * np.einsum("pm,mkn->pkn", cosines, values)
        coefficients[0] *= 0.5
        tail = np.abs(coefficients[-3:]).sum(axis=0).max()
        if tail <= CURVE_TOLERANCE * np.abs(values).max():
            return Curve(freeze(coefficients), low, high, start, end)
    raise ValuesError(
        "draws",
        expected="draws of rho that keep away from the ends of its interval",
        found=f"draws from {start:.6g} to {end:.6g} in ({low:.6g}, {high:.6g})",
        why="effects of a region grow without bound there",
        remedy='method="delta"',
    )
