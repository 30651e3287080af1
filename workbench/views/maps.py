"""Maps of classed values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pandas as pd

from workbench.core.language import say
from workbench.errors import InputError, ValuesError, check_option
from workbench.typing import Said, Scheme
from workbench.views.outlines import (
    geometries,
    lay,
    legend,
    paint,
    require_known,
    sheet,
    spread,
)
from workbench.views.style import ACCENT, NO_DATA, SEQUENTIAL, Picture, number, titled

if TYPE_CHECKING:
    from workbench.typing import FloatArray

FEWEST_CLASSES, MOST_CLASSES = 2, 9


@dataclass(frozen=True, slots=True)
class _Classes:
    """Class of each value, and the text of each class."""

    labels: pd.Series[Any]
    texts: tuple[str, ...]


def choropleth(
    values: pd.Series[Any],
    regions: Any,
    *,
    scheme: Scheme = "quantiles",
    k: int = 5,
    title: Said = "",
    legend_title: Said = "",
    cmap: str = SEQUENTIAL,
    highlight: Sequence[Any] = (),
    ground: Any = None,
) -> Picture:
    """Draw values in classes, the darker the larger.

    Parameters
    ----------
    values : pandas.Series
        Numbers indexed by region id, in any order. Missing ones are drawn grey and counted.
    regions : GeoDataFrame or GeoSeries
        Polygons indexed by region id, or points, which are drawn as discs. Regions without a
        value are drawn as missing.
    scheme : {"quantiles", "equal-interval", "fisher-jenks"}
        How the range is cut: equal counts, equal widths, or least variance within classes.
    k : int, default 5
        Number of classes, 2 to 9; fewer are drawn when values repeat.
    title, legend_title : str
        Heading of the map and of the legend (say the unit there).
    cmap : str
        Name of a sequential matplotlib colour map.
    highlight : sequence of ids
        Regions whose borders are drawn in the accent colour, over the others.
    ground : GeoDataFrame or GeoSeries, optional
        Polygons to lie under the regions, pale: of a country under its cities.

    Returns
    -------
    Picture
        A matplotlib figure.

    Raises
    ------
    ValuesError
        If values are not numbers, are infinite, or are all missing.
    IdError
        If a value's region has no geometry.
    """
    check_option("scheme", scheme, Scheme)
    if not isinstance(values, pd.Series):
        raise InputError(
            "values",
            expected="a Series indexed by region id",
            found=type(values).__name__,
            remedy='a column of your table, e.g. table["patents"]',
        )
    if not FEWEST_CLASSES <= k <= MOST_CLASSES:
        raise InputError("k", expected="2 to 9 classes", found=repr(k), remedy="k=5 reads well")
    shapes = geometries(regions)
    require_known(values.index, shapes, argument="values")
    _require_highlighted(highlight, shapes)
    classes = _classed(values.reindex(shapes.index), scheme, k)
    palette = mpl.colormaps[cmap](np.linspace(0.12, 0.92, len(classes.texts)))
    drawn = classes.labels
    fill = [palette[int(c)] if c >= 0 else NO_DATA for c in drawn]
    counts = [int((drawn == c).sum()) for c in range(len(classes.texts))]
    entries: list[tuple[str, Any]] = [
        (f"{text} ({count})", color)
        for text, count, color in zip(classes.texts, counts, palette, strict=True)
    ]
    missing = int((drawn < 0).sum())
    if missing:
        entries.append((say("no data ({missing})", missing=missing), NO_DATA))
    name = titled(title) or titled(legend_title) or str(values.name or say("values"))
    whole, under = spread(shapes, ground)
    on = sheet(
        whole,
        title=title,
        alt=say(
            "Map of {name} in {n} classes ({scheme}): ",
            name=name,
            n=len(classes.texts),
            scheme=say(scheme),
        )
        + "; ".join(text for text, _ in entries)
        + ".",
        entries=len(entries) + bool(legend_title),
    )
    lay(on.axes, under)
    paint(on.axes, shapes, colors=fill)
    if len(highlight):
        marked = shapes.loc[list(highlight)]
        paint(on.axes, marked, colors=["none"] * len(marked), edge=ACCENT, width=1.6)
    legend(on, entries, title=legend_title)
    return on.figure


def _require_highlighted(highlight: Sequence[Any], shapes: Any) -> None:
    if isinstance(highlight, str) or not isinstance(highlight, Sequence | pd.Index):
        raise InputError(
            "highlight",
            expected="a list of region ids",
            found=repr(highlight),
            remedy=f"highlight=[{highlight!r}]" if isinstance(highlight, str) else "",
        )
    require_known(pd.Index(list(highlight), dtype=object), shapes, argument="highlight")


def _classed(values: pd.Series[Any], scheme: Scheme, k: int) -> _Classes:
    import mapclassify

    numbers = _numbers(values)
    known = numbers[~np.isnan(numbers)]
    kinds = {
        "quantiles": mapclassify.Quantiles,
        "equal-interval": mapclassify.EqualInterval,
        "fisher-jenks": mapclassify.FisherJenks,
    }
    distinct = np.unique(known)
    # few distinct values: each is its own class, no scheme could cut them otherwise
    few = len(distinct) <= k
    bounds = distinct if few else np.unique(kinds[scheme](known, k=k).bins)
    # the last bound may fall short of the maximum by a rounding error
    bounds[-1] = max(bounds[-1], known.max())
    place = np.searchsorted(bounds, numbers, side="left")
    place[np.isnan(numbers)] = -1
    lows = [known.min(), *bounds[:-1]]
    texts = tuple(
        _bound(float(high)) if few else _interval(low, high, first=i == 0)
        for i, (low, high) in enumerate(zip(lows, bounds, strict=True))
    )
    return _Classes(pd.Series(place, index=values.index), texts)


def _interval(low: float, high: float, *, first: bool) -> str:
    left = "[" if first else "("
    return say("{left}{low}, {high}]", left=left, low=_bound(float(low)), high=_bound(float(high)))


def _bound(value: float) -> str:
    """Return an end of a class: large numbers in full, since a legend has room for them."""
    return f"{value:.0f}" if PLAIN_FROM <= abs(value) < PLAIN_TO else number(value)


PLAIN_FROM, PLAIN_TO = 1e4, 1e9
"""Between which numbers are written without a power of ten, which shorter ones do not need."""


def _numbers(values: pd.Series[Any]) -> FloatArray:
    if not pd.api.types.is_numeric_dtype(values.dtype):
        raise ValuesError("values", expected="numbers", found=f"{values.dtype} values")
    numbers = np.asarray(values.astype(float).to_numpy(), dtype=np.float64)
    if np.isinf(numbers).any():
        raise ValuesError(
            "values",
            expected="finite values",
            found="infinite ones",
            offenders=values.index[np.isinf(numbers)],
        )
    if np.isnan(numbers).all():
        raise ValuesError("values", expected="at least one value", found="only missing ones")
    return numbers
