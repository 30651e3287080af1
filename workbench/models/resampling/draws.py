"""Draws of a bootstrap: one stream a draw, on any number of processes, kept until forgotten."""

from __future__ import annotations

import itertools
import os
import pickle
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd

from workbench.core.seeds import generator
from workbench.errors import ConvergenceError, InputError, WorkbenchError
from workbench.models.resampling.process import fit_digest, process_of
from workbench.models.resampling.quantities import (
    Called,
    LikelihoodRatio,
    Quantity,
    ShapeError,
    finite,
)
from workbench.numerics.likelihoods.simulate import Innovations, Simulator, innovations_of
from workbench.numerics.sparse.recent import Recent
from workbench.numerics.threads import one_thread, single_thread
from workbench.progress import progress
from workbench.typing import FloatArray, IntArray, Leverage, Multipliers, Resampling

if TYPE_CHECKING:
    from workbench.models.results import CrossSectionResults

Draw: TypeAlias = "FloatArray | str"
"""The numbers of a draw, or why it has none."""

ALONE = 2.0
"""Seconds after which the time that is left is foreseen."""

WORTH = 10.0
"""Seconds of work left from which other processes are worth starting, where none are asked for."""

BATCHES = 8
"""Batches a process: the more, the less is lost by stopping; the fewer, the less is prepared."""

MOST_FAILED = 0.1
"""Share of failed draws beyond which nothing is reported."""


@dataclass(frozen=True, slots=True, eq=False)
class Scheme:
    """How innovations are drawn.

    Attributes
    ----------
    kind, multipliers, leverage : str
    groups : ndarray of int, shape (n,), or None
    seed : int
    """

    kind: Resampling
    multipliers: Multipliers
    leverage: Leverage
    groups: IntArray | None
    seed: int

    @property
    def key(self) -> tuple[object, ...]:
        """What tells this scheme from others."""
        groups = b"" if self.groups is None else self.groups.tobytes()
        wild = (self.multipliers, self.leverage, groups) if self.kind == "wild" else ()
        return (self.kind, self.seed, *wild)


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """A quantity of a fit under a scheme, and the token under which processes know it."""

    fit: CrossSectionResults
    scheme: Scheme
    quantity: Quantity
    token: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """Draws that are done, by number; negative ones leave out the innovations of a group."""

    token: str
    draws: dict[int, Draw] = field(default_factory=dict)


class _Same:
    """A key that only the same object has; it keeps the object alive."""

    def __init__(self, held: object) -> None:
        self._held = held

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other._held is self._held

    def __hash__(self) -> int:
        return id(self._held)


class Runner:
    """Makes the draws of a task, with everything prepared that they share."""

    def __init__(self, task: Task) -> None:
        fit, scheme = task.fit, task.scheme
        process = process_of(fit)
        self._residuals = process.innovations(fit.design.y)
        self._groups = scheme.groups
        self._seed = scheme.seed
        self._simulator = Simulator(process)
        self._evaluate = task.quantity.prepared(fit)
        self._innovations = innovations_in(fit, scheme)

    def draw(self, number: int) -> Draw:
        """Return the numbers of a draw, or why it has none."""
        try:
            values = self._evaluate(self.outcome(number))
        except ShapeError as fault:
            raise fault.told(number) from None
        except (WorkbenchError, ArithmeticError, np.linalg.LinAlgError) as fault:
            return _reason(fault)
        return values if finite(values) else "the statistic is missing or infinite"

    def outcome(self, number: int) -> FloatArray:
        """Return the outcome of draw 1, 2 …; of −g, without the innovations of group g − 1."""
        if number > 0:
            rng = generator(self._seed, "bootstrap", number)
            return self._simulator.outcome(self._innovations.draw(rng))
        groups = np.arange(self._residuals.size) if self._groups is None else self._groups
        return self._simulator.outcome(np.where(groups == -number - 1, 0.0, self._residuals))


def innovations_in(fit: CrossSectionResults, scheme: Scheme) -> Innovations:
    """Return the innovations of a fit as a scheme draws them."""
    process = process_of(fit)
    return innovations_of(
        process,
        process.innovations(fit.design.y),
        kind=scheme.kind,
        multipliers=scheme.multipliers,
        leverage=scheme.leverage,
        groups=scheme.groups,
    )


def _reason(fault: Exception) -> str:
    if isinstance(fault, WorkbenchError):
        return f"{fault.argument}: {fault.found}"
    return f"{type(fault).__name__}: {' '.join(str(fault).split())}"


def _key(function: Any) -> object:
    """Return a function as a key: by its own equality, else by being the same object."""
    try:
        hash(function)
    except TypeError:
        return _Same(function)
    return function


_held: Recent[Held] = Recent()
_runners: Recent[Runner] = Recent()
_tokens = itertools.count()


