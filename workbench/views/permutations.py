"""Charts of permutation tests: where the observed statistic stands among the permuted ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from workbench.core.language import say
from workbench.explore.overall.join_counts import TOTAL
from workbench.typing import Said
from workbench.views.outlines import heading
from workbench.views.style import ACCENT, INK, SERIES_COLORS, Picture, p_number, styled, titled

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from workbench.explore.overall.join_counts import JoinCountResult
    from workbench.explore.overall.result import GlobalResult

BAR = "#C9D6E4"
MOST_BARS = 40
MOST_PAIRS = 40
"""Rows of a chart of join counts; of more pairs those farthest from expectation are drawn."""
STILL = 1e-9
"""Share of their size within which permuted values are one value."""


def permutation_histogram(result: GlobalResult, *, title: Said | None = None) -> Picture:
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
    kind = "" if result.p_permutation is None else say("permutation ")
    facts = say(
        "{name} = {statistic:.4g}, {kind}p = {p}",
        name=say(result.test.name),
        statistic=result.statistic,
        kind=kind,
        p=p_number(p),
    )
    with styled():
        figure = Picture(
            5.6,
            3.6,
            alt=say(
                "{permutations} permuted values of {heading}: {facts}; expected "
                "{expected:.4g}, variance {variance:.3g}. {greater}",
                permutations=result.permutations,
                heading=result.heading,
                facts=facts,
                expected=result.expected,
                variance=result.variance,
                greater=say(result.greater),
            ),
        )
        axes = figure.add_subplot()
        if result.permutations:
            _bars(axes, result)
        if np.isfinite(result.z):
            deviation = np.sqrt(result.variance)
            x = result.expected + deviation * np.linspace(-4, 4, 201)
            curve = stats.norm.pdf(x, result.expected, deviation)
            axes.plot(x, curve, color=INK, linewidth=1.1, label=say("normal approximation"))
        axes.axvline(result.statistic, color=ACCENT, linewidth=1.6, label=say("observed"))
        axes.set_xlabel(result.heading + (f"\n{say(result.greater)}" if result.greater else ""))
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.margins(y=0.08)
        axes.legend(loc="best")
        axes.set_title(facts if title is None else titled(title))
    return figure


def _bars(axes: Axes, result: GlobalResult) -> None:
    """Draw the permuted statistics; what is one value but for rounding is one bar."""
    values = result.simulated
    size = float(np.abs(values).max())
    still = float(np.ptp(values)) <= STILL * size
    middle, room = float(values.mean()), 0.05 * (size or 1.0)
    axes.hist(
        values,
        bins=1 if still else min(MOST_BARS, max(5, int(np.sqrt(values.size)))),
        range=(middle - room, middle + room) if still else None,
        density=True,
        color=BAR,
        label=say("{size} permutations", size=values.size),
    )
    if still:
        axes.set_xlim(middle - 10 * room, middle + 10 * room)


def join_count_chart(result: JoinCountResult, *, title: Said | None = None) -> Picture:
    """Draw the standard deviate of every join count, a row a pair of colours.

    Parameters
    ----------
    result : JoinCountResult
        Pairs whose count cannot vary are left out; of more than 40 those farthest from expectation
        are drawn.
    title : str, optional
        Heading; by default the variable.

    Returns
    -------
    Picture
        A matplotlib figure; the band is where 95 % of random arrangements would fall.
    """
    table = result.tidy().dropna(subset=["z"])
    alt = f"{result.heading}: " + "; ".join(
        say(
            "{pair}: {statistic:.4g} joins, {expected:.4g} expected, z {z:.2f}",
            pair=_pair(pair),
            statistic=row.statistic,
            expected=row.expected,
            z=row.z,
        )
        for pair, row in zip(table.index, table.itertuples(), strict=True)
    )
    far = table["z"].abs().sort_values(ascending=False, kind="stable").index[:MOST_PAIRS]
    drawn = table[table.index.isin(far)]
    names = [
        say("{pair} ({count:.4g})", pair=_pair(pair), count=count)
        for pair, count in zip(drawn.index, drawn["statistic"], strict=True)
    ]
    longest = max(map(len, names), default=0)
    with styled():
        figure = Picture(
            4.2 + 0.07 * longest,
            1.6 + 0.26 * max(len(drawn), 2),
            alt=f"{alt or say('none can vary')}.",
        )
        axes = figure.add_subplot()
        axes.axvline(0, color="#999999", linewidth=0.8, zorder=1)
        _deviates(axes, drawn)
        axes.set_yticks(range(len(drawn)), names)
        axes.set_ylim(max(len(drawn), 1) - 0.5, -0.5)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(say("joins beyond expectation,\nin standard deviations"))
        if drawn.empty:
            axes.text(
                0.5, 0.5, say("no count of joins can vary"), ha="center", transform=axes.transAxes
            )
        else:
            figure.legend(loc="outside lower center", ncols=2)
        rest = say(": {n} of {n_2} pairs, farthest from expectation", n=len(drawn), n_2=len(table))
        told = say("Join counts of {variable}", variable=result.variable) + (
            rest if len(drawn) < len(table) else ""
        )
        heading(figure, told if title is None else titled(title))
    return figure


def _pair(name: object) -> str:
    """Return the name of a pair; the total of different colours has no colours in its."""
    return say(str(name)) if name == TOTAL else str(name)


def _deviates(axes: Axes, table: pd.DataFrame) -> None:
    """Draw a line from expectation to each deviate, on the band of what is to be expected."""
    rows, z = np.arange(len(table)), table["z"].to_numpy()
    same = (table["color"] == table["neighbor_color"]).to_numpy()
    total = (table["color"] == "").to_numpy()
    if len(table):
        half = float(stats.norm.isf(0.025))
        axes.axvspan(
            -half, half, color=BAR, alpha=0.6, linewidth=0, zorder=0, label=say("95 % at random")
        )
    for mask, color, label, marker in (
        (same & ~total, SERIES_COLORS[0], "one colour", "o"),
        (~same & ~total, SERIES_COLORS[1], "different colours", "s"),
        (total, INK, "all different colours", "D"),
    ):
        if mask.any():
            axes.hlines(rows[mask], 0, z[mask], color=color, linewidth=1.2, zorder=2)
            axes.scatter(
                z[mask], rows[mask], s=26, color=color, marker=marker, zorder=3, label=say(label)
            )
