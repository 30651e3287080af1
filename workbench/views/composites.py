"""Pictures of composite indices: what adds up to a score, a region's profile, correlations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pandas as pd

from workbench.core.language import say
from workbench.core.panel_frame import period_text
from workbench.typing import Said
from workbench.views.labels import named
from workbench.views.outlines import heading
from workbench.views.style import ACCENT, INK, SERIES_COLORS, Picture, number, styled, titled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from workbench.innovation.composites.checking import IndexChecks
    from workbench.innovation.composites.index import CompositeIndex
    from workbench.typing import FloatArray, IntArray

ROW = 0.19
"""Height of a bar with its gap, in inches."""
DIVERGING = "RdBu"
WRITTEN = 24
"""Most indicators whose correlations are written into the map."""
PEERS = 2


def contributions_chart(
    index: CompositeIndex,
    *,
    rows: IntArray,
    most: int = 40,
    title: Said | None = None,
    names: pd.Series[Any] | None = None,
) -> Picture:
    """Draw ranked bars of scores, made of what each sub-index or indicator adds.

    Parameters
    ----------
    index : CompositeIndex
        From :func:`workbench.innovation.composite`.
    rows : ndarray of int
        Rows to draw, those of a period.
    most : int
        Regions drawn, the best ones.
    title : str, optional
        Heading; by default the number of indicators and regions.
    names : Series, optional
        Names by region id, in the place of ids.

    Returns
    -------
    Picture
        A matplotlib figure. Parts below zero are stacked to the left, and the dot is the score.
        Plain bars where the aggregation is not a sum.
    """
    scores = index.scores.take(rows)
    order = np.argsort(index.ranks.take(rows).to_numpy(), kind="stable")[: max(most, 1)]
    labels = named(scores.index.get_level_values(0)[order], names)
    values = scores.to_numpy()[order]
    parts = (
        _parts(index).iloc[rows].iloc[order] if index.additive else scores.to_frame().iloc[order]
    )
    text = _title(index, rows) if title is None else titled(title)
    best = ", ".join(
        f"{label} {number(float(value))}"
        for label, value in list(zip(labels, values, strict=True))[:3]
    )
    with styled():
        figure = Picture(
            6.8, 1.1 + ROW * len(labels), alt=say("{words}. Best: {best}.", words=text, best=best)
        )
        axes = figure.add_subplot()
        _stack(axes, parts, colors=_colors(parts.shape[1]))
        if (parts.to_numpy() < 0).any() and parts.shape[1] > 1:
            axes.scatter(values, range(len(labels)), s=12, color=INK, zorder=4, label=say("score"))
        axes.axvline(0, color="#777777", linewidth=0.8, zorder=3)
        axes.set_yticks(range(len(labels)), labels)
        axes.set_ylim(len(labels) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel(
            say("score") if len(labels) == len(rows) else say("score, best {n}", n=len(labels))
        )
        if parts.shape[1] > 1:
            figure.legend(loc="outside right upper")
        heading(figure, text)
    return figure


def _parts(index: CompositeIndex) -> pd.DataFrame:
    """Return contributions of groups where there are any, of indicators without."""
    parts = index.contributions
    groups = index.indicators.groups
    if not groups or parts.shape[1] <= len(SERIES_COLORS):
        return parts.set_axis(list(index.indicators.labels), axis=1)
    # the lowest level whose groups are few enough to tell by colour
    level = next((n for n, g in enumerate(groups) if len(g) <= len(SERIES_COLORS)), len(groups) - 1)
    belongs = index.indicators.table[index.indicators.levels[level]].astype(str)
    return pd.DataFrame(
        {name: parts.loc[:, (belongs == name).to_numpy()].sum(axis=1) for name in groups[level]}
    )


def _stack(axes: Axes, parts: pd.DataFrame, *, colors: Sequence[Any]) -> None:
    right, left = np.zeros(len(parts)), np.zeros(len(parts))
    places = np.arange(len(parts))
    for (name, column), color in zip(parts.items(), colors, strict=True):
        widths = column.to_numpy(dtype=float)
        start = np.where(widths >= 0, right, left)
        axes.barh(places, widths, left=start, height=0.78, color=color, label=str(name))
        right, left = right + np.maximum(widths, 0), left + np.minimum(widths, 0)


def _colors(count: int) -> list[Any]:
    if count <= len(SERIES_COLORS):
        return list(SERIES_COLORS[:count])
    return [*mpl.colormaps["viridis"](np.linspace(0.0, 0.95, count))]


def _title(index: CompositeIndex, rows: IntArray) -> str:
    periods = index.source.periods
    if periods is None:
        return index.heading
    when = period_text(index.source.data.index[rows[0]][1])
    return say(
        "Composite index of {n} indicators, {when}", n=len(index.indicators.names), when=when
    )


def profile_chart(
    index: CompositeIndex,
    region: Any,
    *,
    rows: IntArray,
    peers: Sequence[Any] | None = None,
    title: Said | None = None,
) -> Picture:
    """Draw the sub-indices of a region beside its peers, the leader, and the range of all.

    Parameters
    ----------
    index : CompositeIndex
        From :func:`workbench.innovation.composite`.
    region : id
        Whose profile.
    rows : ndarray of int
        Rows to compare, those of a period.
    peers : sequence of ids, optional
        By default the two regions nearest in score.
    title : str, optional
        Heading; by default the region with its rank.

    Returns
    -------
    Picture
        A matplotlib figure, a row a sub-index (an indicator, where there are none), sorted by what
        the region is best at; lines go from the lowest to the highest region.
    """
    levels = index.levels
    table = (levels if levels.shape[1] else index.normalised).iloc[rows]
    table = table.set_axis(table.index.get_level_values(0), axis=0)
    scores = index.scores.take(rows).set_axis(table.index)
    ranks = index.ranks.take(rows).set_axis(table.index)
    leader = ranks.index[int(np.argmin(ranks.to_numpy()))]
    beside = _nearest(scores, region) if peers is None else list(peers)
    place = (table.loc[region] - table.min()) / (table.max() - table.min()).replace(0.0, 1.0)
    table = table[place.sort_values(ascending=False, kind="stable").index]
    text = (
        say("{region}: rank {ranks} of {n}", region=region, ranks=ranks[region], n=len(table))
        if title is None
        else titled(title)
    )
    shown = [region, *(one for one in (*beside, leader) if one != region)]
    drawn = list(dict.fromkeys(shown))
    said = "; ".join(f"{name} {number(float(table.loc[region, name]))}" for name in table.columns)
    with styled():
        figure = Picture(6.6, 1.2 + 0.36 * table.shape[1], alt=f"{text}. {said}.")
        axes = figure.add_subplot()
        heights = np.arange(table.shape[1])
        axes.hlines(heights, table.min(), table.max(), color="#D0D0D0", linewidth=3, zorder=1)
        axes.plot(
            table.median(),
            heights,
            "|",
            color="#777777",
            markersize=11,
            label=say("median"),
            zorder=2,
        )
        colors = [ACCENT, *SERIES_COLORS]
        for rank, one in enumerate(drawn):
            name = say("{one} (leader)", one=one) if one == leader else str(one)
            axes.scatter(
                table.loc[one], heights, s=62 if rank == 0 else 30,
                color=colors[rank % len(colors)], marker="oDs^vP"[rank % 6],
                edgecolors="white", linewidths=0.6, zorder=5 - (rank > 0), label=name,
            )  # fmt: skip
        axes.set_yticks(heights, [str(name) for name in table.columns])
        axes.set_ylim(table.shape[1] - 0.5, -0.5)
        axes.set_xlabel(
            say("score of the sub-index") if levels.shape[1] else say("normalised indicator")
        )
        figure.legend(loc="outside right upper")
        heading(figure, text)
    return figure


def _nearest(scores: pd.Series[Any], region: Any) -> list[Any]:
    gaps = (scores.drop(region) - scores[region]).abs()
    return list(gaps.sort_values(kind="stable").index[:PEERS])


def correlations_map(checks: IndexChecks, *, title: Said | None = None) -> Picture:
    """Draw correlations of indicators as a map, groups set off by lines.

    Parameters
    ----------
    checks : IndexChecks
        From ``index.checks()``.
    title : str, optional
        Heading.

    Returns
    -------
    Picture
        A matplotlib figure: blue is positive, red negative; up to 24 indicators are written out.
    """
    R = checks.correlations
    names, k = [str(name) for name in R.columns], len(R)
    values = R.to_numpy()
    below = np.tril(np.ones((k, k), dtype=bool), -1)
    pairs = values[below]
    text = (
        say("Correlations of {k} indicators, alpha {alpha:.2f}", k=k, alpha=checks.alpha)
        if title is None
        else titled(title)
    )
    alt = (
        say("{words}; from {low:.2f} to {high:.2f}.", words=text, low=pairs.min(), high=pairs.max())
        if k > 1
        else f"{text}."
    )
    side = max(0.3 * k, 1.6)
    with styled():
        figure = Picture(side + 2.6, side + 1.7, alt=alt)
        axes = figure.add_subplot()
        image = axes.imshow(
            np.where(below, values, np.nan), cmap=DIVERGING, vmin=-1, vmax=1, aspect="equal"
        )
        if k <= WRITTEN:
            _write(axes, values, below)
        _set_off(axes, checks.membership.to_numpy())
        axes.set_xticks(range(k - 1), names[:-1], rotation=90)
        axes.set_yticks(range(1, k), names[1:])
        axes.set_xlim(-0.5, max(k - 1.5, 0.5))
        axes.set_ylim(k - 0.5, 0.5)
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        figure.colorbar(image, ax=axes, shrink=0.6, label=say("correlation"))
        heading(figure, text)
    return figure


def _write(axes: Axes, values: FloatArray, below: Any) -> None:
    for i, j in np.argwhere(below):
        dark = abs(values[i, j]) > 0.65
        value = round(float(values[i, j]), 2) + 0.0  # no minus before zero
        axes.text(
            j, i, say("{value:.2f}", value=value).replace("0.", ".").replace("-", "−"), ha="center",
            va="center", fontsize=6.5, color="white" if dark else INK,
        )  # fmt: skip


def _set_off(axes: Axes, groups: Any) -> None:
    for place in range(1, len(groups)):
        if groups[place] != groups[place - 1]:
            axes.plot([-0.5, place - 0.5], [place - 0.5] * 2, color=INK, linewidth=0.9)
            axes.plot([place - 0.5] * 2, [place - 0.5, len(groups) - 0.5], color=INK, linewidth=0.9)
