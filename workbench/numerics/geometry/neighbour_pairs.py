"""Pairs of points by their distance, and what is decided among them: compiled, on the tree."""

from __future__ import annotations

from typing import Any

import numpy as np

from workbench.numerics.compiling import compiled
from workbench.numerics.geometry.neighbour_tree import (
    STACK,
    Tree,
    gap_to,
    leaves_within,
    squares_to,
)

FEW = 24
# Up to so many neighbours a row are put in order by insertion.


@compiled
def _longer(array: Any, used: int) -> Any:
    out = np.empty(2 * array.size, dtype=array.dtype)
    out[:used] = array[:used]
    return out


@compiled
def within(tree: Tree, radius: float, certain: float, most: int) -> tuple[Any, Any, int]:
    """Find all ordered pairs no farther apart than `radius`.

    Returns
    -------
    indptr, indices : ndarray
        Compressed rows: the positions of the neighbours of each point, ascending (int32); both
        empty as soon as there are more than `most`.
    doubtful : int
        How many of the pairs are farther apart than `certain`.
    """
    n, (leaves, size) = tree.n, tree.ids.shape
    counts, doubtful = np.zeros(n + 1, dtype=np.int64), 0
    pairs, used = np.empty(max(16 * n, 16), dtype=np.int32), 0
    found, gaps, squares = np.empty(leaves, dtype=np.int64), np.empty(leaves), np.empty(size)
    reach, sure = radius * radius, certain * certain
    for leaf in range(leaves):
        near = leaves_within(tree.low, tree.high, leaf + leaves, reach, found, gaps)
        for p in range(size):
            row = tree.ids[leaf, p]
            if row == n:
                continue
            start = used
            for b in range(near):
                other = found[b] - leaves
                if gap_to(tree.coordinates, leaf, p, tree.low, tree.high, found[b]) > reach:
                    continue
                if used + size > pairs.size:
                    pairs = _longer(pairs, used)
                squares_to(tree.coordinates, leaf, p, other, squares)
                for j in range(size):
                    if squares[j] <= reach:
                        pairs[used] = tree.ids[other, j]
                        doubtful += squares[j] > sure
                        # The point itself and the padding of a leaf are overwritten.
                        used += pairs[used] != row and pairs[used] != n
            counts[row + 1] = used - start
            if used > most:
                return counts[:0], pairs[:0], doubtful
    return _in_rows(tree, counts, pairs[:used], doubtful)


@compiled
def _in_rows(tree: Tree, counts: Any, pairs: Any, doubtful: int) -> tuple[Any, Any, int]:
    """Move neighbours from the order of leaves to that of rows, and sort each row."""
    indptr = np.cumsum(counts)
    indices = np.empty_like(pairs)
    used = 0
    for leaf in range(tree.ids.shape[0]):
        for p in range(tree.ids.shape[1]):
            row = tree.ids[leaf, p]
            if row < tree.n:
                size = indptr[row + 1] - indptr[row]
                _place_sorted(pairs, used, size, indices, indptr[row])
                used += size
    return indptr, indices, doubtful


@compiled
def _place_sorted(source: Any, start: int, size: int, out: Any, at: int) -> None:
    if size > FEW:
        out[at : at + size] = np.sort(source[start : start + size])
        return
    for i in range(size):
        value = source[start + i]
        slot = at + i
        while slot > at and out[slot - 1] > value:
            out[slot] = out[slot - 1]
            slot -= 1
        out[slot] = value


@compiled
def around(tree: Tree, slots: Any, radii: Any) -> tuple[Any, Any]:
    """Find the points within its own radius of each of some points, the point itself left out.

    Points are named by their slots, leaf times size plus place in the leaf.

    Returns
    -------
    starts, found : ndarray
        Those of row i are ``found[starts[i]:starts[i + 1]]``, ascending.
    """
    n, (leaves, size) = tree.n, tree.ids.shape
    starts = np.zeros(slots.size + 1, dtype=np.int64)
    out, used = np.empty(max(16 * slots.size, 16), dtype=np.int32), 0
    stack, squares = np.empty(STACK, dtype=np.int64), np.empty(size)
    for r in range(slots.size):
        reach = radii[r] * radii[r]
        leaf, slot = slots[r] // size, slots[r] % size
        row = tree.ids[leaf, slot]
        stack[0] = 1
        deep = 1
        while deep > 0:
            deep -= 1
            node = stack[deep]
            if gap_to(tree.coordinates, leaf, slot, tree.low, tree.high, node) > reach:
                continue
            if node < leaves:
                stack[deep], stack[deep + 1] = 2 * node, 2 * node + 1
                deep += 2
                continue
            if used + size > out.size:
                out = _longer(out, used)
            squares_to(tree.coordinates, leaf, slot, node - leaves, squares)
            for j in range(size):
                if squares[j] <= reach:
                    out[used] = tree.ids[node - leaves, j]
                    used += out[used] != row and out[used] != n
        starts[r + 1] = used
        out[starts[r] : used].sort()
    return starts, out[:used]


@compiled
def choose(starts: Any, found: Any, distances: Any, tie: float, rows: Any, neighbors: Any) -> None:
    """Choose the nearest of each row's candidates; ties at the last go to the first positions.

    Row i's candidates are ``found[starts[i]:starts[i + 1]]``, ascending, at least k of them;
    the chosen ones are entered into row ``rows[i]`` of `neighbors`, shape (n, k), ascending.
    """
    k = neighbors.shape[1]
    for r in range(rows.size):
        start, stop = starts[r], starts[r + 1]
        last = np.partition(distances[start:stop], k - 1)[k - 1]
        below, above = last * (1.0 - tie), last * (1.0 + tie)
        room = k
        for i in range(start, stop):
            room -= distances[i] < below
        at = 0
        for i in range(start, stop):
            d = distances[i]
            if d >= below and d <= above and room > 0:
                room -= 1
            elif not d < below:
                continue
            neighbors[rows[r], at] = found[i]
            at += 1


@compiled
def mirror(indptr: Any, indices: Any, values: Any) -> None:
    """Copy the values above the diagonal of a symmetric pattern to their places below it."""
    at = indptr[:-1].copy()
    for i in range(at.size):
        for p in range(indptr[i], indptr[i + 1]):
            j = indices[p]
            if j > i:
                values[at[j]] = values[p]
                at[j] += 1
