"""Posterior probabilities of models, and how far they hang on the prior."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.core.language import say
from workbench.typing import Said
from workbench.views.outlines import heading
from workbench.views.style import INK, SERIES_COLORS, Picture, styled, titled

if TYPE_CHECKING:
    from workbench.regression.probabilities import Probabilities


def probabilities_chart(result: Probabilities, *, title: Said | None = None) -> Picture:
    """Draw a bar a model, and a line over the probabilities that other priors give it.

    Parameters
    ----------
    result : Probabilities
        Of models, or of models under several weights: these are set apart.
    title : str, optional
        Heading; by default what the probabilities say.

    Returns
    -------
    Picture
        A matplotlib figure.
    """
    table = result.table
    keys = [key if isinstance(key, tuple) else ("", key) for key in table.index]
    groups = list(dict.fromkeys(str(group) for group, _ in keys))
    # A group of weights begins a third of a row lower, under its name.
    places = np.array([i + 0.7 * groups.index(str(keys[i][0])) for i in range(len(keys))])
    share, low, high = (
        table[name].to_numpy() for name in ("probability", "probability_low", "probability_high")
    )
    said = "; ".join(
        say(
            "{told} {p:.2f} [{a:.2f}, {b:.2f}]",
            told=" ".join(str(part) for part in key if part),
            p=p,
            a=a,
            b=b,
        )
        for key, p, a, b in zip(keys, share, low, high, strict=True)
    )
    with styled():
        alt = say("Posterior probabilities, with their range over other priors: {said}.", said=said)
        figure = Picture(6.2, 0.9 + 0.3 * (places[-1] + 1), alt=alt)
        axes = figure.add_subplot()
        colors = [SERIES_COLORS[groups.index(str(g)) % len(SERIES_COLORS)] for g, _ in keys]
        axes.barh(places, share, height=0.62, color=colors, alpha=0.75)
        axes.hlines(places, low, high, color=INK, linewidth=1.4)
        axes.plot(np.concatenate([low, high]), np.tile(places, 2), "|", color=INK, markersize=8)
        for place, p, top in zip(places, share, np.maximum(share, high), strict=True):
            axes.text(top + 0.015, place, say("{p:.2f}", p=p), va="center", fontsize=8, color=INK)
        axes.set_yticks(places, [str(model) for _, model in keys])
        for at, group in enumerate(groups):
            first = places[[str(g) for g, _ in keys].index(group)]
            axes.text(0.0, first - 0.62, group, fontsize=8, color=SERIES_COLORS[at % 6])
        axes.set_ylim(places[-1] + 0.6, -0.6 - 0.5 * bool(groups[0]))
        axes.set_xlim(0.0, 1.12)
        axes.set_xticks(np.linspace(0, 1, 6))
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel(
            say("posterior probability; line: from the lowest to the highest of the priors")
        )
        heading(figure, result.answer if title is None else titled(title))
    return figure
