"""Graphs of points in the plane: Delaunay, Gabriel, relative neighbours, spheres of influence."""

from __future__ import annotations

import numpy as np
from scipy.spatial import Delaunay, cKDTree

from workbench.typing import BoolArray, FloatArray, IntArray

SLACK = 1e-10
# A point on a circle to this relative precision is not inside it: lattices are full of such.


def delaunay_edges(xy: FloatArray) -> IntArray:
    """Return the edges of the Delaunay triangulation, shape (m, 2), i < j, each once.

    Four points on one circle have two triangulations; Qhull's is taken.
    """
    corners = Delaunay(xy).simplices
    edges = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]])
    return np.unique(np.sort(edges.astype(np.int64), axis=1), axis=0)


def gabriel(position: FloatArray, edges: IntArray) -> BoolArray:
    """Tell which edges have no other point inside the circle of which they are a diameter.

    Parameters
    ----------
    position : ndarray, shape (n, 2 or 3)
        In the plane or on the unit sphere.
    edges : ndarray, shape (m, 2)
        Candidates, e.g. those of the Delaunay triangulation, of which Gabriel's are a part.

    References
    ----------
    Gabriel, K. R. and Sokal, R. R. (1969). A new statistical approach to geographic variation
    analysis. Systematic Zoology 18(3).
    """
    one, two = position[edges[:, 0]], position[edges[:, 1]]
    middle = (one + two) / 2
    if position.shape[1] == 3:
        # The circle on the sphere: its centre is the middle of the arc, its radius half of it.
        middle /= np.linalg.norm(middle, axis=1, keepdims=True)
    radius = np.linalg.norm(one - middle, axis=1)
    nearest = np.asarray(cKDTree(position).query(middle, k=[1])[0])[:, 0]
    return np.asarray(nearest >= radius * (1 - SLACK))


def relative(position: FloatArray, edges: IntArray) -> BoolArray:
    """Tell which edges have no other point nearer to both ends than the ends to each other.

    References
    ----------
    Toussaint, G. T. (1980). The relative neighbourhood graph of a finite planar set. Pattern
    Recognition 12(4).
    """
    tree = cKDTree(position)
    length = np.linalg.norm(position[edges[:, 0]] - position[edges[:, 1]], axis=1)
    out = np.empty(len(edges), dtype=bool)
    inside = length * (1 - SLACK)
    near_one = tree.query_ball_point(position[edges[:, 0]], inside)
    for at, (found, (i, j)) in enumerate(zip(near_one, edges, strict=True)):
        others = np.array(found, dtype=np.int64)
        others = others[(others != i) & (others != j)]
        apart = np.linalg.norm(position[others] - position[j], axis=1)
        out[at] = not (apart < inside[at]).any()
    return out


def influence(position: FloatArray, edges: IntArray) -> BoolArray:
    """Tell which edges join points whose circles to their nearest other points meet.

    References
    ----------
    Avis, D. and Horton, J. (1985). Remarks on the sphere of influence graph. Annals of the New
    York Academy of Sciences 440.
    """
    reach = np.asarray(cKDTree(position).query(position, k=[2])[0])[:, 0]
    length = np.linalg.norm(position[edges[:, 0]] - position[edges[:, 1]], axis=1)
    return np.asarray(length <= (reach[edges[:, 0]] + reach[edges[:, 1]]) * (1 + SLACK))
