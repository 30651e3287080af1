"""The chart of a scale ladder: estimates with intervals against the number of regions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.core.language import say
from workbench.typing import Said
from workbench.views.outlines import heading
from workbench.views.style import (
    ACCENT,
    INK,
    SERIES_COLORS,
    SERIES_MARKERS,
    Picture,
    number,
    styled,
    titled,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


BAND = "#9DB8D2"


def scale_chart(ladder: Any, *, title: Said | None = None) -> Picture:
    """Draw the estimate at each scale against the number of regions.

    Parameters
    ----------
    ladder : ScaleLadder
        From :func:`workbench.scale_ladder`.
    title : str, optional
        Heading; the hypothesis by default.

    Returns
    -------
    Picture
        The regions themselves and given hierarchies as points with their intervals; random
        partitions as a band from the 5 % to the 95 % quantile of their estimates, with their
        median and, dashed, the median ends of their intervals. Few regions are at the right.
    """
    table = ladder.table[ladder.table["status"] == "estimated"]
    random = ladder.summary[lambda t: t.index.get_level_values("scale") == "random"]
    random = random[random["estimated"] > 0].droplevel("scale").sort_index()
    with styled():
        figure = Picture(7.0, 4.2, alt=_alt(ladder))
        axes = figure.add_subplot()
        axes.axhline(ladder.hypothesis.value, color=INK, linewidth=0.9, zorder=1)
        if len(random):
            _draw_band(axes, random)
        _draw_given(axes, table[table["draw"] == 0])
        axes.set_xscale("log")
        axes.invert_xaxis()
        counts = sorted(set(table["regions"].tolist()))
        axes.set_xticks(_apart(counts), [str(count) for count in _apart(counts)])
        axes.minorticks_off()
        axes.set_xlabel(say("number of regions (fewer and larger to the right)") + _lost(ladder))
        axes.set_ylabel(say("estimate"))
        figure.legend(loc="outside lower center", ncols=3)
        heading(figure, titled(title) if title is not None else str(ladder.hypothesis.statement))
    return figure


def _draw_band(axes: Axes, random: pd.DataFrame) -> None:
    x = random.index.to_numpy(dtype=float)
    low, high = random["band_low"].to_numpy(), random["band_high"].to_numpy()
    if len(x) == 1:
        axes.vlines(
            x, low, high, color=BAND, linewidth=9, zorder=2, label=say("90 % of random zones")
        )
    else:
        axes.fill_between(x, low, high, color=BAND, linewidth=0, alpha=0.7, zorder=2,
                          label=say("90 % of random zones"))  # fmt: skip
    axes.plot(x, random["median"], "-o", color=SERIES_COLORS[0], markersize=3, linewidth=1.3,
              zorder=3, label=say("their median"))  # fmt: skip
    for place, column in enumerate(("conf_low", "conf_high")):
        axes.plot(x, random[column], color=SERIES_COLORS[0], linewidth=0.9, linestyle=(0, (4, 3)),
                  zorder=3, label=None if place else say("their median interval"))  # fmt: skip


def _draw_given(axes: Axes, given: pd.DataFrame) -> None:
    for place, row in enumerate(given.to_dict("records")):
        base = row["scale"] == "base"
        color = ACCENT if base else SERIES_COLORS[1 + place % (len(SERIES_COLORS) - 1)]
        marker = "o" if base else SERIES_MARKERS[1 + place % (len(SERIES_MARKERS) - 1)]
        estimate = row["estimate"]
        if np.isfinite(row["conf_low"]):
            axes.vlines(row["regions"], row["conf_low"], row["conf_high"], color=color,
                        linewidth=1.6, zorder=4)  # fmt: skip
        name = say("the regions themselves") if base else str(row["scale"])
        axes.plot(
            [row["regions"]], [estimate], marker, color=color, markersize=6, zorder=5, label=name,
            linestyle="none", markeredgecolor="white", markeredgewidth=0.5,
        )  # fmt: skip


def _apart(counts: list[int]) -> list[int]:
    """Leave out ticks whose labels would run into the next."""
    kept: list[int] = []
    for count in reversed(counts):
        if not kept or kept[-1] / count > 1.06:
            kept.append(count)
    return kept


def _lost(ladder: Any) -> str:
    lost = int((ladder.table["status"] != "estimated").sum())
    return (
        say("\n{lost} of {n} partitions have no estimate", lost=lost, n=len(ladder.table))
        if lost
        else ""
    )


def _alt(ladder: Any) -> str:
    parts = [
        say(
            "{scale}, {regions} regions: {median}",
            scale=say(str(scale)),
            regions=regions,
            median=number(float(row["median"])),
        )
        for (scale, regions), row in zip(
            ladder.summary.index, ladder.summary.to_dict("records"), strict=True
        )
        if row["estimated"]
    ]
    return say(
        "{statement}, estimates by scale: {parts}.",
        statement=ladder.hypothesis.statement,
        parts="; ".join(parts),
    )
