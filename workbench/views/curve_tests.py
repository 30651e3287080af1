"""Picture of the joint test of a specification curve: the curve inside the curves of chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.core.language import say
from workbench.typing import Said
from workbench.views.style import ACCENT, INK, Picture, p_number, styled, titled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BAND = "#C9D6E3"
MANY = 120
"""Specifications beyond which a line reads better than a point each."""


def curve_test_chart(result: Any, *, title: Said | None = None) -> Picture:
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
    told = [
        say("{name}: p = {p}", name=say(str(name)), p=p_number(float(p)))
        for name, p in table["p_value"].items()
    ]
    outside = int(
        (
            (curves["estimate"] > curves["conf_high"]) | (curves["estimate"] < curves["conf_low"])
        ).sum()
    )
    with styled():
        figure = Picture(
            7.6,
            3.9,
            alt=say(
                "{n} estimates in their order, {outside} of them outside the band of "
                "{n_2} curves under the null. {told}.",
                n=len(curves),
                outside=outside,
                n_2=len(result.draws),
                told="; ".join(told),
            ),
        )
        grid = figure.add_gridspec(3, 2, width_ratios=(1.9, 1.0))
        _curve(figure.add_subplot(grid[:, 0]), result)
        for row, name in enumerate(result.draws.columns):
            _statistic(figure.add_subplot(grid[row, 1]), result, str(name))
        heading = say(
            "{restriction}: joint p = {p_value}",
            restriction=result.hypothesis.restriction,
            p_value=p_number(result.p_value),
        )
        figure.suptitle(
            titled(title) if title is not None else heading, fontsize=10.5, x=0.02, ha="left"
        )
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
        label=say("95 % of curves under the null"),
    )
    axes.plot(rank, curves["expected"], color=INK, linewidth=0.9, linestyle=(0, (4, 3)))
    style: dict[str, Any] = {"linewidth": 1.6}
    if len(curves) <= MANY:
        style |= {"marker": "o", "markersize": 2.8}
    axes.plot(rank, curves["estimate"], color=ACCENT, label=say("observed"), **style)
    axes.axhline(0.0, color=INK, linewidth=0.6)
    axes.set_xlabel(say("specifications, by estimate"))
    axes.set_ylabel(say("estimate"))
    axes.legend(loc="upper left", frameon=False)


def _statistic(axes: Axes, result: Any, name: str) -> None:
    draws, row = result.draws[name].to_numpy(), result.table.loc[name]
    bins = int(np.clip(np.sqrt(draws.size), 8, 40))
    axes.hist(draws, bins=bins, color=BAND, edgecolor="white", linewidth=0.4)
    axes.axvline(float(row["observed"]), color=ACCENT, linewidth=1.6)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.locator_params(axis="x", nbins=4)
    axes.set_title(
        say("{name}: p = {p_value}", name=say(name), p_value=p_number(float(row["p_value"]))),
        fontsize=8.5,
    )
