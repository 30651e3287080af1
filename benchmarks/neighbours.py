"""The 8 nearest and a band of 8 on average, among uniform points in the plane, beside libpysal.

Usage: python benchmarks/neighbours.py [--sizes 1000 10000 100000] [--engines ...]

The answer of every engine is a digest of its pairs: equal answers, the same neighbours. Memory is
that of the first call, CPU seconds those of a second one on the same points: memory at hand,
everything compiled. Small cases are repeated and averaged.
"""

from __future__ import annotations

import math
import warnings
from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from harness import engines, measure, pairs_digest, report, table

SCRIPT = str(Path(__file__))
ENGINES = ("workbench", "libpysal")
CASES = ("knn", "band")
SMALL = 5000  # large enough for compiled code
K = 8
SPACING = 1000.0
BAND = math.sqrt(K / math.pi) * SPACING


def points(n: int) -> Any:
    """Return uniform points, on average one in a square of SPACING metres."""
    import geopandas as gpd

    xy = np.random.default_rng(1).random((n, 2)) * math.sqrt(n) * SPACING
    return gpd.GeoSeries(gpd.points_from_xy(xy[:, 0], xy[:, 1], crs=3857))


def build(engine: str, case: str, places: Any) -> Any:
    """Build the weights, each engine as its users do."""
    if engine == "workbench":
        import workbench as wb

        if case == "knn":
            return wb.weights.knn(places, K)
        return wb.weights.distance_band(places, BAND, unit="m", islands="keep")
    from libpysal.graph import Graph

    warnings.simplefilter("ignore")  # its warning on islands
    return (
        Graph.build_knn(places, k=K) if case == "knn" else Graph.build_distance_band(places, BAND)
    )


def one(n: int, engine: str, case: str) -> None:
    """Measure one engine at one size."""
    places, small = points(n), points(SMALL)
    first = measure(lambda: build(engine, case, places), warm=lambda: build(engine, case, small))
    answer = pairs_digest(first.answer)
    repeats = max(1, min(20, 100_000 // n))

    def repeat() -> None:
        for _ in range(repeats):
            build(engine, case, places)

    again = measure(repeat, warm=lambda: None)
    report(
        replace(
            again,
            cpu=again.cpu / repeats,
            wall=again.wall / repeats,
            megabytes=first.megabytes,
            answer=answer,
        )
    )


def main() -> None:
    """Print a table a case."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1000, 10_000, 100_000])
    parser.add_argument("--engines", nargs="+", default=list(ENGINES), choices=ENGINES)
    parser.add_argument("--one", nargs=3, metavar=("N", "ENGINE", "CASE"))
    options = parser.parse_args()
    if options.one:
        n, engine, case = options.one
        one(int(n), engine, case)
        return
    for case in CASES:
        found = engines(SCRIPT, options.sizes, options.engines, case)
        print("\n".join(table(case, found, ours="workbench")), flush=True)


if __name__ == "__main__":
    main()
