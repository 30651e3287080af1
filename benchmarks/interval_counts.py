"""One replication by the public calls, and the bookkeeping of what its intervals cover."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from interval_designs import EFFECTS, TERMS, WITH_LAMBDA, WITH_RHO, Design, World, truth, world
from scipy import stats

import workbench as wb
from workbench.errors import WorkbenchError

LEVEL = 0.95
NORMAL = float(stats.norm.ppf(0.5 + LEVEL / 2))
PUBLIC = ("normal", "delta", "monte-carlo")
ADJUSTED = " n-k"
# Ours stretched by sqrt(n / (n - k)) and Student's t: what dividing SSE by n costs.

RATIO = "likelihood ratio"
JOINT = "rho, lambda"
METHODS = ("delta", "monte-carlo")
KEPT = re.compile(r"^([0-9]+) draws, seed")
DRAWS_LEFT_OUT = ("", "", "")
# Where a replication keeps the share of draws that had no admissible rho.

SLACK = 1e-6
# Rounding of two log-likelihoods of some hundreds.

Key: TypeAlias = tuple[str, str, str]
Interval: TypeAlias = tuple[float, float, float, float]
"""Estimate, standard error, lower and upper end."""

COLUMNS = [
    *("place", "n", "model", "rho", "lambda", "seed", "draws", "replications", "failed"),
    *(
        "failures",
        "several_maxima",
        "left_out",
        "term",
        "effect",
        "interval",
        "truth",
        "used",
        "coverage",
    ),
    *("mc_error", "below", "above", "length", "length_median", "bias", "sd", "std_error", "z"),
]


def fitted(known: World, data: pd.DataFrame) -> Any:
    """Fit the design's model by the public call."""
    return wb.fit("y ~ a + b", data, known.place.weights, model=known.design.model)


def intervals(
    known: World, data: pd.DataFrame, fit: Any, *, seed: int, draws: int
) -> tuple[dict[Key, Interval], list[str]]:
    """Return every interval of a fit, and the errors of those that could not be had."""
    made: dict[Key, Interval] = {}
    errors: list[str] = []
    left_out = 0.0
    stretch = _stretch(known)
    _add(made, fit.tidy(LEVEL), "normal", stretch, effect="coefficient")
    for method in METHODS[: 1 if known.design.model == "sem" else 2]:
        # Draws are refused for "sem": its impacts are its coefficients.
        try:
            found = fit.impacts(method=method, draws=draws, seed=seed, level=LEVEL)
        except WorkbenchError as error:
            errors.append(named(error))
            continue
        _add(made, found.tidy(), method, stretch if method == "delta" else None)
        if method == "monte-carlo":
            left_out = left_out_of(found.notes, draws)
    made[DRAWS_LEFT_OUT] = (left_out, np.nan, np.nan, np.nan)
    gain = fit.loglik - known.loglik_at_truth(data)
    if gain < -SLACK:
        errors.append("maximum below the likelihood of the truth")
    made |= _by_ratio(known.design, fit, gain)
    return made, errors


def left_out_of(notes: Iterable[str], draws: int) -> float:
    """Return the share of draws without an admissible ρ, to a tenth of a per cent of each fit.

    Notes of impacts say how many were kept.
    """
    (kept,) = (int(k) for note in notes for k in KEPT.findall(note))
    return float(f"{1 - kept / draws:.1%}"[:-1]) / 100


def _stretch(known: World) -> float:
    n, k = known.n, len(known.coefficients())
    return math.sqrt(n / (n - k)) * float(stats.t.ppf(0.5 + LEVEL / 2, n - k)) / NORMAL


def _add(
    made: dict[Key, Interval],
    table: pd.DataFrame,
    interval: str,
    stretch: float | None,
    *,
    effect: str = "",
) -> None:
    columns = ["estimate", "std_error", "conf_low", "conf_high"]
    for label, row in zip(table.index, table[columns].to_numpy(), strict=True):
        term, what = (label, effect) if effect else label
        if np.isnan(row[1]):
            continue  # zero by the form of the model
        estimate, error, low, high = map(float, row)
        made[term, what, interval] = (estimate, error, low, high)
        if stretch is not None:
            half = stretch * (high - low) / 2
            made[term, what, interval + ADJUSTED] = (
                *(estimate, stretch * error),
                *(estimate - half, estimate + half),
            )


def _by_ratio(design: Design, fit: Any, gain: float) -> dict[Key, Interval]:
    """Return whether the likelihood-ratio region of the spatial parameters holds the truth.

    Its ends are not sought: an interval that holds it is the whole line, one that does not is
    the side on which the estimate lies, and a joint region that does not is empty.
    """
    both = design.model in WITH_RHO and design.model in WITH_LAMBDA
    inside = 2 * gain <= stats.chi2.ppf(LEVEL, 2 if both else 1)
    if both:
        ends = (-np.inf, np.inf) if inside else (np.inf, -np.inf)
        return {(JOINT, "coefficient", RATIO): (np.nan, np.nan, *ends)}
    name, value = ("rho", design.rho) if design.model in WITH_RHO else ("lambda", design.lam)
    estimate = float(fit.params[name])
    side = (-np.inf, -np.inf) if estimate < value else (np.inf, np.inf)
    return {
        (name, "coefficient", RATIO): (estimate, np.nan, *((-np.inf, np.inf) if inside else side))
    }


