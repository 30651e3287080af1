"""Neighbours by distance against libpysal: CPU time, peak memory, and whether the pairs agree.

    python benchmarks/neighbours.py                    # 1,000 to 100,000 points
    python benchmarks/neighbours.py --sizes 1000000

Uniform points in the plane; 8 nearest neighbours, and a band that holds 8 on average. Each figure
is a process of its own: one call to warm up, then the mean CPU seconds of a few, in one thread.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import resource
import subprocess
import sys
import time
import warnings

import geopandas as gpd
import numpy as np

K = 8
SPACING = 1000.0
BAND = math.sqrt(K / math.pi) * SPACING


def points(n: int) -> gpd.GeoSeries:
    """Return uniform points, on average one in a square of SPACING metres."""
    xy = np.random.default_rng(1).random((n, 2)) * math.sqrt(n) * SPACING
    return gpd.GeoSeries(gpd.points_from_xy(xy[:, 0], xy[:, 1], crs=3857))


def build(engine: str, case: str, places: gpd.GeoSeries):
    """Build the weights and return them as a CSR matrix."""
    if engine == "workbench":
        import workbench as wb

        if case == "knn":
            return wb.weights.knn(places, K).sparse
        return wb.weights.distance_band(places, BAND, unit="m", islands="keep").sparse
    from libpysal.graph import Graph

    warnings.simplefilter("ignore")  # its warning on islands
    if case == "knn":
        return Graph.build_knn(places, k=K)
    return Graph.build_distance_band(places, BAND)


def pairs_digest(built) -> str:
    """Return a digest of the links, whatever their weights."""
    matrix = built if hasattr(built, "indptr") else built.sparse.tocsr()
    matrix = matrix.copy()
    matrix.eliminate_zeros()
    matrix.sort_indices()
    digest = hashlib.sha256(matrix.indptr.astype("<i8").tobytes())
    digest.update(matrix.indices.astype("<i8").tobytes())
    return digest.hexdigest()[:12]


def one(engine: str, case: str, n: int) -> dict[str, object]:
    """Measure one engine in this process."""
    places = points(n)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    built = build(engine, case, places)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    digest = pairs_digest(built)
    del built
    repeats = max(1, min(20, 100_000 // n))
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(repeats):
        build(engine, case, places)
    return {
        "cpu": (time.process_time() - cpu) / repeats,
        "wall": (time.perf_counter() - wall) / repeats,
        "peak_mb": (peak - before) / 1024,
        "pairs": digest,
    }


def measure(engine: str, case: str, n: int) -> dict[str, object]:
    """Measure one engine in a process of its own."""
    command = [sys.executable, __file__, "--one", engine, case, str(n)]
    out = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(out.stdout)


def main() -> None:
    """Print one row a case and size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1000, 10_000, 100_000])
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        engine, case, n = options.one
        print(json.dumps(one(engine, case, int(n))))
        return
    print(f"{'case':5}{'n':>9}{'ours s':>10}{'theirs s':>10}{'ratio':>7}{'MB':>7}{'MB':>7}  growth")
    for case in ("knn", "band"):
        last = None
        for n in options.sizes:
            ours, theirs = measure("workbench", case, n), measure("libpysal", case, n)
            growth = ""
            if last is not None:
                growth = f"n^{math.log(ours['cpu'] / last[1]) / math.log(n / last[0]):.2f}"
            last = (n, ours["cpu"])
            same = "" if ours["pairs"] == theirs["pairs"] else "  PAIRS DIFFER"
            print(
                f"{case:5}{n:>9}{ours['cpu']:>10.4f}{theirs['cpu']:>10.4f}"
                f"{theirs['cpu'] / ours['cpu']:>7.1f}{ours['peak_mb']:>7.0f}"
                f"{theirs['peak_mb']:>7.0f}  {growth}{same}",
                flush=True,
            )


if __name__ == "__main__":
    main()
