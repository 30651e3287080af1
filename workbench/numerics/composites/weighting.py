"""Weights of indicators that the data decide: principal components, entropy, CRITIC."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.errors import InputError, ValuesError
from workbench.numerics.compiling import compiled
from workbench.numerics.composites.frontier import BenefitOfTheDoubt, benefit_of_the_doubt
from workbench.numerics.sparse.matrices import freeze
from workbench.numerics.threads import one_thread
from workbench.typing import BoolArray, FloatArray, IntArray

__all__ = [
    "BenefitOfTheDoubt", "PrincipalWeights", "benefit_of_the_doubt", "critic_weights",
    "entropy_weights", "equal_weights", "pca_weights", "perturbed", "squared_loading_weights",
    "varimax",
]  # fmt: skip

VARIMAX_SWEEPS = 200
TURNED = 1e-9
"""Radians; the criterion is flat at its maximum, so that weights stand to about their square."""
SAME = 1e-12
"""Values that differ by less, over their largest magnitude, are rounding of a constant."""


@dataclass(frozen=True, slots=True)
class PrincipalWeights:
    """Weights from rotated factors of the correlation matrix.

    Attributes
    ----------
    weights : ndarray, shape (k,)
        Sum to one.
    eigenvalues : ndarray, shape (k,)
        Of the correlation matrix, largest first.
    loadings : ndarray, shape (k, f)
        Of the indicators on the retained factors, rotated.
    explained : ndarray, shape (f,)
        Variance explained by each rotated factor: sums of squared loadings.
    factor : ndarray of int, shape (k,)
        The factor to which each indicator belongs, from 0.
    """

    weights: FloatArray
    eigenvalues: FloatArray
    loadings: FloatArray
    explained: FloatArray
    factor: IntArray


def equal_weights(k: int) -> FloatArray:
    """Return k weights of 1/k.

    Examples
    --------
    >>> equal_weights(4).tolist()
    [0.25, 0.25, 0.25, 0.25]
    """
    if k < 1:
        raise InputError("k", expected="at least one indicator", found=str(k))
    return np.full(k, 1.0 / k)


@one_thread
def pca_weights(
    Z: FloatArray,
    *,
    least_eigenvalue: float = 1.0,
    least_share: float = 0.10,
    least_cumulative: float = 0.60,
) -> PrincipalWeights:
    """Return weights from the squared loadings of rotated principal components.

    Parameters
    ----------
    Z : ndarray, shape (n, k)
        Indicators, in any units: their correlations count. Finite, none constant.
    least_eigenvalue, least_share, least_cumulative : float
        Factors are retained whose eigenvalue exceeds the first and whose share of the variance is
        at least the second; if together they explain less than the third, the next ones too.

    Returns
    -------
    PrincipalWeights
        Of one indicator: weight 1.

    Raises
    ------
    ValuesError
        If an indicator is constant, or there are fewer than three rows.

    Notes
    -----
    The factors are rotated by varimax with Kaiser's normalisation. Each indicator belongs to the
    factor of which it has the largest share; its weight is its squared loading over the variance
    that the factor explains, times the factor's share in the variance that all retained factors
    explain, and the weights are scaled to sum to one: see :func:`squared_loading_weights`. Weights
    so found mirror correlations, not importance.

    References
    ----------
    OECD and JRC (2008). Handbook on constructing composite indicators, section 6.1, tables 16-18.

    Nicoletti, G., Scarpetta, S. and Boylaud, O. (2000). Summary indicators of product market
    regulation with an extension to employment protection legislation. OECD Economics Department
    Working Papers 226.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> pca_weights(rng.standard_normal((50, 5))).weights.sum().round(12).item()
    1.0
    """
    Z = np.asarray(Z, dtype=np.float64)
    R = _correlations(Z)
    values, vectors = np.linalg.eigh(R)
    values, vectors = np.maximum(values[::-1], 0.0), vectors[:, ::-1]
    shares = values / values.sum()
    kept = int(np.count_nonzero((values > least_eigenvalue) & (shares >= least_share)))
    kept = max(kept, 1, int(np.searchsorted(np.cumsum(shares), least_cumulative - SAME)) + 1)
    loadings = varimax(vectors[:, :kept] * np.sqrt(values[:kept]))
    order = np.argsort(-(loadings**2).sum(axis=0), kind="stable")
    loadings = loadings[:, order]
    explained = (loadings**2).sum(axis=0)
    return PrincipalWeights(
        weights=freeze(squared_loading_weights(loadings)),
        eigenvalues=freeze(values.copy()),
        loadings=freeze(loadings),
        explained=freeze(explained),
        factor=freeze(_belongs(loadings)),
    )


def squared_loading_weights(loadings: FloatArray) -> FloatArray:
    """Return the weights that a table of rotated loadings (k, f) stands for.

    w_i ∝ (l_if² / v_f) · (v_f / Σ v) with f the factor of the highest loading of i and v_f the sum
    of squared loadings of factor f: the weights are those squared loadings over their sum. Highest
    is meant of l_if² / v_f, the squared loadings scaled to a sum of one by factor, as in the
    handbook's table 17: signs, which are arbitrary, do not count. Shares that differ by rounding
    are equal, and the first factor is taken.

    References
    ----------
    OECD and JRC (2008). Handbook on constructing composite indicators, tables 17 and 18.

    Examples
    --------
    >>> squared_loading_weights(np.array([[0.8, 0.1], [0.1, 0.4]])).round(2).tolist()
    [0.8, 0.2]
    """
    own = np.take_along_axis(loadings, _belongs(loadings)[:, None], axis=1)[:, 0] ** 2
    weights: FloatArray = own / own.sum()
    return weights


def _belongs(loadings: FloatArray) -> IntArray:
    squares = loadings**2
    explained = squares.sum(axis=0)
    share = squares / np.where(explained > 0, explained, 1.0)
    first: IntArray = np.argmax(share >= share.max(axis=1, keepdims=True) - TURNED, axis=1)
    return first


def varimax(loadings: FloatArray) -> FloatArray:
    """Return loadings (k, f) rotated by varimax with Kaiser's normalisation of rows.

    Signs are such that the sum of each column is not negative. Columns are turned in pairs, each by
    the angle that is best in its plane, so that no saddle point holds the rotation up.

    References
    ----------
    Kaiser, H. F. (1958). The varimax criterion for analytic rotation in factor analysis.
    Psychometrika 23, 187-200.

    Examples
    --------
    >>> turned = varimax(np.array([[0.6, 0.6], [0.5, 0.5], [0.5, -0.5], [0.4, -0.4]]))
    >>> bool((np.sort(np.abs(turned), axis=1)[:, 0] < 1e-6).all())
    True
    """
    lengths = np.sqrt((loadings**2).sum(axis=1))
    lengths = np.where(lengths > 0, lengths, 1.0)[:, None]
    turned = np.ascontiguousarray(loadings / lengths)
    _rotate(turned)
    turned = turned * lengths
    return np.asarray(turned * np.where(turned.sum(axis=0) < 0, -1.0, 1.0))


@compiled
def _rotate(L: Any) -> None:
    """Turn pairs of columns to the maximum in their plane until none turns any more."""
    k, f = L.shape
    for _ in range(VARIMAX_SWEEPS):
        widest = 0.0
        for p in range(f - 1):
            for q in range(p + 1, f):
                u = L[:, p] ** 2 - L[:, q] ** 2
                v = 2.0 * L[:, p] * L[:, q]
                sine = 2.0 * (u * v).sum() - 2.0 * u.sum() * v.sum() / k
                cosine = (u * u - v * v).sum() - (u.sum() ** 2 - v.sum() ** 2) / k
                if abs(sine) + abs(cosine) <= SAME:
                    continue
                angle = math.atan2(sine, cosine) / 4.0
                widest = max(widest, abs(angle))
                c, d = math.cos(angle), math.sin(angle)
                for i in range(k):
                    x, y = L[i, p], L[i, q]
                    L[i, p], L[i, q] = c * x + d * y, c * y - d * x
        if widest <= TURNED:
            break


def entropy_weights(X: FloatArray) -> FloatArray:
    """Return weights that grow with how unevenly an indicator is spread over regions.

    Parameters
    ----------
    X : ndarray, shape (n, k)
        Not negative; every indicator with a positive sum.

    Returns
    -------
    ndarray, shape (k,)
        (1 − e_j) / Σ (1 − e), with e_j = −Σ_i p_ij log p_ij / log n and p_ij = x_ij / Σ_i x_ij;
        0 log 0 is 0. They sum to one.

    Raises
    ------
    ValuesError
        If a value is negative or not finite, a sum is zero, or every indicator is constant.

    References
    ----------
    Shannon, C. E. (1948). A mathematical theory of communication. Bell System Technical Journal 27.
    Zeleny, M. (1982). Multiple criteria decision making. McGraw-Hill, chapter 7.

    Examples
    --------
    >>> entropy_weights(np.array([[1.0, 1.0], [1.0, 3.0], [1.0, 8.0]])).round(3).tolist()
    [0.0, 1.0]
    """
    X = _finite(X)
    if (X < 0).any():
        raise ValuesError(
            "X",
            expected="values that are not negative",
            found=f"{np.count_nonzero(X < 0)} below zero",
            why="entropy is that of shares in the total",
            remedy='normalise so that no value is negative, normalisation="min-max"',
        )
    sums = X.sum(axis=0)
    if (sums <= 0).any():
        raise _columns("positive totals", "totals of zero", np.asarray(sums <= 0))
    p = X / sums
    logs = np.log(np.where(p > 0, p, 1.0))
    spread = 1.0 + (p * logs).sum(axis=0) / math.log(len(X))
    spread = np.where(spread > SAME, spread, 0.0)
    if not spread.any():
        raise ValuesError("X", expected="indicators that vary", found="only constant ones")
    return np.asarray(spread / spread.sum())


def critic_weights(Z: FloatArray) -> FloatArray:
    """Return weights by contrast and conflict: w_j ∝ s_j Σ_k (1 − r_jk).

    Parameters
    ----------
    Z : ndarray, shape (n, k)
        Normalised indicators (the standard deviation s_j is in their units), none constant.

    References
    ----------
    Diakoulaki, D., Mavrotas, G. and Papayannakis, L. (1995). Determining objective weights in
    multiple criteria problems: the CRITIC method. Computers and Operations Research 22, 763-770.

    Examples
    --------
    >>> Z = np.array([[0.0, 1.0], [0.5, 0.2], [1.0, 0.0]])
    >>> critic_weights(Z).round(3).tolist()
    [0.486, 0.514]
    """
    Z = np.asarray(Z, dtype=np.float64)
    contrast = (1.0 - _correlations(Z)).sum(axis=1) * Z.std(axis=0, ddof=1)
    contrast = np.maximum(contrast, 0.0)
    total = contrast.sum()
    if total <= SAME:  # perfectly correlated indicators conflict in nothing
        return equal_weights(Z.shape[1])
    return np.asarray(contrast / total)


def perturbed(weights: FloatArray, factors: FloatArray) -> FloatArray:
    """Return weights (k,) times factors (..., k), scaled to sum to one along the last axis.

    Examples
    --------
    >>> perturbed(np.array([0.5, 0.5]), np.array([1.0, 3.0])).tolist()
    [0.25, 0.75]
    """
    changed = weights * factors
    return np.asarray(changed / changed.sum(axis=-1, keepdims=True))


def _correlations(Z: FloatArray) -> FloatArray:
    Z = _finite(Z)
    centred = Z - Z.mean(axis=0)
    size = np.sqrt((centred**2).sum(axis=0))
    flat: BoolArray = size <= SAME * np.abs(Z).max(axis=0) * math.sqrt(len(Z))
    if flat.any():
        raise _columns("indicators that vary", "constant ones", flat)
    standard = centred / size
    return np.asarray(standard.T @ standard)


def _finite(Z: FloatArray) -> FloatArray:
    Z = np.asarray(Z, dtype=np.float64)
    if Z.ndim != 2 or len(Z) < 3 or Z.shape[1] < 1:
        raise ValuesError(
            "Z", expected="a table of at least three regions", found=f"shape {Z.shape}"
        )
    bad = ~np.isfinite(Z).all(axis=0)
    if np.any(bad):
        raise _columns("finite values", "missing or infinite ones", np.asarray(bad))
    return Z


def _columns(expected: str, found: str, where: BoolArray) -> ValuesError:
    places = np.flatnonzero(where)
    return ValuesError(
        "Z",
        expected=expected,
        found=found,
        offenders=[f"indicator number {place + 1}" for place in places],
        why="a weight would rest on rounding",
        remedy="leave those indicators out",
    )
