"""The picture of an event study."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.core.language import say
from workbench.typing import Said
from workbench.views.outlines import heading
from workbench.views.style import ACCENT, SERIES_COLORS, Picture, styled, titled

if TYPE_CHECKING:
    from workbench.panels import EventStudy

NAMES = {"own": "own treatment", "exposure": "exposure to treated neighbours"}


def _name(effect: str) -> str:
    kind, _, name = effect.partition(": ")
    return say("exposure: {name}", name=name) if name else say(NAMES[kind])


def event_chart(study: EventStudy, *, title: Said = "") -> Picture:
    """Draw effects by time since treatment, a panel an effect.

    Parameters
    ----------
    study : EventStudy
    title : str
        Heading; by default the outcome.

    Returns
    -------
    Picture
        Points with intervals of each time, and a band that holds for all times at once.
    """
    effects = list(study.table.index.unique("effect"))
    with styled():
        figure = Picture(
            3.9 * len(effects) + 0.4,
            3.1,
            alt=say(
                "Effects by time since treatment on {outcome}, with {level:.0%} "
                "intervals and simultaneous bands.",
                outcome=study.outcome,
                level=study.level,
            ),
        )
        panels = figure.subplots(1, len(effects), sharey=True, squeeze=False).ravel()
        for axes, effect, color in zip(panels, effects, SERIES_COLORS, strict=False):
            part = study.table.loc[effect]
            time = part.index.to_numpy(dtype=float)
            banded = part["band_low"].notna().to_numpy()
            low = np.where(banded, part["band_low"], 0.0)
            high = np.where(banded, part["band_high"], 0.0)
            axes.fill_between(time, low, high, color=color, alpha=0.15, linewidth=0)
            axes.vlines(time, part["conf_low"], part["conf_high"], color=color, linewidth=1.4)
            axes.plot(time, part["estimate"], "o", color=color, markersize=4)
            axes.axhline(0.0, color="#999999", linewidth=0.9, zorder=0)
            axes.axvline(-0.5, color=ACCENT, linewidth=0.8, linestyle="--", zorder=0)
            axes.set_title(_name(effect))
            axes.set_xlabel(say("periods since it began"))
        panels[0].set_ylabel(say("effect"))
        heading(figure, titled(title) or study.outcome)
    return figure
