"""Units of effects: from the outcome per unit of a term to standard deviations."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.hypotheses.planning.lines import Line


def unit_of(line: Line) -> float:
    """Return the factor from the units of an estimand to standard deviations.

    It is the standard deviation of the first term, effects out, over that of the disturbance; NaN
    where the estimand is about no regressor.
    """
    terms = line.claim.estimand.terms
    return line.planned.spread_of(terms[0]) / line.sigma if terms else math.nan
