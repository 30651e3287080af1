"""Pictures of one region among others: its peers, its profile, its paths."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pandas as pd

from workbench.core.language import say
from workbench.core.panel_frame import period_text
from workbench.core.periods import times
from workbench.views.labels import named
from workbench.views.outlines import heading
from workbench.views.style import ACCENT, INK, SERIES_COLORS, Picture, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from workbench.innovation.profiles.likeness import Peers
    from workbench.innovation.profiles.profile import RegionProfile
    from workbench.typing import PathsOf

ROW = 0.24
"""Height of an indicator, inches."""
BAND = "#C9DCEC"
OWN = ACCENT
PEERS = SERIES_COLORS[0]
AXES = {
    "relative": "value over the median of the country",
    "percentile": "percentile of the region",
    "value": "value",
}
ACROSS = 3
"""Panels of paths in a row."""


def peers_chart(
    result: Peers, *, title: str | None = None, names: pd.Series[Any] | None = None
) -> Picture:
    """Draw peers by their distance, dark those that stay whichever variable is left out.

    Parameters
    ----------
    result : Peers
        From ``peers``.
    title : str, optional
        Heading; by default that of the result.
    names : Series, optional
        Names by region id.

    Returns
    -------
    Picture
        A matplotlib figure: a bar a peer, with the share of choices in which it stays.
    """
    table = result.tidy()
    text = result.heading if title is None else title
    labels = named(table.index, names)
    shares = table["share_same"].to_numpy()
    strength = np.where(np.isfinite(shares), 0.25 + 0.75 * np.nan_to_num(shares), 0.6)
    with styled():
        figure = Picture(
            6.2, 1.1 + ROW * len(table),
            alt=f"{text or result.heading}. {say('The nearest peers')}: {', '.join(labels[:3])}.",
        )  # fmt: skip
        axes = figure.add_subplot()
        colors = [mpl.colors.to_rgba(PEERS, alpha) for alpha in strength]
        up = np.arange(len(table))
        axes.barh(up, table["distance"], height=0.72, color=colors)
        for y, (distance, share) in enumerate(zip(table["distance"], shares, strict=True)):
            if np.isfinite(share):
                axes.text(
                    distance, y, f" {100 * share:.0f} %", va="center", fontsize=7.5, color=INK
                )
        axes.set_yticks(up, labels)
        axes.set_ylim(len(table) - 0.4, -0.6)
        axes.set_xlim(0, 1.12 * float(table["distance"].max()) or 1.0)
        axes.tick_params(axis="y", length=0)
        told = say("distance; per cent: choices without one variable in which the peer stays")
        axes.set_xlabel(told if np.isfinite(shares).any() else say("distance"))
        heading(figure, text)
    return figure


def profile_chart(
    result: RegionProfile, *, title: str | None = None, names: pd.Series[Any] | None = None
) -> Picture:
    """Draw percentiles by component, with peers' ranges and the country's median.

    Parameters
    ----------
    result : RegionProfile
        From ``region_profile``.
    title : str, optional
        Heading; by default that of the result.
    names : Series, optional
        Names by region id, for the legend.

    Returns
    -------
    Picture
        A matplotlib figure: a row an indicator, grouped by component, whose own percentile is a
        diamond on the first row of the group; bands are peers' ranges, ticks their medians.
    """
    rows = result.rows
    order = rows.sort_values("component", kind="stable")
    y, heads = _grouped(order["component"])
    labels = dict(zip(result.indicators.names, result.indicators.labels, strict=True))
    text = result.heading if title is None else title
    with styled():
        figure = Picture(7.4, 1.5 + ROW * (len(order) + len(heads)), alt=_told(result))
        axes = figure.add_subplot()
        axes.axvline(50, color="#777777", linewidth=0.9, dashes=(4, 3), zorder=1)
        if result.peers:
            low, high = order["peers_percentile_low"], order["peers_percentile_high"]
            axes.hlines(y, low, high, color=BAND, linewidth=7, zorder=2)
            axes.scatter(
                order["peers_percentile"], y, marker="|", s=70, color=PEERS, zorder=3,
                linewidth=1.8,
            )  # fmt: skip
        axes.scatter(order["percentile"], y, s=34, color=OWN, zorder=4)
        _components(axes, result, heads)
        ticks = [*heads.values(), *y]
        written = [say(str(one)) for one in (*heads, *(labels[name] for name in order.index))]
        axes.set_yticks(ticks, [textwrap.shorten(one, 46, placeholder=" …") for one in written])
        for tick, bold in zip(axes.get_yticklabels(), [*[True] * len(heads), *[False] * len(y)],
                              strict=True):  # fmt: skip
            tick.set_fontweight("bold" if bold else "normal")
        axes.set_ylim(max(ticks) + 0.7, -0.8)
        axes.set_xlim(-2, 102)
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel(say("percentile: per cent of the other regions that are worse"))
        _legend(figure, result, names)
        heading(figure, text)
    return figure


def paths_chart(
    result: RegionProfile,
    *,
    of: PathsOf = "relative",
    title: str | None = None,
    names: pd.Series[Any] | None = None,
) -> Picture:
    """Draw the path of each indicator, with peers' bands and breaks.

    Parameters
    ----------
    result : RegionProfile
        Of a panel, from ``region_profile``.
    of : {"relative", "percentile", "value"}
        Values over the country's median, percentiles, or values.
    title : str, optional
        Heading; by default that of the result.
    names : Series, optional
        Names by region id, for the legend.

    Returns
    -------
    Picture
        A matplotlib figure: a panel an indicator; dashed is the country's median, dotted upright
        lines are breaks.
    """
    indicators = list(result.rows.index)
    labels = dict(zip(result.indicators.names, result.indicators.labels, strict=True))
    down = -(-len(indicators) // ACROSS)
    text = result.heading if title is None else title
    with styled():
        figure = Picture(7.6, 0.7 + 1.75 * down, alt=_paths_told(result))
        panels = figure.subplots(down, ACROSS, sharex=True, squeeze=False).ravel()
        for axes, name in zip(panels, indicators, strict=False):
            _path(axes, result.paths_rows.loc[name], of, result.breaks.get(name, ()))  # type: ignore[union-attr]
            axes.set_title("\n".join(textwrap.wrap(say(str(labels[name])), 30)), loc="left",
                           fontsize=8.5, fontweight="normal")  # fmt: skip
        for axes in panels[len(indicators) :]:
            axes.set_visible(False)
        for at in range(len(indicators) - ACROSS, len(indicators)):
            if at >= 0:
                panels[at].tick_params(labelbottom=True)
        figure.supylabel(say(AXES[of]), fontsize=8.5)
        _legend(figure, result, names, line=True)
        heading(figure, text)
    return figure


def _grouped(components: pd.Series[Any]) -> tuple[list[float], dict[str, float]]:
    """Return the height of each row, and of the heading of each group."""
    y: list[float] = []
    heads: dict[str, float] = {}
    at = 0.0
    for name in components:
        if name not in heads:
            heads[name] = at
            at += 1
        y.append(at)
        at += 1
    return y, heads


def _components(axes: Axes, result: RegionProfile, heads: dict[str, float]) -> None:
    at = result.component_rows.loc[list(heads), "percentile"]
    axes.scatter(at, list(heads.values()), marker="D", s=36, facecolor="white", edgecolor=OWN,
                 linewidth=1.4, zorder=4)  # fmt: skip
    for height in list(heads.values())[1:]:
        axes.axhline(height - 0.5, color="#DDDDDD", linewidth=0.7, zorder=0)


def _path(axes: Axes, path: pd.DataFrame, kind: PathsOf, breaks: tuple[Any, ...]) -> None:
    x = times(path.index)
    if kind == "percentile":
        column, base, low, high = (
            "percentile",
            50.0,
            "peers_percentile_low",
            "peers_percentile_high",
        )
        scale: Any = 1.0
        middle: Any = np.full(len(x), base)
    else:
        column, low, high = "value", "peers_low", "peers_high"
        scale = (
            path["country_median"].where(path["country_median"] > 0) if kind == "relative" else 1.0
        )
        middle = path["country_median"] / scale
    if low in path:
        axes.fill_between(x, path[low] / scale, path[high] / scale, color=BAND, lw=0, zorder=1)
    axes.plot(x, middle, color="#777777", linewidth=0.9, dashes=(4, 3), zorder=2)
    axes.plot(x, path[column] / scale, color=OWN, linewidth=1.5, zorder=3)
    for cut in breaks:
        where = times(pd.Index([cut]))[0] - 0.5 * float(np.diff(x).min())
        axes.axvline(where, color=INK, linewidth=0.8, linestyle=":", zorder=2)
    axes.xaxis.set_major_locator(mpl.ticker.MaxNLocator(4, integer=True))
    axes.tick_params(labelsize=7)


def _legend(
    figure: Picture, result: RegionProfile, names: pd.Series[Any] | None, *, line: bool = False
) -> None:
    region = named([result.region], names)[0]
    own: dict[str, Any] = {"color": OWN} if line else {"color": OWN, "marker": "o", "ls": ""}
    marks: list[Any] = [mpl.lines.Line2D([], [], label=region, **own)]
    if not line:
        marks.append(mpl.lines.Line2D([], [], marker="D", ls="", markerfacecolor="white",
                                      color=OWN, label=say("component")))  # fmt: skip
    if result.peers:
        marks.append(mpl.patches.Patch(
            color=BAND, label=say("range of {k} peers", k=len(result.peers))
        ))  # fmt: skip
        if not line:
            marks.append(mpl.lines.Line2D([], [], marker="|", ls="", color=PEERS, markersize=9,
                                          label=say("median of peers")))  # fmt: skip
    marks.append(mpl.lines.Line2D([], [], color="#777777", linewidth=0.9, dashes=(4, 3),
                                  label=say("median of the country")))  # fmt: skip
    figure.legend(handles=marks, loc="outside lower center", ncols=min(len(marks), 5))


def _told(result: RegionProfile) -> str:
    at = result.component_rows["percentile"]
    parts = ", ".join(f"{say(str(name))} {value:.0f}" for name, value in at.items())
    return f"{result.heading}. {say('Percentiles of components')}: {parts}."


def _paths_told(result: RegionProfile) -> str:
    table = result.dynamics()
    parts = "; ".join(
        f"{name} {say('rank')} {row['rank_first']:.0f} → {row['rank_last']:.0f}"
        for name, row in table.iterrows()
        if "rank_first" in row and pd.notna(row["rank_first"])
    )
    ends = [period_text(one) for one in (table["start"].min(), table["end"].max())]
    return f"{result.region}, {ends[0]}–{ends[1]}: {parts}."
