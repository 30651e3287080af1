"""Places of a user's table: coordinates that lie outside the region of their row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.data.assembly import assemble
from workbench.data.bundled import bundled_root
from workbench.data.descriptor import Field, read_descriptor
from workbench.data.forms.nuts import NUTS2
from workbench.data.forms.problems import Problem, places
from workbench.data.schemes import parents

if TYPE_CHECKING:
    from geopandas import GeoSeries

RUSSIA = "russia-regions"
LON, LAT = "lon", "lat"

TOLERANCE = 10.0
"""Kilometres that a place may lie outside: borders are simplified."""

EUROPE = (-25.0, 46.0, 34.0, 82.0)
"""Degrees west, east, south and north that regions of NUTS 2 lie within, but for those overseas."""

OVERSEAS = ("FR9", "FRA", "FRY", "ES7", "PT2", "PT3")
"""How the codes of regions overseas begin, of all versions."""


def misplaced(table: pd.DataFrame, fields: tuple[Field, ...], labels: pd.Series) -> list[Problem]:
    """Return the places that lie more than 10 km outside the Russian region of their row.

    Parameters
    ----------
    table : DataFrame, shape (n, k)
        Columns of the form, with ids of regions and figures; rows without a region, a longitude or
        a latitude, and regions without bundled borders, are passed over.
    fields : tuple of Field
        Of the form.
    labels : Series of str, shape (n,)
        What a row is called.
    """
    region = next((field.name for field in fields if field.crosswalk == RUSSIA), "")
    if not {region, LON, LAT} <= set(table.columns):
        return []
    held = table[[region, LON, LAT]].dropna()
    held = held[held[LON].abs().le(180) & held[LAT].abs().lt(90)]  # others are out of bounds
    if held.empty:
        return []
    import geopandas as gpd  # heavy

    shapes = _shapes(held[region])
    held = held[held[region].isin(shapes.index)]
    points = gpd.GeoSeries(gpd.points_from_xy(held[LON], held[LAT]), index=held.index, crs=4326)
    own = shapes.reindex(held[region].to_numpy()).set_axis(held.index)
    apart = points.to_crs(shapes.crs).distance(own) / 1000
    bad = apart[np.isfinite(apart) & (apart > TOLERANCE)]
    if bad.empty:
        return []
    return [
        Problem("place outside its region", places(labels[bad.index]),
                places(f"{held.loc[row, LON]:g}, {held.loc[row, LAT]:g}: {apart[row]:.0f} km from "
                       f"{held.loc[row, region]}" for row in bad.index),
                f"places in the region of their row, or within {TOLERANCE:g} km",
                "correct the coordinates (lon is the longitude) or the region")
    ]  # fmt: skip


def beyond_europe(table: pd.DataFrame, fields: tuple[Field, ...]) -> list[Problem]:
    """Return the places of regions of NUTS 2 that lie outside Europe: they are perhaps swapped.

    Parameters
    ----------
    table, fields
        As :func:`misplaced` takes them, with the columns ``longitude`` and ``latitude``. Regions
        overseas are passed over.
    """
    region = next((field.name for field in fields if field.notation == NUTS2), "")
    if not {region, "longitude", "latitude"} <= set(table.columns):
        return []
    held = table[[region, "longitude", "latitude"]].dropna()
    held = held[~held[region].str.startswith(OVERSEAS)]
    west, east, south, north = EUROPE
    inside = held["longitude"].between(west, east) & held["latitude"].between(south, north)
    bad = held[~inside]
    if bad.empty:
        return []
    found = bad.drop_duplicates(region)
    return [
        Problem("place outside Europe", places(found[region]),
                places(f"{row.longitude:g}, {row.latitude:g}" for row in found.itertuples()),
                f"longitudes from {west:g} to {east:g}, latitudes from {south:g} to {north:g}",
                "correct the coordinates: degrees, the longitude (east) and the latitude (north) "
                "each in its own column")
    ]  # fmt: skip


def _shapes(regions: pd.Series) -> GeoSeries:
    """Return the polygons of regions, in metres: of oblasts with their okrugs inside."""
    source = read_descriptor(bundled_root() / RUSSIA)
    whole = assemble(source, source.part("regions80"), root=bundled_root()).geometry
    if set(regions) <= set(parents().values()):
        return whole
    parts = assemble(source, source.part("regions83"), root=bundled_root()).geometry
    return pd.concat([whole, parts.drop(parts.index.intersection(whole.index)).to_crs(whole.crs)])
