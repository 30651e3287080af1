"""Pictures of how types hold: agreement of two typologies, moves, stability."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.core.language import chosen, say
from workbench.core.panel_frame import period_text
from workbench.typing import Said
from workbench.views.dynamics import FROM, TO
from workbench.views.labels import label_points, wrapped
from workbench.views.outlines import heading
from workbench.views.style import ACCENT, INK, Picture, p_number, styled, titled
from workbench.views.types import LABELLED, type_colors

if TYPE_CHECKING:
    from workbench.innovation.typologies import (
        TypologyComparison,
        TypologyMoves,
        TypologyStability,
    )


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
        "adjusted Rand {rand:.2f} (p = {p_permutation})",
        rand=one["rand"],
        p_permutation=p_number(one["p_permutation"]),
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
