"""Pictures of efficiency: regions by rank, the frontier itself, productivity between periods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import matplotlib.ticker
import numpy as np
import pandas as pd

from workbench.core.language import say
from workbench.errors import InputError
from workbench.numerics.frontiers import envelopment
from workbench.typing import Said
from workbench.views.labels import label_points, named
from workbench.views.outlines import heading
from workbench.views.style import (
    ACCENT,
    INK,
    SERIES_COLORS,
    Picture,
    number,
    printed,
    styled,
    titled,
)

if TYPE_CHECKING:
    from workbench.innovation.frontiers import DataEnvelopment, Productivity, StochasticFrontier
    from workbench.typing import FloatArray

ROW = 0.19
"""Height of a region, inches."""
WIDE = 5.0
"""Ratio of the ends of an axis from which its ticks are 1, 2, 5, 10 ..."""
SKEWED = 8.0
"""Largest figure over the median from which axes are logarithmic."""


def efficiency_chart(
    result: DataEnvelopment | StochasticFrontier,
    *,
    title: Said | None = None,
    names: pd.Series[Any] | None = None,
    most: int = 30,
) -> Picture:
    """Draw efficiency by rank, with intervals where there are any.

    Parameters
    ----------
    result : DataEnvelopment or StochasticFrontier
        Of envelopment with a bootstrap the corrected efficiency is drawn too.
    title : str, optional
        Heading; by default what was measured.
    names : pandas.Series, optional
        Names by region id, in place of the ids.
    most : int, default 30
        How many regions to show: half of them from the top, half from the bottom.

    Returns
    -------
    Picture
        A matplotlib figure, the most efficient region on top.
    """
    if isinstance(most, bool) or not isinstance(most, int) or most < 2:
        raise InputError("most", expected="a whole number from 2", found=repr(most))
    regions = getattr(result, "regions", None)
    table = result.tidy() if regions is None else regions()
    table = table.sort_values("efficiency", ascending=False, kind="stable")
    n, shown = len(table), _ends(len(table), most)
    table = table.iloc[shown]
    values = table["efficiency"].to_numpy()
    y = -np.arange(len(table), dtype=float)
    if len(shown) < n:
        y[len(shown) - most // 2 :] -= 1.0
    alt = say(
        "{heading}. {n} of {n_2} regions by rank, efficiency from {value} to {value_2}.",
        heading=result.heading,
        n=len(table),
        n_2=n,
        value=number(float(values[0])),
        value_2=number(float(values[-1])),
    )
    with styled():
        figure = Picture(6.4, 0.9 + ROW * (len(table) + 1), alt=alt)
        axes = figure.add_subplot()
        _dots(axes, table, y)
        if len(shown) < n:
            gap = y[len(shown) - most // 2] + 1.0
            axes.text(
                0.01,
                gap,
                say("{n} regions between", n=n - len(shown)),
                va="center",
                fontsize=7.0,
                color="#777777",
                transform=axes.get_yaxis_transform(),
            )
        labels = named(table.index, names)
        axes.set_yticks(y, labels)
        axes.tick_params(axis="y", length=0)
        axes.set_ylim(y[-1] - 0.8, 0.8)
        axes.axvline(1.0, color="#CCCCCC", linewidth=0.8, zorder=0)
        axes.set_xlabel(say("efficiency, 1 is the frontier"))
        axes.xaxis.set_major_formatter(printed(mpl.ticker.StrMethodFormatter("{x:g}")))
        heading(figure, _short(result) if title is None else titled(title))
    return figure


def _short(result: Any) -> str:
    return str(result.heading).partition(":")[0]


def _ends(n: int, most: int) -> list[int]:
    if n <= most:
        return list(range(n))
    bottom = most // 2
    return [*range(most - bottom), *range(n - bottom, n)]


def _dots(axes: Any, table: pd.DataFrame, y: FloatArray) -> None:
    if "conf_low" in table and table["conf_low"].notna().all():
        axes.hlines(y, table["conf_low"], table["conf_high"], color="#9DB7D1", linewidth=2.2)
    if "corrected" in table:
        axes.scatter(table["corrected"], y, s=20, color=SERIES_COLORS[0], zorder=3,
                     label=say("corrected, with interval"))  # fmt: skip
        axes.scatter(table["efficiency"], y, s=16, facecolors="white", edgecolors=ACCENT,
                     linewidths=1.0, zorder=2, label=say("as estimated"))  # fmt: skip
        axes.legend(loc="lower right")
    else:
        axes.scatter(table["efficiency"], y, s=20, color=SERIES_COLORS[0], zorder=3)


def frontier_chart(
    result: DataEnvelopment,
    *,
    title: Said | None = None,
    names: pd.Series[Any] | None = None,
    labels: int = 8,
) -> Picture:
    """Draw regions and the frontier in the plane of one input and one output.

    Parameters
    ----------
    result : DataEnvelopment
        Of one input and one output.
    title : str, optional
        Heading; by default what was measured.
    names : pandas.Series, optional
        Names by region id, in place of the ids.
    labels : int, default 8
        How many regions to label, those nearest to the frontier first.

    Returns
    -------
    Picture
        A matplotlib figure.

    Raises
    ------
    InputError
        If there are several inputs or outputs.
    """
    shape = result.inputs.shape[1], result.outputs.shape[1]
    if shape != (1, 1):
        raise InputError(
            "result",
            expected="one input and one output",
            found=f"{shape[0]} inputs and {shape[1]} outputs",
            why="the frontier of more has more dimensions than a page",
            remedy="result.plot() shows regions by rank",
        )
    x, y = (side.to_numpy()[:, 0] for side in (result.inputs, result.outputs))
    grid, line = _frontier(result, x, y)
    best = result.table["efficiency"].to_numpy()
    alt = say(
        "{heading}. {n} regions below the frontier of {value} efficient ones.",
        heading=result.heading,
        n=len(x),
        value=int((best == 1.0).sum()),
    )
    with styled():
        figure = Picture(6.0, 4.4, alt=alt)
        axes = figure.add_subplot()
        axes.plot(grid, line, color=ACCENT, linewidth=1.4, zorder=2)
        axes.scatter(x, y, s=24, color=np.where(best == 1.0, ACCENT, SERIES_COLORS[0]),
                     edgecolors="white", linewidths=0.5, zorder=3)  # fmt: skip
        if _skewed(x) and _skewed(y):
            axes.set_xscale("log")
            axes.set_yscale("log")
            axes.margins(0.08)
        else:
            axes.set_xlim(0.0, 1.05 * x.max())
            axes.set_ylim(0.0, 1.08 * max(float(line.max()), float(y.max())))
        axes.set_xlabel(str(result.inputs.columns[0]))
        axes.set_ylabel(str(result.outputs.columns[0]))
        heading(figure, _short(result) if title is None else titled(title))
        near = np.argsort(-best, kind="stable")[: max(labels, 0)].tolist()
        ids = result.table.index[near]
        texts = named(ids, names)
        points = np.vstack([np.column_stack([x, y]), np.column_stack([grid, line])])
        label_points(axes, points, which=near, texts=texts)
    return figure


def _skewed(values: FloatArray) -> bool:
    return bool(values.min() > 0.0 and values.max() > SKEWED * np.median(values))


def _frontier(
    result: DataEnvelopment, x: FloatArray, y: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the most output by input, along inputs that somebody reaches."""
    ray = result.returns in ("crs", "nirs")
    start = min(0.02 * x.max(), 0.7 * x.min()) if ray else x.min()
    ends = start, 1.05 * x.max()
    grid = np.union1d(np.union1d(np.linspace(*ends, 120), np.geomspace(*ends, 120)), x)
    grid = grid[grid >= start]
    if result.returns == "fdh":
        grid = np.union1d(grid, np.nextafter(x, 0.0)[np.nextafter(x, 0.0) >= start])
        return grid, np.array([y[x <= at].max() for at in grid])
    points = grid[:, None], np.full((len(grid), 1), y.mean())
    if result.returns == "ndrs":
        points = np.maximum(points[0], x.min()), points[1]
    X, Y = x[:, None], y[:, None]
    found = envelopment.radial(X, Y, returns=result.returns, outward=True, points=points)
    return grid, found.scores * y.mean()


