"""Tests for spatial dependence that a fit leaves out, and for lagged regressors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.core.statistics import Answer, Statistic, normal_p
from workbench.models.testing.answers import (
    NORMAL,
    chi2_answer,
    even_rows,
    information_variance,
    not_applicable,
    weights_of,
)
from workbench.models.testing.catalogue import CATALOGUE
from workbench.numerics.autocorrelation.moran import residual_moran
from workbench.numerics.likelihoods.quasi_likelihood import added_score, linear_scores
from workbench.numerics.regression.least_squares import linear_dependencies
from workbench.numerics.responses.traces import lag_traces
from workbench.numerics.scores.durbin import durbin_scores
from workbench.numerics.scores.lagrange import error_after_lag, lagrange_multipliers
from workbench.numerics.scores.quadratic_forms import (
    exact_tails,
    residual_eigenvalues,
    saddlepoint_tails,
)
from workbench.regression.results import LAMBDA, RHO
from workbench.regression.specification import LEAST_SQUARES

if TYPE_CHECKING:
    from workbench.models.results import CrossSectionResults
    from workbench.typing import FloatArray

EXACT_UP_TO = 1000
"""Regions up to which the exact law of Moran's I is found unasked: it takes all eigenvalues."""

MORAN, MORAN_EXACT = "Moran's I of residuals", "Moran's I (exact)"
MORAN_SADDLEPOINT = "Moran's I (saddlepoint)"
MORANS = (MORAN, MORAN_EXACT, MORAN_SADDLEPOINT)
REMAINING, LM_WX = "LM remaining error", "LM WX"
LAGRANGE = {
    "LM lag": "lag",
    "LM error": "error",
    "Robust LM lag": "robust_lag",
    "Robust LM error": "robust_error",
    "LM SARMA": "sarma",
}
DURBIN = {
    LM_WX: "wx",
    "Robust LM WX": "robust_wx",
    "Robust LM lag (beside WX)": "robust_lag",
    "LM SDM": "joint",
    "LM SDEM": "joint_error",
}
NO_WEIGHTS = "the model was fitted without weights W"


def dependence(fit: CrossSectionResults, *, exact: bool = True) -> dict[str, Answer]:
    """Return Moran's I of residuals and the score tests of lag, error and lagged regressors.

    Without `exact` the laws of Moran's I that take all eigenvalues are left out.
    """
    if fit.model in LEAST_SQUARES:
        remaining = not_applicable(REMAINING, "the model has no Wy: see LM error")
        return {**_morans(fit, exact), **_lagrange(fit), REMAINING: remaining, **_durbin(fit)}
    reason = f"residuals of {fit.model} are not least-squares residuals"
    names = (*MORANS, *LAGRANGE, *DURBIN)
    return {
        **{name: not_applicable(name, reason) for name in names},
        LM_WX: _added_lags(fit),
        REMAINING: _remaining(fit),
    }


def _morans(fit: CrossSectionResults, exact: bool) -> dict[str, Answer]:
    if fit.weights is None:
        return {name: not_applicable(name, NO_WEIGHTS) for name in MORANS}
    rows = even_rows(fit)
    e, X, W = rows.e, rows.X, rows.weights(fit.weights)
    moments = residual_moran(e, X, W=W)
    # I has the scale n / S0 of W itself, whatever case weights make of the sum of the weights.
    scale = float(W.sum() / fit.weights.sparse.sum())
    value = scale * moments.I
    answers: dict[str, Answer] = {
        MORAN: Statistic(
            name=MORAN,
            statistic=value,
            null=CATALOGUE[MORAN].null,
            p_value=normal_p(moments.z, "two-sided"),
            expected=scale * moments.expected,
            variance=scale**2 * moments.variance,
            z=moments.z,
            assumptions=NORMAL,
        )
    }
    if not exact:
        return answers
    if fit.nobs > EXACT_UP_TO:
        reason = (
            f"all eigenvalues of a matrix of {fit.nobs:,} regions take long: ask for it with "
            'wb.explore.residual_moran(formula, table, W, inference="exact")'
        )
        rest = {name: not_applicable(name, reason) for name in MORANS[1:]}
        return {**answers, **rest}
    shifted = residual_eigenvalues(X, W) - float(e @ (W @ e)) / float(e @ e)
    answers[MORAN_EXACT] = _by_tails(MORAN_EXACT, value, shifted)
    answers[MORAN_SADDLEPOINT] = _by_tails(MORAN_SADDLEPOINT, value, shifted)
    return answers


