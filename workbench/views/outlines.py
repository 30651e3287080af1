"""Region geometries turned into what matplotlib draws, and the frame of a map."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.collections import PathCollection
from matplotlib.patches import Patch
from matplotlib.path import Path

from workbench.core.ids import canonical_order, region_ids
from workbench.core.language import language
from workbench.errors import GeometryError, IdError, InputError, listing
from workbench.typing import Said
from workbench.views.style import OUTLINE, OUTLINE_WIDTH, Picture, styled, titled

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from matplotlib.axes import Axes

MAP_WIDTH = 7.6
TALLEST = 7.6
WIDE = 1.35
"""Width over height above which the legend goes below the map instead of beside it."""
COLUMNS = 3
CHARACTERS_PER_INCH = 10.5
CYRILLIC_PER_INCH = 9.2
"""Of the bold heading."""
LEGEND_LINE = 0.19
BESIDE = 2.0
"""Inches that a legend beside the map takes."""
TITLE = 0.3
MARGIN = 0.01
"""Air around the regions, as a share of their extent."""
DISC = 0.011
"""Radius of the disc that stands for a point, as a share of the longer side of the map."""
GROUND, GROUND_EDGE = "#FAFAF8", "#D4D4D0"
"""Colours of the regions that lie under a map of points."""


def geometries(regions: Any, *, argument: str = "regions") -> gpd.GeoSeries:
    """Return the polygons of a GeoDataFrame or GeoSeries in the sorted order of their ids.

    Points become discs around them, all of one size on the map.

    Raises
    ------
    InputError
        If there are no geometries.
    GeometryError
        If some are missing, empty, or neither polygons nor multipolygons; or if all are points,
        and all in one place.
    """
    import geopandas as gpd

    if isinstance(regions, gpd.GeoDataFrame):
        regions = regions.geometry
    if not isinstance(regions, gpd.GeoSeries):
        raise InputError(
            argument,
            expected="a GeoDataFrame or GeoSeries of polygons indexed by region id",
            found=type(regions).__name__,
            remedy='pass polygons by region id, e.g. regions = wb.load("russia-regions")',
        )
    ids = region_ids(regions.index, argument=argument)
    series = regions.iloc[canonical_order(ids)]
    known = series.geom_type.dropna()
    points = len(known) > 0 and bool(known.eq("Point").all())
    wanted = ["Point"] if points else ["Polygon", "MultiPolygon"]
    bad = series.isna() | series.is_empty | ~series.geom_type.isin(wanted)
    if bad.any():
        raise GeometryError(
            argument,
            expected=f"a {'point' if points else 'polygon'} for every region",
            found=f"{int(bad.sum())} missing, empty or of another kind",
            offenders=series.index[bad],
        )
    return _discs(series, argument) if points else series


def _discs(points: gpd.GeoSeries, argument: str) -> gpd.GeoSeries:
    import geopandas as gpd
    import shapely
    from shapely.affinity import scale

    west, south, east, north = points.total_bounds
    stretch = _stretch(points)
    radius = DISC * max(east - west, (north - south) * stretch)
    if not radius > 0:
        raise GeometryError(
            argument, expected="points in different places", found="all in one place"
        )
    discs = shapely.buffer(points.to_numpy(), radius)  # in units of the map, degrees or metres
    upright = [scale(disc, 1.0, 1.0 / stretch) for disc in discs]
    return gpd.GeoSeries(upright, index=points.index, crs=points.crs)


def _stretch(regions: gpd.GeoSeries) -> float:
    """Return by how much a unit of latitude is drawn longer than one of longitude."""
    # degrees of longitude shrink towards the poles; a mid-latitude factor keeps shapes upright
    _, south, _, north = regions.total_bounds
    geographic = regions.crs is not None and regions.crs.is_geographic
    return 1 / max(np.cos(np.radians((south + north) / 2)), 0.1) if geographic else 1.0


def require_known(ids: pd.Index, regions: gpd.GeoSeries, *, argument: str) -> None:
    """Refuse values of regions that have no geometry."""
    unknown = ids.difference(regions.index, sort=None)
    if len(unknown):
        raise IdError(
            argument,
            expected="a geometry for every region that has a value",
            found=f"{len(unknown)} regions without geometry; "
            f"the geometries are of {listing(list(regions.index))}",
            offenders=unknown,
            remedy="pass the regions of the same scheme, indexed by region id",
        )


def outlines(regions: gpd.GeoSeries) -> list[Path]:
    """Return one compound path a region: outer rings and holes, in coordinates of the map."""
    return [_path(geometry) for geometry in regions]


def _path(geometry: Any) -> Path:
    parts = getattr(geometry, "geoms", [geometry])
    rings = (ring for part in parts for ring in (part.exterior, *part.interiors))
    return Path.make_compound_path(
        *(Path(np.asarray(ring.coords)[:, :2], closed=True) for ring in rings)
    )


@dataclass(frozen=True, slots=True)
class Sheet:
    """An empty map: the figure, its one axes, and whether the legend goes below."""

    figure: Picture
    axes: Axes
    wide: bool


def sheet(regions: gpd.GeoSeries, *, title: Said, alt: str, entries: int) -> Sheet:
    """Return an empty map that fits the regions: equal aspect, no axes, room for the legend.

    Parameters
    ----------
    regions : geopandas.GeoSeries
        What has to fit.
    title, alt : str
        Heading, and the description for readers who do not see the map.
    entries : int
        Entries of the legend, for the room they need.
    """
    west, south, east, north = regions.total_bounds
    stretch = _stretch(regions)
    ratio = (east - west) / ((north - south) * stretch)
    wide = bool(ratio > WIDE)
    below = LEGEND_LINE * -(-entries // COLUMNS) + 0.1 if wide and entries else 0.0
    height = min((MAP_WIDTH if wide else MAP_WIDTH - BESIDE) / ratio, TALLEST)
    with styled():
        figure = Picture(MAP_WIDTH, height + below + (TITLE if title else 0.0), alt=alt)
        axes = figure.add_subplot()
        axes.set_axis_off()
        axes.set_aspect(stretch)
        pad_x, pad_y = MARGIN * (east - west), MARGIN * (north - south)
        axes.set_xlim(west - pad_x, east + pad_x)
        axes.set_ylim(south - pad_y, north + pad_y)
        if title:
            heading(figure, title)
    return Sheet(figure, axes, wide)


_NEGATIVE = re.compile(r"(?<![\w.,)\]-])-(?=\d+[.,]\d)")


def heading(figure: Picture, title: Said) -> None:
    """Write the heading at the upper left of the figure, in bold, on as many lines as it needs.

    An empty text takes no room.
    """
    if not title:
        return
    text = _NEGATIVE.sub("−", titled(title))
    per_inch = CYRILLIC_PER_INCH if language() == "ru" else CHARACTERS_PER_INCH
    per_line = int(per_inch * figure.get_size_inches()[0])
    figure.suptitle(
        textwrap.fill(text, per_line), x=0.01, ha="left", fontweight="bold", fontsize=10.5
    )


def paint(
    axes: Axes,
    regions: gpd.GeoSeries,
    *,
    colors: Sequence[Any],
    edge: str = OUTLINE,
    hatch: str | None = None,
    width: float = OUTLINE_WIDTH,
) -> None:
    """Fill the regions with one colour each and draw their borders thinly."""
    axes.add_collection(
        PathCollection(
            outlines(regions),
            facecolors=list(colors),
            edgecolors=edge,
            linewidths=width,
            hatch=hatch,
            joinstyle="round",
        ),
        autolim=False,
    )


def spread(shapes: gpd.GeoSeries, ground: Any) -> tuple[gpd.GeoSeries, gpd.GeoSeries | None]:
    """Return what has to fit on a map, and the regions that lie under it, in one projection.

    Raises
    ------
    GeometryError
        If only one of them has a coordinate reference system.
    """
    import geopandas as gpd
    import pandas as pd

    if ground is None:
        return shapes, None
    under = geometries(ground, argument="ground")
    if (shapes.crs is None) != (under.crs is None):
        known, bare = ("ground", "regions") if shapes.crs is None else ("regions", "ground")
        raise GeometryError(
            "ground",
            expected="a coordinate reference system of both the regions and the ground, or none",
            found=f"{known} with one, {bare} without",
            remedy=f"say which it is, e.g. {bare} = {bare}.set_crs(4326)",
        )
    if under.crs is not None:
        under = under.to_crs(shapes.crs)
    return gpd.GeoSeries(pd.concat([shapes, under]), crs=shapes.crs), under


def lay(axes: Axes, ground: gpd.GeoSeries | None) -> None:
    """Paint the regions that lie under a map, pale."""
    if ground is not None:
        paint(axes, ground, colors=[GROUND] * len(ground), edge=GROUND_EDGE)


def legend(on: Sheet, entries: Iterable[tuple[str, Any]], *, title: Said = "") -> None:
    """Put the legend beside the map or, if the map is wide, below it; every entry is shown."""
    handles = [
        Patch(facecolor=color, edgecolor="#888888", linewidth=0.4, label=text)
        for text, color in entries
    ]
    with styled():
        on.figure.legend(
            handles=handles,
            title=titled(title) or None,
            loc="outside lower left" if on.wide else "outside right center",
            ncols=COLUMNS if on.wide else 1,
            handlelength=1.3,
            handleheight=0.9,
            columnspacing=1.8,
            alignment="left",
        )
