"""The caller's choices about inference, checked once: level, correction, permutations."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from workbench.core.language import say
from workbench.core.seeds import check_seed
from workbench.errors import InputError, check_option, unknown_option
from workbench.explore.permuted import check_permutations
from workbench.typing import Alternative, Correction, LocalInference, words

RATES: tuple[Correction, ...] = ("benjamini-hochberg", "benjamini-yekutieli")
LEVELS: tuple[Correction, ...] = ("none", "bonferroni", "max-t")

CHOICES = (9_999, 99_999, 999_999)
"""Numbers of permutations to choose from, so that p-values are round."""

WORK = 2e10
"""Links times permutations that are worth a few seconds; beyond, fewer are chosen."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How regions are flagged: by the false discovery rate, or region by region.

    Attributes
    ----------
    level : float
        The rate or the level, between 0 and 1.
    adjusted : bool
        Whether `level` bounds an error over all regions.
    alternative : {"two-sided", "greater", "less"}
        What counts as extreme: any local association, positive, or negative.
    correction : str
        How p-values are adjusted for testing many regions.
    """

    level: float
    adjusted: bool
    alternative: Alternative
    correction: Correction = "benjamini-hochberg"

    def said(self) -> str:
        """Return the rule in the language in use."""
        side = self.alternative != "two-sided"
        told = say(", one-sided: {side}", side=say(self.alternative)) if side else ""
        if self.correction in RATES:
            other = say(", Benjamini-Yekutieli") if self.correction == RATES[1] else ""
            return say("false discovery rate {level:g}", level=self.level) + other + told
        if self.correction == "none":
            return say("unadjusted p {level:g}", level=self.level) + told
        word = say(self.correction)
        return say("family-wise error {level:g}, {word}", level=self.level, word=word) + told

    def __str__(self) -> str:
        side = "" if self.alternative == "two-sided" else f", one-sided: {self.alternative}"
        if self.correction in RATES:
            other = ", Benjamini-Yekutieli" if self.correction == RATES[1] else ""
            return f"false discovery rate {self.level:g}{other}{side}"
        if self.correction == "none":
            return f"unadjusted p {self.level:g}{side}"
        return f"family-wise error {self.level:g}, {self.correction}{side}"


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything about inference but the data.

    Attributes
    ----------
    rule : Rule
    permutations : int or None
        R, or None to be chosen from the number of regions and the level.
    seed : int
    inference : str
        Where p-values come from.
    stop_after : int
        Count at which a tail is decided; 0 to draw all.
    """

    rule: Rule
    permutations: int | None
    seed: int
    inference: LocalInference = "permutation"
    stop_after: int = 0

    def redrawn(self, seed: int) -> Plan:
        """Return the same plan with another seed."""
        return replace(self, seed=seed)


def plan(
    *,
    permutations: int | None,
    seed: int,
    fdr: float | None,
    alpha: float | None,
    correction: Correction | None,
    alternative: Alternative,
    inference: LocalInference = "permutation",
    stop_after: int | None = None,
) -> Plan:
    """Check the choices and fill in what follows from them."""
    check_option("alternative", alternative, Alternative)
    check_option("inference", inference, LocalInference)
    if permutations is not None:
        check_permutations(permutations)
    rule = _rule(fdr, alpha, correction, alternative)
    if rule.correction == "max-t" and inference != "permutation":
        raise InputError(
            "correction",
            expected='inference="permutation" with correction="max-t"',
            found=f"inference={inference!r}",
            why="the largest deviate of a permuted map has no closed form",
            remedy='correction="bonferroni" serves any p-value',
        )
    stop = _stop(stop_after, permutations, inference)
    return Plan(rule, permutations, check_seed(seed), inference, stop)


