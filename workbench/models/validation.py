"""Spatial cross-validation: whole blocks of regions predicted from all the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from workbench.errors import ConvergenceError, InputError
from workbench.models.cross_section import ESTIMATORS
from workbench.models.results import CrossSectionResults
from workbench.models.sample import Sample
from workbench.numerics.traces import solve_lag
from workbench.regression.design import Design, check_estimable, lag_slopes
from workbench.regression.results import LAMBDA, RHO
from workbench.regression.specification import LAGS_X, NEEDS_W, Specification
from workbench.typing import BoolArray, FloatArray, Model
from workbench.weights import Weights


def cross_validation_table(
    fits: Mapping[str, CrossSectionResults], W: Weights, blocks: pd.Series[Any]
) -> pd.DataFrame:
    """Return the predictive scores of each model; see :meth:`Ladder.cross_validate`."""
    first = next(iter(fits.values())).design
    labels = _aligned(blocks, first.index)
    rows = {model: _score(fit, W, labels) for model, fit in fits.items()}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("model")


def _aligned(blocks: Any, index: pd.Index) -> pd.Series[Any]:
    if not isinstance(blocks, pd.Series) or not blocks.index.is_unique:
        raise InputError(
            "blocks",
            expected="a Series of labels indexed by region id, each once",
            found=type(blocks).__name__,
            remedy="W.components() where W has several, or any partition of the regions",
        )
    missing = index.difference(blocks.dropna().index)
    if len(missing):
        raise InputError(
            "blocks",
            expected="a label for every region of the sample",
            found=f"{len(missing)} regions without one",
            offenders=missing,
        )
    labels: pd.Series[Any] = blocks.loc[index]
    if labels.nunique() < 2:
        raise InputError("blocks", expected="two blocks or more", found="one")
    return labels


def _score(fit: CrossSectionResults, W: Weights, labels: pd.Series[Any]) -> dict[str, object]:
    errors, log_density = [], 0.0
    for label in sorted(labels.unique()):
        out = np.asarray(labels == label)
        try:
            error, density = predict_block(_without(fit, W, out), fit.design, W, out=out)
        except (ConvergenceError, InputError) as problem:
            reason = f"without block {label}: {' '.join(str(problem).split())}"
            return {"rmse": np.nan, "log_score": np.nan, "regions": 0, "reason": reason}
        errors.append(error)
        log_density += density
    every = np.concatenate(errors)
    rmse = float(np.sqrt(np.mean(every**2)))
    score = log_density / every.size
    return {"rmse": rmse, "log_score": score, "regions": every.size, "reason": ""}


def _without(fit: CrossSectionResults, W: Weights, out: BoolArray) -> CrossSectionResults:
    """Estimate the model again without some regions; W is restricted and normalised anew."""
    kept = fit.design.index[~out]
    own = len(fit.design.terms) - len(fit.design.lagged)
    design = replace(
        fit.design,
        terms=fit.design.terms[:own],
        y=fit.design.y[~out],
        X=fit.design.X[~out, :own],
        index=kept,
        lagged=(),
    )
    model: Model = fit.model  # type: ignore[assignment]
    weights = W.restrict(kept) if model in NEEDS_W else None
    if weights is not None and model in LAGS_X:
        design = lag_slopes(design, weights, fit.design.lagged)
    specification = Specification(fit.formula, model=model)
    sample = Sample(pd.DataFrame(index=kept), weights, ())
    return ESTIMATORS[model](specification, check_estimable(design), sample)


def predict_block(
    fit: CrossSectionResults, design: Design, W: Weights, *, out: BoolArray
) -> tuple[FloatArray, float]:
    """Return the errors of the conditional mean of some regions, and their log density.

    With A = (I − λW)(I − ρW) over all regions and Q = A′A, the regions left out (h) given the
    others (t) are normal with mean μ_h − Q_hh⁻¹ Q_ht (y_t − μ_t) and precision Q_hh / σ², where
    μ = (I − ρW)⁻¹Zβ (Goulard, Laurent and Thomas-Agnan 2017, predictor BP).

    Parameters
    ----------
    fit : CrossSectionResults
        Estimated without the regions.
    design : Design
        Of all regions.
    W : Weights
        Of all regions, in the order of the design.
    out : ndarray of bool, shape (n,)
        The m regions left out.

    Returns
    -------
    errors : ndarray of shape (m,)
        Outcome minus prediction.
    log_density : float
        Of the m outcomes jointly.
    """
    eye = sparse.eye_array(design.nobs, format="csc")
    rho = float(fit.params.get(RHO, 0.0))
    B = eye - rho * W.sparse
    A = sparse.csc_array((eye - float(fit.params.get(LAMBDA, 0.0)) * W.sparse) @ B)
    beta = fit.estimates.values[: len(design.terms)]
    mean = solve_lag(W.sparse, design.X @ beta, rho=rho)
    rest = np.where(out, 0.0, design.y - mean)
    own = sparse.csc_array(A[:, out])
    precision: FloatArray = np.asarray((own.T @ own).toarray(), dtype=np.float64)
    shift = np.linalg.solve(precision, np.asarray(own.T @ (A @ rest), dtype=np.float64))
    errors = np.asarray(design.y[out] - mean[out] + shift)
    sigma2 = fit.fit.sigma2
    log_det = np.linalg.slogdet(precision).logabsdet - out.sum() * np.log(2 * np.pi * sigma2)
    return errors, float(0.5 * log_det - 0.5 * errors @ precision @ errors / sigma2)
