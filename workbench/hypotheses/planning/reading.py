"""What a reader must know of a power analysis, in words; and what produced it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd

from workbench.core.provenance import Provenance
from workbench.hypotheses.planning.lines import Line
from workbench.hypotheses.planning.units import unit_of
from workbench.regression.results import RHO

OFF = 3.0
"""Monte Carlo errors from which the formula is said to be off."""


def notes_of(
    line: Line, minimum: float, highest: float, *, target: float, table: pd.DataFrame, draws: int
) -> tuple[str, ...]:
    """Return the notes of a power analysis."""
    return (
        _seen(line, minimum, highest, target),
        *_units(line, minimum),
        _assumed(line),
        *_simulated(table, draws),
    )


def _seen(line: Line, minimum: float, highest: float, target: float) -> str:
    what = line.claim.estimand.text
    if math.isnan(minimum):
        return (
            f"No size of {what} reaches a power of {target:.0%} with this design and W: the most "
            f"is {highest:.0%}. What is not known of the other parameters it depends on does not "
            "shrink as it grows."
        )
    if line.claim.relation == "!=":
        side = f"within {abs(minimum - line.claim.value):.3g} of {line.claim.value:g}"
    else:
        side = f"{'above' if line.claim.relation == '<' else 'below'} {minimum:.3g}"
    return (
        f"A true {what} {side} would mostly stay unseen: from {minimum:.3g} on, at least "
        f"{target:.0%} of samples would show it at alpha = {line.claim.alpha:g}."
    )


def _units(line: Line, minimum: float) -> tuple[str, ...]:
    of = "units of the outcome" if line.sigma != 1.0 else "standard deviations of the disturbance"
    if not line.claim.estimand.terms:
        return ()
    term = line.claim.estimand.terms[0]
    told = f"Effects are {of} per unit of {term}"
    if term.startswith("log(") and line.sigma != 1.0:
        told += ", elasticities where the outcome is a logarithm"
    unit = unit_of(line)
    if math.isfinite(unit) and math.isfinite(minimum):
        told += (
            f"; per standard deviation of {term} (effects out) the minimum is "
            f"{abs(minimum) * unit:.3g} standard deviations of the disturbance"
        )
    return (f"{told}.",)


def _assumed(line: Line) -> str:
    values = {term: value for term, value in line.values.items() if term != line.moves}
    told = ", ".join(f"{term} = {value:g}" for term, value in values.items() if value != 0.0)
    rest = "all other coefficients are 0" if told else "all other parameters are 0"
    by = "normal disturbances"
    if RHO in line.planned.spatial and line.moves != RHO:
        by += "; with a spatially lagged outcome the answer depends on rho and on what X explains"
    given = f"{told}; " if told else ""
    return f"Assumed: sigma = {line.sigma:g}, {given}{rest}, {line.moves} moves; {by}."


def _simulated(table: pd.DataFrame, draws: int) -> tuple[str, ...]:
    if "power_simulated" not in table:
        return ()
    done = table.dropna(subset=["power_simulated"])
    told = []
    failed = int(done["failed"].sum())
    if failed:
        reason = done["reason"].iloc[int(done["failed"].to_numpy().argmax())]
        told.append(
            f"{failed} simulated fits failed, most often: {reason}. They count as not supporting "
            "the hypothesis."
        )
    gap = (done["power_simulated"] - done["power"]).abs()
    # where all draws agree their own error is 0: that of the formula's share stands beside it
    under = np.sqrt(done["power"] * (1.0 - done["power"]) / draws)
    off = done[gap > OFF * np.maximum(done["mc_error"], under)]
    if off.empty:
        told.append("Simulated power agrees with the formula within Monte Carlo error.")
    for value, row in off.iterrows():
        way = "too high" if row["power"] > row["power_simulated"] else "too low"
        told.append(
            f"The formula is {way} at {value:.3g}: {row['power']:.1%}, simulated "
            f"{row['power_simulated']:.1%} (Monte Carlo error {row['mc_error']:.1%})."
        )
    return tuple(told)


def provenance_of(line: Line, *, seed: int, draws: int) -> Provenance:
    """Return what produced a power analysis."""
    base = line.planned.base.provenance
    options = {
        **base.options,
        "model": line.planned.model,
        "restriction": line.claim.text,
        "alpha": f"{line.claim.alpha:g}",
        "sigma": repr(line.sigma),
        "moves": line.moves,
        "assumed": ", ".join(f"{term}={value!r}" for term, value in line.values.items()),
        **({"draws": str(draws)} if draws else {}),
    }
    right = base.formula.split("~", 1)[1].strip()
    return replace(
        base,
        method=f"power of {line.planned.model}",
        formula=f"~ {right}",
        seed=seed if draws else None,
        options=options,
    )
