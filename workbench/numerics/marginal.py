"""Marginal likelihoods of SLX, SDM and SDEM: one set of regressors, flat priors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import integrate

from workbench.errors import ConvergenceError
from workbench.numerics.logdet import log_determinant
from workbench.numerics.matrices import CsrArray, as_columns, as_vector, as_weights
from workbench.numerics.regression import least_squares
from workbench.typing import FloatArray

GRID = 2001


@dataclass(frozen=True, slots=True)
class MarginalLikelihoods:
    """Log marginal likelihoods up to one constant that all three share."""

    none: float
    lag: float
    error: float


def marginal_likelihoods(y: Any, Z: Any, *, W: Any) -> MarginalLikelihoods:
    """Integrate β, σ and ρ or λ out of y = ρWy + Zβ + ε and y = Zβ + u, u = λWu + ε.

    Parameters
    ----------
    y : ndarray of shape (n,)
    Z : ndarray of shape (n, k)
        The regressors of all three models, of full column rank.
    W : sparse array or ndarray of shape (n, n)

    Returns
    -------
    MarginalLikelihoods
        Without ρ and λ, with ρ, with λ.

    Raises
    ------
    ConvergenceError
        If the integral is not found to 1e-6.

    Notes
    -----
    Priors: flat in β, 1/σ, and ρ (or λ) uniform on the admissible interval of length D. Then
    p(y | lag) ∝ D⁻¹ ∫ |I − ρW| |Z′Z|^(−1/2) SSE(ρ)^(−(n−k)/2) dρ, and the error model has
    Z′B′BZ for Z′Z, B = I − λW (LeSage 2014, with flat priors). The constant of the flat prior of β
    cancels because the regressors are the same. Where rows of W sum to one the density of λ does
    not vanish at 1: the constant is lost there.

    References
    ----------
    LeSage, J. P. (2014). What regional scientists need to know about spatial econometrics.
    Review of Regional Studies 44, 13–32.

    Examples
    --------
    >>> W = np.diag(np.ones(5), 1) + np.diag(np.ones(5), -1)
    >>> y = np.array([1.0, 2.0, 2.5, 4.0, 6.0, 5.0])
    >>> found = marginal_likelihoods(y, np.ones((6, 1)), W=W)
    >>> found.lag > found.none
    True
    """
    weights = as_weights(W)
    y = as_vector(y, argument="y", size=weights.shape[0])
    Z = as_columns(Z, argument="Z", rows=y.size)
    n, k = Z.shape
    logdet = log_determinant(weights)
    basis = np.linalg.qr(Z / np.linalg.norm(Z, axis=0)).Q
    own = least_squares(y, Z)
    of_lag = least_squares(weights @ y, Z)
    cross = float(own.residuals @ of_lag.residuals)
    grams = _filtered_grams(np.column_stack([basis, own.residuals]), weights)
    ends = logdet.spectrum.rho_low, logdet.spectrum.rho_high

    def by_lag(x: FloatArray) -> FloatArray:
        sse = own.sse - 2.0 * cross * x + of_lag.sse * x**2
        return np.asarray(logdet.value(x) - 0.5 * (n - k) * np.log(sse))

    def by_error(x: FloatArray) -> FloatArray:
        whole = np.einsum("pm,pij->mij", np.stack([np.ones_like(x), -x, x**2]), grams)
        regressors = np.linalg.slogdet(whole[:, :k, :k]).logabsdet
        # The residual sum of squares is the ratio of the two determinants.
        log_sse = np.linalg.slogdet(whole).logabsdet - regressors
        return np.asarray(logdet.value(x) - 0.5 * regressors - 0.5 * (n - k) * log_sse)

    return MarginalLikelihoods(
        none=float(-0.5 * (n - k) * np.log(own.sse)),
        lag=_log_mean(by_lag, *ends),
        error=_log_mean(by_error, *ends),
    )


def _filtered_grams(M: FloatArray, W: CsrArray) -> FloatArray:
    """Return the coefficients of 1, −λ and λ² in M′(I − λW)′(I − λW)M, shape (3, m, m)."""
    WM = W @ M
    cross = M.T @ WM
    return np.stack([M.T @ M, cross + cross.T, WM.T @ WM])


def _log_mean(log_density: Callable[[FloatArray], FloatArray], low: float, high: float) -> float:
    """Return the log of the mean of exp(log_density) over an interval, by adaptive quadrature."""
    grid = np.linspace(low, high, GRID + 2)[1:-1]
    values = log_density(grid)
    best = int(np.argmax(values))
    top = float(values[best])
    # Outside of where the density is above e^-60 of its top nothing is left of the integral.
    inside = np.flatnonzero(values > top - 60.0)
    left = grid[max(inside[0] - 1, 0)] if inside[0] > 0 else low
    right = grid[min(inside[-1] + 1, GRID - 1)] if inside[-1] < GRID - 1 else high
    value, error = integrate.quad(
        lambda x: float(np.exp(log_density(np.array([x]))[0] - top)),
        left,
        right,
        points=[float(grid[best])],
        limit=500,
        epsrel=1e-9,
    )
    if not value > 0.0 or error > 1e-6 * value:
        raise ConvergenceError(
            "W",
            expected="a marginal likelihood to six digits",
            found=f"{value:.6g} with error {error:.2g}",
            remedy="compare the models by BIC: ladder.criteria()",
        )
    return float(top + np.log(value / (high - low)))
