"""Charts of placebos: an estimate among those of wrong maps, and of outcomes it cannot move."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd
from scipy import stats

from workbench.core.language import say
from workbench.errors import check_option
from workbench.typing import PlaceboNumber, Said
from workbench.views.outlines import heading
from workbench.views.style import ACCENT, INK, Picture, number, p_number, styled, titled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Results of a room on the same floor: pictures read their tables and know nothing of classes.
PlaceboGeography: TypeAlias = Any
PlaceboOutcomes: TypeAlias = Any

FILLS = {
    "permuted": "#C9D6E4",
    "rewired": "#A9B8C6",
    "displaced": "#8496A8",
    "rotated": "#66788A",
}
"""Greys of one hue: the kinds are told apart by their row, not by colour."""

LABELS = {
    "permuted": "regions exchanged\nat random",
    "rewired": "links exchanged\nat random",
    "displaced": "map turned\nor mirrored",
    "rotated": "map turned,\nneighbours with it",
}
HEIGHT = 0.62
"""Of a density, in rows."""

QUIET = "#9A9A9A"
WRAPPED = 30
TOLD = 74


def placebo_chart(
    result: PlaceboGeography, *, of: PlaceboNumber = "estimate", title: Said = ""
) -> Picture:
    """Draw the estimates under wrong maps by kind, the real one across, and what is significant.

    Parameters
    ----------
    result : PlaceboGeography
    of : {"estimate", "statistic"}
        What is drawn. P-values are those of the statistic in either case.
    title : str
        Heading; by default the hypothesis.

    Returns
    -------
    Picture
        Left: a density and a rug a kind; long dark ticks are placebos that the model calls
        significant; the vertical line is the real map, the band its interval. Right: the share
        of placebos that is significant with its 95 % interval, beside the level.
    """
    check_option("of", of, PlaceboNumber)
    kinds = [str(how) for how in result.kinds.index]
    with styled():
        figure = Picture(8.0, 1.6 + 0.95 * len(kinds), alt=result.conclusion)
        left, right = figure.subplots(1, 2, width_ratios=(2.6, 1), sharey=True)
        _real(left, result, of)
        for row, how in enumerate(kinds):
            part = result.table.xs(how, level="how").dropna(subset=[of])
            _row(left, part, row, fill=FILLS[how], of=of, alpha=result.hypothesis.alpha)
        left.set_yticks(range(len(kinds)), [say(LABELS[how]) for how in kinds])
        left.set_ylim(len(kinds) - 0.55, -0.78)
        left.tick_params(axis="y", length=0)
        left.spines["left"].set_visible(False)
        what = str(result.hypothesis.estimand.text)
        name = what if of == "estimate" else say("statistic of {what}", what=what)
        alpha = say("{alpha:.0%}", alpha=result.hypothesis.alpha)
        left.set_xlabel(
            say(
                "{name}\n(long ticks: wrong maps significant at {alpha}; band: interval)",
                name=name,
                alpha=alpha,
            )
        )
        _ranks(left, result.kinds)
        _shares(right, result.kinds, float(result.hypothesis.alpha))
        heading(
            figure,
            titled(title)
            or say(
                "{restriction}: the real map among wrong ones",
                restriction=result.hypothesis.restriction,
            ),
        )
    return figure


def _real(axes: Axes, result: PlaceboGeography, of: str) -> None:
    """Draw the real value, its interval and the null; right of all placebos its name is left."""
    real, null = result.real, float(result.hypothesis.value)
    at = float(real[of])
    far = at >= float(result.table[of].quantile(0.9))
    low, high = float(real["conf_low"]), float(real["conf_high"])
    if of == "statistic":
        low, high = ((end - null) / float(real["std_error"]) for end in (low, high))
    if np.isfinite(low) and np.isfinite(high):
        axes.axvspan(low, high, color=ACCENT, alpha=0.10, linewidth=0, zorder=0)
    axes.axvline(null if of == "estimate" else 0.0, color=QUIET, linewidth=0.9, zorder=1)
    axes.axvline(at, color=ACCENT, linewidth=1.8, zorder=4)
    axes.annotate(
        say("real map {at}", at=number(at)), (at, 1.0), xycoords=("data", "axes fraction"),
        xytext=(-4 if far else 4, -2), textcoords="offset points", va="top",
        ha="right" if far else "left", color=ACCENT, fontsize=8,
    )  # fmt: skip


def _row(axes: Axes, part: Any, row: int, *, fill: str, of: str, alpha: float) -> None:
    """Draw one kind: density above its rug, both on the row's line."""
    values = part[of].to_numpy(dtype=float)
    if not values.size:
        axes.text(0.5, row, say("no draw could be estimated"), transform=axes.get_yaxis_transform())
        return
    if np.ptp(values) > 1e-9 * max(float(np.abs(values).max()), 1e-300):
        room = 0.15 * float(np.ptp(values))
        x = np.linspace(values.min() - room, values.max() + room, 256)
        y = stats.gaussian_kde(values)(x)
        top = row - HEIGHT * y / y.max()
        axes.fill_between(x, row, top, color=fill, linewidth=0, zorder=2)
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
            0.995,
            row - 0.42,
            say("p = {p}", p=p_number(float(p))),
            transform=axes.get_yaxis_transform(),
            ha="right",
            va="center",
            fontsize=8,
            color=INK,
        )


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
        axes.text(
            value,
            row - 0.31,
            say("{value:.0f} %", value=value),
            ha="center",
            va="bottom",
            fontsize=8,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0},
            zorder=4,
        )
    axes.set_xlim(0, max(12.0, 1.08 * float(np.nanmax(np.append(high, 0.0)))))
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(
        say("% of wrong maps significant\n(dashed: the level, {alpha:.0%})", alpha=alpha)
    )


