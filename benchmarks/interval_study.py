"""What the studies of intervals share: the command line, the file of rows, design by design."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from pathlib import Path
from time import process_time
from typing import Any

import pandas as pd

FOLDER = Path(__file__).parents[1] / "reports" / "validation"


def read_rows(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    """Return the rows that are there; none where there is no file."""
    if not path.exists():
        return pd.DataFrame(columns=columns)
    return pd.read_csv(path, keep_default_na=False, na_values=[""])


def write_rows(path: Path, blocks: dict[str, pd.DataFrame], designs: Sequence[Any]) -> None:
    """Write the blocks in the order of the study, whatever the order they were finished in."""
    ordered = [blocks[design.name] for design in designs if design.name in blocks]
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    pd.concat(ordered).to_csv(partial, index=False, float_format="%.6g", lineterminator="\n")
    partial.replace(path)


def run(
    chosen: Sequence[Any],
    *,
    designs: Sequence[Any],
    path: Path,
    table: pd.DataFrame,
    rows_of: Callable[[pd.DataFrame, Any], pd.DataFrame],
    settled: Callable[[Any], pd.DataFrame],
) -> None:
    """Run designs one after the other; write after every one, beside what is there."""
    blocks = {d.name: rows for d in designs if len(rows := rows_of(table, d))}
    for design in chosen:
        start = process_time()
        made = settled(design)
        blocks[design.name] = made
        write_rows(path, blocks, designs)
        told = made[[name for name in ("estimator", "failed") if name in made]]
        failed = int(told.drop_duplicates()["failed"].sum())
        print(
            f"{design.name}: coverage {made['coverage'].min():.3f} to "
            f"{made['coverage'].max():.3f}, {failed} failed, {process_time() - start:.0f} s",
            flush=True,
        )


def options(told: str | None, *, replications: int, draws: int, seed: int) -> Namespace:
    """Read the command line."""
    parser = ArgumentParser(description=told)
    parser.add_argument("--replications", type=int, default=replications)
    parser.add_argument("--draws", type=int, default=draws)
    parser.add_argument("--seed", type=int, default=seed)
    parser.add_argument("--designs", nargs="+", default=[], metavar="WORD")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--report", action="store_true", help="print tables, draw the picture")
    parser.add_argument("--check", action="store_true", help="compare with dense formulae")
    return parser.parse_args()
