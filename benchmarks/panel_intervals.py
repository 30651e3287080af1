"""How often the 95 % intervals of spatial panels cover a known truth.

Usage: python benchmarks/panel_intervals.py [--replications 600] [--draws 2000] [--seed 0]
       [--designs WORD ...] [--folder reports/validation] [--report] [--check]

Simulates panels with effects of regions and periods on the Russian regions and on a queen lattice,
static and dynamic, with white and with uneven errors, fits them with ``wb.fit`` by several
estimators, and asks for ``tidy()`` and ``impacts()`` by both methods. Truths, designs and streams:
``panel_designs.py``.

Each finished design is written to ``panel_coverage.csv`` at once; designs that are there with the
same settings are not done again. ``--designs sdm T=5`` takes those whose names hold every word.
``--report`` prints the tables of what is there and draws the picture; ``--check`` compares with a
likelihood written anew on dense matrices.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from interval_study import options, read_rows, run
from panel_counts import COLUMNS, panel_block, panel_replications
from panel_designs import PanelDesign, panel_designs, panel_world
from panel_tables import panel_pages, rows_of_panel

REPLICATIONS, DRAWS, SEED = 600, 2000, 0


def settled(design: PanelDesign, *, count: int, seed: int, draws: int) -> pd.DataFrame:
    """Run all replications of a design and return its rows."""
    known = panel_world(design)
    found, failures = panel_replications(known, range(count), seed=seed, draws=draws)
    return panel_block(design, found, failures, seed=seed, draws=draws)


def read(path: Path) -> pd.DataFrame:
    """Return the rows that are there; none where there is no file."""
    return read_rows(path, COLUMNS)


def is_done(table: pd.DataFrame, design: PanelDesign, *, count: int, seed: int, draws: int) -> bool:
    """Return whether the rows of a design are there, by all its estimators with these settings."""
    rows = rows_of_panel(table, design)
    wanted = {"replications": count, "seed": seed, "draws": draws}
    return set(rows["estimator"]) == set(design.estimators) and all(
        (rows[name] == value).all() for name, value in wanted.items()
    )


def study(chosen: list[PanelDesign], path: Path, *, count: int, seed: int, draws: int) -> None:
    """Run what is not there yet; write after every design."""
    table, settings = read(path), {"count": count, "seed": seed, "draws": draws}
    run(
        [design for design in chosen if not is_done(table, design, **settings)],
        designs=panel_designs(),
        path=path,
        table=table,
        rows_of=rows_of_panel,
        settled=lambda design: settled(design, **settings),
    )


def main() -> None:
    """Run the study, its report or its check."""
    asked = options(__doc__, replications=REPLICATIONS, draws=DRAWS, seed=SEED)
    path = asked.folder / "panel_coverage.csv"
    chosen = [d for d in panel_designs() if set(asked.designs) <= set(d.name.split())]
    if asked.check:
        from panel_dense import compared

        print("\n".join(compared()))
        return
    if not asked.report:
        study(chosen, path, count=asked.replications, seed=asked.seed, draws=asked.draws)
    table = read(path)
    missing = sum(rows_of_panel(table, design).empty for design in panel_designs())
    if missing:
        print(f"No tables and no picture: {missing} designs of the study are not there yet.")
        return
    from panel_views import draw_panels

    print("\n".join(panel_pages(table)))
    draw_panels(table).savefig(asked.folder / "panel_coverage.png")


if __name__ == "__main__":
    main()