def outcomes_chart(result: PlaceboOutcomes, *, title: Said = "") -> Picture:
    """Draw the estimates for outcomes that cannot be moved, below that of the real one.

    Parameters
    ----------
    result : PlaceboOutcomes
    title : str
        Heading; by default the hypothesis.

    Returns
    -------
    Picture
        Points with intervals of the hypothesis' level; filled where the placebo is rejected by
        its adjusted p-value. Outcomes that could not be estimated are rows without a point.
    """
    table = result.table
    labels = [say("the real outcome"), *map(str, table.index)]
    with styled():
        figure = Picture(6.6, 1.5 + 0.34 * len(labels), alt=result.conclusion)
        axes = figure.add_subplot()
        axes.axvline(0.0, color=QUIET, linewidth=0.9, zorder=1)
        _interval(axes, result.real, 0, color=ACCENT, filled=True)
        for place, (_, row) in enumerate(table.iterrows(), start=1):
            if not np.isfinite(float(row["estimate"])):
                axes.text(0.0, place, say("not estimated"), color=QUIET, fontsize=8, va="center")
                continue
            filled = float(row["p_adjusted"]) < result.hypothesis.alpha
            _interval(axes, row, place, color=INK, filled=filled)
            axes.annotate(
                say("p = {p_adjusted}", p_adjusted=p_number(float(row["p_adjusted"]))),
                (1.0, place),
                va="center",
                ha="left",
                xycoords=("axes fraction", "data"),
                xytext=(4, 0),
                textcoords="offset points",
                fontsize=8,
                annotation_clip=False,
            )
        axes.axhline(0.5, color=QUIET, linewidth=0.6, linestyle=(0, (2, 3)))
        axes.set_yticks(range(len(labels)), [textwrap.fill(label, WRAPPED) for label in labels])
        axes.set_ylim(len(labels) - 0.5, -0.5)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(
            say(
                "{words} (p adjusted for all; filled: rejected)",
                words=result.hypothesis.estimand.text,
            )
        )
        heading(
            figure,
            titled(title)
            or say(
                "{restriction}: outcomes it cannot move", restriction=result.hypothesis.restriction
            ),
        )
    return figure


def _interval(axes: Axes, row: Any, place: int, *, color: str, filled: bool) -> None:
    axes.hlines(place, float(row["conf_low"]), float(row["conf_high"]), color=color, linewidth=1.5)
    axes.plot(
        float(row["estimate"]), place, "o", markersize=6, color=color, zorder=3,
        markerfacecolor=color if filled else "white",
    )  # fmt: skip
