"""Cross-sections under many W: the formula is read and the sample is drawn once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from workbench.models.covariances import with_covariance
from workbench.models.estimation.cross_section import ESTIMATORS, MOMENT_ESTIMATORS, draw_sample
from workbench.models.estimation.identification import refuse_unidentified
from workbench.models.estimation.sample import Sample
from workbench.models.results import CrossSectionResults
from workbench.regression.design import Design, check_estimable, lag_slopes, read_only
from workbench.regression.formula_lags import named_lags, with_formula_lags
from workbench.regression.specification import LAGS_X, Specification


@dataclass(frozen=True, slots=True, eq=False)
class RegionSweep:
    """A cross-section model with its formula read and its sample drawn.

    The steps that depend on W are those of a fit, so that numbers are the same to the last bit.

    Attributes
    ----------
    specification : Specification
        With the lags that the formula names.
    own : Design
        Without lags.
    sample : Sample
    """

    specification: Specification
    own: Design
    sample: Sample

    def under(self, given: Mapping[str, Any]) -> CrossSectionResults:
        """Return the fit under other weights.

        Parameters
        ----------
        given : mapping
            ``W``, and ``W_error`` and ``W_x`` where the fit has them.
        """
        specification, W_x = self.specification, given.get("W_x")
        sample = replace(
            self.sample,
            weights=given["W"],
            error_weights=given.get("W_error"),
            # W itself: the impacts of one W are known from its traces
            x_weights=None if W_x is None or W_x.digest == given["W"].digest else W_x,
        )
        design = self.own
        if specification.model in LAGS_X:
            design = lag_slopes(design, sample.weights_of_x(), specification.durbin)
        check_estimable(design)
        plain = replace(specification, covariance="classical")
        if specification.gmm is not None:
            fit = MOMENT_ESTIMATORS[specification.model](plain, design, sample)
        else:
            refuse_unidentified(specification, design, sample)
            fit = ESTIMATORS[specification.model](plain, design, sample)
        option = specification.covariance
        return fit if option == "classical" else with_covariance(fit, option)


def region_sweep(fit: CrossSectionResults, arguments: Mapping[str, Any]) -> RegionSweep | None:
    """Return the sweep of a cross-section fit.

    Parameters
    ----------
    fit : CrossSectionResults
    arguments : mapping
        Of :func:`workbench.fitting.fit`, with data of the regions of the sample.
    """
    if fit.call is None:
        return None
    asked = replace(fit.call.specification, missing=arguments["missing"])
    W, case = arguments["W"], arguments["case_weights"]
    specification = with_formula_lags(asked, W)
    sample = draw_sample(specification, arguments["data"], W, case_weights=case)
    design, at = fit.design, len(fit.design.terms) - len(fit.design.lagged)
    own = replace(design, terms=design.terms[:at], X=read_only(design.X[:, :at]), lagged=())
    if own.asked:
        specification, _ = named_lags(asked, specification, own)
    return RegionSweep(specification, own, sample)
