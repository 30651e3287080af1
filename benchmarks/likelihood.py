"""Maximum likelihood of lag, error and Durbin models on queen lattices, beside spreg's LU.

Usage: python benchmarks/likelihood.py [--sizes 1000 5000 10000 20000 100000]
       [--cases sar sem sdm knn] [--engines ...] [--million]

Two regressors, normal errors, spatial parameter 0.6, row-standardised queen contiguity; "sdm" adds
their spatial lags; "knn" is the lag model on six nearest neighbours of random points, a directed W.
``workbench`` is the public call ``wb.fit`` with formula and provenance, ``kernel`` the estimation
alone; both on weights never seen before (nothing prepared) and with exact standard errors.
``again`` is the kernel on weights it has just been given, as for other regressors. ``draws`` is the
kernel's fit of the Durbin model and 10,000 draws of its impacts. ``spreg`` is ML_Lag or ML_Error
with method="LU": gigabytes at 10,000 regions, left out beyond. Weights are built beforehand for
everyone. The answer is the spatial parameter and its standard error, for ``draws`` also that of the
first direct impact.
"""

from __future__ import annotations

import warnings
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from autocorrelation import lattice
from harness import engines, measure, report, table

SCRIPT = str(Path(__file__))
ENGINES = ("kernel", "workbench", "again", "draws", "spreg")
CASES = {
    "sar": "lag model, queen contiguity",
    "sem": "error model, queen contiguity",
    "sdm": "Durbin model, queen contiguity",
    "knn": "lag model, six nearest neighbours",
}
SIZES = [1000, 5000, 10_000, 20_000, 100_000]
SMALL, PEERS_END = 2500, 10_000  # spreg at 20,000: dense inverses of 3.2 GB each
RHO, NEIGHBOURS = 0.6, 6


def nearest(n: int) -> Any:
    """Return the six nearest neighbours of random points, rows summing to one, as CSR."""
    from scipy import sparse
    from scipy.spatial import KDTree

    points = np.random.default_rng(3).random((n, 2))
    found = KDTree(points).query(points, NEIGHBOURS + 1)[1][:, 1:]
    row = np.repeat(np.arange(n), NEIGHBOURS)
    return sparse.csr_array((np.full(row.size, 1 / NEIGHBOURS), (row, found.ravel())), shape=(n, n))


def sample(case: str, n: int) -> tuple[Any, Any, Any]:
    """Return weights, outcome and regressors."""
    W = nearest(n) if case == "knn" else lattice(n)
    n = W.shape[0]
    random = np.random.default_rng(1)
    X = np.column_stack([np.ones(n), random.standard_normal((n, 2))])
    shock = random.standard_normal(n)
    if case == "sem":
        return W, X @ [1.0, 1.0, 1.0] + _multiplied(W, shock), X
    if case == "sdm":
        shock += W @ X[:, 1:] @ [0.5, -0.5]
    return W, _multiplied(W, X @ [1.0, 1.0, 1.0] + shock), X


def _multiplied(W: Any, values: Any) -> Any:
    """Return (I − ρW)⁻¹ values by its power series: 0.6⁶⁰ is 5e-14."""
    total, term = values.copy(), values
    for _ in range(60):
        term = RHO * (W @ term)
        total += term
    return total


def task(engine: str, case: str, n: int) -> Callable[[], str]:
    """Return a function that does the work, with its input made beforehand."""
    W, y, X = sample(case, n)
    return {
        "kernel": _kernel,
        "workbench": _workbench,
        "again": _again,
        "draws": _draws,
        "spreg": _spreg,
    }[engine](case, W, y, X)


def _estimate(case: str, W: Any, y: Any, X: Any) -> Any:
    from workbench.numerics.likelihoods.one_parameter import fit_error, fit_lag

    if case == "sdm":
        X = np.column_stack([X, W @ X[:, 1:]])
    return (fit_error if case == "sem" else fit_lag)(y, X, W=W)


def _kernel(case: str, W: Any, y: Any, X: Any) -> Callable[[], str]:
    from workbench.numerics.sparse.recent import forget

    def fit() -> str:
        forget()
        found = _estimate(case, W, y, X)
        return _spatial(found)

    return fit


