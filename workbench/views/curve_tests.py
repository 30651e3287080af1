"""Picture of the joint test of a specification curve: the curve inside the curves of chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.core.display import number
from workbench.views.style import ACCENT, INK, Picture, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BAND = "#C9D6E3"
MANY = 120
"""Specifications beyond which a line reads better than a point each."""


def curve_test_chart(result: Any, *, title: str | None = None) -> Picture:
    """Draw the observed curve inside its envelope under the null, and the three statistics.

    Parameters
    ----------
    result : CurveTest
        From ``curve.test()``.
    title : str, optional
        Heading.

    Returns
    -------
    Picture
        Left: estimates in their order; the band holds 95 per cent of the curves under the null at
        each rank, the line is their median. Right: each statistic among its draws.
    """
    table, curves = result.table, result.curves
    told = [f"{name}: p = {number(float(p))}" for name, p in table["p_value"].items()]
    outside = int(
        (
            (curves["estimate"] > curves["conf_high"]) | (curves["estimate"] < curves["conf_low"])
        ).sum()
    )
    with styled():
        figure = Picture(
            7.6,
            3.9,
            alt=f"{len(curves)} estimates in their order, {outside} of them outside the band of "
            f"{len(result.draws)} curves under the null. {'; '.join(told)}.",
        )
        grid = figure.add_gridspec(3, 2, width_ratios=(1.9, 1.0))
        _curve(figure.add_subplot(grid[:, 0]), result)
        for row, name in enumerate(result.draws.columns):
            _statistic(figure.add_subplot(grid[row, 1]), result, str(name))
        heading = f"{result.hypothesis.restriction}: joint p = {number(result.p_value)}"
        figure.suptitle(title if title is not None else heading, fontsize=10.5, x=0.02, ha="left")
    return figure


def _curve(axes: Axes, result: Any) -> None:
    curves = result.curves
    rank = curves.index.to_numpy()
    axes.fill_between(
        rank,
        curves["conf_low"],
        curves["conf_high"],
        color=BAND,
        linewidth=0,
        label="95 % of curves under the null",
    )
    axes.plot(rank, curves["expected"], color=INK, linewidth=0.9, linestyle=(0, (4, 3)))
    style: dict[str, Any] = {"linewidth": 1.6}
    if len(curves) <= MANY:
        style |= {"marker": "o", "markersize": 2.8}
    axes.plot(rank, curves["estimate"], color=ACCENT, label="observed", **style)
    axes.axhline(0.0, color=INK, linewidth=0.6)
    axes.set_xlabel("specifications, by estimate")
    axes.set_ylabel("estimate")
    axes.legend(loc="upper left", frameon=False)


def _statistic(axes: Axes, result: Any, name: str) -> None:
    draws, row = result.draws[name].to_numpy(), result.table.loc[name]
    bins = int(np.clip(np.sqrt(draws.size), 8, 40))
    axes.hist(draws, bins=bins, color=BAND, edgecolor="white", linewidth=0.4)
    axes.axvline(float(row["observed"]), color=ACCENT, linewidth=1.6)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.locator_params(axis="x", nbins=4)
    axes.set_title(f"{name}: p = {number(float(row['p_value']))}", fontsize=8.5)
