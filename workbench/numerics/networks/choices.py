"""Entry of activities as a choice of yes or no: linear probabilities, and what separates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.numerics.panels.absorption import rank_of_factors, without_factors
from workbench.numerics.regression.sandwich import (
    cluster_covariance,
    influence,
    two_way_cluster_covariance,
)
from workbench.typing import BoolArray, FloatArray, IntArray

ABSORBED = 1e-9
"""Share of a column's length below which what effects leave of it is rounding."""


@dataclass(frozen=True, slots=True)
class LinearFit:
    """Least squares with effects taken out.

    Attributes
    ----------
    params : ndarray, shape (k,)
    cov : ndarray, shape (k, k)
    rsquared : float
        Within what the effects leave.
    df_resid : float
        Observations less coefficients less effects.
    """

    params: FloatArray
    cov: FloatArray
    rsquared: float
    df_resid: float


def left_by_effects(X: FloatArray, factors: tuple[IntArray, ...]) -> tuple[FloatArray, BoolArray]:
    """Return columns with effects taken out, and which are left with nothing but rounding.

    Examples
    --------
    >>> X = np.array([[1.0, 1.0], [2.0, 1.0], [3.0, 5.0], [4.0, 5.0]])
    >>> left_by_effects(X, (np.array([0, 0, 1, 1]),))[1].tolist()
    [False, True]
    """
    if not factors:
        return X, np.zeros(X.shape[1], dtype=np.bool_)
    left = without_factors(X, factors)
    size, rest = np.linalg.norm(X - X.mean(axis=0), axis=0), np.linalg.norm(left, axis=0)
    # the least squares of several factors stop at a relative 1e-8 or so
    limit = ABSORBED if len(factors) == 1 else 1e-6
    return left, np.asarray(rest <= limit * np.maximum(size, 1e-300))


def dependent(X: FloatArray) -> IntArray:
    """Return the columns that are linear combinations of earlier ones, in order.

    Examples
    --------
    >>> dependent(np.array([[1.0, 2.0, 1.0], [1.0, 2.0, 0.0]])).tolist()
    [1]
    """
    scaled = X / np.maximum(np.linalg.norm(X, axis=0), 1e-300)
    diagonal = np.abs(np.diag(np.linalg.qr(scaled, mode="r")))
    return np.nonzero(diagonal < 1e-8)[0].astype(np.int64)


def linear(
    y: FloatArray,
    X: FloatArray,
    factors: tuple[IntArray, ...],
    clusters: tuple[IntArray, ...],
    *,
    counted: int = 0,
) -> LinearFit:
    """Regress on columns that effects have left, with clustered covariances.

    Parameters
    ----------
    y : ndarray, shape (n,)
        Effects taken out.
    X : ndarray, shape (n, k)
        Effects taken out, of full rank.
    factors : tuple of ndarray of int
        The effects, for degrees of freedom.
    clusters : tuple of ndarray of int
        None for HC1, one, or two ways (Cameron, Gelbach and Miller 2011), codes from 0.
    counted : int
        Effects that use up degrees of freedom: those that no cluster contains.

    Examples
    --------
    >>> X, y = np.ones((4, 1)), np.array([0.0, 0.0, 1.0, 1.0])
    >>> found = linear(y, X, (), (np.array([0, 0, 1, 1]),))
    >>> found.params.tolist(), found.cov.round(6).tolist()
    ([0.5], [[0.25]])
    """
    params = np.asarray(np.linalg.lstsq(X, y, rcond=None)[0], dtype=np.float64)
    residuals = y - X @ params
    n, k = X.shape
    found = influence(X, residuals)
    absorbed = rank_of_factors(factors) if factors else 0
    cov = clustered(found.scores, clusters, columns=k + counted)
    centred = y if factors else y - y.mean()
    total = float(centred @ centred)
    return LinearFit(
        params=params,
        cov=cov,
        rsquared=1 - float(residuals @ residuals) / total,
        df_resid=float(n - k - absorbed),
    )


def counted_effects(factors: tuple[IntArray, ...], inside: tuple[IntArray, ...]) -> int:
    """Return how many effects use up degrees of freedom of a clustered covariance.

    The rank of all of them less that of those that clusters contain, for which the constant alone
    is counted: as Stata's reghdfe and, of one effect, xtreg.

    Parameters
    ----------
    factors : tuple of ndarray of int
        All effects.
    inside : tuple of ndarray of int
        Those of them that clusters contain.

    Examples
    --------
    >>> region, year = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    >>> [counted_effects((region, year), inside) for inside in ((), (region,), (region, year))]
    [3, 2, 1]
    """
    if not factors:
        return 0
    rank = rank_of_factors(factors)
    return rank - rank_of_factors(inside) + 1 if inside else rank


def clustered(scores: FloatArray, clusters: tuple[IntArray, ...], *, columns: int) -> FloatArray:
    """Return the covariance of influences: HC1 without clusters, else one or two ways."""
    if not clusters:
        n = len(scores)
        return np.asarray(scores.T @ scores * (n / (n - columns)))
    if len(clusters) == 1:
        return cluster_covariance(scores, clusters[0], columns=columns)
    return two_way_cluster_covariance(scores, clusters[0], clusters[1], columns=columns)


def separating(y: FloatArray, X: FloatArray) -> FloatArray | None:
    """Return a direction along which outcomes are told apart without error, or None.

    Some b with (2y − 1) Xb ≥ 0 everywhere and > 0 somewhere: a likelihood then rises for ever
    (Albert and Anderson 1984; Konis 2007).

    Parameters
    ----------
    y : ndarray, shape (n,)
        Zeros and ones.
    X : ndarray, shape (n, k)
        With the constant or dummies that the model has.

    Examples
    --------
    >>> X = np.array([[1.0, 1.0], [1.0, 2.0], [1.0, 3.0], [1.0, 4.0]])
    >>> separating(np.array([0.0, 1.0, 0.0, 1.0]), X) is None
    True
    >>> found = separating(np.array([0.0, 0.0, 1.0, 1.0]), X)
    >>> bool(found[1] > 0)
    True
    """
    from scipy.optimize import linprog

    signed = X * (2 * y - 1)[:, None] / np.maximum(np.abs(X).max(axis=0), 1e-300)
    found = linprog(
        -signed.sum(axis=0),
        A_ub=-signed,
        b_ub=np.zeros(len(y)),
        bounds=(-1.0, 1.0),
        method="highs",
    )
    if not found.success or found.fun is None or -found.fun <= 1e-7:
        return None
    return np.asarray(found.x, dtype=np.float64)
