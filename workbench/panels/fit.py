"""From a specification and a panel to a fit: sample, design, estimator, labelled results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from workbench.errors import InputError, PanelError
from workbench.numerics.panels.error_components import Components
from workbench.panels.dynamic.likelihood import fit_dynamic, refuse_misplaced_dynamic
from workbench.panels.dynamic.moments import fit_dynamic_moments, refuse_misplaced_moments
from workbench.panels.effects import Cells, estimable_design
from workbench.panels.few import few_of_a_panel
from workbench.panels.linear.basis import Basis, build_basis
from workbench.panels.linear.choices import (
    is_plain,
    notes_of,
    refuse_beside,
    refuse_unfit,
    title_of,
    told_effects,
)
from workbench.panels.linear.counts import fit_counts
from workbench.panels.linear.instrumented import estimate_instrumented, weakness
from workbench.panels.linear.transformed import Problem, cells_of, effects_of, problem_of
from workbench.panels.linear.via_linearmodels import (
    Estimated,
    estimate,
    estimate_by_period,
    estimate_transformed,
)
from workbench.panels.results import PanelResults
from workbench.panels.sample import (
    PanelSample,
    draw_panel,
    lag_slopes_by_period,
)
from workbench.panels.shocks.factors import fit_factors
from workbench.panels.spatial.likelihood import SPATIAL, fit_spatial
from workbench.panels.spatial.moments import fit_moments, refuse_beside_moments
from workbench.panels.spatial.period_weights import PanelWeightsLike
from workbench.regression.call import call_of
from workbench.regression.design import (
    Design,
    build_design,
    check_estimable,
    read_only,
    refuse_names,
)
from workbench.regression.formula_lags import named_lags, with_formula_lags
from workbench.regression.lag_terms import has_lags
from workbench.regression.results import Estimates, Fit
from workbench.regression.specification import LAGS_ERROR, LAGS_X, Specification
from workbench.typing import Effects


def fit_panel(
    specification: Specification,
    data: pd.DataFrame,
    W: PanelWeightsLike | None = None,
    *,
    W_error: PanelWeightsLike | None = None,
    W_x: PanelWeightsLike | None = None,
) -> PanelResults:
    """Estimate a panel model; :func:`workbench.fitting.fit` is the public door.

    Parameters
    ----------
    specification : Specification
        Formula, model, effects, covariance and policies.
    data : DataFrame
        Indexed by (region, period), rows in any order.
    W : Weights, Graph, W or mapping, optional
        Spatial weights of the regions, the same in every period; or from period to weights.
    W_error, W_x : the same, optional
        Those of the disturbance and of the lagged regressors, where they are others.

    Returns
    -------
    PanelResults
        Of linearmodels for ``ols`` and ``slx``, of maximum likelihood or moments for the others.

    Raises
    ------
    InputError
        If the design cannot be estimated, or an option does not belong to the model.
    PanelError
        If the index is no panel's, or regions differ between periods though one W is given.
    """
    call = call_of(specification, data, W, W_error=W_error, W_x=W_x)
    return replace(_fitted(specification, data, W, W_error=W_error, W_x=W_x), call=call)


def _fitted(
    specification: Specification,
    data: pd.DataFrame,
    W: PanelWeightsLike | None,
    *,
    W_error: PanelWeightsLike | None,
    W_x: PanelWeightsLike | None,
) -> PanelResults:
    asked, specification = specification, with_formula_lags(specification, W)
    _refuse_misplaced_weights(specification, W_error, W_x)
    refuse_beside_moments(specification)
    refuse_misplaced_dynamic(specification)
    refuse_misplaced_moments(specification)
    if specification.factors != "none" or specification.family == "poisson":
        _refuse_likelihood_options(specification)
        _refuse_beside(specification, W, W_x)
    refuse_beside(specification)
    sample = draw_panel(specification, data, W, W_error, W_x)
    specification, design, sample = _designed(asked, specification, sample)
    if specification.factors != "none":
        return fit_factors(specification, design, sample)
    if specification.model in LAGS_X:
        design = lag_slopes_by_period(design, sample, specification.durbin)
    if specification.family == "poisson":
        _refuse_counts_with_lags(specification)
        return fit_counts(specification, design, sample)
    if specification.dynamic_gmm is not None:
        return fit_dynamic_moments(specification, design, sample)
    if specification.gmm is not None and specification.model in SPATIAL:
        return fit_moments(specification, design, sample)
    if specification.dynamic != "none":
        return fit_dynamic(specification, design, sample)
    if specification.model in SPATIAL:
        return fit_spatial(specification, design, sample)
    _refuse_likelihood_options(specification)
    option = specification.covariance
    if isinstance(option, str):
        refuse_unfit(specification)
        return fit_basis(build_basis(specification, design, sample))
    from workbench.panels.linear.covariances import with_covariance

    plain = replace(specification, covariance="classical")
    refuse_unfit(plain)
    return with_covariance(fit_basis(build_basis(plain, design, sample)), option)


def designed(
    asked: Specification, data: pd.DataFrame, W: PanelWeightsLike | None = None
) -> tuple[Specification, Design, PanelSample]:
    """Return what a static linear panel is estimated from; effects are still in it.

    Parameters and errors are those of :func:`fit_panel`.
    """
    sample = draw_panel(with_formula_lags(asked, W), data, W)
    specification, design, sample = _designed(asked, with_formula_lags(asked, W), sample)
    if specification.model in LAGS_X:
        design = lag_slopes_by_period(design, sample, specification.durbin)
    return specification, design, sample


def _designed(
    asked: Specification, specification: Specification, sample: PanelSample
) -> tuple[Specification, Design, PanelSample]:
    """Evaluate the formula; the lags that it names decide which ones the model has."""
    table = sample.panel.table
    design = build_design(specification.formula, table, remedy=sample.missing_remedy, lags=True)
    if design.asked:
        specification, note = named_lags(asked, specification, design)
        sample = replace(sample, notes=(*sample.notes, note))
    parameters = specification.parameter_names
    refuse_names(parameters, design.terms, what="the parameters of the model")
    return specification, design, sample


def fit_basis(basis: Basis) -> PanelResults:
    """Estimate the linear model of a basis, by linearmodels."""
    specification, sample, cells = basis.specification, basis.sample, basis.sample.cells
    if specification.effects == "fama-macbeth":
        design = check_estimable(basis.design)
        found = estimate_by_period(specification, design, cells)
        return _labelled(basis, design, cells, found)
    if is_plain(specification):
        design = estimable_design(basis.design, cells, specification.effects)
        return _labelled(basis, design, cells, estimate(specification, design, cells))
    problem = problem_of(basis)
    if specification.endogenous:
        found = estimate_instrumented(basis, problem)
    else:
        found = estimate_transformed(specification, problem, cells)
    return _labelled(basis, problem.levels, cells_of(problem, sample.cells), found, problem)


def _refuse_misplaced_weights(
    specification: Specification, W_error: PanelWeightsLike | None, W_x: PanelWeightsLike | None
) -> None:
    cases = (
        ("W_error", W_error, LAGS_ERROR, "a spatial error", "sac"),
        ("W_x", W_x, LAGS_X, "WX", "sdm"),
    )
    for name, value, models, what, example in cases:
        if value is not None and specification.model not in models:
            raise InputError(
                name,
                expected=f"a model with {what} ({', '.join(sorted(models))})",
                found=f"model={specification.model!r}",
                remedy=f'model="{example}", or leave {name} out',
            )


def _refuse_likelihood_options(specification: Specification) -> None:
    for name in ("lee_yu", "random"):
        if getattr(specification, name) is not None:
            raise InputError(
                name,
                expected="a spatial model by maximum likelihood",
                found=f"model={specification.model!r}",
                why="least squares need no correction, and have no spatial disturbance",
                remedy=f"leave {name} out",
            )


def _refuse_beside(
    specification: Specification, W: PanelWeightsLike | None, W_x: PanelWeightsLike | None
) -> None:
    """Refuse, for counts and common shocks, what is made for the other panel models."""
    if specification.factors != "none" and specification.family == "poisson":
        raise InputError(
            "factors",
            expected="'none' with family=\"poisson\"",
            found=repr(specification.factors),
            why="averages over regions and principal components take shocks out of a linear model",
            remedy='effects="two-way" takes out shocks that all regions share alike; or leave '
            'family="poisson" out',
        )
    given: dict[str, object] = {
        "W": W if isinstance(W, Mapping) else None,
        "W_x": W_x,
    }
    what = "family"
    if specification.factors != "none":
        what = "factors"
        given["durbin"] = specification.durbin
        given["W(...) in the formula"] = "lags" if has_lags(specification.formula) else None
    for name, value in given.items():
        if value is not None:
            raise PanelError(
                name,
                expected="one W for all periods, which lags every regressor or none",
                found=("one W a period" if name == "W" else "another choice")
                + f" beside {what}={getattr(specification, what)!r}",
                remedy="pass one W for all periods" if name == "W" else f"leave {name} out",
            )


def _refuse_counts_with_lags(specification: Specification) -> None:
    if specification.model not in ("ols", "slx"):
        raise InputError(
            "model",
            expected="'ols' or 'slx' with family=\"poisson\"",
            found=repr(specification.model),
            why="likelihoods with Wy or Wu are those of normal outcomes",
            remedy='model="slx" gives the spillover of the neighbours\' regressors',
        )


def _labelled(
    basis: Basis,
    design: Design,
    cells: Cells,
    found: Estimated,
    problem: Problem | None = None,
) -> PanelResults:
    specification, sample = basis.specification, basis.sample
    effects = specification.effects
    few = few_of_a_panel(specification.covariance_name, cells.N, cells.T)
    estimates = Estimates(
        design.terms,
        read_only(found.params),
        read_only(found.cov),
        df=found.reference_df,
        covariance=found.covariance,
        notes=few,
    )
    taken = effects_of(effects, sample.cells) if problem is None else problem.absorbed
    if problem is not None and problem.components is not None:
        taken = effects_of(effects, sample.cells)
    fit = Fit(
        fitted=read_only(design.y - found.resids),
        resids=read_only(found.resids),
        loglik=found.loglik,
        parameters=len(design.terms) + taken + 1,
        sigma2=found.sigma2,
        rsquared=found.rsquared,
        df_resid=round(found.df),
    )
    weak = weakness(basis, problem) if problem is not None and specification.endogenous else ()
    told = title_of(specification)
    method = f"{specification.model}, {told}, by linearmodels"
    return PanelResults(
        specification.model,
        design,
        estimates,
        fit,
        sample.weights,
        sample.provenance(specification, method, found.options),
        (*sample.notes, *notes_of(basis), *weak, *few),
        extras={
            "effects": told_effects(specification),
            "entities": cells.N,
            "periods": cells.T,
            **_variances(effects, found.components),
        },
        cells=cells,
        effects=effects,
        spatial=sample.spatial,
        lagged=sample.lagged,
        weights_x=sample.lagged.one if sample.lagged else None,
        basis=basis,
    )


def _variances(effects: Effects, found: Components | None) -> dict[str, float]:
    """Return the variances of random effects, those that the model has."""
    if found is None:
        return {}
    told = {"sigma2_own": found.own}
    if effects != "random-time":
        told["sigma2_effects"] = found.region
    if effects != "random":
        told["sigma2_periods"] = found.period
    return told
