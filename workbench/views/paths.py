"""Pictures of panels over time: impacts, residuals, unit roots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import pandas as pd

from workbench.core.language import say
from workbench.core.statistics import NotApplicable
from workbench.typing import Said
from workbench.views.outlines import heading
from workbench.views.style import (
    ACCENT,
    NO_DATA,
    SERIES_COLORS,
    SERIES_MARKERS,
    Picture,
    styled,
    titled,
)

if TYPE_CHECKING:
    from workbench.panels import MoranByPeriod, UnitRoot
    from workbench.panels.dynamic.impacts import ImpactPath
    from workbench.panels.spatial.period_impacts import ImpactsByPeriod

EFFECTS = ("direct", "indirect", "total")
RANGE = 1.959963984540054
# Of a standard normal variable, 95 % lie within it on both sides of zero.


def impact_path_chart(
    result: ImpactPath | ImpactsByPeriod, *, terms: Sequence[str] | None = None, title: Said = ""
) -> Picture:
    """Draw the paths with bands of their intervals, a panel an effect.

    Parameters
    ----------
    result : ImpactPath or ImpactsByPeriod
        Of a dynamic panel, after a change; or where W differs from period to period.
    terms : sequence of str, optional
        Terms to draw, in this order; all without. Bands of many cover each other.
    title : str
        Heading of the figure.

    Returns
    -------
    Picture
        A matplotlib figure; panels share the scale.
    """
    table = result.table
    terms = list(terms or table.index.unique("term"))
    with styled():
        figure = Picture(7.6, 3.0 + 0.3 * bool(title), alt=_alt(result, terms))
        panels = figure.subplots(1, len(EFFECTS), sharex=True, sharey=True)
        for axes, effect in zip(panels, EFFECTS, strict=True):
            axes.axhline(0, color="#999999", linewidth=0.9, zorder=1)
            for at, term in enumerate(terms):
                part = _dated(pd.DataFrame(table.xs((term, effect), level=("term", "effect"))))
                color = SERIES_COLORS[at % len(SERIES_COLORS)]
                marker = SERIES_MARKERS[at % len(SERIES_MARKERS)]
                axes.fill_between(
                    part.index, part["conf_low"], part["conf_high"], color=color, alpha=0.15, lw=0
                )
                axes.plot(
                    part.index,
                    part["estimate"],
                    color=color,
                    marker=marker,
                    markersize=3.5,
                    label=term,
                )
            axes.set_title(say(effect), loc="center", fontweight="normal")
            if pd.api.types.is_numeric_dtype(part.index.dtype):
                axes.xaxis.set_major_locator(mpl.ticker.MaxNLocator(5, integer=True))
        after = "horizon" in table.index.names
        panels[1].set_xlabel(say("periods after the change") if after else say("period"))
        handles, names = panels[0].get_legend_handles_labels()
        figure.legend(handles, names, loc="outside lower center", ncols=min(len(terms), 4))
        if title:
            heading(figure, title)
    return figure


def _p(value: float) -> str:
    return say("p < 0.001") if value < 0.001 else say("p = {value:.3f}", value=value)


def _dated(part: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose periods matplotlib can place: pandas periods as their first day."""
    index = part.index
    if isinstance(index, pd.PeriodIndex):
        return part.set_axis(index.to_timestamp(), axis=0)
    return part


def _alt(result: ImpactPath | ImpactsByPeriod, terms: list[str]) -> str:
    level = "horizon" if "horizon" in result.table.index.names else "period"
    last = result.table.index.get_level_values(level).max()
    totals = result.table["estimate"].xs(("total", last), level=("effect", level))
    told = "; ".join(say("{term} {totals:.3g}", term=term, totals=totals[term]) for term in terms)
    change = getattr(result, "change", None)
    if change is None:
        return say(
            "Direct, indirect and total impacts by period. Totals in {last}: {told}.",
            last=last,
            told=told,
        )
    kind = say("a change that stays") if change == "permanent" else say("a change for one period")
    what = say(
        "Direct, indirect and total impacts over {last} periods after {kind}", last=last, kind=kind
    )
    return say("{what}. Totals at the end: {told}.", what=what, told=told)


