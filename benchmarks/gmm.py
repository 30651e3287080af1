"""Moment estimators on queen lattices, beside spreg's.

Usage: python benchmarks/gmm.py [--sizes 1000 10000 100000] [--cases sar sac] [--engines ...]
       [--million]

Two regressors, rho 0.6, row-standardised queen contiguity. "sar": spatial two-stage least squares
with instruments WX and W²X; "sac": the same with moments of the disturbance that are right under
any variances. ``workbench`` is the public call ``wb.fit(..., method="gmm")`` with formula, first
stage and provenance, ``kernel`` the estimation alone, on weights never seen before; ``again`` the
kernel on weights it has just been given. ``spreg`` is GM_Lag or GM_Combo_Het, given its W
beforehand. The answer is rho and its standard error; spreg's variance of "sar" divides by n.
"""

from __future__ import annotations

import contextlib
import io
import warnings
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from harness import engines, measure, report, table
from likelihood import sample

SCRIPT = str(Path(__file__))
ENGINES = ("kernel", "workbench", "again", "spreg")
CASES = {
    "sar": "lag model, two-stage least squares",
    "sac": "lag and error model, moments right under any variances",
}
SMALL, LIMITS, PEERS_END = 2500, (-1.0, 1.0), 100_000


def task(engine: str, case: str, n: int) -> Callable[[], str]:
    """Return a function that does the work, with its input made beforehand."""
    W, y, X = sample("sar", n)
    made = {"kernel": _kernel, "workbench": _workbench, "again": _again, "spreg": _spreg}
    return made[engine](case, W, y, X)


def _estimate(case: str, W: Any, y: Any, X: Any) -> str:
    from workbench.numerics.moments.disturbances import fit_error_gmm
    from workbench.numerics.moments.two_stage import two_stage

    once = W @ X[:, 1:]
    H, Z = np.column_stack([X, once, W @ once]), np.column_stack([X, W @ y])
    if case == "sar":
        found = two_stage(y, Z, H=H)
        variance = found.sse / (len(y) - 4) * found.inverse[3, 3]
        return _answer(found.delta[3], variance**0.5)
    joint = fit_error_gmm(y, Z, H=H, M=W, limits=LIMITS)
    return _answer(joint.delta[3], joint.covariance[3, 3] ** 0.5)


def _kernel(case: str, W: Any, y: Any, X: Any) -> Callable[[], str]:
    from workbench.numerics.sparse.recent import forget

    def fit() -> str:
        forget()
        return _estimate(case, W, y, X)

    return fit


def _again(case: str, W: Any, y: Any, X: Any) -> Callable[[], str]:
    _estimate(case, W, y, X)
    return lambda: _estimate(case, W, y, X)


def _workbench(case: str, W: Any, y: Any, X: Any) -> Callable[[], str]:
    import pandas as pd

    import workbench as wb
    from workbench.numerics.sparse.recent import forget

    ids = list(range(len(y)))
    weights = wb.weights.from_matrix(W, ids=ids, normalize="none")
    data = pd.DataFrame({"y": y, "a": X[:, 1], "b": X[:, 2]}, index=ids)
    model: Any = case

    def fit() -> str:
        forget()
        found = wb.fit("y ~ a + b", data, weights, model=model, method="gmm")
        return _answer(found.params["rho"], found.std_errors["rho"])

    return fit


def _spreg(case: str, W: Any, y: Any, X: Any) -> Callable[[], str]:
    if len(y) > PEERS_END:
        raise SystemExit("left out: its weights would take minutes to build")
    import spreg
    from libpysal.weights import WSP

    warnings.simplefilter("ignore")
    w = WSP(W).to_W(silence_warnings=True)
    w.transform = "r"

    def fit() -> str:
        with contextlib.redirect_stdout(io.StringIO()):
            if case == "sar":
                found = spreg.GM_Lag(y[:, None], X[:, 1:], w=w, w_lags=2)
            else:
                found = spreg.GM_Combo_Het(y[:, None], X[:, 1:], w=w, w_lags=2, max_iter=1)
        return _answer(float(found.betas[3, 0]), float(np.sqrt(found.vm[3, 3])))

    return fit


def _answer(parameter: float, std_error: float) -> str:
    return f"{parameter:.6f} se {std_error:.6f}"


def one(n: int, engine: str, case: str) -> None:
    """Measure one engine at one size."""
    warm, work = task(engine, case, min(SMALL, n)), task(engine, case, n)
    report(measure(work, warm=warm))


def main() -> None:
    """Measure every case, or one in this process."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000, 100_000])
    parser.add_argument("--cases", nargs="+", default=list(CASES), choices=list(CASES))
    parser.add_argument("--engines", nargs="+", default=list(ENGINES), choices=ENGINES)
    parser.add_argument("--million", action="store_true", help="1,000,000 regions too")
    parser.add_argument("--one", nargs=3, metavar=("N", "ENGINE", "CASE"))
    options = parser.parse_args()
    if options.one:
        one(int(options.one[0]), options.one[1], options.one[2])
        return
    sizes = [*options.sizes, *([1_000_000] if options.million else [])]
    for case in options.cases:
        results = engines(SCRIPT, sizes, options.engines, case)
        print("\n".join(table(CASES[case], results, ours="kernel")) + "\n")


if __name__ == "__main__":
    main()
