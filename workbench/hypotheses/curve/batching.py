"""Specifications that are estimated many at once, where the batch engine supports them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from typing import Any

from workbench.errors import InputError
from workbench.hypotheses.curve.evaluation import Record, Work, answer_of, failure
from workbench.hypotheses.curve.plan import Choice
from workbench.typing import CurveEngine

KERNEL = "workbench.hypotheses.curve.batch"


def batched(work: Work, choices: Sequence[Choice], engine: CurveEngine) -> dict[int, Record]:
    """Return the records of those choices that the batch engine estimates, by number.

    Parameters
    ----------
    work : Work
    choices : sequence of Choice
    engine : {"auto", "fit", "batch"}
        ``"fit"``: none. ``"batch"``: the others do not apply.
    """
    kernel = None if engine == "fit" else _kernel()
    if kernel is None and engine != "batch":
        return {}
    supported = [c for c in choices if kernel is not None and kernel.supports(work.plan, c)]
    done = _records(work, supported, kernel) if supported else {}
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


def _kernel() -> Any:
    try:
        return import_module(KERNEL)
    except ModuleNotFoundError:
        return None


def _records(work: Work, choices: Sequence[Choice], kernel: Any) -> dict[int, Record]:
    """Return records of verdicts, hypothesis by hypothesis."""
    found = [
        kernel.estimate_batch(replace(work.plan, hypothesis=hypothesis), choices)
        for hypothesis in work.hypotheses
    ]
    records = {}
    for choice in choices:
        verdicts = [one[choice.number] for one in found]
        told = verdicts[0].provenance
        records[choice.number] = {
            "nobs": None if told is None else told.nobs,
            "answers": [answer_of(verdict) for verdict in verdicts],
        }
    return records
