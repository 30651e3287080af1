"""The J test of one spatial model against another that does not contain it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.errors import CollinearityError, ValuesError
from workbench.numerics.regression.least_squares import linear_dependencies
from workbench.numerics.sparse.matrices import CsrArray, as_columns, as_vector, as_weights
from workbench.typing import FloatArray


@dataclass(frozen=True, slots=True)
class Candidate:
    """One model of the pair: y = Xβ (+ ρWy) + ε.

    Attributes
    ----------
    X : ndarray of shape (n, k)
        Regressors, with the constant and spatial lags where the model has them.
    W : sparse array of shape (n, n), or None
        Weights of the lagged outcome; None for a model without one.
    Z : ndarray of shape (n, m)
        Regressors whose lags WZ and W²Z are instruments of Wy: those without the constant.
    """

    X: FloatArray
    W: CsrArray | None
    Z: FloatArray


@dataclass(frozen=True, slots=True)
class AugmentedModel:
    """The null model with the other model's prediction added.

    Attributes
    ----------
    coefficients : ndarray of shape (p,)
        Of X, of Wy where the model has it, then of the prediction.
    covariance : ndarray of shape (p, p)
    sigma2 : float
        SSE/(n − p).
    instruments : int
        Number of independent instruments.
    """

    coefficients: FloatArray
    covariance: FloatArray
    sigma2: float
    instruments: int


def j_test(y: Any, null: Candidate, alternative: Candidate, *, robust: bool) -> AugmentedModel:
    """Estimate the null model augmented by the prediction of the alternative.

    The alternative is estimated by two-stage least squares (instruments: its X, WZ, W²Z), its
    prediction ŷ₁ = X₁b₁ + r₁W₁y is added to the null model, and that is estimated by two-stage
    least squares with the instruments of both. If the null is right the prediction adds nothing.

    Parameters
    ----------
    y : ndarray of shape (n,)
    null, alternative : Candidate
    robust : bool
        Heteroskedasticity-robust covariance (HC0); else SSE/(n − p).

    Returns
    -------
    AugmentedModel

    Raises
    ------
    CollinearityError
        If the prediction is a linear combination of the null model's columns.
    ValuesError
        If there are fewer instruments than coefficients, or no fewer than observations.

    References
    ----------
    Kelejian, H. (2008). A spatial J-test for model specification against a single or a set of
    non-nested alternatives. Letters in Spatial and Resource Sciences 1, 3-11. Kelejian, H. and
    Piras, G. (2011). An extension of Kelejian's J-test for non-nested spatial models. Regional
    Science and Urban Economics 41, 281-292.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = np.c_[np.ones(8), rng.normal(size=(8, 1))]
    >>> other = np.c_[np.ones(8), rng.normal(size=(8, 1))]
    >>> one, two = Candidate(X, None, X[:, 1:]), Candidate(other, None, other[:, 1:])
    >>> j_test(rng.normal(size=8), one, two, robust=False).coefficients.shape
    (3,)
    """
    values = as_vector(y, argument="y")
    own, theirs = _instruments(null), _instruments(alternative)
    columns = regressors(values, alternative)
    b1, _ = two_stage(values, columns, theirs)
    Z = np.column_stack([regressors(values, null), columns @ b1])
    H = np.column_stack([own, theirs])
    coefficients, projected = two_stage(values, Z, H)
    e = values - Z @ coefficients
    n, p = Z.shape
    bread = np.linalg.inv(projected.T @ projected)
    sigma2 = float(e @ e) / (n - p)
    scores = projected * e[:, None]
    cov = bread @ (scores.T @ scores) @ bread if robust else sigma2 * bread
    return AugmentedModel(coefficients, cov, sigma2, _independent(H).shape[1])


def regressors(y: FloatArray, model: Candidate) -> FloatArray:
    """Return [X, Wy], or X for a model without a lagged outcome."""
    if model.W is None:
        return model.X
    return np.column_stack([model.X, as_weights(model.W) @ y])


def _instruments(model: Candidate) -> FloatArray:
    X = as_columns(model.X, argument="X", rows=model.X.shape[0])
    if model.W is None:
        return X
    W = as_weights(model.W)
    first = W @ model.Z
    return np.column_stack([X, first, W @ first])


def _independent(H: FloatArray) -> FloatArray:
    scaled = H[:, np.linalg.norm(H, axis=0) > 0.0]
    dropped = {found.columns[-1] for found in linear_dependencies(scaled)}
    return scaled[:, [j for j in range(scaled.shape[1]) if j not in dropped]]


def two_stage(y: FloatArray, Z: FloatArray, H: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return two-stage least squares of y on Z with instruments H, and the projected Z."""
    H = _independent(H)
    if H.shape[1] < Z.shape[1] or H.shape[1] >= y.size:
        raise ValuesError(
            "instruments",
            expected=f"at least {Z.shape[1]} independent instruments and fewer than {y.size}",
            found=f"{H.shape[1]}",
            why="the coefficient of a lagged outcome is found through lags of the regressors",
            remedy="take models with other regressors",
        )
    Q = np.linalg.qr(H / np.linalg.norm(H, axis=0)).Q
    projected = Q @ (Q.T @ Z)
    if linear_dependencies(projected):
        raise CollinearityError(
            "alternative",
            expected="a prediction that is not a combination of the null model's columns",
            found="one that is",
            why="the models predict the same, so that nothing tells them apart",
            remedy="compare models with different W or different regressors",
        )
    length = np.linalg.norm(projected, axis=0)
    first, R = np.linalg.qr(projected / length)
    return np.linalg.solve(R, first.T @ y) / length, projected
