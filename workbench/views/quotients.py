"""Pictures of location quotients: a heat map, and the quotients of one region or activity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import matplotlib.ticker
import numpy as np

from workbench.core.language import say
from workbench.errors import InputError, unknown_name
from workbench.typing import Said
from workbench.views.outlines import heading
from workbench.views.shades import shortened
from workbench.views.style import (
    ACCENT,
    NO_DATA,
    SERIES_COLORS,
    Picture,
    number,
    printed,
    styled,
    titled,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from workbench.innovation.localisation import LocationQuotients

NAMED = 60
"""Most rows or columns that are named."""
MOST = 40
"""Most quotients of a forest, those farthest from 1 first."""
REACH = 4.0
"""Quotients beyond four times or a quarter have the strongest colour."""
LABEL = 26


def quotients_heatmap(result: LocationQuotients, *, title: Said | None = None) -> Picture:
    """Draw the quotients of regions × activities, grey where it cannot be told if they differ.

    Parameters
    ----------
    result : LocationQuotients
    title : str, optional
        Heading; by default what was measured.

    Returns
    -------
    Picture
        A matplotlib figure: colours by the logarithm of the quotient, from a quarter to four times,
        orange above 1 and violet below.
    """
    values = result.values
    n, k = values.shape
    with np.errstate(divide="ignore"):
        logs = np.clip(np.log2(values), -np.log2(REACH), np.log2(REACH))
    grey = (result.classes == "cannot tell").to_numpy()
    shown = np.ma.masked_array(logs, mask=grey)
    width = min(11.0, max(4.2, 2.6 + 0.3 * k))
    height = min(12.0, max(2.8, 1.6 + 0.2 * n))
    with styled():
        figure = Picture(width, height, alt=_alt(result))
        axes = figure.add_subplot()
        axes.set_facecolor(NO_DATA)
        limit = np.log2(REACH)
        image = axes.imshow(
            shown, cmap="PuOr_r", vmin=-limit, vmax=limit, aspect="auto", interpolation="nearest"
        )
        bar = figure.colorbar(image, ax=axes, shrink=min(1.0, 3.2 / height), label=say("quotient"))
        bar.set_ticks([-2, -1, 0, 1, 2], labels=["≤ ¼", "½", "1", "2", "≥ 4"])
        _names(axes, result)
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        if grey.any():
            axes.set_xlabel(say("grey: cannot tell from 1"))
        heading(figure, result.heading if title is None else titled(title))
    return figure


def _names(axes: Axes, result: LocationQuotients) -> None:
    n, k = result.values.shape
    columns = [shortened(str(a), LABEL) for a in result.counts.activities]
    rows = [shortened(str(i), LABEL) for i in result.counts.ids]
    axes.set_xticks(range(k) if k <= NAMED else [], columns if k <= NAMED else [])
    axes.set_yticks(range(n) if n <= NAMED else [], rows if n <= NAMED else [])
    axes.tick_params(axis="x", rotation=90 if max(map(len, columns)) > 3 else 0)


def _alt(result: LocationQuotients) -> str:
    row = result.glance().iloc[0]
    return say(
        "{heading}: {specialised} above 1, {not_specialised} below 1, "
        "{cannot_tell} that cannot be told from 1.",
        heading=result.heading,
        specialised=row["specialised"],
        not_specialised=row["not_specialised"],
        cannot_tell=row["cannot_tell"],
    )


def quotients_forest(
    result: LocationQuotients,
    *,
    region: Any = None,
    activity: Any = None,
    title: Said | None = None,
) -> Picture:
    """Draw the quotients of one region (or of one activity) with their intervals.

    Parameters
    ----------
    result : LocationQuotients
    region, activity : label
        One of the two.
    title : str, optional
        Heading; by default the region or activity.

    Returns
    -------
    Picture
        A matplotlib figure on a logarithmic axis, highest first, hollow where it cannot be told
        from 1; a quotient of zero stands at the left end. More than 40 are cut to those farthest
        from 1.
    """
    table, name = _slice(result, region, activity)
    table = table.sort_values("quotient", ascending=False, kind="stable")
    cut = len(table) > MOST
    if cut:
        far = np.abs(np.log(np.maximum(table["quotient"], 1e-3))).sort_values(kind="stable")
        table = table.loc[table.index.isin(far.index[-MOST:])]
    positive = table["quotient"][table["quotient"] > 0]
    least = min(0.5, float(positive.min())) / 2 if len(positive) else 0.1
    x = np.maximum(table["quotient"].to_numpy(dtype=float), least)
    at = np.arange(len(table))
    ends = [f"{i} {number(float(q))}" for i, q in table["quotient"].iloc[[0, -1]].items()]
    alt = say(
        "Location quotients of {name}, from {ends} to {ends_2}.",
        name=name,
        ends=ends[0],
        ends_2=ends[1],
    )
    with styled():
        figure = Picture(6.2, 1.3 + 0.22 * len(table), alt=alt)
        axes = figure.add_subplot()
        axes.axvline(1.0, color=ACCENT, linewidth=1.0, zorder=1)
        if "conf_low" in table:
            low = np.maximum(table["conf_low"].to_numpy(dtype=float), least)
            high = table["conf_high"].to_numpy(dtype=float)
            axes.hlines(at, low, high, color=SERIES_COLORS[0], linewidth=1.3, zorder=2)
        told = (table["class"] != "cannot tell").to_numpy()
        face = [SERIES_COLORS[0] if yes else "white" for yes in told]
        axes.scatter(x, at, s=26, c=face, edgecolors=SERIES_COLORS[0], zorder=3)
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(mpl.ticker.LogLocator(base=2, numticks=8))
        axes.xaxis.set_major_formatter(
            printed(mpl.ticker.FuncFormatter(lambda value, _: f"{value:g}"))
        )
        axes.xaxis.set_minor_locator(mpl.ticker.NullLocator())
        axes.set_yticks(at, [shortened(str(i), LABEL) for i in table.index])
        axes.invert_yaxis()
        level = (
            say(", {level:.0%} interval", level=result.level) if result.limits is not None else ""
        )
        axes.set_xlabel(say("location quotient{level}; hollow: cannot tell from 1", level=level))
        text = say("Location quotients of {name}", name=name) + (
            say(", {most} farthest from 1", most=MOST) if cut else ""
        )
        heading(figure, text if title is None else titled(title))
    return figure


def _slice(result: LocationQuotients, region: Any, activity: Any) -> tuple[Any, Any]:
    if (region is None) == (activity is None):
        raise InputError(
            "region",
            expected="either a region or an activity",
            found="both" if region is not None else "neither",
            remedy=f"quotients.forest(region={result.counts.ids[0]!r})",
        )
    name, kind = (region, "region") if region is not None else (activity, "activity")
    held = result.counts.ids if kind == "region" else result.counts.activities
    if name not in held:
        raise unknown_name(kind, name, map(str, held))
    return result.tidy().xs(name, level=kind), name