def moran_chart(result: MoranByPeriod, *, title: Said | None = None) -> Picture:
    """Draw Moran's I of each period over the range that chance alone gives it.

    Parameters
    ----------
    result : MoranByPeriod
    title : str, optional
        Heading; by default the test of all periods together.

    Returns
    -------
    Picture
        I as points, full where it is outside of the band of 95 % around its expectation.
    """
    table = _dated(result.table)
    value, expected = table["statistic"].to_numpy(), table["expected"].to_numpy()
    half = RANGE * np.sqrt(table["variance"].to_numpy())
    outside = np.abs(value - expected) > half
    joint = result.joint
    facts = (
        say("no joint test: {reason}", reason=say(joint.reason))
        if isinstance(joint, NotApplicable)
        else (say("all periods together {p_value}", p_value=_p(joint.p_value)))
    )
    with styled():
        alt = say(
            "Moran's I of residuals by period, from {low:.3f} to {high:.3f}; "
            "{outside} of {n} periods outside the band of 95 %; {facts}.",
            low=value.min(),
            high=value.max(),
            outside=int(outside.sum()),
            n=len(value),
            facts=facts,
        )
        figure = Picture(6.4, 3.2, alt=alt)
        axes = figure.add_subplot()
        axes.fill_between(
            table.index,
            expected - half,
            expected + half,
            color=NO_DATA,
            alpha=0.6,
            linewidth=0,
            label=say("95 % without dependence"),
        )
        axes.plot(table.index, expected, color="#999999", linewidth=0.9, label=say("expected"))
        color = SERIES_COLORS[0]
        axes.plot(table.index, value, color=color, linewidth=0.9)
        faces = [color if out else "white" for out in outside]
        axes.scatter(table.index, value, s=26, c=faces, edgecolors=color, zorder=3, label="I")
        if pd.api.types.is_numeric_dtype(table.index.dtype):
            axes.xaxis.set_major_locator(mpl.ticker.MaxNLocator(8, integer=True))
        axes.set_xlabel(say("period"))
        axes.set_ylabel(say("Moran's I of residuals"))
        figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=3)
        heading(
            figure,
            say("Residuals by period: {facts}", facts=facts) if title is None else titled(title),
        )
    return figure


def unit_root_chart(result: UnitRoot, *, title: Said | None = None) -> Picture:
    """Draw the distribution of the regions' statistics, with their mean.

    Parameters
    ----------
    result : UnitRoot
    title : str, optional
        Heading; by default the variable and the test.

    Returns
    -------
    Picture
        A histogram; for CIPS also the mean from which the null is rejected at 5 %.
    """
    each = result.table["statistic"]
    mean = float(each.mean())
    facts = _p(result.p_value)
    with styled():
        alt = say(
            "{name} of {variable}: statistics of {n} regions from {low:.2f} "
            "({lowest}) to {high:.2f} ({highest}), mean {mean:.2f}; {facts}; null: "
            "{null}.",
            name=say(result.answer.name),
            variable=result.variable,
            n=len(each),
            low=each.min(),
            lowest=each.idxmin(),
            high=each.max(),
            highest=each.idxmax(),
            mean=mean,
            facts=facts,
            null=say(result.answer.null),
        )
        figure = Picture(6.0, 3.2, alt=alt)
        axes = figure.add_subplot()
        bins = min(30, max(5, round(2 * len(each) ** (1 / 2))))
        axes.hist(each, bins=bins, color=SERIES_COLORS[0], alpha=0.35, edgecolor="white")
        axes.plot(each, np.zeros(len(each)), "|", color=SERIES_COLORS[0], markersize=9)
        axes.axvline(
            mean, color=SERIES_COLORS[0], linewidth=1.6, label=say("mean, {mean:.2f}", mean=mean)
        )
        if len(result.critical):
            at = float(result.critical.loc[0.05])
            axes.axvline(
                at,
                color=ACCENT,
                linestyle="--",
                linewidth=1.2,
                label=say("a mean below {at:.2f} rejects at 5 %", at=at),
            )
        axes.yaxis.set_major_locator(mpl.ticker.MaxNLocator(5, integer=True))
        axes.set_xlabel(
            say("LM of each region") if "Hadri" in result.answer.name else say("t of each region")
        )
        axes.set_ylabel(say("regions"))
        figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=2)
        default = f"{say(result.answer.name)}, {result.variable}: {facts}"
        heading(figure, default if title is None else titled(title))
    return figure
