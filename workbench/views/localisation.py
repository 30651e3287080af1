"""Pictures of specialisation, concentration, agglomeration and shift-share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import matplotlib.ticker
import numpy as np
import pandas as pd

from workbench.core.language import say
from workbench.errors import unknown_name
from workbench.typing import Said
from workbench.views.outlines import heading
from workbench.views.shades import shortened
from workbench.views.style import (
    ACCENT,
    INK,
    NO_DATA,
    SERIES_COLORS,
    Picture,
    number,
    printed,
    styled,
    titled,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from workbench.innovation.localisation import (
        Agglomeration,
        Coagglomeration,
        LocationalGini,
        ShiftShare,
        StructureMeasures,
    )

MOST = 40
"""Most rows of a chart."""
CURVES = 6
"""Lorenz curves by default: as many as there are colours."""
NAMED = 45
LABEL = 26
BAND = "#D5DDE6"
NAMES = {
    "krugman": "Krugman index",
    "hoover": "Hoover index",
    "hachman": "Hachman index",
    "theil": "Theil index",
    "gini": "Gini coefficient",
    "herfindahl": "Herfindahl index",
    "herfindahl_normalised": "Normalised Herfindahl index",
    "number_equivalent": "Number equivalent",
}
PART_COLORS = ("#9AA5B1", "#1F5A94", "#D1622B", "#3C8D5A", "#8C5AA8", "#A8893A", "#4A4A4A",
               "#C9B8D6")  # fmt: skip


def structure_chart(
    result: StructureMeasures, *, measure: str | None = None, title: Said | None = None
) -> Picture:
    """Draw a measure with its interval, and the range it has by chance behind it.

    Parameters
    ----------
    result : StructureMeasures
    measure : str, optional
        Which; the first by default.
    title : str, optional
        Heading; by default the measure.

    Returns
    -------
    Picture
        A matplotlib figure, highest first; filled where the p-value is at most 1 less the level.
        More than 40 regions (activities) are cut to the highest.
    """
    if measure is None:
        measure = result.measures[0]
    elif measure not in result.measures:
        raise unknown_name("measure", measure, result.measures)
    table = pd.DataFrame(result.tidy().xs(measure, level="measure"))
    table = table.sort_values("estimate", ascending=False, kind="stable").head(MOST)
    name = say(NAMES.get(measure) or measure.replace("_", " ").capitalize())
    level = result.settings.level
    text = say("{name} of each {of}", name=name, of=result.of) + _cut(
        len(table), len(result.wide())
    )
    with styled():
        figure = Picture(6.4, 1.5 + 0.22 * len(table), alt=_range_alt(text, table["estimate"]))
        axes = figure.add_subplot()
        _rows(axes, table, "estimate", 1 - level)
        if "chance_low" in table:
            axes.set_xlabel(
                say(
                    "{name}; line: {level:.0%} interval, band: {level:.0%} range by chance",
                    name=name,
                    level=level,
                )
            )
        else:
            axes.set_xlabel(name)
        heading(figure, text if title is None else titled(title))
    return figure


def agglomeration_chart(result: Agglomeration, *, title: Said | None = None) -> Picture:
    """Draw γ of each activity, and the range that plants placed by chance would give behind it.

    Parameters
    ----------
    result : Agglomeration
    title : str, optional
        Heading; by default what was measured.

    Returns
    -------
    Picture
        A matplotlib figure, highest first, with lines at 0.02 and 0.05; filled where the p-value is
        at most 1 less the level. More than 40 activities are cut to the highest.
    """
    known = result.tidy().dropna(subset=["gamma"])
    table = known.sort_values("gamma", ascending=False, kind="stable").head(MOST)
    text = result.heading + _cut(len(table), len(known))
    with styled():
        figure = Picture(6.4, 1.5 + 0.22 * max(len(table), 2), alt=_range_alt(text, table["gamma"]))
        axes = figure.add_subplot()
        for edge in (0.02, 0.05):
            axes.axvline(edge, color=ACCENT, linewidth=0.8, dashes=(3, 3), zorder=2)
        axes.axvline(0.0, color="#999999", linewidth=0.9, zorder=2)
        _rows(axes, table, "gamma", 1 - result.level)
        axes.set_xlabel(
            say("γ; band: {level:.0%} range by chance; dashes: 0.02 and 0.05", level=result.level)
        )
        heading(figure, text if title is None else titled(title))
    return figure


def _rows(axes: Axes, table: pd.DataFrame, column: str, alpha: float) -> None:
    at, x = np.arange(len(table)), table[column].to_numpy(dtype=float)
    color, face = SERIES_COLORS[0], np.full(len(table), SERIES_COLORS[0])
    if "chance_low" in table:
        low, high = (table[name].to_numpy(dtype=float) for name in ("chance_low", "chance_high"))
        axes.barh(at, high - low, left=low, height=0.72, color=BAND, zorder=1.5)
        face = np.where(table["p_value"].to_numpy(dtype=float) <= alpha, color, "white")
    if "conf_low" in table:
        axes.hlines(at, table["conf_low"], table["conf_high"], color=color, linewidth=1.2, zorder=2)
    axes.scatter(x, at, s=24, c=list(face), edgecolors=color, zorder=3)
    axes.set_yticks(at, [shortened(str(i), LABEL) for i in table.index])
    axes.set_ylim(len(table) - 0.4, -0.6)
    axes.use_sticky_edges = False
    axes.margins(x=0.03)


def _cut(shown: int, count: int) -> str:
    return say(", highest {shown} of {count}", shown=shown, count=count) if shown < count else ""


def _range_alt(text: str, values: pd.Series[Any]) -> str:
    if not len(values):
        return say("{words}: none.", words=text)
    ends = [f"{i} {number(float(v))}" for i, v in values.iloc[[0, -1]].items()]
    return say("{words}: from {ends} to {ends_2}.", words=text, ends=ends[0], ends_2=ends[1])


def lorenz_chart(
    result: LocationalGini, *, activities: Sequence[Any] | None = None, title: Said | None = None
) -> Picture:
    """Draw Lorenz curves of activities against the reference.

    Parameters
    ----------
    result : LocationalGini
    activities : sequence, optional
        Which; by default those of the highest coefficients, six at most.
    title : str, optional
        Heading.

    Returns
    -------
    Picture
        A matplotlib figure; the diagonal is an activity spread as the reference.
    """
    highest = result.gini.sort_values(ascending=False, kind="stable").index
    chosen = list(highest[:CURVES] if activities is None else activities)
    labels = [say("{a} ({gini:.2f})", a=shortened(str(a), LABEL), gini=result.gini[a])
              if a in result.gini.index else str(a) for a in chosen]  # fmt: skip
    with styled():
        figure = Picture(
            6.4,
            4.2,
            alt=say("Lorenz curves with Gini coefficients: {labels}.", labels="; ".join(labels)),
        )
        axes = figure.add_subplot()
        axes.plot([0, 1], [0, 1], color="#999999", linewidth=0.9)
        for place, (activity, label) in enumerate(zip(chosen, labels, strict=True)):
            curve = result.lorenz(activity)
            axes.plot(
                np.append(0, curve["reference"]),
                np.append(0, curve["share"]),
                color=SERIES_COLORS[place % len(SERIES_COLORS)],
                linestyle=("-", "--", ":")[place // len(SERIES_COLORS) % 3],
                linewidth=1.5,
                label=label,
            )
        axes.set_aspect("equal")
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1)
        axes.set_xlabel(say("cumulative share of the reference"))
        axes.set_ylabel(say("cumulative share of the activity"))
        figure.legend(loc="outside right center", title=say("Gini coefficient"))
        heading(figure, say("Lorenz curves of location") if title is None else titled(title))
    return figure


def coagglomeration_heatmap(result: Coagglomeration, *, title: Said | None = None) -> Picture:
    """Draw γᶜ of every pair of activities.

    Parameters
    ----------
    result : Coagglomeration
    title : str, optional
        Heading; by default what was measured.

    Returns
    -------
    Picture
        A matplotlib figure; the diagonal is grey.
    """
    matrix = result.matrix
    values = matrix.to_numpy()
    k = len(matrix)
    limit = float(np.nanmax(np.abs(values))) or 1.0
    pairs = result.tidy().sort_values("gamma", ascending=False, kind="stable")
    top = say(" and ").join(map(str, pairs.index[0]))
    side = min(10.0, max(3.6, 2.0 + 0.3 * k))
    alt = say(
        "{heading}: highest {first:.3g}, of {top}.",
        heading=result.heading,
        first=pairs["gamma"].iloc[0],
        top=top,
    )
    with styled():
        figure = Picture(side + 1.0, side, alt=alt)
        axes = figure.add_subplot()
        axes.set_facecolor(NO_DATA)
        image = axes.imshow(
            np.ma.masked_invalid(values), cmap="PuOr_r", vmin=-limit, vmax=limit,
            interpolation="nearest",
        )  # fmt: skip
        figure.colorbar(image, ax=axes, shrink=0.7, label="γᶜ")
        names = [shortened(str(a), LABEL) for a in matrix.index] if k <= NAMED else []
        axes.set_xticks(range(len(names)), names, rotation=90)
        axes.set_yticks(range(len(names)), names)
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        heading(figure, result.heading if title is None else titled(title))
    return figure


def shift_share_chart(result: ShiftShare, *, title: Said | None = None) -> Picture:
    """Draw the parts of each region's growth rate as bars from zero, its growth as a mark.

    Parameters
    ----------
    result : ShiftShare
    title : str, optional
        Heading; by default what was decomposed.

    Returns
    -------
    Picture
        A matplotlib figure in the order of growth; parts above zero are stacked to the right, those
        below to the left. More than 40 regions are cut to those of the highest growth.
    """
    rates = result.tidy(rates=True).sort_values("change", ascending=False, kind="stable")
    table = rates.head(MOST)
    at = np.arange(len(table))
    right, left = np.zeros(len(table)), np.zeros(len(table))
    text = result.heading + _cut(len(table), len(rates))
    with styled():
        figure = Picture(7.0, 1.6 + 0.26 * len(table), alt=_range_alt(text, table["change"]))
        axes = figure.add_subplot()
        for name, color in zip(result.names, PART_COLORS, strict=False):
            part = table[name].to_numpy(dtype=float)
            base = np.where(part >= 0, right, left)
            axes.barh(
                at, part, left=base, height=0.7, color=color, label=say(name.replace("_", " "))
            )
            right, left = right + np.maximum(part, 0), left + np.minimum(part, 0)
        axes.axvline(0, color=INK, linewidth=0.8)
        axes.scatter(
            table["change"], at, s=26, marker="D", facecolor="white", edgecolor=INK, zorder=3,
            label=say("growth"),
        )  # fmt: skip
        axes.set_yticks(at, [shortened(str(i), LABEL) for i in table.index])
        axes.set_ylim(len(table) - 0.4, -0.6)
        axes.xaxis.set_major_formatter(printed(mpl.ticker.PercentFormatter(1.0, decimals=0)))
        axes.set_xlabel(say("share of the start"))
        figure.legend(loc="outside right center")
        heading(figure, text if title is None else titled(title))
    return figure
