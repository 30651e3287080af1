"""The compiled sum over pairs of places within a bandwidth, on the tree of places."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from workbench.numerics.compiling import compiled, inlined
from workbench.numerics.geometry.neighbour_tree import (
    Tree,
    gap_to,
    leaves_within,
    squares_to,
)

BEYOND = 1e-9
# As in neighbours.TIE: pairs at the bandwidth belong to the uniform kernel.


@inlined
def weight(code: int, x: float) -> float:
    """Return K(x) of the kernel at position `code` in the option words; see ``conley``."""
    if code == 1:
        return 1.0
    if x >= 1.0:
        return 0.0
    if code == 0:
        return 1.0 - x
    if code == 2:
        return 1.0 - x * (1.5 - 0.5 * x * x)
    if code == 3:
        return 1.0 - x * x
    if code == 4:
        return (1.0 - x * x) * (1.0 - x * x)
    if code == 5:
        return 1.0 - 6.0 * x * x * (1.0 - x) if x <= 0.5 else 2.0 * (1.0 - x) ** 3
    return 0.5 * (1.0 + math.cos(math.pi * x))


@compiled
def in_leaves(tree: Tree, scores: Any) -> Any:
    """Lay scores out as the tree lays out points, shape (leaves, size, k), zero where padded."""
    leaves, size = tree.ids.shape
    out = np.zeros((leaves, size, scores.shape[1]))
    for leaf in range(leaves):
        for p in range(size):
            if tree.ids[leaf, p] < tree.n:
                out[leaf, p] = scores[tree.ids[leaf, p]]
    return out


@compiled
def meet(
    tree: Tree, leaf: int, p: int, other: int, kernel: tuple[int, float], room: tuple[Any, Any]
) -> int:
    """Add what a point's partners in another leaf weigh to its row of `near`; count them.

    ``kernel`` is (code, 1 / bandwidth); ``room`` holds the points' squared distances and K(d / D).
    """
    code, scale = kernel
    squares, weights = room
    squares_to(tree.coordinates, leaf, p, other, squares)
    on_sphere = tree.coordinates.shape[1] == 3
    count = 0
    for j in range(squares.size):
        weights[j] = 0.0
        # Each pair once; padding is at infinity.
        if (other == leaf and j <= p) or tree.ids[other, j] == tree.n:
            continue
        x = math.sqrt(squares[j])
        if on_sphere:
            x = 2.0 * math.asin(min(0.5 * x, 1.0))
        x *= scale
        if x <= 1.0 + BEYOND:
            weights[j] = weight(code, x)
            count += weights[j] != 0.0
    return count


@compiled
def sums(tree: Tree, scores: Any, bandwidth: float, code: int) -> tuple[Any, int, Any]:
    """Return Σ_{i<j} K(d_ij/D) a_i a_j′, the number of pairs that have weight, and who is in one.

    Each pair of leaves is visited once; pairs are summed in the order of the tree, which is that
    of the places, whatever the machine.
    """
    n, (leaves, size), k = tree.n, tree.ids.shape, scores.shape[1]
    near, laid = np.zeros((size, k)), in_leaves(tree, scores)
    found, gaps = np.empty(leaves, dtype=np.int64), np.empty(leaves)
    room = (np.empty(size), np.empty(size))
    out, met, pairs = np.zeros((k, k)), np.zeros(n + 1, dtype=np.bool_), 0
    reach = line_of(bandwidth * (1.0 + BEYOND), tree.coordinates.shape[1] == 3) ** 2
    for leaf in range(leaves):
        count = leaves_within(tree.low, tree.high, leaf + leaves, reach, found, gaps)
        near[:] = 0.0
        for b in range(count):
            other = found[b] - leaves
            for p in range(size if other >= leaf else 0):
                row = tree.ids[leaf, p]
                if row == n or gap_to(tree.coordinates, leaf, p, tree.low, tree.high, found[b]) > (
                    reach
                ):
                    continue
                partners = meet(tree, leaf, p, other, (code, 1.0 / bandwidth), room)
                if partners > 0:
                    pairs += partners
                    met[row] = True
                    _add(near[p], laid[other], room[1], tree.ids[other], met)
        for p in range(size):
            for c in range(k):
                for d in range(k):
                    out[c, d] += laid[leaf, p, c] * near[p, d]
    return out, pairs, met[:n]


@compiled
def _add(row: Any, scores: Any, weights: Any, ids: Any, met: Any) -> None:
    """Add weighted scores of a leaf to the row of a point; mark those that have weight."""
    for j in range(weights.size):
        if weights[j] != 0.0:
            met[ids[j]] = True
            for c in range(row.size):
                row[c] += weights[j] * scores[j, c]


@inlined
def line_of(distance: float, on_sphere: bool) -> float:
    """Return the straight line of a distance: its chord where it is an arc of the unit sphere."""
    if not on_sphere:
        return distance
    # Chords of antipodes may round to more than 2.
    return 2.0 * math.sin(0.5 * distance) if distance < math.pi else 3.0
