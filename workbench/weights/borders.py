"""Shared borders of polygons: equal vertices and edges first, geometry only where they differ."""

from __future__ import annotations

import math
from collections.abc import Iterator
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

BLOCK = 20_000
# Segments compared at a time: some ten megabytes of pairs, whatever the size of the map.

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
    one, two = _joined(pairs)
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
        real = (ends[:, 0, 0] != ends[:, 1, 0]) | (ends[:, 0, 1] != ends[:, 1, 1])
        of = unmatched[real]
        return cls(
            ends[real], shapes.owner[of], shapes.left[of], vertex[real], _tolerance(shapes.xy)
        )

    def blocks(self) -> Iterator[slice]:
        """Cut the segments into blocks whose pairs fit the processor's cache."""
        return (slice(at, at + BLOCK) for at in range(0, len(self.owner), BLOCK))

    def boxes(self, block: slice = slice(None)) -> Any:
        """Boxes of the segments, widened by the tolerance."""
        import shapely

        low, high = self.corners(block)
        return shapely.box(*(low - self.tolerance).T, *(high + self.tolerance).T)

    def corners(self, block: slice = slice(None)) -> tuple[FloatArray, FloatArray]:
        """Lower left and upper right corners of the segments' boxes."""
        one, two = self.ends[block, 0], self.ends[block, 1]
        return np.minimum(one, two), np.maximum(one, two)


_Pairs = tuple[IntArray, IntArray]


def _between_vertices(
    segments: _Segments, shapes: Outlines, keys: Any, *, rook: bool
) -> tuple[_Pairs, _Pairs]:
    """Find polygons that touch between vertices, and those that run along on the same side."""
    import shapely

    boxes = segments.boxes()
    tree = shapely.STRtree(boxes)
    found = [_meeting(segments, tree, boxes, block, keys) for block in segments.blocks()]
    along, doubled, touched = (_joined([part[kind] for part in found]) for kind in range(3))
    if rook:
        return along, doubled
    vertex, polygon = touched
    return (_owners(vertex, polygon, shapes, keys) if vertex.size else touched), doubled


def _meeting(
    segments: _Segments, tree: Any, boxes: Any, block: slice, keys: Any
) -> tuple[_Pairs, _Pairs, _Pairs]:
    """Compare a block of segments with all: along each other, on one side, vertex on polygon."""
    one, two = tree.query(boxes[block])
    one = one + block.start
    chosen = (one < two) & (segments.owner[one] != segments.owner[two])
    one, two = one[chosen], two[chosen]
    found = contacts(segments.ends[one], segments.ends[two], tolerance=segments.tolerance)
    a, b = segments.owner[one], segments.owner[two]
    same_side = found.along & (found.same_way == (segments.left[one] == segments.left[two]))
    # A vertex that lies on another polygon's edge is a corner of all polygons that have it.
    # Common vertices are known already.
    first, second = segments.vertex[one], segments.vertex[two]
    common = keys[first][:, :, None] == keys[second][:, None, :]
    on_b = found.on_b & ~(common[:, :, 0] | common[:, :, 1])
    on_a = found.on_a & ~(common[:, 0] | common[:, 1])
    vertices = np.concatenate([first[on_b], second[on_a]])
    touched = np.concatenate([b[np.nonzero(on_b)[0]], a[np.nonzero(on_a)[0]]])
    return (a[found.along], b[found.along]), (a[same_side], b[same_side]), (vertices, touched)


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

    tree = shapely.STRtree(polygons)
    start = np.searchsorted(shapes.owner, np.arange(shapes.n + 1))
    bounds = shapely.bounds(polygons)
    low, high = segments.corners()
    found: list[_Pairs] = []
    for block in segments.blocks():
        line, polygon = tree.query(segments.boxes(block))
        line = line + block.start
        reaching = segments.owner[line] != polygon
        for axis in (0, 1):
            reaching &= low[line, axis] < bounds[polygon, axis + 2] - segments.tolerance
            reaching &= high[line, axis] > bounds[polygon, axis] + segments.tolerance
        line, polygon = line[reaching], polygon[reaching]
        ends = segments.ends[line]
        beside = separated(ends, polygon, shapes.xy, start, tolerance=segments.tolerance)
        line, polygon = line[~beside], polygon[~beside]
        lines = shapely.linestrings(ends[~beside])
        through = shapely.relate_pattern(lines, polygons[polygon], "T********")
        found.append((segments.owner[line[through]], polygon[through]))
    return _joined(found)


def _joined(parts: list[_Pairs]) -> _Pairs:
    return np.concatenate([one for one, _ in parts]), np.concatenate([two for _, two in parts])


def _overlaps(polygons: Any, suspects: list[_Pairs]) -> tuple[IntArray, IntArray, FloatArray]:
    """Measure the areas that suspected pairs have in common, and keep those that have one."""
    import shapely

    both = np.column_stack(_joined(suspects))
    both = np.unique(np.sort(both, axis=1), axis=0)
    if not len(both):
        return both[:, 0], both[:, 1], np.empty(0)
    one, two = polygons[both[:, 0]], polygons[both[:, 1]]
    share = shapely.area(shapely.intersection(one, two))
    share = share / np.minimum(shapely.area(one), shapely.area(two))
    # Below the square root of machine precision an area is rounding of coordinates.
    real = share > 1.5e-8
    return both[real, 0], both[real, 1], share[real]
