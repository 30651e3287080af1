"""Pictures of knowledge production: stocks, the decay of spillovers, effects along capacity."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import matplotlib as mpl
import matplotlib.ticker
import numpy as np

from workbench.core.language import say
from workbench.core.vocabulary import check_level
from workbench.typing import Band, Said
from workbench.views.outlines import heading
from workbench.views.style import ACCENT, INK, SERIES_COLORS, Picture, number, styled, titled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from workbench.innovation.knowledge import AbsorptiveCapacity, KnowledgeStock, SpilloverDecay

BAND = 0.18
"""Opacity of a confidence band."""


def stock_chart(result: KnowledgeStock, *, title: Said | None = None) -> Picture:
    """Draw the sum of stocks over the periods, and what of it is the first guess.

    Parameters
    ----------
    result : KnowledgeStock
        From :func:`workbench.innovation.knowledge.knowledge_stock`.
    title : str, optional

    Returns
    -------
    Picture
        A matplotlib figure; stocks are drawn from zero.
    """
    table = result.augment()
    guess = table["stock"] * table["initial_share"].fillna(0.0)
    by = table.index.get_level_values(1)
    total, first = table["stock"].groupby(by).sum(), guess.groupby(by).sum()
    at = np.arange(len(total))
    share = float(first.iloc[-1] / total.iloc[-1]) if total.iloc[-1] else 0.0
    alt = say(
        "{heading}: sum over regions from {first} to {last}, of which "
        "{share:.1%} is the first stock in the last period.",
        heading=result.heading,
        first=number(float(total.iloc[0])),
        last=number(float(total.iloc[-1])),
        share=share,
    )
    with styled():
        figure = Picture(6.4, 3.8, alt=alt)
        axes = figure.add_subplot()
        axes.fill_between(at, first, total, color=SERIES_COLORS[0], alpha=0.55, linewidth=0)
        axes.fill_between(at, 0, first, color=ACCENT, alpha=0.55, linewidth=0)
        axes.plot(at, total, color=SERIES_COLORS[0], linewidth=1.8, label=say("stock, all regions"))
        axes.plot(at, first, color=ACCENT, linewidth=1.2, label=say("still the first stock"))
        axes.set_ylim(0, None)
        axes.margins(x=0.0)
        axes.xaxis.set_major_locator(mpl.ticker.MaxNLocator(8, integer=True))
        names = [str(period) for period in total.index]
        axes.xaxis.set_major_formatter(
            lambda value, _: names[int(value)] if 0 <= value < len(names) else ""
        )
        axes.set_xlabel(say(str(table.index.names[1] or "")))
        axes.set_ylabel(say("stock of {variable}", variable=result.variable))
        axes.legend(loc="upper left")
        heading(figure, result.heading if title is None else titled(title))
    return figure


def decay_chart(
    result: SpilloverDecay, *, title: Said | None = None, level: float = 0.95
) -> Picture:
    """Draw the profile of the decay beside what a unit adds at each distance.

    Parameters
    ----------
    result : SpilloverDecay
        From :func:`workbench.innovation.knowledge.spillover_decay`.
    title : str, optional
    level : float
        Of the interval and the band.

    Returns
    -------
    Picture
        Left the squared profile t with the decays that it does not reject; right γ f(d), with a
        band where the decay has a standard error.
    """
    low, high = result.interval(check_level(level))
    text = say(
        "{low} to {high}",
        low=number(low),
        high=number(high) if math.isfinite(high) else say("no end"),
    )
    alt = say(
        "{heading}. Left: loss of fit along the decay, least at {decay} {unit}; "
        "{level:.0%} interval {words}. Right: the spillover of a unit by "
        "distance.",
        heading=result.heading,
        decay=number(result.decay),
        unit=result.unit,
        level=level,
        words=text,
    )
    with styled():
        figure = Picture(7.6, 3.6, alt=alt)
        left, right = figure.subplots(1, 2)
        _profile(left, result, level, (low, high))
        _by_distance(right, result, level)
        heading(figure, result.heading if title is None else titled(title))
    return figure


def _profile(axes: Axes, result: SpilloverDecay, level: float, ends: tuple[float, float]) -> None:
    curve, limit = result.profile()["statistic"], result.limit(level)
    shown = curve[(curve <= 8 * limit) | (curve.index == result.decay)]
    shown = curve.loc[shown.index[0] : shown.index[-1]]
    axes.plot(shown.index, shown, color=SERIES_COLORS[0], linewidth=1.8)
    axes.axhline(limit, color=ACCENT, linewidth=1.0, dashes=(4, 3))
    axes.axvspan(
        max(ends[0], shown.index[0]), min(ends[1], shown.index[-1]),
        color=SERIES_COLORS[0], alpha=BAND, linewidth=0,
    )  # fmt: skip
    axes.axvline(result.decay, color=INK, linewidth=0.8)
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(mpl.ticker.LogLocator(subs=(1.0, 2.0, 5.0), numticks=6))
    axes.xaxis.set_major_formatter(lambda value, _: say("{value:g}", value=value))
    axes.xaxis.set_minor_formatter(mpl.ticker.NullFormatter())
    axes.set_ylim(0, max(min(8 * limit, float(shown.max()) * 1.05), 1.3 * limit))
    axes.set_xlabel(
        say("decay ({unit})", unit=result.unit) if result.unit else say("exponent of distance")
    )
    axes.set_ylabel(say("squared profile t"))
    first, last = axes.get_xlim()
    side = int(
        result.decay < math.sqrt(first * last)
    )  # where the decay is not: the axis is in logs
    axes.annotate(
        say("{level:.0%}", level=level),
        (side, limit),
        xycoords=("axes fraction", "data"),
        xytext=(2 - 4 * side, 1),
        textcoords="offset points",
        ha="right" if side else "left",
        va="bottom",
        fontsize=7.5,
        color=ACCENT,
    )


def _by_distance(axes: Axes, result: SpilloverDecay, level: float) -> None:
    reach = result.farthest
    if result.form != "power":
        reach = min(result.farthest, 5 * result.decay)
    table = result.effect_at(np.linspace(reach / 100, reach, 100), level=level)
    if table["conf_low"].notna().all():
        axes.fill_between(
            table.index, table["conf_low"], table["conf_high"], color=SERIES_COLORS[0],
            alpha=BAND, linewidth=0,
        )  # fmt: skip
    axes.plot(table.index, table["estimate"], color=SERIES_COLORS[0], linewidth=1.8)
    axes.axhline(0, color=INK, linewidth=0.7)
    axes.margins(x=0)
    axes.set_xlabel(say("distance ({distance_unit})", distance_unit=result.distance_unit))
    axes.set_ylabel(
        say("coefficient times f(distance),\nnot yet divided")
        if result.normalize
        else say("effect of a unit of {variable}", variable=result.variable)
    )


def capacity_chart(
    result: AbsorptiveCapacity,
    *,
    title: Said | None = None,
    level: float = 0.95,
    band: Band = "pointwise",
) -> Picture:
    """Draw the effect of a spillover along the capacity, with its band and where regions lie.

    Parameters
    ----------
    result : AbsorptiveCapacity
        From :func:`workbench.innovation.knowledge.absorptive_capacity`.
    title : str, optional
    level : float
    band : {"pointwise", "simultaneous"}

    Returns
    -------
    Picture
        Darker where the effect differs from 0.
    """
    table = result.marginal(level=level, band=band)
    regions = result.significant(level, band=band)
    alt = say(
        "{heading}, from {first} at the smallest to {last} at the largest "
        "capacity; {n} ranges in which it differs from 0.",
        heading=result.heading,
        first=number(float(table["estimate"].iloc[0])),
        last=number(float(table["estimate"].iloc[-1])),
        n=len(regions),
    )
    with styled():
        figure = Picture(6.4, 4.2, alt=alt)
        axes, below = figure.subplots(2, 1, sharex=True, height_ratios=(4, 1))
        z = table.index.to_numpy()
        axes.fill_between(
            z, table["conf_low"], table["conf_high"], color=SERIES_COLORS[0], alpha=BAND,
            linewidth=0, label=say("{level:.0%} band, {band}", level=level, band=say(band)),
        )  # fmt: skip
        label: str | None = say("differs from 0")
        for low, high in regions[["lower", "upper"]].to_numpy(dtype=float):
            a, b = max(low, z[0]), min(high, z[-1])
            if a < b:
                inside = result.marginal(np.linspace(a, b, 41), level=level, band=band)
                axes.fill_between(
                    inside.index, inside["conf_low"], inside["conf_high"],
                    color=SERIES_COLORS[0], alpha=0.3, linewidth=0, label=label,
                )  # fmt: skip
                label = None
        axes.plot(z, table["estimate"], color=SERIES_COLORS[0], linewidth=1.8)
        axes.axhline(0, color=INK, linewidth=0.7)
        axes.axvline(result.center, color=INK, linewidth=0.7, dashes=(3, 3))
        axes.set_ylabel(say("effect of {spillover}", spillover=result.spillover))
        axes.legend(loc="best")
        below.hist(result.values, bins=30, color="#BBBBBB")
        below.set_ylabel(say("rows"))
        below.set_xlabel(result.capacity + say(" (dashed: mean)"))
        axes.margins(x=0)
        heading(figure, result.heading if title is None else titled(title))
    return figure
