"""Pictures of what a study can see: power over effect sizes, and recovery of known parameters."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

from workbench.core.language import say
from workbench.typing import Said
from workbench.views.style import ACCENT, INK, SERIES_COLORS, Picture, number, styled, titled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from workbench.typing import FloatArray

SHADE = "#F0F0F0"
BAND = 1.96
"""Monte Carlo errors on either side."""


class Power(Protocol):
    """What is drawn of a power analysis."""

    restriction: str
    estimand: str
    model: str
    table: pd.DataFrame
    minimum: float
    target: float
    null: float
    draws: int
    unit: float
    unit_term: str


class Recovery(Protocol):
    """What is drawn of a recovery."""

    table: pd.DataFrame
    draws: int
    level: float


def power_chart(result: Power, *, title: Said | None = None) -> Picture:
    """Draw power over true values, with the smallest effect that is seen.

    Parameters
    ----------
    result : Power
        From :func:`workbench.hypotheses.planning.power`.
    title : str, optional
        Heading.

    Returns
    -------
    Picture
        Curve: power by the formula; shaded: effects that would mostly stay unseen; dots with
        Monte Carlo intervals: simulated power; dotted line: the power of the null, where nothing
        is to be seen. The scale above is in standard deviations.
    """
    table = result.table
    seen = math.isfinite(result.minimum)
    told = (
        say(
            "The power is {target:.0%} from {minimum} on.",
            target=result.target,
            minimum=number(result.minimum),
        )
        if seen
        else say("No value reaches a power of {target:.0%}.", target=result.target)
    )
    with styled():
        figure = Picture(
            5.8,
            3.6,
            alt=say(
                "Power of {restriction} over true values. {told}",
                restriction=result.restriction,
                told=told,
            ),
        )
        axes = figure.add_subplot()
        values = table.index.to_numpy(dtype=np.float64)
        if seen:
            way = 1.0 if result.minimum > result.null else -1.0
            axes.axvspan(result.null, result.minimum, color=SHADE, linewidth=0.0)
            axes.axvline(result.minimum, color=ACCENT, linewidth=1.2)
            axes.annotate(
                say("seen from {minimum}", minimum=number(result.minimum)),
                (result.minimum, 0.03),
                xytext=(5 * way, 0),
                textcoords="offset points",
                ha="left" if way > 0 else "right",
                color=ACCENT,
                fontsize=8.5,
            )
        axes.axhline(result.target, color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
        axes.plot(
            values, table["power"], color=SERIES_COLORS[0], linewidth=1.8, label=say("formula")
        )
        if result.draws:
            _dots(axes, result)
            axes.legend(loc="center right" if values[-1] > result.null else "center left")
        axes.set_ylim(-0.02, 1.02)
        axes.set_yticks([0.0, 0.25, 0.5, 0.75, 1.0], ["0", "25 %", "50 %", "75 %", "100 %"])
        axes.set_xlabel(say("true {estimand}", estimand=result.estimand))
        axes.set_ylabel(say("power"))
        _above(axes, result, values)
        heading = say(
            "Power of {restriction} ({model})", restriction=result.restriction, model=result.model
        )
        figure.suptitle(
            titled(title) if title is not None else heading, fontsize=10.5, x=0.02, ha="left"
        )
    return figure


def _dots(axes: Axes, result: Power) -> None:
    done = result.table.dropna(subset=["power_simulated"])
    axes.errorbar(
        done.index.to_numpy(dtype=np.float64),
        done["power_simulated"],
        yerr=BAND * done["mc_error"].to_numpy(),
        fmt="s",
        color=SERIES_COLORS[1],
        markersize=4.5,
        capsize=2.5,
        linewidth=1.0,
        label=say("simulated ({draws} draws each)", draws=result.draws),
    )


def _above(axes: Axes, result: Power, values: FloatArray) -> None:
    """Put a second scale above: standard deviations of the disturbance per one of the term."""
    unit = result.unit
    if not (math.isfinite(unit) and unit > 0.0 and values.size):
        return
    scale = axes.secondary_xaxis("top", functions=(_times(unit), _times(1.0 / unit)))
    scale.set_xlabel(
        say(
            "standard deviations of the disturbance per one of {unit_term}",
            unit_term=result.unit_term,
        ),
        fontsize=8.0,
    )
    scale.tick_params(labelsize=7.5)


def _times(factor: float) -> Any:
    """Return the function that multiplies by a factor, as matplotlib takes it."""

    def scaled(values: FloatArray) -> FloatArray:
        return np.asarray(values) * factor

    return scaled


def recovery_chart(result: Recovery, *, title: Said | None = None) -> Picture:
    """Draw bias, standard errors over true scatter, and coverage, a row a quantity.

    Parameters
    ----------
    result : Recovery
        From :func:`workbench.hypotheses.planning.recovery`.
    title : str, optional
        Heading.

    Returns
    -------
    Picture
        Dots with 95 % Monte Carlo intervals beside what they should be; accented where the
        reading is not sound.
    """
    table = result.table
    names = [_name(key) for key in table.index]
    colours = [SERIES_COLORS[0] if r == "sound" else ACCENT for r in table["reading"]]
    panels: list[tuple[str, Any, Any, float]] = [
        (
            say("bias / true scatter"),
            table["bias"] / table["deviation"],
            table["bias_error"] / table["deviation"],
            0.0,
        ),
        (say("standard error / true scatter"), table["error_ratio"], table["ratio_error"], 1.0),
        (
            say("coverage of {level:.0%} intervals", level=result.level),
            table["coverage"],
            table["coverage_error"],
            result.level,
        ),
    ]
    off = [name for name, r in zip(names, table["reading"], strict=True) if r != "sound"]
    alt = say(
        "Bias, standard errors and coverage of {n} quantities over {draws} draws. ",
        n=len(names),
        draws=result.draws,
    ) + (say("Off: {off}.", off=", ".join(off)) if off else say("All sound."))
    with styled():
        figure = Picture(8.2, 1.15 + 0.27 * len(names), alt=alt)
        at = np.arange(len(names))
        for place, (label, values, errors, wanted) in enumerate(panels):
            axes = figure.add_subplot(1, 3, place + 1)
            axes.axvline(wanted, color=INK, linewidth=0.9, linestyle=(0, (4, 3)))
            for y, value, error, colour in zip(at, values, errors, colours, strict=True):
                axes.errorbar(
                    value,
                    y,
                    xerr=BAND * error,
                    fmt="o",
                    color=colour,
                    markersize=4.0,
                    linewidth=1.1,
                )
            axes.set_ylim(len(names) - 0.5, -0.5)
            axes.set_yticks(at, names if place == 0 else [""] * len(names))
            axes.tick_params(axis="y", length=0)
            axes.set_xlabel(label)
            axes.locator_params(axis="x", nbins=5)
        heading = say("Recovery over {draws} draws at the estimate", draws=result.draws)
        figure.suptitle(
            titled(title) if title is not None else heading, fontsize=10.5, x=0.02, ha="left"
        )
    return figure


def _name(key: Any) -> str:
    term, effect = key
    return str(term) if effect == "coefficient" else f"{term}, {say(str(effect))}"
