"""Score (Lagrange multiplier) tests for spatial dependence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.errors import WeightsError
from workbench.numerics.regression.least_squares import LeastSquares, least_squares
from workbench.numerics.responses.traces import LagTraces
from workbench.numerics.scores.chi_square import ChiSquare, chi_square
from workbench.numerics.sparse.matrices import CsrArray, as_vector, as_weights
from workbench.typing import FloatArray

SAME_DIRECTION = 1e-10
# Relative size of nJ − T below which lag and error are one alternative (W X β̂ lies in the
# span of X, as with a constant only): the robust forms would divide rounding by rounding.


@dataclass(frozen=True, slots=True)
class LagrangeMultipliers:
    """The five tests from least-squares residuals.

    Attributes
    ----------
    error, lag : ChiSquare
        Against a spatial error, a spatial lag; one degree of freedom.
    robust_error, robust_lag : ChiSquare
        Each allowing for a local presence of the other; NaN where lag and error
        cannot be told apart from these regressors.
    sarma : ChiSquare
        Against both; two degrees of freedom, NaN as above.
    """

    error: ChiSquare
    lag: ChiSquare
    robust_error: ChiSquare
    robust_lag: ChiSquare
    sarma: ChiSquare


def second_trace(W: CsrArray) -> float:
    """Return T = tr(W′W + W²)."""
    return float((W.data**2).sum() + W.multiply(W.T).sum())


def lagrange_multipliers(
    y: Any, X: Any, *, W: Any, fit: LeastSquares | None = None
) -> LagrangeMultipliers:
    """Compute LM error, LM lag, their robust forms and SARMA.

    Parameters
    ----------
    y : ndarray of shape (n,)
    X : ndarray of shape (n, k)
        With the constant.
    W : sparse array or ndarray of shape (n, n)
        Any weights.
    fit : LeastSquares, optional
        Least squares of y on X, where it is known already.

    Returns
    -------
    LagrangeMultipliers

    Raises
    ------
    WeightsError
        If W has no weight.

    Notes
    -----
    With e the residuals, σ² = e′e/n, T = tr(W′W + W²), b̂ = Xβ̂ and M = I − X(X′X)⁻¹X′:
    d_λ = e′We/σ², d_ρ = e′Wy/σ², nJ = (Wb̂)′M(Wb̂)/σ² + T; LM error = d_λ²/T,
    LM lag = d_ρ²/nJ, robust error = (d_λ − d_ρ T/nJ)²/(T(1 − T/nJ)),
    robust lag = (d_ρ − d_λ)²/(nJ − T), SARMA = LM error + robust lag.

    References
    ----------
    Anselin, L., Bera, A., Florax, R. and Yoon, M. (1996). Regional Science and Urban
    Economics 26, 77–104, equations 9, 11, 13, 14 and 15.

    Examples
    --------
    >>> W = np.diag(np.ones(5), 1) + np.diag(np.ones(5), -1)
    >>> y = np.array([1.0, 2.0, 2.5, 4.0, 6.0, 5.0])
    >>> X = np.c_[np.ones(6), [0.0, 1, 0, 2, 1, 3]]
    >>> lagrange_multipliers(y, X, W=W).sarma.df
    2
    """
    weights = as_weights(W)
    fit = fit or least_squares(y, X)
    values = as_vector(y, argument="y", size=weights.shape[0])
    T = second_trace(weights)
    if weights.nnz == 0 or T == 0.0:
        raise WeightsError(
            "W",
            expected="weights that link regions",
            found="tr(W'W + W²) = 0",
            why="there is no dependence to test for",
        )
    # Beside X: e′Wy is e′MWy, and in Wy itself a high level of y would drown the rest.
    columns = np.column_stack([fit.residuals, weights @ values, weights @ fit.fitted])
    e, lagged_y, lagged = projected_out(np.asarray(X, dtype=np.float64), columns).T
    d_error = float(e @ (weights @ e)) / fit.sigma2_ml
    d_lag = float(e @ lagged_y) / fit.sigma2_ml
    excess = float(lagged @ lagged) / fit.sigma2_ml  # nJ − T
    nJ = excess + T
    apart = excess > same_direction(fit.fitted) / fit.sigma2_ml
    robust_error = (d_error - d_lag * T / nJ) ** 2 / (T * excess / nJ) if apart else np.nan
    robust_lag = (d_lag - d_error) ** 2 / excess if apart else np.nan
    error = d_error**2 / T
    return LagrangeMultipliers(
        error=chi_square(error, 1),
        lag=chi_square(d_lag**2 / nJ, 1),
        robust_error=chi_square(robust_error, 1),
        robust_lag=chi_square(robust_lag, 1),
        sarma=chi_square(error + robust_lag, 2),
    )


def error_after_lag(
    residuals: Any, *, W: Any, sigma2: float, rho_variance: float, traces: LagTraces
) -> ChiSquare:
    """Test for spatially correlated errors that remain in a fitted spatial-lag model.

    Parameters
    ----------
    residuals : ndarray of shape (n,)
        ε̂ = y − ρ̂Wy − Xβ̂.
    W : sparse array or ndarray of shape (n, n)
        Weights of the lag, taken as those of the error too.
    sigma2 : float
        SSE/n of the lag model.
    rho_variance : float
        Estimated variance of ρ̂.
    traces : LagTraces
        At ρ̂.

    Returns
    -------
    ChiSquare
        (ε̂′Wε̂/σ²)² / (T − T₂₁² Var ρ̂), one degree of freedom, with
        T₂₁ = tr(WG + W′G) and G = W(I − ρ̂W)⁻¹.

    References
    ----------
    Anselin, L. (1988). Spatial Econometrics, equation 8.72 (section 8.3.1).

    Examples
    --------
    >>> from workbench.numerics.responses.traces import lag_traces
    >>> W = np.diag(np.ones(3), 1) + np.diag(np.ones(3), -1)
    >>> t = lag_traces(W, rho=0.1)
    >>> e = np.array([1.0, -1.0, 0.5, -0.5])
    >>> error_after_lag(e, W=W, sigma2=0.625, rho_variance=0.01, traces=t).df
    1
    """
    weights = as_weights(W)
    e = as_vector(residuals, argument="residuals", size=weights.shape[0])
    T21 = traces.tr_wg + traces.tr_wtg
    variance = second_trace(weights) - T21**2 * rho_variance
    score = float(e @ (weights @ e)) / sigma2
    return chi_square(score**2 / variance if variance > 0.0 else float("nan"), 1)


def same_direction(fitted: FloatArray) -> float:
    """Return the size of (Wb̂)′M(Wb̂) that is none: of b̂'s variation, and of rounding its level."""
    varying = fitted - fitted.mean()
    level = 16.0 * np.finfo(np.float64).eps * np.linalg.norm(fitted)
    return SAME_DIRECTION * float(varying @ varying) + float(level**2)


def projected_out(X: FloatArray, v: FloatArray) -> FloatArray:
    """Return Mv, the residual of v on X, twice as Gram-Schmidt needs."""
    Q = np.linalg.qr(X).Q
    rest = v - Q @ (Q.T @ v)
    return np.asarray(rest - Q @ (Q.T @ rest))
