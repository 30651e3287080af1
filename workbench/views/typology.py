"""Pictures of typologies: maps of classes, groups and their stability; profiles; how many."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from workbench.core.language import say
from workbench.errors import InputError
from workbench.typing import Said
from workbench.views.outlines import geometries, heading, legend, paint, require_known, sheet
from workbench.views.style import (
    ACCENT,
    INK,
    NO_DATA,
    SEQUENTIAL,
    SERIES_COLORS,
    Picture,
    class_in_print,
    styled,
    titled,
)

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.axes import Axes

    from workbench.explore.typology import ChoiceOfK, Classes, Stability, Typology
    from workbench.typing import FloatArray

GROUP_COLORS = (
    "#4E79A7", "#E6A04C", "#6FA86A", "#C9606B", "#8F7CB8", "#C8B04A", "#5BA9A9", "#A97C5B",
    "#D98CB3", "#8A8F98", "#2F5D62", "#A4C264",
)  # fmt: skip
"""Colours of the first groups; hues a golden angle apart follow."""
GOLDEN_ANGLE = 0.381966
STEPS = ((0.5, "at most 50 %"), (0.75, "50 to 75 %"), (0.9, "75 to 90 %"), (0.99, "90 to 99 %"))
"""Upper bounds of the classes of a stability map; the last class is above them."""
MOST_CELLS = 30
"""Columns of a chart of profiles beyond which numbers in its cells cannot be read."""
WIDEST_MEAN = 2.0
"""Standard deviations at which the colours of a profile end; few group means lie farther out."""


def group_colors(k: int) -> list[Any]:
    """Return k colours that neighbours in the legend can be told apart by."""
    more = [
        colorsys.hls_to_rgb((i * GOLDEN_ANGLE) % 1.0, 0.45 + 0.15 * (i % 3), 0.45)
        for i in range(max(k - len(GROUP_COLORS), 0))
    ]
    return [*GROUP_COLORS[:k], *more]


def classes_map(result: Classes, regions: Any = None, *, title: Said | None = None) -> Picture:
    """Draw regions in their classes, the darker the larger; empty classes are in the legend.

    Parameters
    ----------
    result : Classes
        From :func:`workbench.explore.typology.classify`.
    regions : GeoDataFrame or GeoSeries, optional
        Polygons indexed by region id, in any order; by default the table's own.
    title : str, optional
        Heading; by default the variable, the method and the number of classes.

    Returns
    -------
    Picture
        A matplotlib figure.

    Raises
    ------
    InputError, IdError
        If there is no geometry, or a region has none.
    """
    colors = list(mpl.colormaps[SEQUENTIAL](np.linspace(0.12, 0.92, result.k)))
    entries = [
        (f"{class_in_print(str(text))} ({count})", color)
        for (text, count), color in zip(result.sizes.items(), colors, strict=True)
    ]
    place = pd.Series(result.membership, index=result.values.index)
    text = result.heading if title is None else titled(title)
    return painted(
        place, regions, result.geometry, colors=colors, entries=entries, title=text,
        alt=say("Map of {heading}", heading=result.heading),
    )[0]  # fmt: skip


def typology_map(result: Typology, regions: Any = None, *, title: Said | None = None) -> Picture:
    """Draw each group in its colour; contiguous groups carry their number on the map too.

    Parameters
    ----------
    result : Typology
        From ``cluster`` or ``regionalize``.
    regions, title
        As for :func:`classes_map`.

    Returns
    -------
    Picture
        A matplotlib figure; the legend lists every group with its number of regions.
    """
    colors = group_colors(result.k)
    entries = [
        (f"{group} ({size})", color)
        for (group, size), color in zip(result.sizes.items(), colors, strict=True)
    ]
    place = result.labels - 1
    figure, axes, shapes = painted(
        place, regions, result.profiles.geometry, colors=colors, entries=entries,
        title=result.heading if title is None else titled(title), alt=result.heading,
        legend_title=say("group (regions)"),
    )  # fmt: skip
    if result.plan.contiguous:
        _number(axes, shapes.reindex(place.index), place.to_numpy())
    return figure


def group_stability_map(
    result: Stability, regions: Any = None, *, title: Said | None = None
) -> Picture:
    """Draw in which share of draws each region stays with its group.

    Parameters
    ----------
    result : Stability
        From ``stability``.
    regions, title
        As for :func:`classes_map`.

    Returns
    -------
    Picture
        A matplotlib figure with fixed classes: at most 50 %, to 75, 90, 99 %, and above.
    """
    stays = result.augment()["stays"]
    seen = stays.dropna()
    place = pd.Series(
        np.searchsorted([bound for bound, _ in STEPS], seen.to_numpy(), side="left"),
        index=seen.index,
    )
    texts = [*(say(text) for _, text in STEPS), say("above 99 %")]
    colors = list(mpl.colormaps[SEQUENTIAL](np.linspace(0.08, 0.85, len(texts))))
    entries = [(f"{text} ({int((place == i).sum())})", colors[i]) for i, text in enumerate(texts)]
    return painted(
        place, regions, result.base.profiles.geometry, colors=colors, entries=entries,
        title=result.heading if title is None else titled(title), alt=result.heading,
        legend_title=say("stays with its group"),
    )[0]  # fmt: skip


def painted(
    place: pd.Series[Any],
    regions: Any,
    own: Any,
    *,
    colors: Sequence[Any],
    entries: list[tuple[str, Any]],
    title: str,
    alt: str,
    legend_title: Said = "",
) -> tuple[Picture, Axes, gpd.GeoSeries]:
    """Paint regions by the position of their colour, with the legend; others are no data."""
    if regions is None and own is None:
        raise InputError(
            "regions",
            expected="polygons to draw",
            found="none: the table had no geometry",
            remedy="pass them, result.plot(regions), or compute the result from a GeoDataFrame",
        )
    shapes = geometries(own if regions is None else regions)
    require_known(place.index, shapes, argument="regions")
    missing = len(shapes) - len(place)
    if missing:
        entries = [*entries, (say("no data ({missing})", missing=missing), NO_DATA)]
    told = "; ".join(text for text, _ in entries)
    on = sheet(
        shapes, title=title, alt=f"{alt}. {told}.", entries=len(entries) + bool(legend_title)
    )
    positions = place.reindex(shapes.index)
    fill = [NO_DATA if np.isnan(p) else colors[int(p)] for p in positions.astype(float)]
    paint(on.axes, shapes, colors=fill)
    legend(on, entries, title=legend_title)
    return on.figure, on.axes, shapes


def _number(axes: Axes, shapes: gpd.GeoSeries, groups: Any) -> None:
    """Write each group's number inside its member that is nearest to the middle of the group."""
    points = shapes.representative_point()
    x, y = points.x.to_numpy(), points.y.to_numpy()
    for group in np.unique(groups):
        members = np.flatnonzero(groups == group)
        away = (x[members] - x[members].mean()) ** 2 + (y[members] - y[members].mean()) ** 2
        at = members[int(np.argmin(away))]
        axes.text(
            x[at], y[at], str(group + 1), ha="center", va="center", fontsize=8, color=INK,
            fontweight="bold",
            bbox={"boxstyle": "round,pad=0.18", "fc": "white", "ec": "none", "alpha": 0.75},
        )  # fmt: skip


