"""The network of related activities: its maximum spanning tree and strongest links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.collections import LineCollection

from workbench.core.language import say
from workbench.errors import InputError, listing
from workbench.numerics.networks import layout
from workbench.typing import FloatArray, Said
from workbench.views.outlines import heading
from workbench.views.style import ACCENT, INK, SERIES_COLORS, Picture, number, styled, titled

if TYPE_CHECKING:
    from workbench.innovation.activity_space.pairs import Relatedness

LABELLED = 60
"""Most activities whose names are written; of more only the most ubiquitous are."""

SPARE = "#BDBDBD"


def relatedness_network(
    result: Relatedness, *, title: Said | None = None, links: int | None = None
) -> Picture:
    """Draw activities as nodes, with the maximum spanning tree and the strongest other links.

    Parameters
    ----------
    result : Relatedness
    title : str, optional
        Heading; by default what was measured.
    links : int, optional
        Links drawn in all; as many as twice the activities by default. The tree is always drawn.

    Returns
    -------
    Picture
        A matplotlib figure: the area of a node is in proportion to the regions that have the
        activity, the width of a link to relatedness; links of the tree are dark. Places are the
        same whenever the picture is drawn. Activities that share no region with another stand
        apart.

    Raises
    ------
    InputError
        If no two activities are related, or `links` is no number of links.
    """
    related = result.matrix.to_numpy()
    size = len(related)
    tree = layout.spanning_tree(related)
    if not len(tree):
        raise InputError(
            "result",
            expected="activities of which some are related",
            found="none that are found together",
            remedy='result.plot("heatmap")',
        )
    wanted = _links(links, size)
    shown = layout.strongest(related, wanted)
    in_tree = {tuple(pair) for pair in tree.tolist()}
    others = np.array(
        [pair for pair in shown.tolist() if tuple(pair) not in in_tree][
            : max(wanted - len(tree), 0)
        ],
        dtype=np.int64,
    ).reshape(-1, 2)
    places = layout.positions(size, np.concatenate([tree, others]))
    with styled():
        figure = Picture(7.6, 7.2, alt=_alt(result, tree, others))
        axes = figure.add_subplot()
        top = related.max()
        _lines(axes, places, others, related, top, color=SPARE, order=1)
        _lines(axes, places, tree, related, top, color=INK, order=2)
        _nodes(axes, result, places)
        axes.set_axis_off()
        axes.margins(0.08)
        words = say("dark: maximum spanning tree; area: regions that have the activity")
        axes.annotate(words, (0, 0), xycoords="axes fraction", fontsize=7.5, color=INK)
        heading(figure, result.heading if title is None else titled(title))
    return figure


def _links(links: int | None, size: int) -> int:
    if links is None:
        return 2 * size
    if isinstance(links, bool) or not isinstance(links, int | np.integer) or links < 0:
        raise InputError(
            "links",
            expected="a number of links",
            found=repr(links),
            remedy=f"leave it out for {2 * size}",
        )
    return int(links)


def _lines(
    axes: Any, places: FloatArray, pairs: Any, related: FloatArray, top: float, *, color: str,
    order: int,
) -> None:  # fmt: skip
    if not len(pairs):
        return
    strength = related[pairs[:, 0], pairs[:, 1]] / top
    lines = LineCollection(
        places[pairs].tolist(),
        linewidths=np.sqrt(_crowd(len(places))) * (0.4 + 2.2 * strength),
        colors=color,
        zorder=order,
    )
    axes.add_collection(lines)


def _crowd(size: int) -> float:
    """Return the factor by which many nodes are drawn smaller."""
    return min(1.0, LABELLED / size)


def _nodes(axes: Any, result: Relatedness, places: FloatArray) -> None:
    ubiquity = result.augment()["ubiquity"].to_numpy(dtype=float)
    alone = result.matrix.to_numpy().max(axis=1) <= 0
    area = _crowd(len(places)) * (12 + 160 * ubiquity / ubiquity.max())
    colors = np.where(alone, ACCENT, SERIES_COLORS[0])
    axes.scatter(*places.T, s=area, c=colors.tolist(), edgecolors="white", linewidths=0.6, zorder=3)
    named = np.argsort(-ubiquity, kind="stable")[:LABELLED]
    for node in named:
        axes.annotate(
            str(result.activities[node]),
            places[node],
            xytext=(0, 3 + np.sqrt(area[node]) / 2),
            textcoords="offset points",
            ha="center",
            fontsize=7,
            color=INK,
            zorder=4,
        )


def _alt(result: Relatedness, tree: Any, others: Any) -> str:
    first = result.tidy().iloc[0]
    pair: Any = first.name
    one, other = pair
    degree = np.bincount(np.concatenate([tree, others]).ravel(), minlength=len(result.matrix))
    hubs = result.activities[np.argsort(-degree, kind="stable")[:3]].tolist()
    return say(
        "Network, {heading}: {n} links of the maximum spanning tree and {n_2} of "
        "the strongest others; most links have {hubs}; most related are {one} "
        "and {other}, {relatedness}.",
        heading=result.heading,
        n=len(tree),
        n_2=len(others),
        hubs=listing(hubs),
        one=one,
        other=other,
        relatedness=number(float(first["relatedness"])),
    )
