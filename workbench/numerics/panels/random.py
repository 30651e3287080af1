"""Maximum likelihood of static spatial panels with random effects of regions.

``y = ρ(I ⊗ W)y + Xβ + u``; u as in :mod:`workbench.numerics.panels.strata`. β and σ² are
concentrated out; the rest is a function of ρ, λ and c = Tφ, of which all maxima are looked for.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from workbench.errors import ConvergenceError, ValuesError
from workbench.numerics.likelihoods.maxima import slopes_of
from workbench.numerics.panels.layers import one_layer
from workbench.numerics.panels.strata import Form, Spread, Strata, split, spread_of
from workbench.numerics.sparse.logdet import LogDeterminant, log_determinant
from workbench.numerics.sparse.matrices import CsrArray
from workbench.numerics.threads import one_thread
from workbench.typing import FloatArray

SHARES = np.tanh(np.linspace(-2.0, 2.0, 9))
"""Where ρ and λ are scanned, as shares of their admissible intervals."""

RATIOS = np.array([0.05, 0.3, 1.5, 8.0, 50.0, 300.0])
"""Where c = Tφ is scanned: between regions hardly any variance, or nearly all of it."""

SMALLEST, LARGEST = np.log(1e-7), np.log(1e12)
"""Of log c: beyond, the likelihood is flat to rounding and has its maximum at the end."""

MAX_ITERATIONS = 200
DIFFERENCE = 1e-6
"""Of the gradient, for the curvature that steers the climb; no standard error comes from it."""


@dataclass(frozen=True, slots=True, eq=False)
class RandomProblem:
    """A balanced static panel with random effects of regions.

    Attributes
    ----------
    y, X : ndarray, shapes (N T,) and (N T, k)
        Sorted by region, then period.
    T : int
        Number of periods, at least two.
    W, M : csr_array of shape (N, N) or None
        Weights of Wy and of the disturbance.
    own_effects : bool
        Whether effects of regions stay where they are (Baltagi, Song and Koh 2003) or spread as
        the disturbance does (Kapoor, Kelejian and Prucha 2007).
    """

    y: FloatArray
    X: FloatArray
    T: int
    W: CsrArray | None
    M: CsrArray | None
    own_effects: bool

    @property
    def N(self) -> int:
        """Number of regions."""
        return len(self.y) // self.T

    @property
    def spread(self) -> Spread:
        """Covariance of the means of regions."""
        return spread_of(self.M, self.N, own_effects=self.own_effects)


@dataclass(frozen=True, slots=True)
class RandomTop:
    """A maximum of the concentrated likelihood.

    Attributes
    ----------
    rho, lambda_, c : float
        c = Tφ, φ the variance of effects over that of disturbances.
    loglik : float
    """

    rho: float
    lambda_: float
    c: float
    loglik: float


@dataclass(frozen=True, slots=True, eq=False)
class RandomProfile:
    """The concentrated log-likelihood of (ρ, λ, log c).

    Attributes
    ----------
    strata : Strata
        Of [e₀, e₁, Q]: what Q, an orthonormal basis of X, leaves of y and Wy, and Q itself.
    n, T : int
    lag, error : LogDeterminant or None
    """

    strata: Strata
    n: int
    T: int
    lag: LogDeterminant | None
    error: LogDeterminant | None

    @property
    def free(self) -> list[int]:
        """Which of (ρ, λ, log c) the model has."""
        return [0] * (self.lag is not None) + [1] * (self.error is not None) + [2]

    def admits(self, at: FloatArray) -> bool:
        """Return whether a point is inside."""
        inside = all(
            d is None or bool(d.admits(x)) for d, x in zip((self.lag, self.error), at, strict=False)
        )
        return inside and SMALLEST <= at[2] <= LARGEST

    def evaluate(self, at: FloatArray) -> tuple[float, FloatArray]:
        """Return the log-likelihood and its gradient, shape (3,); −∞ outside."""
        if not self.admits(at):
            return -np.inf, np.zeros(3)
        return self.on(self.strata.form(float(at[1]), float(np.exp(at[2]))), at)

    def on(self, form: Form, at: FloatArray) -> tuple[float, FloatArray]:
        """Return both from the quadratic form at (λ, c), which does not depend on ρ."""
        rho, lam, c = float(at[0]), float(at[1]), float(np.exp(at[2]))
        v, sse = solved(form, rho)
        if not sse > 0.0:
            return -np.inf, np.zeros(3)
        value = -0.5 * self.n * (np.log(2.0 * np.pi * sse / self.n) + 1.0) - 0.5 * form.D
        per = self.n / sse
        slope = np.array(
            [
                per * float(form.K[1] @ v),
                -0.5 * per * float(v @ form.along_lambda @ v) - 0.5 * form.D_lambda,
                c * (-0.5 * per * float(v @ form.along_c @ v) - 0.5 * form.D_c),
            ]
        )
        for place, determinant, x in ((0, self.lag, rho), (1, self.error, lam)):
            if determinant is None:
                slope[place] = 0.0
            else:
                value += self.T * determinant.value(x)
                slope[place] += self.T * determinant.derivative(x)
        return float(value), slope


def solved(form: Form, rho: float) -> tuple[FloatArray, float]:
    """Return (1, −ρ, −b) with b at its best, and SSE there."""
    start = np.array([1.0, -rho])
    b = slopes_of(form.K, start)
    v = np.concatenate([start, -b])
    return v, float(v @ form.K @ v)


def orthonormal(X: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return Q and the inverse of what turns it into X: X = Q S⁻¹."""
    length = np.linalg.norm(X, axis=0)
    Q, R = np.linalg.qr(X / length)
    return Q, np.linalg.inv(R) / length[:, None]


