"""K-densities of establishments with 999 draws, beside plain numpy and scipy.

Usage: python benchmarks/point_densities.py [--sizes 100 1000 10000] [--engines ...]

n establishments of a sector among 2 n sites. The measure is in no package of Python that is
installed here (R's dbmss has it), so that the peers are what one writes without: ``pdist`` of every
draw, then either a histogram of 65,536 bins times a matrix of kernels at those that are not empty
("numpy") or ``scipy.stats.gaussian_kde`` of the distances and their mirror images ("gaussian_kde").
They run a few draws, and their seconds are scaled to 1,000 curves; their memory is that of a curve.
The answer is the density of the observed sector at three distances, which all engines agree on.
"""

from __future__ import annotations

from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from harness import engines, measure, report, table

SCRIPT = str(Path(__file__))
ENGINES = ("workbench", "numpy", "gaussian_kde")
SMALL = 60
DRAWS = 999
CURVES = {"numpy": {100: 200, 1000: 20}, "gaussian_kde": {100: 100, 1000: 5}}
"""Curves that a peer computes by size; one where none is named."""

BINS = 1 << 16


def places(n: int) -> Any:
    """Return 2 n sites in towns of a square of 500 km, the first n of the sector."""
    rng = np.random.default_rng(4)
    towns = rng.uniform(0, 500.0, (40, 2))
    return towns[rng.integers(0, 40, 2 * n)] + rng.normal(0, 15.0, (2 * n, 2))


def at() -> Any:
    """Return 101 distances to about the median."""
    return np.linspace(0.0, 250.0, 101)


def ours(xy: Any, n: int, draws: int) -> Any:
    """Estimate with the public function."""
    import geopandas as gpd

    import workbench.innovation.points as room

    sectors = np.repeat(["a", "b"], n)
    geometry = gpd.points_from_xy(*(xy.T * 1000.0), crs=3857)
    firms = gpd.GeoDataFrame({"sector": sectors}, geometry=geometry)
    found = room.k_density(
        firms, sector="sector", sectors="a", distances=at(), draws=draws, level=0.95
    )
    return found.tidy()["estimate"].to_numpy()


def silverman(distances: Any) -> float:
    """Return the rule-of-thumb bandwidth."""
    low, high = np.quantile(distances, [0.25, 0.75])
    spread = min(distances.std(ddof=1), (high - low) / 1.34)
    return float(0.9 * spread * distances.size**-0.2)


def numpy_curve(xy: Any) -> Any:
    """Count distances into bins and multiply by kernels at the bins."""
    from scipy.spatial.distance import pdist

    d = pdist(xy)
    h, width = silverman(d), d.max() * (1 + 1e-9) / BINS
    counts = np.bincount((d / width).astype(np.int64), minlength=BINS)
    taken = np.flatnonzero(counts)
    middle, u = (taken + 0.5) * width, at()[:, None]
    kernels = np.exp(-0.5 * ((u - middle) / h) ** 2) + np.exp(-0.5 * ((u + middle) / h) ** 2)
    return kernels @ counts[taken] / (d.size * h * np.sqrt(2 * np.pi))


def kde_curve(xy: Any) -> Any:
    """Estimate with scipy, each distance counted with its mirror image where that can matter."""
    from scipy.spatial.distance import pdist
    from scipy.stats import gaussian_kde

    d = pdist(xy)
    h = silverman(d)
    both = np.concatenate([d, -d[d < 9 * h]])
    kde = gaussian_kde(both, bw_method=h / both.std(ddof=1))
    return kde(at()) * both.size / d.size


def peers(engine: str, xy: Any, n: int, curves: int) -> Any:
    """Return the observed curve, having drawn the others."""
    curve = numpy_curve if engine == "numpy" else kde_curve
    rng = np.random.default_rng(0)
    observed = curve(xy[:n])
    for _ in range(curves - 1):
        curve(xy[rng.choice(len(xy), n, replace=False)])
    return observed


def one(n: int, engine: str) -> None:
    """Measure one engine at one size."""
    xy, small = places(n), places(SMALL)
    if engine == "workbench":
        found = measure(lambda: ours(xy, n, DRAWS), warm=lambda: ours(small, SMALL, DRAWS))
        scale = 1.0
    else:
        curves = CURVES[engine].get(n, 1)
        found = measure(
            lambda: peers(engine, xy, n, curves), warm=lambda: peers(engine, small, SMALL, 2)
        )
        scale = (DRAWS + 1) / curves
    said = " ".join(f"{found.answer[k]:.4g}" for k in (4, 40, 100))
    said += "" if scale == 1.0 else f" (from {curves} curves)"
    report(replace(found, cpu=found.cpu * scale, wall=found.wall * scale, answer=said))


def main() -> None:
    """Print a table."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1000, 10_000])
    parser.add_argument("--engines", nargs="+", default=list(ENGINES), choices=ENGINES)
    parser.add_argument("--one", nargs=2, metavar=("N", "ENGINE"))
    options = parser.parse_args()
    if options.one:
        n, engine = options.one
        one(int(n), engine)
        return
    found = engines(SCRIPT, options.sizes, options.engines)
    title = "K-density of n establishments among 2 n sites, 999 draws, 101 distances"
    print("\n".join(table(title, found, ours="workbench")), flush=True)


if __name__ == "__main__":
    main()
