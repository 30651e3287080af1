"""Chart of smoothed rates: how far each region was drawn towards the mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.core.language import say
from workbench.typing import Said
from workbench.views.style import SERIES_COLORS, SERIES_MARKERS, Picture, styled, titled

if TYPE_CHECKING:
    from workbench.explore.overall.rates import SmoothedRates

LARGEST = 160.0
KINDS = {"smoothed": "towards all regions", "smoothed_local": "towards the neighbourhood"}


def smoothing_chart(result: SmoothedRates, *, title: Said | None = None) -> Picture:
    """Draw smoothed against raw rates, larger points for larger populations.

    Parameters
    ----------
    result : SmoothedRates
        From :func:`workbench.explore.smoothed_rates`.
    title : str, optional
        Heading; by default the variable.

    Returns
    -------
    Picture
        A matplotlib figure; on the diagonal a rate is left as it is.
    """
    table = result.tidy()
    raw, people = table["rate"].to_numpy(), table["population"].to_numpy()
    shown = [column for column in KINDS if column in table]
    with styled():
        figure = Picture(
            5.2,
            4.8,
            alt=say(
                "Smoothed against raw rates of {variable}, {n} regions: raw {low:.3g} to "
                "{high:.3g}, ",
                variable=result.variable,
                n=len(table),
                low=raw.min(),
                high=raw.max(),
            )
            + ", ".join(
                say(
                    "{kind} {low:.3g} to {high:.3g}",
                    kind=say(KINDS[c]),
                    low=table[c].min(),
                    high=table[c].max(),
                )
                for c in shown
            )
            + ".",
        )
        axes = figure.add_subplot()
        axes.axline(
            (result.mean, result.mean),
            slope=1,
            color="#999999",
            linewidth=0.8,
            zorder=1,
            label=say("left as it is"),
        )
        axes.axhline(
            result.mean,
            color="#999999",
            linewidth=0.8,
            linestyle=":",
            zorder=1,
            label=say("rate of all regions"),
        )
        for place, column in enumerate(shown):
            axes.scatter(
                raw,
                table[column],
                s=np.maximum(LARGEST * people / people.max(), 6.0),
                color=SERIES_COLORS[place],
                marker=SERIES_MARKERS[place],
                alpha=0.6,
                linewidths=0,
                label=say(KINDS[column]),
                zorder=2,
            )
        axes.set_xlabel(say("rate, {variable}", variable=result.variable))
        axes.set_ylabel(say("smoothed rate"))
        axes.legend(loc="upper left")
        axes.set_title(
            say("Empirical Bayes rates of {variable}", variable=result.variable)
            if title is None
            else titled(title)
        )
    return figure
