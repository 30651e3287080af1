"""Tests of a panel fit: which effects, and are the residuals of regions independent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from workbench.core.statistics import (
    Answer,
    NotApplicable,
    Statistic,
    Tests,
    chi2_test,
    f_test,
    normal_p,
)
from workbench.errors import CollinearityError, PanelError
from workbench.panels.effects import FIXED, TITLES, Cells, estimable_design
from workbench.panels.via_linearmodels import Estimated, estimate
from workbench.regression.design import INTERCEPT, Design, read_only
from workbench.regression.specification import Specification
from workbench.typing import Effects, FloatArray

if TYPE_CHECKING:
    from workbench.panels.results import PanelResults

POOLABILITY, LAGRANGE, HAUSMAN, PESARAN = (
    "Poolability F",
    "Breusch-Pagan LM",
    "Hausman",
    "Pesaran CD",
)


def diagnose(fit: PanelResults) -> Tests:
    """Run the tests; see :meth:`workbench.panels.results.PanelResults.diagnostics`."""
    answers: dict[str, Answer] = {
        POOLABILITY: _poolability(fit),
        LAGRANGE: _breusch_pagan(fit),
        HAUSMAN: _hausman(fit),
        PESARAN: pesaran_cd(fit.fit.resids, fit.cells),
    }
    return Tests(f"Diagnostics: {fit.title}", answers)


def _again(fit: PanelResults, effects: Effects) -> tuple[Design, Estimated]:
    """Estimate the same regression with other effects and classical covariance."""
    specification = Specification(fit.formula, model=fit.model, effects=effects)  # type: ignore[arg-type]
    design = estimable_design(_with_intercept(fit.design), fit.cells, effects)
    return design, estimate(specification, design, fit.cells)


def _with_intercept(design: Design) -> Design:
    if design.has_intercept:
        return design
    X = np.column_stack([np.ones(design.nobs), design.X])
    return replace(design, terms=(INTERCEPT, *design.terms), X=read_only(X))


def _poolability(fit: PanelResults) -> Answer:
    null = "all effects are equal"
    if fit.effects not in FIXED:
        return NotApplicable(POOLABILITY, null, "the model has no fixed effects")
    _, pooled = _again(fit, "none")
    _, fixed = _again(fit, fit.effects)
    restrictions = fit.cells.count(fit.effects) - 1
    sse = float(fixed.resids @ fixed.resids)
    gain = (float(pooled.resids @ pooled.resids) - sse) / restrictions
    statistic = gain / (sse / fixed.df)
    return f_test(POOLABILITY, statistic, (restrictions, fixed.df), null=null)


def _breusch_pagan(fit: PanelResults) -> Answer:
    """Breusch and Pagan (1980): NT / 2(T − 1) (Σᵢ(Σₜe)² / Σe² − 1)², pooled residuals."""
    null = "regions have no effects of their own"
    if not fit.cells.balanced:
        return NotApplicable(LAGRANGE, null, "the panel is not balanced")
    _, pooled = _again(fit, "none")
    e = pooled.resids.reshape(fit.cells.N, fit.cells.T)
    N, T = e.shape
    ratio = float(np.sum(e.sum(axis=1) ** 2) / np.sum(e**2))
    return chi2_test(LAGRANGE, N * T / (2 * (T - 1)) * (ratio - 1) ** 2, 1, null=null)


def _hausman(fit: PanelResults) -> Answer:
    """Hausman (1978): d'(V_fixed − V_random)⁻¹ d on the slopes that both models have."""
    null = "random effects are uncorrelated with the regressors"
    try:
        fixed_design, fixed = _again(fit, "entity")
        random_design, random = _again(fit, "random")
    except (CollinearityError, PanelError) as error:
        return NotApplicable(
            HAUSMAN, null, f"{TITLES['entity']} cannot be estimated: {error.found}"
        )
    at = [random_design.terms.index(term) for term in fixed_design.terms]
    gap = fixed.params - random.params[at]
    spread = fixed.cov - random.cov[np.ix_(at, at)]
    statistic = float(gap @ np.linalg.solve(spread, gap))
    if statistic < 0:
        reason = "its statistic is negative: the covariances differ the wrong way in this sample"
        return NotApplicable(HAUSMAN, null, reason)
    proper = np.linalg.eigvalsh(spread).min() > 0
    caution = "" if proper else "the difference of the covariances is not positive definite here"
    return chi2_test(HAUSMAN, statistic, len(at), null=null, assumptions=caution)


def pesaran_cd(resids: FloatArray, cells: Cells) -> Answer:
    """Return Pesaran's (2004) test of cross-section dependence.

    Parameters
    ----------
    resids : ndarray, shape (N T,)
        Residuals sorted by region, then period.
    cells : Cells
        Of a balanced panel.

    Returns
    -------
    Statistic or NotApplicable
        √(2T / N(N − 1)) Σᵢ<ⱼ ρ̂ᵢⱼ, standard normal when regions are independent; ρ̂ᵢⱼ correlates
        the residuals of two regions over time.

    References
    ----------
    Pesaran, M. H. (2004). General diagnostic tests for cross section dependence in panels.
    """
    null = "residuals of different regions are uncorrelated"
    if not cells.balanced:
        return NotApplicable(PESARAN, null, "the panel is not balanced")
    e = resids.reshape(cells.N, cells.T)
    e = e - e.mean(axis=1, keepdims=True)
    length = np.linalg.norm(e, axis=1, keepdims=True)
    if cells.N < 2 or cells.T < 3 or (length == 0).any():
        return NotApplicable(PESARAN, null, "a region's residuals do not vary over time")
    e = e / length
    pairs = (float(np.sum(e.sum(axis=0) ** 2)) - cells.N) / 2
    z = float(np.sqrt(2 * cells.T / (cells.N * (cells.N - 1))) * pairs)
    return Statistic(PESARAN, z, null, normal_p(z, "two-sided"), z=z, expected=0.0, variance=1.0)
