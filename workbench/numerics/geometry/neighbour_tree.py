"""A balanced k-d tree of points in two or three dimensions, compiled: built once, asked often.

A leaf holds a dozen points side by side, and questions are asked leaf by leaf: which other leaves
can matter is found once for all its points. The cost a point hardly grows with n and does not
depend on how evenly the points lie. Nodes are numbered as in a heap: the children of node v are
2v and 2v + 1, the leaves come last. Squared distances are compared throughout.

Reference: Friedman, J. H., Bentley, J. L. and Finkel, R. A. (1977). An algorithm for finding best
matches in logarithmic expected time. ACM Transactions on Mathematical Software 3, pp. 209-226.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from workbench.numerics.compiling import compiled, inlined

LEAF = 16
# Most points a leaf: fewer make the lists of leaves longer, more are compared in vain.

STACK = 64
# A walk down a tree of at most 31 levels leaves one node a level behind.


class Tree(NamedTuple):
    """Points in leaves, and the nodes above them.

    ``coordinates`` (leaves, d, size) of the points in each leaf, padded with infinity; ``ids``
    (leaves, size) their positions as given, padded with n; ``low`` and ``high`` (nodes, d) the box
    around each node's points; ``first`` (nodes,) the smallest position in it; ``n`` points in all.
    """

    coordinates: Any
    ids: Any
    low: Any
    high: Any
    first: Any
    n: int


@inlined
def _swap(points: Any, order: Any, i: int, j: int) -> None:
    for a in range(points.shape[1]):
        points[i, a], points[j, a] = points[j, a], points[i, a]
    order[i], order[j] = order[j], order[i]


@compiled
def _select(points: Any, order: Any, axis: int, low: int, high: int, middle: int) -> None:
    """Put the right point at `middle`: smaller ones before it. Equal coordinates: by position."""
    while high > low:
        # The median of three guards against points that come sorted; the middle one where they
        # are equal, since equal points lie in order of position.
        m = (low + high) // 2
        x, y, z = points[low, axis], points[m, axis], points[high, axis]
        p = m
        if (y < x) == (y < z) and y != x and y != z:
            p = low if (x < z) == (y < x) else high
        value, rank = points[p, axis], order[p]
        i, j = low, high
        while i <= j:
            while points[i, axis] < value or (points[i, axis] == value and order[i] < rank):
                i += 1
            while points[j, axis] > value or (points[j, axis] == value and order[j] > rank):
                j -= 1
            if i <= j:
                _swap(points, order, i, j)
                i += 1
                j -= 1
        if middle <= j:
            high = j
        elif middle >= i:
            low = i
        else:
            return


@compiled
def _enclose(points: Any, order: Any, start: int, stop: int, tree: Tree, node: int) -> int:
    """Set box and first position of a node; return its longest axis."""
    low, high, dimensions = tree.low, tree.high, points.shape[1]
    first = order[start]
    for a in range(dimensions):
        low[node, a] = high[node, a] = points[start, a]
    for i in range(start + 1, stop):
        first = min(first, order[i])
        for a in range(dimensions):
            low[node, a] = min(low[node, a], points[i, a])
            high[node, a] = max(high[node, a], points[i, a])
    tree.first[node] = first
    longest = 0
    for a in range(1, dimensions):
        if high[node, a] - low[node, a] > high[node, longest] - low[node, longest]:
            longest = a
    return longest


@compiled
def build(given: Any, least: int) -> Tree:
    """Build the tree of finite points, shape (n, 2) or (n, 3), with at least `least` a leaf."""
    n, dimensions = given.shape
    depth = 0
    while (n >> depth) > LEAF and (n >> (depth + 1)) >= least:
        depth += 1
    leaves, size = 1 << depth, (n >> depth) + 1
    tree = Tree(
        np.full((leaves, dimensions, size), np.inf),
        np.full((leaves, size), n, dtype=np.int32),
        np.empty((2 * leaves, dimensions)),
        np.empty((2 * leaves, dimensions)),
        np.full(2 * leaves, n, dtype=np.int32),
        n,
    )
    points, order = given.copy(), np.arange(n).astype(np.int32)
    stack = [(1, 0)]
    while len(stack) > 0:
        node, level = stack.pop()
        i = node - (1 << level)
        start, stop = (i * n) >> level, ((i + 1) * n) >> level
        axis = _enclose(points, order, start, stop, tree, node)
        if level == depth:
            for j in range(start, stop):
                slot = j - start
                for a in range(dimensions):
                    tree.coordinates[i, a, slot] = points[j, a]
                tree.ids[i, slot] = order[j]
        else:
            _select(points, order, axis, start, stop - 1, ((2 * i + 1) * n) >> (level + 1))
            stack.append((2 * node + 1, level + 1))
            stack.append((2 * node, level + 1))
    return tree


@inlined
def squares_to(coordinates: Any, leaf: int, slot: int, other: int, out: Any) -> None:
    """Squared distances from one point to all slots of a leaf; infinite where padded."""
    x, y = coordinates[leaf, 0, slot], coordinates[leaf, 1, slot]
    if coordinates.shape[1] == 2:
        for j in range(out.size):
            u, v = coordinates[other, 0, j] - x, coordinates[other, 1, j] - y
            out[j] = u * u + v * v
    else:
        z = coordinates[leaf, 2, slot]
        for j in range(out.size):
            u, v = coordinates[other, 0, j] - x, coordinates[other, 1, j] - y
            w = coordinates[other, 2, j] - z
            out[j] = u * u + v * v + w * w


@inlined
def gap_to(coordinates: Any, leaf: int, slot: int, low: Any, high: Any, node: int) -> float:
    """Squared distance from a point to the box of a node."""
    out = 0.0
    for a in range(coordinates.shape[1]):
        at = coordinates[leaf, a, slot]
        beyond = max(max(low[node, a] - at, at - high[node, a]), 0.0)
        out += beyond * beyond
    return out


@compiled
def leaves_within(low: Any, high: Any, home: int, reach: float, found: Any, gaps: Any) -> int:
    """Enter leaves whose box is within reach (squared) of the home leaf's."""
    leaves = low.shape[0] // 2
    stack = np.empty(STACK, dtype=np.int64)
    stack[0] = 1
    size, count = 1, 0
    while size > 0:
        size -= 1
        node = stack[size]
        gap = 0.0
        for a in range(low.shape[1]):
            beyond = max(max(low[node, a] - high[home, a], low[home, a] - high[node, a]), 0.0)
            gap += beyond * beyond
        if gap > reach:
            continue
        if node < leaves:
            stack[size], stack[size + 1] = 2 * node, 2 * node + 1
            size += 2
            continue
        gaps[count], found[count] = gap, node
        count += 1
    return count


