"""Moran's I as evidence: a permutation p-value, and no standard error."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from workbench.errors import FormulaError, InputError
from workbench.explore.overall.moran import moran
from workbench.explore.overall.result import GlobalResult
from workbench.hypotheses.statements.absences import NotInModelError
from workbench.hypotheses.statements.atoms import Index
from workbench.hypotheses.statements.estimates import Estimate, Interval
from workbench.regression.design import raw_variables
from workbench.regression.results import RegressionResults, require_linear

RESIDUALS = "residuals"


@dataclass(frozen=True, slots=True)
class Permuted:
    """A permutation p-value, which tells of independence and nothing else.

    Attributes
    ----------
    expected : float
        Of the index under independence, −1/(n − 1).
    p_permutation : float
        Two-sided.
    """

    expected: float
    p_permutation: float

    def interval(self, level: float) -> Interval:  # noqa: ARG002
        """Return nothing: there is no interval."""
        return math.nan, math.nan

    def p_value(self, null: float) -> float:  # noqa: ARG002
        """Return the p-value of independence, whatever the null."""
        return self.p_permutation


def index_of(
    atom: Index, fit: RegressionResults, *, level: float, permutations: int, seed: int
) -> Estimate:
    """Return Moran's I of a variable or of the residuals over the W of a fit."""
    if fit.weights is None:
        raise NotInModelError(
            "W",
            expected="a fit with spatial weights",
            found=f"{fit.model} without W",
            remedy="wb.fit(formula, data, W, model='ols')",
        )
    if isinstance(fit.design.index, pd.MultiIndex):
        raise NotInModelError(
            "fit",
            expected="a cross-section, for Moran's I over regions",
            found="a panel, in which a region has a value a period",
            remedy="wb.fit of one period, panel.xs(year, level='year')",
        )
    if permutations < 99:
        raise InputError("draws", expected="at least 100", found=repr(permutations + 1))
    if atom.term == RESIDUALS:
        require_linear(fit, what="Moran's I of its residuals")
        values: str | pd.Series[float] = fit.weighted_resids.rename(RESIDUALS)
        found = moran(values, None, fit.weights, permutations=permutations, seed=seed)
    else:
        found = _of_variable(atom.term, fit, permutations, seed)
    evidence = Permuted(found.expected, float(found.p_permutation or math.nan))
    return Estimate(
        found.statistic,
        math.nan,
        None,
        math.nan,
        math.nan,
        level,
        "permutation",
        found.notes,
        evidence,
    )


def _of_variable(
    variable: str, fit: RegressionResults, permutations: int, seed: int
) -> GlobalResult:
    table = raw_variables(fit.design)
    try:
        return moran(variable, table, fit.weights, permutations=permutations, seed=seed)
    except FormulaError as error:
        raise NotInModelError(
            "variable",
            expected="an expression of the columns that the formula reads, "
            + ", ".join(map(str, table.columns)),
            found=f"{variable!r}",
            why=error.found,
        ) from error
