"""Pictures of organisations: rates of creation and growth, the digital divide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np

from workbench.core.language import say
from workbench.core.panel_frame import period_text
from workbench.typing import Said
from workbench.views.labels import named
from workbench.views.outlines import heading
from workbench.views.style import ACCENT, INK, SERIES_COLORS, Picture, p_number, styled, titled

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from workbench.innovation.organisations import CreationRates, DigitalDivide, GrowthRates
    from workbench.typing import FloatArray

CLASS_COLORS = {
    "high": "#1F5A94",
    "moderate": "#6CA6CD",
    "stable": "#6CA6CD",
    "low": "#C9A24B",
    "declining": "#B5321F",
    "outside the scheme": "#8C5AA8",
    "cannot tell": "#B8B8B8",
}
ROW = 0.155
"""Height of a region, inches."""
FANNED = "#C9DCEC"


def creation_chart(
    result: CreationRates, *, title: Said | None = None, names: pd.Series[Any] | None = None
) -> Picture:
    """Draw rates of creation with their intervals; grey where one cannot tell the class.

    Parameters
    ----------
    result : CreationRates
        From ``creation_rates``.
    title : str, optional
        Heading; by default that of the result.
    names : pandas.Series, optional
        Name of each region by id; ids without.

    Returns
    -------
    Picture
        A matplotlib figure: a row a region by its rate, the bounds of the classes dashed.
    """
    table = result.augment().sort_values("creation_rate", kind="stable")
    ends = table[["conf_low", "conf_high"]].to_numpy().T
    sizes = table["class_sure"].value_counts()
    told = ", ".join(f"{count} {say(str(name))}" for name, count in sizes.items())
    with styled():
        figure, axes = _rows(
            table,
            names=names,
            alt=say(
                "{heading}: of {n} regions {told}.", heading=result.heading, n=len(table), told=told
            ),
        )
        colors = [CLASS_COLORS[name] for name in table["class_sure"]]
        up = np.arange(len(table))
        axes.hlines(up, ends[0], ends[1], color=colors, linewidth=1.4)
        axes.scatter(table["creation_rate"], up, s=14, color=colors, zorder=3)
        _bounds(axes, result.bounds)
        axes.set_xlim(left=0)
        axes.set_xlabel(
            say("created, per cent of all, with {level:g} % interval", level=100 * result.level)
        )
        _legend(axes, [name for name in CLASS_COLORS if name in set(table["class_sure"])])
        heading(figure, result.heading if title is None else titled(title))
    return figure


def growth_chart(
    result: GrowthRates, *, title: Said | None = None, names: pd.Series[Any] | None = None
) -> Picture:
    """Draw growth of the number of organisations by region with the bounds of classes.

    Parameters
    ----------
    result : GrowthRates
        From ``growth_rates``.
    title : str, optional
        Heading; by default that of the result.
    names : pandas.Series, optional
        Name of each region by id; ids without.

    Returns
    -------
    Picture
        A matplotlib figure: a row a region by its growth.
    """
    table = result.augment().sort_values("growth_rate", kind="stable")
    sizes = table["class"].value_counts()
    told = ", ".join(f"{count} {say(str(name))}" for name, count in sizes.items())
    with styled():
        figure, axes = _rows(
            table,
            names=names,
            alt=say(
                "{heading}: of {n} regions {told}.", heading=result.heading, n=len(table), told=told
            ),
        )
        up = np.arange(len(table))
        colors = [CLASS_COLORS[name] for name in table["class"]]
        axes.hlines(up, 0.0, table["growth_rate"], color=colors, linewidth=1.4)
        axes.scatter(table["growth_rate"], up, s=14, color=colors, zorder=3)
        _bounds(axes, result.bounds)
        axes.set_xlabel(say("growth, per cent"))
        _legend(axes, [name for name in CLASS_COLORS if name in set(table["class"])])
        heading(figure, result.heading if title is None else titled(title))
    return figure


def _rows(table: pd.DataFrame, *, alt: str, names: pd.Series[Any] | None) -> tuple[Picture, Axes]:
    figure = Picture(6.2, 1.5 + ROW * len(table), alt=alt)
    axes = figure.add_subplot()
    axes.set_yticks(range(len(table)), named(table.index, names), fontsize=6.5)
    axes.set_ylim(-0.8, len(table) - 0.2)
    axes.tick_params(axis="y", length=0)
    return figure, axes


def _bounds(axes: Axes, bounds: tuple[float, ...]) -> None:
    for bound in bounds:
        axes.axvline(bound, color="#777777", linewidth=0.8, dashes=(4, 3), zorder=1)


def _legend(axes: Axes, names: list[str]) -> None:
    marks: list[Any] = [
        mpl.lines.Line2D(
            [], [], color=CLASS_COLORS[name], marker="o", markersize=4, label=say(name)
        )
        for name in names
    ]
    # rows rise to the right from below, so that this corner is free
    axes.legend(handles=marks, loc="lower right")


def divide_chart(result: DigitalDivide, *, title: Said | None = None) -> Picture:
    """Draw adoption between its quantiles, and the gap in points and in logits (or as a ratio).

    Parameters
    ----------
    result : DigitalDivide
        From ``digital_divide``.
    title : str, optional
        Heading; by default that of the result.

    Returns
    -------
    Picture
        A matplotlib figure of three panels; gaps are drawn from zero, with their trend where there
        is one. A single period is drawn as points.
    """
    points = result.augment()
    x = result.adoption.time
    if len(points) > 1:
        x = np.asarray(x)
    second = "logit_gap" if "logit_gap" in points else "ratio_gap"
    names = {"points_gap": "gap in points", "logit_gap": "gap in logits",
             "ratio_gap": "upper over lower quantile"}  # fmt: skip
    low, high = (say("{share:g} %", share=100 * share) for share in result.quantiles)
    told = "; ".join(
        say(
            "{names} {first:.3g} to {last:.3g}",
            names=say(names[name]),
            first=points[name].iloc[0],
            last=points[name].iloc[-1],
        )
        for name in ("points_gap", second)
    )
    with styled():
        figure = Picture(9.4, 3.2, alt=f"{result.heading}: {told}.")
        panels = figure.subplots(1, 3)
        axes = panels[0]
        axes.fill_between(x, points["quantile_low"], points["quantile_high"], color=FANNED,
                          label=say("{low} to {high} of regions", low=low, high=high))  # fmt: skip
        mark = "o" if len(points) == 1 else None
        for name in ("laggard", "leader"):
            axes.plot(x, points[name], color="#7A9CBC", linewidth=0.8, dashes=(3, 2), marker=mark)
        axes.plot(x, points["mean"], color=SERIES_COLORS[0], linewidth=1.8, marker=mark,
                  label=say("mean"))  # fmt: skip
        axes.set_title(
            say("adoption, from the last to the leader"), loc="center", fontweight="normal"
        )
        axes.set_ylim(bottom=0)
        axes.legend(loc="best")
        for panel, name in zip(panels[1:], ("points_gap", second), strict=True):
            _gap(panel, x, points[name].to_numpy(dtype=float), result, name)
            panel.set_title(say(names[name]), loc="center", fontweight="normal")
        for panel in panels:
            _ticks(panel, x, points.index)
        heading(figure, result.heading if title is None else titled(title))
    return figure


def _gap(axes: Axes, x: FloatArray, y: FloatArray, result: DigitalDivide, name: str) -> None:
    axes.plot(x, y, color=SERIES_COLORS[0], linewidth=1.8, marker="o", markersize=3)
    fitted = result.fitted.get(name)
    if fitted is not None:
        axes.plot(x, fitted.intercept + fitted.slope * x, color=ACCENT, linewidth=1.1,
                  dashes=(4, 3))  # fmt: skip
        p_value = float(result.trends["p_value"][name])
        axes.text(
            0.97,
            0.04,
            say(
                "{slope:+.3g} a unit of time, p = {p_value}",
                slope=fitted.slope,
                p_value=p_number(p_value),
            ),
            transform=axes.transAxes,
            ha="right",
            fontsize=8,
            color=INK,
        )
    top = float(np.nanmax(y)) if np.isfinite(y).any() else 1.0
    axes.set_ylim(0, 1.12 * top)


def _ticks(axes: Axes, x: FloatArray, periods: Any) -> None:
    step = -(-len(periods) // 5)
    axes.set_xticks(x[::step], [period_text(one) for one in periods[::step]])
    axes.margins(x=0.03)
