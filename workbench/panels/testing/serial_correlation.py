"""Are disturbances of a region correlated over time."""

from __future__ import annotations

import numpy as np

from workbench.core.statistics import Answer, NotApplicable, Statistic, chi2_test, f_test, normal_p
from workbench.numerics.panels.component_fit import fit_effects
from workbench.numerics.panels.component_tests import breusch_godfrey, locally_robust, serial_score
from workbench.panels.effects import Cells
from workbench.panels.linear.transformed import Problem
from workbench.regression.design import Design
from workbench.typing import FloatArray

GODFREY, DIFFERENCES = "Breusch-Godfrey", "Wooldridge first differences"
SERIAL, EFFECTS = "Bera-Sosa-Yoon serial correlation", "Bera-Sosa-Yoon random effects"
JOINT, BESIDE = "Baltagi-Li joint", "Baltagi-Li serial correlation"
NOT_SERIAL = "disturbances of a region are not correlated over time"
MANY = "many periods: demeaning alone correlates residuals by -1/(T - 1)"


def first_differences(resids: FloatArray, cells: Cells, effects: str) -> Answer:
    """Return Wooldridge's test of the disturbances in levels by residuals of differences.

    Independent disturbances have changes that correlate by −½ from one period to the next. The
    residuals are regressed on their predecessors, with a constant, and the slope is compared with
    −½ by a Wald test that clusters by region.

    Parameters
    ----------
    resids : ndarray, shape (n,)
        Of a regression in first differences.
    cells : Cells
        Of the changes.
    effects : str
        Of the model; only ``"first-difference"`` has these residuals.

    References
    ----------
    Wooldridge, J. (2010). Econometric Analysis of Cross Section and Panel Data, section 10.6.3.
    """
    if effects != "first-difference":
        return NotApplicable(DIFFERENCES, NOT_SERIAL, 'it is made for effects="first-difference"')
    later = np.flatnonzero(
        (np.diff(cells.region, prepend=-1) == 0) & (np.diff(cells.period, prepend=-2) == 1)
    )
    if len(np.unique(cells.region[later])) < 3:
        return NotApplicable(DIFFERENCES, NOT_SERIAL, "it needs three regions and three periods")
    X = np.column_stack([np.ones(len(later)), resids[later - 1]])
    y = resids[later]
    bread = np.linalg.inv(X.T @ X)
    slopes = bread @ (X.T @ y)
    scores = X * (y - X @ slopes)[:, None]
    codes = np.unique(cells.region[later], return_inverse=True)[1]
    sums = np.stack([np.bincount(codes, weights=column) for column in scores.T], axis=1)
    variance = (bread @ sums.T @ sums @ bread)[1, 1]
    statistic = float((slopes[1] + 0.5) ** 2 / variance)
    return f_test(DIFFERENCES, statistic, (1, len(y) - 2), null=NOT_SERIAL)


def godfrey(problem: Problem | None, order: int = 1) -> Answer:
    """Return the Breusch-Godfrey test of the transformed regression, lags within regions.

    plm's ``pbgtest`` takes the last residual of a region for the predecessor of the first one of
    the next, so that its value depends on the order of regions.

    Parameters
    ----------
    problem : Problem or None
        Transformed data; None where the estimator has no such regression.
    order : int
        Number of lags.
    """
    if problem is None:
        return NotApplicable(GODFREY, NOT_SERIAL, "the estimator has no regression in rows")
    if int(problem.period.max()) < order + 1:
        return NotApplicable(GODFREY, NOT_SERIAL, "there are too few periods")
    value = breusch_godfrey(
        problem.design.y, problem.design.X, problem.region, problem.period, order=order
    )
    caution = MANY if problem.factors or problem.components is not None else ""
    return chi2_test(GODFREY, value, order, null=NOT_SERIAL, assumptions=caution)


def serial_beside_effects(design: Design, cells: Cells) -> Answer:
    """Return the LM test of serial correlation that estimates random effects of regions.

    Two-sided, against a first-order autoregression or moving average, which it cannot tell apart;
    at the maximum of the likelihood with random effects (Baltagi and Li 1995, test 5a).

    Parameters
    ----------
    design : Design
        In levels, rows sorted by region, then period.
    cells : Cells
        Of a balanced panel of three periods or more.
    """
    if not cells.balanced or cells.T < 3 or cells.N < 2:
        reason = "it needs a balanced panel of two regions and three periods"
        return NotApplicable(BESIDE, NOT_SERIAL, reason)
    u, at = fit_effects(design.y, design.X, N=cells.N, serial=False)
    value = serial_score(u, (cells.N, cells.T), own=at.sigma2, region=at.mu)
    told = "" if at.mu > 0.0 else "effects were estimated to have no variance"
    return chi2_test(BESIDE, value, 1, null=NOT_SERIAL, assumptions=told)


def locally_robust_tests(pooled: FloatArray, cells: Cells) -> dict[str, Answer]:
    """Return the tests of Bera, Sosa-Escudero and Yoon, and the joint one of Baltagi and Li.

    Serial correlation whatever random effects are near, random effects whatever serial correlation
    is near (one-sided), and both at once, by residuals of pooled least squares.

    Parameters
    ----------
    pooled : ndarray, shape (N T,)
    cells : Cells
        Of a balanced panel of three periods or more.
    """
    joint = "neither random effects nor serial correlation"
    nulls = {SERIAL: NOT_SERIAL, EFFECTS: "regions have no effects of their own", JOINT: joint}
    if not cells.balanced or cells.T < 3:
        reason = "it needs a balanced panel of three periods"
        return {name: NotApplicable(name, null, reason) for name, null in nulls.items()}
    found = locally_robust(pooled, (cells.N, cells.T))
    z = found.effects
    return {
        SERIAL: chi2_test(SERIAL, found.serial, 1, null=nulls[SERIAL]),
        EFFECTS: Statistic(
            EFFECTS, z, nulls[EFFECTS], normal_p(z, "greater"), alternative="greater", z=z
        ),
        JOINT: chi2_test(JOINT, found.joint, 2, null=joint),
    }
