"""Whether position adds: masses compared with the same masses on the same places at random."""

from __future__ import annotations

import numpy as np

from workbench.core.statistics import Answer, NotApplicable, Statistic
from workbench.explore.permuted import permutation_p
from workbench.numerics.distance_decay.sums import Sums
from workbench.typing import Alternative, FloatArray

NAME = "position of masses (Getis-Ord G)"
NULL = "masses lie on the places at random"
TIE = 1e-12


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
    at_least, at_most = ((sign * (sums.totals - sums.total) >= -slack).sum() for sign in (1, -1))
    p = float(permutation_p(at_least, at_most, R, alternative))
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
