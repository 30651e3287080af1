"""From a specification and a panel to a fit: sample, design, linearmodels, labelled results."""

from __future__ import annotations

import pandas as pd

from workbench.errors import InputError
from workbench.panels.counts import fit_counts
from workbench.panels.effects import TITLES, estimable_design
from workbench.panels.factors import fit_factors
from workbench.panels.results import PanelResults
from workbench.panels.sample import MISSING_REMEDY, PanelSample, draw_panel, lag_slopes_by_period
from workbench.panels.via_linearmodels import COVARIANCES, Estimated, estimate
from workbench.regression.design import Design, build_design, read_only
from workbench.regression.results import Estimates, Fit
from workbench.regression.specification import LAGS_X, Specification
from workbench.weights import WeightsLike

AVAILABLE = ("ols", "slx")


def fit_panel(
    specification: Specification, data: pd.DataFrame, W: WeightsLike | None = None
) -> PanelResults:
    """Estimate a panel model; :func:`workbench.fitting.fit` is the public door.

    Parameters
    ----------
    specification : Specification
        Formula, model (``ols`` or ``slx``), effects, covariance and policies.
    data : DataFrame
        Indexed by (region, period), rows in any order.
    W : Weights, Graph or W, optional
        Spatial weights of the regions, the same in every period.

    Returns
    -------
    PanelResults

    Raises
    ------
    InputError
        If the model is not available for panels, or the design cannot be estimated.
    PanelError
        If the index is no panel's, or regions differ between periods though W is given.
    """
    if specification.factors != "none":
        sample = draw_panel(specification, data, W)
        design = build_design(specification.formula, sample.panel.table, remedy=MISSING_REMEDY)
        return fit_factors(specification, design, sample)
    if specification.model not in AVAILABLE:
        raise InputError(
            "model",
            expected=f"one of {', '.join(map(repr, AVAILABLE))} for data indexed by "
            "(region, period)",
            found=repr(specification.model),
            why="likelihoods with Wy or Wu are estimated for cross-sections",
            remedy='model="slx" gives the spillover of the neighbours\' regressors; or take one '
            'period, panel.xs(2014, level="year")',
        )
    if specification.family == "poisson":
        return _counts(specification, data, W)
    specification.refuse_covariance(
        available=tuple(COVARIANCES),
        why="HC0 to HC3, qml and objects of clusters or places are those of cross-sections",
    )
    sample = draw_panel(specification, data, W)
    design = build_design(specification.formula, sample.panel.table, remedy=MISSING_REMEDY)
    if specification.model in LAGS_X:
        design = lag_slopes_by_period(design, sample)
    design = estimable_design(design, sample.cells, specification.effects)
    return _labelled(specification, design, sample, estimate(specification, design, sample.cells))


def _counts(
    specification: Specification, data: pd.DataFrame, W: WeightsLike | None
) -> PanelResults:
    sample = draw_panel(specification, data, W)
    design = build_design(specification.formula, sample.panel.table, remedy=MISSING_REMEDY)
    if specification.model in LAGS_X:
        design = lag_slopes_by_period(design, sample)
    return fit_counts(specification, design, sample)


def _labelled(
    specification: Specification, design: Design, sample: PanelSample, found: Estimated
) -> PanelResults:
    estimates = Estimates(
        design.terms,
        read_only(found.params),
        read_only(found.cov),
        df=found.df,
        covariance=found.covariance,
    )
    fit = Fit(
        fitted=read_only(design.y - found.resids),
        resids=read_only(found.resids),
        loglik=found.loglik,
        parameters=len(design.terms)
        + sample.cells.count(specification.effects)
        + (2 if specification.effects == "random" else 1),  # variances
        sigma2=found.sigma2,
        rsquared=found.rsquared,
        df_resid=round(found.df),
    )
    effects = specification.effects
    method = f"{specification.model}, {TITLES[effects]}, by linearmodels"
    return PanelResults(
        specification.model,
        design,
        estimates,
        fit,
        sample.weights,
        sample.provenance(specification, method, found.options),
        sample.notes,
        extras={"effects": effects, "entities": sample.cells.N, "periods": sample.cells.T},
        cells=sample.cells,
        effects=effects,
    )