def named(error: WorkbenchError) -> str:
    """Return the kind of an error and the argument at fault."""
    return f"{type(error).__name__} in {error.argument}"


def replications(
    known: World, numbers: Iterable[int], *, seed: int, draws: int
) -> tuple[list[dict[Key, Interval]], Counter[str], int]:
    """Fit every replication; return intervals, errors by name, and fits with several maxima.

    A fit that fails leaves an empty mapping in its place.
    """
    found: list[dict[Key, Interval]] = []
    failures: Counter[str] = Counter()
    several = 0
    for number in numbers:
        data = known.sample(number, seed)
        try:
            fit = fitted(known, data)
        except WorkbenchError as error:
            failures["fit: " + named(error)] += 1
            found.append({})
            continue
        several += any("maxima" in note for note in fit.notes)
        made, errors = intervals(known, data, fit, seed=number, draws=draws)
        failures.update("interval: " + error for error in errors)
        found.append(made)
    return found, failures, several


def cell(true: float, made: list[Interval], *, sided: bool = True) -> dict[str, float]:
    """Count what some intervals of one quantity cover.

    Returns
    -------
    dict
        ``used`` intervals, their ``coverage`` with ``mc_error`` sqrt(c(1 - c)/R), the shares
        wholly ``below`` and ``above`` the truth, mean and median length, ``bias``, ``sd`` and
        mean ``std_error`` of the estimates, ``z`` of the coverage against 0.95.
    """
    values = np.array(made, dtype=float).reshape(-1, 4)
    estimate, error, low, high = values.T
    R = len(values)
    if R == 0:
        return {"used": 0}
    coverage = float(np.mean((low <= true) & (true <= high)))
    measured = bool(np.isfinite(low).all() and np.isfinite(high).all())
    spread = bool(np.isfinite(estimate).all())
    lengths = high - low if measured else np.full(R, np.nan)
    return {
        "used": R,
        "coverage": coverage,
        "mc_error": math.sqrt(coverage * (1 - coverage) / R),
        "below": float(np.mean(high < true)) if sided else math.nan,
        "above": float(np.mean(low > true)) if sided else math.nan,
        "length": float(lengths.mean()),
        "length_median": float(np.median(lengths)),
        "bias": float(estimate.mean() - true) if spread else math.nan,
        "sd": float(estimate.std(ddof=1)) if spread and R > 1 else math.nan,
        "std_error": float(error.mean()),
        "z": (coverage - LEVEL) / math.sqrt(LEVEL * (1 - LEVEL) / R),
    }


def block(
    design: Design,
    found: list[dict[Key, Interval]],
    failures: Mapping[str, int],
    *,
    several: int,
    seed: int,
    draws: int,
) -> pd.DataFrame:
    """Return the rows of a finished design: one a term, effect and kind of interval."""
    known = world(design)
    values = truth(known)
    head = {
        "place": design.place,
        "n": known.n,
        "model": design.model,
        "rho": design.rho if design.model in WITH_RHO else math.nan,
        "lambda": design.lam if design.model in WITH_LAMBDA else math.nan,
        "seed": seed,
        "draws": draws,
        "replications": len(found),
        "failed": sum(not made for made in found),
        "failures": "; ".join(f"{what} ({k})" for what, k in sorted(failures.items())),
        "several_maxima": several,
        "left_out": float(np.mean([made[DRAWS_LEFT_OUT][0] for made in found if made] or [0.0])),
    }
    rows = []
    for key in _keys(found):
        term, effect, interval = key
        true = values.get((term, effect), 0.0)
        made = [each[key] for each in found if key in each]
        counted = cell(true, made, sided=term != JOINT)
        rows.append(
            {**head, "term": term, "effect": effect, "interval": interval, "truth": true} | counted
        )
    return pd.DataFrame(rows, columns=COLUMNS)


def _keys(found: list[dict[Key, Interval]]) -> list[Key]:
    """Return the keys of all replications: coefficients, then impacts, in their order."""
    keys = list(dict.fromkeys(key for made in found for key in made if key[0]))
    order = ("coefficient", *EFFECTS)
    terms = list(dict.fromkeys(key[0] for key in keys))
    kinds = (*PUBLIC, *(kind + ADJUSTED for kind in PUBLIC), RATIO)
    return sorted(
        keys,
        key=lambda key: (
            key[1] != "coefficient",
            terms.index(key[0]) if key[1] == "coefficient" else TERMS.index(key[0]),
            order.index(key[1]),
            kinds.index(key[2]),
        ),
    )


def largest_by_chance(cells: int) -> float:
    """Return the largest |z| of some cells that chance allows in 5 of 100 studies (Bonferroni)."""
    return float(stats.norm.isf((1 - LEVEL) / 2 / cells))
