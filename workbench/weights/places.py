"""Places between which distances are measured: in the plane, on the sphere, on the ellipsoid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from workbench.errors import GeometryError, check_option
from workbench.typing import BoolArray, FloatArray, Metric, Unit
from workbench.weights import sphere
from workbench.weights.geometry import (
    POINTS,
    POLYGONS,
    crs_name,
    metres_per_unit,
    require_crs,
    sorted_geometries,
)

MARGIN = 1e-8
# Straight lines only propose pairs, this much (relative) beyond the limit; the distance decides.

ROUNDING = 1e-14
# Coordinates on a globe of radius 1 carry a few units of 1e-16, geodesics 15 nm (2e-15).


@dataclass(frozen=True, slots=True)
class Places:
    """Points in sorted order of ids, between which distances are measured.

    Attributes
    ----------
    ids : pandas.Index
        Sorted region ids, length n.
    points : ndarray
        Positions among which straight lines are searched: planar coordinates as they came,
        shape (n, 2), or points on the unit sphere or ellipsoid, shape (n, 3).
    lonlat : ndarray or None
        Degrees, shape (n, 2), where distances are on the Earth.
    scale : float
        What a distance in coordinates (planar) or kilometres (on the Earth) is multiplied by.
    metric : {"planar", "great-circle", "ellipsoidal"}
        How distances are measured.
    unit : str
        Unit of distances: ``"km"``, ``"m"`` or the name of the CRS's unit.
    crs : str
        Name of the CRS that the points came in.
    centroids : bool
        Whether polygons were replaced by their centroids.
    ellipsoid : Ellipsoid or None
        On which distances are measured under ``"ellipsoidal"``.
    """

    ids: pd.Index
    points: FloatArray
    lonlat: FloatArray | None
    scale: float
    metric: Metric
    unit: str
    crs: str
    centroids: bool
    ellipsoid: sphere.Ellipsoid | None = None

    @property
    def n(self) -> int:
        """Number of places."""
        return len(self.ids)

    def tree(self) -> cKDTree:
        """Return the search tree of the points."""
        return cKDTree(self.points)

    def distances(self, origin: Any, destination: Any) -> FloatArray:
        """Compute distances in `unit` pair by pair, shape (m,), of positions."""
        if self.lonlat is None:
            step = self.points[origin] - self.points[destination]
            return np.asarray(np.hypot(step[:, 0], step[:, 1]) * self.scale)
        measure = sphere.haversine_km if self.ellipsoid is None else self.ellipsoid.geodesic_km
        return np.asarray(measure(self.lonlat[origin], self.lonlat[destination]) * self.scale)

    def distances_from(self, position: int) -> FloatArray:
        """Compute distances in `unit` from one place to all, shape (n,)."""
        return self.distances(np.full(self.n, position), np.arange(self.n))

    def radius(self, distance: float) -> float:
        """Return a straight line that no pair within `distance` (in `unit`) exceeds."""
        if self.lonlat is None:
            return distance / self.scale
        if self.ellipsoid is None:
            return float(sphere.chord(distance / self.scale))
        return distance / self.scale / self.ellipsoid.a_km

    def search(self, distance: float) -> tuple[float, float]:
        """Return the straight lines up to which pairs may be, and surely are, within `distance`."""
        line = sure = self.radius(distance)
        if self.ellipsoid is not None:
            sure = self.ellipsoid.shortest_chord(line)
        slack = 0.0 if self.lonlat is None else ROUNDING
        return line * (1 + MARGIN) + slack, max(sure * (1 - MARGIN) - slack, 0.0)

    def bound(self, lines: FloatArray) -> FloatArray:
        """Return the longest straight lines of pairs no farther apart than pairs at `lines`."""
        if self.lonlat is None:
            return lines * (1 + MARGIN)
        if self.ellipsoid is not None:
            # A geodesic is no shorter than its chord.
            lines = self.ellipsoid.longest(lines)
        return lines * (1 + MARGIN) + ROUNDING

    def note(self) -> str:
        """Return one sentence on what was measured and between which points."""
        where = "between centroids of polygons" if self.centroids else "between points"
        if self.lonlat is None:
            return f"distances are planar {where}, in {self.unit}"
        if self.ellipsoid is not None:
            name = self.ellipsoid.name
            return f"distances are geodesic {where}, in {self.unit}, on the ellipsoid {name}"
        return (
            f"distances are great-circle {where}, in {self.unit}, "
            f"on a sphere of radius {sphere.EARTH_RADIUS_KM} km"
        )


def natural_unit(points: Any, metric: Metric) -> Unit:
    """Return kilometres where they can be told, else the unit of the CRS."""
    crs = getattr(points, "crs", None)
    planar = metric == "planar" or (metric == "auto" and crs is not None and not crs.is_geographic)
    return "crs" if planar and crs is not None and metres_per_unit(crs) is None else "km"


def locate(points: Any, *, metric: Metric, unit: Unit, argument: str = "points") -> Places:
    """Find the places between which distances are measured.

    Points are taken as they are, polygons at their centroids: in their CRS when the metric is
    planar, in an equal-area projection centred on each polygon when the CRS is geographic.

    Parameters
    ----------
    points : GeoDataFrame or GeoSeries
        Points or polygons indexed by region id, with a CRS.
    metric : {"auto", "planar", "great-circle", "ellipsoidal"}
        ``"auto"``: great-circle where the CRS is geographic, planar elsewhere.
        ``"ellipsoidal"``: geodesics on the CRS's ellipsoid.
    unit : {"km", "m", "crs"}
        Unit of the distances that come out.
    argument : str, default "points"
        Name of the caller's argument, for refusals.

    Raises
    ------
    GeometryError
        If geometries are unusable, the CRS is missing or geographic under ``"planar"``, its
        unit is unknown where kilometres are asked for, or degrees are out of range.
    """
    check_option("metric", metric, Metric)
    check_option("unit", unit, Unit)
    geometries = sorted_geometries(points, argument=argument, kinds=(*POINTS, *POLYGONS))
    crs = require_crs(geometries, argument=argument, purpose="to measure distances")
    if metric == "auto":
        metric = "great-circle" if crs.is_geographic else "planar"
    if metric == "planar" and crs.is_geographic:
        raise _degrees("metric", "distances on the Earth", f'metric="planar" on {crs_name(crs)}')
    is_polygon = geometries.geom_type.isin(POLYGONS).to_numpy()
    ellipsoid: sphere.Ellipsoid | None = None
    lonlat: FloatArray | None = None
    if metric == "planar":
        positions, scale, name = _planar(geometries, is_polygon, unit)
    else:
        lonlat, ellipsoid = _on_earth(geometries, is_polygon, metric, unit)
        scale, name = (1.0 if unit == "km" else 1000.0), unit
        positions = (ellipsoid.positions if ellipsoid else sphere.unit_vectors)(lonlat)
    return Places(
        ids=geometries.index,
        points=positions,
        lonlat=lonlat,
        scale=scale,
        metric=metric,
        unit=name,
        crs=crs_name(crs),
        centroids=bool(is_polygon.any()),
        ellipsoid=ellipsoid,
    )


def _planar(geometries: Any, is_polygon: BoolArray, unit: Unit) -> tuple[FloatArray, float, str]:
    import shapely

    crs = geometries.crs
    shapes = geometries.to_numpy()
    xy = shapely.get_coordinates(shapely.centroid(shapes) if is_polygon.any() else shapes)
    name = crs.axis_info[0].unit_name if crs.axis_info else "unknown"
    if unit == "crs":
        return xy, 1.0, f"CRS unit ({name})"
    metres = metres_per_unit(crs)
    if metres is None:
        raise GeometryError(
            "unit",
            expected="a CRS whose unit of length is known",
            found=f"unit {name!r} in {crs_name(crs)}",
            why="kilometres cannot be computed from units of unknown length",
            remedy='pass unit="crs" to measure in the units of the coordinates, or set the CRS',
        )
    return xy, metres / (1000.0 if unit == "km" else 1.0), unit


def _on_earth(
    geometries: Any, is_polygon: BoolArray, metric: Metric, unit: Unit
) -> tuple[FloatArray, sphere.Ellipsoid | None]:
    if unit == "crs":
        raise _degrees("unit", f'"km" or "m" for {metric} distances', 'unit="crs"')
    crs = geometries.crs
    if not (crs.is_geographic or crs.is_projected):
        raise GeometryError(
            "metric",
            expected="a CRS that is tied to the Earth",
            found=f'metric="{metric}" on {crs_name(crs)}',
            remedy='pass metric="planar"',
        )
    globe, ellipsoid = "EPSG:4326", None
    if metric == "ellipsoidal":
        # Degrees on the CRS's own datum, so that no shift between datums enters.
        body = crs.ellipsoid
        ellipsoid = sphere.Ellipsoid(
            body.name, body.semi_major_metre / 1000.0, body.semi_minor_metre / 1000.0
        )
        if crs.geodetic_crs.axis_info[0].unit_name == "degree":
            globe = crs.geodetic_crs
    lonlat = _lonlat(geometries, is_polygon, globe)
    outside = ~((np.abs(lonlat[:, 0]) <= 360.0) & (np.abs(lonlat[:, 1]) <= 90.0))
    if outside.any():
        raise GeometryError(
            "points",
            expected="longitudes within 360 and latitudes within 90 degrees",
            found=f"{int(outside.sum())} places outside",
            offenders=list(geometries.index[outside]),
            why="the coordinates are not degrees, so the CRS is not theirs",
            remedy="set the CRS that the coordinates are in: points.set_crs(..., "
            "allow_override=True)",
        )
    return lonlat, ellipsoid


def _lonlat(geometries: Any, is_polygon: BoolArray, globe: Any) -> FloatArray:
    import shapely

    crs = geometries.crs
    if not crs.is_geographic:
        places = geometries.centroid.to_crs(globe)
        return np.asarray(shapely.get_coordinates(places.to_numpy()))
    if crs.axis_info and crs.axis_info[0].unit_name != "degree":  # some count in grads
        geometries = geometries.to_crs("EPSG:4326")
    out = np.empty((len(geometries), 2))
    out[~is_polygon] = shapely.get_coordinates(geometries[~is_polygon].to_numpy())
    if is_polygon.any():
        out[is_polygon] = sphere.centroids(geometries[is_polygon].to_numpy())
    return out


def _degrees(argument: str, expected: str, found: str) -> GeometryError:
    return GeometryError(
        argument,
        expected=expected,
        found=found,
        why="a degree of longitude is 111 km at the equator and 56 km at 60 degrees north",
        remedy='use metric="great-circle" (or "auto") with unit="km", or project first, '
        "e.g. points.to_crs(points.estimate_utm_crs())",
    )
