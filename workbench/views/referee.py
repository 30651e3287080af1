"""The referee's checklist as a picture: answers, and the statement under every alternative."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.core.language import say
from workbench.typing import Said
from workbench.views.outlines import heading
from workbench.views.shades import AGAINST, FOR, OPEN
from workbench.views.style import ACCENT, INK, SERIES_COLORS, Picture, p_number, styled, titled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LOOK = {
    "passed": (FOR, "o"),
    "failed": (AGAINST, "s"),
    "not known": (OPEN, "D"),
    "not applicable": (INK, "_"),
}
"""Colour and mark of each answer; the word stands beside, so that neither is needed."""

REPORTED = "as estimated"
WRAPPED = 46
FAR = 4.0
"""Widths of the reported interval beyond which estimates run out of the picture."""


def checklist_chart(result: Any, *, title: Said | None = None) -> Picture:
    """Draw a row a question: its answer, and the statement under what was tried for it.

    The vertical band is the interval as reported; dots are estimates under the alternatives of
    the question, filled where they say the same.

    Parameters
    ----------
    result : Referee
    title : str, optional
        Heading.

    Returns
    -------
    Picture
        A matplotlib figure.
    """
    names = list(result)
    with styled():
        figure = Picture(9.4, 1.1 + 0.3 * len(names), alt=_alt(result))
        words, numbers = figure.subplots(
            1, 2, sharey=True, gridspec_kw={"width_ratios": [1.25, 1.0]}
        )
        _list(words, result, names)
        _estimates(numbers, result, names)
        words.set_ylim(len(names) - 0.4, -0.6)
        heading(
            figure,
            titled(title) or say("Referee's checklist: {statement}", statement=result.statement),
        )
    return figure


def _list(axes: Axes, result: Any, names: list[str]) -> None:
    axes.set_xlim(0, 1)
    for row, name in enumerate(names):
        answer = result[name].answer
        color, mark = LOOK[answer]
        axes.plot(
            0.015, row, mark, color=color, markersize=6.5, clip_on=False,
            markeredgecolor=INK if color == OPEN else color,
        )  # fmt: skip
        axes.text(0.05, row, say(answer), color=INK, va="center", fontsize=8)
        axes.text(0.24, row, say(name), color=INK, va="center", fontsize=8.5, fontweight="bold")
        axes.text(0.62, row, _number(result, name), color=INK, va="center", fontsize=8)
    axes.set_axis_off()


def _number(result: Any, name: str) -> str:
    """Return the numbers that decide, as few as fit."""
    found = result[name]
    if found.brief:
        return str(found.brief)
    table = found.evidence
    if table is not None and "stands" in table and REPORTED in table.index:
        tried = table.drop(index=REPORTED)
        made = tried[tried["estimate"].notna()]
        if len(made):
            kept = int(made["stands"].astype(bool).sum())
            return say("{kept} of {n} say the same", kept=kept, n=len(made))
    if found.p_value is not None and np.isfinite(found.p_value):
        return say("p = {p_value}", p_value=p_number(found.p_value))
    return ""


def _estimates(axes: Axes, result: Any, names: list[str]) -> None:
    tables = {name: _tried(result[name].evidence) for name in names}
    shown = [table for table in tables.values() if table is not None]
    axes.tick_params(axis="y", length=0, labelleft=False)
    axes.spines["left"].set_visible(False)
    if not shown:
        axes.set_axis_off()
        return
    reported: Any = shown[0].loc[REPORTED]
    low, high = float(reported["conf_low"]), float(reported["conf_high"])
    left, right = _window(shown, low, high)
    axes.axvspan(low, high, color="#DDE6F0", zorder=0)
    axes.axvline(float(reported["estimate"]), color=SERIES_COLORS[0], linewidth=1.0, zorder=1)
    axes.axvline(0, color="#999999", linewidth=0.9, zorder=1)
    for row, name in enumerate(names):
        axes.axhline(row, color="#EEEEEE", linewidth=0.7, zorder=0)
        table = tables[name]
        if table is not None:
            _dots(axes, row, table.drop(index=REPORTED), (left, right))
    axes.set_xlim(left, right)
    axes.locator_params(axis="x", nbins=5)
    label = textwrap.fill(
        say("{statement}, as reported (band) and otherwise", statement=result.statement), WRAPPED
    )
    axes.set_xlabel(label)


def _dots(axes: Axes, row: int, table: pd.DataFrame, window: tuple[float, float]) -> None:
    made = table[table["estimate"].notna()]
    for _, one in made.iterrows():
        same = bool(one["stands"])
        color = SERIES_COLORS[0] if same else ACCENT
        at = float(one["estimate"])
        inside = float(np.clip(at, *window))
        mark = "o" if inside == at else (">" if at > inside else "<")
        axes.plot(
            inside, row, mark, markersize=4.6, markeredgecolor=color, markeredgewidth=1.0,
            markerfacecolor=color if same else "white", clip_on=False, alpha=0.9,
        )  # fmt: skip


def _tried(table: pd.DataFrame | None) -> pd.DataFrame | None:
    """Return evidence that is the statement under alternatives, or None."""
    if table is None or "stands" not in table or REPORTED not in table.index:
        return None
    return pd.DataFrame(table.loc[table["estimate"].notna() & table["stands"].notna()])


def _window(tables: list[pd.DataFrame], low: float, high: float) -> tuple[float, float]:
    width = max(high - low, 1e-12)
    values = np.concatenate([table["estimate"].to_numpy(dtype=float) for table in tables])
    middle = (low + high) / 2
    kept = values[np.abs(values - middle) <= FAR * width]
    left, right = min(0.0, low, float(kept.min())), max(0.0, high, float(kept.max()))
    air = 0.05 * (right - left)
    return left - air, right + air


def _alt(result: Any) -> str:
    told = "; ".join(f"{say(name)}: {say(result[name].answer)}" for name in result)
    return say("Referee's checklist of {statement}. {told}.", statement=result.statement, told=told)
