"""Tests of a panel fit: which effects, and are the residuals of regions independent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from workbench.core.statistics import Answer, NotApplicable, Tests, chi2_test, f_test
from workbench.errors import InputError
from workbench.panels.effects import FIXED, estimable_design
from workbench.panels.linear.basis import Basis
from workbench.panels.linear.covariances import problem_for
from workbench.panels.linear.instrumented import instrument_tests
from workbench.panels.linear.via_linearmodels import Estimated, estimate
from workbench.panels.testing.correlations import cross_tests
from workbench.panels.testing.dependence import (
    PESARAN,
    SPATIAL,
    WEIGHTED,
    WOOLDRIDGE,
    pesaran_cd,
    spatial_tests,
    weighted_cd_test,
    wooldridge,
)
from workbench.panels.testing.effects import (
    AUXILIARY,
    MUNDLAK,
    UNCORRELATED,
    correlated_effects,
    refused_by_time,
    score_tests,
)
from workbench.panels.testing.moran import JOINT as MORAN
from workbench.panels.testing.moran import joint_moran
from workbench.panels.testing.serial_correlation import (
    BESIDE,
    DIFFERENCES,
    GODFREY,
    first_differences,
    godfrey,
    locally_robust_tests,
    serial_beside_effects,
)
from workbench.regression.design import INTERCEPT, Design, read_only
from workbench.regression.specification import Specification
from workbench.typing import Effects

if TYPE_CHECKING:
    from workbench.panels.results import PanelResults

POOLABILITY, HAUSMAN = "Poolability F", "Hausman"


def diagnose(fit: PanelResults) -> Tests:
    """Run the tests; see :meth:`workbench.panels.results.PanelResults.diagnostics`."""
    basis, resids = fit.basis, fit.fit.resids
    if basis is None:
        raise AssertionError
    if basis.specification.endogenous:
        return Tests(f"Diagnostics: {fit.title}", _of_instruments(fit, basis))
    levels = basis.sample.cells
    pooled_design, pooled = _again(fit, "none")
    answers: dict[str, Answer] = {
        POOLABILITY: _poolability(fit, pooled),
        **score_tests(pooled.resids, levels),
        HAUSMAN: _hausman(fit),
        **_correlated(basis),
        PESARAN: pesaran_cd(resids, fit.cells, fit.effects),
        WEIGHTED: weighted_cd_test(resids, fit.cells),
        **cross_tests(resids, fit.cells, fit.effects, fit.weights),
        WOOLDRIDGE: wooldridge(resids, fit.cells, "entity" if _is(fit, "entity") else "none"),
        DIFFERENCES: first_differences(resids, fit.cells, fit.effects),
        GODFREY: godfrey(None if fit.effects in NO_ROWS else problem_for(basis)),
        **locally_robust_tests(pooled.resids, levels),
        BESIDE: serial_beside_effects(pooled_design, levels),
        **_spatial(fit),
        MORAN: joint_moran(fit),
    }
    return Tests(f"Diagnostics: {fit.title}", answers)


NO_ROWS = ("between", "fama-macbeth")


def _is(fit: PanelResults, effects: Effects) -> bool:
    """Return whether a fit has these effects and no others."""
    return fit.effects == effects and (fit.basis is None or not fit.basis.absorbed)


def _of_instruments(fit: PanelResults, basis: Basis) -> dict[str, Answer]:
    resids = fit.fit.resids
    return {
        **instrument_tests(basis, problem_for(basis), fit.estimates.values),
        PESARAN: pesaran_cd(resids, fit.cells, fit.effects),
        **cross_tests(resids, fit.cells, fit.effects, fit.weights),
    }


def _correlated(basis: Basis) -> dict[str, Answer]:
    """Test random effects of regions of the same regression, whichever effects the model has."""
    reason = ""
    if refused_by_time(basis.specification.effects) or basis.absorbed:
        reason = "it compares effects of regions, and this model has other effects"
    elif basis.sample.cells.T < 2:
        reason = "there is one period only"
    if reason:
        return {name: NotApplicable(name, UNCORRELATED, reason) for name in (AUXILIARY, MUNDLAK)}
    plain = replace(basis.specification, effects="random", covariance="classical")
    if plain.effects != basis.specification.effects:
        plain = replace(plain, random_method="swar")
    try:
        return correlated_effects(replace(basis, specification=plain))
    except (InputError, ValueError) as error:
        found = getattr(error, "found", " ".join(str(error).split()))
        reason = f"random effects cannot be estimated: {found}"
        return {name: NotApplicable(name, UNCORRELATED, reason) for name in (AUXILIARY, MUNDLAK)}


def _spatial(fit: PanelResults) -> dict[str, Answer]:
    plain = fit.basis is not None and not fit.basis.absorbed
    if plain and fit.effects in ("none", "random", *FIXED):
        return spatial_tests(fit.design, fit.cells, fit.effects, fit.weights)
    reason = "it is made for pooled models and fixed effects of regions and periods"
    return {name: NotApplicable(name, null, reason) for name, (_, null) in SPATIAL.items()}


def _again(fit: PanelResults, effects: Effects) -> tuple[Design, Estimated]:
    """Estimate the same regression with other effects and classical covariance."""
    if fit.basis is None:
        raise AssertionError
    specification = Specification(fit.formula, model=fit.model, effects=effects)  # type: ignore[arg-type]
    cells, original = fit.basis.sample.cells, fit.basis.design
    # Fixed effects contain an intercept, whatever the formula says.
    original = _with_intercept(original) if fit.effects in FIXED else original
    design = estimable_design(original, cells, effects)
    return design, estimate(specification, design, cells)


def _with_intercept(design: Design) -> Design:
    if design.has_intercept:
        return design
    X = np.column_stack([np.ones(design.nobs), design.X])
    return replace(design, terms=(INTERCEPT, *design.terms), X=read_only(X))


def _poolability(fit: PanelResults, pooled: Estimated) -> Answer:
    null = "all effects are equal"
    if fit.effects not in FIXED and not (fit.basis and fit.basis.absorbed):
        return NotApplicable(POOLABILITY, null, "the model has no fixed effects")
    df = fit.fit.df_resid
    restrictions = fit.design.nobs - len(fit.design.terms) - df - 1
    if restrictions == 0:
        return NotApplicable(POOLABILITY, null, "there is one effect only")
    sse = float(fit.fit.resids @ fit.fit.resids)
    statistic = (float(pooled.resids @ pooled.resids) - sse) / restrictions / (sse / df)
    return f_test(POOLABILITY, statistic, (restrictions, df), null=null)


def _hausman(fit: PanelResults) -> Answer:
    """Hausman (1978): d'(V_fixed − V_random)⁻¹ d on the slopes that both models have."""
    null = "random effects are uncorrelated with the regressors"
    if refused_by_time(fit.effects):
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
