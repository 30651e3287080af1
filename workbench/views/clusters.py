"""Maps of local statistics: clusters, significance, stability."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pandas as pd

from workbench.core.language import say
from workbench.errors import InputError
from workbench.typing import Said
from workbench.views.outlines import (
    geometries,
    lay,
    legend,
    paint,
    require_known,
    sheet,
    spread,
)
from workbench.views.style import CLUSTER_COLORS, SEQUENTIAL, SIGNIFICANCE_COLORS, Picture, titled

if TYPE_CHECKING:
    from workbench.explore.local.result import LocalResult
    from workbench.explore.local.stability import StabilityResult

ABSENT = "white"
ROUNDING = 1e-12
SHARES = (0.5, 0.75, 0.9, 1.0)
"""Upper ends of the classes of a stability map."""


def cluster_map(
    result: LocalResult,
    regions: Any = None,
    *,
    title: Said | None = None,
    ground: Any = None,
) -> Picture:
    """Draw the clusters of a local statistic in GeoDa's colours.

    Parameters
    ----------
    result : LocalResult
        From :func:`workbench.lisa` or another local statistic.
    regions : GeoDataFrame or GeoSeries, optional
        Polygons indexed by region id, in any order, or points, which are drawn as discs. Without
        them the geometry of the table that the statistic was computed from is drawn. Regions
        without a result are drawn as no data.
    title : str, optional
        Heading; by default the variable and the rule by which regions were flagged. An empty
        text leaves it out.
    ground : GeoDataFrame or GeoSeries, optional
        Polygons to lie under the regions, pale: of a country under its cities.

    Returns
    -------
    Picture
        A matplotlib figure. The legend lists all classes with their counts, also empty ones.

    Raises
    ------
    InputError
        If there is no geometry to draw.
    IdError
        If a region with a result has no geometry.

    References
    ----------
    Anselin, L. (1995). Local indicators of spatial association: LISA. Geographical Analysis
    27(2), 93-115. The colours are those of GeoDa.
    """
    counts = result.counts
    entries = [
        (say(str(name)), CLUSTER_COLORS[str(name)], int(counts[name])) for name in counts.index
    ]
    colors = result.table["cluster"].map(dict(CLUSTER_COLORS))
    heading = result.heading if title is None else titled(title)
    alt = say("Map of local clusters. {heading}", heading=result.heading)
    return _drawn(result, regions, colors, entries, heading, alt, ground=ground)


def significance_map(
    result: LocalResult, regions: Any = None, *, title: Said | None = None
) -> Picture:
    """Draw which step each region's p-value falls under: 0.05, 0.01, 0.001, 0.0001.

    The p-values are those of single regions, before any correction; flagged regions are drawn by
    :func:`cluster_map`. Parameters, returned picture and errors as there.
    """
    table = result.table
    p = table["p_value"]
    grey = CLUSTER_COLORS["not significant"]
    colors = pd.Series(grey, index=table.index)
    for level, color in SIGNIFICANCE_COLORS.items():
        colors[p <= level * (1 + ROUNDING)] = color
    entries = [
        (say("p <= {level:g}", level=level), color, int((colors == color).sum()))
        for level, color in SIGNIFICANCE_COLORS.items()
    ]
    entries.append((say("not significant"), grey, int(((colors == grey) & p.notna()).sum())))
    untested = ["not tested"] if "not tested" in result.classes else []
    for name in (*untested, "isolated"):
        colors[table["cluster"] == name] = CLUSTER_COLORS[name]
        entries.append((say(name), CLUSTER_COLORS[name], int((table["cluster"] == name).sum())))
    heading = (
        say("{heading}: p-values of single regions", heading=result.heading)
        if title is None
        else titled(title)
    )
    return _drawn(
        result,
        regions,
        colors,
        entries,
        heading,
        say("Significance map. {heading}", heading=result.heading),
    )


def stability_map(
    result: StabilityResult, regions: Any = None, *, title: Said | None = None
) -> Picture:
    """Draw in how many draws each flagged region kept its label.

    Parameters, returned picture and errors as for :func:`cluster_map`.
    """
    table = result.table
    flagged = result.base.flagged
    palette = [mpl.colors.to_hex(c) for c in mpl.colormaps[SEQUENTIAL](np.linspace(0.15, 0.9, 4))]
    place = np.searchsorted(np.array(SHARES), table["share"].to_numpy() - 1e-12)
    colors = pd.Series([palette[min(k, 3)] for k in place], index=table.index)
    colors[~flagged] = CLUSTER_COLORS["not significant"]
    entries = []
    for k, high in enumerate(SHARES):
        low = SHARES[k - 1] if k else 0.0
        count = int((flagged & (place == k)).sum())
        entries.append(
            (say("{low:.0%} to {high:.0%} of the draws", low=low, high=high), palette[k], count)
        )
    entries.append((say("not flagged"), CLUSTER_COLORS["not significant"], int((~flagged).sum())))
    heading = result.heading if title is None else titled(title)
    return _drawn(
        result.base,
        regions,
        colors,
        entries,
        heading,
        say("Stability map. {heading}", heading=result.heading),
    )


def _drawn(
    result: LocalResult,
    regions: Any,
    colors: pd.Series[Any],
    entries: list[tuple[str, str, int]],
    heading: str,
    alt: str,
    *,
    ground: Any = None,
) -> Picture:
    shapes = geometries(_regions_of(result, regions))
    require_known(colors.index, shapes, argument="regions")
    shown: list[tuple[str, Any]] = [(f"{name} ({count})", color) for name, color, count in entries]
    missing = len(shapes) - len(colors)
    if missing:
        shown.append((say("no data ({missing})", missing=missing), ABSENT))
    told = ", ".join(f"{name}: {count}" for name, _, count in entries)
    whole, under = spread(shapes, ground)
    on = sheet(whole, title=heading, alt=f"{alt}. {told}.", entries=len(shown))
    fill = colors.reindex(shapes.index).fillna(ABSENT)
    # white borders vanish between white regions, nearly so between pale ones, and over a ground
    pale = missing or under is not None or (fill == CLUSTER_COLORS["not tested"]).any()
    lay(on.axes, under)
    paint(on.axes, shapes, colors=fill.tolist(), edge="#BBBBBB" if pale else "white")
    legend(on, shown)
    return on.figure


def _regions_of(result: LocalResult, regions: Any) -> Any:
    if regions is not None:
        return regions
    if result.geometry is None:
        raise InputError(
            "regions",
            expected="polygons to draw",
            found="none: the table of this LISA had no geometry",
            remedy="pass them, lisa.plot(regions), or compute the LISA from a GeoDataFrame",
        )
    return result.geometry
