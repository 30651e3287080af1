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

from argparse import ArgumentParser, Namespace
from pathlib import Path
from time import process_time

import pandas as pd
from panel_counts import COLUMNS, panel_block, panel_replications
from panel_designs import PanelDesign, panel_designs, panel_world
from panel_tables import panel_pages, rows_of_panel

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "reports" / "validation"
REPLICATIONS, DRAWS, SEED = 600, 2000, 0


def settled(design: PanelDesign, *, count: int, seed: int, draws: int) -> pd.DataFrame:
    """Run all replications of a design and return its rows."""
    known = panel_world(design)
    found, failures = panel_replications(known, range(count), seed=seed, draws=draws)
    return panel_block(design, found, failures, seed=seed, draws=draws)


def read(path: Path) -> pd.DataFrame:
    """Return the rows that are there; none where there is no file."""
    if not path.exists():
        return pd.DataFrame(columns=COLUMNS)
    return pd.read_csv(path, keep_default_na=False, na_values=[""])


def is_done(table: pd.DataFrame, design: PanelDesign, *, count: int, seed: int, draws: int) -> bool:
    """Return whether the rows of a design are there, by all its estimators with these settings."""
    rows = rows_of_panel(table, design)
    wanted = {"replications": count, "seed": seed, "draws": draws}
    return set(rows["estimator"]) == set(design.estimators) and all(
        (rows[name] == value).all() for name, value in wanted.items()
    )


def write(path: Path, blocks: dict[str, pd.DataFrame]) -> None:
    """Write the blocks in the order of the study, whatever the order they were finished in."""
    ordered = [blocks[design.name] for design in panel_designs() if design.name in blocks]
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    pd.concat(ordered).to_csv(partial, index=False, float_format="%.6g", lineterminator="\n")
    partial.replace(path)


def study(chosen: list[PanelDesign], path: Path, *, count: int, seed: int, draws: int) -> None:
    """Run what is not there yet; write after every design."""
    table = read(path)
    blocks = {d.name: rows for d in panel_designs() if len(rows := rows_of_panel(table, d))}
    for design in chosen:
        if is_done(table, design, count=count, seed=seed, draws=draws):
            continue
        start = process_time()
        made = settled(design, count=count, seed=seed, draws=draws)
        blocks[design.name] = made
        write(path, blocks)
        failed = int(made.groupby("estimator")["failed"].first().sum())
        print(
            f"{design.name}: coverage {made['coverage'].min():.3f} to "
            f"{made['coverage'].max():.3f}, {failed} failed, {process_time() - start:.0f} s",
            flush=True,
        )


def options() -> Namespace:
    """Read the command line."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--replications", type=int, default=REPLICATIONS)
    parser.add_argument("--draws", type=int, default=DRAWS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--designs", nargs="+", default=[], metavar="WORD")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--report", action="store_true", help="print tables, draw the picture")
    parser.add_argument("--check", action="store_true", help="compare with dense formulae")
    return parser.parse_args()


def main() -> None:
    """Run the study, its report or its check."""
    asked = options()
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