@one_thread
def random_maxima(problem: RandomProblem) -> tuple[RandomTop, ...]:
    """Find every maximum of the likelihood, the highest first.

    Raises
    ------
    ConvergenceError
        If the likelihood is highest where effects of regions have no variance, or at an end of an
        admissible interval.
    ValuesError
        If X reproduces y exactly.

    References
    ----------
    Baltagi, B., Song, S. H. and Koh, W. (2003). Testing panel data regression models with spatial
    error correlation. Journal of Econometrics 117, 123–150. Kapoor, M., Kelejian, H. and Prucha, I.
    (2007). Panel data models with spatially correlated error components. Journal of Econometrics
    140, 97–130. Millo, G. and Piras, G. (2012). splm. Journal of Statistical Software 47(1).

    Examples
    --------
    >>> from workbench.numerics.sparse.matrices import as_weights
    >>> W = as_weights(np.diag(np.ones(19), 1) + np.diag(np.ones(19), -1))
    >>> rng = np.random.default_rng(0)
    >>> y = np.repeat(rng.normal(size=20), 5) + rng.normal(size=100)
    >>> problem = RandomProblem(y, np.ones((100, 1)), 5, W, None, own_effects=True)
    >>> len(random_maxima(problem))
    1
    """
    profile = _profile(problem)
    found = [_climb(profile, start) for start in _starts(profile)]
    tops = sorted((top for top in found if top is not None), key=lambda top: -top.loglik)
    distinct: list[RandomTop] = []
    for top in tops:
        if all(_apart(top, other) for other in distinct):
            distinct.append(top)
    pooled = profile.evaluate(_without_effects(distinct))[0]
    if not distinct or pooled > distinct[0].loglik:
        raise ConvergenceError(
            "effects",
            expected="random effects of regions with a variance above zero",
            found="a likelihood that is highest without them, or at an end of an interval",
            why="the means of regions vary no more than the disturbances explain",
            remedy='effects="none", or effects="entity"',
        )
    return tuple(distinct)


def _apart(a: RandomTop, b: RandomTop) -> bool:
    gap = abs(a.rho - b.rho) + abs(a.lambda_ - b.lambda_) + abs(np.log(a.c / b.c))
    return bool(gap > 1e-6)


def _without_effects(tops: list[RandomTop]) -> FloatArray:
    best = tops[0] if tops else RandomTop(0.0, 0.0, 1.0, -np.inf)
    return np.array([best.rho, best.lambda_, SMALLEST])


def _profile(problem: RandomProblem) -> RandomProfile:
    Q, _ = orthonormal(problem.X)
    lagged = np.zeros_like(problem.y)
    if problem.W is not None:
        lagged = one_layer(problem.W, problem.T).lag(problem.y[:, None])[:, 0]
    ends = np.column_stack([problem.y, lagged])
    ends = ends - Q @ (Q.T @ ends)
    if ends[:, 0] @ ends[:, 0] <= 1e-24 * float(problem.y @ problem.y):
        raise ValuesError(
            "y",
            expected="an outcome that the regressors do not reproduce exactly",
            found="residuals that are all zero",
            why="the likelihood has no maximum as the variance goes to zero",
        )
    columns = np.column_stack([ends, Q])
    strata = split(columns, problem.T, M=problem.M, spread=problem.spread)
    lag, error = (None if A is None else log_determinant(A) for A in (problem.W, problem.M))
    return RandomProfile(strata, len(problem.y), problem.T, lag, error)


