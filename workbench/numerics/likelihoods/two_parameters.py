"""Maximum likelihood with a spatial lag and a spatial error: SAC, GNS, and weighted cases.

The model is ``y = ρWy + Zβ + u``, ``u = λMu + ε`` with ε_i independent normal of variance σ²/c_i.
β and σ² are concentrated out; what is left is a function of (ρ, λ) alone, which may have several
maxima: all are looked for, and all are reported.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from workbench.numerics.likelihoods.information import inverse_information
from workbench.numerics.likelihoods.maxima import LocalMaximum, Profile, maxima_of
from workbench.numerics.regression.least_squares import LeastSquares, least_squares
from workbench.numerics.responses.error_traces import PairTraces, pair_traces
from workbench.numerics.responses.traces import solve_lag
from workbench.numerics.sparse.logdet import LogDeterminant, log_determinant
from workbench.numerics.sparse.matrices import CsrArray, as_columns, as_vector, as_weights, freeze
from workbench.numerics.threads import one_thread
from workbench.typing import FloatArray


@dataclass(frozen=True, slots=True)
class TwoParameters:
    """A model with spatial lag and spatial error at its highest maximum.

    Attributes
    ----------
    rho, lambda_ : float
    beta : ndarray of shape (k,)
    sigma2 : float
        Σ c_i ε_i² / n.
    loglik : float
        With all constants.
    residuals : ndarray of shape (n,)
        ε̂ = (I − λM)((I − ρW)y − Zβ).
    fitted : ndarray of shape (n,)
        y − ε̂.
    covariance : ndarray of shape (k + 3, k + 3)
        Of (β, ρ, λ, σ²), from the inverse of the expected information.
    maxima : tuple of LocalMaximum
        All that were found, the highest first.
    traces : PairTraces
        At (ρ, λ).
    """

    rho: float
    lambda_: float
    beta: FloatArray
    sigma2: float
    loglik: float
    residuals: FloatArray
    fitted: FloatArray
    covariance: FloatArray
    maxima: tuple[LocalMaximum, ...]
    traces: PairTraces


@one_thread
def fit_lag_error(
    y: Any,
    Z: Any,
    *,
    W: Any,
    M: Any = None,
    case_weights: Any = None,
) -> TwoParameters:
    """Estimate y = ρWy + Zβ + u, u = λMu + ε by maximum likelihood.

    Parameters
    ----------
    y : ndarray of shape (n,)
    Z : ndarray of shape (n, k)
        Of full column rank; holds WX for the general nesting model.
    W : sparse array or ndarray of shape (n, n)
        Weights of the lag.
    M : sparse array or ndarray of shape (n, n), optional
        Weights of the error; W without.
    case_weights : ndarray of shape (n,), optional
        c > 0: the variance of ε_i is σ²/c_i.

    Returns
    -------
    TwoParameters

    Raises
    ------
    ConvergenceError
        If the likelihood has no maximum inside the admissible region.

    References
    ----------
    Anselin, L. (1988). Spatial Econometrics: Methods and Models, 6.2 and 8.1.1; information
    matrix 6.3. Elhorst, J. P. (2014). Spatial Econometrics, chapter 2.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> W = np.diag(np.ones(29), 1) + np.diag(np.ones(29), -1)
    >>> Z = np.column_stack([np.ones(30), rng.normal(size=30)])
    >>> y = np.linalg.solve(np.eye(30) - 0.2 * W, Z @ [1.0, 2.0] + rng.normal(size=30))
    >>> fit_lag_error(y, Z, W=W).covariance.shape
    (5, 5)
    """
    outcome, columns, weights, c = _checked(y, Z, W, M, case_weights)
    maxima = maxima_of(_prepared(outcome, columns, weights, c))
    return _result(maxima, outcome, columns, weights, c)


@one_thread
def lag_error_loglik(y: Any, Z: Any, *, W: Any, M: Any = None, case_weights: Any = None) -> float:
    """Return the highest log-likelihood of :func:`fit_lag_error`, without the rest of the fit."""
    outcome, columns, weights, c = _checked(y, Z, W, M, case_weights)
    return maxima_of(_prepared(outcome, columns, weights, c))[0].loglik


def _checked(
    y: Any, Z: Any, W: Any, M: Any, case_weights: Any
) -> tuple[FloatArray, FloatArray, tuple[CsrArray, CsrArray], FloatArray]:
    lag_weights = as_weights(W)
    error_weights = lag_weights if M is None else as_weights(M)
    outcome = as_vector(y, argument="y", size=lag_weights.shape[0])
    columns = as_columns(Z, argument="Z", rows=outcome.size)
    c = np.ones(outcome.size) if case_weights is None else np.asarray(case_weights, dtype=float)
    return outcome, columns, (lag_weights, error_weights), c


def _prepared(
    y: FloatArray, Z: FloatArray, weights: tuple[CsrArray, CsrArray], c: FloatArray
) -> Profile:
    lag = log_determinant(weights[0])
    error = lag if weights[1] is weights[0] else log_determinant(weights[1])
    return _profile(y, Z, weights, (lag, error), c)


def _profile(
    y: FloatArray,
    Z: FloatArray,
    weights: tuple[CsrArray, CsrArray],
    determinants: tuple[LogDeterminant, LogDeterminant],
    c: FloatArray,
) -> Profile:
    W, M = weights
    Q = np.linalg.qr(Z / np.linalg.norm(Z, axis=0)).Q
    ends = np.column_stack([y, W @ y])
    base = np.column_stack([ends - Q @ (Q.T @ ends), Q])
    lags = M @ base
    scaled = base * c[:, None]
    gram = (base.T @ scaled, scaled.T @ lags, lags.T @ (lags * c[:, None]))
    return Profile(gram, y.size, *determinants, float(0.5 * np.log(c).sum()))


def _result(
    maxima: tuple[LocalMaximum, ...],
    y: FloatArray,
    Z: FloatArray,
    weights: tuple[CsrArray, CsrArray],
    c: FloatArray,
) -> TwoParameters:
    W, M = weights
    rho, lam = maxima[0].rho, maxima[0].lambda_
    root = np.sqrt(c)
    A = sparse.eye_array(y.size, format="csr") - rho * W
    filtered = A @ y
    fit = least_squares(
        root * (filtered - lam * (M @ filtered)), root[:, None] * (Z - lam * (M @ Z))
    )
    residuals = filtered - Z @ fit.beta
    residuals = residuals - lam * (M @ residuals)
    traces = pair_traces(W, M, rho=rho, lam=lam, case_weights=c)
    spread = W @ solve_lag(W, Z @ fit.beta, rho=rho)
    covariance = _covariance(fit, Z, root[:, None], M, spread, lam, traces)
    return TwoParameters(
        rho,
        lam,
        fit.beta,
        fit.sigma2_ml,
        maxima[0].loglik,
        freeze(residuals),
        freeze(y - residuals),
        freeze(covariance),
        maxima,
        traces,
    )


def _covariance(
    fit: LeastSquares,
    Z: FloatArray,
    root: FloatArray,
    M: CsrArray,
    spread: FloatArray,
    lam: float,
    traces: PairTraces,
) -> FloatArray:
    """Invert the expected information of (β, ρ, λ, σ²) by partition (Anselin 1988, section 6.3).

    What (ρ, λ, σ²) have beside β comes from the part of Bg outside BZ: differences of its square
    and that of its projection would lose a high level of y, which both carry.
    """
    k, n, s2 = Z.shape[1], Z.shape[0], fit.sigma2_ml
    on_z = least_squares(root[:, 0] * (spread - lam * (M @ spread)), root * (Z - lam * (M @ Z)))
    info = np.diag([traces.lag_lag + on_z.sse / s2, traces.error_error, n / (2.0 * s2**2)])
    info[0, 1] = info[1, 0] = traces.lag_error
    info[0, 2] = info[2, 0] = traces.lag / s2
    info[1, 2] = info[2, 1] = traces.error / s2
    block, g = inverse_information(info, ("rho", "lambda")), on_z.beta
    covariance = np.empty((k + 3, k + 3))
    covariance[:k, :k] = s2 * fit.xtx_inverse + np.outer(g, g) * block[0, 0]
    covariance[:k, k:] = -np.outer(g, block[0])
    covariance[k:, :k] = covariance[:k, k:].T
    covariance[k:, k:] = block
    return covariance
