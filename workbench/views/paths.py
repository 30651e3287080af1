"""Picture of impacts period by period after a change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from workbench.views.outlines import heading
from workbench.views.style import SERIES_COLORS, SERIES_MARKERS, Picture, styled

if TYPE_CHECKING:
    from workbench.panels.dynamic_impacts import ImpactPath

EFFECTS = ("direct", "indirect", "total")


def impact_path_chart(
    result: ImpactPath, *, terms: Sequence[str] | None = None, title: str = ""
) -> Picture:
    """Draw the paths with bands of their intervals, a panel an effect.

    Parameters
    ----------
    result : ImpactPath
        Of a dynamic panel.
    terms : sequence of str, optional
        Terms to draw, in this order; all without. Bands of many cover each other.
    title : str
        Heading of the figure.

    Returns
    -------
    Picture
        A matplotlib figure; panels share the scale.
    """
    table = result.table
    terms = list(terms or table.index.unique("term"))
    with styled():
        figure = Picture(7.6, 3.0 + 0.3 * bool(title), alt=_alt(result, terms))
        panels = figure.subplots(1, len(EFFECTS), sharex=True, sharey=True)
        for axes, effect in zip(panels, EFFECTS, strict=True):
            axes.axhline(0, color="#999999", linewidth=0.9, zorder=1)
            for at, term in enumerate(terms):
                part = table.xs((term, effect), level=("term", "effect"))
                color = SERIES_COLORS[at % len(SERIES_COLORS)]
                marker = SERIES_MARKERS[at % len(SERIES_MARKERS)]
                axes.fill_between(
                    part.index, part["conf_low"], part["conf_high"], color=color, alpha=0.15, lw=0
                )
                axes.plot(
                    part.index,
                    part["estimate"],
                    color=color,
                    marker=marker,
                    markersize=3.5,
                    label=term,
                )
            axes.set_title(effect, loc="center", fontweight="normal")
            axes.xaxis.get_major_locator().set_params(integer=True)
        panels[1].set_xlabel("periods after the change")
        handles, names = panels[0].get_legend_handles_labels()
        figure.legend(handles, names, loc="outside lower center", ncols=min(len(terms), 4))
        if title:
            heading(figure, title)
    return figure


def _alt(result: ImpactPath, terms: list[str]) -> str:
    last = int(result.table.index.get_level_values("horizon").max())
    kind = "a change that stays" if result.change == "permanent" else "a change for one period"
    totals = result.table["estimate"].xs(("total", last), level=("effect", "horizon"))
    told = "; ".join(f"{term} {totals[term]:.3g}" for term in terms)
    what = f"Direct, indirect and total impacts over {last} periods after {kind}"
    return f"{what}. Totals at the end: {told}."
