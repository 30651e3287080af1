"""A composite index replayed: uncertainty of ranks, Sobol indices, what is carried on.

Usage: python benchmarks/composites.py [--sizes 85] [--cases ...]

n regions, 20 indicators in four groups, lognormal with a common factor; the ready set of choices
(an indicator left out, outliers, normalisation, weights, noise on them, aggregation). "uncertainty"
builds 1,000 constructions, "sensitivity" 512 (factors + 2) with 500 bootstrap samples, "bod" 1,000
with benefit of the doubt among the weights. "moran" and "lisa" carry 1,000 draws on, "fit" 100 SAR.
No warm case is larger than what counts: compiled code comes from its cache.
"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import numpy as np
from harness import engines, measure, report, table

SCRIPT = str(Path(__file__))
K = 20
CASES = {
    "uncertainty": "uncertainty: 1,000 constructions",
    "sensitivity": "Sobol indices of ranks, N = 512",
    "both": "both",
    "bod": "1,000 constructions, benefit of the doubt among the weights",
    "moran": "Moran's I of 1,000 draws",
    "lisa": "local clusters of 1,000 draws",
    "fit": "100 SAR fits pooled, impacts too",
}


def regions(n: int) -> Any:
    """Return squares in rows with indicators and an outcome."""
    import geopandas as gpd
    from shapely import box

    rng = np.random.default_rng(1)
    i, j = np.divmod(np.arange(n), round(n**0.5))
    common = rng.standard_normal((n, 1))
    X = np.exp(0.5 * (common + rng.standard_normal((n, K))))
    columns = {f"x{place}": X[:, place] for place in range(K)}
    columns["y"] = common[:, 0] + rng.standard_normal(n)
    ids = [f"R{place:04d}" for place in range(n)]
    return gpd.GeoDataFrame(columns, index=ids, geometry=box(i, j, i + 1, j + 1), crs=3857)


def index_of(table: Any) -> Any:
    """Return the index: min-max, equal weights in four groups, arithmetic."""
    import pandas as pd

    from workbench.innovation.composites import composite

    names = [f"x{place}" for place in range(K)]
    groups = [f"group {place // 5}" for place in range(K)]
    metadata = pd.DataFrame({"direction": "higher", "group": groups}, index=names)
    return composite(pd.DataFrame(table[names]), metadata)


def task(case: str, n: int, draws: int, samples: int) -> Any:
    """Return a function that does the work, with its input made beforehand."""
    import workbench as wb

    squares = regions(n)
    index = index_of(squares)
    if case == "bod":
        drawn = {"weighting": ["equal", "bod"], "normalisation": ["min-max", "percentile"],
                 "left_out": True, "weight_noise": 0.25}  # fmt: skip
        return lambda: _shift(index.uncertainty(drawn, draws=draws))
    if case == "uncertainty":
        return lambda: _shift(index.uncertainty(draws=draws))
    if case == "sensitivity":
        return lambda: _first(index.sensitivity(samples=samples))
    if case == "both":
        return lambda: (
            f"{_shift(index.uncertainty(draws=draws))}; "
            f"{_first(index.sensitivity(samples=samples))}"
        )
    found, W = index.uncertainty(draws=draws), wb.weights.queen(squares)
    if case == "moran":
        return lambda: f"significant in {found.moran(W).share_significant:.1%}"
    if case == "lisa":
        return lambda: f"labels kept {found.lisa(W).glance()['share'].iloc[0]:.3f}"
    fits = min(draws, 100)
    return lambda: _pooled(
        found.fit("y ~ index", squares, W, draws=fits, options={"model": "sar"}), fits
    )


def _shift(found: Any) -> str:
    return f"ranks move by {found.glance()['rank_shift'].iloc[0]:.3f}, {found.failed} failed"


def _first(found: Any) -> str:
    row = found.tidy().iloc[0]
    return f"{found.tidy().index[0]} {row['first']:.2f}, {found.evaluations} built"


def _pooled(found: Any, fits: int) -> str:
    row = found.coefficients.loc["index"]
    return f"{row['estimate']:.3f} ({row['std_error']:.3f}), {fits} fits"


def one(n: int, case: str) -> None:
    """Measure one case at one size."""
    report(measure(task(case, n, 1000, 512), warm=task(case, n, 40, 64)))


def main() -> None:
    """Print a table a case."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[85])
    parser.add_argument("--cases", nargs="+", choices=list(CASES), default=list(CASES))
    parser.add_argument("--one", nargs=3, metavar=("N", "ENGINE", "CASE"))
    options = parser.parse_args()
    if options.one:
        n, _, case = options.one
        one(int(n), case)
        return
    for case in options.cases:
        found = engines(SCRIPT, options.sizes, ["workbench"], case)
        print("\n".join(table(CASES[case], found, ours="workbench")), flush=True)


if __name__ == "__main__":
    main()
