"""Maximum likelihood with a spatial lag and a spatial error: SAC, GNS, and weighted cases.

The model is ``y = ρWy + Zβ + u``, ``u = λMu + ε`` with ε_i independent normal of variance σ²/c_i.
β and σ² are concentrated out; what is left is a function of (ρ, λ) alone, which may have several
maxima: all are looked for, and all are reported.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import sparse

from workbench.errors import ConvergenceError
from workbench.numerics.error_traces import PairTraces, pair_traces
from workbench.numerics.logdet import LogDeterminant, log_determinant
from workbench.numerics.matrices import CsrArray, as_columns, as_vector, as_weights, freeze
from workbench.numerics.regression import LeastSquares, least_squares
from workbench.numerics.threads import one_thread
from workbench.numerics.traces import solve_lag
from workbench.typing import FloatArray

GRID = 25
"""Points a side on which the likelihood is scanned, denser towards the ends."""

ENDS = 0.995
"""Share of the admissible interval that the scan covers."""

STEP = 1e-20
"""A complex step this small makes a derivative exact to rounding."""

MAX_ITERATIONS = 100
TOLERANCE = 1e-12
"""Last Newton step, relative to the interval: quadratic convergence leaves rounding only."""


@dataclass(frozen=True, slots=True)
class LocalMaximum:
    """One maximum of the concentrated likelihood.

    Attributes
    ----------
    rho, lambda_ : float
    loglik : float
        With all constants.
    """

    rho: float
    lambda_: float
    loglik: float


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


@dataclass(frozen=True, slots=True)
class Profile:
    """The concentrated log-likelihood of (ρ, λ).

    Attributes
    ----------
    gram : tuple of ndarray, each of shape (2 + k, 2 + k)
        Cross-products of [e₀, e₁, Q] with themselves, with their lags by M, and of the lags: e₀
        and e₁ are what Q, an orthonormal basis of Z, leaves of y and Wy.
    n : int
    lag, error : LogDeterminant
    constant : float
        ½ Σ log c_i of the case weights.
    """

    gram: tuple[FloatArray, FloatArray, FloatArray]
    n: int
    lag: LogDeterminant
    error: LogDeterminant
    constant: float

    def value(self, rho: float, lam: float) -> float:
        """Return the log-likelihood, −∞ outside the admissible intervals."""
        if not (self.lag.admits(rho) and self.error.admits(lam)):
            return -np.inf
        sse = float(self._sse(rho, lam).real)
        # 1e-24 of the sum of squares is rounding: the model reproduces the data there
        if not sse > 1e-24 * float(self.gram[0][0, 0]):
            return -np.inf
        log = np.log(2.0 * np.pi) + 1.0 + np.log(sse / self.n)
        determinants = self.lag.value(rho) + self.error.value(lam)
        return float(-0.5 * self.n * log + determinants + self.constant)

    def values(self, rhos: FloatArray, lams: FloatArray) -> FloatArray:
        """Return the log-likelihood at all pairs, shape (r, s); SSE is quadratic in ρ."""
        own, cross, lags = self.gram
        at = lams[:, None, None]
        K = own - at * (cross + cross.T) + at * at * lags
        rest = K[:, :2, :2] - K[:, :2, 2:] @ np.linalg.solve(K[:, 2:, 2:], K[:, 2:, :2])
        start = np.column_stack([np.ones_like(rhos), -rhos])
        sse = np.einsum("ri,sij,rj->rs", start, rest, start)
        found = sse > 1e-24 * float(own[0, 0])  # as in `value`
        log = np.log(2.0 * np.pi) + 1.0 + np.log(np.where(found, sse, self.n) / self.n)
        determinants = np.add.outer(self.lag.value(rhos), self.error.value(lams)) + self.constant
        return np.where(found, determinants - 0.5 * self.n * log, -np.inf)

    def score(self, rho: float, lam: float) -> FloatArray:
        """Return the gradient, shape (2,)."""
        sse, first = self._derivatives(rho, lam)
        own = np.array([self.lag.derivative(rho), self.error.derivative(lam)])
        return np.asarray(-0.5 * self.n * first.real / sse.real + own)

    def curvature(self, rho: float, lam: float) -> FloatArray:
        """Return the Hessian, shape (2, 2): complex steps through the gradient of SSE."""
        sse, first = self._derivatives(rho, lam)
        along_rho = self._derivatives(rho + 1j * STEP, lam)[1].imag / STEP
        along_lam = self._derivatives(rho, lam + 1j * STEP)[1].imag / STEP
        second = np.stack([along_rho, along_lam])
        slope = first.real / sse.real
        own = np.diag([self.lag.second(rho), self.error.second(lam)])
        bend = 0.5 * (second + second.T) / sse.real - np.outer(slope, slope)
        return np.asarray(-0.5 * self.n * bend + own)

    def _sse(self, rho: Any, lam: Any) -> Any:
        return self._solved(rho, lam)[0]

    def _solved(self, rho: Any, lam: Any) -> tuple[Any, Any]:
        """Return SSE and the coefficients (1, −ρ, −c) at its minimum over c."""
        own, cross, lags = self.gram
        K = own - lam * (cross + cross.T) + lam * lam * lags
        start = np.array([1.0, -rho])
        c = np.linalg.solve(K[2:, 2:], K[2:, :2] @ start) if K.shape[0] > 2 else np.empty(0)
        v = np.concatenate([start, -c])
        return v @ K @ v, v

    def _derivatives(self, rho: Any, lam: Any) -> tuple[Any, Any]:
        """Return SSE and its gradient; the minimum over c does not move to first order."""
        own, cross, lags = self.gram
        sse, v = self._solved(rho, lam)
        K = own - lam * (cross + cross.T) + lam * lam * lags
        along_lam = v @ (2.0 * lam * lags - cross - cross.T) @ v
        return sse, np.array([-2.0 * (K @ v)[1], along_lam])


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


def _scan(low: float, high: float) -> FloatArray:
    """Return points of an interval, dense where a determinant bends: even in artanh."""
    middle, half = 0.5 * (low + high), 0.5 * (high - low)
    reach = np.arctanh(ENDS)
    return np.asarray(middle + half * np.tanh(np.linspace(-reach, reach, GRID)))


def maxima_of(profile: Profile) -> tuple[LocalMaximum, ...]:
    """Climb from every point of a scan that no neighbour overtops; return the distinct tops."""
    rhos = _scan(profile.lag.spectrum.rho_low, profile.lag.spectrum.rho_high)
    lams = _scan(profile.error.spectrum.rho_low, profile.error.spectrum.rho_high)
    # Determinants are factored anew for each part of the interval: look around on sketches first
    rough = replace(profile, lag=profile.lag.rough(), error=profile.error.rough())
    values = rough.values(rhos, lams)
    walls = np.pad(values, 1, constant_values=-np.inf)
    around = [
        walls[1 + a : 1 + a + GRID, 1 + b : 1 + b + GRID]
        for a in (-1, 0, 1)
        for b in (-1, 0, 1)
        if (a, b) != (0, 0)
    ]
    tops = np.argwhere(values >= np.max(around, axis=0))
    near = [_climb(rough, float(rhos[i]), float(lams[j])) for i, j in tops]
    climbed = [_climb(profile, top.rho, top.lambda_) for top in near if top is not None]
    found = sorted((top for top in climbed if top is not None), key=lambda top: -top.loglik)
    distinct: list[LocalMaximum] = []
    for top in found:
        if all(abs(top.rho - o.rho) + abs(top.lambda_ - o.lambda_) > 1e-6 for o in distinct):
            distinct.append(top)
    if not distinct:
        raise ConvergenceError(
            "W",
            expected="a maximum of the likelihood inside the admissible intervals",
            found=f"none on a scan of {GRID} x {GRID} points",
            why="rho and lambda cannot be told apart, or one of them lies at its bound",
            remedy='estimate model="sar" or "sem", or give the error weights of its own',
        )
    return tuple(distinct)


def _climb(profile: Profile, rho: float, lam: float) -> LocalMaximum | None:
    """Climb by Newton steps, halved until they gain; None where the climb leaves the region."""
    at = np.array([rho, lam])
    value = profile.value(*at)
    width = np.array(
        [d.spectrum.rho_high - d.spectrum.rho_low for d in (profile.lag, profile.error)]
    )
    for _ in range(MAX_ITERATIONS):
        step = _direction(profile.score(*at), profile.curvature(*at), width)
        share, moved, gained = 1.0, at, value
        while share > 1e-12:
            moved = at + share * step
            gained = profile.value(*moved)
            if gained >= value - 1e-12 * abs(value):
                break
            share *= 0.5
        if np.max(np.abs(moved - at) / width) < TOLERANCE or share <= 1e-12:
            break
        at, value = moved, gained
    return _top(profile, at)


def _direction(score: FloatArray, curvature: FloatArray, width: FloatArray) -> FloatArray:
    """Return the Newton step, or an uphill one where the surface is not concave."""
    values, vectors = np.linalg.eigh(curvature)
    bent = np.minimum(-np.abs(values), -1e-12 * np.abs(values).max())
    step = -(vectors / bent) @ (vectors.T @ score)
    return np.asarray(step / max(1.0, 4.0 * float(np.max(np.abs(step) / width))))


def _top(profile: Profile, at: FloatArray) -> LocalMaximum | None:
    """Return the point if it is a maximum: no slope, and curved down in every direction."""
    curvature = profile.curvature(*at)
    if np.linalg.eigvalsh(curvature).max() >= 0.0:
        return None
    slack = profile.score(*at) @ np.linalg.solve(-curvature, profile.score(*at))
    if slack > 1e-9:
        return None
    return LocalMaximum(float(at[0]), float(at[1]), profile.value(*at))


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
    block, g = _inverse(info), on_z.beta
    covariance = np.empty((k + 3, k + 3))
    covariance[:k, :k] = s2 * fit.xtx_inverse + np.outer(g, g) * block[0, 0]
    covariance[:k, k:] = -np.outer(g, block[0])
    covariance[k:, :k] = covariance[:k, k:].T
    covariance[k:, k:] = block
    return covariance


def _inverse(info: FloatArray) -> FloatArray:
    """Invert the information of (ρ, λ, σ²), in units in which its diagonal is one."""
    scale = 1.0 / np.sqrt(np.diag(info))
    try:
        inverse = np.linalg.inv(info * np.outer(scale, scale))
    except np.linalg.LinAlgError:
        inverse = np.full_like(info, np.nan)
    if not (np.isfinite(inverse).all() and (np.diag(inverse) > 0).all()):
        raise ConvergenceError(
            "W",
            expected="a positive definite information matrix",
            found="a singular one",
            why="rho and lambda cannot be told apart from these weights",
            remedy='estimate model="sar" or "sem", or give the error weights of its own',
        )
    return np.asarray(inverse * np.outer(scale, scale))
