"""How often the 95 % intervals of impacts and coefficients cover a known truth.

Usage: python benchmarks/intervals.py [--replications 1000] [--draws 10000] [--seed 0]
       [--designs WORD ...] [--folder reports/validation] [--report] [--check]

Simulates y = ρWy + Xβ + WXθ + u, u = λWu + ε on the Russian regions and on queen lattices, fits
it with ``wb.fit`` and asks for ``tidy()`` and ``impacts()`` by both methods. The truth comes from
a dense inverse. New regressors are drawn in every replication, one white noise and one spatially
correlated; every (design, replication) has a stream of its own.

Each finished design is written to ``coverage.csv`` at once; designs that are there with the same
replications, draws and seed are not done again. ``--designs sdm russia`` takes those whose names
hold every word. ``--report`` prints the tables of what is there and draws the picture;
``--check`` compares estimates, standard errors and delta intervals with a likelihood written
anew on dense matrices.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from interval_counts import COLUMNS, block, replications
from interval_designs import Design, designs, world
from interval_study import options, read_rows, run
from interval_tables import pages, rows_of

REPLICATIONS, DRAWS, SEED = 1000, 10_000, 0


def settled(design: Design, *, count: int, seed: int, draws: int) -> pd.DataFrame:
    """Run all replications of a design and return its rows."""
    known = world(design)
    found, failures, several = replications(known, range(count), seed=seed, draws=draws)
    return block(design, found, failures, several=several, seed=seed, draws=draws)


def read(path: Path) -> pd.DataFrame:
    """Return the rows that are there; none where there is no file."""
    return read_rows(path, COLUMNS)


def is_done(table: pd.DataFrame, design: Design, *, count: int, seed: int, draws: int) -> bool:
    """Return whether the rows of a design are there with these settings."""
    rows = rows_of(table, design)
    wanted = {"replications": count, "seed": seed, "draws": draws}
    return len(rows) > 0 and all((rows[name] == value).all() for name, value in wanted.items())


def study(chosen: list[Design], path: Path, *, count: int, seed: int, draws: int) -> None:
    """Run what is not there yet; write after every design."""
    table, settings = read(path), {"count": count, "seed": seed, "draws": draws}
    run(
        [design for design in chosen if not is_done(table, design, **settings)],
        designs=designs(),
        path=path,
        table=table,
        rows_of=rows_of,
        settled=lambda design: settled(design, **settings),
    )


def main() -> None:
    """Run the study, its report or its check."""
    asked = options(__doc__, replications=REPLICATIONS, draws=DRAWS, seed=SEED)
    path = asked.folder / "coverage.csv"
    chosen = [d for d in designs() if set(asked.designs) <= set(d.name.split())]
    if asked.check:
        from interval_dense import compared

        print("\n".join(compared(chosen)))
        return
    if not asked.report:
        study(chosen, path, count=asked.replications, seed=asked.seed, draws=asked.draws)
    from interval_views import draw

    table = read(path)
    print("\n".join(pages(table)))
    missing = sum(rows_of(table, design).empty for design in designs())
    if missing:
        print(f"No picture: {missing} designs of the study are not there yet.")
        return
    draw(table).savefig(asked.folder / "coverage.png")


if __name__ == "__main__":
    main()
