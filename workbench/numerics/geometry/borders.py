"""Which polygons share vertices and edges: numbers of places instead of geometric predicates.

Large maps go through :mod:`workbench.numerics.geometry.incidence`, which is compiled and gives
the same answers; small ones are done before that is loaded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from workbench.numerics.sparse.matrices import CsrArray
from workbench.typing import BoolArray, FloatArray, IntArray

COMPILED = 200_000
# Vertices from which compiled code pays: 40 ms are saved, 300 ms go once into loading it.

SINGLE, MATCHED, DOUBLED = 0, 1, 2
"""An edge of one polygon; of two, one on each side; with two polygons on one side."""

_MIX = tuple(np.uint64(c) for c in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))
# Odd constants of splitmix64 (Steele, Lea and Flood 2014): they spread close floats over 64 bits.


Whole: TypeAlias = NDArray[np.integer[Any]]
"""Positions and numbers; 32 bits where they fit."""


@dataclass(frozen=True, slots=True)
class Outlines:
    """Rings of polygons as flat arrays, each without the repetition of its first vertex.

    Attributes
    ----------
    xy : ndarray, shape (m, 2)
        Vertices, ring after ring; exterior rings and holes.
    owner : ndarray, shape (m,)
        Polygon of each vertex, not decreasing.
    after : ndarray, shape (m,)
        Position of the next vertex of the ring: edge i runs from vertex i to vertex after[i].
    left : ndarray of bool, shape (m,)
        Whether the polygon lies to the left of edge i.
    n : int
        Number of polygons.
    """

    xy: FloatArray
    owner: Whole
    after: Whole
    left: BoolArray
    n: int


def outlines(xy: FloatArray, start: IntArray, owner: IntArray, inner: BoolArray) -> Outlines:
    """Prepare closed rings, whose last vertex repeats the first.

    Parameters
    ----------
    xy : ndarray, shape (v, 2)
        Vertices, ring after ring.
    start : ndarray, shape (rings + 1,)
        Position of the first vertex of each ring, and v.
    owner : ndarray, shape (rings,)
        Polygon of each ring: not decreasing, the last is n - 1.
    inner : ndarray of bool, shape (rings,)
        Whether a ring is a hole.
    """
    n = int(owner[-1]) + 1
    if len(xy) >= COMPILED:
        from workbench.numerics.geometry import incidence

        return Outlines(*incidence.outlines(xy, start, owner, inner), n)
    kept = np.ones(len(xy), dtype=bool)
    kept[start[1:] - 1] = False
    xy = xy[kept]
    size = np.diff(start) - 1
    end = np.cumsum(size)
    after = np.arange(1, len(xy) + 1)
    after[end - 1] = end - size
    # Relative to the first vertex: areas of small rings far from the origin would cancel.
    x, y = (xy - np.repeat(xy[end - size], size, axis=0)).T
    doubled = np.add.reduceat(x * y[after] - x[after] * y, end - size)
    left = np.repeat((doubled > 0) ^ inner, size)
    return Outlines(xy, np.repeat(owner, size), after, left, n)


def places(xy: FloatArray) -> tuple[Whole, int]:
    """Assign a number to each distinct point, shape (m,), and count them."""
    if len(xy) >= COMPILED:
        from workbench.numerics.geometry import incidence

        place, count = incidence.places(xy, xy.view(np.uint64))
        return np.asarray(place), int(count)
    key = _keys(xy)
    order = np.argsort(key)
    new = np.append(True, key[order[1:]] != key[order[:-1]])
    differ = (xy[order[1:]] != xy[order[:-1]]).any(axis=1)
    if (differ & ~new[1:]).any():  # two points with one key: seen once in 30 million such maps
        number = np.unique(xy, axis=0, return_inverse=True)[1].reshape(-1)
        return number, int(number.max()) + 1
    place = np.empty(len(xy), dtype=np.int64)
    place[order] = np.cumsum(new) - 1
    return place, int(new.sum())


def _keys(xy: FloatArray) -> NDArray[np.uint64]:
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


def clusters(xy: FloatArray, tolerance: float) -> IntArray:
    """Find for each point the one that stands for it and all others within a tolerance.

    Points are within the tolerance if their x and their y are, in one or several steps.
    Unlike rounding to a grid this has no lines on whose two sides equal corners can fall, and
    unlike merging x and y each for itself it does not chain through a crowd of points that have
    nothing but similar x in common.

    Returns
    -------
    ndarray, shape (m,)
        Position of the point that stands for each: of the first in the order of x and y.
    """
    if not any(_close(xy[:, axis], tolerance) for axis in (0, 1)):
        return np.arange(len(xy))
    group = np.zeros(len(xy), dtype=np.int64)
    count = 1
    while True:
        for axis in (0, 1):
            order = np.lexsort((xy[:, axis], group))
            apart = np.diff(xy[order, axis]) > tolerance
            group[order] = np.cumsum(np.append(True, apart | (np.diff(group[order]) > 0))) - 1
        if group[order[-1]] + 1 == count:
            break
        count = int(group[order[-1]]) + 1
    order = np.lexsort((xy[:, 1], xy[:, 0], group))
    first = np.append(True, np.diff(group[order]) > 0)
    return np.asarray(order[first][group])


def _close(values: FloatArray, tolerance: float) -> bool:
    """Tell whether any two different values lie within a tolerance."""
    gap = np.diff(np.sort(values))
    return bool(((gap > 0) & (gap <= tolerance)).any())


def edge_kinds(shapes: Outlines, place: Whole, count: int) -> NDArray[np.uint8]:
    """Tell what each edge is, shape (m,): ``SINGLE``, ``MATCHED`` or ``DOUBLED``.

    Edges without length are matched.

    Parameters
    ----------
    shapes : Outlines
        Of the polygons.
    place : ndarray, shape (m,)
        Place of each vertex, see :func:`places`.
    count : int
        Larger than any place.
    """
    if place.size >= COMPILED:
        from workbench.numerics.geometry import incidence

        listed = incidence.having(place, count)
        return np.asarray(incidence.edges(place, shapes.after, shapes.left, *listed))
    order, one, two, alike = _twins(shapes, place, count, np.arange(place.size))
    kind = np.zeros(place.size, dtype=np.uint8)
    kind[order[one]] = kind[order[two]] = MATCHED
    kind[order[one[alike]]] = kind[order[two[alike]]] = DOUBLED
    kind[place == place[shapes.after]] = MATCHED
    return kind


def doubled_edges(
    shapes: Outlines, place: Whole, count: int, kind: NDArray[np.uint8]
) -> tuple[Whole, Whole]:
    """Find pairs of polygons that lie on the same side of an edge; two of shape (pairs,)."""
    order, one, two, alike = _twins(shapes, place, count, np.flatnonzero(kind == DOUBLED))
    owner = shapes.owner[order]
    return owner[one[alike]], owner[two[alike]]


def _twins(
    shapes: Outlines, place: Whole, count: int, chosen: IntArray
) -> tuple[IntArray, IntArray, IntArray, BoolArray]:
    """Return an order of chosen edges, pairs of positions in it of equal edges, and equal sides."""
    start = place[chosen].astype(np.int64)
    end = place[shapes.after[chosen]].astype(np.int64)
    key = np.minimum(start, end) * count + np.maximum(start, end)
    order = np.argsort(key)
    one, two = _equal(key[order])
    start, end, left = start[order], end[order], shapes.left[chosen[order]]
    real = start[one] != end[one]
    one, two = one[real], two[real]
    return chosen[order], one, two, (start[one] == start[two]) == (left[one] == left[two])


def links(shapes: Outlines, place: Whole, count: int, *, rook: bool) -> CsrArray:
    """Return which polygons share a vertex (an edge, for rook): symmetric 0/1, shape (n, n)."""
    n = shapes.n
    if place.size >= COMPILED:
        from workbench.numerics.geometry import incidence

        listed = incidence.having(place, count)
        indptr, indices = incidence.links(n, rook, place, shapes.owner, shapes.after, *listed)
        return _pattern(indptr, indices, n)
    if rook:
        order, one, two, _ = _twins(shapes, place, count, np.arange(place.size))
    else:
        order = np.argsort(place)
        one, two = _equal(place[order])
    owner = shapes.owner[order]
    return adjacency(owner[one], owner[two], n)


def _pattern(indptr: Whole, indices: Whole, n: int) -> CsrArray:
    if indices.size < np.iinfo(np.int32).max:
        indptr = indptr.astype(np.int32)
    out: CsrArray = sparse.csr_array((np.ones(indices.size), indices, indptr), shape=(n, n))
    out.has_sorted_indices = True
    out.has_canonical_format = True
    return out


def adjacency(first: Whole, second: Whole, n: int) -> CsrArray:
    """Return the symmetric 0/1 matrix of pairs, repetitions and pairs with oneself left out."""
    apart = first != second
    first, second = first[apart].astype(np.int32), second[apart].astype(np.int32)
    ends = np.concatenate([first, second]), np.concatenate([second, first])
    counts: CsrArray = sparse.coo_array(
        (np.ones(ends[0].size, dtype=np.int8), ends), shape=(n, n)
    ).tocsr()
    counts.sum_duplicates()
    return _pattern(counts.indptr, counts.indices, n)


def joined(one: CsrArray, two: CsrArray) -> CsrArray:
    """Return the links of either of two 0/1 matrices."""
    if not two.nnz:
        return one
    both: CsrArray = sparse.csr_array(one + two)
    both.sort_indices()
    return _pattern(both.indptr, both.indices, one.shape[0])


def _equal(key: Whole) -> tuple[IntArray, IntArray]:
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
