"""Panel models on queen lattices, beside spreg's and linearmodels' where these run.

Usage: python benchmarks/panels.py [--cases fe sar sdm ...] [--regions 500 2500 5000 50000]
       [--engines ...] [--large]

Ten periods; rows shuffled; two regressors, effects of regions and periods, normal errors, spatial
parameter 0.6, row-standardised queen contiguity of square lattices. ``workbench`` is the public
call ``wb.fit`` with formula, a DataFrame indexed by (region, period) and provenance, on weights
never seen before (nothing prepared). Peers are given arrays and weights made beforehand. Cases:

- ``fe``: lag model, effects of regions, direct approach (``lee_yu="none"``), which is what spreg's
  Panel_FE_Lag estimates: dense, 3 GB at 2,500 regions, left out beyond. The answer is rho, the
  first coefficient and both standard errors.
- ``sar``, ``sem``, ``sdm``: two-way effects, transformed out. The answer is the spatial parameter
  and its standard error.
- ``impacts``: ``sdm`` with direct, indirect and total impacts and their intervals; the answer adds
  the first direct impact and its standard error.
- ``dynamic``: lag model with two-way effects and yesterday's outcome, bias-corrected.
- ``path``: its impacts over ten periods besides, with standard errors.
- ``random``: lag model, random effects of regions.
- ``kkp``: error model, random effects by moments (Kapoor, Kelejian and Prucha 2007), beside
  spreg's GM_KKP with all weights of the moments.
- ``ols``: two-way effects without space, beside linearmodels' PanelOLS; ``absorb``: the same with
  effects of ten groups a period besides.

``--large`` adds the Durbin model of 50,000 regions in 50 periods.
"""

from __future__ import annotations

import contextlib
import io
import math
import warnings
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from autocorrelation import lattice
from harness import engines, measure, report, table

SCRIPT = str(Path(__file__))
RHO, T, GROUPS = 0.6, 10, 10
SMALL = {"workbench": 700, "spreg": 400, "linearmodels": 400}
# Beyond 600 regions, where the compiled kernels come in, and little memory to take again.
PEERS_END = {
    "fe": (2500, "does not run in 5 GB"),  # several dense matrices of N x N
    "kkp": (5000, "its weights would take a minute to build"),
}

CASES = {
    "fe": "lag model, effects of regions, direct approach, 10 periods",
    "sar": "lag model, two-way effects, 10 periods",
    "sem": "error model, two-way effects, 10 periods",
    "sdm": "Durbin model, two-way effects, 10 periods",
    "impacts": "Durbin model, two-way effects, and impacts with intervals, 10 periods",
    "dynamic": "dynamic lag model, two-way effects, 10 periods",
    "path": "dynamic lag model and its impacts over ten periods",
    "random": "lag model, random effects of regions, 10 periods",
    "kkp": "error model, random effects by moments, 10 periods",
    "ols": "two-way effects, no space, 10 periods",
    "absorb": "two-way effects and effects of groups by period, no space, 10 periods",
}
PEERS = {"fe": "spreg", "kkp": "spreg", "ols": "linearmodels", "absorb": "linearmodels"}
SIZES = {"fe": [500, 2500, 5000, 50_000], "kkp": [500, 5000, 50_000]}
USUAL = [500, 5000, 50_000]

CALLS: dict[str, dict[str, Any]] = {
    "fe": {"model": "sar", "effects": "entity", "lee_yu": "none"},
    "sar": {"model": "sar", "effects": "two-way"},
    "sem": {"model": "sem", "effects": "two-way"},
    "sdm": {"model": "sdm", "effects": "two-way"},
    "impacts": {"model": "sdm", "effects": "two-way"},
    "dynamic": {"model": "sar", "effects": "two-way", "dynamic": "lag"},
    "path": {"model": "sar", "effects": "two-way", "dynamic": "lag"},
    "random": {"model": "sar", "effects": "random"},
    "kkp": {"model": "sem", "effects": "random", "method": "gmm"},
    "ols": {"effects": "two-way"},
    "absorb": {"effects": "two-way", "absorb": ["group"]},
}


