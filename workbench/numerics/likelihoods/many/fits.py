"""Least squares, spatial-lag and spatial-error models by the thousand, on shared coordinates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.numerics.likelihoods.many.along import Course, Spreads
from workbench.numerics.likelihoods.many.climbing import climb
from workbench.numerics.likelihoods.many.ground import Outcomes, Regressors
from workbench.numerics.threads import one_thread
from workbench.typing import BoolArray, FloatArray, IntArray

BLOCK = 512
"""Models a block: their small matrices stay in the processor's memory."""

RANK = 1e-8
"""Share of a regressor's length that must remain beside the others; the plain estimator refuses
below 1e-9, and decides in between."""

EXACT = 1e-20
"""Share of an outcome's sum of squares below which the plain estimator is asked about rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Jobs:
    """Which regressors each model has, and which outcome.

    Attributes
    ----------
    columns : tuple of ndarray of int
        Positions of the regressors of each design.
    design, outcome : ndarray of int, shape (m,)
        Design and outcome of each model.
    """

    columns: tuple[IntArray, ...]
    design: IntArray
    outcome: IntArray

    def blocks(self) -> Iterator[tuple[IntArray, IntArray]]:
        """Yield models of designs of equal size, and the positions of these designs."""
        sizes = np.array([len(columns) for columns in self.columns])
        for size in np.unique(sizes[self.design]):
            whole = np.flatnonzero(sizes[self.design] == size)
            for start in range(0, whole.size, BLOCK):
                yield whole[start : start + BLOCK], np.flatnonzero(sizes == size)


@dataclass(frozen=True, slots=True, eq=False)
class Many:
    """Estimates of m models over the p regressors that any of them has.

    Attributes
    ----------
    beta : ndarray of shape (m, p)
        0 where a model does without.
    spatial : ndarray of shape (m,)
        ρ of lag models, λ of error models, 0 without.
    sigma2, loglik : ndarray of shape (m,)
        SSE/n_eff of likelihoods, SSE/(degrees of freedom) of least squares; with all constants.
    covariance : ndarray of shape (m, p + 1, p + 1)
        Of (β, spatial), from the inverse of the expected information; zeros for what is not there.
    optima : ndarray of int, shape (m,)
        Local maxima found.
    sound : ndarray of bool, shape (m,)
        Where false, numbers are not to be used: the plain estimator says why, or knows better.
    """

    beta: FloatArray
    spatial: FloatArray
    sigma2: FloatArray
    loglik: FloatArray
    covariance: FloatArray
    optima: IntArray
    sound: BoolArray


def _empty(m: int, p: int) -> Many:
    return Many(
        np.zeros((m, p)),
        np.zeros(m),
        np.full(m, np.nan),
        np.full(m, np.nan),
        np.zeros((m, p + 1, p + 1)),
        np.ones(m, dtype=np.int64),
        np.zeros(m, dtype=bool),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Bases:
    """Orthonormal bases of designs of one size k.

    Attributes
    ----------
    columns : ndarray of int, shape (d, k)
    Q : ndarray of shape (d, q, k)
    inverse : ndarray of shape (d, k, k)
        Of R.
    ranked : ndarray of bool, shape (d,)
    """

    columns: IntArray
    Q: FloatArray
    inverse: FloatArray
    ranked: BoolArray


def _bases(columns: IntArray, stacked: FloatArray) -> _Bases:
    """Return the bases of matrices of shape (d, q, k)."""
    length = np.linalg.norm(stacked, axis=1)
    scaled = stacked / np.where(length > 0.0, length, 1.0)[:, None, :]
    Q, R = np.linalg.qr(scaled)
    diagonal = np.abs(np.diagonal(R, axis1=1, axis2=2))
    ranked = (diagonal > RANK).all(axis=1) & (length > 0.0).all(axis=1)
    safe = np.where(ranked[:, None, None], R, np.eye(R.shape[1]))
    inverse = np.linalg.inv(safe) / np.where(length > 0.0, length, 1.0)[:, :, None]
    return _Bases(columns, Q, inverse, np.asarray(ranked))


def _designs(jobs: Jobs, positions: IntArray, own: FloatArray) -> _Bases:
    columns = np.array([jobs.columns[i] for i in positions], dtype=np.int64)
    return _bases(columns, np.ascontiguousarray(own[:, columns].transpose(1, 0, 2)))


def _times(A: FloatArray, v: FloatArray) -> FloatArray:
    """Return A v of each model."""
    return np.asarray((A @ v[..., None])[..., 0])


def _across(A: FloatArray, v: FloatArray) -> FloatArray:
    """Return A′v of each model."""
    return np.asarray((v[..., None, :] @ A)[..., 0, :])


def _dot(a: FloatArray, b: FloatArray) -> FloatArray:
    return np.asarray((a * b).sum(axis=-1))


def _residual(basis: FloatArray, v: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return what v, (m, q + 2), has along a basis, (m, q, k), and what it leaves."""
    q = basis.shape[1]
    along = _across(basis, v[:, :q])
    rest = v.copy()
    rest[:, :q] -= _times(basis, along)
    return along, rest


