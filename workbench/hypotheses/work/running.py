"""The same function of many items: on this process, on local ones, or on a cluster."""

from __future__ import annotations

import os
import pickle
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeAlias

from workbench.errors import InputError, MissingExtraError, WorkbenchError
from workbench.hypotheses.work.store import Store
from workbench.models.resampling.draws import processes
from workbench.numerics.sparse.recent import Recent
from workbench.numerics.threads import one_thread, single_thread
from workbench.progress import progress

SCHEDULER = "WORKBENCH_SCHEDULER"
"""Environment variable with the address of a cluster, where no client is given."""

ALONE = 2.0
"""Seconds after which the time that is left is foreseen."""

WORTH = 10.0
"""Seconds of work left from which other processes are worth starting, where none are asked for."""

BATCHES = 8
"""Batches a process: the more, the less is lost by stopping; the fewer, the less is sent."""

LIVES, TRIES = 2, 2
"""Times that all work is begun, and that an item is begun alone, before a death is its fault."""

Function: TypeAlias = Callable[[Any, Any], Any]
Lost: TypeAlias = Callable[[Any], Any]
Lasting: TypeAlias = Callable[[Any], bool]
Part: TypeAlias = "list[tuple[int, Any]]"

_loaded: Recent[Any] = Recent()


class Died:
    """In the place of an answer: a process died of the item."""


def each(
    function: Function,
    shared: Any,
    items: Sequence[Any],
    *,
    jobs: int | None = None,
    client: Any = None,
    title: str = "",
    keys: Sequence[str] | None = None,
    store: Store | None = None,
    lost: Lost | None = None,
    lasting: Lasting | None = None,
) -> list[Any]:
    """Return ``function(shared, item)`` of every item, in the order of items.

    Parameters
    ----------
    function : callable
        Of a module, so that other processes find it. What may fail returns a record of that.
    shared : object
        What all items need; sent to a process once.
    items : sequence
    jobs : int, optional
        Processes. Without, other ones are started only for work of more than some ten seconds, as
        many as ``WORKBENCH_THREADS`` says or the machine has.
    client : distributed.Client, optional
        A cluster that does the work; ``WORKBENCH_SCHEDULER`` may name its address instead.
    title : str
        Of the progress bar.
    keys : sequence of str, optional
        Digest of each item, under which `store` holds its answer.
    store : Store, optional
        Answers that it holds are not computed again; new ones are kept as they come.
    lost : callable, optional
        Of an item, the answer where its process dies whenever it has the item alone. Not kept in
        `store`. Without, that is an error.
    lasting : callable, optional
        Of an answer, whether `store` may keep it; all without. What memory or a disk that was full
        brought about would otherwise outlive its cause.

    Returns
    -------
    list
        The same whatever does the work.

    Raises
    ------
    WorkbenchError
        If a process dies of one item alone, and `lost` is not given.

    Notes
    -----
    A process that dies, killed or out of memory, takes nothing with it: what was done is there, and
    the rest goes on in new processes, in smaller and smaller batches, the last ones item by item.

    Examples
    --------
    >>> import operator
    >>> each(operator.add, 1, [1, 2, 3])
    [2, 3, 4]
    """
    workers = processes(jobs)
    answers: dict[int, Any] = _kept(keys, store)
    todo = [(place, item) for place, item in enumerate(items) if place not in answers]
    with single_thread(), progress(len(items), title) as tick, cluster(client) as found:
        tick(len(answers))
        if found is not None:
            made = _on_cluster(found, function, shared, todo)
        else:
            made = _here(function, shared, todo, workers, at_once=jobs is not None)
        for place, answer in made:
            dead = isinstance(answer, Died)
            answers[place] = _of_dead(items[place], lost) if dead else answer
            kept = not dead and (lasting is None or lasting(answer))
            if store is not None and keys is not None and kept:
                store.put(keys[place], answer)
            tick(1)
    return [answers[place] for place in range(len(items))]


def _kept(keys: Sequence[str] | None, store: Store | None) -> dict[int, Any]:
    if store is None or keys is None:
        return {}
    held = {place: store.get(key) for place, key in enumerate(keys)}
    return {place: answer for place, answer in held.items() if answer is not None}


def _here(
    function: Function, shared: Any, todo: Part, workers: int, *, at_once: bool
) -> Iterator[tuple[int, Any]]:
    if workers > 1 and at_once and len(todo) > 1:
        yield from _in_processes(function, shared, todo, workers)
        return
    began = time.monotonic()
    for done, (place, item) in enumerate(todo, start=1):
        yield place, function(shared, item)
        spent, left = time.monotonic() - began, len(todo) - done
        foreseen = spent > ALONE and spent / done * left > WORTH
        if foreseen and workers > 1 and _can_be_sent(shared):
            yield from _in_processes(function, shared, todo[done:], workers)
            return
        if foreseen:
            workers = 1  # asked once, not at every item