@dataclass(frozen=True, slots=True)
class Sample:
    """W and a panel sorted by period, then region: y of shape (T, N), X of shape (T, N, 2)."""

    W: Any
    y: Any
    X: Any

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of periods and regions."""
        periods, regions = self.y.shape
        return periods, regions


def sample(case: str, n: int, periods: int) -> Sample:
    """Return a panel of about n regions that follows the model of the case."""
    W = lattice(n)
    n = W.shape[0]
    random = np.random.default_rng(1)
    X = random.standard_normal((periods, n, 2))
    shock = random.standard_normal((periods, n))
    own, year = random.standard_normal(n), random.standard_normal((periods, 1))
    if case in ("sdm", "impacts"):
        shock += np.stack([W @ x @ [0.5, -0.5] for x in X])
    if case in ("sem", "kkp"):
        effects = own if case == "sem" else 0.0
        common = shock if case == "sem" else shock + own
        return Sample(W, X.sum(axis=2) + _multiplied(W, common.T).T + effects, X)
    mean = X.sum(axis=2) + shock + own + (0.0 if case in ("random", "fe") else year)
    if case in ("ols", "absorb"):
        return Sample(W, mean, X)
    if case not in ("dynamic", "path"):
        return Sample(W, _multiplied(W, mean.T).T, X)
    y = np.empty_like(mean)
    before = np.zeros(n)
    for t in range(periods):
        before = y[t] = _multiplied(W, mean[t] + 0.3 * before)
    return Sample(W, y, X)


def _multiplied(W: Any, values: Any) -> Any:
    """Return (I − ρW)⁻¹ values by its power series: 0.6⁶⁰ is 5e-14."""
    total, term = values.copy(), values
    for _ in range(60):
        term = RHO * (W @ term)
        total += term
    return total


def _frame(made: Sample) -> Any:
    """Return the panel as a table of rows in no order, beside what a caller would hold."""
    import pandas as pd

    periods, n = made.shape
    index = pd.MultiIndex.from_product([range(2000, 2000 + periods), range(n)])
    data = pd.DataFrame(
        {"y": made.y.ravel(), "a": made.X[:, :, 0].ravel(), "b": made.X[:, :, 1].ravel()},
        index=index.swaplevel().set_names(["region", "year"]),
    )
    year, region = index.get_level_values(0), index.get_level_values(1)
    data["group"] = (region % GROUPS) * 10_000 + year
    return data.sample(frac=1.0, random_state=0)


def task(engine: str, case: str, n: int, periods: int) -> Callable[[], str]:
    """Return a function that does the work, with its input made beforehand."""
    if engine == "spreg" and n > PEERS_END[case][0]:
        raise SystemExit(f"left out: {PEERS_END[case][1]}")
    made = sample(case, n, periods)
    if engine == "workbench":
        return _workbench(case, made)
    return _spreg(case, made) if engine == "spreg" else _linearmodels(case, made)


def _workbench(case: str, made: Sample) -> Callable[[], str]:
    import workbench as wb
    from workbench.numerics.sparse.recent import forget

    data = _frame(made)
    built = wb.weights.from_matrix(made.W, ids=list(range(made.shape[1])), normalize="none")
    W = None if case in ("ols", "absorb") else built

    def fit() -> str:
        forget()
        found: Any = wb.fit("y ~ a + b", data, W, **CALLS[case])
        names = {"fe": ("rho", "a"), "ols": ("a",), "absorb": ("a",), "dynamic": ("rho", "tau")}
        spatial = "lambda" if case in ("sem", "kkp") else "rho"
        told = names.get(case, (spatial,))
        if case == "kkp":
            return f"{found.params['lambda']:.6f} a {_words(found, ('a',))}"
        text = " ".join(_words(found, (name,)) for name in told)
        if case == "impacts":
            direct = found.impacts().table.loc[("a", "direct")]
            text += f" direct {direct['estimate']:.6f} se {direct['std_error']:.6f}"
        if case == "path":
            path = found.impacts_over_time(10).table.loc[("a", "direct", 10)]
            text += f" direct {path['estimate']:.6f} se {path['std_error']:.6f}"
        return text

    return fit


def _words(found: Any, names: tuple[str, ...]) -> str:
    return " ".join(_answer(found.params[x], found.std_errors[x]) for x in names)


def _spreg(case: str, made: Sample) -> Callable[[], str]:
    import spreg
    from libpysal.weights import WSP

    warnings.simplefilter("ignore")
    w = WSP(made.W).to_W(silence_warnings=True)
    w.transform = "r"
    periods, n = made.shape
    y, X = made.y.reshape(-1, 1), made.X.reshape(periods * n, 2)

    def fit() -> str:
        with contextlib.redirect_stdout(io.StringIO()):
            if case == "fe":
                found = spreg.Panel_FE_Lag(y, X, w)
                at = ((2, 2), (0, 0))
                return " ".join(
                    _answer(float(found.betas[i, 0]), math.sqrt(found.vm[j, j])) for i, j in at
                )
            found = spreg.GM_KKP(y, X, w, full_weights=True)
            lam = float(np.ravel(found.betas)[3])
            return f"{lam:.6f} a {_answer(float(found.betas[1, 0]), math.sqrt(found.vm[1, 1]))}"

    return fit


def _linearmodels(case: str, made: Sample) -> Callable[[], str]:
    from linearmodels.panel import PanelOLS

    warnings.simplefilter("ignore")
    data = _frame(made)

    def fit() -> str:
        other = data[["group"]] if case == "absorb" else None
        effects = {"entity_effects": True, "time_effects": case == "ols"}
        if case == "absorb":  # groups by period hold the periods
            model = PanelOLS(data["y"], data[["a", "b"]], other_effects=other, **effects)
        else:
            model = PanelOLS(data["y"], data[["a", "b"]], **effects)
        found = model.fit()
        return _answer(found.params["a"], found.std_errors["a"])

    return fit


def _answer(parameter: float, std_error: float) -> str:
    return f"{parameter:.6f} se {std_error:.6f}"


def one(n: int, engine: str, case: str, periods: int) -> None:
    """Measure one engine at one size."""
    work = task(engine, case, n, periods)
    warm = task(engine, case, min(SMALL[engine], n), periods)
    report(measure(work, warm=warm))


def main() -> None:
    """Print a table a case."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--regions", type=int, nargs="+")
    parser.add_argument("--engines", nargs="+", choices=("workbench", "spreg", "linearmodels"))
    parser.add_argument("--cases", nargs="+", default=list(CASES), choices=list(CASES))
    parser.add_argument("--large", action="store_true", help="add 50,000 regions, 50 periods")
    parser.add_argument("--one", nargs=4, metavar=("N", "ENGINE", "CASE", "PERIODS"))
    options = parser.parse_args()
    if options.one:
        n, engine, case, periods = options.one
        one(int(n), engine, case, int(periods))
        return
    for case in options.cases:
        names = ["workbench", *([PEERS[case]] if case in PEERS else [])]
        names = [name for name in names if not options.engines or name in options.engines]
        found = engines(SCRIPT, options.regions or SIZES.get(case, USUAL), names, case, T)
        print("\n".join([*table(CASES[case], found, ours="workbench"), ""]), flush=True)
    if options.large:
        found = engines(SCRIPT, [50_000], ["workbench"], "sdm", 50)
        title = "Durbin model, two-way effects, 50 periods"
        print("\n".join([*table(title, found, ours="workbench"), ""]), flush=True)


if __name__ == "__main__":
    main()
