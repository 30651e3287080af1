"""Neighbours that share a border: queen and rook contiguity of polygons."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.errors import GeometryError, check_option, listing
from workbench.numerics.sparse.orders import higher_order
from workbench.typing import FloatArray, Islands, Normalization
from workbench.weights import borders, geometry
from workbench.weights import islands as alone
from workbench.weights.orders import check_order
from workbench.weights.recipe import Recipe
from workbench.weights.weights import Weights

MOST_OVERLAP = 0.01
# Borders digitised twice leave slivers: the widest of Natural Earth's countries is 8e-7 of the
# smaller one. A hundredth of a region is no border.


def queen(
    regions: Any,
    *,
    order: int = 1,
    lower_order: bool = False,
    islands: Islands = "error",
    normalize: Normalization = "row",
) -> Weights:
    """Build queen contiguity: regions that share at least a point of their borders.

    Parameters
    ----------
    regions : GeoDataFrame or GeoSeries of polygons
        Indexed by unique region id, in any order; not changed. A CRS is needed only for
        ``islands="nearest"``.
    order : int, default 1
        Number of borders to cross: 2 are the neighbours of neighbours.
    lower_order : bool, default False
        Whether regions fewer borders away count too.
    islands : {"error", "nearest", "keep", "drop"}, default "error"
        Regions without neighbours are refused, linked both ways to the region whose border is
        nearest (noted with the distance), kept, or left out (noted).
    normalize : Normalization, default "row"
        Rows that sum to 1; ``"binary"`` or ``"none"`` for 0/1; see :meth:`Weights.normalize`.

    Returns
    -------
    Weights
        Binary links, symmetric as built, ids sorted.

    Raises
    ------
    GeometryError
        If a geometry is missing, empty, invalid or not a polygon; if regions overlap by more
        than a hundredth of the smaller one; if the CRS is missing where it is needed.
    IdError
        If ids are duplicated, missing or mixed.
    WeightsError
        If regions are islands under ``islands="error"``.

    Notes
    -----
    Two regions are neighbours if they share a vertex or touch anywhere along their borders:
    the borders need not be cut at the same vertices. Coordinates that agree to 1e-10 of the
    largest are one. Coordinates are taken as a plane: a map in degrees is cut where its longitudes
    end, so bring regions on both sides of the 180th meridian into a projection of their part of the
    world first. Regions that overlap by a sliver are neighbours (noted); gaps are not
    bridged. The nearest border is measured in
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
    return _contiguity(
        regions,
        rook=False,
        order=order,
        lower_order=lower_order,
        islands=islands,
        normalize=normalize,
    )


def rook(
    regions: Any,
    *,
    order: int = 1,
    lower_order: bool = False,
    islands: Islands = "error",
    normalize: Normalization = "row",
) -> Weights:
    """Build rook contiguity: regions that share a border of positive length.

    Parameters
    ----------
    regions : GeoDataFrame or GeoSeries of polygons
        Indexed by unique region id, in any order; not changed. A CRS is needed only for
        ``islands="nearest"``.
    order, lower_order, islands, normalize
        As for :func:`queen`.

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
    return _contiguity(
        regions,
        rook=True,
        order=order,
        lower_order=lower_order,
        islands=islands,
        normalize=normalize,
    )


def _contiguity(
    regions: Any,
    *,
    rook: bool,
    order: int,
    lower_order: bool,
    islands: Islands,
    normalize: Normalization,
) -> Weights:
    check_option("islands", islands, Islands)
    check_option("normalize", normalize, Normalization)
    check_order(order)
    shapes = geometry.sorted_geometries(
        regions, argument="regions", kinds=geometry.POLYGONS, valid=False
    )
    rings = borders.Rings.of(shapes.to_numpy())
    geometry.refuse_invalid(shapes, argument="regions", sure=rings.surely_valid())
    found = borders.touching(shapes.to_numpy(), rook=rook, rings=rings)
    notes = _slivers(shapes.index, found)
    matrix, parameters = found.matrix, {}
    if order > 1:
        matrix = higher_order(matrix, order, lower_order=lower_order)
        parameters = {"order": order, "lower_order": lower_order}
    name = "rook" if rook else "queen"
    recipe = Recipe(
        name, parameters, islands=islands, crs=geometry.crs_name(shapes.crs), notes=notes
    )
    measure, unit = None, ""
    if islands == "nearest" and alone.positions(matrix).size:
        geometry.require_crs(shapes, argument="regions", purpose="to find the nearest region")
        measure, unit = geometry.boundary_distances(shapes)
    touch = "that touch no other" if order == 1 else f"without neighbours of order {order}"
    return alone.settle(
        shapes.index,
        matrix,
        recipe,
        normalization=normalize,
        refuse=lambda lost: alone.refusal(shapes.index, lost, found=f"{lost.size} regions {touch}"),
        measure=measure or _never,
        unit=unit,
    )


def _slivers(ids: pd.Index, found: borders.Touching) -> tuple[str, ...]:
    """Refuse regions that overlap, and note those whose borders were digitised twice."""
    wide = found.share > MOST_OVERLAP
    pairs = [
        f"{ids[one]} and {ids[two]} ({share:.2g})"
        for one, two, share in zip(found.first, found.second, found.share, strict=True)
    ]
    if wide.any():
        named = [pair for pair, is_wide in zip(pairs, wide, strict=True) if is_wide]
        raise GeometryError(
            "regions",
            expected=f"regions that overlap by at most {MOST_OVERLAP:.0%} of the smaller one",
            found=f"{len(named)} pairs that overlap by more (share of the smaller one)",
            offenders=named,
            why="who borders on whom is not defined where two regions lie on one another",
            remedy="look at these pairs: drop the region that holds the other (a country among "
            "its provinces), or cut one out, e.g. a.difference(b)",
        )
    if not pairs:
        return ()
    return (f"{len(pairs)} pairs overlap by a sliver and are neighbours: {listing(pairs)}",)


def _never(_position: int) -> FloatArray:
    raise AssertionError("distances are asked for islands only")
