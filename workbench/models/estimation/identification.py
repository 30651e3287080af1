"""Outcomes and regressors from which a likelihood cannot tell its parameters, refused by name."""

from __future__ import annotations

import numpy as np

from workbench.errors import InputError, ValuesError
from workbench.models.estimation.sample import Sample
from workbench.regression.design import Design
from workbench.regression.specification import LAGS_ERROR, LAGS_Y, Specification
from workbench.typing import FloatArray
from workbench.weights import Weights

ROUNDING = 1e-13
"""Residuals in units of what they are differences of, at and below which they are rounding:
some hundred times the spacing of doubles, for sums over many terms."""
SAME_SPAN = 1e-9
"""Part of a lag outside the regressors, relative to the lag, below which there is none."""


def refuse_unidentified(specification: Specification, design: Design, sample: Sample) -> None:
    """Refuse an exact fit, and a pair (ρ, λ) that may change places.

    Parameters
    ----------
    specification : Specification
    design : Design
        Of full column rank, with spatial lags of regressors where the model has them.
    sample : Sample

    Raises
    ------
    ValuesError
        If the regressors, or they and Wy with an admissible ρ, reproduce the outcome up to
        rounding: σ² is zero, and the likelihood has no maximum.
    InputError
        If ``sac`` or ``gns`` has one W, and it maps the regressors into their own span. Then
        (I − λW)X has one span for every λ, and as I − λW and I − ρW commute, the likelihood at
        (ρ, λ) is that at (λ, ρ).
    """
    _refuse_exact(design, None)
    if specification.model not in LAGS_Y:
        return
    W = sample.require_weights()
    _refuse_exact(design, W)
    linked = W.sparse.nnz > 0  # without a link the estimator says that W has none
    if linked and specification.model in LAGS_ERROR and sample.error_weights is None:
        _refuse_exchangeable(design, W)


def _refuse_exact(design: Design, W: Weights | None) -> None:
    columns = design.X if W is None else np.column_stack([design.X, W.sparse @ design.y])
    beta, residuals, size = _least_squares(design.y, columns)
    if np.linalg.norm(residuals) > ROUNDING * size:
        return
    if W is not None:
        card = W.card()
        low = -np.inf if card.rho_low is None else card.rho_low
        high = np.inf if card.rho_high is None else card.rho_high
        if not low < beta[-1] < high:
            return
    lag = "" if W is None else f" and its spatial lag, at rho = {beta[-1]:.6g},"
    raise ValuesError(
        design.outcome,
        expected=f"an outcome that the terms{lag} do not reproduce exactly",
        found="residuals that are rounding",
        why="without variance there is no likelihood and there are no standard errors",
        remedy="leave out the terms that the outcome is made of, or take fewer terms",
    )


def _least_squares(y: FloatArray, X: FloatArray) -> tuple[FloatArray, FloatArray, float]:
    """Return coefficients, residuals, and the length of what the residuals are differences of."""
    length = np.linalg.norm(X, axis=0)
    length[length == 0.0] = 1.0
    scaled = np.linalg.lstsq(X / length, y, rcond=None)[0]
    residuals = y - (X / length) @ scaled
    return scaled / length, residuals, float(np.linalg.norm(y) + np.abs(scaled).sum())


def _refuse_exchangeable(design: Design, W: Weights) -> None:
    lags = W.sparse @ design.X
    Q = np.linalg.qr(design.X / np.linalg.norm(design.X, axis=0)).Q
    rest = lags - Q @ (Q.T @ lags)
    if np.any(np.linalg.norm(rest, axis=0) > SAME_SPAN * np.linalg.norm(lags, axis=0)):
        return
    raise InputError(
        "model",
        expected="a term whose spatial lag is not a combination of the terms",
        found=f"none among {', '.join(design.terms)}",
        why="rho and lambda cannot be told apart: they may change places at the same likelihood",
        remedy='model="sar" or model="sem", or give the disturbance other weights: W_error=',
    )
