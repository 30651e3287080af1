"""How often the joint test of a specification curve rejects, where there is nothing and where not.

Usage: python benchmarks/curve_size.py [--design cross-section] [--estimand total] [--null regions]
       [--draws 99] [--repeats 400] [--strength 0] [--level 0.05] [--seed 0]

Regions are a square lattice (7 x 7, or 6 x 6 over 8 periods), neighbours by edges and the four
nearest. Regressors x, z and v and the disturbance u of the outcome are (I - 0.5 W)^-1 times normal
draws, W of edges, row-standardised; those of a panel have effects of regions and periods besides.
The outcome is y = z + strength x + u for ``--estimand total``, y = x + z + strength W x + u for
``--estimand indirect``. The curve has two formulas (one of panels), both W, models
ols (total), slx, sar, sdm, sem (total) and sdem, OLS and SLX also with robust or clustered errors;
of a panel effects of regions, and of regions and periods. Printed: the share of repeats in which
each p-value is at most `level`, and how many of the specifications' own p-values are.
"""

from __future__ import annotations

from argparse import ArgumentParser
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.linalg import splu

FORMULAS = ("y ~ x", "y ~ x + z + v")
OF_PANELS = ("y ~ x + z",)
SAME = 10
STATISTICS = ("median estimate", "share significant", "average z")
OF_TOTAL = ("ols", "slx", "sar", "sdm", "sem", "sdem")
OF_INDIRECT = ("slx", "sar", "sdm", "sdem")
DEPENDENCE = 0.5


