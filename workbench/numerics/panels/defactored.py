"""Two-stage instrumental variables for spatial panels with common factors in errors and regressors.

Stage one takes the factors of the regressors out of the regressors, whose defactored values and
spatial lags are instruments; stage two takes the factors of its residuals out of the model.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.numerics.panels.common_factors import (
    FactorFit,
    number_of_factors,
    pooled,
    principal_factors,
    projected,
    projection_off,
)
from workbench.numerics.sparse.matrices import CsrArray, freeze
from workbench.typing import FloatArray


@dataclass(frozen=True, slots=True)
class Defactored:
    """The second stage, and how many factors each stage took out.

    Attributes
    ----------
    fit : FactorFit
        With Hansen's J.
    of_regressors, of_errors : int
        Numbers of factors.
    """

    fit: FactorFit
    of_regressors: int
    of_errors: int


def defactored_instruments(
    y: FloatArray,
    C: FloatArray,
    *,
    X: FloatArray,
    lags: tuple[CsrArray, ...],
    factors: tuple[int | None, int | None] = (None, None),
) -> Defactored:
    """Estimate y = Cθ + factors + ε, C holding Wy and what else, by defactored instruments.

    Parameters
    ----------
    y : ndarray of shape (N, T)
    C : ndarray of shape (N, T, p)
        Regressors, the spatially lagged outcome among them.
    X : ndarray of shape (N, T, k)
        Exogenous regressors whose factors are taken out.
    lags : tuple of sparse arrays of shape (N, N)
        Matrices A whose products with the defactored regressors are instruments beside them
        (W, W²).
    factors : tuple of (int or None, int or None)
        Numbers of factors of X and of the errors; chosen by eigenvalue ratios where None.

    Returns
    -------
    Defactored
        With M the projection off the factors of the errors and Z the instruments,
        θ = (A′Ω⁻¹A)⁻¹A′Ω⁻¹g, A = Σ Z′MC, g = Σ Z′My, Ω = Σ Z′Muu′MZ over regions at the
        unweighted second stage; covariance (A′Ω⁻¹A)⁻¹; J = g(θ)′Ω⁻¹g(θ).

    References
    ----------
    Cui, G., Sarafidis, V. and Yamagata, T. (2023). IV estimation of spatial dynamic panels with
    interactive effects. Econometrics Journal 26, 124-146. Kripfganz, S. and Sarafidis, V. (2021).
    Instrumental-variable estimation of large-T panel-data models with common factors. Stata Journal
    21, 659-686.
    """
    of_x = number_of_factors(X) if factors[0] is None else factors[0]
    clean = projected(projection_off(principal_factors(X, of_x)), X)
    Z = np.concatenate([clean, *(_lag(A, clean) for A in lags)], axis=2)
    first = pooled(y, C, np.eye(y.shape[1]), Z=Z)
    raw = y - C @ first.beta
    of_u = number_of_factors(raw) if factors[1] is None else factors[1]
    M = projection_off(principal_factors(raw, of_u))
    return Defactored(_optimal(y, C, M, Z), of_x, of_u)


def _lag(A: CsrArray, values: FloatArray) -> FloatArray:
    N, T, k = values.shape
    return np.asarray((A @ values.reshape(N, -1)).reshape(N, T, k))


def _optimal(y: FloatArray, C: FloatArray, M: FloatArray, Z: FloatArray) -> FactorFit:
    """Weight the moments by the inverse of their covariance over regions."""
    unweighted = pooled(y, C, M, Z=Z)
    own, left, at = projected(M, C), projected(M, y), projected(M, Z)
    moments = np.einsum("itq,it->iq", at, unweighted.residuals)
    A, g = np.einsum("itq,itp->qp", at, own), np.einsum("itq,it->q", at, left)
    size = np.sqrt(np.mean(moments**2, axis=0))
    inverse = np.linalg.pinv((moments / size).T @ (moments / size), rcond=1e-10, hermitian=True)
    A, g = A / size[:, None], g / size
    covariance = np.linalg.inv(A.T @ inverse @ A)
    beta = covariance @ (A.T @ inverse @ g)
    gap = g - A @ beta
    J = float(gap @ inverse @ gap)
    df = int(np.linalg.matrix_rank(inverse, hermitian=True)) - len(beta)
    return FactorFit(
        freeze(beta),
        freeze(covariance),
        freeze(left - own @ beta),
        overidentification=(J, df) if df > 0 else None,
    )