@compiled
def _put_in_order(found: Any, gaps: Any, count: int) -> None:
    """Put leaves in the order of their gaps."""
    if count > 64:
        order = np.argsort(gaps[:count])
        found[:count], gaps[:count] = found[:count][order], gaps[:count][order]
        return
    for i in range(1, count):
        gap, node = gaps[i], found[i]
        slot = i
        while slot > 0 and gaps[slot - 1] > gap:
            gaps[slot], found[slot] = gaps[slot - 1], found[slot - 1]
            slot -= 1
        gaps[slot], found[slot] = gap, node


@compiled
def _improve(tree: Tree, leaf: int, other: int, best: Any, who: Any, squares: Any) -> None:
    """Enter the points of another leaf into the sorted lists of the nearest of a leaf's points."""
    coordinates, ids, low, high = tree.coordinates, tree.ids, tree.low, tree.high
    n = tree.n
    node = other + ids.shape[0]
    first = tree.first[node]
    last = best.shape[1] - 1
    for p in range(best.shape[0]):
        if ids[leaf, p] == n:
            continue
        gap = gap_to(coordinates, leaf, p, low, high, node)
        # Among coincident points the first positions count: an equal gap matters at 0.
        if gap > best[p, last] or (gap == best[p, last] and (gap > 0 or first > who[p, last])):
            continue
        squares_to(coordinates, leaf, p, other, squares)
        if leaf == other:
            squares[p] = np.inf
        for j in range(squares.size):
            d = squares[j]
            if d > best[p, last]:
                continue
            rank = ids[other, j]
            if d == np.inf or (d == best[p, last] and rank > who[p, last]):
                continue
            slot = last
            while slot > 0 and (
                best[p, slot - 1] > d or (best[p, slot - 1] == d and who[p, slot - 1] > rank)
            ):
                best[p, slot], who[p, slot] = best[p, slot - 1], who[p, slot - 1]
                slot -= 1
            best[p, slot], who[p, slot] = d, rank


