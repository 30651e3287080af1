"""Neighbours of points without a distance or a number to choose: Delaunay and its subgraphs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.spatial import QhullError, cKDTree

from workbench.errors import GeometryError, WeightsError
from workbench.numerics.geometry import triangulation
from workbench.typing import FloatArray, IntArray, Metric, Normalization, Unit
from workbench.weights.graphs import canonical
from workbench.weights.islands import settle
from workbench.weights.places import Places, locate
from workbench.weights.recipe import Recipe
from workbench.weights.weights import Weights

ROUNDING = 8 * float(np.finfo(np.float64).eps)
# Coordinates, degrees and their sines carry a few units in the last place of the largest.


def delaunay(points: Any, *, metric: Metric = "auto", normalize: Normalization = "row") -> Weights:
    """Link points that share a side of a Delaunay triangle.

    Parameters
    ----------
    points : GeoDataFrame or GeoSeries of points or polygons
        Three or more, not on one line, indexed by region id, with a CRS; not changed. Polygons
        count at their centroids.
    metric : {"auto", "planar", "great-circle"}, default "auto"
        ``"auto"``: on the sphere where the CRS is geographic, planar elsewhere.
    normalize : Normalization, default "row"
        Of the weights that come out.

    Returns
    -------
    Weights
        0/1 links as built, symmetric, one part: a policy on islands is not needed. At the rim
        triangles are long and thin: :func:`gabriel` leaves such links out.

    Raises
    ------
    GeometryError
        If geometries or CRS are unusable, ``"planar"`` meets degrees, the metric is that of an
        ellipsoid, or points lie on one line or great circle.
    WeightsError
        If points coincide, or are too near to be told apart.

    Notes
    -----
    A triangle is drawn where its circle holds no other point. On the sphere points are put in a
    stereographic plane about their mean direction, where circles stay circles, so that the
    planar triangulation is the spherical one; points farther than 90 degrees from there are
    triangulated by the convex hull of the sphere's points (Brown 1979). Of four points on one
    circle either diagonal would do: one is taken, and how often that was so is noted.
    :func:`gabriel` and :func:`relative_neighbor` do not depend on it.

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
    mesh = _triangulated(points, metric)
    return _linked("delaunay", mesh, mesh.edges, normalize, tied=mesh.tied)


def gabriel(points: Any, *, metric: Metric = "auto", normalize: Normalization = "row") -> Weights:
    """Link points when no other lies in or on the circle whose diameter they are.

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
    mesh = _triangulated(points, metric)
    kept = triangulation.gabriel(mesh.position, mesh.edges, rounding=mesh.rounding)
    return _linked("gabriel", mesh, mesh.edges[kept], normalize)


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
    mesh = _triangulated(points, metric)
    kept = triangulation.gabriel(mesh.position, mesh.edges, rounding=mesh.rounding)
    edges = mesh.edges[kept]
    kept = triangulation.relative(mesh.position, edges, rounding=mesh.rounding)
    return _linked("relative_neighbor", mesh, edges[kept], normalize)


def sphere_of_influence(
    points: Any, *, metric: Metric = "auto", normalize: Normalization = "row"
) -> Weights:
    """Link points of a Delaunay triangle when their circles to the nearest other points meet.

    Parameters, returns and errors are those of :func:`delaunay`. There may be several parts,
    but no islands: the circles of nearest points always meet.

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
    mesh = _triangulated(points, metric)
    kept = triangulation.influence(mesh.position, mesh.edges, rounding=mesh.rounding)
    return _linked("sphere_of_influence", mesh, mesh.edges[kept], normalize, tied=mesh.tied)


@dataclass(frozen=True, slots=True)
class _Mesh:
    """Points and the sides of their Delaunay triangles; `position` is what is measured."""

    places: Places
    position: FloatArray
    edges: IntArray
    tied: int
    rounding: float


