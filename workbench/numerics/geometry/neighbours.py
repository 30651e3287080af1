"""Neighbours among points: the k nearest, and all within a distance.

Points are searched by straight lines in two or three dimensions, which propose candidates; the
distance that counts (on a sphere, on an ellipsoid) is a function of the caller and decides. Small
sets of points are searched by SciPy's tree, large ones by a compiled one: the answers are the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from workbench.typing import BoolArray, FloatArray, IntArray

Positions: TypeAlias = NDArray[np.int32]

Measure: TypeAlias = Callable[[Any, Any], FloatArray]
"""From two integer arrays of positions, shape (m,), to the distances pair by pair."""

Bound: TypeAlias = Callable[[FloatArray], FloatArray]
"""From straight lines to the longest straight line of any pair that is no farther apart."""

TIE = 1e-9
# Distances that agree to this relative precision are a tie: their last bits differ with the
# processor and with the order of operations, and neighbours must not.

SMALL = 4096
"""Largest n that SciPy searches: below it loading compiled code costs more than it saves."""

MOST_COMPILED = 256
"""Largest k of the compiled search, which keeps its lists in order by insertion."""

BLOCK = 1 << 22
# Pairs measured at a time: some 100 MB of temporary arrays.


@dataclass(frozen=True, slots=True)
class Nearest:
    """The k nearest of each of n points.

    Attributes
    ----------
    neighbors : ndarray, shape (n, k), int32
        Positions in ascending order.
    coincident : int
        Number of points at distance 0 from another.
    crowded : int
        Number of points with more than k others at distance 0, of which the first k count.
    """

    neighbors: Positions
    coincident: int
    crowded: int


@dataclass(frozen=True, slots=True)
class Pairs:
    """Ordered pairs of points in compressed rows; the pattern is symmetric.

    Attributes
    ----------
    indptr : ndarray, shape (n + 1,)
        Where each row starts.
    indices : ndarray, shape (m,), int32
        Positions of the neighbours, ascending in each row; never the point itself.
    doubtful : int
        Number of pairs on which only the distance that counts can decide.
    """

    indptr: IntArray
    indices: Positions
    doubtful: int


def nearest(points: FloatArray, k: int, *, bound: Bound, measure: Measure) -> Nearest:
    """Find the k nearest of each point; ties at the k-th go to the first positions.

    Parameters
    ----------
    points : ndarray, shape (n, 2) or (n, 3)
        Finite coordinates.
    k : int
        From 1 to n − 1.
    bound : callable
        From straight lines to the longest one that a pair no farther apart may have.
    measure : callable
        From two arrays of positions to the distances that decide.

    Returns
    -------
    Nearest
        Distances within 1e-9 (relative) of the k-th are ties.

    Examples
    --------
    >>> line = np.array([[0.0, 0.0], [1.0, 0.0], [3.0, 0.0]])
    >>> straight = lambda a, b: np.hypot(*(line[a] - line[b]).T)
    >>> nearest(line, 1, bound=lambda r: r * (1 + 1e-6), measure=straight).neighbors.ravel()
    array([1, 0, 1], dtype=int32)
    """
    if len(points) <= SMALL or k > MOST_COMPILED:
        return _nearest_small(points, k, bound, measure)
    from workbench.numerics.geometry import neighbour_pairs, neighbour_tree

    tree = neighbour_tree.build(points, k // 2 + 2)
    neighbors, first, last, after = neighbour_tree.nearest(tree, k)
    reach = bound(last.ravel())
    # Padding is at infinity; at distance 0 the first positions are chosen already.
    undecided = np.isfinite(last) & (last > 0) & (after <= reach.reshape(last.shape))
    slots = np.flatnonzero(undecided)
    step = max(BLOCK // (4 * k), 1)
    for start in range(0, slots.size, step):
        part = slots[start : start + step]
        rows = tree.ids.ravel()[part]
        starts, found = neighbour_pairs.around(tree, part, reach[part])
        distances = _measured(measure, np.repeat(rows, np.diff(starts)), found)
        neighbour_pairs.choose(starts, found, distances, TIE, rows, neighbors)
    return Nearest(neighbors, int((first == 0).sum()), int((after == 0).sum()))


def _nearest_small(points: FloatArray, k: int, bound: Bound, measure: Measure) -> Nearest:
    n = len(points)
    tree = cKDTree(points, balanced_tree=False, compact_nodes=False)
    neighbors = np.empty((n, k), dtype=np.int32)
    coincident = crowded = 0
    # The tree is asked for more until the first that it leaves out is out of reach.
    rows, asked = np.arange(n), min(k + 3, n)
    while rows.size:
        answer: Any = tree.query(points[rows], asked)
        lines, found = answer
        radii = bound(lines[:, k])
        done = (lines[:, -1] > radii) | (asked == n)
        coincident += int((lines[done, 1] == 0).sum())
        crowded += int((lines[done, k + 1] == 0).sum()) if asked > k + 1 else 0
        _choose_small(
            rows[done], lines[done], found[done], radii[done], neighbors=neighbors, measure=measure
        )
        rows, asked = rows[~done], min(2 * asked, n)
    return Nearest(neighbors, coincident, crowded)


def _choose_small(
    rows: IntArray,
    lines: FloatArray,
    found: IntArray,
    radii: FloatArray,
    *,
    neighbors: Positions,
    measure: Measure,
) -> None:
    """Enter the k nearest of the candidates of `rows` into `neighbors`; ties to the first."""
    k = neighbors.shape[1]
    row, column = np.nonzero((found != rows[:, None]) & (lines <= radii[:, None]))
    other = found[row, column].astype(np.int64)
    distances = measure(rows[row], other)
    order = np.lexsort((distances, row))
    start = np.searchsorted(row, np.arange(rows.size))
    last = distances[order][start + k - 1][row]
    # 0: nearer than the k-th, 1: tied with it, 2: farther.
    rank = (distances >= last * (1 - TIE)).astype(np.int8) + (distances > last * (1 + TIE))
    order = np.lexsort((other, rank, row))
    chosen = np.arange(row.size) - start[row] < k
    neighbors[rows] = np.sort(other[order][chosen].reshape(rows.size, k), axis=1)


def within(points: FloatArray, radius: float, *, certain: float, most: int) -> Pairs | None:
    """Find all pairs whose straight line is no longer than `radius`.

    Parameters
    ----------
    points : ndarray, shape (n, 2) or (n, 3)
        Finite coordinates.
    radius, certain : float
        Longest straight line of a pair; that up to which a pair is beyond doubt.
    most : int
        Largest number of ordered pairs that is wanted.

    Returns
    -------
    Pairs or None
        None where there are more pairs than `most`.

    Examples
    --------
    >>> line = np.array([[0.0, 0.0], [1.0, 0.0], [3.0, 0.0]])
    >>> within(line, 2.0, certain=2.0, most=10).indices
    array([1, 0, 2, 1], dtype=int32)
    """
    n = len(points)
    if n > SMALL:
        from workbench.numerics.geometry import neighbour_pairs, neighbour_tree

        tree = neighbour_tree.build(points, 1)
        indptr, indices, doubtful = neighbour_pairs.within(tree, radius, certain, most)
        # Each point is within 0 of itself and never in doubt.
        return Pairs(indptr, indices, int(doubtful)) if indptr.size else None
    pairs = cKDTree(points, balanced_tree=False, compact_nodes=False).query_pairs(
        radius, output_type="ndarray"
    )
    if 2 * len(pairs) > most:
        return None
    line = np.sqrt(((points[pairs[:, 0]] - points[pairs[:, 1]]) ** 2).sum(axis=1))
    focal = np.concatenate([pairs[:, 0], pairs[:, 1]])
    neighbor = np.concatenate([pairs[:, 1], pairs[:, 0]])
    order = np.argsort(focal * n + neighbor)
    indptr = np.concatenate([[0], np.cumsum(np.bincount(focal, minlength=n))]).astype(np.int64)
    return Pairs(indptr, neighbor[order].astype(np.int32), 2 * int((line > certain).sum()))


def count_within(points: FloatArray, radius: float) -> int:
    """Count the ordered pairs whose straight line is no longer than `radius`."""
    tree = cKDTree(points)
    return int(tree.count_neighbors(tree, radius)) - len(points)


def pair_distances(pairs: Pairs, *, measure: Measure) -> FloatArray:
    """Measure the distance of each pair, shape (m,): once, for both directions alike."""
    n = pairs.indptr.size - 1
    values = np.empty(pairs.indices.size)
    for start, stop in _blocks(pairs.indptr):
        part = slice(int(pairs.indptr[start]), int(pairs.indptr[stop]))
        focal = np.repeat(np.arange(start, stop), np.diff(pairs.indptr[start : stop + 1]))
        upper = pairs.indices[part] > focal
        values[part][upper] = measure(focal[upper], pairs.indices[part][upper])
    if n > SMALL:
        from workbench.numerics.geometry import neighbour_pairs

        neighbour_pairs.mirror(pairs.indptr, pairs.indices, values)
        return values
    focal = np.repeat(np.arange(n), np.diff(pairs.indptr))
    lower = focal > pairs.indices
    # A stable sort by column visits the upper pairs in the order of the rows below the diagonal.
    turned = np.argsort(pairs.indices, kind="stable")
    values[lower] = values[turned][lower]
    return values


def all_pairs(n: int, *, measure: Measure) -> FloatArray:
    """Measure all pairs: row by row without the diagonal, shape (n (n − 1),)."""
    square = np.zeros((n, n))
    rows = max(1, BLOCK // max(n, 1))
    for start in range(0, n, rows):
        focal, neighbor = np.nonzero(np.arange(start, min(start + rows, n))[:, None] < np.arange(n))
        values = measure(focal + start, neighbor)
        square[focal + start, neighbor] = values
        square[neighbor, focal + start] = values
    # Dropping the first cell and every (n + 1)-th after it leaves the rows without the diagonal.
    return square.ravel()[1:].reshape(n - 1, n + 1)[:, :-1].ravel() if n > 1 else np.empty(0)


def keep(pairs: Pairs, mask: BoolArray) -> Pairs:
    """Return the pairs in `mask`, shape (m,); the pattern is for the caller to keep symmetric."""
    if mask.all():
        return pairs
    before = np.concatenate([[0], np.cumsum(mask)])
    return Pairs(before[pairs.indptr].astype(np.int64), pairs.indices[mask], 0)


def _blocks(indptr: IntArray) -> list[tuple[int, int]]:
    """Cut rows into blocks of about ``BLOCK`` pairs."""
    n = indptr.size - 1
    cuts = np.searchsorted(indptr, np.arange(BLOCK, int(indptr[-1]), BLOCK))
    edges = np.unique(np.concatenate([[0], np.minimum(cuts, n), [n]])).tolist()
    return list(pairwise(edges))


def _measured(measure: Measure, focal: IntArray, neighbor: Positions) -> FloatArray:
    """Measure in blocks."""
    out = np.empty(focal.size)
    for start in range(0, focal.size, BLOCK):
        part = slice(start, start + BLOCK)
        out[part] = measure(focal[part], neighbor[part])
    return out
