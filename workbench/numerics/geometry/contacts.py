"""Where straight edges touch each other although they are cut at different vertices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.typing import BoolArray, FloatArray, IntArray

_FEW_VERTICES = 16
# Looking at each vertex pays for bricks and cells; coastlines are left to geometry.


@dataclass(frozen=True, slots=True)
class Contacts:
    """How edge a touches edge b, pair by pair.

    Attributes
    ----------
    on_b : ndarray of bool, shape (m, 2)
        Whether the start and the end of a lie on b.
    on_a : ndarray of bool, shape (m, 2)
        Whether the start and the end of b lie on a.
    along : ndarray of bool, shape (m,)
        Whether a and b run along each other for a positive length.
    same_way : ndarray of bool, shape (m,)
        Whether a and b point the same way.
    """

    on_b: BoolArray
    on_a: BoolArray
    along: BoolArray
    same_way: BoolArray


def contacts(a: FloatArray, b: FloatArray, *, tolerance: float) -> Contacts:
    """Find where edges touch.

    Parameters
    ----------
    a, b : ndarray, shape (m, 2, 2)
        Start and end of both edges of each pair, as x and y.
    tolerance : float
        Largest distance, in the unit of the coordinates, at which a point lies on an edge.

    Notes
    -----
    Two straight edges that meet in two places farther apart than the tolerance run along each
    other between them.
    """
    on_b = np.column_stack([_on(a[:, end], b, tolerance) for end in (0, 1)])
    on_a = np.column_stack([_on(b[:, end], a, tolerance) for end in (0, 1)])
    reach = _reach([a[:, 0], a[:, 1], b[:, 0], b[:, 1]], [*on_b.T, *on_a.T])
    direction = _dot(a[:, 1] - a[:, 0], b[:, 1] - b[:, 0])
    # Twice the tolerance: one place can be found from both sides, each within the tolerance.
    return Contacts(on_b, on_a, reach > 2 * tolerance, direction > 0)


def _reach(places: Sequence[FloatArray], meeting: Sequence[BoolArray]) -> FloatArray:
    """Return the extent, along x or y, of the places that meet; shape (m,), 0 where none does."""
    low = np.full_like(places[0], np.inf)
    high = -low
    for place, meets in zip(places, meeting, strict=True):
        low = np.where(meets[:, None], np.minimum(low, place), low)
        high = np.where(meets[:, None], np.maximum(high, place), high)
    extent = high - low
    return np.asarray(np.maximum(np.maximum(extent[:, 0], extent[:, 1]), 0.0))


def _dot(one: FloatArray, two: FloatArray) -> FloatArray:
    # Sums over an axis of length 2 are several times slower.
    return np.asarray(one[:, 0] * two[:, 0] + one[:, 1] * two[:, 1])


def separated(
    edge: FloatArray,
    polygon: IntArray,
    xy: FloatArray,
    start: IntArray,
    *,
    tolerance: float,
) -> BoolArray:
    """Tell where a polygon lies on one side of the line through an edge; shape (m,).

    Such an edge cannot run through its interior. Polygons of more than 16 vertices are not
    looked at: False says nothing.

    Parameters
    ----------
    edge : ndarray, shape (m, 2, 2)
        Start and end of the edge of each pair.
    polygon : ndarray, shape (m,)
        Polygon of each pair.
    xy : ndarray, shape (v, 2)
        Vertices, polygon after polygon.
    start : ndarray, shape (n + 1,)
        Position of the first vertex of each polygon, and v.
    tolerance : float
        Largest distance, in the unit of the coordinates, that counts as on the line.
    """
    out = np.zeros(len(edge), dtype=bool)
    size = start[polygon + 1] - start[polygon]
    small = np.flatnonzero(size <= _FEW_VERTICES)
    if not small.size:
        return out
    size = size[small]
    first = np.cumsum(size) - size
    vertex = np.arange(size.sum()) + np.repeat(start[polygon[small]] - first, size)
    origin, along = edge[small, 0], edge[small, 1] - edge[small, 0]
    normal = np.column_stack([-along[:, 1], along[:, 0]])
    normal /= np.hypot(*along.T)[:, None]
    offset = xy[vertex] - np.repeat(origin, size, axis=0)
    distance = _dot(offset, np.repeat(normal, size, axis=0))
    lowest, highest = np.minimum.reduceat(distance, first), np.maximum.reduceat(distance, first)
    out[small] = (highest <= tolerance) | (lowest >= -tolerance)
    return out


def _on(point: FloatArray, edge: FloatArray, tolerance: float) -> BoolArray:
    """Tell whether points lie on edges, shape (m,)."""
    along = edge[:, 1] - edge[:, 0]
    offset = point - edge[:, 0]
    share = _dot(offset, along) / _dot(along, along)
    nearest = edge[:, 0] + np.clip(share, 0.0, 1.0)[:, None] * along
    return np.asarray(np.hypot(*(point - nearest).T) <= tolerance)
