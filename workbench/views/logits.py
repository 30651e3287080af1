"""Pictures of logits: the probability along a regressor, and what a printed table implies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.core.language import said_word, say
from workbench.typing import Said
from workbench.views.outlines import heading
from workbench.views.shades import shortened
from workbench.views.style import ACCENT, INK, SERIES_COLORS, Picture, styled, titled

if TYPE_CHECKING:
    from workbench.models.binary.curves import ProbabilityCurve
    from workbench.models.binary.printed import PrintedLogits

NAMED = 12
"""Regions that the chart names: ones, and zeros of high probability."""
LABEL = 34
ABOVE = 0.052
"""Height of a line of names above the curve, as a probability."""
LEADER = {"arrowstyle": "-", "color": "#BBBBBB", "linewidth": 0.5}
"""Line from a region to a name that stands apart from it."""


def probability_curve_chart(
    curve: ProbabilityCurve, *, title: Said | None = None, names: pd.Series[Any] | None = None
) -> Picture:
    """Draw the probability along a regressor, its band, and the regions observed.

    Parameters
    ----------
    curve : ProbabilityCurve
        From ``fit.curve(term)``.
    title : str, optional
        Heading; what the curve is of by default.
    names : Series, optional
        Names by region id, for labels; ids without.

    Returns
    -------
    Picture
        Dots at 0 and 1 are regions; the dotted line marks the value at which the probability is
        one half, where it is among those observed.
    """
    table, regions = curve.table, curve.regions
    with styled():
        figure = Picture(6.6, 3.9, alt=_curve_alt(curve))
        axes = figure.add_subplot()
        x = table.index.to_numpy(dtype=float)
        axes.fill_between(
            x, table["conf_low"], table["conf_high"], color=SERIES_COLORS[0], alpha=0.16,
            linewidth=0, label=say("{level:.0%} interval", level=curve.level),
        )  # fmt: skip
        axes.plot(
            x, table["probability"], color=SERIES_COLORS[0], linewidth=1.8, label=say("probability")
        )
        for outcome, color in ((0, "#8A8F94"), (1, ACCENT)):
            part = regions[regions["outcome"] == outcome]
            axes.plot(
                part["value"], part["outcome"], "o", color=color, markersize=5.0, alpha=0.6,
                markeredgewidth=0, clip_on=False,
            )  # fmt: skip
        if x[0] < curve.turning_point < x[-1]:
            rises = table["probability"].iloc[-1] > table["probability"].iloc[0]
            axes.vlines(
                curve.turning_point, -0.05, 1.0, color=INK, linewidth=0.9, linestyle=":", zorder=1
            )
            axes.text(  # beside the curve, not on it
                curve.turning_point, 0.49 if rises else 0.51,
                say(" {x:.4g}", x=float(curve.turning_point)), fontsize=8,
                va="top" if rises else "bottom", ha="left", color=INK,
            )  # fmt: skip
        above = _names(axes, curve, names)
        axes.set_ylim(-0.05, 1.05 + ABOVE * above)
        axes.set_yticks(np.linspace(0.0, 1.0, 6))
        axes.spines["left"].set_bounds(-0.05, 1.05)
        axes.yaxis.set_major_formatter(lambda p, _: say("{p:.0%}", p=p))
        axes.set_xlabel(curve.term)
        axes.set_ylabel(say("probability: {outcome}", outcome=curve.outcome))
        figure.legend(loc="outside lower center", ncols=2)
        heading(figure, titled(title) if title is not None else _curve_heading(curve))
    return figure


def _names(axes: Any, curve: ProbabilityCurve, names: pd.Series[Any] | None) -> int:
    """Name the regions that the curve gets most wrong, and ones as far as there is room.

    Names stand above their regions, those of ones outside of where the curve runs: by how many
    levels is returned.
    """
    regions = curve.regions
    gap = (regions["outcome"] - regions["probability"]).abs()
    ones = regions.index[regions["outcome"] == 1]
    wrong = gap[gap > 0.5].sort_values(ascending=False).index
    # many ones would be names over names: then only those that the curve gets wrong
    chosen = list(dict.fromkeys([*wrong, *(ones if len(ones) <= NAMED else ())]))[:NAMED]
    low, high = axes.get_xlim()
    above = 0
    for outcome in (0, 1):
        at = [region for region in chosen if regions["outcome"][region] == outcome]
        at.sort(key=lambda region: (regions["value"][region], str(region)))
        last, level = -np.inf, 0
        for region in at:
            value = float(regions["value"][region])
            level = level + 1 if value - last < 0.16 * (high - low) else 0
            last, above = value, max(above, outcome * (level + 1))
            text = str(region if names is None else names.get(region, region))
            axes.annotate(
                shortened(text, LABEL), (value, float(outcome)), textcoords="offset points",
                xytext=(0, 7 + 9 * level), fontsize=7, color="#444444",
                arrowprops=LEADER if level else None,
                ha=_side(outcome, (value - low) / (high - low)),
                va="bottom",
            )  # fmt: skip
    return above


def _side(outcome: int, place: float) -> str:
    """Return how a name stands to its region: of ones to the left, clear of lines from others."""
    if outcome == 1:
        return "left" if place < 0.25 else "right"
    return "right" if place > 0.75 else "center"


def _curve_heading(curve: ProbabilityCurve) -> str:
    return say("Probability of {outcome} along {term}", outcome=curve.outcome, term=curve.term)


def _curve_alt(curve: ProbabilityCurve) -> str:
    table = curve.table
    ends = {
        "heading": _curve_heading(curve),
        "first": float(table.index[0]),
        "last": float(table.index[-1]),
        "low": float(table["probability"].iloc[0]),
        "high": float(table["probability"].iloc[-1]),
    }
    if np.isfinite(curve.turning_point):
        return say(
            "{heading}: from {low:.3f} at {first:.4g} to {high:.3f} at {last:.4g}; one half at "
            "{half:.4g}.",
            **ends,
            half=float(curve.turning_point),
        )
    return say("{heading}: from {low:.3f} at {first:.4g} to {high:.3f} at {last:.4g}.", **ends)


def printed_logits_chart(result: PrintedLogits, *, title: Said | None = None) -> Picture:
    """Draw the null deviance that each printed row implies beside that of the sample.

    Parameters
    ----------
    result : PrintedLogits
        From :func:`workbench.models.printed_logits`.
    title : str, optional
        Heading; which sample by default.

    Returns
    -------
    Picture
        A bar a row, over what rounding leaves open; the line is the sample that the table was read
        with. Rows that do not meet it are red.
    """
    table = result.table
    low, high = table["null_low"].to_numpy(), table["null_high"].to_numpy()
    expected = float(result.glance()["null_deviance"].iloc[0])
    right = max(float(high[np.isfinite(high)].max()), expected) * 1.03
    left = min(float(low.min()), expected) * 0.97
    y = -np.arange(len(table), dtype=float)
    colors = [SERIES_COLORS[0] if fits else ACCENT for fits in table["consistent"]]
    said = "; ".join(
        say("{name} {low:.1f} to {high:.1f}", name=name, low=a, high=b)
        for name, a, b in zip(table.index, low, high, strict=True)
    )
    with styled():
        alt = say(
            "Null deviances implied by printed rows: {said}. Sample: {expected:.1f}.",
            said=said,
            expected=expected,
        )
        figure = Picture(7.2, 1.1 + 0.3 * len(table), alt=alt)
        axes = figure.add_subplot()
        axes.axvline(expected, color=INK, linewidth=0.9, linestyle=(0, (5, 3)))
        width = np.minimum(high, right) - low
        axes.barh(y, width, left=low, height=0.5, color=colors, alpha=0.8)
        for place, name in zip(y, table.index, strict=True):
            events = said_word(str(table.loc[name, "events"]))
            axes.text(
                1.01, place, events, transform=axes.get_yaxis_transform(), fontsize=8,
                va="center", color="#555555",
            )  # fmt: skip
        axes.text(
            1.01, 0.75, say("events"), transform=axes.get_yaxis_transform(), fontsize=8,
            va="center", color="#555555",
        )  # fmt: skip
        axes.set_yticks(y, [shortened(str(name), LABEL + 8) for name in table.index])
        axes.set_xlim(left, right)
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel(
            say(
                "null deviance that criterion and R-squared imply (n = {n}, events: {m})",
                n=result.nobs,
                m=result.events,
            )
        )
        heading(
            figure,
            titled(title)
            if title is not None
            else say(
                "{rows} printed logits, read with n = {n}, {m} events",
                rows=len(table), n=result.nobs, m=result.events,
            ),
        )  # fmt: skip
    return figure
