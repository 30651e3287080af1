"""The picture of the study of panels: what corrections of effects and covariances are worth."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from interval_counts import LEVEL, NORMAL
from interval_views import SHADES
from matplotlib.patches import Patch
from panel_designs import CORRECTED, DIRECT, PLACES, TRANSFORMED, PanelDesign
from panel_tables import is_static, panel_bound, parts

from workbench.views.style import INK, SERIES_COLORS, SERIES_MARKERS, Picture, styled

ESTIMATORS = {
    TRANSFORMED: ("effects transformed out", 0),
    CORRECTED: ("direct, bias-corrected", 2),
    DIRECT: ("direct approach", 1),
}
TERMS = (("a", "a"), ("W(a)", "W(a)"))
TAU, LONG_RUN = ("tau", "coefficient", "normal"), ("a", "long-run total", "delta")


def draw_panels(table: pd.DataFrame) -> Picture:
    """Return coverage of spatial parameters, static and dynamic, and of least squares."""
    picture = Picture(12.5, 7.0, alt=_alt(table))
    with styled():
        axes = picture.subplots(1, 3)
        _static(axes[0], table)
        _dynamic(axes[1], table)
        _covariances(axes[2], table)
        handles, labels = axes[0].get_legend_handles_labels()
        more, told = axes[2].get_legend_handles_labels()
        handles += [*more, *(Patch(color=shade) for shade in SHADES)]
        labels += [*told, "19 cells of 20 by chance", "all cells by chance"]
        picture.legend(handles, labels, loc="outside lower left", ncols=len(handles))
    return picture


def _alt(table: pd.DataFrame) -> str:
    found = table[(table["estimator"] == TRANSFORMED) & (table["errors"] == "white")]
    lowest = 100 * found.loc[found["tau"].isna(), "coverage"].min()
    return (
        "Coverage of 95 % intervals of spatial parameters with effects transformed out, bias-"
        "corrected and estimated directly, and of least squares under six covariances. The lowest "
        f"of static panels with effects transformed out is {lowest:.1f} %."
    )


def _static(ax: Any, table: pd.DataFrame) -> None:
    """Draw rho or lambda of static panels on the Russian map, a row a design."""
    rows: dict[str, list[tuple[str, float]]] = {}
    for design, estimator, own in parts(
        table, lambda design: is_static(design) and design.place == PLACES[0]
    ):
        term = "rho" if design.rho else "lambda"
        name = f"T = {design.T}, {_short(design)}"
        share = float(own.loc[(term, "coefficient", "normal"), "coverage"])
        rows.setdefault(name, []).append((estimator, share))
    _rows(ax, table, rows)
    ax.set_title("ρ or λ (SAC: ρ)")


def _dynamic(ax: Any, table: pd.DataFrame) -> None:
    """Draw tau and the long-run total impact of a, two rows a design."""
    rows: dict[str, list[tuple[str, float]]] = {}
    for key, what in ((TAU, "τ"), (LONG_RUN, "long run")):
        for design, estimator, own in parts(table, lambda design: design.dynamic):
            name = f"{what}: {design.model}, τ {design.tau:g}, T = {design.T}"
            rows.setdefault(name, []).append((estimator, float(own.loc[key, "coverage"])))
    _rows(ax, table, rows)
    ax.set_title("Dynamic: τ, total impact of a")


def _rows(ax: Any, table: pd.DataFrame, rows: dict[str, list[tuple[str, float]]]) -> None:
    for at, found in enumerate(rows.values()):
        for estimator, share in found:
            label, place = ESTIMATORS[estimator]
            step = 0.2 * (list(ESTIMATORS).index(estimator) - 1)
            _mark(ax, share, at + step, label, place)
    _finish(ax, table, rows)


def _short(design: PanelDesign) -> str:
    """Return model and parameters."""
    told = design.name.removeprefix(f"{design.place} T={design.T} ")
    return told.replace("lambda", "λ").replace("rho", "ρ")


def _covariances(ax: Any, table: pd.DataFrame) -> None:
    names = []
    for design, estimator, own in parts(table, lambda design: design.model == "slx"):
        dependent = "neighbours too" if design.lam else "within regions"
        names.append(f"{estimator},\nT = {design.T}, {dependent}")
        for i, (term, label) in enumerate(TERMS):
            share = own.loc[(term, "coefficient", "normal"), "coverage"]
            _mark(ax, share, len(names) - 1 + 0.15 * (2 * i - 1), label, 3 + i)
    _finish(ax, table, names)
    ax.tick_params(axis="y", labelsize=7)
    ax.set_title("Least squares, uneven errors")


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
