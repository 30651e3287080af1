"""A claim that counts only where another one is answered alike: a spillover and its map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from workbench.core.language import say
from workbench.errors import InputError
from workbench.hypotheses.statements.families import Verdicts
from workbench.hypotheses.statements.verdicts import (
    CANNOT_TELL,
    CONTRADICTED,
    SUPPORTED,
    Verdict,
)

SIDES = (SUPPORTED, CONTRADICTED)


def only_where(verdicts: Verdicts, conditions: Mapping[str, str]) -> Verdicts:
    """Let claims count only where others of the family are answered alike.

    A spillover needs the true neighbours: it counts only where the true map stands out among
    displaced ones, however small its own p-value.

    Parameters
    ----------
    verdicts : Verdicts
        Adjusted already: the conditions are read after adjustment.
    conditions : mapping of str to str
        From the label of a claim to that of the claim that it needs. Each stands in `verdicts`
        once.

    Returns
    -------
    Verdicts
        The same rows and p-values. ``"supported"`` and ``"contradicted"`` become
        ``"cannot tell"`` where the other claim is not answered by the same word (*not applicable*
        is no such word either); the reason names it. All else stays.

    Raises
    ------
    InputError
        If a label is not there, or stands there more than once, or a claim needs itself.

    Notes
    -----
    Both claims must hold at α, so that the pair needs no adjustment for being two (an
    intersection-union test); the family may still be adjusted for all that were asked.

    References
    ----------
    Berger, R. L. (1982). Multiparameter hypothesis testing and acceptance sampling.
    Technometrics 24, 295-300.

    Examples
    --------
    >>> from workbench.hypotheses.statements import Expectation, family
    >>> spill, map_ = (Expectation(x, x, ">", null="chance") for x in ("spillover", "map"))
    >>> told = family([spill.judge(4, expected=0, p_value=0.001),
    ...     map_.judge(1, expected=0, p_value=0.4)])
    >>> [verdict.answer for verdict in only_where(told, {"spillover": "map"})]
    ['cannot tell', 'cannot tell']
    """
    labels = [verdict.hypothesis.label for verdict in verdicts]
    _refuse_unclear(labels, conditions)
    by_label = dict(zip(labels, verdicts.verdicts, strict=True))
    kept = tuple(
        _bound(verdict, by_label[conditions[label]]) if label in conditions else verdict
        for label, verdict in zip(labels, verdicts.verdicts, strict=True)
    )
    return replace(verdicts, verdicts=kept)


def _bound(verdict: Verdict, needed: Verdict) -> Verdict:
    if verdict.answer not in SIDES or needed.answer == verdict.answer:
        return verdict
    reason = say(
        "{answer} by itself, but {needed} is: {other}; {reason}",
        answer=say(verdict.answer),
        needed=needed.hypothesis.label,
        other=say(needed.answer),
        reason=verdict.reason,
    )
    return replace(verdict, answer=CANNOT_TELL, reason=reason)


def _refuse_unclear(labels: list[str], conditions: Mapping[str, str]) -> None:
    named = [*conditions, *conditions.values()]
    unclear = sorted({name for name in named if labels.count(name) != 1})
    if unclear:
        raise InputError(
            "conditions",
            expected="labels of claims that stand among the verdicts once",
            found=f"{len(unclear)} that do not, of {', '.join(labels)}",
            offenders=unclear,
            remedy='Hypothesis(..., name="spillover"), and {"spillover": "map"}',
        )
    own = [claim for claim, needed in conditions.items() if claim == needed]
    if own:
        raise InputError(
            "conditions",
            expected="another claim that each needs",
            found="the claim itself",
            offenders=own,
            remedy='{"spillover": "map"}',
        )
