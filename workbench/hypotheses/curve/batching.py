"""Specifications that are estimated many at once, where the batch engine supports them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from workbench.errors import InputError
from workbench.hypotheses.curve.batch import estimate_batch, supports
from workbench.hypotheses.curve.evaluation import Answer, Record, Work, answer_of, failure
from workbench.hypotheses.curve.plan import Choice, Plan
from workbench.hypotheses.statements.hypothesis import Hypothesis
from workbench.hypotheses.statements.verdicts import Verdict
from workbench.typing import CurveEngine


def batched(work: Work, choices: Sequence[Choice], engine: CurveEngine) -> dict[int, Record]:
    """Return the records of those choices that the batch engine estimates, by number.

    Parameters
    ----------
    work : Work
    choices : sequence of Choice
    engine : {"auto", "fit", "batch"}
        ``"fit"``: none. ``"batch"``: the others do not apply.

    Notes
    -----
    An interval at another level than that of the decision is left to fits.
    """
    none = engine == "fit" or work.plan.level is not None
    found = [] if none else [_verdicts(work.plan, one, choices) for one in work.hypotheses]
    numbers = [set(one) for one in found]
    if engine == "batch":
        every = set().union(*numbers)
        missing = InputError(
            "engine",
            expected="a specification that can be estimated together with others, for 'batch'",
            found="one that cannot: its method, covariance, options or level are not of that kind",
            remedy='engine="auto" estimates it by itself',
        )
        left = failure(missing, len(work.hypotheses))
        done = {number: _record(number, found, left["answers"]) for number in every}
        return {choice.number: done.get(choice.number, left) for choice in choices}
    # a fit answers all hypotheses at once, so that those of one specification stay together
    return {
        number: _record(number, found, [])
        for number in (set.intersection(*numbers) if numbers else ())
    }


def _verdicts(plan: Plan, hypothesis: Hypothesis, choices: Sequence[Choice]) -> dict[int, Verdict]:
    own = replace(plan, hypothesis=hypothesis)
    supported = [c for c in choices if not _misplaced(own, c) and supports(own, c)]
    return estimate_batch(own, supported) if supported else {}


def _record(
    number: int, found: Sequence[Mapping[int, Verdict]], otherwise: Sequence[Answer]
) -> Record:
    """Return what a specification says of each hypothesis, `otherwise` where it has no verdict."""
    told = next(one[number] for one in found if number in one).provenance
    answers = [
        answer_of(one[number]) if number in one else otherwise[place]
        for place, one in enumerate(found)
    ]
    return {"nobs": None if told is None else int(told.nobs), "answers": answers}


def _misplaced(plan: Plan, choice: Choice) -> bool:
    """Return whether effects of a panel are asked of a cross-section, which a fit refuses."""
    panel = isinstance(plan.samples[choice.sample].index, pd.MultiIndex)
    return not panel and choice.arguments["effects"] != "none"
