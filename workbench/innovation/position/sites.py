"""How far regions are from each other, block by block, and how far apart things are within one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.ids import canonical_order, region_ids
from workbench.data.schemes import scheme_difference, scheme_remedy
from workbench.errors import IdError, InputError, ValuesError, listing
from workbench.typing import FloatArray, Metric, Unit
from workbench.weights.places import Places, locate
from workbench.weights.sphere import EARTH_RADIUS_KM

BLOCK_CELLS = 4_000_000
"""Distances held at a time, 32 MB."""
EQUAL_AREA = "EPSG:6933"
"""Cylindrical equal-area projection of the WGS 84 ellipsoid."""
INTERNAL = 2.0 / 3.0
"""Mean distance of the points of a disc from its centre, over its radius."""


@dataclass(frozen=True, slots=True, eq=False)
class Sites:
    """Distances between regions, computed when asked for.

    Attributes
    ----------
    ids : pandas.Index
        Sorted region ids, length n.
    unit : str
        Unit of distances.
    note : str
        What was measured, in a sentence.
    own : ndarray, shape (n,), or None
        Distances within regions, positive; None where they are not known.
    places : Places or None
        Points that distances are measured between.
    table : ndarray, shape (n, n), or None
        Distances that were given.
    """

    ids: pd.Index
    unit: str
    note: str
    own: FloatArray | None
    places: Places | None
    table: FloatArray | None

    @property
    def n(self) -> int:
        """Number of regions."""
        return len(self.ids)

    def blocks(self) -> Iterator[tuple[slice, FloatArray]]:
        """Yield rows and their distances to all regions, shape (b, n); the diagonal is 0."""
        size = max(1, BLOCK_CELLS // self.n)
        for start in range(0, self.n, size):
            rows = slice(start, min(start + size, self.n))
            yield rows, self.rows(rows)

    def rows(self, rows: slice) -> FloatArray:
        """Return distances from some regions to all, shape (b, n), in `unit`."""
        if self.table is not None:
            return np.array(self.table[rows])
        places = self.places
        if places is None:
            raise AssertionError
        if places.ellipsoid is not None:
            focal = np.arange(rows.start, rows.stop)
            i, j = np.repeat(focal, self.n), np.tile(np.arange(self.n), len(focal))
            d = places.distances(i, j).reshape(len(focal), self.n)
        else:
            d = _straight(places, rows)
        d[np.arange(d.shape[0]), np.arange(rows.start, rows.stop)] = 0.0
        return np.asarray(d)

    def matrix(self) -> FloatArray:
        """Return all distances, shape (n, n)."""
        return self.rows(slice(0, self.n))

    def of(self, ids: pd.Index, *, argument: str = "places", measured: str = "masses") -> Sites:
        """Return the sites of some regions, in sorted order.

        Parameters
        ----------
        ids : pandas.Index
        argument : str
            Name of the places, for messages.
        measured : str
            Name of the table that `ids` come from.

        Raises
        ------
        IdError
            If one of them has no place, or places have okrugs that these regions have inside.
        """
        lacking = ids.difference(self.ids)
        if len(lacking):
            raise IdError(
                argument,
                expected="a place for every region",
                found=f"{len(lacking)} regions without one; places are of "
                f"{listing(self.ids.tolist())}"
                + (f"; {schemes}" if (schemes := scheme_difference(ids, self.ids)) else ""),
                offenders=lacking.tolist(),
                remedy=scheme_remedy(self.ids, ids, table=measured)
                or "pass places of the same regions, indexed by region id",
            )
        schemes = scheme_difference(ids, self.ids)
        if schemes:
            raise IdError(
                argument,
                expected="places of the same units",
                found=schemes,
                why="an oblast's figure with its okrugs would stand on the oblast without them",
                remedy=f"{argument}.loc[{measured}.index] if the okrugs were left out on purpose; "
                'else those of the scheme, e.g. wb.load("russia-regions")',
            )
        at = self.ids.get_indexer(ids[canonical_order(ids)])
        own = None if self.own is None else self.own[at]
        table = None if self.table is None else self.table[np.ix_(at, at)]
        places = None if self.places is None else _part(self.places, at)
        return Sites(self.ids[at], self.unit, self.note, own, places, table)

    def refuse_coincident(self, *, argument: str = "places", why: str) -> None:
        """Refuse regions at distance 0 from each other, by name."""
        twins: list[str] = []
        for rows, d in self.blocks():
            zero = np.argwhere(d == 0.0)
            pairs = ((rows.start + int(i), int(j)) for i, j in zero)
            twins += [f"{self.ids[i]} = {self.ids[j]}" for i, j in pairs if i < j]
        if twins:
            raise ValuesError(
                argument,
                expected="places that do not coincide",
                found=f"{len(twins)} pairs at distance 0",
                offenders=twins,
                why=why,
                remedy='form="exponential", which has a value at 0, or join the regions',
            )


def _straight(places: Places, rows: slice) -> FloatArray:
    from scipy.spatial.distance import cdist

    lines = cdist(places.points[rows], places.points)
    if places.lonlat is None:
        return np.asarray(lines * places.scale)
    # the chord of the unit sphere is exact for near points, where a cosine would not be
    return np.asarray(2 * EARTH_RADIUS_KM * places.scale * np.arcsin(np.minimum(lines / 2, 1.0)))


def _part(places: Places, at: Any) -> Places:
    from dataclasses import replace

    lonlat = None if places.lonlat is None else places.lonlat[at]
    return replace(places, ids=places.ids[at], points=places.points[at], lonlat=lonlat)


def sites_of(
    places: Any, *, metric: Metric = "auto", unit: Unit = "km", areas: pd.Series[Any] | None = None
) -> Sites:
    """Read places or a table of distances.

    Parameters
    ----------
    places : GeoDataFrame, GeoSeries or DataFrame
        Points or polygons by region id; or a square table of distances, its index and columns the
        same region ids, at least 0 (travel times, road distances; it need not be symmetric). A
        positive diagonal holds the distances within regions.
    metric, unit
        As in :func:`workbench.weights.distance_band`; of a table they are not used.
    areas : Series, optional
        Areas of regions by id, in the square of `unit`; those of polygons without.

    Returns
    -------
    Sites

    Raises
    ------
    GeometryError, IdError, InputError, ValuesError
        If geometries, ids or distances cannot be used.
    """
    if isinstance(places, pd.DataFrame) and getattr(places, "_geometry_column_name", None) is None:
        return _tabled(places, areas)
    found = locate(places, metric=metric, unit=unit, argument="places")
    own = _radii(_given(areas, found.ids)) if areas is not None else _own(places, found)
    return Sites(found.ids, found.unit, found.note(), own, found, None)


def _tabled(table: pd.DataFrame, areas: pd.Series[Any] | None) -> Sites:
    rows, columns = (
        region_ids(pd.Index(i), argument="places") for i in (table.index, table.columns)
    )
    unmatched = rows.symmetric_difference(columns, sort=False)
    if len(unmatched):
        raise IdError(
            "places",
            expected="geometries, or a square table whose index and columns are the same regions",
            found=f"{len(unmatched)} that only one of index and columns has",
            offenders=unmatched.tolist(),
            remedy="pass a GeoDataFrame, or distances.reindex(columns=distances.index)",
        )
    ids = rows[canonical_order(rows)]
    ordered = table.loc[ids, ids]
    try:
        d = np.array(ordered.to_numpy(dtype=np.float64, na_value=np.nan))
    except (TypeError, ValueError):
        raise ValuesError(
            "places", expected="numbers in a table of distances", found="others"
        ) from None
    bad = ~np.isfinite(d) | (d < 0)
    if bad.any():
        raise ValuesError(
            "places",
            expected="distances that are finite and at least 0",
            found=f"{int(bad.sum())} missing, infinite or negative",
            offenders=[f"{ids[i]} to {ids[j]}" for i, j in np.argwhere(bad)],
        )
    diagonal = np.diag(d).copy()
    np.fill_diagonal(d, 0.0)
    own = diagonal if (diagonal > 0).all() else None
    if areas is not None:
        own = _radii(_given(areas, ids))
    elif own is None and (diagonal > 0).any():
        raise ValuesError(
            "places",
            expected="distances within all regions on the diagonal, or 0 throughout",
            found=f"{int((diagonal == 0).sum())} zeros among others",
            offenders=ids[diagonal == 0].tolist(),
        )
    return Sites(ids, "unit of the table", "distances are those given", own, None, d)


def _given(areas: Any, ids: pd.Index) -> FloatArray:
    if not isinstance(areas, pd.Series):
        raise InputError(
            "areas",
            expected="a Series by region id, in the square of the unit of distances",
            found=type(areas).__name__,
            remedy="regions.to_crs(6933).area / 1e6 is in square kilometres",
        )
    lacking = ids.difference(region_ids(areas.index, argument="areas"))
    if len(lacking):
        raise IdError(
            "areas",
            expected="an area for every region",
            found=f"{len(lacking)} regions without one",
            offenders=lacking.tolist(),
        )
    values = np.array(areas.reindex(ids), dtype=np.float64)
    _refuse_areas(values, ids)
    return values


def _refuse_areas(values: FloatArray, ids: pd.Index) -> None:
    bad = ~(np.isfinite(values) & (values > 0))
    if bad.any():
        raise ValuesError(
            "areas",
            expected="positive areas",
            found=f"{int(bad.sum())} missing, infinite or not positive",
            offenders=ids[bad].tolist(),
            why="the distance within a region comes from its area",
        )


def _radii(areas: FloatArray) -> FloatArray:
    return np.asarray(INTERNAL * np.sqrt(areas / math.pi))


def _own(shapes: Any, found: Places) -> FloatArray | None:
    """Return distances within polygons, from areas in an equal-area projection; None of points."""
    geometries = shapes.geometry.loc[found.ids]
    if not geometries.geom_type.isin(["Polygon", "MultiPolygon"]).all():
        return None
    crs = geometries.crs
    earthly = crs.is_geographic or crs.is_projected
    if earthly and found.unit in ("km", "m"):  # also where the map's projection keeps no areas
        areas = geometries.to_crs(EQUAL_AREA).area.to_numpy() * {"km": 1e-6, "m": 1.0}[found.unit]
    else:
        areas = geometries.area.to_numpy() * found.scale**2
    values = np.asarray(areas, dtype=np.float64)
    _refuse_areas(values, found.ids)
    return _radii(values)
