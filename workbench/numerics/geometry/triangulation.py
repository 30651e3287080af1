"""Graphs of points in the plane or on the sphere: Delaunay, Gabriel, relative neighbours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import ConvexHull, Delaunay, cKDTree

from workbench.typing import BoolArray, FloatArray, IntArray

SLACK = 1e-10
# A point on a circle to this relative precision is not inside it: lattices are full of such.

TIE = 1e-9
# Four points whose opposite angles add up to half a turn within this (radians) are on one circle.

FIRST_LOOK = 8
# Nearest points among which most edges that are no relative neighbours find a nearer one.

AT_ONCE = 2_000_000
# Distances held at a time: 50 MB with their differences.


@dataclass(frozen=True, slots=True)
class Triangulation:
    """Edges of a Delaunay triangulation, and what it could not decide.

    Attributes
    ----------
    edges : ndarray, shape (m, 2)
        Positions i < j, each edge once.
    tied : int
        Edges that another triangulation has otherwise: four points on one circle.
    lost : ndarray, shape (l, 2)
        Points that are too near to another to be told apart, each with that other.
    """

    edges: IntArray
    tied: int
    lost: IntArray


def delaunay(xy: FloatArray) -> Triangulation:
    """Triangulate points of the plane, shape (n, 2), n >= 3, not on one line.

    Four points on one circle have two triangulations; Qhull's is taken and counted.
    """
    found = Delaunay(xy)
    tied = _tied(xy, found.simplices.astype(np.int64), found.neighbors.astype(np.int64))
    lost = found.coplanar[:, [0, 2]].astype(np.int64)
    return Triangulation(_sides(found.simplices), tied, lost)


def spherical_delaunay(x: FloatArray) -> Triangulation:
    """Triangulate points of the unit sphere, shape (n, 3), n >= 4, not on one circle.

    Facets of the convex hull are the triangles whose circles hold no other point (Brown 1979).
    Those whose circle is half of the sphere or more lie across a part of the globe where there
    are no points, and are left out.

    References
    ----------
    Brown, K. Q. (1979). Voronoi diagrams from convex hulls. Information Processing Letters 9(5).
    """
    hull = ConvexHull(x)
    near = hull.equations[:, 3] < -SLACK
    # A circle of less than half of the sphere leaves the centre of the globe inside its facet.
    absent = np.setdiff1d(np.arange(len(x)), hull.vertices)
    lost = np.empty((len(absent), 2), dtype=np.int64)
    if absent.size:
        other = cKDTree(x[hull.vertices]).query(x[absent])[1]
        lost = np.column_stack([absent, hull.vertices[other]]).astype(np.int64)
    # Four points on one circle are on one facet of the hull, which Qhull cuts in two.
    facet, corner = np.nonzero(hull.neighbors > np.arange(len(hull.neighbors))[:, None])
    across = hull.neighbors[facet, corner]
    bend = np.linalg.norm(hull.equations[facet] - hull.equations[across], axis=1)
    tied = int(((bend < TIE) & near[facet]).sum())
    return Triangulation(_sides(hull.simplices[near]), tied, lost)


def gabriel(position: FloatArray, edges: IntArray, *, rounding: float = 0.0) -> BoolArray:
    """Tell which edges have no other point in or on the circle of which they are a diameter.

    Parameters
    ----------
    position : ndarray, shape (n, 2 or 3)
        In the plane or on the unit sphere.
    edges : ndarray, shape (m, 2)
        Those of the Delaunay triangulation, of which Gabriel's are a part.
    rounding : float
        How far coordinates may be off.

    Notes
    -----
    A point on the circle counts as inside, d²(A,C) + d²(B,C) > d²(A,B) for all C: the diagonals
    of a square are no links, whichever of them the triangulation happens to have. A point on the
    circle to rounding does not take away a link of relative neighbours, which are a part of
    Gabriel's: so that the graph is always connected.

    References
    ----------
    Gabriel, K. R. and Sokal, R. R. (1969). A new statistical approach to geographic variation
    analysis. Systematic Zoology 18(3); Matula, D. W. and Sokal, R. R. (1980). Properties of
    Gabriel graphs relevant to geographic variation research. Geographical Analysis 12(3).
    """
    one, two = position[edges[:, 0]], position[edges[:, 1]]
    middle = (one + two) / 2
    if position.shape[1] == 3:
        # The circle on the sphere: its centre is the middle of the arc, its radius half of it.
        middle /= np.linalg.norm(middle, axis=1, keepdims=True)
    radius = np.linalg.norm(one - middle, axis=1)
    slack = radius * SLACK + rounding
    # The first three to hand: the ends of the edge, and whoever is nearest to its middle.
    nearest, third = np.asarray(cKDTree(position).query(middle, k=[1, 3])[0]).T
    kept = third > radius + slack
    doubtful = np.flatnonzero(~kept & (nearest >= radius - slack))
    kept[doubtful] = relative(position, edges[doubtful], rounding=rounding)
    return np.asarray(kept)


def relative(position: FloatArray, edges: IntArray, *, rounding: float = 0.0) -> BoolArray:
    """Tell which edges have no other point nearer to both ends than the ends to each other.

    Parameters
    ----------
    position, edges, rounding
        As for :func:`gabriel`.

    Notes
    -----
    A point that is as far as the ends are from each other (to rounding) takes no link away.

    References
    ----------
    Toussaint, G. T. (1980). The relative neighbourhood graph of a finite planar set. Pattern
    Recognition 12(4).
    """
    tree = cKDTree(position)
    length = np.linalg.norm(position[edges[:, 0]] - position[edges[:, 1]], axis=1)
    inside = length * (1 - SLACK) - rounding
    kept = np.ones(len(edges), dtype=bool)
    waiting, k = np.arange(len(edges)), min(1 + FIRST_LOOK, len(position))
    while waiting.size:
        unsettled = []
        for part in np.array_split(waiting, 1 + waiting.size * k // AT_ONCE):
            found = tree.query(position[edges[part, 0]], k=np.arange(1, k + 1))
            distance, near = np.asarray(found[0]), np.asarray(found[1])
            limit = inside[part, None]
            apart = np.linalg.norm(position[near] - position[edges[part, 1], None], axis=2)
            # Neither end blocks: each is as far from the other as the edge is long.
            blocked = ((distance < limit) & (apart < limit)).any(axis=1)
            kept[part[blocked]] = False
            unsettled.append(part[~blocked & (distance[:, -1] < inside[part])])
        waiting = np.concatenate(unsettled) if k < len(position) else waiting[:0]
        k = min(4 * k, len(position))
    return kept


def influence(position: FloatArray, edges: IntArray, *, rounding: float = 0.0) -> BoolArray:
    """Tell which edges join points whose circles to their nearest other points meet.

    References
    ----------
    Avis, D. and Horton, J. (1985). Remarks on the sphere of influence graph. Annals of the New
    York Academy of Sciences 440.
    """
    reach = np.asarray(cKDTree(position).query(position, k=[2])[0])[:, 0]
    if position.shape[1] == 3:
        # Circles on the sphere meet by arcs, and the sum of two chords is longer than its arc's.
        reach = 2 * np.arcsin(np.minimum(reach / 2, 1.0))
    length = np.linalg.norm(position[edges[:, 0]] - position[edges[:, 1]], axis=1)
    if position.shape[1] == 3:
        length = 2 * np.arcsin(np.minimum(length / 2, 1.0))
    both = reach[edges[:, 0]] + reach[edges[:, 1]]
    return np.asarray(length <= both * (1 + SLACK) + rounding)


def _sides(triangles: np.ndarray[tuple[int, int], np.dtype[np.integer]]) -> IntArray:
    """Return the sides of triangles, shape (m, 2), i < j, each once."""
    corners = triangles.astype(np.int64)
    sides = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]])
    if not len(sides):
        return sides
    n = int(sides.max()) + 1
    sides.sort(axis=1)
    return np.column_stack(np.divmod(np.unique(sides[:, 0] * n + sides[:, 1]), n))


def _tied(xy: FloatArray, corners: IntArray, across: IntArray) -> int:
    """Count sides whose two triangles have one circle: opposite angles add up to half a turn."""
    triangle, corner = np.nonzero(across > np.arange(len(corners))[:, None])
    other = across[triangle, corner]
    mine = corners[triangle, corner]
    ends = corners[triangle[:, None], np.column_stack([(corner + 1) % 3, (corner + 2) % 3])]
    theirs = corners[other].sum(axis=1) - ends.sum(axis=1)
    total = _angle(xy, mine, ends) + _angle(xy, theirs, ends)
    return int((np.abs(total - np.pi) < TIE).sum())


def _angle(xy: FloatArray, at: IntArray, ends: IntArray) -> FloatArray:
    u, v = xy[ends[:, 0]] - xy[at], xy[ends[:, 1]] - xy[at]
    cross = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
    return np.asarray(np.arctan2(np.abs(cross), (u * v).sum(axis=1)))
