"""Spatial-lag models by the thousand, on shared coordinates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.numerics.likelihoods.many.along import Course, Spreads
from workbench.numerics.likelihoods.many.climbing import climb
from workbench.numerics.likelihoods.many.ground import Outcomes, Regressors
from workbench.numerics.likelihoods.many.jobs import (
    EXACT,
    Jobs,
    Many,
    across,
    concentrated,
    designs,
    dot,
    empty,
    put,
    residual,
    times,
)
from workbench.numerics.threads import one_thread
from workbench.typing import FloatArray, IntArray


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
    found = empty(jobs.design.size, known.own.shape[1])
    for at, positions in jobs.blocks():
        bases = designs(jobs, positions, known.own)
        which = np.searchsorted(positions, jobs.design[at])
        basis, columns = bases.Q[which], bases.columns[which]
        y, lag = outcomes.own[jobs.outcome[at]], outcomes.lagged[jobs.outcome[at]]
        (y_on, e0), (l_on, eL) = residual(basis, y), residual(basis, lag)
        profiles = _LagProfiles(dot(e0, e0), dot(e0, eL), dot(eL, eL), ground.n_eff)
        tops = climb(profiles, determinant)
        rho = np.where(tops.sound, tops.x, 0.0)
        beta = times(bases.inverse[which], y_on - rho[:, None] * l_on)
        rest = e0 - rho[:, None] * eL
        sse = dot(rest, rest)
        sigma2 = sse / ground.n_eff
        found.sound[at] = tops.sound & bases.ranked[which] & (sse > EXACT * dot(y, y))
        found.optima[at] = tops.optima
        found.spatial[at], found.sigma2[at], found.loglik[at] = rho, sigma2, tops.value
        whole = np.zeros((at.size, known.own.shape[1]))
        whole[np.arange(at.size)[:, None], columns] = beta
        spread, outside = spreads.at(rho, whole)
        on = across(basis, spread)
        left = spread - times(basis, on)
        own, first = information_traces(spreads.course, rho)
        own = own + (dot(left, left) + outside) / sigma2
        variance = spatial_variance(own, first, ground.n_eff)
        g = times(bases.inverse[which], on)
        cov = sigma2[:, None, None] * (
            bases.inverse[which] @ bases.inverse[which].transpose(0, 2, 1)
        ) + variance[:, None, None] * (g[:, :, None] * g[:, None, :])
        cross = -g * variance[:, None]
        put(found, at, columns, beta=beta, beta_cov=cov, cross=cross, variance=variance)
    return found


def information_traces(course: Course, x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return tr G² + tr G′G and tr G over the periods that effects leave, at each x."""
    ground = course.ground
    found = course.traces(x)
    first, square, gram = found[:, 0], found[:, 1], found[:, 2]
    if ground.deflated:
        c = ground.row_sum or 0.0
        g = c / (1.0 - x * c)
        first, square, gram = first - g, square - g**2, gram - found[:, -1]
    return ground.periods * (square + gram), ground.periods * first


def spatial_variance(own: FloatArray, first: FloatArray, n: int) -> FloatArray:
    """Return the variance of the spatial parameter: σ² is concentrated out, whatever its size."""
    determinant = own - 2.0 * first**2 / n
    return np.where(determinant > 0.0, 1.0 / np.where(determinant > 0.0, determinant, 1.0), np.nan)
