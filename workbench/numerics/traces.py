"""Traces and sums of M = (I − ρW)⁻¹ and G = WM that likelihoods and impacts are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from workbench.errors import ValuesError
from workbench.numerics.logdet import (
    dominant,
    slope,
    trace_gram,
    trace_square,
)
from workbench.numerics.matrices import (
    DENSE_LIMIT,
    CsrArray,
    as_weights,
    constant_row_sum,
    factor,
    symmetrize,
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


def lag_traces(W: Any, *, rho: float, dense_limit: int = DENSE_LIMIT) -> LagTraces:
    """Compute the traces and sums of M = (I − ρW)⁻¹ at one ρ, exactly.

    Parameters
    ----------
    W : sparse array or ndarray of shape (n, n)
        Any real weights.
    rho : float
        Inside the admissible interval of W.
    dense_limit : int
        Up to this n by one dense solve. Beyond it no n × n array is formed: each trace
        is the derivative of a log-determinant, read from one sparse LU factorisation
        with a complex step (exact to rounding, memory of two to eight factors).

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
    return _sparse(weights, rho)


def lag_sums(W: CsrArray, rho: float) -> tuple[float, float, float, float]:
    """Return 1′M1, 1′MW1 and their derivatives in ρ, from two sparse solves.

    Where every row of W sums to c they are n/(1 − ρc), cn/(1 − ρc) and so on.
    """
    n = W.shape[0]
    c = constant_row_sum(W)
    if c is not None:
        m = n / (1.0 - rho * c)
        return m, c * m, c * m / (1.0 - rho * c), c * c * m / (1.0 - rho * c)
    A = sparse.eye_array(n, format="csr") - rho * W
    lu = factor(A, symmetric=dominant(W, rho))
    ones = np.ones(n)
    right, left = lu.solve(ones), lu.solve(ones, trans="T")
    forward = W @ right  # WM1 = MW1
    return (
        float(right.sum()),
        float(forward.sum()),
        float(left @ forward),
        float(left @ (W @ forward)),
    )


def _dense(W: CsrArray, rho: float) -> LagTraces:
    n = W.shape[0]
    w = W.toarray()
    try:
        M = np.linalg.solve(np.eye(n) - rho * w, np.eye(n))
    except np.linalg.LinAlgError as fault:
        raise _singular(rho) from fault
    G = w @ M
    return _assemble(
        W,
        rho,
        (
            float(np.trace(G)),
            _inner(G, G.T),
            _inner(G, G),
            _inner(w, G.T),
            _inner(w, G),
        ),
    )


def _inner(A: FloatArray, B: FloatArray) -> float:
    return float(np.einsum("ij,ij->", A, B))


def _sparse(W: CsrArray, rho: float) -> LagTraces:
    twin = symmetrize(W)
    S = W if twin is None else twin.S
    stable = twin is not None or dominant(W, rho)
    A = sparse.eye_array(W.shape[0], format="csr") - rho * S
    B = A if twin is None else sparse.eye_array(W.shape[0], format="csr") - rho * W
    return _assemble(
        W,
        rho,
        (
            slope(A, S, symmetric=stable),
            trace_square(S, rho),
            trace_gram(W, rho),
            # tr WG = tr A⁻¹W² and tr W′G = tr A⁻¹W′W: slopes of log|A + hW²|, log|A + hW′W|.
            slope(A, S @ S, symmetric=stable),
            slope(B, W.T @ W, symmetric=dominant(W, rho)),
        ),
    )


def _assemble(
    W: CsrArray, rho: float, traces: tuple[float, float, float, float, float]
) -> LagTraces:
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
