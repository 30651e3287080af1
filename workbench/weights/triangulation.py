"""Neighbours of points without a distance or a number to choose: Delaunay and its subgraphs."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from workbench.errors import GeometryError, WeightsError
from workbench.numerics import triangulation
from workbench.typing import FloatArray, IntArray, Metric, Normalization, Unit
from workbench.weights.graphs import canonical
from workbench.weights.places import Places, locate
from workbench.weights.recipe import Recipe
from workbench.weights.weights import Weights, assemble

WIDEST = 120.0
"""Degrees from the centre up to which points on the sphere are triangulated as a map."""


def delaunay(points: Any, *, metric: Metric = "auto", normalize: Normalization = "row") -> Weights:
    """Link points that share a side of a Delaunay triangle.

    Parameters
    ----------
    points : GeoDataFrame or GeoSeries of points or polygons
        Three or more, not on one line, indexed by region id, with a CRS; not changed. Polygons
        count at their centroids.
    metric : Metric, default "auto"
        Where the CRS is geographic the triangulation is that of the sphere: points are put in a
        stereographic plane about their centre, where circles stay circles.
    normalize : Normalization, default "row"
        Of the weights that come out.

    Returns
    -------
    Weights
        0/1 links as built, symmetric, one part, without islands. At the rim triangles are long
        and thin: :func:`gabriel` leaves such links out.

    Raises
    ------
    GeometryError
        If geometries or CRS are unusable, ``"planar"`` meets degrees, points lie on one line, or
        more than 120 degrees from their centre.
    WeightsError
        If points coincide.

    References
    ----------
    Matula, D. W. and Sokal, R. R. (1980). Properties of Gabriel graphs relevant to geographic
    variation research. Geographical Analysis 12(3).

    Examples
    --------
    >>> from geopandas import GeoSeries, points_from_xy
    >>> square = GeoSeries(points_from_xy([0, 2, 0, 2.1], [0, 0, 1, 1]), list("abcd"), crs=3857)
    >>> delaunay(square).sparse.nnz
    10
    """
    places, edges = _triangulated(points, metric)
    return _linked("delaunay", places, edges, normalize)


def gabriel(points: Any, *, metric: Metric = "auto", normalize: Normalization = "row") -> Weights:
    """Link points when no other lies in the circle whose diameter they are.

    Parameters, returns and errors are those of :func:`delaunay`, of which the links are a part.

    References
    ----------
    Gabriel, K. R. and Sokal, R. R. (1969). A new statistical approach to geographic variation
    analysis. Systematic Zoology 18(3).

    Examples
    --------
    >>> from geopandas import GeoSeries, points_from_xy
    >>> flat = GeoSeries(points_from_xy([0, 2, 1], [0, 0, 0.5]), index=list("abc"), crs=3857)
    >>> gabriel(flat).cardinalities.to_dict()
    {'a': 1, 'b': 1, 'c': 2}
    """
    places, edges = _triangulated(points, metric)
    kept = triangulation.gabriel(places.points, edges)
    return _linked("gabriel", places, edges[kept], normalize)


def relative_neighbor(
    points: Any, *, metric: Metric = "auto", normalize: Normalization = "row"
) -> Weights:
    """Link points when no other is nearer to both of them than they are to each other.

    Parameters, returns and errors are those of :func:`delaunay`; the links are a part of
    Gabriel's.

    References
    ----------
    Toussaint, G. T. (1980). The relative neighbourhood graph of a finite planar set. Pattern
    Recognition 12(4).

    Examples
    --------
    >>> from geopandas import GeoSeries, points_from_xy
    >>> flat = GeoSeries(points_from_xy([0, 2, 1], [0, 0, 1.2]), index=list("abc"), crs=3857)
    >>> relative_neighbor(flat).cardinalities.to_dict()
    {'a': 1, 'b': 1, 'c': 2}
    """
    places, edges = _triangulated(points, metric)
    edges = edges[triangulation.gabriel(places.points, edges)]
    kept = triangulation.relative(places.points, edges)
    return _linked("relative_neighbor", places, edges[kept], normalize)


def sphere_of_influence(
    points: Any, *, metric: Metric = "auto", normalize: Normalization = "row"
) -> Weights:
    """Link points of a Delaunay triangle when their circles to the nearest other points meet.

    Parameters, returns and errors are those of :func:`delaunay`. There may be several parts.

    References
    ----------
    Avis, D. and Horton, J. (1985). Remarks on the sphere of influence graph. Annals of the New
    York Academy of Sciences 440; Bivand, R., Pebesma, E. and Gómez-Rubio, V. (2013). Applied
    Spatial Data Analysis with R, section 9.2.

    Examples
    --------
    >>> from geopandas import GeoSeries, points_from_xy
    >>> line = GeoSeries(points_from_xy([0, 1, 6, 7], [0, 0, 0, 0.1]), list("abcd"), crs=3857)
    >>> sphere_of_influence(line).cardinalities.to_dict()
    {'a': 1, 'b': 1, 'c': 1, 'd': 1}
    """
    places, edges = _triangulated(points, metric)
    kept = triangulation.influence(places.points, edges)
    return _linked("sphere_of_influence", places, edges[kept], normalize)


def _triangulated(points: Any, metric: Metric) -> tuple[Places, IntArray]:
    crs = getattr(points, "crs", None)
    unit: Unit = "crs"
    if crs is None or crs.is_geographic or metric not in ("auto", "planar"):
        unit = "km"
    places = locate(points, metric=metric, unit=unit)
    _refuse_coincident(places)
    plane = places.points if places.points.shape[1] == 2 else _stereographic(places)
    centered = plane - plane.mean(axis=0)
    spread = np.linalg.svd(centered, compute_uv=False)
    if places.n < 3 or spread[1] <= 1e-9 * spread[0]:
        raise GeometryError(
            "points",
            expected="three or more points that do not lie on one line",
            found=f"{places.n} points" + (" on a line" if places.n > 2 else ""),
            why="there is no triangle",
            remedy="use knn or distance_band",
        )
    return places, triangulation.delaunay_edges(centered)


def _stereographic(places: Places) -> FloatArray:
    """Project points of the unit sphere from the antipode of their centre; shape (n, 2)."""
    center = places.points.mean(axis=0)
    length = float(np.linalg.norm(center))
    axis = center / length if length > 0 else np.array([0.0, 0.0, 1.0])
    height = places.points @ axis
    far = height < np.cos(np.radians(WIDEST))
    if far.any():
        raise GeometryError(
            "points",
            expected=f"points within {WIDEST:g} degrees of their centre",
            found=f"{int(far.sum())} farther away",
            offenders=list(places.ids[far]),
            why="triangles would close around the back of the globe",
            remedy="use knn or distance_band, or triangulate the continents one by one",
        )
    east = np.cross([0.0, 0.0, 1.0] if abs(axis[2]) < 0.9 else [1.0, 0.0, 0.0], axis)
    east /= np.linalg.norm(east)
    plane = np.column_stack([places.points @ east, places.points @ np.cross(axis, east)])
    return np.asarray(plane / (1.0 + height)[:, None])


def _refuse_coincident(places: Places) -> None:
    order = np.lexsort(places.points.T)
    at = places.points[order]
    same = (at[1:] == at[:-1]).all(axis=1)
    if same.any():
        pairs = zip(places.ids[order[:-1][same]], places.ids[order[1:][same]], strict=True)
        raise WeightsError(
            "points",
            expected="points that do not coincide",
            found=f"{int(same.sum())} pairs at one place",
            offenders=[f"{a} = {b}" for a, b in pairs],
            why="a triangulation knows a place once",
            remedy="merge them into one region, move them apart, or use knn or distance_band",
        )


def _linked(name: str, places: Places, edges: IntArray, normalize: Normalization) -> Weights:
    ends = np.concatenate([edges, edges[:, ::-1]])
    matrix = canonical(
        sparse.coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(places.n,) * 2)
    )
    where = "on the sphere" if places.points.shape[1] == 3 else "in the plane"
    recipe = Recipe(name, {"metric": places.metric}, islands="error", crs=places.crs).noting(
        f"neighbours of points {where}"
    )
    return assemble(places.ids, matrix, recipe, normalization=normalize)
