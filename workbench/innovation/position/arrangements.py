"""Whether position adds: masses compared with the same masses on the same places at random."""

from __future__ import annotations

import numpy as np

from workbench.core.statistics import Answer, NotApplicable, Statistic
from workbench.numerics.distance_decay.sums import Sums
from workbench.typing import Alternative, FloatArray, IntArray

NAME = "position of masses (Getis-Ord G)"
NULL = "masses lie on the places at random"
TIE = 1e-12


def chances(at_least: IntArray, at_most: IntArray, R: int, alternative: Alternative) -> FloatArray:
    """Return permutation p-values, (M + 1)/(R + 1), of two sides the doubled smaller tail."""
    upper, lower = (at_least + 1) / (R + 1), (at_most + 1) / (R + 1)
    if alternative == "two-sided":
        return np.asarray(np.minimum(2 * np.minimum(upper, lower), 1.0))
    return np.asarray(upper if alternative == "greater" else lower)


def position_test(
    m: FloatArray, sums: Sums, R: int, alternative: Alternative, *, competing: bool
) -> Answer:
    """Return the test of Σ_i m_i Σ_{j≠i} f_ij m_j over Σ_{i≠j} m_i m_j."""
    if not R or competing or np.ptp(m) == 0:
        reason = (
            "masses after competition are no longer exchangeable"
            if competing
            else "all masses are equal"
            if np.ptp(m) == 0
            else "no permutations were drawn: permutations=999"
        )
        return NotApplicable(NAME, NULL, reason)
    pairs = m.sum() ** 2 - float(m @ m)
    if not pairs > 0:
        return NotApplicable(NAME, NULL, "all mass is in one region")
    n = len(m)
    slack = TIE * abs(sums.total)
    tails = [
        np.array([int((sign * (sums.totals - sums.total) >= -slack).sum())]) for sign in (1, -1)
    ]
    p = float(chances(tails[0], tails[1], R, alternative)[0])
    variance = float(np.var(sums.totals / pairs, ddof=1))
    expected = float(sums.links.sum() / (n * (n - 1)))
    return Statistic(
        name=NAME,
        statistic=sums.total / pairs,
        null=NULL,
        p_value=p,
        alternative=alternative,
        distribution="permutation",
        expected=expected,
        variance=variance,
        z=(sums.total / pairs - expected) / np.sqrt(variance) if variance > 0 else None,
        p_permutation=p,
        permutations=R,
        assumptions="every arrangement of the masses over the places is as likely",
    )
