"""Partitions of regions: numbering, sums of squares, connectedness, agreement of two."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csgraph
from scipy.spatial.distance import cdist

from workbench.numerics.sparse.matrices import CsrArray
from workbench.typing import BoolArray, FloatArray, IntArray

MOST_DISTANCES = 4_000_000
"""Distances held at once (32 MB); results do not depend on it."""


@dataclass(frozen=True, slots=True)
class Squares:
    """Sums of squared Euclidean distances: total = within + between.

    Attributes
    ----------
    within : ndarray, shape (k,)
        From the mean of each group, in the order of groups.
    total : float
        From the mean of all.
    """

    within: FloatArray
    total: float

    @property
    def between(self) -> float:
        """What the groups explain, not below zero."""
        return max(self.total - float(self.within.sum()), 0.0)

    @property
    def explained(self) -> float:
        """Between over total."""
        return self.between / self.total


def numbered(labels: IntArray) -> IntArray:
    """Renumber groups 0, 1, ... by size, the largest first; equal ones by their first member.

    Parameters
    ----------
    labels : ndarray of int, shape (n,)
        Any labels, in sorted order of ids.

    Examples
    --------
    >>> numbered(np.array([7, 3, 3, 9, 7, 3])).tolist()
    [1, 0, 0, 2, 1, 0]
    """
    _, first, group, size = np.unique(
        labels, return_index=True, return_inverse=True, return_counts=True
    )
    rank = np.empty(size.size, dtype=np.int64)
    rank[np.lexsort((first, -size))] = np.arange(size.size)
    out: IntArray = rank[group]
    return out


def means(X: FloatArray, labels: IntArray) -> FloatArray:
    """Return the mean of each variable in each group, shape (k, p); labels are 0 to k − 1."""
    return np.vstack([X[labels == g].mean(axis=0) for g in range(int(labels.max()) + 1)])


def squares(X: FloatArray, labels: IntArray) -> Squares:
    """Split the sum of squares about the mean into within and between groups.

    Examples
    --------
    >>> parts = squares(np.array([[0.0], [2.0], [10.0]]), np.array([0, 0, 1]))
    >>> parts.within.tolist(), round(parts.total, 4)
    ([2.0, 0.0], 56.0)
    """
    centre = means(X, labels)
    own = ((X - centre[labels]) ** 2).sum(axis=1)
    within = np.array([own[labels == g].sum() for g in range(len(centre))])
    return Squares(within, float(((X - X.mean(axis=0)) ** 2).sum()))


def silhouettes(X: FloatArray, labels: IntArray) -> FloatArray:
    """Return each region's silhouette, shape (n,), from Euclidean distances between all pairs.

    ``(b − a) / max(a, b)`` with a the mean distance to the others of its own group and b to the
    nearest other group; 0 for a group of one, and where both are zero (Rousseeuw 1987, Journal of
    Computational and Applied Mathematics 20, 53-65). Time grows with n², memory does not.

    Examples
    --------
    >>> silhouettes(np.array([[0.0], [1.0], [10.0]]), np.array([0, 0, 1])).round(3).tolist()
    [0.9, 0.889, 0.0]
    """
    order = np.argsort(labels, kind="stable")
    starts = np.flatnonzero(np.diff(labels[order], prepend=-1))
    size = np.bincount(labels)
    grouped = X[order]
    out = np.empty(len(X))
    block = max(1, MOST_DISTANCES // len(X))
    for first in range(0, len(X), block):
        rows = slice(first, first + block)
        sums = np.add.reduceat(cdist(X[rows], grouped), starts, axis=1)
        at, own = np.arange(len(sums)), labels[rows]
        inner = sums[at, own] / np.maximum(size[own] - 1, 1)
        sums /= size
        sums[at, own] = np.inf
        outer = sums.min(axis=1)
        larger = np.maximum(inner, outer)
        silhouette = np.divide(outer - inner, larger, out=np.zeros_like(larger), where=larger > 0)
        out[rows] = np.where(size[own] == 1, 0.0, silhouette)
    return out


def pieces(labels: IntArray, links: CsrArray) -> IntArray:
    """Count the connected pieces of each group, shape (k,): 1 where a group is contiguous.

    Parameters
    ----------
    labels : ndarray of int, shape (n,)
        0 to k − 1, none empty.
    links : csr_array of shape (n, n)
        Pattern of neighbours; directions are ignored.
    """
    pairs = links.tocoo()
    kept = labels[pairs.row] == labels[pairs.col]
    among = sparse.csr_array(
        (np.ones(int(kept.sum())), (pairs.row[kept], pairs.col[kept])), shape=links.shape
    )
    part = csgraph.connected_components(among, directed=False)[1]
    _, first = np.unique(part, return_index=True)
    return np.bincount(labels[first], minlength=int(labels.max()) + 1).astype(np.int64)


def crossed(a: IntArray, b: IntArray) -> IntArray:
    """Count the members that each group of `a` shares with each of `b`, shape (ka, kb)."""
    shape = (int(a.max()) + 1, int(b.max()) + 1)
    table: IntArray = np.zeros(shape, dtype=np.int64)
    np.add.at(table, (a, b), 1)
    return table


def adjusted_rand(a: IntArray, b: IntArray) -> float:
    """Compute how far two partitions agree beyond chance: 1 equal, 0 as expected by chance.

    Equation 5 of Hubert, L. and Arabie, P. (1985). Comparing partitions. Journal of
    Classification 2, 193-218. Two partitions that are both one group, or both all single, are
    equal: 1.

    Examples
    --------
    >>> adjusted_rand(np.array([0, 0, 1, 1]), np.array([1, 1, 0, 0]))
    1.0
    """
    table = crossed(a, b).astype(np.float64)

    def pairs(count: FloatArray) -> float:
        return float((count * (count - 1)).sum() / 2)

    both, rows, columns = pairs(table), pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
    every = len(a) * (len(a) - 1) / 2
    expected = rows * columns / every
    largest = (rows + columns) / 2
    return 1.0 if largest == expected else (both - expected) / (largest - expected)


def jaccard(a: IntArray, b: IntArray) -> FloatArray:
    """Compute, for each group of `a`, the overlap with the most similar group of `b`, shape (ka,).

    The overlap of two sets is the size of their intersection over that of their union. A label
    that no member of `a` carries has none (NaN). Hennig, C. (2007). Cluster-wise assessment of
    cluster stability. Computational Statistics & Data Analysis 52, 258-271, section 2.
    """
    shared = crossed(a, b)
    size_a, size_b = shared.sum(axis=1), shared.sum(axis=0)
    union = size_a[:, None] + size_b[None, :] - shared
    overlap = shared / np.maximum(union, 1)
    return np.where(size_a > 0, overlap.max(axis=1), np.nan)


def kept_company(a: IntArray, b: IntArray) -> BoolArray:
    """Say which members of `b` stay with their group of `a`, groups matched one to one.

    The matching is the one under which most members stay (Kuhn 1955); a group without a partner,
    because `b` has fewer, keeps nobody.
    """
    shared = crossed(a, b)
    rows, columns = linear_sum_assignment(-shared)
    partner = np.full(shared.shape[1], -1)
    partner[columns] = rows
    stays: BoolArray = partner[b] == a
    return stays


def join_up(kept: CsrArray, removed: CsrArray, order: IntArray) -> tuple[CsrArray, int]:
    """Put back the fewest removed links that make a graph connected again.

    Parameters
    ----------
    kept, removed : csr_array of shape (n, n)
        Symmetric patterns; together connected.
    order : ndarray of int, shape (m,)
        Which of the removed links (upper triangle, row by row) comes back first.

    Returns
    -------
    links : csr_array
        Symmetric pattern of ones.
    restored : int
        Number of links put back.
    """
    part = csgraph.connected_components(kept, directed=False)[1]
    gone = sparse.triu(removed, k=1, format="coo")
    turn = np.empty(order.size)
    turn[order] = np.arange(2, order.size + 2)
    # kept links are free (1), so a minimum tree takes a removed one only between parts
    own = sparse.triu(kept, k=1, format="coo")
    row, column = np.concatenate([own.row, gone.row]), np.concatenate([own.col, gone.col])
    cost = np.concatenate([np.ones(own.nnz), turn])
    tree = csgraph.minimum_spanning_tree(
        sparse.csr_array((cost, (row, column)), shape=kept.shape)
    ).tocoo()
    back = tree.data > 1
    i = np.concatenate([own.row, tree.row[back]])
    j = np.concatenate([own.col, tree.col[back]])
    half = sparse.csr_array((np.ones(i.size), (i, j)), shape=kept.shape)
    links: CsrArray = sparse.csr_array(half + half.T)
    return links, int(part.max())
