"""Specification tests of a cross-section fit, each with its null in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.core.statistics import Answer, NotApplicable, Statistic, Tests, normal_p
from workbench.numerics.chi_square import ChiSquare
from workbench.numerics.lagrange import error_after_lag, lagrange_multipliers
from workbench.numerics.moran import residual_moran
from workbench.numerics.regression import condition_number
from workbench.numerics.residual_tests import breusch_pagan, jarque_bera, white
from workbench.regression.design import INTERCEPT, Design
from workbench.regression.specification import LAGS_ERROR

if TYPE_CHECKING:
    from workbench.models.results import CrossSectionResults, Diagnostics

LEAST_SQUARES = ("ols", "slx")
NORMAL = "normal disturbances"

MORAN, REMAINING = "Moran's I of residuals", "LM remaining error"
LAGRANGE = {
    "LM lag": ("lag", "rho = 0"),
    "LM error": ("error", "lambda = 0"),
    "Robust LM lag": ("robust_lag", "rho = 0, whatever lambda is nearby"),
    "Robust LM error": ("robust_error", "lambda = 0, whatever rho is nearby"),
    "LM SARMA": ("sarma", "rho = 0 and lambda = 0"),
}


def diagnose(fit: CrossSectionResults) -> Diagnostics:
    """Run every test that applies to a fit; see :meth:`CrossSectionResults.diagnostics`."""
    from workbench.models.results import Diagnostics

    answers = {**_spatial(fit), **_residual(fit)}
    return Diagnostics(
        tests=Tests(f"Diagnostics: {fit.title}", answers),
        collinearity=variance_inflation(fit.design),
        condition_number=float(condition_number(fit.design.X)),
    )


def _spatial(fit: CrossSectionResults) -> dict[str, Answer]:
    if fit.model in LEAST_SQUARES:
        return {MORAN: _moran(fit), **_lagrange(fit)}
    reason = f"residuals of {fit.model} are not least-squares residuals"
    moran = NotApplicable(MORAN, "residuals are not spatially autocorrelated", reason)
    return {MORAN: moran, REMAINING: _remaining(fit)}


def _moran(fit: CrossSectionResults) -> Answer:
    null = "residuals are not spatially autocorrelated"
    if fit.weights is None:
        return NotApplicable(MORAN, null, "the model was fitted without weights W")
    moments = residual_moran(fit.fit.resids, fit.design.X, W=fit.weights.sparse)
    return Statistic(
        name=MORAN,
        statistic=moments.I,
        null=null,
        p_value=normal_p(moments.z, "two-sided"),
        expected=moments.expected,
        variance=moments.variance,
        z=moments.z,
        assumptions=NORMAL,
    )


def _lagrange(fit: CrossSectionResults) -> dict[str, Answer]:
    if fit.weights is None:
        reason = "the model was fitted without weights W"
        return {name: NotApplicable(name, null, reason) for name, (_, null) in LAGRANGE.items()}
    found = lagrange_multipliers(fit.design.y, fit.design.X, W=fit.weights.sparse)
    reason = "lag and error cannot be told apart with these regressors"
    return {
        name: answered(name, getattr(found, kernel), null=null, reason=reason)
        for name, (kernel, null) in LAGRANGE.items()
    }


def _remaining(fit: CrossSectionResults) -> Answer:
    null = "disturbances that remain beside Wy are not spatially correlated"
    if fit.model in LAGS_ERROR or fit.traces is None or fit.weights is None:
        return NotApplicable(REMAINING, null, f"{fit.model} models that correlation itself")
    variance = fit.std_errors["rho"] ** 2
    found = error_after_lag(
        fit.fit.resids,
        W=fit.weights.sparse,
        sigma2=fit.sigma2,
        rho_variance=float(variance),
        traces=fit.traces,
    )
    return answered(REMAINING, found, null=null, reason="its variance is not positive here")


def _residual(fit: CrossSectionResults) -> dict[str, Answer]:
    residuals, X = fit.fit.resids, fit.design.X
    variance = "the variance of the disturbances is constant"
    constant = "the model has no intercept"
    answers: dict[str, Answer] = {
        "Jarque-Bera": answered(
            "Jarque-Bera", jarque_bera(residuals), null="disturbances are normal", reason=""
        )
    }
    for name, kernel in (("Breusch-Pagan (Koenker)", breusch_pagan), ("White", white)):
        if not fit.design.has_intercept or X.shape[1] == 1:
            reason = constant if not fit.design.has_intercept else "there is no regressor"
            answers[name] = NotApplicable(name, variance, reason)
            continue
        reason = "its auxiliary regression has as many terms as there are regions"
        answers[name] = answered(name, kernel(residuals, X), null=variance, reason=reason)
    return answers


def answered(name: str, found: ChiSquare, *, null: str, reason: str) -> Answer:
    """Turn a kernel's chi-square into a statistic, or into "not applicable" where it is NaN."""
    if math.isnan(found.statistic):
        return NotApplicable(name, null, reason)
    return Statistic(
        name=name,
        statistic=found.statistic,
        null=null,
        p_value=found.pvalue,
        alternative="greater",
        distribution="chi2",
        df=(float(found.df),),
        assumptions=NORMAL if "LM" in name else "",
    )


def variance_inflation(design: Design) -> pd.DataFrame:
    """Return the variance inflation factor of each slope, 1 / (1 − R²) of it on the others.

    Parameters
    ----------
    design : Design
        Of full column rank; without an intercept R² is uncentred.

    Returns
    -------
    pandas.DataFrame
        Index ``term``, column ``vif``.
    """
    terms = [term for term in design.terms if term != INTERCEPT]
    X = design.X[:, [design.terms.index(term) for term in terms]]
    if design.has_intercept:
        X = X - X.mean(axis=0)
    # The inverse of the scaled cross-product has 1 / (1 − R²) on its diagonal; a QR avoids
    # squaring the condition number.
    R = np.linalg.qr(X, mode="r")
    inverse = np.linalg.solve(R, np.eye(len(terms))) if terms else np.empty((0, 0))
    factors = np.sum(inverse**2, axis=1) * np.sum(X**2, axis=0)
    return pd.DataFrame({"vif": factors}, index=pd.Index(terms, name="term"))