def profiles_chart(result: Typology, *, title: Said | None = None) -> Picture:
    """Draw what groups are like: the mean of each standardised variable, as colour and number.

    Parameters
    ----------
    result : Typology
        From ``cluster`` or ``regionalize``.
    title : str, optional
        Heading; by default that of the result.

    Returns
    -------
    Picture
        A matplotlib figure: a row a variable, a column a group with its number of regions. Under
        ``standardize="z"`` 0 is the mean of all regions and 1 a standard deviation above it.
    """
    means = result.profile.T
    text = result.heading if title is None else titled(title)
    rows, columns = means.shape
    limit = (
        WIDEST_MEAN
        if result.profiles.standardize != "none"
        else float(np.abs(means.to_numpy()).max())
    )
    unit = {"z": "standard deviations", "robust": "robust deviations",
            "none": "mean"}[result.profiles.standardize]  # fmt: skip
    with styled():
        figure = Picture(
            min(2.8 + 0.62 * columns, 11.0),
            1.7 + 0.36 * rows,
            alt=f"{result.heading}: {say(unit)}. " + _told(means),
        )
        axes = figure.add_subplot()
        drawn = axes.imshow(means, cmap="RdBu_r", vmin=-limit, vmax=limit, aspect="auto")
        axes.set_yticks(range(rows), list(means.index))
        axes.set_xticks(
            range(columns), [f"{g}\n({n})" for g, n in result.sizes.items()], fontsize=8
        )
        axes.set_xlabel(say("group (regions)"))
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        if columns <= MOST_CELLS:
            _cells(axes, means.to_numpy(), limit)
        figure.colorbar(drawn, ax=axes, extend="both", fraction=0.05, pad=0.02).set_label(say(unit))
        heading(figure, text)
    return figure


