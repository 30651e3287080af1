"""One fit under many W, without doing again what does not depend on W."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from workbench.hypotheses.placebo.asking import Question, failure
from workbench.hypotheses.placebo.count_sweeps import CountSweep, count_sweep
from workbench.hypotheses.placebo.panel_sweeps import PanelSweep, panel_sweep
from workbench.hypotheses.placebo.region_sweeps import RegionSweep, region_sweep
from workbench.hypotheses.work.faults import FAULTS
from workbench.models.results import CrossSectionResults
from workbench.panels import PanelResults

if TYPE_CHECKING:
    from workbench.regression.results import RegressionResults

Sweep = PanelSweep | CountSweep | RegionSweep

CLOSE = 1e-9
"""Relative difference up to which the numbers are those of a fit: sums in another order."""


def sweep_of(
    fit: RegressionResults,
    question: Question,
    arguments: Mapping[str, Any],
    *,
    null: float,
) -> Sweep | None:
    """Return the sweep that gives the numbers of a fit under the real W, or None.

    Parameters
    ----------
    fit : RegressionResults
    question : Question
    arguments : mapping
        Of :func:`workbench.fitting.fit`, with the real weights.
    null : float

    Notes
    -----
    Cross-sections and panels of counts go through the estimator of a fit and agree to the last
    bit. Panels by least squares take out effects by themselves and agree to rounding.
    """
    sweep: Sweep | None = None
    try:
        if isinstance(fit, CrossSectionResults):
            sweep = region_sweep(fit, arguments)
        elif isinstance(fit, PanelResults):
            sweep = panel_sweep(fit) or count_sweep(fit, arguments)
        if sweep is None:
            return None
        found = swept(sweep, question, arguments, null=null)
    except (AttributeError, TypeError):  # an estimand that reads what a sweep does not keep
        return None
    return sweep if _same(question.answer(fit, null=null), found) else None


def swept(
    sweep: Sweep, question: Question, given: Mapping[str, Any], *, null: float
) -> dict[str, Any]:
    """Answer under other weights; what fails is recorded with its reason."""
    given = {name: value for name, value in given.items() if value is not None}
    try:
        return question.answer(sweep.under(given), null=null)
    except FAULTS as fault:
        return failure(fault)


def _same(real: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    for name, value in real.items():
        other = found[name]
        if isinstance(value, str):
            if value != other:
                return False
        elif not (
            math.isclose(value, other, rel_tol=CLOSE) or (math.isnan(value) and math.isnan(other))
        ):
            return False
    return True
