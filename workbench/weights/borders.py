"""Shared borders of polygons: equal vertices and edges first, geometry only where they differ."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from workbench.numerics.geometry import borders
from workbench.numerics.geometry.borders import Outlines, Whole
from workbench.numerics.geometry.contacts import contacts, separated
from workbench.numerics.sparse.matrices import CsrArray
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
    first: Whole
    second: Whole
    share: FloatArray


def touching(polygons: Any, *, rook: bool, rings: Rings | None = None) -> Touching:
    """Find the pairs of polygons that share a vertex (an edge, for rook) or touch between them.

    Parameters
    ----------
    polygons : array of shapely Polygons and MultiPolygons, shape (n,)
        Valid and not empty.
    rook : bool
        Whether a stretch of border of positive length is needed.
    rings : Rings, optional
        Of these polygons, where they have been read before.
    """
    shapes = (rings or Rings.of(polygons)).outlines()
    place, count = borders.places(shapes.xy)
    kind = borders.edge_kinds(shapes, place, count)
    if not kind.all():
        shapes, place, kind = _without_noise(shapes, place, count, kind)
    matrix = borders.links(shapes, place, count, rook=rook)
    pairs, suspects = [], [borders.doubled_edges(shapes, place, count, kind)]
    if not kind.all():
        segments = _Segments.of(shapes, np.flatnonzero(kind == borders.SINGLE))
        large = len(shapes.xy) >= borders.COMPILED
        search = _search(*segments.corners(), large=large)
        linked, doubled = _between_vertices(segments, search, shapes, place, rook=rook)
        pairs.append(linked)
        suspects += [doubled, _inside(segments, search, shapes, polygons)]
    first, second, share = _overlaps(polygons, suspects, tolerance=_tolerance(shapes.xy))
    if share.size:
        suspects.append(_hidden(polygons, np.unique(np.concatenate([first, second]))))
        first, second, share = _overlaps(polygons, suspects, tolerance=_tolerance(shapes.xy))
    pairs.append((first, second))
    matrix = borders.joined(matrix, borders.adjacency(*_joined(pairs), shapes.n))
    return Touching(matrix, first, second, share)


@dataclass(frozen=True, slots=True)
class Rings:
    """Closed rings of polygons as flat arrays.

    Attributes
    ----------
    xy : ndarray, shape (v, 2)
        Vertices, ring after ring.
    start : ndarray, shape (rings + 1,)
        Position of the first vertex of each ring, and v.
    owner : ndarray, shape (rings,)
        Polygon of each ring.
    inner : ndarray of bool, shape (rings,)
        Whether a ring is a hole.
    """

    xy: FloatArray
    start: IntArray
    owner: IntArray
    inner: BoolArray

    @classmethod
    def of(cls, polygons: Any) -> Rings:
        """Read them; most maps have one ring a polygon, read without a detour."""
        import shapely

        plain = (shapely.get_type_id(polygons) == POLYGON).all()
        if plain and not shapely.get_num_interior_rings(polygons).any():
            rings, owner = polygons, np.arange(len(polygons))
            inner = np.zeros(len(polygons), dtype=bool)
        else:
            parts, whose = shapely.get_parts(polygons, return_index=True)
            rings, part = shapely.get_rings(parts, return_index=True)
            inner, owner = np.append(False, part[1:] == part[:-1]), whose[part]
        size = np.asarray(shapely.get_num_coordinates(rings), dtype=np.int64)
        start = np.concatenate([[0], np.cumsum(size)])
        return cls(shapely.get_coordinates(rings), start, owner, inner)

    def outlines(self) -> Outlines:
        """Return them opened."""
        return borders.outlines(self.xy, self.start, self.owner, self.inner)

    def surely_valid(self) -> BoolArray:
        """Tell which polygons are of one ring that obviously does not meet itself, shape (n,)."""
        n = int(self.owner[-1]) + 1
        if len(self.xy) < borders.COMPILED:
            return np.zeros(n, dtype=bool)
        from workbench.numerics.geometry import incidence

        simple = incidence.star_shaped(self.xy, self.start)
        out = np.bincount(self.owner, minlength=n) == 1
        out[self.owner[~simple]] = False
        return np.asarray(out)


def _tolerance(xy: FloatArray) -> float:
    largest = float(max(xy.max(), -xy.min()))
    return float(2.0 ** (math.ceil(math.log2(largest or 1.0)) - GRID_BITS))


def _without_noise(
    shapes: Outlines, place: Whole, count: int, kind: NDArray[np.uint8]
) -> tuple[Outlines, Whole, NDArray[np.uint8]]:
    """Make corners one that differ by rounding, where edges found no match for that.

    A corner computed as 3 x 0.1 by one cell and as 0.3 by the next is one corner. Only ends of
    unmatched edges can be such corners; in clean maps those at the outer border.
    """
    single = np.flatnonzero(kind == borders.SINGLE)
    ends = np.concatenate([single, shapes.after[single]])
    vertex = ends[np.unique(place[ends], return_index=True)[1]]
    stands_for = borders.clusters(shapes.xy[vertex], _tolerance(shapes.xy))
    moves = stands_for != np.arange(vertex.size)
    if not moves.any():
        return shapes, place, kind
    # All vertices at a place that moves move with it.
    to = np.full(count, -1)
    to[place[vertex[moves]]] = vertex[stands_for[moves]]
    moved = np.flatnonzero(to[place] >= 0)
    target = to[place[moved]]
    xy, place = shapes.xy.copy(), place.copy()
    xy[moved], place[moved] = xy[target], place[target]
    cleaned = Outlines(xy, shapes.owner, shapes.after, shapes.left, shapes.n)
    return cleaned, place, borders.edge_kinds(cleaned, place, count)


_Pairs: TypeAlias = tuple[Whole, Whole]
_Boxes: TypeAlias = tuple[FloatArray, FloatArray]
_Search: TypeAlias = Callable[[FloatArray, FloatArray], _Pairs]


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

    def corners(self) -> _Boxes:
        """Lower left and upper right corners of the segments' boxes, widened by the tolerance."""
        one, two = self.ends[:, 0], self.ends[:, 1]
        return np.minimum(one, two) - self.tolerance, np.maximum(one, two) + self.tolerance


