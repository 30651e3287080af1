"""The picture of the study of panels: what corrections of effects and covariances are worth."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd
from interval_counts import LEVEL, NORMAL
from interval_views import SHADES
from matplotlib.patches import Patch
from panel_designs import CORRECTED, DIRECT, LONG, PLACES, SHORT, TRANSFORMED, PanelDesign
from panel_tables import is_static, panel_bound, parts

from workbench.views.style import INK, SERIES_COLORS, SERIES_MARKERS, Picture, styled

ESTIMATORS = {
    TRANSFORMED: ("effects transformed out", 0),
    CORRECTED: ("direct, bias-corrected", 2),
    DIRECT: ("direct approach", 1),
}
TERMS = (("b", "b"), ("W(b)", "W(b)"))


def draw_panels(table: pd.DataFrame) -> Picture:
    """Return coverage of spatial parameters, static and dynamic, and of least squares."""
    picture = Picture(12.5, 6.4, alt=_alt(table))
    with styled():
        axes = picture.subplots(1, 3, width_ratios=[1.0, 1.0, 0.9])
        _parameters(
            axes[0],
            table,
            lambda d: is_static(d) and d.T == LONG and d.place == PLACES[0],
            lambda d: "lambda" if d.lam and not d.rho else "rho",
        )
        axes[0].set_title(f"Rho or lambda, T = {LONG}")
        _parameters(
            axes[1],
            table,
            lambda d: d.dynamic or (is_static(d) and d.T == SHORT),
            lambda d: "tau" if d.dynamic else "lambda" if d.lam and not d.rho else "rho",
        )
        axes[1].set_title(f"Rho or lambda, T = {SHORT}; tau")
        _covariances(axes[2], table)
        handles, labels = axes[1].get_legend_handles_labels()
        more, told = axes[2].get_legend_handles_labels()
        handles += [*more, *(Patch(color=shade) for shade in SHADES)]
        labels += [*told, "19 cells of 20 by chance", "all cells by chance"]
        picture.legend(handles, labels, loc="outside lower left", ncols=4)
    return picture


def _alt(table: pd.DataFrame) -> str:
    found = table[(table["estimator"] == TRANSFORMED) & (table["errors"] == "white")]
    lowest = 100 * found.loc[found["tau"].isna(), "coverage"].min()
    return (
        "Coverage of 95 % intervals of spatial parameters with effects transformed out, bias-"
        "corrected and estimated directly, and of least squares under six covariances. The lowest "
        f"of static panels with effects transformed out is {lowest:.1f} %."
    )


def _parameters(
    ax: Any,
    table: pd.DataFrame,
    wanted: Callable[[PanelDesign], bool],
    term: Callable[[PanelDesign], str],
) -> None:
    """Draw a row a design, a marker an estimator."""
    names: list[str] = []
    for design, estimator, own in parts(table, wanted):
        told = _short(design)
        if told not in names:
            names.append(told)
        label, place = ESTIMATORS[estimator]
        key = (term(design), "coefficient", "normal")
        row = names.index(told) + 0.2 * (list(ESTIMATORS).index(estimator) - 1)
        _mark(ax, own.loc[key, "coverage"], row, label, place)
    _finish(ax, table, names)


def _short(design: PanelDesign) -> str:
    """Return the words of a design that its picture does not say for all."""
    told = design.name.removeprefix(f"{PLACES[0]} ").removeprefix(f"T={LONG} ")
    return told.removeprefix(f"T={SHORT} ").replace("lambda", "λ").replace("rho", "ρ")


def _covariances(ax: Any, table: pd.DataFrame) -> None:
    names = []
    for design, estimator, own in parts(table, lambda design: design.model == "slx"):
        dependent = "neighbours too" if design.lam else "within regions"
        names.append(f"{estimator}\nT = {design.T}, {dependent}")
        for i, (term, label) in enumerate(TERMS):
            share = own.loc[(term, "coefficient", "normal"), "coverage"]
            _mark(ax, share, len(names) - 1 + 0.15 * (2 * i - 1), label, 3 + i)
    _finish(ax, table, names)
    ax.tick_params(axis="y", labelsize=7)
    ax.set_title("Least squares, dependent errors")


def _mark(ax: Any, share: float, row: float, label: str, place: int) -> None:
    known = ax.get_legend_handles_labels()[1]
    ax.scatter(
        100 * share,
        row,
        s=18,
        color=SERIES_COLORS[place],
        marker=SERIES_MARKERS[place],
        label=None if label in known else label,
        zorder=3,
    )


def _finish(ax: Any, table: pd.DataFrame, names: Iterable[str]) -> None:
    error = 100 * np.sqrt(LEVEL * (1 - LEVEL) / table["replications"].max())
    for width, shade in zip((panel_bound(table), NORMAL), reversed(SHADES), strict=True):
        ax.axvspan(100 * LEVEL - width * error, 100 * LEVEL + width * error, color=shade, zorder=0)
    ax.axvline(100 * LEVEL, color=INK, linewidth=0.8, zorder=1)
    names = list(names)
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.set_xlabel("coverage, %")
