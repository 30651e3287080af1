"""Wald and likelihood-ratio tests within a fit: of its spatial terms, and of the common factor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.core.statistics import Answer, f_test
from workbench.errors import ConvergenceError, ValuesError
from workbench.models.testing.answers import (
    NORMAL,
    chi2_answer,
    even_rows,
    least_squares_loglik,
    not_applicable,
    weights_of,
)
from workbench.models.testing.catalogue import CATALOGUE
from workbench.numerics.likelihoods.one_parameter import fit_error, fit_lag
from workbench.numerics.likelihoods.two_parameters import lag_error_loglik
from workbench.numerics.likelihoods.wald import common_factor, spatial_hausman, wald
from workbench.numerics.scores.chi_square import chi_square
from workbench.numerics.sparse.matrices import constant_row_sum
from workbench.regression.design import lag_name
from workbench.regression.results import LAMBDA, RHO
from workbench.regression.specification import LEAST_SQUARES

if TYPE_CHECKING:
    from workbench.models.results import CrossSectionResults
    from workbench.typing import FloatArray

FACTORS = ("Wald common factor", "LR common factor")


def restrictions(fit: CrossSectionResults) -> dict[str, Answer]:
    """Return the tests of WX, of the spatial parameters, of the common factor, and Hausman's."""
    return {
        "Wald WX": _wald_lags(fit),
        "LR WX": _ratio_lags(fit),
        **{f"Wald {term}": _wald_parameter(fit, term) for term in (RHO, LAMBDA)},
        "LR spatial parameters": _ratio_parameters(fit),
        **_common_factor(fit),
        "Spatial Hausman": _hausman(fit),
    }


def wald_answers(fit: CrossSectionResults) -> dict[str, Answer]:
    """Return the tests that need the estimates and their covariance alone."""
    answers = {"Wald WX": _wald_lags(fit), FACTORS[0]: _wald_factor(fit)}
    for term in (RHO, LAMBDA):
        answers[f"Wald {term}"] = _wald_parameter(fit, term)
    return answers


def _positions(fit: CrossSectionResults, terms: tuple[str, ...]) -> list[int]:
    return [fit.estimates.terms.index(term) for term in terms]


def _block(fit: CrossSectionResults, at: list[int]) -> tuple[FloatArray, FloatArray]:
    return fit.estimates.values[at], fit.estimates.cov[np.ix_(at, at)]


def _wald_lags(fit: CrossSectionResults) -> Answer:
    if not fit.design.lagged:
        return not_applicable("Wald WX", "the model has no WX")
    at = _positions(fit, tuple(lag_name(term) for term in fit.design.lagged))
    found = wald(*_block(fit, at))
    if fit.estimates.df is None:
        return chi2_answer("Wald WX", found, reason="the covariance is not positive definite")
    if not isinstance(fit.estimates.df, int | float):
        return not_applicable("Wald WX", "this covariance has a law for one coefficient at a time")
    null = CATALOGUE["Wald WX"].null
    df = (float(found.df), float(fit.estimates.df))
    return f_test("Wald WX", found.statistic / found.df, df, null=null)


def _ratio_lags(fit: CrossSectionResults) -> Answer:
    name = "LR WX"
    if not fit.design.lagged:
        return not_applicable(name, "the model has no WX")
    spatial = _spatial(fit)
    lags = {lag_name(term) for term in fit.design.lagged}
    X = fit.design.X[:, [i for i, term in enumerate(fit.design.terms) if term not in lags]]
    try:
        small = _loglik(fit, X, spatial)
    except (ConvergenceError, ValuesError) as fault:
        return not_applicable(name, f"the model without WX has no estimate ({fault.found})")
    found = chi_square(2.0 * (fit.loglik - small), len(lags))
    return chi2_answer(name, found, reason="", assumptions=NORMAL)


def _loglik(fit: CrossSectionResults, X: FloatArray, spatial: list[str]) -> float:
    if not spatial or fit.weights is None:
        return least_squares_loglik(fit, X)
    if len(spatial) > 1:
        M = None if fit.weights_error is None else fit.weights_error.sparse
        W, c = fit.weights.sparse, fit.design.case_weights
        return lag_error_loglik(fit.design.y, X, W=W, M=M, case_weights=c)
    estimator = fit_lag if spatial == [RHO] else fit_error
    W = weights_of(fit, spatial[0]).sparse
    return estimator(fit.design.y, X, W=W, case_weights=fit.design.case_weights).loglik