def _spatial(found: Any) -> str:
    at = len(found.beta)
    return _answer(found.spatial, found.covariance[at, at] ** 0.5)


def _again(case: str, W: Any, y: Any, X: Any) -> Callable[[], str]:
    _estimate(case, W, y, X)

    def fit() -> str:
        found = _estimate(case, W, y, X)
        return _spatial(found)

    return fit


def _workbench(case: str, W: Any, y: Any, X: Any) -> Callable[[], str]:
    import pandas as pd

    import workbench as wb
    from workbench.numerics.sparse.recent import forget

    ids = list(range(len(y)))
    weights = wb.weights.from_matrix(W, ids=ids, normalize="none")
    data = pd.DataFrame({"y": y, "a": X[:, 1], "b": X[:, 2]}, index=ids)
    model: Any = "sar" if case == "knn" else case

    def fit() -> str:
        forget()
        found = wb.fit("y ~ a + b", data, weights, model=model)
        return _answer(found.params.iloc[-1], found.std_errors.iloc[-1])

    return fit


def _draws(case: str, W: Any, y: Any, X: Any) -> Callable[[], str]:
    if case == "sem":
        raise SystemExit("an error model has no impacts but its coefficients")
    from workbench.numerics.responses.impacts import impact_draws
    from workbench.numerics.sparse.recent import forget

    def fit() -> str:
        forget()
        found = _estimate("sdm", W, y, X)
        mean = np.append(found.beta, found.spatial)
        root = np.linalg.cholesky(found.covariance[:6, :6])
        draws = mean + np.random.default_rng(0).standard_normal((10_000, 6)) @ root.T
        made = impact_draws(draws[:, 5], draws[:, 1:3], theta=draws[:, 3:5], W=W).effects
        direct = made[:, 0, 0].std(ddof=1)
        return f"{_answer(found.spatial, found.covariance[5, 5] ** 0.5)} direct se {direct:.5f}"

    return fit


def _spreg(case: str, W: Any, y: Any, X: Any) -> Callable[[], str]:
    if len(y) > PEERS_END:
        raise SystemExit("left out: it would fill the machine")
    import spreg
    from libpysal.weights import WSP

    warnings.simplefilter("ignore")
    w = WSP(W).to_W(silence_warnings=True)
    w.transform = "r"

    def fit() -> str:
        model = spreg.ML_Error if case == "sem" else spreg.ML_Lag
        lagged = {"slx_lags": 1} if case == "sdm" else {}
        found = model(y[:, None], X[:, 1:], w, method="LU", **lagged)
        at = -1 if case == "sem" else len(found.betas) - 1
        return _answer(
            float(np.ravel(found.lam if case == "sem" else found.rho)[0]),
            float(np.sqrt(found.vm[at, at])),
        )

    return fit


def _answer(parameter: float, std_error: float) -> str:
    return f"{parameter:.7f} se {std_error:.7f}"


def one(n: int, engine: str, case: str) -> None:
    """Measure one engine at one size."""
    warm, work = task(engine, case, min(SMALL, n)), task(engine, case, n)
    report(measure(work, warm=warm))


def main() -> None:
    """Print a table a case."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=[1000, 5000, 10_000, 20_000, 100_000]
    )
    parser.add_argument("--engines", nargs="+", default=list(ENGINES), choices=ENGINES)
    parser.add_argument("--cases", nargs="+", default=list(CASES), choices=list(CASES))
    parser.add_argument("--million", action="store_true", help="add 1,000,000 regions (minutes)")
    parser.add_argument("--one", nargs=3, metavar=("N", "ENGINE", "CASE"))
    options = parser.parse_args()
    if options.one:
        n, engine, case = options.one
        one(int(n), engine, case)
        return
    sizes = [*options.sizes, *([1_000_000] if options.million else [])]
    for case in options.cases:
        names = [e for e in options.engines if e != "draws" or case != "sem"]
        found = engines(SCRIPT, sizes, names, case)
        ours = "kernel" if "kernel" in names else names[0]
        print("\n".join(table(CASES[case], found, ours=ours)), flush=True)


if __name__ == "__main__":
    main()
