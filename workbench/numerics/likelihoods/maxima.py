"""The concentrated likelihood of a spatial lag and a spatial error, and all its maxima.

Of the outcome and the regressors it needs their cross-products alone, with those of their lags; β
and σ² are concentrated out. It is scanned over both admissible intervals and climbed from every
top of the scan.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np

from workbench.errors import ConvergenceError
from workbench.numerics.sparse.logdet import LogDeterminant
from workbench.typing import FloatArray

Gram: TypeAlias = tuple[FloatArray, FloatArray, FloatArray]
"""Cross-products of columns with themselves, with their lags by M, and of the lags."""

GRID = 193
"""Points a side on which the likelihood is scanned, denser towards the ends.

Where ρ and λ stand in for each other two tops lie on one narrow ridge aslant the grid. Of 4,000
small samples 25 points a side returned a lower top in 10 and left a top out in 153, 193 in none
and in one; a point costs no factorisation."""

NODES, NODES_OF_MANY, FEW = 128, 32, 5_000
"""Nodes of the sketch of a determinant that the scan looks at, up to so many regions and beyond.

A node takes a factorisation. With 32 lower tops at the far end of a wide interval can be lost."""

ENDS = 0.995
"""Share of the admissible interval that the scan covers."""

STEP = 1e-20
"""A complex step this small makes a derivative exact to rounding."""

MAX_ITERATIONS = 100
TOLERANCE = 1e-12
"""Last Newton step, relative to the interval: quadratic convergence leaves rounding only."""

FLAT = 1e-12
"""Of two directions, one that bends so little beside the other is flat: the rest is rounding."""


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
class Profile:
    """The concentrated log-likelihood of (ρ, λ).

    Attributes
    ----------
    gram : Gram, each of shape (2 + k, 2 + k)
        Cross-products of [e₀, e₁, Q] with themselves, with their lags by M, and of the lags: e₀
        and e₁ are what Q, an orthonormal basis of Z, leaves of y and Wy.
    n : int
    lag, error : LogDeterminant
    constant : float
        ½ Σ log c_i of the case weights.
    """

    gram: Gram
    n: int
    lag: LogDeterminant
    error: LogDeterminant
    constant: float

    def value(self, rho: float, lam: float) -> float:
        """Return the log-likelihood, −∞ outside the admissible intervals."""
        if not (self.lag.admits(rho) and self.error.admits(lam)):
            return -np.inf
        try:
            sse = float(self._sse(rho, lam).real)
        except np.linalg.LinAlgError:  # at an end of its interval λ filters a regressor away
            return -np.inf
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
        return solved(self.gram, rho, lam)[0]

    def _derivatives(self, rho: Any, lam: Any) -> tuple[Any, Any]:
        """Return SSE and its gradient; the minimum over c does not move to first order."""
        own, cross, lags = self.gram
        sse, v = solved(self.gram, rho, lam)
        K = own - lam * (cross + cross.T) + lam * lam * lags
        along_lam = v @ (2.0 * lam * lags - cross - cross.T) @ v
        return sse, np.array([-2.0 * (K @ v)[1], along_lam])


def solved(gram: Gram, rho: Any, lam: Any) -> tuple[Any, Any]:
    """Return SSE at (ρ, λ) and the coefficients (1, −ρ, −c) of it, c those of Q at its minimum."""
    own, cross, lags = gram
    K = own - lam * (cross + cross.T) + lam * lam * lags
    start = np.array([1.0, -rho])
    c = slopes_of(K, start) if K.shape[0] > 2 else np.empty(0)
    v = np.concatenate([start, -c])
    return v @ K @ v, v


def slopes_of(K: FloatArray, start: FloatArray) -> FloatArray:
    """Return the slopes at the minimum of a quadratic form in (1, −ρ, −c).

    Raises
    ------
    ConvergenceError
        If the filter of the disturbance has made regressors combinations of each other.
    """
    try:
        return np.asarray(np.linalg.solve(K[2:, 2:], K[2:, :2] @ start))
    except np.linalg.LinAlgError:
        raise ConvergenceError(
            "W",
            expected="regressors that stay apart once the disturbance is filtered",
            found="regressors that are combinations of each other at a value of lambda",
            why="where all regions have the same neighbours (I - lambda W) maps them onto each "
            "other",
            remedy='model="sar" or "slx", or weights of the disturbance of their own (W_error)',
        ) from None


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
    nodes = NODES if profile.n <= FEW else NODES_OF_MANY
    rough = replace(profile, lag=profile.lag.rough(nodes), error=profile.error.rough(nodes))
    values = rough.values(rhos, lams)
    walls = np.pad(values, 1, constant_values=-np.inf)
    around = [
        walls[1 + a : 1 + a + GRID, 1 + b : 1 + b + GRID]
        for a in (-1, 0, 1)
        for b in (-1, 0, 1)
        if (a, b) != (0, 0)
    ]
    tops = np.argwhere(values >= np.max(around, axis=0))
    near = _distinct(_climb(rough, float(rhos[i]), float(lams[j])) for i, j in tops)
    distinct = _distinct(_climb(profile, top.rho, top.lambda_) for top in near)
    if not distinct:
        raise ConvergenceError(
            "W",
            expected="a maximum of the likelihood inside the admissible intervals",
            found=f"none on a scan of {GRID} x {GRID} points",
            why="rho and lambda cannot be told apart, or one of them lies at its bound",
            remedy='estimate model="sar" or "sem", or give the error weights of its own',
        )
    return tuple(distinct)


def _distinct(climbed: Iterable[LocalMaximum | None]) -> list[LocalMaximum]:
    """Return each top that was reached once, the highest first."""
    found = sorted((top for top in climbed if top is not None), key=lambda top: -top.loglik)
    distinct: list[LocalMaximum] = []
    for top in found:
        if all(abs(top.rho - o.rho) + abs(top.lambda_ - o.lambda_) > 1e-6 for o in distinct):
            distinct.append(top)
    return distinct


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
    """Return the point if it is a maximum: no slope, and curved down in every direction.

    A ridge is none: where one direction bends less than rounding can tell from flat.
    """
    curvature = profile.curvature(*at)
    bends = np.linalg.eigvalsh(curvature)
    if not bends.max() < -FLAT * np.abs(bends).max():
        return None
    slack = profile.score(*at) @ np.linalg.solve(-curvature, profile.score(*at))
    if slack > 1e-9:
        return None
    return LocalMaximum(float(at[0]), float(at[1]), profile.value(*at))
