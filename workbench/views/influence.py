"""Pictures of which regions move a fit."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np

from workbench.core.language import say
from workbench.typing import Said
from workbench.views.maps import choropleth
from workbench.views.outlines import geometries, legend, paint, require_known, sheet
from workbench.views.style import (
    ACCENT,
    INK,
    NO_DATA,
    SERIES_COLORS,
    Picture,
    number,
    styled,
    titled,
)

if TYPE_CHECKING:
    import pandas as pd

    from workbench.models.influence import Influence
    from workbench.typing import FloatArray

SHOWN = 15
"""Regions that the chart names; the rest are less influential."""

DIVERGING = "RdBu_r"


def influence_chart(
    result: Influence, *, term: str = "", effect: str = "coefficient", title: Said | None = None
) -> Picture:
    """Draw the most influential regions: Cook's distance, or how one estimate moves.

    Lines mark the usual bounds, 4/n for Cook's distance and ±2/√n standard errors for a move.

    Parameters
    ----------
    result : Influence
        From :func:`workbench.models.influence`.
    term, effect : str
        The estimate; Cook's distance without a term.
    title : str, optional
        Heading.

    Returns
    -------
    Picture
        A matplotlib figure.
    """
    values = _values(result, term, effect).head(SHOWN).iloc[::-1]
    n = len(result.table)
    bound = 2.0 / np.sqrt(n) if term else 4.0 / n
    with styled():
        figure = Picture(6.2, 1.2 + 0.24 * len(values), alt=_alt(result, values, term, effect))
        axes = figure.add_subplot()
        at = np.arange(len(values))
        beyond = values.abs().to_numpy() > bound
        colors = [ACCENT if far else SERIES_COLORS[0] for far in beyond]
        axes.hlines(at, 0.0, values.to_numpy(), colors=colors, linewidth=1.4)
        axes.scatter(values.to_numpy(), at, c=colors, s=26, zorder=3)
        for edge in (bound, -bound) if term else (bound,):
            axes.axvline(edge, color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
        axes.axvline(0.0, color=INK, linewidth=0.6)
        axes.set_yticks(at, [str(region) for region in values.index])
        axes.set_xlabel(_label(term, effect))
        axes.set_title(
            titled(title) if title is not None else say("Most influential regions of {n}", n=n)
        )
    return figure


def influence_map(
    result: Influence,
    regions: Any,
    *,
    term: str = "",
    effect: str = "coefficient",
    title: Said | None = None,
) -> Picture:
    """Draw on a map how each region moves an estimate, or Cook's distance.

    Parameters
    ----------
    result : Influence
    regions : GeoDataFrame or GeoSeries
        Polygons by region id.
    term, effect, title
        As for :func:`influence_chart`.

    Returns
    -------
    Picture
        Red: the estimate is higher with the region than without; bounds at 2/√n and 4/√n
        standard errors.
    """
    values = _values(result, term, effect)
    name = titled(title) if title is not None else _label(term, effect)
    if not term:
        known = values.dropna().rename(say("Cook's distance"))
        return choropleth(known, regions, scheme="fisher-jenks", title=name)
    shapes = geometries(regions)
    require_known(values.index, shapes, argument="influence")
    cut = 2.0 / np.sqrt(len(values))
    edges = np.array([-2.0 * cut, -cut, cut, 2.0 * cut])
    drawn = values.reindex(shapes.index).to_numpy()
    place = np.where(np.isnan(drawn), -1, np.searchsorted(edges, np.nan_to_num(drawn)))
    palette = mpl.colormaps[DIVERGING]([0.08, 0.28, 0.5, 0.72, 0.92])
    entries = _entries(edges, place, palette)
    on = sheet(
        shapes, title=name, alt=_alt(result, values.head(SHOWN), term, effect), entries=len(entries)
    )
    paint(
        on.axes, shapes, colors=[palette[c] if c >= 0 else NO_DATA for c in place], edge="#999999"
    )
    legend(on, entries, title=say("standard errors"))
    return on.figure


def _entries(edges: FloatArray, place: Any, palette: Any) -> list[tuple[str, Any]]:
    texts = [number(float(edge)) for edge in edges]
    names = [
        say("up to {texts}", texts=texts[0]),
        *(say("{low} to {high}", low=low, high=high) for low, high in pairwise(texts)),
        say("above {texts}", texts=texts[-1]),
    ]
    entries: list[tuple[str, Any]] = [
        (f"{name} ({int((place == c).sum())})", palette[c]) for c, name in enumerate(names)
    ]
    missing = int((place < 0).sum())
    return (
        [*entries, (say("no data ({missing})", missing=missing), NO_DATA)] if missing else entries
    )


def _values(result: Influence, term: str, effect: str) -> pd.Series[Any]:
    return result.of(term, effect)["moved"] if term else result.table["cook"]


def _label(term: str, effect: str) -> str:
    if not term:
        return say("Cook's distance")
    what = (
        term
        if effect == "coefficient"
        else say("{effect} impact of {term}", effect=say(effect), term=term)
    )
    return say("{what}: with less without the region, in standard errors", what=what)


def _alt(result: Influence, values: pd.Series[Any], term: str, effect: str) -> str:
    largest = int(np.nanargmax(values.abs().to_numpy()))
    how = "" if result.exact else say(" (one-step approximation)")
    return say(
        "{term}{how}, of {n} regions; the largest is {first} with {value}.",
        term=_label(term, effect),
        how=how,
        n=len(result.table),
        first=values.index[largest],
        value=number(float(values.iloc[largest])),
    )
