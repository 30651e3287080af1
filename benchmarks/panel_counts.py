"""One replication of the study of panels by the public calls, and what its intervals cover."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from interval_counts import LEVEL, METHODS, Interval, Key, cell, left_out_of, named
from interval_designs import EFFECTS, TERMS, WITH_LAMBDA, WITH_RHO
from panel_designs import CLUSTERS, DEFACTORED, PanelDesign, PanelWorld, panel_truth, panel_world

import workbench as wb
from workbench.errors import WorkbenchError

POINT = "point"
# The kind of an estimate without interval: sigma squared, of which only the bias counts.

LEFT_OUT = ("", "", "")
HORIZONS = {"": {}, "long-run ": {"horizon": "long-run"}}
ORDER = ("a", "b", "W(a)", "W(b)", "tau", "eta", "rho", "lambda", "sigma2")
KINDS = ("normal", *METHODS, POINT)
DESIGN = ["place", "N", "T", "model", "rho", "lambda", "tau", "eta", "errors"]
COLUMNS = [
    *DESIGN,
    *("estimator", "seed", "draws", "replications", "failed", "failures", "left_out"),
    *("term", "effect", "interval", "truth", "used", "coverage", "mc_error", "below", "above"),
    *("length", "length_median", "bias", "sd", "std_error", "z"),
]

Found: TypeAlias = dict[str, list[dict[Key, Interval]]]
"""Intervals by estimator, an item a replication; empty where the fit failed."""


def fits(known: PanelWorld, data: pd.DataFrame) -> Iterator[tuple[str, Any]]:
    """Fit a sample by every estimator of its design; give the error of one that fails."""
    design, base = known.design, None
    for estimator in design.estimators:
        try:
            if design.model == "slx" or estimator in CLUSTERS:
                base = base or _fitted(known, data)
                yield estimator, base.with_covariance(estimator)
            elif estimator == DEFACTORED:
                yield (
                    estimator,
                    _fitted(known, data, effects="entity", factors=DEFACTORED),
                )
            else:
                dynamic = "both" if design.dynamic else "none"
                yield estimator, _fitted(known, data, lee_yu=estimator, dynamic=dynamic)
        except WorkbenchError as error:
            yield estimator, error


def _fitted(known: PanelWorld, data: pd.DataFrame, **options: Any) -> Any:
    asked = {"effects": "two-way", **options}
    return wb.fit("y ~ a + b", data, known.place.weights, model=known.design.model, **asked)


def panel_intervals(
    design: PanelDesign, fit: Any, *, seed: int, draws: int
) -> tuple[dict[Key, Interval], list[str]]:
    """Return every interval of a fit, and the errors of those that could not be had."""
    made: dict[Key, Interval] = {}
    errors: list[str] = []
    left_out = 0.0
    _add(made, fit.tidy(LEVEL), "normal", "coefficient")
    if not math.isnan(fit.loglik) and design.model != "slx":
        made["sigma2", "coefficient", POINT] = (float(fit.fit.sigma2), *[math.nan] * 3)
    if design.model == "sem":  # its impacts are its coefficients
        return made | {LEFT_OUT: (0.0, *[math.nan] * 3)}, errors
    for word, options in list(HORIZONS.items())[: 2 if design.dynamic else 1]:
        for method in METHODS[: 1 if design.model == "slx" else 2]:
            try:
                found = fit.impacts(method=method, draws=draws, seed=seed, level=LEVEL, **options)
            except WorkbenchError as error:
                errors.append(f"{word}{named(error)}")
                continue
            _add(made, found.tidy(), method, word)
            if method == "monte-carlo":
                left_out = max(left_out, left_out_of(found.notes, draws))
    return made | {LEFT_OUT: (left_out, *[math.nan] * 3)}, errors


def _add(made: dict[Key, Interval], table: pd.DataFrame, interval: str, word: str) -> None:
    columns = ["estimate", "std_error", "conf_low", "conf_high"]
    for label, row in zip(table.index, table[columns].to_numpy(), strict=True):
        if np.isnan(row[1]):
            continue  # zero by the form of the model
        term, effect = (label, word) if isinstance(label, str) else (label[0], word + label[1])
        estimate, error, low, high = map(float, row)
        made[term, effect, interval] = (estimate, error, low, high)


def panel_replications(
    known: PanelWorld, numbers: Iterable[int], *, seed: int, draws: int
) -> tuple[Found, dict[str, Counter[str]]]:
    """Fit every replication by every estimator; return intervals, and errors by name."""
    found: Found = {estimator: [] for estimator in known.design.estimators}
    failures = {estimator: Counter[str]() for estimator in known.design.estimators}
    for number in numbers:
        for estimator, fit in fits(known, known.sample(number, seed)):
            if isinstance(fit, WorkbenchError):
                failures[estimator]["fit: " + named(fit)] += 1
                found[estimator].append({})
                continue
            made, errors = panel_intervals(known.design, fit, seed=number, draws=draws)
            failures[estimator].update("interval: " + error for error in errors)
            found[estimator].append(made)
    return found, failures


def panel_block(
    design: PanelDesign, found: Found, failures: dict[str, Counter[str]], *, seed: int, draws: int
) -> pd.DataFrame:
    """Return the rows of a finished design: an estimator, term, effect and kind of interval."""
    known = panel_world(design)
    values = panel_truth(known)
    rows = []
    for estimator, replications in found.items():
        head = _head(design, known.N) | {
            "estimator": estimator,
            "seed": seed,
            "draws": draws,
            "replications": len(replications),
            "failed": sum(not made for made in replications),
            "failures": "; ".join(f"{k} ({n})" for k, n in sorted(failures[estimator].items())),
            "left_out": float(
                np.mean([made[LEFT_OUT][0] for made in replications if made] or [0.0])
            ),
        }
        for key in _keys(replications):
            term, effect, interval = key
            made = [each[key] for each in replications if key in each]
            counted = cell(values[term, effect], made)
            if interval == POINT:
                for name in ("coverage", "mc_error", "below", "above", "z"):
                    counted[name] = math.nan
            told = {"term": term, "effect": effect, "interval": interval}
            rows.append({**head, **told, "truth": values[term, effect]} | counted)
    return pd.DataFrame(rows, columns=COLUMNS)


def _head(design: PanelDesign, N: int) -> dict[str, object]:
    has = {
        "rho": design.model in WITH_RHO,
        "lambda": design.model in WITH_LAMBDA or design.lam != 0.0,
        "tau": design.dynamic,
        "eta": design.dynamic,
    }
    values = {"rho": design.rho, "lambda": design.lam, "tau": design.tau, "eta": design.eta}
    return {
        "place": design.place,
        "N": N,
        "T": design.T,
        "model": design.model,
        **{name: value if has[name] else math.nan for name, value in values.items()},
        "errors": design.errors,
    }


def _keys(found: list[dict[Key, Interval]]) -> list[Key]:
    """Return the keys of all replications: coefficients, then impacts, in the order of terms."""
    effects = ("coefficient", *EFFECTS, *("long-run " + effect for effect in EFFECTS))
    keys = {key for made in found for key in made} - {LEFT_OUT}
    return sorted(
        keys,
        key=lambda key: (
            key[1] != "coefficient",
            ORDER.index(key[0]) if key[1] == "coefficient" else TERMS.index(key[0]),
            effects.index(key[1]),
            KINDS.index(key[2]),
        ),
    )
