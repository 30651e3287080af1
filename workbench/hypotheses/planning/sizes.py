"""The smallest effect that a design would see, and how large a design another effect would need."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pandas as pd
from scipy.optimize import brentq

from workbench.errors import InputError
from workbench.hypotheses.planning.lines import Line
from workbench.panels.effects import BY_ENTITY, BY_TIME

FIRST = 0.25
"""Distance from the null, in standard errors, at which the search for an effect begins."""

STEP = 1.25
STEPS = 60
"""Growth and number of its steps: up to 150,000 standard errors."""

MOST = 10**9
"""Regions or periods beyond which no study is planned."""


def smallest_effect(line: Line, target: float) -> tuple[float, float]:
    """Return the value nearest to the null that has a wanted power, and the most power there is.

    Returns
    -------
    (float, float)
        The value, NaN where none has that power; and the highest power that the search met.
    """
    claim = line.claim
    unit = line.estimate(claim.value).std_error

    def gap(steps: float) -> float:
        return line.power(claim.value + claim.way * unit * steps)[0] - target

    before, highest = 0.0, 0.0
    for step in range(STEPS):
        steps = FIRST * STEP**step
        if not line.admits(claim.value + claim.way * unit * steps):
            steps = _edge(line, unit)
        found = gap(steps)
        highest = max(highest, found + target)
        if found >= 0.0:
            at = float(brentq(gap, before, steps, xtol=1e-12)) if gap(before) < 0.0 else before
            return claim.value + claim.way * unit * at, highest
        if steps <= before:
            break
        before = steps
    return math.nan, highest


def _edge(line: Line, unit: float) -> float:
    """Return how many standard errors from the null the coefficient meets its limit, nearly."""
    claim = line.claim
    ends = [line.start + line.slope * limit for limit in line.limits]
    far = max((end - claim.value) * claim.way for end in ends)
    return 0.999 * far / unit


def needed_sizes(line: Line, true_value: float, target: float) -> pd.DataFrame:
    """Return the table of :meth:`workbench.hypotheses.planning.results.Power.needed`."""
    claim = line.claim
    off = (true_value - claim.value) * claim.way
    if not math.isfinite(true_value) or off == 0.0 or (off < 0.0 and claim.relation != "!="):
        raise InputError(
            "true_value",
            expected=f"a finite value that {claim.text} holds of",
            found=f"{true_value:g}",
            why="no design would show it",
            remedy=f"needed({claim.value + claim.way * abs(off or 1.0):g})",
        )
    found = line.estimate(true_value)
    distance = (true_value - claim.value) / found.std_error
    df: Any = found.df
    N, T = line.planned.size
    effects, k = line.planned.effects, len(line.planned.base.design.terms)
    less = {"regions": int(effects in BY_TIME), "periods": int(effects in BY_ENTITY)}

    def freedom(regions: int, periods: int) -> float | None:
        taken = {"entity": regions, "time": periods, "two-way": regions + periods - 1}
        return None if df is None else float(regions * periods - k - taken.get(effects, 0))

    def seen(size: str, number: int) -> bool:
        now = {"regions": N, "periods": T}
        scale = (number - less[size]) / (now[size] - less[size])
        left = freedom(**{**now, size: number})
        if left is not None and left < 1.0:
            return False
        return line.rejected(distance * math.sqrt(scale), left) >= target - 1e-9

    rows = {"regions": (N, _first(lambda number: seen("regions", number), 1 + less["regions"]))}
    if line.planned.size[1] > 1 or effects != "none":
        least = 1 + less["periods"]
        rows["periods"] = (T, _first(lambda number: seen("periods", number), least))
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["now", "needed"])
    return table.rename_axis("size").astype(float)


def _first(seen: Callable[[int], bool], least: int) -> float:
    """Return the least whole number for which a monotone condition holds, or NaN."""
    low, high = least - 1, least
    while not seen(high):
        low, high = high, 2 * high
        if high > MOST:
            return math.nan
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if seen(middle) else (middle, high)
    return float(high)