def held_draws(task: Task) -> Held:
    """Return what is done of a task already; a later call of the same task goes on from there."""
    quantity: Any = task.quantity
    names: tuple[object, ...]
    if isinstance(quantity, Called):
        # the value for the fit itself too: a function that changed its mind starts anew
        names = (_key(quantity.function), tuple(quantity.observed(task.fit).tolist()))
    elif isinstance(quantity, LikelihoodRatio):
        names = ("LR", fit_digest(quantity.alternative))
    else:
        names = (quantity,)
    key = (fit_digest(task.fit), task.scheme.key, *names)
    return _held.get(key, lambda: Held(f"{os.getpid()}-{next(_tokens)}"), size=task.fit.nobs)


def run(task: Task, numbers: Sequence[int], *, jobs: int | None) -> dict[int, Draw]:
    """Make the draws that are not done yet and return all that were asked for.

    Parameters
    ----------
    task : Task
    numbers : sequence of int
    jobs : int, optional
        Processes. Without, other ones are started only for work of more than some ten seconds,
        as many as ``WORKBENCH_THREADS`` says or the machine has. No number depends on it.
    """
    workers = processes(jobs)
    done = held_draws(task)
    todo = [number for number in numbers if number not in done.draws]
    named = Task(task.fit, task.scheme, task.quantity, done.token)
    with single_thread(), progress(len(numbers), "bootstrap") as tick:
        tick(len(numbers) - len(todo))
        for number, draw in _made(named, todo, workers, at_once=jobs is not None):
            done.draws[number] = draw
            tick(1)
    return {number: done.draws[number] for number in numbers}


def _made(
    task: Task, todo: list[int], workers: int, *, at_once: bool
) -> Iterator[tuple[int, Draw]]:
    if workers > 1 and at_once and len(todo) > 1:
        yield from _in_processes(task, todo, workers)
        return
    began = time.monotonic()
    for place, number in enumerate(todo):
        yield from batch(task, [number])
        spent, left = time.monotonic() - began, len(todo) - place - 1
        if workers > 1 and spent > ALONE and spent / (place + 1) * left > WORTH:
            yield from _in_processes(task, todo[place + 1 :], workers, must=False)
            return


@one_thread
def batch(task: Task, numbers: Iterable[int]) -> list[tuple[int, Draw]]:
    """Make some draws; what they share is prepared once in a process."""
    runner = _runners.get(task.token, lambda: Runner(task), size=task.fit.nobs)
    return [(number, runner.draw(number)) for number in numbers]


def _in_processes(
    task: Task, todo: list[int], workers: int, *, must: bool = True
) -> Iterator[tuple[int, Draw]]:
    from joblib import Parallel, delayed

    size = max(1, -(-len(todo) // (workers * BATCHES)))
    parts = [todo[start : start + size] for start in range(0, len(todo), size)]
    pool = Parallel(n_jobs=workers, backend="loky", return_as="generator_unordered")
    try:
        for part in pool(delayed(batch)(task, part) for part in parts):
            yield from part
    except (pickle.PicklingError, TypeError, AttributeError) as fault:
        if "pickle" not in str(fault):
            raise
        if not must:
            yield from batch(task, todo)
            return
        raise InputError(
            "statistic",
            expected="a function that can be sent to other processes",
            found=" ".join(str(fault).split()),
            remedy="jobs=1",
        ) from fault


def processes(jobs: int | None) -> int:
    """Return how many processes to use at most; refuse what is no positive whole number."""
    if jobs is None:
        told = os.environ.get("WORKBENCH_THREADS", "")
        return max(1, int(told)) if told.isdigit() else os.cpu_count() or 1
    if isinstance(jobs, bool) or not isinstance(jobs, int | np.integer) or jobs < 1:
        raise InputError(
            "jobs",
            expected="a whole number of processes, at least 1, or None",
            found=repr(jobs),
            remedy="jobs=None",
        )
    return int(jobs)


def succeeded(found: dict[int, Draw]) -> tuple[dict[int, FloatArray], pd.Series[Any]]:
    """Split draws into those with numbers and the reasons of the others; refuse too many of these.

    Raises
    ------
    ConvergenceError
        If more than a tenth failed.
    """
    kept = {number: draw for number, draw in found.items() if not isinstance(draw, str)}
    reasons = {number: draw for number, draw in found.items() if isinstance(draw, str)}
    if len(reasons) > MOST_FAILED * len(found):
        told = Counter(reasons.values()).most_common(1)[0]
        raise ConvergenceError(
            "draws",
            expected=f"at most {MOST_FAILED:.0%} of the draws to fail",
            found=f"{len(reasons)} of {len(found)}, {told[1]} of them with: {told[0]}",
            offenders=[f"draw {number}" for number in reasons],
            why="draws that fail are not like the others: what remains is no distribution",
            remedy='a smaller model, other weights, or kind="residual" where the model allows',
        )
    index = pd.Index(list(reasons), name="draw", dtype="int64")
    return kept, pd.Series(list(reasons.values()), index=index, name="reason", dtype=object)


def failure_note(failed: pd.Series[Any], draws: int) -> tuple[str, ...]:
    """Return what a reader must know of draws that failed."""
    if failed.empty:
        return ()
    counts = Counter(failed.tolist()).most_common()
    told = "; ".join(f"{count} with {reason}" for reason, count in counts)
    return (
        f"{len(failed)} of {draws} draws failed and are left out ({told}). They tend to be the "
        "extreme ones: intervals may be too short.",
    )
