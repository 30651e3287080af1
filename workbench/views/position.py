"""Pictures of position: what reaches a region beside what it is, and links that could be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import matplotlib.ticker
import numpy as np

from workbench.core.language import say
from workbench.errors import InputError
from workbench.typing import Said
from workbench.views.labels import label_points
from workbench.views.maps import choropleth
from workbench.views.outlines import heading
from workbench.views.style import ACCENT, INK, SERIES_COLORS, Picture, styled, titled

if TYPE_CHECKING:
    from workbench.innovation.position import Potential, PotentialLinks

ROW = 0.22
"""Height of a region's bar, inches."""


def potential_chart(result: Potential, *, title: Said | None = None, labels: int = 6) -> Picture:
    """Draw what reaches each region from the others against its own mass, both on log scales.

    Parameters
    ----------
    result : Potential
        From :func:`workbench.innovation.position.potential`.
    title : str, optional
        Heading; by default the variable and the weights.
    labels : int, default 6
        How many of the regions with the largest potential to label.

    Returns
    -------
    Picture
        Regions without mass, or that nothing reaches, cannot be on a log scale; they are counted
        below it.
    """
    table = result.augment()
    shown = table[(table["mass"] > 0) & (table["from_others"] > 0)]
    if shown.empty:
        raise InputError(
            "result",
            expected="a region with a mass that others reach",
            found="none",
            remedy="a longer length",
        )
    left = len(table) - len(shown)
    alt = say(
        "{heading}: what reaches {n} regions from the others against their own mass",
        heading=result.heading,
        n=len(shown),
    ) + (say("; bars are what it would be with masses at random.") if "expected" in shown else ".")
    with styled():
        figure = Picture(6.4, 4.2, alt=alt)
        axes = figure.add_subplot()
        x, y = (shown[c].to_numpy() for c in ("mass", "from_others"))
        axes.set_xscale("log")
        axes.set_yscale("log")
        if "expected" in shown:
            axes.vlines(x, shown["expected"], y, color="#BBBBBB", linewidth=0.7, zorder=1)
            axes.scatter(
                x, shown["expected"], marker="_", s=26, color=ACCENT, linewidth=1.2, zorder=2,
                label=say("expected with masses at random"),
            )  # fmt: skip
        axes.scatter(
            x, y, s=18, color=SERIES_COLORS[0], edgecolor="white", linewidth=0.4, zorder=3,
            label=say("from the other regions"),
        )  # fmt: skip
        axes.set_xlabel(
            say("own {variable}", variable=result.variable)
            + (say(" ({left} regions not shown)", left=left) if left else "")
        )
        axes.set_ylabel(say("potential from the others"))
        axes.legend(loc="best")
        heading(figure, result.heading if title is None else titled(title))
        which = np.argsort(shown["rank"].to_numpy(), kind="stable")[:labels]
        texts = [str(shown.index[k]) for k in which]
        label_points(axes, np.column_stack([x, y]), which=which.tolist(), texts=texts)
    return figure


def potential_map(
    result: Potential, regions: Any, *, title: Said | None = None, k: int = 5
) -> Picture:
    """Draw a map of the potential over its mean.

    Parameters
    ----------
    result : Potential
    regions : GeoDataFrame or GeoSeries
        Polygons by region id.
    title : str, optional
    k : int, default 5
        Number of classes.
    """
    return choropleth(
        result.augment()["relative"],
        regions,
        k=k,
        title=result.heading if title is None else titled(title),
        legend_title=say("potential, mean = 1"),
    )


def potential_links_chart(
    result: PotentialLinks, *, title: Said | None = None, most: int = 20
) -> Picture:
    """Draw the links that agents could have, by pair of types, in the regions with the most.

    Parameters
    ----------
    result : PotentialLinks
        From :func:`workbench.innovation.position.potential_links`.
    title : str, optional
    most : int, default 20
        How many regions; the others are counted in the heading.
    """
    table = result.augment().sort_values("within", ascending=False, kind="stable")
    shown = table.head(most)[::-1]
    rest = len(table) - len(shown)
    alt = say(
        "{heading} within {n} regions, from {high:,} in {first}, by pair of types.",
        heading=result.heading,
        n=len(shown),
        high=int(table["within"].max()),
        first=table.index[0],
    )
    with styled():
        figure = Picture(6.4, max(1.8, ROW * len(shown) + 1.1), alt=alt)
        axes = figure.add_subplot()
        start = np.zeros(len(shown))
        at = np.arange(len(shown))
        for k, pair in enumerate(result.pairs):
            width = shown[pair].to_numpy(dtype=float)
            axes.barh(
                at, width, left=start, height=0.72, label=pair,
                color=SERIES_COLORS[k % len(SERIES_COLORS)],
                alpha=1.0 if k < len(SERIES_COLORS) else 0.55,
            )  # fmt: skip
            start = start + width
        axes.set_yticks(at, [str(label) for label in shown.index])
        axes.tick_params(axis="y", length=0, colors=INK)
        axes.margins(y=0.01)
        axes.set_xlabel(say("possible links within the region"))
        axes.xaxis.set_major_formatter(lambda value, _: say("{value:,.0f}", value=value))
        axes.xaxis.set_major_locator(mpl.ticker.MaxNLocator(5, integer=True))
        axes.legend(loc="lower right")
        told = result.heading + (
            say("; {rest} regions with fewer not shown", rest=rest) if rest else ""
        )
        heading(figure, told if title is None else titled(title))
    return figure
