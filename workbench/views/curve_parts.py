"""Pictures of what a specification curve says: shares, attribution, influence of regions."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.ticker import MaxNLocator

from workbench.core.language import say
from workbench.typing import Said
from workbench.views.outlines import heading
from workbench.views.shades import VERDICT_COLORS, shortened
from workbench.views.style import INK, SERIES_COLORS, Picture, number, styled, titled

LABEL = 46
"""Characters of a label; what is longer loses its middle."""

SHOWN = 20
"""Regions that the chart of influence names."""

ORDER = ("supported", "cannot tell", "contradicted")


def shares_chart(shares: Any, *, title: Said | None = None) -> Picture:
    """Draw the shares of verdicts over all specifications and by each choice.

    Parameters
    ----------
    shares : Shares
        From ``curve.shares()``.
    title : str, optional
        Heading; the hypothesis by default.

    Returns
    -------
    Picture
        A bar a choice, of its estimated specifications; their number stands at the right, with
        those without an estimate behind a plus.
    """
    table = shares.table
    rows = len(table) + len(shares.by)
    with styled():
        figure = Picture(7.4, 1.0 + 0.21 * rows, alt=_shares_alt(shares))
        axes = figure.add_subplot()
        at, places, names, last = 0.0, list[float](), list[str](), "all"
        for (dimension, choice), row in zip(table.index, table.to_dict("records"), strict=True):
            if dimension != last:
                at -= 1.0
                axes.text(
                    -0.008, at, say(dimension), transform=axes.get_yaxis_transform(), ha="right",
                    va="center", fontsize=8, fontweight="bold", color=INK,
                )  # fmt: skip
                last = dimension
            at -= 1.0
            left = 0.0
            for word in ORDER:
                count, of = row[word.replace(" ", "_")], row["estimated"]
                width = count / of if of else 0.0
                axes.barh(
                    at, width, left=left, height=0.72, color=VERDICT_COLORS[word],
                    label=say(word) if not places else None,
                )  # fmt: skip
                left += width
            lost = int(row["not_applicable"] + row["failed"])
            axes.text(
                1.01, at, f"{int(row['estimated'])}" + (f" + {lost}" if lost else ""), ha="left",
                va="center", fontsize=7, color="#555555",
            )  # fmt: skip
            places.append(at)
            names.append(
                say("all specifications") if dimension == "all" else shortened(choice, LABEL)
            )
        axes.set_yticks(places, names)
        axes.set_ylim(at - 0.7, -0.3)
        axes.set_xlim(0.0, 1.0)
        axes.xaxis.set_major_formatter(lambda x, _: say("{x:.0%}", x=x))
        axes.set_xlabel(
            say("of the specifications with an estimate (right: how many + without one)")
        )
        axes.tick_params(axis="y", length=0)
        figure.legend(loc="outside lower center", ncols=3)
        heading(figure, titled(title) if title is not None else shares.statement)
    return figure


def attribution_chart(attribution: Any, *, title: Said | None = None) -> Picture:
    """Draw how the variance of the estimates, and of their statistics, splits between choices.

    Parameters
    ----------
    attribution : Attribution
        From ``curve.attribution()``.
    title : str, optional
        Heading.

    Returns
    -------
    Picture
        A panel a quantity, a bar a dimension; the thin line runs from what the dimension adds to
        all others to what it explains alone.
    """
    quantities = list(dict.fromkeys(attribution.table.index.get_level_values("quantity")))
    tables = [attribution.of(quantity) for quantity in quantities]
    rows = max(len(table) for table in tables)
    with styled():
        figure = Picture(
            2.0 + 3.0 * len(tables), 1.1 + 0.27 * rows, alt=_attribution_alt(attribution)
        )
        panels = figure.subplots(1, len(tables), squeeze=False)[0]
        top = max(float(table[["variance_share", "alone"]].max().max()) for table in tables)
        for axes, quantity, table in zip(panels, quantities, tables, strict=True):
            y = -np.arange(len(table), dtype=float)
            own = table["alone"].notna().to_numpy()
            colors = [SERIES_COLORS[0] if is_own else "#C9CED3" for is_own in own]
            axes.barh(y, table["variance_share"], height=0.62, color=colors)
            low = table[["alone", "last"]].min(axis=1).to_numpy()
            high = table[["alone", "last"]].max(axis=1).to_numpy()
            axes.hlines(y[own], low[own], high[own], color=INK, linewidth=1.2)
            for place, share, end in zip(y, table["variance_share"], high, strict=True):
                edge = np.nanmax([share, end])
                axes.text(
                    edge + 0.015 * top,
                    place,
                    say("{share:.0%}", share=share),
                    va="center",
                    fontsize=7.5,
                )
            axes.set_yticks(y, [say(str(one)) for one in table.index])
            axes.set_xlim(0.0, 1.15 * top)
            axes.xaxis.set_major_formatter(lambda x, _: say("{x:.0%}", x=x))
            axes.tick_params(axis="y", length=0)
            axes.set_title(
                say("variance of the {quantity}", quantity=say(str(quantity))), fontsize=9
            )
        figure.supxlabel(say("share of the variance over the chosen grid"), fontsize=8)
        heading(figure, titled(title) if title is not None else attribution.statement)
    return figure


def influence_chart(influence: Any, *, title: Said | None = None) -> Picture:
    """Draw the median and the share supported without each region.

    Parameters
    ----------
    influence : CurveInfluence
        From ``curve.influence()``.
    title : str, optional
        Heading.

    Returns
    -------
    Picture
        The regions that move the median most; lines mark all regions together.
    """
    table = influence.table.head(SHOWN).iloc[::-1]
    y = np.arange(len(table), dtype=float)
    with styled():
        figure = Picture(7.2, 1.3 + 0.22 * len(table), alt=_influence_alt(influence))
        left, right = figure.subplots(1, 2, sharey=True)
        for axes, column, full, label in (
            (left, "median", influence.median, "median estimate without the region"),
            (right, "share_supported", influence.share_supported, "share supported without it"),
        ):
            values = table[column].to_numpy(dtype=float)
            axes.axvline(full, color=INK, linewidth=0.9, linestyle=(0, (5, 3)))
            axes.hlines(y, full, values, color=SERIES_COLORS[0], linewidth=1.4)
            axes.plot(values, y, "o", color=SERIES_COLORS[0], markersize=4.5)
            axes.set_xlabel(say(label))
            axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
        left.set_yticks(y, [shortened(str(region), LABEL) for region in table.index])
        right.xaxis.set_major_formatter(lambda x, _: say("{x:.0%}", x=x))
        left.tick_params(axis="y", length=0)
        right.tick_params(axis="y", length=0)
        if left.get_xlim()[0] <= 0.0 <= left.get_xlim()[1]:
            left.axvline(0.0, color=INK, linewidth=0.7)
        heading(figure, titled(title) if title is not None else influence.statement)
    return figure


def _shares_alt(shares: Any) -> str:
    row = shares.overall
    return say(
        "{statement}: of {estimated} estimated specifications {supported} "
        "support, {contradicted} contradict and {cannot_tell} cannot tell; bars "
        "by {by}.",
        statement=shares.statement,
        estimated=int(row["estimated"]),
        supported=int(row["supported"]),
        contradicted=int(row["contradicted"]),
        cannot_tell=int(row["cannot_tell"]),
        by=", ".join(map(say, shares.by)),
    )


def _attribution_alt(attribution: Any) -> str:
    parts = []
    for quantity in dict.fromkeys(attribution.table.index.get_level_values("quantity")):
        table = attribution.of(quantity)
        shares = ", ".join(
            say("{name} {share:.0%}", name=say(str(name)), share=share)
            for name, share in zip(table.index, table["variance_share"], strict=True)
        )
        parts.append(
            say("Variance of the {quantity}: {shares}.", quantity=say(str(quantity)), shares=shares)
        )
    return " ".join(parts)


def _influence_alt(influence: Any) -> str:
    table = influence.table
    first = table.index[0]
    return say(
        "{statement}: median {median} with all regions; the region that moves it "
        "most is {first}: {first_2} without it.",
        statement=influence.statement,
        median=number(influence.median),
        first=first,
        first_2=number(float(table["median"].iloc[0])),
    )
