"""Neighbours that are also likes: regions near on the map and near in the space of variables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy.spatial import KDTree

from workbench.numerics.sparse.matrices import as_weights
from workbench.typing import FloatArray, IntArray

SPARE = 8
"""Candidates asked for beyond those needed, to see where ties end."""

CELLS = 2_000_000
"""Distances held at once: some 30 MB."""


def common_neighbors(points: Any, W: Any, *, slack: float = 0.0) -> tuple[FloatArray, FloatArray]:
    """Count each region's neighbours that are among as many nearest regions by distance.

    Parameters
    ----------
    points : ndarray of shape (n, m)
        Coordinates in the space of variables, n at least 2.
    W : sparse array or ndarray of shape (n, n)
        Zero diagonal; only where it is not zero matters.
    slack : float
        Distances that differ by no more are equal; of equals the first regions are taken.

    Returns
    -------
    common : ndarray of shape (n,)
        For a region with k neighbours: how many of them are among its k nearest.
    nearest : ndarray of shape (n,)
        Distance to the nearest other region.

    Notes
    -----
    Memory grows with n, not with its square. Time too, unless most distances are tied: then a
    region is compared with all others.

    Examples
    --------
    >>> chain = np.diag(np.ones(3), 1) + np.diag(np.ones(3), -1)
    >>> common_neighbors(np.array([[0.0], [1.0], [3.0], [10.0]]), chain)
    (array([1., 2., 1., 1.]), array([1., 1., 2., 7.]))
    """
    held = np.asarray(points, dtype=np.float64)
    links = as_weights(W)
    k = np.diff(links.indptr)
    common, nearest = np.zeros(k.size), np.zeros(k.size)
    tree = KDTree(held)
    for rows in _blocks(k):
        ask = min(k.size, int(k[rows].max()) + 1 + SPARE)
        distances, found = (np.asarray(part) for part in tree.query(held[rows], k=ask))
        for at, i in enumerate(rows):
            apart, who = _candidates(held, i, distances[at], found[at], int(k[i]), slack)
            nearest[i] = apart.min()
            mine = links.indices[links.indptr[i] : links.indptr[i + 1]]
            common[i] = np.isin(_taken(apart, who, int(k[i]), slack), mine).sum()
    return common, nearest


def _blocks(k: IntArray) -> Iterator[IntArray]:
    """Yield regions of about the same number of neighbours, as many as memory should hold."""
    order = np.argsort(k, kind="stable")
    end = order.size
    while end > 0:
        size = max(1, CELLS // min(k.size, int(k[order[end - 1]]) + 1 + SPARE))
        yield order[max(0, end - size) : end]
        end -= size


def _candidates(
    points: FloatArray, i: int, distances: FloatArray, found: IntArray, k: int, slack: float
) -> tuple[FloatArray, IntArray]:
    """Return distances and regions, all others where ties reach beyond those that were asked."""
    other = found != i
    apart, who = distances[other], found[other]
    everybody = distances.size == len(points)
    # a crowd of twins can hide the region itself
    whole = apart.size < distances.size and apart[-1] > apart[max(k, 1) - 1] + slack
    if everybody or whole:
        return apart, who
    apart = np.sqrt(((points - points[i]) ** 2).sum(axis=1))
    others = np.flatnonzero(np.arange(len(points)) != i)
    return apart[others], others


def _taken(apart: FloatArray, who: IntArray, k: int, slack: float) -> IntArray:
    """Return the k nearest; of those as far as the last one the first regions."""
    if k == 0:
        return who[:0]
    limit = np.partition(apart, k - 1)[k - 1]
    sure = apart < limit - slack
    tied = np.sort(who[~sure & (apart <= limit + slack)])
    return np.concatenate([who[sure], tied[: k - int(sure.sum())]])
