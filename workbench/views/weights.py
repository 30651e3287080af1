"""Pictures of W: its links over the map, and how many neighbours regions have."""

from __future__ import annotations

from typing import Any

import numpy as np

from workbench.core.language import say
from workbench.numerics.sparse.matrices import CsrArray
from workbench.typing import FloatArray, IntArray, Said
from workbench.views.outlines import geometries, heading, legend, paint, require_known, sheet
from workbench.views.style import ACCENT, INK, Picture, styled, titled

NODE_AREA = 5.0
"""Area of a region's dot on a connectivity map, in square points."""

BOTH_WAYS, ONE_WAY = "#1F5A94", "#C77B30"

SHADES = 5
"""Steps from the weakest to the strongest links, where weights differ."""

MANY = 3_000
"""Links above which they are drawn thinner, so that the densest parts stay readable."""

MOST_BARS = 40
"""Numbers of neighbours that get a bar each; beyond, they are grouped."""


def connectivity_map(weights: Any, regions: Any, *, title: Said | None = None) -> Picture:
    """Draw who is whose neighbour: links between the regions over their outlines.

    Parameters
    ----------
    weights : Weights, Graph or libpysal W
        Where weights as built differ, stronger links are darker, in five steps of equal numbers.
    regions : GeoDataFrame or GeoSeries
        Polygons indexed by region id. A region's dot lies inside it, also when it is concave.
    title : str, optional
        Heading; by default the numbers of regions, links and regions without neighbours.

    Returns
    -------
    Picture
        A matplotlib figure. Links one way only (nearest neighbours, flows) have a colour of
        their own, with a legend; regions without neighbours have a hollow dot.
    """
    from workbench.weights import as_weights

    W = as_weights(weights)
    shapes = geometries(regions)
    require_known(W.ids, shapes, argument="weights")
    inside = shapes.loc[W.ids].representative_point()
    points = np.column_stack([inside.x, inside.y])
    pairs, mutual, strength = _pairs(W.sparse_base)
    alone = np.isin(np.arange(W.n), np.unique(pairs), invert=True)
    text = say(
        "{n} regions, {n_2} links, {alone} without neighbours",
        n=W.n,
        n_2=len(pairs),
        alone=int(alone.sum()),
    )
    entries = _entries(mutual, strength, bool(alone.any()))
    told = "; ".join(name for name, _ in entries)
    alt = say("Map of links: {words}.{told}", words=text, told=" " + told + "." if told else "")
    on = sheet(
        shapes, title=text if title is None else titled(title), alt=alt, entries=len(entries)
    )
    paint(on.axes, shapes, colors=["#F1F1EE"] * len(shapes), edge="#C8C8C4")
    _draw_links(on.axes, points, pairs, mutual, strength)
    x, y = points.T
    on.axes.scatter(x[~alone], y[~alone], s=NODE_AREA, color=INK, linewidths=0, zorder=3)
    on.axes.scatter(
        x[alone], y[alone], s=4 * NODE_AREA, facecolors="white", edgecolors=ACCENT, zorder=3
    )
    if entries:
        legend(on, entries)
    return on.figure


def cardinality_histogram(weights: Any, *, title: Said | None = None) -> Picture:
    """Draw how many regions have how many neighbours.

    Parameters
    ----------
    weights : Weights, Graph or libpysal W
    title : str, optional
        Heading; by default the numbers of regions and links.

    Returns
    -------
    Picture
        A matplotlib figure: a bar a number of neighbours (groups of equal width above 40), the
        mean as a dashed line, regions without neighbours in red.
    """
    from matplotlib.ticker import MaxNLocator

    from workbench.weights import as_weights

    W = as_weights(weights)
    counts = W.cardinalities.to_numpy()
    mean, islands = float(counts.mean()), int((counts == 0).sum())
    text = say("{n:,} regions, {counts:,} links", n=W.n, counts=int(counts.sum()))
    alt = say(
        "Histogram of the number of neighbours: {words}, from {low} to {high}, "
        "mean {mean:.2f}, {islands} without neighbours.",
        words=text,
        low=counts.min(),
        high=counts.max(),
        mean=mean,
        islands=islands,
    )
    step = max(1, -(-(int(counts.max()) + 1) // MOST_BARS))
    edges = np.arange(0, int(counts.max()) + 1 + step, step)
    height = np.histogram(counts, bins=edges)[0]
    with styled():
        figure = Picture(7.0, 3.4, alt=alt)
        axes = figure.add_subplot()
        at = edges[:-1] + (step - 1) / 2
        colors = [ACCENT if step == 1 and place == 0 else BOTH_WAYS for place in edges[:-1]]
        axes.bar(at, height, width=0.85 * step, color=colors)
        axes.axvline(mean, color=INK, linestyle=(0, (4, 3)), linewidth=1)
        axes.annotate(
            say("mean {mean:.2f}", mean=mean), (mean, 1.0), xycoords=("data", "axes fraction"),
            xytext=(4, -10), textcoords="offset points", color=INK,
        )  # fmt: skip
        axes.set_xlabel(say("number of neighbours"))
        axes.set_ylabel(say("regions"))
        axes.set_ylim(0, 1.18 * height.max())
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        heading(figure, text if title is None else titled(title))
    return figure


def _pairs(base: CsrArray) -> tuple[IntArray, Any, FloatArray]:
    """Return linked pairs, whether both ways, and the larger of their two weights."""
    rows, columns = base.nonzero()
    ends = np.sort(np.column_stack([rows, columns]), axis=1).astype(np.int64)
    key = ends[:, 0] * base.shape[0] + ends[:, 1]
    first, inverse, count = np.unique(
        key, return_index=True, return_inverse=True, return_counts=True
    )[1:]
    strength = np.zeros(first.size)
    np.maximum.at(strength, inverse, base.data)
    return ends[first].reshape(-1, 2), count == 2, strength


def _entries(mutual: Any, strength: FloatArray, alone: bool) -> list[tuple[str, str]]:
    entries = []
    if mutual.size and not mutual.all():
        if mutual.any():
            entries.append((say("both ways ({mutual})", mutual=int(mutual.sum())), BOTH_WAYS))
        entries.append((say("one way ({mutual})", mutual=int((~mutual).sum())), ONE_WAY))
    if strength.size and np.ptp(strength) > 1e-9 * strength.max():
        entries.append((say("darker: larger weight as built"), "#5B5B5B"))
    if alone:
        entries.append((say("hollow: no neighbours"), "white"))
    return entries


def _draw_links(
    axes: Any, points: FloatArray, pairs: IntArray, mutual: Any, strength: FloatArray
) -> None:
    from matplotlib.collections import LineCollection

    differ = strength.size and np.ptp(strength) > 1e-9 * strength.max()
    rank = np.argsort(np.argsort(strength, kind="stable"), kind="stable")
    shade = rank * SHADES // max(strength.size, 1) if differ else np.full(strength.size, SHADES - 1)
    width = 0.7 if len(pairs) <= MANY else 0.25
    lines = np.stack([points[pairs[:, 0]], points[pairs[:, 1]]], axis=1)
    for step in range(SHADES):
        alpha = 0.06 + 0.69 * (step / (SHADES - 1)) ** 2
        for color, chosen in ((BOTH_WAYS, mutual), (ONE_WAY, ~mutual)):
            drawn = lines[chosen & (shade == step)]
            if len(drawn):
                axes.add_collection(
                    LineCollection(list(drawn), colors=color, linewidths=width, alpha=alpha),
                    autolim=False,
                )
