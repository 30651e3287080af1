"""From a kernel's number to an answer with its null, or to "not applicable" with the reason."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from workbench.core.statistics import Answer, NotApplicable, Statistic, f_test
from workbench.errors import InputError
from workbench.models.testing.catalogue import entry
from workbench.numerics.likelihoods.case_weights import evenly, loglik_constant
from workbench.numerics.regression.least_squares import least_squares
from workbench.numerics.scores.chi_square import ChiSquare
from workbench.numerics.scores.specification_errors import SmallSample
from workbench.regression.results import LAMBDA

if TYPE_CHECKING:
    from workbench.models.results import CrossSectionResults
    from workbench.numerics.sparse.matrices import CsrArray
    from workbench.typing import FloatArray
    from workbench.weights import Weights

NORMAL = "normal disturbances"


def chi2_answer(name: str, found: ChiSquare, *, reason: str, assumptions: str = "") -> Answer:
    """Return a chi-square statistic of the catalogue; `reason` says why where it is NaN."""
    if math.isnan(found.statistic):
        return not_applicable(name, reason)
    return Statistic(
        name=name,
        statistic=found.statistic,
        null=entry(name).null,
        p_value=found.pvalue,
        alternative="greater",
        distribution="chi2",
        df=(float(found.df),),
        assumptions=assumptions,
    )


def f_answer(name: str, found: SmallSample | None, *, reason: str) -> Answer:
    """Return an F statistic of the catalogue; `reason` says why where there is none."""
    if found is None:
        return not_applicable(name, reason)
    null = entry(name).null
    df = (float(found.df[0]), float(found.df[1]))
    return f_test(name, found.statistic, df, null=null, assumptions=NORMAL)


def not_applicable(name: str, reason: str) -> NotApplicable:
    """Return the reason why a test of the catalogue cannot be made."""
    return NotApplicable(name, entry(name).null, reason)


def weights_of_error(fit: CrossSectionResults) -> Weights | None:
    """Return the weights of the disturbance: its own, or those of the outcome."""
    return fit.weights_error or fit.weights


def weights_of(fit: CrossSectionResults, term: str) -> Weights:
    """Return the weights that a spatial parameter of the fit multiplies."""
    weights = weights_of_error(fit) if term == LAMBDA else fit.weights
    if weights is None:  # a fit with a spatial parameter has weights
        raise AssertionError
    return weights


def require_likelihood(fit: CrossSectionResults, what: str, *, argument: str = "fit") -> None:
    """Refuse a fit by moments where a likelihood or least squares is needed."""
    if fit.iv is None:
        return
    raise InputError(
        argument,
        expected=f"a fit by maximum likelihood or least squares, for {what}",
        found=f"{fit.model} by moments (method='gmm')",
        why="moments maximise no likelihood: there is none to compare or to take apart",
        remedy='wb.fit(..., method="ml")',
    )


@dataclass(frozen=True, slots=True)
class EvenRows:
    """A fit in rows whose disturbances have one variance: as they are, or times √c.

    Tests that take equal variances are made of these; see
    :mod:`workbench.numerics.likelihoods.case_weights`.

    Attributes
    ----------
    y, e : ndarray of shape (n,)
        Outcome and residuals.
    X : ndarray of shape (n, k)
    case_weights : ndarray of shape (n,) or None
    """

    y: FloatArray
    X: FloatArray
    e: FloatArray
    case_weights: FloatArray | None

    def weights(self, W: Weights) -> CsrArray:
        """Return the weights that join these rows: W, or C^½WC^−½."""
        return W.sparse if self.case_weights is None else evenly(W.sparse, self.case_weights)


def even_rows(fit: CrossSectionResults) -> EvenRows:
    """Return the rows of a fit in which all disturbances have one variance."""
    c, design = fit.design.case_weights, fit.design.weighted()
    e = fit.fit.resids if c is None else np.sqrt(c) * fit.fit.resids
    return EvenRows(design.y, design.X, e, c)


def least_squares_loglik(fit: CrossSectionResults, X: FloatArray) -> float:
    """Return the log-likelihood of the fit's outcome on X alone, with its case weights."""
    c = fit.design.case_weights
    root = np.ones(fit.nobs) if c is None else np.sqrt(c)
    found = least_squares(root * fit.design.y, root[:, None] * X)
    return found.loglik + loglik_constant(c)


def information_variance(fit: CrossSectionResults, term: str) -> float:
    """Return the variance of a parameter under the model, whatever covariance the fit shows."""
    inverse = fit.estimates.information
    at = fit.estimates.terms.index(term)
    return float((fit.estimates.cov if inverse is None else inverse)[at, at])
