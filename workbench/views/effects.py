"""Pictures of effects: by order of neighbours, of each region, of a change in one; predictions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np

from workbench.core.language import say
from workbench.typing import Said
from workbench.views.maps import choropleth
from workbench.views.outlines import geometries, heading, legend, paint, require_known, sheet
from workbench.views.style import (
    INK,
    NO_DATA,
    SERIES_COLORS,
    SERIES_MARKERS,
    Picture,
    number,
    styled,
    titled,
)

if TYPE_CHECKING:
    import pandas as pd

    from workbench.regression.orders import ImpactsByOrder
    from workbench.regression.predictions import Predictions
    from workbench.regression.regional import ImpactsByRegion, Impulse

EFFECTS = ("direct", "indirect", "total")
GAINS, LOSSES = "YlGnBu", "YlOrRd"
CLASSES = 5
SPREAD = 0.5
"""Width, in orders, over which the terms of one order are spread."""


def orders_chart(result: ImpactsByOrder, *, title: Said = "") -> Picture:
    """Draw the estimates of each order with their intervals, a panel an effect.

    Parameters
    ----------
    result : ImpactsByOrder
        Of a fit.
    title : str
        Heading of the figure.

    Returns
    -------
    Picture
        A matplotlib figure; panels share the scale. Parts that are zero by form are dots.
    """
    table = result.table
    terms = list(table.index.unique("term"))
    orders = [say(str(order)) for order in table.index.unique("order")]
    with styled():
        figure = Picture(7.6, 3.0 + 0.3 * bool(title), alt=_orders_alt(result))
        panels = figure.subplots(1, len(EFFECTS), sharey=True)
        shifts = np.linspace(-SPREAD / 2, SPREAD / 2, len(terms)) if len(terms) > 1 else [0.0]
        for axes, effect in zip(panels, EFFECTS, strict=True):
            part = table.xs(effect, level="effect")
            axes.axhline(0, color="#999999", linewidth=0.9, zorder=1)
            for k, (term, shift) in enumerate(zip(terms, shifts, strict=True)):
                rows = part.loc[term]
                at = np.arange(len(rows)) + shift
                color = SERIES_COLORS[k % len(SERIES_COLORS)]
                axes.vlines(at, rows["conf_low"], rows["conf_high"], color=color, linewidth=1.6)
                marker = SERIES_MARKERS[k % len(SERIES_MARKERS)]
                axes.scatter(at, rows["estimate"], s=22, color=color, marker=marker, label=term)
            axes.set_xticks(range(len(orders)), orders)
            axes.set_title(say(effect), loc="center", fontweight="normal")
        panels[1].set_xlabel(say("order of neighbours"))
        heading(figure, title)
        if len(terms) > 1:
            handles, names = panels[0].get_legend_handles_labels()
            figure.legend(handles, names, loc="outside lower center", ncols=min(len(terms), 3))
    return figure


def _orders_alt(result: ImpactsByOrder) -> str:
    total = result.table["estimate"].xs("total", level="effect")
    said = "; ".join(
        f"{term}: "
        + ", ".join(say("order {o} {v:.3g}", o=o, v=v) for o, v in total.loc[term].items())
        for term in total.index.unique("term")
    )
    return say("Impacts by order of neighbours. Total impacts of {said}.", said=said)


def regional_map(
    result: ImpactsByRegion, regions: Any, *, effect: str = "given", title: Said | None = None
) -> Picture:
    """Draw one effect of each region in classes, gains blue and losses red.

    Parameters
    ----------
    result : ImpactsByRegion
    regions : GeoDataFrame or GeoSeries
        Polygons indexed by region id.
    effect : {"own", "received", "given"}
    title : str, optional
        Heading; by default the term and the effect.

    Returns
    -------
    Picture
        A matplotlib figure.

    Raises
    ------
    IdError
        If a region of the result has no geometry.
    """
    words = {"own": "in the region itself", "received": "received from all others",
             "given": "given to all others"}  # fmt: skip
    values = result.effect(effect)
    name = (
        say("Effect of a unit of {term}, {words}", term=result.term, words=say(words[effect]))
        if title is None
        else titled(title)
    )
    return _signed_map(values, regions, title=name)


def impulse_map(result: Impulse, regions: Any, *, title: Said | None = None) -> Picture:
    """Draw what a change in one region does to the others; that region is outlined, not filled.

    Its own effect, which is usually many times the others', is told in the legend. A class is ten
    times the next: effects fall with every step. Regions whose interval includes 0 are hatched.

    Parameters
    ----------
    result : Impulse
    regions : GeoDataFrame or GeoSeries
        Polygons indexed by region id.
    title : str, optional
        Heading; by default the change and the region.

    Returns
    -------
    Picture
        A matplotlib figure.
    """
    own = float(result.table["estimate"][result.table.index == result.region].iloc[0])
    values = result.table["estimate"].drop(index=[result.region])
    unclear = (result.table["conf_low"] <= 0) & (result.table["conf_high"] >= 0)
    unclear = unclear.drop(index=[result.region])
    name = (
        say(
            "Effect of {size:+g} of {term} in {region}",
            size=result.size,
            term=result.term,
            region=result.region,
        )
        if title is None
        else titled(title)
    )
    return _signed_map(values, regions, title=name, source=result.region, own=own, unclear=unclear)


def predictions_map(result: Predictions, regions: Any, *, title: Said | None = None) -> Picture:
    """Draw predictions in five classes of equal counts."""
    outcome = result.provenance.formula.split("~")[0].strip()
    name = (
        say("Predicted {outcome} ({kind})", outcome=outcome, kind=say(str(result.kind)))
        if title is None
        else titled(title)
    )
    return choropleth(result.values, regions, title=name, legend_title=outcome)


def _signed_map(
    values: pd.Series[Any],
    regions: Any,
    *,
    title: str,
    source: object = None,
    own: float = 0.0,
    unclear: pd.Series[Any] | None = None,
) -> Picture:
    """Draw values in classes, gains and losses in palettes of their own."""
    shapes = geometries(regions)
    require_known(values.index, shapes, argument="regions")
    colors, entries = _classed(values, tenfold=source is not None)
    if source is not None:
        entries.append(
            (say("{source}, outlined: {own}", source=source, own=number(own)), "#FFFFFF")
        )
    fill = colors.reindex(shapes.index)
    if source is not None:
        fill = fill.mask(fill.index == source, "#FFFFFF")
    missing = int(fill.isna().sum())
    if missing:
        entries.append((say("no data ({missing})", missing=missing), NO_DATA))
    hatched = [] if unclear is None else list(unclear.index[unclear])
    if hatched:
        entries.append((say("interval includes 0 ({n}, hatched)", n=len(hatched)), "#FFFFFF"))
    alt = say("Map. {title}: ", title=title) + "; ".join(text for text, _ in entries) + "."
    on = sheet(shapes, title=title, alt=alt, entries=len(entries))
    paint(on.axes, shapes, colors=fill.fillna(NO_DATA).tolist(), edge="#BBBBBB")
    if hatched:
        part = shapes.loc[hatched]
        with mpl.rc_context({"hatch.linewidth": 0.4}):
            paint(on.axes, part, colors=["none"] * len(part), edge="#888888", hatch="////")
    if source is not None:
        shapes.loc[[source]].boundary.plot(ax=on.axes, color=INK, linewidth=2.0, aspect=None)
    legend(on, entries)
    return on.figure


def _classed(
    values: pd.Series[Any], *, tenfold: bool
) -> tuple[pd.Series[Any], list[tuple[str, Any]]]:
    """Return a colour a region and the entries of the legend, largest values first.

    Classes have equal counts, or, for effects that fall with every step away, `tenfold` widths.
    """
    import pandas as pd

    colors = pd.Series(INK, index=values.index, dtype=object)
    entries: list[tuple[str, Any]] = []
    for mask, name in ((values > 0, GAINS), (values == 0, ""), (values < 0, LOSSES)):
        part = values[mask]
        if part.empty:
            continue
        if not name:
            colors = colors.mask(mask, "#F5F5F5")
            entries.append((f"0 ({len(part)})", "#F5F5F5"))
            continue
        size = part.abs()
        if tenfold:
            bounds = float(size.max()) * 10.0 ** -np.arange(CLASSES - 1.0, -1.0, -1.0)
        else:
            bounds = np.unique(np.quantile(size, np.linspace(0, 1, CLASSES + 1)[1:]))
        place = np.minimum(np.searchsorted(bounds, size, side="left"), len(bounds) - 1)
        shades = [
            mpl.colors.to_hex(c) for c in mpl.colormaps[name](np.linspace(0.15, 0.92, len(bounds)))
        ]
        colors = colors.where(~mask, pd.Series([shades[p] for p in place], index=part.index))
        texts = []
        for p, shade in enumerate(shades):
            inside = part[place == p]
            if inside.empty:
                continue
            ends = say(
                "{low} to {high}",
                low=number(float(inside.min())),
                high=number(float(inside.max())),
            )
            texts.append((f"{ends} ({len(inside)})", shade))
        entries.extend(texts[::-1] if name == GAINS else texts)
    return colors, entries
