"""Distances and centroids on the Earth, from longitudes and latitudes in degrees."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.typing import FloatArray, IntArray

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the Earth, (2a + b) / 3 of WGS 84 (Moritz 2000, Geodetic Reference System)."""


def unit_vectors(lonlat: FloatArray) -> FloatArray:
    """Return the points on the unit sphere, shape (n, 3), of degrees, shape (n, 2)."""
    lon, lat = np.radians(lonlat).T
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def haversine_km(origin: FloatArray, destination: FloatArray) -> FloatArray:
    """Compute great-circle distances, d = 2R arcsin(√h), in kilometres.

    Parameters
    ----------
    origin, destination : ndarray, shape (m, 2)
        Longitude and latitude in degrees, pair by pair.

    Returns
    -------
    ndarray, shape (m,)
        On a sphere of the mean radius: within 0.6 % of the distance on the ellipsoid.

    References
    ----------
    Sinnott, R. W. (1984). Virtues of the haversine. Sky and Telescope 68, p. 159.

    Examples
    --------
    >>> import numpy as np
    >>> equator = haversine_km(np.array([[0.0, 0.0]]), np.array([[90.0, 0.0]]))
    >>> round(equator.item() / EARTH_RADIUS_KM, 6)
    1.570796
    """
    lon_a, lat_a = np.radians(origin).T
    lon_b, lat_b = np.radians(destination).T
    h = (
        np.sin((lat_b - lat_a) / 2) ** 2
        + np.cos(lat_a) * np.cos(lat_b) * np.sin((lon_b - lon_a) / 2) ** 2
    )
    # Rounding can lift h of antipodes above 1.
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(h, 1.0))))


def chord(distance_km: float) -> float:
    """Return the chord of the unit sphere below a great-circle distance, at most 2."""
    return 2 * math.sin(min(distance_km / (2 * EARTH_RADIUS_KM), math.pi / 2))


@dataclass(frozen=True, slots=True)
class Ellipsoid:
    """An ellipsoid of revolution, on which geodesics are measured.

    Attributes
    ----------
    name : str
        E.g. ``"WGS 84"``.
    a_km, b_km : float
        Equatorial and polar semi-axes, a ≥ b.
    """

    name: str
    a_km: float
    b_km: float

    def positions(self, lonlat: FloatArray) -> FloatArray:
        """Return the points in space, shape (n, 3), in units of a, of degrees, shape (n, 2)."""
        lon, lat = np.radians(lonlat).T
        share = (self.b_km / self.a_km) ** 2
        normal = 1.0 / np.sqrt(np.cos(lat) ** 2 + share * np.sin(lat) ** 2)
        flat = normal * np.cos(lat)
        return np.column_stack(
            [flat * np.cos(lon), flat * np.sin(lon), share * normal * np.sin(lat)]
        )

    def geodesic_km(self, origin: FloatArray, destination: FloatArray) -> FloatArray:
        """Compute the lengths of geodesics in kilometres, shape (m,), pair by pair of degrees.

        References
        ----------
        Karney, C. F. F. (2013). Algorithms for geodesics. Journal of Geodesy 87, pp. 43-55;
        errors are below 15 nm.

        Examples
        --------
        >>> import numpy as np
        >>> wgs84 = Ellipsoid("WGS 84", 6378.137, 6356.752314245179)
        >>> quadrant = wgs84.geodesic_km(np.array([[0.0, 0.0]]), np.array([[0.0, 90.0]]))
        >>> round(quadrant.item(), 6)
        10001.965729
        """
        from pyproj import Geod

        geod = Geod(a=self.a_km * 1000.0, b=self.b_km * 1000.0)
        metres = geod.inv(*origin.T, *destination.T)[2]
        return np.asarray(metres, dtype=np.float64) / 1000.0

    def longest(self, chord: FloatArray) -> FloatArray:
        """Return the longest geodesic over straight lines in space, both in units of a.

        A geodesic bends nowhere more than a circle of radius a(1 − e²) = b²/a, so that it is no
        longer than that circle's arc over the same chord (Schur's comparison theorem); and no
        geodesic is longer than half the equator.
        """
        radius = (self.b_km / self.a_km) ** 2
        arc = 2 * radius * np.arcsin(np.minimum(chord / (2 * radius), 1.0))
        return np.asarray(np.where(chord < 2 * radius, arc, math.pi))

    def shortest_chord(self, distance: float) -> float:
        """Return the chord below which a geodesic is no longer than `distance`, in units of a."""
        radius = (self.b_km / self.a_km) ** 2
        return 2 * radius * math.sin(min(distance / (2 * radius), math.pi / 2))


def centroids(geometries: Any) -> FloatArray:
    """Compute centroids of polygons, degrees, shape (n, 2).

    Each polygon is put into Lambert's azimuthal equal-area projection of the sphere centred on
    itself, so that areas weigh as they are and polygons cut at the antimeridian are whole.

    Parameters
    ----------
    geometries : array of shapely geometries, shape (n,)
        Longitude and latitude in degrees.

    References
    ----------
    Snyder, J. P. (1987). Map Projections: A Working Manual, equations 24-2, 22-4, 22-5, 20-14
    to 20-18.
    """
    import shapely

    degrees, owner = shapely.get_coordinates(geometries, return_index=True)
    center = _centers(degrees, owner, len(geometries))
    plane = shapely.set_coordinates(np.array(geometries), _project(degrees, center[owner]))
    xy = shapely.get_coordinates(shapely.centroid(plane))
    return _unproject(xy, center)


def _centers(degrees: FloatArray, owner: IntArray, n: int) -> FloatArray:
    vectors = unit_vectors(degrees)
    x, y, z = (np.bincount(owner, weights=vectors[:, axis], minlength=n) for axis in range(3))
    radians = np.column_stack([np.arctan2(y, x), np.arctan2(z, np.hypot(x, y))])
    return np.asarray(np.degrees(radians))


def _project(degrees: FloatArray, center: FloatArray) -> FloatArray:
    lon, lat = np.radians(degrees).T
    lon0, lat0 = np.radians(center).T
    cosine = np.sin(lat0) * np.sin(lat) + np.cos(lat0) * np.cos(lat) * np.cos(lon - lon0)
    # The antipode of the centre is a circle, not a point: keep it finite.
    scale = np.sqrt(2 / np.maximum(1 + cosine, 1e-12))
    x = scale * np.cos(lat) * np.sin(lon - lon0)
    y = scale * (np.cos(lat0) * np.sin(lat) - np.sin(lat0) * np.cos(lat) * np.cos(lon - lon0))
    return np.asarray(np.column_stack([x, y]))


def _unproject(xy: FloatArray, center: FloatArray) -> FloatArray:
    x, y = xy.T
    lon0, lat0 = np.radians(center).T
    radius = np.hypot(x, y)
    angle = 2 * np.arcsin(np.minimum(radius / 2, 1.0))
    share = np.divide(y, radius, out=np.zeros_like(y), where=radius > 0)
    lat = np.arcsin(np.cos(angle) * np.sin(lat0) + np.sin(angle) * np.cos(lat0) * share)
    lon = lon0 + np.arctan2(
        x * np.sin(angle),
        radius * np.cos(lat0) * np.cos(angle) - y * np.sin(lat0) * np.sin(angle),
    )
    degrees = np.degrees(np.column_stack([lon, lat]))
    degrees[:, 0] = (degrees[:, 0] + 180.0) % 360.0 - 180.0
    return np.asarray(degrees)
