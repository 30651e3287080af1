"""Pictures of what regions can do: complexity, fitness, variety."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter

from workbench.core.language import say
from workbench.typing import Said
from workbench.views.labels import label_points
from workbench.views.outlines import heading
from workbench.views.style import (
    INK,
    NO_DATA,
    SERIES_COLORS,
    Picture,
    number,
    printed,
    styled,
    titled,
)

if TYPE_CHECKING:
    from workbench.innovation.activity_space.complexity_index import Complexity
    from workbench.innovation.activity_space.fitness_index import Fitness
    from workbench.innovation.activity_space.varieties import Variety

TICKS = 40
"""Most names along an axis."""

ENDS = 6
"""Regions named at either end where there are more than that."""

BARS = 20
"""Most regions or activities in a chart of bars."""


def complexity_chart(result: Complexity, *, title: Said | None = None) -> Picture:
    """Draw regions by diversity and complexity.

    Parameters
    ----------
    result : Complexity
    title : str, optional

    Returns
    -------
    Picture
        A matplotlib figure, with intervals where tables were redrawn.
    """
    table = result.tidy()
    alt = say(
        "{heading}: the most complex is {first}, the least {last}; correlation "
        "with diversity {value}.",
        heading=result.heading,
        first=table.index[0],
        last=table.index[-1],
        value=_correlation(table["diversity"], table["complexity"]),
    )
    with styled():
        figure = Picture(6.4, 4.6, alt=alt)
        axes = figure.add_subplot()
        if "conf_low" in table:
            axes.vlines(table["diversity"], table["conf_low"], table["conf_high"],
                        color=NO_DATA, linewidth=1.0, zorder=1)  # fmt: skip
        _dots(axes, table["diversity"], table["complexity"])
        axes.axhline(0, color=INK, linewidth=0.6)
        axes.set_ylabel(say("complexity, standard deviations"))
        axes.set_xlabel(say("diversity: activities that the region has"))
        heading(figure, result.heading if title is None else titled(title))
        _name_points(axes, table["diversity"], table["complexity"])
    return figure


def _correlation(one: pd.Series[Any], other: pd.Series[Any]) -> str:
    if one.min() == one.max():
        return say("none, as all are equally diverse")
    return say("{np:.2f}", np=np.corrcoef(one, other)[0, 1])


def _dots(axes: Any, x: pd.Series[Any], y: pd.Series[Any]) -> None:
    axes.plot(x, y, "o", color=SERIES_COLORS[0], markersize=4.5, zorder=2)


def _name_points(axes: Any, x: pd.Series[Any], y: pd.Series[Any]) -> None:
    """Name all points if they are few, else the first and the last ones, when limits are final."""
    n = len(x)
    which = list(range(n)) if n <= TICKS else [*range(ENDS), *range(n - ENDS, n)]
    points = np.column_stack([x.to_numpy(float), y.to_numpy(float)])
    label_points(axes, points, which=which, texts=[str(x.index[k]) for k in which])


def fitness_chart(result: Fitness, *, title: Said | None = None) -> Picture:
    """Draw fitness against diversity, regions whose fitness tends to zero apart.

    Parameters
    ----------
    result : Fitness
    title : str, optional

    Returns
    -------
    Picture
        A matplotlib figure with a logarithmic scale of fitness.
    """
    table = result.tidy()
    kept = table.drop(index=list(result.vanishing))
    gone = say(" {n} regions tend to zero and are not shown.", n=len(result.vanishing)) * bool(
        result.vanishing
    )
    shown = kept if len(kept) else table
    alt = say(
        "{heading}: the fittest is {first}, the last {last}.{gone}",
        heading=result.heading,
        first=table.index[0],
        last=table.index[-1],
        gone=gone,
    )
    with styled():
        figure = Picture(6.4, 4.6, alt=alt)
        axes = figure.add_subplot()
        _dots(axes, shown["diversity"], shown["fitness"])
        axes.set_yscale("log")
        for which in (axes.yaxis.set_major_formatter, axes.yaxis.set_minor_formatter):
            which(printed(FuncFormatter(lambda value, _: f"{value:g}")))
        axes.set_ylabel(say("fitness, mean 1 (logarithmic scale)"))
        axes.set_xlabel(say("diversity: activities that the region has"))
        heading(figure, result.heading if title is None else titled(title))
        _name_points(axes, shown["diversity"], shown["fitness"])
    return figure


def variety_chart(result: Variety, *, title: Said | None = None) -> Picture:
    """Draw the parts of variety of the most varied regions.

    Parameters
    ----------
    result : Variety
    title : str, optional

    Returns
    -------
    Picture
        A matplotlib figure: stacked bars, unrelated variety first.
    """
    parts = result.parts.sort_values("total_variety", ascending=False, kind="stable").head(BARS)
    first = parts.iloc[0]
    alt = say(
        "{heading}: the most varied is {first} with {total_variety} bits, of "
        "them {related_variety} related.",
        heading=result.heading,
        first=parts.index[0],
        total_variety=number(float(first["total_variety"])),
        related_variety=number(float(first["related_variety"])),
    )
    pieces = parts.drop(columns="total_variety").clip(lower=0.0)
    with styled():
        figure = Picture(6.8, 1.4 + 0.24 * len(parts), alt=alt)
        axes = figure.add_subplot()
        left = np.zeros(len(parts))
        at = np.arange(len(parts))
        for (name, column), color in zip(pieces.items(), cycle(SERIES_COLORS), strict=False):
            width = column.to_numpy(float)
            axes.barh(at, width, left=left, color=color, height=0.7, label=_spoken(str(name)))
            left = left + width
        axes.set_yticks(at, [str(name) for name in parts.index])
        axes.invert_yaxis()
        axes.set_xlabel(say("bits"))
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12 - 0.3 / len(parts)), ncols=3)
        heading(figure, result.heading if title is None else titled(title))
    return figure


def _spoken(name: str) -> str:
    return say(name.replace("_variety", "").replace("_", " "))
