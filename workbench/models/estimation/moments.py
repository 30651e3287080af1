"""Moment estimators of cross-section models: kernels in, labelled results out."""

from __future__ import annotations

import numpy as np

from workbench.core.vocabulary import Reference
from workbench.errors import CollinearityError, InputError
from workbench.models.estimation.instruments import (
    Instrumented,
    Instruments,
    build_instruments,
    unidentified,
)
from workbench.models.estimation.sample import Sample
from workbench.models.results import CrossSectionResults
from workbench.numerics.moments.disturbances import ErrorGMM, fit_error_gmm
from workbench.numerics.moments.instruments import FirstStage, complement, first_stage
from workbench.numerics.moments.two_stage import TwoStage, two_stage
from workbench.numerics.threads import one_thread
from workbench.regression.covariances import Clustered, CovarianceOption
from workbench.regression.design import Design, read_only
from workbench.regression.instruments import GMM
from workbench.regression.results import LAMBDA, RHO, Estimates, Fit
from workbench.regression.sandwiches import Sandwich, sandwich
from workbench.regression.specification import Specification
from workbench.typing import Covariance, FloatArray
from workbench.weights import Weights

WEAK = 10.0
"""First-stage F below which Staiger and Stock (1997) call instruments weak."""

AVAILABLE = ("classical", "robust", "HC0", "HC1")
ERRORS = {
    "het": "GMM, any variances (Kelejian and Prucha 2010)",
    "hom": "GMM, one variance (Drukker, Egger and Prucha 2013)",
    "kp99": "GMM of 1999, given lambda",
}
NO_ERROR_OF_LAMBDA = (
    'The moments of 1999 give lambda no standard error: GMM(errors="het") or "hom" does, jointly '
    "with the coefficients."
)


@one_thread
def estimate_two_stage(
    specification: Specification, design: Design, sample: Sample
) -> CrossSectionResults:
    """Estimate ``ols``, ``slx``, ``sar`` or ``sdm`` by two-stage least squares."""
    gmm = _asked(specification, design)
    specification.refuse_covariance(
        available=AVAILABLE,
        why="HC2 and HC3 are made for least squares; clusters and distances are to be named: "
        "fit.with_covariance(Clustered(by=...))",
    )
    found = build_instruments(specification, design, sample, gmm)
    try:
        stage = two_stage(design.y, found.Z, H=found.columns.values)
    except CollinearityError as error:
        raise unidentified(error, found) from None
    made = two_stage_covariance(specification.covariance, design, found, stage)
    estimates = Estimates(
        found.terms,
        read_only(stage.delta),
        read_only(made.cov),
        df=law(specification.covariance, made),
        covariance=made.title,
        notes=made.notes,
    )
    how = "spatial two-stage least squares" if RHO in found.terms else "two-stage least squares"
    fit = _fit(design, stage.residuals, columns=len(found.terms))
    return _results(
        specification,
        sample,
        (design, estimates, fit),
        Instrumented(gmm, found, stage),
        method=f"{specification.model} by {how}",
    )


def two_stage_covariance(
    option: CovarianceOption | Covariance, design: Design, instruments: Instruments, stage: TwoStage
) -> Sandwich:
    """Return a covariance of two-stage least squares.

    Classical: s²(Ẑ′Ẑ)⁻¹ with s² = e′e/(n − k). Any other is that of least squares on Ẑ with the
    residuals e = y − Zδ, whose influences (Ẑ′Ẑ)⁻¹ẑ_i e_i are those of the estimator.
    """
    n, k = stage.projected.shape
    if option == "classical":
        cov = stage.sse / (n - k) * stage.inverse
        return Sandwich(cov, float(n - k), "classical", options={"covariance": "classical"})
    if isinstance(option, str) and option not in AVAILABLE:
        raise InputError(
            "covariance",
            expected=f"one of {', '.join(map(repr, AVAILABLE))}, or an object",
            found=repr(option),
            why="HC2 and HC3 rest on the leverages of least squares",
            remedy='with_covariance("HC1")',
        )
    projected = Design(
        formula=design.formula,
        outcome=design.outcome,
        terms=instruments.terms,
        y=design.y,
        X=stage.projected,
        index=design.index,
    )
    return sandwich(option, projected, stage.residuals)


def law(option: CovarianceOption | Covariance, made: Sandwich) -> float | Reference | None:
    """Return the reference distribution: the normal one, but for clusters and SCPC."""
    if isinstance(option, Clustered) or not isinstance(made.df, float):
        return made.df
    return None


