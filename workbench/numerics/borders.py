"""Which polygons share vertices and edges: sorted keys instead of geometric predicates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from workbench.numerics.matrices import CsrArray
from workbench.typing import BoolArray, FloatArray, IntArray

_MIX = tuple(np.uint64(c) for c in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))
# Odd constants of splitmix64 (Steele, Lea and Flood 2014): they spread close floats over 64 bits.


@dataclass(frozen=True, slots=True)
class Outlines:
    """Rings of polygons as flat arrays, each without the repetition of its first vertex.

    Attributes
    ----------
    xy : ndarray, shape (m, 2)
        Vertices, ring after ring; exterior rings and holes.
    owner : ndarray, shape (m,)
        Polygon of each vertex.
    after : ndarray, shape (m,)
        Position of the next vertex of the ring: edge i runs from vertex i to vertex after[i].
    left : ndarray of bool, shape (m,)
        Whether the polygon lies to the left of edge i.
    n : int
        Number of polygons.
    """

    xy: FloatArray
    owner: IntArray
    after: IntArray
    left: BoolArray
    n: int


@dataclass(frozen=True, slots=True)
class SharedEdges:
    """Edges that two polygons have, and edges that only one has.

    Attributes
    ----------
    first, second : ndarray, shape (pairs,)
        Polygons that share an edge, a row for each edge and pair.
    overlapping : ndarray of bool, shape (pairs,)
        Whether both lie on the same side of the edge.
    unmatched : ndarray, shape (u,)
        Positions (of their first vertices) of edges of one polygon only.
    """

    first: IntArray
    second: IntArray
    overlapping: BoolArray
    unmatched: IntArray


def outlines(xy: FloatArray, ring: IntArray, owner: IntArray, inner: BoolArray) -> Outlines:
    """Prepare closed rings, whose last vertex repeats the first.

    Parameters
    ----------
    xy : ndarray, shape (v, 2)
        Vertices, ring after ring.
    ring : ndarray, shape (v,)
        Ring of each vertex: 0, 1, 2 ... in order.
    owner : ndarray, shape (rings,)
        Polygon of each ring: not decreasing, the last is n - 1.
    inner : ndarray of bool, shape (rings,)
        Whether a ring is a hole.
    """
    last = np.append(ring[1:] != ring[:-1], True)
    xy = xy[~last]
    size = np.diff(np.flatnonzero(last), prepend=-1) - 1
    end = np.cumsum(size)
    after = np.arange(1, len(xy) + 1)
    after[end - 1] = end - size
    # Relative to the first vertex: areas of small rings far from the origin would cancel.
    x, y = (xy - np.repeat(xy[end - size], size, axis=0)).T
    doubled = np.add.reduceat(x * y[after] - x[after] * y, end - size)
    left = np.repeat((doubled > 0) ^ inner, size)
    return Outlines(xy, np.repeat(owner, size), after, left, int(owner[-1]) + 1)


def place_keys(xy: FloatArray) -> NDArray[np.uint64]:
    """Return a 64-bit key of each point, shape (m,): equal coordinates, equal key.

    Two of a million different points have one key with probability 3e-8, two of a million edges
    likewise.
    """
    # Adding 0 turns -0.0 into 0.0: they are one place with two bit patterns.
    bits = (np.ascontiguousarray(xy) + 0.0).view(np.uint64)
    key = bits[:, 0] * _MIX[0]
    key ^= key >> np.uint64(29)
    key += bits[:, 1]
    key *= _MIX[1]
    key ^= key >> np.uint64(32)
    key *= _MIX[2]
    key ^= key >> np.uint64(31)
    return np.asarray(key)


def merged(values: FloatArray, tolerance: float) -> FloatArray:
    """Replace values that lie within a tolerance of the next smaller one by the smallest.

    Unlike rounding to a grid this has no lines on whose two sides equal corners can fall.
    """
    order = np.argsort(values)
    ranked = values[order]
    start = np.concatenate([[True], np.diff(ranked) > tolerance])
    out = np.empty_like(values)
    out[order] = ranked[start][np.cumsum(start) - 1]
    return out


def shared_vertices(shapes: Outlines, keys: NDArray[np.uint64]) -> tuple[IntArray, IntArray]:
    """Find pairs of polygons with a vertex in common, with repetitions; two of shape (pairs,)."""
    order = np.argsort(keys)
    owner = shapes.owner[order]
    i, j = _equal(keys[order])
    return owner[i], owner[j]


def shared_edges(shapes: Outlines, keys: NDArray[np.uint64]) -> SharedEdges:
    """Match the edges of polygons by their two ends.

    Parameters
    ----------
    shapes : Outlines
        Of the polygons.
    keys : ndarray of uint64, shape (m,)
        Of the vertices, see :func:`place_keys`.
    """
    # The sum does not depend on the direction; keys are mixed, so that sums hardly coincide.
    both = keys + keys[shapes.after]
    order = np.argsort(both)
    one, two = _equal(both[order])
    single = np.ones(order.size, dtype=bool)
    single[one] = False
    single[two] = False
    start, owner, left = keys[order], shapes.owner[order], shapes.left[order]
    alike = (start[one] == start[two]) == (left[one] == left[two])
    return SharedEdges(owner[one], owner[two], alike, order[single])


def adjacency(first: IntArray, second: IntArray, n: int) -> CsrArray:
    """Return the symmetric 0/1 matrix of pairs, repetitions and pairs with oneself left out."""
    apart = first != second
    first, second = first[apart].astype(np.int32), second[apart].astype(np.int32)
    ends = np.concatenate([first, second]), np.concatenate([second, first])
    counts: CsrArray = sparse.coo_array(
        (np.ones(ends[0].size, dtype=np.int8), ends), shape=(n, n)
    ).tocsr()
    counts.sum_duplicates()
    out: CsrArray = sparse.csr_array(
        (np.ones(counts.nnz), counts.indices, counts.indptr), shape=(n, n)
    )
    return out


def _equal(key: NDArray[np.uint64]) -> tuple[IntArray, IntArray]:
    """Return positions of all pairs of equal keys, which are sorted; two of shape (pairs,)."""
    found: list[tuple[IntArray, IntArray]] = []
    at = np.flatnonzero(key[1:] == key[:-1])
    step = 1
    while at.size:
        found.append((at, at + step))
        step += 1
        at = at[at + step < key.size]
        at = at[key[at + step] == key[at]]
    if not found:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    return np.concatenate([i for i, _ in found]), np.concatenate([j for _, j in found])
