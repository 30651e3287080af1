"""Blocks of neighbouring regions, about equally large, for cross-validation."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from workbench.numerics.sparse.matrices import CsrArray
from workbench.typing import BoolArray, FloatArray, IntArray

PASSES = 20
# A piece that moves can join another that moves; more rounds than this no map has needed.


def blocks_of_points(points: FloatArray, k: int) -> IntArray:
    """Cut points into `k` compact blocks, halving the cloud across its longest axis.

    Parameters
    ----------
    points : ndarray of shape (n, d)
        In sorted order of ids, which breaks ties.
    k : int
        2 to n.

    Returns
    -------
    ndarray of int, shape (n,)
        0 to k − 1; sizes differ by at most one for every cut above them.

    Examples
    --------
    >>> blocks_of_points(np.array([[0.0, 0.0], [9.0, 1.0], [1.0, 0.0], [8.0, 0.0]]), 2).tolist()
    [0, 1, 0, 1]
    """

    def along(members: IntArray) -> IntArray:
        cloud = points[members] - points[members].mean(axis=0)
        axis = np.linalg.eigh(cloud.T @ cloud)[1][:, -1]
        # An eigenvector has no sign of its own.
        axis = axis * np.sign(axis[np.argmax(np.abs(axis))])
        return np.asarray(np.argsort(cloud @ axis, kind="stable"))

    return _halved(len(points), k, along)


def blocks_of_links(links: CsrArray, k: int) -> IntArray:
    """Cut a map of which only the links are known into `k` blocks, between its far ends.

    Parameters
    ----------
    links : csr_array of shape (n, n)
        Pattern of neighbours in sorted order of ids; directions are ignored.
    k : int
        2 to n.

    Returns
    -------
    ndarray of int, shape (n,)
        0 to k − 1, about equally large.

    Examples
    --------
    >>> chain = sparse.csr_array(np.diag(np.ones(3), 1))
    >>> blocks_of_links(chain, 2).tolist()
    [1, 1, 0, 0]
    """
    both = undirected(links)

    def along(members: IntArray) -> IntArray:
        part = both[members, :][:, members]
        number, of = csgraph.connected_components(part, directed=False)
        order = [_end_to_end(part, np.flatnonzero(of == c)) for c in range(number)]
        return np.concatenate(order)

    return _halved(links.shape[0], k, along)


def undirected(links: CsrArray) -> CsrArray:
    """Return the pattern of links in either direction."""
    pattern = sparse.csr_array(links)
    both = sparse.csr_array(pattern + pattern.T)
    both.data = np.ones_like(both.data)
    return both


def _end_to_end(graph: CsrArray, members: IntArray) -> IntArray:
    """Order a connected part from one of its far ends to the other."""
    part = graph[members, :][:, members]
    one = int(np.argmax(_steps(part, 0)))
    from_one = _steps(part, one)
    toward = from_one - _steps(part, int(np.argmax(from_one)))
    return np.asarray(members[np.lexsort((from_one, toward))])


def _steps(graph: CsrArray, start: int) -> FloatArray:
    """Return the number of links from one region of a connected part to each."""
    found = csgraph.dijkstra(graph, directed=False, indices=[start], unweighted=True)
    out: FloatArray = np.asarray(found, dtype=np.float64)[0]
    return out


def _halved(n: int, k: int, along: Callable[[IntArray], IntArray]) -> IntArray:
    labels = np.zeros(n, dtype=np.int64)
    waiting = [(np.arange(n), 0, k)]
    while waiting:
        members, first, count = waiting.pop()
        if count == 1:
            labels[members] = first
            continue
        half = count // 2
        ordered = members[along(members)]
        cut = (len(members) * half) // count
        waiting.append((np.sort(ordered[:cut]), first, half))
        waiting.append((np.sort(ordered[cut:]), first + half, count - half))
    return labels


def joined(labels: IntArray, links: CsrArray) -> IntArray:
    """Give pieces of a block that hang apart from it to the block they have most links with.

    Parameters
    ----------
    labels : ndarray of int, shape (n,)
        0 to k − 1.
    links : csr_array of shape (n, n)

    Returns
    -------
    ndarray of int, shape (n,)
        The largest piece of a block stays, and so does one without links to other blocks.
    """
    both, out = undirected(links), labels.copy()
    for _ in range(PASSES):
        moved = _moved(out, both)
        if np.array_equal(moved, out):
            break
        out = moved
    return out


def _moved(labels: IntArray, both: CsrArray) -> IntArray:
    pairs = both.tocoo()
    same = labels[pairs.row] == labels[pairs.col]
    among = sparse.csr_array((pairs.data[same], (pairs.row[same], pairs.col[same])), both.shape)
    piece = csgraph.connected_components(among, directed=False)[1]
    size = np.bincount(piece)
    out = labels.copy()
    for block in np.unique(labels):
        own = np.unique(piece[labels == block])
        for small in own[own != own[np.argmax(size[own])]]:
            beside = pairs.col[(piece[pairs.row] == small) & (piece[pairs.col] != small)]
            if beside.size:
                out[piece == small] = np.argmax(np.bincount(labels[beside]))
    return out


def within_steps(inside: BoolArray, links: CsrArray, steps: int) -> BoolArray:
    """Return the regions outside a set that are within so many links of it, shape (n,)."""
    both, reached = undirected(links), inside.copy()
    for _ in range(steps):
        reached = reached | (both @ reached.astype(np.float64) > 0)
    return np.asarray(reached & ~inside)
