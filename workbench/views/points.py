"""Pictures of concentration by distance: a curve, what chance does at a distance, and at any."""

from __future__ import annotations

import textwrap
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.core.language import said_word, say
from workbench.errors import InputError
from workbench.typing import Said
from workbench.views.style import ACCENT, INK, SERIES_COLORS, Picture, p_number, styled, titled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from workbench.innovation.points.curves import PointCurves

BAND = "#DCE6F0"
MEAN = "#999999"
MOST_PANELS = 9
TITLE = 30
"""Letters in a line above a panel."""
LABELS = {
    "K-density": "density, per {unit}",
    "M function": "M, share nearby over share overall",
}


def curves_chart(
    result: PointCurves,
    *,
    sectors: Sequence[Hashable] | None = None,
    title: Said | None = None,
) -> Picture:
    """Draw curves of distance with local intervals and global bands, a panel a sector.

    Where a curve is above its upper global band, or below the lower one in a dispersed sector,
    it is drawn thick.

    Parameters
    ----------
    result : PointCurves
        From :func:`workbench.innovation.k_density` or ``m_function``.
    sectors : sequence, optional
        Which ones, at most nine; by default the first nine.
    title : str, optional
        Heading; by default measure and null.

    Returns
    -------
    Picture
        A matplotlib figure.
    """
    shown = list(result.sectors.index[:MOST_PANELS]) if sectors is None else _listed(sectors)
    tables = {sector: result.curve(sector) for sector in shown}
    columns = min(3, len(shown))
    rows = -(-len(shown) // columns)
    with styled():
        figure = Picture(max(6.2, 3.0 * columns), 1.2 + 2.6 * rows, alt=_alt(result, shown))
        panels = np.atleast_1d(figure.subplots(rows, columns, sharex=True, squeeze=False)).ravel()
        for axes, (sector, table) in zip(panels, tables.items(), strict=False):
            _panel(axes, result, table)
            if len(shown) > 1:
                told = f"{said_word(str(sector))}: {say(str(_row(result, sector)['verdict']))}"
                axes.set_title(textwrap.fill(told, TITLE), fontsize=9.5)
        for axes in panels[len(shown) :]:
            axes.set_axis_off()
        heading = result.heading if title is None else titled(title)
        if len(shown) > 1:
            figure.suptitle(heading, x=0.01, ha="left", fontweight="bold", fontsize=10.5)
        else:
            panels[0].set_title(heading)
        _label(list(panels[: len(shown)]), columns, result)
        known = {}
        for axes in panels:
            handles, names = axes.get_legend_handles_labels()
            known.update(dict(zip(names, handles, strict=True)))
        figure.legend(known.values(), known.keys(), loc="outside lower center", ncols=2)
    return figure


def _label(panels: Sequence[Axes], columns: int, result: PointCurves) -> None:
    """Name the axes of panels at the left and of those with none below."""
    for place, axes in enumerate(panels):
        if place % columns == 0:
            axes.set_ylabel(say(LABELS[result.measure], unit=result.unit))
        if place + columns >= len(panels):
            axes.set_xlabel(say("distance, {unit}", unit=result.unit))
            axes.tick_params(labelbottom=True)


def _listed(sectors: Sequence[Hashable]) -> list[Hashable]:
    chosen: list[Hashable] = [sectors] if isinstance(sectors, str) else list(sectors)
    if 1 <= len(chosen) <= MOST_PANELS:
        return chosen
    raise InputError(
        "sectors",
        expected=f"from 1 to {MOST_PANELS} sectors in a picture",
        found=str(len(chosen)),
    )


def _panel(axes: Axes, result: PointCurves, table: pd.DataFrame) -> None:
    x = table.index.to_numpy(dtype=float)
    inside = 100 - 2 * round(100 * (1 - result.level), 6)
    axes.fill_between(
        x,
        table["local_low"],
        table["local_high"],
        color=BAND,
        linewidth=0,
        zorder=0,
        label=say("{inside:g} % of draws at each distance", inside=inside),
    )
    side = round(100 * (1 - result.level), 6)
    for end in ("low", "high"):
        axes.plot(
            x,
            table[f"band_{end}"],
            color=INK,
            linewidth=0.9,
            linestyle=(0, (4, 2)),
            zorder=2,
            label=say("global bands, {side:g} % of draws beyond each", side=side)
            if end == "high"
            else None,
        )
    axes.plot(x, table["expected"], color=MEAN, linewidth=0.9, zorder=1, label=say("mean of draws"))
    y = table["estimate"].to_numpy()
    axes.plot(x, y, color=SERIES_COLORS[0], linewidth=1.4, zorder=3, label=say("observed"))
    beyond = (table["localisation"] > 0) | (table["dispersion"] > 0)
    thick = np.where(beyond, y, np.nan)
    # markers, since a line does not show a single distance
    name = say("outside a global band") if beyond.any() else None
    axes.plot(x, thick, color=ACCENT, linewidth=2.6, zorder=4, label=name)
    axes.scatter(x, thick, s=2.6**2, color=ACCENT, linewidths=0, zorder=4)
    axes.set_xlim(x[0], x[-1])
    axes.set_ylim(bottom=0.0)


def _row(result: PointCurves, sector: Hashable) -> pd.Series[Any]:
    return result.sectors.iloc[result.sectors.index.tolist().index(sector)]


def _alt(result: PointCurves, shown: Sequence[Hashable]) -> str:
    said = []
    for sector in shown:
        row = _row(result, sector)
        told = f"{sector} {say(str(row['verdict']))}"
        if row["verdict"] == "localised":
            told += say(
                " from {above_from:.4g} to {above_to:.4g} {unit}",
                above_from=row["above_from"],
                above_to=row["above_to"],
                unit=result.unit,
            )
        p = row["p_dispersed" if row["verdict"] == "dispersed" else "p_localised"]
        said.append(say("{told} (p = {p})", told=told, p=p_number(float(p))))
    return say(
        "{heading}, by distance in {unit}: {said}.",
        heading=result.heading,
        unit=result.unit,
        said="; ".join(said),
    )
