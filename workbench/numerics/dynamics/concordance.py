"""Ranks in two periods: Kendall's tau over all pairs and over neighbours, and shared changes."""

from __future__ import annotations

import numpy as np
from scipy import stats

from workbench.numerics.sparse.matrices import CsrArray
from workbench.typing import FloatArray, IntArray


def neighbour_pairs(W: CsrArray) -> IntArray:
    """Return the pairs i < j that a link joins in either direction, shape (p, 2).

    Examples
    --------
    >>> from scipy import sparse
    >>> neighbour_pairs(sparse.csr_array([[0, 1, 0], [0, 0, 0], [0, 2, 0]])).tolist()
    [[0, 1], [1, 2]]
    """
    links = W.tocoo()
    kept = (links.data != 0) & (links.row != links.col)
    ends = np.sort(np.column_stack([links.row[kept], links.col[kept]]), axis=1)
    return np.unique(ends, axis=0).astype(np.int64)


def pair_tau(x: FloatArray, y: FloatArray, pairs: IntArray) -> float:
    """Return Kendall's tau-b over some pairs; NaN if x or y is tied in all of them.

    Parameters
    ----------
    x, y : ndarray of shape (n,)
    pairs : ndarray of int, shape (p, 2)

    References
    ----------
    Rey, S. J. (2014). Fast algorithms for a space-time concordance measure. Computational
    Statistics 29, 799-811.

    Examples
    --------
    >>> every = np.array([[0, 1], [0, 2], [1, 2]])
    >>> round(pair_tau(np.array([1.0, 2.0, 3.0]), np.array([1.0, 3.0, 2.0]), every), 6)
    0.333333
    """
    dx, dy = (np.sign(v[pairs[:, 0]] - v[pairs[:, 1]]) for v in (x, y))
    untied = np.count_nonzero(dx) * np.count_nonzero(dy)
    return float((dx * dy).sum() / np.sqrt(untied)) if untied else float("nan")


def theta(changes: FloatArray, regimes: IntArray) -> float:
    """Return Σ_g |Σ_{i in g} d_i| / Σ_i |d_i| of rank changes d; NaN if no rank changes.

    Parameters
    ----------
    changes : ndarray of shape (n,)
    regimes : ndarray of int, shape (n,)
        From 0.

    References
    ----------
    Rey, S. J. (2004). Spatial dependence in the evolution of regional income distributions. In
    Spatial Econometrics and Spatial Statistics, 194-213.

    Examples
    --------
    >>> theta(np.array([1.0, 1.0, -2.0, 0.0]), np.array([0, 0, 1, 1]))
    1.0
    """
    total = float(np.abs(changes).sum())
    if not total:
        return float("nan")
    return float(np.abs(np.bincount(regimes, weights=changes)).sum() / total)


def rank_changes(x: FloatArray, y: FloatArray) -> FloatArray:
    """Return ranks in y minus ranks in x; equal values share their mean rank."""
    return np.asarray(stats.rankdata(y) - stats.rankdata(x), dtype=np.float64)
