"""Hypotheses that cannot stand in one lock: no outcome could tell which of them was meant."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable

from workbench.errors import InputError
from workbench.hypotheses.statements.expectations import Expectation
from workbench.hypotheses.statements.hypothesis import Hypothesis
from workbench.hypotheses.statements.stating import Stated

SLACK = 1e-12
"""Share of their size by which two ends may differ and still meet: rounding of factors."""


def without_repeats(hypotheses: Iterable[Stated]) -> tuple[Stated, ...]:
    """Return hypotheses by label, one that is given twice once.

    Raises
    ------
    InputError
        If two of one label differ.
    """
    found: dict[str, Stated] = {}
    for one in hypotheses:
        if not isinstance(one, Hypothesis | Expectation):
            raise InputError(
                "hypotheses",
                expected="values of wb.Hypothesis or wb.Expectation",
                found=type(one).__name__,
                remedy="wb.Hypothesis(statement, 'indirect(log(rd)) > 0', kind='confirmatory')",
            )
        other = found.setdefault(one.label, one)
        if other != one:
            raise _contradictory(
                f"two hypotheses called {one.label!r}: {other.restriction} at alpha "
                f"{other.alpha:g} ({other.kind}), and {one.restriction} at alpha {one.alpha:g} "
                f"({one.kind})",
                why="a report could quote whichever came out",
                remedy="give one of them another name, or leave it out",
            )
    return tuple(found[label] for label in sorted(found))


def refuse_contradictions(hypotheses: Iterable[Stated]) -> None:
    """Refuse confirmatory hypotheses of which some pair excludes or doubles each other.

    Raises
    ------
    InputError
        If no value of the estimand satisfies both; if one says that a value is met and the other
        that it is not; or if the same claim has two margins or levels.
    """
    firm = [one for one in hypotheses if one.kind == "confirmatory"]
    for first, second in itertools.combinations(firm, 2):
        fault = _fault(first, second)
        if fault:
            raise _contradictory(
                f"{first.label!r} ({first.restriction}, alpha {first.alpha:g}) and "
                f"{second.label!r} ({second.restriction}, alpha {second.alpha:g}), both "
                f"confirmatory: {fault}",
                why="one of the two would be confirmed by chance or by construction",
                remedy='keep one as confirmatory, and the other with kind="exploratory"',
            )


def _fault(first: Stated, second: Stated) -> str:
    if isinstance(first, Expectation) and isinstance(second, Expectation):
        return _fault_of_expectations(first, second)
    if isinstance(first, Expectation) or isinstance(second, Expectation):
        return ""
    one, two = _side(first), _side(second)
    if one.about != two.about:
        return ""
    words = {first.relation, second.relation}
    if words == {"!=", "="} and _meet(one.value, two.value):
        return "one says that they are the same, the other that they are not"
    if "!=" not in words and (one.low >= two.high or two.low >= one.high):
        return "no value satisfies both"
    if one.relation == two.relation and _meet(one.value, two.value):
        if first.relation == "=" and not _meet(one.high, two.high):
            return "two margins of one claim"
        if first.alpha != second.alpha:
            return "two levels of one claim"
        return "the same claim under two names"
    return ""


def _fault_of_expectations(first: Expectation, second: Expectation) -> str:
    """Return the fault of two that speak of one measure and one null, by their words."""
    if (first.measure, first.null) != (second.measure, second.null):
        return ""
    if {first.relation, second.relation} == {">", "<"}:
        return "no value satisfies both"
    if first.relation != second.relation:
        return ""
    return (
        "the same claim under two names"
        if first.alpha == second.alpha
        else ("two levels of one claim")
    )


class _Side:
    """What a hypothesis allows, in units in which its first factor is 1.

    Parameters
    ----------
    hypothesis : Hypothesis
    """

    def __init__(self, hypothesis: Hypothesis) -> None:
        parts = sorted((atom.text, factor) for factor, atom in hypothesis.estimand.parts)
        lead = parts[0][1]
        self.about = tuple((text, round(factor / lead, 12)) for text, factor in parts)
        turned = {">": "<", "<": ">"}.get(hypothesis.relation, hypothesis.relation)
        self.relation = turned if lead < 0 else hypothesis.relation
        self.value = hypothesis.value / lead
        margin = (hypothesis.margin or 0.0) / abs(lead)
        self.low, self.high = {
            ">": (self.value, math.inf),
            "<": (-math.inf, self.value),
            "=": (self.value - margin, self.value + margin),
            "!=": (-math.inf, math.inf),
        }[self.relation]


def _side(hypothesis: Hypothesis) -> _Side:
    return _Side(hypothesis)


def _meet(one: float, two: float) -> bool:
    return abs(one - two) <= SLACK * max(1.0, abs(one), abs(two))


def reversed_direction(before: Stated, after: Stated) -> bool:
    """Return whether a hypothesis now claims the other side of the same estimand."""
    if isinstance(before, Expectation) or isinstance(after, Expectation):
        return (
            isinstance(before, Expectation)
            and isinstance(after, Expectation)
            and (before.measure, before.null) == (after.measure, after.null)
            and {before.relation, after.relation} == {">", "<"}
        )
    one, two = _side(before), _side(after)
    return one.about == two.about and {one.relation, two.relation} == {">", "<"}


def _contradictory(found: str, *, why: str, remedy: str) -> InputError:
    return InputError(
        "hypotheses",
        expected="hypotheses that do not contradict each other",
        found=found,
        why=why,
        remedy=remedy,
    )
