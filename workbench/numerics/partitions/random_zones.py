"""Random contiguous zones: regions joined to neighbours from random seeds, smallest zone first."""

from __future__ import annotations

import heapq

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from workbench.numerics.sparse.matrices import CsrArray
from workbench.typing import IntArray


def random_zones(links: CsrArray, k: int, rng: np.random.Generator) -> IntArray:
    """Put regions into k connected zones of roughly equal numbers, at random.

    Parameters
    ----------
    links : csr_array of shape (n, n)
        Symmetric pattern of neighbours; values do not matter.
    k : int
        Number of zones, from the number of connected parts to n.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of int, shape (n,)
        Zone of each region, 0 to k − 1, in the order of seeds.

    Notes
    -----
    One seed is drawn in every connected part and the others from all regions that are left, each
    with the same probability. Then the smallest zone that can grow takes one of its free
    neighbours at random; of equally small ones a random one grows. A zone that others have closed
    in stays small: numbers are roughly equal, not exactly. This is no uniform draw from all
    contiguous partitions, which nobody knows how to make for maps of ordinary size.

    References
    ----------
    Openshaw, S. (1977). A geographical solution to scale and aggregation problems in
    region-building, partitioning and spatial modelling. Transactions of the Institute of British
    Geographers 2(4), 459-472 (random zoning by growth from random cores).

    Examples
    --------
    >>> ring = sparse.csr_array(np.roll(np.eye(6), 1, axis=1) + np.roll(np.eye(6), -1, axis=1))
    >>> zones = random_zones(ring, 3, np.random.default_rng(0))
    >>> sorted(np.bincount(zones).tolist())
    [2, 2, 2]
    """
    labels = np.full(links.shape[0], -1, dtype=np.int64)
    seeds = _seeds(links, k, rng)
    labels[seeds] = np.arange(k)
    around = np.split(links.indices, links.indptr[1:-1])
    frontier = [around[seed].tolist() for seed in seeds]
    queue = [(1, float(rng.random()), zone) for zone in range(k)]
    heapq.heapify(queue)
    while queue:
        size, _, zone = heapq.heappop(queue)
        taken = _taken(frontier[zone], labels, rng)
        if taken < 0:
            continue
        labels[taken] = zone
        frontier[zone] += around[taken].tolist()
        heapq.heappush(queue, (size + 1, float(rng.random()), zone))
    return labels


def parts_of(links: CsrArray) -> IntArray:
    """Return the number of each region's connected part, shape (n,)."""
    return np.asarray(csgraph.connected_components(links, directed=False)[1], dtype=np.int64)


def joined(links: CsrArray, labels: IntArray) -> CsrArray:
    """Return which zones have members that are linked: 0/1, shape (k, k), no zone with itself."""
    k = int(labels.max()) + 1
    n = labels.size
    member = sparse.csr_array((np.ones(n), (np.arange(n), labels)), shape=(n, k))
    pattern = sparse.csr_array((np.ones(links.nnz), links.indices, links.indptr), shape=links.shape)
    between = sparse.csr_array(member.T @ pattern @ member)
    between.setdiag(0.0)
    between.eliminate_zeros()
    between.data[:] = 1.0
    between.sort_indices()
    return between


def _seeds(links: CsrArray, k: int, rng: np.random.Generator) -> IntArray:
    parts = parts_of(links)
    n = parts.size
    order = rng.permutation(n)
    first = np.sort(np.unique(parts[order], return_index=True)[1])
    rest = np.delete(np.arange(n), first)[: k - first.size]
    return np.asarray(order[np.concatenate([first, rest])], dtype=np.int64)


def _taken(frontier: list[int], labels: IntArray, rng: np.random.Generator) -> int:
    """Draw a free region from the frontier, forgetting those that are taken; −1 if none is."""
    while frontier:
        at = int(rng.integers(len(frontier)))
        region = frontier[at]
        frontier[at] = frontier[-1]
        frontier.pop()
        if labels[region] < 0:
            return region
    return -1
