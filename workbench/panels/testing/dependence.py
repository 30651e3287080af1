"""Are residuals dependent between regions, between neighbours, or over time."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from scipy import sparse

from workbench.core.seeds import generator
from workbench.core.statistics import (
    Answer,
    NotApplicable,
    Statistic,
    chi2_test,
    f_test,
    normal_p,
)
from workbench.errors import WeightsError
from workbench.numerics.panels.common_factors import dependence_exponent, weighted_cd
from workbench.numerics.panels.layers import one_layer
from workbench.numerics.panels.scores import panel_lagrange_multipliers
from workbench.numerics.scores.lagrange import LagrangeMultipliers, lagrange_multipliers
from workbench.panels.effects import BY_TIME, Cells, without_effects
from workbench.panels.testing.lag_error_problem import problem_without_effects
from workbench.regression.design import Design
from workbench.typing import Effects, FloatArray, LagErrorConvention
from workbench.weights import Weights

PESARAN, WOOLDRIDGE = "Pesaran CD", "Wooldridge serial correlation"
WEIGHTED = "Juodis-Reese CDw+"
SPATIAL: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "LM lag": ("lag", "rho = 0"),
        "LM error": ("error", "lambda = 0"),
        "Robust LM lag": ("robust_lag", "rho = 0, whatever lambda is nearby"),
        "Robust LM error": ("robust_error", "lambda = 0, whatever rho is nearby"),
    }
)
"""Names of the tests against a spatial lag or error: field of the kernel's answer, and null."""

EQUAL_SUMS = 1e-9  # rows divided by their sum add up to 1 within rounding


def pesaran_cd(resids: FloatArray, cells: Cells, effects: Effects) -> Answer:
    """Return Pesaran's (2004) test of cross-section dependence.

    Parameters
    ----------
    resids : ndarray, shape (N T,)
        Residuals sorted by region, then period.
    cells : Cells
        Of a balanced panel.
    effects : {"none", "entity", "time", "two-way", "random"}
        Of the model. Effects of periods make residuals sum to zero in every period, which pushes
        the statistic towards −√(T/2) whatever the dependence: the test does not apply.

    Returns
    -------
    Statistic or NotApplicable
        √(2T / N(N − 1)) Σᵢ<ⱼ ρ̂ᵢⱼ, standard normal when regions are independent; ρ̂ᵢⱼ correlates
        the residuals of two regions over time.

    References
    ----------
    Pesaran, M. H. (2004). General diagnostic tests for cross section dependence in panels.
    Juodis, A. and Reese, S. (2022). The incidental parameters problem in testing for remaining
    cross-section correlation. Journal of Business and Economic Statistics 40, 1191–1203.
    """
    null = "residuals of different regions are uncorrelated"
    if effects in BY_TIME:
        reason = "effects of periods make residuals sum to zero in every period"
        return NotApplicable(PESARAN, null, reason)
    if not cells.balanced:
        return NotApplicable(PESARAN, null, "the panel is not balanced")
    e = resids.reshape(cells.N, cells.T)
    e = e - e.mean(axis=1, keepdims=True)
    length = np.linalg.norm(e, axis=1, keepdims=True)
    if cells.N < 2 or cells.T < 3 or (length == 0).any():
        return NotApplicable(PESARAN, null, "it needs two regions and three periods that vary")
    e = e / length
    pairs = (float(np.sum(e.sum(axis=0) ** 2)) - cells.N) / 2
    z = float(np.sqrt(2 * cells.T / (cells.N * (cells.N - 1))) * pairs)
    return Statistic(PESARAN, z, null, normal_p(z, "two-sided"), z=z, expected=0.0, variance=1.0)


def wooldridge(resids: FloatArray, cells: Cells, effects: Effects) -> Answer:
    """Return Wooldridge's test for serial correlation after fixed effects of regions.

    Independent disturbances leave demeaned residuals with the autocorrelation −1/(T − 1). The
    residuals are regressed on their predecessors (with a constant), and the slope is compared
    with that value by a Wald test that clusters by region.

    Parameters
    ----------
    resids : ndarray, shape (N T,)
        Residuals sorted by region, then period.
    cells : Cells
        Of a balanced panel of three periods or more.
    effects : {"none", "entity", "time", "two-way", "random"}
        Of the model; only ``"entity"`` has these residuals.

    Returns
    -------
    Statistic or NotApplicable
        F with 1 and N(T − 1) − 2 degrees of freedom; large against the null.

    References
    ----------
    Wooldridge, J. (2010). Econometric Analysis of Cross Section and Panel Data, section 10.5.4.
    """
    null = "disturbances of a region are not correlated over time"
    if effects != "entity":
        return NotApplicable(WOOLDRIDGE, null, 'it is made for effects="entity"')
    if not cells.balanced or cells.T < 3 or cells.N < 3:
        reason = "it needs a balanced panel of three regions and three periods"
        return NotApplicable(WOOLDRIDGE, null, reason)
    e = resids.reshape(cells.N, cells.T)
    before = np.stack([np.ones((cells.N, cells.T - 1)), e[:, :-1]], axis=-1)
    X, y = before.reshape(-1, 2), e[:, 1:].ravel()
    bread = np.linalg.inv(X.T @ X)
    slopes = bread @ (X.T @ y)
    scores = (before * (y - X @ slopes).reshape(cells.N, -1, 1)).sum(axis=1)
    variance = (bread @ scores.T @ scores @ bread)[1, 1]
    statistic = float((slopes[1] + 1 / (cells.T - 1)) ** 2 / variance)
    return f_test(WOOLDRIDGE, statistic, (1, len(y) - 2), null=null)


