"""Power by simulation: outcomes drawn at a true value, estimated as wb.fit does."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.core.seeds import generator
from workbench.core.vocabulary import critical_value
from workbench.hypotheses.planning.outcomes import whole_draws
from workbench.hypotheses.work.faults import FAULTS, in_one_line
from workbench.hypotheses.work.running import each

if TYPE_CHECKING:
    from workbench.hypotheses.planning.lines import Line

SHARES = (0.0, 0.5, 1.0, 1.5)
"""True values that are simulated, as shares of the way from the null to the minimum."""

BEYOND = 4.0
"""Standard errors that stand for the minimum where there is none."""


def simulated_power(
    line: Line, minimum: float, *, draws: int, seed: int, jobs: int | None
) -> pd.DataFrame:
    """Return the share of draws in which the hypothesis is supported, at a few true values.

    Parameters
    ----------
    line : Line
    minimum : float
        The value that the formula says is seen; NaN where none is.
    draws : int
        Outcomes a value.
    seed : int
    jobs : int, optional

    Returns
    -------
    pandas.DataFrame
        Index ``true_value``; columns ``power_simulated mc_error failed reason``. Shares are of all
        draws: a fit that failed supports nothing, and is counted in ``failed``; ``reason`` is the
        most frequent one.
    """
    whole_draws(draws, "simulate")
    null = line.claim.value
    reach = minimum - null
    if math.isnan(minimum):
        reach = line.claim.way * BEYOND * line.estimate(null).std_error
    values = [null + share * reach for share in SHARES]
    values = [value for value in values if line.admits(value)]
    items = [(place, draw) for place in range(len(values)) for draw in range(1, draws + 1)]
    answers = each(_supported, (line, tuple(values), seed), items, jobs=jobs, title="power")
    rows = []
    for place in range(len(values)):
        own = answers[place * draws : (place + 1) * draws]
        reasons = Counter(answer for answer in own if isinstance(answer, str))
        share = sum(answer is True for answer in own) / draws
        reason = reasons.most_common(1)[0][0] if reasons else ""
        rows.append((share, math.sqrt(share * (1.0 - share) / draws), reasons.total(), reason))
    columns = ["power_simulated", "mc_error", "failed", "reason"]
    return pd.DataFrame(rows, index=pd.Index(values, name="true_value"), columns=columns)


def _supported(shared: Any, item: tuple[int, int]) -> bool | str:
    """Return whether one draw supports the hypothesis, or why its fit failed."""
    line, values, seed = shared
    place, draw = item
    rng = generator(seed, "power", place, draw)
    outcome = line.planned.outcome(line.parameters(values[place]), line.sigma, rng)
    try:
        found = line.claim.estimand.estimate(line.planned.refitted(outcome))
    except FAULTS as fault:
        return in_one_line(fault)
    claim = line.claim
    half = critical_value(1.0 - claim.alpha, df=found.df) * found.std_error
    above = found.value - half > claim.value
    below = found.value + half < claim.value
    return bool({">": above, "<": below, "!=": above or below}[claim.relation])
