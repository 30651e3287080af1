"""A thousand specifications of one hypothesis: a loop of fits, processes and clusters.

Usage: python benchmarks/curves.py [--engines loop "1 process" ...]

The Russian panel (80 regions, 2000 to 2019, regions with gaps left out): does R&D raise patents in
all, ``total(log(rd)) > 0``? Two formulas, five weights, five models, five effects, two covariances
and two samples are 1,000 specifications; of the 40 whose likelihood has random effects beside a
spatial disturbance and no clustered covariance, the answer is that they do not apply. Engines:

- ``loop``: ``wb.fit`` and ``Hypothesis.test`` of one specification after the other;
- ``1 process``, ``2 processes``: ``wb.specification_curve(..., engine="fit", jobs=...)``, which
  shares samples, designs and fits between specifications;
- ``1 worker`` to ``4 workers``: the same with ``client=`` of a dask ``LocalCluster``;
- ``batch``: ``engine="auto"``, which estimates together what it can.

Printed: wall seconds of a warm call, specifications a second, how many times as fast as the loop,
and a digest of every estimate, standard error, p-value, interval and verdict: equal digests, equal
to the last bit. Of ``batch`` the largest difference to the fits instead, as a share of the standard
error. Processes and workers are started beforehand.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from harness import Measurement, measure, report, run

SCRIPT = str(Path(__file__))
ENGINES = (
    "loop",
    "1 process",
    "2 processes",
    "1 worker",
    "2 workers",
    "4 workers",
    "batch",
)
SHORT = "log(1 + patents) ~ log(rd) + log(students)"
LONG = f"{SHORT} + log(researchers) + log(grp / population)"
NUMBERS = ["estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high"]
TEXTS = ["verdict", "status", "reason"]


def panel() -> Any:
    """Return the regions in 2000 to 2019; a blank patent count is none."""
    import workbench as wb

    table = wb.load("russia-innovation")
    table["patents"] = table["patents"].fillna(0)
    return table[table.index.get_level_values("year") <= 2019]


@cache
def weights() -> dict[str, Any]:
    """Return five ideas of who is whose neighbour."""
    import workbench as wb

    capitals = wb.load("russia-regions", part="capitals80")
    queen = wb.weights.queen(wb.load("russia-regions"), islands="nearest")
    return {
        "queen": queen,
        "two steps": queen.higher_order(2, lower_order=True),
        "distance": wb.weights.inverse_distance(capitals),
        "six nearest": wb.weights.knn(capitals, 6),
        "ten nearest": wb.weights.knn(capitals, 10),
    }


def curve(*, small: bool = False, **how: Any) -> Any:
    """Return the curve, or one of a few specifications that prepares the same."""
    from workbench.hypotheses.curve.engine import specification_curve
    from workbench.hypotheses.statements.hypothesis import Hypothesis

    few = {"queen": weights()["queen"]} if small else weights()
    return specification_curve(
        Hypothesis("R&D raises patents in all", "total(log(rd)) > 0"),
        panel(),
        formulas=[SHORT] if small else [SHORT, LONG],
        weights=few,
        models=["slx", "sar", "sem", "sdm", "sdem"],
        effects=["none", "time", "entity", "two-way", "random"],
        covariances=["classical", "clustered"],
        samples={"2000 to 2019": None, "2010 to 2019": "year >= 2010"},
        options={"missing": "drop-regions"},
        **how,
    )


def looped(plan: Any) -> Any:
    """Return the table that plain fits give, one after the other."""
    from workbench.hypotheses.curve.assembly import table_of
    from workbench.hypotheses.curve.evaluation import answer_of, failure

    records = []
    for choice in plan.choices:
        try:
            fit = plan.fit(choice)
        except Exception as fault:  # noqa: BLE001  a refusal is the answer of a specification
            records.append(failure(fault, 1))
            continue
        records.append({"nobs": fit.nobs, "answers": [answer_of(plan.hypothesis.test(fit))]})
    return table_of(plan, records, 0)


def digest(table: Any) -> str:
    """Return a digest of every number and word of a table."""
    from workbench.hypotheses.work.store import digest_of

    return digest_of(table[NUMBERS], table[TEXTS])[:12]


@contextmanager
def client(workers: int) -> Iterator[Any]:
    """Give a client of as many workers of one thread each."""
    from distributed import Client, LocalCluster

    with (
        LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        Client(cluster) as found,
    ):
        yield found


def one(engine: str) -> Measurement:
    """Measure an engine in this process."""
    number, _, what = engine.partition(" ")
    if engine == "loop":
        plan = curve(engine="fit", jobs=1, small=True).plan
        whole = _plan()
        return measure(lambda: digest(looped(whole)), warm=lambda: looped(plan))
    if engine == "batch":
        exact = curve(engine="fit", jobs=2).table
        task: Callable[[], Any] = lambda: curve(engine="auto", jobs=1).table  # noqa: E731
        found = measure(task, warm=lambda: curve(engine="auto", jobs=1, small=True))
        return Measurement(found.cpu, found.wall, found.megabytes, distance(found.answer, exact))
    if what.startswith("process"):
        how = {"engine": "fit", "jobs": int(number)}
        return measure(lambda: digest(curve(**how).table), warm=lambda: curve(small=True, **how))
    with client(int(number)) as found:
        how = {"engine": "fit", "client": found}
        return measure(lambda: digest(curve(**how).table), warm=lambda: curve(small=True, **how))


def _plan() -> Any:
    """Return the plan of the whole curve without evaluating it."""
    from workbench.hypotheses.curve import running

    plain = running.each
    running.each = _absent
    try:
        return curve(engine="fit").plan
    finally:
        running.each = plain


def _absent(_function: Any, _shared: Any, items: Any, **_more: Any) -> list[Any]:
    """Stand for work that is not done."""
    return [{"nobs": None, "answers": [{"status": "failed", "reason": ""}]} for _ in items]


def distance(found: Any, exact: Any) -> str:
    """Say how far estimates and standard errors are from the fits', in standard errors."""
    same = (found["status"] == exact["status"]).all()
    apart = [np.abs(found[name] - exact[name]) / exact["std_error"] for name in NUMBERS[:2]]
    return f"within {max(map(np.nanmax, apart)):.0e}" if same else "other specifications apply"


def lines(found: dict[str, Measurement | str]) -> list[str]:
    """Set the engines side by side."""
    told = [
        "1,000 specifications, 80 regions in 20 years",
        f"{'engine':<14}{'wall s':>9}{'a second':>10}{'times':>8}  answer",
    ]
    loop = found.get("loop")
    for engine, what in found.items():
        if isinstance(what, str):
            told.append(f"{engine:<14}{what}")
            continue
        times = f"{loop.wall / what.wall:.1f}" if isinstance(loop, Measurement) else ""
        told.append(
            f"{engine:<14}{what.wall:>9.1f}{1000 / what.wall:>10.0f}{times:>8}  {what.answer}"
        )
    return told


def main() -> None:
    """Measure every engine in a process of its own and print the table."""
    parser = ArgumentParser()
    parser.add_argument("--engines", nargs="+", default=list(ENGINES), choices=ENGINES)
    parser.add_argument("--one", nargs=1)
    asked = parser.parse_args()
    if asked.one:
        report(one(asked.one[0]))
        return
    print("\n".join(lines({engine: run(SCRIPT, engine) for engine in asked.engines})))


if __name__ == "__main__":
    main()
