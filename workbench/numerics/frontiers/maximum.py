"""The maximum of the likelihood of a composed error, in units in which no variable is large."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import linalg
from scipy.special import logit

from workbench.errors import ConvergenceError
from workbench.numerics.frontiers.composed import Composed, information, loglik
from workbench.numerics.threads import one_thread
from workbench.typing import FloatArray

STARTS = np.array([0.3, 0.7, 0.95])
"""Shares of inefficiency in the variance from which the search starts."""
NOTHING = 1e-6
"""Gain of the log-likelihood over least squares below which there is no inefficiency."""
EDGES = (-9.0, 15.0)
"""Logit of gamma between which the search stays."""
NO_NOISE = 11.0
"""Logit of gamma from which noise has vanished: sigma_v is below 0.4 % of sigma_u."""
STILL = 1e-8
"""Newton decrement, twice the log-likelihood still to gain, at which the search has ended."""


@dataclass(frozen=True, slots=True, eq=False)
class Maximum:
    """Estimates of a model with composed error.

    Attributes
    ----------
    model : Composed
    point : ndarray, shape (p,)
        Slopes, log variance, logit of gamma, mean, decay; gamma's logit is -inf where there is
        no inefficiency.
    covariance : ndarray, shape (p, p)
        Inverse of the observed information, of `point`.
    loglik, least_squares : float
        Log-likelihoods, with inefficiency and without.
    skewness : float
        m3 / m2^1.5 of the residuals of least squares.
    found : bool
        Whether there is inefficiency.
    """

    model: Composed
    point: FloatArray
    covariance: FloatArray
    loglik: float
    least_squares: float
    skewness: float
    found: bool


@one_thread
def maximise(model: Composed) -> Maximum:
    """Maximise the likelihood from several starts.

    Raises
    ------
    ConvergenceError
        If noise vanishes, or a ridge leads the parameters away.
    """
    from scipy.optimize import minimize  # heavy

    n, k = model.X.shape
    scaled, back = _standardised(model)
    beta, e = _least_squares(scaled)
    variance = float(e @ e) / n
    floor = -0.5 * n * (np.log(2.0 * np.pi * variance) + 1.0)
    skewness = float(np.mean((e - e.mean()) ** 3)) / float(e.var()) ** 1.5
    unit = float(np.log(back.unit)) * n

    def fall(p: FloatArray) -> tuple[float, FloatArray]:
        with np.errstate(all="ignore"):  # a step too far is taken back by the line search
            value, gradient = loglik(scaled, p)
        if not np.isfinite(value) or not np.isfinite(gradient).all():
            return 1e300, np.zeros_like(p)
        return -value, -gradient

    bounds: list[tuple[float | None, float | None]] = [(None, None)] * scaled.size
    bounds[k + 1] = EDGES
    runs = [
        minimize(fall, start, jac=True, method="L-BFGS-B", bounds=bounds)
        for start in _starts(scaled, beta, variance)
    ]
    best = min(runs, key=lambda run: float(run.fun))
    if -best.fun - floor < NOTHING or best.x[k + 1] <= EDGES[0]:
        return _none(model, back.slopes(beta), variance * back.unit**2, floor - unit, skewness)
    _require_noise(float(best.x[k + 1]))
    point, H = _polished(scaled, best.x)
    _require_maximum(scaled, point, H)
    J = back.jacobian(scaled)
    covariance = J @ np.linalg.inv(H) @ J.T
    value = loglik(scaled, point)[0] - unit
    moved = J @ point
    moved[k] += 2.0 * np.log(back.unit)
    return Maximum(model, moved, covariance, value, floor - unit, skewness, found=True)


@dataclass(frozen=True, slots=True, eq=False)
class _Back:
    """The way back from standardised variables."""

    unit: float
    of_x: FloatArray
    of_z: FloatArray | None

    def slopes(self, beta: FloatArray) -> FloatArray:
        return self.unit * (self.of_x @ beta)

    def jacobian(self, model: Composed) -> FloatArray:
        k, q, _ = model.parts
        J = np.eye(model.size)
        J[:k, :k] = self.unit * self.of_x
        if self.of_z is not None:
            J[k + 2 : k + 2 + q, k + 2 : k + 2 + q] = self.unit * self.of_z
        return J


def _standardised(model: Composed) -> tuple[Composed, _Back]:
    """Return the model with orthonormal regressors and residuals of about one."""
    n = len(model.y)
    Q, R = np.linalg.qr(model.X)
    e = model.y - Q @ (Q.T @ model.y)
    unit = float(np.sqrt(e @ e / n))
    if unit <= 1e-10 * float(np.abs(model.y).max()):
        raise ConvergenceError(
            "formula", expected="residuals of least squares", found="none: the fit is exact",
            why="neither noise nor inefficiency is left", remedy="take fewer terms",
        )  # fmt: skip
    root = np.sqrt(n)
    of_x = linalg.solve_triangular(R, np.eye(len(R))) * root
    Z, of_z = None, None
    if model.Z is not None:
        P, S = np.linalg.qr(model.Z)
        side = np.sqrt(len(model.Z))
        Z, of_z = P * side, linalg.solve_triangular(S, np.eye(len(S))) * side
    return replace(model, y=model.y / unit, X=Q * root, Z=Z), _Back(unit, of_x, of_z)


def _least_squares(model: Composed) -> tuple[FloatArray, FloatArray]:
    beta = model.X.T @ model.y / len(model.y)
    return beta, model.y - model.X @ beta


def _starts(model: Composed, beta: FloatArray, variance: float) -> list[FloatArray]:
    """Return least squares with the constant moved by the mean inefficiency, at several shares."""
    _, q, d = model.parts
    shift = model.X.T @ np.ones(len(model.y)) / len(model.y)  # the constant, in these regressors
    starts = []
    centres: list[FloatArray] = [np.zeros(q)]
    if q and model.Z is not None:
        ones = model.Z.T @ np.ones(len(model.Z)) / len(model.Z)
        centres += [-2.0 * ones, ones]
    for centre in centres:
        for share in STARTS:
            spread = 1.0 if model.exponential else 1.0 - 2.0 / np.pi
            total = variance / (1.0 - share + share * spread)
            average = np.sqrt(share * total) * (1.0 if model.exponential else np.sqrt(2.0 / np.pi))
            moved = beta + model.sign * average * shift
            tail = np.zeros(d)
            starts.append(np.concatenate([moved, [np.log(total), logit(share)], centre, tail]))
    return starts


def _polished(model: Composed, point: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Take Newton steps while they gain; return the point and the information there.

    Where the surface is no hill, steps go up along the absolute curvature, halved until they gain.
    """
    value, gradient = loglik(model, point)
    H = information(model, point)
    for _ in range(60):
        if not np.isfinite(H).all():
            break
        curvature, axes = np.linalg.eigh(H)
        steep = np.maximum(np.abs(curvature), 1e-9 * np.abs(curvature).max())
        step = axes @ ((axes.T @ gradient) / steep)
        if gradient @ step < 1e-14:
            break
        for _ in range(30):
            after, slope = loglik(model, point + step)
            if np.isfinite(after) and after > value - 1e-12 * abs(value):
                break
            step = step / 2.0
        else:
            break
        point, value, gradient = point + step, after, slope
        H = information(model, point)
    return point, H