def lattice(side: int) -> dict[str, Any]:
    """Return edge neighbours and the four nearest of a square of regions."""
    import workbench as wb

    i = np.arange(side * side)
    place = np.column_stack([i // side, i % side]).astype(float)
    apart = np.abs(place[:, None] - place).sum(axis=2)
    rng = np.random.default_rng(1)
    jittered = place + 0.2 * rng.standard_normal(place.shape)
    far = np.linalg.norm(jittered[:, None] - jittered, axis=2) + 1e9 * np.eye(i.size)
    near = np.zeros_like(far)
    near[i[:, None], np.argsort(far, axis=1)[:, :4]] = 1.0
    ids = [f"r{k:03d}" for k in i]
    links = {"edges": apart == 1, "nearest": near}
    return {
        name: wb.weights.from_matrix(sparse.csr_array(A.astype(float)), ids=ids, normalize="row")
        for name, A in links.items()
    }


def sample(
    W: Any, *, periods: int, estimand: str, strength: float, seed: tuple[Any, Any]
) -> pd.DataFrame:
    """Draw one data set: a cross-section for one period, a panel for several."""
    of_regressors, of_outcome = map(np.random.default_rng, seed)
    n = W.n
    spread = splu(sparse.csc_array(sparse.eye_array(n) - DEPENDENCE * W.sparse)).solve
    x, z, v = (spread(of_regressors.standard_normal((n, periods))) for _ in range(3))
    u = spread(of_outcome.standard_normal((n, periods)))
    if periods > 1:
        own, common = (
            of_regressors.standard_normal((n, 1)),
            of_outcome.standard_normal((1, periods)),
        )
        x, u = x + own, u + own + common
    y = z + strength * x + u if estimand == "total" else x + z + strength * (W.sparse @ x) + u
    table = pd.DataFrame({name: a.ravel() for name, a in zip("yxzv", (y, x, z, v), strict=True)})
    if periods == 1:
        return table.set_index(pd.Index(W.ids, name="region"))
    keys = [W.ids, range(2001, 2001 + periods)]
    return table.set_index(pd.MultiIndex.from_product(keys, names=["region", "year"]))


def curve_of(data: pd.DataFrame, weights: dict[str, Any], estimand: str) -> Any:
    """Return the curve of one data set."""
    from workbench.core.provenance import Provenance
    from workbench.hypotheses.curve.batch import estimate_batch
    from workbench.hypotheses.curve.plan import DIMENSIONS, Choice, Plan
    from workbench.hypotheses.curve.result import SpecificationCurve
    from workbench.hypotheses.statements.hypothesis import Hypothesis

    panel = isinstance(data.index, pd.MultiIndex)
    models = OF_TOTAL if estimand == "total" else OF_INDIRECT
    robust = "clustered" if panel else "HC3"
    choices: list[Choice] = []
    for formula, model, effects in product(
        OF_PANELS if panel else FORMULAS, models, ("entity", "two-way") if panel else ("none",)
    ):
        for W in (None,) if model == "ols" else weights.values():
            for covariance in ("classical", robust) if model in ("ols", "slx") else ("classical",):
                asked = {
                    "formula": formula,
                    "W": W,
                    "model": model,
                    "effects": effects,
                    "covariance": covariance,
                }
                choices.append(Choice(len(choices) + 1, {}, asked, "all"))
    hypothesis = Hypothesis("x matters", f"{estimand}(x) > 0")
    plan = Plan(hypothesis, {"all": data}, tuple(choices), DIMENSIONS)
    found = estimate_batch(plan, choices)
    told = {n: (found[n].estimate, found[n].p_value) for n in sorted(found)}
    table = pd.DataFrame.from_dict(told, orient="index", columns=["estimate", "p_value"])
    table["status"] = "estimated"
    return SpecificationCurve(hypothesis, plan, table, (), Provenance("simulation"))


def benches_with(benches: list[Any], y: np.ndarray) -> list[Any]:
    """Return the same specifications with another outcome; what they share is kept."""
    return [
        replace(
            bench,
            entries=tuple(replace(e, design=replace(e.design, y=y)) for e in bench.entries),
            outcomes=y[:, None],
        )
        for bench in benches
    ]


def asked_of(
    choices: Any, models: tuple[str, ...] | None, covariances: tuple[str, ...]
) -> list[Any]:
    """Return the choices of some models, each with several covariances in the place of its own."""
    kept = [c for c in choices if models is None or c.arguments["model"] in models]
    if not covariances:
        return kept
    whole = [c for c in kept if c.arguments["covariance"] == "classical"]
    return [
        replace(c, number=number, arguments={**c.arguments, "covariance": covariance})
        for number, (c, covariance) in enumerate(product(whole, covariances), start=1)
    ]


def repeats(
    weights: dict[str, Any],
    *,
    periods: int,
    estimand: str,
    strength: float,
    null: Any,
    draws: int,
    times: int,
    seed: int,
    models: tuple[str, ...] | None = None,
    covariances: tuple[str, ...] = (),
) -> pd.DataFrame:
    """Return a row a data set: p-values, and the share of its specifications that find it.

    Of `models` only, each with every one of `covariances`, where these are given.

    Regressors are drawn once for SAME data sets, so that formulas are evaluated once for them.
    Seeds of outcomes are longer than those of regressors: equal ones would make a disturbance of x.
    """
    from workbench.hypotheses.curve.batch import benches_of
    from workbench.hypotheses.curve.joint import compared, drawn_curves, work_of
    from workbench.hypotheses.curve.twins import twins_of

    rows = []
    for at in range(times):
        drawn = {"periods": periods, "estimand": estimand, "strength": strength}
        data = sample(weights["edges"], **drawn, seed=((seed, at // SAME), (seed, at, 1)))
        if at % SAME == 0:
            plan = curve_of(data, weights, estimand).plan
            twins = twins_of(plan, asked_of(plan.choices, models, covariances))
            held = benches_of(plan, twins.choices)
            for bench in held:
                bench.estimates()
        benches = benches_with(held, data["y"].to_numpy())
        told = {"seed": at, "draws": draws, "numbers": twins.numbers}
        work = work_of(benches, plan.hypothesis, null, **told)
        found, p, joint = compared(work, drawn_curves(work, jobs=1))
        rows.append([*p[0], joint, found[0, 1], len(work.numbers)])
    names = [*STATISTICS, "all three", "of single specifications", "specifications"]
    return pd.DataFrame(rows, columns=names)


def main() -> None:
    """Print the shares."""
    parser = ArgumentParser(description=__doc__, add_help=True)
    parser.add_argument("--design", choices=["cross-section", "panel"], default="cross-section")
    parser.add_argument("--estimand", choices=["total", "indirect"], default="total")
    parser.add_argument("--null", default="regions")
    parser.add_argument("--draws", type=int, default=99)
    parser.add_argument("--repeats", type=int, default=400)
    parser.add_argument("--strength", type=float, default=0.0)
    parser.add_argument("--level", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    side, periods = (7, 1) if given.design == "cross-section" else (6, 8)
    weights = lattice(side)
    table = repeats(
        weights,
        periods=periods,
        estimand=given.estimand,
        strength=given.strength,
        null=given.null,
        draws=given.draws,
        times=given.repeats,
        seed=given.seed,
    )
    alone = table.pop("of single specifications").mean()
    specifications = int(table.pop("specifications").max())
    wide = 1.96 * np.sqrt(given.level * (1 - given.level) / given.repeats)
    print(
        f"{given.design}, {given.estimand}, strength {given.strength:g}, null {given.null}: "
        f"{given.repeats} repeats of {given.draws} draws over {specifications} specifications; "
        f"nominal {given.level:g} +- {wide:.3f}"
    )
    for name, share in (table <= given.level + 1e-12).mean().items():
        print(f"  {name:<26}{share:.3f}")
    print(f"  {'of single specifications':<26}{alone:.3f}", flush=True)


if __name__ == "__main__":
    main()