def _put(
    found: Many,
    at: IntArray,
    columns: IntArray,
    *,
    beta: FloatArray,
    beta_cov: FloatArray,
    cross: FloatArray | None = None,
    variance: FloatArray | None = None,
) -> None:
    """Write coefficients and covariances of a block of models to their places."""
    rows = at[:, None]
    found.beta[rows, columns] = beta
    found.covariance[at[:, None, None], columns[:, :, None], columns[:, None, :]] = beta_cov
    if cross is not None:
        found.covariance[rows, columns, -1] = found.covariance[rows, -1, columns] = cross
    if variance is not None:
        found.covariance[at, -1, -1] = variance


def _gaussian(sse: FloatArray, n: int) -> FloatArray:
    return np.asarray(-0.5 * n * (np.log(2.0 * np.pi) + np.log(sse / n) + 1.0))


@one_thread
def least_squares_of(
    known: Regressors, outcomes: Outcomes, jobs: Jobs, *, absorbed: int = 0
) -> Many:
    """Estimate y = Xβ + ε by least squares, classical covariance.

    Parameters
    ----------
    known : Regressors
    outcomes : Outcomes
    jobs : Jobs
    absorbed : int
        Degrees of freedom that effects use.

    Returns
    -------
    Many
        ``spatial`` is 0; ``sigma2`` is SSE / (n − k − absorbed).
    """
    n = known.columns.shape[0]
    found = _empty(jobs.design.size, known.own.shape[1])
    for at, positions in jobs.blocks():
        bases = _designs(jobs, positions, known.own)
        which = np.searchsorted(positions, jobs.design[at])
        y = outcomes.own[jobs.outcome[at]]
        along, rest = _residual(bases.Q[which], y)
        inverse = bases.inverse[which]
        sse = _dot(rest, rest)
        sigma2 = sse / (n - along.shape[1] - absorbed)
        found.sound[at] = bases.ranked[which] & (sse > EXACT * _dot(y, y))
        found.sigma2[at] = sigma2
        found.loglik[at] = _gaussian(np.maximum(sse, 1e-300), n)
        cov = sigma2[:, None, None] * (inverse @ inverse.transpose(0, 2, 1))
        _put(found, at, bases.columns[which], beta=_times(inverse, along), beta_cov=cov)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _LagProfiles:
    """SSE(ρ) = a − 2bρ + cρ², each of shape (m,)."""

    a: FloatArray
    b: FloatArray
    c: FloatArray
    n: int

    @property
    def size(self) -> int:
        return self.a.size

    def values(self, x: FloatArray, which: IntArray, order: int) -> FloatArray:
        a, b, c = (part[which][:, None] for part in (self.a, self.b, self.c))
        sse = a - 2.0 * b * x + c * x**2
        return concentrated(sse, 2.0 * (c * x - b), 2.0 * c, n=self.n, order=order)


def concentrated(
    sse: FloatArray, first: FloatArray, second: FloatArray, *, n: int, order: int
) -> FloatArray:
    """Return a derivative of −n/2 (log 2π + log(SSE/n) + 1) from SSE and its derivatives."""
    if order == 0:
        return _gaussian(sse, n)
    if order == 1:
        return np.asarray(-0.5 * n * first / sse)
    return np.asarray(-0.5 * n * (second / sse - (first / sse) ** 2))


