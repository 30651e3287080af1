"""The chart of one fit under several covariances."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.core.language import say
from workbench.core.vocabulary import check_level
from workbench.typing import Said
from workbench.views.outlines import heading
from workbench.views.style import ACCENT, INK, SERIES_COLORS, Picture, styled, titled

if TYPE_CHECKING:
    import pandas as pd

    from workbench.models import Covariances

ACROSS = 3
"""Most panels side by side."""


def covariances_chart(
    several: Covariances, *, level: float = 0.95, terms: list[str] | None = None, title: Said = ""
) -> Picture:
    """Draw estimates with their intervals, a panel a term, a row a covariance.

    Parameters
    ----------
    several : Covariances
        From ``fit.covariances([...])``.
    level : float
        Confidence level of the intervals.
    terms : list of str, optional
        Terms to draw; by default all but the intercept.
    title : str
        Heading; by default the formula.

    Returns
    -------
    Picture
        Each panel has its own scale; the line at 0 is drawn where an interval comes near it.
    """
    check_level(level)
    table = several.tidy(level)
    names = list(several)
    known = table.loc[names[0]].index.tolist()
    wanted = terms or [term for term in known if term != "Intercept"] or known
    columns = 2 if len(wanted) == 4 else min(ACROSS, len(wanted))
    rows = -(-len(wanted) // columns)
    with styled():
        figure = Picture(
            1.8 + 2.3 * columns,
            0.7 + rows * (0.55 + 0.24 * len(names)),
            alt=say(
                "Estimates of {wanted} with {level:.0%} intervals under {names}.",
                wanted=", ".join(wanted),
                level=level,
                names=", ".join(names),
            ),
        )
        panels = figure.subplots(rows, columns, sharey=True, squeeze=False).ravel()
        for axes, term in zip(panels, wanted, strict=False):
            _panel(axes, table.loc[[(name, term) for name in names]], term)
        for axes in panels[len(wanted) :]:
            axes.set_visible(False)
        for axes in panels[::columns]:
            axes.set_yticks(range(len(names)), names)
        panels[0].set_ylim(len(names) - 0.5, -0.5)
        heading(figure, titled(title) or next(iter(several.values())).formula)
    return figure


def _panel(axes: object, part: pd.DataFrame, term: str) -> None:
    from matplotlib.axes import Axes

    if not isinstance(axes, Axes):
        raise TypeError
    y = np.arange(len(part))
    low, high = part["conf_low"].to_numpy(), part["conf_high"].to_numpy()
    axes.axvline(float(part["estimate"].iloc[0]), color="#BBBBBB", linewidth=0.8, zorder=0)
    axes.hlines(y, low, high, color=SERIES_COLORS[0], linewidth=1.6)
    axes.plot(part["estimate"], y, "o", color=SERIES_COLORS[0], markersize=4)
    width = high.max() - low.min()
    if low.min() - 0.5 * width < 0 < high.max() + 0.5 * width:
        axes.axvline(0.0, color=ACCENT, linewidth=0.8, linestyle="--", zorder=0)
    axes.set_title(term, color=INK)
    axes.tick_params(axis="y", length=0)
    axes.locator_params(axis="x", nbins=4)  # more labels of small numbers run into each other
