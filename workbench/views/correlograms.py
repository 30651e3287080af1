"""Pictures of how similarity fades: correlograms, and pairs of regions by distance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.core.language import say
from workbench.typing import Said
from workbench.views.style import ACCENT, INK, SERIES_COLORS, Picture, p_number, styled, titled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from workbench.explore.reach.correlogram import CorrelogramResult
    from workbench.explore.reach.scatter import DistanceScatterResult

BAND = "#DCE6F0"
ZERO = "#999999"
MOST_POINTS = 5000
"""Pairs that are drawn: more only make the picture black, and slow."""
SHOWN = (0.01, 0.99)
"""Quantiles of the pairs between which the picture reaches: products have long tails."""


def correlogram_chart(result: CorrelogramResult, *, title: Said | None = None) -> Picture:
    """Draw a correlogram: the statistic at each lag and the envelope for all lags at once.

    Lags whose adjusted p-value is at most one minus the level of the envelope are filled, the
    others hollow. Distance classes stand at the mean distance of their pairs.

    Parameters
    ----------
    result : CorrelogramResult
        From :func:`workbench.explore.correlogram` or ``distance_correlogram``.
    title : str, optional
        Heading; by default statistic and variable.

    Returns
    -------
    Picture
        A matplotlib figure.
    """
    table = result.tidy()
    by_distance = "distance" in table
    x = table["distance"].to_numpy() if by_distance else np.asarray(table.index, dtype=float)
    adjusted = "p_adjusted" if result.permutations else "p_holm"
    significant = (table[adjusted] <= 1 - result.level + 1e-12).to_numpy()
    with styled():
        figure = Picture(6.2, 3.8, alt=_correlogram_alt(result, table, significant))
        axes = figure.add_subplot()
        if result.permutations:
            _envelope(axes, x, table, level=result.level)
        null = 1.0 if result.kind == "geary" else 0.0
        axes.axhline(null, color=ZERO, linewidth=0.8, zorder=1)
        y = table["statistic"].to_numpy()
        axes.plot(x, y, color=SERIES_COLORS[0], linewidth=1.3, zorder=3)
        fill = [SERIES_COLORS[0] if hit else "white" for hit in significant]
        axes.scatter(x, y, s=34, c=fill, edgecolors=SERIES_COLORS[0], linewidths=1.3, zorder=4)
        axes.margins(x=0.04, y=0.09)
        if not by_distance:
            axes.set_xticks(x, [str(order) for order in table.index])
        axes.set_xlabel(
            say("distance, {unit}", unit=result.unit) if by_distance else say("order of contiguity")
        )
        side = say(" (below 1: alike)") if result.kind == "geary" else ""
        axes.set_ylabel(say(result.statistic_name) + side)
        axes.set_title(
            say("Correlogram of {variable}", variable=result.variable)
            if title is None
            else titled(title)
        )
        _legend(axes, result, significant)
    return figure


def _envelope(axes: Axes, x: object, table: pd.DataFrame, *, level: float) -> None:
    low, high = table["envelope_low"].to_numpy(), table["envelope_high"].to_numpy()
    ends = np.concatenate([low, high, table["statistic"].to_numpy()])
    finite = ends[np.isfinite(ends)]
    # A one-sided envelope is open: it is drawn to the edge of the picture.
    room = 0.1 * float(np.ptp(finite)) or 0.1
    floor, roof = float(finite.min()) - room, float(finite.max()) + room
    axes.fill_between(
        np.asarray(x, dtype=float),
        np.maximum(low, floor),
        np.minimum(high, roof),
        color=BAND,
        linewidth=0,
        zorder=0,
        label=say("{level:g} % of permutations lie inside at every lag", level=100 * level),
    )


def _legend(axes: Axes, result: CorrelogramResult, significant: object) -> None:
    rule = say("step-down max-T") if result.permutations else say("Holm")
    color, hits = SERIES_COLORS[0], np.asarray(significant)
    level = say("{level:.2g}", level=1 - result.level)
    for fill, name, shown in (
        (color, say("adjusted p ≤ {level} ({rule})", level=level, rule=rule), hits.any()),
        ("white", say("not significant"), not hits.all()),
    ):
        if shown:
            axes.scatter([], [], s=34, c=fill, edgecolors=color, linewidths=1.3, label=name)
    axes.figure.legend(loc="outside lower center", ncols=2)


def _correlogram_alt(result: CorrelogramResult, table: pd.DataFrame, significant: object) -> str:
    marks = ["*" if hit else "" for hit in np.asarray(significant)]
    said = [
        say("{label}: {value:.3f}{mark}", label=label, value=value, mark=mark)
        for label, value, mark in zip(table.index, table["statistic"], marks, strict=True)
    ]
    return say(
        "Correlogram of {variable}, {statistic_name} by {name}: {said}. * "
        "adjusted p at most {level:.2g}; over all lags p = {p_value}.",
        variable=result.variable,
        statistic_name=say(result.statistic_name),
        name=table.index.name,
        said="; ".join(said),
        level=1 - result.level,
        p_value=p_number(result.p_value),
    )


def distance_scatter_chart(result: DistanceScatterResult, *, title: Said | None = None) -> Picture:
    """Draw pairs of regions against their distance, with the smooth and its envelope.

    At most 5,000 pairs are drawn, evenly over the distances; the picture reaches from the first to
    the last per cent of the pairs, or as far as the smooth does.

    Parameters
    ----------
    result : DistanceScatterResult
        From :func:`workbench.explore.distance_scatter`.
    title : str, optional
        Heading; by default the variable.

    Returns
    -------
    Picture
        A matplotlib figure.
    """
    points, curve = result.augment().sort_values("distance", kind="stable"), result.tidy()
    drawn = points.iloc[:: -(-len(points) // MOST_POINTS)]
    ends = curve[["statistic", "envelope_low", "envelope_high"]].to_numpy()
    low, high = points["value"].quantile(list(SHOWN))
    floor, roof = min(float(low), ends.min()), max(float(high), ends.max())
    outside = float(((points["value"] < floor) | (points["value"] > roof)).mean())
    with styled():
        figure = Picture(6.4, 4.2, alt=_scatter_alt(result))
        axes = figure.add_subplot()
        axes.scatter(
            drawn["distance"], drawn["value"], s=5, color=INK, alpha=0.25, linewidths=0, zorder=1
        )
        x = curve.index.to_numpy()
        axes.fill_between(
            x,
            curve["envelope_low"],
            curve["envelope_high"],
            color=BAND,
            alpha=0.85,
            linewidth=0,
            zorder=2,
            label=say(
                "{level:g} % of permutations lie inside at every distance", level=100 * result.level
            ),
        )
        axes.axhline(float(result.measure == "semivariance"), color=ZERO, linewidth=0.8, zorder=3)
        axes.plot(
            x,
            curve["statistic"],
            color=ACCENT,
            linewidth=1.8,
            zorder=4,
            label=say("local linear smooth"),
        )
        room = 0.04 * (roof - floor)
        axes.set_ylim(floor - room, roof + room)
        told = say("{n:,} pairs", n=len(points))
        told += say(", {n:,} drawn", n=len(drawn)) if len(drawn) < len(points) else ""
        told += say("; {outside:.1f} % beyond the frame", outside=100 * outside) if outside else ""
        axes.set_xlabel(say("distance, {unit} ({told})", unit=result.unit, told=told))
        axes.set_ylabel(say(_MEASURES[result.measure]))
        axes.set_title(
            say("Pairs by distance: {variable}", variable=result.variable)
            if title is None
            else titled(title)
        )
        figure.legend(loc="outside lower center", ncols=2)
    return figure


_MEASURES = {
    "product": "product of standardised values",
    "semivariance": "half the squared difference",
}


def _scatter_alt(result: DistanceScatterResult) -> str:
    curve = result.tidy()["statistic"]
    at = [0, len(curve) // 2, len(curve) - 1]
    said = ", ".join(
        say("{value:.3f} at {first:.4g}", value=curve.iloc[k], first=curve.index[k]) for k in at
    )
    reach = (
        say("at no distance")
        if result.reach is None
        else say("up to {reach:.4g} {unit}", reach=result.reach, unit=result.unit)
    )
    return say(
        "Pairs of regions by distance in {unit}, {measure} of {variable}: the "
        "smooth is {said}; alike beyond chance {reach}; p = {p_value} over all "
        "distances.",
        unit=result.unit,
        measure=say(_MEASURES[result.measure]),
        variable=result.variable,
        said=said,
        reach=reach,
        p_value=p_number(result.p_value),
    )
