"""Dynamic spatial panels: yesterday's outcome, here and at the neighbours, among the regressors."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from workbench.errors import InputError, PanelError
from workbench.numerics.panels.dynamic import Feedback, Roots, corrected, roots_of
from workbench.numerics.panels.likelihood import (
    PanelMaximum,
    PanelProblem,
    effect_part,
    fit_panel_likelihood,
)
from workbench.numerics.regression.least_squares import gaussian_loglik
from workbench.numerics.sparse.matrices import as_weights
from workbench.panels.dynamic.results import DynamicPanelResults, stability_notes
from workbench.panels.dynamic.sample import (
    LAGS,
    after_first,
    lag_terms,
    refuse_periods,
    with_history,
)
from workbench.panels.effects import (
    BY_ENTITY,
    BY_TIME,
    FIXED,
    TITLES,
    Cells,
    without_effects,
)
from workbench.panels.sample import PanelSample
from workbench.panels.spatial.likelihood import SPATIAL, layers_of, refuse_row_sums
from workbench.panels.spatial.results import FixedParts, Likelihood, maxima_notes
from workbench.panels.spatial.robust_likelihoods import (
    refuse_unavailable,
    with_likelihood_covariance,
)
from workbench.regression.design import Design, read_only
from workbench.regression.results import LAMBDA, RHO, Estimates, Fit
from workbench.regression.specification import Specification
from workbench.typing import Effects, FloatArray, LeeYu
from workbench.weights import Weights

HOW = {
    "transformation": "effects of periods transformed out",
    "bias-correction": "direct approach",
    "none": "direct approach, not corrected",
}


def refuse_misplaced_dynamic(specification: Specification) -> None:
    """Refuse lags in time beside choices that they have no estimator for."""
    if specification.dynamic == "none" or specification.dynamic_gmm is not None:
        return
    refused = (
        (
            "model",
            specification.model not in SPATIAL,
            f"a spatial model by maximum likelihood ({', '.join(sorted(SPATIAL))}) with dynamic",
            "least squares with effects of regions and a lagged outcome are biased (Nickell 1981)",
            'method="gmm", with effects of regions; or model="sar"',
        ),
        (
            "factors",
            specification.factors != "none",
            "'none' with dynamic",
            "averages over regions and instruments of common shocks are made for static panels",
            'effects="two-way" takes out shocks that all regions share alike',
        ),
        (
            "family",
            specification.family != "gaussian",
            "'gaussian' with dynamic",
            "likelihoods with Wy or lags in time are those of normal outcomes",
            'dynamic="none"',
        ),
        (
            "effects",
            specification.effects == "random",
            "fixed effects or none, with dynamic",
            "random effects go together with the first period, which is taken as given",
            'effects="entity" or "two-way"',
        ),
        (
            "lee_yu",
            specification.lee_yu == "transformation" and specification.effects not in BY_TIME,
            "'bias-correction' or 'none' with dynamic and effects of regions alone",
            "contrasts over time hold disturbances of other periods, which yesterday's outcome "
            "holds too: no transformation leaves the model in its form",
            'lee_yu="bias-correction", or leave lee_yu out',
        ),
    )
    for name, wrong, expected, why, remedy in refused:
        if wrong:
            found = f"{getattr(specification, name)!r}, dynamic={specification.dynamic!r}"
            raise InputError(name, expected=expected, found=found, why=why, remedy=remedy)


def fit_dynamic(
    specification: Specification, design: Design, sample: PanelSample
) -> DynamicPanelResults:
    """Estimate a spatial panel with lags in time, given the first period.

    Raises
    ------
    InputError
        If an option does not belong to the effects or the model.
    PanelError
        If W changes over time, periods are not evenly apart or too few, or the estimates, which
        the correction would take to be stable, are explosive.
    ConvergenceError
        If the likelihood has its maximum at an end of an interval.
    """
    refuse_unavailable(
        specification.covariance,
        model=specification.model,
        effects=specification.effects,
        dynamic=specification.dynamic,
    )
    _refuse_lee_yu(specification)
    W = one_w(sample)
    lee_yu = _lee_yu(specification)
    refuse_periods(specification, sample, lee_yu)
    design, sample, history = after_first(specification, design, sample)
    design, columns = with_history(specification, design, sample.cells, history)
    problem = _problem(specification, design, sample, columns, lee_yu)
    found = fit_panel_likelihood(problem)
    lags = LAGS[specification.dynamic]
    if lee_yu != "none":
        cells, effects = sample.cells, specification.effects
        matrix = as_weights(W.sparse)
        before = roots_of(matrix, _feedback(found, lags))
        _refuse_explosive(before, effects, "as estimated")
        found = corrected(
            problem,
            found,
            matrix,
            lags=lags,
            regions=cells.N if effects in BY_ENTITY else 0,
            periods=cells.T if effects in BY_TIME else 0,
        )
        _refuse_explosive(
            roots_of(matrix, _feedback(found, lags)), effects, "corrected from", before
        )
        sample = replace(sample, notes=(*sample.notes, *_slow_notes(before, effects, cells.T)))
    fit = _labelled(specification, design, sample, problem, found, (W, lee_yu))
    return with_likelihood_covariance(fit, specification.covariance)


def _refuse_lee_yu(specification: Specification) -> None:
    for name, given, remedy in (
        ("lee_yu", specification.effects not in FIXED, 'effects="two-way", or leave lee_yu out'),
        ("random", True, "leave random out"),
    ):
        if given and getattr(specification, name) is not None:
            raise InputError(
                name,
                expected="fixed effects" if name == "lee_yu" else "random effects",
                found=f"effects={specification.effects!r}",
                remedy=remedy,
            )


def _lee_yu(specification: Specification) -> LeeYu:
    if specification.effects not in FIXED:
        return "none"
    default: LeeYu = "transformation" if specification.effects in BY_TIME else "bias-correction"
    return specification.lee_yu or default


def one_w(sample: PanelSample) -> Weights:
    """Return the W of all periods; refuse several."""
    for name, weights in (("W", sample.spatial), ("W_error", sample.error), ("W_x", sample.lagged)):
        if weights is not None and weights.one is None:
            raise PanelError(
                name,
                expected="one W for all periods, with dynamic",
                found="one a period",
                why="yesterday's outcome passes on by yesterday's W, and whether shocks die out "
                "is a question to one W",
                remedy='dynamic="none", or one W',
            )
    return sample.require_weights()


def _problem(
    specification: Specification,
    design: Design,
    sample: PanelSample,
    columns: FloatArray,
    lee_yu: LeeYu,
) -> PanelProblem:
    lag, error = layers_of(specification, sample)
    cells, effects = sample.cells, specification.effects
    refuse_row_sums(effects, lag, error, sample, lee_yu)
    out = lee_yu == "transformation"
    return PanelProblem(
        y=design.y,
        X=columns,
        lag=lag,
        error=error,
        clear=partial(without_effects, cells=cells, effects=effects),
        n_eff=design.nobs - (cells.T if out else 0),
        deflated=out,
    )


def _feedback(found: PanelMaximum, lags: tuple[bool, bool]) -> Feedback:
    values = iter(found.beta[len(found.beta) - sum(lags) :])
    tau, eta = (float(next(values)) if has else 0.0 for has in lags)
    return Feedback(tau, eta, found.rho)


def _relevant(roots: Roots, effects: Effects) -> float:
    """Return the largest root of what effects of periods, transformed out or not, leave."""
    return roots.others if effects in BY_TIME and roots.others == roots.others else roots.largest


def _refuse_explosive(
    roots: Roots, effects: Effects, how: str, before: Roots | None = None
) -> None:
    """Refuse a correction that sums shocks over time where these do not die out."""
    size = _relevant(roots, effects)
    if size < 1.0 or effects not in BY_ENTITY:
        return
    came = "" if before is None else f" {_relevant(before, effects):.4f}"
    if effects in BY_TIME and np.isnan(roots.others):
        came += "; it may be that of what all regions share, which effects of periods take out: "
        came += "of so many regions the others are not known"
    raise PanelError(
        "dynamic",
        expected="roots of (I - rho W)^-1 (tau I + eta W) below 1, before and after the correction "
        "of the bias",
        found=f"a largest one of {size:.4f}, {how}{came}",
        why="the correction sums what is left of a shock over all later periods, which has no end "
        "where shocks do not die out, and leads too far where they nearly do not",
        remedy='lee_yu="none" shows the estimates; dynamic="both", other effects or outcomes in '
        "growth rates may be stable",
    )


def _slow_notes(before: Roots, effects: Effects, T: int) -> tuple[str, ...]:
    """Say where T periods are too few for shocks to die out, as the correction takes them to."""
    left = _relevant(before, effects) ** T
    if effects not in BY_ENTITY or left < 0.5:
        return ()
    return (
        f"After {T} periods {left:.0%} of the most lasting shocks are left at the uncorrected "
        "estimates; the correction, which takes none to be left, may lead too far.",
    )


def _labelled(
    specification: Specification,
    design: Design,
    sample: PanelSample,
    problem: PanelProblem,
    found: PanelMaximum,
    chosen: tuple[Weights, LeeYu],
) -> DynamicPanelResults:
    W, lee_yu = chosen
    effects, cells = specification.effects, sample.cells
    matrix = as_weights(W.sparse)
    roots = roots_of(matrix, _feedback(found, LAGS[specification.dynamic]))
    names, values = _named(specification, design, problem, found)
    p = len(names)
    method, options, extras = _told(specification, cells, problem, lee_yu)
    columns = problem.X
    if problem.lag is not None:
        columns = np.column_stack([columns, found.spread])
    return DynamicPanelResults(
        specification.model,
        design,
        Estimates(
            names,
            read_only(values),
            read_only(found.covariance[:p, :p]),
            df=None,
            covariance="information matrix",
        ),
        Fit(
            fitted=read_only(design.y - found.residuals),
            resids=read_only(found.residuals),
            loglik=found.loglik,
            # Effects of periods that are transformed out are no parameters of the likelihood.
            parameters=p + 1 + cells.count(effects) - (problem.y.size - problem.n_eff),
            sigma2=found.sigma2,
            rsquared=_rsquared(design, effects, problem, found.loglik),
            df_resid=design.nobs - p - cells.count(effects),
        ),
        W,
        sample.provenance(specification, method, options),
        (
            *sample.notes,
            *_bias_notes(effects, lee_yu, cells),
            *stability_notes(roots),
            *maxima_notes(found.maxima, found.optima, found.traces.relative_error),
        ),
        "maximum likelihood",
        {**extras, "largest_root": roots.largest},
        traces=found.traces.of_lag[0] if problem.lag and found.traces.of_lag else None,
        weights_error=sample.error.one if sample.error else None,
        weights_x=sample.lagged.one if sample.lagged else None,
        cells=cells,
        effects=effects,
        spatial=sample.spatial,
        lagged=sample.lagged,
        error=sample.error,
        fixed=FixedParts(
            read_only(found.mean - problem.X @ found.beta),
            read_only(effect_part(problem, columns, found.lambda_)),
            read_only(found.covariance),
        )
        if effects in FIXED
        else None,
        likelihood=Likelihood(problem, found),
        dynamic=specification.dynamic,
        roots=roots,
        expected=read_only(found.mean),
    )


def _named(
    specification: Specification, design: Design, problem: PanelProblem, found: PanelMaximum
) -> tuple[tuple[str, ...], list[float]]:
    """Return the parameters by name, without σ²."""
    spatial = [(RHO, found.rho)] * (problem.lag is not None)
    spatial += [(LAMBDA, found.lambda_)] * (problem.error is not None)
    names = (*design.terms, *lag_terms(specification.dynamic), *(name for name, _ in spatial))
    return names, [*found.beta, *(value for _, value in spatial)]


def _told(
    specification: Specification, cells: Cells, problem: PanelProblem, lee_yu: LeeYu
) -> tuple[str, dict[str, str], dict[str, object]]:
    """Return the method in words, the options of the provenance and further columns of glance."""
    effects = specification.effects
    extras: dict[str, object] = {
        "effects": effects,
        "entities": cells.N,
        "periods": cells.T,
        "dynamic": specification.dynamic,
    }
    options: dict[str, str] = {"dynamic": specification.dynamic}
    method = f"dynamic {specification.model}, {TITLES[effects]}, by maximum likelihood"
    if effects in FIXED:
        extras |= {"lee_yu": lee_yu, "nobs_effective": problem.n_eff}
        options |= {"lee_yu": lee_yu}
        method += f"; {HOW[lee_yu]}"
        if lee_yu != "none" and effects in BY_ENTITY:
            method += ", bias-corrected (Yu, de Jong and Lee 2008; Lee and Yu 2010)"
    return method, options, extras


def _rsquared(design: Design, effects: Effects, problem: PanelProblem, loglik: float) -> float:
    """Return Nagelkerke's R-squared against the effects alone."""
    y = design.y if effects in FIXED or not design.has_intercept else design.y - design.y.mean()
    null = problem.clear(np.asarray(y)[:, None])[:, 0]
    null_loglik = gaussian_loglik(float(null @ null), problem.n_eff)
    return float(-np.expm1(-2 * (loglik - null_loglik) / problem.n_eff))


def _bias_notes(effects: str, lee_yu: LeeYu, cells: Cells) -> tuple[str, ...]:
    if effects not in BY_ENTITY:
        return ()
    if lee_yu == "none":
        return (
            f"Effects of regions are estimated along with the rest: tau is too low by order 1/T, "
            f"T = {cells.T}, the variance too small, and intervals miss.",
        )
    told: tuple[str, ...] = (
        "Estimates are corrected for the bias that effects of regions bring; likelihood, AIC and "
        "BIC are those of the maximum before.",
    )
    ratio = cells.N / cells.T**3
    if ratio > 0.5:
        told += (
            f"N/T^3 is {ratio:.2g}, which should be small: what the correction of order 1/T leaves "
            "of the bias is not small beside the standard errors.",
        )
    return told
