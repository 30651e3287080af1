"""Standard errors of one fit under several assumptions, without fitting again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from workbench.errors import ConvergenceError, InputError
from workbench.models.testing.answers import even_rows
from workbench.numerics.likelihoods.quasi_likelihood import (
    Scores,
    moments_of,
    quasi_covariance,
    spatial_scores,
)
from workbench.regression.covariance_sets import Covariances, several_covariances
from workbench.regression.covariances import CovarianceOption, label_of, options_with
from workbench.regression.design import read_only
from workbench.regression.results import LAMBDA, RHO
from workbench.regression.sandwiches import Sandwich, sandwich
from workbench.regression.specification import LEAST_SQUARES
from workbench.typing import Covariance, LikelihoodCovariance, Tolerance, words

if TYPE_CHECKING:
    from workbench.models.results import CrossSectionResults


def with_covariance(
    fit: CrossSectionResults, option: Covariance | CovarianceOption
) -> CrossSectionResults:
    """Return the fit with other standard errors; see :meth:`CrossSectionResults.with_covariance`.

    Raises
    ------
    InputError
        If the covariance is not one of the model's estimator, or cannot be had.
    """
    if fit.iv is not None:
        made = _of_moments(fit, option)
    elif fit.model in LEAST_SQUARES:
        made = _of_least_squares(fit, option)
    else:
        made = _of_likelihood(fit, option)
    estimates = replace(
        fit.estimates,
        cov=read_only(made.cov),
        df=made.df,
        covariance=made.title,
        notes=made.notes,
    )
    kept = tuple(note for note in fit.notes if note not in fit.estimates.notes)
    provenance = replace(
        fit.provenance,
        options=options_with(fit.provenance.options, made.options, option),
        seed=made.seed,
    )
    closed: Tolerance = "closed form" if made.seed is None else "simulation"
    return replace(
        fit,
        estimates=estimates,
        notes=(*kept, *made.notes),
        provenance=provenance,
        tolerance=closed if fit.model in LEAST_SQUARES else fit.tolerance,
        call=None if fit.call is None else fit.call.with_covariance(option),
    )


def _of_least_squares(fit: CrossSectionResults, option: Covariance | CovarianceOption) -> Sandwich:
    label_of(option)  # refuses what is no covariance
    if option == "qml":
        raise InputError(
            "covariance",
            expected="a covariance of least squares",
            found=f"'qml' with model={fit.model!r}",
            why="least squares assumes no normal disturbances in the first place",
            remedy='"classical", or "HC3" where variances may differ',
        )
    return sandwich(option, fit.design.weighted(), even_rows(fit).e)


def _of_moments(fit: CrossSectionResults, option: Covariance | CovarianceOption) -> Sandwich:
    from workbench.models.estimation.moments import law, two_stage_covariance

    label_of(option)
    if fit.iv is None or fit.iv.transformed is not None:
        raise InputError(
            "covariance",
            expected="a model without a spatial disturbance",
            found=f"model={fit.model!r}, {fit.estimates.covariance}",
            why="the covariance of lambda and of the coefficients is joint",
            remedy='method=GMM(errors="het") allows for variances that differ',
        )
    made = two_stage_covariance(option, fit.design, fit.iv.instruments, fit.iv.stage)
    return replace(made, df=law(option, made))


def _of_likelihood(fit: CrossSectionResults, option: Covariance | CovarianceOption) -> Sandwich:
    """Return the inverse information, or the sandwich of disturbances that are not normal."""
    inverse = fit.estimates.information
    if option not in words(LikelihoodCovariance) or inverse is None:
        expected = " or ".join(map(repr, words(LikelihoodCovariance)))
        found = repr(option) if isinstance(option, str) else getattr(option, "label", repr(option))
        raise InputError(
            "covariance",
            expected=f"{expected} for model={fit.model!r} by maximum likelihood",
            found=found,
            why="where variances differ between regions, maximum likelihood misses rho and lambda "
            "themselves: no covariance around them mends that",
            remedy='fit.with_covariance("qml") allows for disturbances that are not normal; '
            'wb.fit(..., model="slx") has local spillovers and takes any covariance',
        )
    options = {"covariance": str(option)}
    if option == "classical":
        return Sandwich(inverse[:-1, :-1], None, "information matrix", options=options)
    moments = moments_of(even_rows(fit).e)
    cov = quasi_covariance(inverse, _scores(fit, moments.second), moments)[:-1, :-1]
    if not (np.diag(cov) > 0).all():
        raise ConvergenceError(
            "covariance",
            expected="positive variances",
            found="a variance of zero or less with 'qml'",
            why="the moments of so few residuals contradict each other",
            remedy='fit.with_covariance("classical")',
        )
    note = (
        "Standard errors allow for disturbances that are not normal (residuals have skewness "
        f"{moments.skewness:.2f} and excess kurtosis {moments.excess_kurtosis:.2f}), but "
        "independent and of one variance: where variances differ, maximum likelihood itself is off."
    )
    return Sandwich(cov, None, "quasi-maximum likelihood", (note,), options)


def _scores(fit: CrossSectionResults, sigma2: float) -> Scores:
    terms, values, k = fit.estimates.terms, fit.estimates.values, len(fit.design.terms)
    own = fit.weights.sparse if fit.weights is not None else None
    error = own if fit.weights_error is None else fit.weights_error.sparse
    at = {term: float(values[terms.index(term)]) for term in (RHO, LAMBDA) if term in terms}
    return spatial_scores(
        fit.design.X,
        values[:k],
        W=own if RHO in at else None,
        M=error if LAMBDA in at else None,
        rho=at.get(RHO, 0.0),
        lam=at.get(LAMBDA, 0.0),
        sigma2=sigma2,
        case_weights=fit.design.case_weights,
    )


def covariances(
    fit: CrossSectionResults,
    options: Sequence[CovarianceOption] | Mapping[str, CovarianceOption],
) -> Covariances:
    """Return the fit under several covariances; see :meth:`CrossSectionResults.covariances`."""
    return several_covariances(fit, options, with_covariance)
