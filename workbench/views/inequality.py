"""Pictures of inequality over time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from workbench.core.language import language, say
from workbench.core.panel_frame import period_text
from workbench.typing import Said
from workbench.views.outlines import heading
from workbench.views.style import ACCENT, SERIES_COLORS, Picture, number, styled, titled

PARTS = (("between", "within", "between_share"), ("neighbors", "non_neighbors", "neighbor_share"))


def inequality_lines(result: Any, *, title: Said | None = None) -> Picture:
    """Draw measures of inequality over time; a decomposition as parts and as a share.

    Parameters
    ----------
    result : InequalityResult or DecompositionResult
    title : str, optional
        Heading; by default the variable.

    Returns
    -------
    Picture
        A matplotlib figure. For a decomposition the parts are stacked on the left; on the right is
        the share of the first part with its expectation under permutation, filled where the
        permutation p is at most 0.05.
    """
    table: pd.DataFrame = result.tidy()
    parts = next((p for p in PARTS if p[0] in table), None)
    drawn = list(parts[:2]) if parts else [str(c) for c in table if c != "mean"]
    ends = dict.fromkeys([0, len(table) - 1])  # one end for a cross-section
    when = [period_text(period) for period in table.index]
    values = table[drawn].map(float).map(number)
    said = "; ".join(
        f"{say(name.replace('_', ' ')) if language() == 'ru' else name} "
        + ", ".join(
            say("{value} in {when}", value=values[name].iloc[t], when=when[t]) for t in ends
        )
        for name in drawn
    )
    count = 2 if parts else len(drawn)
    with styled():
        figure = Picture(0.6 + 3.2 * count, 3.3, alt=f"{result.heading}: {said}.")
        panels = figure.subplots(1, count, squeeze=False)[0]
        if parts:
            _stack(panels[0], table, parts[0], parts[1])
            _share(panels[1], table, parts[2])
        else:
            for axes, name in zip(panels, drawn, strict=True):
                _line(axes, table[name], SERIES_COLORS[0])
                axes.set_title(say(name.replace("_", " ")), loc="center", fontweight="normal")
                axes.set_ylim(bottom=0)
        heading(figure, result.heading if title is None else titled(title))
    return figure


def _places(index: pd.Index) -> Any:
    """Return where periods are on the axis: numbers as they are, others in their order."""
    numeric = pd.api.types.is_numeric_dtype(index)
    return index.to_numpy() if numeric else np.arange(len(index))


def _ticks(axes: Any, index: pd.Index) -> None:
    step = -(-len(index) // (6 if len(period_text(index[0])) < 6 else 3))
    axes.set_xticks(_places(index)[::step], [period_text(period) for period in index[::step]])


def _line(axes: Any, values: pd.Series[Any], color: str, **style: Any) -> None:
    marker = "o" if len(values) <= 12 else None
    axes.plot(
        _places(values.index), values.to_numpy(), color=color, marker=marker, markersize=4, **style
    )
    _ticks(axes, values.index)


def _stack(axes: Any, table: pd.DataFrame, first: str, second: str) -> None:
    x, low, high = _places(table.index), table[first].to_numpy(), table[second].to_numpy()
    names = [say(name.replace("_", " ")) for name in (first, second)]
    colors = [SERIES_COLORS[0], "#A9C4DE"]
    if len(table) <= 12:
        width = 0.8 * (np.diff(x).min() if len(x) > 1 else 1)
        axes.bar(x, low, width=width, color=colors[0], label=names[0])
        axes.bar(x, high, width=width, bottom=low, color=colors[1], label=names[1])
        if len(x) == 1:
            axes.set_xlim(x[0] - 1, x[0] + 1)
    else:
        axes.stackplot(x, low, high, colors=colors, labels=names)
    _ticks(axes, table.index)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=2)


def _share(axes: Any, table: pd.DataFrame, share: str) -> None:
    x, y = _places(table.index), table[share].to_numpy()
    axes.plot(x, y, color=SERIES_COLORS[0], linewidth=1.4, zorder=2)
    if "p_permutation" in table:
        # a period alone has no line
        alone = {"marker": "_", "markersize": 14} if len(x) == 1 else {}
        axes.plot(
            x,
            table["expected"],
            color=ACCENT,
            linewidth=1.2,
            label=say("expected by chance"),
            **alone,
        )
        _mark(axes, x, y, table["p_permutation"].to_numpy())
    else:
        axes.scatter(x, y, s=_size(len(x)), color=SERIES_COLORS[0], zorder=3)
    axes.set_title(say(share.replace("_", " ")), loc="center", fontweight="normal")
    drawn = table[[c for c in (share, "expected") if c in table]].to_numpy(dtype=float)
    highest = float(np.max(drawn, where=np.isfinite(drawn), initial=0.0))
    axes.set_ylim(0, 1.15 * highest if highest > 0 else 1.0)
    _ticks(axes, table.index)
    if "p_permutation" in table:
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=3, columnspacing=1.2)


def _size(points: int) -> float:
    """Return the area of a marker that leaves its neighbours apart."""
    return 22.0 if points <= 30 else 9.0


def _mark(axes: Any, x: Any, y: Any, p: Any) -> None:
    """Draw a marker a period, filled where the permutation p is at most 0.05."""
    for part, face, name in (
        (p <= 0.05, SERIES_COLORS[0], "p ≤ 0.05"),
        (p > 0.05, "white", "p > 0.05"),
    ):
        if part.any():
            axes.scatter(
                x[part],
                y[part],
                s=_size(len(x)),
                facecolor=face,
                edgecolor=SERIES_COLORS[0],
                zorder=3,
                label=say(name),
            )
