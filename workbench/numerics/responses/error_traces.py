"""Traces of the information matrix of models with both a spatial lag and a spatial error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from workbench.numerics.responses.traces import cross_traces, lag_traces
from workbench.numerics.sparse.lag_and_error import joint_traces
from workbench.numerics.sparse.logdet import dominant
from workbench.numerics.sparse.matrices import DENSE_LIMIT, CsrArray, factor
from workbench.typing import FloatArray

PROBES = 400
"""Random signs with which traces are estimated where no exact route is quick."""


@dataclass(frozen=True, slots=True)
class PairTraces:
    """Traces at (ρ, λ), with H = B W A⁻¹ B⁻¹ and G = M B⁻¹ between roots of the case weights.

    Attributes
    ----------
    lag, error : float
        tr H and tr G.
    lag_lag, error_error, lag_error : float
        tr H² + tr H′H, tr G² + tr G′G, tr GH + tr G′H.
    relative_error : float
        Standard error of the quadratic ones relative to their size: 0 where exact.
    """

    lag: float
    error: float
    lag_lag: float
    error_error: float
    lag_error: float
    relative_error: float = 0.0


def pair_traces(
    W: CsrArray, M: CsrArray, *, rho: float, lam: float, case_weights: FloatArray
) -> PairTraces:
    """Return the traces: exactly but where a factor beyond the dense limit must choose its pivots.

    Pivots have to be chosen for directed weights whose parameter is beyond the inverse of their
    spectral radius: there the traces are left to random probes, and their error is said.

    Parameters
    ----------
    W, M : sparse arrays of shape (n, n)
        Weights of the lag and of the error.
    rho, lam : float
        Inside their admissible intervals.
    case_weights : ndarray of shape (n,)

    Examples
    --------
    >>> W = sparse.csr_array(np.array([[0.0, 1.0], [1.0, 0.0]]))
    >>> t = pair_traces(W, W, rho=0.5, lam=0.0, case_weights=np.ones(2))
    >>> round(t.lag, 6), round(t.error_error, 6)
    (1.333333, 4.0)
    """
    root = np.sqrt(case_weights)
    if W.shape[0] <= DENSE_LIMIT:
        return _dense(W.toarray(), M.toarray(), rho, lam, root)
    if W is M and (root == root[0]).all():
        return _commuting(W, rho, lam)
    exact = joint_traces(W, M, rho=rho, lam=lam, case_weights=case_weights)
    return _probed(W, M, rho, lam, root) if exact is None else PairTraces(*exact)


def _dense(W: FloatArray, M: FloatArray, rho: float, lam: float, root: FloatArray) -> PairTraces:
    eye = np.eye(len(root))
    scale = root[:, None] / root[None, :]
    B = eye - lam * M
    # X B = Y is solved as B'X' = Y'
    G = scale * np.linalg.solve(B.T, M.T).T
    lagged = np.linalg.solve((eye - rho * W).T, W.T).T
    H = scale * np.linalg.solve(B.T, (B @ lagged).T).T
    return PairTraces(
        float(np.trace(H)),
        float(np.trace(G)),
        _sum(H, H.T) + _sum(H, H),
        _sum(G, G.T) + _sum(G, G),
        _sum(G, H.T) + _sum(G, H),
    )


def _commuting(W: CsrArray, rho: float, lam: float) -> PairTraces:
    """One W: B and A commute, so that H is W A⁻¹, of the same form as G."""
    first, second = lag_traces(W, rho=rho), lag_traces(W, rho=lam)
    cross = cross_traces(W, rho=rho, other=lam)
    return PairTraces(
        first.tr_g,
        second.tr_g,
        first.tr_g2 + first.tr_gtg,
        second.tr_g2 + second.tr_gtg,
        cross.tr_gg + cross.tr_gtg,
    )


def _sum(A: FloatArray, B: FloatArray) -> float:
    return float(np.einsum("ij,ij->", A, B))


def _probed(W: CsrArray, M: CsrArray, rho: float, lam: float, root: FloatArray) -> PairTraces:
    """Average over fixed random signs v: v′(H + H′)Hv and so on (Hutchinson 1990)."""
    n = len(root)
    eye = sparse.eye_array(n, format="csr")
    A, B = eye - rho * W, sparse.csr_array(eye - lam * M)
    solve_a = factor(sparse.csr_array(A), symmetric=dominant(W, rho)).solve
    solve_b = factor(B, symmetric=dominant(M, lam)).solve
    back_a = factor(sparse.csr_array(A.T), symmetric=False).solve
    back_b = factor(sparse.csr_array(B.T), symmetric=False).solve
    signs = np.random.Generator(np.random.Philox(key=n))
    rows = []
    for _ in range(PROBES):
        v = signs.choice([-1.0, 1.0], size=n)
        inner = solve_b(v / root)
        Hv, Gv = root * (B @ (W @ solve_a(inner))), root * (M @ inner)
        Gtv = back_b(M.T @ (root * v)) / root
        Htv = back_b(back_a(W.T @ (B.T @ (root * v)))) / root
        rows.append([v @ Hv, v @ Gv, (Htv + Hv) @ Hv, (Gtv + Gv) @ Gv, (Gtv + Gv) @ Hv])
    table = np.array(rows)
    mean, spread = table.mean(axis=0), table.std(axis=0, ddof=1) / np.sqrt(PROBES)
    error = float((spread[2:4] / np.abs(mean[2:4])).max())
    lag, own, lag_lag, error_error, lag_error = (float(m) for m in mean)
    return PairTraces(lag, own, lag_lag, error_error, lag_error, error)
