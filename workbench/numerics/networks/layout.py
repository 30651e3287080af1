"""A network on paper: its maximum spanning tree, strongest links, and places for the nodes."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import minimum_spanning_tree

from workbench.typing import FloatArray, IntArray

STEPS = 200
"""Steps of the springs."""

MOST = 1200
"""Nodes beyond which springs take too long: these are set by distances in the tree alone."""


def spanning_tree(related: FloatArray) -> IntArray:
    """Return the links of the maximum spanning tree, or of one in every connected part.

    Parameters
    ----------
    related : ndarray, shape (k, k)
        Symmetric, zero where there is no link.

    Returns
    -------
    ndarray of int, shape (m, 2)
        Pairs i < j, sorted.

    Examples
    --------
    >>> related = np.array([[0.0, 0.9, 0.5], [0.9, 0.0, 0.6], [0.5, 0.6, 0.0]])
    >>> spanning_tree(related).tolist()
    [[0, 1], [1, 2]]
    """
    i, j = np.nonzero(np.triu(related, 1) > 0)
    # the cheapest tree of falling costs; all costs positive, as a zero would be no link
    costs = 2.0 * related.max(initial=0.0) - related[i, j]
    table = sparse.csr_array((costs, (i, j)), shape=related.shape)
    tree = minimum_spanning_tree(table).tocoo()
    pairs = np.sort(np.stack([tree.row, tree.col], axis=1).astype(np.int64), axis=1)
    return np.asarray(pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))])


def strongest(related: FloatArray, number: int) -> IntArray:
    """Return the `number` strongest links as pairs i < j, the strongest first.

    Equal links come in the order of their nodes.

    Examples
    --------
    >>> strongest(np.array([[0.0, 0.5, 0.9], [0.5, 0.0, 0.0], [0.9, 0.0, 0.0]]), 1).tolist()
    [[0, 2]]
    """
    i, j = np.nonzero(np.triu(related, 1) > 0)
    order = np.argsort(-related[i, j], kind="stable")[:number]
    return np.stack([i[order], j[order]], axis=1).astype(np.int64)


def positions(size: int, links: IntArray) -> FloatArray:
    """Return places of nodes such that linked ones are near each other, shape (k, 2).

    Springs (Fruchterman and Reingold 1991) that start on a circle in the order of a walk along the
    links, hence the same places whenever they are asked for.

    Parameters
    ----------
    size : int
        Nodes.
    links : ndarray of int, shape (m, 2)

    Examples
    --------
    >>> places = positions(2, np.array([[0, 1]]))
    >>> places.shape, bool(np.allclose(places.mean(axis=0), 0))
    ((2, 2), True)
    """
    places = _circle(size, links)
    ideal = np.sqrt(4.0 / max(size, 1))
    heat = 0.2
    for step in range(STEPS if size <= MOST else 0):
        push = _pushes(places, ideal)
        gap = places[links[:, 0]] - places[links[:, 1]]
        far = np.maximum(np.hypot(gap[:, 0], gap[:, 1]), 1e-9)
        pull = gap * (far / ideal)[:, None]
        np.add.at(push, links[:, 0], -pull)
        np.add.at(push, links[:, 1], pull)
        push -= places * 0.5  # keeps parts that no link holds from drifting away
        length = np.maximum(np.hypot(push[:, 0], push[:, 1]), 1e-9)
        cooled = heat * (1 - step / STEPS)
        places = places + push * (np.minimum(length, cooled) / length)[:, None]
    return np.asarray(places - places.mean(axis=0))


def _pushes(places: FloatArray, ideal: float) -> FloatArray:
    x, y = places.T
    dx, dy = x[:, None] - x, y[:, None] - y
    squared = np.maximum(dx * dx + dy * dy, 1e-6)
    force = ideal * ideal / squared
    np.fill_diagonal(force, 0.0)
    return np.stack([(force * dx).sum(axis=1), (force * dy).sum(axis=1)], axis=1)


def _circle(size: int, links: IntArray) -> FloatArray:
    around: list[list[int]] = [[] for _ in range(size)]
    for a, b in links.tolist():
        around[a].append(b)
        around[b].append(a)
    order: list[int] = []
    seen = [False] * size
    for start in sorted(range(size), key=lambda node: (-len(around[node]), node)):
        stack = [start]
        while stack:
            node = stack.pop()
            if seen[node]:
                continue
            seen[node] = True
            order.append(node)
            stack.extend(sorted(around[node], reverse=True))
    angle = np.empty(size)
    angle[order] = 2 * np.pi * np.arange(size) / max(size, 1)
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)
