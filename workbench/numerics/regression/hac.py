"""Variances of autocorrelated series: kernel weights, bandwidths, long-run variance, HAC."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import linalg

from workbench.errors import ValuesError
from workbench.numerics.sparse.matrices import as_columns, as_vector, freeze
from workbench.typing import FloatArray, HacKernel

LARGEST_AUTOREGRESSION = 0.97
"""Cap of the plug-in coefficient, so that the bandwidth stays finite (Andrews and Monahan 1992)."""


def kernel_weights(kernel: HacKernel, bandwidth: float, lags: int) -> FloatArray:
    """Return the weights of autocovariances 1 to `lags`, shape (lags,).

    Bartlett: max(0, 1 − j/S). Quadratic spectral, with x = j/S:
    25/(12π²x²) (sin(6πx/5)/(6πx/5) − cos(6πx/5)) (Andrews 1991, equation 2.7).

    Parameters
    ----------
    kernel : {"quadratic-spectral", "bartlett"}
    bandwidth : float
        S, not negative; zero gives weights of zero. Newey and West's truncation lag is S − 1.
    lags : int

    Examples
    --------
    >>> kernel_weights("bartlett", 3.0, 4).round(3)
    array([0.667, 0.333, 0.   , 0.   ])
    """
    if bandwidth <= 0:
        return np.zeros(lags)
    x = np.arange(1, lags + 1) / bandwidth
    if kernel == "bartlett":
        return np.asarray(np.clip(1.0 - x, 0.0, None))
    a = 6.0 * np.pi * x / 5.0
    return np.asarray(25.0 / (12.0 * np.pi**2 * x**2) * (np.sin(a) / a - np.cos(a)))


def andrews_bandwidth(series: Any, kernel: HacKernel) -> float:
    """Return Andrews's automatic bandwidth with an AR(1) plug-in (1991, equations 6.2 and 6.4).

    Parameters
    ----------
    series : ndarray, shape (T,)
        Residuals, mean about zero; T ≥ 3.
    kernel : {"quadratic-spectral", "bartlett"}

    Returns
    -------
    float
        1.3221 (α(2) T)^(1/5) with α(2) = 4ρ²/(1 − ρ)⁴ for the quadratic spectral kernel,
        1.1447 (α(1) T)^(1/3) with α(1) = 4ρ²/((1 − ρ)²(1 + ρ)²) for Bartlett's.

    Examples
    --------
    >>> round(andrews_bandwidth([1.0, 0.5, -0.5, -1.0, 0.2, -0.2], "bartlett"), 3)
    1.164
    """
    u = as_vector(series, argument="series")
    T = u.shape[0]
    rho = autoregression(u)
    if kernel == "bartlett":
        alpha = 4.0 * rho**2 / ((1.0 - rho) ** 2 * (1.0 + rho) ** 2)
        return float(1.1447 * (alpha * T) ** (1.0 / 3.0))
    alpha = 4.0 * rho**2 / (1.0 - rho) ** 4
    return float(1.3221 * (alpha * T) ** 0.2)


def autoregression(series: FloatArray) -> float:
    """Return the first-order autoregression of a series without a constant, within ±0.97."""
    before, after = series[:-1], series[1:]
    length = float(before @ before)
    rho = float(before @ after) / length if length > 0 else 0.0
    return float(np.clip(rho, -LARGEST_AUTOREGRESSION, LARGEST_AUTOREGRESSION))


def newey_west_lag(T: int) -> int:
    """Return the truncation lag floor(4 (T/100)^(2/9)) (Newey and West 1994).

    Examples
    --------
    >>> newey_west_lag(20), newey_west_lag(81)
    (2, 3)
    """
    return int(np.floor(4.0 * (T / 100.0) ** (2.0 / 9.0)))


def long_run_variance(series: Any, *, kernel: HacKernel, bandwidth: float) -> float:
    """Return γ₀ + 2 Σ k(j/S) γ_j with γ_j = (1/T) Σ u_t u_{t−j}; the series is not centred.

    Parameters
    ----------
    series : ndarray, shape (T,)
        Residuals of a regression with a constant.
    kernel : {"quadratic-spectral", "bartlett"}
        Both give a variance that is not negative.
    bandwidth : float
        S.

    Examples
    --------
    >>> long_run_variance([1.0, -1.0, 1.0, -1.0], kernel="bartlett", bandwidth=2.0)
    0.25
    """
    u = as_vector(series, argument="series")
    T = u.shape[0]
    covariances = np.array([u[j:] @ u[: T - j] for j in range(T)]) / T
    weights = kernel_weights(kernel, bandwidth, T - 1)
    # the sum is a quadratic form of a positive semi-definite matrix: below zero is rounding
    return max(float(covariances[0] + 2.0 * weights @ covariances[1:]), 0.0)


def hac_covariance(X: Any, residuals: Any, *, lag: int) -> FloatArray:
    """Return Newey and West's covariance of least-squares coefficients, shape (k, k).

    T/(T − k) (X′X)⁻¹ [Γ₀ + Σ_j (1 − j/(m + 1))(Γ_j + Γ_j′)] (X′X)⁻¹ with
    Γ_j = Σ_t x_t e_t e_{t−j} x_{t−j}′ and truncation lag m (Newey and West 1987).

    Parameters
    ----------
    X : ndarray, shape (T, k)
    residuals : ndarray, shape (T,)
    lag : int
        m, from 0 to T − 1.

    Raises
    ------
    ValuesError
        If the lag is outside its range.

    Examples
    --------
    >>> X = np.c_[np.ones(4), [0.0, 1, 2, 3]]
    >>> hac_covariance(X, np.array([0.1, -0.1, -0.1, 0.1]), lag=1).shape
    (2, 2)
    """
    e = as_vector(residuals, argument="residuals")
    X = as_columns(X, argument="X", rows=e.shape[0])
    T, k = X.shape
    if not 0 <= lag < T:
        raise ValuesError("lag", expected=f"a whole number from 0 to {T - 1}", found=repr(lag))
    scores = X * e[:, None]
    middle = scores.T @ scores
    for j, weight in enumerate(kernel_weights("bartlett", lag + 1.0, lag), start=1):
        cross = scores[j:].T @ scores[:-j]
        middle += weight * (cross + cross.T)
    R = np.linalg.qr(X).R
    half = linalg.solve_triangular(R, linalg.solve_triangular(R, middle, trans="T").T, trans="T")
    bread = linalg.solve_triangular(R, linalg.solve_triangular(R, half).T)
    return np.asarray(freeze(T / (T - k) * bread))
