"""A spillover with and without common shocks, side by side."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.core.language import say
from workbench.errors import check_option
from workbench.typing import ImpactEffect, Said
from workbench.views.outlines import heading
from workbench.views.style import INK, SERIES_COLORS, SERIES_MARKERS, Picture, styled, titled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from workbench.panels import CommonShocks

COLUMNS = 3
FAR = 8.0
"""Intervals that are so many times as wide as the narrowest of a term run out of the picture."""
WRAPPED = 24
NO_SIGN = {"none": "no spillover, with or without"}


def shocks_chart(
    result: CommonShocks, *, effect: ImpactEffect = "indirect", title: Said = ""
) -> Picture:
    """Draw one impact of each term under every estimator, a panel a term with its own scale.

    Parameters
    ----------
    result : CommonShocks
    effect : {"direct", "indirect", "total"}
        The verdict, which is about indirect impacts, stands over these.
    title : str
        Heading; by default what is drawn.

    Returns
    -------
    Picture
        Points with intervals; an arrow where an interval runs out of the picture.
    """
    check_option("effect", effect, ImpactEffect)
    table = result.impacts.xs(effect, level="effect")
    terms, names = list(table.index.unique("term")), list(table.index.unique("estimator"))
    across = min(COLUMNS, len(terms))
    down = -(-len(terms) // across)
    with styled():
        figure = Picture(1.6 + 2.3 * across, 0.7 + (0.75 + 0.34 * len(names)) * down)
        figure.alt = _alt(result, effect)
        panels = figure.subplots(down, across, sharey=True, squeeze=False)
        for axes, term in zip(panels.flat, terms, strict=False):
            _panel(axes, pd.DataFrame(table.xs(term, level="term")).reindex(names))
            verdict = str(result.verdicts[term])
            said = f"\n{say(NO_SIGN.get(verdict, verdict))}" if effect == "indirect" else ""
            axes.set_title(f"{term}{said}", loc="center", fontweight="normal", fontsize=9)
        for axes in panels.flat[len(terms) :]:
            axes.set_visible(False)
        labels = [textwrap.fill(say(str(name)), WRAPPED) for name in names]
        panels[0, 0].set_yticks(range(len(names)), labels)
        panels[0, 0].set_ylim(len(names) - 0.5, -0.5)
        heading(
            figure,
            titled(title)
            or say(
                "{effect} impacts, with and without common shocks", effect=say(effect).capitalize()
            ),
        )
    return figure


def _panel(axes: Axes, part: pd.DataFrame) -> None:
    estimate, low, high = (
        part[name].to_numpy(dtype=float) for name in ("estimate", "conf_low", "conf_high")
    )
    left, right = _window(low, high)
    axes.axvline(0, color="#999999", linewidth=0.9, zorder=1)
    for row in np.flatnonzero(np.isfinite(estimate)):
        color = SERIES_COLORS[row % len(SERIES_COLORS)]
        ends = np.clip([low[row], high[row]], left, right)
        axes.hlines(row, *ends, color=color, linewidth=1.6)
        for end, beyond, mark in ((left, low[row] < left, "<"), (right, high[row] > right, ">")):
            if beyond:
                axes.plot(end, row, mark, color=color, markersize=5, clip_on=False)
        if left <= estimate[row] <= right:
            marker = SERIES_MARKERS[row % len(SERIES_MARKERS)]
            axes.plot(estimate[row], row, marker, color=color, markersize=5)
        if low[row] < left or high[row] > right:
            axes.annotate(
                say("{estimate:.2g}", estimate=estimate[row]),
                ((left + right) / 2, row),
                xytext=(0, 4),
                color=INK,
                textcoords="offset points",
                ha="center",
                fontsize=7,
            )
    axes.set_xlim(left, right)
    axes.tick_params(axis="y", length=0)
    axes.locator_params(axis="x", nbins=4)
    axes.spines["left"].set_visible(False)


def _window(low: np.ndarray, high: np.ndarray) -> tuple[float, float]:
    """Return a range that holds zero and every interval that is not far wider than another."""
    width = high - low
    known = np.isfinite(width) & (width > 0)
    if not known.any():
        return -1.0, 1.0
    kept = known & (width <= FAR * width[known].min())
    left, right = min(0.0, float(low[kept].min())), max(0.0, float(high[kept].max()))
    air = 0.06 * (right - left)
    return left - air, right + air


def _alt(result: CommonShocks, effect: str) -> str:
    table = result.impacts.xs(effect, level="effect")
    numbers = table[["estimate", "conf_low", "conf_high"]].to_numpy(dtype=float)
    said = "; ".join(
        say(
            "{term}, {name}: {estimate:.3g} [{low:.3g}, {high:.3g}]",
            term=term,
            name=say(str(name)),
            estimate=estimate,
            low=low,
            high=high,
        )
        for (name, term), (estimate, low, high) in zip(table.index, numbers, strict=True)
    )
    verdicts = "; ".join(f"{term}: {word}" for term, word in result.verdicts.items())
    return say(
        "{effect} impacts with intervals. {said}. Verdicts: {verdicts}.",
        effect=say(effect).capitalize(),
        said=said,
        verdicts=verdicts,
    )
