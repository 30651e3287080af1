"""Pictures of the uncertainty of an index: rank intervals, Sobol indices, what is carried on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import matplotlib.colors
import matplotlib.ticker
import numpy as np
import pandas as pd

from workbench.core.language import said_word, say
from workbench.errors import InputError
from workbench.typing import Said
from workbench.views.clusters import ABSENT
from workbench.views.labels import named
from workbench.views.outlines import geometries, heading, legend, paint, require_known, sheet
from workbench.views.style import (
    ACCENT,
    CLUSTER_COLORS,
    INK,
    SERIES_COLORS,
    Picture,
    number,
    printed,
    styled,
    titled,
)

if TYPE_CHECKING:
    from workbench.innovation.composites.carried import CarriedLisa, CarriedMoran
    from workbench.innovation.composites.sensitivity import IndexSensitivity
    from workbench.innovation.composites.uncertainty import IndexUncertainty

ROW = 0.16
"""Height of a region, inches."""
FEW, NARROW = 40, 0.13
"""Rows beyond which they are narrow: a printed page would make their letters small."""
BAR = 0.5
"""Height of a choice, inches."""
FEWEST_NAMED = 90
"""Regions up to which every one is named on the axis."""


def rank_intervals_chart(
    result: IndexUncertainty, *, title: Said | None = None, names: pd.Series[Any] | None = None
) -> Picture:
    """Draw the interval of ranks of each region, the best at the top.

    Parameters
    ----------
    result : IndexUncertainty
        From ``index.uncertainty()``.
    title : str, optional
        Heading; by default the draws and the mean shift of ranks.
    names : Series, optional
        Names by region id, in the place of ids.

    Returns
    -------
    Picture
        A matplotlib figure: line from 5 to 95 %, dot the median, bar the rank as recorded.
    """
    table = result.table
    n = len(table)
    shift = float(result.shift.mean())
    facts = say(
        "{heading}; ranks move by {shift} of {n} on average",
        heading=result.heading,
        shift=number(round(shift, 2)),
        n=n,
    )
    widest = (table["rank_high"] - table["rank_low"]).astype(float)
    alt = say(
        "Rank of {n} regions over {shape} constructions, 5 to 95 %. First in the "
        "index as recorded: {first}; widest interval: {highest}, {high} ranks.",
        n=n,
        shape=result.scores.shape[1],
        first=table.index[0],
        highest=widest.idxmax(),
        high=number(float(widest.max())),
    )
    with styled():
        row = ROW if n <= FEW else NARROW
        figure = Picture(6.4, max(2.6, 1.3 + row * n), alt=alt)
        axes = figure.add_subplot()
        place = np.arange(n)
        axes.hlines(
            place, table["rank_low"], table["rank_high"], color=SERIES_COLORS[0], linewidth=2.2,
            alpha=0.45, label=say("5 to 95 % of draws"),
        )  # fmt: skip
        axes.scatter(
            table["rank_median"], place, s=14, color=SERIES_COLORS[0], zorder=3, label=say("median")
        )
        axes.scatter(
            table["rank"], place, s=30, marker="|", color=ACCENT, zorder=4, label=say("as recorded")
        )
        if n <= FEWEST_NAMED:
            axes.set_yticks(place, named(table.index, names), fontsize=6.5 if n <= FEW else 7.4)
        else:
            axes.set_yticks([])
        axes.set_ylim(n - 0.4, -0.6)
        axes.set_xlim(0.3, n + 0.7)
        axes.set_xlabel(say("rank, 1 the best"))
        axes.grid(axis="x", color="#E6E6E6", linewidth=0.6)
        axes.set_axisbelow(True)
        axes.legend(loc="upper right")
        heading(figure, facts if title is None else titled(title))
    return figure


def sensitivity_chart(result: IndexSensitivity, *, title: Said | None = None) -> Picture:
    """Draw first-order and total Sobol indices of each choice with their intervals.

    Parameters
    ----------
    result : IndexSensitivity
        From ``index.sensitivity()``.
    title : str, optional
        Heading; by default what was decomposed, and the share of interactions.

    Returns
    -------
    Picture
        A matplotlib figure.
    """
    table = result.tidy()
    row = result.glance().iloc[0]
    # estimates of shares can add up to a little more than everything
    alone = min(max(float(row["additive"]), 0.0), 1.0)
    facts = say(
        "{heading}; choices make {alone:.0%} of the variance each by itself, "
        "{alone_2:.0%} together",
        heading=result.heading,
        alone=alone,
        alone_2=1.0 - alone,
    )
    names = [said_word(str(name)) for name in table.index]
    told = "; ".join(
        say("{name}: {first:.2f}, {total:.2f}", name=name, first=t["first"], total=t["total"])
        for name, (_, t) in zip(names, table.iterrows(), strict=True)
    )
    with styled():
        figure = Picture(
            6.4,
            1.6 + BAR * len(table),
            alt=say("First-order and total indices. {told}.", told=told),
        )
        axes = figure.add_subplot()
        for part, (name, word) in enumerate(
            (("first", "by itself (first order)"), ("total", "with interactions (total)"))
        ):
            place = np.arange(len(table)) + (part - 0.5) * 0.38
            color = SERIES_COLORS[0] if part else "#9DBBD8"
            value = table[name].to_numpy(dtype=float)
            axes.barh(place, np.maximum(value, 0.0), height=0.36, color=color, label=say(word))
            axes.hlines(
                place,
                table[f"{name}_low"],
                table[f"{name}_high"],
                color=INK,
                linewidth=1.0,
            )
        axes.axvline(0.0, color="#999999", linewidth=0.8)
        axes.set_yticks(np.arange(len(table)), [name.replace("_", " ") for name in names])
        axes.invert_yaxis()
        axes.set_xlabel(say("share of the variance of the mean shift of ranks"))
        axes.xaxis.set_major_formatter(printed(mpl.ticker.PercentFormatter(1.0, decimals=0)))
        axes.legend(loc="lower right")
        heading(figure, facts if title is None else titled(title))
    return figure


def carried_moran_chart(result: CarriedMoran, *, title: Said | None = None) -> Picture:
    """Draw the distribution of Moran's I over draws, with the recorded index.

    Returns
    -------
    Picture
        A matplotlib figure.
    """
    values = result.table["statistic"].to_numpy(dtype=float)
    significant = (result.table["p_value"] < result.alpha).to_numpy()
    facts = say(
        "{heading}; {share_significant:.0%} with p < {alpha:g}",
        heading=result.heading,
        share_significant=result.share_significant,
        alpha=result.alpha,
    )
    alt = say(
        "Histogram of Moran's I over {n} draws, {low} to {high}; {statistic} "
        "with the index as recorded.",
        n=len(values),
        low=number(float(values.min())),
        high=number(float(values.max())),
        statistic=number(float(result.recorded.statistic)),
    )
    with styled():
        figure = Picture(6.4, 3.4, alt=alt)
        axes = figure.add_subplot()
        edges = np.histogram_bin_edges(values, bins=30)
        groups = [values[significant], values[~significant]]
        words = [
            say("p < {alpha:g} ({significant})", alpha=result.alpha, significant=significant.sum()),
            say("others ({significant})", significant=(~significant).sum()),
        ]
        axes.hist(
            groups,
            bins=edges.tolist(),
            stacked=True,
            color=[SERIES_COLORS[0], "#C9D6E3"],
            label=words,
        )
        axes.axvline(
            float(result.recorded.statistic), color=ACCENT, linewidth=1.6, label=say("as recorded")
        )
        expected = float(result.table["expected"].iloc[0])
        axes.axvline(expected, color="#777777", linewidth=1.0, dashes=(4, 3), label=say("expected"))
        axes.set_xlabel(say("Moran's I"))
        axes.set_ylabel(say("draws"))
        axes.legend(loc="best")
        heading(figure, facts if title is None else titled(title))
    return figure


def carried_clusters_map(
    result: CarriedLisa, regions: Any = None, *, title: Said | None = None
) -> Picture:
    """Draw the most frequent class of each region, the paler the fewer draws have it.

    Parameters
    ----------
    result : CarriedLisa
        From ``index.uncertainty().lisa(W)``.
    regions : GeoDataFrame or GeoSeries
        Polygons indexed by region id.
    title : str, optional
        Heading.

    Returns
    -------
    Picture
        A matplotlib figure; full colour is a class in every draw, white in none.

    Raises
    ------
    InputError
        If there is no geometry to draw.
    IdError
        If a region has no geometry.
    """
    if regions is None:
        raise InputError(
            "regions",
            expected="polygons to draw",
            found="none: scores have no geometry",
            remedy="pass them, result.plot(regions)",
        )
    shapes = geometries(regions)
    table = result.table
    require_known(table.index, shapes, argument="regions")
    counts = table["cluster_stable"].value_counts()
    present = [name for name in result.shares.columns if name in counts.index]
    entries: list[tuple[str, Any]] = [
        (f"{say(name)} ({counts[name]})", CLUSTER_COLORS[name]) for name in present
    ]
    missing = len(shapes) - len(table)
    if missing:
        entries.append((say("no data ({missing})", missing=missing), ABSENT))
    told = ", ".join(f"{say(name)}: {counts[name]}" for name in present)
    on = sheet(
        shapes,
        title=result.heading if title is None else titled(title),
        alt=say(
            "Map of the most frequent class of local Moran's I. {heading}: {told}.",
            heading=result.heading,
            told=told,
        ),
        entries=len(entries) + 1,
    )
    fill = {
        one: _blended(CLUSTER_COLORS[row["cluster_stable"]], float(row["share_stable"]))
        for one, row in table.iterrows()
    }
    paint(on.axes, shapes, colors=[fill.get(one, ABSENT) for one in shapes.index], edge="#BBBBBB")
    legend(on, entries, title=say("paler: in fewer draws"))
    return on.figure


def _blended(color: str, share: float) -> str:
    own = np.array(mpl.colors.to_rgb(color))
    return mpl.colors.to_hex(tuple((1.0 - share * (1.0 - own)).tolist()))