@one_thread
def estimate_error(
    specification: Specification, design: Design, sample: Sample
) -> CrossSectionResults:
    """Estimate ``sem``, ``sdem``, ``sac`` or ``gns`` by the moments of the disturbance."""
    gmm = _asked(specification, design)
    specification.refuse_covariance(
        available=("classical",),
        why='GMM(errors="het") allows for variances that differ, in lambda and its covariance too',
    )
    instruments = build_instruments(specification, design, sample, gmm)
    M = sample.weights_of_error()
    try:
        found = fit_error_gmm(
            design.y,
            instruments.Z,
            H=instruments.columns.values,
            M=M.sparse,
            moments=gmm.errors,
            limits=(M.spectrum.rho_low, M.spectrum.rho_high),
            weighted_first=gmm.weighted_first,
        )
    except CollinearityError as error:
        raise unidentified(error, instruments) from None
    estimates = Estimates(
        (*instruments.terms, LAMBDA),
        read_only(np.append(found.delta, found.lambda_)),
        read_only(found.covariance),
        df=None,
        covariance=ERRORS[gmm.errors],
        notes=(NO_ERROR_OF_LAMBDA,) if gmm.errors == "kp99" else (),
    )
    fit = _fit(design, found.innovations, columns=len(instruments.terms), error=True)
    left = Instrumented(gmm, instruments, found.stage, _transformed(design, instruments, M, found))
    return _results(
        specification,
        sample,
        (design, estimates, fit),
        left,
        method=f"{specification.model} by {ERRORS[gmm.errors]}",
    )


def _transformed(
    design: Design, instruments: Instruments, M: Weights, found: ErrorGMM
) -> tuple[FloatArray, FloatArray]:
    y, Z = design.y, instruments.Z
    return (
        read_only(y - found.first * (M.sparse @ y)),
        read_only(Z - found.first * (M.sparse @ Z)),
    )


def _asked(specification: Specification, design: Design) -> GMM:
    """Return the options; refuse case weights rather than leave them out."""
    if specification.gmm is None:  # the door calls these estimators for "gmm" only
        raise AssertionError
    if design.case_weights is not None:
        raise InputError(
            "case_weights",
            expected="nothing with method='gmm'",
            found="case weights",
            why="moments that are right under any variances need none",
            remedy='method="ml", or leave case_weights out',
        )
    return specification.gmm


def _fit(design: Design, e: FloatArray, *, columns: int, error: bool = False) -> Fit:
    fitted = design.y - e
    return Fit(
        fitted=read_only(fitted),
        resids=read_only(e),
        loglik=float("nan"),
        parameters=columns + error + 1,
        sigma2=float(e @ e) / (design.nobs - columns),
        rsquared=_correlation_squared(design.y, fitted),
        df_resid=design.nobs - columns - error,
    )


def _correlation_squared(y: FloatArray, fitted: FloatArray) -> float:
    if np.ptp(fitted) == 0:
        return float("nan")
    return float(np.corrcoef(y, fitted)[0, 1] ** 2)


def _results(
    specification: Specification,
    sample: Sample,
    made: tuple[Design, Estimates, Fit],
    left: Instrumented,
    *,
    method: str,
) -> CrossSectionResults:
    design, estimates, fit = made
    reason = _inadmissible(estimates, sample)
    left = Instrumented(
        left.gmm, left.instruments, left.stage, left.transformed, inadmissible=reason
    )
    notes = (
        *sample.notes,
        *left.instruments.notes,
        *_weak(left),
        *((f"{reason}: there are no impacts.",) if reason else ()),
        *estimates.notes,
    )
    return CrossSectionResults(
        specification.model,
        design,
        estimates,
        fit,
        sample.weights,
        sample.provenance(specification, method),
        notes,
        "closed form",
        extras={"method": "gmm"},
        weights_error=sample.error_weights,
        weights_x=sample.x_weights,
        iv=left,
    )


def _inadmissible(estimates: Estimates, sample: Sample) -> str:
    """Return why rho is no spatial parameter of these weights; empty where it is."""
    if RHO not in estimates.terms:
        return ""
    rho = float(estimates.values[estimates.terms.index(RHO)])
    weights = sample.require_weights()
    # Below the inverse of any norm rho is admissible: the spectrum need not be found.
    if abs(rho) * float(abs(weights.sparse).sum(axis=1).max()) < 1.0:
        return ""
    low, high = weights.spectrum.rho_low, weights.spectrum.rho_high
    if low < rho < high:
        return ""
    return f"rho = {rho:.4g} lies outside ({low:.4g}, {high:.4g}), where (I - rho W) is sound"


@one_thread
def strength(left: Instrumented) -> FirstStage | None:
    """Return the first stage of a fit; None where nothing is endogenous."""
    instruments = left.instruments
    if not instruments.endogenous:
        return None
    Z = instruments.Z if left.transformed is None else left.transformed[1]
    at = instruments.positions(instruments.endogenous)
    X = np.delete(Z, at, axis=1)
    return first_stage(Z[:, at], X, H=complement(left.stage.basis, X))


def _weak(left: Instrumented) -> tuple[str, ...]:
    found = strength(left)
    if found is None:
        return ()
    named = zip(left.instruments.endogenous, found.conditional_f, strict=True)
    weak = [f"{term} ({f:.3g})" for term, f in named if f < WEAK]
    if not weak:
        return ()
    return (
        f"Weak instruments: first-stage F below {WEAK:g} of {', '.join(weak)}. Estimates lean "
        "towards least squares and intervals are too narrow.",
    )
