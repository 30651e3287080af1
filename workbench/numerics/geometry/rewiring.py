"""Random graphs that keep something of a given one: degrees, cardinalities or the map's shape."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linear_sum_assignment

from workbench.typing import FloatArray, IntArray

ASSIGNMENT_LIMIT = 1500
"""Largest n for which places are matched by the shortest total squared distance (n³ work)."""


def swap_ends(
    focal: IntArray, neighbor: IntArray, *, directed: bool, attempts: int, rng: np.random.Generator
) -> IntArray:
    """Exchange the ends of pairs of links at random, so that every degree stays.

    Parameters
    ----------
    focal, neighbor : ndarray, shape (m,)
        Links; undirected ones are listed once.
    directed : bool
        Whether a link a → b is another one than b → a.
    attempts : int
        Pairs of links that are drawn. A pair whose exchange would link a region to itself, or
        two regions twice, is left as it is.
    rng : numpy.random.Generator
        Draws the pairs.

    Returns
    -------
    ndarray, shape (m, 2)
        New ends of each link, in the order of the links; directed links keep their focal end.

    References
    ----------
    Maslov, S. and Sneppen, K. (2002). Specificity and stability in topology of protein networks.
    Science 296(5569).
    """
    m = len(focal)
    ends = [[int(a), int(b)] for a, b in zip(focal, neighbor, strict=True)]

    def name(a: int, b: int) -> tuple[int, int]:
        return (a, b) if directed or a < b else (b, a)

    present = {name(a, b) for a, b in ends}
    drawn = rng.integers(0, m, size=(attempts, 2)).tolist()
    crossed = (rng.random(attempts) < 0.5).tolist()
    for (i, j), cross in zip(drawn, crossed, strict=True):
        a, b = ends[i]
        c, d = ends[j]
        if cross and not directed:
            c, d = d, c
        one, two = name(a, d), name(c, b)
        if i == j or a == d or c == b or one == two or one in present or two in present:
            continue
        present -= {name(a, b), name(c, d)}
        present |= {one, two}
        ends[i], ends[j] = [a, d], [c, b]
    return np.array(ends, dtype=np.int64).reshape(m, 2)


def random_targets(counts: IntArray, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
    """Draw for each region as many others as it has neighbours, without replacement.

    Returns
    -------
    focal, neighbor : ndarray, shape (sum of counts,)
    """
    n = len(counts)
    chosen = [rng.choice(n - 1, size=int(k), replace=False, shuffle=False) for k in counts]
    focal = np.repeat(np.arange(n), counts)
    other = np.concatenate(chosen).astype(np.int64) if focal.size else np.empty(0, dtype=np.int64)
    # The others of region i are all numbers but i.
    return focal, other + (other >= focal)


def rotate(points: FloatArray, degrees: float) -> FloatArray:
    """Turn points about their centre: shape (n, 2) in the plane, (n, 3) on the unit sphere.

    On the sphere the axis is the mean direction (Rodrigues' formula).
    """
    angle = np.radians(degrees)
    if points.shape[1] == 2:
        center = points.mean(axis=0)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        return np.asarray((points - center) @ turn.T + center)
    axis = points.mean(axis=0)
    axis = axis / np.linalg.norm(axis)
    along = (points @ axis)[:, None] * axis
    across = np.cross(axis, points)
    return np.asarray(points * np.cos(angle) + across * np.sin(angle) + along * (1 - np.cos(angle)))


def match_places(moved: FloatArray, fixed: FloatArray) -> IntArray:
    """Give every moved point a fixed one of its own, nearby; shape (n,) of positions in `fixed`.

    Up to 1,500 points the total squared distance is the smallest possible; beyond, both sets
    are halved along the same axes until one point is left (n log² n work), which keeps
    neighbours together but not to the last metre.
    """
    if len(fixed) <= ASSIGNMENT_LIMIT:
        distance = ((moved[:, None, :] - fixed[None, :, :]) ** 2).sum(axis=2)
        return np.asarray(linear_sum_assignment(distance)[1], dtype=np.int64)
    out = np.empty(len(fixed), dtype=np.int64)
    waiting = [(np.arange(len(fixed)), np.arange(len(fixed)))]
    while waiting:
        one, two = waiting.pop()
        if len(one) == 1:
            out[one] = two
            continue
        axis = int(np.argmax(np.ptp(fixed[two], axis=0)))
        one = one[np.argsort(moved[one, axis], kind="stable")]
        two = two[np.argsort(fixed[two, axis], kind="stable")]
        half = len(one) // 2
        waiting += [(one[:half], two[:half]), (one[half:], two[half:])]
    return out
