"""What leaving one region out does to estimates: exact in least squares, one step in likelihoods.

A region is left out as an equation: its neighbours keep its values in their spatial lags, so
that W is the same and only what the region itself says is removed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

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


def lag_one_step(y: Any, X: Any, *, W: Any, rho: float) -> FloatArray:
    """Approximate (β̂, ρ̂) less their values without each region, in a spatial-lag model.

    Without region i the likelihood is −½(n − 1) log SSE₍ᵢ₎(ρ) + log|I − ρW| − sᵢ(ρ), where sᵢ,
    the region's share of the log-determinant, is the diagonal of log(I − ρW), so that
    s′ᵢ = −Gᵢᵢ. β and σ² are concentrated out exactly; ρ takes one Newton step from ρ̂.

    Parameters
    ----------
    y : ndarray of shape (n,)
    X : ndarray of shape (n, k)
        With the lags of the regressors, where the model has them.
    W : sparse array or ndarray of shape (n, n)
    rho : float
        Maximum-likelihood estimate.

    Returns
    -------
    ndarray of shape (n, k + 1)
        NaN where the region's leverage is one.

    References
    ----------
    Pregibon, D. (1981). Logistic regression diagnostics. Annals of Statistics 9, 705-724 (one
    step instead of a new fit).

    Examples
    --------
    >>> W = np.diag(np.ones(3), 1) + np.diag(np.ones(3), -1)
    >>> y = np.array([1.0, 2.0, 3.0, 2.5])
    >>> lag_one_step(y, np.ones((4, 1)), W=W, rho=0.4).shape
    (4, 2)
    """
    weights = as_weights(W)
    values = as_vector(y, argument="y", size=weights.shape[0])
    X = as_columns(X, argument="X", rows=values.size)
    lagged = weights @ values
    own, of_lag = leave_one_out(values, X), leave_one_out(lagged, X)
    e0, eL = least_squares(values, X), least_squares(lagged, X)
    beside = _beside(own.leverage)
    r0, rL = e0.residuals, eL.residuals
    a = e0.sse - r0**2 / beside
    b = float(r0 @ rL) - r0 * rL / beside
    c = eL.sse - rL**2 / beside
    sse = a - 2.0 * rho * b + rho**2 * c
    step = _step(weights, rho, sse=sse, first=2.0 * (rho * c - b), second=2.0 * c)
    # β without i is linear in ρ: β_y − ρ β_Wy, each without i.
    with_lag = eL.beta[None, :] - of_lag.change
    change = own.change - rho * of_lag.change + step[:, None] * with_lag
    return np.column_stack([change, -step])


def error_one_step(y: Any, X: Any, *, W: Any, spatial: float) -> FloatArray:
    """Approximate (β̂, λ̂) less their values without each region, in a spatial error model.

    As :func:`lag_one_step`: β and σ² without the region are exact at λ̂, then λ takes one
    Newton step and β follows it to first order.

    Parameters
    ----------
    y, X, W
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
    WX = weights @ X
    filtered = X - spatial * WX
    fit = least_squares(values - spatial * (weights @ values), filtered)
    found = leave_one_out(fit.fitted + fit.residuals, filtered)
    beside, move = _beside(found.leverage), found.change  # β̂ − β̂ without i, (n, k)
    e = fit.residuals[:, None] + filtered @ move.T  # column i: residuals without i
    v = (weights @ (values - X @ fit.beta))[:, None] + WX @ move.T  # and W times disturbances
    np.fill_diagonal(e, 0.0)
    np.fill_diagonal(v, 0.0)
    gap = filtered.T @ v + WX.T @ e  # −d(X*′e)/dλ without i, (k, n): rows i of e, v are 0
    toward = fit.xtx_inverse @ gap
    leaned = np.einsum("ik,ki->i", filtered, toward)
    turn = toward + (fit.xtx_inverse @ filtered.T) * (leaned / beside)  # −dβ/dλ without i
    sse = fit.sse - fit.residuals**2 / beside
    first = -2.0 * np.einsum("ji,ji->i", e, v)
    second = 2.0 * (np.einsum("ji,ji->i", v, v) - np.einsum("ki,ki->i", gap, turn))
    step = _step(weights, spatial, sse=sse, first=first, second=second)
    return np.column_stack([move + step[:, None] * turn.T, -step])


def _beside(leverage: FloatArray) -> FloatArray:
    return np.where(leverage < LEVERAGE, 1.0 - leverage, np.nan)


def _step(
    W: Any, spatial: float, *, sse: FloatArray, first: FloatArray, second: FloatArray
) -> FloatArray:
    """Return the Newton step of the spatial parameter without each region, shape (n,)."""
    n = sse.size
    dense = W.toarray()
    G = np.linalg.solve(np.eye(n) - spatial * dense, dense)
    g, g2 = np.diag(G), np.einsum("ij,ji->i", G, G)
    slope = -0.5 * (n - 1) * first / sse - (g.sum() - g)
    bend = 0.5 * (n - 1) * (second / sse - (first / sse) ** 2) + g2.sum() - g2
    # Where the likelihood is not curved without a region, nothing can be said of it.
    return np.asarray(np.where(bend > 0.0, slope / np.where(bend > 0.0, bend, 1.0), np.nan))
