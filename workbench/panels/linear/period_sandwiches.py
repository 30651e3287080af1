"""Covariances of panel estimates as sums over periods: Driscoll and Kraay, Beck and Katz."""

from __future__ import annotations

import numpy as np

from workbench.errors import PanelError
from workbench.numerics.regression.hac import newey_west_lag
from workbench.numerics.regression.sandwich import Influence, influence
from workbench.numerics.regression.space_time import period_covariance, repeated_covariance
from workbench.panels.few import few_of_a_panel
from workbench.panels.linear.transformed import Problem
from workbench.regression.panel_covariances import DriscollKraay, PanelCorrected
from workbench.regression.sandwiches import Sandwich, checked
from workbench.typing import FloatArray


def driscoll_kraay(option: DriscollKraay, problem: Problem, found: Influence) -> Sandwich:
    """Return the covariance of sums of influences a period.

    Parameters
    ----------
    option : DriscollKraay
    problem : Problem
        Transformed rows.
    found : Influence
        Of these rows.

    Raises
    ------
    PanelError
        If there are fewer than three periods, or no more than lags.
    """
    periods = np.unique(problem.period)
    T = int(periods.max()) + 1
    lags = newey_west_lag(T) if option.lags is None else int(option.lags)
    if len(periods) < 3 or lags >= T:
        raise PanelError(
            "covariance",
            expected="three periods or more, and more of them than lags",
            found=f"{len(periods)} periods and {lags} lags",
            why="scores sum to zero over all observations: no variance is left to estimate",
            remedy="DriscollKraay(lags=1)" if len(periods) > 2 else 'covariance="robust"',
        )
    cov = period_covariance(found.scores, problem.period, lags=lags)
    title = f"Driscoll-Kraay, {lags} lag{'s' * (lags != 1)}"
    few = few_of_a_panel("driscoll-kraay", len(np.unique(problem.region)), len(periods))
    cov = cov * _factor(problem, debiased=option.debiased)
    made = Sandwich(cov, float(problem.spare), title, few)
    return checked(made, problem.design, found, option)


def panel_corrected(
    option: PanelCorrected, problem: Problem, columns: FloatArray, resids: FloatArray
) -> Sandwich:
    """Return the covariance under one covariance of regions, or of periods, that repeats itself.

    Parameters
    ----------
    option : PanelCorrected
    problem : Problem
        Transformed rows, sorted by region, then period.
    columns : ndarray, shape (n, k)
        Regressors of these rows, projected on the instruments if there are endogenous ones.
    resids : ndarray, shape (n,)

    Raises
    ------
    PanelError
        If the panel has gaps, or one region or period.
    """
    N, T = len(np.unique(problem.region)), len(np.unique(problem.period))
    if len(columns) != N * T or min(N, T) < 2:
        raise PanelError(
            "covariance",
            expected="a balanced panel of two regions and two periods or more",
            found=f"{len(columns)} rows of {N} regions and {T} periods",
            why="a covariance that repeats itself is averaged over complete periods or regions",
            remedy='covariance="clustered"',
        )
    rows = influence(columns, np.ones(len(columns))).scores
    cov = repeated_covariance(
        rows.reshape(N, T, -1), resids.reshape(N, T), over_regions=option.between == "periods"
    )
    told = "regions of a period" if option.between == "regions" else "periods of a region"
    title = f"panel-corrected (correlated {told})"
    made = Sandwich(cov * _factor(problem, debiased=option.debiased), float(problem.spare), title)
    return checked(made, problem.design, influence(columns, resids), option)


def _factor(problem: Problem, *, debiased: bool) -> float:
    return problem.design.nobs / problem.spare if debiased else 1.0
