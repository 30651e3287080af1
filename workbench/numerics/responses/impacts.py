"""Average impacts of (I − ρW)⁻¹(Iβ + Wθ), their gradients, and their draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.polynomial import chebyshev

from workbench.errors import ValuesError
from workbench.numerics.responses.traces import LagTraces, forward_sums
from workbench.numerics.sparse.logdet import LogDeterminant, log_determinant
from workbench.numerics.sparse.matrices import (
    CsrArray,
    as_vector,
    as_weights,
    constant_row_sum,
    freeze,
)
from workbench.typing import BoolArray, FloatArray

SUM_TOLERANCE = 1e-11
# Relative error allowed in the interpolated sums 1′M1 and 1′MW1.

SUM_NODES = (12, 24, 48, 96, 192)


@dataclass(frozen=True, slots=True)
class ImpactWeights:
    """How impacts depend on coefficients at one ρ: direct = βm + θg, total = βs + θt.

    Attributes
    ----------
    direct_beta, direct_theta : float
        tr M/n and tr MW/n.
    total_beta, total_theta : float
        1′M1/n and 1′MW1/n.
    slope_direct_beta, slope_direct_theta, slope_total_beta, slope_total_theta : float
        Their derivatives in ρ.
    """

    direct_beta: float
    direct_theta: float
    total_beta: float
    total_theta: float
    slope_direct_beta: float
    slope_direct_theta: float
    slope_total_beta: float
    slope_total_theta: float


@dataclass(frozen=True, slots=True)
class AverageImpacts:
    """Average impacts of K regressors, with gradients for the delta method.

    The second axis of `effects` and `gradient` is direct, indirect, total.

    Attributes
    ----------
    effects : ndarray of shape (K, 3)
    gradient_rho : ndarray of shape (K, 3)
        d effect / dρ.
    gradient_beta, gradient_theta : ndarray of shape (3,)
        d effect_k / dβ_k and d effect_k / dθ_k, the same for every k; others are zero.
    """

    effects: FloatArray
    gradient_rho: FloatArray
    gradient_beta: FloatArray
    gradient_theta: FloatArray

    @property
    def direct(self) -> FloatArray:
        """Mean of the diagonal of S_k(W), shape (K,)."""
        return self.effects[:, 0]

    @property
    def indirect(self) -> FloatArray:
        """Total less direct, shape (K,): the spillover."""
        return self.effects[:, 1]

    @property
    def total(self) -> FloatArray:
        """Mean row sum of S_k(W), shape (K,)."""
        return self.effects[:, 2]


@dataclass(frozen=True, slots=True)
class ImpactDraws:
    """Impacts of R parameter draws.

    Attributes
    ----------
    effects : ndarray of shape (R, K, 3)
        Direct, indirect, total; NaN in rows that are not admissible.
    admissible : ndarray of bool, shape (R,)
        Whether ρ of the draw lies inside the admissible interval of W.
    """

    effects: FloatArray
    admissible: BoolArray


def impact_weights(traces: LagTraces) -> ImpactWeights:
    """Return the averages over regions that turn coefficients into impacts.

    Notes
    -----
    dM/dρ = MWM, hence d tr M = tr G + ρ tr G² and d tr MW = tr G².
    """
    n = traces.n
    return ImpactWeights(
        traces.tr_m / n,
        traces.tr_mw / n,
        traces.sum_m / n,
        traces.sum_mw / n,
        traces.slope_tr_m / n,
        traces.slope_tr_mw / n,
        traces.slope_m / n,
        traces.slope_mw / n,
    )


def average_impacts(beta: Any, theta: Any = None, *, traces: LagTraces) -> AverageImpacts:
    """Compute direct, indirect and total impacts of (I − ρW)⁻¹(Iβ_k + Wθ_k).

    Parameters
    ----------
    beta : ndarray of shape (K,)
        Coefficients of X, without the constant.
    theta : ndarray of shape (K,), optional
        Coefficients of WX in the same order, 0 where a term is not lagged; default all 0.
    traces : LagTraces
        Of W at ρ; at ρ = 0 these are the impacts of the SLX model.

    Returns
    -------
    AverageImpacts
        Right for any row sums of W, and for islands.

    References
    ----------
    LeSage, J. and Pace, R. K. (2009). Introduction to Spatial Econometrics, 2.7.1,
    equations 2.44 to 2.48.

    Examples
    --------
    >>> from workbench.numerics.responses.traces import lag_traces
    >>> t = lag_traces([[0.0, 1.0], [1.0, 0.0]], rho=0.5)
    >>> average_impacts(np.array([1.0]), traces=t).effects.round(4)
    array([[1.3333, 0.6667, 2.    ]])
    """
    b = as_vector(beta, argument="beta")
    th = np.zeros_like(b) if theta is None else as_vector(theta, argument="theta", size=b.size)
    w = impact_weights(traces)
    effects = _three(w.direct_beta * b + w.direct_theta * th, w.total_beta * b + w.total_theta * th)
    slopes = _three(
        w.slope_direct_beta * b + w.slope_direct_theta * th,
        w.slope_total_beta * b + w.slope_total_theta * th,
    )
    return AverageImpacts(
        effects=freeze(effects),
        gradient_rho=freeze(slopes),
        gradient_beta=freeze(_three(np.array(w.direct_beta), np.array(w.total_beta))),
        gradient_theta=freeze(_three(np.array(w.direct_theta), np.array(w.total_theta))),
    )


def impact_std_errors(impacts: AverageImpacts, covariance: Any) -> FloatArray:
    """Return delta-method standard errors of impacts, shape (K, 3).

    Parameters
    ----------
    impacts : AverageImpacts
        Of K regressors.
    covariance : ndarray of shape (1 + 2K, 1 + 2K)
        Of (ρ, β_1 … β_K, θ_1 … θ_K); rows and columns of zeros for what is not estimated
        (ρ of the SLX model, θ of terms without a lag).

    Returns
    -------
    ndarray of shape (K, 3)
        For direct, indirect, total.

    Raises
    ------
    ValuesError
        If the covariance does not have 1 + 2K rows and columns.

    Examples
    --------
    >>> from workbench.numerics.responses.traces import lag_traces
    >>> t = lag_traces([[0.0, 1.0], [1.0, 0.0]], rho=0.0)
    >>> impact_std_errors(average_impacts(np.array([1.0]), traces=t), np.diag([0, 4.0, 0]))
    array([[2., 0., 2.]])
    """
    V = np.asarray(covariance, dtype=np.float64)
    K = impacts.effects.shape[0]
    if V.shape != (1 + 2 * K, 1 + 2 * K):
        raise ValuesError(
            "covariance",
            expected=f"shape {(1 + 2 * K, 1 + 2 * K)}, of (rho, beta, theta)",
            found=f"shape {V.shape}",
        )
    out = np.empty((K, 3))
    for k in range(K):
        at = [0, 1 + k, 1 + K + k]
        J = np.stack([impacts.gradient_rho[k], impacts.gradient_beta, impacts.gradient_theta])
        out[k] = np.einsum("pe,pq,qe->e", J, V[np.ix_(at, at)], J)
    return np.asarray(freeze(np.sqrt(np.clip(out, 0.0, None))))


def impact_draws(
    rho: Any, beta: Any, *, theta: Any = None, W: Any, logdet: LogDeterminant | None = None
) -> ImpactDraws:
    """Compute impacts for many draws of the parameters.

    Parameters
    ----------
    rho : ndarray of shape (R,)
    beta : ndarray of shape (R, K)
    theta : ndarray of shape (R, K), optional
        Default all 0.
    W : sparse array or ndarray of shape (n, n)
        Any weights.
    logdet : LogDeterminant, optional
        Of W, where it has been prepared already: tr G = −d log|I − ρW|/dρ.

    Returns
    -------
    ImpactDraws
        Draws outside the admissible interval are masked, for the caller to reject.

    Examples
    --------
    >>> W = [[0.0, 1.0], [1.0, 0.0]]
    >>> d = impact_draws(np.array([0.5, 1.5]), np.ones((2, 1)), W=W)
    >>> d.admissible
    array([ True, False])
    """
    weights = as_weights(W)
    n = weights.shape[0]
    logdet = logdet or log_determinant(weights)
    r = as_vector(rho, argument="rho")
    b = np.asarray(beta, dtype=np.float64)
    th = np.zeros_like(b) if theta is None else np.asarray(theta, dtype=np.float64)
    if b.ndim != 2 or b.shape[0] != r.size or th.shape != b.shape:
        raise ValuesError(
            "beta",
            expected=f"{r.size} draws of K coefficients, theta of the same shape",
            found=f"shapes {b.shape} and {th.shape}",
        )
    admissible = np.asarray(logdet.admits(r))
    effects = np.full((r.size, b.shape[1], 3), np.nan)
    inside = r[admissible]
    if inside.size:
        tr_g = -np.asarray(logdet.derivative(inside))
        sum_m, sum_mw = lag_sums_at(weights, inside, logdet=logdet)
        b, th = b[admissible], th[admissible]
        direct = ((n + inside * tr_g)[:, None] * b + tr_g[:, None] * th) / n
        total = (sum_m[:, None] * b + sum_mw[:, None] * th) / n
        effects[admissible] = _three(direct, total)
    return ImpactDraws(freeze(effects), freeze(admissible))


def lag_sums_at(
    W: CsrArray, rho: FloatArray, *, logdet: LogDeterminant
) -> tuple[FloatArray, FloatArray]:
    """Return 1′M1 and 1′MW1 at each admissible ρ, two arrays of shape (m,).

    By the closed form where all rows of W have one sum; else interpolated in
    artanh of the rescaled ρ between the smallest and the largest ρ asked for,
    from solves at Chebyshev nodes, doubled until the error is below 1e-11.
    """
    n, c = W.shape[0], constant_row_sum(W)
    if c is not None:
        m = n / (1.0 - rho * c)
        return m, c * m
    if rho.size <= SUM_NODES[0] or np.ptp(rho) == 0.0:
        both = np.array([forward_sums(W, float(x)) for x in rho])
        return both[:, 0], both[:, 1]
    low, high = logdet.spectrum.rho_low, logdet.spectrum.rho_high
    s = np.arctanh((2.0 * rho - low - high) / (high - low))
    u = (2.0 * s - s.min() - s.max()) / np.ptp(s)
    # Poles of the sums lie at the ends of the interval; multiplied out, they leave a smooth rest.
    flat = (high - rho) * (rho - low)
    coefficients = _sum_coefficients(W, low, high, float(s.min()), float(s.max()))
    values = chebyshev.chebval(u, coefficients) / flat
    return values[0], values[1]


def _sum_coefficients(
    W: CsrArray, low: float, high: float, s_low: float, s_high: float
) -> FloatArray:
    """Chebyshev coefficients, shape (m, 2), of both sums times (high − ρ)(ρ − low)."""
    coefficients = np.empty((0, 2))
    for size in SUM_NODES:
        u = np.cos(np.pi * (np.arange(size) + 0.5) / size)
        s = 0.5 * (s_low + s_high) + 0.5 * (s_high - s_low) * u
        nodes = 0.5 * (low + high) + 0.5 * (high - low) * np.tanh(s)
        sums = np.array([forward_sums(W, float(x)) for x in nodes])
        values = sums * ((high - nodes) * (nodes - low))[:, None]
        cosines = np.cos(np.outer(np.arange(size), np.pi * (np.arange(size) + 0.5) / size))
        coefficients = 2.0 / size * cosines @ values
        coefficients[0] *= 0.5
        tail = np.abs(coefficients[-4:]).sum(axis=0)
        if (tail <= SUM_TOLERANCE * np.abs(values).max(axis=0)).all():
            break
    return coefficients


def _three(direct: FloatArray, total: FloatArray) -> FloatArray:
    """Stack direct, indirect = total − direct, and total along a last axis."""
    return np.stack([direct, total - direct, total], axis=-1)