@one_thread
def lag_models_of(
    known: Regressors, outcomes: Outcomes, jobs: Jobs, *, spreads: Spreads, determinant: Any
) -> Many:
    """Estimate y = ρWy + Xβ + ε by maximum likelihood, with the exact information matrix.

    Parameters
    ----------
    known : Regressors
    outcomes : Outcomes
    jobs : Jobs
    spreads : Spreads
        Of the same regressors.
    determinant : PanelDeterminant
        ``known.ground.determinant()``.

    References
    ----------
    Anselin, L. (1988). Spatial Econometrics, 6.2.2 to 6.2.5. Lee, L.-F. and Yu, J. (2010).
    Journal of Econometrics 154, equation 13.
    """
    ground = known.ground
    found = _empty(jobs.design.size, known.own.shape[1])
    for at, positions in jobs.blocks():
        bases = _designs(jobs, positions, known.own)
        which = np.searchsorted(positions, jobs.design[at])
        basis, columns = bases.Q[which], bases.columns[which]
        y, lag = outcomes.own[jobs.outcome[at]], outcomes.lagged[jobs.outcome[at]]
        (y_on, e0), (l_on, eL) = _residual(basis, y), _residual(basis, lag)
        profiles = _LagProfiles(_dot(e0, e0), _dot(e0, eL), _dot(eL, eL), ground.n_eff)
        tops = climb(profiles, determinant)
        rho = np.where(tops.sound, tops.x, 0.0)
        beta = _times(bases.inverse[which], y_on - rho[:, None] * l_on)
        rest = e0 - rho[:, None] * eL
        sse = _dot(rest, rest)
        sigma2 = sse / ground.n_eff
        found.sound[at] = tops.sound & bases.ranked[which] & (sse > EXACT * _dot(y, y))
        found.optima[at] = tops.optima
        found.spatial[at], found.sigma2[at], found.loglik[at] = rho, sigma2, tops.value
        whole = np.zeros((at.size, known.own.shape[1]))
        whole[np.arange(at.size)[:, None], columns] = beta
        spread, outside = spreads.at(rho, whole)
        on = _across(basis, spread)
        left = spread - _times(basis, on)
        own, first = _traces(spreads.course, rho)
        own = own + (_dot(left, left) + outside) / sigma2
        variance = _variance(own, first, ground.n_eff)
        g = _times(bases.inverse[which], on)
        cov = sigma2[:, None, None] * (
            bases.inverse[which] @ bases.inverse[which].transpose(0, 2, 1)
        ) + variance[:, None, None] * (g[:, :, None] * g[:, None, :])
        cross = -g * variance[:, None]
        _put(found, at, columns, beta=beta, beta_cov=cov, cross=cross, variance=variance)
    return found


