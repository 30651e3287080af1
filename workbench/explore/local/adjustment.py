"""P-values adjusted for testing many regions, and what permutations could have shown."""

from __future__ import annotations

import numpy as np
from scipy import stats

from workbench.explore.local.plan import Rule, smallest_needed, strictest
from workbench.explore.permuted import smallest_p
from workbench.numerics.autocorrelation.local_forms import Local
from workbench.numerics.permutations.joint import max_adjusted
from workbench.progress import progress
from workbench.typing import BoolArray, FloatArray

ROUNDING = 1e-12
"""Relative slack of the comparison with a level: p-values are ratios of whole numbers, and a tie
with the level must not hang on the last bit."""


def adjusted_p(p_value: FloatArray, rule: Rule) -> FloatArray:
    """Return p-values adjusted over the regions that have one (the others stay missing).

    Benjamini–Hochberg (1995) unless the rule says Benjamini–Yekutieli (2001) or Bonferroni; where
    the rule corrects nothing, Benjamini–Hochberg's are given for information.
    """
    out = np.full(p_value.shape, np.nan)
    tested = ~np.isnan(p_value)
    if not tested.any():
        return out
    if rule.correction == "bonferroni":
        out[tested] = np.minimum(1.0, p_value[tested] * int(tested.sum()))
        return out
    by = rule.correction == "benjamini-yekutieli"
    out[tested] = stats.false_discovery_control(p_value[tested], method="by" if by else "bh")
    return out


def max_t_p(
    statistic: Local, sign: FloatArray, tested: BoolArray, *, rule: Rule, R: int, seed: int
) -> FloatArray:
    """Return p-values adjusted by the step-down maximum over joint permutations."""
    with progress(R, "joint permutations") as tick:
        return max_adjusted(
            statistic,
            sign,
            tested=tested,
            alternative=rule.alternative,
            permutations=R,
            seed=seed,
            tick=tick,
        )


def flagged(p_value: FloatArray, p_adjusted: FloatArray, rule: Rule) -> BoolArray:
    """Return which regions are flagged; a missing p-value compares false."""
    decisive = p_adjusted if rule.adjusted else p_value
    return np.asarray(decisive <= rule.level * (1 + ROUNDING))


def smallest_law(rarest: float, n: int, rule: Rule) -> float:
    """Return the smallest p-value that any number of permutations can come to.

    Joint permutations move the own value too: it must meet its neighbours.
    """
    if rule.correction == "max-t":
        return rarest / n
    return rarest * (2 if rule.alternative == "two-sided" else 1)


def reach_notes(
    p_value: FloatArray, found: int, *, R: int | None, rule: Rule, rarest: float = 0.0
) -> tuple[str, ...]:
    """Say that nothing is rejected, and whether R permutations could have shown anything.

    Parameters
    ----------
    p_value : ndarray
        Of the regions, missing where not tested.
    found : int
        Regions flagged.
    R : int or None
        Permutations; None where p-values have no smallest step.
    rule : Rule
    rarest : float
        Tail probability below which none can be, whatever R.
    """
    tested = int((~np.isnan(p_value)).sum())
    if tested == 0:
        return ("no region could be tested: none has neighbours and a value to compare",)
    nothing = "" if found else f"no region is significant ({rule})"
    threshold = strictest(rule, tested)
    lead = f"{nothing}; " if nothing else ""
    least = smallest_law(rarest, p_value.size, rule)
    if least > threshold * (1 + ROUNDING):
        # a few together can still be flagged where one alone cannot
        return (
            ()
            if found
            else (
                f"{lead}nor can one be by itself: with so few or so equal values to draw the "
                f"neighbours from, p is at least {least:.3g}, above the threshold {threshold:.3g} "
                f"with n = {tested}, whatever R",
            )
        )
    if R is None:
        return (nothing,) if nothing else ()
    # the largest deviate of a map has one tail, whatever the alternative
    floor = 1 / (R + 1) if rule.correction == "max-t" else smallest_p(R, rule.alternative)
    floor = max(floor, least)
    reachable = floor <= threshold * (1 + ROUNDING)
    if found and reachable:
        return ()
    if reachable:
        return (f"{lead}R = {R} could have shown one (smallest p {floor:.3g})",)
    return (
        f"{lead}R = {R} cannot reach the threshold {threshold:.3g} of a region by itself with "
        f"n = {tested} (smallest p {floor:.3g}): needs R >= {smallest_needed(rule, tested)}",
    )
