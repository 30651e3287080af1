"""Pictures of dynamics: transition heatmaps, the rose of directions, paths of ranks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import matplotlib.patheffects
import matplotlib.ticker
import numpy as np
import pandas as pd

from workbench.core.language import chosen, said_word, say
from workbench.core.panel_frame import period_text
from workbench.errors import InputError
from workbench.typing import FloatArray, Said
from workbench.views.outlines import heading
from workbench.views.style import (
    ACCENT,
    INK,
    NO_DATA,
    SEQUENTIAL,
    SERIES_COLORS,
    Picture,
    number,
    p_number,
    styled,
    titled,
)

if TYPE_CHECKING:
    from workbench.explore.dynamics.chain import Chain
    from workbench.explore.dynamics.directional import DirectionalResult
    from workbench.explore.dynamics.ranks import RankMobilityResult
    from workbench.explore.dynamics.spatial_markov import SpatialMarkovResult

FROM, TO = {"en": "from", "ru": "из"}, {"en": "to", "ru": "в"}
DARK = 0.55
"""Probability from which numbers are written in white."""

NUMBERED = 20
"""Most states whose probabilities are written into the cells."""

COLUMNS = 3
"""Heatmaps side by side."""


def transition_heatmap(result: Any, *, title: Said | None = None) -> Picture:
    """Draw the transition probabilities of a chain, from rows to columns.

    Parameters
    ----------
    result : MarkovResult, LisaMarkovResult or RankMarkovResult
    title : str, optional
        Heading; by default the variable.

    Returns
    -------
    Picture
        A matplotlib figure; classes from which nothing moved are grey. More than 20 states are
        drawn without numbers, with a scale of colours beside them.
    """
    chain: Chain = result.chain
    labels = [said_word(str(label)) for label in chain.labels]
    many = len(labels) > NUMBERED
    side = 6.4 if many else 1.6 + 0.62 * len(labels)
    with styled():
        figure = Picture(side + 1.0, side, alt=_alt(result.heading, chain))
        axes = figure.add_subplot()
        image = _heatmap(axes, chain, labels)
        if many:
            figure.colorbar(image, ax=axes, shrink=0.7, label=say("probability"))
        axes.set_ylabel(chosen(FROM))
        axes.set_xlabel(chosen(TO))
        heading(figure, result.heading if title is None else titled(title))
    return figure


def conditional_heatmaps(result: SpatialMarkovResult, *, title: Said | None = None) -> Picture:
    """Draw a heatmap of transition probabilities for each class of the neighbours, and for all.

    Parameters
    ----------
    result : SpatialMarkovResult
    title : str, optional
        Heading; by default the variable and the test of homogeneity.

    Returns
    -------
    Picture
        A matplotlib figure; all panels share the scale of colours, from 0 to 1.
    """
    parts = [*result.conditional.items(), ("all", result.pooled)]
    labels = [said_word(str(label)) for label in result.pooled.labels]
    rows = -(-len(parts) // COLUMNS)
    side = 0.7 + 0.34 * len(labels)
    test = result.tests["LR"]
    permuted = getattr(test, "p_permutation", None)
    p = say("p = {p_value}", p_value=p_number(test.p_value))
    if permuted is not None:
        p = say("permutation p = {permuted}", permuted=p_number(permuted))
    facts = (
        say("LR = {statistic}, {p}", statistic=number(test.statistic), p=p)
        if test.applicable
        else say("no test")
    )
    with styled():
        each = " ".join(_alt(say("neighbours {key}", key=key), part) for key, part in parts)
        alt = f"{result.heading}: {facts}. {each}"
        figure = Picture(COLUMNS * side + 0.4, rows * (side + 0.35) + 0.5, alt=alt)
        panels = figure.subplots(rows, COLUMNS, squeeze=False)
        for axes, (key, part) in zip(panels.flat, parts, strict=False):
            _heatmap(axes, part, labels)
            words = say("all moves") if key == "all" else say("neighbours in class {key}", key=key)
            moves = int(part.counts.sum())
            axes.set_title(f"{words} ({moves})", loc="center", fontsize=8.5, fontweight="normal")
        for axes in panels.flat[len(parts) :]:
            axes.set_visible(False)
        for axes in panels[:, 0]:
            axes.set_ylabel(chosen(FROM))
        for axes in panels.flat[max(0, len(parts) - COLUMNS) : len(parts)]:
            axes.set_xlabel(chosen(TO))
        heading(figure, f"{result.heading}: {facts}" if title is None else titled(title))
    return figure


def _heatmap(axes: Any, chain: Chain, labels: list[str]) -> Any:
    P = chain.probabilities.to_numpy()
    axes.set_facecolor(NO_DATA)
    image = axes.imshow(np.ma.masked_invalid(P), cmap=SEQUENTIAL, vmin=0, vmax=1)
    if len(labels) > NUMBERED:
        step = -(-len(labels) // NUMBERED)
        places = range(0, len(labels), step)
        axes.set_xticks(places, labels[::step], rotation=90, fontsize=7)
        axes.set_yticks(places, labels[::step], fontsize=7)
        return image
    small = len(labels) > 6
    for i, j in np.ndindex(*P.shape):
        if np.isfinite(P[i, j]):
            color = "white" if P[i, j] >= DARK else INK
            text = _percent(float(P[i, j]))
            axes.text(
                j, i, text, ha="center", va="center", color=color, fontsize=6 if small else 7.5
            )
    long = max(len(label) for label in labels) > 4
    axes.set_xticks(range(len(labels)), labels, rotation=30 if long else 0)
    axes.set_yticks(range(len(labels)), labels)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    return image


def _percent(p: float) -> str:
    """Return a probability in hundredths; a possible one never as zero, a certain one as one.

    Examples
    --------
    >>> [_percent(p) for p in (0.0, 0.003, 0.25, 0.998, 1.0)]
    ['0', '<.01', '.25', '>.99', '1']
    """
    if p in (0.0, 1.0):
        return say("{p:.0f}", p=p)
    if p < 0.01:
        return say("<.01")
    if p > 0.99:
        return say(">.99")
    text = say("{p:.2f}", p=p)
    return text.removeprefix("0") if text.startswith("0.") else text


def _alt(title: str, chain: Chain) -> str:
    stays = np.diag(chain.probabilities.to_numpy())
    if len(stays) > NUMBERED:
        low, middle, high = np.nanquantile(stays, [0.0, 0.5, 1.0])
        return say(
            "Transition probabilities, {title}: probability of staying in the state "
            "from {low:.2f} to {high:.2f}, half of them above {middle:.2f}.",
            title=title,
            low=low,
            high=high,
            middle=middle,
        )
    said = ", ".join(
        f"{said_word(str(label))} {number(float(p)) or say('no moves')}"
        for label, p in zip(chain.labels, stays, strict=True)
    )
    return say(
        "Transition probabilities, {title}: probability of staying in the class: {said}.",
        title=title,
        said=said,
    )


def rose(result: DirectionalResult, *, title: Said | None = None) -> Picture:
    """Draw how many regions move in each direction, and how many would by chance.

    Parameters
    ----------
    result : DirectionalResult
    title : str, optional
        Heading; by default the variable and the two periods.

    Returns
    -------
    Picture
        A matplotlib figure: sectors with a permutation p of at most 0.05 in a darker colour, the
        number expected by chance as an arc.
    """
    table = result.tidy()
    width = np.radians(360.0 / len(table))
    middle = np.radians((table["angle_low"] + table["angle_high"]).to_numpy() / 2)
    count, expected = table["statistic"].to_numpy(), table["expected"].to_numpy()
    marked = table["p_permutation"].to_numpy() <= 0.05
    share = say("{statistic:.0%} move with their neighbours", statistic=result.together.statistic)
    facts = say(
        "{share}, permutation p = {p_value}",
        share=share,
        p_value=p_number(result.together.p_value),
    )
    with styled():
        alt = say(
            "{heading}: {facts}; regions by sector from east counter-clockwise: ",
            heading=result.heading,
            facts=facts,
        ) + (", ".join(str(c) for c in count) + ".")
        figure = Picture(4.3, 4.5, alt=alt)
        axes: Any = figure.add_subplot(projection="polar")
        colors = [SERIES_COLORS[0] if m else "#A9C4DE" for m in marked]
        axes.bar(middle, count, width=width, color=colors, edgecolor="white", linewidth=0.8)
        for angle, level in zip(middle, expected, strict=True):
            arc = np.linspace(angle - width / 2, angle + width / 2, 20)
            axes.plot(arc, np.full(20, level), color=ACCENT, linewidth=1.4)
        names = [say("own\nup"), say("neighbours up"), say("own\ndown"), say("neighbours down")]
        axes.set_xticks(np.radians([0, 90, 180, 270]), names)
        axes.set_rlabel_position(np.degrees(middle[np.argmin(count)]))  # where bars hide it least
        axes.yaxis.set_major_locator(mpl.ticker.MaxNLocator(5, integer=True))
        for text in axes.get_yticklabels():
            text.set_path_effects([mpl.patheffects.withStroke(linewidth=2.5, foreground="white")])
        axes.spines["polar"].set_visible(False)
        axes.plot([], [], color=ACCENT, linewidth=1.4, label=say("expected by chance"))
        axes.bar([0], [0], color=SERIES_COLORS[0], label=say("p ≤ 0.05"))
        axes.bar([0], [0], color="#A9C4DE", label=say("p > 0.05"))
        figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=3)
        heading(figure, f"{result.heading}: {facts}" if title is None else titled(title))
    return figure


def rank_paths(
    result: RankMobilityResult,
    *,
    title: Said | None = None,
    labels: int = 6,
    names: pd.Series[Any] | None = None,
) -> Picture:
    """Draw the rank of every region over time, 1 at the top.

    Parameters
    ----------
    result : RankMobilityResult
    title : str, optional
        Heading; by default the variable and tau from the first to the last period.
    labels : int, default 6
        How many of the regions whose rank changed most from first to last to colour and name, at
        most as many as there are colours.
    names : pandas.Series, optional
        Names by region id for the labels, in place of the ids.

    Returns
    -------
    Picture
        A matplotlib figure.
    """
    if not 0 <= labels <= len(SERIES_COLORS):
        raise InputError("labels", expected=f"0 to {len(SERIES_COLORS)}", found=repr(labels))
    ranks = result.augment()
    change = (ranks.iloc[:, -1] - ranks.iloc[:, 0]).to_numpy()
    told = np.argsort(-np.abs(change), kind="stable")[:labels]
    shown = [period_text(period) for period in ranks.columns]
    facts = say(
        "tau = {last:.2f} from {shown} to {shown_2}",
        last=result.table["tau"].iloc[-1],
        shown=shown[0],
        shown_2=shown[-1],
    )
    periods = np.arange(ranks.shape[1])
    texts = [str(i if names is None else names.get(i, i)) for i in ranks.index]
    with styled():
        said = ", ".join(
            say(
                "{texts} {value:g} to {value_2:g}",
                texts=texts[i],
                value=ranks.iloc[i, 0],
                value_2=ranks.iloc[i, -1],
            )
            for i in told
        )
        figure = Picture(
            7.2,
            5.0,
            alt=say(
                "{heading}: {facts}; largest changes: {said}.",
                heading=result.heading,
                facts=facts,
                said=said,
            ),
        )
        axes = figure.add_subplot()
        for row in ranks.to_numpy():
            axes.plot(periods, row, color="#D5D5D5", linewidth=0.8, zorder=1)
        for color, i in zip(SERIES_COLORS, told, strict=False):
            axes.plot(periods, ranks.iloc[i], color=color, linewidth=1.8, zorder=2)
        axes.set_ylim(len(ranks) + 0.5, 0.5)
        _name_ends(axes, ranks.iloc[told, -1].to_numpy(), [texts[i] for i in told])
        step = -(-len(periods) // 10)
        axes.set_xticks(periods[::step], shown[::step])
        axes.set_xlim(0, periods[-1] * 1.18)
        axes.set_ylabel(say("rank (1 is the highest value)"))
        heading(figure, f"{result.heading}: {facts}" if title is None else titled(title))
    return figure


def _name_ends(axes: Any, ends: FloatArray, texts: list[str]) -> None:
    """Write names beside the ends of paths, apart by a line of text at least."""
    right = max(line.get_xdata()[-1] for line in axes.get_lines())
    bottom, top = axes.get_ylim()
    gap = (bottom - top) / 26
    order = np.argsort(ends, kind="stable")
    rows = np.arange(len(ends))
    # pushed apart downwards, and back up where that leaves the picture
    places = np.maximum.accumulate(ends[order] - gap * rows) + gap * rows
    places = np.minimum(places, bottom - gap * (rows[::-1] + 0.5))
    for place, height in zip(order, places, strict=True):
        color = SERIES_COLORS[int(place)]
        axes.text(right * 1.015, height, texts[place], color=color, fontsize=8, va="center")
