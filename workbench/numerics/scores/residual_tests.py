"""Tests on least-squares residuals: normality and heteroskedasticity."""

from __future__ import annotations

from typing import Any

import numpy as np

from workbench.numerics.regression.least_squares import linear_dependencies
from workbench.numerics.scores.chi_square import ChiSquare, chi_square
from workbench.numerics.sparse.matrices import as_columns, as_vector
from workbench.typing import FloatArray


def jarque_bera(residuals: Any) -> ChiSquare:
    """Test normality: n/6 (S² + (K − 3)²/4), with moments that divide by n.

    Parameters
    ----------
    residuals : ndarray of shape (n,)
        Centred here.

    Returns
    -------
    ChiSquare
        Two degrees of freedom.

    References
    ----------
    Jarque, C. and Bera, A. (1980). Economics Letters 6, 255–259.

    Examples
    --------
    >>> jarque_bera(np.array([-1.0, 0.0, 1.0, -1.0, 0.0, 1.0])).df
    2
    """
    e = as_vector(residuals, argument="residuals")
    u = e - e.mean()
    m2 = np.mean(u**2)
    skewness = np.mean(u**3) / m2**1.5
    kurtosis = np.mean(u**4) / m2**2
    return chi_square(float(e.size / 6.0 * (skewness**2 + (kurtosis - 3.0) ** 2 / 4.0)), 2)


def breusch_pagan(residuals: Any, Z: Any, *, studentized: bool = True) -> ChiSquare:
    """Test homoskedasticity against a variance that depends on Z.

    Parameters
    ----------
    residuals : ndarray of shape (n,)
    Z : ndarray of shape (n, q)
        With the constant, of full column rank; q − 1 degrees of freedom.
    studentized : bool
        True: nR² of e² on Z (Koenker 1981). False: half the explained sum of squares of
        e²/σ̂² (Breusch and Pagan 1979), right under normal errors only.

    Returns
    -------
    ChiSquare

    Examples
    --------
    >>> breusch_pagan(np.array([1.0, -1, 2, -2]), np.c_[np.ones(4), np.arange(4)]).df
    1
    """
    e = as_vector(residuals, argument="residuals")
    Z = as_columns(Z, argument="Z", rows=e.shape[0])
    squares = e**2 / np.mean(e**2)
    Q = np.linalg.qr(Z).Q
    explained = float(np.sum((Q @ (Q.T @ squares) - 1.0) ** 2))
    total = float(np.sum((squares - 1.0) ** 2))
    df = Z.shape[1] - 1
    # All squares equal: no variation to explain, hence no evidence against homoskedasticity.
    studentised = e.size * explained / total if total > 1e-24 * e.size else 0.0
    return chi_square(studentised if studentized else 0.5 * explained, df)


def white_design(X: Any) -> FloatArray:
    """Return the independent columns among X, their squares and their cross-products.

    Parameters
    ----------
    X : ndarray of shape (n, k)
        With the constant.

    Returns
    -------
    ndarray of shape (n, q)
        Products that repeat earlier columns (squares of dummies) are left out.
    """
    columns = np.asarray(X, dtype=np.float64)
    # A common scale keeps squares and levels comparable in the rank decision.
    columns = columns / np.abs(columns).max(axis=0)
    i, j = np.triu_indices(columns.shape[1])
    products = np.column_stack([columns, columns[:, i] * columns[:, j]])
    dropped = {d.columns[-1] for d in linear_dependencies(products)}
    return products[:, [c for c in range(products.shape[1]) if c not in dropped]]


def white(residuals: Any, X: Any) -> ChiSquare:
    """Test homoskedasticity against any variance: nR² of e² on levels, squares and products.

    Parameters
    ----------
    residuals : ndarray of shape (n,)
    X : ndarray of shape (n, k)
        With the constant.

    Returns
    -------
    ChiSquare
        Degrees of freedom: independent columns less one. NaN where these are not fewer
        than the observations (the auxiliary regression would fit perfectly).

    References
    ----------
    White, H. (1980). Econometrica 48, 817–838.

    Examples
    --------
    >>> e = np.array([1.0, -1, 2, -2, 0.5])
    >>> white(e, np.c_[np.ones(5), [0.0, 1, 2, 3, 5]]).df
    2
    """
    e = as_vector(residuals, argument="residuals")
    Z = white_design(as_columns(X, argument="X", rows=e.shape[0]))
    if Z.shape[1] >= e.size:
        return chi_square(float("nan"), Z.shape[1] - 1)
    return breusch_pagan(e, Z)