def _traces(course: Course, x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return tr G² + tr G′G and tr G over the periods that effects leave, at each x."""
    ground = course.ground
    found = course.traces(x)
    first, square, gram = found[:, 0], found[:, 1], found[:, 2]
    if ground.deflated:
        c = ground.row_sum or 0.0
        g = c / (1.0 - x * c)
        first, square, gram = first - g, square - g**2, gram - found[:, -1]
    return ground.periods * (square + gram), ground.periods * first


def _variance(own: FloatArray, first: FloatArray, n: int) -> FloatArray:
    """Return the variance of the spatial parameter: σ² is concentrated out, whatever its size."""
    determinant = own - 2.0 * first**2 / n
    return np.where(determinant > 0.0, 1.0 / np.where(determinant > 0.0, determinant, 1.0), np.nan)


@dataclass(frozen=True, slots=True, eq=False)
class _ErrorProfiles:
    """SSE(λ) = c(λ) − b(λ)′A(λ)⁻¹b(λ): coefficients of 1, −λ and λ².

    Attributes
    ----------
    A, b, c : ndarray, shapes (m, 3, k, k), (m, 3, k) and (m, 3)
    n : int
    """

    A: FloatArray
    b: FloatArray
    c: FloatArray
    n: int

    @property
    def size(self) -> int:
        return self.c.shape[0]

    def values(self, x: FloatArray, which: IntArray, order: int) -> FloatArray:
        # one ρ at a time: the matrices of all models at all points would fill the memory
        columns = [self._at(x[:, g], which, order) for g in range(x.shape[1])]
        return np.stack(columns, axis=1)

    def _at(self, x: FloatArray, which: IntArray, order: int) -> FloatArray:
        A, b, c = self.A[which], self.b[which], self.c[which]
        m, one = x[:, None], x[:, None, None]
        A0 = A[:, 0] - one * A[:, 1] + one**2 * A[:, 2]
        b0 = b[:, 0] - m * b[:, 1] + m**2 * b[:, 2]
        beta = np.linalg.solve(A0, b0[..., None])[..., 0]
        sse = c[:, 0] - x * c[:, 1] + x**2 * c[:, 2] - _dot(beta, b0)
        if order == 0:
            return concentrated(sse, sse, sse, n=self.n, order=0)
        A1, b1 = 2.0 * one * A[:, 2] - A[:, 1], 2.0 * m * b[:, 2] - b[:, 1]
        turned = _times(A1, beta)
        first = 2.0 * x * c[:, 2] - c[:, 1] - 2.0 * _dot(beta, b1) + _dot(beta, turned)
        if order == 1:
            return concentrated(sse, first, sse, n=self.n, order=1)
        gap = b1 - turned
        turn = np.linalg.solve(A0, gap[..., None])[..., 0]  # dβ/dλ
        second = 2.0 * c[:, 2] - 4.0 * _dot(beta, b[:, 2])
        second = second + 2.0 * _dot(beta, _times(A[:, 2], beta)) - 2.0 * _dot(gap, turn)
        return concentrated(sse, first, second, n=self.n, order=2)


@one_thread
def error_models_of(
    known: Regressors, outcomes: Outcomes, jobs: Jobs, *, course: Course | None, determinant: Any
) -> Many:
    """Estimate y = Xβ + u, u = λWu + ε by maximum likelihood.

    Parameters
    ----------
    known : Regressors
        Filtered.
    outcomes : Outcomes
    jobs : Jobs
    course : Course or None
        Of the same W; the variance of λ is NaN without.
    determinant : PanelDeterminant

    References
    ----------
    Anselin, L. (1988). Spatial Econometrics, 8.1.1.
    """
    ground = known.ground
    found = _empty(jobs.design.size, known.own.shape[1])
    for at, positions in jobs.blocks():
        bases = _designs(jobs, positions, known.own)
        which = np.searchsorted(positions, jobs.design[at])
        columns = bases.columns[which]
        lags = np.ascontiguousarray(known.lagged[:, bases.columns].transpose(1, 0, 2))
        y, lag = outcomes.own[jobs.outcome[at]], outcomes.lagged[jobs.outcome[at]]
        profiles = _error_profiles(bases, lags, which, (y, lag), n=ground.n_eff)
        tops = climb(profiles, determinant)
        lam = np.where(tops.sound, tops.x, 0.0)
        stacked = known.own[:, columns] - lam[:, None] * known.lagged[:, columns]
        white = _bases(columns, np.ascontiguousarray(stacked.transpose(1, 0, 2)))
        along, rest = _residual(white.Q, y - lam[:, None] * lag)
        sse = _dot(rest, rest)
        sigma2 = sse / ground.n_eff
        ranked = bases.ranked[which] & white.ranked
        found.sound[at] = tops.sound & ranked & (sse > EXACT * _dot(y, y))
        found.optima[at] = tops.optima
        found.spatial[at], found.sigma2[at], found.loglik[at] = lam, sigma2, tops.value
        variance = np.full(at.size, np.nan)
        if course is not None:
            variance = _variance(*_traces(course, lam), ground.n_eff)
        cov = sigma2[:, None, None] * (white.inverse @ white.inverse.transpose(0, 2, 1))
        _put(
            found,
            at,
            columns,
            beta=_times(white.inverse, along),
            beta_cov=cov,
            variance=variance,
        )
    return found


def _error_profiles(
    bases: _Bases,
    lags: FloatArray,
    which: IntArray,
    outcome: tuple[FloatArray, FloatArray],
    *,
    n: int,
) -> _ErrorProfiles:
    """Return profiles in an orthonormal basis of X and what it leaves of y, with their lags."""
    turned = lags @ bases.inverse  # lags of the basis
    cross = bases.Q.transpose(0, 2, 1) @ turned
    unit = np.broadcast_to(np.eye(cross.shape[1]), cross.shape)
    A = np.stack(
        [unit, cross + cross.transpose(0, 2, 1), turned.transpose(0, 2, 1) @ turned], axis=1
    )
    y, lag = outcome
    basis, turned = bases.Q[which], turned[which]
    on, e0 = _residual(basis, y)
    q = basis.shape[1]
    eL = lag.copy()
    eL[:, :q] -= _times(turned, on)
    b = np.stack(
        [
            _across(basis, e0[:, :q]),
            _across(basis, eL[:, :q]) + _across(turned, e0[:, :q]),
            _across(turned, eL[:, :q]),
        ],
        axis=1,
    )
    c = np.stack([_dot(e0, e0), 2.0 * _dot(e0, eL), _dot(eL, eL)], axis=1)
    return _ErrorProfiles(A[which], b, c, n)


def each_design(columns: Sequence[Sequence[int]]) -> Jobs:
    """Return jobs of one model a design, all of the first outcome."""
    m = len(columns)
    whole = tuple(np.asarray(c, dtype=np.int64) for c in columns)
    return Jobs(whole, np.arange(m), np.zeros(m, dtype=np.int64))
