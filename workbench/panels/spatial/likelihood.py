"""Static spatial panels by maximum likelihood: what is estimated, with which effects, and how."""

from __future__ import annotations

from functools import partial

import numpy as np

from workbench.core.expressions import label
from workbench.errors import InputError, PanelError
from workbench.numerics.panels.bias import bias_corrected
from workbench.numerics.panels.layers import Layers
from workbench.numerics.panels.likelihood import (
    PanelMaximum,
    PanelProblem,
    effect_part,
    fit_panel_likelihood,
)
from workbench.numerics.regression.least_squares import gaussian_loglik
from workbench.panels.effects import (
    BY_ENTITY,
    BY_TIME,
    FIXED,
    TITLES,
    Cells,
    estimable_design,
    without_effects,
)
from workbench.panels.sample import PanelSample
from workbench.panels.spatial.random_effects import estimate_random
from workbench.panels.spatial.results import (
    FixedParts,
    Likelihood,
    SpatialPanelResults,
    likelihood_estimates,
    maxima_notes,
)
from workbench.panels.spatial.robust_likelihoods import (
    refuse_unavailable,
    with_likelihood_covariance,
)
from workbench.regression.design import Design, read_only
from workbench.regression.results import LAMBDA, RHO, Fit
from workbench.regression.specification import LAGS_ERROR, Specification
from workbench.typing import Effects, LeeYu

LAGS_Y = frozenset({"sar", "sac", "sdm", "gns"})
"""Models with a spatially lagged outcome."""

SPATIAL = LAGS_Y | LAGS_ERROR
"""Models that are estimated by maximum likelihood."""

DEFAULT: LeeYu = "transformation"

LEE_YU_TITLES = {
    "transformation": "effects transformed out (Lee and Yu 2010)",
    "bias-correction": "direct approach, bias-corrected (Lee and Yu 2010)",
    "none": "direct approach",
}
UNCORRECTED = (
    "Effects are estimated along with the rest (direct approach): the variance is too small by "
    "the share of observations that the effects use, and rho and lambda are biased where there "
    'are effects of periods. lee_yu="transformation" takes them out.'
)


def fit_spatial(
    specification: Specification, design: Design, sample: PanelSample
) -> SpatialPanelResults:
    """Estimate ``sar``, ``sem``, ``sac``, ``sdm``, ``sdem`` or ``gns`` on a panel.

    Raises
    ------
    InputError
        If an option does not belong to the effects or the model.
    PanelError
        If the weights or gaps of the panel do not allow what is asked for.
    ConvergenceError
        If the likelihood has its maximum at an end of an interval.
    """
    refuse_unavailable(
        specification.covariance,
        model=specification.model,
        effects=specification.effects,
        random=specification.random,
    )
    _refuse_misplaced(specification)
    if specification.effects == "random":
        return estimate_random(specification, design, sample, lags=layers_of(specification, sample))
    design = estimable_design(design, sample.cells, specification.effects)
    lee_yu = (specification.lee_yu or DEFAULT) if specification.effects in FIXED else "none"
    problem = problem_of(specification, design, sample, lee_yu)
    found = fit_panel_likelihood(problem)
    if lee_yu == "bias-correction":
        cells, effects = sample.cells, specification.effects
        found = bias_corrected(
            problem,
            found,
            regions=cells.N if effects in BY_ENTITY else 0,
            periods=cells.T if effects in BY_TIME else 0,
        )
    fit = _labelled(specification, design, sample, problem, found, lee_yu)
    return with_likelihood_covariance(fit, specification.covariance)


def layers_of(
    specification: Specification, sample: PanelSample
) -> tuple[Layers | None, Layers | None]:
    """Return the weights of Wy and of the disturbance, those that the model has."""
    if sample.spatial is None:
        raise InputError("W", expected="spatial weights", found="None")
    own = sample.spatial.layers(sample.cells)
    other = own if sample.error is None else sample.error.layers(sample.cells)
    return (
        own if specification.model in LAGS_Y else None,
        other if specification.model in LAGS_ERROR else None,
    )


