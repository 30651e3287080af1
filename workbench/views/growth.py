"""Pictures of growth: dispersion, growth against the start, speeds, paths and clubs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import matplotlib.ticker
import numpy as np
import pandas as pd

from workbench.core.language import say
from workbench.core.panel_frame import period_text
from workbench.core.periods import times, unit_of_time
from workbench.errors import InputError
from workbench.growth.sigma import MEASURES
from workbench.typing import Said
from workbench.views.labels import label_points
from workbench.views.outlines import geometries, heading, legend, paint, require_known, sheet
from workbench.views.style import (
    ACCENT,
    INK,
    NO_DATA,
    SERIES_COLORS,
    Picture,
    number,
    p_number,
    printed,
    styled,
    titled,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes

    from workbench.growth import (
        BetaConvergence,
        ConvergenceClubs,
        ConvergenceLadder,
        SigmaConvergence,
    )

ROW = 0.42
"""Height of a model in the chart of speeds, inches."""


def dispersion_chart(result: SigmaConvergence, *, title: Said | None = None) -> Picture:
    """Draw dispersion over time with its exponential trend.

    Parameters
    ----------
    result : SigmaConvergence
        From :func:`workbench.growth.sigma_convergence`.
    title : str, optional
        Heading; by default the variable, the mean rate of change and its p-value.

    Returns
    -------
    Picture
        A matplotlib figure; dispersion is drawn from zero.
    """
    points = result.augment()
    x = times(points.index)
    rate, p_value = (float(result.tidy()[name].loc["drift"]) for name in ("estimate", "p_value"))
    ends = points["dispersion"].iloc[[0, -1]].tolist()
    facts = say(
        "{variable}: dispersion changes by {rate:+.2%} a {unit} on average (p = {p_value})",
        variable=result.variable,
        rate=rate,
        unit=say(unit_of_time(points.index)),
        p_value=p_number(p_value),
    )
    alt = say(
        "{measure} of {variable} by period, from {ends} to {ends_2}, with its trend.",
        measure=say(MEASURES[result.measure]).capitalize(),
        variable=result.variable,
        ends=number(ends[0]),
        ends_2=number(ends[1]),
    )
    with styled():
        figure = Picture(6.4, 3.8, alt=alt)
        axes = figure.add_subplot()
        axes.plot(
            x, points["dispersion"], color=SERIES_COLORS[0], linewidth=1.8, label=say("observed")
        )
        axes.plot(
            x, points["fitted"], color=ACCENT, linewidth=1.2, dashes=(4, 3), label=say("trend")
        )
        axes.set_ylim(0, None)
        axes.margins(x=0.02)
        axes.xaxis.set_major_locator(mpl.ticker.MaxNLocator(integer=True))
        axes.set_ylabel(say(MEASURES[result.measure]))
        axes.set_xlabel(say(str(points.index.name or "")))
        axes.legend(loc="best")
        heading(figure, facts if title is None else titled(title))
    return figure


def growth_scatterplot(
    result: BetaConvergence,
    *,
    title: Said | None = None,
    labels: int = 6,
    names: pd.Series[Any] | None = None,
) -> Picture:
    """Draw average growth against the log initial level, with the slope of the regression.

    The line passes through the means with the total impact of the initial level as its slope;
    beside controls it therefore need not fit the cloud.

    Parameters
    ----------
    result : BetaConvergence
        From :func:`workbench.growth.beta_convergence`.
    title : str, optional
        Heading; by default the speed and the half-life.
    labels : int, default 6
        How many of the regions that are farthest from the means to label.
    names : pandas.Series, optional
        Names by region id for the labels, in place of the ids.

    Returns
    -------
    Picture
        A matplotlib figure.
    """
    table = result.sample.table[["initial", "growth"]]
    x, y = table.to_numpy().T
    tidy = result.tidy()
    slope, speed, half = (
        float(tidy["estimate"].loc[[(term, "total")]].iloc[0])
        for term in ("initial", "speed", "half-life")
    )
    facts = _speed_text(speed, half, result.sample.unit)
    what = f"{result.sample.variable}, {result.sample.when}"
    alt = say(
        "Average growth of {what}, against the log initial level of {n} regions; "
        "slope {slope:.3g} ({model}); {facts}.",
        what=what,
        n=len(x),
        slope=slope,
        model=result.model,
        facts=facts,
    )
    with styled():
        figure = Picture(6.0, 4.6, alt=alt)
        axes = figure.add_subplot()
        axes.axhline(float(y.mean()), color="#CCCCCC", linewidth=0.8, zorder=1)
        axes.scatter(
            x, y, s=22, color=SERIES_COLORS[0], edgecolors="white", linewidths=0.5, zorder=3
        )
        axes.axline((float(x.mean()), float(y.mean())), slope=slope, color=ACCENT, linewidth=1.4)
        axes.margins(0.08)
        axes.yaxis.set_major_formatter(printed(mpl.ticker.PercentFormatter(1.0, decimals=1)))
        axes.set_xlabel(say("log of the level in {start}", start=period_text(result.sample.start)))
        axes.set_ylabel(say("average growth a {unit}", unit=say(result.sample.unit)))
        heading(figure, f"{what}: {facts} ({result.model})" if title is None else titled(title))
        scaled = np.column_stack([(v - v.mean()) / v.std() for v in (x, y)])
        far = np.argsort(-np.hypot(*scaled.T), kind="stable")[: max(labels, 0)].tolist()
        ids = table.index[far]
        texts = [str(i if names is None else names.get(i, i)) for i in ids]
        # labels keep clear of the line as they do of points
        across = np.linspace(*axes.get_xlim(), 60)
        line = np.column_stack([across, y.mean() + slope * (across - x.mean())])
        label_points(axes, np.vstack([table.to_numpy(), line]), which=far, texts=texts)
    return figure


def _speed_text(speed: float, half: float, unit: str) -> str:
    if np.isnan(speed):
        return say("no speed is defined")
    units = say("years") if unit == "year" else say("units of time")
    tail = (
        say("no half-life")
        if np.isnan(half)
        else say("half-life {half:.0f} {units}", half=half, units=units)
    )
    return say("speed {speed:.2%} a {unit}, {tail}", speed=speed, unit=say(unit), tail=tail)


def speed_chart(steps: ConvergenceLadder, *, title: Said | None = None) -> Picture:
    """Draw the speed of convergence of every model with its interval, total and direct.

    Parameters
    ----------
    steps : ConvergenceLadder
        From :func:`workbench.growth.convergence_ladder`.
    title : str, optional
        Heading.

    Returns
    -------
    Picture
        A matplotlib figure; an interval without end runs out of the picture.
    """
    table = steps.tidy().xs("speed", level="term")
    models = list(steps)
    finite = table[["estimate", "conf_low", "conf_high"]].to_numpy(dtype=float)
    widest = float(np.nanmax(finite[np.isfinite(finite)], initial=0.0))
    shown = table.fillna({"conf_high": np.inf}).replace(np.inf, 2 * widest)
    said = [
        say("{name} {effect} {value:.2%}", name=name, effect=say(effect), value=value)
        for (name, effect), value in zip(table.index.tolist(), finite[:, 0], strict=True)
    ]
    with styled():
        figure = Picture(
            6.2, 1.4 + ROW * len(models), alt=say("Speeds: {said}.", said="; ".join(said))
        )
        axes = figure.add_subplot()
        axes.axvline(0, color="#999999", linewidth=0.9, zorder=1)
        for place, effect in enumerate(("total", "direct")):
            rows = shown.xs(effect, level="effect").loc[models]
            height = np.arange(len(models)) + (place - 0.5) * 0.3
            color = SERIES_COLORS[place]
            axes.hlines(height, rows["conf_low"], rows["conf_high"], color=color, linewidth=1.6)
            axes.scatter(
                rows["estimate"], height, s=26, color=color, marker="os"[place], label=say(effect),
                zorder=3,
            )  # fmt: skip
        axes.set_yticks(range(len(models)), models)
        axes.invert_yaxis()
        low = float(np.nanmin(shown["conf_low"].to_numpy(dtype=float), initial=0.0))
        axes.set_xlim(min(low, 0) - 0.05 * widest, 1.1 * widest)
        axes.xaxis.set_major_formatter(printed(mpl.ticker.PercentFormatter(1.0, decimals=1)))
        unit = steps[models[0]].sample.unit
        axes.set_xlabel(say("speed of convergence a {unit}", unit=say(unit)))
        axes.legend(loc="best")
        heading(figure, steps.heading if title is None else titled(title))
    return figure


def transition_chart(result: ConvergenceClubs, *, title: Said | None = None) -> Picture:
    """Draw relative transition paths: a thin line a region, a thick one the mean of a club.

    Parameters
    ----------
    result : ConvergenceClubs
        From :func:`workbench.growth.convergence_clubs`.
    title : str, optional
        Heading; by default the variable and the periods.

    Returns
    -------
    Picture
        A matplotlib figure; 1 is the mean of all regions.
    """
    paths, club = result.paths, result.table["club"]
    x = times(paths.columns)
    colors = _club_colors(result)
    with styled():
        figure = Picture(6.6, 4.4, alt=_clubs_alt(result, say("Relative transition paths")))
        axes = figure.add_subplot()
        axes.axhline(1.0, color="#999999", linewidth=0.8, zorder=1)
        for name, color in colors.items():
            rows = paths[club.isna() if name is None else (club == name).fillna(False)]
            axes.plot(x, rows.to_numpy().T, color=color, linewidth=0.6, alpha=0.6, zorder=2)
            if name is not None:
                _mean_path(axes, x, rows, color, say("club {name} ({n})", name=name, n=len(rows)))
            else:
                axes.plot(
                    [], [], color=color, linewidth=0.8, label=say("divergent ({n})", n=len(rows))
                )
        axes.margins(x=0.02)
        axes.xaxis.set_major_locator(mpl.ticker.MaxNLocator(integer=True))
        axes.set_xlabel(say(str(paths.columns.name or "")))
        axes.set_ylabel(say("relative to the mean of all regions"))
        figure.legend(loc="outside right center")
        heading(figure, result.heading if title is None else titled(title))
    return figure


def _mean_path(axes: Axes, x: Any, rows: pd.DataFrame, color: Any, label: str) -> None:
    axes.plot(x, rows.mean().to_numpy(), color="white", linewidth=3.6, zorder=3)
    axes.plot(x, rows.mean().to_numpy(), color=color, linewidth=2.2, zorder=4, label=label)


def club_map(
    result: ConvergenceClubs, regions: Any = None, *, title: Said | None = None
) -> Picture:
    """Draw the clubs on the map, regions that diverge in grey.

    Parameters
    ----------
    result : ConvergenceClubs
        From :func:`workbench.growth.convergence_clubs`.
    regions : GeoDataFrame or GeoSeries, optional
        Polygons indexed by region id; the geometry of the panel without. Regions that were not
        clustered are drawn white.
    title : str, optional
        Heading; by default the variable and the periods.

    Returns
    -------
    Picture
        A matplotlib figure.

    Raises
    ------
    InputError
        If there is no geometry to draw.
    IdError
        If a clustered region has no geometry.
    """
    given = result.geometry if regions is None else regions
    if given is None:
        raise InputError(
            "regions",
            expected="polygons to draw",
            found="none: the panel had no geometry",
            remedy="pass them, clubs.map(regions)",
        )
    shapes = geometries(given)
    club = result.table["club"]
    require_known(club.index, shapes, argument="regions")
    colors = _club_colors(result)
    counts = {name: len(result.members(name)) for name in colors if name is not None}
    entries = [
        (
            say("club {name} ({counts})", name=name, counts=counts[name])
            if name
            else say("divergent ({n})", n=len(result.divergent)),
            color,
        )
        for name, color in colors.items()
    ]
    fill = {i: colors[None if pd.isna(c) else int(c)] for i, c in club.items()}
    missing = len(shapes) - len(club)
    if missing:
        entries.append((say("no data ({missing})", missing=missing), "white"))
    on = sheet(
        shapes,
        title=result.heading if title is None else titled(title),
        alt=_clubs_alt(result, say("Map of the clubs")),
        entries=len(entries),
    )
    paint(
        on.axes,
        shapes,
        colors=[fill.get(i, "white") for i in shapes.index],
        edge="#BBBBBB" if missing else "white",
    )
    legend(on, entries)
    return on.figure


def _club_colors(result: ConvergenceClubs) -> Mapping[int | None, Any]:
    count = len(result.clubs.clubs)
    if count <= len(SERIES_COLORS) - 1:
        palette: list[Any] = list(SERIES_COLORS[:count])
    else:
        palette = [*mpl.colormaps["viridis"](np.linspace(0.0, 0.95, count))]
    colors: dict[int | None, Any] = dict(zip(range(1, count + 1), palette, strict=True))
    if result.divergent:
        colors[None] = NO_DATA if count else INK
    return colors


def _clubs_alt(result: ConvergenceClubs, what: str) -> str:
    counts = [
        say("club {i}: {n}", i=i + 1, n=len(c.members)) for i, c in enumerate(result.clubs.clubs)
    ]
    if result.divergent:
        counts.append(say("divergent: {n}", n=len(result.divergent)))
    return say(
        "{what}. {heading}: {counts} regions.",
        what=what,
        heading=result.heading,
        counts=", ".join(counts),
    )
