"""Many specifications of one sample and one W: SAR with standard errors, fits a second.

Usage: python benchmarks/specifications.py [--side 55] [--fits 4000] [--engines together fit spreg]

Regions are a square lattice with edge neighbours, W row-standardised; twelve standard normal
regressors, rho = 0.5. Each specification is a SAR on another subset of the regressors, by maximum
likelihood with the exact information matrix. ``together``: all at once, set-up and W's determinant
included; ``fit``: the plain estimator of ``wb.fit`` on arrays, a few of them; ``spreg``: ML_Lag,
one of them. Printed: CPU and wall seconds, fits a CPU second, ratio to `together`, and how far rho
and its standard error of the first specifications are from those of `together`.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from itertools import combinations
from typing import Any

import numpy as np
from harness import Measurement, measure, report, run
from scipy import sparse
from scipy.sparse.linalg import splu

ENGINES = ("together", "fit", "spreg")
FEW = {"fit": 5, "spreg": 1}
REGRESSORS = 12


def lattice(side: int) -> Any:
    """Return row-standardised edge neighbours of a square of regions."""
    path = sparse.diags_array([np.ones(side - 1)] * 2, offsets=[-1, 1])
    eye = sparse.eye_array(side)
    links = sparse.csr_array(sparse.kron(path, eye) + sparse.kron(eye, path))
    return sparse.csr_array(sparse.diags_array(1.0 / links.sum(axis=1)) @ links)


def sample(side: int) -> tuple[np.ndarray, np.ndarray, Any]:
    """Return outcome, regressors with the constant first, and W."""
    W, rng = lattice(side), np.random.default_rng(0)
    n = W.shape[0]
    X = np.column_stack([np.ones(n), rng.standard_normal((n, REGRESSORS))])
    signal = X @ rng.standard_normal(X.shape[1]) + rng.standard_normal(n)
    return splu(sparse.csc_array(sparse.eye_array(n) - 0.5 * W)).solve(signal), X, W


def subsets(fits: int) -> list[list[int]]:
    """Return subsets of the regressors in a fixed random order."""
    places = range(1, REGRESSORS + 1)
    every = [[0, *c] for r in range(1, REGRESSORS) for c in combinations(places, r)]
    order = np.random.default_rng(1).permutation(len(every))
    return [every[i] for i in order[:fits]]


def together(y: np.ndarray, X: np.ndarray, W: Any, fits: int) -> list[float]:
    """Estimate all subsets at once; return rho and its standard error of the first ones."""
    from workbench.numerics.likelihoods.many.along import Spreads, course_of
    from workbench.numerics.likelihoods.many.ground import Ground, outcomes_of, regressors_of
    from workbench.numerics.likelihoods.many.jobs import each_design
    from workbench.numerics.likelihoods.many.lags import lag_models_of
    from workbench.numerics.panels.layers import one_layer
    from workbench.numerics.sparse.matrices import as_weights
    from workbench.numerics.sparse.recent import forget

    forget()
    ground = Ground(one_layer(as_weights(W), 1), lambda columns: columns, y.size)
    known = regressors_of(ground, X, filtered=False)
    found = lag_models_of(
        known,
        outcomes_of(known, y[:, None]),
        each_design(subsets(fits)),
        spreads=Spreads(known, course_of(ground)),
        determinant=ground.determinant(),
    )
    if not found.sound.all():
        raise AssertionError
    errors = np.sqrt(found.covariance[:, -1, -1])
    return [float(v) for pair in zip(found.spatial[:5], errors[:5], strict=True) for v in pair]


def one_by_one(y: np.ndarray, X: np.ndarray, W: Any, fits: int) -> list[float]:
    """Estimate some subsets by the plain estimator."""
    from workbench.numerics.likelihoods.one_parameter import fit_lag

    answers: list[float] = []
    for columns in subsets(fits):
        found = fit_lag(y, X[:, columns], W=W)
        answers += [found.spatial, float(np.sqrt(found.covariance[-2, -2]))]
    return answers


def by_spreg(y: np.ndarray, X: np.ndarray, W: Any, fits: int) -> list[float]:
    """Estimate some subsets by spreg's ML_Lag."""
    import libpysal
    import spreg

    w = libpysal.weights.WSP(W).to_W(silence_warnings=True)
    w.transform = "r"
    answers: list[float] = []
    for columns in subsets(fits):
        found = spreg.ML_Lag(y[:, None], X[:, columns[1:]], w, method="ord")
        answers += [float(found.rho), float(np.sqrt(found.vm1[-2, -2]))]
    return answers


def one(side: int, engine: str, fits: int) -> Measurement:
    """Measure one engine."""
    task = {"together": together, "fit": one_by_one, "spreg": by_spreg}[engine]
    few = FEW.get(engine, fits)
    small, data = sample(8), sample(side)
    return measure(lambda: task(*data, few), warm=lambda: task(*small, 2))


def main() -> None:
    """Print a row an engine."""
    if "--one" in sys.argv:
        side, engine, fits = sys.argv[sys.argv.index("--one") + 1 :]
        report(one(int(side), engine, int(fits)))
        return
    parser = ArgumentParser(description=__doc__, add_help=True)
    parser.add_argument("--side", type=int, default=55)
    parser.add_argument("--fits", type=int, default=4000)
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    given = parser.parse_args()
    print(f"SAR with standard errors, n = {given.side**2}")
    print(f"{'engine':<10}{'fits':>7}{'cpu s':>9}{'wall s':>9}{'fits/s':>11}{'ratio':>10}  apart")
    ours: Measurement | None = None
    for engine in given.engines:
        found = run(__file__, given.side, engine, given.fits)
        if isinstance(found, str):
            print(f"{engine:<10}{found}")
            continue
        fits = FEW.get(engine, given.fits)
        ours = found if engine == "together" else ours
        ratio = found.cpu / fits / (ours.cpu / given.fits) if ours else np.nan
        apart = ""
        if ours is not None and ours is not found:
            pairs = zip(found.answer, ours.answer, strict=False)
            apart = f"{max(abs(a / b - 1) for a, b in pairs):.1e}"
        line = f"{engine:<10}{fits:>7}{found.cpu:>9.2f}{found.wall:>9.2f}{fits / found.cpu:>11.2f}"
        print(f"{line}{ratio:>10.0f}  {apart}", flush=True)


if __name__ == "__main__":
    main()
