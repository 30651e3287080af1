"""Chart of smoothed rates: how far each region was drawn towards the mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.views.style import SERIES_COLORS, SERIES_MARKERS, Picture, styled

if TYPE_CHECKING:
    from workbench.explore.overall.rates import SmoothedRates

LARGEST = 160.0
KINDS = {"smoothed": "towards all regions", "smoothed_local": "towards the neighbourhood"}


def smoothing_chart(result: SmoothedRates, *, title: str | None = None) -> Picture:
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
            alt=f"Smoothed against raw rates of {result.variable}, {len(table)} regions: raw "
            f"{raw.min():.3g} to {raw.max():.3g}, "
            + ", ".join(f"{KINDS[c]} {table[c].min():.3g} to {table[c].max():.3g}" for c in shown)
            + ".",
        )
        axes = figure.add_subplot()
        axes.axline(
            (result.mean, result.mean),
            slope=1,
            color="#999999",
            linewidth=0.8,
            zorder=1,
            label="left as it is",
        )
        axes.axhline(
            result.mean,
            color="#999999",
            linewidth=0.8,
            linestyle=":",
            zorder=1,
            label="rate of all regions",
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
                label=KINDS[column],
                zorder=2,
            )
        axes.set_xlabel(f"rate, {result.variable}")
        axes.set_ylabel("smoothed rate")
        axes.legend(loc="upper left")
        axes.set_title(f"Empirical Bayes rates of {result.variable}" if title is None else title)
    return figure
