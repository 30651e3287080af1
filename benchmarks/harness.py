"""What the benchmarks share: one measurement in a process of its own, and a plain table.

Each measurement runs in a fresh interpreter, so that peak memory is its own. It builds its input,
runs a small case first (imports, compilation), then the case that counts.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from time import perf_counter, process_time
from typing import Any

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Measurement:
    """CPU and wall seconds of a task, memory it added at its peak, and what it answered."""

    cpu: float
    wall: float
    megabytes: float
    answer: Any


def measure(task: Callable[[], Any], *, warm: Callable[[], Any]) -> Measurement:
    """Run `warm`, then time `task` in this process; memory is the peak above that before."""
    warm()
    before = peak()
    cpu, wall = process_time(), perf_counter()
    answer = task()
    cpu, wall = process_time() - cpu, perf_counter() - wall
    return Measurement(cpu, wall, peak() - before, answer)


def measure_twice(
    task: Callable[[], Any], *, warm: Callable[[], Any], repeats: int = 1
) -> Measurement:
    """Take memory and answer from a first call, seconds from the mean of `repeats` more.

    The first call pays for memory that the system has to find; the second shows the work.
    """
    first = measure(task, warm=warm)

    def again() -> None:
        for _ in range(repeats):
            task()

    second = measure(again, warm=lambda: None)
    return replace(first, cpu=second.cpu / repeats, wall=second.wall / repeats)


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
        f"{'n':>9}  {'engine':<22}{'cpu s':>9}{'wall s':>9}{'MB':>9}{'ratio':>8}  answer",
    ]
    before: tuple[int, float] | None = None
    for (n, engine), found in results.items():
        own = results[(n, ours)]
        if isinstance(found, str):
            lines.append(f"{n:>9}  {engine:<22}{found}")
            continue
        ratio = found.cpu / own.cpu if isinstance(own, Measurement) else math.nan
        text = f"{n:>9}  {engine:<22}{found.cpu:>9.3f}{found.wall:>9.3f}{found.megabytes:>9.0f}"
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


def engines(script: str, sizes: Sequence[int], names: Sequence[str], *more: object) -> Any:
    """Run every engine at every size, in order."""
    return {(n, name): run(script, n, name, *more) for n in sizes for name in names}


def peak() -> float:
    """Megabytes that this process has had in use at most."""
    return getrusage(RUSAGE_SELF).ru_maxrss / 1024.0
