"""What a fit says about how its outcome came to be: read in one place, for draws and refits."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.errors import InputError, ValuesError
from workbench.models.estimation.sample import Sample
from workbench.numerics.likelihoods.simulate import Process
from workbench.regression.design import read_only
from workbench.regression.results import LAMBDA, RHO, require_linear
from workbench.regression.specification import LEAST_SQUARES, Specification
from workbench.typing import FloatArray, LeastSquaresCovariance, words

if TYPE_CHECKING:
    from workbench.models.results import CrossSectionResults

METHODS = ("by least squares", "by maximum likelihood")


def process_of(fit: CrossSectionResults) -> Process:
    """Return the data-generating process that a fit estimated.

    Raises
    ------
    InputError
        If the fit was made by another estimator than least squares or maximum likelihood.
    ValuesError
        If it reproduces the outcome exactly.
    """
    require_linear(fit, what="draws of its disturbances")
    if not fit.provenance.method.endswith(METHODS):
        raise InputError(
            "fit",
            expected="a fit by least squares or maximum likelihood",
            found=fit.provenance.method,
            why="draws are estimated again as the fit was",
            remedy="wb.fit(formula, data, W, model=...)",
        )
    # 1e-24 of the squares: residuals that are rounding of y
    if not fit.sigma2 > 1e-24 * float(np.mean(fit.design.y**2)):
        raise ValuesError(
            fit.design.outcome,
            expected="an outcome that the model does not reproduce exactly",
            found=f"a residual variance of {fit.sigma2:.3g}",
            why="there are no innovations to draw",
            remedy="leave out what the outcome was computed from",
        )
    terms, k = fit.estimates.terms, len(fit.design.terms)
    at = dict(zip(terms, fit.estimates.values.tolist(), strict=True))
    M = fit.weights_error or fit.weights
    return Process(
        X=fit.design.X,
        beta=fit.estimates.values[:k],
        rho=at.get(RHO, 0.0),
        lambda_=at.get(LAMBDA, 0.0),
        W=fit.weights.sparse if RHO in at and fit.weights else None,
        M=M.sparse if LAMBDA in at and M else None,
        sigma2=fit.sigma2,
        root=np.sqrt(case_weights(fit)),
    )


def case_weights(fit: CrossSectionResults) -> FloatArray:
    """Return c of the variances σ²/c_i in the order of the sample; ones where there are none."""
    given = fit.design.case_weights
    return np.ones(fit.nobs) if given is None else np.asarray(given, dtype=np.float64)


def refitted(fit: CrossSectionResults, y: FloatArray) -> CrossSectionResults:
    """Estimate the model of a fit again for another outcome of the same regions.

    Parameters
    ----------
    fit : CrossSectionResults
    y : ndarray of shape (n,)
        In the order of the sample.

    Returns
    -------
    CrossSectionResults
        With the same regressors and weights, and the covariance where a word names it (classical
        else).
    """
    from workbench.models.estimation.cross_section import ESTIMATORS

    model: Any = fit.model
    specification = Specification(
        fit.formula, model=model, covariance=covariance_word(fit) or "classical"
    )
    return ESTIMATORS[fit.model](
        specification, replace(fit.design, y=read_only(y)), _sample_of(fit)
    )


def _sample_of(fit: CrossSectionResults) -> Sample:
    """Return the regions and weights of a fit."""
    index, c = fit.design.index, fit.design.case_weights
    return Sample(
        pd.DataFrame(index=index),
        fit.weights,
        (),
        error_weights=fit.weights_error,
        x_weights=fit.weights_x,
        case_weights=None if c is None else pd.Series(c, index=index, name="case_weights"),
    )


def covariance_word(fit: CrossSectionResults) -> LeastSquaresCovariance | None:
    """Return the word of the fit's covariance, or None for one made of clusters or places."""
    word: Any = fit.provenance.options.get("covariance", "classical")
    if fit.model not in LEAST_SQUARES:
        return "classical"
    return word if word in words(LeastSquaresCovariance) else None


def fit_digest(fit: CrossSectionResults) -> str:
    """Return a digest of all that draws of a fit follow from."""
    digest = hashlib.blake2b(digest_size=16)
    others = (fit.weights, fit.weights_error, fit.weights_x)
    parts = (
        fit.model,
        fit.formula,
        *fit.design.terms,
        *(W.digest if W is not None else "" for W in others),
        str(fit.provenance.options.get("covariance", "")),
    )
    digest.update("\x1f".join(parts).encode())
    for array in (fit.design.X, fit.design.y, fit.estimates.values, case_weights(fit)):
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()
