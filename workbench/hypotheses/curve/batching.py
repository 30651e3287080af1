"""Specifications that are estimated many at once, where the batch engine supports them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from workbench.errors import InputError
from workbench.hypotheses.curve.batch import estimate_batch, supports
from workbench.hypotheses.curve.evaluation import Record, Work, answer_of, failure
from workbench.hypotheses.curve.plan import Choice, Plan
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
    done = {} if none else _records(work, choices)
    if engine == "batch":
        missing = InputError(
            "method",
            expected="a specification that the batch engine estimates",
            found="another one",
            remedy='engine="auto"',
        )
        left = failure(missing, len(work.hypotheses))
        done = {choice.number: done.get(choice.number, left) for choice in choices}
    return done


def _records(work: Work, choices: Sequence[Choice]) -> dict[int, Record]:
    """Return records of the verdicts of those choices that have one of every hypothesis."""
    found = []
    for hypothesis in work.hypotheses:
        plan = replace(work.plan, hypothesis=hypothesis)
        supported = [c for c in choices if not _misplaced(plan, c) and supports(plan, c)]
        found.append(estimate_batch(plan, supported) if supported else {})
    records = {}
    for number in set.intersection(*(set(one) for one in found)):
        verdicts = [one[number] for one in found]
        told = verdicts[0].provenance
        records[number] = {
            "nobs": None if told is None else int(told.nobs),
            "answers": [answer_of(verdict) for verdict in verdicts],
        }
    return records


def _misplaced(plan: Plan, choice: Choice) -> bool:
    """Return whether effects of a panel are asked of a cross-section, which a fit refuses."""
    panel = isinstance(plan.samples[choice.sample].index, pd.MultiIndex)
    return not panel and choice.arguments["effects"] != "none"