@compiled
def _find_first(tree: Tree, leaf: int, best: Any, who: Any, squares: Any) -> None:
    """Search among crowds at one place: of thousands at distance 0 the first positions count.

    Positions ascend from left to right among coincident points, so that the leftmost leaves
    settle the matter and the others are passed over by their first position.
    """
    leaves, last = tree.ids.shape[0], best.shape[1] - 1
    home, latest = leaf + leaves, tree.n
    stack = [1]
    while len(stack) > 0:
        node = stack.pop()
        apart = False
        for a in range(tree.low.shape[1]):
            apart |= tree.low[node, a] > tree.high[home, a]
            apart |= tree.low[home, a] > tree.high[node, a]
        if apart or tree.first[node] > latest:
            continue
        if node < leaves:
            stack.append(2 * node + 1)
            stack.append(2 * node)
        elif node != home and node != home ^ 1:
            _improve(tree, leaf, node - leaves, best, who, squares)
            latest = 0
            for p in range(best.shape[0]):
                if tree.ids[leaf, p] < tree.n:
                    latest = max(latest, who[p, last])


@compiled
def nearest(tree: Tree, k: int) -> tuple[Any, Any, Any, Any]:
    """Find the k nearest of every point, and how far the next one is.

    Returns
    -------
    neighbors : ndarray, shape (n, k), int32
        Positions in ascending order; equal distances go to the first positions.
    first, last, after : ndarray, shape (leaves, size)
        Distances to the first, the k-th and the (k + 1)-th in the order of ``tree.ids``;
        infinite where there is none.
    """
    n, (leaves, size) = tree.n, tree.ids.shape
    neighbors = np.empty((n, k), dtype=np.int32)
    first, last = np.full((leaves, size), np.inf), np.full((leaves, size), np.inf)
    after = np.full((leaves, size), np.inf)
    best, who = np.empty((size, k + 1)), np.empty((size, k + 1), dtype=np.int32)
    found, gaps, squares = np.empty(leaves, dtype=np.int64), np.empty(leaves), np.empty(size)
    for leaf in range(leaves):
        best[:], who[:] = np.inf, n
        _improve(tree, leaf, leaf, best, who, squares)
        if leaves > 1:
            _improve(tree, leaf, leaf ^ 1, best, who, squares)
        reach = 0.0
        for p in range(size):
            if tree.ids[leaf, p] < n:
                reach = max(reach, best[p, k])
        if reach > 0:
            count = leaves_within(tree.low, tree.high, leaf + leaves, reach, found, gaps)
            _put_in_order(found, gaps, count)
            for b in range(count):
                other = found[b] - leaves
                if other != leaf and other != leaf ^ 1:
                    _improve(tree, leaf, other, best, who, squares)
        else:
            _find_first(tree, leaf, best, who, squares)
        for p in range(size):
            row = tree.ids[leaf, p]
            if row < n:
                first[leaf, p], last[leaf, p] = np.sqrt(best[p, 0]), np.sqrt(best[p, k - 1])
                after[leaf, p] = np.sqrt(best[p, k])
                _enter_sorted(neighbors, row, who, p)
    return neighbors, first, last, after


@compiled
def _enter_sorted(neighbors: Any, row: int, who: Any, p: int) -> None:
    for i in range(neighbors.shape[1]):
        value = who[p, i]
        slot = i
        while slot > 0 and neighbors[row, slot - 1] > value:
            neighbors[row, slot] = neighbors[row, slot - 1]
            slot -= 1
        neighbors[row, slot] = value
