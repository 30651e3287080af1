"""Pictures of verdicts: intervals beside what the hypotheses say."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from workbench.core.language import say
from workbench.errors import InputError
from workbench.typing import FloatArray, Said
from workbench.views.outlines import heading
from workbench.views.shades import OPEN, VERDICT_COLORS, VERDICT_MARKERS
from workbench.views.style import INK, Picture, p_number, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BESIDE: Mapping[str, Any] = MappingProxyType(
    {"xycoords": ("axes fraction", "data"), "va": "center", "fontsize": 8.5, "color": INK}
)
CLAIMED = "#F0F5F1"
FEW, TALL, LOW = 16, 0.42, 0.17
"""Rows up to which each has two lines beside it and is tall, inches; more would not fit a page."""

UNLIKE = 30.0
"""Widest over narrowest interval from which one scale would hide some, so that each has its own."""


def verdicts_chart(
    verdicts: Sequence[Any],
    *,
    labels: Sequence[str] | None = None,
    adjusted: Sequence[float] | None = None,
    title: Said = "",
) -> Picture:
    """Draw verdicts as a forest: a row each, the interval over the side that is claimed.

    Parameters
    ----------
    verdicts : sequence of Verdict
    labels : sequence of str, optional
        Names of the rows; those of the hypotheses without.
    adjusted : sequence of float, optional
        p-values adjusted for the family, which decide where it is one; intervals are not adjusted.
    title : str
        Heading of the figure.

    Returns
    -------
    Picture
        Estimates less the value of the hypothesis; the pale band is what the hypothesis claims. The
        verdict stands in words beside. Where one scale would hide some intervals, each is drawn in
        halves of its own width, as the axis says; a statistic without an interval stands there
        beside others as far out as its p-value says of a normal one.

    Raises
    ------
    InputError
        If there is no verdict.
    """
    rows = list(verdicts)
    if not rows:
        raise InputError("verdicts", expected="one or more", found="none")
    names = list(labels) if labels is not None else [v.hypothesis.label for v in rows]
    scales = _scales(rows)
    placed = [_placed(v, float(s)) for v, s in zip(rows, scales, strict=True)]
    reach = max((abs(x) for row in placed for x in row if math.isfinite(x)), default=1.0) * 1.12
    with styled():
        many = len(rows) > FEW
        height = 1.0 + (LOW if many else TALL) * len(rows) + 0.3 * bool(title)
        figure = Picture(8.2, height, alt=_alt(rows, names))
        axes = figure.add_subplot()
        for at, (verdict, row, scale) in enumerate(zip(rows, placed, scales, strict=True)):
            _row(axes, at, verdict, row, margin=(verdict.hypothesis.margin or 0.0) / scale)
            known_p = adjusted[at] if adjusted is not None else math.nan
            told = _told(verdict, known_p)
            axes.annotate(told.replace("\n", ", ") if many else told, (1.01, at), **BESIDE)
        axes.axvline(0.0, color=INK, linewidth=0.8)
        axes.set_xlim(-(reach or 1.0), reach or 1.0)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_yticks(range(len(rows)), names)
        unit = say(", in halves of each interval's width") if (scales != 1.0).any() else ""
        if unit and any(_lone(v) for v in rows):
            unit += say("; without one, by the p-value")
        axes.set_xlabel(say("estimate less the value of the hypothesis{unit}", unit=unit))
        if title:
            heading(figure, title)
    return figure


def _scales(rows: Sequence[Any]) -> FloatArray:
    """Return what each row is drawn in units of: 1 where one scale serves all."""
    halves = np.array([(v.conf_high - v.conf_low) / 2 for v in rows])
    drawn = np.isfinite(halves) & (halves > 0)
    known = halves[drawn]
    tested = np.array([_lone(v) for v in rows])
    unlike = bool(known.size) and float(known.max() / known.min()) > UNLIKE
    if not unlike and not (known.size and tested.any()):
        return np.ones(len(rows))
    implied = [_implied(v) if lone else 1.0 for v, lone in zip(rows, tested, strict=True)]
    return np.where(drawn, halves, implied)


def _lone(verdict: Any) -> bool:
    """Return whether a test gave a statistic and what is expected of it, and no interval."""
    return not math.isnan(verdict.expected) and not verdict.conf_high > verdict.conf_low


def _implied(verdict: Any) -> float:
    """Return half the width of the interval that a normal statistic of this p-value would have."""
    p = min(max(verdict.p_value, np.finfo(float).tiny), 1.0)
    z = float(stats.norm.isf(p / 2.0)) / float(stats.norm.isf(verdict.hypothesis.alpha / 2.0))
    gap = abs(verdict.estimate - verdict.value)
    return gap / z if gap > 0 and z > 0 else 1.0


def _placed(verdict: Any, scale: float) -> tuple[float, float, float]:
    """Return low end, estimate and high end less the value, in units of the scale."""
    value = verdict.value
    ends = (verdict.conf_low, verdict.estimate, verdict.conf_high)
    low, middle, high = ((x - value) / scale for x in ends)
    return low, middle, high


def _row(
    axes: Axes, at: int, verdict: Any, row: tuple[float, float, float], *, margin: float
) -> None:
    low, middle, high = row
    relation = verdict.hypothesis.relation
    far = 1e6 * max(1.0, *(abs(x) for x in row if math.isfinite(x)), 1.0)
    band = {">": (0.0, far), "<": (-far, 0.0), "=": (-margin, margin)}.get(relation)
    if band is not None:
        axes.fill_betweenx([at - 0.34, at + 0.34], *band, color=CLAIMED, linewidth=0, zorder=1)
    if math.isfinite(middle):
        drawn = [end if math.isfinite(end) else sign * far for end, sign in ((low, -1), (high, 1))]
        color, mark = VERDICT_COLORS[verdict.answer], VERDICT_MARKERS[verdict.answer]
        if not math.isnan(low):
            axes.plot(drawn, [at, at], color=color, linewidth=2.0, zorder=3)
        axes.scatter(
            [middle],
            [at],
            c=color,
            s=42,
            marker=mark,
            linewidths=0.8,
            zorder=4,
            edgecolors=INK if color == OPEN else "white",
        )


def _told(verdict: Any, adjusted: float) -> str:
    """Return the verdict with the p-value that decides, and the one of the interval beside it."""
    p = verdict.p_decision
    if math.isnan(p):
        return say(verdict.answer)
    more = (
        ""
        if math.isnan(adjusted) or adjusted == p
        else say(", adjusted {adjusted}", adjusted=p_number(float(adjusted)))
    )
    return say(
        "{answer}\np = {p}{more}", answer=say(verdict.answer), p=p_number(float(p)), more=more
    )


def _alt(rows: Sequence[Any], names: Sequence[str]) -> str:
    told = "; ".join(f"{name}: {say(v.answer)}" for name, v in zip(names, rows, strict=True))
    return say("Verdicts of {n} hypotheses with intervals. {told}.", n=len(rows), told=told)
