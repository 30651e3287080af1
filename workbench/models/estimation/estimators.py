"""The estimators of cross-section models: kernels in, labelled results out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

import numpy as np

from workbench.models.estimation.sample import Sample
from workbench.models.results import CrossSectionResults
from workbench.numerics.likelihoods.case_weights import loglik_constant
from workbench.numerics.likelihoods.one_parameter import MaximumLikelihood, fit_error, fit_lag
from workbench.numerics.likelihoods.two_parameters import TwoParameters, fit_lag_error
from workbench.numerics.regression.least_squares import LeastSquares, least_squares
from workbench.regression.design import Design, read_only
from workbench.regression.results import LAMBDA, RHO, Estimates, Fit
from workbench.regression.sandwiches import sandwich
from workbench.regression.specification import Specification
from workbench.typing import FloatArray


class Estimator(Protocol):
    """Estimates a specification on a design and sample."""

    def __call__(
        self, specification: Specification, design: Design, sample: Sample
    ) -> CrossSectionResults:
        """Return the fit."""
        ...


def estimate_ols(
    specification: Specification, design: Design, sample: Sample
) -> CrossSectionResults:
    """Estimate ``ols`` or ``slx`` by least squares; classical covariance, Student's t."""
    even = design.weighted()
    found = least_squares(even.y, even.X)
    df = design.nobs - len(design.terms)
    made = sandwich("classical", even, found.residuals)
    estimates = Estimates(
        design.terms,
        read_only(found.beta),
        read_only(made.cov),
        df=made.df,
        covariance=made.title,
    )
    root = _root(design)
    fit = Fit(
        fitted=read_only(found.fitted / root),
        resids=read_only(found.residuals / root),
        loglik=found.loglik + loglik_constant(design.case_weights),
        parameters=len(design.terms) + 1,
        sigma2=found.sigma2,
        rsquared=_share_explained(found, design),
        df_resid=df,
    )
    return CrossSectionResults(
        specification.model,
        design,
        estimates,
        fit,
        sample.weights,
        sample.provenance(specification, f"{specification.model} by least squares"),
        sample.notes,
        weights_x=sample.x_weights,
    )


def estimate_sar(
    specification: Specification, design: Design, sample: Sample
) -> CrossSectionResults:
    """Estimate ``sar`` or ``sdm`` by maximum likelihood."""
    found = fit_lag(
        design.y,
        design.X,
        W=sample.require_weights().sparse,
        case_weights=design.case_weights,
    )
    return _one_parameter(specification, design, sample, found, RHO)


def estimate_sem(
    specification: Specification, design: Design, sample: Sample
) -> CrossSectionResults:
    """Estimate ``sem`` or ``sdem`` by maximum likelihood."""
    found = fit_error(
        design.y,
        design.X,
        W=sample.weights_of_error().sparse,
        case_weights=design.case_weights,
    )
    return _one_parameter(specification, design, sample, found, LAMBDA)


def estimate_sac(
    specification: Specification, design: Design, sample: Sample
) -> CrossSectionResults:
    """Estimate ``sac`` or ``gns`` by maximum likelihood, from every start of a scan."""
    M = None if sample.error_weights is None else sample.error_weights.sparse
    found = fit_lag_error(
        design.y,
        design.X,
        W=sample.require_weights().sparse,
        M=M,
        case_weights=design.case_weights,
    )
    spatial = {RHO: found.rho, LAMBDA: found.lambda_}
    return _by_likelihood(specification, design, sample, found, spatial, _maxima_notes(found))


def _maxima_notes(found: TwoParameters) -> tuple[str, ...]:
    """Name every maximum of the likelihood, and how sure its traces are."""
    notes: tuple[str, ...] = ()
    if len(found.maxima) > 1:
        listed = "; ".join(
            f"rho {m.rho:.4f}, lambda {m.lambda_:.4f}, log-likelihood {m.loglik:.4f}"
            for m in found.maxima
        )
        notes = (
            f"The likelihood has {len(found.maxima)} maxima; the highest is reported: {listed}",
        )
    error = found.traces.relative_error
    if error > 0:
        notes = (
            *notes,
            f"standard errors of rho and lambda rest on traces estimated by random probes, known "
            f"to {error:.2%}",
        )
    return notes


def _one_parameter(
    specification: Specification,
    design: Design,
    sample: Sample,
    found: MaximumLikelihood,
    name: str,
) -> CrossSectionResults:
    spatial = {name: found.spatial}
    made = _by_likelihood(specification, design, sample, found, spatial, _optima_note(found))
    return replace(made, traces=found.traces)


def _by_likelihood(
    specification: Specification,
    design: Design,
    sample: Sample,
    found: MaximumLikelihood | TwoParameters,
    spatial: Mapping[str, float],
    notes: tuple[str, ...],
) -> CrossSectionResults:
    """Name the estimates of a likelihood: coefficients, then spatial parameters."""
    terms = (*design.terms, *spatial)
    estimates = Estimates(
        terms,
        read_only(np.concatenate([found.beta, list(spatial.values())])),
        read_only(found.covariance[: len(terms), : len(terms)]),
        df=None,
        covariance="information matrix",
        information=read_only(found.covariance),
    )
    fit = Fit(
        fitted=read_only(found.fitted),
        resids=read_only(found.residuals),
        loglik=found.loglik,
        parameters=len(terms) + 1,
        sigma2=found.sigma2,
        rsquared=_nagelkerke(found.loglik, design),
        df_resid=design.nobs - len(terms),
    )
    return CrossSectionResults(
        specification.model,
        design,
        estimates,
        fit,
        sample.weights,
        sample.provenance(specification, f"{specification.model} by maximum likelihood"),
        (*sample.notes, *notes),
        "maximum likelihood",
        weights_error=sample.error_weights,
        weights_x=sample.x_weights,
    )


def _optima_note(found: MaximumLikelihood) -> tuple[str, ...]:
    if found.optima == 1:
        return ()
    return (f"The likelihood has {found.optima} local maxima; the highest is reported.",)


def _root(design: Design) -> FloatArray | float:
    """Return what rows of equal variance are multiplied by, √c."""
    return 1.0 if design.case_weights is None else np.sqrt(design.case_weights)


def _share_explained(found: LeastSquares, design: Design) -> float:
    """Return 1 − SSE/SST, around the mean with an intercept and around zero without.

    With case weights both sums are weighted, and the mean too, as R's ``summary.lm``.
    """
    c = design.case_weights
    centre = np.average(design.y, weights=c) if design.has_intercept else 0.0
    around = (design.y - centre) ** 2
    return float(1 - found.sse / np.sum(around if c is None else c * around))


def _nagelkerke(loglik: float, design: Design) -> float:
    """Return 1 − exp(−2 (l − l₀) / n) against the model with an intercept alone."""
    root = _root(design)
    constant = np.ones((design.nobs, 1)) * np.reshape(root, (-1, 1))
    null = least_squares(root * design.y, constant).loglik
    null += loglik_constant(design.case_weights)
    return float(-np.expm1(-2 * (loglik - null) / design.nobs))
