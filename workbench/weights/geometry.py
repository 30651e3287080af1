"""Geometries as the builders need them: checked, and in sorted order of ids."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.core.ids import canonical_order, region_ids
from workbench.errors import GeometryError, InputError
from workbench.typing import BoolArray
from workbench.weights import sphere

POLYGONS = ("Polygon", "MultiPolygon")
POINTS = ("Point",)


def sorted_geometries(
    regions: Any, *, argument: str, kinds: tuple[str, ...], valid: bool = True
) -> Any:
    """Return a GeoSeries in sorted order of ids; the caller's object is not changed.

    Parameters
    ----------
    regions : GeoDataFrame or GeoSeries
        Indexed by unique region id, in any order.
    argument : str
        Name of the caller's argument.
    kinds : tuple of str
        Geometry types that are accepted.
    valid : bool, default True
        Whether to refuse invalid geometries; else the caller does (:func:`refuse_invalid`).

    Raises
    ------
    GeometryError
        If geometries are missing, empty, invalid or of another kind.
    IdError
        If ids are duplicated, missing or mixed.
    """
    from geopandas import GeoDataFrame, GeoSeries

    if not isinstance(regions, (GeoDataFrame, GeoSeries)):
        raise InputError(
            argument,
            expected="a GeoDataFrame or GeoSeries indexed by region id",
            found=type(regions).__name__,
            remedy="geopandas.read_file(...).set_index(<id column>)",
        )
    if isinstance(regions, GeoDataFrame) and regions.active_geometry_name is None:
        raise GeometryError(
            argument,
            expected="a column of geometries",
            found="a GeoDataFrame without an active geometry",
            remedy='name it: regions.set_geometry("<column>")',
        )
    geometries = regions.geometry
    ids = region_ids(geometries.index, argument=argument)
    geometries = geometries.iloc[canonical_order(ids)]
    _refuse_missing(geometries, argument)
    _refuse_mixed_systems(geometries, argument)
    other = ~geometries.geom_type.isin(kinds).to_numpy()
    if other.any():
        found = ", ".join(sorted(set(geometries.geom_type[other])))
        raise GeometryError(
            argument,
            expected=" or ".join(kinds) + " geometries",
            found=f"{int(other.sum())} of type {found}",
            offenders=list(geometries.index[other]),
            why="only areas can share a border" if "Point" in found else "",
            remedy="for points use knn, distance_band or inverse_distance; for lines and "
            "collections take their polygons or representative points first",
        )
    if valid:
        refuse_invalid(geometries, argument=argument)
    return geometries


def _refuse_missing(geometries: Any, argument: str) -> None:
    missing = geometries.isna().to_numpy() | geometries.is_empty.to_numpy()
    if missing.any():
        raise GeometryError(
            argument,
            expected="a geometry for every region",
            found=f"{int(missing.sum())} missing or empty geometries",
            offenders=list(geometries.index[missing]),
            why="a region without a place would silently become an island",
            remedy="complete these geometries or drop the rows",
        )


def _refuse_mixed_systems(geometries: Any, argument: str) -> None:
    """Refuse shapes that carry different spatial reference ids, as those of a database may."""
    import shapely

    srid = shapely.get_srid(geometries.to_numpy())
    known = np.unique(srid[srid != 0])
    if known.size > 1:
        rare = min(known.tolist(), key=lambda system: int((srid == system).sum()))
        raise GeometryError(
            argument,
            expected="geometries in one coordinate reference system",
            found=f"SRIDs {', '.join(str(system) for system in known)} mixed",
            offenders=list(geometries.index[srid == rare]),
            why="coordinates of two systems do not lie on one map",
            remedy="bring the parts to one system before they are joined: part.to_crs(other.crs)",
        )


def refuse_invalid(geometries: Any, *, argument: str, sure: BoolArray | None = None) -> None:
    """Refuse invalid geometries by name; those that are surely valid are not examined."""
    import shapely

    shapes = geometries.to_numpy()
    invalid = np.zeros(len(shapes), dtype=bool)
    unsure = slice(None) if sure is None else ~sure
    invalid[unsure] = ~shapely.is_valid(shapes[unsure])
    if invalid.any():
        raise GeometryError(
            argument,
            expected="valid geometries",
            found=f"{int(invalid.sum())} invalid geometries",
            offenders=list(geometries.index[invalid]),
            why="borders and areas of self-crossing polygons are undefined",
            remedy="regions.geometry = regions.make_valid(), then look at these regions",
        )


def require_crs(geometries: Any, *, argument: str, purpose: str) -> Any:
    """Return the CRS of the geometries or refuse their having none."""
    if geometries.crs is None:
        raise GeometryError(
            argument,
            expected=f"a coordinate reference system, needed {purpose}",
            found="none",
            why="coordinates without a CRS have no unit: degrees and metres look alike",
            remedy="say what the coordinates are, e.g. regions.set_crs('EPSG:4326')",
        )
    return geometries.crs


def crs_name(crs: Any) -> str:
    """Return authority code and name of a CRS, e.g. ``"EPSG:4326 WGS 84"``; empty for none."""
    if crs is None:
        return ""
    authority = _authority(crs)
    if crs.name == "unknown" and crs.coordinate_operation is not None:
        return f"unnamed, {crs.coordinate_operation.method_name}"
    return " ".join([*([":".join(authority)] if authority else []), crs.name])


@lru_cache(maxsize=64)
def _authority(crs: Any) -> tuple[str, str] | None:
    """Return authority and code; pyproj searches its whole database for them."""
    found: tuple[str, str] | None = crs.to_authority()
    return found


def metres_per_unit(crs: Any) -> float | None:
    """Return the length of a planar CRS's unit in metres, None where it is not known."""
    axis = crs.axis_info[0] if crs.axis_info else None
    if axis is None or axis.unit_name in ("", "unknown", "degree"):
        return None
    return float(axis.unit_conversion_factor)


Measure = Callable[[int], NDArray[np.float64]]
"""From the position of a region to its distances to all regions, shape (n,)."""


def boundary_distances(geometries: Any) -> tuple[Measure, str]:
    """Return a function of a region's position that measures from its border to all others.

    Planar where the CRS is; for a geographic CRS in the azimuthal equidistant projection
    centred on the region. Kilometres where the unit is known, else units of the CRS.
    """
    crs = geometries.crs
    if not crs.is_geographic:
        metres = metres_per_unit(crs)
        scale, unit = (1.0, "CRS units") if metres is None else (metres / 1000.0, "km")

        def planar(position: int) -> NDArray[np.float64]:
            out = geometries.distance(geometries.iloc[position], align=False)
            return np.asarray(out.to_numpy() * scale)

        return planar, unit
    center = sphere.centroids(geometries.to_numpy())

    def equidistant(position: int) -> NDArray[np.float64]:
        lon, lat = center[position]
        local = geometries.to_crs(f"+proj=aeqd +lat_0={lat} +lon_0={lon} +datum=WGS84 +units=m")
        out = local.distance(local.iloc[position], align=False).to_numpy() / 1000.0
        # Regions at the antipode may have no coordinates there; they are not the nearest.
        return np.where(np.isfinite(out), out, np.inf)

    return equidistant, "km"
