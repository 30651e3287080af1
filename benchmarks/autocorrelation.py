"""Global and local Moran with permutations on queen lattices, beside esda and pygeoda.

Usage: python benchmarks/autocorrelation.py [--sizes 1000 10000] [--engines ...] [--cases ...]

Normal noise, row-standardised queen contiguity; in "any weights" every link has its own weight.
``workbench`` is the public call with its provenance, ``kernel`` the permutations alone, ``esda``
its class with one process (n_jobs=1), ``pygeoda`` its lookup permutation. The answer is the
statistic, or the share of regions with p <= 0.05: two-sided here, one-sided and so about twice as
large in esda and pygeoda. ``read`` is pyogrio on a GeoPackage of the same squares. "First call" is
a new process: import, tables, one LISA with 999 permutations, on a machine that ran it before.
"""

from __future__ import annotations

import math
import tempfile
import warnings
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import numpy as np
from harness import engines, measure, report, table

SCRIPT = str(Path(__file__))
ENGINES = ("workbench", "kernel", "esda", "pygeoda")
CASES = {
    "global-999": "global Moran, 999 permutations",
    "local-999": "local Moran, 999 permutations",
    "local-9999": "local Moran, 9,999 permutations",
    "local-99999": "local Moran, 99,999 permutations",
    "any-999": "local Moran, any weights, 999 permutations",
}
SMALL = 1024
LEFT_OUT = {
    "global-999": ("pygeoda",),  # it has no such call
    "any-999": ("pygeoda",),
    "local-99999": ("esda", "pygeoda"),  # 16 GB at n = 10,000 in esda, two minutes in pygeoda
}


def lattice(n: int, *, equal: bool = True) -> Any:
    """Return queen contiguity of a square lattice, rows summing to one, as CSR."""
    from scipy import sparse

    side = math.isqrt(n)
    line = sparse.diags_array([np.ones(side - 1), np.ones(side - 1)], offsets=[-1, 1])
    eye = sparse.eye_array(side)
    W = sparse.csr_array(sparse.kron(line, eye) + sparse.kron(eye, line) + sparse.kron(line, line))
    if not equal:
        W.data = np.random.default_rng(2).random(W.nnz) + 0.5
    return sparse.csr_array(sparse.diags_array(1.0 / W.sum(axis=1)) @ W)


def noise(n: int) -> Any:
    """Return normal noise."""
    return np.random.default_rng(1).standard_normal(n)


def task(engine: str, case: str, n: int) -> Any:
    """Return a function that does the work, with its input made beforehand."""
    kind, permutations = case.split("-")
    W, x = lattice(n, equal=kind != "any"), noise(math.isqrt(n) ** 2)
    R = int(permutations)
    makers = {"workbench": _workbench, "kernel": _kernel, "esda": _esda, "pygeoda": _pygeoda}
    return makers[engine](kind, W, x, R)


def _workbench(kind: str, W: Any, x: Any, R: int) -> Any:
    import pandas as pd

    import workbench as wb

    weights = wb.weights.from_matrix(W, ids=list(range(len(x))), normalize="none")
    values = pd.Series(x, name="x")
    if kind == "global":
        return lambda: f"I {wb.moran(values, None, weights, permutations=R).statistic:.6f}"
    return lambda: _share(
        wb.lisa(values, None, weights, permutations=R, alpha=0.05).table["p_value"]
    )


def _kernel(kind: str, W: Any, x: Any, R: int) -> Any:
    from workbench.numerics.autocorrelation.local_forms import local
    from workbench.numerics.permutations.conditional import tails
    from workbench.numerics.permutations.global_moran import global_moran

    if kind == "global":
        return lambda: f"I {global_moran(x, W, permutations=R, seed=0).observed:.6f}"

    def count() -> str:
        found = tails(local(x, None, W), permutations=R, seed=0)
        # the local Moran of a value below the mean exchanges the tails, two-sided p does not
        return _share(2 * (np.minimum(found.at_least, found.at_most) + 1) / (R + 1))

    return count


def _esda(kind: str, W: Any, x: Any, R: int) -> Any:
    import esda
    from libpysal.weights import WSP

    warnings.simplefilter("ignore")
    w = WSP(W).to_W(silence_warnings=True)
    w.transform = "r"
    if kind == "global":
        return lambda: f"I {esda.Moran(x, w, permutations=R).I:.6f}"
    options = {"permutations": R, "n_jobs": 1, "seed": 1}
    return lambda: _share(esda.Moran_Local(x, w, **options).p_sim)


def _pygeoda(kind: str, W: Any, x: Any, R: int) -> Any:  # noqa: ARG001 (it builds its own)
    import pygeoda

    if kind != "local":
        raise SystemExit("pygeoda has no such call")
    from shapely import box

    side = math.isqrt(len(x))
    i, j = np.divmod(np.arange(len(x)), side)
    import geopandas as gpd

    squares = gpd.GeoDataFrame({"x": x}, geometry=box(i, j, i + 1, j + 1))
    w = pygeoda.queen_weights(pygeoda.open(squares))
    call = {"permutations": R, "permutation_method": "lookup", "cpu_threads": 1, "seed": 1}
    return lambda: _share(np.array(pygeoda.local_moran(w, x.tolist(), **call).lisa_pvalues()))


def _share(p: Any) -> str:
    return f"{float((np.asarray(p) <= 0.05).mean()):.4f}"


def one(n: int, engine: str, case: str) -> None:
    """Measure one engine at one size."""
    if engine == "read":
        report(_reading(n))
        return
    if engine.startswith("first"):
        report(_first(engine.removeprefix("first-"), n))
        return
    warm, work = task(engine, case, SMALL), task(engine, case, n)
    report(measure(work, warm=warm))


def _reading(n: int) -> Any:
    import geopandas as gpd
    from shapely import box

    side = math.isqrt(n)
    i, j = np.divmod(np.arange(side**2), side)
    squares = gpd.GeoDataFrame({"x": noise(side**2)}, geometry=box(i, j, i + 1, j + 1), crs=3857)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "squares.gpkg"
        squares.to_file(path)
        return measure(lambda: f"{len(gpd.read_file(path))} rows", warm=lambda: None)


def _first(engine: str, n: int) -> Any:
    """Measure import and first call; the input is made by numpy and scipy alone."""
    W, x = lattice(n), noise(math.isqrt(n) ** 2)
    kinds = {"workbench": _workbench, "esda": _esda}
    return measure(lambda: kinds[engine]("local", W, x, 999)(), warm=lambda: None)


def main() -> None:
    """Print a table a case."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000, 100_000])
    parser.add_argument("--engines", nargs="+", default=list(ENGINES))
    parser.add_argument("--cases", nargs="+", default=list(CASES), choices=[*CASES, "first"])
    parser.add_argument("--one", nargs=3, metavar=("N", "ENGINE", "CASE"))
    options = parser.parse_args()
    if options.one:
        n, engine, case = options.one
        one(int(n), engine, case)
        return
    for case in options.cases:
        if case == "first":
            continue
        names = [e for e in options.engines if e not in LEFT_OUT.get(case, ())]
        if case == "local-9999":
            names.append("read")
        found = engines(SCRIPT, options.sizes, names, case)
        ours = "kernel" if "kernel" in names else "workbench"
        print("\n".join(table(CASES[case], found, ours=ours)), flush=True)
    names = ["first-workbench", "first-esda"]
    found = engines(SCRIPT, [1024], names, "first")
    print("\n".join(table("first call, new process", found, ours=names[0])), flush=True)


if __name__ == "__main__":
    main()