def _spatial(fit: CrossSectionResults) -> list[str]:
    return [term for term in (RHO, LAMBDA) if term in fit.estimates.terms]


def _wald_parameter(fit: CrossSectionResults, term: str) -> Answer:
    if term not in fit.estimates.terms:
        return not_applicable(f"Wald {term}", f"the model has no {term}")
    values, cov = _block(fit, _positions(fit, (term,)))
    if not np.isfinite(cov).all():
        return not_applicable(f"Wald {term}", f"{term} has no standard error")
    found = wald(values, cov)
    return chi2_answer(f"Wald {term}", found, reason="its variance is zero")


def _ratio_parameters(fit: CrossSectionResults) -> Answer:
    name, spatial = "LR spatial parameters", _spatial(fit)
    if not spatial:
        return not_applicable(name, "the model has no spatial parameter")
    small = least_squares_loglik(fit, fit.design.X)
    found = chi_square(2.0 * (fit.loglik - small), len(spatial))
    return chi2_answer(name, found, reason="", assumptions=NORMAL)


def _common_factor(fit: CrossSectionResults) -> dict[str, Answer]:
    by_wald = _wald_factor(fit)
    reason = _no_common_factor(fit)
    if reason or fit.weights is None:
        return {FACTORS[0]: by_wald, FACTORS[1]: not_applicable(FACTORS[1], reason)}
    own = [i for i, term in enumerate(fit.design.terms) if not _is_lag(fit, term)]
    answers = {FACTORS[0]: by_wald}
    try:
        small = fit_error(
            fit.design.y,
            fit.design.X[:, own],
            W=fit.weights.sparse,
            case_weights=fit.design.case_weights,
        )
    except (ConvergenceError, ValuesError) as fault:
        reason = f"the error model has no estimate ({fault.found})"
        return {**answers, FACTORS[1]: not_applicable(FACTORS[1], reason)}
    ratio = chi_square(2.0 * (fit.loglik - small.loglik), len(fit.design.slopes))
    return {**answers, FACTORS[1]: chi2_answer(FACTORS[1], ratio, reason="", assumptions=NORMAL)}


def _wald_factor(fit: CrossSectionResults) -> Answer:
    reason = _no_common_factor(fit)
    if reason:
        return not_applicable(FACTORS[0], reason)
    slopes = fit.design.slopes
    at = _positions(fit, (*slopes, *(lag_name(term) for term in slopes), RHO))
    values, cov = _block(fit, at)
    q = len(slopes)
    found = common_factor(values[:q], values[q : 2 * q], rho=float(values[-1]), covariance=cov)
    return chi2_answer(FACTORS[0], found, reason="its variance is not positive")


def _is_lag(fit: CrossSectionResults, term: str) -> bool:
    return term in {lag_name(lagged) for lagged in fit.design.lagged}


def _no_common_factor(fit: CrossSectionResults) -> str:
    """Return why the fit does not contain an error model; empty where it does."""
    if fit.weights is None or _spatial(fit) != [RHO] or not fit.design.lagged:
        return f"{fit.model} is no spatial Durbin model"
    if fit.weights_x is not None:
        return "WX has other weights than Wy, and an error model implies lags by one W"
    if set(fit.design.lagged) != set(fit.design.slopes):
        return "not every regressor is lagged, and an error model implies all the lags"
    if fit.design.has_intercept and constant_row_sum(fit.weights.sparse) is None:
        return (
            "rows of W have different sums (islands, or W is not row-standardised): an error "
            "model implies a lag of the constant, which this model does not have"
        )
    return ""


def _hausman(fit: CrossSectionResults) -> Answer:
    name = "Spatial Hausman"
    if _spatial(fit) != [LAMBDA] or fit.weights is None:
        model = "least squares" if fit.model in LEAST_SQUARES else fit.model
        return not_applicable(name, f'it compares a fit of model="sem" with OLS; this is {model}')
    k, rows = len(fit.design.terms), even_rows(fit)
    found = spatial_hausman(
        rows.y,
        rows.X,
        W=rows.weights(weights_of(fit, LAMBDA)),
        beta=fit.estimates.values[:k],
        spatial=float(fit.estimates.values[_positions(fit, (LAMBDA,))[0]]),
        sigma2=fit.sigma2,
    )
    return chi2_answer(name, found, reason="both estimators have the same variance")
