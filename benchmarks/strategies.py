"""How often each strategy of specification names the model that made the data.

Usage: python benchmarks/strategies.py [--side 10] [--draws 500] [--level 0.05] [--strength 0.4]
       [--seed 0]

Regions are a square lattice with rook neighbours, W row-standardised. One regressor and the
disturbances are standard normal, drawn anew each time, and y = rho W y + 1 + x + theta W x + u,
u = lambda W u + e, where `strength` is the value of rho, lambda and theta that a truth has. Every
draw goes through ``wb.ladder`` with all eight models; each strategy answers at `level`, and beside
them stand the smallest AIC and BIC and the largest marginal likelihood. Printed: the share of draws
in which each names the truth, and in which it cannot tell or cannot be followed; in the row of OLS
what is missing from one is how often it finds something where nothing is.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

TRUTHS: Mapping[str, tuple[int, int, int]] = {
    "ols": (0, 0, 0),
    "slx": (0, 1, 0),
    "sar": (1, 0, 0),
    "sem": (0, 0, 1),
    "sac": (1, 0, 1),
    "sdm": (1, 1, 0),
    "sdem": (0, 1, 1),
    "gns": (1, 1, 1),
}
"""Which of rho, theta and lambda a truth has."""


def lattice(side: int) -> Any:
    """Return rook contiguity of a square, rows summing to one."""
    import workbench as wb

    i = np.arange(side * side)
    row, column = i // side, i % side
    links = np.abs(row[:, None] - row) + np.abs(column[:, None] - column) == 1
    ids = [f"r{k:05d}" for k in i]
    return wb.weights.from_matrix(sparse.csr_array(links.astype(float)), ids=ids, normalize="row")


def sample(W: Any, truth: str, *, strength: float, seed: tuple[int, ...]) -> pd.DataFrame:
    """Draw one data set of a truth."""
    rho, theta, lam = (strength * has for has in TRUTHS[truth])
    x, e = np.random.default_rng(seed).standard_normal((2, W.n))
    eye = sparse.eye_array(W.n, format="csc")
    u = sparse.linalg.spsolve(sparse.csc_array(eye - lam * W.sparse), e)
    signal = 1.0 + x + theta * (W.sparse @ x) + u
    y = sparse.linalg.spsolve(sparse.csc_array(eye - rho * W.sparse), signal)
    return pd.DataFrame({"y": y, "x": x}, index=W.ids)


def answers(table: pd.DataFrame, W: Any, *, level: float) -> dict[str, str | None]:
    """Return the model that each strategy and criterion names; None where one names none."""
    import workbench as wb

    steps = wb.ladder("y ~ x", table, W)
    criteria = steps.criteria()
    return {
        **{word: path.model for word, path in steps.paths(level=level).items()},
        "AIC": criteria["aic"].idxmin(),
        "BIC": criteria["bic"].idxmin(),
        "marginal": steps.marginal().table["probability"].idxmax(),
    }


def shares(
    W: Any, truth: str, *, draws: int, level: float, strength: float, seed: int
) -> dict[str, Counter[str | None]]:
    """Count the answers of each strategy over draws of one truth."""
    at = list(TRUTHS).index(truth)
    counts: dict[str, Counter[str | None]] = {}
    for draw in range(draws):
        table = sample(W, truth, strength=strength, seed=(seed, at, draw))
        for word, model in answers(table, W, level=level).items():
            counts.setdefault(word, Counter())[model] += 1
    return counts


def row(truth: str, counts: Mapping[str, Counter[str | None]], draws: int) -> str:
    """Return one row of the table: per cent right, and per cent without an answer."""
    cells = []
    for counted in counts.values():
        right, none = (100 * counted[key] / draws for key in (truth, None))
        cells.append(f"{right:.0f}" + (f" ({none:.0f})" if none >= 0.5 else ""))
    return f"| {truth} | " + " | ".join(cells) + " |"


def main() -> None:
    """Print the table."""
    parser = ArgumentParser(description=__doc__, add_help=True)
    parser.add_argument("--side", type=int, default=10)
    parser.add_argument("--draws", type=int, default=500)
    parser.add_argument("--level", type=float, default=0.05)
    parser.add_argument("--strength", type=float, default=0.4)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    W = lattice(given.side)
    print(
        f"{W.n} regions, {given.draws} draws a truth, strength {given.strength:g}, "
        f"level {given.level:g}: per cent of draws that name the truth (cannot tell)\n"
    )
    options = {name: getattr(given, name) for name in ("draws", "level", "strength", "seed")}
    for truth in TRUTHS:
        counts = shares(W, truth, **options)
        if truth == "ols":
            print("| truth | " + " | ".join(counts) + " |\n" + "|---" * (len(counts) + 1) + "|")
        print(row(truth, counts, given.draws), flush=True)


if __name__ == "__main__":
    main()
