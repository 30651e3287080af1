"""What coefficients of a logit are worth: odds ratios, and effects on the probability."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import expit

from workbench.core.vocabulary import coefficient_table
from workbench.regression.design import INTERCEPT
from workbench.regression.marginal import slopes_by
from workbench.typing import FloatArray

if TYPE_CHECKING:
    from workbench.models.binary.results import BinaryResults

LEVEL_OF = "[T."
"""How formulas write the dummy of a category."""


def odds_ratios_of(fit: BinaryResults, level: float) -> pd.DataFrame:
    """Return exp of estimates and interval ends of the slopes."""
    table = fit.tidy(level).drop(index=INTERCEPT, errors="ignore")
    with np.errstate(over="ignore"):  # an end beyond 700 is infinite odds
        return pd.DataFrame(
            {
                "odds_ratio": np.exp(table["estimate"]),
                "p_value": table["p_value"],
                "conf_low": np.exp(table["conf_low"]),
                "conf_high": np.exp(table["conf_high"]),
            }
        )


def marginal_effects_of(fit: BinaryResults, variable: str | None, level: float) -> pd.DataFrame:
    """Return average marginal effects with standard errors by the delta method."""
    terms = [term for term in fit.design.terms if term != INTERCEPT]
    if variable is None:
        found = [_of_term(fit, term) for term in terms]
    else:
        found = [_of_slopes(fit, _slopes(fit, variable))]
        terms = [variable]
    gradients = np.stack([gradient for _, gradient in found])
    errors = np.sqrt(np.einsum("ij,jk,ik->i", gradients, fit.estimates.cov, gradients))
    return coefficient_table(
        terms, np.array([value for value, _ in found]), errors, df=None, level=level
    )


def _slopes(fit: BinaryResults, variable: str) -> FloatArray:
    """Return the derivative of each column by a variable, shape (n, k); lags stay."""
    G = np.zeros_like(fit.design.X)
    found = slopes_by(fit.design, variable, at="observed")
    for at, term in enumerate(fit.design.impact_terms):
        if term in fit.design.terms:
            G[:, fit.design.terms.index(term)] = found[:, at]
    return G


def _of_term(fit: BinaryResults, term: str) -> tuple[float, FloatArray]:
    at = fit.design.terms.index(term)
    X = fit.design.X
    if np.isin(X[:, at], (0.0, 1.0)).all():
        return _of_dummy(fit, at)
    G = np.zeros_like(X)
    G[:, at] = 1.0
    return _of_slopes(fit, G)


def _of_slopes(fit: BinaryResults, G: FloatArray) -> tuple[float, FloatArray]:
    """Return the mean of p(1 − p) g′β, and its gradient by β."""
    X, beta, p = fit.design.X, fit.estimates.values, fit.fit.fitted
    density, along = p * (1.0 - p), G @ beta
    gradient = (density * (1.0 - 2.0 * p) * along) @ X + density @ G
    return float(np.mean(density * along)), gradient / len(p)


def _of_dummy(fit: BinaryResults, at: int) -> tuple[float, FloatArray]:
    """Return the mean change of p from 0 to 1, the other categories of the factor at 0."""
    terms, beta = fit.design.terms, fit.estimates.values
    base = terms[at].partition(LEVEL_OF)[0]
    factor = LEVEL_OF in terms[at] and ":" not in terms[at]
    kin = [i for i, t in enumerate(terms) if factor and ":" not in t and t.startswith(base + "[")]
    off = np.array(fit.design.X)
    off[:, [*kin, at]] = 0.0
    on = off.copy()
    on[:, at] = 1.0
    up, down = expit(on @ beta), expit(off @ beta)
    gradient = (up * (1.0 - up)) @ on - (down * (1.0 - down)) @ off
    return float(np.mean(up - down)), gradient / len(up)
