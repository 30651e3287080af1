"""The picture of the study of coverage: designs of two places, and what happens as n grows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from interval_counts import LEVEL, NORMAL
from interval_designs import GROWING, GROWTH, PLACES, TERMS, Design
from interval_tables import bound, designs_of, public, rows_of
from matplotlib.patches import Patch

from workbench.views.style import INK, SERIES_COLORS, SERIES_MARKERS, Picture, styled

TITLES = {"russia": "Russian regions", "lattice-225": "Queen lattice, 15 × 15"}
DRAWN = (
    ("direct", "delta", "direct, delta"),
    ("indirect", "delta", "indirect, delta"),
    ("indirect", "monte-carlo", "indirect, Monte Carlo"),
)
SHADES = ("#D8D8D8", "#EEEEEE")
COLORS = (SERIES_COLORS[5], SERIES_COLORS[0], SERIES_COLORS[1])


def draw(table: pd.DataFrame) -> Picture:
    """Return coverage of direct and indirect impacts by design, and of indirect ones by n."""
    picture = Picture(11.0, 5.6, alt=_alt(table))
    with styled():
        axes = picture.subplots(1, 3, width_ratios=[1.0, 1.0, 0.9])
        for ax, place in zip(axes, PLACES, strict=False):
            _place(ax, table, place)
        axes[1].tick_params(labelleft=False)
        _growth(axes[2], table)
        handles, labels = axes[0].get_legend_handles_labels()
        handles += [Patch(color=shade) for shade in SHADES]
        labels += ["19 cells of 20 by chance", "all cells by chance (Bonferroni)"]
        picture.legend(handles, labels, loc="outside lower left", ncols=len(handles))
    return picture


def _alt(table: pd.DataFrame) -> str:
    lowest = 100 * public(table)["coverage"].min()
    return (
        "Coverage of 95 % intervals of direct and indirect impacts, a row a design, for two maps; "
        f"and of indirect impacts as n grows. The lowest of all is {lowest:.1f} %."
    )


def _place(ax: Any, table: pd.DataFrame, place: str) -> None:
    names = []
    part = table[table["place"] == place]
    for row, (name, own) in enumerate(designs_of(part)):
        names.append(name.removeprefix(place + " "))
        cells = own.set_index(["term", "effect", "interval"])["coverage"]
        for i, (effect, kind, label) in enumerate(DRAWN):
            found = [cells[t, effect, kind] for t in TERMS if (t, effect, kind) in cells.index]
            ax.scatter(
                100 * np.array(found),
                np.full(len(found), row + 0.22 * (i - 1)),
                s=16,
                color=COLORS[i],
                marker=SERIES_MARKERS[i],
                label=label if row == 0 else None,
                zorder=3,
            )
    _bands(ax.axvspan, ax.axvline, table)
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(len(names) - 0.5, -0.5)
    n = int(part["n"].iloc[0])
    ax.set_title(f"{TITLES[place]} (n = {n})")
    ax.set_xlabel("coverage, %")
    _same_limits(ax.set_xlim, table)


def _growth(ax: Any, table: pd.DataFrame) -> None:
    for i, (model, rho, lam) in enumerate(what for what in GROWING if what[0] != "sem"):
        for kind, line in (("delta", "-"), ("monte-carlo", ":")):
            points = []
            for place in GROWTH:
                own = rows_of(table, Design(place, model, rho, lam))
                own = own[(own["effect"] == "indirect") & (own["interval"] == kind)]
                if len(own):
                    points.append((int(own["n"].iloc[0]), 100 * own["coverage"].mean()))
            if points:
                ax.plot(
                    *zip(*points, strict=True),
                    line,
                    color=SERIES_COLORS[i],
                    marker=SERIES_MARKERS[i],
                    markersize=4,
                    label=model if line == "-" else None,
                )
    _bands(ax.axhspan, ax.axhline, table)
    ax.set_xscale("log")
    sizes = [int(place.split("-")[1]) for place in GROWTH]
    ax.set_xticks(sizes, [str(n) for n in sizes])
    ax.minorticks_off()
    ax.set_title("As n grows: indirect impacts")
    ax.set_xlabel("regions of the lattice")
    ax.set_ylabel("coverage, %, mean of the two terms")
    ax.legend(title="line: delta, dotted: Monte Carlo", loc="lower right")


def _bands(span: Any, line: Any, table: pd.DataFrame) -> None:
    error = 100 * np.sqrt(LEVEL * (1 - LEVEL) / table["replications"].max())
    for width, shade in zip((bound(table), NORMAL), reversed(SHADES), strict=True):
        span(100 * LEVEL - width * error, 100 * LEVEL + width * error, color=shade, zorder=0)
    line(100 * LEVEL, color=INK, linewidth=0.8, zorder=1)


def _same_limits(set_limits: Any, table: pd.DataFrame) -> None:
    shown = table[table["interval"].isin(["delta", "monte-carlo"])]["coverage"]
    set_limits(100 * shown.min() - 0.7, max(98.5, 100 * shown.max() + 0.7))