def _blocks(size: int) -> Iterator[slice]:
    """Cut so many boxes into blocks whose pairs fit the processor's cache."""
    return (slice(at, at + BLOCK) for at in range(0, size, BLOCK))


def _search(low: FloatArray, high: FloatArray, *, large: bool) -> _Search:
    """Return a search for the boxes that meet others: pairs of positions, of others first."""
    if large:
        from workbench.numerics.geometry import boxes

        grid = boxes.grid(low, high)
        return lambda low, high: boxes.meeting(grid, low, high)
    import shapely

    tree = shapely.STRtree(shapely.box(*low.T, *high.T))
    return lambda low, high: tuple(tree.query(shapely.box(*low.T, *high.T)))


def _between_vertices(
    segments: _Segments, search: _Search, shapes: Outlines, place: Whole, *, rook: bool
) -> tuple[_Pairs, _Pairs]:
    """Find polygons that touch between vertices, and those that run along on the same side."""
    low, high = segments.corners()
    found = [
        _meeting(segments, search(low[block], high[block]), block.start, place)
        for block in _blocks(len(low))
    ]
    along, doubled, touched = (_joined([part[kind] for part in found]) for kind in range(3))
    if rook:
        return along, doubled
    vertex, polygon = touched
    return (_owners(vertex, polygon, shapes, place) if vertex.size else touched), doubled


def _meeting(
    segments: _Segments, pairs: _Pairs, start: int, place: Whole
) -> tuple[_Pairs, _Pairs, _Pairs]:
    """Compare pairs of segments: along each other, on one side, vertex on polygon."""
    one, two = pairs[0] + start, pairs[1]
    chosen = (one < two) & (segments.owner[one] != segments.owner[two])
    one, two = one[chosen], two[chosen]
    found = contacts(segments.ends[one], segments.ends[two], tolerance=segments.tolerance)
    a, b = segments.owner[one], segments.owner[two]
    same_side = found.along & (found.same_way == (segments.left[one] == segments.left[two]))
    # A vertex that lies on another polygon's edge is a corner of all polygons that have it.
    # Common vertices are known already.
    first, second = segments.vertex[one], segments.vertex[two]
    common = place[first][:, :, None] == place[second][:, None, :]
    on_b = found.on_b & ~(common[:, :, 0] | common[:, :, 1])
    on_a = found.on_a & ~(common[:, 0] | common[:, 1])
    vertices = np.concatenate([first[on_b], second[on_a]])
    touched = np.concatenate([b[np.nonzero(on_b)[0]], a[np.nonzero(on_a)[0]]])
    return (a[found.along], b[found.along]), (a[same_side], b[same_side]), (vertices, touched)


