"""What the benchmarks share: one measurement in a process of its own, and a plain table.

Each measurement runs in a fresh interpreter, so that peak memory is its own. It builds its input,
runs a small case first (imports, compilation), then the case that counts.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from gc import collect
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from statistics import median
from time import perf_counter, process_time
from typing import Any

ROOT = Path(__file__).parents[1]

RUNS, ENOUGH = 5, 1.0
# A run of some hundredths of a second can take half as long again beside other work.


@dataclass(frozen=True, slots=True)
class Measurement:
    """CPU and wall seconds of a task, memory it added at its peak, and what it answered."""

    cpu: float
    wall: float
    megabytes: float
    answer: Any


def measure(task: Callable[[], Any], *, warm: Callable[[], Any]) -> Measurement:
    """Run `warm`, then time `task` in this process; memory is its peak above that before.

    Tasks of under a second run up to five times, and the median counts; memory is the first's.
    Where the system can forget earlier peaks (Linux), before is what is held just before; else
    it is the earlier peak, behind which some of the task's memory can hide.
    """
    warm()
    before = _forget_peak()
    cpu, wall, answer = _time(task)
    megabytes = max(peak() - before, 0.0)
    runs = [(cpu, wall)]
    while len(runs) < RUNS and sum(cpu for cpu, _ in runs) < ENOUGH:
        runs.append(_time(task)[:2])
    return Measurement(*(median(times) for times in zip(*runs, strict=True)), megabytes, answer)


def _time(task: Callable[[], Any]) -> tuple[float, float, Any]:
    cpu, wall = process_time(), perf_counter()
    answer = task()
    return process_time() - cpu, perf_counter() - wall, answer


def run(script: str, *arguments: object) -> Measurement | str:
    """Run ``python script --one arguments`` and read the measurement that it prints as JSON.

    Returns the last line of its errors where it fails, e.g. because a peer is not installed.
    """
    command = [sys.executable, script, "--one", *(str(word) for word in arguments)]
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": path}
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=environment, cwd=ROOT
    )
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["failed"])[-1]
    return Measurement(**json.loads(done.stdout.strip().splitlines()[-1]))


def report(measurement: Measurement) -> None:
    """Print a measurement for :func:`run` to read."""
    print(json.dumps(asdict(measurement)))


def table(
    title: str, results: Mapping[tuple[int, str], Measurement | str], *, ours: str
) -> list[str]:
    """Set measurements side by side: a row a size and engine, ratios to ours, growth of ours.

    ``ratio`` is the CPU of an engine divided by ours at the same size; ``growth`` the exponent
    b of CPU ~ n^b since the size before.
    """
    lines = [
        title,
        f"{'n':>9}  {'engine':<22}{'cpu s':>11}{'wall s':>12}{'MB':>9}{'ratio':>8}  answer",
    ]
    before: tuple[int, float] | None = None
    for (n, engine), found in results.items():
        own = results[(n, ours)]
        if isinstance(found, str):
            lines.append(f"{n:>9}  {engine:<22}{found}")
            continue
        ratio = found.cpu / own.cpu if isinstance(own, Measurement) else math.nan
        text = f"{n:>9}  {engine:<22}{found.cpu:>11.3f}{found.wall:>12.3f}{found.megabytes:>9.0f}"
        lines.append(
            f"{text}{ratio:>8.1f}  {found.answer}{_growth(engine, ours, n, found, before)}"
        )
        if engine == ours:
            before = (n, found.cpu)
    return lines


def _growth(
    engine: str, ours: str, n: int, found: Measurement, before: tuple[int, float] | None
) -> str:
    if engine != ours or before is None:
        return ""
    exponent = math.log(found.cpu / before[1]) / math.log(n / before[0])
    return f"  growth {exponent:.2f}"


def pairs_digest(built: Any) -> str:
    """Return a digest of the links, whatever their weights; libpysal marks islands by zeros."""
    matrix = built.sparse.tocsr().copy()
    matrix.eliminate_zeros()
    matrix.sort_indices()
    digest = hashlib.sha256(matrix.indptr.astype("<i8").tobytes())
    digest.update(matrix.indices.astype("<i8").tobytes())
    return digest.hexdigest()[:12]


def engines(script: str, sizes: Sequence[int], names: Sequence[str], *more: object) -> Any:
    """Run every engine at every size, in order."""
    return {(n, name): run(script, n, name, *more) for n in sizes for name in names}


def _forget_peak() -> float:
    """Start a new peak at the memory held now, where that is possible; return it."""
    collect()
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
    return peak()


def peak() -> float:
    """Return the largest memory held since the peak was forgotten, in megabytes."""
    with suppress(OSError):
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(float(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    return getrusage(RUSAGE_SELF).ru_maxrss / 1024.0
