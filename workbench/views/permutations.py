"""Charts of permutation tests: where the observed statistic stands among the permuted ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from workbench.core import display
from workbench.views.style import ACCENT, INK, SERIES_COLORS, Picture, styled

if TYPE_CHECKING:
    from workbench.explore.overall.join_counts import JoinCountResult
    from workbench.explore.overall.result import GlobalResult

BAR = "#C9D6E4"
MOST_BARS = 40


def permutation_histogram(result: GlobalResult, *, title: str | None = None) -> Picture:
    """Draw the permuted statistics, the normal curve of the moments, and the observed value.

    Parameters
    ----------
    result : GlobalResult
        Any statistic of all regions; without permutations the curve stands alone.
    title : str, optional
        Heading; by default the statistic and its p-value.

    Returns
    -------
    Picture
        A matplotlib figure.
    """
    p = result.p_value if result.p_permutation is None else result.p_permutation
    kind = "" if result.p_permutation is None else "permutation "
    facts = f"{result.test.name} = {result.statistic:.4g}, {kind}p = {display.number(p)}"
    with styled():
        figure = Picture(
            5.6,
            3.6,
            alt=f"{result.permutations} permuted values of {result.heading}: {facts}; expected "
            f"{result.expected:.4g}, standard deviation {np.sqrt(result.variance):.3g}.",
        )
        axes = figure.add_subplot()
        if result.permutations:
            bars = min(MOST_BARS, max(5, int(np.sqrt(result.permutations))))
            axes.hist(
                result.simulated,
                bins=bars,
                density=True,
                color=BAR,
                label=f"{result.permutations} permutations",
            )
        if result.variance > 0:
            deviation = np.sqrt(result.variance)
            x = result.expected + deviation * np.linspace(-4, 4, 201)
            curve = stats.norm.pdf(x, result.expected, deviation)
            axes.plot(x, curve, color=INK, linewidth=1.1, label="normal approximation")
        axes.axvline(result.statistic, color=ACCENT, linewidth=1.6, label="observed")
        axes.set_xlabel(result.heading)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.margins(y=0.08)
        axes.legend(loc="best")
        axes.set_title(facts if title is None else title)
    return figure


def join_count_chart(result: JoinCountResult, *, title: str | None = None) -> Picture:
    """Draw the standard deviate of every join count, a row a pair of colours.

    Parameters
    ----------
    result : JoinCountResult
        Pairs whose count cannot vary are left out.
    title : str, optional
        Heading; by default the variable.

    Returns
    -------
    Picture
        A matplotlib figure; the band is where 95 % of random arrangements would fall.
    """
    table = result.tidy().dropna(subset=["z"])
    rows = np.arange(len(table))
    same = (table["color"] == table["neighbor_color"]).to_numpy()
    z = table["z"].to_numpy()
    with styled():
        figure = Picture(
            5.6,
            1.1 + 0.3 * len(table),
            alt=f"{result.heading}: "
            + "; ".join(
                f"{pair}: {row.statistic:.4g} joins, {row.expected:.4g} expected, z {row.z:.2f}"
                for pair, row in zip(table.index, table.itertuples(), strict=True)
            )
            + ".",
        )
        axes = figure.add_subplot()
        half = float(stats.norm.isf(0.025))
        axes.axvspan(-half, half, color=BAR, alpha=0.6, linewidth=0, zorder=0)
        axes.axvline(0, color="#999999", linewidth=0.8, zorder=1)
        for mask, color, label, marker in (
            (same, SERIES_COLORS[0], "one colour", "o"),
            (~same, SERIES_COLORS[1], "different colours", "s"),
        ):
            axes.hlines(rows[mask], 0, z[mask], color=color, linewidth=1.2, zorder=2)
            axes.scatter(
                z[mask], rows[mask], s=26, color=color, marker=marker, zorder=3, label=label
            )
        names = [
            f"{pair} ({count:.4g})"
            for pair, count in zip(table.index, table["statistic"], strict=True)
        ]
        axes.set_yticks(rows, names)
        axes.set_ylim(len(table) - 0.5, -0.5)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.set_xlabel("joins above or below expectation, in standard deviations")
        axes.legend(loc="best")
        axes.set_title(f"Join counts of {result.variable}" if title is None else title)
    return figure
