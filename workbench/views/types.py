"""Pictures of types: scores and bounds, maps, profiles, agreement, moves, stability."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.core.language import say
from workbench.errors import InputError
from workbench.typing import Said
from workbench.views.labels import label_points, wrapped
from workbench.views.outlines import heading
from workbench.views.style import (
    INK,
    SERIES_COLORS,
    SERIES_MARKERS,
    Picture,
    in_print,
    styled,
    titled,
)
from workbench.views.typology import WIDEST_MEAN, group_colors, painted

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from workbench.innovation.typologies import (
        RegionTypes,
        TypologyProfiles,
    )
    from workbench.typing import FloatArray

LABELLED = 8
"""Regions labelled in a chart."""
LADDER = "YlGnBu"
"""Colours of ordered types."""


def type_colors(names: tuple[str, ...], *, ordered: bool) -> list[Any]:
    """Return a colour a type: a ladder from dark, the best, where types are ordered."""
    if not ordered:
        return group_colors(len(names))
    import matplotlib as mpl

    return list(mpl.colormaps[LADDER](np.linspace(0.92, 0.25, len(names))))


def types_chart(result: RegionTypes, *, title: Said | None = None) -> Picture:
    """Draw the scores with the bounds of types; regions near a bound are labelled.

    Parameters
    ----------
    result : RegionTypes
        From ``leader_types`` (regions by rank of their score) or ``combined_types`` (the first
        score across, the second upwards).
    title : str, optional
        Heading; by default that of the result.

    Returns
    -------
    Picture
        A matplotlib figure.
    """
    sizes = result.sizes
    told = "; ".join(
        say("{name}: {count} regions", name=name, count=count) for name, count in sizes.items()
    )
    X = result.scores.to_numpy()
    bounds = result.rule.bounds(X, X)
    with styled():
        figure = Picture(6.8, 4.4, alt=f"{result.heading}. {told}.")
        axes = figure.add_subplot()
        if X.shape[1] == 1:
            order = np.argsort(-X[:, 0], kind="stable")
            place = np.empty(len(X))
            place[order] = np.arange(1, len(X) + 1)
            points = np.column_stack([place, X[:, 0]])
            axes.set_xlabel(say("rank"))
            axes.set_ylabel(str(result.scores.columns[0]))
            top = 1.06 * max(float(X.max()), float(bounds[0].max()))
            axes.set_ylim(-0.02 * top, top)
            lines: list[tuple[Any, FloatArray]] = [(axes.axhline, bounds[0])]
        else:
            points = X[:, :2]
            axes.set_xlabel(str(result.scores.columns[0]))
            axes.set_ylabel(str(result.scores.columns[1]))
            lines = [(axes.axvline, bounds[0]), (axes.axhline, bounds[1])]
        for draw, cuts in lines:
            for cut in cuts:
                draw(float(cut), color="#888888", linewidth=0.8, dashes=(4, 3), zorder=1)
        _scatter(axes, points, result)
        axes.margins(x=0.04)
        axes.legend(loc="upper right" if X.shape[1] == 1 else "best")
        heading(figure, result.heading if title is None else titled(title))
        close = np.flatnonzero(result.regions["near_bound"].to_numpy())
        near = close[np.argsort(result.regions["to_bound"].to_numpy()[close], kind="stable")]
        chosen = near[:LABELLED].tolist()
        label_points(
            axes, points, which=chosen, texts=[str(result.scores.index[i]) for i in chosen]
        )
    return figure


def _scatter(axes: Axes, points: FloatArray, result: RegionTypes) -> None:
    colors = type_colors(result.names, ordered=result.ordered)
    for code, name in enumerate(result.names):
        own = result.membership == code
        axes.scatter(
            points[own, 0], points[own, 1], s=24, color=colors[code],
            marker=SERIES_MARKERS[code % len(SERIES_MARKERS)], edgecolors="#444444",
            linewidths=0.4, zorder=3, label=f"{name} ({int(own.sum())})",
        )  # fmt: skip


def types_map(result: RegionTypes, regions: Any, *, title: Said | None = None) -> Picture:
    """Draw each type in its colour on a map; empty types are in the legend.

    Parameters
    ----------
    result : RegionTypes
        From ``leader_types`` or ``combined_types``.
    regions : GeoDataFrame or GeoSeries
        Polygons indexed by region id, in any order.
    title : str, optional
        Heading; by default that of the result.

    Returns
    -------
    Picture
        A matplotlib figure.

    Raises
    ------
    InputError, IdError
        If there is no geometry, or a region has none.
    """
    if regions is None:
        raise InputError(
            "regions",
            expected="polygons to draw",
            found="none: scores have no geometry",
            remedy="pass them, result.map(regions)",
        )
    colors = type_colors(result.names, ordered=result.ordered)
    entries = [
        (f"{name} ({count})", color)
        for (name, count), color in zip(result.sizes.items(), colors, strict=True)
    ]
    place = pd.Series(result.membership, index=result.scores.index)
    text = result.heading if title is None else titled(title)
    return painted(
        place, regions, None, colors=colors, entries=entries, title=text,
        alt=say("Map of {heading}", heading=result.heading), legend_title=say("type (regions)"),
    )[0]  # fmt: skip


def type_profiles_chart(result: TypologyProfiles, *, title: Said | None = None) -> Picture:
    """Draw the mean of each variable in each type, in standard deviations, and η² beside.

    Parameters
    ----------
    result : TypologyProfiles
        From ``typology_profiles``.
    title : str, optional
        Heading; by default that of the result.

    Returns
    -------
    Picture
        A matplotlib figure: a row a variable, those that tell types apart best on top.
    """
    means = result.standardised
    share = result.separation["eta_squared"]
    sizes: dict[Any, int] = dict(zip(result.labels.names, result.labels.sizes, strict=True))
    rows, columns = means.shape
    told = " ".join(
        f"{name}: "
        + ", ".join(
            say("{variable} {value:.1f}", variable=variable, value=value)
            for variable, value in column.items()
        )
        + "."
        for name, column in means.items()
    )
    with styled():
        figure = Picture(
            min(4.6 + 0.8 * columns, 11.0), 1.6 + 0.36 * rows, alt=f"{result.heading}. {told}"
        )
        left, right = figure.subplots(1, 2, sharey=True, width_ratios=[max(columns, 3), 2])
        drawn = left.imshow(
            means, cmap="RdBu_r", vmin=-WIDEST_MEAN, vmax=WIDEST_MEAN, aspect="auto"
        )
        left.set_yticks(range(rows), list(means.index))
        left.set_xticks(range(columns), [f"{wrapped(name)}\n({sizes[name]})" for name in means])
        left.tick_params(length=0)
        left.spines[:].set_visible(False)
        numbers_in_cells(left, means.to_numpy(), WIDEST_MEAN, ".1f")
        right.barh(range(rows), share, color=SERIES_COLORS[0], height=0.6)
        right.set_xlim(0, 1)
        right.set_xlabel(say("share of squares between types, η²"))
        right.tick_params(axis="y", length=0)
        figure.colorbar(
            drawn, ax=left, extend="both", location="bottom", fraction=0.06, pad=0.02
        ).set_label(say("standard deviations from the mean of all regions"))
        heading(figure, result.heading if title is None else titled(title))
    return figure


def type_dots_chart(result: TypologyProfiles, *, title: Said | None = None) -> Picture:
    """Draw every region's standardised variables by type, with the mean of each type.

    Parameters
    ----------
    result : TypologyProfiles
        From ``typology_profiles``.
    title : str, optional
        Heading; by default that of the result.

    Returns
    -------
    Picture
        A matplotlib figure: a row a variable, a colour and a line a type.
    """
    order = list(result.separation.index)
    Z = (result.values - result.values.mean()) / result.values.std(ddof=0)
    present = [code for code, size in enumerate(result.labels.sizes) if size]
    colors = group_colors(len(present))
    with styled():
        figure = Picture(
            7.0,
            1.3 + (0.2 + 0.16 * len(present)) * len(order),
            alt=say(
                "{heading}: {n} regions by {n_2} standardised variables.",
                heading=result.heading,
                n=len(Z),
                n_2=len(order),
            ),
        )
        axes = figure.add_subplot()
        for at, code in enumerate(present):
            own = Z[result.labels.codes == code]
            up = np.arange(len(order)) + 0.7 * ((at + 0.5) / len(present) - 0.5)
            for row, variable in enumerate(order):
                x = own[variable].to_numpy()
                name = f"{result.labels.names[code]} ({len(own)})" if row == 0 else None
                axes.scatter(
                    x, np.full(len(x), up[row]), s=11, color=colors[at], alpha=0.55,
                    linewidths=0, label=name,
                )  # fmt: skip
                axes.plot(x.mean(), up[row], "|", color=INK, markersize=9, markeredgewidth=1.6)
        axes.set_yticks(range(len(order)), order)
        axes.invert_yaxis()
        axes.axvline(0.0, color="#BBBBBB", linewidth=0.8, zorder=0)
        axes.set_xlabel(
            say("standard deviations from the mean of all regions; bars are means of types")
        )
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
        heading(figure, result.heading if title is None else titled(title))
    return figure


def numbers_in_cells(axes: Axes, values: FloatArray, limit: float, form: str) -> None:
    """Write a number into every cell of a heat map, white on dark ones."""
    for (row, column), value in np.ndenumerate(values):
        text = in_print(format(value, form).replace("-0.0", "0.0").replace("-", "−"))
        axes.text(
            column, row, text, ha="center", va="center", fontsize=8,
            color=INK if abs(value) < 0.6 * limit else "white",
        )  # fmt: skip
