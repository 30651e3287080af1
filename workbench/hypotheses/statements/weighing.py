"""How an expectation is decided: by one test, or by several that must all bear it out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from workbench.core.display import number
from workbench.core.language import decimal_comma, language, say
from workbench.hypotheses.statements.evidence import Evidence
from workbench.hypotheses.statements.verdicts import (
    CANNOT_TELL,
    CONTRADICTED,
    NOT_APPLICABLE,
    SUPPORTED,
    Verdict,
)
from workbench.typing import VerdictWord

if TYPE_CHECKING:
    from workbench.hypotheses.statements.expectations import Expectation

CLAIMED = {">": 1, "<": -1}


def weighed(claim: Expectation, seen: Evidence) -> Verdict:
    """Return the verdict of one test; the rule is that of :meth:`Expectation.judge`."""
    p = seen.p_value if seen.omnibus and claim.relation == "!=" else seen.two_sided
    p = p if seen.known else 1.0
    return Verdict(
        claim,
        _answer(claim, seen, p),
        estimate=seen.statistic if math.isfinite(seen.statistic) else math.nan,
        std_error=seen.std_error,
        statistic=seen.z,
        p_value=p,
        conf_low=seen.conf_low,
        conf_high=seen.conf_high,
        reason=_reason(claim, seen, p),
        level=1.0 - claim.alpha,
        method=seen.method,
        provenance=seen.provenance,
        tolerance=seen.tolerance,
        expected=seen.expected,
    )


def _answer(claim: Expectation, seen: Evidence, p: float) -> VerdictWord:
    if not seen.known or p > claim.alpha or _turned(seen):
        return CANNOT_TELL
    if claim.relation == "!=":
        return SUPPORTED
    side = seen.side * CLAIMED[claim.relation]
    return SUPPORTED if side > 0 else CONTRADICTED if side < 0 else CANNOT_TELL


def _turned(seen: Evidence) -> bool:
    """Return whether a one-sided test looked away from where the statistic lies."""
    return bool(seen.looked and seen.side != seen.looked)


def _reason(claim: Expectation, seen: Evidence, p: float) -> str:
    if not seen.known:
        return say("the test gave no number")
    if _turned(seen) and not (seen.omnibus and claim.relation == "!="):
        return say(
            "{statistic} does not lie on the side that the one-sided test looked to, of the other "
            "it tells nothing",
            statistic=said_number(seen.statistic),
        )
    side = {1: "above", -1: "below"}.get(seen.side, "") if p <= claim.alpha else ""
    beside = "{statistic} is {side} the {expected} that is expected, {p}"
    alone = "{statistic} is {side} what is expected, {p}"
    chance = "{statistic} may be chance where {expected} is expected, {p}"
    lone_chance = "{statistic} may be chance, {p}"
    differs = "{statistic} differs from what is expected, {p}"
    known = math.isfinite(seen.expected)
    if p > claim.alpha:
        template = chance if known else lone_chance
    elif not side:
        template = differs
    else:
        template = beside if known else alone
    values = {"statistic": said_number(seen.statistic), "p": _p_told(seen, p)}
    if "{side}" in template:
        values["side"] = say(side)
    if "{expected}" in template:
        values["expected"] = said_number(seen.expected)
    return say(template, **values)


def _p_told(seen: Evidence, p: float) -> str:
    if seen.doubled and p != seen.p_value:
        return say("p = {p}, one-sided and doubled", p=said_number(p))
    return f"p = {said_number(p)}"


def said_number(value: float) -> str:
    """Return a number as the language in use prints it."""
    printed = number(float(value))
    return decimal_comma(printed) if language() == "ru" else printed


def together(claim: Expectation, each: Sequence[tuple[str, Verdict]]) -> Verdict:
    """Return one verdict of several; the rule is that of :meth:`Expectation.judge`."""
    asked = [(name, verdict) for name, verdict in each if verdict.applicable]
    if not asked:
        return replace(each[0][1], reason=_absent(each))
    count = len(asked)
    wrong = _wrong_side(claim, asked)
    borne = [v.p_value if at not in wrong else 1.0 for at, (_, v) in enumerate(asked)]
    largest = max(borne) if count == len(each) else 1.0
    smallest = min((asked[at][1].p_value for at in wrong), default=1.0)
    contrary = math.nan if claim.relation == "!=" else min(1.0, count * smallest)
    answer = _joint(claim, asked, complete=count == len(each), contrary=contrary)
    if answer == CONTRADICTED:
        at = min(wrong, key=lambda one: asked[one][1].p_value)
    else:
        at = max(range(count), key=borne.__getitem__)
    name, deciding = asked[at]
    return replace(
        deciding,
        answer=answer,
        p_value=largest,
        p_contrary=contrary,
        reason=_joint_reason(answer, name, deciding, each),
        notes=tuple(f"{name}: {say(v.answer)}; {v.reason}." for name, v in each),
    )


def _wrong_side(claim: Expectation, asked: Sequence[tuple[str, Verdict]]) -> list[int]:
    """Return the places of those whose statistic lies where the claim does not want it."""
    if claim.relation == "!=":
        return []
    wanted = CLAIMED[claim.relation]
    return [at for at, (_, v) in enumerate(asked) if _side_of(v) * wanted < 0]


def _side_of(verdict: Verdict) -> int:
    """Return the side of a verdict: by its answer, else by where the statistic lies."""
    relation = CLAIMED.get(verdict.hypothesis.relation, 0)
    if verdict.answer == SUPPORTED:
        return relation
    if verdict.answer == CONTRADICTED:
        return -relation
    gap = verdict.estimate - verdict.expected
    gap = verdict.statistic if math.isnan(gap) else gap
    return 0 if math.isnan(gap) else (gap > 0) - (gap < 0)


def _joint(
    claim: Expectation, asked: Sequence[tuple[str, Verdict]], *, complete: bool, contrary: float
) -> VerdictWord:
    answers = {verdict.answer for _, verdict in asked}
    if answers == {SUPPORTED}:
        return SUPPORTED if complete else CANNOT_TELL
    if CONTRADICTED in answers and SUPPORTED not in answers and contrary <= claim.alpha:
        return CONTRADICTED
    return CANNOT_TELL


def _joint_reason(
    answer: VerdictWord, name: str, deciding: Verdict, each: Sequence[tuple[str, Verdict]]
) -> str:
    counted = [
        f"{say(word)}: {sum(v.answer == word for _, v in each)}"
        for word in (SUPPORTED, CONTRADICTED, CANNOT_TELL, NOT_APPLICABLE)
        if any(v.answer == word for _, v in each)
    ]
    said = {
        SUPPORTED: "it holds each time, least surely in {name}: {reason}",
        CONTRADICTED: "the other side is told in {name}: {reason}",
    }.get(answer, "not told each time; weakest in {name}: {reason}")
    head = say(said, name=name, reason=deciding.reason)
    return say("{head} ({counts} of {n})", head=head, counts="; ".join(counted), n=len(each))


def _absent(each: Sequence[tuple[str, Verdict]]) -> str:
    return "; ".join(f"{name}: {verdict.reason}" for name, verdict in each)