def spatial_tests(
    design: Design,
    cells: Cells,
    effects: Effects,
    weights: Weights | None,
    *,
    convention: LagErrorConvention = "transformed",
) -> dict[str, Answer]:
    """Return the LM tests against a spatial lag or error in a panel, each with its null.

    Parameters
    ----------
    design : Design
        Rows sorted by region, then period; balanced where weights are given.
    cells : Cells
        Region and period of each row.
    effects : {"none", "entity", "time", "two-way", "random"}
    weights : Weights or None
        W of the regions.
    convention : {"transformed", "demeaned"}
        How fixed effects leave the tests; see :func:`workbench.panels.lag_error_tests`.

    Returns
    -------
    dict of str to Statistic or NotApplicable
        ``LM lag``, ``LM error`` and their robust forms, chi-square with one degree of freedom.

    References
    ----------
    Anselin, L., Le Gallo, J. and Jayet, H. (2008). Spatial panel econometrics, section 19.4.
    Debarsy, N. and Ertur, C. (2010). Regional Science and Urban Economics 40, 453–470. He, M. and
    Lin, K.-P. (2013). Economics Letters 121, 59–63.
    """
    reason = _why_not(effects, weights)
    if reason or weights is None:
        return {name: NotApplicable(name, null, reason) for name, (_, null) in SPATIAL.items()}
    try:
        found = _multipliers(design, cells, effects, weights, convention)
    except WeightsError:
        told = "effects of periods take out all that W links: each region has the same neighbours"
        return {name: NotApplicable(name, null, told) for name, (_, null) in SPATIAL.items()}
    answers: dict[str, Answer] = {}
    for name, (field, null) in SPATIAL.items():
        statistic = getattr(found, field).statistic
        answers[name] = (
            NotApplicable(name, null, "lag and error cannot be told apart with these regressors")
            if math.isnan(statistic)
            else chi2_test(name, statistic, 1, null=null, assumptions="normal disturbances")
        )
    return answers


def _multipliers(
    design: Design, cells: Cells, effects: Effects, weights: Weights, convention: LagErrorConvention
) -> LagrangeMultipliers:
    if convention == "transformed":
        layers = one_layer(weights.sparse, cells.T)
        return panel_lagrange_multipliers(problem_without_effects(design, cells, effects, layers))
    stacked = sparse.kron(weights.sparse, sparse.eye_array(cells.T), format="csr")
    y = without_effects(design.y[:, None], cells, effects)[:, 0]
    return lagrange_multipliers(y, without_effects(design.X, cells, effects), W=stacked)


def _why_not(effects: Effects, weights: Weights | None) -> str:
    if weights is None:
        return "the model was fitted without weights W"
    if effects == "random":
        return "residuals of random effects are not least-squares residuals"
    if np.diff(weights.sparse.indptr).sum() == 0:
        return "W links no regions"
    if effects in BY_TIME and np.ptp(weights.sparse.sum(axis=1)) > EQUAL_SUMS:
        return "effects of periods stay in the lag, because rows of W do not sum to one value"
    return ""


def weighted_cd_test(resids: FloatArray, cells: Cells, *, seed: int = 0) -> Answer:
    """Return the test of remaining dependence that holds under effects of periods and factors.

    Parameters
    ----------
    resids : ndarray, shape (N T,)
        Residuals sorted by region, then period.
    cells : Cells
        Of a balanced panel of three periods or more.
    seed : int
        Of the random signs.

    Returns
    -------
    Statistic or NotApplicable
        CD with random signs and the large correlations added (Juodis and Reese 2022), standard
        normal when residuals of different regions are uncorrelated.
    """
    null = "residuals of different regions are uncorrelated"
    reason = _not_correlatable(resids, cells)
    if reason:
        return NotApplicable(WEIGHTED, null, reason)
    signs = generator(seed, "signs of regions").choice([-1.0, 1.0], size=cells.N)
    z = weighted_cd(resids.reshape(cells.N, cells.T), signs)
    return Statistic(WEIGHTED, z, null, normal_p(z, "two-sided"), z=z, expected=0.0, variance=1.0)


def exponent_of(resids: FloatArray, cells: Cells) -> float:
    """Return the exponent of dependence between regions, not a number where it has none."""
    if _not_correlatable(resids, cells):
        return float("nan")
    return dependence_exponent(resids.reshape(cells.N, cells.T))


def _not_correlatable(resids: FloatArray, cells: Cells) -> str:
    if not cells.balanced:
        return "the panel is not balanced"
    if cells.N < 2 or cells.T < 3:
        return "it needs two regions and three periods"
    e = resids.reshape(cells.N, cells.T)
    if (np.ptp(e, axis=1) == 0).any():
        return "residuals of a region do not vary"
    return ""
