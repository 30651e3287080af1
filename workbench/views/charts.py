"""Charts: the Moran scatterplot, and impacts with their intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.core.language import say
from workbench.errors import InputError, ValuesError
from workbench.typing import Said
from workbench.views.labels import label_points
from workbench.views.outlines import heading
from workbench.views.style import (
    ACCENT,
    CLUSTER_COLORS,
    INK,
    SERIES_COLORS,
    SERIES_MARKERS,
    Picture,
    p_number,
    styled,
    titled,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from workbench.explore.overall.result import GlobalResult

EFFECTS = ("direct", "indirect", "total")
COLUMNS = ("estimate", "conf_low", "conf_high")
SPREAD = 0.6
"""Height, in rows, over which the models of one term are spread."""
MOST_SERIES = len(SERIES_COLORS)


def moran_scatterplot(
    result: GlobalResult,
    *,
    title: Said | None = None,
    labels: int = 6,
    names: pd.Series[Any] | None = None,
) -> Picture:
    """Draw standardised values against the weighted means of their neighbours.

    The slope of the line is Moran's I when every row of W sums to one (with other row sums the
    slope is I times S0/n); regions without neighbours are left out. Of two variables the lag is
    that of the second, and the slope is their bivariate I.

    Parameters
    ----------
    result : GlobalResult
        From :func:`workbench.moran` or another statistic of Moran's kind.
    title : str, optional
        Heading; by default the variable, I and its p-value.
    labels : int, default 6
        How many of the points that are farthest from the centre to label.
    names : pandas.Series, optional
        Names by region id for the labels, in place of the ids.

    Returns
    -------
    Picture
        A matplotlib figure, the quadrants in the colours of the cluster map.

    References
    ----------
    Anselin, L. (1996). The Moran scatterplot as an ESDA tool to assess local instability in
    spatial association. In Spatial Analytical Perspectives on GIS, 111-125.
    """
    points = result.augment().dropna(subset=["lag"])
    x, y = points["value"].to_numpy(), points["lag"].to_numpy()
    p = result.p_value if result.p_permutation is None else result.p_permutation
    kind = "" if result.p_permutation is None else say("permutation ")
    facts = say(
        "{name} = {statistic:.3f}, {kind}p = {p}",
        name=say(result.test.name),
        statistic=result.statistic,
        kind=kind,
        p=p_number(p),
    )
    with styled():
        figure = Picture(
            5.6,
            5.0,
            alt=say(
                "Moran scatterplot of {variable}: {facts}; {n} regions, ",
                variable=result.variable,
                facts=facts,
                n=len(points),
            )
            + ", ".join(f"{say(q)}: {int((points['quadrant'] == q).sum())}" for q in _QUADRANTS)
            + ".",
        )
        axes = figure.add_subplot()
        axes.axhline(0, color="#999999", linewidth=0.8, zorder=1)
        axes.axvline(0, color="#999999", linewidth=0.8, zorder=1)
        fill = points["quadrant"].map(dict(CLUSTER_COLORS)).tolist()
        axes.scatter(x, y, s=22, c=fill, edgecolors=INK, linewidths=0.5, zorder=3)
        slope = float(x @ y / (x @ x))
        axes.axline((0, 0), slope=slope, color=ACCENT, linewidth=1.4, zorder=2)
        axes.margins(0.09)
        axes.set_xlabel(_axis(result.axes[0]))
        axes.set_ylabel(_axis(result.axes[1]))
        axes.set_title(facts if title is None else titled(title))
        _quadrant_names(axes)
        _label_extremes(axes, points, labels, names)
    return figure


def _axis(name: str) -> str:
    """Return what a result calls its axis: the words around the name of a variable are said."""
    before, after = "spatial lag of ", ", standardised"
    if not name.endswith(after):
        return say(name)
    variable = name.removesuffix(after)
    if variable.startswith(before):
        variable = say(before) + variable.removeprefix(before)
    return variable + say(after)


_QUADRANTS = ("High-High", "Low-Low", "High-Low", "Low-High")
_CORNERS: Mapping[str, tuple[float, float, str, str]] = {
    "High-High": (0.99, 0.99, "right", "top"),
    "Low-Low": (0.01, 0.01, "left", "bottom"),
    "High-Low": (0.99, 0.01, "right", "bottom"),
    "Low-High": (0.01, 0.99, "left", "top"),
}


def _quadrant_names(axes: Axes) -> None:
    for name, (x, y, horizontal, vertical) in _CORNERS.items():
        axes.text(
            x,
            y,
            say(name),
            transform=axes.transAxes,
            ha=horizontal,
            va=vertical,
            color="#777777",
            fontsize=8,
        )


def _label_extremes(
    axes: Axes, points: pd.DataFrame, count: int, names: pd.Series[Any] | None
) -> None:
    places = points[["value", "lag"]].to_numpy()
    far = np.argsort(-np.hypot(*places.T), kind="stable")[: max(count, 0)]
    texts = [
        str(identifier if names is None else names.get(identifier, identifier))
        for identifier in points.index[far]
    ]
    label_points(axes, places, which=far.tolist(), texts=texts)


def impacts_chart(impacts: Any, *, title: Said = "", effects: Sequence[str] = EFFECTS) -> Picture:
    """Draw impacts as dots with their intervals, a panel an effect, a row a term.

    Parameters
    ----------
    impacts : Impacts, DataFrame, or mapping of str to these
        Impacts, their ``tidy()`` table (``term`` and ``effect`` as index or columns, with
        ``estimate conf_low conf_high``), or several by name of the model, for comparison.
    title : str
        Heading of the figure.
    effects : sequence of str
        Panels to draw, in order.

    Returns
    -------
    Picture
        A matplotlib figure; all panels share the scale, so that effects can be compared.

    Raises
    ------
    InputError
        If a table lacks columns, or there are more models than colours (6).
    ValuesError
        If no estimate is finite.
    """
    tables = {name: _impact_table(part, name) for name, part in _named(impacts).items()}
    order = [t for table in tables.values() for t in table.index.get_level_values("term")]
    terms = list(dict.fromkeys(order))
    low = min(float(table["conf_low"].min()) for table in tables.values())
    high = max(float(table["conf_high"].max()) for table in tables.values())
    if not np.isfinite([low, high]).all():
        raise ValuesError("impacts", expected="finite intervals", found="missing or infinite ones")
    several = len(tables) > 1
    with styled():
        height = 0.9 + len(terms) * max(0.34, 0.2 * len(tables)) + 0.3 * several + 0.3 * bool(title)
        figure = Picture(7.6, height, alt=_impacts_alt(tables, terms, effects))
        panels = figure.subplots(1, len(effects), sharex=True, sharey=True, squeeze=False)[0]
        for axes, effect in zip(panels, effects, strict=True):
            _impact_panel(axes, tables, terms, effect)
        panels[0].set_yticks(range(len(terms)), terms)
        panels[0].set_ylim(len(terms) - 0.5, -0.5)
        if title:
            heading(figure, title)
        if several:
            handles, names = panels[0].get_legend_handles_labels()
            figure.legend(handles, names, loc="outside lower center", ncols=min(len(tables), 3))
    return figure


def _named(impacts: Any) -> Mapping[str, Any]:
    several = isinstance(impacts, Mapping)
    named: Mapping[str, Any] = impacts if several else {"": impacts}
    if not 1 <= len(named) <= MOST_SERIES:
        raise InputError(
            "impacts",
            expected=f"1 to {MOST_SERIES} models",
            found=f"{len(named)}",
            remedy="draw fewer models in one chart",
        )
    return named


def _impact_table(part: Any, name: str) -> pd.DataFrame:
    table = part if isinstance(part, pd.DataFrame) else part.tidy()
    flat = table.reset_index() if table.index.names != [None] else table
    wanted = ("term", "effect", *COLUMNS)
    absent = [column for column in wanted if column not in flat]
    if absent:
        raise InputError(
            f"impacts[{name!r}]" if name else "impacts",
            expected=f"a table with {', '.join(wanted)}",
            found=f"one without {', '.join(absent)}",
            remedy="pass fit.impacts() or its tidy() table",
        )
    return flat.set_index(["term", "effect"])[list(COLUMNS)]


def _impact_panel(
    axes: Axes, tables: Mapping[str, pd.DataFrame], terms: Sequence[str], effect: str
) -> None:
    count = len(tables)
    offsets = np.linspace(-SPREAD / 2, SPREAD / 2, count) if count > 1 else np.zeros(1)
    axes.axvline(0, color="#999999", linewidth=0.9, zorder=1)
    for row in range(1, len(terms)):
        axes.axhline(row - 0.5, color="#E6E6E6", linewidth=0.6, zorder=0)
    for place, (name, table) in enumerate(tables.items()):
        rows = [row for row, term in enumerate(terms) if (term, effect) in table.index]
        if not rows:
            continue
        part = table.loc[[(terms[row], effect) for row in rows]].to_numpy()
        height = np.array(rows) + offsets[place]
        color = SERIES_COLORS[place]
        axes.hlines(height, part[:, 1], part[:, 2], color=color, linewidth=1.6, zorder=2)
        marker = SERIES_MARKERS[place]
        axes.scatter(part[:, 0], height, s=26, color=color, marker=marker, zorder=3, label=name)
    axes.set_title(say(effect), loc="center", fontweight="normal")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def _impacts_alt(
    tables: Mapping[str, pd.DataFrame], terms: Sequence[str], effects: Sequence[str]
) -> str:
    said = []
    for name, table in tables.items():
        for term in terms:
            for effect in effects:
                if (term, effect) in table.index:
                    row = table.loc[[(term, effect)]].to_numpy(dtype=float)
                    estimate, low, high = row.ravel()[:3]
                    of = f"{name} " if name else ""
                    said.append(
                        say(
                            "{of}{effect} {term} {estimate:.3g} [{low:.3g}, {high:.3g}]",
                            of=of,
                            effect=say(effect),
                            term=term,
                            estimate=estimate,
                            low=low,
                            high=high,
                        )
                    )
    return say("Impacts with their intervals: ") + "; ".join(said) + "."
