"""Shared borders of polygons: equal vertices and edges first, geometry only where they differ."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.numerics import borders
from workbench.numerics.borders import Outlines, SharedEdges
from workbench.numerics.contacts import contacts, separated
from workbench.numerics.matrices import CsrArray
from workbench.typing import BoolArray, FloatArray, IntArray

GRID_BITS = 33
# 2^-33 is 1e-10 of the largest coordinate: under 1 mm for metres on a continent, far above the
# 1e-16 by which two ways of computing one corner differ.

POLYGON = 3
"""shapely's number of the type Polygon; the other that comes here is MultiPolygon, 6."""


@dataclass(frozen=True, slots=True)
class Touching:
    """Polygons that touch, and polygons that overlap.

    Attributes
    ----------
    matrix : csr_array of shape (n, n)
        Symmetric, 0/1.
    first, second : ndarray, shape (m,)
        Positions of pairs whose areas overlap, first < second.
    share : ndarray, shape (m,)
        Area they have in common, as a share of the smaller one's.
    """

    matrix: CsrArray
    first: IntArray
    second: IntArray
    share: FloatArray


def touching(polygons: Any, *, rook: bool) -> Touching:
    """Find the pairs of polygons that share a vertex (an edge, for rook) or touch between them.

    Parameters
    ----------
    polygons : array of shapely Polygons and MultiPolygons, shape (n,)
        Valid and not empty.
    rook : bool
        Whether a stretch of border of positive length is needed.
    """
    shapes = _outlines(polygons)
    keys = borders.place_keys(shapes.xy)
    edges = borders.shared_edges(shapes, keys)
    if edges.unmatched.size:
        shapes, keys, edges = _without_noise(shapes, keys, edges)
    pairs = [(edges.first, edges.second)]
    if not rook:
        pairs.append(borders.shared_vertices(shapes, keys))
    suspects = [(edges.first[edges.overlapping], edges.second[edges.overlapping])]
    if edges.unmatched.size:
        segments = _Segments.of(shapes, edges.unmatched)
        linked, doubled = _between_vertices(segments, shapes, keys, rook=rook)
        pairs.append(linked)
        suspects += [doubled, _inside(segments, shapes, polygons)]
    first, second, share = _overlaps(polygons, suspects)
    pairs.append((first, second))
    one, two = (np.concatenate([pair[end] for pair in pairs]) for end in (0, 1))
    return Touching(borders.adjacency(one, two, shapes.n), first, second, share)


