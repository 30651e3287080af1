"""Profiles of the likelihood of a logit: intervals and tests of one coefficient."""

from __future__ import annotations

import numpy as np
from scipy import stats

from workbench.errors import ConvergenceError
from workbench.numerics.binary.logit import LogitFit, fit_logit
from workbench.typing import FloatArray

LONGEST_WALK, MOST_WALKS = 3.0, 1000
"""Largest move of a linear predictor from one value of a held coefficient to the next."""
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
    found = _walked(y, X, fit, column=column, value=value, penalised=penalised)
    return max(0.0, 2.0 * (fit.objective - found.objective))


def _walked(
    y: FloatArray, X: FloatArray, at: LogitFit, *, column: int, value: float, penalised: bool
) -> LogitFit:
    """Return the maximum with a coefficient held at a value, by way of values in between.

    From each value the others start where the information there takes them; predictors move by at
    most :data:`LONGEST_WALK`, because where all probabilities are 0 or 1 no step is defined.
    """
    held = np.zeros(X.shape[1], dtype=bool)
    held[column] = True
    for _ in range(MOST_WALKS):
        # Exact for a quadratic: how the others move with the one that is held.
        slope = at.cov[:, column] / at.cov[column, column]
        gap = value - float(at.beta[column])
        shift = float(np.abs(X @ slope).max()) * abs(gap)
        last = shift <= LONGEST_WALK
        part = gap if last else gap * LONGEST_WALK / shift
        start = at.beta + slope * part
        start[column] = value if last else at.beta[column] + part
        at = fit_logit(y, X, penalised=penalised, held=held, start=start)
        if last:
            return at
    raise ConvergenceError(
        "formula",
        expected="a profile that can be followed to the value asked for",
        found=f"{value:g}, too far from the estimate",
        remedy='conf_int(method="wald")',
    )


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

    ends = [
        _end(y, X, fit, sign * spread * float(np.sqrt(bound)), column=column, bound=bound,
             penalised=penalised)
        for sign in (-1.0, 1.0)
    ]  # fmt: skip
    return ends[0], ends[1]


def _end(
    y: FloatArray,
    X: FloatArray,
    fit: LogitFit,
    step: float,
    *,
    column: int,
    bound: float,
    penalised: bool,
) -> float:
    """Return where a profile reaches its bound on one side, bracketed from the estimate on."""
    from scipy.optimize import brentq

    centre = float(fit.beta[column])

    def held_at(distance: float, start: LogitFit) -> LogitFit:
        return _walked(y, X, start, column=column, value=centre + distance, penalised=penalised)

    def excess(distance: float, start: LogitFit) -> float:
        return 2.0 * (fit.objective - held_at(distance, start).objective) - bound

    inner, near, far = fit, 0.0, step
    for _ in range(MOST_DOUBLINGS):
        found = held_at(far, inner)
        if 2.0 * (fit.objective - found.objective) > bound:
            tolerance = ROOT_TOLERANCE * abs(step)
            return centre + float(brentq(excess, near, far, args=(inner,), xtol=tolerance))
        inner, near, far = found, far, 1.5 * far
    raise ConvergenceError(
        "conf_int",
        expected="a likelihood that falls by enough on both sides of the estimate",
        found="one that does not",
        why="the interval is open",
        remedy='conf_int(method="wald")',
    )