def check_inference(inference: LocalInference, offered: Sequence[LocalInference]) -> None:
    """Refuse an inference that a statistic has no law for, and say which ones it has."""
    check_option("inference", inference, LocalInference)
    if inference not in offered:
        raise InputError(
            "inference",
            expected=" or ".join(f'"{word}"' for word in offered),
            found=repr(inference),
            why="this statistic has no other law in closed form",
            remedy=f'inference="{offered[0]}"; lisa offers them all',
        )


def _stop(stop_after: int | None, permutations: int | None, inference: str) -> int:
    if stop_after is None:
        return 0
    whole = isinstance(stop_after, int | np.integer) and not isinstance(stop_after, bool)
    if not whole or stop_after < 1:
        raise InputError(
            "stop_after", expected="a whole number of at least 1, or None", found=repr(stop_after)
        )
    if inference != "permutation" or (permutations is not None and stop_after > permutations):
        raise InputError(
            "stop_after",
            expected="a count that permutations can reach",
            found=f"stop_after={stop_after}, permutations={permutations}, inference={inference!r}",
            remedy="stop_after=20 stops a region's draws once 20 of them are as extreme",
        )
    return int(stop_after)


def _rule(
    fdr: float | None, alpha: float | None, correction: Correction | None, alternative: Alternative
) -> Rule:
    if fdr is not None and alpha is not None:
        raise InputError(
            "alpha",
            expected="either fdr or alpha",
            found=f"fdr={fdr!r} and alpha={alpha!r}",
            remedy="fdr corrects for testing every region at once, alpha does not: choose one",
        )
    if correction is not None and correction not in words(Correction):
        raise unknown_option("correction", correction, words(Correction))
    by_level = alpha is not None or (fdr is None and correction in LEVELS)
    name, given = ("alpha", alpha) if by_level else ("fdr", fdr)
    level = _level(name, 0.05 if given is None else given)
    allowed = LEVELS if by_level else RATES
    chosen = allowed[0] if correction is None else correction
    if chosen not in allowed:
        raise InputError(
            "correction",
            expected=f"{' or '.join(map(repr, allowed))} with {name}",
            found=f"{chosen!r}",
            why="Benjamini's procedures bound a rate of false discoveries, the others an error",
            remedy='fdr=0.05 with "benjamini-yekutieli", alpha=0.05 with "bonferroni" or "max-t"',
        )
    return Rule(level, chosen != "none", alternative, chosen)


def _level(name: str, level: Any) -> float:
    number = isinstance(level, int | float | np.number) and not isinstance(level, bool)
    if not number or not 0.0 < float(level) < 1.0:
        raise InputError(
            name,
            expected="a number between 0 and 1",
            found=repr(level),
            remedy="fdr=0.05 bounds the false discoveries, alpha=0.05 tests each region by itself",
        )
    return float(level)


def smallest_needed(rule: Rule, tested: int) -> int:
    """Return the R from which one region alone could be flagged.

    Examples
    --------
    >>> smallest_needed(Rule(0.05, True, "two-sided"), 1600)
    63999
    """
    sides = 2 if rule.alternative == "two-sided" else 1
    if rule.correction == "max-t":
        return math.ceil(1 / rule.level * (1 - 1e-12)) - 1
    return math.ceil(sides / strictest(rule, tested) * (1 - 1e-12)) - 1


def strictest(rule: Rule, tested: int) -> float:
    """Return the p-value that a region must reach if no other is flagged."""
    if rule.correction in ("none", "max-t"):
        return rule.level
    if rule.correction == "benjamini-yekutieli":
        return rule.level / (tested * float(np.sum(1 / np.arange(1, tested + 1))))
    return rule.level / tested


def chosen_permutations(rule: Rule, tested: int, links: int) -> int:
    """Return the smallest usual R that can flag one region alone, within reasonable work."""
    needed = smallest_needed(rule, max(tested, 1))
    affordable = max(CHOICES[0], WORK / max(links, 1))
    for choice in CHOICES:
        if choice >= needed or choice * 10 > affordable:
            return choice
    return CHOICES[-1]
