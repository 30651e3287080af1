"""Pictures of registries of clusters: bars and growth, a map, counts against expectations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from workbench.core.language import said_word, say
from workbench.typing import Said
from workbench.views.outlines import COLUMNS, geometries, heading, paint, sheet
from workbench.views.shades import shortened
from workbench.views.style import (
    ACCENT,
    INK,
    SEQUENTIAL,
    SERIES_COLORS,
    SERIES_MARKERS,
    Picture,
    p_number,
    styled,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from workbench.innovation.registries import RegionalExcess, Registry

MOST_ROWS = 20
MOST_KINDS = len(SERIES_COLORS)
LABEL = 34
EMPTY = "#F4F4F1"
BREAKS = (1, 2, 3, 5, 10)
"""Lower ends of the classes of counts."""


def _kinds(result: Registry, by: str) -> tuple[list[Any], pd.Series[Any]]:
    """Return the words of a column, the rarest under one word if there are too many for colours."""
    words = list(result.counts(by).index)
    labels = result.table[by].astype(object)
    if len(words) <= MOST_KINDS:
        return words, labels
    kept = words[: MOST_KINDS - 1]
    return [*kept, "others"], labels.where(labels.isin(kept), "others")


def registry_chart(
    result: Registry, *, by: str, title: Said | None = None, names: Any = None
) -> Picture:
    """Draw the regions with most clusters, and how many clusters there were by year, by kind.

    Parameters
    ----------
    result : Registry
    by : str
        Column whose words are coloured.
    title : str, optional
        Heading; by default what is listed.
    names : Series or mapping, optional
        Names of regions by id.

    Returns
    -------
    Picture
        A matplotlib figure: stacked bars of at most twenty regions, and steps over the years where
        the registry has years.
    """
    words, labels = _kinds(result, by)
    regions = result.table[result.region]
    table = pd.crosstab(regions, labels).reindex(columns=words, fill_value=0)
    order = table.sum(axis=1).sort_values(ascending=False, kind="stable").index[:MOST_ROWS]
    dated = result.year is not None and result.table[result.year].notna().any()
    with styled():
        figure = Picture(8.2 if dated else 4.6, 1.3 + 0.2 * len(order), alt=result.heading + ".")
        panels = figure.subplots(1, 2 if dated else 1, squeeze=False)[0]
        _bars(panels[0], table.loc[order].rename(index={} if names is None else dict(names)))
        if dated and result.year is not None:
            _steps(panels[1], result.table[result.year], labels, words)
        handles = [
            Patch(facecolor=color, label=said_word(str(word)))
            for word, color in zip(words, SERIES_COLORS, strict=False)
        ]
        figure.legend(handles=handles, loc="outside lower center", ncols=min(3, len(words)))
        heading(figure, result.heading if title is None else title)
    return figure


def _bars(axes: Axes, table: pd.DataFrame) -> None:
    at, left = np.arange(len(table)), np.zeros(len(table))
    for word, color in zip(table.columns, SERIES_COLORS, strict=False):
        width = table[word].to_numpy(dtype=float)
        axes.barh(at, width, left=left, height=0.72, color=color)
        left += width
    axes.set_yticks(at, [shortened(str(region), LABEL) for region in table.index])
    axes.set_ylim(len(table) - 0.4, -0.6)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel(say("clusters"))


def _steps(axes: Axes, year: pd.Series[Any], labels: pd.Series[Any], words: list[Any]) -> None:
    known = year.dropna().astype(int)
    span = np.arange(known.min() - 1, known.max() + 1)
    for word, color in zip(words, SERIES_COLORS, strict=False):
        own = known[labels.loc[known.index] == word].to_numpy()
        axes.step(span, (own[None] <= span[:, None]).sum(axis=1), where="post", color=color)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylim(bottom=0)
    axes.set_xlabel(say("year of start"))
    axes.set_ylabel(say("clusters by the end of the year"))


def registry_map(result: Registry, regions: Any, *, by: str, title: Said | None = None) -> Picture:
    """Draw regions shaded by their number of clusters, and the places by kind.

    Parameters
    ----------
    result : Registry
        With places.
    regions : GeoDataFrame or GeoSeries
        Polygons by region id.
    by : str
        Column whose words are marked.
    title : str, optional
        Heading; by default what is listed.

    Returns
    -------
    Picture
        A matplotlib figure; rows of one kind in one town are one mark, its area in proportion to
        their number.
    """
    shapes = geometries(regions)
    counts = result.counts("region").reindex(shapes.index, fill_value=0).to_numpy()
    words, labels = _kinds(result, by)
    breaks = [low for low in BREAKS if low <= counts.max()]
    shades = mpl.colormaps[SEQUENTIAL](np.linspace(0.12, 0.6, len(breaks)))
    place = np.searchsorted(breaks, counts, side="right")
    colors = [EMPTY if k == 0 else shades[k - 1] for k in place]
    text = result.heading if title is None else title
    entries = len(breaks) + 1 + len(words)
    on = sheet(shapes, title=text, alt=_alt(result, words, labels), entries=entries)
    paint(on.axes, shapes, colors=colors, edge="#BBBBBB")
    moved = result.points.to_crs(shapes.crs) if shapes.crs is not None else result.points
    for number, word in enumerate(words):
        own = moved[(labels[moved.index] == word).to_numpy()]
        spots = pd.Series(1, index=pd.MultiIndex.from_arrays([own.x, own.y])).groupby(
            level=[0, 1]
        ).sum()  # fmt: skip
        xy = np.array(spots.index.tolist(), dtype=float)
        on.axes.scatter(
            xy[:, 0], xy[:, 1], s=16.0 * spots.to_numpy(), marker=SERIES_MARKERS[number],
            color=SERIES_COLORS[number], edgecolor="white", linewidth=0.5, alpha=0.9, zorder=5,
        )  # fmt: skip
    with styled():
        on.figure.legend(
            handles=_handles(breaks, shades, words, labels),
            loc="outside lower left" if on.wide else "outside right center",
            ncols=COLUMNS if on.wide else 1,
            alignment="left",
        )
    return on.figure


def _handles(breaks: list[int], shades: Any, words: list[Any], labels: pd.Series[Any]) -> list[Any]:
    ends = [*(f"{b - 1}" for b in breaks[1:]), ""]
    steps: list[Any] = [Patch(facecolor=EMPTY, edgecolor="#BBBBBB", label=say("no cluster listed"))]
    for low, high, shade in zip(breaks, ends, shades, strict=True):
        span = f"{low}+" if not high else f"{low}" if high == str(low) else f"{low}–{high}"
        steps.append(Patch(facecolor=shade, edgecolor="#BBBBBB", label=span))
    marks = [
        Line2D(
            [],
            [],
            linestyle="",
            marker=SERIES_MARKERS[number],
            color=SERIES_COLORS[number],
            label=f"{shortened(said_word(str(word)), LABEL)} ({int((labels == word).sum())})",
        )
        for number, word in enumerate(words)
    ]
    return [*steps, *marks]


def _alt(result: Registry, words: list[Any], labels: pd.Series[Any]) -> str:
    told = ", ".join(f"{word} {int((labels == word).sum())}" for word in words)
    return f"Map. {result.heading}: {told}."


def excess_chart(
    result: RegionalExcess, *, title: Said | None = None, names: Any = None
) -> Picture:
    """Draw counts over expectations with their intervals, of regions that have a cluster.

    Parameters
    ----------
    result : RegionalExcess
    title : str, optional
        Heading; by default what was compared.
    names : Series or mapping, optional
        Names of regions by id.

    Returns
    -------
    Picture
        A matplotlib figure on a logarithmic axis, coloured where the adjusted p-value tells the
        count from what was expected. More than twenty regions are cut to those with most.
    """
    table = result.tidy()
    held = table[table["clusters"] > 0].sort_values("clusters", ascending=False, kind="stable")
    table = held.head(MOST_ROWS).sort_values("ratio", ascending=False, kind="stable")
    known = {} if names is None else dict(names)
    at = np.arange(len(table))
    colors = [INK if v == "cannot tell" else ACCENT for v in table["verdict"]]
    with styled():
        alt = say(
            "{heading}: X² = {statistic:.4g}, p = {p}.",
            heading=result.heading, statistic=result.statistic, p=p_number(result.p_value),
        )  # fmt: skip
        figure = Picture(6.6, 1.2 + 0.22 * len(table), alt=alt)
        axes = figure.add_subplot()
        axes.axvline(1.0, color="#999999", linewidth=0.9)
        axes.hlines(at, table["conf_low"], table["conf_high"], color=colors, linewidth=1.3)
        axes.scatter(table["ratio"], at, s=22, color=colors, zorder=3)
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(mpl.ticker.FuncFormatter(lambda v, _: say("{v:g}", v=v)))
        axes.set_yticks(
            at,
            [
                f"{known.get(i, i)}: {n}"
                for i, n in zip(table.index, table["clusters"], strict=True)
            ],
        )
        axes.set_ylim(len(table) - 0.4, -0.6)
        axes.set_xlabel(say("clusters over the number expected"))
        heading(figure, result.heading if title is None else title)
    return figure
