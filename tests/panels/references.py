"""Stored numbers of panels by other software, flat, and the data they were computed from.

A quantity is a path through the stored file: ``within individual/coef/log(pcap)``, lists by
position. Munnell's states are in tests/reference; the cigarette panel and what is large stay
beside the project, and their tests are skipped where it is absent.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

import workbench as wb
from tests.conftest import REFERENCE, SHARED_REFERENCE

Numbers = Mapping[str, float]
FILES = {
    "plm": "50_panel_plm",
    "splm": "51_panel_splm_ml",
    "splm_tests": "52_panel_splm_gm_tests",
    "sdpd": "53_panel_sdpd",
    "impacts": "54_panel_impacts",
    "oracle": "55_panel_own_oracle",
    "lsdv": "56_panel_lsdv_spatialreg",
}
FORMULA = {
    "produc": "log(gsp) ~ log(pcap) + log(pc) + log(emp) + unemp",
    "cigar": "logc ~ logp + logy",
}
EFFECTS = {"individual": "entity", "time": "time", "twoways": "two-way"}


def flat(value: Any, path: str = "") -> Iterator[tuple[str, float]]:
    """Yield every finite number of a nested value with its path; times it took are none."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "seconds":
                continue
            yield from flat(inner, f"{path}/{key}" if path else str(key))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from flat(inner, f"{path}/{position}")
    elif isinstance(value, int | float) and not isinstance(value, bool) and np.isfinite(value):
        yield path, float(value)


def _by_panel(file: str, content: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Split a file by panel; two files name the panel in the keys of the cases."""
    if file not in ("impacts", "lsdv"):
        return {panel: content[panel] for panel in ("produc", "cigar")}
    return {
        panel: {
            key.removeprefix(f"{panel} "): case
            for key, case in content.items()
            if key.startswith(f"{panel} ")
        }
        for panel in ("produc", "cigar")
    }


@cache
def stored(file: str, panel: str) -> dict[str, float]:
    """Return quantity -> value; empty where the numbers are not there."""
    path = REFERENCE / f"panel_every_{file}.csv"
    if panel == "produc" and path.exists():
        with path.open(encoding="utf-8", newline="") as handle:
            return {row["quantity"]: float(row["value"]) for row in csv.DictReader(handle)}
    source = SHARED_REFERENCE / f"{FILES[file]}.json"
    if not source.exists():
        return {}
    content = json.loads(source.read_text(encoding="utf-8"))
    return dict(flat(_by_panel(file, content)[panel]))


@cache
def data_of(panel: str) -> pd.DataFrame:
    if panel == "produc":
        return wb.load("munnell-1990")
    table = pd.read_csv(SHARED_REFERENCE / "data" / "cigar.csv")
    return table.set_index(["state", "year"])


@cache
def weights_of(panel: str) -> wb.weights.Weights:
    if panel == "produc":
        return wb.weights.queen(wb.load("us-states"))
    links = pd.read_csv(SHARED_REFERENCE / "data" / "w_usa46_W.csv")
    matrix = sparse.csr_array(
        (links["weight"], (links["focal"] - 1, links["neighbor"] - 1)), shape=(46, 46)
    )
    return wb.weights.from_matrix(matrix, ids=sorted(data_of("cigar").index.unique("state")))


@cache
def fitted(panel: str, with_weights: bool = True, /, **options: Any):
    W = weights_of(panel) if with_weights else None
    return wb.fit(FORMULA[panel], data_of(panel), W, **options)


@cache
def names_of_regions(panel: str) -> dict[Any, str]:
    """Return id -> the reference's name of a region."""
    if panel == "cigar":
        return {state: str(state) for state in data_of("cigar").index.unique("state")}
    states = wb.load("us-states")
    names = states["name_en"] if "name_en" in states else states["name"]
    made = {state: name.upper().replace(" ", "_") for state, name in names.items()}
    return {**made, "US-TN": "TENNESSE"}


def under(base: str, values: Mapping[Any, float], rename: Callable[[Any], str] = str) -> dict:
    return {f"{base}/{rename(key)}": float(value) for key, value in values.items()}


def listed(base: str, values: Any) -> dict[str, float]:
    return {f"{base}/{i}": float(value) for i, value in enumerate(values)}


def constant(term: str) -> str:
    """R's name of a term."""
    return "(Intercept)" if term == "Intercept" else term


@cache
def demeaned(panel: str, effects: str, durbin: bool = False) -> tuple[str, pd.DataFrame, list[str]]:
    """Return a formula, data with every column demeaned beforehand, and the regressors' names.

    With `durbin` the lags of the regressors are columns too, made of the raw ones.
    """
    from workbench.numerics.panels.layers import one_layer
    from workbench.panels.effects import without_effects

    fit = fitted(panel, effects="none")
    X, names = fit.design.X[:, 1:], list(fit.design.slopes)
    if durbin:
        X = np.column_stack([X, one_layer(weights_of(panel).sparse, fit.cells.T).lag(X)])
        names += [f"w{name}" for name in names]
    columns = without_effects(np.column_stack([fit.design.y, X]), fit.cells, effects)
    keys = ["y", *(f"x{i}" for i in range(1, columns.shape[1]))]
    table = pd.DataFrame(columns, index=fit.design.index, columns=keys)
    return f"y ~ {' + '.join(keys[1:])} - 1", table, names
