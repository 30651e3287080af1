"""How often bootstrap intervals of impacts cover a known truth where regions are few.

Usage: python benchmarks/interval_bootstrap.py [--replications 400] [--draws 199]
       [--folder reports/validation] [--report]

The Russian map of ``intervals.py``, its truths, samples and streams. Each sample is fitted with
``wb.fit`` and asked for ``impacts()`` by both methods and for ``bootstrap("impacts")``, parametric,
with every kind of interval. Finished designs are written to ``bootstrap.csv`` at once and not done
again; ``--report`` prints the table of what is there.
"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

import numpy as np
import pandas as pd
from interval_designs import EFFECTS, Design, truth, world

import workbench as wb
from workbench.errors import ConvergenceError

FOLDER = Path(__file__).parents[1] / "reports" / "validation"
DESIGNS = (
    Design("russia", "sar", 0.6),
    Design("russia", "sdm", 0.6),
    Design("russia", "sar", 0.3),
    Design("russia", "sdem", 0.0, 0.6),
)
BOOTSTRAPS = ("percentile", "basic", "bca", "studentised")
KINDS = ("delta", "monte-carlo", *BOOTSTRAPS)
REPLICATIONS, DRAWS, SEED, MONTE_CARLO = 400, 199, 0, 2000


def intervals(fit: object, *, draws: int, seed: int) -> dict[str, pd.DataFrame]:
    """Return the table of impacts by every kind of interval; bootstraps share their draws."""
    tables = {
        "delta": fit.impacts().table,
        "monte-carlo": fit.impacts(method="monte-carlo", draws=MONTE_CARLO, seed=seed).table,
    }
    for kind in BOOTSTRAPS:
        boot = fit.bootstrap("impacts", draws=draws, interval=kind, seed=seed, jobs=1)
        tables[kind] = boot.tidy()
    return tables


def settled(design: Design, *, count: int, draws: int) -> pd.DataFrame:
    """Return hits and misses of a design, a row an interval and effect."""
    known = world(design)
    values = {key: v for key, v in truth(known).items() if key[1] in EFFECTS}
    sides: dict[tuple[str, str], list[int]] = {}
    failed = 0
    for replication in range(count):
        data = known.sample(replication, SEED)
        try:
            fit = wb.fit("y ~ a + b", data, known.place.weights, model=design.model)
            tables = intervals(fit, draws=draws, seed=replication)
        except ConvergenceError:
            failed += 1
            continue
        for kind, table in tables.items():
            for key, value in values.items():
                low, high = table.loc[key, ["conf_low", "conf_high"]]
                side = int(low > value) - int(high < value)
                sides.setdefault((kind, key[1]), []).append(side)
    rows = [
        {
            "design": design.name,
            "interval": kind,
            "effect": effect,
            "replications": count,
            "draws": draws,
            "failed": failed,
            "coverage": np.mean(np.array(found) == 0),
            "below": np.mean(np.array(found) == -1),
            "above": np.mean(np.array(found) == 1),
        }
        for (kind, effect), found in sides.items()
    ]
    return pd.DataFrame(rows)


def read(path: Path) -> pd.DataFrame:
    """Return the rows that are there; none where there is no file."""
    return pd.read_csv(path) if path.exists() else pd.DataFrame(columns=["design"])


def study(path: Path, *, count: int, draws: int) -> None:
    """Run what is not there yet; write after every design."""
    table = read(path)
    for design in DESIGNS:
        rows = table[table["design"] == design.name]
        if len(rows) and (rows["replications"] == count).all() and (rows["draws"] == draws).all():
            continue
        made = settled(design, count=count, draws=draws)
        table = pd.concat([table[table["design"] != design.name], made])
        path.parent.mkdir(parents=True, exist_ok=True)
        table.to_csv(path, index=False, float_format="%.6g", lineterminator="\n")


def pages(table: pd.DataFrame) -> list[str]:
    """Return the table as Markdown: coverage in per cent, a row a design and effect."""
    R, draws = int(table["replications"].max()), int(table["draws"].max())
    error = 100 * np.sqrt(0.95 * 0.05 / R / 2)  # two regressors a cell
    lines = [
        f"| design ({R} samples, {draws} bootstrap draws) | effect | {' | '.join(KINDS)} |",
        "|---|---|" + "---|" * len(KINDS),
    ]
    cells = table.pivot_table(
        index=["design", "effect"], columns="interval", values="coverage", sort=False
    )
    for (design, effect), row in cells.iterrows():
        shown = " | ".join(f"{100 * row[kind]:.1f}" for kind in KINDS)
        lines.append(f"| {design} | {effect} | {shown} |")
    means = cells.groupby("effect", sort=False).mean()
    for effect, row in means.iterrows():
        shown = " | ".join(f"{100 * row[kind]:.1f}" for kind in KINDS)
        lines.append(f"| mean | {effect} | {shown} |")
    failed = int(table.groupby("design")["failed"].max().sum())
    return [
        *lines,
        "",
        f"Monte-Carlo error of a cell, two regressors together: at least {error:.1f} points, at "
        f"most {error * np.sqrt(2):.1f}. Fits that failed: {failed}.",
    ]


def main() -> None:
    """Run the study or print its table."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--replications", type=int, default=REPLICATIONS)
    parser.add_argument("--draws", type=int, default=DRAWS)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--report", action="store_true", help="print the table of what is there")
    asked = parser.parse_args()
    path = asked.folder / "bootstrap.csv"
    if not asked.report:
        study(path, count=asked.replications, draws=asked.draws)
    print("\n".join(pages(read(path))))


if __name__ == "__main__":
    main()
