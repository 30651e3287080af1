"""Pictures of types: scores and bounds, maps, profiles, agreement, moves, stability."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.core.language import chosen, say
from workbench.core.panel_frame import period_text
from workbench.errors import InputError
from workbench.typing import Said
from workbench.views.dynamics import FROM, TO
from workbench.views.labels import label_points, wrapped
from workbench.views.outlines import heading
from workbench.views.style import (
    ACCENT,
    INK,
    SERIES_COLORS,
    SERIES_MARKERS,
    Picture,
    styled,
    titled,
)
from workbench.views.typology import WIDEST_MEAN, group_colors, painted

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from workbench.innovation.typologies import (
        RegionTypes,
        TypologyComparison,
        TypologyMoves,
        TypologyProfiles,
        TypologyStability,
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
        _numbers(left, means.to_numpy(), WIDEST_MEAN, ".1f")
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


def comparison_chart(result: TypologyComparison, *, title: Said | None = None) -> Picture:
    """Draw the cross table of two typologies; matched cells are framed.

    Parameters
    ----------
    result : TypologyComparison
        From ``compare_typologies``.
    title : str, optional
        Heading; by default what is compared, and the adjusted Rand index with its p-value.

    Returns
    -------
    Picture
        A matplotlib figure.
    """
    one = result.glance().iloc[0]
    facts = say(
        "adjusted Rand {rand:.2f} (p = {p_permutation:.3g})",
        rand=one["rand"],
        p_permutation=one["p_permutation"],
    )
    framed = [(int(row), column) for column, row in enumerate(result.partner) if row >= 0]
    alt = say(
        "{heading}: {facts}; {disagree} of {nobs} regions differ.",
        heading=result.heading,
        facts=facts,
        disagree=int(one["disagree"]),
        nobs=int(one["nobs"]),
    )
    return _table(
        result.cross, framed, title=facts if title is None else titled(title), alt=alt,
        across=result.b.title, down=result.a.title,
    )  # fmt: skip


def moves_chart(result: TypologyMoves, *, title: Said | None = None) -> Picture:
    """Draw the numbers of moves from each type to each, one period later; stays are framed.

    Parameters
    ----------
    result : TypologyMoves
        From ``typology_moves``.
    title : str, optional
        Heading; by default that of the result.

    Returns
    -------
    Picture
        A matplotlib figure.
    """
    one = result.glance().iloc[0]
    first, last = (period_text(result.periods[t]) for t in (0, -1))
    alt = say(
        "{heading}: {movers} regions moved from {first} to {last}.",
        heading=result.heading,
        movers=int(one["movers"]),
        first=first,
        last=last,
    )
    return _table(
        result.counts,
        [(t, t) for t in range(len(result.names))],
        title=result.heading if title is None else titled(title),
        alt=alt,
        across=chosen(TO),
        down=chosen(FROM),
    )


def _table(
    counts: pd.DataFrame,
    framed: list[tuple[int, int]],
    *,
    title: str,
    alt: str,
    across: str,
    down: str,
) -> Picture:
    from matplotlib.patches import Rectangle

    values = counts.to_numpy(dtype=float)
    with styled():
        rows, columns = values.shape
        figure = Picture(2.9 + 0.95 * columns, 1.5 + 0.55 * rows, alt=alt)
        axes = figure.add_subplot()
        shares = values / np.maximum(values.sum(axis=1, keepdims=True), 1)
        axes.imshow(shares, cmap="Blues", vmin=0, vmax=1.25, aspect="auto")
        axes.set_xticks(range(columns), [wrapped(name) for name in counts.columns])
        axes.set_yticks(range(rows), [str(name) for name in counts.index])
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        axes.set_xlabel(_short(across))
        axes.set_ylabel(_short(down))
        for (row, column), value in np.ndenumerate(values):
            dark = shares[row, column] > 0.7
            axes.text(column, row, say("{value:.0f}", value=value), ha="center", va="center",
                      color="white" if dark else INK)  # fmt: skip
        for row, column in framed:
            axes.add_patch(
                Rectangle((column - 0.48, row - 0.46), 0.96, 0.92, fill=False, edgecolor=ACCENT,
                          linewidth=1.4)
            )  # fmt: skip
        heading(figure, title)
    return figure


def _short(text: str, most: int = 48) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _numbers(axes: Axes, values: FloatArray, limit: float, form: str) -> None:
    for (row, column), value in np.ndenumerate(values):
        text = format(value, form).replace("-0.0", "0.0").replace("-", "−")
        axes.text(
            column, row, text, ha="center", va="center", fontsize=8,
            color=INK if abs(value) < 0.6 * limit else "white",
        )  # fmt: skip


def stability_chart(result: TypologyStability, *, title: Said | None = None) -> Picture:
    """Draw how often each region stays with its type, and how much of each type comes back.

    Parameters
    ----------
    result : TypologyStability
        From ``typology_stability``.
    title : str, optional
        Heading; by default what was changed.

    Returns
    -------
    Picture
        A matplotlib figure: regions by share of draws, the least sure labelled; the mean Jaccard
        coefficient of each type with Hennig's marks at 0.5 and 0.75.
    """
    table, types = result.augment(), result.tidy()
    stays = table["stays"].to_numpy()
    order = np.argsort(stays, kind="stable")
    loose = int((stays < 0.9).sum())
    alt = say(
        "{heading}: {loose} of {n} regions stay in fewer than 90 % of draws.",
        heading=result.heading,
        loose=loose,
        n=len(stays),
    )
    with styled():
        figure = Picture(8.4, 3.8, alt=alt)
        left, right = figure.subplots(1, 2, width_ratios=[3, 2])
        colors = type_colors(result.base.names[::-1], ordered=result.base.ordered)[::-1]
        points = np.column_stack([np.arange(1, len(stays) + 1), stays[order]])
        left.scatter(
            points[:, 0], points[:, 1], s=20, edgecolors="#444444", linewidths=0.4,
            color=[colors[code] for code in result.base.codes[order]],
        )  # fmt: skip
        left.set_ylim(-0.03, 1.06)
        left.set_ylabel(say("share of draws in its type"))
        left.set_xlabel(say("regions, the least sure first"))
        right.barh(range(len(types)), types["jaccard"], color=colors, height=0.6)
        right.set_yticks(range(len(types)), [f"{n} ({s})" for n, s in types["size"].items()])
        right.set_xlim(0, 1)
        for mark in (0.5, 0.75):
            right.axvline(mark, color=ACCENT, linewidth=0.9, dashes=(4, 3))
        right.set_xlabel(say("mean Jaccard coefficient of the type"))
        heading(figure, result.heading if title is None else titled(title))
        few = [i for i in range(min(LABELLED // 2, len(order))) if points[i, 1] < 1.0]
        label_points(left, points, which=few, texts=[str(table.index[order[i]]) for i in few])
    return figure
