"""When two values are the same number: one rule a kind of computation."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from workbench.reports.entries import Number
from workbench.typing import Tolerance

Degree: TypeAlias = Literal["within tolerance", "minor", "major", "decision"]
"""How much a difference matters; numbers that are identical have none."""

RELATIVE = {
    # sums of squares and dense solves agree to about 1e-10 between BLAS kernels
    "closed form": 1e-9,
    # an optimiser stops within 1e-7 of the maximum
    "maximum likelihood": 1e-6,
    # seeded draws around a maximum-likelihood estimate, under the same numpy
    "simulation": 1e-6,
    "exact": 0.0,
    "permutation": 0.0,
}
"""Relative tolerance of each kind under the same numpy."""

SIMULATION_ELSEWHERE = 0.05
"""Relative tolerance of simulated numbers under another numpy, whose streams may differ."""

FLOOR = 1e-12
"""Absolute differences below this are rounding around zero."""

PERMUTATIONS_UNKNOWN = 99
STANDARD_ERRORS = 4.0
LEVEL = 0.05
"""The level whose crossing by a p-value is pointed out."""

MAJOR = 0.10
"""Share of the published value from which a difference is major."""

ROUNDING = 1e-9
"""By how much of itself a share may miss `MAJOR` because decimals are not binary."""


def allowance(kind: Tolerance) -> str:
    """Return in words by which rule a number of a kind is compared.

    Examples
    --------
    >>> allowance("maximum likelihood")
    'of kind maximum likelihood: within 1e-06 relative'
    """
    share = f"within {RELATIVE[kind]:.0e} relative"
    told = {
        "exact": "whole numbers: identical",
        "permutation": "of kind permutation: identical under the same numpy, else within "
        f"{STANDARD_ERRORS:g} Monte-Carlo standard errors",
        "simulation": f"of kind simulation: {share} under the same numpy, else within "
        f"{100 * SIMULATION_ELSEWHERE:g}\u00a0%",
    }
    return told.get(kind, f"of kind {kind}: {share}")


@dataclass(frozen=True, slots=True)
class Difference:
    """A number that came out different.

    Attributes
    ----------
    id : str
        Of the number.
    old, new : float
        In the ledger and now.
    relative : float
        ``|new - old| / |old|``: of the published value; infinite where that is zero.
    allowed : str
        The tolerance, in words.
    within : bool
        Whether the difference is within it.
    crosses : bool
        Whether a p-value moved across 0.05.
    """

    id: str
    old: float
    new: float
    relative: float
    allowed: str
    within: bool
    crosses: bool

    @property
    def degree(self) -> Degree:
        """How much it matters: a decision that flips outweighs any size, and a sign a share.

        Examples
        --------
        >>> Difference("x", 2.0, 2.1, 0.05, "1e-09 relative", False, False).degree
        'minor'
        >>> Difference("x", 2.0, -2.0, 2.0, "1e-09 relative", False, False).degree
        'major'
        """
        if self.crosses:
            return "decision"
        if self.within:
            return "within tolerance"
        turned = self.old * self.new < 0
        return "major" if turned or self.relative >= MAJOR * (1 - ROUNDING) else "minor"


def difference(old: Number, new: Number, *, same_numpy: bool) -> Difference | None:
    """Compare a number with the one in the ledger; None if they are identical.

    The rule is the stricter of both, so that no ledger widens its own: relative 1e-9 for closed
    forms, 1e-6 for maximum likelihood, none for counts. A p-value may move by
    ``max(1, -2 log p)`` times that: d log p / d log z is about -z² = 2 log p in the tail.
    Permutation p-values are exact under the same numpy and else may differ by four Monte-Carlo
    standard errors, 4 sqrt(p (1 - p) / R), and simulated numbers by 5 %, where both are of that
    kind.
    """
    a, b = old.value, new.value
    if a == b and isinstance(a, int) == isinstance(b, int):
        return None
    gap = abs(b - a)
    relative = (gap / abs(a) if a else math.inf) if gap else 0.0
    again = replace(new, value=a)
    limit, words = min(_limit(one, same_numpy=same_numpy) for one in (old, again))
    crosses = (old.p_value or new.p_value) and (a < LEVEL) != (b < LEVEL)
    return Difference(old.id, a, b, relative, words, gap <= limit, crosses)


def _limit(old: Number, *, same_numpy: bool) -> tuple[float, str]:
    size = abs(old.value)
    if old.tolerance == "exact" or (old.tolerance == "permutation" and same_numpy):
        return 0.0, "none"
    if old.tolerance == "permutation":
        if not 0 <= size <= 1:
            return 0.0, "none"
        drawn = old.permutations or PERMUTATIONS_UNKNOWN
        limit = STANDARD_ERRORS * math.sqrt(size * (1 - size) / drawn)
        return limit, f"{limit:.2g} absolute"
    share = RELATIVE[old.tolerance]
    if old.tolerance == "simulation" and not same_numpy:
        share = SIMULATION_ELSEWHERE
    if old.p_value and 0 < size < 1:
        share *= max(1.0, -2 * math.log(size))
        return share * size, f"{share:.2g} relative"
    return max(share * size, FLOOR), f"{share:.2g} relative"
