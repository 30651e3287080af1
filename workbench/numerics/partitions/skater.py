"""SKATER: regions by cutting the minimum spanning tree of neighbours where it pays most."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from workbench.numerics.sparse.matrices import CsrArray
from workbench.typing import FloatArray, IntArray, TreeCriterion


@dataclass(frozen=True, slots=True)
class Pruned:
    """A spanning tree cut into k connected pieces.

    Attributes
    ----------
    labels : ndarray of int, shape (n,)
        Piece of each region, 0 to k − 1, in the order in which pieces were cut off.
    path : ndarray, shape (k,)
        The criterion after 0, 1, ..., k − 1 cuts; never increasing.
    tree : ndarray of int, shape (n - 1, 2)
        Links of the spanning tree, first end before second, in their order.
    cost : float
        Total length of the tree.
    """

    labels: IntArray
    path: FloatArray
    tree: IntArray
    cost: float


@dataclass(frozen=True, slots=True)
class _Cut:
    """The best cut of a piece: what it gains, and the two sides."""

    gain: float
    near: IntArray
    far: IntArray


def spanning_tree(links: CsrArray, X: FloatArray) -> tuple[IntArray, float]:
    """Find the minimum spanning tree of neighbours that are alike.

    Parameters
    ----------
    links : csr_array of shape (n, n)
        Symmetric pattern of neighbours, connected; values do not matter.
    X : ndarray, shape (n, p)
        Standardised variables; the length of a link is the Euclidean distance of its ends.

    Returns
    -------
    tree : ndarray of int, shape (n - 1, 2)
        Links, first end before second, in lexicographic order.
    cost : float
        Sum of their lengths.

    Notes
    -----
    Lengths enter as ranks, ties broken by the positions of the ends: the tree is unique, and
    links of length zero (neighbours that are exactly alike) stay links, which a sparse matrix of
    lengths would drop.

    Examples
    --------
    >>> ring = sparse.csr_array(np.array([[0, 1, 1], [1, 0, 1], [1, 1, 0]], dtype=float))
    >>> spanning_tree(ring, np.array([[0.0], [0.0], [3.0]]))[0].tolist()
    [[0, 1], [0, 2]]
    """
    upper = sparse.triu(links, k=1, format="coo")
    first, second = upper.row.astype(np.int64), upper.col.astype(np.int64)
    length = np.sqrt(((X[first] - X[second]) ** 2).sum(axis=1))
    order = np.lexsort((second, first, length))
    rank = np.empty(order.size)
    rank[order] = np.arange(1, order.size + 1)
    ranked = sparse.csr_array((rank, (first, second)), shape=links.shape)
    kept = csgraph.minimum_spanning_tree(ranked).tocoo().data.astype(np.int64) - 1
    chosen = order[kept]
    chosen = chosen[np.lexsort((second[chosen], first[chosen]))]
    return np.column_stack([first[chosen], second[chosen]]), float(length[chosen].sum())


def skater(links: CsrArray, X: FloatArray, k: int, *, criterion: TreeCriterion) -> Pruned:
    """Cut the minimum spanning tree into k pieces, each cut where it lowers the criterion most.

    Parameters
    ----------
    links : csr_array of shape (n, n)
        Symmetric pattern of neighbours, connected.
    X : ndarray, shape (n, p)
        Standardised variables.
    k : int
        Number of pieces, 1 to n.
    criterion : {"squares", "distances"}
        What is summed over pieces: squared Euclidean distances from the piece's mean (the paper's
        intracluster square deviations, equation 1), or the distances themselves.

    Returns
    -------
    Pruned
        Pieces are connected, because each is a part of a tree.

    Notes
    -----
    Every link of a tree is tried, where the paper searches from a central vertex and stops early.
    Of equal gains the first is taken, by the order in which pieces arose and of their links.

    References
    ----------
    Assunção, R. M., Neves, M. C., Câmara, G. and Da Costa Freitas, C. (2006). Efficient
    regionalization techniques for socio-economic geographical units using minimum spanning trees.
    International Journal of Geographical Information Science 20(7), 797-811.
    """
    best_cut, spread = _RULES[criterion]
    tree, cost = spanning_tree(links, X)
    n = X.shape[0]
    ends = (tree[:, 0], tree[:, 1])
    half = sparse.csr_array((np.ones(len(tree)), ends), shape=(n, n))
    both: CsrArray = sparse.csr_array(half + half.T)
    pieces = [np.arange(n)]
    cuts = [best_cut(both, pieces[0], X)]
    path = [spread(X)]
    while len(pieces) < k:
        chosen = int(np.argmax([cut.gain for cut in cuts]))
        cut = cuts[chosen]
        path.append(max(path[-1] - cut.gain, 0.0))
        pieces[chosen : chosen + 1], pieces_far = [cut.near], cut.far
        pieces.append(pieces_far)
        cuts[chosen] = best_cut(both, cut.near, X)
        cuts.append(best_cut(both, cut.far, X))
    labels = np.empty(n, dtype=np.int64)
    for number, members in enumerate(pieces):
        labels[members] = number
    return Pruned(labels, np.array(path), tree, cost)


def _walk(tree: CsrArray, members: IntArray) -> tuple[IntArray, IntArray]:
    """List a piece depth first, and say how many regions hang at each of them, itself included.

    What hangs at position p is the slice from p to p + size.
    """
    part: CsrArray = sparse.csr_array(tree[members, :][:, members])
    order, before = csgraph.depth_first_order(part, 0, directed=False)
    place = np.empty(len(members), dtype=np.int64)
    place[order] = np.arange(len(members))
    above = place[before[order[1:]]]
    size = np.ones(len(members), dtype=np.int64)
    for position in range(len(members) - 1, 0, -1):
        size[above[position - 1]] += size[position]
    return members[order], size


def _split(tree: CsrArray, members: IntArray, gains: Callable[..., FloatArray]) -> _Cut:
    if len(members) == 1:
        return _Cut(-np.inf, members, members[:0])
    walk, size = _walk(tree, members)
    gain = gains(walk, size)
    at = 1 + int(np.argmax(gain))
    far = walk[at : at + size[at]]
    near = np.concatenate([walk[:at], walk[at + size[at] :]])
    return _Cut(float(gain[at - 1]), np.sort(near), np.sort(far))


def _squares_cut(tree: CsrArray, members: IntArray, X: FloatArray) -> _Cut:
    """Gain of a cut: (1/n₁ + 1/n₂) |Σ (x − x̄)|² over one side, x̄ the mean of both."""

    def gains(walk: IntArray, size: IntArray) -> FloatArray:
        centred = X[walk] - X[members].mean(axis=0)
        total = np.vstack([np.zeros(X.shape[1]), np.cumsum(centred, axis=0)])
        position = np.arange(1, len(walk))
        far = size[1:]
        side = total[position + far] - total[position]
        gain: FloatArray = (1 / far + 1 / (len(walk) - far)) * (side**2).sum(axis=1)
        return gain

    return _split(tree, members, gains)


def _distances_cut(tree: CsrArray, members: IntArray, X: FloatArray) -> _Cut:
    def gains(walk: IntArray, size: IntArray) -> FloatArray:
        x, whole = X[walk], _distances(X[members])
        return np.array(
            [
                whole
                - _distances(x[at : at + size[at]])
                - _distances(np.concatenate([x[:at], x[at + size[at] :]]))
                for at in range(1, len(walk))
            ]
        )

    return _split(tree, members, gains)


def _squares(x: FloatArray) -> float:
    return float(((x - x.mean(axis=0)) ** 2).sum())


def _distances(x: FloatArray) -> float:
    return float(np.sqrt(((x - x.mean(axis=0)) ** 2).sum(axis=1)).sum())


_RULES: dict[
    TreeCriterion,
    tuple[Callable[[CsrArray, IntArray, FloatArray], _Cut], Callable[[FloatArray], float]],
] = {"squares": (_squares_cut, _squares), "distances": (_distances_cut, _distances)}
