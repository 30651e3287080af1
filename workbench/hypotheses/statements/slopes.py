"""Impacts of a fit with their gradients in its estimates: what joint standard errors are made of.

A standard error of a difference between two impacts needs the covariance of both. Here every
impact is a row of derivatives in the parameters of one table, so that any linear combination of
impacts and coefficients has its exact delta-method variance, g′Vg.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from workbench.errors import WorkbenchError
from workbench.hypotheses.statements.absences import NotInModelError
from workbench.numerics.responses.impacts import AverageImpacts, average_impacts
from workbench.numerics.responses.regional import averages
from workbench.numerics.responses.traces import lag_traces
from workbench.panels.dynamic.impacts import Settled, settled
from workbench.panels.dynamic.results import DynamicPanelResults
from workbench.panels.impacts import PanelEffects
from workbench.panels.spatial.period_impacts import averaged_over_periods
from workbench.regression.impacts import ImpactParts
from workbench.regression.parameters import picked, require_spatial
from workbench.regression.results import RegressionResults
from workbench.typing import FloatArray, Horizon


@dataclass(frozen=True, slots=True, eq=False)
class EffectSlopes:
    """Impacts of all terms at one horizon.

    Attributes
    ----------
    terms : tuple of str, length K
    values : ndarray of shape (K, 3)
        Direct, indirect, total.
    gradients : ndarray of shape (K, 3, p)
        Their derivatives in the p estimates of the fit.
    """

    terms: tuple[str, ...]
    values: FloatArray
    gradients: FloatArray


def effect_slopes(fit: RegressionResults, horizon: Horizon | None) -> EffectSlopes:
    """Return the impacts of a fit and their gradients.

    Parameters
    ----------
    fit : RegressionResults
    horizon : {"short-run", "long-run"}, optional
        Of a dynamic panel; its short run without.

    Raises
    ------
    NotInModelError
        If the fit has no such horizon, or its impacts do not exist at the estimates.
    """
    if horizon is not None and not isinstance(fit, DynamicPanelResults):
        raise NotInModelError(
            "horizon",
            expected="a dynamic panel, in which a change works out over time",
            found=f"{horizon!r} of a {fit.model} without lags in time",
            remedy='wb.fit(..., effects="entity", dynamic="lag")',
        )
    if horizon == "long-run":
        long = settled_of(cast(DynamicPanelResults, fit))
        found = _slopes(long.parts)
        J = np.zeros((long.jacobian.shape[0], len(fit.estimates.terms)))
        known = long.positions >= 0
        J[:, long.positions[known]] = long.jacobian[:, known]
        return EffectSlopes(found.terms, found.values, found.gradients @ J)
    parts = parts_of(fit)
    if len(parts) > 1:
        return _scattered(parts[0], averaged_over_periods(parts))
    return _slopes(parts[0])


def parts_of(fit: RegressionResults) -> list[ImpactParts]:
    """Return what impacts are computed from, one element a period where W changes over time.

    Raises
    ------
    NotInModelError
        If the impacts do not exist at the estimates, as with a rho outside its interval.
    """
    varies = isinstance(fit, PanelEffects) and fit.varies
    try:
        if varies:
            return list(cast(PanelEffects, fit)._parts_by_period().values())
        return [fit._impact_parts()]
    except WorkbenchError as error:
        raise absent(error) from error


def settled_of(fit: DynamicPanelResults) -> Settled:
    """Return what impacts in the long run are computed from, or say why there is none."""
    try:
        fit._refuse_unstable()
        return settled(fit)
    except WorkbenchError as error:
        raise absent(error) from error


def absent(error: WorkbenchError) -> NotInModelError:
    """Return a refusal of impacts as the refusal of a hypothesis on them."""
    return NotInModelError(
        error.argument,
        expected=error.expected,
        found=error.found,
        offenders=error.offenders,
        why=error.why,
        remedy=error.remedy,
    )


def _slopes(parts: ImpactParts) -> EffectSlopes:
    beta, theta = picked(parts.estimates, parts.own), picked(parts.estimates, parts.lagged)
    if not parts.spatial:
        one = np.array([1.0, 0.0, 1.0])
        zero = np.zeros((len(beta), 3))
        return _scattered(parts, AverageImpacts(beta[:, None] * one, zero, one, np.zeros(3)))
    rho = float(parts.estimates[parts.rho]) if parts.rho >= 0 else 0.0
    weights = require_spatial(parts, "impacts")
    if parts.lagged_by is not None:
        both = averages(weights.sparse, rho, lagged_by=parts.lagged_by).with_difference()
        effects = np.outer(beta, both.a) + np.outer(theta, both.b)
        by_rho = np.outer(beta, both.slope_a) + np.outer(theta, both.slope_b)
        return _scattered(parts, AverageImpacts(effects, by_rho, both.a, both.b))
    traces = parts.traces or lag_traces(weights.sparse, rho=rho)
    return _scattered(parts, average_impacts(beta, theta, traces=traces))


def _scattered(parts: ImpactParts, found: AverageImpacts) -> EffectSlopes:
    """Put derivatives in (ρ, β_k, θ_k) where these stand among the estimates."""
    K = len(parts.terms)
    G: FloatArray = np.zeros((K, 3, len(parts.estimates)))
    if parts.rho >= 0:
        G[:, :, parts.rho] += found.gradient_rho
    places: tuple[tuple[Any, FloatArray], ...] = (
        (parts.own, found.gradient_beta),
        (parts.lagged, found.gradient_theta),
    )
    for positions, slope in places:
        for k in range(K):
            if positions[k] >= 0:
                G[k, :, positions[k]] += slope
    return EffectSlopes(parts.terms, np.asarray(found.effects), G)