def _by_tails(name: str, statistic: float, coefficients: FloatArray) -> Answer:
    exact = name == MORAN_EXACT
    tails = (exact_tails if exact else saddlepoint_tails)(coefficients)
    return Statistic(
        name=name,
        statistic=statistic,
        null=CATALOGUE[name].null,
        p_value=min(1.0, 2.0 * min(float(tails.upper), float(tails.lower))),
        distribution="exact" if exact else "saddlepoint",
        assumptions=NORMAL,
    )


def _lagrange(fit: CrossSectionResults) -> dict[str, Answer]:
    if fit.weights is None:
        return {name: not_applicable(name, NO_WEIGHTS) for name in LAGRANGE}
    rows = even_rows(fit)
    found = lagrange_multipliers(rows.y, rows.X, W=rows.weights(fit.weights))
    reason = "lag and error cannot be told apart with these regressors"
    return {
        name: chi2_answer(name, getattr(found, kernel), reason=reason, assumptions=NORMAL)
        for name, kernel in LAGRANGE.items()
    }


def _durbin(fit: CrossSectionResults) -> dict[str, Answer]:
    design = fit.design
    slopes = [i for i, term in enumerate(design.terms) if term in design.slopes]
    reason = ""
    if fit.weights is None:
        reason = NO_WEIGHTS
    elif design.lagged:
        reason = "the model has WX already: see Wald WX"
    elif not slopes:
        reason = "there is no regressor to lag"
    if reason or fit.weights is None:
        return {name: not_applicable(name, reason) for name in DURBIN}
    rows = even_rows(fit)
    found = durbin_scores(rows.y, rows.X, Z=rows.X[:, slopes], W=rows.weights(fit.weights))
    if found is None:
        reason = "X and WX together are collinear, or as many as the regions"
        return {name: not_applicable(name, reason) for name in DURBIN}
    return {
        name: chi2_answer(
            name, getattr(found, kernel), reason="it is not defined here", assumptions=NORMAL
        )
        for name, kernel in DURBIN.items()
    }


def _added_lags(fit: CrossSectionResults) -> Answer:
    """Test for WX beside the spatial parameters, by the score at the estimates without it."""
    design, found, k = fit.design, fit.estimates, len(fit.design.terms)
    slopes = [i for i, term in enumerate(design.terms) if term in design.slopes]
    if design.lagged:
        return not_applicable(LM_WX, "the model has WX already: see Wald WX")
    if fit.weights is None or found.information is None or not slopes:
        return not_applicable(LM_WX, "there is no regressor to lag")
    lags = fit.weights.sparse @ design.X[:, slopes]
    if linear_dependencies(np.column_stack([design.X, lags])):
        return not_applicable(LM_WX, "X and WX together are collinear, or as many as the regions")
    at = dict(zip(found.terms[k:], map(float, found.values[k:]), strict=True))
    W = fit.weights.sparse if RHO in at else None
    M = weights_of(fit, LAMBDA).sparse if LAMBDA in at else None
    rows = even_rows(fit)
    sigma2 = float(rows.e @ rows.e) / fit.nobs
    linear = linear_scores(
        design.X,
        found.values[:k],
        W=W,
        M=M,
        rho=at.get(RHO, 0.0),
        lam=at.get(LAMBDA, 0.0),
        case_weights=rows.case_weights,
    )
    seen = lags if M is None else lags - at[LAMBDA] * (M @ lags)
    if rows.case_weights is not None:
        seen = np.sqrt(rows.case_weights)[:, None] * seen
    answer = added_score(
        seen, rows.e, linear=linear, inverse=found.information, sigma2=sigma2, slopes=k
    )
    return chi2_answer(LM_WX, answer, reason="its variance is not positive", assumptions=NORMAL)


def _remaining(fit: CrossSectionResults) -> Answer:
    terms = fit.estimates.terms
    if LAMBDA in terms or RHO not in terms or fit.traces is None or fit.weights is None:
        return not_applicable(REMAINING, f"{fit.model} models that correlation itself")
    rows = even_rows(fit)
    W, traces = rows.weights(fit.weights), fit.traces
    if rows.case_weights is not None:
        traces = lag_traces(W, rho=traces.rho)
    found = error_after_lag(
        rows.e,
        W=W,
        sigma2=fit.sigma2,
        rho_variance=information_variance(fit, RHO),
        traces=traces,
    )
    reason = "its variance is not positive here"
    return chi2_answer(REMAINING, found, reason=reason, assumptions=NORMAL)