def _cells(axes: Axes, values: FloatArray, limit: float) -> None:
    for (row, column), value in np.ndenumerate(values):
        pale = abs(value) < 0.6 * limit
        text = say("{value:.1f}", value=value).replace("-0.0", "0.0").replace("-", "−")
        axes.text(
            column, row, text, ha="center", va="center", fontsize=8,
            color=INK if pale else "white",
        )  # fmt: skip


def _told(means: pd.DataFrame) -> str:
    return " ".join(
        say("Group {group}: ", group=group)
        + ", ".join(
            say("{name} {value:.1f}", name=name, value=value) for name, value in column.items()
        )
        + "."
        for group, column in means.items()
    )


def choice_chart(result: ChoiceOfK, *, title: Said | None = None) -> Picture:
    """Draw the three curves by which a number of groups is chosen, each with its choice marked.

    Parameters
    ----------
    result : ChoiceOfK
        From ``choose_k``.
    title : str, optional
        Heading; by default the method and the variables.

    Returns
    -------
    Picture
        A matplotlib figure of three panels: explained share, mean silhouette, gap ± its standard
        error.
    """
    table = result.tidy()
    chosen = {"explained": result.elbow, "silhouette": result.silhouette, "gap": result.gap}
    names = {"explained": "share explained (elbow)", "silhouette": "mean silhouette",
             "gap": "gap ± standard error"}  # fmt: skip
    told = ", ".join(f"{say(names[key])}: {value or say('none')}" for key, value in chosen.items())
    with styled():
        figure = Picture(
            8.6, 3.1, alt=say("{heading}. Chosen k by {told}.", heading=result.heading, told=told)
        )
        for place, (column, k) in enumerate(chosen.items(), start=1):
            axes = figure.add_subplot(1, 3, place)
            error = table["gap_se"] if column == "gap" else None
            axes.errorbar(
                table.index, table[column], yerr=error, marker="o", markersize=4,
                color=SERIES_COLORS[0], linewidth=1.3, elinewidth=0.9, capsize=2,
            )  # fmt: skip
            axes.set_title(
                f"{say(names[column])}: {(say('none') if k is None else say('k = {k}', k=k))}",
                fontsize=9,
            )
            axes.set_xlabel(say("groups k"))
            axes.set_xlim(0.5, table.index[-1] + 0.5)
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
            if k is not None:
                axes.axvline(k, color=ACCENT, linewidth=1.2, linestyle="--", zorder=0)
        heading(figure, result.heading if title is None else titled(title))
    return figure
