"""Least squares by the thousand, on shared coordinates."""

from __future__ import annotations

import numpy as np

from workbench.numerics.likelihoods.many.ground import Outcomes, Regressors
from workbench.numerics.likelihoods.many.jobs import (
    EXACT,
    Jobs,
    Many,
    designs,
    dot,
    empty,
    gaussian,
    put,
    residual,
    times,
)
from workbench.numerics.threads import one_thread


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
    found = empty(jobs.design.size, known.own.shape[1])
    for at, positions in jobs.blocks():
        bases = designs(jobs, positions, known.own)
        which = np.searchsorted(positions, jobs.design[at])
        y = outcomes.own[jobs.outcome[at]]
        along, rest = residual(bases.Q[which], y)
        inverse = bases.inverse[which]
        sse = dot(rest, rest)
        sigma2 = sse / (n - along.shape[1] - absorbed)
        found.sound[at] = bases.ranked[which] & (sse > EXACT * dot(y, y))
        found.sigma2[at] = sigma2
        found.loglik[at] = gaussian(np.maximum(sse, 1e-300), n)
        cov = sigma2[:, None, None] * (inverse @ inverse.transpose(0, 2, 1))
        put(found, at, bases.columns[which], beta=times(inverse, along), beta_cov=cov)
    return found
