"""Panels with lags in time by moments: Arellano and Bond's and Blundell and Bond's, with Wy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from workbench.core.expressions import label
from workbench.errors import CollinearityError, InputError, PanelError, ValuesError
from workbench.numerics.panels.dynamic import Feedback, Roots, roots_of
from workbench.numerics.panels.moments import first_step, second_step, variance_of
from workbench.numerics.sparse.matrices import as_weights
from workbench.panels.dynamic.equations import NamedEquations, build_equations
from workbench.panels.dynamic.likelihood import one_w
from workbench.panels.dynamic.moment_results import (
    DynamicMomentResults,
    Moments,
    validity_notes,
    weak_notes,
)
from workbench.panels.dynamic.results import ETA, TAU, stability_notes
from workbench.panels.dynamic.sample import of_rows, refuse_uneven
from workbench.panels.effects import TITLES, estimable_design, without_effects
from workbench.panels.sample import PanelSample
from workbench.panels.spatial.multiplier import inadmissible
from workbench.regression.design import Design, read_only
from workbench.regression.dynamic_moments import DynamicGMM
from workbench.regression.results import RHO, Estimates, Fit
from workbench.regression.specification import Specification
from workbench.weights import Weights

MODELS = ("ols", "slx", "sar", "sdm")
COVARIANCES = {
    1: "clustered by region",
    2: "two steps, clustered by region (Windmeijer 2005)",
}
MANY = 0.5
"""Instruments a region above which Hansen's test and second-step weights are said to suffer."""


def fit_dynamic_moments(
    specification: Specification, design: Design, sample: PanelSample
) -> DynamicMomentResults:
    """Estimate a panel with lags in time by difference or system GMM.

    Raises
    ------
    InputError
        If an option does not belong to it, or instruments are too many or tell too little.
    PanelError
        If effects are others, W changes over time, or periods are too few or not evenly apart.
    """
    gmm = specification.dynamic_gmm
    if gmm is None:
        raise AssertionError
    if sample.spatial is not None:
        one_w(sample)
    refuse_uneven(sample)
    design = estimable_design(design, sample.cells, specification.effects)
    named = build_equations(specification, gmm, design, sample)
    moments = _estimated(gmm, named)
    return _labelled(specification, design, sample, moments)


def refuse_misplaced_moments(specification: Specification) -> None:
    """Refuse choices that moments of lags in time are not made for."""
    if specification.dynamic_gmm is None:
        return
    nothing = "nothing with dynamic and method='gmm'"
    refused = (
        (
            "model",
            specification.model not in MODELS,
            "ols, slx, sar or sdm with moments of lags in time",
            "a spatial disturbance makes the moments of different regions correlated",
            'model="sdm", or leave method out',
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
            "moments of lags in time are those of linear models",
            'dynamic="none"',
        ),
        (
            "endogenous",
            bool(specification.endogenous),
            "nothing with dynamic",
            "lags of an endogenous regressor instrument it, as those of the outcome do",
            'method=wb.panels.DynamicGMM(endogenous=["x"])',
        ),
        *(
            (name, bool(getattr(specification, name)), nothing, "", "leave it out")
            for name in ("absorb", "lee_yu", "random")
        ),
        (
            "random_method",
            specification.random_method != "swar",
            nothing,
            "",
            "leave it out",
        ),
        (
            "covariance",
            specification.covariance not in ("classical", "clustered"),
            "'clustered', which is what these moments are weighted by and reported with",
            "the second step's weight takes regions as independent, over time anything goes",
            'covariance="clustered"',
        ),
    )
    for name, wrong, expected, why, remedy in refused:
        if wrong:
            found = repr(getattr(specification, name))
            raise InputError(name, expected=expected, found=found, why=why, remedy=remedy)
    if specification.effects not in ("entity", "two-way"):
        raise PanelError(
            "effects",
            expected="'entity' or 'two-way' with dynamic and method='gmm'",
            found=repr(specification.effects),
            why="the moments are those of what effects of regions leave",
            remedy='effects="two-way"',
        )


def _estimated(gmm: DynamicGMM, named: NamedEquations) -> Moments:
    """Return both steps; the second only where regions outnumber instruments."""
    equations = named.equations
    active = len(np.unique(equations.at.region))
    m = equations.Z.shape[1]
    try:
        first = first_step(equations)
    except CollinearityError as error:
        raise CollinearityError(
            "instruments",
            expected=error.expected,
            found=error.found,
            offenders=[named.terms[i] for i in error.offenders],
            why=error.why,
            remedy="method=wb.panels.DynamicGMM(lags=(2, None)) has more, or fewer coefficients",
        ) from None
    if gmm.steps == 2 and m >= active:
        raise _too_many(gmm, m, active)
    if m >= active:
        return Moments(gmm, named, first, None)
    try:
        second = second_step(equations, first)
    except ValuesError:
        if gmm.steps == 2:
            raise _too_many(gmm, m, active) from None
        second = None
    return Moments(gmm, named, first, second)


