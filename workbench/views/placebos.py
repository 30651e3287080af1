"""Charts of placebos: an estimate among those of wrong maps, and of outcomes it cannot move."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import stats

from workbench.core.display import number
from workbench.views.outlines import heading
from workbench.views.style import ACCENT, INK, Picture, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from workbench.hypotheses.placebo.geography_result import PlaceboGeography
    from workbench.hypotheses.placebo.outcomes_result import PlaceboOutcomes

FILLS = {"permuted": "#C9D6E4", "rewired": "#A9B8C6", "rotated": "#8496A8"}
"""Greys of one hue: the kinds are told apart by their row, not by colour."""

LABELS = {
    "permuted": "regions exchanged\nat random",
    "rewired": "links exchanged\nat random",
    "rotated": "map turned",
}
HEIGHT = 0.62
"""Of a density, in rows."""

QUIET = "#9A9A9A"
WRAPPED = 30
TOLD = 74


def placebo_chart(result: PlaceboGeography, *, title: str = "") -> Picture:
    """Draw the estimates under wrong maps by kind, the real one across, and what is significant.

    Parameters
    ----------
    result : PlaceboGeography
    title : str
        Heading; by default the hypothesis.

    Returns
    -------
    Picture
        Left: a density and a rug a kind; dark ticks are placebos that the model calls significant;
        the vertical line is the real estimate, the band its interval. Right: the share of placebos
        that is significant with its 95 % interval, beside the level.
    """
    kinds = [str(how) for how in result.kinds.index]
    with styled():
        figure = Picture(8.0, 1.5 + 0.95 * len(kinds), alt=f"{result.conclusion}")
        left, right = figure.subplots(1, 2, width_ratios=(2.6, 1), sharey=True)
        _real(left, result)
        for row, how in enumerate(kinds):
            part = result.table.xs(how, level="how")
            _row(left, part.dropna(subset=["estimate"]), row, how, result.hypothesis.alpha)
        left.set_yticks(range(len(kinds)), [LABELS.get(how, how) for how in kinds])
        left.set_ylim(len(kinds) - 0.55, -0.78)
        left.tick_params(axis="y", length=0)
        left.spines["left"].set_visible(False)
        left.set_xlabel(str(result.hypothesis.estimand.text))
        _ranks(left, result.kinds)
        _shares(right, result.kinds, float(result.hypothesis.alpha))
        told = title or f"{result.hypothesis.restriction}: the real map among wrong ones"
        heading(figure, told)
    return figure


def _real(axes: Axes, result: PlaceboGeography) -> None:
    real = result.real
    low, high = float(real["conf_low"]), float(real["conf_high"])
    if np.isfinite(low) and np.isfinite(high):
        axes.axvspan(low, high, color=ACCENT, alpha=0.10, linewidth=0, zorder=0)
    axes.axvline(float(result.hypothesis.value), color=QUIET, linewidth=0.9, zorder=1)
    axes.axvline(float(real["estimate"]), color=ACCENT, linewidth=1.8, zorder=4)
    axes.annotate(
        f"real map {number(float(real['estimate']))}",
        (float(real["estimate"]), 1.0), xycoords=("data", "axes fraction"), xytext=(4, -2),
        textcoords="offset points", va="top", color=ACCENT, fontsize=8,
    )  # fmt: skip


def _row(axes: Axes, part: pd.DataFrame, row: int, how: str, alpha: float) -> None:
    """Draw one kind: density above its rug, both on the row's line."""
    values = part["estimate"].to_numpy(dtype=float)
    if not values.size:
        axes.text(0.5, row, "no draw could be estimated", transform=axes.get_yaxis_transform())
        return
    if np.ptp(values) > 1e-9 * max(float(np.abs(values).max()), 1e-300):
        room = 0.15 * float(np.ptp(values))
        x = np.linspace(values.min() - room, values.max() + room, 256)
        y = stats.gaussian_kde(values)(x)
        top = row - HEIGHT * y / y.max()
        axes.fill_between(x, row, top, color=FILLS.get(how, "#BBBBBB"), linewidth=0, zorder=2)
        axes.plot(x, top, color=INK, linewidth=0.7, zorder=3)
    significant = (part["p_value"] < alpha).to_numpy()
    for mask, color, length, width in (
        (~significant, QUIET, 0.10, 0.5),
        (significant, INK, 0.20, 0.9),
    ):
        axes.vlines(values[mask], row + 0.03, row + 0.03 + length, color=color, linewidth=width)


def _ranks(axes: Axes, kinds: pd.DataFrame) -> None:
    for row, p in enumerate(kinds["p_permutation"]):
        axes.text(
            0.995, row - 0.42, f"p = {number(float(p))}", transform=axes.get_yaxis_transform(),
            ha="right", va="center", fontsize=8, color=INK,
        )  # fmt: skip


def _shares(axes: Axes, kinds: pd.DataFrame, alpha: float) -> None:
    rows = np.arange(len(kinds))
    share, low, high = (
        100 * kinds[name].to_numpy(dtype=float)
        for name in ("significant_share", "significant_low", "significant_high")
    )
    axes.axvline(100 * alpha, color=ACCENT, linewidth=1.2, linestyle=(0, (4, 3)), zorder=1)
    axes.hlines(rows - 0.2, low, high, color=INK, linewidth=1.4, zorder=2)
    axes.plot(share, rows - 0.2, "o", color=INK, markersize=5, zorder=3)
    for row, value in zip(rows, share, strict=True):
        axes.text(value, row - 0.31, f"{value:.0f} %", ha="center", va="bottom", fontsize=8)
    axes.set_xlim(0, max(12.0, 1.08 * float(np.nanmax(np.append(high, 0.0)))))
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(f"% of wrong maps significant\n(dashed: the level, {alpha:.0%})")
