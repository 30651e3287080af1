"""Wald and Hausman contrasts: a gap between estimates against its covariance."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import linalg, sparse

from workbench.numerics.regression.least_squares import least_squares
from workbench.numerics.responses.traces import solve_lag
from workbench.numerics.scores.chi_square import ChiSquare, chi_square
from workbench.numerics.sparse.matrices import as_columns, as_vector, as_weights
from workbench.typing import FloatArray

RANK = 1e-9
# Share of the largest scaled eigenvalue below which a direction carries rounding only: there both
# estimators coincide (the constant where W's rows and columns sum to one).


def wald(gap: Any, covariance: Any) -> ChiSquare:
    """Compute g′V⁻¹g on the directions in which V is positive.

    Parameters
    ----------
    gap : ndarray of shape (q,)
        Estimate of what is zero under the null.
    covariance : ndarray of shape (q, q)
        Its covariance.

    Returns
    -------
    ChiSquare
        As many degrees of freedom as V has rank; NaN where V is zero or not positive
        semi-definite.

    Examples
    --------
    >>> wald(np.array([2.0]), np.array([[4.0]])).statistic
    1.0
    """
    g = as_vector(gap, argument="gap")
    V = np.asarray(covariance, dtype=np.float64)
    scale = np.sqrt(np.clip(np.diag(V), 0.0, None))
    if not scale.any():
        return chi_square(float("nan"), g.size)
    scale = np.where(scale > 0.0, scale, 1.0)
    values, vectors = linalg.eigh(0.5 * (V + V.T) / np.outer(scale, scale))
    if values[0] < -RANK * values[-1]:
        return chi_square(float("nan"), g.size)
    kept = values > RANK * values[-1]
    along = vectors[:, kept].T @ (g / scale)
    return chi_square(float(np.sum(along**2 / values[kept])), int(kept.sum()))


def common_factor(beta: Any, theta: Any, *, rho: float, covariance: Any) -> ChiSquare:
    """Test θ = −ρβ: whether a spatial Durbin model is a spatial error model.

    Parameters
    ----------
    beta, theta : ndarray of shape (q,)
        Coefficients of X (without the constant) and of WX, in one order.
    rho : float
        Coefficient of Wy.
    covariance : ndarray of shape (2q + 1, 2q + 1)
        Of (β, θ, ρ).

    Returns
    -------
    ChiSquare
        Wald statistic of g = θ + ρβ with Jacobian [ρI, I, β]; q degrees of freedom.

    References
    ----------
    Burridge, P. (1981). Testing for a common factor in a spatial autoregression model.
    Environment and Planning A 13, 795-800. Mur, J. and Angulo, A. (2006). The spatial Durbin
    model and the common factor tests. Spatial Economic Analysis 1(2), 207-226.

    Examples
    --------
    >>> common_factor([1.0], [-0.5], rho=0.5, covariance=np.eye(3)).statistic
    0.0
    """
    b, th = as_vector(beta, argument="beta"), as_vector(theta, argument="theta")
    jacobian = np.column_stack([rho * np.eye(b.size), np.eye(b.size), b])
    V = np.asarray(covariance, dtype=np.float64)
    return wald(th + rho * b, jacobian @ V @ jacobian.T)


def spatial_hausman(
    y: Any, X: Any, *, W: Any, beta: Any, spatial: float, sigma2: float
) -> ChiSquare:
    """Compare least squares with the spatial error model, which agree if both are right.

    Parameters
    ----------
    y : ndarray of shape (n,)
    X : ndarray of shape (n, k)
    W : sparse array or ndarray of shape (n, n)
        Weights of the disturbance.
    beta : ndarray of shape (k,)
        Coefficients of the error model.
    spatial, sigma2 : float
        Its λ and σ².

    Returns
    -------
    ChiSquare
        δ′(V_OLS − V_SEM)⁻¹δ with δ the difference of the coefficients, A = I − λW,
        V_OLS = σ²(X′X)⁻¹X′A⁻¹A⁻ᵀX(X′X)⁻¹ and V_SEM = σ²(X′A′AX)⁻¹; k degrees of freedom, fewer
        where the two estimators coincide in a direction.

    Notes
    -----
    spatialreg 1.4-2 puts A⁻¹A⁻¹ where the disturbance's covariance is A⁻¹A⁻ᵀ: its statistic
    differs unless W is symmetric.

    References
    ----------
    Pace, R. K. and LeSage, J. (2008). A spatial Hausman test. Economics Letters 101, 282-284.

    Examples
    --------
    >>> W = np.diag(np.ones(3), 1) + np.diag(np.ones(3), -1)
    >>> X = np.c_[np.ones(4), [0.0, 1.0, 0.0, 2.0]]
    >>> y = np.array([1.0, 2.0, 0.0, 3.0])
    >>> spatial_hausman(y, X, W=W, beta=[0.2, 1.3], spatial=0.2, sigma2=0.1).df
    2
    """
    weights = as_weights(W)
    values = as_vector(y, argument="y", size=weights.shape[0])
    X = as_columns(X, argument="X", rows=values.size)
    ols = least_squares(values, X)
    A = sparse.eye_array(values.size, format="csr") - spatial * weights
    influence = X @ ols.xtx_inverse
    solved = solve_lag(weights, influence, rho=spatial, transpose=True)
    by_ols = sigma2 * (solved.T @ solved)
    R = np.linalg.qr(A @ X, mode="r")
    root = linalg.solve_triangular(R, np.eye(X.shape[1]))
    by_sem: FloatArray = sigma2 * (root @ root.T)
    gap = as_vector(beta, argument="beta", size=X.shape[1]) - ols.beta
    return wald(gap, by_ols - by_sem)
