"""From a kernel's number to an answer with its null, or to "not applicable" with the reason."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from workbench.core.statistics import Answer, NotApplicable, Statistic, f_test
from workbench.models.catalogue import CATALOGUE
from workbench.numerics.chi_square import ChiSquare
from workbench.numerics.specification_errors import SmallSample
from workbench.regression.results import LAMBDA

if TYPE_CHECKING:
    from workbench.models.results import CrossSectionResults
    from workbench.weights import Weights

NORMAL = "normal disturbances"
LEAST_SQUARES = ("ols", "slx")


def chi2_answer(name: str, found: ChiSquare, *, reason: str, assumptions: str = "") -> Answer:
    """Return a chi-square statistic of the catalogue; `reason` says why where it is NaN."""
    if math.isnan(found.statistic):
        return not_applicable(name, reason)
    return Statistic(
        name=name,
        statistic=found.statistic,
        null=CATALOGUE[name].null,
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
    null = CATALOGUE[name].null
    df = (float(found.df[0]), float(found.df[1]))
    return f_test(name, found.statistic, df, null=null, assumptions=NORMAL)


def not_applicable(name: str, reason: str) -> NotApplicable:
    """Return the reason why a test of the catalogue cannot be made."""
    return NotApplicable(name, CATALOGUE[name].null, reason)


def weights_of_error(fit: CrossSectionResults) -> Weights | None:
    """Return the weights of the disturbance: its own, or those of the outcome."""
    return fit.weights_error or fit.weights


def weights_of(fit: CrossSectionResults, term: str) -> Weights:
    """Return the weights that a spatial parameter of the fit multiplies."""
    weights = weights_of_error(fit) if term == LAMBDA else fit.weights
    if weights is None:  # a fit with a spatial parameter has weights
        raise AssertionError
    return weights
