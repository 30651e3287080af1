"""Traces and sums of powers of W: how much of an impact comes from neighbours of each order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from workbench.errors import ValuesError
from workbench.numerics.sparse.matrices import DENSE_LIMIT, CsrArray, freeze
from workbench.typing import FloatArray

MOST_LINKS = 3e7
# Entries of a power of W that are held: 360 MB. Traces of further powers come from probes.


@dataclass(frozen=True, slots=True)
class Walks:
    """Traces and sums of Wᵖ and Wᵖ⁻¹V for p = 0 … q; V lags the regressor.

    Attributes
    ----------
    traces, lagged_traces : ndarray of shape (q + 1,)
        tr Wᵖ, and tr Wᵖ⁻¹V with 0 for p = 0.
    sums, lagged_sums : ndarray of shape (q + 1,)
        1′Wᵖ1, and 1′Wᵖ⁻¹V1 with 0 for p = 0.
    errors, lagged_errors : ndarray of shape (q + 1,)
        Standard errors of the traces over probes; 0 where they are exact.
    n : int
        Number of regions.
    """

    traces: FloatArray
    lagged_traces: FloatArray
    sums: FloatArray
    lagged_sums: FloatArray
    errors: FloatArray
    lagged_errors: FloatArray
    n: int


def walks(
    W: CsrArray,
    order: int,
    *,
    lagged_by: CsrArray | None = None,
    probes: FloatArray | None = None,
    dense_limit: int = DENSE_LIMIT,
) -> Walks:
    """Compute traces and sums of the powers of W up to an order.

    Parameters
    ----------
    W : csr_array of shape (n, n)
        Any weights.
    order : int
        Highest power q.
    lagged_by : csr_array of shape (n, n), optional
        V; default W.
    probes : ndarray of shape (n, p), optional
        Of ±1, for traces of powers that are too full to be held; without them those powers
        are computed all the same.
    dense_limit : int
        Up to this n powers are dense.

    Returns
    -------
    Walks
        tr Wᵖ from two lower powers, tr AB = Σ a_ij b_ji: exact up to twice the highest power
        that is held, by probes beyond, with their standard errors.

    Examples
    --------
    >>> from workbench.numerics.sparse.matrices import as_weights
    >>> walks(as_weights([[0.0, 1.0], [1.0, 0.0]]), 3).traces
    array([2., 0., 2., 0.])
    """
    n, V = W.shape[0], W if lagged_by is None else lagged_by
    held = _powers(W, order, dense=n <= dense_limit, limited=probes is not None)
    lagged, lagged_errors = _traces(held, W, V, probes=probes, order=order)
    traces, errors = lagged.copy(), lagged_errors.copy()
    if lagged_by is not None:
        traces, errors = _traces(held, W, W, probes=probes, order=order)
    traces[0] = n
    sums, lagged_sums = _sums(W, V, order)
    for array in (traces, lagged, sums, lagged_sums, errors, lagged_errors):
        freeze(array)
    return Walks(traces, lagged, sums, lagged_sums, errors, lagged_errors, n)


def _traces(
    held: list[Any], W: CsrArray, V: CsrArray, *, probes: FloatArray | None, order: int
) -> tuple[FloatArray, FloatArray]:
    """Return tr Wᵖ⁻¹V for p = 1 … order behind a 0, and standard errors."""
    values, errors = np.zeros(order + 1), np.zeros(order + 1)
    highest = len(held) - 1
    follow = held[highest] @ V
    for p in range(1, order + 1):
        rest = p - 1 - highest
        if rest <= 0:
            values[p] = _trace(held[p - 1], V)
        elif rest <= highest:
            values[p] = _trace(held[rest], follow)
        else:
            values[p], errors[p] = _probed(W, V, p, probes)
    return values, errors


def _powers(W: CsrArray, order: int, *, dense: bool, limited: bool) -> list[Any]:
    """Return I, W, W² … up to the power from which traces up to `order` follow."""
    first = W.toarray() if dense else W
    powers: list[Any] = [
        np.eye(W.shape[0]) if dense else sparse.eye_array(W.shape[0], format="csr"),
        first,
    ]
    while 2 * len(powers) - 1 < order:
        if limited and not dense and powers[-1].nnz * (W.nnz / W.shape[0]) > MOST_LINKS:
            break
        powers.append(powers[-1] @ first)
    return powers


def _trace(A: Any, B: Any) -> float:
    if isinstance(A, np.ndarray):
        return float(np.sum(A * (B.T if isinstance(B, np.ndarray) else B.toarray().T)))
    return float(sparse.csr_array(A).multiply(sparse.csr_array(B.T)).sum())


def _probed(W: CsrArray, V: CsrArray, power: int, probes: FloatArray | None) -> tuple[float, float]:
    """Return tr W^(p−1)V as the mean of z′W^(p−1)Vz over probes, and its standard error."""
    if probes is None:
        raise ValuesError("probes", expected="probes for traces of full powers", found="none")
    vectors = V @ probes
    for _ in range(power - 1):
        vectors = W @ vectors
    seen = np.einsum("ij,ij->j", probes, vectors)
    return float(seen.mean()), float(seen.std(ddof=1) / np.sqrt(seen.size))


def _sums(W: CsrArray, V: CsrArray, order: int) -> tuple[FloatArray, FloatArray]:
    sums, lagged = np.zeros(order + 1), np.zeros(order + 1)
    left = np.ones(W.shape[0])  # 1′Wᵖ
    back, back_v = sparse.csr_array(W.T), sparse.csr_array(V.T)
    sums[0] = left.sum()
    for p in range(1, order + 1):
        lagged[p] = (back_v @ left).sum()
        left = back @ left
        sums[p] = left.sum()
    return sums, lagged


@dataclass(frozen=True, slots=True)
class OrderWeights:
    """Average impacts of each order p: direct = βa + θb, total = βs + θt; all shape (q + 1,).

    Order p is what takes p steps: ρᵖβWᵖ and ρᵖ⁻¹θWᵖ⁻¹V.

    Attributes
    ----------
    direct_beta, direct_theta, total_beta, total_theta : ndarray
        What multiplies β and θ.
    slope_direct_beta, slope_direct_theta, slope_total_beta, slope_total_theta : ndarray
        Their derivatives in ρ.
    """

    direct_beta: FloatArray
    direct_theta: FloatArray
    total_beta: FloatArray
    total_theta: FloatArray
    slope_direct_beta: FloatArray
    slope_direct_theta: FloatArray
    slope_total_beta: FloatArray
    slope_total_theta: FloatArray


def order_weights(found: Walks, rho: float) -> OrderWeights:
    """Return what turns coefficients into impacts of each order, at one ρ.

    References
    ----------
    LeSage, J. and Pace, R. K. (2009). Introduction to Spatial Econometrics, 2.7.2.
    """
    p = np.arange(len(found.traces))
    later = np.maximum(p - 1, 0)
    own, lag = rho**p / found.n, np.where(p > 0, rho**later, 0.0) / found.n
    slope_own = np.where(p > 0, p * rho**later, 0.0) / found.n
    slope_lag = np.where(p > 1, later * rho ** np.maximum(p - 2, 0), 0.0) / found.n
    return OrderWeights(
        own * found.traces,
        lag * found.lagged_traces,
        own * found.sums,
        lag * found.lagged_sums,
        slope_own * found.traces,
        slope_lag * found.lagged_traces,
        slope_own * found.sums,
        slope_lag * found.lagged_sums,
    )


@dataclass(frozen=True, slots=True)
class Series:
    """tr (I − ρW)⁻¹ by its power series, and how far it may be off.

    Attributes
    ----------
    value : float
        Σ_{p ≤ q} ρᵖ tr Wᵖ.
    bound : float
        The largest that the rest can be: n (|ρ|w)^(q+1) / (1 − |ρ|w), w the smaller of the
        largest absolute row sum and column sum of W, which no eigenvalue exceeds.
    std_error : float
        Of the probes, at most; 0 where all traces are exact.
    """

    value: float
    bound: float
    std_error: float


def trace_series(W: CsrArray, found: Walks, rho: float) -> Series:
    """Sum the trace series at one ρ and bound what is left out.

    Raises
    ------
    ValuesError
        If |ρ|w is 1 or more, so that the series has no bound.

    Examples
    --------
    >>> from workbench.numerics.sparse.matrices import as_weights
    >>> W = as_weights([[0.0, 1.0], [1.0, 0.0]])
    >>> s = trace_series(W, walks(W, 40), 0.5)
    >>> abs(s.value - 8 / 3) <= s.bound < 1e-11
    True
    """
    size = abs(W)
    largest = min(float(size.sum(axis=1).max()), float(size.sum(axis=0).max()))
    ratio = abs(rho) * largest
    if ratio >= 1.0:
        raise ValuesError(
            "rho",
            expected=f"less than {1 / largest:.6g} in absolute value",
            found=repr(rho),
            why="the sum of the orders that are left out has no bound there",
            remedy="exact traces: lag_traces(W, rho=rho)",
        )
    p = np.arange(len(found.traces))
    bound = found.n * ratio ** len(p) / (1.0 - ratio)
    error = float(np.abs(rho) ** p @ found.errors)  # at most: the probes are the same ones
    return Series(float(rho**p @ found.traces), bound, error)
