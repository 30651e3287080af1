"""How much of a variance each of several sets of regressors explains, whatever their order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.typing import FloatArray, IntArray

NEGLIGIBLE = 1e-10
"""Eigenvalues below this part of the largest are directions that the regressors do not have."""


@dataclass(frozen=True, slots=True)
class Attributed:
    """Shares of the sum of squares about the mean.

    Attributes
    ----------
    share : ndarray, shape (k,)
        Shapley value of each set: the mean over all orders of what it adds to R². They add up to
        `together`.
    alone : ndarray, shape (k,)
        R² of each set by itself.
    last : ndarray, shape (k,)
        What each adds to all others.
    together : float
        R² of all.
    """

    share: FloatArray
    alone: FloatArray
    last: FloatArray
    together: float


def dummies(codes: IntArray) -> FloatArray:
    """Return indicator columns of groups 0 to g − 1 less their means, shape (n, g)."""
    columns = np.eye(int(codes.max()) + 1)[codes]
    return np.asarray(columns - columns.mean(axis=0))


def crossed(codes: IntArray, others: IntArray) -> IntArray:
    """Return the number of each pair of groups that occurs, shape (n,)."""
    pairs = np.column_stack([codes, others])
    found: IntArray = np.unique(pairs, axis=0, return_inverse=True)[1].ravel()
    return found


def r_squared(y: FloatArray, X: FloatArray) -> float:
    """Return R² of centred `y` on centred columns that may depend on each other."""
    if X.shape[1] == 0:
        return 0.0
    return _explained(X.T @ X, X.T @ y) / float(y @ y)


def rank(X: FloatArray) -> int:
    """Return the number of independent columns."""
    if X.shape[1] == 0:
        return 0
    values = np.linalg.eigvalsh(X.T @ X)
    return int((values > NEGLIGIBLE * max(values[-1], 0.0)).sum()) if values[-1] > 0 else 0


def attributed(y: FloatArray, sets: Sequence[FloatArray]) -> Attributed:
    """Split R² of a regression between sets of regressors by Shapley values.

    Parameters
    ----------
    y : ndarray, shape (n,)
        Centred, not constant.
    sets : sequence of ndarray, shape (n, g) each
        Centred columns of each set; they may depend on each other within a set and between sets.

    Returns
    -------
    Attributed
        From all 2^k regressions, k the number of sets.

    Notes
    -----
    share_j = Σ over S without j of |S|! (k − |S| − 1)! / k! · (R²(S ∪ j) − R²(S)). With sets that
    are orthogonal to each other, as the factors of a balanced grid are, each order adds the same
    and the shares are those of the analysis of variance.

    References
    ----------
    Lindeman, R. H., Merenda, P. F. and Gold, R. Z. (1980). Introduction to bivariate and
    multivariate analysis, 119-127. Grömping, U. (2007). Estimators of relative importance in
    linear regression based on variance decomposition. The American Statistician 61(2), 139-147,
    section 3.

    Examples
    --------
    >>> row, column = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    >>> y = 3.0 * row + 1.0 * column
    >>> attributed(y - y.mean(), [dummies(row), dummies(column)]).share.round(6).tolist()
    [0.9, 0.1]
    """
    k = len(sets)
    worth = _worths(y, sets)
    weight = [math.factorial(s) * math.factorial(k - s - 1) / math.factorial(k) for s in range(k)]
    share = np.zeros(k)
    for subset in range(2**k):
        size = subset.bit_count()
        for j in range(k):
            if not subset >> j & 1:
                share[j] += weight[size] * (worth[subset | 1 << j] - worth[subset])
    everything = 2**k - 1
    return Attributed(
        share=share,
        alone=np.array([worth[1 << j] for j in range(k)]),
        last=np.array([worth[everything] - worth[everything & ~(1 << j)] for j in range(k)]),
        together=float(worth[everything]),
    )


def _worths(y: FloatArray, sets: Sequence[FloatArray]) -> FloatArray:
    """Return R² of every subset, shape (2^k,); bit j stands for set j."""
    X = np.hstack(list(sets))
    owner = np.repeat(np.arange(len(sets)), [part.shape[1] for part in sets])
    gram, with_y, total = X.T @ X, X.T @ y, float(y @ y)
    out = np.zeros(2 ** len(sets))
    for subset in range(1, out.size):
        chosen = np.flatnonzero((subset >> owner) & 1)
        out[subset] = _explained(gram[np.ix_(chosen, chosen)], with_y[chosen]) / total
    return out


def _explained(gram: FloatArray, with_y: FloatArray) -> float:
    """Return the explained sum of squares, leaving directions out that have no length."""
    values, vectors = np.linalg.eigh(gram)
    kept = values > NEGLIGIBLE * values[-1]
    return float(((vectors[:, kept].T @ with_y) ** 2 / values[kept]).sum())
