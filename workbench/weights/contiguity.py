"""Neighbours that share a border: queen and rook contiguity of polygons."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from workbench.errors import check_option
from workbench.numerics.matrices import CsrArray
from workbench.typing import FloatArray, Islands, Normalization
from workbench.weights import geometry
from workbench.weights import islands as alone
from workbench.weights.graphs import canonical, matrix_of
from workbench.weights.recipe import Recipe
from workbench.weights.weights import Weights

GRID_BITS = 33
# 2^-33 is 1e-10 of the largest coordinate: under 1 mm for metres on a continent, far above the
# 1e-16 by which two ways of computing one corner differ.


def queen(regions: Any, *, islands: Islands = "error", normalize: Normalization = "row") -> Weights:
    """Build queen contiguity: regions that share at least a point of their borders.

    Parameters
    ----------
    regions : GeoDataFrame or GeoSeries of polygons
        Indexed by unique region id, in any order; not changed. A CRS is needed only for
        ``islands="nearest"``.
    islands : {"error", "nearest", "keep"}, default "error"
        Regions that touch no other are refused, linked both ways to the region whose border is
        nearest (noted with the distance), or kept without neighbours.
    normalize : {"row", "binary"}, default "row"
        Rows that sum to 1, or 0/1.

    Returns
    -------
    Weights
        Binary links, symmetric as built, ids sorted.

    Raises
    ------
    GeometryError
        If a geometry is missing, empty, invalid or not a polygon; if the CRS is missing where
        it is needed.
    IdError
        If ids are duplicated, missing or mixed.
    WeightsError
        If regions are islands under ``islands="error"``.

    Notes
    -----
    Two regions are neighbours if they share a vertex or touch anywhere along their borders:
    the borders need not be cut at the same vertices. Coordinates that agree to 1e-10 of the
    largest are one; wider slivers and gaps are not bridged. The nearest border is measured in
    the regions' own planar CRS, or in the azimuthal equidistant projection centred on the
    island.

    References
    ----------
    Anselin, L. and Rey, S. J. (2014). Modern Spatial Econometrics in Practice, chapter 3.

    Examples
    --------
    >>> from geopandas import GeoSeries
    >>> from shapely import box
    >>> row = GeoSeries({"a": box(0, 0, 1, 1), "b": box(1, 0, 2, 1), "c": box(2, 1, 3, 2)})
    >>> queen(row).cardinalities.to_dict()
    {'a': 1, 'b': 2, 'c': 1}
    """
    return _contiguity(regions, rook=False, islands=islands, normalize=normalize)


def rook(regions: Any, *, islands: Islands = "error", normalize: Normalization = "row") -> Weights:
    """Build rook contiguity: regions that share a border of positive length.

    Parameters
    ----------
    regions : GeoDataFrame or GeoSeries of polygons
        Indexed by unique region id, in any order; not changed. A CRS is needed only for
        ``islands="nearest"``.
    islands : {"error", "nearest", "keep"}, default "error"
        As for :func:`queen`.
    normalize : {"row", "binary"}, default "row"
        Rows that sum to 1, or 0/1.

    Returns
    -------
    Weights
        Binary links, symmetric as built, ids sorted.

    Raises
    ------
    GeometryError, IdError, WeightsError
        As for :func:`queen`.

    Notes
    -----
    Two regions are neighbours if they share an edge or a stretch of border, whether or not its
    ends are vertices of both (a T-junction has a vertex of one region only). Coordinates that
    agree to 1e-10 of the largest are one.

    References
    ----------
    Anselin, L. and Rey, S. J. (2014). Modern Spatial Econometrics in Practice, chapter 3.

    Examples
    --------
    >>> from geopandas import GeoSeries
    >>> from shapely import box
    >>> halves = {"left": box(0, 0, 1, 1), "right": box(1, 0, 2, 1)}
    >>> rook(GeoSeries({"top": box(0, 1, 2, 2), **halves})).cardinalities.to_dict()
    {'left': 2, 'right': 2, 'top': 2}
    """
    return _contiguity(regions, rook=True, islands=islands, normalize=normalize)


def _contiguity(regions: Any, *, rook: bool, islands: Islands, normalize: Normalization) -> Weights:
    check_option("islands", islands, Islands)
    check_option("normalize", normalize, Normalization)
    shapes = geometry.sorted_geometries(regions, argument="regions", kinds=geometry.POLYGONS)
    matrix = _shared_borders(shapes, rook=rook)
    recipe = Recipe("rook" if rook else "queen", islands=islands, crs=geometry.crs_name(shapes.crs))
    measure, unit = None, ""
    if islands == "nearest" and alone.positions(matrix).size:
        geometry.require_crs(shapes, argument="regions", purpose="to find the nearest region")
        measure, unit = geometry.boundary_distances(shapes)
    return alone.settle(
        shapes.index,
        matrix,
        recipe,
        normalization=normalize,
        refuse=lambda found: alone.refusal(
            shapes.index, found, found=f"{found.size} regions that touch no other"
        ),
        measure=measure or _never,
        unit=unit,
    )


def _shared_borders(shapes: Any, *, rook: bool) -> CsrArray:
    """Unite libpysal's two searches: each misses what the other finds.

    Comparing vertices misses borders that are cut at different vertices (T-junctions);
    comparing shapes misses neighbours that overlap by a sliver beside a shared vertex.
    """
    from libpysal.graph import Graph

    vertices, areas = _without_noise(shapes)
    found = []
    for strict, rounded in ((False, vertices), (True, areas)):
        graph = Graph.build_contiguity(rounded, rook=rook, strict=strict)
        found.append(matrix_of(graph, argument="regions")[1])
    union = canonical(found[0] + found[1] + found[1].T)
    union.data[:] = 1.0
    return union


def _without_noise(shapes: Any) -> tuple[Any, Any]:
    """Return the shapes with coordinates rounded to 1e-10 of the largest, twice.

    A corner computed as 3 x 0.1 by one cell and as 0.3 by the next is one corner. Unrounded,
    cells of a lattice lose neighbours, and diagonal ones share an edge of length 1e-16.

    Returns
    -------
    vertices, areas
        Every vertex rounded, which may leave polygons that touch themselves: for comparing
        vertices. The same with what collapsed taken out: for comparing shapes.
    """
    import shapely

    original = shapes.to_numpy()
    largest = float(np.abs(shapely.get_coordinates(original)).max())
    # A power of two: coordinates that fit the grid, such as whole numbers, stay as they are.
    grid = 2.0 ** (math.ceil(math.log2(largest)) - GRID_BITS)
    vertices = shapely.transform(original, lambda xy: np.round(xy / grid) * grid)
    areas = shapely.set_precision(original, grid)
    # A region thinner than the grid would be gone: leave that one alone.
    areas = np.where(shapely.is_empty(areas), original, areas)
    series = type(shapes)
    return series(vertices, index=shapes.index), series(areas, index=shapes.index)


def _never(_position: int) -> FloatArray:
    raise AssertionError("distances are asked for islands only")
