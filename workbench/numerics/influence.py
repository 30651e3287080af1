"""What leaving one region out does to estimates: exact in least squares, one step in likelihoods.

A region is left out as an equation: its neighbours keep its values in their spatial lags, so
that W is the same and only what the region itself says is removed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import linalg

from workbench.errors import ConvergenceError
from workbench.numerics.matrices import as_columns, as_vector, as_weights
from workbench.numerics.regression import least_squares
from workbench.typing import FloatArray

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


def lag_one_step(y: Any, X: Any, *, W: Any, beta: Any, rho: float) -> FloatArray:
    """Approximate (β̂, ρ̂) less their values without each region, in a spatial-lag model.

    One Newton step from the estimate: H⁻¹s_i, with H the observed information (σ²
    concentrated out) and s_i the region's share of the score, in which log|I − ρW| is shared
    among the regions as the diagonal of log(I − ρW), whose derivative is −G_ii.

    Parameters
    ----------
    y : ndarray of shape (n,)
    X : ndarray of shape (n, k)
        With the lags of the regressors, where the model has them.
    W : sparse array or ndarray of shape (n, n)
    beta : ndarray of shape (k,)
    rho : float
        Maximum-likelihood estimates.

    Returns
    -------
    ndarray of shape (n, k + 1)

    References
    ----------
    Cook, R. D. (1986). Assessment of local influence. JRSS B 48, 133-169 (one step); Pregibon,
    D. (1981). Logistic regression diagnostics. Annals of Statistics 9, 705-724.

    Examples
    --------
    >>> W = np.diag(np.ones(3), 1) + np.diag(np.ones(3), -1)
    >>> y = np.array([1.0, 2.0, 3.0, 2.5])
    >>> lag_one_step(y, np.ones((4, 1)), W=W, beta=[1.0], rho=0.4).shape
    (4, 2)
    """
    weights = as_weights(W)
    values = as_vector(y, argument="y", size=weights.shape[0])
    X = as_columns(X, argument="X", rows=values.size)
    lagged = weights @ values
    e = values - rho * lagged - X @ as_vector(beta, argument="beta", size=X.shape[1])
    columns = np.column_stack([X, lagged])
    return _one_step(e, columns, columns.T @ columns, weights, rho)


def error_one_step(y: Any, X: Any, *, W: Any, beta: Any, spatial: float) -> FloatArray:
    """Approximate (β̂, λ̂) less their values without each region, in a spatial error model.

    As :func:`lag_one_step`, with the score of the error model.

    Parameters
    ----------
    y, X, W, beta
        As there.
    spatial : float
        λ̂.

    Returns
    -------
    ndarray of shape (n, k + 1)
    """
    weights = as_weights(W)
    values = as_vector(y, argument="y", size=weights.shape[0])
    X = as_columns(X, argument="X", rows=values.size)
    u = values - X @ as_vector(beta, argument="beta", size=X.shape[1])
    lagged, WX = weights @ u, weights @ X
    e, filtered = u - spatial * lagged, X - spatial * WX
    columns = np.column_stack([filtered, lagged])
    cross = columns.T @ columns
    turn = WX.T @ e  # of d²SSE/dβdλ beside X*′Wu
    cross[:-1, -1] += turn
    cross[-1, :-1] += turn
    return _one_step(e, columns, cross, weights, spatial)


def _one_step(
    e: FloatArray, columns: FloatArray, cross: FloatArray, W: Any, spatial: float
) -> FloatArray:
    """Return H⁻¹s_i: `columns` are −dε/d(parameters), `cross` half the second derivative of SSE."""
    n, s2 = e.size, float(np.mean(e**2))
    dense = W.toarray()
    G = np.linalg.solve(np.eye(n) - spatial * dense, dense)
    g = np.diag(G)
    slope = columns.T @ e  # −½ dSSE: zero for β, σ² tr G for the spatial parameter
    information = cross / s2 - 2.0 * np.outer(slope, slope) / (n * s2**2)
    information[-1, -1] += float(np.einsum("ij,ji->", G, G))
    shares = columns * (e / s2)[:, None]
    shares[:, -1] -= g
    # σ² concentrated out: its own share is (e²/σ² − 1)/2σ², its information n/2σ⁴.
    shares -= np.outer(e**2 / s2 - 1.0, slope / (n * s2))
    try:
        return np.asarray(linalg.solve(information, shares.T, assume_a="pos").T)
    except linalg.LinAlgError as fault:
        raise ConvergenceError(
            "influence",
            expected="a likelihood that is curved at its maximum",
            found="an observed information matrix that is not positive definite",
            remedy="use a model with fewer parameters",
        ) from fault