def _too_many(gmm: DynamicGMM, m: int, regions: int) -> InputError:
    remedy = f"method={replace(gmm, steps=1).call}"
    if not gmm.collapse:
        remedy = f"method={replace(gmm, collapse=True).call} collapses them; or {remedy}"
    elif gmm.lags[1] is None or gmm.lags[1] > gmm.lags[0]:
        fewer = replace(gmm, lags=(gmm.lags[0], gmm.lags[0]))
        remedy = f"method={fewer.call} has fewer; or {remedy}"
    return InputError(
        "method",
        expected="fewer instruments than regions, and moments that are not combinations of each "
        "other, for two steps",
        found=f"{m} instruments and {regions} regions",
        why="the second step weights moments by the inverse of a covariance that has none",
        remedy=remedy,
    )


def _labelled(
    specification: Specification, design: Design, sample: PanelSample, moments: Moments
) -> DynamicMomentResults:
    named, step, gmm = moments.named, moments.step, moments.gmm
    effects, total = specification.effects, sample.panel
    design, sample = of_rows(design, sample, named.kept, _given(sample))
    cells = sample.cells
    resids = without_effects((named.y - named.X @ step.delta)[:, None], cells, effects)[:, 0]
    fitted = named.y - resids
    params = dict(zip(named.terms, step.delta.tolist(), strict=True))
    rho = params.get(RHO, 0.0)
    reason = inadmissible(rho, sample.weights) if RHO in params else ""
    roots = _roots(params, None if reason else sample.weights, unknown=bool(reason))
    part = named.transformed
    e = step.residuals[part]
    inner = replace(
        named.equations,
        X=named.equations.X[part],
        at=replace(named.equations.at, L=named.equations.at.L[part]),
    )
    how = f"{gmm.equations} GMM, {'one step' if gmm.steps == 1 else 'two steps'}"
    m = len(named.instruments)
    lagged = RHO in params or ETA in params
    return DynamicMomentResults(
        specification.model,
        design,
        Estimates(
            named.terms,
            read_only(step.delta),
            read_only(step.covariance),
            df=None,
            covariance=COVARIANCES[gmm.steps],
        ),
        Fit(
            fitted=read_only(fitted),
            resids=read_only(resids),
            loglik=float("nan"),
            parameters=len(named.terms) + cells.count(effects) + 1,
            sigma2=variance_of(inner, e),
            rsquared=float(np.corrcoef(named.y, fitted)[0, 1] ** 2),
            df_resid=design.nobs - len(named.terms) - cells.count(effects),
        ),
        sample.weights,
        sample.provenance(
            specification,
            f"dynamic {specification.model}, {TITLES[effects]}, by {how}",
            {**gmm.described, "dynamic": specification.dynamic},
        ),
        (
            *sample.notes,
            *_instrument_notes(moments, balanced=total.balanced),
            *weak_notes(moments),
            *validity_notes(moments),
            *((f"{reason}: there are no impacts.",) if reason else stability(roots, lagged)),
        ),
        "closed form",
        {
            "effects": effects,
            "entities": cells.N,
            "periods": cells.T,
            "method": "gmm",
            "equations": gmm.equations,
            "instruments": m,
            "dynamic": specification.dynamic,
            "largest_root": roots.largest,
        },
        weights_x=sample.lagged.one if sample.lagged else None,
        cells=cells,
        effects=effects,
        spatial=sample.spatial,
        lagged=sample.lagged,
        dynamic=specification.dynamic,
        roots=roots,
        expected=read_only(fitted - rho * named.X[:, -1] if RHO in params else fitted),
        moments=moments,
        refused=reason,
    )


def _given(sample: PanelSample) -> str:
    if sample.panel.balanced:
        return f"The first period, {label(sample.panel.periods[0])}, is given."
    return (
        f"The panel has {len(sample.panel.gaps)} gaps: every equation is used whose values are "
        "all observed; lags that are not count as zero among instruments."
    )


def _roots(params: dict[str, float], W: Weights | None, *, unknown: bool) -> Roots:
    tau, eta, rho = (params.get(name, 0.0) for name in (TAU, ETA, RHO))
    if unknown:
        return Roots(float("nan"), float("nan"), float("nan"), False, float("nan"))
    if W is None:
        return Roots(abs(tau), tau, abs(tau), True, 1.0)
    return roots_of(as_weights(W.sparse), Feedback(tau, eta, rho))


def stability(roots: Roots, spatial: bool) -> tuple[str, ...]:
    """Say whether shocks die out."""
    if spatial:
        return stability_notes(roots)
    dies = "die out" if roots.largest < 1.0 else "do not die out. There is no long run"
    return (f"tau is {roots.common:.4f}: shocks {dies}.",)


def _instrument_notes(moments: Moments, *, balanced: bool) -> tuple[str, ...]:
    named, gmm = moments.named, moments.gmm
    m = len(named.instruments)
    regions = len(np.unique(named.equations.at.region))
    told = [f"{m} instruments of {len(named.terms)} coefficients, {regions} regions."]
    if m > MANY * regions:
        told.append(
            "Instruments are many for so few regions: they fit what they should instrument, "
            "Hansen's p-value leans towards 1, and weights of two steps are noisy. "
            f"method={replace(gmm, lags=(gmm.lags[0],) * 2, collapse=True).call} has fewer."
        )
    if named.lost:
        told.append(f"Left out of the instruments, as combinations of others: {len(named.lost)}.")
    if not balanced and gmm.transform == "differences":
        told.append('Differences lose two equations a gap; DynamicGMM(transform="deviations") one.')
    return tuple(told)
