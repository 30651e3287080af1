"""Profiles of the likelihood of a logit: intervals and tests of one coefficient."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import stats

from workbench.errors import ConvergenceError
from workbench.numerics.binary.logit import LogitFit, fit_logit
from workbench.typing import FloatArray

MOST_DOUBLINGS = 60
ROOT_TOLERANCE = 1e-10
"""Of an end of an interval, relative to its distance from the estimate."""


def profile_statistic(
    y: FloatArray, X: FloatArray, fit: LogitFit, *, column: int, value: float, penalised: bool
) -> float:
    """Return twice the fall of the objective where one coefficient is held at a value.

    Parameters
    ----------
    y, X : ndarray, shapes (n,) and (n, k)
    fit : LogitFit
        The maximum, of the same objective.
    column : int
        Which coefficient.
    value : float
        Where it is held; the others are estimated anew.
    penalised : bool
        Whether the objective has Firth's penalty, that of all k columns (Heinze and Schemper 2002,
        section 3).

    Returns
    -------
    float
        Chi-square with one degree of freedom where the coefficient is `value`.

    Examples
    --------
    >>> y, X = np.array([0.0, 0, 1, 0, 1, 1]), np.column_stack([np.ones(6), np.arange(6.0)])
    >>> fit = fit_logit(y, X, penalised=True)
    >>> round(profile_statistic(y, X, fit, column=1, value=0.0, penalised=True), 3)
    2.119
    """
    held = np.zeros(X.shape[1], dtype=bool)
    held[column] = True
    # The others move with the held one as the quadratic around the maximum has it.
    slope = fit.cov[:, column] / fit.cov[column, column]
    start = fit.beta + slope * (value - fit.beta[column])
    start[column] = value
    shift = float(np.abs(X @ (start - fit.beta)).max())
    if shift > 20.0:  # so far out every probability would be 0 or 1, and no step is defined
        start = np.where(held, value, fit.beta)
    found = fit_logit(y, X, penalised=penalised, held=held, start=start)
    return max(0.0, 2.0 * (fit.objective - found.objective))


def profile_interval(
    y: FloatArray,
    X: FloatArray,
    fit: LogitFit,
    *,
    column: int,
    level: float,
    penalised: bool,
) -> tuple[float, float]:
    """Return the values of a coefficient that its likelihood-ratio test does not reject.

    Parameters
    ----------
    y, X : ndarray, shapes (n,) and (n, k)
    fit : LogitFit
        The maximum.
    column : int
    level : float
        Confidence level.
    penalised : bool
        Whether the objective has Firth's penalty.

    Returns
    -------
    tuple of float
        Both ends, where twice the fall of the objective is the quantile of chi-square(1).
    """
    bound = float(stats.chi2.isf(1.0 - level, 1))
    spread = float(np.sqrt(fit.cov[column, column]))

    def excess(value: float) -> float:
        return profile_statistic(y, X, fit, column=column, value=value, penalised=penalised) - bound

    centre = float(fit.beta[column])
    low, high = (_end(excess, centre, sign * spread * np.sqrt(bound)) for sign in (-1.0, 1.0))
    return low, high


def _end(excess: Callable[[float], float], centre: float, step: float) -> float:
    """Return the root of a profile on one side of its centre, bracketed by doubling."""
    from scipy.optimize import brentq

    inner, outer = 0.0, step
    for _ in range(MOST_DOUBLINGS):
        if excess(centre + outer) > 0.0:
            root = brentq(
                lambda t: excess(centre + t), inner, outer, xtol=ROOT_TOLERANCE * abs(step)
            )
            return centre + float(root)
        inner, outer = outer, 1.5 * outer
    raise ConvergenceError(
        "conf_int",
        expected="a likelihood that falls by enough on both sides of the estimate",
        found="one that does not",
        why="the interval is open",
        remedy='conf_int(method="wald")',
    )
