"""From a specification and a table to a logit: sample, outcome, separation, estimates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pandas as pd

from workbench.core.expressions import labels
from workbench.core.provenance import Provenance
from workbench.errors import ConvergenceError, InputError, ValuesError
from workbench.models.binary.results import BinaryResults
from workbench.models.estimation.cross_section import designed
from workbench.models.estimation.sample import Sample
from workbench.numerics.binary.logit import LogitFit, fit_logit, mcfadden, null_loglik
from workbench.numerics.binary.separation import EITHER, Separation, find_separation
from workbench.regression.call import call_of
from workbench.regression.case_weights import CaseWeights
from workbench.regression.design import INTERCEPT, Design, read_only
from workbench.regression.results import Estimates, Fit
from workbench.regression.specification import LEAST_SQUARES, Specification
from workbench.weights import WeightsLike

COVARIANCE = "inverse of the Fisher information"
ENOUGH_EVENTS = 10
"""Events a regressor from which estimates of a logit are customarily trusted (Peduzzi et al. 1996,
Journal of Clinical Epidemiology 49, 1373-1379)."""

GOES: Mapping[int, str] = MappingProxyType(
    {1: "to +infinity", -1: "to -infinity", EITHER: "to either infinity"}
)
METHODS: Mapping[str, str] = MappingProxyType(
    {"ml": "maximum likelihood", "firth": "Firth's penalised likelihood"}
)


def fit_binary(
    specification: Specification,
    data: pd.DataFrame,
    W: WeightsLike | Mapping[object, WeightsLike] | None = None,
    *,
    W_error: WeightsLike | Mapping[object, WeightsLike] | None = None,
    W_x: WeightsLike | Mapping[object, WeightsLike] | None = None,
    case_weights: CaseWeights | None = None,
) -> BinaryResults:
    """Estimate P(y = 1) = 1/(1 + exp(−Xβ − WXθ)); :func:`workbench.fitting.fit` is the door.

    Parameters
    ----------
    specification : Specification
        ``family="binomial"``, model ``ols`` or ``slx``, method ``"ml"`` or ``"firth"``.
    data : DataFrame
        One row a region, indexed by region id, in any order; the outcome is 0 or 1.
    W, W_x : Weights, Graph or W, optional
        For lags of regressors and tests of dependence.
    W_error, case_weights
        Refused.

    Returns
    -------
    BinaryResults

    Raises
    ------
    InputError
        If the model, covariance or weights are not for an outcome of 0 and 1.
    ValuesError
        If the outcome has another value than 0 and 1, or one of them only.
    ConvergenceError
        If regressors separate the outcomes and the method is ``"ml"``.
    """
    _refuse_unavailable(specification, W, W_error, case_weights)
    used, design, sample = designed(specification, data, W, W_x=W_x)
    _refuse_other_outcomes(design)
    separation = find_separation(design.y, design.X)
    penalised = specification.method == "firth"
    if separation.kind != "none" and not penalised:
        raise _no_estimate(design, separation)
    found = fit_logit(design.y, design.X, penalised=penalised)
    notes = (*sample.notes, *_notes(design, separation, penalised))
    estimates = Estimates(
        design.terms, read_only(found.beta), read_only(found.cov), df=None, covariance=COVARIANCE
    )
    call = call_of(specification, data, W, W_x=W_x)
    return BinaryResults(
        used.model,
        design,
        estimates,
        _fit(design, found),
        sample.weights,
        _provenance(sample, used),
        notes,
        "maximum likelihood",
        extras={"family": "binomial", "method": specification.method},
        weights_x=sample.x_weights,
        call=call,
        maximum=found,
        separation=separation,
    )


def _provenance(sample: Sample, specification: Specification) -> Provenance:
    method = f"binary logit by {METHODS[str(specification.method)]}"
    told = sample.provenance(specification, method)
    options = {**told.options, "family": "binomial", "method": str(specification.method)}
    return replace(told, options=options)


def _fit(design: Design, found: LogitFit) -> Fit:
    k = len(design.terms)
    return Fit(
        fitted=read_only(found.probabilities),
        resids=read_only(design.y - found.probabilities),
        loglik=found.loglik,
        parameters=k,
        sigma2=float("nan"),
        rsquared=mcfadden(found.loglik, null_loglik(design.y)),
        df_resid=design.nobs - k,
    )


def _refuse_unavailable(
    specification: Specification,
    W: object,
    W_error: object,
    case_weights: object,
) -> None:
    model = specification.model
    if model not in LEAST_SQUARES:
        raise InputError(
            "model",
            expected="'ols' or 'slx' with family=\"binomial\"",
            found=repr(model),
            why="with Wy or a spatial disturbance the outcomes of all regions are decided together:"
            " the likelihood is an integral of as many dimensions as there are regions, and Wy of"
            " zeros and ones as a regressor is correlated with what is left out",
            remedy='model="slx" lets the neighbours\' regressors act, and fit.dependence() tests '
            "what is left",
        )
    specification.refuse_covariance(
        available=("classical",),
        why="the variance of an outcome of 0 and 1 is p(1 - p): errors that differ from it mean "
        "another p, which no covariance mends",
    )
    refused = {
        "case_weights": (case_weights, "the variance of an outcome of 0 and 1 is p(1 - p) already"),
        "W_error": (W_error, "there is no spatial disturbance"),
        "W": (W if isinstance(W, Mapping) else None, "one cross-section has one W"),
    }
    for name, (value, why) in refused.items():
        if value is not None:
            raise InputError(
                name,
                expected='nothing of this kind with family="binomial"',
                found=type(value).__name__,
                why=why,
                remedy=f"leave {name} out",
            )


def _refuse_other_outcomes(design: Design) -> None:
    y = design.y
    other = (y != 0.0) & (y != 1.0)
    if other.any():
        shown = ", ".join(f"{value:.17g}" for value in np.unique(y[other])[:5])
        raise ValuesError(
            design.outcome,
            expected='an outcome of 0 and 1 with family="binomial"',
            found=f"{int(other.sum())} other values: {shown}",
            offenders=labels(design.index[other]),
            why="the logit is of an event that happened or did not",
            remedy='state the event: table.assign(created=(table["patents"] > 10).astype(int))',
        )


def _no_estimate(design: Design, separation: Separation) -> ConvergenceError:
    goes = {
        term: GOES[int(way)]
        for term, way in zip(design.terms, separation.directions, strict=True)
        if way
    }
    told = int(separation.rows.sum())
    tells = (
        "tells every 0 from every 1"
        if separation.kind == "complete"
        else f"tells 0 from 1 in {told} of {design.nobs} regions and errs in none"
    )
    slopes = [term for term in goes if term != INTERCEPT] or list(goes)
    return ConvergenceError(
        "formula",
        expected="outcomes that the regressors do not separate",
        found=f"{separation.kind} separation: a combination of {', '.join(slopes)} {tells}",
        offenders=[f"{term} {way}" for term, way in goes.items()],
        why="the likelihood rises without end along that combination, so that no estimate exists; "
        "what software prints is where it gave up",
        remedy='method="firth", whose penalised likelihood has a maximum',
    )


def _notes(design: Design, separation: Separation, penalised: bool) -> tuple[str, ...]:
    notes = []
    events = int(min(design.y.sum(), design.nobs - design.y.sum()))
    slopes = len(design.terms) - design.has_intercept
    if slopes and events < ENOUGH_EVENTS * slopes:
        advice = "" if penalised else ' method="firth" takes most of the bias out.'
        notes.append(
            f"{events} of the rarer outcome for {slopes} regressor{'s' if slopes > 1 else ''}, "
            f"{events / slopes:.1f} each: with fewer than {ENOUGH_EVENTS} estimates by maximum "
            f"likelihood are too far from 0, and their intervals miss.{advice}"
        )
    if penalised:
        notes.append(
            "Firth's penalised likelihood: intervals are profiles, p-values are of penalised "
            "likelihood-ratio tests, and statistics their signed roots (Heinze and Schemper 2002)."
        )
    if separation.kind != "none":
        terms = [t for t, way in zip(design.terms, separation.directions, strict=True) if way]
        notes.append(
            f"{separation.kind.capitalize()} separation by {', '.join(terms)}: maximum likelihood "
            "has no estimate here, and how far these are from 0 is the penalty's doing; read the "
            "intervals."
        )
    return tuple(notes)
