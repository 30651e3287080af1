"""What leaving one region out does to estimates: exact in least squares, one step in likelihoods.

A region is left out as an equation: its neighbours keep its values in their spatial lags, so
that W is the same and only what the region itself says is removed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.numerics.regression.least_squares import LeastSquares, least_squares
from workbench.numerics.responses.diagonals import lag_diagonals
from workbench.numerics.sparse.matrices import as_columns, as_vector, as_weights
from workbench.typing import BoolArray, FloatArray

LEVERAGE = 1.0 - 1e-10
# A region that fits itself (a dummy of its own) has leverage one up to rounding: without it the
# dummy's coefficient does not exist.


@dataclass(frozen=True, slots=True)
class LeaveOneOut:
    """Least squares without each row in turn.

    Attributes
    ----------
    leverage : ndarray of shape (n,)
        Diagonal h of the hat matrix.
    change : ndarray of shape (n, k)
        β̂ − β̂ without row i; NaN where the leverage is one.
    sigma : ndarray of shape (n,)
        Standard error of the regression without row i.
    studentized : ndarray of shape (n,)
        e_i / (sigma_i sqrt(1 − h_i)).
    """

    leverage: FloatArray
    change: FloatArray
    sigma: FloatArray
    studentized: FloatArray


def leave_one_out(y: Any, X: Any) -> LeaveOneOut:
    """Compute least squares without each row in turn, from one fit.

    Parameters
    ----------
    y : ndarray of shape (n,)
    X : ndarray of shape (n, k)
        With n > k + 1.

    Returns
    -------
    LeaveOneOut

    References
    ----------
    Belsley, D., Kuh, E. and Welsch, R. (1980). Regression Diagnostics, equations 2.1 to 2.8.

    Examples
    --------
    >>> X = np.c_[np.ones(4), [0.0, 1.0, 2.0, 3.0]]
    >>> leave_one_out(np.array([0.0, 1.0, 2.0, 6.0]), X).leverage.round(2).tolist()
    [0.7, 0.3, 0.3, 0.7]
    """
    values = as_vector(y, argument="y")
    X = as_columns(X, argument="X", rows=values.size)
    fit = least_squares(values, X)
    n, k = X.shape
    leverage = np.asarray((np.linalg.qr(X / np.linalg.norm(X, axis=0)).Q ** 2).sum(axis=1))
    beside = np.where(leverage < LEVERAGE, 1.0 - leverage, np.nan)
    e = fit.residuals
    change = (X @ fit.xtx_inverse) * (e / beside)[:, None]
    variance = (fit.sse - e**2 / beside) / max(n - k - 1, 1)
    sigma = np.sqrt(np.clip(variance, 0.0, None)) if n > k + 1 else np.full(n, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        studentized = e / (sigma * np.sqrt(beside))
    return LeaveOneOut(leverage, change, sigma, studentized)


def one_step(
    y: Any, X: Any, *, W: Any = None, M: Any = None, rho: float = 0.0, lam: float = 0.0
) -> FloatArray:
    """Approximate the estimates of a spatial likelihood less those without each region.

    Without region i the likelihood is −½(n − 1) log SSE₍ᵢ₎ + log|A| + log|B| less the region's
    shares, with A = I − ρW and B = I − λM. Its share of a log-determinant is the diagonal of the
    matrix logarithm, with slope −Gᵢᵢ, G = WA⁻¹ or MB⁻¹. β and σ² are concentrated out exactly
    (SSE₍ᵢ₎ is of least squares without row i); (ρ, λ) take one Newton step from their estimates
    and β follows them to first order. No n × n array is formed.

    Parameters
    ----------
    y : ndarray of shape (n,)
    X : ndarray of shape (n, k)
        With the lags of the regressors, where the model has them.
    W, M : sparse arrays or ndarrays of shape (n, n), optional
        Weights of the lag and of the error; without one the model has not that parameter.
    rho, lam : float
        Maximum-likelihood estimates.

    Returns
    -------
    ndarray of shape (n, k + 1) or (n, k + 2)
        Changes of β, then of ρ and λ as far as the model has them; NaN where the region's
        leverage is one, or the likelihood without it is not curved.

    References
    ----------
    Pregibon, D. (1981). Logistic regression diagnostics. Annals of Statistics 9, 705-724 (one
    step instead of a new fit).

    Examples
    --------
    >>> W = np.diag(np.ones(3), 1) + np.diag(np.ones(3), -1)
    >>> y = np.array([1.0, 2.0, 3.0, 2.5])
    >>> one_step(y, np.ones((4, 1)), W=W, rho=0.4).shape
    (4, 2)
    """
    parts = _parts(y, X, W, M, rho, lam)
    gradient, hessian = _curvature(parts)
    sound: BoolArray = np.asarray(np.isfinite(hessian).all(axis=(1, 2)))
    sound[sound] = np.linalg.eigvalsh(hessian[sound]).max(axis=1) < 0.0
    step = np.full(gradient.shape, np.nan)
    step[sound] = -np.linalg.solve(hessian[sound], gradient[sound][..., None])[..., 0]
    change = parts.move - np.einsum("iak,ia->ik", parts.turn, step)
    return np.column_stack([change, -step])


@dataclass(frozen=True, slots=True)
class _Parts:
    """What least squares on ε = B(Ay − Xβ) says without each row; a, b run over (ρ, λ).

    Attributes
    ----------
    move : ndarray of shape (n, k)
        β̂ less β̂ without row i.
    turn : ndarray of shape (n, p, k)
        dβ/da without row i.
    sse, first, second : ndarray, shapes (n,), (n, p), (n, p, p)
        SSE without row i and its derivatives.
    g, g2 : ndarray of shape (n, p)
        Diagonals of G and G² for each parameter.
    """

    move: FloatArray
    turn: FloatArray
    sse: FloatArray
    first: FloatArray
    second: FloatArray
    g: FloatArray
    g2: FloatArray


def _parts(y: Any, X: Any, W: Any, M: Any, rho: float, lam: float) -> _Parts:
    values = as_vector(y, argument="y")
    X = as_columns(X, argument="X", rows=values.size)
    lag = None if W is None else as_weights(W)
    error = None if M is None else as_weights(M)
    lagged = np.zeros_like(values) if lag is None else lag @ values
    MX = np.zeros_like(X) if error is None else error @ X
    F = X - lam * MX
    filtered = values - rho * lagged
    bent = lagged if error is None else lagged - lam * (error @ lagged)
    fit = least_squares(filtered if error is None else filtered - lam * (error @ filtered), F)
    found = leave_one_out(fit.fitted + fit.residuals, F)
    # ε without row i is r + F m_i; its slope in ρ is −BWy, in λ −M(Ay − Xβ) = −(v + MX m_i).
    slopes, carried, diagonals = [], [], []
    if lag is not None:
        slopes.append(bent)
        carried.append(np.zeros_like(X))
        diagonals.append(lag_diagonals(lag, rho))
    if error is not None:
        slopes.append(error @ (filtered - X @ fit.beta))
        carried.append(MX)
        diagonals.append(lag_diagonals(error, lam))
    crossed = np.zeros_like(values) if lag is None or error is None else error @ lagged
    return _without(fit, F, found, np.array(slopes), np.array(carried), crossed, diagonals)


def _without(
    fit: LeastSquares,
    F: FloatArray,
    found: LeaveOneOut,
    v: FloatArray,
    C: FloatArray,
    crossed: FloatArray,
    diagonals: list[tuple[FloatArray, FloatArray]],
) -> _Parts:
    """Take sums over all rows but one: over all, less the row's own.

    `v` of shape (p, n) and `C` of shape (p, n, k): −dε/da = v_a + C_a m_i; `crossed` of shape
    (n,) is d²ε/dρdλ.
    """
    m, beside = found.change, np.where(found.leverage < LEVERAGE, 1.0 - found.leverage, np.nan)
    r, N, p = fit.residuals, fit.xtx_inverse, len(v)
    e_own = r + np.einsum("ik,ik->i", F, m)
    v_own = v + np.einsum("aik,ik->ai", C, m)
    e_of_crossed = crossed @ r + m @ (F.T @ crossed)
    gap = np.empty((len(r), p, F.shape[1]))
    first, second = np.empty((len(r), p)), np.empty((len(r), p, p))
    for a in range(p):
        whole = (F.T @ v[a] + C[a].T @ r) + m @ (F.T @ C[a] + C[a].T @ F).T
        gap[:, a] = -(whole - F * v_own[a][:, None] - C[a] * e_own[:, None])
        both = _over_rows(v[a], C[a], m, r) + np.einsum(
            "ik,ik->i", m, F.T @ v[a] + m @ (F.T @ C[a]).T
        )
        first[:, a] = -2.0 * (both - e_own * v_own[a])
    lean = gap @ N
    own = np.einsum("iak,ik->ia", lean, F)
    turn = lean + (own / beside[:, None])[..., None] * (F @ N)[:, None, :]
    for a in range(p):
        for b in range(p):
            both = _over_rows(v[a], C[a], m, v[b]) + np.einsum(
                "ik,ik->i", m, C[b].T @ v[a] + m @ (C[b].T @ C[a]).T
            )
            cross = e_of_crossed - e_own * crossed if a != b else 0.0
            inner = both - v_own[a] * v_own[b] + cross
            second[:, a, b] = 2.0 * (inner - np.einsum("ik,ik->i", gap[:, a], turn[:, b]))
    sse = fit.sse - r**2 / beside
    g, g2 = (np.column_stack([d[i] for d in diagonals]) for i in (0, 1))
    return _Parts(m, turn, sse, first, second, g, g2)


def _over_rows(v: FloatArray, C: FloatArray, m: FloatArray, x: FloatArray) -> FloatArray:
    """Return the sum over all rows of (v + C m_i) x, for every i, shape (n,)."""
    return np.asarray(v @ x + m @ (C.T @ x))


def _curvature(parts: _Parts) -> tuple[FloatArray, FloatArray]:
    """Return gradient (n, p) and Hessian (n, p, p) of the likelihood without each row."""
    n, p = parts.first.shape
    share = parts.first / parts.sse[:, None]
    gradient = -0.5 * (n - 1) * share - (parts.g.sum(axis=0) - parts.g)
    bend = parts.second / parts.sse[:, None, None] - share[:, :, None] * share[:, None, :]
    own = np.einsum("ia,ab->iab", parts.g2.sum(axis=0) - parts.g2, np.eye(p))
    return np.asarray(gradient), np.asarray(-0.5 * (n - 1) * bend - own)
