"""One specification test by its name, without those that have nothing to do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.core.statistics import Answer
from workbench.models.testing.catalogue import (
    CATALOGUE,
    DEPENDENCE,
    FORM,
    LAGGED_X,
    NORMALITY,
    VARIANCE,
)
from workbench.models.testing.dependence import MORANS, dependence
from workbench.models.testing.residual_form import form, residuals
from workbench.models.testing.restrictions import restrictions

if TYPE_CHECKING:
    from workbench.models.results import CrossSectionResults


def answer_of(fit: CrossSectionResults, name: str) -> Answer:
    """Return the answer that ``fit.diagnostics()[name]`` is.

    Parameters
    ----------
    fit : CrossSectionResults
    name : str
        A name of :data:`workbench.models.testing.catalogue.CATALOGUE`.
    """
    about = CATALOGUE[name].about
    if about in (DEPENDENCE, LAGGED_X):
        found = dependence(fit, exact=name in MORANS[1:])
        if name in found:
            return found[name]
    if about == FORM:
        return form(fit)[name]
    if about in (NORMALITY, VARIANCE):
        return residuals(fit)[name]
    return restrictions(fit)[name]
