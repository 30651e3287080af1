"""How the specifications of a plan are evaluated: by which engine, where, and what is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.errors import WorkbenchError, listing
from workbench.hypotheses.curve.batching import batched
from workbench.hypotheses.curve.evaluation import Record, Work, evaluate, failure, lasting
from workbench.hypotheses.curve.keys import Keys
from workbench.hypotheses.curve.plan import Choice
from workbench.hypotheses.work.running import each
from workbench.typing import CurveEngine

if TYPE_CHECKING:
    from workbench.hypotheses.work.store import Store

TITLE = "specification curve"

NEXT_TO = ("sample", "weights", "outcome", "formula", "model", "method", "effects", "covariance")
"""Order in which specifications are evaluated: those that share most stand together."""


def recorded(
    work: Work,
    *,
    engine: CurveEngine,
    jobs: int | None,
    client: Any,
    store: Store | None,
) -> tuple[list[Record], tuple[str, ...]]:
    """Return the record of every specification, in their order, and what is to be said of the run.

    Parameters
    ----------
    work : Work
    engine : {"auto", "fit", "batch"}
    jobs, client
        As :func:`workbench.hypotheses.work.running.each`.
    store : Store or None
        Where records are kept as they come.
    """
    choices = sorted(work.plan.choices, key=_place)
    done = batched(work, choices, engine)
    left = [choice for choice in choices if choice.number not in done]
    kept = None if store is None else Keys(work.plan, work.hypotheses, engine="fit")
    found = each(
        evaluate,
        work,
        [choice.number for choice in left],
        jobs=jobs,
        client=client,
        title=TITLE,
        keys=None if kept is None else [kept.of(choice) for choice in left],
        store=store,
        lost=lambda number: failure(_death(number), len(work.hypotheses)),
        lasting=lasting,
    )
    done |= {choice.number: record for choice, record in zip(left, found, strict=True)}
    return [done[choice.number] for choice in work.plan.choices], _notes(store)


def _place(choice: Choice) -> tuple[str, ...]:
    """Return what puts a choice beside those with which it shares most."""
    return tuple(choice.labels[name] for name in NEXT_TO)


def _death(number: int) -> WorkbenchError:
    return WorkbenchError(
        "jobs",
        expected="a process that lives until its work is done",
        found=f"one that dies whenever specification {number} is estimated",
        why="the memory may not suffice",
        remedy=f"curve.fit({number}) on a larger machine",
    )


def _notes(store: Store | None) -> tuple[str, ...]:
    if store is None:
        return ()
    notes = []
    if store.unreadable:
        notes.append(
            f"{len(store.unreadable)} entries of the cache could not be read and were computed "
            f"anew: {listing(store.unreadable)}."
        )
    if store.unwritten:
        reason = next(iter(store.unwritten.values()))
        notes.append(
            f"{len(store.unwritten)} answers could not be written to the cache ({reason}) and will "
            "be computed again by another call."
        )
    return tuple(notes)
