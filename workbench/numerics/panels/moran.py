"""Moran's I of panel residuals in every period, and whether any differs from chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.numerics.sparse.matrices import CsrArray
from workbench.typing import FloatArray

SPENT = 1e-10
"""Share of a variance below which regressors and effects have left nothing: rounding is 1e-16
for each of the products that are subtracted."""


@dataclass(frozen=True, slots=True, eq=False)
class PeriodMoran:
    """Moran's I by period.

    Attributes
    ----------
    I, expected, variance, z : ndarray of shape (T,)
    correlations : ndarray of shape (T, T)
        Of the z under the null: effects of regions and common coefficients tie periods together.
    """

    I: FloatArray  # noqa: E741 (Moran's own letter)
    expected: FloatArray
    variance: FloatArray
    z: FloatArray
    correlations: FloatArray


def period_moran(
    residuals: FloatArray, X: FloatArray, *, W: CsrArray, by_entity: bool, by_time: bool
) -> PeriodMoran:
    """Compute Moran's I of the residuals of each period of a balanced panel.

    Parameters
    ----------
    residuals : ndarray of shape (N T,)
        Sorted by region, then period.
    X : ndarray of shape (N T, k)
        Regressors, effects out.
    W : csr_array of shape (N, N)
    by_entity, by_time : bool
        Which effects were taken out.

    Returns
    -------
    PeriodMoran

    Notes
    -----
    Residuals are e = Mu with M = Q ⊗ C − X(X′X)⁻¹X′, Q and C taking means over time and over
    regions out where there are effects. With A_t = (W + W′)/2 − r_t I and r_t such that
    E e_t′A_te_t = 0, Cov(e_t′A_te_t, e_s′A_se_s) = 2σ⁴ tr M_ts A_s M_st A_t for normal u; z divides
    e_t′A_te_t by its standard deviation with the variance of the period's own residuals.

    Examples
    --------
    >>> from workbench.numerics.sparse.matrices import as_weights
    >>> W = as_weights(np.diag(np.ones(9), 1) + np.diag(np.ones(9), -1))
    >>> e = np.random.default_rng(0).normal(size=(10, 3))
    >>> X = np.ones((30, 1))
    >>> period_moran((e - e.mean()).ravel(), X, W=W, by_entity=False, by_time=False).z.shape
    (3,)
    """
    N = W.shape[0]
    e = residuals.reshape(N, -1)
    T = e.shape[1]
    U = np.linalg.qr(X / np.linalg.norm(X, axis=0)).Q.reshape(N, T, -1)
    S = 0.5 * (W + W.T)
    SU = np.asarray(S @ U.reshape(N, -1)).reshape(U.shape)
    q = np.eye(T) - (1.0 / T if by_entity else 0.0)
    tr_c, tr_s, tr_ss = _centred_traces(S, N, by_time)
    size = np.diag(q) * tr_c - np.einsum("itk,itk->t", U, U)
    size = np.where(size > SPENT * tr_c, size, np.nan)
    mean = np.diag(q) * tr_s - np.einsum("itk,itk->t", U, SU)
    r = mean / size
    AU = SU - r[None, :, None] * U
    CAU = AU - AU.mean(axis=0, keepdims=True) if by_time else AU
    inner = np.einsum("itk,itl->tkl", U, AU)
    own = q * q * (tr_ss - (r[:, None] + r[None, :]) * tr_s + np.outer(r, r) * tr_c)
    # tr U_t′A_t C A_s U_s
    cross = q * np.einsum("itk,isk->ts", CAU, AU)
    cov = 2.0 * (own - cross - cross.T + np.einsum("tkl,slk->ts", inner, inner))
    squares = np.sum(e * e, axis=0)
    lagged = np.sum(e * (S @ e), axis=0)
    # where regressors and effects take up a period whole nothing is left to vary
    varies = np.diag(cov) > SPENT * np.diag(own)
    scale = np.sqrt(np.where(varies, np.diag(cov), np.nan))
    S0 = float(W.sum())
    return PeriodMoran(
        I=N / S0 * lagged / squares,
        expected=N / S0 * r,
        variance=(N / S0 * scale / size) ** 2,
        z=(lagged - r * squares) / (squares / size) / scale,
        correlations=cov / np.outer(scale, scale),
    )


def _centred_traces(S: CsrArray, N: int, by_time: bool) -> tuple[float, float, float]:
    """Return tr C, tr CS and tr CSCS, C taking means over regions out where asked to."""
    trace, square = float(S.diagonal().sum()), float(S.multiply(S).sum())
    if not by_time:
        return float(N), trace, square
    sums = np.asarray(S.sum(axis=1)).ravel()
    total = float(sums.sum()) / N
    return N - 1.0, trace - total, square - 2.0 * float(sums @ sums) / N + total**2
