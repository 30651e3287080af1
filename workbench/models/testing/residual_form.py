"""Tests of functional form, normality and constant variance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.core.statistics import Answer
from workbench.models.testing.answers import (
    NORMAL,
    chi2_answer,
    even_rows,
    f_answer,
    information_variance,
    not_applicable,
    weights_of,
)
from workbench.numerics.scores.residual_tests import breusch_pagan, jarque_bera, white
from workbench.numerics.scores.specification_errors import link, reset, spatial_breusch_pagan
from workbench.regression.design import INTERCEPT
from workbench.regression.results import LAMBDA, RHO
from workbench.regression.specification import LEAST_SQUARES

if TYPE_CHECKING:
    from workbench.models.results import CrossSectionResults
    from workbench.typing import FloatArray

PLAIN, KOENKER, SPATIAL = (
    "Breusch-Pagan",
    "Breusch-Pagan (Koenker)",
    "Breusch-Pagan (spatial)",
)
VARIANCES = (PLAIN, KOENKER, SPATIAL, "White")


def form(fit: CrossSectionResults) -> dict[str, Answer]:
    """Return RESET and the link test of a least-squares fit."""
    if fit.model not in LEAST_SQUARES:
        reason = f"its F law is that of least squares, not of {fit.model}"
        return {name: not_applicable(name, reason) for name in ("RESET", "Link")}
    y, X, c = fit.design.y, fit.design.X, fit.design.case_weights
    if X.shape[1] == 1 and fit.design.has_intercept:
        return {name: not_applicable(name, "there is no regressor") for name in ("RESET", "Link")}
    reason = "powers of the fitted values are combinations of the terms, or leave no region over"
    return {
        "RESET": f_answer("RESET", reset(y, X, case_weights=c), reason=reason),
        "Link": f_answer("Link", link(y, X, case_weights=c), reason=reason),
    }


def residuals(fit: CrossSectionResults) -> dict[str, Answer]:
    """Return the tests of normality and of constant variance.

    The variance may depend on the regressors: X (with WX where the model has it), and on
    (I − λW)X, the regressors behind the residuals, for a spatial error model. With case weights
    it is what they leave of the variance: the residuals are the weighted ones.
    """
    e = even_rows(fit).e
    normal = chi2_answer("Jarque-Bera", jarque_bera(e), reason="")
    if not fit.design.has_intercept or fit.design.X.shape[1] == 1:
        has = fit.design.has_intercept
        reason = "there is no regressor" if has else "the model has no intercept"
        return {
            "Jarque-Bera": normal,
            **{name: not_applicable(name, reason) for name in VARIANCES},
        }
    Z = variance_terms(fit)
    full = "its auxiliary regression has as many terms as there are regions"
    return {
        "Jarque-Bera": normal,
        PLAIN: chi2_answer(
            PLAIN, breusch_pagan(e, Z, studentized=False), reason=full, assumptions=NORMAL
        ),
        KOENKER: chi2_answer(KOENKER, breusch_pagan(e, Z), reason=full),
        SPATIAL: _spatial(fit, Z),
        "White": chi2_answer("White", white(e, Z), reason=full),
    }


def variance_terms(fit: CrossSectionResults) -> FloatArray:
    """Return the regressors behind the residuals, with a constant, shape (n, k)."""
    X, terms = fit.design.X, fit.estimates.terms
    if LAMBDA not in terms:
        return X
    weights = weights_of(fit, LAMBDA)
    filtered = X - float(fit.estimates.values[terms.index(LAMBDA)]) * (weights.sparse @ X)
    constant = fit.design.terms.index(INTERCEPT)
    # (I − λW)1 is no constant where a region has no neighbours; a variance needs one.
    filtered[:, constant] = 1.0
    return np.asarray(filtered)


def _spatial(fit: CrossSectionResults, Z: FloatArray) -> Answer:
    terms = fit.estimates.terms
    spatial = [term for term in (RHO, LAMBDA) if term in terms]
    if not spatial or fit.weights is None:
        return not_applicable(SPATIAL, "there is no spatial parameter to allow for")
    if len(spatial) > 1:
        return not_applicable(SPATIAL, "it is known for one spatial parameter, not for two")
    at = terms.index(spatial[0])
    rows = even_rows(fit)
    found = spatial_breusch_pagan(
        rows.e,
        Z,
        W=rows.weights(weights_of(fit, spatial[0])),
        spatial=float(fit.estimates.values[at]),
        variance=information_variance(fit, spatial[0]),
    )
    reason = "its variance is not positive definite here"
    return chi2_answer(SPATIAL, found, reason=reason, assumptions=NORMAL)