def _refuse_misplaced(specification: Specification) -> None:
    effects, model = specification.effects, specification.model
    if specification.lee_yu is not None and effects not in FIXED:
        raise InputError(
            "lee_yu",
            expected="fixed effects, whose estimation it corrects",
            found=f"effects={effects!r}",
            remedy='effects="two-way", or leave lee_yu out',
        )
    if specification.random is not None and not (effects == "random" and model in LAGS_ERROR):
        raise InputError(
            "random",
            expected="random effects beside a spatial disturbance "
            f"({', '.join(sorted(LAGS_ERROR))})",
            found=f"effects={effects!r}, model={model!r}",
            why="without a disturbance both structures are the same",
            remedy='effects="random", model="sem", or leave random out',
        )


def problem_of(
    specification: Specification, design: Design, sample: PanelSample, lee_yu: LeeYu
) -> PanelProblem:
    """Return what the likelihood of a design is computed from, or say what W does not allow."""
    lag, error = layers_of(specification, sample)
    cells, effects = sample.cells, specification.effects
    _refuse_varying(effects, lag, error, sample, lee_yu)
    refuse_row_sums(effects, lag, error, sample, lee_yu)
    out = lee_yu == "transformation" and effects in FIXED
    return PanelProblem(
        y=design.y,
        X=design.X,
        lag=lag,
        error=error,
        clear=partial(_cleared, cells=cells, effects=effects),
        n_eff=design.nobs - (cells.count(effects) if out else 0),
        share=(cells.T - 1) / cells.T if out and effects in BY_ENTITY else 1.0,
        deflated=out and effects in BY_TIME,
    )


def _cleared(columns: np.ndarray, *, cells: Cells, effects: Effects) -> np.ndarray:
    return without_effects(columns, cells, effects)


def _refuse_varying(
    effects: Effects,
    lag: Layers | None,
    error: Layers | None,
    sample: PanelSample,
    lee_yu: LeeYu,
) -> None:
    """Refuse what effects of regions do not allow where W or the regions change over time."""
    if effects not in BY_ENTITY:
        return
    if error is not None and not error.constant:
        raise PanelError(
            "W",
            expected="one W of the disturbance for all periods, with effects of regions",
            found="one a period",
            why="the filter of the disturbance spreads an effect of a region differently in every "
            "period, and demeaning over time does not take it out",
            remedy='effects="time" or "none"; or model="sar" or "sdm"; or one W',
        )
    if lag is None or lag.constant or lee_yu == "none":
        return
    if lee_yu == "transformation":
        raise PanelError(
            "lee_yu",
            expected="'bias-correction' or 'none' where W changes over time",
            found=f"{lee_yu!r}",
            why="contrasts over time mix the W of different periods: no transformation leaves the "
            "model in its form",
            remedy='lee_yu="bias-correction"' if sample.panel.balanced else 'lee_yu="none"',
        )
    if not sample.panel.balanced:
        gaps = [label(cell) for cell in sample.panel.gaps]
        raise PanelError(
            "lee_yu",
            expected="'none' for a panel with gaps and effects of regions",
            found=f"{lee_yu!r}, {len(gaps)} (region, period) cells missing",
            offenders=gaps,
            why="the bias differs between regions with different numbers of periods",
            remedy='lee_yu="none", or missing="drop-regions"',
        )


def refuse_row_sums(
    effects: Effects,
    lag: Layers | None,
    error: Layers | None,
    sample: PanelSample,
    lee_yu: LeeYu,
) -> None:
    """Refuse effects of periods that W does not leave alone: rows that do not have one sum."""
    if effects not in BY_TIME:
        return
    for name, layers in (("W", lag), ("W_error" if sample.error else "W", error)):
        if layers is None or layers.row_sums() is not None:
            continue
        if layers is lag and layers is not error and lee_yu == "none":
            continue
        raise PanelError(
            name,
            expected=f"rows that have one sum, for effects={effects!r} by lee_yu={lee_yu!r}",
            found="rows with different sums",
            offenders=_uneven(sample, name),
            why="an effect of a period then reaches some regions more than others, and cannot be "
            "transformed out",
            remedy='row-standardise W (W.normalize("row")) and leave no region without neighbours; '
            + (
                'or lee_yu="none"'
                if error is None
                else 'or effects="entity" with dummies of the periods in the formula'
            ),
        )


