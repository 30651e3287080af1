"""Tests of a panel fit: which effects, and are the residuals of regions independent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from workbench.core.statistics import Answer, NotApplicable, Tests, chi2_test, f_test
from workbench.errors import InputError
from workbench.panels.dependence import (
    PESARAN,
    WEIGHTED,
    WOOLDRIDGE,
    pesaran_cd,
    spatial_tests,
    weighted_cd_test,
    wooldridge,
)
from workbench.panels.effects import BY_TIME, FIXED, estimable_design
from workbench.panels.via_linearmodels import Estimated, estimate
from workbench.regression.design import INTERCEPT, Design, read_only
from workbench.regression.specification import Specification
from workbench.typing import Effects

if TYPE_CHECKING:
    from workbench.panels.results import PanelResults

POOLABILITY, LAGRANGE, HAUSMAN = "Poolability F", "Breusch-Pagan LM", "Hausman"


def diagnose(fit: PanelResults) -> Tests:
    """Run the tests; see :meth:`workbench.panels.results.PanelResults.diagnostics`."""
    answers: dict[str, Answer] = {
        POOLABILITY: _poolability(fit),
        LAGRANGE: _breusch_pagan(fit),
        HAUSMAN: _hausman(fit),
        PESARAN: pesaran_cd(fit.fit.resids, fit.cells, fit.effects),
        WEIGHTED: weighted_cd_test(fit.fit.resids, fit.cells),
        WOOLDRIDGE: wooldridge(fit.fit.resids, fit.cells, fit.effects),
        **spatial_tests(fit.design, fit.cells, fit.effects, fit.weights),
    }
    return Tests(f"Diagnostics: {fit.title}", answers)


def _again(fit: PanelResults, effects: Effects) -> tuple[Design, Estimated]:
    """Estimate the same regression with other effects and classical covariance."""
    specification = Specification(fit.formula, model=fit.model, effects=effects)  # type: ignore[arg-type]
    # Only fixed effects took an intercept out; a formula without one keeps to itself.
    original = _with_intercept(fit.design) if fit.effects in FIXED else fit.design
    design = estimable_design(original, fit.cells, effects)
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
    restrictions = fit.cells.count(fit.effects) - 1
    if restrictions == 0:
        return NotApplicable(POOLABILITY, null, "there is one effect only")
    _, pooled = _again(fit, "none")
    _, fixed = _again(fit, fit.effects)
    sse = float(fixed.resids @ fixed.resids)
    gain = (float(pooled.resids @ pooled.resids) - sse) / restrictions
    statistic = gain / (sse / fixed.df)
    return f_test(POOLABILITY, statistic, (restrictions, fixed.df), null=null)


def _breusch_pagan(fit: PanelResults) -> Answer:
    """Breusch and Pagan (1980): NT / 2(T − 1) (Σᵢ(Σₜe)² / Σe² − 1)², pooled residuals."""
    null = "regions have no effects of their own"
    if not fit.cells.balanced:
        return NotApplicable(LAGRANGE, null, "the panel is not balanced")
    if fit.cells.T == 1:
        return NotApplicable(LAGRANGE, null, "there is one period only")
    _, pooled = _again(fit, "none")
    e = pooled.resids.reshape(fit.cells.N, fit.cells.T)
    N, T = e.shape
    ratio = float(np.sum(e.sum(axis=1) ** 2) / np.sum(e**2))
    return chi2_test(LAGRANGE, N * T / (2 * (T - 1)) * (ratio - 1) ** 2, 1, null=null)


def _hausman(fit: PanelResults) -> Answer:
    """Hausman (1978): d'(V_fixed − V_random)⁻¹ d on the slopes that both models have."""
    null = "random effects are uncorrelated with the regressors"
    if fit.effects in BY_TIME:
        reason = "it compares effects of regions, and this model has effects of periods"
        return NotApplicable(HAUSMAN, null, reason)
    try:
        fixed_design, fixed = _again(fit, "entity")
        random_design, random = _again(fit, "random")
    except InputError as error:
        return NotApplicable(
            HAUSMAN, null, f"fixed and random effects cannot both be estimated: {error.found}"
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