def _triangulated(points: Any, metric: Metric) -> _Mesh:
    places = _located(points, metric)
    round_earth = places.points.shape[1] == 3
    rounding = ROUNDING * float(np.abs(places.points).max(initial=0.0))
    # The difference of large coordinates is exact, their middle is not.
    position = places.points if round_earth else places.points - places.points.mean(axis=0)
    _refuse_coincident(places, position, rounding)
    plane, wide = _stereographic(position) if round_earth else (position, False)
    spread = np.linalg.svd(plane - plane.mean(axis=0), compute_uv=False)
    if places.n < 3 or spread[1] <= 1e-9 * spread[0]:
        raise _on_a_line(places, "a great circle" if round_earth else "a line")
    try:
        found = (
            triangulation.spherical_delaunay(position)
            if wide
            else triangulation.delaunay(plane - plane.mean(axis=0))
        )
    except QhullError as error:
        raise _on_a_line(places, "a circle" if round_earth else "a line") from error
    if len(found.lost):
        raise _coincide(places, found.lost, "too near to be told apart")
    return _Mesh(places, position, found.edges, found.tied, rounding)


def _located(points: Any, metric: Metric) -> Places:
    if metric == "ellipsoidal":
        raise GeometryError(
            "metric",
            expected='"auto", "planar" or "great-circle"',
            found='"ellipsoidal"',
            why="triangles are drawn by circles, and an ellipsoid has none",
            remedy='metric="great-circle" differs from it by 0.6 % of a distance at most',
        )
    crs = getattr(points, "crs", None)
    unit: Unit = "crs"
    if crs is None or crs.is_geographic or metric not in ("auto", "planar"):
        unit = "km"
    return locate(points, metric=metric, unit=unit)


def _on_a_line(places: Places, line: str) -> GeometryError:
    return GeometryError(
        "points",
        expected="three or more points that do not lie on one line",
        found=f"{places.n} points" + (f" on {line}" if places.n > 2 else ""),
        why="there is no triangle",
        remedy="wb.weights.knn(points, 2) or distance_band link points along a line",
    )


def _stereographic(position: FloatArray) -> tuple[FloatArray, bool]:
    """Project points of the unit sphere from the antipode of their mean direction.

    Returns
    -------
    plane, wide
        Shape (n, 2), and whether a point is 90 degrees or more from the mean direction: the
        plane then is of no use.
    """
    center = position.mean(axis=0)
    length = float(np.linalg.norm(center))
    axis = center / length if length > ROUNDING else np.array([0.0, 0.0, 1.0])
    height = position @ axis
    east = np.cross([0.0, 0.0, 1.0] if abs(axis[2]) < 0.9 else [1.0, 0.0, 0.0], axis)
    east /= np.linalg.norm(east)
    plane = np.column_stack([position @ east, position @ np.cross(axis, east)])
    wide = bool(height.min() <= 0.0)
    return (plane if wide else plane / (1.0 + height)[:, None]), wide


def _refuse_coincident(places: Places, position: FloatArray, rounding: float) -> None:
    pairs = cKDTree(position).query_pairs(2 * rounding, output_type="ndarray")
    if len(pairs):
        order = np.lexsort((pairs[:, 1], pairs[:, 0]))
        raise _coincide(places, pairs[order].astype(np.int64), "at one place")


def _coincide(places: Places, pairs: IntArray, found: str) -> WeightsError:
    return WeightsError(
        "points",
        expected="points that do not coincide",
        found=f"{len(pairs)} pairs {found}",
        offenders=[f"{places.ids[a]} = {places.ids[b]}" for a, b in np.sort(pairs, axis=1)],
        why="a triangulation knows a place once",
        remedy="merge them into one region, e.g. points.dissolve(...), move them apart, or use "
        "knn or distance_band",
    )


def _linked(
    name: str, mesh: _Mesh, edges: IntArray, normalize: Normalization, *, tied: int = 0
) -> Weights:
    places = mesh.places
    ends = np.concatenate([edges, edges[:, ::-1]])
    matrix = canonical(
        sparse.coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(places.n,) * 2)
    )
    what = "centroids of polygons" if places.centroids else "points"
    where = "on the sphere" if places.points.shape[1] == 3 else "in the plane"
    recipe = Recipe(name, {"metric": places.metric}, islands="error", crs=places.crs).noting(
        f"neighbours of {what} {where}",
        f"{tied} links might as well be others: four points lie on one circle" if tied else "",
    )
    return settle(places.ids, matrix, recipe, normalization=normalize)
