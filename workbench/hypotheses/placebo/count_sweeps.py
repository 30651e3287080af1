"""Panels of counts under many W: the formula is read and the sample is drawn once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from workbench.panels import PanelResults
from workbench.panels.fit import designed
from workbench.panels.linear.counts import fit_counts
from workbench.panels.sample import PanelSample, lag_slopes_by_period
from workbench.panels.spatial.period_weights import PanelWeights
from workbench.regression.design import Design, read_only
from workbench.regression.specification import Specification


@dataclass(frozen=True, slots=True, eq=False)
class CountSweep:
    """A Poisson model with WX, its formula read and its sample drawn.

    The steps that depend on W are those of a fit, so that numbers are the same to the last bit.

    Attributes
    ----------
    specification : Specification
        With the lags that the formula names.
    own : Design
        Without lags.
    sample : PanelSample
    """

    specification: Specification
    own: Design
    sample: PanelSample

    def under(self, given: Mapping[str, Any]) -> PanelResults:
        """Return the fit under other weights.

        Parameters
        ----------
        given : mapping
            ``W``; counts have one for all periods, and no other.
        """
        spatial = PanelWeights((given["W"],))
        sample = replace(self.sample, weights=spatial.one, spatial=spatial)
        design = lag_slopes_by_period(self.own, sample, self.specification.durbin)
        return fit_counts(self.specification, design, sample)


def count_sweep(fit: PanelResults, arguments: Mapping[str, Any]) -> CountSweep | None:
    """Return the sweep of a count panel with WX, or None for another.

    Parameters
    ----------
    fit : PanelResults
    arguments : mapping
        Of :func:`workbench.fitting.fit`, with data of the regions of the sample.
    """
    if fit.call is None or fit.family != "poisson" or fit.model != "slx":
        return None
    asked = replace(fit.call.specification, missing=arguments["missing"])
    specification, design, sample = designed(asked, arguments["data"], arguments["W"])
    at = len(design.terms) - len(design.lagged)
    own = replace(design, terms=design.terms[:at], X=read_only(design.X[:, :at]), lagged=())
    return CountSweep(specification, own, sample)
