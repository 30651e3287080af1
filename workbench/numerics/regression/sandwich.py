"""Covariances of least squares that need no equal variances: HC0 to HC3, and clusters.

Each is a sum over pairs of observations, Σ w_ij a_i a_j′, of the influences
``a_i = (X′X)⁻¹ x_i e_i`` of observations on the coefficients; they differ in the weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import linalg

from workbench.errors import ValuesError, check_option
from workbench.numerics.sparse.matrices import as_columns, as_vector, freeze
from workbench.typing import FloatArray, IntArray, Leverage

FULL_LEVERAGE = 1e-9
# 1 − h below this is rounding: the observation determines a coefficient alone, its residual is 0.


@dataclass(frozen=True, slots=True)
class Influence:
    """What each observation contributes to least-squares coefficients.

    Attributes
    ----------
    scores : ndarray of shape (n, k)
        Rows ``a_i = (X′X)⁻¹ x_i e_i``; they sum to zero.
    leverage : ndarray of shape (n,)
        ``h_i = x_i′(X′X)⁻¹x_i``, between 0 and 1.
    """

    scores: FloatArray
    leverage: FloatArray


def influence(X: Any, residuals: Any) -> Influence:
    """Compute influences and leverages by QR.

    Parameters
    ----------
    X : ndarray of shape (n, k)
        Of full column rank.
    residuals : ndarray of shape (n,)

    Returns
    -------
    Influence

    Examples
    --------
    >>> influence(np.ones((4, 1)), [1.0, -1.0, 2.0, -2.0]).leverage
    array([0.25, 0.25, 0.25, 0.25])
    """
    e = as_vector(residuals, argument="residuals")
    X = as_columns(X, argument="X", rows=e.shape[0])
    # Columns of unit length keep the triangular solve free of the units of the regressors.
    length = np.linalg.norm(X, axis=0)
    Q, R = np.linalg.qr(X / length)
    own = linalg.solve_triangular(R, Q.T).T / length
    return Influence(freeze(own * e[:, None]), freeze(np.sum(Q**2, axis=1)))


def hc_covariance(found: Influence, kind: Leverage) -> FloatArray:
    """Return a heteroskedasticity-consistent covariance, shape (k, k).

    Σ ω_i a_i a_i′ with ω = 1 (HC0), n/(n − k) (HC1), 1/(1 − h_i) (HC2) or 1/(1 − h_i)² (HC3).

    Parameters
    ----------
    found : Influence
        From :func:`influence`.
    kind : {"HC0", "HC1", "HC2", "HC3"}

    Raises
    ------
    ValuesError
        If HC2 or HC3 is asked for and an observation has leverage 1; ``offenders`` holds their
        positions.

    References
    ----------
    White, H. (1980). Econometrica 48, pp. 817-838. MacKinnon, J. and White, H. (1985). Journal of
    Econometrics 29, pp. 305-325; HC3 is their jackknife without the term that centres it.

    Examples
    --------
    >>> found = influence(np.ones((4, 1)), [1.0, -1.0, 2.0, -2.0])
    >>> [round(hc_covariance(found, kind).item(), 6) for kind in ("HC0", "HC1")]
    [0.625, 0.833333]
    """
    check_option("kind", kind, Leverage)
    scores = found.scores
    n, k = scores.shape
    if kind in ("HC0", "HC1"):
        factor = n / (n - k) if kind == "HC1" else 1.0
        return np.asarray(freeze(factor * (scores.T @ scores)))
    room = 1.0 - found.leverage
    alone = np.flatnonzero(room < FULL_LEVERAGE)
    if alone.size:
        raise ValuesError(
            "kind",
            expected="observations of leverage below 1",
            found=f"{alone.size} that determine a coefficient alone",
            offenders=alone.tolist(),
            why=f"{kind} divides their residual, which is 0, by 1 - leverage, which is 0",
            remedy='take kind="HC1", or leave out the regressor that only they have',
        )
    scaled = scores / (np.sqrt(room) if kind == "HC2" else room)[:, None]
    return np.asarray(freeze(scaled.T @ scaled))


def cluster_covariance(scores: Any, groups: IntArray, *, columns: int) -> FloatArray:
    """Return the covariance that allows for any dependence within groups, shape (k, k).

    G/(G − 1) · (n − 1)/(n − k) · Σ_g (Σ_{i in g} a_i)(Σ_{i in g} a_i)′ (Liang and Zeger 1986,
    with Stata's factor).

    Parameters
    ----------
    scores : ndarray of shape (n, k)
        Influences from :func:`influence`.
    groups : ndarray of int, shape (n,)
        Codes 0 to G − 1, each in use; G ≥ 2.
    columns : int
        Estimated coefficients k of the factor.

    Examples
    --------
    >>> found = influence(np.ones((4, 1)), [1.0, 1.0, -1.0, -1.0])
    >>> cluster_covariance(found.scores, np.array([0, 0, 1, 1]), columns=1)
    array([[1.]])
    """
    a = np.asarray(scores, dtype=np.float64)
    n = a.shape[0]
    count = int(groups.max()) + 1
    sums = np.stack([np.bincount(groups, weights=column, minlength=count) for column in a.T], 1)
    factor = count / (count - 1) * (n - 1) / (n - columns)
    return np.asarray(freeze(factor * (sums.T @ sums)))


def two_way_cluster_covariance(
    scores: Any, first: IntArray, second: IntArray, *, columns: int
) -> FloatArray:
    """Return the covariance clustered in two ways, V₁ + V₂ − V₁₂, shape (k, k).

    Each part has the factor of its own number of clusters; V₁₂ clusters by the pairs that occur.
    The difference need not be positive semi-definite: the caller looks.

    References
    ----------
    Cameron, A. C., Gelbach, J. and Miller, D. (2011). Robust inference with multiway clustering.
    Journal of Business and Economic Statistics 29, pp. 238-249, equation 2.11.

    Examples
    --------
    >>> found = influence(np.ones((4, 1)), [1.0, 2.0, -2.0, -1.0])
    >>> rows, columns = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    >>> two_way_cluster_covariance(found.scores, rows, columns, columns=1).round(6)
    array([[1.666667]])
    """
    pairs = np.unique(first * (int(second.max()) + 1) + second, return_inverse=True)[1]
    both = cluster_covariance(scores, pairs.astype(np.int64), columns=columns)
    out = cluster_covariance(scores, first, columns=columns)
    return np.asarray(freeze(out + cluster_covariance(scores, second, columns=columns) - both))
