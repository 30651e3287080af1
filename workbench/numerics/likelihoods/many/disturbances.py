"""Spatial-error models by the thousand, on shared coordinates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.numerics.likelihoods.many.along import Course
from workbench.numerics.likelihoods.many.climbing import climb
from workbench.numerics.likelihoods.many.ground import Outcomes, Regressors
from workbench.numerics.likelihoods.many.jobs import (
    EXACT,
    Bases,
    Jobs,
    Many,
    across,
    bases_of,
    concentrated,
    designs,
    dot,
    empty,
    put,
    residual,
    times,
)
from workbench.numerics.likelihoods.many.lags import information_traces, spatial_variance
from workbench.numerics.threads import one_thread
from workbench.typing import FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class _ErrorProfiles:
    """SSE(λ) = c(λ) − b(λ)′A(λ)⁻¹b(λ): coefficients of 1, −λ and λ².

    Attributes
    ----------
    A, b, c : ndarray, shapes (d, 3, k, k), (m, 3, k) and (m, 3)
        A by design.
    of : ndarray of int, shape (m,)
        Design of each model.
    n : int
    """

    A: FloatArray
    b: FloatArray
    c: FloatArray
    of: IntArray
    n: int

    @property
    def size(self) -> int:
        return len(self.c)

    def values(self, x: FloatArray, which: IntArray, order: int) -> FloatArray:
        if order == 1 and x.shape[1] > 1 and (x == x[:1]).all():
            return self._scores(x[0], which)
        # one ρ at a time: the matrices of all models at all points would fill the memory
        columns = [self._at(x[:, g], which, order) for g in range(x.shape[1])]
        return np.stack(columns, axis=1)

    def _scores(self, x: FloatArray, which: IntArray) -> FloatArray:
        """Return first derivatives at the same points for all: A is that of few designs."""
        out = np.empty((which.size, x.size))
        g = x[:, None, None]
        for design in np.unique(self.of[which]):
            at = np.flatnonzero(self.of[which] == design)
            A, b, c = self.A[design], self.b[which[at]].transpose(1, 2, 0), self.c[which[at]].T
            b0, b1 = b[0] - g * b[1] + g**2 * b[2], 2.0 * g * b[2] - b[1]
            beta = np.linalg.solve(A[0] - g * A[1] + g**2 * A[2], b0)
            turned = (2.0 * g * A[2] - A[1]) @ beta
            p = x[:, None]
            sse = c[0] - p * c[1] + p**2 * c[2] - (beta * b0).sum(axis=1)
            first = 2.0 * p * c[2] - c[1] + (beta * (turned - 2.0 * b1)).sum(axis=1)
            out[at] = concentrated(sse, first, sse, n=self.n, order=1).T
        return out

    def _at(self, x: FloatArray, which: IntArray, order: int) -> FloatArray:
        A, b, c = self.A[self.of[which]], self.b[which], self.c[which]
        m, one = x[:, None], x[:, None, None]
        A0 = A[:, 0] - one * A[:, 1] + one**2 * A[:, 2]
        b0 = b[:, 0] - m * b[:, 1] + m**2 * b[:, 2]
        beta = np.asarray(np.linalg.solve(A0, b0[..., None])[..., 0], dtype=np.float64)
        sse = c[:, 0] - x * c[:, 1] + x**2 * c[:, 2] - dot(beta, b0)
        if order == 0:
            return concentrated(sse, sse, sse, n=self.n, order=0)
        A1, b1 = 2.0 * one * A[:, 2] - A[:, 1], 2.0 * m * b[:, 2] - b[:, 1]
        turned = times(A1, beta)
        first = 2.0 * x * c[:, 2] - c[:, 1] - 2.0 * dot(beta, b1) + dot(beta, turned)
        if order == 1:
            return concentrated(sse, first, sse, n=self.n, order=1)
        gap = b1 - turned
        # dβ/dλ
        turn = np.asarray(np.linalg.solve(A0, gap[..., None])[..., 0], dtype=np.float64)
        second = 2.0 * c[:, 2] - 4.0 * dot(beta, b[:, 2])
        second = second + 2.0 * dot(beta, times(A[:, 2], beta)) - 2.0 * dot(gap, turn)
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
    found = empty(jobs.design.size, known.own.shape[1])
    for at, positions in jobs.blocks():
        bases = designs(jobs, positions, known.own)
        which = np.searchsorted(positions, jobs.design[at])
        columns = bases.columns[which]
        lags = np.ascontiguousarray(known.lagged[:, bases.columns].transpose(1, 0, 2))
        y, lag = outcomes.own[jobs.outcome[at]], outcomes.lagged[jobs.outcome[at]]
        profiles = _error_profiles(bases, lags, which, (y, lag), n=ground.n_eff)
        tops = climb(profiles, determinant)
        lam = np.where(tops.sound, tops.x, 0.0)
        stacked = known.own[:, columns] - lam[:, None] * known.lagged[:, columns]
        white = bases_of(columns, np.ascontiguousarray(stacked.transpose(1, 0, 2)))
        along, rest = residual(white.Q, y - lam[:, None] * lag)
        sse = dot(rest, rest)
        sigma2 = sse / ground.n_eff
        ranked = bases.ranked[which] & white.ranked
        found.sound[at] = tops.sound & ranked & (sse > EXACT * dot(y, y))
        found.optima[at] = tops.optima
        found.spatial[at], found.sigma2[at], found.loglik[at] = lam, sigma2, tops.value
        variance = np.full(at.size, np.nan)
        if course is not None:
            variance = spatial_variance(*information_traces(course, lam), ground.n_eff)
        cov = sigma2[:, None, None] * (white.inverse @ white.inverse.transpose(0, 2, 1))
        put(
            found,
            at,
            columns,
            beta=times(white.inverse, along),
            beta_cov=cov,
            variance=variance,
        )
    return found


def _error_profiles(
    bases: Bases,
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
    on, e0 = residual(basis, y)
    q = basis.shape[1]
    eL = lag.copy()
    eL[:, :q] -= times(turned, on)
    b = np.stack(
        [
            across(basis, e0[:, :q]),
            across(basis, eL[:, :q]) + across(turned, e0[:, :q]),
            across(turned, eL[:, :q]),
        ],
        axis=1,
    )
    c = np.stack([dot(e0, e0), 2.0 * dot(e0, eL), dot(eL, eL)], axis=1)
    return _ErrorProfiles(A, b, c, which, n)
