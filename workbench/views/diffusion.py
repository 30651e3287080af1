"""Pictures of diffusion: curves of adoption, and what the rate of adoption depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter

from workbench.core.language import say
from workbench.core.periods import times
from workbench.typing import Said
from workbench.views.outlines import heading
from workbench.views.style import (
    ACCENT,
    INK,
    SERIES_COLORS,
    Picture,
    p_number,
    printed,
    styled,
    titled,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from workbench.innovation.diffusion import AdoptionHazard, BassDiffusion, SpatialBass

MOST_CURVES = 12
"""Curves that one picture can hold: the largest markets are drawn."""
COLUMNS = 4


def bass_chart(result: BassDiffusion, *, title: Said | None = None) -> Picture:
    """Draw new adopters by period as observed and as fitted, a panel a region.

    Parameters
    ----------
    result : BassDiffusion
        From :func:`workbench.innovation.bass`.
    title : str, optional
        Heading; by default what was measured.

    Returns
    -------
    Picture
        A matplotlib figure, of twelve regions at the most: those with the most adopters.
    """
    table = result.augment()
    total = table["adopted"].groupby(level=0).sum()
    shown = total.sort_values(ascending=False, kind="stable").index[:MOST_CURVES]
    short = result.glance()
    columns = min(COLUMNS, len(shown))
    rows = -(-len(shown) // columns)
    size = (6.4, 3.8) if len(shown) == 1 else (2.1 * columns, 1.7 * rows + 0.6)
    more = len(total) - len(shown)
    told = say(": the {n} with most adopters", n=len(shown)) if more else ""
    with styled():
        figure = Picture(*size, alt=_bass_alt(short.loc[shown]))
        panels = np.atleast_1d(figure.subplots(rows, columns, sharex=True, squeeze=False)).ravel()
        for axes, region in zip(panels, shown, strict=False):
            _curve(axes, table.loc[region])
            if len(shown) > 1:
                axes.set_title(str(region), fontsize=8, fontweight="normal")
        for axes in panels[len(shown) :]:
            axes.set_visible(False)
        handles, names = panels[0].get_legend_handles_labels()
        figure.legend(handles, names, loc="outside lower center", ncols=3)
        heading(figure, result.heading + told if title is None else titled(title))
    return figure


def _curve(axes: Axes, table: pd.DataFrame) -> None:
    x = times(table.index)
    widths = np.diff(x, append=2 * x[-1] - x[-2])
    axes.bar(x, table["adopted"], 0.8 * widths, color="#C9D6E4", label=say("observed"))
    axes.plot(x, table["fitted"], color=ACCENT, linewidth=1.6, label=say("Bass curve"))
    axes.set_ylim(0, None)
    axes.margins(x=0.02)


def _bass_alt(short: pd.DataFrame) -> str:
    said = [
        say(
            "{region}: p {innovation:.3g}, q {imitation:.3g}, market {market:.4g}, peak {peak:.1f}",
            region=region,
            innovation=row.innovation,
            imitation=row.imitation,
            market=row.market,
            peak=row.peak,
        )
        if row.status == "fitted"
        else say("{region}: not fitted, {reason}", region=region, reason=row.reason)
        for region, row in zip(short.index, short.itertuples(), strict=True)
    ]
    return say("Adopters by period with Bass curves: ") + "; ".join(said) + "."


def hazard_chart(result: AdoptionHazard, *, title: Said | None = None) -> Picture:
    """Draw the hazard ratio of each term with its interval, on a logarithmic scale.

    Parameters
    ----------
    result : AdoptionHazard
        From :func:`workbench.innovation.adoption_hazard`.
    title : str, optional
        Heading; by default what the permuted maps say of contagion.

    Returns
    -------
    Picture
        A matplotlib figure. Ratios are for one standard deviation of the term, so that they
        compare.
    """
    table = result.tidy()
    spread = result.risk.terms.std(ddof=0)[table.index]
    scaled = table[["estimate", "conf_low", "conf_high"]].mul(spread, axis=0).map(np.exp)
    answer = result.tests["contagion under wrong maps"]
    facts = (
        say("Contagion under wrong maps: p = {p_value}", p_value=p_number(answer.p_value))
        if answer.applicable
        else result.heading
    )
    rate = say("rate") if result.risk.link == "cloglog" else say("odds")
    label = say(
        "factor of the {rate} of adoption, for one standard deviation of the term", rate=rate
    )
    return _intervals(
        scaled, facts if title is None else titled(title), label=label, none=1.0, log=True
    )


def adoption_terms_chart(result: SpatialBass, *, title: Said | None = None) -> Picture:
    """Draw what the rate of adoption depends on, with intervals.

    Parameters
    ----------
    result : SpatialBass
        From :func:`workbench.innovation.spatial_bass`.
    title : str, optional
        Heading; by default what was measured.

    Returns
    -------
    Picture
        A matplotlib figure.
    """
    table = result.tidy()[["estimate", "conf_low", "conf_high"]]
    label = say("rate of adoption among those who have not adopted")
    return _intervals(table, result.heading if title is None else titled(title), label=label)


def _intervals(
    table: pd.DataFrame, title: str, *, label: str, none: float = 0.0, log: bool = False
) -> Picture:
    places = np.arange(len(table))
    middle, low, high = (table[name].to_numpy() for name in ("estimate", "conf_low", "conf_high"))
    said = "; ".join(
        say("{term} {a:.3g} [{b:.3g}, {c:.3g}]", term=term, a=a, b=b, c=c)
        for term, a, b, c in zip(table.index, middle, low, high, strict=True)
    )
    with styled():
        figure = Picture(6.4, 1.2 + 0.38 * len(table), alt=f"{label.capitalize()}: {said}.")
        axes = figure.add_subplot()
        axes.axvline(none, color="#999999", linewidth=0.9, zorder=1)
        axes.hlines(places, low, high, color=SERIES_COLORS[0], linewidth=1.8)
        axes.plot(middle, places, "o", color=INK, markersize=5)
        if log:
            axes.set_xscale("log")
            plain = printed(FuncFormatter(lambda value, _: f"{value:g}"))
            axes.xaxis.set_major_formatter(plain)
            axes.xaxis.set_minor_formatter(plain)
        axes.set_yticks(places, [str(term) for term in table.index])
        axes.set_ylim(len(table) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel(label)
        heading(figure, title)
    return figure
