"""Maximum likelihood of the spatial-lag and spatial-error models, concentrated in one parameter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.errors import ConvergenceError, ValuesError
from workbench.numerics.likelihoods.case_weights import evenly, loglik_constant
from workbench.numerics.likelihoods.search import Optimum, maximise
from workbench.numerics.regression.least_squares import LeastSquares, gaussian_loglik, least_squares
from workbench.numerics.responses.traces import LagTraces, lag_traces, solve_lag
from workbench.numerics.sparse.logdet import LogDeterminant, log_determinant
from workbench.numerics.sparse.matrices import (
    CsrArray,
    as_columns,
    as_vector,
    as_weights,
    freeze,
)
from workbench.numerics.threads import one_thread
from workbench.typing import FloatArray


@dataclass(frozen=True, slots=True)
class MaximumLikelihood:
    """A spatial-lag or spatial-error model at its maximum.

    Attributes
    ----------
    spatial : float
        ρ of the lag model, λ of the error model.
    beta : ndarray of shape (k,)
    sigma2 : float
        SSE/n.
    loglik : float
        With all constants.
    residuals : ndarray of shape (n,)
        ε̂: (I − ρW)y − Xβ, or (I − λW)(y − Xβ).
    fitted : ndarray of shape (n,)
        y − ε̂, that is Xβ + ρWy, or Xβ + λW(y − Xβ) (as spatialreg's ``fitted``).
    covariance : ndarray of shape (k + 2, k + 2)
        Of (β, spatial, σ²), from the inverse of the expected information.
    traces : LagTraces
        Of W at `spatial`.
    iterations : int
    converged : bool
        Always true: a search that fails raises.
    optima : int
        Local maxima of the likelihood on the interval; the highest is the estimate.
    """

    spatial: float
    beta: FloatArray
    sigma2: float
    loglik: float
    residuals: FloatArray
    fitted: FloatArray
    covariance: FloatArray
    traces: LagTraces
    iterations: int
    converged: bool
    optima: int


@dataclass(frozen=True, slots=True)
class LagProfile:
    """Concentrated log-likelihood of the lag model: SSE(ρ) = a − 2bρ + cρ².

    Attributes
    ----------
    a, b, c : float
        e₀′e₀, e₀′e_L and e_L′e_L, residuals of y and of Wy on X (of shape (n,)).
    n : int
    logdet : LogDeterminant
    """

    a: float
    b: float
    c: float
    n: int
    logdet: LogDeterminant

    def evaluate(self, x: FloatArray, order: int) -> FloatArray:
        """Return the derivative of `order` at each ρ, shape (m,)."""
        sse = self.a - 2.0 * self.b * x + self.c * x**2
        first = 2.0 * (self.c * x - self.b)
        second = np.full(x.shape, 2.0 * self.c)
        return concentrated(sse, first, second, n=self.n, logdet=self.logdet, x=x, order=order)


@dataclass(frozen=True, slots=True)
class ErrorProfile:
    """Concentrated log-likelihood of the error model.

    SSE(λ) = c(λ) − b(λ)′A(λ)⁻¹b(λ), each of A, b, c quadratic in λ, in an orthonormal
    basis of X's columns and for the part of y outside them (nothing is squared twice).

    Attributes
    ----------
    A, b, c : ndarray, shapes (3, k, k), (3, k) and (3,)
        Coefficients of 1, −λ and λ².
    n : int
    logdet : LogDeterminant
    """

    A: FloatArray
    b: FloatArray
    c: FloatArray
    n: int
    logdet: LogDeterminant

    def evaluate(self, x: FloatArray, order: int) -> FloatArray:
        """Return the derivative of `order` at each λ, shape (m,)."""
        powers = [
            np.stack([np.ones_like(x), -x, x**2]),
            np.stack([np.zeros_like(x), -np.ones_like(x), 2.0 * x]),
            np.stack([np.zeros_like(x), np.zeros_like(x), np.full_like(x, 2.0)]),
        ]
        A = [np.einsum("pm,pij->mij", p, self.A) for p in powers]
        b = [np.einsum("pm,pi->mi", p, self.b) for p in powers]
        c = [p.T @ self.c for p in powers]
        beta = np.linalg.solve(A[0], b[0][..., None])[..., 0]
        sse = c[0] - _dot(beta, b[0])
        first = c[1] - 2.0 * _dot(beta, b[1]) + _dot(beta, _apply(A[1], beta))
        gap = b[1] - _apply(A[1], beta)
        turn = np.linalg.solve(A[0], gap[..., None])[..., 0]  # dβ/dλ
        second = (
            c[2] - 2.0 * _dot(beta, b[2]) + _dot(beta, _apply(A[2], beta)) - 2.0 * _dot(gap, turn)
        )
        return concentrated(sse, first, second, n=self.n, logdet=self.logdet, x=x, order=order)


def _dot(a: FloatArray, b: FloatArray) -> FloatArray:
    return np.asarray(np.einsum("mi,mi->m", a, b))


def _apply(A: FloatArray, v: FloatArray) -> FloatArray:
    return np.asarray(np.einsum("mij,mj->mi", A, v))


def concentrated(
    sse: FloatArray,
    first: FloatArray,
    second: FloatArray,
    *,
    n: int,
    logdet: LogDeterminant,
    x: FloatArray,
    order: int,
) -> FloatArray:
    """Return a derivative of −n/2 (log 2π + log(SSE/n) + 1) + log|I − xW|, shape (m,).

    `sse`, `first` and `second` are SSE and its derivatives at each x (Anselin 1988, 6.34).
    """
    if order == 0:
        constant = -0.5 * n * (np.log(2.0 * np.pi) + 1.0)
        return np.asarray(constant - 0.5 * n * np.log(sse / n) + logdet.value(x))
    if order == 1:
        return np.asarray(-0.5 * n * first / sse + logdet.derivative(x))
    return np.asarray(-0.5 * n * (second / sse - (first / sse) ** 2) + logdet.second(x))


@one_thread
def fit_lag(
    y: Any,
    X: Any,
    *,
    W: Any,
    logdet: LogDeterminant | None = None,
    case_weights: Any = None,
) -> MaximumLikelihood:
    """Estimate y = ρWy + Xβ + ε, ε normal with variance σ², by maximum likelihood.

    The spatial Durbin model is the same with [X, WX] for X.

    Parameters
    ----------
    y : ndarray of shape (n,)
    X : ndarray of shape (n, k)
        Of full column rank, with the constant where one is wanted.
    W : sparse array or ndarray of shape (n, n)
        Any weights with at least one cycle of neighbours.
    logdet : LogDeterminant, optional
        Of W, where it has been prepared already.
    case_weights : ndarray of shape (n,), optional
        c > 0: the variance of ε_i is σ²/c_i. The model is then that of √c y, √c X and
        C^½WC^−½, whose determinants are those of W; the likelihood has ½ Σ log c more.

    Returns
    -------
    MaximumLikelihood
        ρ̂ accurate to about 1e-10. Traces are of W, residuals not weighted.

    Raises
    ------
    ConvergenceError
        If the likelihood is highest at an end of the admissible interval.
    ValuesError
        If X reproduces y exactly, or a value is missing.
    CollinearityError
        If columns of X are linearly dependent.

    References
    ----------
    Ord, K. (1975). JASA 70, 120–126. Anselin, L. (1988). Spatial Econometrics, 6.2.2–6.2.5.

    Examples
    --------
    >>> W = np.diag(np.ones(5), 1) + np.diag(np.ones(5), -1)
    >>> y = np.array([1.0, 2.0, 2.5, 4.0, 6.0, 5.0])
    >>> round(fit_lag(y, np.ones((6, 1)), W=W).spatial, 4)
    0.3994
    """
    weights, y, X = _checked(y, X, W)
    logdet = logdet or log_determinant(weights)
    given, weights, y, X, c = _even(weights, y, X, case_weights)
    lagged = weights @ y
    own, of_lag = least_squares(y, X), least_squares(lagged, X)
    _refuse_perfect(own, y)
    e0, eL = own.residuals, of_lag.residuals
    profile = LagProfile(own.sse, float(e0 @ eL), of_lag.sse, y.size, logdet)
    best = _maximum(profile, logdet, "rho")
    fit = least_squares(y - best.x * lagged, X)
    traces = lag_traces(weights, rho=best.x, logdet=logdet if c is None else None)
    covariance = _lag_covariance(fit, X, weights, traces)
    if c is not None:
        traces = lag_traces(given, rho=best.x, logdet=logdet)
    return _result(best, fit, y, covariance, traces, logdet, c)


@one_thread
def fit_error(
    y: Any,
    X: Any,
    *,
    W: Any,
    logdet: LogDeterminant | None = None,
    case_weights: Any = None,
) -> MaximumLikelihood:
    """Estimate y = Xβ + u, u = λWu + ε, ε normal with variance σ², by maximum likelihood.

    Parameters, Returns and Raises are those of :func:`fit_lag`; β is by feasible GLS at λ̂.

    References
    ----------
    Ord, K. (1975). JASA 70, 120–126. Anselin, L. (1988). Spatial Econometrics, 8.1.1.

    Examples
    --------
    >>> W = np.diag(np.ones(5), 1) + np.diag(np.ones(5), -1)
    >>> y = np.array([1.0, 2.0, 2.5, 4.0, 6.0, 5.0])
    >>> fit_error(y, np.ones((6, 1)), W=W).covariance.shape
    (3, 3)
    """
    weights, y, X = _checked(y, X, W)
    logdet = logdet or log_determinant(weights)
    given, weights, y, X, c = _even(weights, y, X, case_weights)
    own = least_squares(y, X)
    _refuse_perfect(own, y)
    profile = _error_profile(own.residuals, X, weights, logdet)
    best = _maximum(profile, logdet, "lambda")
    fit = least_squares(y - best.x * (weights @ y), X - best.x * (weights @ X))
    traces = lag_traces(weights, rho=best.x, logdet=logdet if c is None else None)
    block = _scale_block(traces, fit, extra=0.0)
    k = X.shape[1]
    covariance = np.zeros((k + 2, k + 2))
    covariance[:k, :k] = fit.sigma2_ml * fit.xtx_inverse
    covariance[k:, k:] = block
    if c is not None:
        traces = lag_traces(given, rho=best.x, logdet=logdet)
    return _result(best, fit, y, covariance, traces, logdet, c)


def _checked(y: Any, X: Any, W: Any) -> tuple[CsrArray, FloatArray, FloatArray]:
    weights = as_weights(W)
    values = as_vector(y, argument="y", size=weights.shape[0])
    return weights, values, as_columns(X, argument="X", rows=values.size)


def _even(
    W: CsrArray, y: FloatArray, X: FloatArray, case_weights: Any
) -> tuple[CsrArray, CsrArray, FloatArray, FloatArray, FloatArray | None]:
    """Return W, then W, y and X of the model whose disturbances all have variance σ², and c."""
    if case_weights is None:
        return W, W, y, X, None
    c = as_vector(case_weights, argument="case_weights", size=y.size)
    root = np.sqrt(c)
    return W, evenly(W, c), root * y, root[:, None] * X, c


def _refuse_perfect(fit: LeastSquares, y: FloatArray) -> None:
    # 1e-24 of the sum of squares: residuals that are rounding of y.
    if fit.sse <= 1e-24 * float(y @ y):
        raise ValuesError(
            "y",
            expected="an outcome that X does not reproduce exactly",
            found="residuals that are all zero",
            why="the likelihood has no maximum as the variance goes to zero",
        )


def _maximum(profile: Any, logdet: LogDeterminant, argument: str) -> Optimum:
    limits = logdet.spectrum
    return maximise(profile, low=limits.rho_low, high=limits.rho_high, argument=argument)


def _error_profile(
    e0: FloatArray, X: FloatArray, W: CsrArray, logdet: LogDeterminant
) -> ErrorProfile:
    Q = np.linalg.qr(X / np.linalg.norm(X, axis=0)).Q
    return error_profile((Q, W @ Q), (e0, W @ e0), n=e0.size, logdet=logdet)


def error_profile(
    basis: tuple[FloatArray, FloatArray],
    rest: tuple[FloatArray, FloatArray],
    *,
    n: int,
    logdet: Any,
) -> ErrorProfile:
    """Return the profile of an error model from an orthonormal basis of X and what it leaves of y.

    Each comes with its spatial lag; `n` is less the effects that were transformed out, and `logdet`
    may be a sum over periods.
    """
    (Q, WQ), (e0, We) = basis, rest
    cross = Q.T @ WQ
    A = np.stack([Q.T @ Q, cross + cross.T, WQ.T @ WQ])
    b = np.stack([Q.T @ e0, Q.T @ We + WQ.T @ e0, WQ.T @ We])
    c = np.array([e0 @ e0, 2.0 * (e0 @ We), We @ We])
    return ErrorProfile(A, b, c, n, logdet)


def _lag_covariance(fit: LeastSquares, X: FloatArray, W: CsrArray, traces: LagTraces) -> FloatArray:
    """Inverse information of (β, ρ, σ²) by partition (Anselin 1988, equations 6.24 to 6.29)."""
    rho, k = traces.rho, X.shape[1]
    spread = W @ solve_lag(W, fit.fitted, rho=rho)  # GXβ
    on_x = least_squares(spread, X)
    block = _scale_block(traces, fit, extra=on_x.sse / fit.sigma2_ml)
    g = on_x.beta
    covariance = np.empty((k + 2, k + 2))
    covariance[:k, :k] = fit.sigma2_ml * fit.xtx_inverse + np.outer(g, g) * block[0, 0]
    covariance[:k, k:] = -np.outer(g, block[0])
    covariance[k:, :k] = covariance[:k, k:].T
    covariance[k:, k:] = block
    return covariance


def _scale_block(traces: LagTraces, fit: LeastSquares, *, extra: float) -> FloatArray:
    """Covariance of (ρ, σ²): [[tr G² + tr G′G + extra, tr G/σ²], [·, n/2σ⁴]]⁻¹."""
    own = traces.tr_g2 + traces.tr_gtg + extra
    s2, n = fit.sigma2_ml, fit.n
    determinant = own * n / 2.0 - traces.tr_g**2
    if not determinant > 0.0:
        raise ConvergenceError(
            "W",
            expected="a positive definite information matrix",
            found=f"determinant {determinant:.3g}",
            why="the spatial parameter and the variance cannot be told apart from these weights",
            remedy="use weights that do not link every region to all others equally",
        )
    return (
        np.array(
            [
                [n / 2.0, -traces.tr_g * s2],
                [-traces.tr_g * s2, own * s2**2],
            ]
        )
        / determinant
    )


def _result(
    best: Optimum,
    fit: LeastSquares,
    y: FloatArray,
    covariance: FloatArray,
    traces: LagTraces,
    logdet: LogDeterminant,
    c: FloatArray | None,
) -> MaximumLikelihood:
    root = 1.0 if c is None else np.sqrt(c)
    constant = loglik_constant(c)
    return MaximumLikelihood(
        spatial=best.x,
        beta=fit.beta,
        sigma2=fit.sigma2_ml,
        loglik=gaussian_loglik(fit.sse, fit.n) + float(logdet.value(best.x)) + constant,
        residuals=fit.residuals if c is None else freeze(fit.residuals / root),
        fitted=freeze((y - fit.residuals) / root),
        covariance=freeze(covariance),
        traces=traces,
        iterations=best.iterations,
        converged=True,
        optima=best.optima,
    )