def productivity_chart(
    result: Productivity,
    *,
    title: Said | None = None,
    names: pd.Series[Any] | None = None,
    labels: int = 8,
) -> Picture:
    """Draw catching up against the shift of the frontier, productivity constant along curves.

    Parameters
    ----------
    result : Productivity
        From :func:`workbench.innovation.frontiers.malmquist`.
    title : str, optional
        Heading.
    names : pandas.Series, optional
        Names by region id, in place of the ids.
    labels : int, default 8
        How many regions to label, those whose productivity changed most.

    Returns
    -------
    Picture
        A matplotlib figure with logarithmic axes.
    """
    table = result.tidy()
    x, y = table["efficiency_change"].to_numpy(), table["technical_change"].to_numpy()
    total = table["productivity_change"].to_numpy()
    mean = float(result.glance()["productivity_change"].iloc[0])
    alt = say(
        "{heading}. {value} of {n} regions became more productive; geometric mean {mean}.",
        heading=result.heading,
        value=int((total > 1.0).sum()),
        n=len(x),
        mean=number(mean),
    )
    with styled():
        figure = Picture(5.6, 4.6, alt=alt)
        axes = figure.add_subplot()
        for line in (axes.axhline, axes.axvline):
            line(1.0, color="#CCCCCC", linewidth=0.8, zorder=0)
        axes.scatter(x, y, s=24, color=np.where(total > 1.0, SERIES_COLORS[0], SERIES_COLORS[1]),
                     edgecolors="white", linewidths=0.5, zorder=3)  # fmt: skip
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.margins(0.12)
        limits = axes.get_xlim(), axes.get_ylim()
        along = np.geomspace(*limits[0], 60)
        axes.plot(along, 1.0 / along, color=INK, linewidth=0.9, dashes=(4, 3), zorder=1)
        axes.set_xlim(*limits[0])
        axes.set_ylim(*limits[1])
        for axis in (axes.xaxis, axes.yaxis):
            low, high = axis.get_view_interval()
            wide = high > WIDE * low
            axis.set_major_locator(
                mpl.ticker.LogLocator(subs=(1.0, 2.0, 5.0)) if wide else mpl.ticker.MaxNLocator(5)
            )
            axis.set_major_formatter(printed(mpl.ticker.StrMethodFormatter("{x:g}")))
            axis.set_minor_formatter(mpl.ticker.NullFormatter())
        axes.set_xlabel(say("efficiency change (catching up above 1)"))
        axes.set_ylabel(say("technical change (progress above 1)"))
        text = say("Productivity changed by a factor of {mean} on average", mean=number(mean))
        heading(figure, text if title is None else titled(title))
        far = np.argsort(-np.abs(np.log(total)), kind="stable")[: max(labels, 0)].tolist()
        texts = named(table.index[far], names)
        label_points(axes, np.column_stack([x, y]), which=far, texts=texts)
    return figure
