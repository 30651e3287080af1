"""Places of a user's table: coordinates that lie outside the region of their row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.data.assembly import assemble
from workbench.data.bundled import bundled_root
from workbench.data.descriptor import Field, read_descriptor
from workbench.data.forms.problems import Problem, places
from workbench.data.schemes import parents

if TYPE_CHECKING:
    from geopandas import GeoSeries

RUSSIA = "russia-regions"
LON, LAT = "lon", "lat"

TOLERANCE = 10.0
"""Kilometres that a place may lie outside: borders are simplified."""


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


def _shapes(regions: pd.Series) -> GeoSeries:
    """Return the polygons of regions, in metres: of oblasts with their okrugs inside."""
    source = read_descriptor(bundled_root() / RUSSIA)
    whole = assemble(source, source.part("regions80"), root=bundled_root()).geometry
    if set(regions) <= set(parents().values()):
        return whole
    parts = assemble(source, source.part("regions83"), root=bundled_root()).geometry
    return pd.concat([whole, parts.drop(parts.index.intersection(whole.index)).to_crs(whole.crs)])