def _owners(vertex: Whole, polygon: Whole, shapes: Outlines, place: Whole) -> _Pairs:
    """Pair every polygon that has a vertex at these places with the polygon touched there."""
    places, inverse = np.unique(place[vertex], return_inverse=True)
    at = np.minimum(np.searchsorted(places, place), places.size - 1)
    having = np.flatnonzero(places[at] == place)
    order = having[np.argsort(at[having], kind="stable")]
    count = np.bincount(at[having], minlength=places.size)
    start = np.cumsum(count) - count
    size = count[inverse]
    offset = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
    owners = shapes.owner[order[np.repeat(start[inverse], size) + offset]]
    return owners, np.repeat(polygon, size)


def _inside(segments: _Segments, search: _Search, shapes: Outlines, polygons: Any) -> _Pairs:
    """Find polygons through whose interior an unmatched edge of another runs.

    Where areas overlap, coverage falls from two to one somewhere, and it does so at an edge
    without a match (or at edges that lie on the same side, found elsewhere).
    """
    import shapely

    start = np.searchsorted(shapes.owner, np.arange(shapes.n + 1))
    bounds = shapely.bounds(polygons)
    # Less than the tolerance deep in, a box is beside: segments' boxes are wider by one.
    middle = (bounds[:, :2] + bounds[:, 2:]) / 2
    low = np.minimum(bounds[:, :2] + 2 * segments.tolerance, middle)
    high = np.maximum(bounds[:, 2:] - 2 * segments.tolerance, middle)
    found: list[_Pairs] = []
    for block in _blocks(shapes.n):
        polygon, line = search(low[block], high[block])
        polygon = polygon + block.start
        others = segments.owner[line] != polygon
        line, polygon = line[others], polygon[others]
        # A coast lies in the box of every large region around: many pairs a polygon.
        for few in _blocks(len(line)):
            crossing, crossed = line[few], polygon[few]
            ends = segments.ends[crossing]
            beside = separated(ends, crossed, shapes.xy, start, tolerance=segments.tolerance)
            crossing, crossed = crossing[~beside], crossed[~beside]
            through = _through(ends[~beside], polygons, crossed)
            found.append((segments.owner[crossing[through]], crossed[through]))
    return _joined([*found, (np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))])


def _through(ends: FloatArray, polygons: Any, of: Whole) -> BoolArray:
    """Tell which segments run through the interior of their polygon, shape (m,)."""
    import shapely

    asked, at = np.unique(of, return_inverse=True)
    # Copies: preparing leaves an index with the geometry, and these are the caller's.
    prepared = shapely.transform(polygons[asked], np.copy)
    shapely.prepare(prepared)
    lines = shapely.linestrings(ends)
    through = np.asarray(shapely.intersects(prepared[at], lines))
    through[through] = ~shapely.touches(prepared[at[through]], lines[through])
    return through


def _hidden(polygons: Any, involved: Whole) -> _Pairs:
    """Find polygons with a part that lies within one that is known to overlap others.

    All its edges may have matches: a second, slightly larger outline of one province crosses the
    neighbours of that province only.
    """
    import shapely

    parts, whose = shapely.get_parts(polygons, return_index=True)
    over, part = shapely.STRtree(parts).query(polygons[involved])
    over = involved[over]
    over, part = over[over != whose[part]], part[over != whose[part]]
    asked, at = np.unique(part, return_inverse=True)
    within = shapely.intersects(shapely.point_on_surface(parts[asked])[at], polygons[over])
    return over[within], whose[part[within]]


def _joined(parts: list[_Pairs]) -> _Pairs:
    return np.concatenate([one for one, _ in parts]), np.concatenate([two for _, two in parts])


def _overlaps(
    polygons: Any, suspects: list[_Pairs], *, tolerance: float
) -> tuple[Whole, Whole, FloatArray]:
    """Measure the areas that suspected pairs have in common, and keep those that have one."""
    import shapely

    both = np.column_stack(_joined(suspects))
    both = np.unique(np.sort(both, axis=1), axis=0)
    if not len(both):
        return both[:, 0], both[:, 1], np.empty(0)
    one, two = polygons[both[:, 0]], polygons[both[:, 1]]
    # On a grid: where borders differ by rounding, the exact overlay can return a whole polygon.
    share = shapely.area(shapely.intersection(one, two, grid_size=tolerance))
    share = share / np.minimum(shapely.area(one), shapely.area(two))
    # Below the square root of machine precision an area is rounding of coordinates.
    real = share > 1.5e-8
    return both[real, 0], both[real, 1], share[real]
