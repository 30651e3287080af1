"""Pictures of activities: who is related, what is taken up, who is complex, how varied it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.ticker import PercentFormatter

from workbench.core.language import say
from workbench.typing import Said
from workbench.views.outlines import heading
from workbench.views.style import (
    ACCENT,
    NO_DATA,
    SEQUENTIAL,
    SERIES_COLORS,
    Picture,
    number,
    printed,
    styled,
    titled,
)

if TYPE_CHECKING:
    from workbench.innovation.activity_space.closeness import RelatednessDensity
    from workbench.innovation.activity_space.co_occurrences import CoOccurrence
    from workbench.innovation.activity_space.entry_models import EntryModelResult
    from workbench.innovation.activity_space.moves import Transitions
    from workbench.innovation.activity_space.pairs import Relatedness

TICKS = 40
"""Most names along an axis."""

BARS = 20
"""Most regions or activities in a chart of bars."""

Z95 = 1.959963984540054


def relatedness_heatmap(result: Relatedness, *, title: Said | None = None) -> Picture:
    """Draw relatedness of all pairs, activities that are alike beside each other.

    Parameters
    ----------
    result : Relatedness
    title : str, optional

    Returns
    -------
    Picture
        A matplotlib figure; the order is that of average-linkage clustering.
    """
    table = result.matrix
    order = _alike(table)
    first = result.tidy().iloc[0]
    one, other = _pair(first)
    alt = say(
        "Heat map, {heading}: the highest is {one} and {other}, {relatedness}.",
        heading=result.heading,
        one=one,
        other=other,
        relatedness=number(float(first["relatedness"])),
    )
    return _heatmap(table, order, alt, titled(title) or result.heading, result.measure)


def co_occurrence_heatmap(result: CoOccurrence, *, title: Said | None = None) -> Picture:
    """Draw co-occurrences of all pairs, in the order of their sums.

    Parameters
    ----------
    result : CoOccurrence
    title : str, optional

    Returns
    -------
    Picture
        A matplotlib figure.
    """
    table = result.counts
    order = np.argsort(-table.to_numpy().sum(axis=1), kind="stable")
    first = result.tidy().iloc[0]
    one, other = _pair(first)
    alt = say(
        "Heat map, {heading}: the most frequent pair is {one} and {other}, {co_occurrences}.",
        heading=result.heading,
        one=one,
        other=other,
        co_occurrences=number(float(first["co_occurrences"])),
    )
    return _heatmap(table, order, alt, titled(title) or result.heading, say("co-occurrences"))


def _pair(row: pd.Series[Any]) -> tuple[Any, Any]:
    pair: Any = row.name
    return pair[0], pair[1]


def _alike(table: pd.DataFrame) -> Any:
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    values = table.to_numpy()
    apart = values.max() - values
    np.fill_diagonal(apart, 0.0)
    if len(values) < 3:
        return np.arange(len(values))
    return leaves_list(linkage(squareform(apart, checks=False), method="average"))


def _heatmap(table: pd.DataFrame, order: Any, alt: str, title: str, label: str) -> Picture:
    values = table.to_numpy()[np.ix_(order, order)].astype(float)
    np.fill_diagonal(values, np.nan)
    names = [str(name) for name in table.index[order]]
    side = min(3.2 + 0.16 * len(names), 8.4)
    with styled():
        figure = Picture(side + 0.8, side, alt=alt)
        axes = figure.add_subplot()
        axes.set_facecolor(NO_DATA)
        image = axes.imshow(np.ma.masked_invalid(values), cmap=SEQUENTIAL, interpolation="nearest")
        _names(axes, names)
        figure.colorbar(image, ax=axes, shrink=0.7, label=label)
        heading(figure, title)
    return figure


def _names(axes: Any, names: list[str]) -> None:
    step = -(-len(names) // TICKS)
    at = range(0, len(names), step)
    axes.set_xticks(at, names[::step], rotation=90, fontsize=7)
    axes.set_yticks(at, names[::step], fontsize=7)
    axes.tick_params(length=0)


def density_chart(result: RelatednessDensity, *, title: Said | None = None) -> Picture:
    """Draw how relatedness density is distributed where the activity is present and where not.

    Parameters
    ----------
    result : RelatednessDensity
    title : str, optional

    Returns
    -------
    Picture
        A matplotlib figure: shares of each of the two groups of pairs of region and activity.
    """
    values, has = result.values.to_numpy(), result.has.to_numpy() > 0
    known = ~np.isnan(values)
    groups = {"absent": values[known & ~has], "present": values[known & has]}
    row = result.glance().iloc[0]
    means = {"absent": row["density_absent"], "present": row["density_present"]}
    alt = say(
        "{heading}: mean {present} where the region has the activity, {absent} where it has not.",
        heading=result.heading,
        present=number(float(means["present"])),
        absent=number(float(means["absent"])),
    )
    edges = np.linspace(0, 100 if result.scale == "percent" else 1, 26).tolist()
    with styled():
        figure = Picture(6.4, 3.8, alt=alt)
        axes = figure.add_subplot()
        for (name, group), color in zip(groups.items(), SERIES_COLORS, strict=False):
            if not group.size:
                continue
            axes.hist(
                group, bins=edges, weights=np.full(group.size, 1 / group.size), alpha=0.55,
                color=color, label=say("activity {name} ({size})", name=say(name), size=group.size),
            )  # fmt: skip
            axes.axvline(means[name], color=color, linewidth=1.2, linestyle="--")
        unit = say(", per cent") if result.scale == "percent" else ""
        axes.set_xlabel(say("relatedness density{unit}; dashed: means", unit=unit))
        axes.set_ylabel(say("share of pairs of region and activity"))
        axes.yaxis.set_major_formatter(printed(PercentFormatter(1.0, decimals=0)))
        axes.legend()
        heading(figure, result.heading if title is None else titled(title))
    return figure


def moves_chart(result: Transitions, *, title: Said | None = None) -> Picture:
    """Draw the activities that were taken up, or given up, by the largest share of those at risk.

    Parameters
    ----------
    result : Transitions
    title : str, optional

    Returns
    -------
    Picture
        A matplotlib figure with 95 % intervals of Wilson's.
    """
    table = result.by_activity().dropna().sort_values("move_rate", ascending=False, kind="stable")
    table = table.head(BARS)
    overall = float(result.glance()["move_rate"].iloc[0])
    low, high = _wilson(table["moves"].to_numpy(float), table["at_risk"].to_numpy(float))
    what = say("entry") if result.kind == "entry" else say("exit")
    alt = say(
        "{heading}: rates of {what} by activity, the highest {first} with "
        "{first_2:.0%}; all together {overall:.0%}.",
        heading=result.heading,
        what=what,
        first=table.index[0],
        first_2=table["move_rate"].iloc[0],
        overall=overall,
    )
    with styled():
        figure = Picture(6.4, 1.2 + 0.24 * len(table), alt=alt)
        axes = figure.add_subplot()
        at, rate = np.arange(len(table)), table["move_rate"].to_numpy(float)
        axes.hlines(at, low, high, color=SERIES_COLORS[0], linewidth=1.4)
        axes.plot(rate, at, "o", color=SERIES_COLORS[0], markersize=4.5)
        axes.axvline(overall, color=ACCENT, linewidth=1.0, linestyle="--")
        axes.set_yticks(at, [str(name) for name in table.index])
        axes.invert_yaxis()
        axes.set_xlim(0, None)
        axes.xaxis.set_major_formatter(printed(PercentFormatter(1.0, decimals=0)))
        axes.set_xlabel(
            say("rate of {what} among regions at risk; dashed: all activities", what=what)
        )
        heading(figure, result.heading if title is None else titled(title))
    return figure


def _wilson(events: Any, rows: Any) -> tuple[Any, Any]:
    p, z2 = events / rows, Z95**2
    centre = (p + z2 / (2 * rows)) / (1 + z2 / rows)
    half = Z95 * np.sqrt(p * (1 - p) / rows + z2 / (4 * rows**2)) / (1 + z2 / rows)
    return np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0)


def entry_chart(result: EntryModelResult, *, title: Said | None = None) -> Picture:
    """Draw rates of entry, or exit, in ten groups by density, and the slope of the model.

    Parameters
    ----------
    result : EntryModelResult
    title : str, optional

    Returns
    -------
    Picture
        A matplotlib figure: rates as observed with 95 % intervals of Wilson's; the line runs
        through the means with the model's slope, which holds with all else equal, so that rates
        may follow another. A conditional logit has no line.
    """
    table = result.rates
    rows = table["rows"].to_numpy(float)
    rate = table["observed_rate"].to_numpy(float)
    low, high = _wilson(rate * rows, rows)
    change = result.change().iloc[0]
    of = say("odds") if result.model == "conditional-logit" else say("probability")
    alt = say(
        "{heading}: rates from {rate:.1%} in the tenth of rows with the lowest "
        "density to {rate_2:.1%} in that with the highest; {of} changes by "
        "{estimate} % where density is 10 % higher.",
        heading=result.heading,
        rate=rate[0],
        rate_2=rate[-1],
        of=of,
        estimate=number(float(change["estimate"])),
    )
    with styled():
        figure = Picture(6.0, 4.0, alt=alt)
        axes = figure.add_subplot()
        x = table["density"].to_numpy(float)
        axes.vlines(x, low, high, color=SERIES_COLORS[0], linewidth=1.2)
        axes.plot(x, rate, "o", color=SERIES_COLORS[0], markersize=5, label=say("observed"))
        if result.model != "conditional-logit":
            through = result.means["probability"] + result.slope * (x - result.means["density"])
            axes.plot(x, through, color=ACCENT, linewidth=1.4, label=say("slope of the model"))
        axes.set_xlabel(say("relatedness density at the start"))
        axes.set_ylabel(say("rate of {kind}", kind=say(result.kind)))
        axes.yaxis.set_major_formatter(printed(PercentFormatter(1.0, decimals=None)))
        axes.set_ylim(min(0.0, axes.get_ylim()[0]), None)
        axes.legend(loc="upper left")
        heading(figure, result.heading if title is None else titled(title))
    return figure
