"""Reading a registry: a table whose rows can be counted, or a refusal that names the rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from workbench.core.ids import canonical_order, ids_digest, region_ids
from workbench.core.provenance import Provenance
from workbench.data.schemes import refuse_mixed
from workbench.errors import GeometryError, InputError, check_number, listing
from workbench.innovation.registries import checks
from workbench.innovation.registries.result import Registry

LONGITUDE, LATITUDE = "lon", "lat"
SIMPLIFIED = 10.0
"""Kilometres outside its region at which a point is refused: borders are simplified at 5 km."""


def registry(
    table: Any,
    regions: Any = None,
    *,
    by: Sequence[str] = ("form", "industry"),
    region: str = "region",
    year: str | None = "year_start",
    identity: Sequence[str] = ("name_en", "city"),
    tolerance: float = SIMPLIFIED,
) -> Registry:
    """Read a registry of clusters and check what a descriptor cannot: places, sums, doubles.

    Parameters
    ----------
    table : GeoDataFrame or DataFrame
        A row a cluster, indexed by its id, in any order: points with a CRS, or columns ``lon`` and
        ``lat`` (degrees, WGS 84; blanks in both for a row without a place), or neither. Columns of
        members (``members_companies members_universities members_research members_other
        members_total``) and of money (``investment_mln_rub investment_kind``) are checked where
        there are such. Not changed.
    regions : GeoDataFrame or GeoSeries, optional
        Polygons by region id in a projection. With them every region is counted, also those
        without a cluster, and each point must lie in the region that its row states.
    by : sequence of str, default ("form", "industry")
        Columns with kinds that rows are counted by; no blanks.
    region : str
        Column of the region ids.
    year : str or None
        Column of the year of start; blank where not known. None if there is none.
    identity : sequence of str, default ("name_en", "city")
        Columns that no two rows share all of; letters' case and spaces do not tell rows apart.
        Rows with a blank in them, and tables without one of the columns, are not compared.
    tolerance : float, default 10
        Kilometres by which a point may lie outside its region, for borders that are simplified.

    Returns
    -------
    Registry
        ``counts() cross() cumulative() per() members() investment() excess() only() located()``,
        ``tidy() glance() augment() plot() map()``.

    Raises
    ------
    InputError, UnknownNameError, IdError, ValuesError, GeometryError
        If ids, columns, regions, years, members, money or places cannot be right; the rows are
        named.

    Notes
    -----
    A registry is what somebody listed: a region without a row may have clusters that nobody listed.

    Examples
    --------
    >>> import workbench as wb
    >>> shapes = wb.load("russia-regions", part="regions83")
    >>> found = registry(wb.load("ai-clusters"), shapes)
    >>> found.counts("form").to_dict()
    {'territorial': 33, 'national network': 13, 'initiative within a multi-cluster': 5}
    """
    if not isinstance(table, pd.DataFrame):
        raise InputError(
            "table",
            expected="a DataFrame with a row a cluster, indexed by its id",
            found=type(table).__name__,
            remedy='wb.load("ai-clusters") has the columns of one',
        )
    check_number("tolerance", tolerance, above=0.0, remedy="tolerance=10")
    ids = region_ids(table.index, argument="table")
    rows = table.iloc[canonical_order(ids)].copy()
    kinds = [by] if isinstance(by, str) else list(by)
    checks.require_columns(rows, [region], argument="region")
    checks.require_columns(rows, kinds, argument="by")
    checks.require_words(rows, [region, *kinds])
    if year is not None:
        checks.require_columns(rows, [year], argument="year")
        rows[year] = checks.require_years(rows, year)
    checks.require_members(rows)
    checks.require_investment(rows)
    checks.require_distinct(rows, identity)
    rows, points = _located(rows)
    shapes = None if regions is None else _shapes(regions)
    notes = _placed(rows, points, shapes, region, tolerance)
    if year is not None and rows[year].isna().any():
        blank = rows.index[rows[year].isna()].tolist()
        notes += (f"{len(blank)} without a year are in no count by year: {listing(blank)}.",)
    return Registry(
        table=rows,
        shapes=shapes,
        points=points,
        by=tuple(kinds),
        region=region,
        year=year,
        notes=notes,
        provenance=Provenance(
            method="registry",
            nobs=len(rows),
            ids_digest=ids_digest(rows.index),
            notes=notes,
            options={"region": region, "by": ", ".join(kinds), "tolerance": f"{tolerance:g} km"},
        ),
    )


def _located(rows: pd.DataFrame) -> tuple[pd.DataFrame, Any]:
    """Return the rows with points as their geometry, and the points; None where there are none."""
    import geopandas as gpd

    if isinstance(rows, gpd.GeoDataFrame):
        points = rows.geometry
    elif {LONGITUDE, LATITUDE} <= set(rows.columns):
        blank = rows[[LONGITUDE, LATITUDE]].isna()
        xy = gpd.GeoSeries(
            gpd.points_from_xy(rows[LONGITUDE], rows[LATITUDE]), index=rows.index, crs="EPSG:4326"
        )
        rows = gpd.GeoDataFrame(rows, geometry=xy.where(~blank.any(axis=1)))
        points = rows.geometry[~blank.all(axis=1)]
        if points.empty:
            return rows, None
    else:
        return rows, None
    bad = points.isna() | points.is_empty | (points.geom_type != "Point")
    if bad.any() or points.crs is None:
        raise GeometryError(
            "table",
            expected="a point in every row, with a CRS",
            found=f"{int(bad.sum())} rows without a point" if bad.any() else "no CRS",
            offenders=points.index[bad],
            remedy='table.set_crs("EPSG:4326") for longitude and latitude; rows without a place '
            "are left out by table[table.geometry.notna()]",
        )
    return rows, points


def _shapes(regions: Any) -> Any:
    import geopandas as gpd

    shapes = regions.geometry if isinstance(regions, gpd.GeoDataFrame) else regions
    if not isinstance(shapes, gpd.GeoSeries):
        raise InputError(
            "regions",
            expected="a GeoDataFrame or GeoSeries of polygons indexed by region id",
            found=type(regions).__name__,
            remedy='wb.load("russia-regions", part="regions83")',
        )
    ids = region_ids(shapes.index, argument="regions")
    refuse_mixed(ids, argument="regions")
    return shapes.iloc[canonical_order(ids)]


def _placed(
    rows: pd.DataFrame, points: Any, shapes: Any, region: str, tolerance: float
) -> tuple[str, ...]:
    if shapes is None:
        return ("Without regions only those with a cluster are counted, and places are not "
                "checked.",)  # fmt: skip
    checks.require_known_regions(rows[region], shapes)
    if points is None:
        return ("Rows have no places: that they lie in their regions is not checked.",)
    nowhere = rows.index.difference(points.index).tolist()
    told = (f"{len(nowhere)} without a place are on no map and in no count of places: "
            f"{listing(nowhere)}.",) if nowhere else ()  # fmt: skip
    own = rows.loc[points.index, region]
    apart = checks.require_places(points, own, shapes, tolerance=tolerance)
    near = apart.index[apart > 0].tolist()
    if not near:
        return told
    return (*told, f"{len(near)} lie outside simplified borders of their region, by "
            f"{apart.max():.1f} km at most: {listing(near)}.")  # fmt: skip
