"""What one specification says of hypotheses, with everything shared that others need too."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from workbench.errors import InputError, OptionError, PanelError
from workbench.hypotheses.curve.plan import Choice, Plan
from workbench.hypotheses.statements.absences import NotInModelError
from workbench.hypotheses.work.faults import in_one_line
from workbench.regression.preparations import Preparations, shared_preparations

if TYPE_CHECKING:
    from workbench.hypotheses.statements.hypothesis import Hypothesis
    from workbench.hypotheses.statements.verdicts import Verdict
    from workbench.regression.results import RegressionResults

ESTIMATED, NOT_APPLICABLE, FAILED = "estimated", "not applicable", "failed"
NUMBERS = ("estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high")

BY_NATURE = (InputError, OptionError, PanelError)
"""Refusals that can mean that choices do not go together; their subclasses are about data."""

CHOICES = frozenset(
    {
        "W", "W_error", "W_x", "absorb", "covariance", "durbin", "dynamic", "effects", "engine",
        "exposure", "factors", "family", "lee_yu", "method", "model", "random", "random_method",
    }
)  # fmt: skip
"""Arguments of ``fit`` whose refusal means that choices do not go together."""

Answer: TypeAlias = dict[str, Any]
"""Of a hypothesis: ``status``, ``reason``, ``verdict`` and the numbers, as JSON holds them."""

Record: TypeAlias = dict[str, Any]
"""Of a specification: ``nobs`` and ``answers``, one a hypothesis."""

PASSING = (MemoryError, OSError)
"""Faults of the machine at the time, which say nothing of a specification."""


class Held(threading.local):
    """What a thread keeps between specifications: samples, designs and the last fit."""

    def __init__(self) -> None:
        self.preparations = Preparations()
        self.group: tuple[object, ...] = ()
        self.fit: RegressionResults | None = None
        self.fault: Exception | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """What all specifications need: sent to a process once.

    Attributes
    ----------
    plan : Plan
        Its hypothesis is the first one.
    hypotheses : tuple of Hypothesis
        All that are asked of every fit.
    held : Held
        Stays behind when the work is sent.
    """

    plan: Plan
    hypotheses: tuple[Hypothesis, ...]
    held: Held = field(default_factory=Held)

    def __reduce__(self) -> tuple[Any, ...]:
        return Work, (self.plan, self.hypotheses)


def evaluate(work: Work, number: int) -> Record:
    """Return what the specification of a number says of each hypothesis; it never raises.

    Numbers are those of :func:`workbench.fit` to the last bit: it is what estimates, on a sample
    and a design that are made once for all specifications that have them, and other covariances of
    a fit are had by its ``with_covariance``.
    """
    choice = work.plan.choices[number - 1]
    with shared_preparations(work.held.preparations):
        try:
            fit = _fit(work, choice)
        except Exception as fault:  # noqa: BLE001  a failed fit is a result of its specification
            return failure(fault, len(work.hypotheses))
        answers = [_answer(work.plan, hypothesis, fit) for hypothesis in work.hypotheses]
    return {"nobs": int(fit.nobs), "answers": answers}


def failure(fault: Exception, hypotheses: int) -> Record:
    """Return the record of a specification whose fit was refused or failed."""
    return {"nobs": None, "answers": [_failed(fault)] * hypotheses}


def fate(fault: Exception) -> tuple[str, str]:
    """Return the status of a specification that an error ended, and the reason in one line.

    Choices that do not go together, and hypotheses about what a model lacks, do not apply. All
    else failed: values that a formula cannot take, collinear columns, no maximum, or a fault of
    ours.

    Examples
    --------
    >>> fate(InputError("covariance", expected="'classical'", found="'HC3'"))[0]
    'not applicable'
    """
    told = in_one_line(fault)
    if isinstance(fault, NotInModelError):
        return NOT_APPLICABLE, told
    if type(fault) in BY_NATURE and getattr(fault, "argument", "") in CHOICES:
        return NOT_APPLICABLE, told
    return FAILED, told


def lasting(record: Record) -> bool:
    """Return whether a record would be the same another time.

    Examples
    --------
    >>> lasting(failure(MemoryError(), 1)), lasting(failure(ZeroDivisionError(), 1))
    (False, True)
    """
    return not any(answer.get("passing") for answer in record["answers"])


def _failed(fault: Exception) -> Answer:
    status, reason = fate(fault)
    answer: Answer = {"status": status, "reason": reason}
    return answer | {"passing": True} if isinstance(fault, PASSING) else answer


def answer_of(verdict: Verdict) -> Answer:
    """Return a verdict as plain values."""
    if verdict.answer == NOT_APPLICABLE:
        return {"status": NOT_APPLICABLE, "reason": verdict.reason}
    numbers = {name: float(getattr(verdict, name)) for name in NUMBERS}
    return {"status": ESTIMATED, "reason": verdict.reason, "verdict": verdict.answer, **numbers}


def _answer(plan: Plan, hypothesis: Hypothesis, fit: RegressionResults) -> Answer:
    try:
        verdict = hypothesis.test(fit, method=plan.method, draws=plan.draws, seed=plan.seed)
        answer = answer_of(verdict)
        if plan.level is not None and answer["status"] == ESTIMATED:
            found = hypothesis.estimand.estimate(
                fit, level=plan.level, method=plan.method, draws=plan.draws, seed=plan.seed
            )
            answer |= {"conf_low": float(found.conf_low), "conf_high": float(found.conf_high)}
    except Exception as fault:  # noqa: BLE001  as above
        return _failed(fault)
    return answer


def _fit(work: Work, choice: Choice) -> RegressionResults:
    """Return the fit of a choice, by another covariance of the last fit where it can be had."""
    held, group = work.held, _group(choice)
    if held.group != group:
        held.group, held.fit, held.fault = group, None, None
    if held.fault is not None:
        raise held.fault
    covariance = choice.arguments["covariance"]
    if held.fit is not None and _shares(choice):
        return held.fit.with_covariance(covariance)  # type: ignore[attr-defined, no-any-return]
    try:
        fit = work.plan.fit(choice)
    except Exception as fault:
        if getattr(fault, "argument", "") != "covariance":
            held.fault = fault  # whatever the covariance
        raise
    held.fit = fit
    return fit


def _group(choice: Choice) -> tuple[object, ...]:
    """Return what decides a fit but for its covariance, by label."""
    return tuple(label for name, label in choice.labels.items() if name != "covariance")


def _shares(choice: Choice) -> bool:
    """Return whether ``with_covariance`` gives of a fit what ``wb.fit`` would estimate anew."""
    said = choice.arguments
    usual = {"family": "gaussian", "factors": "none", "dynamic": "none"}
    plain = all(said.get(name, word) == word for name, word in usual.items())
    return plain and said["method"] == "ml"
