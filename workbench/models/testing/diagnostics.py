"""Specification tests of a cross-section fit, each with its null in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.core.statistics import Tests
from workbench.models.testing.catalogue import CATALOGUE
from workbench.models.testing.dependence import dependence
from workbench.models.testing.instrument_tests import (
    diagnose_moments,
    first_stage_table,
    names_of_tests,
)
from workbench.models.testing.residual_form import form, residuals
from workbench.models.testing.restrictions import restrictions
from workbench.numerics.regression.collinearity import variance_decomposition
from workbench.regression.design import INTERCEPT, Design

if TYPE_CHECKING:
    from workbench.models.results import CrossSectionResults, Diagnostics


def diagnose(fit: CrossSectionResults) -> Diagnostics:
    """Run every test that applies to a fit; see :meth:`CrossSectionResults.diagnostics`."""
    from workbench.models.results import Diagnostics

    names: tuple[str, ...] = tuple(CATALOGUE)
    if fit.iv is None:
        found = {**dependence(fit), **restrictions(fit), **form(fit), **residuals(fit)}
    else:
        names, found = names_of_tests(fit.iv), diagnose_moments(fit, fit.iv)
    belsley = condition_table(fit.design)
    return Diagnostics(
        first_stage=None if fit.iv is None else first_stage_table(fit.iv),
        tests=Tests(f"Diagnostics: {fit.title}", {name: found[name] for name in names}),
        collinearity=variance_inflation(fit.design),
        condition_number=float(belsley.index[-1]),
        belsley=belsley,
    )


def condition_table(design: Design) -> pd.DataFrame:
    """Return Belsley's table: the share of each coefficient's variance at each condition index.

    Parameters
    ----------
    design : Design
        Of full column rank; rows times √c where it has case weights.

    Returns
    -------
    pandas.DataFrame
        Index ``condition_index``, ascending; a column a term, each summing to one.
    """
    found = variance_decomposition(design.weighted().X)
    index = pd.Index(found.indexes, name="condition_index")
    return pd.DataFrame(found.proportions, index=index, columns=list(design.terms))


def variance_inflation(design: Design) -> pd.DataFrame:
    """Return the variance inflation factor of each slope, 1 / (1 − R²) of it on the others.

    Parameters
    ----------
    design : Design
        Of full column rank; without an intercept R² is uncentred. Sums are weighted where it has
        case weights.

    Returns
    -------
    pandas.DataFrame
        Index ``term``, column ``vif``.
    """
    terms = [term for term in design.terms if term != INTERCEPT]
    X = design.X[:, [design.terms.index(term) for term in terms]]
    c = design.case_weights
    if design.has_intercept:
        X = X - (X.mean(axis=0) if c is None else c @ X / c.sum())
    if c is not None:
        X = np.sqrt(c)[:, None] * X
    # The inverse of the scaled cross-product has 1 / (1 − R²) on its diagonal; a QR avoids
    # squaring the condition number.
    R = np.linalg.qr(X, mode="r")
    inverse = np.linalg.solve(R, np.eye(len(terms))) if terms else np.empty((0, 0))
    factors = np.sum(inverse**2, axis=1) * np.sum(X**2, axis=0)
    return pd.DataFrame({"vif": factors}, index=pd.Index(terms, name="term"))
