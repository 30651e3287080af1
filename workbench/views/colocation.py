"""The picture of colocation quotients: a matrix from kinds to the kinds beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.core.language import said_word, say
from workbench.typing import Said
from workbench.views.outlines import heading
from workbench.views.shades import shortened
from workbench.views.style import INK, NO_DATA, Picture, styled

if TYPE_CHECKING:
    from workbench.innovation.points.colocation_result import ColocationQuotients

REACH = 4.0
"""Quotients beyond four times or a quarter have the strongest colour."""
NUMBERED = 16
"""Most kinds whose quotients are written into their cells."""
LABEL = 36
DARK = 1.4
"""Logarithm to base 2 from which a number is written in white."""


def colocation_heatmap(result: ColocationQuotients, *, title: Said | None = None) -> Picture:
    """Draw the quotients from kinds in rows to the kinds beside them in columns.

    Parameters
    ----------
    result : ColocationQuotients
    title : str, optional
        Heading; by default what was measured.

    Returns
    -------
    Picture
        A matplotlib figure: colours by the logarithm of the quotient, from a quarter to four
        times, grey where its adjusted p-value cannot tell it from 1; a cell without a number has
        no quotient.
    """
    matrix = result.matrix
    k = len(matrix)
    told = result.verdicts.isin(["together", "apart"]).to_numpy()
    values = matrix.to_numpy()
    limit = float(np.log2(REACH))
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.clip(np.log2(values), -limit, limit)
    side = max(4.2, min(9.0, 1.4 + 0.42 * k))
    with styled():
        figure = Picture(side + 1.6, side + 0.5, alt=_alt(result))
        axes = figure.add_subplot()
        axes.set_facecolor(NO_DATA)
        image = axes.imshow(
            np.ma.masked_array(logs, mask=~told | np.isnan(logs)),
            cmap="PuOr_r",
            vmin=-limit,
            vmax=limit,
            interpolation="nearest",
        )
        bar = figure.colorbar(image, ax=axes, shrink=0.7, label=say("colocation quotient"))
        bar.set_ticks([-2, -1, 0, 1, 2], labels=["≤ ¼", "½", "1", "2", "≥ 4"])
        names = [shortened(said_word(str(name)), LABEL) for name in matrix.index]
        axes.set_xticks(range(k), names, rotation=90)
        axes.set_yticks(range(k), names)
        unclear = "" if told.all() else "\n" + say("grey: cannot tell from 1")
        axes.set_xlabel(say("beside them") + unclear)
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        for i, j in np.argwhere(~np.isnan(values)) if k <= NUMBERED else ():
            axes.text(
                j, i, say("{x:.1f}", x=float(values[i, j])), ha="center", va="center",
                fontsize=7.5, fontweight="bold" if told[i, j] else "normal",
                color="white" if told[i, j] and abs(logs[i, j]) > DARK else INK,
            )  # fmt: skip
        heading(figure, result.heading if title is None else title)
    return figure


def _alt(result: ColocationQuotients) -> str:
    verdicts = result.tidy()["verdict"]
    return (
        f"{result.heading}: {int((verdicts == 'together').sum())} pairs together, "
        f"{int((verdicts == 'apart').sum())} apart, "
        f"{int((verdicts == 'cannot tell').sum())} that cannot be told from 1."
    )
