"""Traces and sums of M = (I − ρW)⁻¹ and G = WM that likelihoods and impacts are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from workbench.errors import ValuesError
from workbench.numerics.sparse import pivoted
from workbench.numerics.sparse.factors import STEP, Factors, factors_of
from workbench.numerics.sparse.logdet import LogDeterminant, dominant, log_determinant
from workbench.numerics.sparse.matrices import (
    EIGENVALUE_LIMIT,
    CsrArray,
    as_weights,
    constant_row_sum,
    factor,
)
from workbench.typing import FloatArray


@dataclass(frozen=True, slots=True)
class LagTraces:
    """Exact traces and sums at one ρ, with M = (I − ρW)⁻¹ and G = WM = MW.

    Attributes
    ----------
    rho : float
        Where they were taken.
    n : int
        Number of regions.
    tr_m, tr_mw : float
        tr M = n + ρ tr G, and tr MW = tr G.
    tr_g2, tr_gtg : float
        tr G² and tr G′G, of the information matrix.
    tr_wg, tr_wtg : float
        tr WG and tr W′G, of the score test for errors after a lag model.
    sum_m, sum_mw : float
        1′M1 and 1′MW1: n times the average total impact of one unit of x, of Wx.
    slope_m, slope_mw : float
        Their derivatives in ρ: 1′MWM1 and 1′MWMW1.
    """

    rho: float
    n: int
    tr_m: float
    tr_mw: float
    tr_g2: float
    tr_gtg: float
    tr_wg: float
    tr_wtg: float
    sum_m: float
    sum_mw: float
    slope_m: float
    slope_mw: float

    @property
    def tr_g(self) -> float:
        """The trace of G = W(I − ρW)⁻¹, the same as tr MW."""
        return self.tr_mw

    @property
    def slope_tr_m(self) -> float:
        """The derivative of tr M in ρ: tr MWM = tr G + ρ tr G²."""
        return self.tr_mw + self.rho * self.tr_g2

    @property
    def slope_tr_mw(self) -> float:
        """The derivative of tr MW in ρ: tr MWMW = tr G²."""
        return self.tr_g2


@dataclass(frozen=True, slots=True)
class CrossTraces:
    """Exact traces of G₁ and G₂, G = W(I − ρW)⁻¹ at two parameters of one W.

    Attributes
    ----------
    first, second : float
        The parameters, e.g. ρ and λ of a model with lags of both the outcome and the error.
    tr_gg, tr_gtg : float
        tr G₁G₂ and tr G₁′G₂ (the same as tr G₂′G₁).
    """

    first: float
    second: float
    tr_gg: float
    tr_gtg: float


DIFFERENCE_LIMIT = 200_000
# Beyond this n a second derivative is read from the interpolant of the log-determinant or from
# two real inverses, not from a complex one: half the memory, and an error of about 1e-8.

DIFFERENCE_STEP = 1e-5
# Of the smallest eigenvalue: truncation (its square) and rounding (1e-16 over it) are then alike.

SMALL_SHARE = 0.003
# Below this |ρ|·‖W‖ a division by ρ² would lose digits: tr G′G is then had without one.

TINY_SHARE = 1e-5


def lag_traces(
    W: Any, *, rho: float, logdet: LogDeterminant | None = None, dense_limit: int = EIGENVALUE_LIMIT
) -> LagTraces:
    """Compute the traces and sums of M = (I − ρW)⁻¹ at one ρ, exactly.

    Parameters
    ----------
    W : sparse array or ndarray of shape (n, n)
        Any real weights.
    rho : float
        Inside the admissible interval of W.
    logdet : LogDeterminant, optional
        Of W, where it has been prepared already: beyond `dense_limit` it spares the factors
        of tr G², which is minus its second derivative.
    dense_limit : int
        Up to this n by one dense solve. Beyond it no n × n array is formed: traces are sums
        over the entries of (I − ρW)⁻¹ on the pattern of W, which a sparse factor gives, and
        their derivatives by a complex step (exact to rounding; beyond 200,000 regions
        tr G′G by a central difference instead, to about 1e-8).

    Returns
    -------
    LagTraces

    Raises
    ------
    ValuesError
        If I − ρW is singular.

    References
    ----------
    Ord, K. (1975). JASA 70, appendix B. LeSage, J. and Pace, R. K. (2009),
    Introduction to Spatial Econometrics, section 2.7 (impacts) and 3.1 (information).

    Examples
    --------
    >>> t = lag_traces([[0.0, 1.0], [1.0, 0.0]], rho=0.5)
    >>> round(t.tr_m, 6), round(t.sum_m, 6)
    (2.666667, 4.0)
    """
    weights = as_weights(W)
    rho = float(rho)
    if weights.shape[0] <= dense_limit:
        return _dense(weights, rho)
    return _sparse(weights, rho, logdet)


def cross_traces(
    W: Any, *, rho: float, other: float, dense_limit: int = EIGENVALUE_LIMIT
) -> CrossTraces:
    """Compute tr G₁G₂ and tr G₁′G₂ at two parameters of one W, exactly.

    Parameters
    ----------
    W : sparse array or ndarray of shape (n, n)
        Any real weights.
    rho, other : float
        Inside the admissible interval of W.
    dense_limit : int
        Up to this n by dense solves; beyond it the first by G₁ − G₂ = (ρ − λ)G₁G₂, the second
        from one complex factorisation of a matrix of 2n rows (about thirty times the work of
        one of n rows).

    Returns
    -------
    CrossTraces

    Raises
    ------
    ValuesError
        If I − ρW is singular at either parameter.

    Examples
    --------
    >>> round(cross_traces([[0.0, 1.0], [1.0, 0.0]], rho=0.5, other=0.0).tr_gg, 6)
    2.666667
    """
    weights = as_weights(W)
    rho, other = float(rho), float(other)
    if weights.shape[0] <= dense_limit:
        first, second = (_dense_lag(weights, x) for x in (rho, other))
        found = _inner(first, second.T), _inner(first, second)
    else:
        factors = factors_of(weights)
        found = _trace_product(factors, rho, other), factors.trace_gram(rho, other)
    if not np.isfinite(found).all():
        raise _singular(rho)
    return CrossTraces(rho, other, *found)


def solve_lag(W: CsrArray, right: FloatArray, *, rho: float, transpose: bool = False) -> FloatArray:
    """Return (I − ρW)⁻¹ right, or (I − ρW′)⁻¹ right where `transpose`, shape (n,) or (n, m).

    Parameters
    ----------
    W : csr_array of shape (n, n)
        As :func:`as_weights` returns it.
    right : ndarray of shape (n,) or (n, m)
    rho : float
        Inside the admissible interval of W.

    Examples
    --------
    >>> solve_lag(as_weights([[0.0, 1.0], [1.0, 0.0]]), np.ones(2), rho=0.5).tolist()
    [2.0, 2.0]
    """
    if W.shape[0] > EIGENVALUE_LIMIT:
        return factors_of(W).solve(rho, right, transpose=transpose)
    return small_solver(W, rho)(right, transpose)


def small_solver(W: CsrArray, rho: float) -> Callable[[FloatArray, bool], FloatArray]:
    """Return what multiplies by (I − ρW)⁻¹, or its transpose, for n up to some hundreds."""
    A = sparse.eye_array(W.shape[0], format="csr") - rho * W
    lu = factor(A, symmetric=dominant(W, rho))
    return lambda right, transpose: np.asarray(
        lu.solve(np.ascontiguousarray(right), trans="T" if transpose else "N")
    )


def own_traces(W: CsrArray, rho: float) -> tuple[float, float]:
    """Return tr G and tr G² alone, G = W(I − ρW)⁻¹, exact as in :func:`lag_traces`."""
    if W.shape[0] > EIGENVALUE_LIMIT:
        factors = factors_of(W)
        return factors.trace(rho), factors.trace_square(rho)
    G = _dense_lag(W, rho)
    return float(np.trace(G)), _inner(G, G.T)


def lag_sums(W: CsrArray, rho: float) -> tuple[float, float, float, float]:
    """Return 1′M1, 1′MW1 and their derivatives in ρ, from two sparse solves.

    Where every row of W sums to c they are n/(1 − ρc), cn/(1 − ρc) and so on.
    """
    n = W.shape[0]
    c = constant_row_sum(W)
    if c is not None:
        m = n / (1.0 - rho * c)
        return m, c * m, c * m / (1.0 - rho * c), c * c * m / (1.0 - rho * c)
    ones = np.ones(n)
    right, left = solve_lag(W, ones, rho=rho), solve_lag(W, ones, rho=rho, transpose=True)
    forward = W @ right  # WM1 = MW1
    return (
        float(right.sum()),
        float(forward.sum()),
        float(left @ forward),
        float(left @ (W @ forward)),
    )


def forward_sums(W: CsrArray, rho: float) -> tuple[float, float]:
    """Return 1′M1 and 1′MW1, from one sparse solve."""
    right = solve_lag(W, np.ones(W.shape[0]), rho=rho)
    return float(right.sum()), float((W @ right).sum())


def _dense(W: CsrArray, rho: float) -> LagTraces:
    w, G = W.toarray(), _dense_lag(W, rho)
    traces = (np.trace(G), _inner(G, G.T), _inner(G, G), _inner(w, G.T), _inner(w, G))
    return _assemble(W, rho, tuple(float(x) for x in traces))


def _dense_lag(W: CsrArray, rho: float) -> FloatArray:
    """Return G = W(I − ρW)⁻¹."""
    w = W.toarray()
    try:
        return np.asarray(w @ np.linalg.solve(np.eye(len(w)) - rho * w, np.eye(len(w))))
    except np.linalg.LinAlgError as fault:
        raise _singular(rho) from fault


def _inner(A: FloatArray, B: FloatArray) -> float:
    return float(np.einsum("ij,ij->", A, B))


def _sparse(W: CsrArray, rho: float, logdet: LogDeterminant | None) -> LagTraces:
    if rho == 0.0:
        square, own = float((W * W.T).sum()), float((W * W).sum())
        return _assemble(W, rho, (float(W.diagonal().sum()), square, own, square, own))
    factors = factors_of(W)
    large = W.shape[0] > DIFFERENCE_LIMIT
    if large and logdet is None:
        logdet = log_determinant(W)
    if not factors.safe(rho):
        tr_g, tr_wtm = factors.trace(rho), _pivoted_wtm(W, rho)
    else:
        tr_g, tr_wtm = _with_neighbours(factors, rho)
    read = logdet is not None and bool(logdet.admits(rho))
    tr_g2 = -float(logdet.second(rho)) if logdet and read else factors.trace_square(rho)
    tr_gtg = _trace_gram(factors, rho, tr_g, logdet if large else None)
    return _assemble(W, rho, (tr_g, tr_g2, tr_gtg, *_with_weights(W, rho, tr_g, tr_wtm)))


def _pivoted_wtm(W: CsrArray, rho: float) -> float:
    """Return tr W′M, the slope of log|I − ρW + hW′|."""
    A = sparse.eye_array(W.shape[0], format="csr") - rho * W
    return pivoted.slope(A, W.T)


def _with_neighbours(factors: Factors, rho: float) -> tuple[float, float]:
    """Return tr WM and tr W′M: sums over the pattern of W."""
    E, S = factors.elimination, factors.S
    inverse = factors.inverse(factors.values(rho))
    back, forth = inverse[E.twin[factors.places]], inverse[factors.places]
    if factors.twin is None:
        return float((S.data * back).sum()), float((S.data * forth).sum())
    # M = D^{-1/2} N D^{1/2} with N = (I − ρS)⁻¹, and W the same with S.
    d = factors.twin.d
    ratio = d[S.indices] / np.repeat(d, np.diff(S.indptr))
    return float((S.data * back).sum()), float((S.data * forth * ratio).sum())


def _trace_gram(factors: Factors, rho: float, tr_g: float, logdet: LogDeterminant | None) -> float:
    """Return tr G′G = (tr M′M − 2 tr M + n)/ρ² of a symmetric twin, else by a double factor.

    With N = (I − ρS)⁻¹, tr M′M = tr D⁻¹NDN is the derivative of the diagonal of
    (I − ρS − hD)⁻¹ over D; a complex h takes no difference.
    """
    share = abs(rho) * float(abs(factors.W).sum(axis=1).max())
    if factors.twin is None or share < SMALL_SHARE:
        return factors.trace_gram(rho)
    n, d = factors.W.shape[0], factors.twin.d[factors.elimination.order]
    if logdet is None:
        slope = _diagonal(factors, rho, 1j * STEP * d).imag / STEP
    else:
        limits = logdet.spectrum
        smallest = 1.0 - max(rho / limits.rho_high, rho / limits.rho_low)
        h = DIFFERENCE_STEP * smallest / float(d.max())
        slope = (_diagonal(factors, rho, h * d) - _diagonal(factors, rho, -h * d)) / (2.0 * h)
    gram = float((slope / d).sum())
    return (gram - 2.0 * (n + rho * tr_g) + n) / rho**2


def _diagonal(factors: Factors, rho: float, shift: NDArray[Any]) -> NDArray[Any]:
    """Return the diagonal of (I − ρS − shift)⁻¹, in the order of elimination."""
    values = factors.values(rho).astype(shift.dtype)
    values[factors.diagonal] -= shift
    return np.asarray(factors.inverse(values)[factors.diagonal])


def _with_weights(W: CsrArray, rho: float, tr_g: float, tr_wtm: float) -> tuple[float, float]:
    """Return tr WG and tr W′G, by WM = (M − I)/ρ, or the first terms of their series."""
    trace = float(W.diagonal().sum())
    if abs(rho) * float(abs(W).sum(axis=1).max()) >= TINY_SHARE:
        return (tr_g - trace) / rho, (tr_wtm - trace) / rho
    square = W @ W
    return (
        float(square.trace()) + rho * float((square * W.T).sum()),
        float((W * W).sum()) + rho * float((W * square).sum()),
    )


def _trace_product(factors: Factors, rho: float, other: float) -> float:
    """Return tr G₁G₂; at nearly equal parameters, where a difference cancels, tr G² between."""
    scale = float(abs(factors.W).sum(axis=1).max())
    if abs(rho - other) * scale <= 10.0 * TINY_SHARE:
        return factors.trace_square(0.5 * (rho + other))
    return (factors.trace(rho) - factors.trace(other)) / (rho - other)


def _assemble(W: CsrArray, rho: float, traces: tuple[float, ...]) -> LagTraces:
    tr_g, tr_g2, tr_gtg, tr_wg, tr_wtg = traces
    n = W.shape[0]
    sums = lag_sums(W, rho)
    if not np.isfinite([*traces, *sums]).all():
        raise _singular(rho)
    return LagTraces(rho, n, n + rho * tr_g, tr_g, tr_g2, tr_gtg, tr_wg, tr_wtg, *sums)


def _singular(rho: float) -> ValuesError:
    return ValuesError(
        "rho",
        expected="a value inside the admissible interval of W",
        found=f"{rho!r}, at which I − ρW is singular",
        remedy="take rho inside extreme_eigenvalues(W)",
    )
