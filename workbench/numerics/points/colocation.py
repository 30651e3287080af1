"""Kinds among nearest points: joins, quotients, and what random labels make of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from workbench.numerics.points.ground import Ground
from workbench.typing import FloatArray, IntArray

TIE = 1e-9
"""Relative difference of distances below which two neighbours are equally near."""

SLACK = 1e-12
"""Sums of the same weights in another order differ by less than this: rows of weights add to 1."""


@dataclass(frozen=True, slots=True)
class Nearby:
    """Weights of the neighbours of N points; those of each point add to 1.

    Attributes
    ----------
    focal, other : ndarray of int64, shape (m,)
        Pairs, sorted by focal point and neighbour.
    weights : ndarray, shape (m,)
        Positive.
    start : ndarray of int64, shape (N + 1,)
        Where the pairs of each point begin.
    """

    focal: IntArray
    other: IntArray
    weights: FloatArray
    start: IntArray

    @property
    def size(self) -> int:
        """N."""
        return self.start.size - 1


def nearest(ground: Ground, neighbours: int, *, gaussian: bool) -> Nearby:
    """Return the weights of the k nearest points, equally near ones sharing the last places.

    Of the points at the distance d of the k-th neighbour, t in number, each has the share
    (k − number nearer) / t. With `gaussian` each counts ``exp(−(d_ij / d)² / 2)`` besides; where
    d is zero, 1.
    """
    places = ground.lines.T
    tree = cKDTree(places)
    reach = np.asarray(tree.query(places, k=[neighbours + 1])[0], dtype=np.float64)[:, 0]
    found = tree.query_ball_point(places, reach * (1 + TIE), return_sorted=True)
    focal, other = _pairs(found)
    lines = np.linalg.norm(places[focal] - places[other], axis=1)
    limit = reach[focal]
    tied = lines >= limit * (1 - TIE)
    nearer = np.bincount(focal[~tied], minlength=len(places))
    ties = np.bincount(focal[tied], minlength=len(places))
    weights = np.where(tied, ((neighbours - nearer) / np.maximum(ties, 1))[focal], 1.0)
    if gaussian:
        weights = weights * _kernel(ground.distances(lines), ground.distances(limit))
    return _rows(focal, other, weights, len(places))


def within(ground: Ground, bandwidth: float, *, gaussian: bool) -> Nearby:
    """Return the weights of the points up to `bandwidth`; a point with none there has no pairs.

    All weigh the same, or with `gaussian` ``exp(−(d_ij / bandwidth)² / 2)``.
    """
    places = ground.lines.T
    line = float(ground.straight(bandwidth)) * (1 + TIE)
    found = cKDTree(places).query_ball_point(places, line, return_sorted=True)
    focal, other = _pairs(found)
    weights = np.ones(focal.size)
    if gaussian:
        apart = ground.distances(np.linalg.norm(places[focal] - places[other], axis=1))
        weights = _kernel(apart, np.full(focal.size, bandwidth))
    return _rows(focal, other, weights, len(places))


def _pairs(found: object) -> tuple[IntArray, IntArray]:
    lists = [np.asarray(one, dtype=np.int64) for one in found]  # type: ignore[attr-defined]
    focal = np.repeat(np.arange(len(lists)), [one.size for one in lists])
    other = np.concatenate(lists)
    apart = focal != other
    return focal[apart], other[apart]


def _kernel(apart: FloatArray, bandwidth: FloatArray) -> FloatArray:
    # points of one place are at distance zero, and so may their k-th neighbour be
    ratio = np.divide(apart, bandwidth, out=np.zeros_like(apart), where=bandwidth > 0)
    return np.asarray(np.exp(-0.5 * ratio**2))


def _rows(focal: IntArray, other: IntArray, weights: FloatArray, n: int) -> Nearby:
    sums = np.bincount(focal, weights=weights, minlength=n)
    start = np.concatenate([[0], np.cumsum(np.bincount(focal, minlength=n))])
    return Nearby(focal, other, weights / sums[focal], start)


def joins(nearby: Nearby, codes: IntArray, kinds: int) -> FloatArray:
    """Return C, shape (K, K): weight of neighbours of kind B summed over the points of kind A."""
    cells = codes[nearby.focal] * kinds + codes[nearby.other]
    counted = np.bincount(cells, weights=nearby.weights, minlength=kinds * kinds)
    return np.asarray(counted, dtype=np.float64).reshape(kinds, kinds)


def quotients(
    joined: FloatArray, sizes: IntArray, others: IntArray, total: int, *, same: bool
) -> FloatArray:
    """Return ``(C_AB / N_A) / (N'_B / (N − 1))``, shape (K, L) (Leslie and Kronenfeld 2011).

    Parameters
    ----------
    joined : ndarray, shape (..., K, L)
        C.
    sizes, others : ndarray of int, shape (K,) and (L,)
        Points of each kind that is looked from, and of each that is looked at.
    total : int
        N.
    same : bool
        Whether both are kinds of one variable: a point is no neighbour of its own, N'_A = N_A − 1.

    Examples
    --------
    >>> sizes = np.array([2, 2])
    >>> quotients(np.array([[2.0, 0.0], [0.0, 2.0]]), sizes, sizes, 4, same=True).tolist()
    [[3.0, 0.0], [0.0, 3.0]]
    """
    there = np.broadcast_to(others, (sizes.size, others.size)) - (
        np.eye(sizes.size) if same else 0.0
    )
    expected = sizes[:, None] * there / (total - 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(expected > 0, joined / expected, np.nan))


def alike(joined: FloatArray, sizes: IntArray, total: int) -> FloatArray:
    """Return the global quotient ``Σ_A C_AA / Σ_A N_A (N_A − 1)/(N − 1)``."""
    expected = float((sizes * (sizes - 1)).sum()) / (total - 1)
    return np.asarray(np.trace(joined, axis1=-2, axis2=-1) / expected)


def relabelled(
    nearby: Nearby, codes: IntArray, kinds: int, *, draws: int, random: np.random.Generator
) -> FloatArray:
    """Return C of `draws` random labellings, shape (R, K, K): labels move, places stay."""
    out = np.empty((draws, kinds, kinds))
    for number in range(draws):
        out[number] = joins(nearby, random.permutation(codes), kinds)
    return out


def local_shares(nearby: Nearby, target: IntArray) -> FloatArray:
    """Return the weight of neighbours that are targets (1, others 0) of each point."""
    held = nearby.weights * target[nearby.other]
    return np.asarray(np.bincount(nearby.focal, weights=held, minlength=nearby.size))


def local_tails(
    nearby: Nearby, target: IntArray, *, draws: int, random: np.random.Generator
) -> tuple[IntArray, IntArray]:
    """Count random labellings of the other points with at least, and at most, the share observed.

    The label of the point itself stays. Under random labels the neighbours' are a sample without
    replacement from those of the other N − 1 points, the same for all points but for how many
    targets there are: one table of samples serves every point.

    Returns
    -------
    at_least, at_most : ndarray of int64, shape (N,)
    """
    n = nearby.size
    observed = local_shares(nearby, target)
    counts = np.diff(nearby.start)
    samples = np.stack(
        [random.choice(n - 1, int(counts.max()), replace=False) for _ in range(draws)]
    )
    there = int(target.sum()) - target
    held = {int(m): (samples < m).astype(np.float64) for m in np.unique(there)}
    at_least = np.empty(n, dtype=np.int64)
    at_most = np.empty(n, dtype=np.int64)
    for i in range(n):
        weights = nearby.weights[nearby.start[i] : nearby.start[i + 1]]
        drawn = held[int(there[i])][:, : weights.size] @ weights
        at_least[i] = (drawn >= observed[i] - SLACK).sum()
        at_most[i] = (drawn <= observed[i] + SLACK).sum()
    return at_least, at_most