def _outlines(polygons: Any) -> Outlines:
    """Return the rings of polygons; most maps have one ring a polygon, read without a detour."""
    import shapely

    n = len(polygons)
    plain = (shapely.get_type_id(polygons) == POLYGON).all()
    if plain and not shapely.get_num_interior_rings(polygons).any():
        xy, ring = shapely.get_coordinates(polygons, return_index=True)
        return borders.outlines(xy, ring, np.arange(n), np.zeros(n, dtype=bool))
    parts, whose = shapely.get_parts(polygons, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    inner = np.append(False, part[1:] == part[:-1])
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    return borders.outlines(xy, ring, whose[part], inner)


def _tolerance(xy: FloatArray) -> float:
    largest = float(np.abs(xy).max())
    return float(2.0 ** (math.ceil(math.log2(largest or 1.0)) - GRID_BITS))


def _without_noise(
    shapes: Outlines, keys: Any, edges: SharedEdges
) -> tuple[Outlines, Any, SharedEdges]:
    """Make corners one that differ by rounding, where edges found no match for that.

    A corner computed as 3 x 0.1 by one cell and as 0.3 by the next is one corner. Only polygons
    that own an unmatched edge can have such corners; in clean maps those at the outer border.
    """
    owns = np.zeros(shapes.n, dtype=bool)
    owns[shapes.owner[edges.unmatched]] = True
    loose = owns[shapes.owner]
    tolerance = _tolerance(shapes.xy)
    xy = shapes.xy.copy()
    for axis in (0, 1):
        xy[loose, axis] = borders.merged(xy[loose, axis], tolerance)
    moved = borders.place_keys(xy[loose])
    if np.unique(moved).size == np.unique(keys[loose]).size:
        return shapes, keys, edges
    # Vertices of other polygons at a place that moved move with it.
    place, first = np.unique(keys[loose], return_index=True)
    at = np.minimum(np.searchsorted(place, keys), place.size - 1)
    same = place[at] == keys
    new_keys = np.where(same, moved[first][at], keys)
    xy[same] = xy[loose][first][at[same]]
    cleaned = Outlines(xy, shapes.owner, shapes.after, shapes.left, shapes.n)
    return cleaned, new_keys, borders.shared_edges(cleaned, new_keys)


@dataclass(frozen=True, slots=True)
class _Segments:
    """Edges without a match: ends, shape (u, 2, 2), owners, sides, vertices, tolerance."""

    ends: FloatArray
    owner: IntArray
    left: BoolArray
    vertex: IntArray
    tolerance: float

    @classmethod
    def of(cls, shapes: Outlines, unmatched: IntArray) -> _Segments:
        vertex = np.column_stack([unmatched, shapes.after[unmatched]])
        ends = shapes.xy[vertex]
        # Corners that merged into one leave edges without length.
        real = (ends[:, 0] != ends[:, 1]).any(axis=1)
        of = unmatched[real]
        return cls(
            ends[real], shapes.owner[of], shapes.left[of], vertex[real], _tolerance(shapes.xy)
        )

    def near(self) -> tuple[IntArray, IntArray]:
        """Pairs of segments of two polygons whose boxes meet within the tolerance."""
        import shapely

        low, high = self.ends.min(axis=1), self.ends.max(axis=1)
        boxes = shapely.box(*(low - self.tolerance).T, *(high + self.tolerance).T)
        one, two = shapely.STRtree(boxes).query(boxes)
        chosen = (one < two) & (self.owner[one] != self.owner[two])
        return one[chosen], two[chosen]


_Pairs = tuple[IntArray, IntArray]


def _between_vertices(
    segments: _Segments, shapes: Outlines, keys: Any, *, rook: bool
) -> tuple[_Pairs, _Pairs]:
    """Find polygons that touch between vertices, and those that run along on the same side."""
    one, two = segments.near()
    found = contacts(segments.ends[one], segments.ends[two], tolerance=segments.tolerance)
    a, b = segments.owner[one], segments.owner[two]
    same_side = found.along & (found.same_way == (segments.left[one] == segments.left[two]))
    doubled = a[same_side], b[same_side]
    if rook:
        return (a[found.along], b[found.along]), doubled
    # A vertex that lies on another polygon's edge is a corner of all polygons that have it.
    # Common vertices are known already.
    first, second = segments.vertex[one], segments.vertex[two]
    common = keys[first][:, :, None] == keys[second][:, None, :]
    on_b, on_a = found.on_b & ~common.any(axis=2), found.on_a & ~common.any(axis=1)
    vertices = np.concatenate([first[on_b], second[on_a]])
    touched = np.concatenate([b[np.nonzero(on_b)[0]], a[np.nonzero(on_a)[0]]])
    if not vertices.size:
        return (vertices, touched), doubled
    return _owners(vertices, touched, shapes, keys), doubled


def _owners(vertex: IntArray, polygon: IntArray, shapes: Outlines, keys: Any) -> _Pairs:
    """Pair every polygon that has a vertex at these places with the polygon touched there."""
    places, inverse = np.unique(keys[vertex], return_inverse=True)
    at = np.minimum(np.searchsorted(places, keys), places.size - 1)
    having = np.flatnonzero(places[at] == keys)
    order = having[np.argsort(at[having], kind="stable")]
    count = np.bincount(at[having], minlength=places.size)
    start = np.cumsum(count) - count
    size = count[inverse]
    offset = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
    owners = shapes.owner[order[np.repeat(start[inverse], size) + offset]]
    return owners, np.repeat(polygon, size)


def _inside(segments: _Segments, shapes: Outlines, polygons: Any) -> _Pairs:
    """Find polygons through whose interior an unmatched edge of another runs.

    Where areas overlap, coverage falls from two to one somewhere, and it does so at an edge
    without a match (or at edges that lie on the same side, found elsewhere).
    """
    import shapely

    low, high = segments.ends.min(axis=1), segments.ends.max(axis=1)
    line, polygon = shapely.STRtree(polygons).query(shapely.box(*low.T, *high.T))
    other = segments.owner[line] != polygon
    line, polygon = line[other], polygon[other]
    start = np.searchsorted(shapes.owner, np.arange(shapes.n + 1))
    beside = separated(segments.ends[line], polygon, shapes.xy, start, tolerance=segments.tolerance)
    line, polygon = line[~beside], polygon[~beside]
    lines = shapely.linestrings(segments.ends[line])
    through = shapely.relate_pattern(lines, polygons[polygon], "T********")
    return segments.owner[line[through]], polygon[through]


def _overlaps(polygons: Any, suspects: list[_Pairs]) -> tuple[IntArray, IntArray, FloatArray]:
    """Measure the areas that suspected pairs have in common, and keep those that have one."""
    import shapely

    both = np.column_stack([np.concatenate([pair[end] for pair in suspects]) for end in (0, 1)])
    both = np.unique(np.sort(both, axis=1), axis=0)
    if not len(both):
        return both[:, 0], both[:, 1], np.empty(0)
    one, two = polygons[both[:, 0]], polygons[both[:, 1]]
    share = shapely.area(shapely.intersection(one, two))
    share = share / np.minimum(shapely.area(one), shapely.area(two))
    # Below the square root of machine precision an area is rounding of coordinates.
    real = share > 1.5e-8
    return both[real, 0], both[real, 1], share[real]