def _uneven(sample: PanelSample, name: str) -> list[str]:
    """Name regions without neighbours, or with another row sum than most, in the first such W."""
    weights = sample.error if name == "W_error" and sample.error else sample.spatial
    for one in weights.weights if weights else ():
        if one.islands:
            return [label(region) for region in one.islands]
        sums = np.round(np.asarray(one.sparse.sum(axis=1)).ravel(), 9)
        values, counts = np.unique(sums, return_counts=True)
        odd = sums != values[np.argmax(counts)]
        if odd.any():
            return [label(region) for region in one.ids[odd]]
    return []


def _labelled(
    specification: Specification,
    design: Design,
    sample: PanelSample,
    problem: PanelProblem,
    found: PanelMaximum,
    lee_yu: LeeYu,
) -> SpatialPanelResults:
    effects, cells = specification.effects, sample.cells
    spatial = [(RHO, found.rho)] * (problem.lag is not None)
    spatial += [(LAMBDA, found.lambda_)] * (problem.error is not None)
    p = len(design.terms) + len(spatial)
    absorbed = cells.count(effects)
    null = problem.clear(_centred(design, effects)[:, None])[:, 0]
    null_loglik = gaussian_loglik(float(null @ null), problem.n_eff)
    extras: dict[str, object] = {"effects": effects, "entities": cells.N, "periods": cells.T}
    options: dict[str, str] = {}
    method = f"{specification.model}, {TITLES[effects]}, by maximum likelihood"
    if effects in FIXED:
        extras |= {"lee_yu": lee_yu, "nobs_effective": problem.n_eff}
        options["lee_yu"] = lee_yu
        method += f"; {LEE_YU_TITLES[lee_yu]}"
    one = sample.weights is not None and problem.lag is not None
    return SpatialPanelResults(
        specification.model,
        design,
        likelihood_estimates(design.terms, spatial, beta=found.beta, covariance=found.covariance),
        Fit(
            fitted=read_only(design.y - found.residuals),
            resids=read_only(found.residuals),
            loglik=found.loglik,
            parameters=p + 1 + (absorbed if lee_yu != "transformation" else 0),
            sigma2=found.sigma2,
            rsquared=float(-np.expm1(-2 * (found.loglik - null_loglik) / problem.n_eff)),
            df_resid=design.nobs - p - absorbed,
        ),
        sample.weights,
        sample.provenance(specification, method, options),
        (
            *sample.notes,
            *_effect_notes(effects, lee_yu, problem),
            *maxima_notes(found.maxima, found.optima, found.traces.relative_error),
        ),
        "maximum likelihood",
        extras,
        traces=found.traces.of_lag[0] if one and found.traces.of_lag else None,
        weights_error=sample.error.one if sample.error else None,
        weights_x=sample.lagged.one if sample.lagged else None,
        cells=cells,
        effects=effects,
        spatial=sample.spatial,
        lagged=sample.lagged,
        error=sample.error,
        fixed=_fixed_parts(problem, found) if effects in FIXED else None,
        likelihood=Likelihood(problem, found),
    )


def _fixed_parts(problem: PanelProblem, found: PanelMaximum) -> FixedParts:
    columns = problem.X
    if problem.lag is not None:
        columns = np.column_stack([columns, found.spread])
    return FixedParts(
        read_only(found.mean - problem.X @ found.beta),
        read_only(effect_part(problem, columns, found.lambda_)),
        read_only(found.covariance),
    )


def _centred(design: Design, effects: Effects) -> np.ndarray:
    """Return y less its mean where neither effects nor the formula lack a constant."""
    if effects in FIXED or not design.has_intercept:
        return np.asarray(design.y)
    return np.asarray(design.y - design.y.mean())


def _effect_notes(effects: Effects, lee_yu: LeeYu, problem: PanelProblem) -> tuple[str, ...]:
    if effects not in FIXED:
        return ()
    if lee_yu == "transformation":
        return (
            f"Fixed effects are transformed out: {problem.n_eff} of {problem.y.size} observations "
            "remain; likelihood, AIC and BIC are those of the transformed data.",
        )
    if lee_yu == "bias-correction":
        return (
            "Estimates are corrected for the bias of estimated effects; likelihood, AIC and BIC "
            "are those of the direct approach at its maximum.",
        )
    return (UNCORRECTED,)