def _scan(determinant: LogDeterminant | None) -> FloatArray:
    if determinant is None:
        return np.zeros(1)
    low, high = determinant.spectrum.rho_low, determinant.spectrum.rho_high
    return np.asarray(0.5 * (low + high) + 0.5 * (high - low) * SHARES)


def _starts(profile: RandomProfile) -> list[FloatArray]:
    """Return the points of a scan that no neighbour overtops."""
    rough = RandomProfile(
        profile.strata,
        profile.n,
        profile.T,
        profile.lag and profile.lag.rough(),
        profile.error and profile.error.rough(),
    )
    axes = (_scan(rough.lag), _scan(rough.error), np.log(RATIOS))
    values = np.empty([len(axis) for axis in axes])
    for (j, lam), (h, d) in itertools.product(enumerate(axes[1]), enumerate(axes[2])):
        form = profile.strata.form(float(lam), float(np.exp(d)))
        for i, rho in enumerate(axes[0]):
            values[i, j, h] = rough.on(form, np.array([rho, lam, d]))[0]
    walls = np.pad(values, 1, constant_values=-np.inf)
    a, b, c = values.shape
    around = [
        walls[1 + i : 1 + i + a, 1 + j : 1 + j + b, 1 + h : 1 + h + c]
        for i, j, h in itertools.product((-1, 0, 1), repeat=3)
        if (i, j, h) != (0, 0, 0)
    ]
    tops = np.argwhere(values >= np.max(around, axis=0))
    return [np.array([axes[p][place] for p, place in enumerate(top)]) for top in tops]


def _climb(profile: RandomProfile, at: FloatArray) -> RandomTop | None:
    """Climb by Newton steps, halved until they gain; None where the climb leaves the region."""
    value, slope = profile.evaluate(at)
    for _ in range(MAX_ITERATIONS):
        step = _direction(profile, at, slope)
        share, moved, (gained, steep) = 1.0, at, (value, slope)
        while share > 1e-10:
            moved = at + share * step
            gained, steep = profile.evaluate(moved)
            if gained >= value - 1e-12 * abs(value):
                break
            share *= 0.5
        if share <= 1e-10:
            break
        done = np.max(np.abs(moved - at)) < 1e-11
        at, value, slope = moved, gained, steep
        if done:
            break
    # The climb ends on a top or against a wall; next to the walls of log c all is flat.
    if not SMALLEST + 2.0 < at[2] < LARGEST - 2.0:
        return None
    curvature = _curvature(profile, at)
    if np.linalg.eigvalsh(curvature).max() >= 0.0:
        return None
    part = slope[profile.free]
    if part @ np.linalg.solve(-curvature, part) > 1e-9:
        return None
    return RandomTop(float(at[0]), float(at[1]), float(np.exp(at[2])), value)


def _direction(profile: RandomProfile, at: FloatArray, slope: FloatArray) -> FloatArray:
    values, vectors = np.linalg.eigh(_curvature(profile, at))
    bent = np.minimum(-np.abs(values), -1e-12 * max(float(np.abs(values).max()), 1e-300))
    step = -(vectors / bent) @ (vectors.T @ slope[profile.free])
    out = np.zeros(3)
    out[profile.free] = step
    reach = np.max(np.abs(out) / np.array([0.3, 0.3, 2.0]))
    return out * min(1.0, 1.0 / reach) if reach > 0 else out


def _curvature(profile: RandomProfile, at: FloatArray) -> FloatArray:
    """Return the Hessian in the free parameters from differences of the exact gradient."""
    rows = []
    for place in profile.free:
        h = np.zeros(3)
        h[place] = DIFFERENCE
        above, below = profile.evaluate(at + h), profile.evaluate(at - h)
        if not (np.isfinite(above[0]) and np.isfinite(below[0])):
            return -np.eye(len(profile.free))
        rows.append((above[1] - below[1])[profile.free] / (2.0 * DIFFERENCE))
    matrix = np.array(rows)
    return 0.5 * (matrix + matrix.T)