def _in_processes(
    function: Function, shared: Any, todo: Part, workers: int
) -> Iterator[tuple[int, Any]]:
    """Send items in batches; where a process dies, go on with what is not done."""
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    left, lives = dict(todo), LIVES
    with _payload(shared) as path:
        while left:
            size = _size(list(left.items()), workers)
            for _ in range(lives):
                rest = list(left.items())
                try:
                    for place, answer in _batches(function, path, rest, workers, size):
                        del left[place]
                        yield place, answer
                except TerminatedWorkerError:
                    size = max(1, size // BATCHES)
                if not left:
                    return
            for place, answer in _one_by_one(function, path, list(left.items())):
                del left[place]
                yield place, answer
            lives = 1  # there may be more such items


def _batches(
    function: Function, path: str, todo: Part, workers: int, size: int
) -> Iterator[tuple[int, Any]]:
    from joblib import Parallel, delayed

    pool = Parallel(n_jobs=workers, backend="loky", return_as="generator_unordered")
    calls = (delayed(_from_file)(function, path, part) for part in _parts(todo, size))
    for part in pool(calls):
        yield from part


def _one_by_one(function: Function, path: str, todo: Part) -> Iterator[tuple[int, Any]]:
    """Send one item at a time until one is found of which its process dies, which ends it."""
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    for place, item in todo:
        for _ in range(TRIES):
            try:
                # of one batch one process does all, but for one process joblib starts none
                yield from _batches(function, path, [(place, item)], workers=2, size=1)
                break
            except TerminatedWorkerError:
                continue
        else:
            yield place, Died()
            return


def _of_dead(item: Any, lost: Lost | None) -> Any:
    if lost is not None:
        return lost(item)
    raise WorkbenchError(
        "jobs",
        expected="processes that live until their work is done",
        found=f"one that dies of item {item!r}" if isinstance(item, str | int) else "one that dies",
        why="the memory may not suffice for so many processes",
        remedy="jobs=1, and cache= so that a new call goes on from what is done",
    )


def _size(todo: Part, workers: int) -> int:
    return max(1, -(-len(todo) // (workers * BATCHES)))


def _parts(todo: Part, size: int) -> Iterator[Part]:
    for start in range(0, len(todo), size):
        yield todo[start : start + size]


@contextmanager
def _payload(shared: Any) -> Iterator[str]:
    """Write what all items need once, for processes to read; each reads it once."""
    with tempfile.TemporaryDirectory(prefix="workbench-") as folder:
        path = Path(folder) / "shared"
        path.write_bytes(_pickled(shared))
        yield str(path)


def _can_be_sent(shared: Any) -> bool:
    try:
        _pickled(shared)
    except InputError:
        return False
    return True


def _pickled(shared: Any) -> bytes:
    import cloudpickle

    try:
        found: bytes = cloudpickle.dumps(shared)
    except (pickle.PicklingError, TypeError, AttributeError) as fault:
        raise InputError(
            "jobs",
            expected="choices that can be sent to other processes",
            found=" ".join(str(fault).split()),
            remedy="jobs=1",
        ) from fault
    return found


@one_thread
def _from_file(function: Function, path: str, part: Part) -> Part:
    shared = _loaded.get(path, lambda: pickle.loads(Path(path).read_bytes()), size=1)
    return [(place, function(shared, item)) for place, item in part]


@one_thread
def _on_worker(function: Function, shared: Any, part: Part) -> Part:
    return [(place, function(shared, item)) for place, item in part]


def _on_cluster(
    client: Any, function: Function, shared: Any, todo: Part
) -> Iterator[tuple[int, Any]]:
    """Send items in batches to a cluster, which starts a batch anew where a worker is lost."""
    from distributed import KilledWorker, as_completed

    if not todo:
        return
    # the result of a task, which is made anew where its worker is lost; what is scattered is not
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Sending large graph", category=UserWarning)
        held = client.submit(pickle.loads, _pickled(shared), pure=False)
    sent: dict[Any, Part] = {}

    def send(part: Part) -> Any:
        future = client.submit(_on_worker, function, held, part, pure=False)
        sent[future] = part
        return future

    workers = max(1, sum(client.nthreads().values()))
    coming = as_completed([send(part) for part in _parts(todo, _size(todo, workers))])
    try:
        for done in coming:
            part = sent.pop(done)
            try:
                yield from done.result()
            except KilledWorker:  # several workers died of it
                if len(part) == 1:
                    yield part[0][0], Died()
                for single in part if len(part) > 1 else []:
                    coming.add(send([single]))
    finally:
        client.cancel(list(sent))  # where the caller stops early


@contextmanager
def cluster(client: Any) -> Iterator[Any]:
    """Give the client of a cluster: the caller's, that of ``WORKBENCH_SCHEDULER``, or None.

    Raises
    ------
    MissingExtraError
        If an address is given and ``distributed`` is not installed.
    InputError
        If `client` is no client, or nobody answers at the address.
    """
    address = os.environ.get(SCHEDULER, "")
    if client is not None:
        unlike = not hasattr(client, "submit") or not hasattr(client, "scatter")
        if unlike or getattr(client, "asynchronous", False):
            raise InputError(
                "client",
                expected="a dask.distributed Client that is not asynchronous",
                found=type(client).__name__ + ("" if unlike else ", asynchronous"),
                remedy='distributed.Client("tcp://...")',
            )
        yield client
        return
    if not address:
        yield None
        return
    require_distributed()
    from distributed import Client

    try:
        made = Client(address, timeout=10)
    except (OSError, ValueError) as fault:
        raise InputError(
            "scheduler",
            expected="the address of a running dask scheduler",
            found=f"{address}: {' '.join(str(fault).split())}",
            remedy="dask scheduler, then --scheduler tcp://host:8786",
        ) from fault
    try:
        yield made
    finally:
        made.close()


def require_distributed() -> None:
    """Refuse work on a cluster where the package that it takes is not installed.

    Raises
    ------
    MissingExtraError
    """
    if find_spec("distributed") is None:
        raise MissingExtraError(
            "scheduler",
            expected="the package distributed, for work on a cluster",
            found="not installed",
            remedy='pip install "spatial-workbench[cluster]"',
        )
