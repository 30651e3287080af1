"""Do indicators measure one thing: Cronbach's alpha, sampling adequacy, sphericity, main effects.

``R`` is a correlation matrix (k, k) of indicators turned so that more is better.
"""

from __future__ import annotations

import math

import numpy as np

from workbench.numerics.threads import one_thread
from workbench.typing import FloatArray

BANDWIDTHS = tuple(0.15 * 1.35**step for step in range(12))
"""Standard deviations of the smoothing kernel that are tried: from 0.15 to 4 of the regressor's.
The widest are all but a straight line."""
ROWS_AT_ONCE = 600
"""Rows above which every so many in order of the indicator are smoothed: kernels are n²."""


def cronbach_alpha(R: FloatArray) -> float:
    """Return standardised alpha, k r̄ / (1 + (k − 1) r̄) with the mean correlation r̄.

    That of indicators standardised to a variance of one: OECD/JRC (2008), equation 18; Cronbach,
    L. (1951), Psychometrika 16, 297-334. NaN for one indicator.

    Examples
    --------
    >>> round(cronbach_alpha(np.array([[1.0, 0.5], [0.5, 1.0]])), 4)
    0.6667
    """
    k, total = len(R), float(R.sum())
    return k / (k - 1) * (1.0 - k / total) if k > 1 else math.nan


def alpha_without(R: FloatArray) -> FloatArray:
    """Return alpha of the rest without each indicator in turn, shape (k,); NaN for two."""
    k = len(R)
    if k < 3:
        return np.full(k, np.nan)
    keep = [np.delete(np.arange(k), j) for j in range(k)]
    return np.array([cronbach_alpha(R[np.ix_(rest, rest)]) for rest in keep])


def item_total(R: FloatArray) -> FloatArray:
    """Return the correlation of each standardised indicator with the sum of the others, (k,).

    Examples
    --------
    >>> item_total(np.array([[1.0, 0.5], [0.5, 1.0]])).tolist()
    [0.5, 0.5]
    """
    k = len(R)
    if k < 2:
        return np.full(k, np.nan)
    own = R.sum(axis=1) - 1.0
    rest = R.sum() - 2.0 * R.sum(axis=1) + 1.0
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(own / np.sqrt(rest))


def sampling_adequacy(R: FloatArray) -> tuple[float, FloatArray]:
    """Return Kaiser, Meyer and Olkin's measure of all indicators, and of each, shape (k,).

    Σ r² / (Σ r² + Σ p²) over pairs, with partial correlations p given all other indicators: Kaiser,
    H. and Rice, J. (1974), Little jiffy, mark IV, Educational and Psychological Measurement 34,
    111-117. NaN where R is singular.

    Examples
    --------
    >>> round(sampling_adequacy(np.array([[1.0, 0.5], [0.5, 1.0]]))[0], 3)
    0.5
    """
    k = len(R)
    if k < 2 or singular(R):
        return math.nan, np.full(k, np.nan)
    inverse = np.linalg.inv(R)
    scale = np.sqrt(np.diag(inverse))
    partial = inverse / np.outer(scale, scale)
    squares, rest = R**2, partial**2
    np.fill_diagonal(squares, 0.0)
    np.fill_diagonal(rest, 0.0)
    own = squares.sum(axis=1)
    total = own + rest.sum(axis=1)
    with np.errstate(invalid="ignore"):
        return float(own.sum() / total.sum()), np.asarray(own / total)


def sphericity(R: FloatArray, n: int) -> tuple[float, int]:
    """Return Bartlett's chi-square of a correlation matrix of n rows, and its degrees of freedom.

    −(n − 1 − (2k + 5)/6) log det R, with k(k − 1)/2: Bartlett, M. (1950), Tests of significance in
    factor analysis, British Journal of Psychology 3, 77-85. NaN where R is singular.

    Examples
    --------
    >>> round(sphericity(np.array([[1.0, 0.5], [0.5, 1.0]]), 20)[0], 3)
    5.034
    """
    k = len(R)
    df = k * (k - 1) // 2
    if k < 2 or singular(R):
        return math.nan, df
    return float(-(n - 1 - (2 * k + 5) / 6) * np.linalg.slogdet(R)[1]), df


def singular(R: FloatArray) -> bool:
    """Return whether some indicator is a linear combination of others, to rounding."""
    return bool(np.linalg.eigvalsh(R)[0] <= 1e-10)


@one_thread
def main_effects(Z: FloatArray, y: FloatArray) -> FloatArray:
    """Return the share of the variance of y that a smooth curve in each column explains, (k,).

    Parameters
    ----------
    Z : ndarray, shape (n, k)
        Indicators; none constant.
    y : ndarray, shape (n,)
        The index; not constant.

    Returns
    -------
    ndarray, shape (k,)
        Pearson's correlation ratio Var(E(y | z)) / Var(y), from 0 to 1.

    Notes
    -----
    E(y | z) is a local linear regression with a Gaussian kernel, whose bandwidth predicts rows that
    are left out best. Of more than 600 rows, 600 at equal steps of the indicator's order count.

    References
    ----------
    Paruolo, P., Saisana, M. and Saltelli, A. (2013). Ratings and rankings: voodoo or science?
    Journal of the Royal Statistical Society A 176, 609-634, section 3.

    Examples
    --------
    >>> z = np.linspace(-1.0, 1.0, 101)[:, None]
    >>> main_effects(np.hstack([z, z]), z.ravel()).round(6).tolist()
    [1.0, 1.0]
    """
    return np.array([_explained(column, y) for column in Z.T])


def _explained(z: FloatArray, y: FloatArray) -> float:
    order = np.lexsort([y, z])
    if len(z) > ROWS_AT_ONCE:
        order = order[np.linspace(0, len(z) - 1, ROWS_AT_ONCE).round().astype(np.int64)]
    x, t = z[order], y[order]
    x = (x - x.mean()) / x.std()
    gaps = x[None, :] - x[:, None]
    best, fitted = np.inf, t
    for width in BANDWIDTHS:
        K = np.exp(-0.5 * (gaps / width) ** 2)
        first, second = (K * gaps).sum(axis=1), (K * gaps**2).sum(axis=1)
        weights = K * (second[:, None] - first[:, None] * gaps)
        total = weights.sum(axis=1)
        if (total <= 1e-10 * K.sum(axis=1) * second).any():
            continue
        smooth = weights / total[:, None]
        curve = smooth @ t
        left = 1.0 - np.diag(smooth)
        if (left <= 1e-10).any():
            continue
        error = float((((t - curve) / left) ** 2).mean())
        if error < best:
            best, fitted = error, curve
    return min(float(np.var(fitted)) / float(np.var(t)), 1.0)
