"""The card of a queen lattice: from polygons to weights to what a reader must know of them.

Usage: python benchmarks/card.py [--sizes 10000 100000 1000000]

``MB`` is what the process has in use at its peak, polygons and libraries included.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

from contiguity import quadrilaterals
from harness import engines, measure, peak, report, table

SCRIPT = str(Path(__file__))
ENGINES = ("queen", "card")


def one(n: int, engine: str) -> None:
    """Measure the building of the weights, or of their card."""
    import workbench as wb

    cells, small = quadrilaterals(n), quadrilaterals(2_500)

    def card(W: Any) -> str:
        W = copy(W)  # a copy has computed nothing yet
        return f"admissible rho {W.card().table().loc['admissible rho', 'value']}"

    if engine == "queen":
        queen = wb.weights.queen
        found = measure(lambda: queen(cells).digest, warm=lambda: queen(small).digest)
    else:
        W = wb.weights.queen(cells)
        found = measure(lambda: card(W), warm=lambda: card(wb.weights.queen(small)))
    report(replace(found, megabytes=peak()))


def main() -> None:
    """Build weights and card at every size and print a table."""
    if "--one" in sys.argv:
        n, engine = sys.argv[sys.argv.index("--one") + 1 :]
        one(int(n), engine)
        return
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", type=int, default=[10_000, 100_000, 1_000_000])
    found = engines(SCRIPT, parser.parse_args().sizes, ENGINES)
    print("\n".join(table("card of a queen lattice", found, ours="card")))


if __name__ == "__main__":
    main()