def _require_noise(logit_of_gamma: float) -> None:
    if logit_of_gamma >= NO_NOISE:
        raise ConvergenceError(
            "formula",
            expected="noise beside inefficiency",
            found="a likelihood that is highest without noise",
            why="without noise it has no standard errors: the frontier touches observations",
            remedy="data_envelopment(...), or fewer terms",
        )


def _require_maximum(model: Composed, point: FloatArray, H: FloatArray) -> None:
    sound = bool(np.isfinite(H).all()) and float(np.linalg.eigvalsh(H)[0]) > 0.0
    gradient = loglik(model, point)[1]
    left = float(gradient @ np.linalg.solve(H, gradient)) if sound else np.inf
    if not sound or left > STILL:
        ridge = model.Z is not None
        raise ConvergenceError(
            "distribution" if ridge else "formula",
            expected="a likelihood with one highest point",
            found="a ridge that leads the parameters away" if ridge else "none that was reached",
            why="far from zero the mean before truncation and the variance cannot be told apart"
            if ridge
            else "",
            remedy='distribution="half-normal" or "exponential"' if ridge else "fewer terms",
        )


def _none(
    model: Composed, beta: FloatArray, variance: float, floor: float, skewness: float
) -> Maximum:
    """Return least squares as the maximum: no inefficiency (Waldman 1982)."""
    n, k = model.X.shape
    point = np.zeros(model.size)
    point[:k], point[k], point[k + 1] = beta, np.log(variance), -np.inf
    covariance = np.full((model.size, model.size), np.nan)
    covariance[:k, :k] = variance * np.linalg.inv(model.X.T @ model.X)
    covariance[k, k] = 2.0 / n
    return Maximum(model, point, covariance, floor, floor, skewness, found=False)
